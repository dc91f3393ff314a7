package web

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"bassin/internal/db"
	"bassin/internal/when"
)

// Spaces of French typography: narrow between thousands, plain before € and %.
const (
	narrow = "\u202f"
	nbsp   = "\u00a0"
)

// Number writes a whole number with the language's thousands.
func (v *View) Number(n int64) string {
	sep := narrow
	if v.Lang == "en" {
		sep = ","
	}
	return group(strconv.FormatInt(n, 10), sep)
}

func group(digits, sep string) string {
	sign := ""
	if strings.HasPrefix(digits, "-") {
		sign, digits = "−", digits[1:]
	}
	if len(digits) <= 3 {
		return sign + digits
	}
	var b strings.Builder
	head := len(digits) % 3
	b.WriteString(digits[:head])
	for i := head; i < len(digits); i += 3 {
		if b.Len() > 0 {
			b.WriteString(sep)
		}
		b.WriteString(digits[i : i+3])
	}
	return sign + b.String()
}

// Amount writes cents as euros without the sign of the currency: "1 200", "1 200,50".
func (v *View) Amount(cents int64) string {
	neg := cents < 0
	if neg {
		cents = -cents
	}
	s := v.Number(cents / 100)
	if c := cents % 100; c != 0 {
		point := ","
		if v.Lang == "en" {
			point = "."
		}
		s += fmt.Sprintf("%s%02d", point, c)
	}
	if neg {
		s = "−" + s
	}
	return s
}

// Money writes cents as euros in full: "1 200 €", "€1,200".
func (v *View) Money(cents int64) string {
	if v.Lang == "en" {
		if cents < 0 {
			return "−€" + v.Amount(-cents)
		}
		return "€" + v.Amount(cents)
	}
	return v.Amount(cents) + nbsp + "€"
}

// MoneyShort writes an amount for summaries: M€ and k€ with at most one decimal.
func (v *View) MoneyShort(cents int64) string {
	euros := float64(cents) / 100
	var unit string
	var div float64
	switch abs := math.Abs(euros); {
	case abs >= 999_500:
		unit, div = "M", 1e6
	case abs >= 9_999.5:
		unit, div = "k", 1e3
	default:
		return v.Money(int64(math.Round(euros)) * 100)
	}
	s := v.Decimal(euros/div, 1)
	if v.Lang == "en" {
		if strings.HasPrefix(s, "−") {
			return "−€" + strings.TrimPrefix(s, "−") + unit
		}
		return "€" + s + unit
	}
	return s + nbsp + unit + "€"
}

// Decimal writes a number with at most the given decimals, trailing zeros cut.
func (v *View) Decimal(x float64, decimals int) string {
	s := strconv.FormatFloat(x, 'f', decimals, 64)
	whole, frac, _ := strings.Cut(s, ".")
	frac = strings.TrimRight(frac, "0")
	sep, point := narrow, ","
	if v.Lang == "en" {
		sep, point = ",", "."
	}
	whole = group(whole, sep)
	if frac == "" {
		if whole == "−0" {
			return "0"
		}
		return whole
	}
	return whole + point + frac
}

// Percent writes a share between 0 and 1 as whole percent.
func (v *View) Percent(share float64) string {
	s := v.Decimal(share*100, 0)
	if v.Lang == "en" {
		return s + "%"
	}
	return s + nbsp + "%"
}

// Rate writes a share between 0 and 1 as percent with one decimal: "25,0 %".
func (v *View) Rate(share float64) string {
	s := strconv.FormatFloat(share*100, 'f', 1, 64)
	if v.Lang == "en" {
		return s + "%"
	}
	return strings.Replace(s, ".", ",", 1) + nbsp + "%"
}

var months = map[string][]string{
	"fr": {"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"},
	"en": {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
}

// Month gives the name of a month, 1 to 12.
func (v *View) Month(m time.Month) string { return months[v.Lang][m-1] }

// Date writes a day in full: "21 mai 2026", "21 May 2026"; nothing for no date.
func (v *View) Date(d when.Date) string {
	if !d.Valid() {
		return ""
	}
	return v.DateShort(d) + " " + strconv.Itoa(d.Year())
}

// DateShort writes a day without its year: "21 mai", "1er juin".
func (v *View) DateShort(d when.Date) string {
	if !d.Valid() {
		return ""
	}
	t := d.Time()
	day := strconv.Itoa(t.Day())
	if t.Day() == 1 && v.Lang == "fr" {
		day = "1er"
	}
	return day + nbsp + v.Month(t.Month())
}

// DateNear writes a day without its year when it is this year's.
func (v *View) DateNear(d when.Date) string {
	if d.Year() == v.Today().Year() {
		return v.DateShort(d)
	}
	return v.Date(d)
}

// DateTime writes an instant in French time: "21 mai 2026, 14:05".
func (v *View) DateTime(t when.Time) string {
	if t == 0 {
		return ""
	}
	return v.Date(t.Date(db.Paris)) + ", " + v.Clock(t)
}

// Clock writes the hour of an instant in French time: "14:05".
func (v *View) Clock(t when.Time) string {
	if t == 0 {
		return ""
	}
	return t.Time().In(db.Paris).Format("15:04")
}

// Span writes a number of days as people say it: in days up to sixty, then in months, from two years on in years:
// "21 jours", "5 mois", "3 ans".
func (v *View) Span(days int) string {
	switch {
	case days <= 60:
		return v.T("web.span_days", "count", days)
	case days < 2*365:
		return v.T("web.span_months", "count", days*12/365)
	}
	return v.T("web.span_years", "count", days/365)
}

// Days says how far a day is from today: "dans 7 jours", "il y a 3 mois", "aujourd’hui".
func (v *View) Days(d when.Date) string {
	n := d.Sub(v.Today())
	switch {
	case n == 0:
		return v.T("web.today")
	case n == 1:
		return v.T("web.tomorrow")
	case n == -1:
		return v.T("web.yesterday")
	case n > 0:
		return v.T("web.in_span", "span_days", n)
	default:
		return v.T("web.span_ago", "span_days", -n)
	}
}

// Size writes a number of bytes.
func (v *View) Size(n int64) string {
	units := []string{"o", "ko", "Mo", "Go"}
	if v.Lang == "en" {
		units = []string{"B", "kB", "MB", "GB"}
	}
	x, i := float64(n), 0
	for x >= 1000 && i < len(units)-1 {
		x, i = x/1000, i+1
	}
	return v.Decimal(x, 1) + nbsp + units[i]
}
