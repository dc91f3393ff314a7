package territory

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"

	"bassin/internal/account"
	"bassin/internal/when"
)

// foundJSON is the answer of the service, of which only what is used is named. Any value may be
// null.
type foundJSON struct {
	Results []companyJSON `json:"results"`
	Total   int           `json:"total_results"`
	Page    int           `json:"page"`
	Pages   int           `json:"total_pages"`
}

type companyJSON struct {
	SIREN     string              `json:"siren"`
	Name      string              `json:"nom_complet"`
	Head      establishmentJSON   `json:"siege"`
	Matching  []establishmentJSON `json:"matching_etablissements"`
	NAF       string              `json:"activite_principale"`
	Category  string              `json:"categorie_entreprise"`
	LegalForm string              `json:"nature_juridique"`
	Headcount string              `json:"tranche_effectif_salarie"`
	CreatedOn string              `json:"date_creation"`
	State     string              `json:"etat_administratif"`
}

type establishmentJSON struct {
	SIRET     string `json:"siret"`
	Address   string `json:"adresse"`
	PostCode  string `json:"code_postal"`
	Commune   string `json:"commune"`
	Grouping  string `json:"epci"`
	NAF       string `json:"activite_principale"`
	NAF25     string `json:"activite_principale_naf25"`
	Headcount string `json:"tranche_effectif_salarie"`
	State     string `json:"etat_administratif"`
	Latitude  degree `json:"latitude"`
	Longitude degree `json:"longitude"`
}

// degree is a coordinate, which the service writes as a string, a number or null.
type degree struct {
	value float64
	known bool
}

// UnmarshalJSON reads the forms met and takes what is no number as unknown.
func (d *degree) UnmarshalJSON(b []byte) error {
	v, err := strconv.ParseFloat(string(bytes.Trim(b, `" `)), 64)
	*d = degree{}
	if err == nil && math.Abs(v) <= 180 {
		*d = degree{v, true}
	}
	return nil
}

// decodeFound reads an answer. A company without a right SIREN is left out: it could not be kept.
func decodeFound(body []byte) (Found, error) {
	var raw foundJSON
	if err := json.Unmarshal(body, &raw); err != nil {
		return Found{}, fmt.Errorf("read the answer: %w", err)
	}
	if raw.Results == nil {
		return Found{}, fmt.Errorf("the answer has no results: %s", shorten(string(body)))
	}
	found := Found{Total: raw.Total, Page: raw.Page, Pages: raw.Pages}
	for _, r := range raw.Results {
		siren, err := account.ParseSIREN(r.SIREN)
		if err != nil {
			continue
		}
		c := Company{
			SIREN: siren, Name: tidy(r.Name), Head: r.Head.establishment(),
			Category: tidy(r.Category), LegalForm: tidy(r.LegalForm), Headcount: Headcount(tidy(r.Headcount)),
			Open: r.State != "C",
		}
		if r.State == "" {
			c.Open = c.Head.Open
		}
		if c.Headcount == "" {
			c.Headcount = c.Head.Headcount
		}
		if c.Head.NAF == "" {
			c.Head.NAF = tidy(r.NAF)
		}
		if d, err := when.ParseDate(r.CreatedOn); err == nil {
			c.CreatedOn = d
		}
		for _, m := range r.Matching {
			c.Matching = append(c.Matching, m.establishment())
		}
		found.Companies = append(found.Companies, c)
	}
	return found, nil
}

func (e establishmentJSON) establishment() Establishment {
	out := Establishment{
		Address: tidy(e.Address), PostCode: tidy(e.PostCode), Commune: tidy(e.Commune),
		NAF: tidy(e.NAF), NAF25: tidy(e.NAF25), Headcount: Headcount(tidy(e.Headcount)), Open: e.State != "F",
	}
	// Numbers that do not check are left out rather than kept wrong.
	if siret, err := account.ParseSIRET(e.SIRET); err == nil {
		out.SIRET = siret
	}
	if siren, err := account.ParseSIREN(e.Grouping); err == nil {
		out.Grouping = siren
	}
	if e.Latitude.known && e.Longitude.known && math.Abs(e.Latitude.value) <= 90 {
		out.Located, out.Latitude, out.Longitude = true, e.Latitude.value, e.Longitude.value
	}
	return out
}

// tidy makes runs of spaces one, drops control characters and keeps as many characters as a name may have: the text
// comes from outside.
func tidy(s string) string {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	if r := []rune(s); len(r) > maxName {
		return string(r[:maxName])
	}
	return s
}
