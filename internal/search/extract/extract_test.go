package extract

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"
)

const (
	docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	pptx = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
	odt  = "application/vnd.oasis.opendocument.text"
)

// packed makes a package of parts: name, content, name, content…
func packed(pairs ...string) string {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(pairs); i += 2 {
		w, err := z.Create(pairs[i])
		if err == nil {
			_, err = w.Write([]byte(pairs[i+1]))
		}
		if err != nil {
			panic(err)
		}
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return b.String()
}

// samples are files with the text that is read of them.
var samples = []struct{ name, typ, content, want string }{
	{"text", "text/plain", "\ufeffUne  ligne\r\n\r\nUne\tautre\u00a0fin \n", "Une ligne\nUne autre fin"},
	{"text of old Windows", "text/plain; charset=x", "R\xe9habilitation \x96 5 \x80", "Réhabilitation – 5 €"},
	{"UTF-16", "text/csv", "\xff\xfe\xc9\x00t\x00\xe9\x00;\x001\x00", "Été;1"},
	{"UTF-16 the other way round", "text/markdown", "\xfe\xff\x00#\x00 \x00A", "# A"},
	{"HTML", "text/html", "<title>Un</title><script>x()</script><style>p{}</style><p>L&rsquo;<b>éc</b>ole<p>Deux<br>trois", "Un\nL’école\nDeux\ntrois"},
	{"docx", docx, packed("word/document.xml", `<w:document xmlns:w="x"><w:body><w:p><w:r><w:t>Une </w:t></w:r><w:r><w:t>phrase</w:t><w:tab/><w:t>fin</w:t></w:r><w:instrText>CHAMP</w:instrText></w:p><w:p><w:t>Deux</w:t></w:p></w:body></w:document>`,
		"word/header1.xml", `<w:hdr><w:p><w:t>En-tête</w:t></w:p></w:hdr>`, "docProps/core.xml", `<a><t>non</t></a>`), "Une phrase fin\nDeux\nEn-tête"},
	{"xlsx", xlsx, packed("xl/worksheets/sheet1.xml", `<worksheet><row><c t="s"><v>0</v></c><c t="inlineStr"><is><t>sur place</t></is></c></row></worksheet>`,
		"xl/sharedStrings.xml", `<sst><si><t>Montant</t></si><si><r><t>Sub</t></r><r><t>vention</t></r></si></sst>`), "Montant\nSubvention\nsur place"},
	{"pptx, slides in order", pptx, packed("ppt/slides/slide10.xml", `<p:sld><a:p><a:t>Dix</a:t></a:p></p:sld>`, "ppt/slides/slide2.xml", `<p:sld><a:p><a:t>Deux</a:t></a:p></p:sld>`), "Deux\nDix"},
	{"odt", odt, packed("mimetype", odt, "content.xml", `<office:document-content><office:automatic-styles><x>non</x></office:automatic-styles><office:body><office:text><text:h>Titre</text:h><text:p>Une<text:s/>phrase <text:span>mar</text:span>quée</text:p></office:text></office:body></office:document-content>`), "Titre\nUne phrase marquée"},
	{"cut off", docx, packed("word/document.xml", `<w:document><w:p><w:t>Début</w:t></w:p><w:p><w:t>sui`), "Début\nsui"},
	{"no package", docx, "PK\x03\x04 not at all", ""},
	{"a picture", "image/png", "\x89PNG", ""},
}

func read(t *testing.T, typ, content string) string {
	t.Helper()
	s, err := Text(t.Context(), strings.NewReader(content), int64(len(content)), typ)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestText(t *testing.T) {
	for _, c := range samples {
		t.Run(c.name, func(t *testing.T) {
			if got := strings.TrimSpace(read(t, c.typ, c.content)); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// TestLimits gives files that want too much: they end soon, with no more text than is allowed.
func TestLimits(t *testing.T) {
	para := func(n int) string { return strings.Repeat("<w:p><w:t>encore et encore</w:t></w:p>", n) }
	many := []string{"word/document.xml", "<a><t>jamais lu</t></a>"}
	for i := range maxEntries + 1 {
		many = append(many, fmt.Sprint("x", i), "")
	}
	for _, c := range []struct {
		name, typ, content string
		most               int
	}{
		{"much text", "text/plain", strings.Repeat("mot ", 3<<20), maxText},
		{"a large file", "text/plain", strings.Repeat("mot ", maxFile/4+1), 0},
		{"a bomb of spaces", docx, packed("word/document.xml", "<w:p><w:t>début</w:t>"+strings.Repeat(" ", 40<<20)+"<w:t>fin</w:t></w:p>"), len("début")},
		{"a bomb of text", docx, packed("word/document.xml", "<a>"+para(500_000)+"</a>"), maxText},
		{"depth", odt, packed("content.xml", "<office:body>"+strings.Repeat("<x>", 100_000)+"fond"), 0},
		{"too many parts", docx, packed(many...), 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			start := time.Now()
			if got := read(t, c.typ, c.content); len(got) > c.most {
				t.Errorf("%d bytes of text, at most %d wanted: %.40q", len(got), c.most, got)
			}
			if d := time.Since(start); d > maxTime {
				t.Errorf("took %s", d)
			}
		})
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Text(ended, strings.NewReader("x"), 1, "text/plain"); err == nil {
		t.Error("nobody waits any more, and no error says so")
	}
}

// fuzz reads anything as a file of a type: no panic, no more text than is allowed, and no wrong
// characters, which PostgreSQL would refuse.
func fuzz(f *testing.F, types ...string) {
	for _, c := range samples {
		for i, typ := range types {
			if c.typ == typ {
				f.Add([]byte(c.content), uint8(i))
			}
		}
	}
	f.Fuzz(func(t *testing.T, content []byte, which uint8) {
		s := read(t, types[int(which)%len(types)], string(content))
		if len(s) > maxText || strings.ToValidUTF8(s, "") != s || strings.ContainsRune(s, 0) {
			t.Errorf("%d bytes of text: %.60q", len(s), s)
		}
	})
}

func FuzzPlain(f *testing.F)   { fuzz(f, "text/plain", "text/markdown", "text/csv") }
func FuzzHTML(f *testing.F)    { fuzz(f, "text/html") }
func FuzzPackage(f *testing.F) { fuzz(f, docx, xlsx, pptx, odt) }

// FuzzXML reads anything as the part of a package, which a fuzzer of packages seldom reaches.
func FuzzXML(f *testing.F) {
	f.Add([]byte(`<w:p><w:t>a</w:t><w:tab/></w:p>`))
	f.Add([]byte(`<office:body><text:p>é<text:s/></text:p></office:body>`))
	f.Fuzz(func(t *testing.T, content []byte) {
		var x text
		_ = readXML(t.Context(), bytes.NewReader(content), &x)
		if s := x.String(); len(s) > maxText || strings.ToValidUTF8(s, "") != s || strings.ContainsRune(s, 0) {
			t.Errorf("%.60q", s)
		}
	})
}
