package plan

import (
	"testing"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/fault"
	"bassin/internal/project"
	"bassin/internal/talk"
)

// TestTalkOfATask: what is said on a task reaches those who have it and are still of the project; who
// may not see the task hears and says nothing; a task off the plan is read and no more.
func TestTalkOfATask(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		talks := talk.New(talk.Options{DB: w.d, Account: w.accounts})
		w.s.talk = talks
		talks.Subjects["task"] = w.s.Subject
		worker, left, stranger := w.invited(t, "atelier", account.ProjectMember), w.person(t, "partie"), w.person(t, "dehors")
		leaves, err := w.projects.Invite(t.Context(), w.manager, w.p.ID, project.Invitation{Email: "partie@exemple.fr", Role: account.ProjectMember})
		must(t, err)
		task, err := w.s.CreateTask(t.Context(), w.manager, Draft{Task: Task{ProjectID: w.p.ID, Title: "Usiner la bride", Work: 420}, People: []account.PersonID{worker.ID, left.ID}})
		must(t, err)
		must(t, w.projects.Exclude(t.Context(), w.manager, w.p.ID, leaves.ID))
		ref := talk.Ref{Kind: "task", ID: string(task.ID)}
		if _, err := talks.Say(t.Context(), w.manager, ref, "Le brut est arrivé."); err != nil {
			t.Fatal(err)
		}
		told := func(a account.Actor) (list []talk.Notice) {
			t.Helper()
			must(t, d.View(t.Context(), func(tx db.Tx) (err error) {
				list, err = talk.Notices(tx, a, "", 10)
				return err
			}))
			return list
		}
		got := told(worker)
		if len(got) != 2 || got[0].Reason != talk.ByComment || got[1].Reason != talk.ByTask || got[0].Title != w.p.Code+"-1 Usiner la bride" || got[0].URL != task.URL() {
			t.Errorf("told that the task is theirs, then of what is said there: %+v", got)
		}
		if got := told(left); len(got) != 1 || got[0].Reason != talk.ByTask {
			t.Errorf("who left after the task was theirs: %+v", got)
		}
		if n := len(told(stranger)) + len(told(w.manager)); n != 0 {
			t.Error("told too many:", n)
		}
		helper := w.invited(t, "renfort", account.ProjectMember)
		for range 2 { // the second time it is theirs already
			_, err := w.s.SaveTask(t.Context(), w.manager, Draft{Task: w.read(t, task), People: []account.PersonID{worker.ID, helper.ID}})
			must(t, err)
		}
		if got := told(helper); len(got) != 1 || got[0].Reason != talk.ByTask || len(told(worker)) != 2 {
			t.Errorf("given to one more: %+v", got)
		}
		if _, err := talks.Say(t.Context(), stranger, ref, "Bonjour"); !fault.Is(err, fault.NotFound) {
			t.Error(err)
		}
		_, err = w.s.RemoveTask(t.Context(), w.manager, w.p.ID, task.ID)
		must(t, err)
		if _, err := talks.Say(t.Context(), worker, ref, "Trop tard"); !fault.Is(err, fault.Forbidden) {
			t.Error(err)
		}
		must(t, d.View(t.Context(), func(tx db.Tx) error {
			x, err := talks.Read(tx, worker, ref, false)
			if len(x.Comments) != 1 {
				t.Errorf("%+v", x)
			}
			return err
		}))
	})
}
