package programme

import (
	"net/http"
	"strconv"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/web"
	"bassin/internal/when"
)

// fact is a field of something as people read it.
type fact struct{ Label, Text string }

// clash is what two people made of the same thing.
type clash = web.Clash

// newClash sets the two versions beside each other by label: what is only in one is empty in the
// other.
func newClash(who string, at when.Time, theirs, mine []fact) *clash {
	c := &clash{Who: who, At: at}
	at0 := map[string]int{}
	for _, x := range theirs {
		at0[x.Label] = len(c.Rows)
		c.Rows = append(c.Rows, web.ClashRow{Label: x.Label, Theirs: x.Text})
	}
	for _, x := range mine {
		i, both := at0[x.Label]
		if !both {
			i = len(c.Rows)
			c.Rows = append(c.Rows, web.ClashRow{Label: x.Label})
		}
		c.Rows[i].Mine = x.Text
	}
	return c
}

// clashOf is newClash for something whose last change is in the sheet's history: the entry written
// in the transaction that changed it says who.
func (s *Service) clashOf(r *http.Request, id ActionID, changed when.Time, theirs, mine []fact) (*clash, error) {
	who := ""
	err := s.db.View(r.Context(), func(tx db.Tx) error {
		entries, err := account.History(tx, "action", string(id), 0, 50)
		for _, e := range entries {
			if e.At == changed {
				who = e.ActorName
			}
		}
		return err
	})
	return newClash(who, changed, theirs, mine), err
}

func number(n int64) string { return strconv.FormatInt(n, 10) }

// formHead is the header of a form about a sheet.
func (x sheetView) formHead(v *web.View, title, what string) web.Head {
	return web.Head{Title: title, Browser: x.Action.Reference + " " + title, Crumbs: x.crumbs(web.Crumb{Label: title}), Facts: x.formFacts(what)}
}
