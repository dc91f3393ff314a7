package document

import (
	"strings"
	"testing"

	"bassin/internal/account"
	"bassin/internal/fault"
	"bassin/internal/web"
	"bassin/internal/when"
)

func TestNames(t *testing.T) {
	for _, c := range []struct {
		name, wrong string
	}{
		{"plan.pdf", ""},
		{"Éléments finis 🔩.step", ""},
		{".DS_Store", ""},
		{"~$plan.docx", ""},
		{strings.Repeat("é", 125) + ".pdf", ""}, // 254 bytes
		{strings.Repeat("é", 126) + ".pdf", "document.wrong.name_long"},
		{"", "fault.required"},
		{"  ", "fault.required"},
		{"..", "document.wrong.name_path"},
		{"../secret", "document.wrong.name_path"},
		{`a\b`, "document.wrong.name_path"},
		{"CON", "document.wrong.name"},
		{"con.txt", "document.wrong.name"},
		{"a\x00b", "document.wrong.name"},
		{"a:b", "document.wrong.name"},
		{"fin.", "document.wrong.name"},
		{"exe\u202efdp.txt", "document.wrong.name"},
		{"\xff", "document.wrong.name_encoding"},
	} {
		key := ""
		if f := fault.As(checkName(c.name)); f != nil {
			key = f.Fields[0].Key
		}
		if key != c.wrong {
			t.Errorf("%q: got %q, want %q", c.name, key, c.wrong)
		}
	}
}

func TestProgramsOwnFiles(t *testing.T) {
	for name, want := range map[string]bool{
		".DS_Store": true, "._plan.pdf": true, "~$plan.docx": true, "~WRL0001.tmp": true, ".~lock.plan.odt#": true, "plan.docx~": true, "Thumbs.db": true,
		"plan.docx": false, "A1B2C300": false, "plan.bak": false, ".gitignore": false,
	} {
		if got := hiddenName(name); got != want {
			t.Errorf("%s: hidden %v, want %v", name, got, want)
		}
	}
}

func TestKeysOfNames(t *testing.T) {
	for _, c := range [][2]string{{"Plan.PDF", "plan.pdf"}, {"e\u0301t\u00e9", "été"}, {"STRASSE", "straße"}} {
		if keyOf(c[0]) != keyOf(c[1]) {
			t.Errorf("%q and %q may stand side by side", c[0], c[1])
		}
	}
}

func TestLocks(t *testing.T) {
	ana, bob := Hand{Actor: account.Actor{ID: "ana"}}, Hand{Actor: account.Actor{ID: "bob"}}
	program := Hand{Actor: ana.Actor, Program: true}
	showing := Hand{Actor: ana.Actor, Program: true, Tokens: []string{"t"}}
	thief := Hand{Actor: bob.Actor, Program: true, Tokens: []string{"t"}}
	lock := Lock{Token: "t", EntryID: "e", PersonID: "ana"}
	page, shared, other := lock, lock, lock
	page.Page, shared.Shared = true, true
	other.Shared, other.Token, other.PersonID = true, "u", "bob"
	for _, c := range []struct {
		name  string
		hand  Hand
		locks []Lock
		free  bool
	}{
		{"nothing is locked", bob, nil, true},
		{"one's own on a page", ana, []Lock{lock}, true},
		{"somebody else's", bob, []Lock{lock}, false},
		{"a program without the token", program, []Lock{lock}, false},
		{"a program with the token", showing, []Lock{lock}, true},
		{"a token of somebody else", thief, []Lock{lock}, false},
		{"a program of who locked on the page", program, []Lock{page}, true},
		{"one of two shared locks is enough", showing, []Lock{shared, other}, true},
		{"a shared lock of another alone", showing, []Lock{other}, false},
	} {
		if err := free(c.hand, c.locks); (err == nil) != c.free {
			t.Errorf("%s: got %v", c.name, err)
		}
	}
	deep := Lock{EntryID: "a", Deep: true}
	for _, c := range []struct {
		lock  Lock
		chain []EntryID
		want  bool
	}{
		{deep, []EntryID{"a", "b"}, true}, {deep, []EntryID{"b"}, false}, {deep, nil, false},
		{Lock{EntryID: "a"}, []EntryID{"a", "b"}, false}, {Lock{EntryID: "b"}, []EntryID{"a", "b"}, true},
		{Lock{Deep: true}, []EntryID{"a"}, true}, {Lock{}, []EntryID{"a"}, false}, {Lock{}, nil, true},
	} {
		if got := c.lock.covers(c.chain); got != c.want {
			t.Errorf("%+v covers %v: %v", c.lock, c.chain, got)
		}
	}
}

func TestAnApprovalIsOfOneContent(t *testing.T) {
	by := account.Actor{ID: "ana", Name: "Ana"}
	v := Version{DocumentID: "d", Number: 2, Hash: "h2", Size: 3}
	a, err := v.approve("h2", "", by, when.Time(5))
	if err != nil || a.Hash != "h2" || a.Person != "Ana" || a.ApprovedAt != 5 {
		t.Fatalf("approve: %+v, %v", a, err)
	}
	if _, err := v.approve("h1", "", by, 5); !fault.Is(err, fault.Conflict) {
		t.Errorf("another content was seen: %v", err)
	}
	if _, err := (Version{Hash: emptyHash}).approve(emptyHash, "", by, 5); !fault.Is(err, fault.Conflict) {
		t.Errorf("an empty version: %v", err)
	}
	for _, c := range []struct {
		number int
		hash   string
		want   bool
	}{{2, "h2", true}, {3, "h3", false}, {3, "h2", false}, {2, "hx", false}} {
		if got := ApprovedNow(Entry{ID: "d", Number: c.number, Hash: c.hash}, []Approval{a}); got != c.want {
			t.Errorf("version %d of %s: approved %v", c.number, c.hash, got)
		}
	}
}

func TestIfHeader(t *testing.T) {
	for s, want := range map[string]int{
		"": 0, "(<urn:a>)": 1, `(<urn:a> ["e"])(Not <DAV:no-lock>)`: 2, `<http://x/dav/projects/p/> (<urn:a>) ([W/"e"])`: 2,
		"()": -1, "(": -1, "<": -1, "(<urn:a>": -1, "(Not)": -1, "(Not Not <a:b>)": -1, "x": -1, "([])": -1,
	} {
		got, err := parseIf(s)
		if (err != nil) != (want < 0) || err == nil && len(got) != want {
			t.Errorf("%q: %v, %v", s, got, err)
		}
	}
}

func FuzzDAVPath(f *testing.F) {
	for _, s := range []string{"/dav/projects/p/", "/dav/projects/p/a/b.txt", "/dav/folders/x/%2e%2e/y", "/dav/projects/p/%2f", "/dav/projects/p//a", "/dav/projects/%00", "/dav/projects/p/%F0%9F%94%A9"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := parseDAVPath(s)
		if err != nil {
			return
		}
		for _, n := range append(p.Names, p.ID) {
			if n == "" || n == "." || n == ".." || strings.ContainsAny(n, "/\\\x00") {
				t.Fatalf("%q gives the name %q", s, n)
			}
		}
		again, err := parseDAVPath(p.href(p.Names, p.Slash))
		if err != nil || again.ID != p.ID || strings.Join(again.Names, "/") != strings.Join(p.Names, "/") {
			t.Fatalf("%q: %+v comes back as %+v (%v)", s, p, again, err)
		}
	})
}

func FuzzDAVBodies(f *testing.F) {
	f.Add(`<propfind xmlns="DAV:"><prop><a xmlns="b"/></prop></propfind>`)
	f.Add(`<D:propertyupdate xmlns:D="DAV:"><D:set><D:prop><x xml:lang="fr"><y z="1">é&amp;</y></x></D:prop></D:set></D:propertyupdate>`)
	f.Add(`<D:lockinfo xmlns:D="DAV:"><D:lockscope><D:shared/></D:lockscope><D:locktype><D:write/></D:locktype><D:owner>a</D:owner></D:lockinfo>`)
	f.Fuzz(func(t *testing.T, s string) {
		_, _ = parsePropfind(strings.NewReader(s))
		_, _ = parseLock(strings.NewReader(s))
		list, err := parseProppatch(strings.NewReader(s))
		if err != nil {
			return
		}
		for _, x := range list { // what is kept can stand in an answer
			body := `<propertyupdate xmlns="DAV:"><set><prop><p xmlns="u">` + x.Value + `</p></prop></set></propertyupdate>`
			if again, err := parseProppatch(strings.NewReader(body)); err != nil && len(x.Value) < 1000 && !strings.Contains(err.Error(), "unreadable body") || err == nil && again[0].Value != x.Value {
				t.Fatalf("%q is kept as %q, which reads as %v (%v)", s, x.Value, again, err)
			}
		}
	})
}

func TestKindName(t *testing.T) {
	v := &web.View{Lang: "fr"}
	for _, c := range []struct{ name, typ, want string }{
		{"a.DOCX", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "Texte mis en forme (docx)"},
		{"a.ods", "application/vnd.oasis.opendocument.spreadsheet", "Tableau (ods)"},
		{"a.pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation", "Présentation (pptx)"},
		{"bride.stl", "model/stl", "Pièce (stl)"}, {"a.csv", "text/csv", "Tableau (csv)"}, {"a.md", "text/markdown", "Texte (md)"},
		{"plan.dxf", "application/dxf", "Dessin (dxf)"}, {"photo", "image/png", "Image"}, {"x.bin", "application/octet-stream", "Fichier (bin)"},
	} {
		if got := kindName(v, Entry{Name: c.name, Type: c.typ}); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
