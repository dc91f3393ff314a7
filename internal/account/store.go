package account

import (
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/when"
)

const personColumns = `id, email, name, title, language, theme, password, subject, issuer, disabled_at, demo, created_at, seen_at, version`

func getPerson(tx db.Tx, id PersonID) (Person, error) {
	return db.Get[Person](tx, `select `+personColumns+` from account_person where id = $1`, id)
}

func getPersonByEmail(tx db.Tx, email string) (Person, error) {
	return db.Get[Person](tx, `select `+personColumns+` from account_person where email = $1`, email)
}

func listPeopleByEmail(tx db.Tx, emails []string) ([]Person, error) {
	w := &db.Where{}
	w.And("email in "+db.In(len(emails)), db.Anys(emails)...)
	return db.List[Person](tx, `select `+personColumns+` from account_person where `+w.String(), w.Args()...)
}

func getPersonBySubject(tx db.Tx, issuer, subject string) (Person, error) {
	return db.Get[Person](tx, `select `+personColumns+` from account_person where issuer = $1 and subject = $2 and subject <> ''`, issuer, subject)
}

func insertPerson(tx db.Tx, p Person) error {
	_, err := tx.Exec(`insert into account_person (`+personColumns+`)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
		p.ID, p.Email, p.Name, p.Title, p.Language, p.Theme, p.Password, p.Subject, p.Issuer, p.DisabledAt, p.Demo, p.CreatedAt, p.SeenAt, 1)
	return err
}

// savePerson stores the person if nobody else did since it was read.
func savePerson(tx db.Tx, p Person) error {
	return db.Changed(tx.Exec(`update account_person set email = $1, name = $2, title = $3, language = $4, theme = $5,
		password = $6, subject = $7, issuer = $8, disabled_at = $9, version = version + 1 where id = $10 and version = $11`,
		p.Email, p.Name, p.Title, p.Language, p.Theme, p.Password, p.Subject, p.Issuer, p.DisabledAt, p.ID, p.Version))
}

// savePreferences leaves the version alone: a form that somebody else fills stays valid.
func savePreferences(tx db.Tx, id PersonID, language, theme string) error {
	_, err := tx.Exec(`update account_person set language = $1, theme = $2 where id = $3`, language, theme, id)
	return err
}

func setPassword(tx db.Tx, id PersonID, hash string) error {
	return found(tx.Exec(`update account_person set password = $1, version = version + 1 where id = $2`, hash, id))
}

func listEverybody(tx db.Tx) ([]Person, error) {
	return db.List[Person](tx, `select `+personColumns+` from account_person order by email`)
}

func listDemoPeople(tx db.Tx) ([]Person, error) {
	return db.List[Person](tx, `select `+personColumns+` from account_person where demo = $1 and disabled_at = 0 order by id`, true)
}

const grantColumns = `id, person_id, role, scope_kind, scope_id, until_on, given_by, created_at, revoked_at, revoked_by`

func getGrant(tx db.Tx, id GrantID) (Grant, error) {
	return db.Get[Grant](tx, `select `+grantColumns+` from account_grant where id = $1`, id)
}

func listGrants(tx db.Tx, person PersonID) ([]Grant, error) {
	return db.List[Grant](tx, `select `+grantColumns+` from account_grant where person_id = $1 and revoked_at = 0 order by id`, person)
}

func insertGrant(tx db.Tx, g Grant) error {
	_, err := tx.Exec(`insert into account_grant (`+grantColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, 0, '')`,
		g.ID, g.PersonID, g.Role, g.ScopeKind, g.ScopeID, g.UntilOn, g.GivenBy, g.CreatedAt)
	return err
}

func revokeGrant(tx db.Tx, id GrantID, by PersonID) error {
	return found(tx.Exec(`update account_grant set revoked_at = $1, revoked_by = $2 where id = $3 and revoked_at = 0`, tx.Now(), by, id))
}

func listMemberships(tx db.Tx, person PersonID) ([]Membership, error) {
	return db.List[Membership](tx, `select m.person_id, m.organisation_id, m.role, m.ends_on, m.created_at, o.name as organisation
		from account_membership m join account_organisation o on o.id = m.organisation_id
		where m.person_id = $1 order by o.name_key`, person)
}

func saveMembership(tx db.Tx, m Membership) error {
	_, err := tx.Exec(`insert into account_membership (person_id, organisation_id, role, ends_on, created_at)
		values ($1, $2, $3, $4, $5)
		on conflict (person_id, organisation_id) do update set role = excluded.role, ends_on = excluded.ends_on`,
		m.PersonID, m.OrganisationID, m.Role, m.EndsOn, m.CreatedAt)
	return err
}

const organisationColumns = `id, kind, name, short_name, name_key, siren, siret, naf, headcount, address, commune, latitude, longitude,
	territory_id, region_id, demo, source, created_at, updated_at, version`

func getOrganisation(tx db.Tx, id OrganisationID) (Organisation, error) {
	return db.Get[Organisation](tx, `select `+organisationColumns+` from account_organisation where id = $1`, id)
}

func getOrganisationBySIREN(tx db.Tx, n SIREN) (Organisation, error) {
	return db.Get[Organisation](tx, `select `+organisationColumns+` from account_organisation where siren = $1 and siren <> ''`, n)
}

// getOrganisationOf finds the organisation of an establishment: the one with the very SIRET, else
// that with the SIREN.
func getOrganisationOf(tx db.Tx, n SIRET) (Organisation, error) {
	return db.Get[Organisation](tx, `select `+organisationColumns+` from account_organisation
		where siret = $1 or siren = $2 order by case when siret = $1 then 0 else 1 end, id limit 1`, n, n.SIREN())
}

func insertOrganisation(tx db.Tx, o Organisation) error {
	_, err := tx.Exec(`insert into account_organisation (`+organisationColumns+`)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, 1)`,
		o.ID, o.Kind, o.Name, o.ShortName, o.NameKey, o.SIREN, o.SIRET, o.NAF, o.Headcount, o.Address, o.Commune,
		o.Latitude, o.Longitude, o.TerritoryID, o.RegionID, o.Demo, o.Source, o.CreatedAt, o.UpdatedAt)
	return err
}

func saveOrganisation(tx db.Tx, o Organisation) error {
	return db.Changed(tx.Exec(`update account_organisation set kind = $1, name = $2, short_name = $3, name_key = $4, siren = $5, siret = $6,
		naf = $7, headcount = $8, address = $9, commune = $10, latitude = $11, longitude = $12, territory_id = $13, region_id = $14,
		source = $15, updated_at = $16, version = version + 1 where id = $17 and version = $18`,
		o.Kind, o.Name, o.ShortName, o.NameKey, o.SIREN, o.SIRET, o.NAF, o.Headcount, o.Address, o.Commune, o.Latitude, o.Longitude,
		o.TerritoryID, o.RegionID, o.Source, tx.Now(), o.ID, o.Version))
}

type session struct {
	ID        string
	TokenHash string
	PersonID  PersonID
	CreatedAt when.Time
	SeenAt    when.Time
	ExpiresAt when.Time
	Address   string
	Agent     string
	Method    string
	IDToken   string `db:"id_token"`
}

const sessionColumns = `id, token_hash, person_id, created_at, seen_at, expires_at, address, agent, method, id_token`

func getSession(tx db.Tx, tokenHash string) (session, error) {
	return db.Get[session](tx, `select `+sessionColumns+` from account_session where token_hash = $1 and expires_at > $2`, tokenHash, tx.Now())
}

func listSessions(tx db.Tx, person PersonID) ([]session, error) {
	return db.List[session](tx, `select `+sessionColumns+` from account_session where person_id = $1 and expires_at > $2 order by seen_at desc`, person, tx.Now())
}

// hasSession gives NotFound when the session has ended.
func hasSession(tx db.Tx, id string, person PersonID) error {
	_, err := db.Get[string](tx, `select id from account_session where id = $1 and person_id = $2 and expires_at > $3`, id, person, tx.Now())
	return err
}

func insertSession(tx db.Tx, s session) error {
	_, err := tx.Exec(`insert into account_session (`+sessionColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		s.ID, s.TokenHash, s.PersonID, s.CreatedAt, s.SeenAt, s.ExpiresAt, s.Address, s.Agent, s.Method, s.IDToken)
	return err
}

// sawPerson notes that the person was here; forms that somebody else fills stay valid.
func sawPerson(tx db.Tx, id PersonID, at when.Time) error {
	_, err := tx.Exec(`update account_person set seen_at = $1 where id = $2`, at, id)
	return err
}

func touchSession(tx db.Tx, id string, seen, expires when.Time) error {
	_, err := tx.Exec(`update account_session set seen_at = $1, expires_at = $2 where id = $3`, seen, expires, id)
	return err
}

// deleteSession gives NotFound when the session is not the person's.
func deleteSession(tx db.Tx, id string, person PersonID) error {
	return found(tx.Exec(`delete from account_session where id = $1 and person_id = $2`, id, person))
}

// found turns "no row touched" into NotFound: what is not there, or not the person's.
func found(n int64, err error) error {
	if err == nil && n == 0 {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	return err
}

// deleteSessionByToken ends the session whose cookie is replaced, if there is one.
func deleteSessionByToken(tx db.Tx, tokenHash string) error {
	_, err := tx.Exec(`delete from account_session where token_hash = $1`, tokenHash)
	return err
}

func deleteSessionsOf(tx db.Tx, person PersonID, but string) error {
	_, err := tx.Exec(`delete from account_session where person_id = $1 and id <> $2`, person, but)
	return err
}

func sweepSessions(tx db.Tx) error {
	_, err := tx.Exec(`delete from account_session where expires_at < $1`, tx.Now())
	return err
}

func getIDToken(tx db.Tx, session string, person PersonID) (string, error) {
	return db.Get[string](tx, `select id_token from account_session where id = $1 and person_id = $2`, session, person)
}
