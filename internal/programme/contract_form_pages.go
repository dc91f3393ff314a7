package programme

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/territory"
	"bassin/internal/web"
)

// contractForm is the form of a contract, new or not.
type contractForm struct {
	Head        contractHead // zero: new
	Form        *web.Form
	Territories []web.Choice // new: those that the actor may begin a contract in
	Clash       *clash       // somebody else saved first
}

// plainFields are the fields of a contract that both forms have.
func plainFields(v *web.View) []web.Field {
	f := func(name string, x web.Field) web.Field {
		x.Name, x.Label = name, v.T("programme.field."+name)
		return x
	}
	return []web.Field{
		f("title", web.Field{}),
		f("code", web.Field{Hint: v.T("programme.contract.code_hint"), Narrow: true}),
		f("number", web.Field{Hint: v.T("programme.contract.number_hint"), Optional: true, Narrow: true}),
		f("memorandum_on", web.Field{Optional: true}),
		f("signed_on", web.Field{Optional: true}),
		f("starts_on", web.Field{Optional: true}),
		f("ends_on", web.Field{Optional: true}),
		f("announced_cents", web.Field{Hint: v.T("programme.contract.announced_hint"), Optional: true}),
		f("summary", web.Field{Optional: true, Rows: 5}),
	}
}

func (x contractForm) fields(v *web.View) map[string]web.Field {
	m := map[string]web.Field{}
	for _, f := range x.list(v) {
		m[f.Name] = f
	}
	return m
}

func (x contractForm) list(v *web.View) []web.Field {
	var list []web.Field
	if x.New() {
		list = append(list,
			web.Field{Name: "territory_id", Label: v.T("programme.field.territory_id"), Choices: x.Territories},
			web.Field{Name: "phase", Label: v.T("programme.field.phase"), Choices: []web.Choice{{Value: "2", Label: v.T("programme.contract.phase_2")}, {Value: "1", Label: v.T("programme.contract.phase_1")}}})
	}
	return append(list, plainFields(v)...)
}

// New reports whether the contract does not exist yet.
func (x contractForm) New() bool { return x.Head.ID == "" }

func (x contractForm) head(v *web.View) web.Head {
	if x.New() {
		title := v.T("programme.contract.new")
		return web.Head{Title: title, Crumbs: []web.Crumb{{Label: v.T("programme.contract.list"), URL: "/contracts"}, {Label: title}}}
	}
	return x.Head.below(v, v.T("programme.contract.edit"))
}

func (x contractForm) sheet(v *web.View) web.Sheet {
	s := web.Sheet{URL: "/contracts", Submit: v.T("programme.contract.begin"), Cancel: "/contracts", Fields: x.list(v)}
	if !x.New() {
		s.URL, s.Submit, s.Cancel = x.Head.URL()+"/edit", v.T("programme.contract.save"), x.Head.URL()
	}
	return s
}

// fill makes the form of a contract as it is stored.
func fillContract(v *web.View, c Contract) *web.Form {
	return web.NewForm(web.NewOnce(), "title", c.Title, "code", c.Code, "number", c.Number, "memorandum_on", string(c.MemorandumOn), "signed_on", string(c.SignedOn),
		"starts_on", string(c.StartsOn), "ends_on", string(c.EndsOn), "announced_cents", eurosTyped(v, c.AnnouncedCents), "summary", c.Summary, "version", strconv.FormatInt(c.Version, 10))
}

// eurosTyped writes cents as one types them; nothing for none.
func eurosTyped(v *web.View, cents int64) string {
	if cents == 0 {
		return ""
	}
	return v.Amount(cents)
}

func readContractForm(f *web.Form, c Contract) Contract {
	c.Title, c.Code, c.Number, c.Summary = f.Text("title"), strings.ToUpper(f.Text("code")), f.Text("number"), f.Text("summary")
	c.MemorandumOn, c.SignedOn, c.StartsOn, c.EndsOn = f.Date("memorandum_on"), f.Date("signed_on"), f.Date("starts_on"), f.Date("ends_on")
	c.AnnouncedCents = f.Cents("announced_cents")
	return c
}

// everything saves what was typed when all of it could be read; else it tells what could not be
// together with what the rules find wrong in the rest, so that all faults of a form come at once.
func everything(f *web.Form, check, save func() error) error {
	read := fault.As(f.Err())
	if read == nil {
		return save()
	}
	all := fault.Fields(read.Fields)
	if ruled := fault.As(check()); ruled != nil {
		for _, x := range ruled.Fields {
			if !all.Has(x.Name) {
				all = append(all, x)
			}
		}
	}
	return all.Err()
}

func (s *Service) newContractPage(w http.ResponseWriter, r *http.Request) error {
	x, err := s.newContract(r, web.NewForm(web.NewOnce(), "territory_id", r.PathValue("id"), "phase", "2"))
	if err != nil {
		return err
	}
	if in := r.PathValue("id"); in != "" && !slices.ContainsFunc(x.Territories, func(c web.Choice) bool { return c.Value == in }) {
		return fault.New(fault.Forbidden, "programme.forbidden.edit_contract")
	}
	return web.Render(w, r, http.StatusOK, contractFormTemplate(web.ViewOf(r), x))
}

func (s *Service) newContract(r *http.Request, form *web.Form) (contractForm, error) {
	x := contractForm{Form: form}
	var ids []territory.ID
	for _, id := range leads(account.ActorOf(r)) {
		ids = append(ids, territory.ID(id))
	}
	if len(ids) == 0 {
		return x, fault.New(fault.Forbidden, "programme.forbidden.edit_contract")
	}
	return x, s.db.View(r.Context(), func(tx db.Tx) error {
		list, err := territory.List(tx, territory.Filter{IDs: ids, Order: territory.ByName})
		x.Territories = nil
		for _, t := range list {
			x.Territories = append(x.Territories, web.Choice{Value: string(t.ID), Label: t.Name})
		}
		return err
	})
}

func (s *Service) createContractPage(w http.ResponseWriter, r *http.Request) error {
	v := web.ViewOf(r)
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	c := readContractForm(form, Contract{TerritoryID: form.Text("territory_id"), Phase: int(form.Int("phase", 1, 2))})
	check := func() error { c.State = Preparation; return c.validate(v.Today()) }
	err = everything(form, check, func() (err error) {
		c, err = s.CreateContract(r.Context(), account.ActorOf(r), c)
		return err
	})
	if err == nil {
		return web.SeeOther(w, r, ContractURL(c.ID), "programme.contract.begun", "title", c.Title)
	}
	if !form.Fail(v, err) {
		return err
	}
	x, e := s.newContract(r, form)
	if e != nil {
		return e
	}
	return web.Render(w, r, web.Status(err), contractFormTemplate(v, x))
}

// viewHead reads the contract of the address; change asks for the right to change it.
func (s *Service) viewHead(r *http.Request, change bool) (contractHead, error) {
	var h contractHead
	err := s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if h, err = headOf(tx, account.ActorOf(r), ContractID(r.PathValue("id"))); err == nil && change && !h.May {
			err = fault.New(fault.Forbidden, "programme.forbidden.edit_contract")
		}
		return err
	})
	return h, err
}

func (s *Service) editContractPage(w http.ResponseWriter, r *http.Request) error {
	v := web.ViewOf(r)
	h, err := s.viewHead(r, true)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, contractFormTemplate(v, contractForm{Head: h, Form: fillContract(v, h.Contract)}))
}

func (s *Service) saveContractPage(w http.ResponseWriter, r *http.Request) error {
	v := web.ViewOf(r)
	h, err := s.viewHead(r, true)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	version := form.Int("version", 1, 1<<53)
	c := readContractForm(form, h.Contract)
	c.Version = max(1, version)
	err = everything(form, func() error { return c.validate(v.Today()) }, func() error {
		_, err := s.SaveContract(r.Context(), account.ActorOf(r), c)
		return err
	})
	if err == nil {
		return web.SeeOther(w, r, h.URL(), "programme.contract.saved")
	}
	x := contractForm{Head: h, Form: form}
	if fault.Stale(err) { // what the other saved may be newer than what was read above
		if h, err = s.viewHead(r, true); err != nil {
			return err
		}
		x.Head = h
		if x.Clash, err = s.theirContract(r, v, h.Contract, form); err != nil {
			return err
		}
		form.Values.Set("version", strconv.FormatInt(h.Version, 10))
		form.Top = v.T("fault.stale")
		return web.Render(w, r, http.StatusConflict, contractFormTemplate(v, x))
	}
	if !form.Fail(v, err) {
		return err
	}
	return web.Render(w, r, web.Status(err), contractFormTemplate(v, x))
}

// theirContract sets what is stored beside what was typed, field by field, and tells who saved it.
func (s *Service) theirContract(r *http.Request, v *web.View, now Contract, form *web.Form) (*clash, error) {
	stored, who := fillContract(v, now), ""
	var theirs, mine []fact
	for _, f := range plainFields(v) {
		theirs = append(theirs, fact{f.Label, shown(v, f.Name, stored)})
		mine = append(mine, fact{f.Label, shown(v, f.Name, form)})
	}
	err := s.db.View(r.Context(), func(tx db.Tx) error {
		list, err := account.History(tx, "contract", string(now.ID), 0, 1)
		if err == nil && len(list) > 0 {
			who = list[0].ActorName
		}
		return err
	})
	return newClash(who, now.UpdatedAt, theirs, mine), err
}

// shown is a field of the contract's form as people read it.
func shown(v *web.View, name string, f *web.Form) string {
	text := f.Text(name)
	if strings.HasSuffix(name, "_on") {
		if d, err := web.ParseDay(text); err == nil {
			return v.Date(d)
		}
	}
	if strings.HasSuffix(name, "_cents") {
		if c, key := web.ParseCents(text); key == "" && text != "" {
			return v.Money(c)
		}
	}
	return text
}

// stateView is the change of a contract's state: what is missing before it can be made.
type stateView struct {
	Head    contractHead
	To      ContractState
	Missing []movedFault
	Other   string // why it cannot be made at all
}

// toKey is the wanted state in keys of texts, a known one whatever the address says.
func (x stateView) toKey() string {
	if in(x.To, ContractStates()) {
		return string(x.To)
	}
	return string(x.Head.State)
}

func (x stateView) version() string { return strconv.FormatInt(x.Head.Version, 10) }

// missingFor tells what a contract lacks to take a state, field by field with where to put it right.
func missingFor(v *web.View, h contractHead, err error) stateView {
	x := stateView{Head: h}
	f := fault.As(err)
	if f == nil {
		return x
	}
	if len(f.Fields) == 0 {
		x.Other = v.Fault(f)
	}
	for _, field := range f.Fields {
		said := v.TArgs(field.Key, field.Args)
		signatory, one := strings.CutPrefix(field.Name, "signatory.")
		switch {
		case one:
			x.Missing = append(x.Missing, movedFault{said, h.URL() + "/signatories/" + signatory + "#f-assembly"})
		case field.Name == "signatories":
			x.Missing = append(x.Missing, movedFault{said, h.URL() + "/signatories/new"})
		default:
			x.Missing = append(x.Missing, movedFault{v.T("programme.board.fault", "field_key", "programme.field."+field.Name, "text", said), h.URL() + "/edit#" + anchor(field.Name)})
		}
	}
	return x
}

// contractStatePage shows, before anything is changed, whether the contract can take a state.
func (s *Service) contractStatePage(w http.ResponseWriter, r *http.Request) error {
	v := web.ViewOf(r)
	h, err := s.viewHead(r, true)
	if err != nil {
		return err
	}
	to := ContractState(v.Query.Get("to"))
	var cannot error
	err = s.db.View(r.Context(), func(tx db.Tx) error {
		signatories, err := listSignatories(tx, h.ID)
		if err != nil {
			return err
		}
		c := h.Contract
		cannot = c.move(to, signatories, tx.Today())
		return nil
	})
	if err != nil {
		return err
	}
	x := missingFor(v, h, cannot)
	x.To = to
	return web.Render(w, r, http.StatusOK, contractStateTemplate(v, x))
}

func (s *Service) moveContractPage(w http.ResponseWriter, r *http.Request) error {
	v := web.ViewOf(r)
	h, err := s.viewHead(r, true)
	if err != nil {
		return err
	}
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	to := ContractState(form.Text("to"))
	_, err = s.MoveContract(r.Context(), account.ActorOf(r), h.ID, to, form.Int("version", 0, 1<<53))
	if err == nil {
		return web.SeeOther(w, r, h.URL(), "programme.contract.moved", "state_key", to.Key())
	}
	if f := fault.As(err); f == nil || f.Kind != fault.Invalid && f.Kind != fault.Conflict {
		return err
	}
	x := missingFor(v, h, err)
	x.To = to
	return web.Render(w, r, web.Status(err), contractStateTemplate(v, x))
}

// stateURL is where a contract is asked to take a state.
func (c contractHead) stateURL(to ContractState) string {
	return fmt.Sprintf("%s/state?to=%s", c.URL(), to)
}
