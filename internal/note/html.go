package note

import (
	"html"
	"strconv"
	"strings"
)

// HTML writes the document for reading. Everything in it is either ours or escaped. Done and todo
// are the words for the boxes of a checklist.
func (n Node) HTML(done, todo string) string {
	h := htmlWriter{done: done, todo: todo}
	h.children(n)
	return h.b.String()
}

type htmlWriter struct {
	b          strings.Builder
	done, todo string
}

func (h *htmlWriter) children(n Node) {
	for _, c := range n.Content {
		h.node(c)
	}
}

func (h *htmlWriter) wrap(tag string, n Node) {
	h.b.WriteString("<" + tag + ">")
	h.children(n)
	name, _, _ := strings.Cut(tag, " ")
	h.b.WriteString("</" + name + ">")
}

// tags are the elements of nodes that have no more to say.
var tags = map[string]string{"paragraph": "p", "blockquote": "blockquote", "bullet_list": "ul", "list_item": "li", "check_list": `ul class="b-checks"`,
	"table_row": "tr"}

func (h *htmlWriter) node(n Node) {
	switch n.Type {
	case "text":
		h.text(n)
	case "hard_break":
		h.b.WriteString("<br>")
	case "horizontal_rule":
		h.b.WriteString("<hr>")
	case "mention":
		h.b.WriteString(`<span class="b-at">@` + html.EscapeString(n.Attrs.Name) + "</span>")
	case "heading":
		h.wrap("h"+strconv.Itoa(n.Attrs.Level+1), n) // the title of the note is the page's h1
	case "code_block":
		h.b.WriteString("<pre><code>")
		for _, c := range n.Content {
			h.b.WriteString(html.EscapeString(c.Text))
		}
		h.b.WriteString("</code></pre>")
	case "ordered_list":
		tag := "ol"
		if n.Attrs.Order > 1 {
			tag += ` start="` + strconv.Itoa(n.Attrs.Order) + `"`
		}
		h.wrap(tag, n)
	case "check_item":
		class, word := "", h.todo
		if n.Attrs.Checked {
			class, word = ` class="done"`, h.done
		}
		h.b.WriteString("<li" + class + `><span class="b-pad-box" role="img" aria-label="` + html.EscapeString(word) + `"></span><div>`)
		h.children(n)
		h.b.WriteString("</div></li>")
	case "table":
		h.b.WriteString(`<div class="b-pad-table" tabindex="0"><table><tbody>`)
		h.children(n)
		h.b.WriteString("</tbody></table></div>")
	case "table_cell", "table_header":
		tag := "td"
		if n.Type == "table_header" {
			tag = "th"
		}
		if n.Attrs.Colspan > 1 {
			tag += ` colspan="` + strconv.Itoa(n.Attrs.Colspan) + `"`
		}
		if n.Attrs.Rowspan > 1 {
			tag += ` rowspan="` + strconv.Itoa(n.Attrs.Rowspan) + `"`
		}
		h.wrap(tag, n)
	default:
		h.wrap(tags[n.Type], n)
	}
}

func (h *htmlWriter) text(n Node) {
	s := html.EscapeString(n.Text)
	for _, m := range []struct{ mark, tag string }{{"code", "code"}, {"strike", "s"}, {"em", "em"}, {"strong", "strong"}} {
		if n.Is(m.mark) {
			s = "<" + m.tag + ">" + s + "</" + m.tag + ">"
		}
	}
	if to := n.Link(); to != "" {
		s = `<a href="` + html.EscapeString(to) + `" rel="noopener nofollow">` + s + "</a>"
	}
	h.b.WriteString(s)
}
