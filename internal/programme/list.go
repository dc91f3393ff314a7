package programme

import (
	"fmt"
	"slices"
	"strings"

	"bassin/internal/when"
)

// Filter chooses the actions of a list. The zero value takes all that one may see.
type Filter struct {
	IDs         []ActionID // nil: all; the chosen ones
	ContractID  ContractID
	TerritoryID string
	RegionID    string // of territories that lie in it, wholly or in part
	AxisID      AxisID
	AxisCode    string // over several contracts
	Status      []Status
	Ready       string // "yes": all five conditions; "no"; or the code of one that is not met
	FunderID    string
	Late        bool
	Blocked     bool
	Unfunded    bool   // money is still to find
	Silent      bool   // nothing recorded for SilentDays
	Mine        bool   // of the actor's organisations, piloted by the actor, or open to the actor as a guest
	OwnerID     string // organisation that leads
	Text        string // in reference or title
	Sort        string // a key of Sorts, with a leading - for descending
}

// Counts says how many actions a filter takes, how many of them want attention, and their money. What is over
// wants no attention, and no money is to find for it.
type Counts struct {
	All         int64
	Late        int64
	Blocked     int64
	Unfunded    int64
	Silent      int64
	CostCents   int64
	PlanCents   int64
	ToFindCents int64
}

// SilentDays is how long an action that is not over may go without news before it is counted
// silent: two months, the rhythm of the committees.
const SilentDays = 60

// Row is an action as lists show it.
type Row struct {
	ID                 ActionID
	ContractID         ContractID
	TerritoryID        string
	Reference          string
	Title              string
	Status             Status
	Outlook            Outlook
	Priority           Priority
	Commitment         Commitment
	Confidentiality    Confidentiality
	StartsOn           when.Date
	EndsOn             when.Date
	EndedOn            when.Date
	Demo               bool
	ReadyMask          int
	LeadID             string
	LeadName           string
	CostCents          int64
	PlanCents          int64
	ToFindCents        int64
	NextDueOn          when.Date
	NextTitle          string
	LateOn             when.Date
	OpenBlockers       int
	Blocker            string
	ProgressPercent    int `db:"progress"` // -1: unknown
	NewsOn             when.Date
	JobsCreatedPlanned int
	JobsCreatedActual  int
	JobsKeptPlanned    int
	JobsKeptActual     int
	UpdatedAt          when.Time
	Money              Amounts `db:"-"` // when asked for
}

// Met counts the conditions of readiness that are met.
func (r Row) Met() int {
	n := 0
	for i := range 5 {
		if r.Holds(i) {
			n++
		}
	}
	return n
}

// Holds reports whether the i-th condition is met, in the order of ConditionCodes.
func (r Row) Holds(i int) bool { return r.ReadyMask&(1<<i) != 0 }

// Blocked reports whether something is in the way of an action that is not over: its status says so, or a blocker
// is open. Every count of blocked actions is of these.
func (r Row) Blocked() bool {
	return !r.Status.Over() && (r.OpenBlockers > 0 || r.Status == Blocked)
}

// Late reports whether a date of the action has passed without being kept, blocked or not. Every count of late
// actions is of these.
func (r Row) Late(today when.Date) bool { return r.LateDays(today) > 0 }

// Silent reports whether nothing was recorded for SilentDays.
func (r Row) Silent(today when.Date) bool { return r.SilentFor(today) > 0 }

// Unfunded reports whether money is still to find.
func (r Row) Unfunded() bool { return r.stillToFind(r.PlanCents) > 0 }

// stillToFind is what the cost lacks beside a plan. Nobody looks for the money of an action that is over.
func (r Row) stillToFind(planCents int64) int64 {
	if r.Status.Over() {
		return 0
	}
	return max(0, r.CostCents-planCents)
}

// LateDays is by how much the earliest overdue date is past; 0: not late.
func (r Row) LateDays(today when.Date) int {
	if r.LateOn == never || r.LateOn >= today || r.Status.Over() {
		return 0
	}
	return today.Sub(r.LateOn)
}

// SilentFor is how many days nothing was recorded on an action that is not over; 0 when that is
// less than SilentDays.
func (r Row) SilentFor(today when.Date) int {
	if r.Status.Over() || r.NewsOn == when.None {
		return 0
	}
	if n := today.Sub(r.NewsOn); n >= SilentDays {
		return n
	}
	return 0
}

// Sorts are the orders that a list may take.
func Sorts() []string {
	return []string{"reference", "title", "status", "late", "ready", "cost", "to_find", "next", "progress", "news"}
}

// order gives the SQL order of a sort key; only known words reach the query.
func (f Filter) order() string {
	key, desc := strings.CutPrefix(f.Sort, "-")
	if !slices.Contains(Sorts(), key) {
		return "a.reference, a.id"
	}
	column := map[string]string{
		"reference": "a.reference", "title": "a.title_key", "status": statusOrder(), "late": "a.late_on", "ready": "a.ready_mask",
		"cost": "a.cost_cents", "to_find": "a.to_find_cents", "next": "a.next_due_on = '', a.next_due_on", "progress": "a.progress", "news": "a.news_on",
	}[key]
	if desc {
		return column + " desc, a.reference, a.id"
	}
	return column + ", a.reference, a.id"
}

// statusOrder sorts statuses as the board has them.
func statusOrder() string {
	s := "case a.status"
	for i, status := range Statuses() {
		s += fmt.Sprintf(" when '%s' then %d", status, i)
	}
	return s + " end"
}
