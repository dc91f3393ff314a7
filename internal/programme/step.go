package programme

import (
	"cmp"
	"slices"

	"bassin/internal/fault"
	"bassin/internal/when"
)

// StepID names a step of a financing line.
type StepID string

// Kind is a stage that a financing line reaches by a step.
type Kind string

// The stages, in their order. The last three end the line.
const (
	Foreseen   Kind = "foreseen"
	Asked      Kind = "asked"
	Decided    Kind = "decided"
	Contracted Kind = "contracted"
	Paid       Kind = "paid" // in parts
	Settled    Kind = "closed"
	Refused    Kind = "refused"
	Withdrawn  Kind = "withdrawn"
)

// Kinds lists the stages in their order.
func Kinds() []Kind {
	return []Kind{Foreseen, Asked, Decided, Contracted, Paid, Settled, Refused, Withdrawn}
}

// FunnelKinds lists the stages of the funnel.
func FunnelKinds() []Kind { return Kinds()[:5] }

// Key gives the text key of the label; of "", that of what is still to find.
func (k Kind) Key() string {
	if k == "" {
		return "programme.stage.to_find"
	}
	return "programme.stage." + string(k)
}

// Ends reports whether nothing follows this stage.
func (k Kind) Ends() bool { return k == Settled || k == Refused || k == Withdrawn }

// rank orders the stages. The three that end a line stand together: none follows another.
func (k Kind) rank() int {
	switch k {
	case Foreseen:
		return 1
	case Asked:
		return 2
	case Decided:
		return 3
	case Contracted:
		return 4
	case Paid:
		return 5
	case Settled, Refused, Withdrawn:
		return 6
	}
	return 0
}

// Step is one entry in the journal of a line. Entries are never edited or removed: a mistake is
// corrected by a later entry that names it (CorrectsID) and states the step anew, whole, or takes
// it away (Cancelled).
type Step struct {
	ID           StepID
	LineID       LineID
	Kind         Kind
	EffectiveOn  when.Date // the day of the act, not of the entry
	AmountCents  int64     // paid: this payment; else the amount of the stage
	Reference    string    // of the act
	DocumentID   string
	Note         string
	CorrectsID   StepID
	Cancelled    bool
	RecordedAt   when.Time
	RecordedBy   string
	RecordedName string
}

func recordedOrder(a, b Step) int {
	return cmp.Or(cmp.Compare(a.RecordedAt, b.RecordedAt), cmp.Compare(a.ID, b.ID))
}

// dateOrder puts the steps of a day in the order of the stages: a decision and its contract may
// bear the same date.
func dateOrder(a, b Step) int {
	return cmp.Or(cmp.Compare(a.EffectiveOn, b.EffectiveOn),
		cmp.Compare(a.Kind.rank(), b.Kind.rank()), recordedOrder(a, b))
}

// roots maps every entry to the step that it states: itself, or the one at the end of its chain of
// corrections. An entry whose chain leads nowhere, to another line or in a circle states nothing.
func roots(steps []Step) map[StepID]StepID {
	byID := make(map[StepID]Step, len(steps))
	for _, s := range steps {
		byID[s.ID] = s
	}
	root := make(map[StepID]StepID, len(steps))
	for _, s := range steps {
		at, ok := s, true
		for hops := 0; at.CorrectsID != "" && ok; hops++ {
			if at, ok = byID[at.CorrectsID]; at.LineID != s.LineID || hops > len(steps) {
				ok = false
			}
		}
		if ok {
			root[s.ID] = at.ID
		}
	}
	return root
}

// inForce gives the steps that hold, in date order: of each step the last entry recorded (naming
// the step or any of its corrections), unless that one cancels it. KnownBy 0 takes every entry.
func inForce(steps []Step, knownBy when.Time) []Step {
	root := roots(steps)
	last := make(map[StepID]Step, len(steps))
	for _, s := range steps {
		r, ok := root[s.ID]
		if !ok || knownBy != 0 && s.RecordedAt > knownBy {
			continue
		}
		if before, ok := last[r]; !ok || recordedOrder(before, s) < 0 {
			last[r] = s
		}
	}
	hold := make([]Step, 0, len(last))
	for _, s := range last {
		if !s.Cancelled {
			hold = append(hold, s)
		}
	}
	slices.SortFunc(hold, dateOrder)
	return hold
}

// InForce gives the steps that hold now, in date order, for the pages: corrected and cancelled
// entries are left out, each step as it was last stated.
func InForce(steps []Step) []Step { return inForce(steps, 0) }

// Superseded tells the entries that no longer hold, each with the entry that replaced it, so that
// the journal can strike them out. A cancelling entry replaces the ones before it.
func Superseded(steps []Step) map[StepID]StepID {
	root := roots(steps)
	last := map[StepID]Step{}
	for _, s := range steps {
		if r, ok := root[s.ID]; ok {
			if before, ok := last[r]; !ok || recordedOrder(before, s) < 0 {
				last[r] = s
			}
		}
	}
	by := map[StepID]StepID{}
	for id, r := range root {
		if last[r].ID != id {
			by[id] = last[r].ID
		}
	}
	return by
}

// Delta is what an entry changes in the amounts of its line from a day on. The sum of the deltas
// with EffectiveOn ≤ D is the line as of D; keeping only those with RecordedAt ≤ T, the line as it
// was known at T. So the derived table is append-only too, and sums over any set of lines need
// neither Fold nor the entries.
type Delta struct {
	LineID      LineID
	StepID      StepID // the entry that made the change
	EffectiveOn when.Date
	RecordedAt  when.Time
	Amounts
}

// Deltas gives all deltas of one line, from its entries in any order.
func Deltas(steps []Step) []Delta {
	entries := slices.SortedFunc(slices.Values(steps), recordedOrder)
	var all []Delta
	var before []point
	for i, entry := range entries {
		after := curve(entries[:i+1])
		all = append(all, difference(before, after, entry)...)
		before = after
	}
	return all
}

// DeltasOf gives the deltas that one more entry adds: recorded after the others, it leaves their
// deltas as they are.
func DeltasOf(steps []Step, entry Step) []Delta {
	return difference(curve(steps), curve(append(slices.Clone(steps), entry)), entry)
}

// point is the amounts of a line from a day on.
type point struct {
	on      when.Date
	amounts Amounts
}

func curve(steps []Step) []point {
	var points []point
	var s LineState
	for _, step := range inForce(steps, 0) {
		s.take(step)
		s.count()
		if n := len(points); n > 0 && points[n-1].on == step.EffectiveOn {
			points[n-1].amounts = s.Amounts
		} else {
			points = append(points, point{step.EffectiveOn, s.Amounts})
		}
	}
	return points
}

// difference walks two curves by day and gives the change of their distance at each.
func difference(before, after []point, entry Step) []Delta {
	var deltas []Delta
	var was, is, gap Amounts
	for len(before) > 0 || len(after) > 0 {
		on := earliest(before, after)
		if len(before) > 0 && before[0].on == on {
			was, before = before[0].amounts, before[1:]
		}
		if len(after) > 0 && after[0].on == on {
			is, after = after[0].amounts, after[1:]
		}
		if now := is.Minus(was); now != gap {
			deltas = append(deltas, Delta{entry.LineID, entry.ID, on, entry.RecordedAt, now.Minus(gap)})
			gap = now
		}
	}
	return deltas
}

func earliest(a, b []point) when.Date {
	switch {
	case len(a) == 0:
		return b[0].on
	case len(b) == 0:
		return a[0].on
	}
	return min(a[0].on, b[0].on)
}

// append decides whether one more entry may be recorded on the line. It changes nothing; the caller
// stores the entry.
//
// The entries are judged as a sequence by effective date, not by the order of typing: papers arrive
// late, and a request found again after its decision may be entered with its own, earlier date. So
// the same rules hold for a new step, a late one and a correction: after the entry, the steps in
// force must make a course that could have happened (course).
//
// A line that has ended takes corrections only; after a refusal a new request is a new line.
func (l Line) append(steps []Step, entry Step, today when.Date) error {
	if err := entry.validate(today); err != nil {
		return err
	}
	if entry.LineID != l.ID {
		return wrongStep("line_id", "programme.step.other_line")
	}
	now := Fold(steps, AsOf{})
	if entry.CorrectsID != "" {
		if err := entry.corrects(steps); err != nil {
			return err
		}
	} else if now.Stage.Ends() {
		return fault.New(fault.Conflict, "programme.step.ended", "stage_key", now.Stage.Key(), "ended_on", now.StageOn)
	}
	if entry.Kind == Settled && !entry.Cancelled && entry.AmountCents != 0 && entry.AmountCents != now.Paid.Cents {
		return wrongStep("amount_cents", "programme.step.closed_amount",
			"paid_cents", now.Paid.Cents, "amount_cents", entry.AmountCents)
	}
	return course(inForce(append(slices.Clone(steps), entry), 0), entry)
}

// NextKinds gives the stages that a new step may state, for the form's list of choices.
func (l Line) NextKinds(steps []Step) []Kind {
	s := Fold(steps, AsOf{})
	switch s.Stage {
	case "":
		return []Kind{Foreseen, Asked, Decided, Contracted}
	case Foreseen:
		return []Kind{Foreseen, Asked, Decided, Contracted, Refused, Withdrawn}
	case Asked:
		return []Kind{Asked, Decided, Contracted, Refused, Withdrawn}
	case Decided:
		return []Kind{Decided, Contracted, Paid, Withdrawn}
	case Contracted:
		return []Kind{Contracted, Paid, Withdrawn}
	case Paid:
		if s.LeftToPayCents() == 0 {
			return []Kind{Settled, Contracted}
		}
		return []Kind{Paid, Settled, Contracted}
	}
	return nil
}

// EarlierKinds gives the stages before the one reached that NextKinds does not hold: a paper found late is entered
// with its own, earlier date. Nothing is added to a line that has ended.
func (l Line) EarlierKinds(steps []Step) []Kind {
	stage, next := Fold(steps, AsOf{}).Stage, l.NextKinds(steps)
	var list []Kind
	for _, k := range FunnelKinds() {
		if !stage.Ends() && k.rank() < stage.rank() && !in(k, next) {
			list = append(list, k)
		}
	}
	return list
}

func wrongStep(field, key string, pairs ...any) error {
	var wrong fault.Fields
	wrong.Add(field, key, pairs...)
	return wrong.Err()
}

// validate gathers every wrong field of the entry by itself.
func (s Step) validate(today when.Date) error {
	var wrong fault.Fields
	oneOf(&wrong, "kind", s.Kind, Kinds())
	happened(&wrong, "effective_on", s.EffectiveOn, today)
	if s.EffectiveOn.Valid() && (s.EffectiveOn.Year() < MinYear) {
		wrong.Add("effective_on", "programme.wrong.year", "min_year", MinYear, "max_year", MaxYear)
	}
	cents(&wrong, "amount_cents", s.AmountCents)
	if s.AmountCents == 0 && !s.Kind.Ends() && !s.Cancelled {
		wrong.Add("amount_cents", "programme.step.zero")
	}
	text(&wrong, "reference", s.Reference, 0, 200)
	text(&wrong, "note", s.Note, 0, 2000)
	if s.Cancelled && s.CorrectsID == "" {
		wrong.Add("corrects_id", "programme.wrong.required")
	}
	if s.CorrectsID != "" {
		text(&wrong, "note", s.Note, 3, 2000) // a correction says why
	}
	return wrong.Err()
}

// cancelling gives the entry that takes this step away, for the reason; the caller gives it an ID,
// the instant and the person.
func (s Step) cancelling(why string) Step {
	return Step{LineID: s.LineID, Kind: s.Kind, EffectiveOn: s.EffectiveOn, AmountCents: s.AmountCents,
		Reference: s.Reference, DocumentID: s.DocumentID, Note: why, CorrectsID: s.ID, Cancelled: true}
}

// verb is what the audit trail calls the entry.
func (s Step) verb() string {
	switch {
	case s.Cancelled:
		return "programme.step.cancel"
	case s.CorrectsID != "":
		return "programme.step.correct"
	}
	return "programme.step.record"
}

// corrects checks that the entry names an entry of its own line, of the same kind. A wrong kind is
// cancelled and recorded anew: that is two facts, not one.
func (s Step) corrects(steps []Step) error {
	i := slices.IndexFunc(steps, func(x Step) bool { return x.ID == s.CorrectsID })
	switch {
	case i < 0 || s.CorrectsID == s.ID:
		return wrongStep("corrects_id", "programme.step.corrects_missing")
	case steps[i].LineID != s.LineID:
		return wrongStep("corrects_id", "programme.step.corrects_other_line")
	case steps[i].Kind != s.Kind:
		return wrongStep("kind", "programme.step.corrects_other_kind", "kind_key", steps[i].Kind.Key())
	}
	return nil
}

// course checks that steps in date order could have happened:
//
//   - stages go forward and may be skipped; a line may begin at any stage up to contracted, because
//     old contracts and own funds often know nothing earlier;
//   - a stage before payment may be stated again: a new request, a second decision, an amendment of
//     the contract; the last one holds. The contract may still be amended after a payment;
//   - a decision does not pass what was asked: the larger request comes first. Nor does the contract
//     pass the decision;
//   - payments need a decision or a contract, and never pass it in all;
//   - a refusal answers what was foreseen or asked; what is granted is withdrawn, and what is partly
//     paid is closed.
//
// Where the new entry is dated before a step of an earlier stage, it is that step that cannot follow. It is most
// often dated by the day it was typed: the fault names it as the one to correct first.
func course(steps []Step, entry Step) error {
	var s LineState
	for _, step := range steps {
		if err := s.follows(step); err != nil {
			if step.ID != entry.ID && s.outOfOrder(step) {
				return wrongStep("effective_on", "programme.step.later_entry", "kind_key", entry.Kind.Key(), "effective_on", entry.EffectiveOn,
					"later_key", step.Kind.Key(), "later_on", step.EffectiveOn)
			}
			return err
		}
		s.take(step)
	}
	return nil
}

// outOfOrder reports whether a step is of a stage that has passed, or follows the end of the line. A contract may
// still be amended after a payment.
func (s *LineState) outOfOrder(step Step) bool {
	amendment := step.Kind == Contracted && s.Stage == Paid
	return s.Stage.Ends() || step.Kind.rank() < s.Stage.rank() && !amendment
}

func (s *LineState) follows(step Step) error {
	if s.outOfOrder(step) {
		return wrongStep("effective_on", "programme.step.order",
			"kind_key", step.Kind.Key(), "effective_on", step.EffectiveOn,
			"stage_key", s.Stage.Key(), "stage_on", s.StageOn)
	}
	switch step.Kind {
	case Decided:
		return s.decidable(step)
	case Contracted:
		return s.contractable(step)
	case Paid:
		return s.payable(step)
	case Settled:
		if s.Stage != Paid {
			return wrongStep("kind", "programme.step.nothing_paid")
		}
	case Refused:
		if s.Stage != Foreseen && s.Stage != Asked {
			return wrongStep("kind", "programme.step.nothing_to_refuse")
		}
	case Withdrawn:
		switch s.Stage {
		case "":
			return wrongStep("kind", "programme.step.nothing_to_withdraw")
		case Paid:
			return wrongStep("kind", "programme.step.already_paid", "paid_cents", s.Paid.Cents)
		}
	}
	return nil
}

func (s *LineState) decidable(step Step) error {
	if s.Asked.On != when.None && step.AmountCents > s.Asked.Cents {
		return wrongStep("amount_cents", "programme.step.decided_over_asked",
			"max_cents", s.Asked.Cents, "amount_cents", step.AmountCents)
	}
	return nil
}

func (s *LineState) contractable(step Step) error {
	most, key := s.Decided, "programme.step.contracted_over_decided"
	if most.On == when.None {
		most, key = s.Asked, "programme.step.contracted_over_asked"
	}
	switch {
	case most.On != when.None && step.AmountCents > most.Cents:
		return wrongStep("amount_cents", key, "max_cents", most.Cents, "amount_cents", step.AmountCents)
	case step.AmountCents < s.Paid.Cents:
		return wrongStep("amount_cents", "programme.step.contracted_under_paid",
			"paid_cents", s.Paid.Cents, "amount_cents", step.AmountCents)
	}
	return nil
}

func (s *LineState) payable(step Step) error {
	if s.Decided.On == when.None && s.Contracted.On == when.None {
		return wrongStep("kind", "programme.step.nothing_granted")
	}
	left := max(0, s.limitCents()-s.Paid.Cents)
	if step.AmountCents > left {
		return wrongStep("amount_cents", "programme.step.overpaid",
			"left_cents", left, "max_cents", s.limitCents(), "paid_cents", s.Paid.Cents,
			"amount_cents", step.AmountCents, "effective_on", step.EffectiveOn)
	}
	return nil
}
