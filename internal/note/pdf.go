package note

import (
	"fmt"
	"strings"
	"time"

	"bassin/internal/paper"
)

// Layout of a note as a PDF, in millimetres.
const (
	stepIn      = 6.0 // of what stands in a list or a quotation
	deepest     = paper.Width / 2
	cellPadding = 1.4
)

// PDF writes the document under its title, with a remark that says of when it is; lang is its
// language, at the instant of its version.
func (n Node) PDF(lang, title, remark string, at time.Time) ([]byte, error) {
	p := printer{paper.New(lang, title, title, at)}
	p.Name(title)
	p.Small(remark)
	p.Ln(3)
	p.blocks(n, 0)
	return p.Bytes()
}

type printer struct{ paper.Sheet }

// inside sets where lines begin; what lies very deep stands no further in.
func (p printer) inside(in float64) {
	p.SetLeftMargin(paper.Margin + min(in, deepest))
	p.SetX(paper.Margin + min(in, deepest))
}

func (p printer) blocks(n Node, in float64) {
	for i, c := range n.Content {
		if i > 0 {
			p.Ln(2)
		}
		p.inside(in)
		p.block(c, in)
	}
	p.inside(in)
}

func (p printer) block(n Node, in float64) {
	switch n.Type {
	case "paragraph":
		p.line(n, "", paper.TextSize, paper.LineHeight)
	case "heading":
		size := []float64{15, 13, 11.5}[n.Attrs.Level-1]
		p.Keep(25)
		p.Ln(2)
		p.line(n, "B", size, size/2)
	case "code_block":
		p.SetFont(paper.Mono, "", 9)
		p.SetTextColor(40, 40, 40)
		p.SetFillColor(242, 243, 243)
		p.MultiCell(0, 4.4, paper.Shown(n.said()), "", "L", true)
	case "blockquote":
		p.blocks(n, in+stepIn)
	case "horizontal_rule":
		p.SetDrawColor(150, 150, 150)
		x, y := paper.Margin+min(in, deepest), p.GetY()+1
		p.Line(x, y, paper.Margin+paper.Width, y)
		p.Ln(2)
	case "table":
		p.table(n, in)
	case "bullet_list", "ordered_list", "check_list":
		for i, item := range n.Content {
			if i > 0 {
				p.Ln(1)
			}
			p.item(n, item, i, in)
		}
	}
}

// item writes one of a list, its sign before it.
func (p printer) item(list, item Node, i int, in float64) {
	p.Keep(paper.LineHeight)
	p.inside(in)
	x, y := p.GetXY()
	p.SetFont(paper.Text, "", paper.TextSize)
	p.SetTextColor(20, 20, 20)
	p.SetDrawColor(60, 60, 60)
	switch list.Type {
	case "check_list":
		p.Rect(x+0.4, y+1, 3.2, 3.2, "D")
		if item.Attrs.Checked {
			p.Line(x+1.1, y+2.6, x+1.8, y+3.4)
			p.Line(x+1.8, y+3.4, x+3, y+1.7)
		}
	case "ordered_list":
		p.CellFormat(stepIn, paper.LineHeight, fmt.Sprintf("%d.", max(1, list.Attrs.Order)+i), "", 0, "L", false, 0, "")
	default:
		p.CellFormat(stepIn, paper.LineHeight, "•", "", 0, "L", false, 0, "")
	}
	p.SetXY(x, y)
	p.blocks(item, in+stepIn)
}

// line writes the text inside a block, each piece with its qualities.
func (p printer) line(n Node, style string, size, height float64) {
	for _, c := range n.Content {
		p.SetTextColor(20, 20, 20)
		switch c.Type {
		case "hard_break":
			p.Ln(height)
		case "mention":
			p.SetFont(paper.Text, "B", size)
			p.Write(height, paper.Shown("@"+c.Attrs.Name))
		case "text":
			family, own := paper.Text, style
			if c.Is("strong") && !strings.Contains(own, "B") {
				own += "B"
			}
			if c.Is("em") {
				own += "I"
			}
			if c.Is("code") {
				family, own = paper.Mono, ""
			}
			if c.Is("strike") {
				own += "S"
			}
			p.SetFont(family, own, size)
			if to := c.Link(); to != "" {
				p.SetTextColor(11, 83, 93)
				p.WriteLinkString(height, paper.Shown(c.Text), to)
				continue
			}
			p.Write(height, paper.Shown(c.Text))
		}
	}
	p.Ln(height)
}

// said is the text of a node and of all inside it, a line for each block.
func (n Node) said() string {
	switch n.Type {
	case "text":
		return n.Text
	case "hard_break":
		return "\n"
	case "mention":
		return "@" + n.Attrs.Name
	}
	var b strings.Builder
	for i, c := range n.Content {
		if i > 0 && group(c.Type) != "inline" {
			b.WriteString("\n")
		}
		b.WriteString(c.said())
	}
	return b.String()
}

// table writes rows of cells of equal width; a row that no page holds is written cell below cell.
func (p printer) table(n Node, in float64) {
	columns := 1
	for _, row := range n.Content {
		k := 0
		for _, c := range row.Content {
			k += max(1, c.Attrs.Colspan)
		}
		columns = max(columns, k)
	}
	width := (paper.Width - min(in, deepest)) / float64(columns)
	for _, row := range n.Content {
		if width < 4*cellPadding { // more columns than a sheet has room for
			p.below(row)
			continue
		}
		p.row(row, width, in)
	}
}

func (p printer) row(row Node, width, in float64) {
	lines, most := make([][]string, len(row.Content)), 1
	for i, c := range row.Content {
		p.cellFont(c)
		lines[i] = p.SplitText(paper.Shown(c.said()), width*float64(max(1, c.Attrs.Colspan))-2*cellPadding)
		most = max(most, len(lines[i]))
	}
	height := float64(most)*paper.LineHeight + 2*cellPadding
	if height > paper.Bottom-paper.Margin {
		p.below(row)
		return
	}
	p.Keep(height)
	p.inside(in)
	x, y := p.GetXY()
	p.SetDrawColor(190, 190, 190)
	p.SetTextColor(20, 20, 20)
	for i, c := range row.Content {
		w := width * float64(max(1, c.Attrs.Colspan))
		p.Rect(x, y, w, height, "D")
		p.cellFont(c)
		for k, text := range lines[i] {
			p.SetXY(x+cellPadding, y+cellPadding+float64(k)*paper.LineHeight)
			p.CellFormat(w-2*cellPadding, paper.LineHeight, text, "", 0, "L", false, 0, "")
		}
		x += w
	}
	p.SetXY(paper.Margin+min(in, deepest), y+height)
}

func (p printer) below(row Node) {
	for _, c := range row.Content {
		p.Text(c.said())
	}
}

func (p printer) cellFont(c Node) {
	style := ""
	if c.Type == "table_header" {
		style = "B"
	}
	p.SetFont(paper.Text, style, 9.5)
}
