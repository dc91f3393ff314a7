package account

import (
	"strings"
	"unicode"

	"bassin/internal/fault"
)

// SIREN is the nine-digit number of an organisation in the national register, digits only and
// checked; the empty string is "none". Made by ParseSIREN.
type SIREN string

// SIRET is the fourteen-digit number of an establishment: its organisation's SIREN and five
// digits more; the empty string is "none". Made by ParseSIRET.
type SIRET string

// laPoste is the SIREN whose establishments outnumber what the Luhn digit leaves room for: a
// SIRET of La Poste is also right when its plain sum of digits is a multiple of five.
const laPoste SIREN = "356000000"

// ParseSIREN cleans and checks a SIREN as people and spreadsheets write it: spaces of any kind,
// dots between groups, a ".0" that a spreadsheet added.
func ParseSIREN(s string) (SIREN, error) {
	digits, fail := cleanNumber(s)
	switch {
	case fail == "empty":
		return "", fault.New(fault.Invalid, "account.siren.empty")
	case fail == "rounded":
		return "", fault.New(fault.Invalid, "account.siren.rounded", "value", shorten(s))
	case fail == "digits":
		return "", fault.New(fault.Invalid, "account.siren.digits", "value", shorten(s))
	case len(digits) != 9:
		return "", fault.New(fault.Invalid, "account.siren.length", "value", shorten(s), "count", len(digits))
	case !luhn(digits) || digits == "000000000":
		return "", fault.New(fault.Invalid, "account.siren.check", "value", shorten(s))
	}
	return SIREN(digits), nil
}

// ParseSIRET cleans and checks a SIRET: fourteen digits, the first nine a right SIREN, and the
// Luhn sum of the whole (or the rule of La Poste).
func ParseSIRET(s string) (SIRET, error) {
	digits, fail := cleanNumber(s)
	switch {
	case fail == "empty":
		return "", fault.New(fault.Invalid, "account.siret.empty")
	case fail == "rounded":
		return "", fault.New(fault.Invalid, "account.siret.rounded", "value", shorten(s))
	case fail == "digits":
		return "", fault.New(fault.Invalid, "account.siret.digits", "value", shorten(s))
	case len(digits) != 14:
		return "", fault.New(fault.Invalid, "account.siret.length", "value", shorten(s), "count", len(digits))
	}
	if _, err := ParseSIREN(digits[:9]); err != nil {
		return "", fault.New(fault.Invalid, "account.siret.siren", "value", shorten(s), "siren", digits[:9])
	}
	if !luhn(digits) && (SIREN(digits[:9]) != laPoste || digitSum(digits)%5 != 0) {
		return "", fault.New(fault.Invalid, "account.siret.check", "value", shorten(s))
	}
	return SIRET(digits), nil
}

// Display writes the number in groups of three, "200 066 918", with no-break spaces. A value
// that was never checked is given back as it is.
func (s SIREN) Display() string {
	if len(s) != 9 {
		return string(s)
	}
	return string(s[:3] + "\u00a0" + s[3:6] + "\u00a0" + s[6:])
}

// SIREN gives the organisation of the establishment.
func (s SIRET) SIREN() SIREN {
	if len(s) != 14 {
		return ""
	}
	return SIREN(s[:9])
}

// Display writes the number as "200 034 528 00014", with no-break spaces.
func (s SIRET) Display() string {
	if len(s) != 14 {
		return string(s)
	}
	return s.SIREN().Display() + "\u00a0" + string(s[9:])
}

// cleanNumber takes away what people and spreadsheets put between and after the digits. It says
// "empty", "rounded" (a spreadsheet's 2.00067E+08: digits are lost for good) or "digits" when no
// number is left.
func cleanNumber(s string) (digits, fail string) {
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, s)
	if s == "" {
		return "", "empty"
	}
	if rounded(s) {
		return "", "rounded"
	}
	s = dropDecimals(s)
	s = strings.ReplaceAll(s, ".", "")
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return "", "digits"
	}
	return s, ""
}

// dropDecimals removes ".0" or ".00" (or with a comma). Three zeros are a group of the number.
func dropDecimals(s string) string {
	for _, end := range []string{".0", ".00", ",0", ",00"} {
		if rest, ok := strings.CutSuffix(s, end); ok {
			return rest
		}
	}
	return s
}

// rounded recognises the scientific notation of spreadsheets: digits, point or comma, E, exponent.
func rounded(s string) bool {
	i := strings.IndexAny(s, "eE")
	return i > 0 && strings.Trim(s[:i], "0123456789.,") == "" &&
		len(s) > i+1 && strings.Trim(s[i+1:], "+0123456789") == ""
}

// luhn reports whether the digits satisfy the check of ISO/IEC 7812-1.
func luhn(digits string) bool {
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

func digitSum(digits string) int {
	sum := 0
	for i := range len(digits) {
		sum += int(digits[i] - '0')
	}
	return sum
}

// shorten keeps messages readable when something long was typed or pasted.
func shorten(s string) string {
	const most = 40
	if r := []rune(strings.ToValidUTF8(s, "\uFFFD")); len(r) > most {
		return string(r[:most]) + "…"
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}
