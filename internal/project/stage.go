package project

import (
	"slices"
	"strings"

	"bassin/internal/account"
	"bassin/internal/fault"
	"bassin/internal/when"
)

// Phase is a part of a product's life (after ISO/IEC/IEEE 15288, with the words of workshops).
type Phase string

// The phases in the order of a life.
const (
	Need              Phase = "need"
	Concept           Phase = "concept"
	Design            Phase = "design"
	Prototype         Phase = "prototype"
	Industrialisation Phase = "industrialisation"
	Production        Phase = "production"
	InService         Phase = "service"
	EndOfLife         Phase = "end_of_life"
)

// Phases lists them in the order of a life.
func Phases() []Phase {
	return []Phase{Need, Concept, Design, Prototype, Industrialisation, Production, InService, EndOfLife}
}

// Key gives the text key of the phase's name.
func (p Phase) Key() string { return "project.phase." + string(p) }

// StageState is where a stage stands.
type StageState string

// The states: the first stage that is not passed is under way.
const (
	Coming  StageState = "coming"
	Open    StageState = "open"
	Passed  StageState = "passed"
	Stopped StageState = "stopped"
)

// Key gives the text key of the state's name.
func (s StageState) Key() string { return "project.stage_state." + string(s) }

// StageID names a stage.
type StageID string

// Stage is one phase of a project; at its end stands a gate that a decision passes.
type Stage struct {
	ID        StageID
	ProjectID ID
	Phase     Phase
	Position  int
	State     StageState
	StartsOn  when.Date
	EndsOn    when.Date // when its gate is due
	PassedOn  when.Date
	Version   int64
}

// Late gives the days by which the gate is overdue, 0 when it is not.
func (s Stage) Late(today when.Date) int {
	if s.State != Open && s.State != Coming || !s.EndsOn.Valid() || today <= s.EndsOn {
		return 0
	}
	return today.Sub(s.EndsOn)
}

func (s Stage) check() error {
	var wrong fault.Fields
	if !slices.Contains(Phases(), s.Phase) {
		wrong.Add("phase", "fault.choice")
	}
	for _, d := range []struct {
		field string
		on    when.Date
	}{{"starts_on", s.StartsOn}, {"ends_on", s.EndsOn}} {
		if d.on != when.None && !d.on.Valid() {
			wrong.Add(d.field, "fault.date", "min_year", when.MinYear, "max_year", when.MaxYear)
		}
	}
	if s.StartsOn.Valid() && s.EndsOn.Valid() && s.EndsOn < s.StartsOn {
		wrong.Add("ends_on", "project.wrong.order")
	}
	return wrong.Err()
}

// Current gives the stage that is under way: the first one that is not passed.
func Current(stages []Stage) (Stage, bool) {
	for _, s := range stages {
		if s.State == Open || s.State == Coming || s.State == Stopped {
			return s, true
		}
	}
	return Stage{}, false
}

// CriterionID names a criterion.
type CriterionID string

// Criterion is one thing that must hold at a gate, with the proof that it does.
type Criterion struct {
	ID        CriterionID
	StageID   StageID
	ProjectID ID
	Position  int
	Text      string `db:"body"`
	Required  bool
	Proof     string // what shows it, in words
	ProofURL  string // where: a path of this server or an https address
	MetOn     when.Date
	MetBy     account.PersonID
	MetByName string
	Version   int64
}

// Met reports whether somebody has said, with a proof, that it holds.
func (c Criterion) Met() bool { return c.MetOn != when.None }

func (c Criterion) check() error {
	var wrong fault.Fields
	wrong.Text("text", c.Text, 1, 500)
	wrong.Text("proof", c.Proof, 0, 2000)
	if c.ProofURL != "" && !validProofURL(c.ProofURL) {
		wrong.Add("proof_url", "project.wrong.proof_url")
	}
	return wrong.Err()
}

// meet notes that the criterion holds. A required one needs a proof: what nobody can check again
// would be worth nothing at the gate.
func (c *Criterion) meet(proof, url string, by account.Actor, on when.Date) error {
	next := *c
	next.Proof, next.ProofURL, next.MetOn, next.MetBy, next.MetByName = strings.TrimSpace(proof), strings.TrimSpace(url), on, by.ID, by.Name
	var wrong fault.Fields
	if next.Required && next.Proof == "" && next.ProofURL == "" {
		wrong.Add("proof", "project.wrong.proof")
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	if err := next.check(); err != nil {
		return err
	}
	*c = next
	return nil
}

// validProofURL allows paths of this server and https addresses.
func validProofURL(s string) bool {
	if len(s) > 500 || strings.ContainsAny(s, " \t\r\n\\\"<>") {
		return false
	}
	return strings.HasPrefix(s, "https://") && len(s) > len("https://") || strings.HasPrefix(s, "/") && !strings.HasPrefix(s, "//")
}

// missing lists the required criteria that are not met.
func missing(list []Criterion) []Criterion {
	var out []Criterion
	for _, c := range list {
		if c.Required && !c.Met() {
			out = append(out, c)
		}
	}
	return out
}

// StagesOf gives the phases that a new project of the kind goes through.
func StagesOf(k Kind) []Phase {
	switch k {
	case ProductDevelopment:
		return Phases()
	case DigitalTransition:
		return []Phase{Need, Concept, Design, Prototype, Production, InService}
	case AdditiveTrial:
		return []Phase{Need, Design, Prototype, Industrialisation}
	case SiteExtension:
		return []Phase{Need, Concept, Design, Production, InService}
	}
	return []Phase{Need, Design, Production}
}

// CriteriaOf gives the text keys of the criteria that a new project of the kind finds at the gate
// of a phase; the first is required.
func CriteriaOf(k Kind, p Phase) []string {
	base := "project.criterion." + string(p) + "."
	keys := []string{base + "1", base + "2"}
	if k == AdditiveTrial && (p == Design || p == Prototype || p == Industrialisation) {
		keys = append(keys, base+"additive")
	}
	if k == DigitalTransition && (p == Need || p == Prototype || p == Production) {
		keys = append(keys, base+"digital")
	}
	return keys
}
