package app

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/programme"
	"bassin/internal/when"
)

// The demonstration's contract: the Bassin d'Alès. What is public (territory, signing, the 40 M€
// announced, the names and carriers of actions, the regional decision of 6 November 2020) is told
// as it is; every other amount, date and milestone is an example, and its sheet says so.
//
// Each act is recorded with the clock set to its own day, in order, so that the demonstration has a
// real past: "as of" and "as it was known" show something.

// story gathers the acts of the demonstration and plays them in order of time.
type story struct {
	ctx   context.Context
	svc   *programme.Service // with the story's clock
	now   time.Time
	today when.Date
	acts  []act
	orgs  map[string]string // name → organisation
	lead  account.Actor
}

type act struct {
	at time.Time
	do func() error
}

// on plans an act for the day; what would lie in the future is left out: it has not happened yet.
func (s *story) on(day when.Date, do func() error) {
	if day > s.today {
		return
	}
	s.acts = append(s.acts, act{day.Time().Add(10 * time.Hour), do})
}

// play runs all acts, oldest first, each in its own transaction at its own time.
func (s *story) play() error {
	slices.SortStableFunc(s.acts, func(a, b act) int { return a.at.Compare(b.at) })
	for i, a := range s.acts {
		s.now = a.at.Add(time.Duration(i) * time.Second)
		if err := a.do(); err != nil {
			return fmt.Errorf("demonstration, act of %s: %w", a.at.Format(time.DateOnly), err)
		}
	}
	return nil
}

// seedContract plays the contract of the Bassin d'Alès. Lead is the project lead of the territory.
func seedContract(ctx context.Context, d *db.DB, lead account.Actor, today when.Date) error {
	s := &story{ctx: ctx, today: today, orgs: map[string]string{}, lead: lead}
	s.svc = programme.New(programme.Options{DB: d.Clocked(func() time.Time { s.now = s.now.Add(time.Millisecond); return s.now })})
	err := d.Do(ctx, func(tx db.Tx) error {
		for _, o := range demoFunders {
			id, err := findOrAdd(tx, o)
			if err != nil {
				return err
			}
			s.orgs[o.Name] = id
		}
		return nil
	})
	if err != nil {
		return err
	}
	var contract programme.Contract
	s.on("2019-03-18", func() (err error) {
		contract, err = s.svc.CreateContract(s.ctx, s.lead, programme.Contract{
			TerritoryID: "ti-7602", Number: "3", Code: "ALES", Phase: 1, Title: "Contrat de Territoire d’industrie du Bassin d’Alès",
			AnnouncedCents: 40_000_000_00, StartsOn: "2021-01-01", EndsOn: "2027-12-31",
			Summary: "Troisième contrat signé en Occitanie. Dix actions ; 40 M€ annoncés. La signature ne vaut attribution d’aucune subvention.",
		})
		return err
	})
	signatory := func(college programme.College, org, title, assembly, number string, deliberated when.Date) {
		s.on("2019-12-02", func() error {
			_, err := s.svc.AddSignatory(s.ctx, s.lead, programme.Signatory{ContractID: contract.ID, OrganisationID: s.orgs[org], College: college,
				SignerTitle: title, Assembly: assembly, DeliberationNumber: number, DeliberatedOn: deliberated})
			return err
		})
	}
	signatory(programme.Groupings, ales, "Le président", "Conseil de communauté", "exemple C2019-01", "2019-11-21")
	signatory(programme.Public, region, "La présidente", "Commission permanente", "exemple CP/2019-NOV", "2019-11-15")
	signatory(programme.Public, state, "Le préfet du Gard", "Décision de l’État", "exemple 2019-30", "2019-11-25")
	signatory(programme.Public, bank, "Le directeur régional", "Comité d’engagement", "exemple BT-2019", "2019-11-20")
	signatory(programme.Economic, school, "Le directeur", "", "", when.None)
	signatory(programme.Economic, chamber, "Le président", "", "", when.None)
	s.on("2019-12-09", func() error {
		contract.SignedOn = "2019-12-09"
		saved, err := s.svc.SaveContract(s.ctx, s.lead, contract)
		if err != nil {
			return err
		}
		contract, err = s.svc.MoveContract(s.ctx, s.lead, contract.ID, programme.Signed, saved.Version)
		return err
	})
	for _, a := range demoActions(today) {
		s.action(&contract, a)
	}
	return s.play()
}

func findOrAdd(tx db.Tx, o account.Organisation) (string, error) {
	found, err := account.OrganisationNamed(tx, o.Name)
	if o.SIREN != "" && fault.Is(err, fault.NotFound) {
		found, err = account.OrganisationBySIREN(tx, o.SIREN)
	}
	if fault.Is(err, fault.NotFound) {
		found, err = account.AddOrganisationIn(tx, account.Demonstration(), o)
	}
	return string(found.ID), err
}

// Names of the demonstration's organisations.
const (
	ales    = "CA Alès Agglomération"
	region  = "Région Occitanie"
	state   = "État, préfecture du Gard"
	bank    = "Banque des territoires"
	feder   = "Union européenne, FEDER"
	school  = "IMT Mines Alès"
	chamber = "Chambre de commerce et d’industrie du Gard"
	campus  = "Campus numérique Digit’Alès"
	opco    = "OPCAIM"
	syndic  = "Syndicat mixte de chaleur (exemple)"
	shop    = "Atelier coopératif (exemple)"
	agency  = "Opérateur de l’État (exemple)"
	ergo    = "Ergosanté"
	sdtech  = "SD-Tech"
	capelle = "Capelle"
)

var demoFunders = []account.Organisation{
	{Kind: account.Grouping, Name: ales, ShortName: "Alès Agglomération", SIREN: "200066918", TerritoryID: "ti-7602", RegionID: "76"},
	{Kind: account.RegionBody, Name: region, SIREN: "200053791", RegionID: "76"},
	{Kind: account.StateService, Name: state, ShortName: "État", RegionID: "76", Commune: "Nîmes", Latitude: 43.838, Longitude: 4.361},
	{Kind: account.Operator, Name: bank},
	{Kind: account.European, Name: feder, ShortName: "Union européenne"},
	{Kind: account.School, Name: school, TerritoryID: "ti-7602", RegionID: "76", Commune: "Alès", Latitude: 44.133, Longitude: 4.088},
	{Kind: account.Association, Name: chamber, ShortName: "CCI du Gard", RegionID: "76", Commune: "Nîmes", Latitude: 43.836, Longitude: 4.36},
	{Kind: account.Training, Name: campus, TerritoryID: "ti-7602", RegionID: "76"},
	{Kind: account.Operator, Name: opco},
	{Kind: account.Association, Name: syndic, Demo: true, TerritoryID: "ti-7602", RegionID: "76"},
	{Kind: account.Company, Name: shop, Demo: true, TerritoryID: "ti-7602", RegionID: "76", Commune: "Saint-Christol-lez-Alès", Latitude: 44.085, Longitude: 4.077},
	{Kind: account.Operator, Name: agency, Demo: true},
	{Kind: account.Company, Name: ergo, TerritoryID: "ti-7602", RegionID: "76"},
	{Kind: account.Company, Name: sdtech, TerritoryID: "ti-7602", RegionID: "76"},
	{Kind: account.Company, Name: capelle, TerritoryID: "ti-7602", RegionID: "76"},
}

// demoAction is a sheet as the demonstration tells it.
type demoAction struct {
	programme.Action
	axes       []string
	owners     []string // names; the first leads
	partners   map[string]string
	since      when.Date // the sheet was written
	costs      []programme.Cost
	lines      []demoLine
	milestones []programme.Milestone
	blocker    *programme.Blocker
	indicators []demoIndicator
	notes      []programme.Note
	moves      []demoMove
}

type demoMove struct {
	on when.Date
	to programme.Status
}

type demoIndicator struct {
	programme.Indicator
	values []programme.Value
}

// demoLine is a financing line with the last step it has reached.
type demoLine struct {
	funder, scheme string
	nature         programme.Nature
	year           int
	euros          int64
	asked          int64 // when it differs from what was decided; onlyDecided: the request is not known
	reached        programme.Kind
	asks           when.Date // the day of the request; the others follow at the usual delays
}

const onlyDecided = -1

// Usual delays in days, of the demonstration.
const (
	toDecide   = 143
	toContract = 55
	toPay      = 157
)

func (s *story) action(contract *programme.Contract, x demoAction) {
	a := &x.Action
	s.on(x.since, func() error {
		axes, err := s.svc.AxesByCode(s.ctx, s.lead, contract.ID)
		if err != nil {
			return err
		}
		for _, code := range x.axes {
			a.AxisIDs = append(a.AxisIDs, axes[code])
		}
		for i, o := range x.owners {
			a.Owners = append(a.Owners, programme.Owner{OrganisationID: s.orgs[o], Leads: i == 0})
		}
		for _, name := range slices.Sorted(maps.Keys(x.partners)) {
			a.Partners = append(a.Partners, programme.Partner{OrganisationID: s.orgs[name], Role: x.partners[name]})
		}
		if a.Description != "" {
			a.GroupingIDs = []string{s.orgs[ales]}
		}
		a.ContractID = contract.ID
		a.Status = programme.ToDiscuss
		created, err := s.svc.CreateAction(s.ctx, s.lead, *a)
		a.ID = created.ID
		return err
	})
	s.on(x.since.AddDays(2), func() error {
		if len(x.costs) == 0 {
			return nil
		}
		return s.svc.SaveCosts(s.ctx, s.lead, a.ID, 0, x.costs)
	})
	for _, m := range x.milestones {
		s.milestone(a, x.since, m)
	}
	for _, i := range x.indicators {
		s.indicator(a, x.since, i)
	}
	for _, l := range x.lines {
		s.line(a, l, x.since.AddDays(5))
	}
	if b := x.blocker; b != nil {
		s.on(b.SinceOn, func() error {
			b.ActionID = a.ID
			_, err := s.svc.AddBlocker(s.ctx, s.lead, *b)
			return err
		})
	}
	for _, n := range x.notes {
		s.on(n.On, func() error {
			n.ActionID = a.ID
			_, err := s.svc.AddNote(s.ctx, s.lead, n)
			return err
		})
	}
	for _, m := range x.moves {
		s.on(m.on, func() error { return s.move(a, m) })
	}
}

func (s *story) milestone(a *programme.Action, since when.Date, m programme.Milestone) {
	reached := m.ReachedOn
	m.ReachedOn = when.None
	var id programme.MilestoneID
	s.on(since.AddDays(3), func() (err error) {
		m.ActionID = a.ID
		added, err := s.svc.AddMilestone(s.ctx, s.lead, m)
		id = added.ID
		return err
	})
	if reached != when.None {
		s.on(reached, func() error { return s.svc.ReachMilestone(s.ctx, s.lead, a.ID, id, reached) })
	}
}

func (s *story) indicator(a *programme.Action, since when.Date, i demoIndicator) {
	s.on(max(since.AddDays(4), i.BaselineOn), func() (err error) {
		i.ActionID = a.ID
		i.Indicator, err = s.svc.AddIndicator(s.ctx, s.lead, i.Indicator)
		return err
	})
	for _, v := range i.values {
		s.on(v.On, func() error {
			v.ActionID, v.IndicatorID = a.ID, i.ID
			_, err := s.svc.RecordValue(s.ctx, s.lead, v)
			return err
		})
	}
}

// line plays a financing line: its request and what followed, at the usual delays. Nothing is
// recorded before the day from, when the sheet stood.
func (s *story) line(a *programme.Action, l demoLine, from when.Date) {
	var id programme.LineID
	s.on(max(from, l.asks.AddDays(-30)), func() error {
		added, err := s.svc.AddLine(s.ctx, s.lead, programme.Line{ActionID: a.ID, FunderID: s.orgs[l.funder], Scheme: l.scheme, Nature: l.nature, Year: l.year})
		id = added.ID
		return err
	})
	step := func(kind programme.Kind, on when.Date, euros int64, act, note string) {
		s.on(max(from, on.AddDays(2)), func() error { // papers arrive two days after the act
			_, err := s.svc.RecordStep(s.ctx, s.lead, programme.Step{LineID: id, Kind: kind, EffectiveOn: on, AmountCents: euros * 100, Reference: act, Note: note})
			return err
		})
	}
	asked := l.euros
	if l.asked != 0 {
		asked = l.asked
	}
	if l.asked == onlyDecided {
		step(programme.Decided, l.asks, l.euros, "Comité régional du 6 novembre 2020", "")
		return
	}
	rank := slices.Index(programme.Kinds(), l.reached)
	step(programme.Foreseen, l.asks.AddDays(-29), asked, "", "")
	if rank < 1 {
		return
	}
	if l.nature != programme.OwnFunds {
		step(programme.Asked, l.asks, asked, "Dossier complet", "")
	}
	decided := l.asks.AddDays(toDecide)
	if l.reached == programme.Refused {
		step(programme.Refused, decided, 0, "", "Enveloppe de l’année épuisée ; nouvelle demande possible l’an prochain.")
		return
	}
	if rank >= 2 {
		step(programme.Decided, decided, l.euros, "Délibération (exemple)", "")
	}
	if rank >= 3 {
		step(programme.Contracted, decided.AddDays(toContract), l.euros, "Convention (exemple)", "")
	}
	if rank >= 4 {
		half := l.euros / 2
		step(programme.Paid, decided.AddDays(toContract+toPay/2), half, "Acompte", "")
		step(programme.Paid, decided.AddDays(toContract+toPay), l.euros-half, "Solde", "")
	}
}

// move changes the status; what is done ended on that day.
func (s *story) move(a *programme.Action, m demoMove) error {
	if m.to == programme.Done {
		done := *a
		done.EndedOn = m.on
		if _, err := s.svc.SaveSection(s.ctx, s.lead, programme.SectionCalendar, 0, done); err != nil {
			return err
		}
	}
	_, err := s.svc.MoveAction(s.ctx, s.lead, a.ID, "", m.to)
	return err
}
