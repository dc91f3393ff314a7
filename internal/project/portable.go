package project

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/search"
	"bassin/internal/when"
)

// ImportIn begins a project as an archive describes it: who imports owns it in their organisation's
// name and manages it, only members see it, and its code is free among the owner's.
func (s *Service) ImportIn(tx db.Tx, by account.Actor, p Project) (Project, error) {
	codes, err := takenCodes(tx, p.OwnerID)
	if err != nil {
		return p, err
	}
	created := p.CreatedAt
	p.Code, p.Confidentiality, p.OriginKind, p.OriginID, p.Demo, p.RemovedAt = freeCode(strings.ToUpper(p.Code), codes), ForMembers, "", "", false, 0
	made, err := s.CreateIn(tx, by, Draft{Project: p})
	if err != nil {
		return p, err
	}
	made.CreatedAt = created
	return made, restamp(tx, made.ID, created)
}

// freeCode gives the code, or it with the first number that makes it free.
func freeCode(code string, taken []string) string {
	for n := 2; slices.Contains(taken, code) && n < 1000; n++ {
		end := strconv.Itoa(n)
		base := strings.TrimRight(code, "0123456789")
		code = base[:min(len(base), 10-len(end))] + end
	}
	return code
}

// Settle checks what an import put into the project, and puts it into the index.
func (s *Service) Settle(tx db.Tx, project string) error {
	id := ID(project)
	p, err := getProject(tx, id)
	if err != nil {
		return err
	}
	for _, check := range []func(db.Tx, Project) error{settleStages, settleDecisions, settleRisks, settlePast} {
		if err := check(tx, p); err != nil {
			return err
		}
	}
	list, err := entries(tx, p)
	if err != nil {
		return err
	}
	for _, e := range list {
		if err := search.Put(tx, e); err != nil {
			return err
		}
	}
	return nil
}

func settleStages(tx db.Tx, p Project) error {
	stages, err := listStages(tx, p.ID)
	if err != nil {
		return err
	}
	mine := map[StageID]bool{}
	for _, st := range stages {
		mine[st.ID] = true
		err := st.check()
		if err == nil && !slices.Contains([]StageState{Coming, Open, Passed, Stopped}, st.State) {
			err = fault.New(fault.Invalid, "fault.choice")
		}
		if err != nil {
			return db.Wrong("project_stage", string(st.Phase), err)
		}
	}
	criteria, err := listCriteria(tx, p.ID)
	for _, c := range criteria {
		if e := c.check(); e != nil || !mine[c.StageID] {
			return db.Wrong("project_criterion", c.Text, orChoice(e))
		}
	}
	return err
}

// orChoice is the fault of a value that is not one to choose from, when no other was found.
func orChoice(err error) error {
	if err == nil {
		err = fault.New(fault.Invalid, "fault.choice")
	}
	return err
}

func settleDecisions(tx db.Tx, p Project) error {
	list, err := listDecisions(tx, p.ID)
	for _, d := range list {
		e := d.check(tx.Today())
		if e == nil && d.Number < 1 {
			e = fault.New(fault.Invalid, "fault.choice")
		}
		if e != nil {
			return db.Wrong("project_decision", d.Title, e)
		}
	}
	partners, e := listPartners(tx, p.ID)
	if err == nil {
		err = e
	}
	for _, x := range partners {
		if e := x.check(p.OwnerID); e != nil {
			return db.Wrong("project_partner", x.OrganisationName, e)
		}
	}
	return err
}

func settleRisks(tx db.Tx, p Project) error {
	risks, err := listRisks(tx, p.ID)
	if err != nil {
		return err
	}
	for _, r := range risks {
		if e := r.check(); e != nil {
			return db.Wrong("project_risk", r.Title, e)
		}
	}
	blockers, err := listBlockers(tx, p.ID)
	for _, b := range blockers {
		if e := b.check(tx.Today()); e != nil {
			return db.Wrong("project_blocker", b.Text, e)
		}
	}
	return err
}

// settlePast refuses a history that pages could not show.
func settlePast(tx db.Tx, p Project) error {
	list, err := allPast(tx, p.ID)
	for _, e := range list {
		var data map[string]any
		if json.Unmarshal([]byte(e.Data), &data) != nil || data == nil || len(e.Verb) > 100 || len(e.ActorName) > 400 || e.Position < 1 || e.At < 0 || e.At > tx.Now() {
			return db.Wrong(Past, e.Verb, orChoice(nil))
		}
	}
	return err
}

// History gives everything that happened in the project, the oldest first: what its archive told,
// then what happened here.
func History(tx db.Tx, id ID) ([]PastEntry, error) {
	list, err := allPast(tx, id)
	if err != nil {
		return nil, err
	}
	own, err := account.ScopeHistory(tx, id.Scope(), 0, maxHistory)
	if err != nil {
		return nil, err
	}
	at := int64(0)
	if len(list) > 0 {
		at = list[len(list)-1].Position
	}
	for _, e := range slices.Backward(own) {
		at++
		list = append(list, PastEntry{Position: at, At: e.At, ActorName: e.ActorName, Verb: e.Verb, ObjectKind: e.ObjectKind, ObjectID: e.ObjectID, Data: e.Data})
	}
	return list, nil
}

// maxHistory bounds what one project tells of itself.
const maxHistory = 200_000

// entry is it as the pages of the history show one.
func (e PastEntry) entry() account.Entry {
	return account.Entry{At: e.At, ActorID: "-", ActorName: e.ActorName, Verb: e.Verb, ObjectKind: e.ObjectKind, ObjectID: e.ObjectID, Data: e.Data}
}

func pastEntries(list []PastEntry) []account.Entry {
	out := make([]account.Entry, len(list))
	for i, e := range list {
		out[i] = e.entry()
	}
	return out
}

// FromRow reads a project as an archive has it.
func FromRow(row db.Row) Project {
	text := func(name string) string { s, _ := row[name].(string); return s }
	at := func(name string) when.Time { n, _ := row[name].(int64); return when.Time(n) }
	return Project{Code: text("code"), Title: text("title"), Summary: text("summary"), Kind: Kind(text("kind")), State: State(text("state")),
		TerritoryID: text("territory_id"), StartsOn: when.Date(text("starts_on")), EndsOn: when.Date(text("ends_on")), CreatedAt: at("created_at")}
}
