package programme

import (
	"net/http"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/web"
)

func (s *Service) fundingPages(m *web.Mux) {
	m.Open("GET /actions/{id}/funding", s.fundingPage)
	m.Open("GET /contracts/{id}/funding", s.contractMoneyPage)
	m.Open("GET /contracts/{id}/funding.csv", s.contractMoneyCSV)
	s.linePages(m)
}

func (s *Service) fundingPage(w http.ResponseWriter, r *http.Request) error {
	v := web.ViewOf(r)
	var x fundingView
	err := s.db.View(r.Context(), func(tx db.Tx) (err error) {
		x, err = readFunding(tx, account.ActorOf(r), ActionID(r.PathValue("id")), momentOf(v))
		return err
	})
	if err != nil {
		return err
	}
	if v.Query.Get("journal") != "all" {
		x.shorten()
	}
	return web.Render(w, r, http.StatusOK, fundingTemplate(v, x))
}
