package document

import (
	"context"
	"io"
	"net/http"
	"slices"

	"bassin/internal/account"
	"bassin/internal/db"
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
	List    []Place
	Choices []web.Choice
	Folders []web.Choice
	Forms   web.Forms
	May     bool
}

const choicesShown = 100

// TaskPanel is the section of a task's page on its documents.
func (s *Service) TaskPanel(ctx context.Context, v *web.View, f project.Frame, t plan.Task, forms web.Forms) (templ.Component, error) {
	x := attachView{Task: t, Forms: forms, May: f.MayNow(project.Contribute) && t.RemovedAt == 0}
	err := s.db.View(ctx, func(tx db.Tx) (err error) {
		if x.List, err = attached(tx, f.By, t); err != nil || !x.May {
			return err
		}
		x.Choices, x.Folders, err = choicesFor(tx, v, f.ID, x.List)
		return err
	})
	if err != nil || len(x.List) == 0 && !x.May {
		return nil, err
	}
	return taskPanel(v, x), nil
}

// choicesFor are the documents that a task could have too, those changed last first, and the folders
// into which one can be added.
func choicesFor(tx db.Tx, v *web.View, id project.ID, have []Place) (documents, folders []web.Choice, err error) {
	list, err := listLatest(tx, id, choicesShown)
	if err != nil {
		return nil, nil, err
	}
	all, err := listFolders(tx, id)
	if err != nil {
		return nil, nil, err
	}
	ways := waysOf(all)
	for _, e := range list {
		way, seen := ways[e.FolderID]
		if seen && !slices.ContainsFunc(have, func(p Place) bool { return p.Entry.ID == e.ID }) {
			documents = append(documents, web.Choice{Value: string(e.ID), Label: way + e.Name})
		}
	}
	folders = []web.Choice{{Value: rootName, Label: v.T("document.root")}}
	for _, e := range all {
		if way, seen := ways[e.FolderID]; seen {
			folders = append(folders, web.Choice{Value: string(e.ID), Label: way + e.Name})
		}
	}
	return documents, folders, nil
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
		return s.Attach(r.Context(), account.ActorOf(r), t.ProjectID, t.ID, EntryID(f.Text("attach.document")))
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
