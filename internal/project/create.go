package project

import (
	"context"
	"fmt"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/search"
	"bassin/internal/when"
)

// Draft is what a new project begins with.
type Draft struct {
	Project
	Stages []DraftStage // none: without stages
}

// DraftStage is a stage of a draft with the texts of its criteria; the first is required.
type DraftStage struct {
	Phase    Phase
	EndsOn   when.Date
	Criteria []string
}

// Create begins a project; who begins it manages it.
func (s *Service) Create(ctx context.Context, by account.Actor, d Draft) (Project, error) {
	var p Project
	err := s.db.Do(ctx, func(tx db.Tx) (err error) {
		p, err = s.CreateIn(tx, by, d)
		return err
	})
	if err != nil {
		return Project{}, fmt.Errorf("create project: %w", err)
	}
	return p, nil
}

// CreateIn is Create in the caller's transaction.
func (s *Service) CreateIn(tx db.Tx, by account.Actor, d Draft) (Project, error) {
	p := d.Project
	if p.State == "" {
		p.State = Preparing
	}
	if p.OriginKind != "" {
		info, err := s.origin(tx, by, Origin{p.OriginKind, p.OriginID})
		if err != nil {
			return p, err
		}
		p.TerritoryID = info.TerritoryID
	}
	if !MayCreate(by, p.OwnerID, p.TerritoryID, tx.Today()) {
		return p, fault.New(fault.Forbidden, "project.forbidden.create")
	}
	if p.Code == "" {
		p.Code = CodeOf(p.Title)
	}
	if err := p.tidy(); err != nil {
		return p, err
	}
	owner, err := account.GetOrganisation(tx, p.OwnerID)
	if err != nil {
		return p, choiceMissing(err, "owner_id")
	}
	p.ID, p.OwnerName, p.CreatedBy, p.CreatedAt, p.UpdatedAt, p.Version = ID(db.NewID()), owner.Label(), by.ID, tx.Now(), tx.Now(), 1
	if err := insertProject(tx, p); err != nil {
		return p, takenCode(err)
	}
	if err := insertStages(tx, p, d.Stages); err != nil {
		return p, err
	}
	if err := search.Put(tx, projectEntry(p)); err != nil {
		return p, err
	}
	if !by.System() {
		g := account.Grant{PersonID: by.ID, Role: account.ProjectManager, ScopeKind: account.OverProject, ScopeID: string(p.ID)}
		if _, err := account.GiveIn(tx, by, g); err != nil {
			return p, err
		}
	}
	return p, record(tx, by, p.ID, "project.create", map[string]any{"title": p.Title})
}

func insertStages(tx db.Tx, p Project, list []DraftStage) error {
	for i, d := range list {
		st := Stage{ID: StageID(db.NewID()), ProjectID: p.ID, Phase: d.Phase, Position: i + 1, State: Coming, EndsOn: d.EndsOn}
		if i == 0 {
			st.State, st.StartsOn = Open, p.StartsOn
		}
		if err := st.check(); err != nil {
			return err
		}
		if err := insertStage(tx, st); err != nil {
			return err
		}
		for j, text := range d.Criteria {
			c := Criterion{ID: CriterionID(db.NewID()), StageID: st.ID, ProjectID: p.ID, Position: j + 1, Text: text, Required: j == 0}
			if err := insertCriterion(tx, c); err != nil {
				return err
			}
		}
	}
	return nil
}

// origin reads what a project is begun from, for the actor.
func (s *Service) origin(tx db.Tx, by account.Actor, o Origin) (OriginInfo, error) {
	if s.opts.Origin == nil {
		return OriginInfo{}, fault.New(fault.NotFound, "fault.not_found")
	}
	return s.opts.Origin(tx, by, o)
}

// record appends to the audit trail what happened in a project.
func record(tx db.Tx, by account.Actor, id ID, verb string, data map[string]any) error {
	return account.Record(tx, by, account.Event{Verb: verb, Kind: "project", ID: string(id), Scope: id.Scope(), Data: data})
}

// choiceMissing makes a wrong field of something chosen that does not exist.
func choiceMissing(err error, field string) error {
	if !fault.Is(err, fault.NotFound) {
		return err
	}
	var wrong fault.Fields
	wrong.Add(field, "fault.choice")
	return wrong.Err()
}

// takenCode says that the owner has a project of this code.
func takenCode(err error) error {
	if f := fault.As(err); f != nil && f.Key == "db.unique" {
		var wrong fault.Fields
		wrong.Add("code", "project.wrong.code_taken")
		return wrong.Err()
	}
	return err
}
