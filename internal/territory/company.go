package territory

import (
	"bassin/internal/account"
	"bassin/internal/when"
)

// Company is a legal unit as the public company search service describes it. Only the SIREN and
// the name are sure to be there.
type Company struct {
	SIREN     account.SIREN
	Name      string
	Head      Establishment // siège
	Matching  []Establishment
	Category  string // PME, ETI, GE; "" unknown
	LegalForm string // code of the "nature juridique": "5710"
	Headcount Headcount
	CreatedOn when.Date
	Open      bool
}

// Establishment is one place of a company.
type Establishment struct {
	SIRET     account.SIRET
	Address   string
	PostCode  string
	Commune   string // INSEE code
	Grouping  account.SIREN
	NAF       string // activity, nomenclature NAF rév. 2: "25.62B"
	NAF25     string // the same in NAF 2025
	Headcount Headcount
	Open      bool

	Located             bool // false: no coordinates are known
	Latitude, Longitude float64
}

// Headcount is a band of INSEE: "12" is 20 to 49 employees. "NN" and "" are unknown.
type Headcount string

// Range gives the least and most employees of the band; most is -1 when it has no upper end. ok is
// false for unknown bands and for "NN" (no employee declared, or not known).
func (h Headcount) Range() (least, most int, ok bool) {
	switch h {
	case "00":
		return 0, 0, true
	case "01":
		return 1, 2, true
	case "02":
		return 3, 5, true
	case "03":
		return 6, 9, true
	case "11":
		return 10, 19, true
	case "12":
		return 20, 49, true
	case "21":
		return 50, 99, true
	case "22":
		return 100, 199, true
	case "31":
		return 200, 249, true
	case "32":
		return 250, 499, true
	case "41":
		return 500, 999, true
	case "42":
		return 1000, 1999, true
	case "51":
		return 2000, 4999, true
	case "52":
		return 5000, 9999, true
	case "53":
		return 10_000, -1, true
	}
	return 0, 0, false
}
