package programme

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"bassin/internal/fault"
	"bassin/internal/when"
)

// ActionID names an action sheet.
type ActionID string

// ObjectiveID names a strategic objective of a contract.
type ObjectiveID string

// Objective is a strategic objective of a contract; ParentID makes the tree, "" at the top.
type Objective struct {
	ID         ObjectiveID
	ContractID ContractID
	ParentID   ObjectiveID
	Label      string
	Position   int
	Version    int64
}

// Commitment says how much the sheet binds.
type Commitment string

// The commitments.
const (
	Intention Commitment = "intention"
	Firm      Commitment = "firm"
)

// Commitments lists them.
func Commitments() []Commitment { return []Commitment{Intention, Firm} }

// Key gives the text key of the label.
func (c Commitment) Key() string { return "programme.commitment." + string(c) }

// Status says where an action stands. "Late" is no status: it is computed (Late).
type Status string

// The statuses.
const (
	ToDiscuss Status = "to_discuss"
	Planned   Status = "planned"
	UnderWay  Status = "under_way"
	Paused    Status = "paused"
	Blocked   Status = "blocked"
	Done      Status = "done"
	Abandoned Status = "abandoned"
)

// Statuses lists them in the order of the board.
func Statuses() []Status {
	return []Status{ToDiscuss, Planned, UnderWay, Paused, Blocked, Done, Abandoned}
}

// Key gives the text key of the label.
func (s Status) Key() string { return "programme.status." + string(s) }

// Over reports whether nothing more is expected of the action.
func (s Status) Over() bool { return s == Done || s == Abandoned }

// Priority orders the sheets of a contract.
type Priority string

// The priorities.
const (
	High   Priority = "high"
	Normal Priority = "normal"
	Low    Priority = "low"
)

// Priorities lists them, highest first.
func Priorities() []Priority { return []Priority{High, Normal, Low} }

// Key gives the text key of the label.
func (p Priority) Key() string { return "programme.priority." + string(p) }

// Outlook is the weather (météo) that the pilot gives the action; "" when not given yet.
type Outlook string

// The outlooks.
const (
	Sun      Outlook = "sun"      // objectives secured
	Overcast Outlook = "overcast" // within reach
	Cloud    Outlook = "cloud"    // help needed
	Storm    Outlook = "storm"    // compromised
)

// Outlooks lists them, best first.
func Outlooks() []Outlook { return []Outlook{Sun, Overcast, Cloud, Storm} }

// Key gives the text key of the label.
func (o Outlook) Key() string {
	if o == "" {
		return "programme.outlook.none"
	}
	return "programme.outlook." + string(o)
}

// Confidentiality says who may see the sheet (access.go).
type Confidentiality string

// The levels.
const (
	ForPublic   Confidentiality = "public"
	ForContract Confidentiality = "contract"
	Restricted  Confidentiality = "restricted"
)

// Confidentialities lists them, most open first.
func Confidentialities() []Confidentiality {
	return []Confidentiality{ForPublic, ForContract, Restricted}
}

// Key gives the text key of the label.
func (c Confidentiality) Key() string { return "programme.confidentiality." + string(c) }

// Section is a part of the sheet that is edited and saved by itself.
type Section string

// The sections.
const (
	SectionIdentity    Section = "identity"
	SectionDescription Section = "description"
	SectionPeople      Section = "people"
	SectionCalendar    Section = "calendar"
	SectionCosts       Section = "costs"
	SectionFunding     Section = "funding"
	SectionIndicators  Section = "indicators"
	SectionFollowUp    Section = "follow_up"
)

// Sections lists them in the order of the sheet.
func Sections() []Section {
	return []Section{SectionIdentity, SectionDescription, SectionPeople, SectionCalendar,
		SectionCosts, SectionFunding, SectionIndicators, SectionFollowUp}
}

// Key gives the text key of the section's title.
func (s Section) Key() string { return "programme.section." + string(s) }

// Action is an action sheet. Its sections are embedded, so that a form replaces one section whole;
// columns carry no prefix. Lists (axes, owners…) live in tables of their own.
type Action struct {
	ID          ActionID
	ContractID  ContractID
	TerritoryID string
	Identity
	Content
	People
	Calendar
	Jobs
	FollowUp
	Demo      bool // the figures are a demonstration
	CreatedAt when.Time
	UpdatedAt when.Time
	RemovedAt when.Time // 0: on the lists
	Version   int64
}

// Identity is the section "identity".
type Identity struct {
	Reference       string // "ALES-03", unique in its contract
	Title           string
	ObjectiveID     ObjectiveID
	AxisIDs         []AxisID `db:"-"`
	Commitment      Commitment
	Priority        Priority
	Confidentiality Confidentiality
}

// Content is the section "description".
type Content struct {
	Context        string // and diagnosis
	Description    string
	Stakes         string
	Beneficiaries  string
	Communes       string   // perimeter finer than groupings, or beside them
	GroupingIDs    []string `db:"-"` // perimeter
	TechnicalNeeds string   // engineering asked of an operator
	Simplification string   // what a simpler rule would change
}

// Owner is an organisation that carries the action (maître d'ouvrage); one leads.
type Owner struct {
	OrganisationID   string
	OrganisationName string
	Leads            bool
}

// Pilot is a person who runs the action day by day. PersonID is "" for somebody without an account.
type Pilot struct {
	PersonID string
	Name     string
	Title    string // role and organisation
}

// Partner is an organisation that helps, with what it does.
type Partner struct {
	OrganisationID   string
	OrganisationName string
	Role             string
}

// People is the section "people".
type People struct {
	Owners          []Owner   `db:"-"`
	Pilots          []Pilot   `db:"-"`
	Partners        []Partner `db:"-"`
	SponsorPersonID string    // elected sponsor, if the person has an account
	SponsorName     string
	SponsorTitle    string
}

// Lead gives the owner that leads.
func (p People) Lead() (Owner, bool) {
	for _, o := range p.Owners {
		if o.Leads {
			return o, true
		}
	}
	return Owner{}, false
}

// Calendar is the section "calendar"; milestones stand beside it.
type Calendar struct {
	StartsOn when.Date // planned start, then the real one
	EndsOn   when.Date // planned end
	EndedOn  when.Date // real end
}

// Jobs stands in the section "indicators".
type Jobs struct {
	JobsCreatedPlanned int
	JobsCreatedActual  int
	JobsKeptPlanned    int
	JobsKeptActual     int
}

// FollowUp is the section "follow-up"; blockers and notes stand beside it.
type FollowUp struct {
	Status    Status
	Outlook   Outlook
	OutlookOn when.Date // the day the outlook was given
	Progress  string    `db:"progress_text"` // where things stand, in the pilot's words
}

var reference = regexp.MustCompile(`^[A-Z][A-Z0-9]{1,11}-[0-9]{2,4}$`)

// CleanReference reads a reference as people type it: "ales-03 " is ALES-03.
func CleanReference(s string) string { return strings.ToUpper(strings.TrimSpace(s)) }

// NextReference proposes the next number of a contract: one more than the highest taken.
func NextReference(code string, taken []string) string {
	highest := 0
	for _, r := range taken {
		if number, ours := strings.CutPrefix(r, code+"-"); ours {
			if n, err := strconv.Atoi(number); err == nil {
				highest = max(highest, n)
			}
		}
	}
	return fmt.Sprintf("%s-%02d", code, highest+1)
}

// validate gathers every wrong field. That the reference is unique in its contract is the store's
// to say.
func (s Identity) validate() error {
	var wrong fault.Fields
	if !reference.MatchString(s.Reference) {
		wrong.Add("reference", "programme.wrong.reference")
	}
	text(&wrong, "title", s.Title, 3, 200)
	if strings.ContainsAny(s.Title, "\r\n") && !wrong.Has("title") {
		wrong.Add("title", "programme.wrong.one_line")
	}
	if twice(s.AxisIDs) {
		wrong.Add("axis_ids", "programme.wrong.twice")
	}
	oneOf(&wrong, "commitment", s.Commitment, Commitments())
	oneOf(&wrong, "priority", s.Priority, Priorities())
	oneOf(&wrong, "confidentiality", s.Confidentiality, Confidentialities())
	return wrong.Err()
}

// maxText is the length of a long text of the sheet, about three printed pages.
const maxText = 10_000

func (s Content) validate() error {
	var wrong fault.Fields
	text(&wrong, "context", s.Context, 0, maxText)
	text(&wrong, "description", s.Description, 0, maxText)
	text(&wrong, "stakes", s.Stakes, 0, maxText)
	text(&wrong, "beneficiaries", s.Beneficiaries, 0, maxText)
	text(&wrong, "communes", s.Communes, 0, 4000)
	text(&wrong, "technical_needs", s.TechnicalNeeds, 0, maxText)
	text(&wrong, "simplification", s.Simplification, 0, maxText)
	if twice(s.GroupingIDs) {
		wrong.Add("grouping_ids", "programme.wrong.twice")
	}
	return wrong.Err()
}

// maxPeople bounds each list of the section: a longer one is a mistake of an import.
const maxPeople = 100

func (s People) validate() error {
	var wrong fault.Fields
	leads, ids := 0, []string{}
	for _, o := range s.Owners {
		if o.OrganisationID == "" {
			wrong.Add("owners", "programme.wrong.required")
			break
		}
		if o.Leads {
			leads++
		}
		ids = append(ids, o.OrganisationID)
	}
	switch {
	case wrong.Has("owners"):
	case twice(ids):
		wrong.Add("owners", "programme.wrong.twice")
	case len(ids) > maxPeople:
		wrong.Add("owners", "programme.wrong.too_many", "max", maxPeople)
	case len(ids) > 0 && leads != 1:
		wrong.Add("owners", "programme.action.one_leads", "leads", leads)
	}
	s.validatePilots(&wrong)
	s.validatePartners(&wrong)
	text(&wrong, "sponsor_name", s.SponsorName, 0, 200)
	text(&wrong, "sponsor_title", s.SponsorTitle, 0, 200)
	return wrong.Err()
}

func (s People) validatePilots(wrong *fault.Fields) {
	if len(s.Pilots) > maxPeople {
		wrong.Add("pilots", "programme.wrong.too_many", "max", maxPeople)
		return
	}
	for _, p := range s.Pilots {
		text(wrong, "pilots", p.Name, 1, 200)
		text(wrong, "pilots", p.Title, 0, 200)
	}
}

func (s People) validatePartners(wrong *fault.Fields) {
	if len(s.Partners) > maxPeople {
		wrong.Add("partners", "programme.wrong.too_many", "max", maxPeople)
		return
	}
	ids := []string{}
	for _, p := range s.Partners {
		if p.OrganisationID == "" && !wrong.Has("partners") {
			wrong.Add("partners", "programme.wrong.required")
		}
		text(wrong, "partners", p.Role, 0, 200)
		ids = append(ids, p.OrganisationID)
	}
	if twice(ids) && !wrong.Has("partners") {
		wrong.Add("partners", "programme.wrong.twice")
	}
}

func (s Calendar) validate(today when.Date) error {
	var wrong fault.Fields
	anyDay(&wrong, "starts_on", s.StartsOn)
	anyDay(&wrong, "ends_on", s.EndsOn)
	past(&wrong, "ended_on", s.EndedOn, today)
	ordered(&wrong, "ends_on", s.StartsOn, s.EndsOn)
	ordered(&wrong, "ended_on", s.StartsOn, s.EndedOn)
	if s.EndedOn != when.None && s.StartsOn == when.None {
		wrong.Add("starts_on", "programme.wrong.required")
	}
	return wrong.Err()
}

// maxJobs is above what any industrial area of the programme employs.
const maxJobs = 100_000

func (s Jobs) validate() error {
	var wrong fault.Fields
	for _, f := range []struct {
		name string
		n    int
	}{
		{"jobs_created_planned", s.JobsCreatedPlanned}, {"jobs_created_actual", s.JobsCreatedActual},
		{"jobs_kept_planned", s.JobsKeptPlanned}, {"jobs_kept_actual", s.JobsKeptActual},
	} {
		if f.n < 0 || f.n > maxJobs {
			wrong.Add(f.name, "programme.wrong.number", "min", 0, "max", maxJobs)
		}
	}
	return wrong.Err()
}

func (s FollowUp) validate(today when.Date) error {
	var wrong fault.Fields
	oneOf(&wrong, "status", s.Status, Statuses())
	if s.Outlook != "" {
		oneOf(&wrong, "outlook", s.Outlook, Outlooks())
	}
	past(&wrong, "outlook_on", s.OutlookOn, today)
	text(&wrong, "progress", s.Progress, 0, maxText)
	return wrong.Err()
}

// validate checks one section of the sheet. Costs and funding have their own nouns.
func (a Action) validate(section Section, today when.Date) error {
	switch section {
	case SectionIdentity:
		return a.Identity.validate()
	case SectionDescription:
		return a.Content.validate()
	case SectionPeople:
		return a.People.validate()
	case SectionCalendar:
		return a.Calendar.validate(today)
	case SectionIndicators:
		return a.Jobs.validate()
	case SectionFollowUp:
		return a.FollowUp.validate(today)
	}
	return nil
}

// validateAll checks a whole new or imported sheet and tells every wrong field at once.
func (a Action) validateAll(today when.Date) error {
	var wrong fault.Fields
	for _, section := range Sections() {
		if f := fault.As(a.validate(section, today)); f != nil {
			wrong = append(wrong, f.Fields...)
		}
	}
	return wrong.Err()
}

func (s Status) next() []Status {
	switch s {
	case ToDiscuss:
		return []Status{Planned, Abandoned}
	case Planned:
		return []Status{ToDiscuss, UnderWay, Paused, Blocked, Abandoned}
	case UnderWay:
		return []Status{Planned, Paused, Blocked, Done, Abandoned}
	case Paused:
		return []Status{Planned, UnderWay, Blocked, Abandoned}
	case Blocked:
		return []Status{Planned, UnderWay, Paused, Abandoned}
	case Done:
		return []Status{UnderWay}
	case Abandoned:
		return []Status{ToDiscuss}
	}
	return nil
}

// Next gives the statuses that the action may take, for the buttons of its page.
func (a Action) Next() []Status { return a.Status.next() }

// move changes the status. Under way asks for a start that has come, done for a real end and no
// open blocker, blocked for a blocker that says what is in the way. Reopening a done action takes
// its real end away, since it has not ended.
func (a *Action) move(to Status, blockers []Blocker, today when.Date) error {
	if !in(to, a.Status.next()) {
		return fault.New(fault.Conflict, "programme.action.no_such_move",
			"from_key", a.Status.Key(), "to_key", to.Key())
	}
	var wrong fault.Fields
	switch to {
	case UnderWay:
		happened(&wrong, "starts_on", a.StartsOn, today)
	case Blocked:
		if openBlockers(blockers) == 0 {
			wrong.Add("blockers", "programme.action.blocker_missing")
		}
	case Done:
		happened(&wrong, "ended_on", a.EndedOn, today)
		if n := openBlockers(blockers); n > 0 {
			wrong.Add("blockers", "programme.action.blocker_open", "count", n)
		}
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	if a.Status == Done {
		a.EndedOn = when.None
	}
	a.Status = to
	return nil
}

// Lateness says why an action is late; Days is 0 when it is not.
type Lateness struct {
	Days        int
	Key         string // text key of the reason
	MilestoneID MilestoneID
	Title       string // of the milestone
	DueOn       when.Date
}

// Late reports whether the action is late.
func (l Lateness) Late() bool { return l.Days > 0 }

// Args gives the values of the reason's text.
func (l Lateness) Args() fault.Args {
	return fault.Args{"late_days": l.Days, "title": l.Title, "due_on": l.DueOn}
}

// Late computes whether a date of the action has passed without being kept: a milestone not
// reached, or the planned end. The longest delay is the reason given; a milestone goes before the
// end of the same day because it says more. What is over is not late.
func Late(a Action, milestones []Milestone, today when.Date) Lateness {
	var late Lateness
	if a.Status.Over() || a.RemovedAt != 0 {
		return late
	}
	for _, m := range milestones {
		if d := m.late(today); d > late.Days {
			late = Lateness{Days: d, Key: "programme.late.milestone", MilestoneID: m.ID, Title: m.Title, DueOn: m.DueOn}
		}
	}
	if a.EndsOn != when.None && a.EndedOn == when.None && a.EndsOn.Valid() {
		if d := today.Sub(a.EndsOn); d > late.Days {
			late = Lateness{Days: d, Key: "programme.late.end", DueOn: a.EndsOn}
		}
	}
	return late
}

func twice[T comparable](list []T) bool {
	seen := make(map[T]bool, len(list))
	for _, x := range list {
		if seen[x] {
			return true
		}
		seen[x] = true
	}
	return false
}

// defaults fills what a new sheet may leave out.
func (a *Action) defaults() {
	a.Reference = CleanReference(a.Reference)
	if a.Commitment == "" {
		a.Commitment = Intention
	}
	if a.Priority == "" {
		a.Priority = Normal
	}
	if a.Confidentiality == "" {
		a.Confidentiality = ForContract
	}
	if a.Status == "" {
		a.Status = ToDiscuss
	}
}

// take replaces one section.
func (a *Action) take(section Section, from Action) error {
	switch section {
	case SectionIdentity:
		a.Identity = from.Identity
		a.Reference = CleanReference(a.Reference)
	case SectionDescription:
		a.Content = from.Content
	case SectionPeople:
		a.People = from.People
	case SectionCalendar:
		a.Calendar = from.Calendar
	case SectionIndicators:
		a.Jobs = from.Jobs
	case SectionFollowUp:
		status := a.Status // changed by MoveAction, which has rules of its own
		a.FollowUp = from.FollowUp
		a.Status = status
	default:
		return fault.New(fault.Invalid, "programme.action.no_such_section")
	}
	return nil
}
