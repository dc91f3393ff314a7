package account

import (
	"strings"
	"testing"

	"bassin/internal/fault"
)

func TestParseSIREN(t *testing.T) {
	for _, c := range []struct{ name, in, want, key string }{
		{"plain", "200066918", "200066918", ""},
		{"spaces", " 200 066 918 ", "200066918", ""},
		{"no-break spaces", "200\u00a0066\u202f918", "200066918", ""},
		{"zero-width and byte-order mark", "\ufeff200\u200b066918", "200066918", ""},
		{"tab and line end", "\t200066918\r\n", "200066918", ""},
		{"dots", "200.066.918", "200066918", ""},
		{"decimal of a spreadsheet", "200066918.0", "200066918", ""},
		{"two decimals, comma", "200066918,00", "200066918", ""},
		{"dots and a last group of zeros", "356.000.000", "356000000", ""},
		{"La Poste", "356000000", "356000000", ""},
		{"empty", "", "", "account.siren.empty"},
		{"only spaces", " \u00a0", "", "account.siren.empty"},
		{"wrong check digit", "200066919", "", "account.siren.check"},
		{"two digits swapped", "200069618", "", "account.siren.check"},
		{"all zeros", "000000000", "", "account.siren.check"},
		{"eight digits", "20006691", "", "account.siren.length"},
		{"a SIRET", "20003452800014", "", "account.siren.length"},
		{"rounded by a spreadsheet", "2.00067E+08", "", "account.siren.rounded"},
		{"rounded, comma", "2,00067e8", "", "account.siren.rounded"},
		{"letters", "FR200066918", "", "account.siren.digits"},
		{"a sign", "-200066918", "", "account.siren.digits"},
		{"other digits", "２０００６６９１８", "", "account.siren.digits"},
		{"only dots", "...", "", "account.siren.digits"},
		{"not UTF-8", "2000\xff66918", "", "account.siren.digits"},
		{"long", strings.Repeat("9", 100_000), "", "account.siren.length"},
	} {
		got, err := ParseSIREN(c.in)
		checkNumber(t, c.name, string(got), c.want, err, c.key)
	}
}

func TestParseSIRET(t *testing.T) {
	for _, c := range []struct{ name, in, want, key string }{
		{"plain", "20003452800014", "20003452800014", ""},
		{"spaces", "200 034 528 00014", "20003452800014", ""},
		{"decimal of a spreadsheet", "20003452800014.0", "20003452800014", ""},
		{"La Poste by the sum of digits", "35600000009075", "35600000009075", ""},
		{"La Poste by Luhn", "35600000000048", "35600000000048", ""},
		{"La Poste by neither", "35600000009076", "", "account.siret.check"},
		{"sum of digits is for La Poste alone", "20003452800010", "", "account.siret.check"},
		{"last digits swapped", "20003452800041", "", "account.siret.check"},
		{"its SIREN is wrong", "20003452900013", "", "account.siret.siren"},
		{"a SIREN", "200066918", "", "account.siret.length"},
		{"rounded by a spreadsheet", "2.00035E+13", "", "account.siret.rounded"},
		{"letters", "2000345280001A", "", "account.siret.digits"},
		{"empty", "", "", "account.siret.empty"},
	} {
		got, err := ParseSIRET(c.in)
		checkNumber(t, c.name, string(got), c.want, err, c.key)
	}
}

func TestDisplayOfNumbers(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{SIREN("200066918").Display(), "200\u00a0066\u00a0918"},
		{SIREN("").Display(), ""},
		{SIREN("12").Display(), "12"},
		{SIRET("20003452800014").Display(), "200\u00a0034\u00a0528\u00a000014"},
		{SIRET("").Display(), ""},
		{string(SIRET("20003452800014").SIREN()), "200034528"},
		{string(SIRET("").SIREN()), ""},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestDisplayIsReadAgain(t *testing.T) {
	if got, err := ParseSIREN(SIREN("200066918").Display()); err != nil || got != "200066918" {
		t.Errorf("got %q, %v", got, err)
	}
	if got, err := ParseSIRET(SIRET("20003452800014").Display()); err != nil || got != "20003452800014" {
		t.Errorf("got %q, %v", got, err)
	}
}

func checkNumber(t *testing.T, name, got, want string, err error, key string) {
	t.Helper()
	if key == "" {
		if err != nil || got != want {
			t.Errorf("%s: got %q, %v; want %q", name, got, err, want)
		}
		return
	}
	f := fault.As(err)
	if f == nil || f.Kind != fault.Invalid || f.Key != key || got != "" {
		t.Errorf("%s: got %q, %v; want invalid %s", name, got, err, key)
	}
}
