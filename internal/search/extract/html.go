package extract

import (
	"bytes"
	"context"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxTag bounds what is held of one piece of HTML, in bytes.
const maxTag = 4 << 20

// readHTML reads what a browser shows, without building the page.
func readHTML(ctx context.Context, content []byte, t *text) error {
	z := html.NewTokenizer(bytes.NewReader([]byte(decode(content))))
	z.SetMaxBuf(maxTag)
	hidden := atom.Atom(0) // the element whose text nobody sees
	for n := 0; ; n++ {
		if n%1000 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		kind := z.Next()
		switch kind {
		case html.ErrorToken:
			return z.Err()
		case html.TextToken:
			if hidden == 0 {
				if err := t.write(html.UnescapeString(string(z.Raw()))); err != nil {
					return err
				}
			}
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			tag := atom.Lookup(name)
			switch {
			case kind == html.EndTagToken && tag == hidden:
				hidden = 0
			case kind == html.StartTagToken && hidden == 0 && (tag == atom.Script || tag == atom.Style || tag == atom.Template || tag == atom.Noscript):
				hidden = tag
			}
			if hidden == 0 && !inline(tag) {
				if err := t.write("\n"); err != nil {
					return err
				}
			}
		}
	}
}

// inline tells elements that stand within a word or a line.
func inline(tag atom.Atom) bool {
	switch tag {
	case atom.A, atom.Abbr, atom.B, atom.Cite, atom.Code, atom.Em, atom.I, atom.Mark, atom.Small, atom.Span, atom.Strong, atom.Sub, atom.Sup, atom.U:
		return true
	}
	return false
}
