// Package paper writes the PDFs that Bassin makes itself: A4, quiet, with a foot that counts the
// pages. The letters go with the file (the Go fonts, BSD licence), so that accents are right
// everywhere.
//
// Words: a sheet is a document while it is written.
// Tables: none. Called by meeting (minutes) and note.
package paper

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/gobolditalic"
	"golang.org/x/image/font/gofont/goitalic"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/goregular"
)

// The sheet in millimetres, and the letters in points.
const (
	Margin     = 20.0
	Width      = 210.0 - 2*Margin
	Bottom     = 297.0 - Margin - 5 // where a page ends
	LineHeight = 5.2
	TextSize   = 10.5
)

// The families of letters.
const (
	Text = "go"   // styles "", "B", "I", "BI"
	Mono = "mono" // style ""
)

// Sheet is a document while it is written; what fpdf can do is there too.
type Sheet struct{ *fpdf.Fpdf }

// New begins a document in a language ("fr"), with a title, words for the foot of each page, and
// the instant that it is of.
func New(lang, title, foot string, at time.Time) Sheet {
	s := Sheet{fpdf.New("P", "mm", "A4", "")}
	s.AddUTF8FontFromBytes(Text, "", goregular.TTF)
	s.AddUTF8FontFromBytes(Text, "B", gobold.TTF)
	s.AddUTF8FontFromBytes(Text, "I", goitalic.TTF)
	s.AddUTF8FontFromBytes(Text, "BI", gobolditalic.TTF)
	s.AddUTF8FontFromBytes(Mono, "", gomono.TTF)
	s.SetCreationDate(at)
	s.SetModificationDate(at)
	s.SetCatalogSort(true)
	s.SetTitle(Shown(title), true)
	s.SetLang(lang)
	s.SetMargins(Margin, Margin, Margin)
	s.SetAutoPageBreak(true, 297-Bottom)
	s.AliasNbPages("")
	s.SetFooterFunc(func() {
		s.SetXY(Margin, -15)
		s.SetFont(Text, "", 8)
		s.SetTextColor(90, 90, 90)
		s.CellFormat(Width*0.8, 5, Shown(foot), "", 0, "L", false, 0, "")
		s.CellFormat(Width*0.2, 5, fmt.Sprintf("%d/{nb}", s.PageNo()), "", 0, "R", false, 0, "")
	})
	s.AddPage()
	return s
}

// Bytes ends the document.
func (s Sheet) Bytes() ([]byte, error) {
	var b bytes.Buffer
	err := s.Output(&b)
	return b.Bytes(), err
}

// Shown leaves out what the letters have no sign for: narrow spaces become ordinary unbroken ones.
func Shown(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\u202f' || r == '\u2009':
			return '\u00a0'
		case r == '\u2011':
			return '-'
		case r > 0xFFFF, r < 0x20 && r != '\n':
			return -1
		}
		return r
	}, strings.ReplaceAll(text, "\t", "    "))
}

// Name is the document's own title, at its beginning.
func (s Sheet) Name(text string) {
	s.SetFont(Text, "B", 18)
	s.SetTextColor(20, 20, 20)
	s.MultiCell(0, 8, Shown(text), "", "L", false)
}

// Title begins a part; it does not stand alone at the foot of a page.
func (s Sheet) Title(text string) {
	s.Keep(30)
	s.Ln(4)
	s.SetFont(Text, "B", 13)
	s.SetTextColor(11, 83, 93)
	s.MultiCell(0, 7, Shown(text), "", "L", false)
	s.Ln(1)
}

// Keep begins a new page when less than that much of this one is left, in millimetres.
func (s Sheet) Keep(height float64) {
	if s.GetY() > Bottom-height {
		s.AddPage()
	}
}

// Strong is a paragraph in bold letters.
func (s Sheet) Strong(text string) { s.paragraph("B", TextSize, 20, LineHeight, text) }

// Text is a paragraph.
func (s Sheet) Text(text string) { s.paragraph("", TextSize, 20, LineHeight, text) }

// Small is a remark.
func (s Sheet) Small(text string) { s.paragraph("", 9, 90, 4.6, text) }

func (s Sheet) paragraph(style string, size float64, grey int, height float64, text string) {
	s.SetFont(Text, style, size)
	s.SetTextColor(grey, grey, grey)
	s.MultiCell(0, height, Shown(text), "", "L", false)
}
