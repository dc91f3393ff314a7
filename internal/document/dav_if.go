package document

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"bassin/internal/db"
	"bassin/internal/fault"
)

// ifHeader is the If header (RFC 4918, 10.4): it holds when one of its lists does.
type ifHeader []ifList

// ifList holds when all its conditions do, on what its tag names, else on what is asked for.
type ifList struct {
	Tag   string
	Conds []ifCond
}

// ifCond asks for a lock's token or an entity tag, or for its absence.
type ifCond struct {
	Not         bool
	Token, ETag string
}

var errIf = errors.New("unreadable If header")

func parseIf(s string) (ifHeader, error) {
	var out ifHeader
	tag := ""
	for s = strings.TrimSpace(s); s != ""; s = strings.TrimSpace(s) {
		switch s[0] {
		case '<':
			end := strings.IndexByte(s, '>')
			if end < 2 {
				return nil, errIf
			}
			tag, s = s[1:end], s[end+1:]
		case '(':
			l := ifList{Tag: tag}
			var err error
			if l.Conds, s, err = parseIfList(s[1:]); err != nil {
				return nil, err
			}
			if out = append(out, l); len(out) > 100 {
				return nil, errIf
			}
		default:
			return nil, errIf
		}
	}
	return out, nil
}

func parseIfList(s string) (list []ifCond, rest string, err error) {
	not := false
	for {
		s = strings.TrimLeft(s, " \t")
		switch {
		case s == "" || len(list) > 100:
			return nil, "", errIf
		case s[0] == ')' && !not && len(list) > 0:
			return list, s[1:], nil
		case len(s) > 3 && strings.EqualFold(s[:3], "not") && !not:
			not, s = true, s[3:]
		case s[0] == '<':
			end := strings.IndexByte(s, '>')
			if end < 2 {
				return nil, "", errIf
			}
			list, s, not = append(list, ifCond{Not: not, Token: s[1:end]}), s[end+1:], false
		case s[0] == '[':
			end := strings.IndexByte(s, ']')
			if end < 2 {
				return nil, "", errIf
			}
			list, s, not = append(list, ifCond{Not: not, ETag: s[1:end]}), s[end+1:], false
		default:
			return nil, "", errIf
		}
	}
}

// tokens are those that the client shows.
func (h ifHeader) tokens() []string {
	var out []string
	for _, l := range h {
		for _, c := range l.Conds {
			if c.Token != "" {
				out = append(out, c.Token)
			}
		}
	}
	return out
}

// check evaluates the If header, then If-Match and If-None-Match, on the data as they stand.
func (x *davRequest) check(tx db.Tx) error {
	if len(x.when) > 0 {
		holds := false
		for _, l := range x.when {
			ok, err := x.list(tx, l)
			if err != nil {
				return err
			}
			holds = holds || ok
		}
		if !holds {
			return davStatus{http.StatusPreconditionFailed, ""}
		}
	}
	match, none := x.Header.Get("If-Match"), x.Header.Get("If-None-Match")
	if match == "" && none == "" || x.Method == http.MethodGet || x.Method == http.MethodHead {
		return nil
	}
	at, err := x.walk(tx, x.path)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	if match != "" && (err != nil || !names(match, at.Entry)) || none != "" && err == nil && names(none, at.Entry) {
		return davStatus{http.StatusPreconditionFailed, ""}
	}
	return nil
}

func names(list string, e Entry) bool {
	for tag := range strings.SplitSeq(list, ",") {
		if tag = strings.TrimSpace(tag); tag == "*" || tag == etag(e) {
			return true
		}
	}
	return false
}

func (x *davRequest) list(tx db.Tx, l ifList) (bool, error) {
	path := x.path
	if l.Tag != "" {
		var err error
		if path, err = x.address(l.Tag); err != nil {
			return false, nil // another server's: nothing of it is known here
		}
	}
	at, err := x.walk(tx, path)
	missing := fault.Is(err, fault.NotFound)
	if err != nil && !missing {
		return false, err
	}
	locks, err := listLocks(tx, at.Entry.ProjectID)
	if err != nil {
		return false, err
	}
	var covers []Lock
	if !missing {
		covers = covering(locks, at.ids())
	} else if in, _, err := x.parent(tx, path); err == nil {
		for _, l := range covering(locks, in.ids()) {
			if l.Deep {
				covers = append(covers, l)
			}
		}
	}
	for _, c := range l.Conds {
		ok := c.ETag != "" && !missing && c.ETag == etag(at.Entry) ||
			c.Token != "" && slices.ContainsFunc(covers, func(l Lock) bool { return l.Token == c.Token })
		if ok == c.Not {
			return false, nil
		}
	}
	return true, nil
}

// address reads an address that a header names: of this server, with or without its name.
func (x *davRequest) address(s string) (davPath, error) {
	u, err := url.Parse(s)
	if err != nil {
		return davPath{}, err
	}
	if u.Host != "" && !strings.EqualFold(u.Host, x.Host) && !strings.EqualFold(u.Host, x.Header.Get("X-Forwarded-Host")) {
		return davPath{}, errDAVPath
	}
	return parseDAVPath(u.EscapedPath())
}

// etag is strong: half of the content's hash, since clients cut long headers (litmus an If of over
// 200 bytes). Folders have one too, for programs that ask.
func etag(e Entry) string {
	if e.Hash == "" {
		return `"` + string(e.ID) + `"`
	}
	return `"` + e.Hash[:32] + `"`
}
