package account

import (
	"net/http"
	"net/url"
	"time"

	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/web"
)

// signInView is what the sign-in page shows.
type signInView struct {
	Form *web.Form
	Next string
	Demo bool
	Kind []demoGroup
	By   string // label of the provider; empty: there is none
}

func (d signInView) providerURL() string {
	if d.Next == "/" {
		return "/sign-in/oidc"
	}
	return "/sign-in/oidc?" + url.Values{"next": {d.Next}}.Encode()
}

// demoGroup is the demonstration accounts of one kind of user.
type demoGroup struct {
	Key    string // text key of the heading
	People []demoAccount
}

type demoAccount struct {
	ID          PersonID
	Name, Title string
}

func (s *Service) signInPage(w http.ResponseWriter, r *http.Request) error {
	if ActorOf(r).Known() {
		http.Redirect(w, r, next(r), http.StatusSeeOther)
		return nil
	}
	return s.showSignIn(w, r, http.StatusOK, web.NewForm(""))
}

func (s *Service) showSignIn(w http.ResponseWriter, r *http.Request, status int, f *web.Form) error {
	view := signInView{Form: f, Next: next(r), Demo: s.opts.Demo}
	if s.provider != nil {
		view.By = s.provider.conf.label()
	}
	if s.opts.Demo {
		err := s.db.View(r.Context(), func(tx db.Tx) (err error) {
			view.Kind, err = demoGroups(tx)
			return err
		})
		if err != nil {
			return err
		}
	}
	return web.Render(w, r, status, signInTemplate(web.ViewOf(r), view))
}

func (s *Service) signIn(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	p, err := s.check(r.Context(), f.Text("email"), f.Values.Get("password"), s.address(r))
	if err != nil {
		f.Values.Del("password")
		if !f.Fail(web.ViewOf(r), err) {
			return err
		}
		return s.showSignIn(w, r, web.Status(err), f)
	}
	return s.enter(w, r, p, "password", "")
}

// signInDemo lets one in with a click; only in a demonstration, only as an account made for it.
func (s *Service) signInDemo(w http.ResponseWriter, r *http.Request) error {
	if !s.opts.Demo {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	if !s.attempts.allow("a:"+s.address(r), time.Second, 10*addressBurst) {
		return fault.New(fault.TooMany, "account.sign_in.too_many")
	}
	var p Person
	err = s.db.View(r.Context(), func(tx db.Tx) (err error) {
		p, err = getPerson(tx, PersonID(f.Text("person")))
		return err
	})
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	if !p.Demo || p.DisabledAt != 0 {
		return fault.New(fault.Forbidden, "account.sign_in.no_demo")
	}
	return s.enter(w, r, p, "demo", "")
}

// enter opens the session and leads on.
func (s *Service) enter(w http.ResponseWriter, r *http.Request, p Person, method, idToken string) error {
	if err := s.startSession(w, r, p, method, idToken); err != nil {
		return err
	}
	return web.SeeOther(w, r, next(r), "account.sign_in.hello", "name", p.Name)
}

func (s *Service) signOut(w http.ResponseWriter, r *http.Request) error {
	farewell := ""
	if a := ActorOf(r); a.SessionID != "" {
		idToken, err := s.leave(r.Context(), a)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		if s.provider != nil && idToken != "" {
			farewell = s.provider.farewell(r.Context(), idToken, s.opts.URL+"/sign-in")
		}
	}
	s.dropCookie(w)
	if farewell == "" {
		return web.SeeOther(w, r, "/sign-in", "account.signed_out")
	}
	// The content policy lets a form lead nowhere else, redirects included: the page goes on by itself.
	w.Header().Set("Refresh", "0; url="+farewell)
	return web.Render(w, r, http.StatusOK, farewellTemplate(web.ViewOf(r), farewell, s.provider.conf.label()))
}

// demoGroups puts the demonstration accounts under the kinds of user of the design.
func demoGroups(tx db.Tx) ([]demoGroup, error) {
	people, err := listDemoPeople(tx)
	if err != nil {
		return nil, err
	}
	byKey := map[string][]demoAccount{}
	for _, p := range people {
		a, err := loadActor(tx, p.ID)
		if err != nil {
			return nil, err
		}
		kind := OrganisationKind("")
		if len(a.Memberships) > 0 {
			o, err := getOrganisation(tx, a.Memberships[0].OrganisationID)
			if err != nil {
				return nil, err
			}
			kind = o.Kind
		}
		key := demoKey(a, kind)
		byKey[key] = append(byKey[key], demoAccount{p.ID, p.Name, p.Title})
	}
	var out []demoGroup
	for _, key := range []string{"territory", "region", "company", "partner", "guest", "other", "server"} {
		if len(byKey[key]) > 0 {
			out = append(out, demoGroup{"account.demo.group." + key, byKey[key]})
		}
	}
	return out, nil
}

// demoKey says which kind of user an account shows.
func demoKey(a Actor, kind OrganisationKind) string {
	switch {
	case a.Has(Admin, ""):
		return "server"
	case a.Has(ProjectLead, ""), a.Has(LeadPair, ""):
		return "territory"
	case a.Has(RegionSteering, ""), a.Has(StateServices, ""), a.Has(NationalObserver, ""):
		return "region"
	case kind == Company:
		return "company"
	case kind == School, kind == Training, kind == Operator, kind == Association:
		return "partner"
	case a.Has(Guest, ""):
		return "guest"
	}
	return "other"
}
