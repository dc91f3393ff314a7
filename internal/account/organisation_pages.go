package account

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/web"
)

// pageSize is how many rows a list shows.
const pageSize = 50

// RegisterHit is an organisation of the public register, as the form takes it over.
type RegisterHit struct {
	SIREN               SIREN
	SIRET               SIRET
	Name                string
	NAF, Headcount      string
	Address, Commune    string
	Latitude, Longitude float64
	Closed              bool // it has ceased
}

type organisationsView struct {
	Filter OrganisationFilter
	List   []Organisation
	Pager  web.Pager
	MayAdd bool
}

func organisationFilter(v *web.View) OrganisationFilter {
	f := OrganisationFilter{Text: v.Query.Get("q"), Kind: OrganisationKind(v.Query.Get("kind"))}
	f.Sort, f.Descending = web.SortOf(v, "name", "kind", "commune")
	return f
}

func (s *Service) organisationsPage(w http.ResponseWriter, r *http.Request) error {
	v := web.ViewOf(r)
	view := organisationsView{Filter: organisationFilter(v), MayAdd: ActorOf(r).MayAddOrganisation()}
	err := s.db.View(r.Context(), func(tx db.Tx) error {
		total, err := countOrganisations(tx, view.Filter)
		if err != nil {
			return err
		}
		view.Pager = web.PagerOf(v, pageSize, total)
		view.List, err = listOrganisations(tx, view.Filter, view.Pager.Size, view.Pager.Offset())
		return err
	})
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, organisationsTemplate(v, view))
}

func (s *Service) organisationsCSV(w http.ResponseWriter, r *http.Request) error {
	v := web.ViewOf(r)
	var head []string
	for _, name := range []string{"kind", "name", "short_name", "siren", "siret", "naf", "headcount", "address", "commune"} {
		head = append(head, v.T("account.organisation."+name))
	}
	return web.CSV(w, r, "organisations.csv", head, func(row func(...string) error) error {
		return s.db.View(r.Context(), func(tx db.Tx) error {
			return eachOrganisation(tx, organisationFilter(v), func(o Organisation) error {
				return row(v.T(o.Kind.Key()), o.Name, o.ShortName, string(o.SIREN), string(o.SIRET), o.NAF, o.Headcount, o.Address, o.Commune)
			})
		})
	})
}

type organisationView struct {
	Organisation
	MayEdit    bool
	MaySee     bool // the people
	MayManage  bool
	Members    []member
	History    []Entry
	Form       *web.Form // invites a member
	Fields     []web.Field
	Territory  string
	Membership []web.Field
}

func (s *Service) organisationPage(w http.ResponseWriter, r *http.Request) error {
	v := web.ViewOf(r)
	return s.showOrganisation(w, r, http.StatusOK, web.NewForm(web.NewOnce(), "role", string(Member), "language", v.Lang))
}

func (s *Service) showOrganisation(w http.ResponseWriter, r *http.Request, status int, f *web.Form) error {
	v, actor := web.ViewOf(r), ActorOf(r)
	id := OrganisationID(r.PathValue("id"))
	view := organisationView{MayEdit: actor.MayEditOrganisation(id), MayManage: actor.MayEditOrganisation(id), MaySee: actor.MaySeeMembers(id), Form: f, Fields: memberFields(v)}
	err := s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if view.Organisation, err = getOrganisation(tx, id); err != nil {
			return err
		}
		if view.TerritoryID != "" {
			view.Territory = s.scopeName(tx, OverTerritory, view.TerritoryID)
		}
		if !view.MaySee {
			return nil
		}
		if view.Members, err = listMembers(tx, id); err != nil {
			return err
		}
		view.History, err = History(tx, "organisation", string(id), 0, 20)
		return err
	})
	if err != nil {
		return err
	}
	return web.Render(w, r, status, organisationTemplate(v, view))
}

func memberFields(v *web.View) []web.Field {
	return []web.Field{
		{Name: "email", Label: v.T("account.person.email_label"), Type: "email", Complete: "off"},
		{Name: "name", Label: v.T("account.person.name"), Complete: "off", Hint: v.T("account.member.name_hint")},
		{Name: "role", Label: v.T("account.member.role"), Choices: []web.Choice{{Value: string(Member), Label: v.T(Member.Key())}, {Value: string(Manager), Label: v.T(Manager.Key())}}},
	}
}

func organisationFields(v *web.View) []web.Field {
	kinds := make([]web.Choice, 0, len(OrganisationKinds()))
	for _, k := range OrganisationKinds() {
		kinds = append(kinds, web.Choice{Value: string(k), Label: v.T(k.Key())})
	}
	bands := make([]web.Choice, 0, len(headcounts))
	for _, h := range headcounts {
		bands = append(bands, web.Choice{Value: h, Label: v.T("account.headcount." + h)})
	}
	label := func(name string) string { return v.T("account.organisation." + name) }
	return []web.Field{
		{Name: "kind", Label: label("kind"), Choices: kinds, Empty: v.T("account.choose")},
		{Name: "name", Label: label("name"), Complete: "off"},
		{Name: "short_name", Label: label("short_name"), Optional: true, Hint: v.T("account.organisation.short_name_hint"), Complete: "off"},
		{Name: "siren", Label: label("siren"), Optional: true, Hint: v.T("account.organisation.siren_hint"), Complete: "off", Narrow: true},
		{Name: "siret", Label: label("siret"), Optional: true, Hint: v.T("account.organisation.siret_hint"), Complete: "off", Narrow: true},
		{Name: "naf", Label: label("naf"), Optional: true, Hint: v.T("account.organisation.naf_hint"), Complete: "off", Narrow: true},
		{Name: "headcount", Label: label("headcount"), Optional: true, Choices: bands, Empty: v.T("account.unknown")},
		{Name: "address", Label: label("address"), Optional: true, Complete: "off"},
		{Name: "commune", Label: label("commune"), Optional: true, Complete: "off"},
	}
}

func organisationForm(o Organisation) *web.Form {
	f := web.NewForm("", "kind", string(o.Kind), "name", o.Name, "short_name", o.ShortName, "siren", string(o.SIREN), "siret", string(o.SIRET), "naf", o.NAF,
		"headcount", o.Headcount, "address", o.Address, "commune", o.Commune, "version", version(o.Version), "source", o.Source)
	if o.Latitude != 0 || o.Longitude != 0 {
		f.Values.Set("latitude", strconv.FormatFloat(o.Latitude, 'f', -1, 64))
		f.Values.Set("longitude", strconv.FormatFloat(o.Longitude, 'f', -1, 64))
	}
	return f
}

// fill takes what the form says over into the organisation.
func (o *Organisation) fill(f *web.Form) {
	o.Kind, o.Name, o.ShortName = OrganisationKind(f.Text("kind")), f.Text("name"), f.Text("short_name")
	o.SIREN, o.SIRET, o.NAF = SIREN(f.Text("siren")), SIRET(f.Text("siret")), f.Text("naf")
	o.Headcount, o.Address, o.Commune, o.Version = f.Text("headcount"), f.Text("address"), f.Text("commune"), readVersion(f)
}

// place reads the hidden coordinates that a hit of the register brought; nonsense is no place.
func (o *Organisation) place(f *web.Form) {
	lat, err1 := strconv.ParseFloat(f.Text("latitude"), 64)
	lon, err2 := strconv.ParseFloat(f.Text("longitude"), 64)
	if err1 == nil && err2 == nil && lat >= -90 && lat <= 90 && lon >= -180 && lon <= 180 {
		o.Latitude, o.Longitude = lat, lon
	}
}

// organisationFormView is the form of a new or a known organisation.
type organisationFormView struct {
	ID      OrganisationID // empty: a new one
	Name    string
	Form    *web.Form
	Fields  []web.Field
	Changed *change
	Lookup  *lookupView // nil: there is no register to ask
}

// lookupView is the question to the public register and its answer.
type lookupView struct {
	Text   string
	Hits   []RegisterHit
	Asked  bool
	Picked bool
	Fault  string // why there is no answer
}

func (s *Service) newOrganisationPage(w http.ResponseWriter, r *http.Request) error {
	if !ActorOf(r).MayAddOrganisation() {
		return fault.New(fault.Forbidden, "account.organisation.not_yours")
	}
	v := web.ViewOf(r)
	look, hit := s.look(r.Context(), v)
	o := Organisation{Source: SourceTyped}
	if hit != nil {
		o = Organisation{Kind: Company, Name: hit.Name, SIREN: hit.SIREN, SIRET: hit.SIRET, NAF: hit.NAF, Headcount: hit.Headcount, Address: hit.Address,
			Commune: hit.Commune, Latitude: hit.Latitude, Longitude: hit.Longitude, Source: SourceRegister}
	}
	f := organisationForm(o)
	f.Once = web.NewOnce()
	return web.Render(w, r, http.StatusOK, organisationFormTemplate(v, organisationFormView{Form: f, Fields: organisationFields(v), Lookup: look}))
}

// look asks the register for what the address of the page says (find), and gives the hit that was
// picked (pick). A register out of reach is said and stops nobody from typing.
func (s *Service) look(ctx context.Context, v *web.View) (*lookupView, *RegisterHit) {
	if s.opts.Lookup == nil {
		return nil, nil
	}
	look := &lookupView{Text: strings.TrimSpace(v.Query.Get("find"))}
	if look.Text == "" {
		return look, nil
	}
	look.Asked = true
	hits, err := s.opts.Lookup(ctx, look.Text)
	if err != nil {
		f := fault.As(err)
		if f == nil || f.Kind == fault.Internal {
			s.log.Error("register", "error", err.Error())
		}
		look.Fault = v.Fault(f)
		if f != nil && len(f.Fields) > 0 {
			look.Fault = v.TArgs(f.Fields[0].Key, f.Fields[0].Args)
		}
		return look, nil
	}
	look.Hits = hits
	pick := v.Query.Get("pick")
	for i := range hits {
		if pick != "" && string(hits[i].SIREN) == pick {
			look.Picked = true
			return look, &hits[i]
		}
	}
	return look, nil
}

// pickURL is the address of the form filled from a hit.
func (l lookupView) pickURL(h RegisterHit) string {
	return "/organisations/new?" + url.Values{"find": {l.Text}, "pick": {string(h.SIREN)}}.Encode()
}

func (s *Service) createOrganisationPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	v := web.ViewOf(r)
	o := Organisation{Source: SourceTyped}
	o.fill(f)
	o.place(f)
	if f.Text("source") == SourceRegister {
		o.Source = SourceRegister
	}
	o, err = s.AddOrganisation(r.Context(), ActorOf(r), o)
	if err == nil {
		return web.SeeOther(w, r, "/organisations/"+string(o.ID), "account.organisation.added", "name", o.Name)
	}
	if !f.Fail(v, err) {
		return err
	}
	look, _ := s.look(r.Context(), v)
	return web.Render(w, r, web.Status(err), organisationFormTemplate(v, organisationFormView{Form: f, Fields: organisationFields(v), Lookup: look}))
}

func (s *Service) editOrganisationPage(w http.ResponseWriter, r *http.Request) error {
	o, err := s.organisationToEdit(r)
	if err != nil {
		return err
	}
	v := web.ViewOf(r)
	return web.Render(w, r, http.StatusOK, organisationFormTemplate(v, organisationFormView{ID: o.ID, Name: o.Label(), Form: organisationForm(o), Fields: organisationFields(v)}))
}

func (s *Service) organisationToEdit(r *http.Request) (Organisation, error) {
	id := OrganisationID(r.PathValue("id"))
	var o Organisation
	err := s.db.View(r.Context(), func(tx db.Tx) (err error) {
		o, err = getOrganisation(tx, id)
		return err
	})
	if err == nil && !ActorOf(r).MayEditOrganisation(id) {
		err = fault.New(fault.Forbidden, "account.organisation.not_yours")
	}
	return o, err
}

func (s *Service) saveOrganisationPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	v := web.ViewOf(r)
	stored, err := s.organisationToEdit(r)
	if err != nil {
		return err
	}
	o := stored
	o.fill(f)
	_, err = s.SaveOrganisation(r.Context(), ActorOf(r), o)
	if err == nil {
		return web.SeeOther(w, r, "/organisations/"+string(o.ID), "account.organisation.saved", "name", o.Name)
	}
	if !f.Fail(v, err) {
		return err
	}
	fields := organisationFields(v)
	if stored, err2 := s.organisationToEdit(r); err2 != nil {
		return err2
	} else if view, err2 := s.changeOf(r.Context(), v, err, f, fields, organisationForm(stored), "organisation", string(o.ID)); err2 != nil {
		return err2
	} else {
		return web.Render(w, r, web.Status(err), organisationFormTemplate(v, organisationFormView{ID: o.ID, Name: stored.Label(), Form: f, Fields: fields, Changed: view}))
	}
}

// inviteMemberPage makes somebody a member: a person who is known by the address joins, another
// is invited by mail.
func (s *Service) inviteMemberPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	v := web.ViewOf(r)
	id := OrganisationID(r.PathValue("id"))
	p := Person{Email: f.Text("email"), Name: f.Text("name"), Language: v.Lang}
	p, err = s.InviteMember(r.Context(), ActorOf(r), p, Membership{OrganisationID: id, Role: MembershipRole(f.Text("role"))})
	if err == nil {
		return web.SeeOther(w, r, "/organisations/"+string(id)+"#members", "account.member.added", "name", p.Name)
	}
	if !f.Fail(v, err) {
		return err
	}
	return s.showOrganisation(w, r, web.Status(err), f)
}

func (s *Service) removeMemberPage(w http.ResponseWriter, r *http.Request) error {
	id := OrganisationID(r.PathValue("id"))
	if err := s.Leave(r.Context(), ActorOf(r), PersonID(r.PathValue("person")), id); err != nil {
		return err
	}
	return web.SeeOther(w, r, "/organisations/"+string(id)+"#members", "account.member.removed")
}
