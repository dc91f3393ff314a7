package territory

import (
	"net/http"

	"bassin/internal/account"
	"bassin/internal/fault"
	"bassin/internal/job"
	"bassin/internal/web"
)

// completePage asks the register for the groupings of one territory: a dozen at most, at seven a
// second, and so done at once where there is no queue.
func (s *Service) completePage(w http.ResponseWriter, r *http.Request) error {
	id := ID(r.PathValue("id"))
	if s.queue != nil {
		run, err := s.completeLater(r.Context(), account.ActorOf(r), id)
		if err != nil {
			return err
		}
		return web.SeeOther(w, r, job.URL(run), "")
	}
	c, err := s.Complete(r.Context(), account.ActorOf(r), id, nil)
	if f := fault.As(err); f != nil && f.Kind == fault.Unavailable { // said, and no failure of ours
		return web.SeeOther(w, r, territoryURL(id), "territory.complete.down", "count", c.Located)
	}
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, territoryURL(id), "territory.complete.done", "count", c.Located, "unknown", c.Unknown)
}

// completeAllPage asks the register for the groupings of all territories, minutes of work.
func (s *Service) completeAllPage(w http.ResponseWriter, r *http.Request) error {
	if s.queue == nil {
		return fault.New(fault.Unavailable, "territory.complete.no_queue")
	}
	run, err := s.completeLater(r.Context(), account.ActorOf(r), "")
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, job.URL(run), "")
}
