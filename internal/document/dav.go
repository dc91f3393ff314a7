package document

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/project"
)

// WebDAV, classes 1 and 2 (RFC 4918). The address of a share is /dav/projects/{project}/, or
// /dav/folders/{folder}/ for the guest of a folder. A client signs in by Basic with a personal
// token as password; who it acts for, and their access, is read at each request.

const davMethods = "OPTIONS, GET, HEAD, PUT, DELETE, MKCOL, COPY, MOVE, PROPFIND, PROPPATCH, LOCK, UNLOCK"

// davPath is an address inside a share.
type davPath struct {
	Folder bool   // a share of a folder
	ID     string // of the project or folder
	Names  []string
	Slash  bool // it ends with one: a collection is meant
}

var errDAVPath = errors.New("no address of a share")

// parseDAVPath reads an escaped path. What could climb or hide parts of a path is refused, whatever
// way it is escaped.
func parseDAVPath(escaped string) (davPath, error) {
	rest, ok := strings.CutPrefix(escaped, "/dav/")
	if !ok {
		return davPath{}, errDAVPath
	}
	parts := strings.Split(rest, "/")
	if len(parts) < 2 || parts[0] != "projects" && parts[0] != "folders" || parts[1] == "" {
		return davPath{}, errDAVPath
	}
	p := davPath{Folder: parts[0] == "folders", Slash: strings.HasSuffix(rest, "/")}
	for i, part := range parts[1:] {
		name, err := url.PathUnescape(part)
		last := i == len(parts)-2
		switch {
		case err != nil:
			return davPath{}, errDAVPath
		case name == "" && last && i > 0:
			continue
		case name == "" || name == "." || name == ".." || strings.ContainsAny(name, "/\\\x00"):
			return davPath{}, errDAVPath
		case i == 0:
			p.ID = name
		default:
			p.Names = append(p.Names, name)
		}
	}
	if len(p.Names) > maxDepth+1 {
		return davPath{}, errDAVPath
	}
	return p, nil
}

// href is the escaped address of an entry below the share.
func (p davPath) href(names []string, folder bool) string {
	var b strings.Builder
	b.WriteString("/dav/projects/")
	if p.Folder {
		b.Reset()
		b.WriteString("/dav/folders/")
	}
	b.WriteString(url.PathEscape(p.ID))
	for _, n := range names {
		b.WriteString("/" + url.PathEscape(n))
	}
	if folder {
		b.WriteString("/")
	}
	return b.String()
}

// davRequest is one request of a client.
type davRequest struct {
	*http.Request
	w    http.ResponseWriter
	path davPath
	hand Hand
	when ifHeader
}

// davStatus is an answer that is no fault of the domain: a condition of the protocol.
type davStatus struct {
	code  int
	about string // name of the precondition (RFC 4918, 16)
}

func (e davStatus) Error() string { return http.StatusText(e.code) + " " + e.about }

func (s *Service) davHandler(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("DAV", "1, 2")
	w.Header().Set("MS-Author-Via", "DAV")
	if r.Method == http.MethodOptions {
		w.Header().Set("Allow", davMethods)
		w.WriteHeader(http.StatusOK)
		return
	}
	if err := s.davServe(w, r); err != nil {
		s.davFail(w, r, err)
	}
}

func (s *Service) davServe(w http.ResponseWriter, r *http.Request) error {
	by, err := s.davActor(r)
	if err != nil {
		return err
	}
	x := &davRequest{Request: r, w: w, hand: Hand{Actor: by, Program: true, svc: s}}
	do, changes := s.davMethod(r.Method)
	switch {
	case do == nil:
		w.Header().Set("Allow", davMethods)
		return davStatus{http.StatusMethodNotAllowed, ""}
	case changes && !strings.Contains(strings.Join(by.Scopes, " "), "write"):
		return fault.New(fault.Forbidden, "fault.token_scope")
	}
	if x.path, err = parseDAVPath(r.URL.EscapedPath()); err != nil {
		return davStatus{http.StatusNotFound, ""}
	}
	if x.when, err = parseIf(r.Header.Get("If")); err != nil {
		return davStatus{http.StatusBadRequest, ""}
	}
	x.hand.Tokens = x.when.tokens()
	return do(x)
}

// davActor finds who asks. The name is free: the token says who.
func (s *Service) davActor(r *http.Request) (account.Actor, error) {
	_, secret, ok := r.BasicAuth()
	if !ok {
		secret, ok = strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	}
	if !ok || s.opts.Account == nil {
		return account.Actor{}, davStatus{http.StatusUnauthorized, ""}
	}
	by, err := s.opts.Account.ByToken(r.Context(), secret)
	if fault.Is(err, fault.NotFound) {
		return account.Actor{}, davStatus{http.StatusUnauthorized, ""}
	}
	return by, err
}

// davMethod gives what answers a method, and whether it changes something.
func (s *Service) davMethod(method string) (do func(*davRequest) error, changes bool) {
	switch method {
	case http.MethodGet, http.MethodHead:
		return s.davGet, false
	case "PROPFIND":
		return s.davPropfind, false
	case http.MethodPut:
		return s.davPut, true
	case http.MethodDelete:
		return s.davDelete, true
	case "MKCOL":
		return s.davMkcol, true
	case "COPY", "MOVE":
		return s.davCopyMove, true
	case "PROPPATCH":
		return s.davProppatch, true
	case "LOCK":
		return s.davLock, true
	case "UNLOCK":
		return s.davUnlock, true
	}
	return nil, false
}

// davCodes are the faults whose status differs from the one of their kind.
var davCodes = map[string]int{
	lockedKey: http.StatusLocked, noFolderKey: http.StatusConflict, isFolderKey: http.StatusMethodNotAllowed,
	quotaKey: http.StatusInsufficientStorage, "file.no_space": http.StatusInsufficientStorage,
	"document.wrong.into_itself": http.StatusForbidden, "document.wrong.other_project": http.StatusBadGateway,
	"document.wrong.full": http.StatusInsufficientStorage, "project.wrong.ended": http.StatusForbidden,
	"file.mismatch": http.StatusUnsupportedMediaType, "file.type": http.StatusUnsupportedMediaType, "file.active": http.StatusUnsupportedMediaType,
	"fault.fields": http.StatusBadRequest, takenKey: http.StatusPreconditionFailed,
}

var davKinds = map[fault.Kind]int{
	fault.Invalid: http.StatusBadRequest, fault.NotFound: http.StatusNotFound, fault.Forbidden: http.StatusForbidden,
	fault.Conflict: http.StatusConflict, fault.TooMany: http.StatusTooManyRequests, fault.TooLarge: http.StatusRequestEntityTooLarge,
	fault.Unavailable: http.StatusServiceUnavailable, fault.Internal: http.StatusInternalServerError,
}

func (s *Service) davFail(w http.ResponseWriter, r *http.Request, err error) {
	var st davStatus
	code, about := 0, ""
	if errors.As(err, &st) {
		code, about = st.code, st.about
	} else {
		code = davKinds[fault.Of(err)]
		if f := fault.As(err); f != nil && davCodes[f.Key] != 0 {
			code = davCodes[f.Key]
		}
	}
	switch code {
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", `Basic realm="Bassin", charset="UTF-8"`)
	case http.StatusLocked:
		about = "lock-token-submitted"
	case http.StatusServiceUnavailable:
		w.Header().Set("Retry-After", "5")
	}
	if code >= 500 && code != http.StatusInsufficientStorage && code != http.StatusBadGateway {
		s.log.Error("webdav failed", "method", r.Method, "error", err.Error())
	}
	if about == "" {
		http.Error(w, http.StatusText(code), code)
		return
	}
	w.Header().Set("Content-Type", `application/xml; charset="utf-8"`)
	w.WriteHeader(code)
	href := ""
	if code == http.StatusLocked {
		href = "<D:href>" + escaped(r.URL.EscapedPath()) + "</D:href>"
	}
	_, _ = w.Write([]byte(`<?xml version="1.0" encoding="utf-8"?><D:error xmlns:D="DAV:"><D:` + about + `>` + href + `</D:` + about + `></D:error>`))
}

// share enters the folder that the address begins with.
func (x *davRequest) share(tx db.Tx, p davPath) (Place, error) {
	if !p.Folder {
		return enter(tx, x.hand.Actor, project.ID(p.ID), "")
	}
	id, err := projectOf(tx, EntryID(p.ID))
	if err != nil {
		return Place{}, err
	}
	at, err := enter(tx, x.hand.Actor, id, EntryID(p.ID))
	if err == nil && !at.Entry.Is(Folder) {
		err = fault.New(fault.NotFound, "fault.not_found")
	}
	return at, err
}

// walk finds what lies at an address.
func (x *davRequest) walk(tx db.Tx, p davPath) (Place, error) {
	at, err := x.share(tx, p)
	for _, name := range p.Names {
		if err != nil {
			return at, err
		}
		if !at.Entry.Is(Folder) {
			return at, fault.New(fault.NotFound, "fault.not_found")
		}
		at, err = named(tx, at, name)
	}
	return at, err
}

// parent finds the folder in which an address lies; without one the protocol wants 409.
func (x *davRequest) parent(tx db.Tx, p davPath) (Place, string, error) {
	if len(p.Names) == 0 {
		return Place{}, "", davStatus{http.StatusMethodNotAllowed, ""}
	}
	if _, err := x.share(tx, p); err != nil {
		return Place{}, "", err
	}
	last := len(p.Names) - 1
	at, err := x.walk(tx, davPath{p.Folder, p.ID, p.Names[:last], true})
	if fault.Is(err, fault.NotFound) || err == nil && !at.Entry.Is(Folder) {
		return at, "", fault.New(fault.Conflict, noFolderKey)
	}
	return at, p.Names[last], err
}

// may refuses an act that the walls forbid at a place.
func (x *davRequest) may(p Place) error {
	switch {
	case !p.May(project.Contribute):
		return fault.New(fault.Forbidden, "project.forbidden.contribute")
	case p.Project.Frozen():
		return fault.New(fault.Conflict, "project.wrong.ended", "state_key", p.Project.State.Key())
	}
	return nil
}
