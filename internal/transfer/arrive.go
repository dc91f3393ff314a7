package transfer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/file"
	"bassin/internal/job"
	"bassin/internal/project"
)

// maxArchive is how many bytes an archive that is brought by a page or a program may have.
const maxArchive = 20_000_000_000

// maxPreview bounds what is kept of a preview: names of people and organisations.
const maxPreview = 2 << 20

// Arrive keeps an archive that somebody brings, and looks at all of it as it comes: what is refused is
// refused before its last byte is here.
func (s *Service) Arrive(ctx context.Context, by account.Actor, name string, r io.Reader) (Arrival, error) {
	a := Arrival{PersonID: by.ID, Name: file.CleanName(name)}
	if s.opts.Files == nil || s.queue == nil {
		return a, fault.New(fault.Unavailable, "transfer.no_store")
	}
	select {
	case s.looks <- struct{}{}:
		defer func() { <-s.looks }()
	default:
		return a, fault.New(fault.TooMany, "transfer.busy")
	}
	err := s.db.Do(ctx, func(tx db.Tx) error {
		if err := mayReceive(by); err != nil {
			return err
		}
		n, err := countArrivals(tx, by.ID)
		if err != nil {
			return err
		}
		if err := n.room(); err != nil {
			return err
		}
		a.ID, a.Part, a.CreatedAt, a.ExpiresAt = ArrivalID(db.NewID()), db.NewID(), tx.Now(), tx.Now().Add(keepComing)
		return insertArrival(tx, a)
	})
	if err != nil {
		return a, err
	}
	x, err := s.keepArrival(ctx, &a, r)
	if err == nil {
		err = s.come(ctx, by, &a, x)
	}
	if err != nil {
		return a, errors.Join(err, s.forget(context.WithoutCancel(ctx), a.ID))
	}
	return a, nil
}

// keepArrival stores what comes and reads it at the same time.
func (s *Service) keepArrival(ctx context.Context, a *Arrival, r io.Reader) (Preview, error) {
	pr, pw := io.Pipe()
	var x Preview
	seen := make(chan error, 1)
	go func() {
		var err error
		x, err = s.peruse(pr)
		if err != nil {
			pr.CloseWithError(err) // no more needs to come
		} else {
			_, err = io.Copy(io.Discard, pr)
		}
		seen <- err
	}()
	size, err := s.opts.Files.PutPart(ctx, string(a.ID), a.Part, io.TeeReader(io.LimitReader(r, maxArchive+1), pw))
	pw.CloseWithError(err)
	told := <-seen
	a.Size = size
	switch {
	case size > maxArchive:
		return x, wrong("large", "name", a.Name)
	case err != nil && !errors.Is(err, told) && fault.As(err) != nil: // the sender left, or the disk is full
		return x, err
	case told != nil:
		return x, told
	case size == 0:
		return x, wrong("foreign", "name", "")
	}
	return x, err
}

// come notes that an archive is here and right.
func (s *Service) come(ctx context.Context, by account.Actor, a *Arrival, x Preview) error {
	kept, err := json.Marshal(x)
	if err != nil {
		return err
	}
	if len(kept) > maxPreview {
		return wrong("large", "name", memberHead)
	}
	a.Title, a.Fingerprint, a.Preview = x.Title, x.Fingerprint, string(kept)
	return s.db.Do(ctx, func(tx db.Tx) error {
		a.ExpiresAt = tx.Now().Add(keepArchive)
		return saveCome(tx, *a)
	})
}

// forget drops an archive on its way in.
func (s *Service) forget(ctx context.Context, id ArrivalID) error {
	if err := s.db.Do(ctx, func(tx db.Tx) error { return expireArrival(tx, id) }); err != nil {
		return err
	}
	return s.dropArrival(ctx, id)
}

// Waiting is an arrival with what is known of it now.
type Waiting struct {
	Arrival
	Found  Preview
	Result Result // once it is taken in
	Run    job.Record
	Before []Arrival // the same archive, taken in before by the same person
	Owner  account.OrganisationID
}

// Result is what is kept of an import.
type Result struct {
	Code      string         `json:"code"`
	Title     string         `json:"title"`
	Rows      int            `json:"rows"`
	Files     int            `json:"files"`
	Strangers []Somebody     `json:"strangers"`
	Left      []Organisation `json:"left"`
}

// Arrived reads an archive that one brought.
func (s *Service) Arrived(ctx context.Context, by account.Actor, id ArrivalID) (Waiting, error) {
	var w Waiting
	err := s.db.View(ctx, func(tx db.Tx) (err error) {
		if w, err = stateOf(tx, by, id); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(w.Preview), &w.Found); err != nil || w.Done() {
			return err
		}
		if w.Before, err = sameArrival(tx, w.Arrival); err != nil {
			return err
		}
		return w.look(tx, by)
	})
	return w, err
}

// stateOf reads how far an archive is, and nothing of what it holds: pages ask for it every second.
func stateOf(tx db.Tx, by account.Actor, id ArrivalID) (w Waiting, err error) {
	if w.Arrival, err = getArrival(tx, id, by.ID); err != nil {
		return w, err
	}
	if w.JobID != "" {
		if w.Run, err = runOf(tx, w.JobID); err != nil {
			return w, err
		}
	}
	if w.Done() {
		err = json.Unmarshal([]byte(w.Report), &w.Result)
	}
	return w, err
}

// look finds who and what of the archive is here.
func (w *Waiting) look(tx db.Tx, by account.Actor) error {
	if err := w.Found.recognise(tx, by); err != nil {
		return err
	}
	for _, o := range w.Found.Organisations {
		if o.ID != w.Found.OwnerID {
			continue
		}
		id, err := OrganisationHere(tx, o)
		if err != nil {
			return err
		}
		if slices.Contains(by.Organisations(), id) {
			w.Owner = id
		}
	}
	if w.Owner == "" && len(by.Memberships) > 0 {
		w.Owner = by.Memberships[0].OrganisationID
	}
	return nil
}

// Arrivals lists what one brought, newest first.
func (s *Service) Arrivals(ctx context.Context, by account.Actor, before ArrivalID, limit int) (list []Arrival, err error) {
	err = s.db.View(ctx, func(tx db.Tx) error {
		list, err = listArrivals(tx, by.ID, before, limit)
		return err
	})
	return list, err
}

// TakeIn asks for a project to be made of an archive, owned by an organisation of one's own.
func (s *Service) TakeIn(ctx context.Context, by account.Actor, id ArrivalID, owner account.OrganisationID) (Arrival, error) {
	var a Arrival
	err := s.db.Do(ctx, func(tx db.Tx) (err error) {
		if a, err = s.waiting(tx, by, id); err != nil {
			return err
		}
		if !project.MayCreate(by, owner, "", tx.Today()) {
			var bad fault.Fields
			bad.Add("owner_id", "fault.choice")
			return bad.Err()
		}
		a.OwnerID, a.ExpiresAt = owner, tx.Now().Add(keepArchive)
		a.JobID, err = s.queue.Enqueue(tx, job.Request{Kind: arriveKind, Args: arriveArgs{a.ID, by.ID}, TitleKey: "transfer.arrive_job",
			TitleArgs: fault.Args{"title": a.Title}, OwnerID: string(by.ID), UniqueKey: string(a.ID)})
		if err != nil {
			return err
		}
		return saveAsked(tx, a)
	})
	if err != nil {
		return a, fmt.Errorf("take in archive %s: %w", id, err)
	}
	return a, nil
}

// waiting reads an arrival that nobody has taken in and that is not being taken in.
func (s *Service) waiting(tx db.Tx, by account.Actor, id ArrivalID) (Arrival, error) {
	a, err := getArrival(tx, id, by.ID)
	if err != nil {
		return a, err
	}
	if err := lockArrival(tx, id); err != nil {
		return a, err
	}
	a, err = getArrival(tx, id, by.ID)
	switch {
	case err != nil:
		return a, err
	case a.Done():
		return a, fault.New(fault.Conflict, "transfer.taken_already")
	case a.JobID == "":
		return a, nil
	}
	run, err := runOf(tx, a.JobID)
	if err == nil && !run.State.Ended() {
		err = fault.New(fault.Conflict, "transfer.being_taken")
	}
	return a, err
}

// runArrive makes the project in the transaction that ends the run: once, however often it is attempted.
func (s *Service) runArrive(ctx context.Context, run *job.Run, args arriveArgs) error {
	by, err := s.actor(ctx, args.By)
	if err != nil {
		return err
	}
	var a Arrival
	err = s.db.View(ctx, func(tx db.Tx) (err error) {
		a, err = getArrival(tx, args.Arrival, by.ID)
		return err
	})
	if err != nil {
		return err
	}
	content, err := s.opts.Files.OpenPart(ctx, string(a.ID), a.Part)
	if err != nil {
		return err
	}
	defer func() { _ = content.Close() }()
	in := Into{OwnerID: a.OwnerID}
	m, err := s.receive(ctx, in, content, hundredths(run))
	if err != nil {
		return err
	}
	run.Say("transfer.writing")
	write := func(tx db.Tx) error {
		out, err := s.importIn(tx, by, in, m)
		if err != nil {
			return err
		}
		report, err := json.Marshal(Result{Code: out.Project.Code, Title: out.Project.Title, Rows: out.Rows, Files: out.Files, Strangers: out.Strangers, Left: out.Left})
		if err != nil {
			return err
		}
		a.ProjectID, a.Report, a.ExpiresAt = out.Project.ID, string(report), tx.Now().Add(keepReport)
		run.Result(a.URL(), "transfer.arrived", "title", out.Project.Title)
		return saveDone(tx, a, tx.Now())
	}
	if err := settled(func() error { return run.Finish(write) }); err != nil {
		return err
	}
	if err := s.opts.Files.DropParts(ctx, string(a.ID)); err != nil {
		s.log.Warn("an archive that was taken in is not dropped", "error", err.Error())
	}
	return nil
}

// DropArrival forgets an archive that one brought.
func (s *Service) DropArrival(ctx context.Context, by account.Actor, id ArrivalID) error {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		_, err := s.waiting(tx, by, id)
		return err
	})
	if err != nil {
		return err
	}
	return s.forget(ctx, id)
}
