package document

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/file"
	"bassin/internal/project"
	"bassin/internal/web"

	"github.com/a-h/templ"
)

// Pages registers the feature's pages and the WebDAV share.
func (s *Service) Pages(m *web.Mux) {
	m.Raw("/dav/", http.HandlerFunc(s.davHandler))
	m.Page("GET /shared", s.sharedPage)
	m.Page("GET /projects/{project}/documents", s.rootPage)
	m.Page("GET /projects/{project}/removed-documents", s.removedPage)
	m.Page("GET /projects/{project}/folders/{entry}", s.folderPage)
	m.Page("GET /projects/{project}/folders/{entry}/zip", s.bundlePage)
	m.Page("POST /projects/{project}/folders/{entry}/folders", s.createFolderPage)
	m.Page("POST /projects/{project}/folders/{entry}/documents", s.uploadPage)
	m.Page("POST /projects/{project}/folders/{entry}/guests", s.inviteGuestPage)
	m.Page("POST /projects/{project}/folders/{entry}/guests/{grant}/exclude", s.excludeGuestPage)
	m.Page("POST /projects/{project}/entries/{entry}/rename", s.renamePage)
	m.Page("POST /projects/{project}/entries/{entry}/move", s.movePage)
	m.Page("POST /projects/{project}/entries/{entry}/remove", s.removePage)
	m.Page("POST /projects/{project}/entries/{entry}/restore", s.restorePage)
	m.Page("POST /projects/{project}/entries/{entry}/lock", s.lockPage)
	m.Page("POST /projects/{project}/entries/{entry}/unlock", s.unlockPage)
	s.documentPages(m)
	s.attachPages(m)
	s.uploadPages(m)
}

// rootName stands for the project's own folder in addresses.
const rootName = "root"

func entryOf(r *http.Request) (project.ID, EntryID) {
	id := EntryID(r.PathValue("entry"))
	if id == rootName {
		id = ""
	}
	return project.ID(r.PathValue("project")), id
}

// folderURL is the page of a folder.
func folderURL(p project.ID, id EntryID) string {
	if id == "" {
		return p.URL() + "/documents"
	}
	return p.URL() + "/folders/" + string(id)
}

// idIn is a folder's name in addresses of forms.
func idIn(id EntryID) string {
	if id == "" {
		return rootName
	}
	return string(id)
}

// frame is what every page of documents shows around its content.
type frame struct {
	Place
	project.Frame
	Forms web.Forms
}

// enterPage reads the place of a page and notes the visit, of guests too.
func (s *Service) enterPage(r *http.Request, forms web.Forms) (frame, error) {
	id, entry := entryOf(r)
	by := account.ActorOf(r)
	f := frame{Forms: forms}
	err := s.db.View(r.Context(), func(tx db.Tx) (err error) {
		f.Place, err = enter(tx, by, id, entry)
		return err
	})
	if err != nil {
		return f, err
	}
	f.Frame = s.opts.Project.Frame(f.Project, "documents")
	if err := s.opts.Project.Visit(r.Context(), by, id); err != nil {
		s.log.Warn("note a visit", "project", string(id), "error", err.Error())
	}
	return f, nil
}

// head is the header of a page: below the project's tab for its people; for a guest the way begins
// at the folder, and nothing of the project is told.
func (f frame) head(v *web.View, actions ...templ.Component) web.Head {
	if f.Place.Root() {
		return f.Frame.Head(v, actions...)
	}
	var crumbs []web.Crumb
	for _, e := range f.Chain[:len(f.Chain)-1] {
		crumbs = append(crumbs, web.Crumb{Label: e.Name, URL: e.URL()})
	}
	name := f.Place.Entry.Name
	if f.Guest {
		h := web.Head{Title: name, Actions: actions, Crumbs: append([]web.Crumb{{Label: v.T("document.shared.title"), URL: "/shared"}}, crumbs...)}
		h.Crumbs = append(h.Crumbs, web.Crumb{Label: name})
		h.Facts = []templ.Component{web.Text(v.T("document.shared.by", "owner", f.Place.Project.OwnerName))}
		return h
	}
	h := f.Below(v, name, crumbs...)
	h.Actions = actions
	return h
}

// row is an entry of a list with what is worth knowing at once.
type row struct {
	Entry
	Approved bool
	Locks    []Lock
}

// folderView is a folder.
type folderView struct {
	frame
	Rows    []row
	Total   int
	Pager   web.Pager
	Folders []web.Choice
	Guests  []Guest
	Locks   []Lock
	Share   string // WebDAV
	Stored  bool
	Uploads []Resumable // the person's own that are not whole
}

const pageSize = 200

func (s *Service) rootPage(w http.ResponseWriter, r *http.Request) error {
	return s.showFolder(w, r, http.StatusOK, nil)
}

func (s *Service) folderPage(w http.ResponseWriter, r *http.Request) error {
	return s.showFolder(w, r, http.StatusOK, nil)
}

func (s *Service) showFolder(w http.ResponseWriter, r *http.Request, status int, forms web.Forms) error {
	v := web.ViewOf(r)
	f, err := s.enterPage(r, forms)
	if err == nil && !f.Place.Entry.Is(Folder) {
		err = fault.New(fault.NotFound, "fault.not_found")
	}
	if err != nil {
		return err
	}
	x := folderView{frame: f, Stored: s.opts.Files != nil, Share: s.opts.URL + s.sharePath(f.Place)}
	err = s.db.View(r.Context(), func(tx db.Tx) error { return s.readFolder(tx, v, &x) })
	if err != nil {
		return err
	}
	return web.Render(w, r, status, folderTemplate(v, x))
}

// sharePath is the address of the WebDAV share of a place.
func (s *Service) sharePath(p Place) string {
	if p.Guest {
		return davPath{Folder: true, ID: string(p.Chain[0].ID)}.href(namesBelow(p.Chain[1:]), true)
	}
	return davPath{ID: string(p.Entry.ProjectID)}.href(namesBelow(p.Chain), true)
}

func namesBelow(chain []Entry) []string {
	var out []string
	for _, e := range chain {
		out = append(out, e.Name)
	}
	return out
}

func (s *Service) readFolder(tx db.Tx, v *web.View, x *folderView) error {
	e := x.Place.Entry
	list, err := listEntries(tx, e.ProjectID, e.ID, false)
	if err != nil {
		return err
	}
	approvals, err := listApprovalsIn(tx, e.ProjectID, e.ID)
	if err != nil {
		return err
	}
	locks, err := listLocks(tx, e.ProjectID)
	if err != nil {
		return err
	}
	x.Total, x.Pager = len(list), web.PagerOf(v, pageSize, len(list))
	x.Locks = covering(locks, x.ids())
	from := x.Pager.Offset()
	for _, e := range list[from:min(from+pageSize, len(list))] {
		r := row{Entry: e, Approved: e.Number > 0 && ApprovedNow(e, approvals)}
		if len(locks) > 0 {
			r.Locks = covering(locks, x.child(e).ids())
		}
		x.Rows = append(x.Rows, r)
	}
	if x.Stored && x.MayNow(project.Contribute) {
		if x.Uploads, err = listUploads(tx, e.ProjectID, e.ID, x.Place.Project.By.ID); err != nil {
			return err
		}
	}
	if !x.Place.Root() && x.MayChange() {
		if x.Folders, err = s.targets(tx, v, x.Place); err != nil {
			return err
		}
	}
	if !x.Place.Root() && x.Place.May(project.Manage) {
		x.Guests, err = guestsOf(tx, e.ProjectID, []Entry{e})
	}
	return err
}

// targets are the folders that an entry can be moved into, each with its path.
func (s *Service) targets(tx db.Tx, v *web.View, p Place) ([]web.Choice, error) {
	all, err := listFolders(tx, p.Entry.ProjectID)
	if err != nil {
		return nil, err
	}
	by := map[EntryID]Entry{}
	for _, e := range all {
		by[e.ID] = e
	}
	var out []web.Choice
	if !p.Guest {
		out = append(out, web.Choice{Value: rootName, Label: v.T("document.root")})
	}
	for _, e := range all {
		path, inside, whole := e.Name, p.Guest && e.ID == p.Chain[0].ID, e.ID != p.Entry.ID
		at := e
		for at.FolderID != "" && whole {
			up, ok := by[at.FolderID]
			if whole = ok && up.ID != p.Entry.ID; whole {
				path, at = up.Name+" / "+path, up
				inside = inside || p.Guest && up.ID == p.Chain[0].ID
			}
		}
		if whole && (!p.Guest || inside) {
			out = append(out, web.Choice{Value: string(e.ID), Label: path})
		}
	}
	slices.SortFunc(out, func(a, b web.Choice) int {
		if a.Value == rootName || b.Value == rootName {
			return map[bool]int{true: -1, false: 1}[a.Value == rootName]
		}
		return strings.Compare(keyOf(a.Label), keyOf(b.Label))
	})
	return out, nil
}

func (s *Service) createFolderPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	id, in := entryOf(r)
	return f.Submit(w, r, web.Small{Name: "folder", Page: s.showFolder, To: folderURL(id, in), Toast: "document.done.folder", Args: []any{"name", f.Text("folder.name")}, Do: func() error {
		_, err := s.CreateFolder(r.Context(), account.ActorOf(r), id, in, f.Text("folder.name"))
		return err
	}})
}

// uploadPage takes several files from a plain form. What is refused is told by name; what was right
// is kept.
func (s *Service) uploadPage(w http.ResponseWriter, r *http.Request) error {
	id, in := entryOf(r)
	by := account.ActorOf(r)
	err := s.db.View(r.Context(), func(tx db.Tx) error {
		_, err := allow(tx, by, id, in, project.Contribute)
		return err
	})
	if err != nil {
		return err
	}
	f := web.NewForm(r.URL.Query().Get(web.OnceParam))
	done := 0
	err = s.eachFile(w, r, f, "upload.files", func(name string, content io.Reader, note string) error {
		_, err := s.Add(r.Context(), by, Upload{ProjectID: id, FolderID: in, Name: name, Note: note}, content)
		if err == nil {
			done++
		}
		return err
	})
	if err == nil {
		err = f.Err()
	}
	if err == nil {
		return web.SeeOther(w, r, folderURL(id, in), "document.done.added", "count", done)
	}
	if !f.Fail(web.ViewOf(r), err) {
		return err
	}
	return s.showFolder(w, r, web.Status(err), web.Forms{"upload": f})
}

// eachFile calls keep with every file of a form as it comes. Faults of one file are noted beside the
// field, with its name; others end it.
func (s *Service) eachFile(w http.ResponseWriter, r *http.Request, f *web.Form, field string, keep func(name string, content io.Reader, note string) error) error {
	v := web.ViewOf(r)
	r.Body = http.MaxBytesReader(w, r.Body, maxFileBytes+64<<20)
	parts, err := r.MultipartReader()
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "fault.form")
	}
	var refused []string
	n, note := 0, ""
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return file.Broken(err)
		}
		if name := part.FormName(); strings.HasSuffix(name, ".note") || strings.HasSuffix(name, ".folder") {
			b, err := io.ReadAll(io.LimitReader(part, 10_000))
			if err != nil {
				return file.Broken(err)
			}
			text := strings.TrimSpace(fault.Seen(strings.ToValidUTF8(string(b), "\ufffd")))
			if f.Values.Set(name, text); strings.HasSuffix(name, ".note") {
				note = text
			}
			continue
		}
		if part.FormName() != field || part.FileName() == "" {
			continue
		}
		if n++; n > maxUploadFiles {
			f.Wrong(field, "document.wrong.many_files", "max", maxUploadFiles)
			break
		}
		name := file.CleanName(part.FileName())
		err = keep(name, part, note)
		switch x := fault.As(err); {
		case x != nil && (x.Kind == fault.Invalid || x.Kind == fault.TooLarge || x.Kind == fault.Conflict):
			text := v.Fault(x)
			for _, wrong := range x.Fields {
				text = v.TArgs(wrong.Key, wrong.Args)
			}
			refused = append(refused, name+v.T("web.form.colon")+" "+text)
		case err != nil:
			return err
		}
	}
	if len(refused) > 0 {
		f.Wrong(field, "document.wrong.refused", "files", strings.Join(refused, " "))
	}
	if n == 0 {
		f.Wrong(field, "document.wrong.none_chosen")
	}
	return nil
}

// showEntry is the page of an entry of either kind.
func (s *Service) showEntry(w http.ResponseWriter, r *http.Request, status int, forms web.Forms) error {
	f, err := s.enterPage(r, forms)
	if err != nil {
		return err
	}
	if f.Place.Entry.Is(Folder) {
		return s.showFolder(w, r, status, forms)
	}
	return s.showDocument(w, r, status, forms)
}

func (s *Service) renamePage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	id, entry := entryOf(r)
	return s.after(w, r, f, "rename", "document.done.renamed", func() (Entry, error) {
		return s.Rename(r.Context(), account.ActorOf(r), id, entry, f.Text("rename.name"))
	})
}

func (s *Service) movePage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	id, entry := entryOf(r)
	to := EntryID(f.Text("move.folder"))
	if to == rootName {
		to = ""
	}
	return s.after(w, r, f, "move", "document.done.moved", func() (Entry, error) {
		return s.Move(r.Context(), account.ActorOf(r), id, entry, to)
	})
}

// after submits a small form of an entry's page and goes to the entry.
func (s *Service) after(w http.ResponseWriter, r *http.Request, f *web.Form, name, toast string, do func() (Entry, error)) error {
	e, err := do()
	if err == nil {
		return web.SeeOther(w, r, e.URL(), toast, "name", e.Name)
	}
	err = web.Prefixed(err, name)
	if !f.Fail(web.ViewOf(r), err) {
		return err
	}
	return s.showEntry(w, r, web.Status(err), web.Forms{name: f})
}

func (s *Service) removePage(w http.ResponseWriter, r *http.Request) error {
	id, entry := entryOf(r)
	e, err := s.Remove(r.Context(), account.ActorOf(r), id, entry)
	if err != nil {
		return err
	}
	return web.SeeOtherUndo(w, r, folderURL(id, e.FolderID), fmt.Sprintf("%s/entries/%s/restore", id.URL(), e.ID), "document.done.removed", "name", e.Name)
}

func (s *Service) restorePage(w http.ResponseWriter, r *http.Request) error {
	id, entry := entryOf(r)
	e, err := s.Restore(r.Context(), account.ActorOf(r), id, entry)
	if err != nil {
		return err
	}
	return web.SeeOther(w, r, e.URL(), "document.done.restored", "name", e.Name)
}

func (s *Service) lockPage(w http.ResponseWriter, r *http.Request) error {
	id, entry := entryOf(r)
	if err := s.Hold(r.Context(), account.ActorOf(r), id, entry); err != nil {
		return err
	}
	return web.SeeOther(w, r, s.urlOf(r), "document.done.locked")
}

func (s *Service) unlockPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	id, entry := entryOf(r)
	if err := s.Release(r.Context(), account.ActorOf(r), id, entry, f.Text("token")); err != nil {
		return err
	}
	return web.SeeOther(w, r, s.urlOf(r), "document.done.unlocked")
}

// urlOf is the page of the entry that a form was about.
func (s *Service) urlOf(r *http.Request) string {
	f, err := s.enterPage(r, nil)
	if err != nil {
		return "/projects"
	}
	return f.Place.Entry.URL()
}

// removedView lists what was taken off the lists.
type removedView struct {
	frame
	List []Entry
}

func (s *Service) removedPage(w http.ResponseWriter, r *http.Request) error {
	f, err := s.enterPage(r, nil)
	if err != nil {
		return err
	}
	x := removedView{frame: f}
	err = s.db.View(r.Context(), func(tx db.Tx) (err error) {
		x.List, err = listRemoved(tx, f.Place.Entry.ProjectID, 500)
		return err
	})
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, removedTemplate(web.ViewOf(r), x))
}

func (s *Service) sharedPage(w http.ResponseWriter, r *http.Request) error {
	var list []Shared
	err := s.db.View(r.Context(), func(tx db.Tx) (err error) {
		list, err = sharedFolders(tx, account.ActorOf(r))
		return err
	})
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, sharedTemplate(web.ViewOf(r), list))
}

func (s *Service) inviteGuestPage(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(w, r)
	if err != nil {
		return err
	}
	id, folder := entryOf(r)
	in := Invitation{Email: f.Text("guest.email"), Name: f.Text("guest.name"), UntilOn: f.Date("guest.until_on")}
	return f.Submit(w, r, web.Small{Name: "guest", Page: s.showFolder, To: folderURL(id, folder) + "#guests", Toast: "document.done.invited", Args: []any{"email", in.Email}, Do: func() error {
		return s.Invite(r.Context(), account.ActorOf(r), id, folder, in)
	}})
}

func (s *Service) excludeGuestPage(w http.ResponseWriter, r *http.Request) error {
	id, folder := entryOf(r)
	if err := s.Exclude(r.Context(), account.ActorOf(r), id, folder, account.GrantID(r.PathValue("grant"))); err != nil {
		return err
	}
	return web.SeeOther(w, r, id.URL()+"/people#folder-guests", "document.done.excluded")
}

// PeoplePanel lists the guests of the project's folders on its page of people.
func (s *Service) PeoplePanel(ctx context.Context, v *web.View, a project.Access) (templ.Component, error) {
	var list []Guest
	err := s.db.View(ctx, func(tx db.Tx) error {
		folders, err := listFolders(tx, a.ID)
		if err == nil {
			list, err = guestsOf(tx, a.ID, folders)
		}
		return err
	})
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return guestsSection(v, list, a.May(project.Manage)), nil
}

// version reads the number of a version in the address; 0 when it is none.
func versionOf(r *http.Request) int {
	n, err := strconv.Atoi(r.PathValue("number"))
	if err != nil || n < 1 {
		return 0
	}
	return n
}
