package note

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ledongthuc/pdf"
)

var january = time.Date(2026, 1, 5, 12, 0, 0, 0, time.UTC)

// readPDF gives the words of a PDF and its number of pages.
func readPDF(t *testing.T, data []byte) (string, int) {
	t.Helper()
	r, err := pdf.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for i := range r.NumPage() {
		text, err := r.Page(i + 1).GetPlainText(nil)
		if err != nil {
			t.Fatal(err)
		}
		b.WriteString(text)
	}
	return b.String(), r.NumPage()
}

func TestPDF(t *testing.T) {
	n, err := Parse([]byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	a, err := n.PDF("fr", "Essai n° 1", "Version du 5 janvier", january)
	if err != nil {
		t.Fatal(err)
	}
	text, pages := readPDF(t, a)
	if b, err := n.Abroad("https://bassin.exemple.fr").PDF("fr", "Essai n° 1", "", january); err != nil || !bytes.Contains(b, []byte("(https://bassin.exemple.fr/projects/1)")) || bytes.Contains(a, []byte("https://bassin")) {
		t.Errorf("a link on paper has no address of the server, or the note itself was changed: %v", err)
	}
	for _, want := range []string{"Essai n° 1", "Version du 5 janvier", "Essais & mesures", "@Ana <Roy>", "à 40 °C", "voir la fiche", "fait", "à faire", "dedans", "3.", "trois", "pièce", "a|b", "x < 1", "# pas un titre"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in %q", want, text)
		}
	}
	if pages != 1 {
		t.Errorf("%d pages", pages)
	}
}

// Nothing is lost of what does not fit: rows taller than a page, more columns than a sheet has room
// for, lists in lists, words without an end.
func TestPDFOfWhatDoesNotFit(t *testing.T) {
	text := func(s string) Node { return Node{Type: "paragraph", Content: []Node{{Type: "text", Text: s}}} }
	row := func(cells ...string) Node {
		r := Node{Type: "table_row"}
		for _, c := range cells {
			r.Content = append(r.Content, Node{Type: "table_cell", Content: []Node{text(c)}})
		}
		return r
	}
	var tall, wide []string
	for i := range 400 {
		tall = append(tall, fmt.Sprintf("ligne%d", i))
	}
	for i := range 100 {
		wide = append(wide, fmt.Sprintf("colonne%d", i))
	}
	deep := text("fond")
	for range 15 {
		deep = Node{Type: "bullet_list", Content: []Node{{Type: "list_item", Content: []Node{deep}}}}
	}
	n := Node{Type: "doc", Content: []Node{
		{Type: "table", Content: []Node{row(strings.Join(tall, " \n"))}}, {Type: "table", Content: []Node{row(wide...)}}, deep, text(strings.Repeat("x", 3000)), text("la fin"),
	}}
	data, err := n.PDF("fr", "Long", "", january)
	if err != nil {
		t.Fatal(err)
	}
	got, pages := readPDF(t, data)
	for _, want := range []string{"ligne0", "ligne399", "colonne0", "colonne99", "fond", "la fin"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing", want)
		}
	}
	if n := strings.Count(got, "x"); n < 3000 || pages < 3 {
		t.Errorf("%d of the letters of the long word, %d pages", n, pages)
	}
}
