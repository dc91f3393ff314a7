package app

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// readyWithin is how long a question about readiness may take: whoever asks, asks again soon.
const readyWithin = 3 * time.Second

// healthz says that the process answers.
func (s *site) healthz(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = fmt.Fprintln(w, "ok")
}

// readyz says whether pages can be served: the database answers, its tables are those of this
// program, and the server is not about to leave.
func (s *site) readyz(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if err := s.ready(r.Context()); err != nil {
		s.log.Warn("not ready", "error", err.Error())
		w.Header().Set("Retry-After", "5")
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = fmt.Fprintln(w, "not ready")
		return
	}
	_, _ = fmt.Fprintln(w, "ready")
}

func (s *site) ready(ctx context.Context) error {
	select {
	case <-s.stopping:
		return fmt.Errorf("the server is stopping")
	default:
	}
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	return s.db.Current(ctx)
}
