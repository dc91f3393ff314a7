package meeting

import (
	"net/http"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/project"
	"bassin/internal/web"
)

// partPages are the forms on the page of a meeting.
func (s *Service) partPages(m *web.Mux) {
	m.Page("POST /projects/{project}/meetings/{meeting}/participants", s.addParticipantPage)
	m.Page("POST /projects/{project}/meetings/{meeting}/presence", s.presencePage)
	m.Page("POST /projects/{project}/meetings/{meeting}/participants/{participant}/remove", s.removeParticipantPage)
	m.Page("POST /projects/{project}/meetings/{meeting}/items", s.addItemPage)
	m.Page("POST /projects/{project}/meetings/{meeting}/items/{item}", s.saveItemPage)
	m.Page("POST /projects/{project}/meetings/{meeting}/items/{item}/minutes", s.writePage)
	m.Page("POST /projects/{project}/meetings/{meeting}/items/{item}/move", s.moveItemPage)
	m.Page("POST /projects/{project}/meetings/{meeting}/items/{item}/remove", s.removeItemPage)
	m.Page("POST /projects/{project}/meetings/{meeting}/decisions", s.decidePage)
	m.Page("POST /projects/{project}/meetings/{meeting}/actions", s.agreePage)
}

func (s *Service) addParticipantPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	in, id, url := ids(r)
	name := f.Choose("form", "person", "guest")
	p := Participant{PersonID: account.PersonID(f.Text("person.person_id"))}
	if name == "guest" {
		p = Participant{Email: f.Text("guest.email"), Name: f.Text("guest.name")}
	}
	return f.Submit(w, r, web.Small{Name: name, Page: s.showMeeting, To: url + "#participants", Toast: "meeting.participant.added", Do: func() error {
		_, err := s.Add(r.Context(), account.ActorOf(r), in, id, p)
		return err
	}})
}

func (s *Service) presencePage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	in, id, url := ids(r)
	who := map[ParticipantID]Presence{}
	for name, values := range f.Values {
		if len(name) > 9 && name[:9] == "presence." && len(values) > 0 {
			who[ParticipantID(name[9:])] = Presence(values[0])
		}
	}
	return f.Submit(w, r, web.Small{Name: "presence", Page: s.showMeeting, To: url + "#participants", Toast: "meeting.presence.saved", Do: func() error {
		return s.NotePresence(r.Context(), account.ActorOf(r), in, id, who)
	}})
}

func (s *Service) removeParticipantPage(w http.ResponseWriter, r *http.Request) error {
	in, id, url := ids(r)
	if err := s.Leave(r.Context(), account.ActorOf(r), in, id, ParticipantID(r.PathValue("participant"))); err != nil {
		return err
	}
	return web.SeeOther(w, r, url+"#participants", "meeting.participant.removed")
}

func readItem(f *web.Form, name string) Item {
	return Item{Title: f.Text(name + ".title"), Speaker: f.Text(name + ".speaker"), Minutes: f.Int(name+".minutes", 1, maxDay)}
}

func (s *Service) addItemPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	in, id, url := ids(r)
	i := readItem(f, "item")
	return f.Submit(w, r, web.Small{Name: "item", Page: s.showMeeting, To: url + "#agenda", Do: func() error {
		_, err := s.AddItem(r.Context(), account.ActorOf(r), in, id, i)
		return err
	}})
}

func (s *Service) saveItemPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	in, id, url := ids(r)
	name := "item-" + r.PathValue("item")
	i := readItem(f, name)
	i.ID, i.Version = ItemID(r.PathValue("item")), f.SeenIn(name+".version")
	return f.Submit(w, r, web.Small{Name: name, Page: s.showMeeting, To: url + "#" + name, Toast: "meeting.item.saved", Do: func() error {
		_, err := s.SaveItem(r.Context(), account.ActorOf(r), in, id, i)
		return err
	}})
}

// savedView is what stands below the minutes of an item: when they were saved, or whose text stands
// in the way.
type savedView struct {
	Meeting Meeting
	Item    Item // as it stands
	Seen    int64
	Stale   bool
	Trouble string
}

// writePage keeps the minutes of an item: as they are typed (the script asks for the line below the
// field alone), or by the button.
func (s *Service) writePage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	in, id, url := ids(r)
	name := "write-" + r.PathValue("item")
	i := Item{ID: ItemID(r.PathValue("item")), Text: f.Values.Get(name + ".text"), Version: f.SeenIn(name + ".version")}
	if over := f.SeenIn("over"); over > 0 { // what the other wrote was seen, and is replaced
		i.Version = over
	}
	do := func() error {
		_, err := s.Write(r.Context(), account.ActorOf(r), in, id, i)
		return err
	}
	if r.Header.Get("HX-Request") == "" {
		return f.Submit(w, r, web.Small{Name: name, Page: s.showMeeting, To: url + "#item-" + string(i.ID), Toast: "meeting.item.written", Do: do})
	}
	err = do()
	if err != nil && !f.Fail(web.ViewOf(r), err) {
		return err
	}
	x := savedView{Seen: i.Version, Stale: fault.Stale(err), Trouble: f.Top}
	if e := s.db.View(r.Context(), func(tx db.Tx) (e error) {
		if _, x.Meeting, e = Enter(tx, account.ActorOf(r), in, id); e == nil {
			x.Item, e = getItem(tx, id, i.ID)
		}
		return e
	}); e != nil {
		return e
	}
	if err == nil {
		x.Seen = x.Item.Version
	}
	status := http.StatusOK
	if err != nil {
		status = web.Status(err)
	}
	return web.Render(w, r, status, savedLine(web.ViewOf(r), x))
}

func (s *Service) moveItemPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	in, id, url := ids(r)
	if err := s.MoveItem(r.Context(), account.ActorOf(r), in, id, ItemID(r.PathValue("item")), f.Text("to") == "up"); err != nil {
		return err
	}
	return web.SeeOther(w, r, url+"#item-"+r.PathValue("item"), "")
}

func (s *Service) removeItemPage(w http.ResponseWriter, r *http.Request) error {
	in, id, url := ids(r)
	if err := s.RemoveItem(r.Context(), account.ActorOf(r), in, id, ItemID(r.PathValue("item"))); err != nil {
		return err
	}
	return web.SeeOther(w, r, url+"#agenda", "meeting.item.removed")
}

func (s *Service) decidePage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadLongForm(w, r)
	if err != nil {
		return err
	}
	in, id, url := ids(r)
	d := project.Decision{Title: f.Text("decision.title"), Outcome: project.Outcome(f.Text("decision.outcome")), Reason: f.Text("decision.reason"),
		Deciders: f.Text("decision.deciders"), Conditions: f.Text("decision.conditions")}
	return f.Submit(w, r, web.Small{Name: "decision", Page: s.showMeeting, To: url + "#decisions", Toast: "project.decision.recorded", Do: func() error {
		_, err := s.Decide(r.Context(), account.ActorOf(r), in, id, d)
		return err
	}})
}

func (s *Service) agreePage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	in, id, url := ids(r)
	x := Task{Title: f.Text("task.title"), PersonID: account.PersonID(f.Text("task.person_id")), Deadline: f.Date("task.deadline")}
	return f.Submit(w, r, web.Small{Name: "task", Page: s.showMeeting, To: url + "#actions", Toast: "meeting.action.agreed", Do: func() error {
		_, err := s.Agree(r.Context(), account.ActorOf(r), in, id, x)
		return err
	}})
}
