package programme

import (
	"fmt"
	"strings"

	"bassin/internal/fault"
	"bassin/internal/when"
)

// LineID names a financing line.
type LineID string

// Nature says what kind of money a line is.
type Nature string

// The natures.
const (
	Grant            Nature = "grant"
	Loan             Nature = "loan"
	RepayableAdvance Nature = "repayable_advance"
	Equity           Nature = "equity"
	InKind           Nature = "in_kind" // engineering in kind
	OwnFunds         Nature = "own_funds"
)

// Natures lists them.
func Natures() []Nature {
	return []Nature{Grant, Loan, RepayableAdvance, Equity, InKind, OwnFunds}
}

// Key gives the text key of the label.
func (n Nature) Key() string { return "programme.nature." + string(n) }

// Line is one funder's money of one scheme, nature and year in the plan of an action. What it is
// worth is told by its steps.
type Line struct {
	ID         LineID
	ActionID   ActionID
	FunderID   string // organisation
	FunderName string
	Scheme     string // dispositif
	Nature     Nature
	Year       int
	RateBP     int // the funder's rate of the eligible cost, in hundredths of a percent; 0: not stated
	Note       string
	CreatedAt  when.Time
	UpdatedAt  when.Time
	Version    int64
}

// Own reports whether the owners pay it themselves.
func (l Line) Own() bool { return l.Nature == OwnFunds }

func (l Line) validate() error {
	var wrong fault.Fields
	if l.FunderID == "" {
		wrong.Add("funder_id", "programme.wrong.required")
	}
	text(&wrong, "scheme", l.Scheme, 0, 200)
	text(&wrong, "note", l.Note, 0, 2000)
	oneOf(&wrong, "nature", l.Nature, Natures())
	year(&wrong, "year", l.Year)
	if l.RateBP < 0 || l.RateBP > 10_000 {
		wrong.Add("rate_bp", "programme.wrong.rate")
	}
	return wrong.Err()
}

// Amounts are what a line, or any set of lines, counts for: columns of the derived table.
//
// The first five are the funnel: an amount counts in all stages before its own, so that a line that
// skipped a stage counts there with the next amount known. Where less was granted than asked, the
// gap stays visible: asked is above decided. Closed, refused and withdrawn money stands apart;
// what was refused or withdrawn is in no other sum.
//
// Paid and the four Held amounts hold each euro of the plan once, under the stage it has reached,
// fullest first; Plan is their sum.
type Amounts struct {
	ForeseenCents       int64
	AskedCents          int64
	DecidedCents        int64
	ContractedCents     int64
	PaidCents           int64
	ClosedCents         int64
	RefusedCents        int64
	WithdrawnCents      int64
	HeldForeseenCents   int64
	HeldAskedCents      int64
	HeldDecidedCents    int64
	HeldContractedCents int64
}

// PlanCents is what counts in the financing plan.
func (a Amounts) PlanCents() int64 {
	return a.PaidCents + a.HeldContractedCents + a.HeldDecidedCents + a.HeldAskedCents + a.HeldForeseenCents
}

// Plus adds.
func (a Amounts) Plus(b Amounts) Amounts {
	return Amounts{
		ForeseenCents:       a.ForeseenCents + b.ForeseenCents,
		AskedCents:          a.AskedCents + b.AskedCents,
		DecidedCents:        a.DecidedCents + b.DecidedCents,
		ContractedCents:     a.ContractedCents + b.ContractedCents,
		PaidCents:           a.PaidCents + b.PaidCents,
		ClosedCents:         a.ClosedCents + b.ClosedCents,
		RefusedCents:        a.RefusedCents + b.RefusedCents,
		WithdrawnCents:      a.WithdrawnCents + b.WithdrawnCents,
		HeldForeseenCents:   a.HeldForeseenCents + b.HeldForeseenCents,
		HeldAskedCents:      a.HeldAskedCents + b.HeldAskedCents,
		HeldDecidedCents:    a.HeldDecidedCents + b.HeldDecidedCents,
		HeldContractedCents: a.HeldContractedCents + b.HeldContractedCents,
	}
}

// Minus subtracts.
func (a Amounts) Minus(b Amounts) Amounts { return a.Plus(b.negative()) }

func (a Amounts) negative() Amounts {
	return Amounts{
		-a.ForeseenCents, -a.AskedCents, -a.DecidedCents, -a.ContractedCents, -a.PaidCents,
		-a.ClosedCents, -a.RefusedCents, -a.WithdrawnCents,
		-a.HeldForeseenCents, -a.HeldAskedCents, -a.HeldDecidedCents, -a.HeldContractedCents,
	}
}

// String writes what is not 0, in cents, for logs and for who verifies.
func (a Amounts) String() string {
	var parts []string
	for _, x := range []struct {
		name  string
		cents int64
	}{
		{"foreseen", a.ForeseenCents}, {"asked", a.AskedCents}, {"decided", a.DecidedCents}, {"contracted", a.ContractedCents},
		{"paid", a.PaidCents}, {"closed", a.ClosedCents}, {"refused", a.RefusedCents}, {"withdrawn", a.WithdrawnCents},
		{"held foreseen", a.HeldForeseenCents}, {"held asked", a.HeldAskedCents}, {"held decided", a.HeldDecidedCents},
		{"held contracted", a.HeldContractedCents},
	} {
		if x.cents != 0 {
			parts = append(parts, fmt.Sprintf("%s %d", x.name, x.cents))
		}
	}
	if parts == nil {
		return "nothing"
	}
	return strings.Join(parts, ", ")
}

// Funnel gives the amount that counts at a stage of the funnel or stands apart under it.
func (a Amounts) Funnel(k Kind) int64 {
	switch k {
	case Foreseen:
		return a.ForeseenCents
	case Asked:
		return a.AskedCents
	case Decided:
		return a.DecidedCents
	case Contracted:
		return a.ContractedCents
	case Paid:
		return a.PaidCents
	case Settled:
		return a.ClosedCents
	case Refused:
		return a.RefusedCents
	case Withdrawn:
		return a.WithdrawnCents
	}
	return 0
}

// Held is one piece of the stacked bar. Kind "" is what is still to find.
type Held struct {
	Kind  Kind
	Cents int64
}

// Held splits a plan, each euro once, fullest first, and ends with what is still to find of the
// cost. Pieces of 0 are kept: the legend names them all.
func (a Amounts) Held(costCents int64) []Held {
	return []Held{
		{Paid, a.PaidCents},
		{Contracted, a.HeldContractedCents},
		{Decided, a.HeldDecidedCents},
		{Asked, a.HeldAskedCents},
		{Foreseen, a.HeldForeseenCents},
		{"", max(0, costCents-a.PlanCents())},
	}
}

// Stated is what the entries of a line say of one stage: the amount in force (paid: the sum) and
// the first day of it. Cents is 0 and On is none when the stage was skipped or not reached.
type Stated struct {
	Cents int64
	On    when.Date
}

// LineState is a line as of a day.
type LineState struct {
	Amounts
	Stage      Kind      // the furthest stage reached; "" before the first step
	StageOn    when.Date // the day of the last step of that stage
	Foreseen   Stated
	Asked      Stated
	Decided    Stated
	Contracted Stated
	Paid       Stated
	Ended      Stated // closed, refused or withdrawn; Stage says which
}

// limitCents gives what may be paid in all: the contracted amount, else the decided one.
func (s LineState) limitCents() int64 {
	_, cents := s.granted()
	return cents
}

// granted gives what may be paid in all and the stage that says so, once something is granted.
func (s LineState) granted() (Kind, int64) {
	if s.Contracted.On != when.None {
		return Contracted, s.Contracted.Cents
	}
	return Decided, s.Decided.Cents
}

// LeftToPayCents gives what is granted and not yet paid; 0 once the line has ended.
func (s LineState) LeftToPayCents() int64 {
	if s.Stage.Ends() {
		return 0
	}
	return max(0, s.limitCents()-s.Paid.Cents)
}

// AsOf chooses what is counted: steps that took effect on or before On (none: all of them) and,
// when KnownBy is not 0, only what was recorded at or before that instant.
type AsOf struct {
	On      when.Date
	KnownBy when.Time
}

// Fold gives the state of one line as of a day, from its entries in any order.
func Fold(steps []Step, at AsOf) LineState {
	var s LineState
	for _, step := range inForce(steps, at.KnownBy) {
		if at.On == when.None || step.EffectiveOn <= at.On {
			s.take(step)
		}
	}
	s.count()
	return s
}

// take adds the next step in date order.
func (s *LineState) take(step Step) {
	switch step.Kind {
	case Foreseen:
		s.Foreseen.set(step)
	case Asked:
		s.Asked.set(step)
	case Decided:
		s.Decided.set(step)
	case Contracted:
		s.Contracted.set(step)
	case Paid:
		paid := s.Paid.Cents
		s.Paid.set(step)
		s.Paid.Cents += paid
	case Settled, Refused, Withdrawn:
		s.Ended.set(step)
	}
	if step.Kind.rank() >= s.Stage.rank() {
		s.Stage, s.StageOn = step.Kind, step.EffectiveOn
	}
}

func (x *Stated) set(step Step) {
	x.Cents = step.AmountCents
	if x.On == when.None {
		x.On = step.EffectiveOn
	}
}

// commitment gives the furthest of foreseen, asked, decided, contracted that was stated.
func (s *LineState) commitment() (Kind, int64) {
	switch {
	case s.Contracted.On != when.None:
		return Contracted, s.Contracted.Cents
	case s.Decided.On != when.None:
		return Decided, s.Decided.Cents
	case s.Asked.On != when.None:
		return Asked, s.Asked.Cents
	case s.Foreseen.On != when.None:
		return Foreseen, s.Foreseen.Cents
	}
	return "", 0
}

// count works the amounts out from what was stated.
func (s *LineState) count() {
	kind, committed := s.commitment()
	s.Amounts = Amounts{}
	switch s.Stage {
	case Refused:
		s.RefusedCents = lost(s.Ended, committed)
		return
	case Withdrawn:
		s.WithdrawnCents = lost(s.Ended, committed)
		return
	}
	s.PaidCents = s.Paid.Cents
	s.ContractedCents = max(s.Contracted.Cents, s.PaidCents)
	s.DecidedCents = max(s.Decided.Cents, s.ContractedCents)
	s.AskedCents = max(s.Asked.Cents, s.DecidedCents)
	s.ForeseenCents = max(s.Foreseen.Cents, s.AskedCents)
	if s.Stage == Settled {
		s.ClosedCents = s.PaidCents
		return
	}
	rest := max(0, committed-s.PaidCents)
	switch kind {
	case Contracted:
		s.HeldContractedCents = rest
	case Decided:
		s.HeldDecidedCents = rest
	case Asked:
		s.HeldAskedCents = rest
	case Foreseen:
		s.HeldForeseenCents = rest
	}
}

// lost gives what a refusal or a withdrawal took away: the amount it states, else what was
// committed before.
func lost(end Stated, committed int64) int64 {
	if end.Cents > 0 {
		return end.Cents
	}
	return committed
}
