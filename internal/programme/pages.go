package programme

import "bassin/internal/web"

// Pages registers the feature's pages, one file a noun.
func (s *Service) Pages(m *web.Mux) {
	s.contractPages(m)
	s.listPages(m)
	s.actionPages(m)
	s.sectionPages(m)
	s.milestonePages(m)
	s.indicatorPages(m)
	s.documentPages(m)
	s.followPages(m)
	s.guestPages(m)
	s.fundingPages(m)
}

// API registers the feature's operations.
func (s *Service) API(m *web.Mux) {
	s.contractAPI(m)
	s.actionAPI(m)
	s.sectionAPI(m)
	s.milestoneAPI(m)
	s.indicatorAPI(m)
	s.documentAPI(m)
	s.followAPI(m)
	s.guestAPI(m)
	s.fundingAPI(m)
}
