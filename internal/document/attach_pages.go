package document

import (
	"context"
	"io"
	"net/http"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/plan"
	"bassin/internal/project"
	"bassin/internal/web"

	"github.com/a-h/templ"
)

func (s *Service) attachPages(m *web.Mux) {
	if s.opts.Plan == nil {
		return
	}
	m.Page("POST /projects/{project}/plan/tasks/{task}/documents", s.attachPage)
	m.Page("POST /projects/{project}/plan/tasks/{task}/uploads", s.attachNewPage)
	m.Page("POST /projects/{project}/plan/tasks/{task}/documents/{document}/remove", s.detachPage)
}

// attachView are the documents of a task, and those it could have too.
type attachView struct {
	Task    plan.Task
	List    []located
	Offered []located // to be attached: those like what was asked for, else those changed last
	More    bool
	Folders []web.Choice
	Forms   web.Forms
	May     bool
}

// TaskPanel is the section of a task's page on its documents.
func (s *Service) TaskPanel(ctx context.Context, v *web.View, f project.Frame, t plan.Task, forms web.Forms) (templ.Component, error) {
	x := attachView{Task: t, Forms: forms, May: f.MayNow(project.Contribute) && t.RemovedAt == 0}
	err := s.db.View(ctx, func(tx db.Tx) (err error) {
		if x.List, err = attached(tx, t); err != nil || !x.May {
			return err
		}
		folders, err := listFolders(tx, f.ID)
		if err != nil {
			return err
		}
		ways := waysOf(folders)
		x.Folders = []web.Choice{{Value: rootName, Label: v.T("document.root")}}
		for _, e := range locate(folders, ways) {
			x.Folders = append(x.Folders, web.Choice{Value: string(e.ID), Label: e.label()})
		}
		x.Offered, x.More, err = offeredTo(tx, f.ID, ways, x.List, x.words())
		return err
	})
	if err != nil || len(x.List) == 0 && !x.May {
		return nil, err
	}
	return taskPanel(v, x), nil
}

// words are those that a form asked for that came back.
func (x attachView) words() string { return x.Forms.Get("attach").Text("attach.words") }

// offeredTitle says which documents are offered.
func (x attachView) offeredTitle(v *web.View) string {
	if words := x.words(); words != "" {
		return v.T("document.attach.found", "words", words)
	}
	return v.T("document.attach.latest")
}

// choices are the documents offered.
func (x attachView) choices() []web.Choice {
	out := make([]web.Choice, len(x.Offered))
	for i, e := range x.Offered {
		out[i] = web.Choice{Value: string(e.ID), Label: e.label()}
	}
	return out
}

// offeredTo are the documents that a task could have too.
func offeredTo(tx db.Tx, id project.ID, ways map[EntryID]string, have []located, words string) ([]located, bool, error) {
	most := len(have) + choicesShown + 1
	if words != "" {
		most = maxEntries
	}
	list, err := listLatest(tx, id, most)
	if err != nil {
		return nil, false, err
	}
	out, more := offer(locate(list, ways), have, words)
	return out, more, nil
}

// meant gives the document that a person means: the one chosen of those offered, else the only one like
// the words. Words that were changed since count more than what was chosen before.
func (s *Service) meant(ctx context.Context, by account.Actor, t plan.Task, f *web.Form) (EntryID, error) {
	words, chosen := f.Text("attach.words"), EntryID(f.Text("attach.document"))
	if chosen != "" && words == f.Text("attach.asked") {
		return chosen, nil
	}
	f.Values.Del("attach.document")
	var wrong fault.Fields
	if words == "" {
		wrong.Add("words", "document.wrong.attach_nothing")
		return "", wrong.Err()
	}
	var list []located
	err := s.db.View(ctx, func(tx db.Tx) error {
		if _, err := plan.Get(tx, by, t.ProjectID, t.ID); err != nil {
			return err
		}
		folders, err := listFolders(tx, t.ProjectID)
		if err != nil {
			return err
		}
		have, err := attached(tx, t)
		if err != nil {
			return err
		}
		list, _, err = offeredTo(tx, t.ProjectID, waysOf(folders), have, words)
		return err
	})
	switch {
	case err != nil:
		return "", err
	case len(list) == 0:
		wrong.Add("words", "document.wrong.attach_none")
	case len(list) > 1:
		wrong.Add("document", "document.wrong.attach_several")
	default:
		return list[0].ID, nil
	}
	return "", wrong.Err()
}

func taskOf(r *http.Request) plan.Task {
	return plan.Task{ID: plan.TaskID(r.PathValue("task")), ProjectID: project.ID(r.PathValue("project"))}
}

func (s *Service) attachPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	t := taskOf(r)
	return f.Submit(w, r, web.Small{Name: "attach", Page: s.opts.Plan.ShowTask, To: t.URL() + "#documents", Toast: "document.attach.done", Do: func() error {
		by := account.ActorOf(r)
		id, err := s.meant(r.Context(), by, t, f)
		if err != nil {
			return err
		}
		return s.Attach(r.Context(), by, t.ProjectID, t.ID, id)
	}})
}

// attachNewPage adds files to a folder, chosen above them, and lets them belong to the task.
func (s *Service) attachNewPage(w http.ResponseWriter, r *http.Request) error {
	t, by := taskOf(r), account.ActorOf(r)
	err := s.attachments(r.Context(), by, t.ProjectID, t.ID, func(db.Tx, account.Actor, plan.Task) error { return nil })
	if err != nil {
		return err
	}
	f := web.NewForm(r.URL.Query().Get(web.OnceParam))
	err = s.eachFile(w, r, f, "upload.files", func(name string, content io.Reader, note string) error {
		folder := EntryID(f.Text("upload.folder"))
		if folder == rootName {
			folder = ""
		}
		_, err := s.AttachNew(r.Context(), by, t.ID, Upload{ProjectID: t.ProjectID, FolderID: folder, Name: name, Note: note}, content)
		return err
	})
	if err == nil {
		err = f.Err()
	}
	if err == nil {
		return web.SeeOther(w, r, t.URL()+"#documents", "document.attach.done")
	}
	if !f.Fail(web.ViewOf(r), err) {
		return err
	}
	return s.opts.Plan.ShowTask(w, r, web.Status(err), web.Forms{"upload": f})
}

func (s *Service) detachPage(w http.ResponseWriter, r *http.Request) error {
	t := taskOf(r)
	if err := s.Detach(r.Context(), account.ActorOf(r), t.ProjectID, t.ID, EntryID(r.PathValue("document"))); err != nil {
		return err
	}
	return web.SeeOther(w, r, t.URL()+"#documents", "document.attach.removed")
}
