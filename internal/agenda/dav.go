package agenda

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/project"
)

// CalDAV: RFC 4791 with RFC 6578 (what changed since). The address of everything is
//
//	/caldav/                                        where programs begin
//	/caldav/people/PERSON/                          who one is
//	/caldav/people/PERSON/calendars/                one's calendars
//	/caldav/people/PERSON/calendars/PROJECT/        one of them
//	/caldav/people/PERSON/calendars/PROJECT/NAME    an object
//
// A program signs in by Basic with a personal token as password, as for WebDAV.
const davRoot = "/caldav/"

const davMethods = "OPTIONS, GET, HEAD, PUT, DELETE, PROPFIND, PROPPATCH, REPORT"

// Registers what programs of calendars ask for.
func (s *Service) davRoutes(raw func(pattern string, h http.Handler)) {
	raw("/caldav/", http.HandlerFunc(s.davHandler))
	raw("/.well-known/caldav", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, davRoot, http.StatusMovedPermanently)
	}))
}

// place is what an address names.
type place struct {
	level   level
	person  account.PersonID
	project project.ID
	name    string
}

type level int

const (
	atRoot level = iota
	atPerson
	atHome
	atBook
	atObject
)

func (p place) href() string {
	s := davRoot
	if p.level >= atPerson {
		s += "people/" + url.PathEscape(string(p.person)) + "/"
	}
	if p.level >= atHome {
		s += "calendars/"
	}
	if p.level >= atBook {
		s += url.PathEscape(string(p.project)) + "/"
	}
	if p.level == atObject {
		s += url.PathEscape(p.name)
	}
	return s
}

func (p place) home() place              { return place{level: atHome, person: p.person} }
func (p place) book(id project.ID) place { return place{level: atBook, person: p.person, project: id} }
func (p place) object(name string) place {
	return place{level: atObject, person: p.person, project: p.project, name: name}
}

// parsePlace reads an escaped address.
func parsePlace(escaped string) (place, bool) {
	rest, ok := strings.CutPrefix(escaped, davRoot)
	if !ok {
		return place{}, false
	}
	var parts []string
	for part := range strings.SplitSeq(strings.TrimSuffix(rest, "/"), "/") {
		name, err := url.PathUnescape(part)
		if err != nil || name == "." || name == ".." || strings.ContainsAny(name, "/\x00") || name == "" && rest != "" || strings.ToValidUTF8(name, "") != name {
			return place{}, false
		}
		parts = append(parts, name)
	}
	if rest == "" {
		return place{level: atRoot}, true
	}
	p := place{level: level(len(parts) - 1)}
	if len(parts) < 2 || len(parts) > 5 || parts[0] != "people" || len(parts) > 2 && parts[2] != "calendars" {
		return place{}, false
	}
	p.person = account.PersonID(parts[1])
	if len(parts) > 3 {
		p.project = project.ID(parts[3])
	}
	if len(parts) > 4 {
		p.name = parts[4]
	}
	return p, true
}

// davRequest is one request of a program.
type davRequest struct {
	*http.Request
	w  http.ResponseWriter
	by account.Actor
	at place
}

// davStatus is an answer that is no fault of the domain. About names the precondition, with the
// prefix of its namespace.
type davStatus struct {
	code  int
	about string
	href  string // inside the precondition
}

func (e davStatus) Error() string { return http.StatusText(e.code) + " " + e.about }

func (s *Service) davHandler(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("DAV", "1, 3, calendar-access")
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
	x := &davRequest{Request: r, w: w, by: by}
	var known bool
	if x.at, known = parsePlace(r.URL.EscapedPath()); !known || x.at.level > atRoot && x.at.person != by.ID {
		return davStatus{code: http.StatusNotFound}
	}
	write := strings.Contains(strings.Join(by.Scopes, " "), "write")
	switch r.Method {
	case "PROPFIND":
		return s.davPropfind(x)
	case "REPORT":
		return s.davReport(x)
	case http.MethodGet, http.MethodHead:
		return s.davGet(x)
	case http.MethodPut, http.MethodDelete, "PROPPATCH", "MKCOL", "MKCALENDAR":
		if !write {
			return fault.New(fault.Forbidden, "fault.token_scope")
		}
	default:
		w.Header().Set("Allow", davMethods)
		return davStatus{code: http.StatusMethodNotAllowed}
	}
	switch {
	case r.Method == http.MethodPut && x.at.level == atObject:
		return s.davPut(x)
	case r.Method == http.MethodDelete && x.at.level == atObject:
		return s.davDelete(x)
	case r.Method == "PROPPATCH":
		return s.davProppatch(x)
	}
	return davStatus{code: http.StatusForbidden} // calendars come and go with their projects
}

// davActor finds who asks. The name is free: the token says who.
func (s *Service) davActor(r *http.Request) (account.Actor, error) {
	_, secret, ok := r.BasicAuth()
	if !ok {
		secret, ok = strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	}
	if !ok || s.opts.Account == nil {
		return account.Actor{}, davStatus{code: http.StatusUnauthorized}
	}
	by, err := s.opts.Account.ByToken(r.Context(), secret)
	if fault.Is(err, fault.NotFound) {
		return account.Actor{}, davStatus{code: http.StatusUnauthorized}
	}
	return by, err
}

// statuses are the answers to the faults of the domain.
var statuses = map[fault.Kind]int{
	fault.Invalid: http.StatusForbidden, fault.NotFound: http.StatusNotFound, fault.Forbidden: http.StatusForbidden,
	fault.Conflict: http.StatusForbidden, fault.TooMany: http.StatusTooManyRequests, fault.TooLarge: http.StatusRequestEntityTooLarge,
	fault.Unavailable: http.StatusServiceUnavailable, fault.Internal: http.StatusInternalServerError,
}

// preconditions are the answers to what is wrong with a body or an address.
var preconditions = map[error]davStatus{
	errData: {http.StatusForbidden, "C:valid-calendar-data", ""}, errObject: {http.StatusForbidden, "C:valid-calendar-object-resource", ""},
	errComponent: {http.StatusForbidden, "C:supported-calendar-component", ""}, errSize: {http.StatusForbidden, "C:max-resource-size", ""},
	errPrecondition: {http.StatusPreconditionFailed, "", ""},
}

func (s *Service) davFail(w http.ResponseWriter, r *http.Request, err error) {
	st := davStatus{code: statuses[fault.Of(err)]}
	var own davStatus
	var taken uidTaken
	switch f := fault.As(err); {
	case errors.As(err, &own):
		st = own
	case errors.As(err, &taken):
		at, _ := parsePlace(r.URL.EscapedPath())
		st = davStatus{http.StatusForbidden, "C:no-uid-conflict", at.object(taken.name).href()}
	case f != nil && f.Key == "fault.stale":
		st = davStatus{code: http.StatusPreconditionFailed}
	default:
		for known, answer := range preconditions {
			if errors.Is(err, known) {
				st = answer
			}
		}
	}
	switch st.code {
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", `Basic realm="Bassin", charset="UTF-8"`)
	case http.StatusServiceUnavailable:
		w.Header().Set("Retry-After", "5")
	case http.StatusInternalServerError:
		if r.Context().Err() == nil {
			s.log.Error("caldav failed", "method", r.Method, "error", err.Error())
		}
	}
	if st.about == "" {
		http.Error(w, http.StatusText(st.code), st.code)
		return
	}
	inside := ""
	if st.href != "" {
		inside = "<D:href>" + escaped(st.href) + "</D:href>"
	}
	w.Header().Set("Content-Type", `application/xml; charset="utf-8"`)
	w.WriteHeader(st.code)
	_, _ = io.WriteString(w, xmlHead+`<D:error`+namespaces+`><`+st.about+`>`+inside+`</`+st.about+`></D:error>`)
}

// enter reads the project of the address, and brings its book up to date.
func (s *Service) enter(x *davRequest) (a project.Access, err error) {
	err = s.db.View(x.Context(), func(tx db.Tx) error {
		a, err = project.Enter(tx, x.by, x.at.project)
		return err
	})
	if err != nil {
		return a, err
	}
	return a, s.refresh(x.Context(), a)
}

func (s *Service) davGet(x *davRequest) error {
	if x.at.level != atObject {
		return davStatus{code: http.StatusMethodNotAllowed}
	}
	o, err := s.davObject(x)
	if err != nil {
		return err
	}
	h := x.w.Header()
	h.Set("ETag", quoted(o.ETag))
	h.Set("Content-Type", mediaType(o))
	h.Set("Last-Modified", o.UpdatedAt.Time().UTC().Format(http.TimeFormat))
	if tags := readTags(x.Header.Get("If-None-Match")); contains(tags, o.ETag) {
		x.w.WriteHeader(http.StatusNotModified)
		return nil
	}
	h.Set("Content-Length", strconv.Itoa(len(o.Data)))
	if x.Method == http.MethodHead {
		return nil
	}
	_, err = io.WriteString(x.w, o.Data)
	return ignoreLeft(x, err)
}

func (s *Service) davObject(x *davRequest) (o Object, err error) {
	if _, err := s.enter(x); err != nil {
		return o, err
	}
	err = s.db.View(x.Context(), func(tx db.Tx) error {
		if o, err = live(tx, x.at.project, x.at.name); err == nil && o.Name == "" {
			err = missing()
		}
		return err
	})
	return o, err
}

func mediaType(o Object) string { return "text/calendar; charset=utf-8; component=" + o.Component }

func (s *Service) davPut(x *davRequest) error {
	b, err := io.ReadAll(io.LimitReader(x.Body, maxObject+1))
	if err != nil {
		return davStatus{code: http.StatusBadRequest}
	}
	out, err := s.Put(x.Context(), x.by, x.at.project, x.at.name, string(b), x.conditions())
	if err != nil {
		return err
	}
	if out.AsSent {
		x.w.Header().Set("ETag", quoted(out.ETag))
	}
	if out.Created {
		x.w.WriteHeader(http.StatusCreated)
	} else {
		x.w.WriteHeader(http.StatusNoContent)
	}
	return nil
}

func (s *Service) davDelete(x *davRequest) error {
	if err := s.Delete(x.Context(), x.by, x.at.project, x.at.name, x.conditions()); err != nil {
		return err
	}
	x.w.WriteHeader(http.StatusNoContent)
	return nil
}

func (x *davRequest) conditions() condition {
	return condition{Match: readTags(x.Header.Get("If-Match")), NoneMatch: strings.TrimSpace(x.Header.Get("If-None-Match")) == "*"}
}

// readTags reads a list of entity tags. A weak one matches nothing.
func readTags(header string) []string {
	var out []string
	for part := range strings.SplitSeq(header, ",") {
		switch part = strings.TrimSpace(part); {
		case part == "":
		case part == "*":
			out = append(out, "*")
		default:
			out = append(out, strings.Trim(part, `"`))
		}
	}
	return out
}

func contains(tags []string, tag string) bool {
	for _, t := range tags {
		if t == tag || t == "*" {
			return true
		}
	}
	return false
}

func quoted(tag string) string { return `"` + tag + `"` }

// ignoreLeft leaves out that who asked has gone.
func ignoreLeft(x *davRequest, err error) error {
	if x.Context().Err() != nil {
		return nil
	}
	return err
}

// answer sends a list of responses.
func (x *davRequest) answer(b *bytes.Buffer) error {
	x.w.Header().Set("Content-Type", `application/xml; charset="utf-8"`)
	x.w.Header().Set("Content-Length", strconv.Itoa(b.Len()))
	x.w.WriteHeader(http.StatusMultiStatus)
	_, err := x.w.Write(b.Bytes())
	return ignoreLeft(x, err)
}
