package making

import (
	"context"
	"fmt"
	"slices"

	"bassin/internal/account"
	"bassin/internal/additive"
	"bassin/internal/calibration"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/mesh"
	"bassin/internal/park"
	"bassin/internal/talk"
	"bassin/internal/when"
)

// Bound keeps the size of what was asked for: its price, its place in a build and its certificate are those of the unit of then.
func (s *Service) Bound(tx db.Tx, id additive.PartID, number int) error {
	o, err := openOrderOf(tx, id, number)
	switch {
	case fault.Is(err, fault.NotFound):
		return nil
	case err != nil:
		return err
	}
	return fault.New(fault.Conflict, "making.wrong.unit_bound", "code", o.Code())
}

// seen reads an order for who stands on a side of it; of others it is not found.
func seen(tx db.Tx, by account.Actor, id OrderID) (Order, error) {
	o, err := getOrder(tx, id)
	if err == nil && len(o.Sides(by)) == 0 {
		err = fault.New(fault.NotFound, "fault.not_found")
	}
	return o, err
}

// changed opens an order to be changed by who stands on a side of it.
func changed(tx db.Tx, by account.Actor, id OrderID) (Order, error) {
	if _, err := seen(tx, by, id); err != nil {
		return Order{}, err
	}
	return lockOrder(tx, id)
}

// asked is all that offers on a part's newest revision are computed from.
type asked struct {
	Wanted
	Part      additive.Part
	Revision  additive.Revision
	Report    additive.Report
	Unit      mesh.Unit
	Rules     park.Figures
	Available []park.Available
	Cut       bool // there are more machines than were looked at
}

// wantedFor reads what offers are computed from, for somebody who sees the part.
func wantedFor(tx db.Tx, by account.Actor, id additive.PartID, quantity int) (x asked, err error) {
	if x.Part, x.Revision, err = additive.PartFor(tx, by, id); err != nil {
		return x, err
	}
	if x.Rules, err = park.Library(tx); err != nil {
		return x, err
	}
	if x.Available, x.Cut, err = park.AvailableTo(tx, by); err != nil {
		return x, err
	}
	machines, ids := make([]park.Machine, len(x.Available)), make([]park.MachineID, len(x.Available))
	for i, a := range x.Available {
		machines[i], ids[i] = a.Machine, a.ID
	}
	e, err := additive.Examine(x.Revision, x.Rules, machines)
	if err != nil {
		return x, err
	}
	x.Report, x.Unit = e.Report, e.Measures.Unit
	x.Wanted = Wanted{Quantity: quantity, Judged: e.Judged, Now: tx.Now().Time().In(db.Paris)}
	if x.Piece, err = pieceOf(e, x.Revision); err != nil {
		return x, err
	}
	if x.Piece.Lines, err = linesOf(tx, x.Revision.Hash, x.Unit); err != nil {
		return x, err
	}
	if x.Part.OrganisationID != "" {
		if x.From, err = account.GetOrganisation(tx, x.Part.OrganisationID); err != nil {
			return x, err
		}
	}
	x.Factors, err = calibration.FactorsOf(tx, ids)
	return x, err
}

// offersFor computes the offers on a part's newest revision for somebody who sees it.
func offersFor(tx db.Tx, by account.Actor, id additive.PartID, quantity int) (asked, []Offer, error) {
	x, err := wantedFor(tx, by, id, quantity)
	if err != nil {
		return x, nil, err
	}
	return x, Offers(x.Wanted, x.Rules, x.Available), nil
}

// Weighed is what machines said of a part, for who looks at what could not be made.
type Weighed struct {
	Revision  int
	Piece     Piece
	Judged    []additive.Judged
	Available []park.Available
	Offers    []Offer
}

// Weigh computes the offers on one piece of a part's newest revision for somebody who sees it.
func Weigh(tx db.Tx, by account.Actor, id additive.PartID) (Weighed, error) {
	x, list, err := offersFor(tx, by, id, 1)
	return Weighed{x.Revision.Number, x.Piece, x.Judged, x.Available, list}, err
}

// pieceOf takes what its making depends on from a part that was examined.
func pieceOf(e additive.Examined, r additive.Revision) (Piece, error) {
	x := Piece{VolumeMM3: max(e.Measures.VolumeMM3, -e.Measures.VolumeMM3), AreaMM2: e.Measures.AreaMM2, SizeMM: e.Measures.SizeMM}
	if e.Report.Overhangs != nil {
		f := e.Measures.Unit.Millimetres()
		x.SideMM2 = e.Report.Overhangs.Side * f * f
	}
	for _, p := range park.Processes() {
		q, ok, err := r.Best(p, x.VolumeMM3, e.Measures.Unit)
		if err != nil {
			return x, err
		}
		if ok {
			if x.Laid == nil {
				x.Laid = map[park.Process]Laid{}
			}
			x.Laid[p] = Laid{q.Size, q.Support, q.Bed + q.Overhang}
		}
	}
	return x, nil
}

// Sight is what somebody had before them when they asked: nobody asks for another revision, or at another price, than they saw.
type Sight struct {
	Revision    int
	LikelyCents int64 // of so many pieces as are asked for; 0: not known
}

// sightOf is what there is to see.
func sightOf(r additive.Revision, o Offer) Sight {
	x := Sight{Revision: r.Number}
	if o.Effort.Known() {
		x.LikelyCents = o.Price.Likely
	}
	return x
}

// check refuses what is otherwise than it was seen, with what it is now.
func (x Sight) check(now Sight, o Order) error {
	switch {
	case x.Revision != now.Revision:
		return fault.New(fault.Conflict, "making.wrong.other_revision")
	case x.LikelyCents == now.LikelyCents:
		return nil
	case now.LikelyCents == 0:
		return fault.New(fault.Conflict, "making.wrong.no_price", "count", o.Quantity)
	case x.LikelyCents <= 0:
		return fault.New(fault.Conflict, "making.wrong.price_known", "count", o.Quantity, "now_cents", now.LikelyCents)
	}
	return fault.New(fault.Conflict, "making.wrong.other_price", "count", o.Quantity, "now_cents", now.LikelyCents, "seen_cents", x.LikelyCents)
}

// Request asks for a part to be made on a machine, of a material. Within the owner's limits it is quoted at once. Who saw an offer
// before says what they saw; nil is whatever there is.
func (s *Service) Request(ctx context.Context, by account.Actor, o Order, saw *Sight) (Order, error) {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		if err := o.checkRequest(tx.Today()); err != nil {
			return err
		}
		x, offers, err := offersFor(tx, by, o.PartID, o.Quantity)
		if err != nil {
			return err
		}
		p, r := x.Part, x.Revision
		i := slices.IndexFunc(offers, func(x Offer) bool { return x.ID == o.MachineID && x.Material.MaterialID == o.MaterialID })
		if i < 0 {
			return noOffer()
		}
		offer := offers[i]
		if saw != nil {
			if err := saw.check(sightOf(r, offer), o); err != nil {
				return err
			}
		}
		if o.Number, err = takeNumber(tx, offer.OrganisationID); err != nil {
			return err
		}
		if o.Requester, err = requesterName(tx, p); err != nil {
			return err
		}
		o.ID, o.State, o.CreatedAt, o.UpdatedAt, o.Version = OrderID(db.NewID()), Requested, tx.Now(), tx.Now(), 1
		o.Revision, o.RevisionLabel, o.Title, o.PartCode, o.FileName, o.FileHash = r.Number, r.Label(), p.Title, p.Code(), r.FileName, r.Hash
		o.HolderID, o.OrganisationID, o.PersonID = p.HolderID, p.OrganisationID, by.ID
		o.MakerID, o.Maker, o.Machine, o.Process, o.Material = offer.OrganisationID, offer.Owner.Label(), offer.Name, offer.Process, offer.Material.Material
		if offer.Effort.Known() {
			o.LeastCents, o.LikelyCents, o.MostCents, o.Hours, o.LikelyHours = offer.Price.Least, offer.Price.Likely, offer.Price.Most, offer.Effort.Hours.Most, offer.Effort.Estimated
		}
		if offer.Automatic() && (o.NeededOn == when.None || offer.ReadyOn <= o.NeededOn) {
			o.State, o.Automatic, o.PriceCents, o.ReadyOn, o.ValidOn = Quoted, true, offer.Price.Likely, offer.ReadyOn, tx.Today().AddDays(validDays)
		}
		if err := insertOrder(tx, o); err != nil {
			return err
		}
		if err := insertStep(tx, Step{OrderID: o.ID, State: Requested, At: tx.Now(), PersonID: by.ID, Side: Requester}); err != nil {
			return err
		}
		if o.Automatic {
			if err := insertStep(tx, Step{OrderID: o.ID, State: Quoted, At: tx.Now(), Side: Maker}); err != nil {
				return err
			}
		}
		if err := s.tell(tx, by, o, Maker); err != nil {
			return err
		}
		return record(tx, by, "making.request", o, map[string]any{"machine": o.Machine})
	})
	if err != nil {
		return o, fmt.Errorf("request part %s: %w", o.PartID, err)
	}
	return o, nil
}

// validDays is how long an automatic quote holds.
const validDays = 15

func requesterName(tx db.Tx, p additive.Part) (string, error) {
	if p.OrganisationID != "" {
		o, err := account.GetOrganisation(tx, p.OrganisationID)
		return o.Label(), err
	}
	names, err := account.NamesOf(tx, []account.PersonID{p.PersonID})
	return names[p.PersonID], err
}

// tell lets a side know where the order stands: who asked, or the people of the maker.
func (s *Service) tell(tx db.Tx, by account.Actor, o Order, side Side) error {
	if s.talk == nil {
		return nil
	}
	people := []account.PersonID{o.PersonID}
	if side == Maker {
		list, err := account.PeopleAround(tx, "", []account.OrganisationID{o.MakerID})
		if err != nil {
			return err
		}
		people = people[:0]
		for _, p := range list {
			people = append(people, p.ID)
		}
	}
	name := o.Code()
	if side == Requester {
		name = o.Ref() // who asks may have orders of one number at two makers
	}
	sub := talk.Subject{Ref: talk.Ref{Kind: "order", ID: string(o.ID)}, Title: name + " " + o.Title, URL: o.URL()}
	for _, id := range people {
		if err := s.talk.TellIn(tx, by, id, talk.ByOrder, sub, ""); err != nil {
			return err
		}
	}
	return nil
}

// noOffer is what a machine is that makes none: hidden, too small, without the material.
func noOffer() error { return fault.New(fault.NotFound, "making.wrong.no_offer") }
