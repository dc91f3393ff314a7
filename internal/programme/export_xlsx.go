package programme

import (
	"io"
	"net/http"

	"bassin/internal/web"
	"bassin/internal/when"

	"github.com/xuri/excelize/v2"
)

// Formats of cells, as Excel names them; it shows dates and separators in its own language.
const (
	formatMoney = `#,##0.00\ "€"`
	formatShare = `0%`
	formatDate  = `yyyy\-mm\-dd`
)

// xlsxStyles are the styles of an export's cells.
type xlsxStyles struct{ head, text, money, share, date int }

func newStyles(f *excelize.File) (s xlsxStyles, err error) {
	style := func(x excelize.Style) int {
		if err != nil {
			return 0
		}
		var id int
		id, err = f.NewStyle(&x)
		return id
	}
	format := func(code string) excelize.Style {
		return excelize.Style{CustomNumFmt: &code, Alignment: &excelize.Alignment{Vertical: "top"}}
	}
	s.head = style(excelize.Style{Font: &excelize.Font{Bold: true, Color: "FFFFFF"}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"0B5A6E"}},
		Alignment: &excelize.Alignment{WrapText: true, Vertical: "center"}})
	s.text = style(excelize.Style{Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}})
	s.money, s.share, s.date = style(format(formatMoney)), style(format(formatShare)), style(format(formatDate))
	return s, err
}

// cell makes a value one of a spreadsheet: numbers are numbers, dates are dates, texts are only ever
// texts.
func (s xlsxStyles) cell(v *web.View, value any) excelize.Cell {
	switch x := value.(type) {
	case string:
		return excelize.Cell{StyleID: s.text, Value: x}
	case int:
		return excelize.Cell{StyleID: s.text, Value: x}
	case float64:
		return excelize.Cell{StyleID: s.text, Value: x}
	case inEuros:
		return excelize.Cell{StyleID: s.money, Value: float64(x) / 100}
	case ratio:
		return excelize.Cell{StyleID: s.share, Value: float64(x)}
	case when.Date:
		if x.Valid() {
			return excelize.Cell{StyleID: s.date, Value: x.Time()}
		}
	case bool:
		return excelize.Cell{StyleID: s.text, Value: yesNo(v, x)}
	}
	return excelize.Cell{StyleID: s.text}
}

// tab is one sheet of the workbook, written row by row.
type tab struct {
	w     *excelize.StreamWriter
	v     *web.View
	style xlsxStyles
	row   int
	cells []any
}

func newTab(f *excelize.File, v *web.View, style xlsxStyles, name string, heads []string, widths []float64) (*tab, error) {
	if i, err := f.GetSheetIndex(name); err != nil || i < 0 {
		if _, err := f.NewSheet(name); err != nil {
			return nil, err
		}
	}
	w, err := f.NewStreamWriter(name)
	if err != nil {
		return nil, err
	}
	t := &tab{w: w, v: v, style: style, cells: make([]any, len(heads))}
	for i, width := range widths {
		if err := w.SetColWidth(i+1, i+1, width); err != nil {
			return nil, err
		}
	}
	if err := w.SetPanes(&excelize.Panes{Freeze: true, XSplit: 2, YSplit: 1, TopLeftCell: "C2", ActivePane: "bottomRight"}); err != nil {
		return nil, err
	}
	for i, h := range heads {
		t.cells[i] = excelize.Cell{StyleID: style.head, Value: h}
	}
	t.row = 1
	return t, w.SetRow("A1", t.cells, excelize.RowOpts{Height: 30})
}

func (t *tab) add(values ...any) error {
	for i, x := range values {
		t.cells[i] = t.style.cell(t.v, x)
	}
	t.row++
	at, err := excelize.CoordinatesToCellName(1, t.row)
	if err != nil {
		return err
	}
	return t.w.SetRow(at, t.cells)
}

// exportXLSX gives the list as a workbook: the actions, their lines of money, their indicators.
func (s *Service) exportXLSX(w http.ResponseWriter, r *http.Request) error {
	v := web.ViewOf(r)
	return s.download(w, r, exportName(v, ".xlsx"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", func(out io.Writer) error {
		f := excelize.NewFile()
		defer func() { _ = f.Close() }()
		book, err := newBook(f, v)
		if err != nil {
			return err
		}
		if err := s.eachExported(r, exportFilter(v), book.add); err != nil {
			return err
		}
		for _, t := range []*tab{book.actions, book.lines, book.indicators} {
			if err := t.w.Flush(); err != nil {
				return err
			}
		}
		_, err = f.WriteTo(out)
		return err
	})
}

type book struct {
	v                          *web.View
	columns                    []column
	values                     []any
	actions, lines, indicators *tab
}

func newBook(f *excelize.File, v *web.View) (b book, err error) {
	style, err := newStyles(f)
	if err != nil {
		return b, err
	}
	b.v, b.columns = v, exportColumns()
	b.values = make([]any, len(b.columns))
	first := v.T("programme.export.tab.actions")
	if err := f.SetSheetName("Sheet1", first); err != nil {
		return b, err
	}
	heads, widths := make([]string, len(b.columns)), make([]float64, len(b.columns))
	for i, c := range b.columns {
		heads[i], widths[i] = v.T(c.key), c.width
	}
	if b.actions, err = newTab(f, v, style, first, heads, widths); err != nil {
		return b, err
	}
	named := func(keys ...string) []string {
		out := make([]string, len(keys))
		for i, k := range keys {
			out[i] = v.T("programme.export.column." + k)
		}
		return out
	}
	if b.lines, err = newTab(f, v, style, v.T("programme.export.tab.lines"),
		named("reference", "title", "funder", "scheme", "nature", "year", "stage", "stage_on", "foreseen", "asked", "decided", "contracted", "paid", "refused"),
		[]float64{11, 40, 30, 24, 18, 8, 14, 12, 15, 15, 15, 15, 15, 15}); err != nil {
		return b, err
	}
	b.indicators, err = newTab(f, v, style, v.T("programme.export.tab.indicators"),
		named("reference", "title", "indicator", "unit", "direction", "baseline", "baseline_on", "target", "target_on", "value", "value_on", "progress"),
		[]float64{11, 40, 40, 14, 12, 12, 12, 12, 12, 12, 12, 11})
	return b, err
}

func (b book) add(x exported) error {
	v, a := b.v, x.Sheet.Action
	for i, c := range b.columns {
		b.values[i] = c.value(v, x)
	}
	if err := b.actions.add(b.values...); err != nil {
		return err
	}
	for _, l := range x.Lines {
		s := l.State
		stage := ""
		if s.Stage != "" {
			stage = v.T(s.Stage.Key())
		}
		if err := b.lines.add(a.Reference, a.Title, l.FunderName, l.Scheme, v.T(l.Nature.Key()), l.Year, stage, s.StageOn, inEuros(s.ForeseenCents),
			inEuros(s.AskedCents), inEuros(s.DecidedCents), inEuros(s.ContractedCents), inEuros(s.PaidCents), inEuros(s.RefusedCents+s.WithdrawnCents)); err != nil {
			return err
		}
	}
	for _, i := range x.Indicators {
		last, done := b.measured(x.Sheet, i)
		if err := b.indicators.add(a.Reference, a.Title, i.Name, i.Unit, v.T(i.Direction.Key()), i.Baseline, i.BaselineOn, i.Target, i.TargetOn,
			last.Value, last.On, done); err != nil {
			return err
		}
	}
	return nil
}

func (b book) measured(s Sheet, i Indicator) (last Value, done any) {
	var own []Value
	for _, x := range s.Values {
		if x.IndicatorID == i.ID {
			own = append(own, x)
		}
	}
	last, _ = Latest(own, never)
	if p := i.ProgressOn(own, never); p.Known {
		done = ratio(float64(p.Percent) / 100)
	}
	return last, done
}
