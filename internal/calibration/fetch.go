package calibration

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/job"
	"bassin/internal/outward"
	"bassin/internal/park"
	"bassin/internal/printlog"
)

// Kinds of work.
const (
	fetchKind = "calibration.fetch"
	sweepKind = "calibration.sweep"
)

const (
	pageJobs = 500 // that Moonraker is asked for at once
	maxPages = 10
)

type fetchArgs struct {
	Machine park.MachineID `json:"machine"`
}

// Jobs registers the feature's work.
func (s *Service) Jobs(q *job.Queue) {
	s.queue = q
	job.Handle(q, fetchKind, s.runFetch, job.Opts{Safe: true, MaxAttempts: 2, Timeout: 10 * time.Minute})
	job.Every(q, sweepKind, 24*time.Hour, s.sweep)
}

// sweep asks every printer once a day.
func (s *Service) sweep(ctx context.Context, _ *job.Run) error {
	return s.db.Do(ctx, func(tx db.Tx) error {
		list, err := listLinks(tx)
		if err != nil {
			return err
		}
		for _, id := range list {
			if err := s.enqueue(tx, id, ""); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Service) enqueue(tx db.Tx, id park.MachineID, owner account.PersonID) error {
	if s.queue == nil {
		return nil
	}
	l, err := getLink(tx, id)
	if err != nil {
		return err
	}
	// A link that was changed is asked even while it is still asked as it was before.
	_, err = s.queue.Enqueue(tx, job.Request{Kind: fetchKind, Args: fetchArgs{id}, OwnerID: string(owner), UniqueKey: fmt.Sprintf("%s %d %s", id, l.UpdatedAt, trace(string(l.Kind)+l.Address))})
	return err
}

// SetLink says which program runs a machine, and asks it. An empty key keeps the one that is there for the same address.
func (s *Service) SetLink(ctx context.Context, by account.Actor, l Link) error {
	if err := s.db.View(ctx, func(tx db.Tx) error { _, err := managed(tx, by, l.MachineID); return err }); err != nil {
		return err
	}
	if err := l.check(s.opts.Private || s.opts.Loopback); err != nil {
		return err
	}
	if s.forbidden(ctx, l) {
		var wrong fault.Fields
		wrong.Add("address", "calibration.wrong.forbidden")
		return wrong.Err()
	}
	err := s.db.Do(ctx, func(tx db.Tx) error {
		m, err := managed(tx, by, l.MachineID)
		if err != nil {
			return err
		}
		old, err := getLink(tx, l.MachineID)
		if err := fault.IgnoreMissing(err); err != nil {
			return err
		}
		if l.Secret == "" && old.Address == l.Address {
			l.Secret = old.Secret
		}
		l.CreatedAt, l.UpdatedAt = tx.Now(), tx.Now()
		if err := saveLink(tx, l); err != nil {
			return err
		}
		if err := s.enqueue(tx, l.MachineID, by.ID); err != nil {
			return err
		}
		return record(tx, by, m, "calibration.link", map[string]any{"host": l.Host()})
	})
	if err != nil {
		return fmt.Errorf("link machine %s: %w", l.MachineID, err)
	}
	return nil
}

// forbidden tries to connect, to refuse at once what may not be reached. A printer that does not answer is no fault: it may
// be off.
func (s *Service) forbidden(ctx context.Context, l Link) bool {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodHead, l.Address, nil)
	if err != nil {
		return false // check says so
	}
	res, err := s.client(l).Do(r)
	if err != nil {
		return outward.Forbidden(err)
	}
	_ = res.Body.Close()
	return false
}

func (s *Service) client(l Link) *http.Client {
	if strings.HasPrefix(l.Address, "http:") {
		return s.plain
	}
	return s.tls
}

// RemoveLink forgets the program and its key; what it told stays.
func (s *Service) RemoveLink(ctx context.Context, by account.Actor, id park.MachineID) error {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		m, err := managed(tx, by, id)
		if err != nil {
			return err
		}
		if err := deleteLink(tx, id); err != nil {
			return err
		}
		return record(tx, by, m, "calibration.unlink", map[string]any{})
	})
	if err != nil {
		return fmt.Errorf("unlink machine %s: %w", id, err)
	}
	return nil
}

// Fetch asks the program of a machine now.
func (s *Service) Fetch(ctx context.Context, by account.Actor, id park.MachineID) error {
	return s.db.Do(ctx, func(tx db.Tx) error {
		if _, err := managed(tx, by, id); err != nil {
			return err
		}
		return s.enqueue(tx, id, by.ID)
	})
}

// runFetch reads the history of a machine and adds what is new. That a printer does not answer is kept with the link and
// is no fault of the run: it is asked again the next day.
func (s *Service) runFetch(ctx context.Context, run *job.Run, a fetchArgs) error {
	var l Link
	err := s.db.View(ctx, func(tx db.Tx) (err error) { l, err = getLink(tx, a.Machine); return err })
	if fault.Is(err, fault.NotFound) { // removed in the meantime
		return nil
	}
	if err != nil {
		return err
	}
	list, problem := s.ask(ctx, l)
	if ctx.Err() != nil { // the server stops: this was no try
		return ctx.Err()
	}
	return run.Finish(func(tx db.Tx) error {
		if now, err := getLink(tx, a.Machine); err != nil || now.UpdatedAt != l.UpdatedAt || now.Address != l.Address {
			return fault.IgnoreMissing(err)
		}
		if err := saveFetched(tx, a.Machine, problem); err != nil || problem != "" {
			return err
		}
		_, err := learnIn(tx, a.Machine, list)
		return err
	})
}

// ask reads the history of a printer; a problem is a text key.
func (s *Service) ask(ctx context.Context, l Link) (list []Run, problem string) {
	if l.Kind == printlog.OctoPrint {
		log, problem := s.get(ctx, l, "/api/files", url.Values{"recursive": {"true"}})
		return runsOf(log), problem
	}
	for page := range maxPages {
		log, problem := s.get(ctx, l, "/server/history/list", url.Values{"limit": {strconv.Itoa(pageJobs)}, "start": {strconv.Itoa(page * pageJobs)}, "order": {"desc"}})
		if problem != "" {
			return nil, problem
		}
		list = append(list, runsOf(log)...)
		if log.Seen < pageJobs {
			break
		}
	}
	return list, ""
}

func (s *Service) get(ctx context.Context, l Link, path string, query url.Values) (printlog.Log, string) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, l.Address+path+"?"+query.Encode(), nil)
	if err != nil {
		return printlog.Log{}, "calibration.problem.connection"
	}
	r.Header.Set("Accept", "application/json")
	r.Header.Set("User-Agent", "Bassin-Calibration/1")
	if l.Secret != "" {
		r.Header.Set("X-Api-Key", l.Secret)
	}
	res, err := s.client(l).Do(r)
	if err != nil {
		return printlog.Log{}, problemOf(err)
	}
	defer func() { _ = res.Body.Close() }()
	switch {
	case res.StatusCode == http.StatusUnauthorized || res.StatusCode == http.StatusForbidden:
		return printlog.Log{}, "calibration.problem.key"
	case res.StatusCode != http.StatusOK:
		return printlog.Log{}, "calibration.problem.answer"
	}
	log, err := printlog.Read(res.Body)
	switch {
	case errors.Is(err, printlog.ErrLarge):
		return log, "calibration.problem.large"
	case errors.Is(err, printlog.ErrUnknown), err == nil && log.Kind != l.Kind:
		return log, "calibration.problem.unknown"
	case err != nil:
		return log, problemOf(err)
	}
	return log, ""
}

// problemOf gives the text key of why no answer came; the error itself would tell about the server's network.
func problemOf(err error) string {
	var timeout net.Error
	switch {
	case outward.Forbidden(err):
		return "calibration.problem.forbidden"
	case errors.As(err, &timeout) && timeout.Timeout():
		return "calibration.problem.timeout"
	}
	return "calibration.problem.connection"
}
