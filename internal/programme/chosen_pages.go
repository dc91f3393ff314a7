package programme

import (
	"net/http"
	"net/url"
	"strconv"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/web"
)

// chosenPage does one thing to the sheets that were ticked in a list.
func (s *Service) chosenPage(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	by, back := account.ActorOf(r), web.LocalPath(form.Text("next"), "/actions")
	var ids []ActionID
	for _, id := range form.All("id") {
		ids = append(ids, ActionID(id))
	}
	switch form.Text("do") {
	case "remove":
		done, err := s.RemoveActions(r.Context(), by, ids)
		if err != nil {
			return err
		}
		if len(done) == 0 {
			return fault.New(fault.Forbidden, "programme.forbidden.remove_action")
		}
		q := url.Values{"next": {back}}
		for _, id := range done {
			q.Add("id", string(id))
		}
		return web.SeeOtherUndo(w, r, back, "/actions/chosen/restore?"+q.Encode(), "programme.chosen.removed", "count", len(done), "left", len(ids)-len(done))
	case "outlook", "priority":
		c := Change{}
		if form.Text("do") == "outlook" {
			c.Outlook = Outlook(form.Text("outlook"))
		} else {
			c.Priority = Priority(form.Text("priority"))
		}
		done, err := s.ChangeActions(r.Context(), by, ids, c)
		if err != nil {
			return err
		}
		if len(done) == 0 {
			return fault.New(fault.Forbidden, "programme.forbidden.edit_action")
		}
		return web.SeeOther(w, r, back, "programme.chosen.changed", "count", len(done), "left", len(ids)-len(done))
	}
	return fault.New(fault.Invalid, "fault.choice")
}

// restoreChosenPage brings back what was just removed. It reads its sheets from the address, for the
// button of a toast.
func (s *Service) restoreChosenPage(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	var ids []ActionID
	for _, id := range q["id"] {
		ids = append(ids, ActionID(id))
	}
	done, err := s.RestoreActions(r.Context(), account.ActorOf(r), ids)
	if err != nil {
		return err
	}
	if len(done) == 0 {
		return fault.New(fault.Forbidden, "programme.forbidden.remove_action")
	}
	return web.SeeOther(w, r, web.LocalPath(q.Get("next"), "/actions"), "programme.chosen.restored", "count", len(done))
}

// moveView is why a card could not be moved.
type moveView struct {
	Action Action
	To     Status
	Back   string
	Text   string
	Faults []movedFault
}

type movedFault struct{ Label, URL string }

// moveCardPage moves an action to another lane of the board; what stands in its way is told with
// the way to put it right.
func (s *Service) moveCardPage(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	v, by := web.ViewOf(r), account.ActorOf(r)
	x := moveView{To: Status(form.Text("to")), Back: web.LocalPath(form.Text("next"), "/actions?view=board")}
	id := ActionID(form.Text("id"))
	a, err := s.MoveAction(r.Context(), by, id, Status(form.Text("from")), x.To)
	if err == nil {
		return web.SeeOther(w, r, x.Back, "programme.board.moved", "reference", a.Reference, "status_key", x.To.Key())
	}
	f := fault.As(err)
	if f == nil || f.Kind != fault.Invalid && f.Kind != fault.Conflict {
		return err
	}
	if e := s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if _, err = accessTo(tx, by, id); err != nil {
			return err
		}
		x.Action, err = getAction(tx, id)
		return err
	}); e != nil {
		return e
	}
	x.Text = v.Fault(f)
	for _, field := range f.Fields {
		url := ActionURL(id) + "/edit/" + string(SectionCalendar) + "#" + anchor(field.Name)
		if field.Name == "blockers" {
			url = ActionURL(id) + "/follow"
		}
		x.Faults = append(x.Faults, movedFault{v.T("programme.board.fault", "field_key", "programme.field."+field.Name, "text", v.TArgs(field.Key, field.Args)), url})
	}
	return web.Render(w, r, web.Status(err), movedTemplate(v, x))
}

// printView is sheets in brief on paper.
type printView struct {
	Sheets []Sheet
	From   int // of the first sheet, from 0
	Left   int // sheets after these, in documents that follow
	briefs
}

// maxPrinted bounds a document; the sheets that are left follow in the next.
const maxPrinted = 60

// next is the address of the document that follows; "" after the last.
func (x printView) next(v *web.View) string {
	if x.Left <= 0 {
		return ""
	}
	return v.With("from", strconv.Itoa(x.From+maxPrinted))
}

func (s *Service) printActionsPage(w http.ResponseWriter, r *http.Request) error {
	v, by := web.ViewOf(r), account.ActorOf(r)
	watched(v.Query)
	f := filterOf(v.Query)
	f.ContractID = ContractID(v.Query.Get("contract"))
	var x printView
	x.From, _ = strconv.Atoi(v.Query.Get("from"))
	x.From = min(max(0, x.From), 1_000_000)
	err := s.db.View(r.Context(), func(tx db.Tx) error {
		rows, counts, err := listPage(tx, by, f, func(int64) (int, int) { return x.From, maxPrinted })
		if err != nil {
			return err
		}
		x.Left = int(counts.All) - x.From - len(rows)
		x.Sheets, x.briefs, err = readBriefs(tx, by, idsOf(rows))
		return err
	})
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, printActionsTemplate(v, x))
}
