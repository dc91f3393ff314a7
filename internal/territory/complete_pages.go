package territory

import (
	"net/http"

	"bassin/internal/account"
	"bassin/internal/fault"
	"bassin/internal/web"
)

// completePage asks the register for the groupings of one territory: a dozen at most, at seven a
// second.
func (s *Service) completePage(w http.ResponseWriter, r *http.Request) error {
	id := ID(r.PathValue("id"))
	c, err := s.Complete(r.Context(), account.ActorOf(r), id, nil)
	if f := fault.As(err); f != nil && f.Kind == fault.Unavailable { // said, and no failure of ours
		return web.SeeOther(w, r, territoryURL(id), "territory.complete.down", "count", c.Located)
	}
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, territoryURL(id), "territory.complete.done", "count", c.Located, "unknown", c.Unknown)
}
