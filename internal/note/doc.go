package note

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"bassin/internal/fault"
)

// Bounds of a document as it is read.
const (
	maxNodes = 50_000
	maxDepth = 40
)

// Node is a piece of a document, as the editor writes it (ProseMirror's JSON), after Parse has
// found it to be one of ours. HTML, Markdown and print are made from it, never from what a
// browser sends as HTML.
type Node struct {
	Type    string `json:"type"`
	Attrs   Attrs  `json:"attrs,omitzero"`
	Content []Node `json:"content,omitempty"`
	Marks   []Mark `json:"marks,omitempty"`
	Text    string `json:"text,omitempty"`
}

// Attrs are the attributes of all types of node; each uses a few.
type Attrs struct {
	Level   int    `json:"level,omitempty"`   // heading, 1 to 3
	Order   int    `json:"order,omitempty"`   // ordered_list: its first number
	Checked bool   `json:"checked,omitempty"` // check_item
	ID      string `json:"id,omitempty"`      // mention: a person
	Name    string `json:"name,omitempty"`    // mention
	Colspan int    `json:"colspan,omitempty"` // cells
	Rowspan int    `json:"rowspan,omitempty"`
}

// Mark is a quality of a piece of text.
type Mark struct {
	Type  string `json:"type"`
	Attrs struct {
		Href string `json:"href,omitempty"`
	} `json:"attrs,omitzero"`
}

// content says which nodes stand in which: a whitelist.
var content = map[string]string{
	"doc": "block", "blockquote": "block", "list_item": "block", "check_item": "block", "table_cell": "block", "table_header": "block",
	"bullet_list": "list_item", "ordered_list": "list_item", "check_list": "check_item", "table": "table_row", "table_row": "cell",
	"paragraph": "inline", "heading": "inline", "code_block": "inline",
	"horizontal_rule": "", "text": "", "hard_break": "", "mention": "",
}

// group says what a type of node counts as.
func group(t string) string {
	switch t {
	case "paragraph", "heading", "code_block", "blockquote", "bullet_list", "ordered_list", "check_list", "table", "horizontal_rule":
		return "block"
	case "text", "hard_break", "mention":
		return "inline"
	case "table_cell", "table_header":
		return "cell"
	}
	return t
}

// Parse reads a document and refuses what the editor does not write.
func Parse(data []byte) (Node, error) {
	var n Node
	if len(data) > MaxDoc {
		return n, fault.New(fault.TooLarge, "note.wrong.size")
	}
	if err := json.Unmarshal(data, &n); err != nil {
		return Node{}, fault.Wrap(err, fault.Invalid, "note.wrong.doc")
	}
	count := 0
	if n.Type != "doc" {
		return Node{}, fault.New(fault.Invalid, "note.wrong.doc")
	}
	if err := n.check(0, &count); err != nil {
		return Node{}, fault.Wrap(err, fault.Invalid, "note.wrong.doc")
	}
	return n, nil
}

// check holds the node to the whitelist.
func (n Node) check(depth int, count *int) error {
	if *count++; *count > maxNodes || depth > maxDepth {
		return fmt.Errorf("too many nodes, or too deep")
	}
	inside, known := content[n.Type]
	a := n.Attrs
	switch {
	case !known:
		return fmt.Errorf("node %.40q is none of ours", n.Type)
	case (n.Type == "text") != (n.Text != "") || strings.Contains(n.Text, "\x00"):
		return fmt.Errorf("text of a %s", n.Type)
	case n.Type == "heading" && (a.Level < 1 || a.Level > 3):
		return fmt.Errorf("heading of level %d", a.Level)
	case a.Order < 0 || a.Order > 1e6 || a.Colspan < 0 || a.Colspan > 100 || a.Rowspan < 0 || a.Rowspan > 1000:
		return fmt.Errorf("numbers of a %s", n.Type)
	case n.Type == "mention" && (len(a.ID) > 40 || a.Name == "" || utf8.RuneCountInString(a.Name) > 200):
		return fmt.Errorf("mention of nobody")
	}
	for _, m := range n.Marks {
		switch m.Type {
		case "strong", "em", "strike", "code":
		case "link":
			if SafeLink(m.Attrs.Href) == "" {
				return fmt.Errorf("link to %.60q", m.Attrs.Href)
			}
		default:
			return fmt.Errorf("mark %.40q is none of ours", m.Type)
		}
	}
	for _, c := range n.Content {
		if group(c.Type) != inside || inside == "" {
			return fmt.Errorf("a %.40s in a %s", c.Type, n.Type)
		}
		if err := c.check(depth+1, count); err != nil {
			return err
		}
	}
	return nil
}

// SafeLink gives the address of a link when it leads to a page of ours, to the web or to a mail;
// else nothing.
func SafeLink(href string) string {
	u, err := url.Parse(href)
	if err != nil || len(href) > 2000 || strings.ContainsAny(href, "\\\r\n\t \x00") {
		return ""
	}
	switch strings.ToLower(u.Scheme) {
	case "http", "https":
		if u.Host != "" {
			return href
		}
	case "mailto":
		return href
	case "":
		if strings.HasPrefix(href, "/") && !strings.HasPrefix(href, "//") {
			return href
		}
	}
	return ""
}

// Link gives the address that the text leads to; "" when it is no link.
func (n Node) Link() string {
	for _, m := range n.Marks {
		if m.Type == "link" {
			return SafeLink(m.Attrs.Href)
		}
	}
	return ""
}

// Abroad gives the document with the server's address before links into it, for papers and files that
// leave it.
func (n Node) Abroad(base string) Node {
	n.Content, n.Marks = slices.Clone(n.Content), slices.Clone(n.Marks)
	for i, c := range n.Content {
		n.Content[i] = c.Abroad(base)
	}
	for i := range n.Marks {
		if m := &n.Marks[i]; m.Type == "link" && strings.HasPrefix(SafeLink(m.Attrs.Href), "/") {
			m.Attrs.Href = base + m.Attrs.Href
		}
	}
	return n
}

// Is reports whether the text has a quality.
func (n Node) Is(mark string) bool {
	for _, m := range n.Marks {
		if m.Type == mark {
			return true
		}
	}
	return false
}

// Empty reports whether there is nothing to read.
func (n Node) Empty() bool {
	switch n.Type {
	case "text", "mention", "table", "horizontal_rule":
		return false
	}
	for _, c := range n.Content {
		if !c.Empty() {
			return false
		}
	}
	return true
}

// Plain gives the words of the document, a line for each paragraph.
func (n Node) Plain() string {
	var b strings.Builder
	n.plain(&b)
	return strings.TrimSpace(b.String())
}

func (n Node) plain(b *strings.Builder) {
	switch n.Type {
	case "text":
		b.WriteString(n.Text)
	case "mention":
		b.WriteString("@" + n.Attrs.Name)
	case "hard_break":
		b.WriteString("\n")
	}
	for _, c := range n.Content {
		c.plain(b)
	}
	if content[n.Type] == "inline" {
		b.WriteString("\n")
	}
}
