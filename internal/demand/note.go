package demand

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"bassin/internal/account"
	"bassin/internal/additive"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/job"
	"bassin/internal/making"
	"bassin/internal/park"
	"bassin/internal/when"
)

// noteKind notes what became of a part that was checked.
const noteKind = "demand.note"

type noteArgs struct {
	Part     additive.PartID `json:"part"`
	Revision int             `json:"revision"`
}

// Jobs registers the feature's work.
func (s *Service) Jobs(q *job.Queue) {
	s.queue = q
	job.Handle(q, noteKind, s.runNote, job.Opts{Safe: true})
}

// Checked asks for a part that was checked to be noted: weighing it reads all machines, which its check need not wait for.
func (s *Service) Checked(tx db.Tx, p additive.Part, r additive.Revision) error {
	if s.queue == nil {
		return nil
	}
	_, err := s.queue.Enqueue(tx, job.Request{Kind: noteKind, Args: noteArgs{p.ID, r.Number}})
	return err
}

// runNote weighs a part as who dropped it sees the machines, and keeps what became of it.
func (s *Service) runNote(ctx context.Context, run *job.Run, a noteArgs) error {
	var part additive.Part
	var list []Outcome
	err := s.db.View(ctx, func(tx db.Tx) error {
		r, err := additive.RevisionOf(tx, a.Part, a.Revision)
		if err != nil {
			return err
		}
		by, err := account.Load(tx, r.PersonID)
		if err != nil {
			return err
		}
		if part, _, err = additive.PartFor(tx, by, a.Part); err != nil {
			return err
		}
		x, err := making.Weigh(tx, by, a.Part)
		if err != nil || x.Revision != a.Revision { // a newer one speaks for itself
			return err
		}
		list = outcomesOf(x)
		return nil
	})
	switch {
	case fault.Is(err, fault.NotFound), fault.Is(err, fault.Conflict): // removed, or changed, in the meantime
		return nil
	case err != nil:
		return fmt.Errorf("note part %s: %w", a.Part, err)
	}
	return run.Finish(func(tx db.Tx) error {
		return s.keepIn(tx, Asked{Trace: string(part.ID), Holder: part.HolderID, Organisation: part.OrganisationID}, list)
	})
}

// Asked says what outcomes are of and whose: none of it can be read from what is kept.
type Asked struct {
	Trace        string // of a part or an order
	Holder       string
	Organisation account.OrganisationID
	Month        string // "": this one
}

// Keep keeps outcomes of another month, for demonstrations.
func (s *Service) Keep(ctx context.Context, a Asked, list []Outcome) error {
	return s.db.Do(ctx, func(tx db.Tx) error { return s.keepIn(tx, a, list) })
}

// keepIn appends outcomes, with the territory of who asked as it is now.
func (s *Service) keepIn(tx db.Tx, a Asked, list []Outcome) error {
	secret, err := secretOf(tx)
	if err != nil {
		return err
	}
	place := ""
	if a.Organisation != "" {
		o, err := account.GetOrganisation(tx, a.Organisation)
		if err := fault.IgnoreMissing(err); err != nil {
			return err
		}
		place = o.TerritoryID
	}
	if a.Month == "" {
		a.Month = monthOf(tx.Today())
	}
	for i := range list {
		list[i].ID, list[i].Month, list[i].TerritoryID = db.NewID(), a.Month, place
		list[i].Trace, list[i].Asker = sum(secret, "trace "+a.Trace), sum(secret, "asker "+a.Holder)
	}
	return insertOutcomes(tx, list)
}

func monthOf(d when.Date) string { return string(d)[:7] }

// sum hides a name that would lead back to a part or to who holds it.
func sum(secret, name string) string {
	h := hmac.New(sha256.New, []byte(secret))
	_, _ = h.Write([]byte(name))
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// secretOf gives the server's secret, and makes it at the first use.
func secretOf(tx db.Tx) (string, error) {
	if secret, err := getSecret(tx); !fault.Is(err, fault.NotFound) {
		return secret, err
	}
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails: it ends the program instead
	return insertSecret(tx, hex.EncodeToString(b))
}

// Moved notes requests that were refused or withdrawn, and orders that were given up. A part of which every request ended
// so could not be made; once one is accepted it could.
func (s *Service) Moved(tx db.Tx, o making.Order, from making.State) error {
	asked := Asked{Trace: string(o.PartID), Holder: o.HolderID, Organisation: o.OrganisationID}
	part := func(v Verdict, r Reason) []Outcome {
		return []Outcome{{Kind: OfPart, Verdict: v, Reason: r, Alone: v == Not}, {Kind: OfPart, Process: o.Process, Verdict: v, Reason: r, Alone: v == Not}}
	}
	if o.State == making.Accepted {
		secret, err := secretOf(tx)
		if err != nil {
			return err
		}
		last, err := lastReason(tx, sum(secret, "trace "+asked.Trace))
		if err != nil || last != Refused {
			return err
		}
		return s.keepIn(tx, asked, part(Could, ""))
	}
	reason := reasonOf(o.State, from)
	if reason == "" {
		return nil
	}
	order := asked
	order.Trace = "order " + string(o.ID)
	if err := s.keepIn(tx, order, []Outcome{{Kind: OfOrder, Process: o.Process, Verdict: Not, Reason: reason}}); err != nil || reason != Refused {
		return err
	}
	live, err := making.Live(tx, o.PartID)
	if err != nil || live > 0 {
		return err
	}
	return s.keepIn(tx, asked, part(Not, Refused))
}

// reasonOf is why an order came to nothing; "" when it did not.
func reasonOf(to, from making.State) Reason {
	switch {
	case to == making.Refused:
		return Refused
	case to == making.Withdrawn && from == making.Accepted:
		return Cancelled
	case to == making.Withdrawn:
		return Withdrawn
	}
	return ""
}

// asksOf gives the sums under which somebody asks.
func asksOf(tx db.Tx, by account.Actor) ([]string, error) {
	secret, err := getSecret(tx)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	var list []string
	for _, holder := range additive.Holders(by) {
		list = append(list, sum(secret, "asker "+holder))
	}
	return list, err
}

// materialsOf names what a process is fed with, for pages.
func materialsOf(tx db.Tx) (map[park.Process][]string, error) {
	list, err := park.Materials(tx)
	out := map[park.Process][]string{}
	for _, m := range list {
		out[m.Process] = append(out[m.Process], m.Name)
	}
	return out, err
}
