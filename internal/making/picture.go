package making

import (
	"bassin/internal/account"
	"bassin/internal/additive"
	"bassin/internal/db"
)

// orderRow is an order of a list, with the picture of its part for who may see it.
type orderRow struct {
	Order
	Picture string // its address; "": none, or not to be seen
}

// orderRowsOf gives a page of the orders that somebody sees.
func orderRowsOf(tx db.Tx, by account.Actor, f Filter, offset int) ([]orderRow, error) {
	list, err := listOrders(tx, f.where(by), listSize, offset)
	if err != nil {
		return nil, err
	}
	var parts []additive.PartID
	for _, o := range list {
		if o.MaySee(by, Picture) {
			parts = append(parts, o.PartID)
		}
	}
	pictured, err := additive.Pictured(tx, parts)
	if err != nil {
		return nil, err
	}
	type revision struct {
		part   additive.PartID
		number int
	}
	has := map[revision]bool{}
	for _, r := range pictured {
		has[revision{r.PartID, r.Number}] = true
	}
	rows := make([]orderRow, len(list))
	for i, o := range list {
		rows[i].Order = o
		if o.MaySee(by, Picture) && has[revision{o.PartID, o.Revision}] {
			rows[i].Picture = o.pictureURL()
		}
	}
	return rows, nil
}

// picture is the address of the picture for whoever looks; "" when there is none for them.
func (x orderView) picture() string {
	if x.Sees(Picture) && x.Stored && x.Revision.PictureHash != "" {
		return x.pictureURL()
	}
	return ""
}
