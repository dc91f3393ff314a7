package programme

import (
	"context"
	"net/http"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/web"
	"bassin/internal/when"

	"github.com/danielgtaylor/huma/v2"
)

// Each section of a sheet is read and saved by itself, with an ETag of its own (decision 0009).
func (s *Service) sectionAPI(m *web.Mux) {
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: "/api/v1/actions/{id}/sections", Tags: []string{"Action sheets"}, Summary: "List the sections of a sheet",
		Description: "With the ETag of each, and when it was saved last."}, s.sectionsAPI)
	sectionOf(m, s, SectionIdentity, "Reference, title, axes, objective, priority, who may see it. Reference and confidentiality are the project lead's to change.", identityOut, identityJSON.put)
	sectionOf(m, s, SectionDescription, "The texts of the sheet and its perimeter.", contentOut, contentJSON.put)
	sectionOf(m, s, SectionPeople, "Owners, partners, pilots and sponsor. The public reads organisations, not persons.", peopleOut, peopleJSON.put)
	sectionOf(m, s, SectionCalendar, "Planned and real dates; milestones stand beside it.", calendarOut, calendarJSON.put)
	sectionOf(m, s, SectionIndicators, "Jobs; indicators stand beside it.", jobsOut, jobsJSON.put)
	sectionOf(m, s, SectionFollowUp, "Outlook and progress. The status has an operation of its own.", followUpOut, followUpJSON.put)
	costsAPI(m, s)
}

type sectionStateJSON struct {
	Section   Section   `json:"section" enum:"identity,description,people,calendar,costs,indicators,follow_up"`
	ETag      string    `json:"etag"`
	SavedAt   when.Time `json:"saved_at" doc:"Null before the first change."`
	SavedName string    `json:"saved_by" doc:"Who saved it last; empty for the public."`
}

type sectionsOut struct{ Body web.List[sectionStateJSON] }

func (s *Service) sectionsAPI(ctx context.Context, in *ActionPath) (*sectionsOut, error) {
	out := &sectionsOut{}
	err := s.db.View(ctx, func(tx db.Tx) error {
		x, states, err := readStates(tx, account.ActorIn(ctx), in.ID)
		out.Body.Items = []sectionStateJSON{}
		for _, section := range Sections() {
			if section == SectionFunding { // its lines have versions of their own
				continue
			}
			j := sectionStateJSON{Section: section, ETag: web.ETag(states[section].Version), SavedAt: states[section].SavedAt}
			if x.Inside() {
				j.SavedName = states[section].SavedName
			}
			out.Body.Items = append(out.Body.Items, j)
		}
		return err
	})
	return out, err
}

// readStates reads a sheet and where each of its sections stands.
func readStates(tx db.Tx, by account.Actor, id ActionID) (sheetView, map[Section]SectionState, error) {
	x, err := readSheet(tx, by, id)
	if err != nil {
		return x, nil, err
	}
	states := map[Section]SectionState{}
	for _, section := range Sections() {
		states[section] = SectionState{Section: section, Version: 1}
	}
	list, err := listSections(tx, id)
	for _, state := range list {
		states[state.Section] = state
	}
	return x, states, err
}

// viewSection reads a section as the API gives it.
func viewSection[T any](ctx context.Context, s *Service, id ActionID, section Section, out func(sheetView) T) (T, SectionState, error) {
	var body T
	var state SectionState
	err := s.db.View(ctx, func(tx db.Tx) error {
		x, states, err := readStates(tx, account.ActorIn(ctx), id)
		if err == nil {
			body, state = out(x), states[section]
		}
		return err
	})
	return body, state, err
}

type sectionOut[T any] struct {
	ETag string `header:"ETag" doc:"Of the section."`
	Body T
}

type saveSectionIn[T any] struct {
	ActionPath
	web.IfMatch
	Body T
}

// sectionOf registers the reading and the saving of a section whose JSON is T. Put takes the body over
// into a sheet.
func sectionOf[T any](m *web.Mux, s *Service, section Section, what string, out func(sheetView) T, put func(T, *Action, when.Date)) {
	sectionWith(m, s, section, what, out, func(ctx context.Context, id ActionID, seen int64, body T) error {
		a := Action{ID: id}
		put(body, &a, web.ViewIn(ctx).Today())
		_, err := s.SaveSection(ctx, account.ActorIn(ctx), section, seen, a)
		return err
	})
}

func sectionWith[T any](m *web.Mux, s *Service, section Section, what string, out func(sheetView) T, save func(context.Context, ActionID, int64, T) error) {
	path, tags, name := "/api/v1/actions/{id}/sections/"+string(section), []string{"Action sheets"}, strings.ReplaceAll(string(section), "_", "-")
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: path, Tags: tags, Summary: "Read the section " + name, Description: what},
		func(ctx context.Context, in *ActionPath) (*sectionOut[T], error) {
			body, state, err := viewSection(ctx, s, in.ID, section, out)
			return &sectionOut[T]{web.ETag(state.Version), body}, err
		})
	web.Operation(m, huma.Operation{Method: http.MethodPut, Path: path, Tags: tags, Summary: "Save the section " + name,
		Description: what + " Replaces the whole section. When somebody else saved it first nothing is stored, and both versions are shown."},
		func(ctx context.Context, in *saveSectionIn[T]) (*sectionOut[T], error) {
			seen, err := in.Version()
			if err != nil {
				return nil, err
			}
			if err := save(ctx, in.ID, seen, in.Body); err != nil {
				return nil, overtaken(ctx, err, in.Body, func() (web.Stand, error) {
					body, state, err := viewSection(ctx, s, in.ID, section, out)
					return web.Stand{Version: state.Version, SavedBy: state.SavedName, SavedAt: state.SavedAt, Value: body}, err
				})
			}
			body, state, err := viewSection(ctx, s, in.ID, section, out)
			return &sectionOut[T]{web.ETag(state.Version), body}, err
		})
}

type identityJSON struct {
	Reference       string          `json:"reference" maxLength:"40" example:"ALES-03"`
	Title           string          `json:"title" maxLength:"400"`
	ObjectiveID     ObjectiveID     `json:"objective_id" maxLength:"40" doc:"Of the contract; empty for none."`
	AxisIDs         []AxisID        `json:"axis_ids" maxItems:"50" doc:"Of the contract."`
	Commitment      Commitment      `json:"commitment" enum:"intention,firm"`
	Priority        Priority        `json:"priority" enum:"high,normal,low"`
	Confidentiality Confidentiality `json:"confidentiality" enum:"public,contract,restricted"`
}

func identityOut(x sheetView) identityJSON {
	a := x.Action
	return identityJSON{a.Reference, a.Title, a.ObjectiveID, full(a.AxisIDs), a.Commitment, a.Priority, a.Confidentiality}
}

func (j identityJSON) put(a *Action, _ when.Date) {
	a.Identity = Identity{Reference: j.Reference, Title: strings.TrimSpace(j.Title), ObjectiveID: j.ObjectiveID, AxisIDs: j.AxisIDs, Commitment: j.Commitment,
		Priority: j.Priority, Confidentiality: j.Confidentiality}
}

// full gives an empty list for none: JSON has [] and not null.
func full[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

type contentJSON struct {
	Context        string   `json:"context" maxLength:"20000" doc:"And diagnosis."`
	Description    string   `json:"description" maxLength:"20000"`
	Stakes         string   `json:"stakes" maxLength:"20000"`
	Beneficiaries  string   `json:"beneficiaries" maxLength:"20000"`
	Communes       string   `json:"communes" maxLength:"8000" doc:"A perimeter finer than groupings, or beside them."`
	GroupingIDs    []string `json:"grouping_ids" maxItems:"500" doc:"Groupings of communes: the perimeter."`
	TechnicalNeeds string   `json:"technical_needs" maxLength:"20000" doc:"Engineering asked of an operator."`
	Simplification string   `json:"simplification" maxLength:"20000" doc:"What a simpler rule would change."`
}

func contentOut(x sheetView) contentJSON {
	c := x.Action.Content
	return contentJSON{c.Context, c.Description, c.Stakes, c.Beneficiaries, c.Communes, full(c.GroupingIDs), c.TechnicalNeeds, c.Simplification}
}

func (j contentJSON) put(a *Action, _ when.Date) {
	a.Content = Content(j)
}

type ownerJSON struct {
	OrganisationID   string `json:"organisation_id" maxLength:"40"`
	OrganisationName string `json:"organisation_name,omitempty" readOnly:"true"`
	Leads            bool   `json:"leads" doc:"One of them does."`
}

type partnerJSON struct {
	OrganisationID   string `json:"organisation_id" maxLength:"40"`
	OrganisationName string `json:"organisation_name,omitempty" readOnly:"true"`
	Role             string `json:"role" maxLength:"400" doc:"What it does."`
}

type pilotJSON struct {
	PersonID string `json:"person_id" maxLength:"40" doc:"Empty for somebody without an account."`
	Name     string `json:"name" maxLength:"400"`
	Title    string `json:"title" maxLength:"400" doc:"Role and organisation."`
}

type peopleJSON struct {
	Owners          []ownerJSON   `json:"owners" maxItems:"200"`
	Partners        []partnerJSON `json:"partners" maxItems:"200"`
	Pilots          []pilotJSON   `json:"pilots" maxItems:"200"`
	SponsorPersonID string        `json:"sponsor_person_id" maxLength:"40" doc:"Of the elected sponsor, if there is an account."`
	SponsorName     string        `json:"sponsor_name" maxLength:"400"`
	SponsorTitle    string        `json:"sponsor_title" maxLength:"400"`
}

func peopleOut(x sheetView) peopleJSON {
	p := x.Action.People
	out := peopleJSON{Owners: []ownerJSON{}, Partners: []partnerJSON{}, Pilots: []pilotJSON{}}
	for _, o := range p.Owners {
		out.Owners = append(out.Owners, ownerJSON(o))
	}
	for _, o := range p.Partners {
		out.Partners = append(out.Partners, partnerJSON(o))
	}
	if !x.Inside() {
		return out
	}
	for _, o := range p.Pilots {
		out.Pilots = append(out.Pilots, pilotJSON(o))
	}
	out.SponsorPersonID, out.SponsorName, out.SponsorTitle = p.SponsorPersonID, p.SponsorName, p.SponsorTitle
	return out
}

func (j peopleJSON) put(a *Action, _ when.Date) {
	a.People = People{SponsorPersonID: j.SponsorPersonID, SponsorName: strings.TrimSpace(j.SponsorName), SponsorTitle: strings.TrimSpace(j.SponsorTitle)}
	for _, o := range j.Owners {
		a.Owners = append(a.Owners, Owner(o))
	}
	for _, o := range j.Partners {
		a.Partners = append(a.Partners, Partner(o))
	}
	for _, o := range j.Pilots {
		a.Pilots = append(a.Pilots, Pilot(o))
	}
}

type calendarJSON struct {
	StartsOn when.Date `json:"starts_on" doc:"Planned, then real."`
	EndsOn   when.Date `json:"ends_on" doc:"Planned."`
	EndedOn  when.Date `json:"ended_on" doc:"Real."`
}

func calendarOut(x sheetView) calendarJSON { return calendarJSON(x.Action.Calendar) }

func (j calendarJSON) put(a *Action, _ when.Date) { a.Calendar = Calendar(j) }

type jobsJSON struct {
	JobsCreatedPlanned int `json:"jobs_created_planned"`
	JobsCreatedActual  int `json:"jobs_created_actual"`
	JobsKeptPlanned    int `json:"jobs_kept_planned"`
	JobsKeptActual     int `json:"jobs_kept_actual"`
}

func jobsOut(x sheetView) jobsJSON { return jobsJSON(x.Action.Jobs) }

func (j jobsJSON) put(a *Action, _ when.Date) { a.Jobs = Jobs(j) }

type followUpJSON struct {
	Outlook   string    `json:"outlook" enum:",sun,overcast,cloud,storm" doc:"Objectives secured, within reach, in need of help, compromised; empty: not given."`
	OutlookOn when.Date `json:"outlook_on" doc:"The day it was given; empty: today."`
	Progress  string    `json:"progress" maxLength:"20000" doc:"Where things stand, in the pilot's words."`
}

func followUpOut(x sheetView) followUpJSON {
	f := x.Action.FollowUp
	return followUpJSON{string(f.Outlook), f.OutlookOn, f.Progress}
}

func (j followUpJSON) put(a *Action, today when.Date) {
	a.FollowUp = FollowUp{Outlook: Outlook(j.Outlook), OutlookOn: j.OutlookOn, Progress: j.Progress}
	switch {
	case a.Outlook == "":
		a.OutlookOn = when.None
	case a.OutlookOn == when.None:
		a.OutlookOn = today
	}
}

type costJSON struct {
	Year         int      `json:"year" example:"2026"`
	Kind         CostKind `json:"kind" enum:"investment,operation"`
	PlannedCents int64    `json:"planned_cents"`
	ActualCents  int64    `json:"actual_cents"`
	Note         string   `json:"note" maxLength:"1000" doc:"For parties."`
}

type costsJSON struct {
	Costs []costJSON `json:"costs" maxItems:"400" doc:"One line for each year and kind."`
}

func costsOut(x sheetView) costsJSON {
	out := costsJSON{Costs: []costJSON{}}
	for _, c := range x.Costs {
		j := costJSON{c.Year, c.Kind, c.PlannedCents, c.ActualCents, c.Note}
		if !x.Inside() {
			j.Note = ""
		}
		out.Costs = append(out.Costs, j)
	}
	return out
}

func costsAPI(m *web.Mux, s *Service) {
	sectionWith(m, s, SectionCosts, "What the action costs, year by year. The financing plan has its own operations.", costsOut,
		func(ctx context.Context, id ActionID, seen int64, body costsJSON) error {
			costs := make([]Cost, len(body.Costs))
			for i, c := range body.Costs {
				costs[i] = Cost{Year: c.Year, Kind: c.Kind, PlannedCents: c.PlannedCents, ActualCents: c.ActualCents, Note: strings.TrimSpace(c.Note)}
			}
			return s.SaveCosts(ctx, account.ActorIn(ctx), id, seen, costs)
		})
}

// onlyParty lets only those through who are more than the public on a sheet; for others what is the
// parties' own does not exist.
func onlyParty(x sheetView) error {
	if !x.Inside() {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	return nil
}
