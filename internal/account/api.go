package account

import (
	"context"
	"net/http"

	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/web"
	"bassin/internal/when"

	"github.com/danielgtaylor/huma/v2"
)

// API registers the feature's operations.
func (s *Service) API(m *web.Mux) {
	tags := []string{"Accounts"}
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: "/api/v1/me", Tags: tags, Summary: "Read who one is",
		Description: "The person whose token or session asks, with the roles and memberships that hold today."}, s.meAPI)
	orgs := []string{"Organisations"}
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: "/api/v1/organisations", Tags: orgs, Summary: "List organisations",
		Description: "Companies, public bodies, schools and associations, by name."}, s.organisationsAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: "/api/v1/organisations", Tags: orgs, Summary: "Add an organisation",
		Description: "For project leads and administrators.", DefaultStatus: http.StatusCreated}, s.createOrganisationAPI)
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: "/api/v1/organisations/{id}", Tags: orgs, Summary: "Read an organisation"}, s.organisationAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPut, Path: "/api/v1/organisations/{id}", Tags: orgs, Summary: "Change an organisation",
		Description: "For its managers and administrators. What is left out is emptied."}, s.saveOrganisationAPI)
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: "/api/v1/people", Tags: tags, Summary: "List people",
		Description: "For administrators, by age of the account."}, s.peopleAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: "/api/v1/people", Tags: tags, Summary: "Invite a person",
		Description: "For administrators. A mail asks the person to choose a password.", DefaultStatus: http.StatusCreated}, s.invitePersonAPI)
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: "/api/v1/people/{id}", Tags: tags, Summary: "Read a person",
		Description: "For administrators."}, s.personAPI)
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: "/api/v1/grants", Tags: tags, Summary: "List roles given to people",
		Description: "For administrators, by age."}, s.grantsAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: "/api/v1/grants", Tags: tags, Summary: "Give a role",
		Description: "For administrators.", DefaultStatus: http.StatusCreated}, s.giveAPI)
	web.Operation(m, huma.Operation{Method: http.MethodDelete, Path: "/api/v1/grants/{id}", Tags: tags, Summary: "Revoke a role",
		Description: "For administrators. It ends at once; the audit trail keeps it."}, s.revokeAPI)
}

type grantJSON struct {
	ID        GrantID   `json:"id"`
	PersonID  PersonID  `json:"person_id"`
	Role      Role      `json:"role" example:"project_lead"`
	ScopeKind ScopeKind `json:"scope_kind" example:"territory"`
	ScopeID   string    `json:"scope_id" doc:"Empty for the server and the nation." example:"ti-7602"`
	UntilOn   when.Date `json:"until_on" doc:"The last day; empty: until it is revoked."`
	CreatedAt when.Time `json:"created_at"`
	RevokedAt when.Time `json:"revoked_at" doc:"Null while it is not."`
}

func grantOut(g Grant) grantJSON {
	return grantJSON{g.ID, g.PersonID, g.Role, g.ScopeKind, g.ScopeID, g.UntilOn, g.CreatedAt, g.RevokedAt}
}

type membershipJSON struct {
	OrganisationID OrganisationID `json:"organisation_id"`
	Organisation   string         `json:"organisation"`
	Role           MembershipRole `json:"role" example:"member"`
	EndsOn         when.Date      `json:"ends_on" doc:"The last day; empty: no end."`
}

type personJSON struct {
	ID          PersonID         `json:"id"`
	Email       string           `json:"email"`
	Name        string           `json:"name"`
	Title       string           `json:"title" doc:"Position at work."`
	Language    string           `json:"language" enum:"fr,en"`
	State       string           `json:"state" enum:"active,invited,disabled"`
	CreatedAt   when.Time        `json:"created_at"`
	SeenAt      when.Time        `json:"seen_at" doc:"The last visit, to within five minutes; null: never signed in."`
	Grants      []grantJSON      `json:"grants" doc:"Roles that hold today."`
	Memberships []membershipJSON `json:"memberships" doc:"Organisations to which the person belongs today."`
}

func personOut(r personRow) personJSON {
	out := personJSON{ID: r.ID, Email: r.Email, Name: r.Name, Title: r.Title, Language: r.Language, State: r.state(), CreatedAt: r.CreatedAt, SeenAt: r.SeenAt,
		Grants: []grantJSON{}, Memberships: []membershipJSON{}}
	for _, g := range r.Grants {
		out.Grants = append(out.Grants, grantOut(g))
	}
	for _, m := range r.Memberships {
		out.Memberships = append(out.Memberships, membershipJSON{m.OrganisationID, m.Organisation, m.Role, m.EndsOn})
	}
	return out
}

type personOne struct{ Body personJSON }

func (s *Service) readPerson(ctx context.Context, id PersonID) (*personOne, error) {
	out := &personOne{}
	err := s.db.View(ctx, func(tx db.Tx) error {
		p, err := getPerson(tx, id)
		if err != nil {
			return err
		}
		rows, err := s.personRows(tx, []Person{p})
		if err == nil {
			out.Body = personOut(rows[0])
		}
		return err
	})
	return out, err
}

func (s *Service) meAPI(ctx context.Context, _ *struct{}) (*personOne, error) {
	return s.readPerson(ctx, ActorIn(ctx).ID)
}

type organisationJSON struct {
	ID          OrganisationID   `json:"id"`
	Kind        OrganisationKind `json:"kind" example:"company"`
	Name        string           `json:"name"`
	ShortName   string           `json:"short_name"`
	SIREN       SIREN            `json:"siren" doc:"Nine digits; empty when unknown."`
	SIRET       SIRET            `json:"siret" doc:"Of the seat."`
	NAF         string           `json:"naf" doc:"Activity code."`
	Headcount   string           `json:"headcount" doc:"Band code of the national register."`
	Address     string           `json:"address"`
	Commune     string           `json:"commune"`
	TerritoryID string           `json:"territory_id"`
	Demo        bool             `json:"demo" doc:"Made up for the demonstration."`
	UpdatedAt   when.Time        `json:"updated_at"`
}

// organisationBody is what a client may say of an organisation.
type organisationBody struct {
	Kind      OrganisationKind `json:"kind" enum:"company,grouping,region,state,operator,school,training,association,european"`
	Name      string           `json:"name" maxLength:"400" example:"CA Alès Agglomération"`
	ShortName string           `json:"short_name,omitempty" maxLength:"400"`
	SIREN     SIREN            `json:"siren,omitempty" maxLength:"40" doc:"Nine digits." example:"200066918"`
	SIRET     SIRET            `json:"siret,omitempty" maxLength:"40" doc:"Of the seat, fourteen digits."`
	NAF       string           `json:"naf,omitempty" maxLength:"10" doc:"Activity code." example:"25.62B"`
	Headcount string           `json:"headcount,omitempty" maxLength:"2" doc:"Band code of the national register." example:"12"`
	Address   string           `json:"address,omitempty" maxLength:"1000"`
	Commune   string           `json:"commune,omitempty" maxLength:"400"`
}

func organisationOut(o Organisation) organisationJSON {
	return organisationJSON{ID: o.ID, Kind: o.Kind, Name: o.Name, ShortName: o.ShortName, SIREN: o.SIREN, SIRET: o.SIRET, NAF: o.NAF, Headcount: o.Headcount,
		Address: o.Address, Commune: o.Commune, TerritoryID: o.TerritoryID, Demo: o.Demo, UpdatedAt: o.UpdatedAt}
}

// say takes over what a client says.
func (o *Organisation) say(b organisationBody) {
	o.Kind, o.Name, o.ShortName, o.SIREN, o.SIRET = b.Kind, b.Name, b.ShortName, b.SIREN, b.SIRET
	o.NAF, o.Headcount, o.Address, o.Commune = b.NAF, b.Headcount, b.Address, b.Commune
}

type organisationsIn struct {
	web.Paging
	Query string           `query:"q" maxLength:"200" doc:"How a word of the name begins, or a SIREN or SIRET; case and accents do not matter."`
	Kind  OrganisationKind `query:"kind" maxLength:"20" doc:"Only organisations of this kind."`
}

type organisationsOut struct{ Body web.List[organisationJSON] }

func (s *Service) organisationsAPI(ctx context.Context, in *organisationsIn) (*organisationsOut, error) {
	var list []Organisation
	err := s.db.View(ctx, func(tx db.Tx) error {
		var after Organisation // the last of the page before, whose name says where to read on
		var err error
		if in.Cursor != "" {
			if after, err = getOrganisation(tx, OrganisationID(in.Cursor)); fault.Is(err, fault.NotFound) {
				var wrong fault.Fields
				wrong.Add("cursor", "account.cursor")
				return wrong.Err()
			} else if err != nil {
				return err
			}
		}
		list, err = listOrganisationsAfter(tx, OrganisationFilter{Text: in.Query, Kind: in.Kind}, after.NameKey, after.ID, in.Limit+1)
		return err
	})
	if err != nil {
		return nil, err
	}
	page := web.PageOf(list, in.Limit, func(o Organisation) string { return string(o.ID) })
	out := &organisationsOut{Body: web.List[organisationJSON]{Items: []organisationJSON{}, NextCursor: page.NextCursor}}
	for _, o := range page.Items {
		out.Body.Items = append(out.Body.Items, organisationOut(o))
	}
	return out, nil
}

type organisationIn struct {
	ID OrganisationID `path:"id" maxLength:"40"`
}

type organisationOne struct {
	ETag     string `header:"ETag"`
	Location string `header:"Location"`
	Body     organisationJSON
}

func organisationAnswer(o Organisation) *organisationOne {
	return &organisationOne{ETag: web.ETag(o.Version), Body: organisationOut(o)}
}

func (s *Service) getOrganisation(ctx context.Context, id OrganisationID) (Organisation, error) {
	var o Organisation
	err := s.db.View(ctx, func(tx db.Tx) (err error) {
		o, err = getOrganisation(tx, id)
		return err
	})
	return o, err
}

func (s *Service) organisationAPI(ctx context.Context, in *organisationIn) (*organisationOne, error) {
	o, err := s.getOrganisation(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return organisationAnswer(o), nil
}

func (s *Service) createOrganisationAPI(ctx context.Context, in *struct{ Body organisationBody }) (*organisationOne, error) {
	o := Organisation{Source: SourceTyped}
	o.say(in.Body)
	o, err := s.AddOrganisation(ctx, ActorIn(ctx), o)
	if err != nil {
		return nil, err
	}
	out := organisationAnswer(o)
	out.Location = "/api/v1/organisations/" + string(o.ID)
	return out, nil
}

type saveOrganisationIn struct {
	ID OrganisationID `path:"id" maxLength:"40"`
	web.IfMatch
	Body organisationBody
}

func (s *Service) saveOrganisationAPI(ctx context.Context, in *saveOrganisationIn) (*organisationOne, error) {
	seen, err := in.Version()
	if err != nil {
		return nil, err
	}
	o, err := s.getOrganisation(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	o.say(in.Body)
	if seen != 0 {
		o.Version = seen
	}
	if o, err = s.SaveOrganisation(ctx, ActorIn(ctx), o); err != nil {
		return nil, err
	}
	if o, err = s.getOrganisation(ctx, o.ID); err != nil {
		return nil, err
	}
	return organisationAnswer(o), nil
}

// onlyAdmin is the gate of people and grants: for others there are none.
func onlyAdmin(ctx context.Context) (Actor, error) {
	by := ActorIn(ctx)
	if !by.Admin() {
		return by, errNoPerson()
	}
	return by, nil
}

type peopleIn struct {
	web.Paging
	Query string `query:"q" maxLength:"200" doc:"Text in the name, the position or the address."`
	Role  Role   `query:"role" maxLength:"40" doc:"Only those with this role today."`
	State string `query:"state" maxLength:"20" doc:"active, invited or disabled."`
}

type peopleOut struct{ Body web.List[personJSON] }

func (s *Service) peopleAPI(ctx context.Context, in *peopleIn) (*peopleOut, error) {
	if _, err := onlyAdmin(ctx); err != nil {
		return nil, err
	}
	var items []personJSON
	err := s.db.View(ctx, func(tx db.Tx) error {
		items = nil
		list, err := listPeopleAfter(tx, PeopleFilter{Text: in.Query, Role: in.Role, State: in.State}, PersonID(in.Cursor), in.Limit+1)
		if err != nil {
			return err
		}
		rows, err := s.personRows(tx, list)
		for _, r := range rows {
			items = append(items, personOut(r))
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return &peopleOut{web.PageOf(items, in.Limit, func(p personJSON) string { return string(p.ID) })}, nil
}

type personIn struct {
	ID PersonID `path:"id" maxLength:"40"`
}

func (s *Service) personAPI(ctx context.Context, in *personIn) (*personOne, error) {
	if _, err := onlyAdmin(ctx); err != nil {
		return nil, err
	}
	return s.readPerson(ctx, in.ID)
}

type invitePersonIn struct {
	Body struct {
		Email    string `json:"email" maxLength:"254" example:"ana@example.fr"`
		Name     string `json:"name" maxLength:"400"`
		Title    string `json:"title,omitempty" maxLength:"400"`
		Language string `json:"language,omitempty" enum:"fr,en" default:"fr"`
	}
}

func (s *Service) invitePersonAPI(ctx context.Context, in *invitePersonIn) (*personOne, error) {
	by, err := onlyAdmin(ctx)
	if err != nil {
		return nil, err
	}
	p, err := s.Invite(ctx, by, Person{Email: in.Body.Email, Name: in.Body.Name, Title: in.Body.Title, Language: in.Body.Language})
	if err != nil {
		return nil, err
	}
	return s.readPerson(ctx, p.ID)
}

type grantsIn struct {
	web.Paging
	Person  PersonID `query:"person" maxLength:"40" doc:"Only those of this person."`
	Revoked bool     `query:"revoked" doc:"Those that were revoked, too."`
}

type grantsOut struct{ Body web.List[grantJSON] }

func (s *Service) grantsAPI(ctx context.Context, in *grantsIn) (*grantsOut, error) {
	if _, err := onlyAdmin(ctx); err != nil {
		return nil, err
	}
	var items []grantJSON
	err := s.db.View(ctx, func(tx db.Tx) error {
		items = nil
		list, err := listAllGrantsAfter(tx, in.Person, in.Revoked, GrantID(in.Cursor), in.Limit+1)
		for _, g := range list {
			items = append(items, grantOut(g))
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return &grantsOut{web.PageOf(items, in.Limit, func(g grantJSON) string { return string(g.ID) })}, nil
}

type giveIn struct {
	Body struct {
		PersonID PersonID  `json:"person_id" maxLength:"40"`
		Role     Role      `json:"role" enum:"admin,national_observer,region_steering,state_services,project_lead,lead_pair" doc:"Guests are let in by their action: POST /api/v1/actions/{id}/guests."`
		ScopeID  string    `json:"scope_id,omitempty" maxLength:"40" doc:"The region or territory; empty for the server and the nation."`
		UntilOn  when.Date `json:"until_on,omitempty" maxLength:"10" doc:"The last day; absent: until it is revoked." example:"2027-12-31"`
	}
}

type grantOne struct{ Body grantJSON }

func (s *Service) giveAPI(ctx context.Context, in *giveIn) (*grantOne, error) {
	by, err := onlyAdmin(ctx)
	if err != nil {
		return nil, err
	}
	g := Grant{PersonID: in.Body.PersonID, Role: in.Body.Role, ScopeID: in.Body.ScopeID, UntilOn: in.Body.UntilOn}
	for _, x := range Roles() {
		if x.Role == g.Role {
			g.ScopeKind = x.Scope
		}
	}
	if g, err = s.Give(ctx, by, g, ""); err != nil {
		return nil, err
	}
	return &grantOne{grantOut(g)}, nil
}

type revokeIn struct {
	ID GrantID `path:"id" maxLength:"40"`
}

func (s *Service) revokeAPI(ctx context.Context, in *revokeIn) (*struct{}, error) {
	by, err := onlyAdmin(ctx)
	if err != nil {
		return nil, err
	}
	return nil, s.Revoke(ctx, by, in.ID, "")
}
