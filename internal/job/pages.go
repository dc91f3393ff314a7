package job

import (
	"bytes"
	"context"
	"net/http"
	"time"

	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/web"
	"bassin/internal/when"

	"github.com/a-h/templ"
)

// Pages registers the pages of the queue.
func (q *Queue) Pages(m *web.Mux) {
	m.Page("GET /jobs", q.jobsPage)
	m.Page("GET /jobs/{id}", q.jobPage)
	m.Page("GET /jobs/{id}/line", q.linePage)
	m.Page("GET /jobs/{id}/events", q.eventsPage)
	m.Page("POST /jobs/{id}/cancel", q.cancelPage)
}

// pageSize is how many ended runs a page of the list shows.
const pageSize = 50

type jobsView struct {
	admin bool
	open  []Record
	ended []Record
	names map[string]string
	older string // address of the next page
	first bool
}

// owner is who asked, for the list of admins.
func (p jobsView) owner(v *web.View, r Record) string {
	switch {
	case r.OwnerID == "":
		return v.T("job.server")
	case p.names[r.OwnerID] != "":
		return p.names[r.OwnerID]
	}
	return r.OwnerID
}

func (q *Queue) jobsPage(w http.ResponseWriter, r *http.Request) error {
	v := web.ViewOf(r)
	person, admin := q.opts.Who(r.Context())
	p := jobsView{admin: admin, first: v.Query.Get("before") == ""}
	err := q.db.View(r.Context(), func(tx db.Tx) (err error) {
		if p.first {
			if p.open, err = listRuns(tx, mine(filter{part: open, limit: pageSize}, person, admin)); err != nil {
				return err
			}
		}
		p.ended, err = listRuns(tx, mine(filter{part: ended, before: RunID(v.Query.Get("before")), limit: pageSize + 1}, person, admin))
		return err
	})
	if err != nil {
		return err
	}
	if len(p.ended) > pageSize {
		p.ended = p.ended[:pageSize]
		p.older = v.With("before", string(p.ended[pageSize-1].ID))
	}
	for i, rec := range p.open {
		p.open[i] = q.live(rec)
	}
	if admin && q.opts.Names != nil {
		p.names = q.opts.Names(r.Context(), owners(p.open, p.ended))
	}
	return web.Render(w, r, http.StatusOK, jobsPage(v, p))
}

// mine narrows a list to what the person may see: the same rule as Record.visibleTo.
func mine(f filter, person string, admin bool) filter {
	f.all, f.owner = admin, person
	return f
}

func owners(lists ...[]Record) []string {
	known := map[string]bool{"": true}
	var ids []string
	for _, list := range lists {
		for _, rec := range list {
			if !known[rec.OwnerID] {
				known[rec.OwnerID] = true
				ids = append(ids, rec.OwnerID)
			}
		}
	}
	return ids
}

func (q *Queue) ofRequest(r *http.Request) (Record, error) {
	person, admin := q.opts.Who(r.Context())
	return q.find(r.Context(), person, admin, RunID(r.PathValue("id")))
}

func (q *Queue) jobPage(w http.ResponseWriter, r *http.Request) error {
	rec, err := q.ofRequest(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, jobPage(web.ViewOf(r), rec))
}

// linePage is one run's line alone, for pages that show it among other things.
func (q *Queue) linePage(w http.ResponseWriter, r *http.Request) error {
	rec, err := q.ofRequest(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, Followed(web.ViewOf(r), rec))
}

func (q *Queue) cancelPage(w http.ResponseWriter, r *http.Request) error {
	person, admin := q.opts.Who(r.Context())
	id := RunID(r.PathValue("id"))
	if _, err := q.Cancel(r.Context(), person, admin, id); err != nil {
		return err
	}
	return web.SeeOther(w, r, URL(id), "job.cancel_asked")
}

// streamLook is how often a stream looks for news.
const streamLook = 500 * time.Millisecond

// eventsPage streams the part of a run's page that changes, as server-sent events: an unnamed
// event holds the HTML, "end" says that no more will come.
func (q *Queue) eventsPage(w http.ResponseWriter, r *http.Request) error {
	rec, err := q.ofRequest(r)
	if err != nil {
		return err
	}
	person := web.ViewOf(r).Viewer.ID
	if !q.streams.Open(person) {
		return fault.New(fault.TooMany, "web.streams")
	}
	defer q.streams.Close(person)
	stream := web.NewStream(w)
	ctx, cancel := context.WithTimeout(r.Context(), web.StreamEnd)
	defer cancel()
	look, last := time.NewTicker(streamLook), ""
	defer look.Stop()
	for {
		v := *web.ViewOf(r)
		v.Now = when.At(time.Now())
		html, err := rendered(ctx, live(&v, rec))
		if err != nil {
			return nil // the page has its first state, and the stream is asked for again
		}
		if html != last {
			stream.Send("", html)
			last = html
		}
		if rec.State.Ended() {
			stream.Send("end", string(rec.State))
		}
		if !stream.Flush() || rec.State.Ended() {
			return nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-q.stopping:
			return nil
		case <-look.C:
		}
		switch now, err := q.ofRequest(r); {
		case err == nil:
			rec = now
		case fault.Is(err, fault.NotFound): // access ended
			return nil
		}
	}
}

func rendered(ctx context.Context, c templ.Component) (string, error) {
	var b bytes.Buffer
	err := c.Render(ctx, &b)
	return b.String(), err
}
