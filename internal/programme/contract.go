package programme

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"bassin/internal/fault"
	"bassin/internal/when"
)

// ContractID names a contract.
type ContractID string

// AxisID names an axis of a contract's phase.
type AxisID string

// SignatoryID names a signature of a contract.
type SignatoryID string

// ContractState says where a contract stands in its course.
type ContractState string

// The states of a contract.
const (
	Preparation ContractState = "preparation" // being written
	Memorandum  ContractState = "memorandum"  // protocole d'accord signed
	Signed      ContractState = "signed"      // in force
	Closed      ContractState = "closed"      // over
)

// ContractStates lists the states in their order.
func ContractStates() []ContractState {
	return []ContractState{Preparation, Memorandum, Signed, Closed}
}

// Key gives the text key of the state's label.
func (s ContractState) Key() string { return "programme.contract_state." + string(s) }

// Contract is what the public bodies and the manufacturers of one territory sign together.
// Signing releases no grant: AnnouncedCents is a promise, the funding steps are the money.
type Contract struct {
	ID             ContractID
	TerritoryID    string
	Number         string // as on the paper
	Code           string // beginning of the references of its actions, "ALES"
	Title          string
	Phase          int // 1 from 2018, 2 from 2023
	State          ContractState
	MemorandumOn   when.Date
	SignedOn       when.Date
	StartsOn       when.Date
	EndsOn         when.Date
	AnnouncedCents int64
	Summary        string
	Demo           bool // the figures are a demonstration
	CreatedAt      when.Time
	UpdatedAt      when.Time
	Version        int64
}

// Axis is a direction of the programme. Axes differ with the phase, so they are data.
type Axis struct {
	ID         AxisID
	ContractID ContractID
	Code       string
	LabelFR    string
	LabelEN    string
	Position   int
	Version    int64
}

// Label gives the axis in the language, French when there is no English.
func (a Axis) Label(lang string) string {
	if lang == "en" && a.LabelEN != "" {
		return a.LabelEN
	}
	return a.LabelFR
}

// PhaseAxes gives the axes that the national programme set for a phase, to begin a contract with;
// nil for a phase that is not known.
func PhaseAxes(phase int) []Axis {
	switch phase {
	case 1:
		return []Axis{
			{Code: "recruit", LabelFR: "Recruter", LabelEN: "Recruit", Position: 1},
			{Code: "innovate", LabelFR: "Innover", LabelEN: "Innovate", Position: 2},
			{Code: "attract", LabelFR: "Attirer", LabelEN: "Attract", Position: 3},
			{Code: "simplify", LabelFR: "Simplifier", LabelEN: "Simplify", Position: 4},
		}
	case 2:
		return []Axis{
			{Code: "skills", LabelFR: "Compétences", LabelEN: "Skills", Position: 1},
			{Code: "transition", LabelFR: "Transition écologique", LabelEN: "Ecological transition", Position: 2},
			{Code: "innovation", LabelFR: "Écosystèmes d’innovation", LabelEN: "Innovation ecosystems", Position: 3},
			{Code: "land", LabelFR: "Foncier industriel", LabelEN: "Industrial land", Position: 4},
		}
	}
	return nil
}

// College is one of the three groups of signatories.
type College string

// The colleges.
const (
	Groupings College = "groupings" // groupings of communes
	Public    College = "public"    // other public partners
	Economic  College = "economic"  // economic and industrial partners
)

// Colleges lists the colleges in the order of the contract's last page.
func Colleges() []College { return []College{Groupings, Public, Economic} }

// Key gives the text key of the college's label.
func (c College) Key() string { return "programme.college." + string(c) }

// Signatory is one organisation's signature. A public body signs on the strength of a deliberation.
type Signatory struct {
	ID                 SignatoryID
	ContractID         ContractID
	OrganisationID     string
	OrganisationName   string
	College            College
	SignerTitle        string // the person's function, "Présidente"
	Assembly           string // the assembly that deliberated, "Conseil communautaire"
	DeliberationNumber string
	DeliberatedOn      when.Date
	SignedOn           when.Date
	Position           int
	Version            int64
}

func (s Signatory) publicBody() bool { return s.College == Groupings || s.College == Public }

func (s Signatory) deliberated() bool {
	return s.Assembly != "" && s.DeliberationNumber != "" && s.DeliberatedOn != when.None
}

// validate gathers every wrong field of a signature.
func (s Signatory) validate(today when.Date) error {
	var wrong fault.Fields
	if s.OrganisationID == "" {
		wrong.Add("organisation_id", "programme.wrong.required")
	}
	oneOf(&wrong, "college", s.College, Colleges())
	text(&wrong, "signer_title", s.SignerTitle, 0, 200)
	text(&wrong, "assembly", s.Assembly, 0, 200)
	text(&wrong, "deliberation_number", s.DeliberationNumber, 0, 100)
	position(&wrong, s.Position)
	past(&wrong, "deliberated_on", s.DeliberatedOn, today)
	past(&wrong, "signed_on", s.SignedOn, today)
	ordered(&wrong, "signed_on", s.DeliberatedOn, s.SignedOn)
	return wrong.Err()
}

var contractCode = regexp.MustCompile(`^[A-Z][A-Z0-9]{1,11}$`)

// validate gathers every wrong field of the contract's form.
func (c Contract) validate(today when.Date) error {
	var wrong fault.Fields
	if c.TerritoryID == "" {
		wrong.Add("territory_id", "programme.wrong.required")
	}
	text(&wrong, "title", c.Title, 1, 200)
	text(&wrong, "number", c.Number, 0, 50)
	text(&wrong, "summary", c.Summary, 0, 4000)
	if !contractCode.MatchString(c.Code) {
		wrong.Add("code", "programme.wrong.contract_code")
	}
	if PhaseAxes(c.Phase) == nil {
		wrong.Add("phase", "programme.wrong.choice")
	}
	oneOf(&wrong, "state", c.State, ContractStates())
	past(&wrong, "memorandum_on", c.MemorandumOn, today)
	past(&wrong, "signed_on", c.SignedOn, today)
	ordered(&wrong, "signed_on", c.MemorandumOn, c.SignedOn)
	anyDay(&wrong, "starts_on", c.StartsOn)
	anyDay(&wrong, "ends_on", c.EndsOn)
	ordered(&wrong, "ends_on", c.StartsOn, c.EndsOn)
	cents(&wrong, "announced_cents", c.AnnouncedCents)
	if c.State == Memorandum && c.MemorandumOn == when.None {
		wrong.Add("memorandum_on", "programme.wrong.required")
	}
	if (c.State == Signed || c.State == Closed) && c.SignedOn == when.None {
		wrong.Add("signed_on", "programme.wrong.required")
	}
	return wrong.Err()
}

// next gives the states that may follow. A memorandum may be skipped, and a state left by mistake
// can be taken back as long as nothing rests on it; a signature is never undone.
func (s ContractState) next() []ContractState {
	switch s {
	case Preparation:
		return []ContractState{Memorandum, Signed}
	case Memorandum:
		return []ContractState{Preparation, Signed}
	case Signed:
		return []ContractState{Closed}
	case Closed:
		return []ContractState{Signed}
	}
	return nil
}

// Next gives the states that the contract may go to, for the buttons of its page.
func (c Contract) Next() []ContractState { return c.State.next() }

// move changes the state. Signing asks for a signing date, a signatory of the groupings' college,
// and for every public body the deliberation on whose strength it signs, not later than the
// signature: all that is missing is told at once.
func (c *Contract) move(to ContractState, signatories []Signatory, today when.Date) error {
	if !in(to, c.State.next()) {
		return fault.New(fault.Conflict, "programme.contract.no_such_move",
			"from_key", c.State.Key(), "to_key", to.Key())
	}
	var wrong fault.Fields
	switch {
	case to == Memorandum:
		happened(&wrong, "memorandum_on", c.MemorandumOn, today)
	case to == Signed && c.State != Closed:
		c.signable(&wrong, signatories, today)
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	c.State = to
	return nil
}

func (c *Contract) signable(wrong *fault.Fields, signatories []Signatory, today when.Date) {
	happened(wrong, "signed_on", c.SignedOn, today)
	grouping := false
	for _, s := range signatories {
		grouping = grouping || s.College == Groupings
		if s.publicBody() && !s.deliberated() {
			wrong.Add("signatory."+string(s.ID), "programme.contract.deliberation_missing",
				"organisation", s.OrganisationName)
		} else if s.publicBody() && c.SignedOn.Valid() && s.DeliberatedOn > c.SignedOn {
			wrong.Add("signatory."+string(s.ID), "programme.contract.deliberation_late",
				"organisation", s.OrganisationName, "deliberated_on", s.DeliberatedOn, "signed_on", c.SignedOn)
		}
	}
	if !grouping {
		wrong.Add("signatories", "programme.contract.grouping_missing")
	}
}

// Small checks shared by the nouns. Each notes at most one fault for a field that has none yet.

func text(wrong *fault.Fields, name, value string, atLeast, atMost int) {
	n := utf8.RuneCountInString(strings.TrimSpace(value))
	switch {
	case wrong.Has(name):
	case n == 0 && atLeast > 0:
		wrong.Add(name, "programme.wrong.required")
	case !utf8.ValidString(value):
		wrong.Add(name, "programme.wrong.characters")
	case n < atLeast:
		wrong.Add(name, "programme.wrong.too_short", "min", atLeast, "length", n)
	case utf8.RuneCountInString(value) > atMost:
		wrong.Add(name, "programme.wrong.too_long", "max", atMost, "length", utf8.RuneCountInString(value))
	default:
		wrong.Unseen(name, value)
	}
}

func anyDay(wrong *fault.Fields, name string, d when.Date) {
	if d != when.None && !d.Valid() && !wrong.Has(name) {
		wrong.Add(name, "programme.wrong.date", "min_year", when.MinYear, "max_year", when.MaxYear)
	}
}

func past(wrong *fault.Fields, name string, d, today when.Date) {
	anyDay(wrong, name, d)
	if d != when.None && d > today && !wrong.Has(name) {
		wrong.Add(name, "programme.wrong.future", "today_on", today)
	}
}

func happened(wrong *fault.Fields, name string, d, today when.Date) {
	if d == when.None && !wrong.Has(name) {
		wrong.Add(name, "programme.wrong.required")
	}
	past(wrong, name, d, today)
}

func ordered(wrong *fault.Fields, name string, first, second when.Date) {
	if first != when.None && second != when.None && second < first && !wrong.Has(name) {
		wrong.Add(name, "programme.wrong.order", "first_on", first)
	}
}

// MaxCents is the largest amount that the program believes: 10 billion euros, the order of the
// whole national programme many times over. Sums of a million such lines still fit 64 bits.
const MaxCents int64 = 1_000_000_000_000

// The years that a cost, a financing line or an indicator may carry.
const (
	MinYear = 2000
	MaxYear = 2100
)

func cents(wrong *fault.Fields, name string, amount int64) {
	if (amount < 0 || amount > MaxCents) && !wrong.Has(name) {
		wrong.Add(name, "programme.wrong.amount", "max_cents", MaxCents)
	}
}

func year(wrong *fault.Fields, name string, y int) {
	if (y < MinYear || y > MaxYear) && !wrong.Has(name) {
		wrong.Add(name, "programme.wrong.year", "min_year", MinYear, "max_year", MaxYear)
	}
}

// maxPosition bounds the place of something in its list.
const maxPosition = 999

func position(wrong *fault.Fields, n int) {
	if (n < 0 || n > maxPosition) && !wrong.Has("position") {
		wrong.Add("position", "programme.wrong.number", "min", 0, "max", maxPosition)
	}
}

func oneOf[T comparable](wrong *fault.Fields, name string, value T, allowed []T) {
	if !in(value, allowed) && !wrong.Has(name) {
		wrong.Add(name, "programme.wrong.choice")
	}
}

func in[T comparable](value T, list []T) bool {
	for _, x := range list {
		if x == value {
			return true
		}
	}
	return false
}

var axisCode = regexp.MustCompile(`^[a-z][a-z0-9_]{1,30}$`)

func (a Axis) validate() error {
	var wrong fault.Fields
	if !axisCode.MatchString(a.Code) {
		wrong.Add("code", "programme.wrong.axis_code")
	}
	text(&wrong, "label_fr", a.LabelFR, 2, 100)
	text(&wrong, "label_en", a.LabelEN, 0, 100)
	position(&wrong, a.Position)
	return wrong.Err()
}

// fits tells whether the objective can stand below its parent: one of the same contract that does
// not itself stand below it.
func (o Objective) fits(all []Objective) bool {
	parent := map[ObjectiveID]ObjectiveID{}
	for _, x := range all {
		parent[x.ID] = x.ParentID
	}
	for at, steps := o.ParentID, 0; at != ""; at, steps = parent[at], steps+1 {
		if _, known := parent[at]; !known || at == o.ID || steps > len(all) {
			return false
		}
	}
	return true
}
