package programme

import (
	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/when"
)

const actionColumns = `a.id, a.contract_id, a.territory_id, a.reference, a.title, a.objective_id, a.commitment, a.priority, a.confidentiality,
	a.sponsor_person_id, a.sponsor_name, a.sponsor_title, a.starts_on, a.ends_on, a.ended_on,
	a.jobs_created_planned, a.jobs_created_actual, a.jobs_kept_planned, a.jobs_kept_actual,
	a.status, a.outlook, a.outlook_on, a.demo, a.created_at, a.updated_at, a.removed_at, a.version`

const contentColumns = `c.context, c.description, c.stakes, c.beneficiaries, c.communes, c.technical_needs, c.simplification, c.progress_text`

// getAction reads a sheet with its texts and lists.
func getAction(tx db.Tx, id ActionID) (Action, error) {
	a, err := db.Get[Action](tx, `select `+actionColumns+`, `+contentColumns+` from programme_action a
		join programme_content c on c.action_id = a.id where a.id = $1`, id)
	if err != nil {
		return Action{}, err
	}
	if a.AxisIDs, err = db.List[AxisID](tx, `select x.axis_id from programme_action_axis x join programme_axis p on p.id = x.axis_id
		where x.action_id = $1 order by p.position`, id); err != nil {
		return Action{}, err
	}
	if a.GroupingIDs, err = db.List[string](tx, `select organisation_id from programme_perimeter where action_id = $1 order by organisation_id`, id); err != nil {
		return Action{}, err
	}
	parties, err := listParties(tx, id)
	if err != nil {
		return Action{}, err
	}
	for _, p := range parties {
		switch p.Kind {
		case "owner":
			a.Owners = append(a.Owners, Owner{p.OrganisationID, p.OrganisationName, p.Leads})
		case "partner":
			a.Partners = append(a.Partners, Partner{p.OrganisationID, p.OrganisationName, p.Role})
		}
	}
	a.Pilots, err = db.List[Pilot](tx, `select person_id, name, title from programme_pilot where action_id = $1 order by position`, id)
	return a, err
}

type party struct {
	ActionID         ActionID
	OrganisationID   string
	OrganisationName string
	Kind             string
	Leads            bool
	Role             string
}

func listParties(tx db.Tx, id ActionID) ([]party, error) {
	return db.List[party](tx, `select action_id, organisation_id, organisation_name, kind, leads, role from programme_party
		where action_id = $1 order by kind, position`, id)
}

// insertAction stores a new sheet with what lists show of it.
func insertAction(tx db.Tx, a Action, d derived) error {
	_, err := tx.Exec(`insert into programme_action (id, contract_id, territory_id, reference, title, title_key, objective_id, commitment, priority,
		confidentiality, sponsor_person_id, sponsor_name, sponsor_title, starts_on, ends_on, ended_on,
		jobs_created_planned, jobs_created_actual, jobs_kept_planned, jobs_kept_actual, status, outlook, outlook_on, demo, created_at, updated_at, news_on,
		ready_mask, lead_id, lead_name, cost_cents, next_due_on, next_title, late_on, open_blockers, blocker, progress, plan_cents, to_find_cents,
		asked_cents, decided_cents, contracted_cents, paid_cents)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $25, $26,
		$27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42)`,
		a.ID, a.ContractID, a.TerritoryID, a.Reference, a.Title, account.Fold(a.Title), a.ObjectiveID, a.Commitment, a.Priority, a.Confidentiality,
		a.SponsorPersonID, a.SponsorName, a.SponsorTitle, a.StartsOn, a.EndsOn, a.EndedOn,
		a.JobsCreatedPlanned, a.JobsCreatedActual, a.JobsKeptPlanned, a.JobsKeptActual, a.Status, a.Outlook, a.OutlookOn, a.Demo, tx.Now(), tx.Today(),
		d.ReadyMask, d.LeadID, d.LeadName, d.CostCents, d.NextDueOn, d.NextTitle, d.LateOn, d.OpenBlockers, d.Blocker, d.Progress, d.PlanCents, d.ToFindCents,
		d.AskedCents, d.DecidedCents, d.ContractedCents, d.PaidCents)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`insert into programme_content (action_id, context, description, stakes, beneficiaries, communes, technical_needs, simplification, progress_text)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, a.ID, a.Context, a.Description, a.Stakes, a.Beneficiaries, a.Communes, a.TechnicalNeeds, a.Simplification, a.Progress)
	return err
}

// listReferences gives the references that are taken in a contract, removed sheets' too.
func listReferences(tx db.Tx, id ContractID) ([]string, error) {
	return db.List[string](tx, `select reference from programme_action where contract_id = $1`, id)
}

// lockAction makes others who change the sheet wait until this transaction ends. On PostgreSQL two
// sections saved at once would otherwise each write the other's old fields back; SQLite has one
// writer.
func lockAction(tx db.Tx, id ActionID) error {
	return db.Changed(tx.Exec(`update programme_action set version = version where id = $1`, id))
}

// saveAction stores every plain field of the sheet; the section's version decides who was first.
func saveAction(tx db.Tx, a Action) error {
	_, err := tx.Exec(`update programme_action set reference = $1, title = $2, title_key = $3, objective_id = $4, commitment = $5, priority = $6,
		confidentiality = $7, sponsor_person_id = $8, sponsor_name = $9, sponsor_title = $10, starts_on = $11, ends_on = $12, ended_on = $13,
		jobs_created_planned = $14, jobs_created_actual = $15, jobs_kept_planned = $16, jobs_kept_actual = $17,
		status = $18, outlook = $19, outlook_on = $20, updated_at = $21, removed_at = $22, version = version + 1 where id = $23`,
		a.Reference, a.Title, account.Fold(a.Title), a.ObjectiveID, a.Commitment, a.Priority, a.Confidentiality, a.SponsorPersonID, a.SponsorName, a.SponsorTitle,
		a.StartsOn, a.EndsOn, a.EndedOn, a.JobsCreatedPlanned, a.JobsCreatedActual, a.JobsKeptPlanned, a.JobsKeptActual,
		a.Status, a.Outlook, a.OutlookOn, tx.Now(), a.RemovedAt, a.ID)
	return err
}

func saveContent(tx db.Tx, a Action) error {
	_, err := tx.Exec(`update programme_content set context = $1, description = $2, stakes = $3, beneficiaries = $4, communes = $5,
		technical_needs = $6, simplification = $7, progress_text = $8 where action_id = $9`,
		a.Context, a.Description, a.Stakes, a.Beneficiaries, a.Communes, a.TechnicalNeeds, a.Simplification, a.Progress, a.ID)
	return err
}

func saveAxesOf(tx db.Tx, id ActionID, axes []AxisID) error {
	if _, err := tx.Exec(`delete from programme_action_axis where action_id = $1`, id); err != nil {
		return err
	}
	for _, x := range axes {
		if _, err := tx.Exec(`insert into programme_action_axis (action_id, axis_id) values ($1, $2)`, id, x); err != nil {
			return err
		}
	}
	return nil
}

func savePerimeter(tx db.Tx, id ActionID, groupings []string) error {
	if _, err := tx.Exec(`delete from programme_perimeter where action_id = $1`, id); err != nil {
		return err
	}
	for _, g := range groupings {
		if _, err := tx.Exec(`insert into programme_perimeter (action_id, organisation_id) values ($1, $2)`, id, g); err != nil {
			return err
		}
	}
	return nil
}

// savePeople replaces owners, partners and pilots.
func savePeople(tx db.Tx, id ActionID, p People) error {
	if _, err := tx.Exec(`delete from programme_party where action_id = $1 and kind <> 'funder'`, id); err != nil {
		return err
	}
	for i, o := range p.Owners {
		if err := insertParty(tx, party{id, o.OrganisationID, o.OrganisationName, "owner", o.Leads, ""}, i); err != nil {
			return err
		}
	}
	for i, o := range p.Partners {
		if err := insertParty(tx, party{id, o.OrganisationID, o.OrganisationName, "partner", false, o.Role}, i); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(`delete from programme_pilot where action_id = $1`, id); err != nil {
		return err
	}
	for i, x := range p.Pilots {
		if _, err := tx.Exec(`insert into programme_pilot (action_id, position, person_id, name, title) values ($1, $2, $3, $4, $5)`,
			id, i, x.PersonID, x.Name, x.Title); err != nil {
			return err
		}
	}
	return nil
}

func insertParty(tx db.Tx, p party, position int) error {
	_, err := tx.Exec(`insert into programme_party (action_id, organisation_id, organisation_name, kind, leads, role, position)
		values ($1, $2, $3, $4, $5, $6, $7) on conflict (action_id, kind, organisation_id) do nothing`,
		p.ActionID, p.OrganisationID, p.OrganisationName, p.Kind, p.Leads, p.Role, position)
	return err
}

// saveFunders makes the funders among the parties those of the lines.
func saveFunders(tx db.Tx, id ActionID) error {
	if _, err := tx.Exec(`delete from programme_party where action_id = $1 and kind = 'funder'`, id); err != nil {
		return err
	}
	_, err := tx.Exec(`insert into programme_party (action_id, organisation_id, organisation_name, kind)
		select action_id, funder_id, max(funder_name), 'funder' from programme_line where action_id = $1 and removed_at = 0 group by action_id, funder_id`, id)
	return err
}

// SectionState tells who saved a section last; version 1 before the first save.
type SectionState struct {
	Section   Section
	Version   int64
	SavedAt   when.Time
	SavedBy   string
	SavedName string
}

func listSections(tx db.Tx, id ActionID) ([]SectionState, error) {
	return db.List[SectionState](tx, `select section, version, saved_at, saved_by, saved_name from programme_section where action_id = $1`, id)
}

// advanceSection moves a section from the version that the person saw to the next; a conflict when
// somebody else did first. Seen 0 overwrites whatever stands.
func advanceSection(tx db.Tx, id ActionID, section Section, seen int64, by account.Actor) error {
	if seen == 0 {
		_, err := tx.Exec(`insert into programme_section (action_id, section, version, saved_at, saved_by, saved_name) values ($1, $2, 2, $3, $4, $5)
			on conflict (action_id, section) do update set version = programme_section.version + 1, saved_at = excluded.saved_at,
			saved_by = excluded.saved_by, saved_name = excluded.saved_name`, id, section, tx.Now(), by.ID, by.Name)
		return err
	}
	if seen == 1 {
		return db.Changed(tx.Exec(`insert into programme_section (action_id, section, version, saved_at, saved_by, saved_name) values ($1, $2, 2, $3, $4, $5)
			on conflict (action_id, section) do nothing`, id, section, tx.Now(), by.ID, by.Name))
	}
	return db.Changed(tx.Exec(`update programme_section set version = version + 1, saved_at = $1, saved_by = $2, saved_name = $3
		where action_id = $4 and section = $5 and version = $6`, tx.Now(), by.ID, by.Name, id, section, seen))
}

// derived is what refresh computes.
type derived struct {
	ReadyMask        int
	LeadID, LeadName string
	CostCents        int64
	NextDueOn        when.Date
	NextTitle        string
	LateOn           when.Date
	OpenBlockers     int
	Blocker          string
	Progress         int
	PlanCents        int64
	ToFindCents      int64
	AskedCents       int64
	DecidedCents     int64
	ContractedCents  int64
	PaidCents        int64
}

const derivedColumns = `ready_mask, lead_id, lead_name, cost_cents, next_due_on, next_title, late_on, open_blockers, blocker, progress, plan_cents, to_find_cents,
	asked_cents, decided_cents, contracted_cents, paid_cents`

// listDerivedAmong gives what is stored of actions.
func listDerivedAmong(tx db.Tx, ids []ActionID) (map[ActionID]derived, error) {
	w := among("id", ids)
	list, err := db.List[struct {
		ID ActionID
		derived
	}](tx, `select id, `+derivedColumns+` from programme_action where `+w.String(), w.Args()...)
	m := make(map[ActionID]derived, len(list))
	for _, x := range list {
		m[x.ID] = x.derived
	}
	return m, err
}

func saveDerived(tx db.Tx, id ActionID, d derived) error {
	_, err := tx.Exec(`update programme_action set ready_mask = $1, lead_id = $2, lead_name = $3, cost_cents = $4, next_due_on = $5, next_title = $6,
		late_on = $7, open_blockers = $8, blocker = $9, progress = $10, plan_cents = $11, to_find_cents = $12, asked_cents = $13, decided_cents = $14,
		contracted_cents = $15, paid_cents = $16, news_on = $17, updated_at = $18 where id = $19`,
		d.ReadyMask, d.LeadID, d.LeadName, d.CostCents, d.NextDueOn, d.NextTitle, d.LateOn, d.OpenBlockers, d.Blocker, d.Progress, d.PlanCents, d.ToFindCents,
		d.AskedCents, d.DecidedCents, d.ContractedCents, d.PaidCents, tx.Today(), tx.Now(), id)
	return err
}

// listAccess reads what decides who may see and edit an action, but for the regions.
func getAccess(tx db.Tx, id ActionID) (ActionAccess, ContractID, error) {
	row, err := db.Get[struct {
		ContractID      ContractID
		TerritoryID     string
		Confidentiality Confidentiality
		RemovedAt       when.Time
	}](tx, `select contract_id, territory_id, confidentiality, removed_at from programme_action where id = $1`, id)
	if err != nil {
		return ActionAccess{}, "", err
	}
	a := ActionAccess{ActionID: id, TerritoryID: row.TerritoryID, Confidentiality: row.Confidentiality, Removed: row.RemovedAt != 0}
	parties, err := listParties(tx, id)
	if err != nil {
		return a, "", err
	}
	for _, p := range parties {
		switch p.Kind {
		case "owner":
			a.OwnerIDs = append(a.OwnerIDs, p.OrganisationID)
		case "partner":
			a.PartnerIDs = append(a.PartnerIDs, p.OrganisationID)
		case "funder":
			a.FunderIDs = append(a.FunderIDs, p.OrganisationID)
		}
	}
	if a.PilotIDs, err = db.List[string](tx, `select person_id from programme_pilot where action_id = $1 and person_id <> ''`, id); err != nil {
		return a, "", err
	}
	a.SignatoryIDs, err = db.List[string](tx, `select organisation_id from programme_signatory where contract_id = $1`, row.ContractID)
	return a, row.ContractID, err
}
