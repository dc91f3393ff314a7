package note

import (
	"fmt"
	"regexp"
	"strings"
)

// Markdown writes the document as GitHub's Markdown, which has tables and checklists.
func (n Node) Markdown() string {
	text := n.blocks("")
	if text == "" {
		return ""
	}
	return text + "\n"
}

// blocks writes the blocks inside a node, an empty line between them; lines after the first begin
// with the indent.
func (n Node) blocks(indent string) string {
	var parts []string
	for _, c := range n.Content {
		if s := c.block(indent); s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, "\n\n"+indent)
}

func (n Node) block(indent string) string {
	switch n.Type {
	case "paragraph":
		return strings.ReplaceAll(lineStart(n.line()), "\n", "\n"+indent)
	case "heading":
		return strings.Repeat("#", n.Attrs.Level) + " " + strings.ReplaceAll(n.line(), "\\\n", " ")
	case "code_block":
		text := ""
		for _, c := range n.Content {
			text += c.Text
		}
		fence := "```"
		for strings.Contains(text, fence) {
			fence += "`"
		}
		return fence + "\n" + indent + strings.ReplaceAll(text, "\n", "\n"+indent) + "\n" + indent + fence
	case "blockquote":
		return "> " + strings.ReplaceAll(n.blocks(""), "\n", "\n"+indent+"> ")
	case "horizontal_rule":
		return "---"
	case "table":
		return strings.ReplaceAll(n.table(), "\n", "\n"+indent)
	case "bullet_list", "ordered_list", "check_list":
		var items []string
		for i, c := range n.Content {
			sign := "- "
			switch {
			case n.Type == "ordered_list":
				sign = fmt.Sprintf("%d. ", max(1, n.Attrs.Order)+i)
			case c.Attrs.Checked:
				sign = "- [x] "
			case n.Type == "check_list":
				sign = "- [ ] "
			}
			items = append(items, sign+c.blocks(indent+strings.Repeat(" ", min(len(sign), 4))))
		}
		return strings.Join(items, "\n"+indent)
	}
	return ""
}

// line writes the text inside a block.
func (n Node) line() string {
	var b strings.Builder
	for _, c := range n.Content {
		switch c.Type {
		case "hard_break":
			b.WriteString("\\\n")
		case "mention":
			b.WriteString("@" + escape(c.Attrs.Name))
		case "text":
			b.WriteString(c.marked())
		}
	}
	return strings.TrimSpace(b.String())
}

// marked writes a piece of text with its qualities; spaces stay outside of the signs, where
// Markdown wants them.
func (n Node) marked() string {
	body := strings.TrimSpace(n.Text)
	if body == "" {
		return n.Text
	}
	at := strings.Index(n.Text, body)
	before, after := n.Text[:at], n.Text[at+len(body):]
	if n.Is("code") {
		fence := "`"
		for strings.Contains(body, fence) {
			fence += "`"
		}
		if len(fence) > 1 {
			body = fence + " " + body + " " + fence
		} else {
			body = fence + body + fence
		}
	} else {
		body = escape(body)
	}
	for _, m := range []struct{ mark, sign string }{{"em", "*"}, {"strong", "**"}, {"strike", "~~"}} {
		if n.Is(m.mark) {
			body = m.sign + body + m.sign
		}
	}
	if to := n.Link(); to != "" {
		body = "[" + body + "](<" + strings.NewReplacer("<", "%3C", ">", "%3E").Replace(to) + ">)"
	}
	return before + body + after
}

func (n Node) table() string {
	var rows []string
	for i, row := range n.Content {
		var cells []string
		for _, c := range row.Content {
			text := strings.NewReplacer("\\\n", " ", "\n", " ").Replace(c.blocks(""))
			cells = append(cells, text)
			for range c.Attrs.Colspan - 1 {
				cells = append(cells, "")
			}
		}
		rows = append(rows, "| "+strings.Join(cells, " | ")+" |")
		if i == 0 {
			rows = append(rows, "|"+strings.Repeat(" --- |", len(cells)))
		}
	}
	return strings.Join(rows, "\n")
}

var signs = strings.NewReplacer("\\", "\\\\", "*", "\\*", "_", "\\_", "`", "\\`", "[", "\\[", "]", "\\]", "<", "\\<", "~", "\\~", "|", "\\|", "&", "\\&")

func escape(text string) string { return signs.Replace(text) }

var startSign = regexp.MustCompile(`(?m)^(\s*)(#{1,6}\s|[-+>]|=)`)
var startNumber = regexp.MustCompile(`(?m)^(\s*\d+)([.)])`)

// lineStart keeps words at the beginning of a line from being a heading or a list.
func lineStart(text string) string {
	return startNumber.ReplaceAllString(startSign.ReplaceAllString(text, `$1\$2`), `$1\$2`)
}
