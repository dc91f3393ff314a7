package web

import (
	"encoding/csv"
	"net/http"
	"strconv"
	"strings"
)

// CSV answers with a table for spreadsheets, row by row: UTF-8 with its mark, the separator that
// the reader's language opens in columns. Each is called once and gives the rows.
func CSV(w http.ResponseWriter, r *http.Request, name string, head []string, each func(row func(cells ...string) error) error) error {
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	if _, err := w.Write([]byte("\ufeff")); err != nil {
		return nil // the reader left
	}
	out := csv.NewWriter(w)
	if ViewOf(r).Lang == "fr" {
		out.Comma = ';'
	}
	out.UseCRLF = true
	row := func(cells ...string) error {
		safe := make([]string, len(cells))
		for i, c := range cells {
			safe[i] = cell(c)
		}
		return out.Write(safe)
	}
	err := row(head...)
	if err == nil {
		err = each(row)
	}
	out.Flush()
	if err != nil && r.Context().Err() != nil {
		return nil
	}
	return err
}

// cell keeps a spreadsheet from taking what somebody typed for a formula. Numbers stay numbers.
func cell(s string) string {
	rest := strings.TrimLeft(s, "'") // a sign of its own stays one when the sign is taken away again
	if rest == "" || !strings.ContainsRune("=+-@\t\r", rune(rest[0])) {
		return s
	}
	if strings.Trim(s, "+-0123456789., ") == "" {
		return s
	}
	return "'" + s
}

// CellNumber writes a number as spreadsheets of the reader's language read it: nothing between thousands.
func (v *View) CellNumber(x float64, decimals int) string {
	s := strconv.FormatFloat(x, 'f', decimals, 64)
	if v.Lang == "fr" {
		s = strings.Replace(s, ".", ",", 1)
	}
	return s
}

// CellEuros writes cents as a number of euros.
func (v *View) CellEuros(cents int64) string { return v.CellNumber(float64(cents)/100, 2) }

// InUnit is the head of a column whose cells are numbers alone: "Versé (€)".
func (v *View) InUnit(label, unit string) string { return label + " (" + unit + ")" }
