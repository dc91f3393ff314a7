package account

import (
	"context"

	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/web"
	"bassin/internal/when"
)

// change is what somebody else saved while a form was being filled.
type change struct {
	Who    string
	At     when.Time
	Fields []difference
}

// difference is a field that the two see differently.
type difference struct{ Label, Theirs, Yours string }

// changeOf compares a form that was refused because somebody saved first with what is stored
// now, and gives the form the version it must carry to overwrite that knowingly. It gives nil
// for any other fault.
func (s *Service) changeOf(ctx context.Context, v *web.View, err error, mine *web.Form, fields []web.Field, theirs *web.Form, kind, id string) (*change, error) {
	if f := fault.As(err); f == nil || f.Key != "fault.stale" {
		return nil, nil
	}
	c := &change{}
	for _, x := range fields {
		a, b := shown(x, theirs.Text(x.Name)), shown(x, mine.Text(x.Name))
		if a != b {
			c.Fields = append(c.Fields, difference{x.Label, a, b})
		}
	}
	mine.Values.Set("version", theirs.Text("version"))
	return c, s.db.View(ctx, func(tx db.Tx) error {
		list, err := History(tx, kind, id, 0, 1)
		if err == nil && len(list) > 0 {
			c.Who, c.At = list[0].ActorName, list[0].At
		}
		return err
	})
}

// shown is a value as the form says it: the label of a choice.
func shown(x web.Field, value string) string {
	for _, c := range x.Choices {
		if c.Value == value {
			return c.Label
		}
	}
	return value
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}
