package account

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"bassin/internal/fault"
	"bassin/internal/when"

	"golang.org/x/text/unicode/norm"
)

// OrganisationID names an organisation.
type OrganisationID string

// OrganisationKind says what an organisation is.
type OrganisationKind string

// The kinds.
const (
	Company      OrganisationKind = "company"
	Grouping     OrganisationKind = "grouping" // of communes
	RegionBody   OrganisationKind = "region"
	StateService OrganisationKind = "state"
	Operator     OrganisationKind = "operator" // of the State
	School       OrganisationKind = "school"
	Training     OrganisationKind = "training"
	Association  OrganisationKind = "association"
	European     OrganisationKind = "european" // a fund of the European Union
)

// OrganisationKinds lists them in the order of forms.
func OrganisationKinds() []OrganisationKind {
	return []OrganisationKind{Company, Grouping, RegionBody, StateService, Operator, School, Training, Association, European}
}

// Key gives the text key of the kind's label.
func (k OrganisationKind) Key() string { return "account.kind." + string(k) }

// Public reports a body that signs and pays on the strength of a deliberation or decision.
func (k OrganisationKind) Public() bool {
	return k == Grouping || k == RegionBody || k == StateService || k == Operator
}

// Organisation is a company, public body, school or association.
type Organisation struct {
	ID          OrganisationID
	Kind        OrganisationKind
	Name        string
	ShortName   string
	NameKey     string
	SIREN       SIREN  `db:"siren"`
	SIRET       SIRET  `db:"siret"` // of the seat
	NAF         string `db:"naf"`   // activity code
	Headcount   string // band code of the national register
	Address     string
	Commune     string
	Latitude    float64 // degrees, WGS 84; 0, 0: unknown
	Longitude   float64
	TerritoryID string
	RegionID    string
	Demo        bool   // figures and name are made up for the demonstration
	Source      string // where the facts come from: typed, list, register
	CreatedAt   when.Time
	UpdatedAt   when.Time
	Version     int64
}

// Label is the short name where there is one.
func (o Organisation) Label() string {
	if o.ShortName != "" {
		return o.ShortName
	}
	return o.Name
}

// OrganisationFilter chooses and orders organisations of a list.
type OrganisationFilter struct {
	Text       string // words of the name, or a SIREN or SIRET, or how they begin
	Kind       OrganisationKind
	Sort       string // "name" (also when empty), "kind", "commune"
	Descending bool
}

// MayAddOrganisation decides who adds organisations: whoever prepares sheets needs partners and
// funders, so a project lead may.
func (a Actor) MayAddOrganisation() bool { return a.Admin() || a.Has(ProjectLead, "") }

// MayEditOrganisation decides who changes an organisation: the admin and its managers.
func (a Actor) MayEditOrganisation(id OrganisationID) bool { return a.Admin() || a.Manages(id) }

// MaySeeMembers decides who sees the people of an organisation: its own, and the admin.
func (a Actor) MaySeeMembers(id OrganisationID) bool {
	return a.Admin() || slices.Contains(a.Organisations(), id)
}

// maxName bounds names, in characters.
const maxName = 200

// tidy cleans the fields and gathers what is wrong.
func (o *Organisation) tidy() error {
	var wrong fault.Fields
	o.Name, o.ShortName = strings.Join(strings.Fields(o.Name), " "), strings.Join(strings.Fields(o.ShortName), " ")
	o.NameKey = Fold(o.Name)
	wrong.Text("name", o.Name, 1, maxName)
	wrong.Text("short_name", o.ShortName, 0, maxName)
	wrong.Text("address", o.Address, 0, 500)
	o.Commune, o.NAF, o.Headcount = strings.Join(strings.Fields(o.Commune), " "), strings.ToUpper(strings.TrimSpace(o.NAF)), strings.TrimSpace(o.Headcount)
	wrong.Text("commune", o.Commune, 0, maxName)
	if o.NAF != "" && !nafForm.MatchString(o.NAF) {
		wrong.Add("naf", "account.organisation.naf_form")
	}
	if o.Headcount != "" && !slices.Contains(headcounts, o.Headcount) {
		wrong.Add("headcount", "fault.choice")
	}
	if !slices.Contains(OrganisationKinds(), o.Kind) {
		wrong.Add("kind", "fault.choice")
	}
	if o.SIREN != "" {
		n, err := ParseSIREN(string(o.SIREN))
		if f := fault.As(err); f != nil {
			wrong = append(wrong, fault.Field{Name: "siren", Key: f.Key, Args: f.Args})
		}
		o.SIREN = n
	}
	if o.SIRET != "" {
		n, err := ParseSIRET(string(o.SIRET))
		if f := fault.As(err); f != nil {
			wrong = append(wrong, fault.Field{Name: "siret", Key: f.Key, Args: f.Args})
		}
		o.SIRET = n
		if err == nil && o.SIREN == "" && !wrong.Has("siren") {
			o.SIREN = SIREN(n[:9])
		}
		if err == nil && o.SIREN != "" && o.SIREN != SIREN(n[:9]) {
			wrong.Add("siret", "account.siret.other_siren")
		}
	}
	return wrong.Err()
}

// nafForm is an activity code of the national nomenclature: "25.62B"; the one of 2025 has the
// same form.
var nafForm = regexp.MustCompile(`^[0-9]{2}\.[0-9]{1,2}[A-Z]?$`)

// headcounts are the bands of the national register; "NN" is "none or unknown".
var headcounts = []string{"NN", "00", "01", "02", "03", "11", "12", "21", "22", "31", "32", "41", "42", "51", "52", "53"}

// differs lists the text keys of the fields in which two states of an organisation differ.
func (o Organisation) differs(p Organisation) []string {
	var keys []string
	for _, f := range []struct {
		name string
		same bool
	}{
		{"kind", o.Kind == p.Kind}, {"name", o.Name == p.Name}, {"short_name", o.ShortName == p.ShortName}, {"siren", o.SIREN == p.SIREN},
		{"siret", o.SIRET == p.SIRET}, {"naf", o.NAF == p.NAF}, {"headcount", o.Headcount == p.Headcount}, {"address", o.Address == p.Address},
		{"commune", o.Commune == p.Commune}, {"territory", o.TerritoryID == p.TerritoryID && o.RegionID == p.RegionID},
		{"place", o.Latitude == p.Latitude && o.Longitude == p.Longitude},
	} {
		if !f.same {
			keys = append(keys, "account.organisation."+f.name)
		}
	}
	return keys
}

// Fold makes the form under which names are ordered and searched: lower case, no accents, one
// space between words. œ and æ are written out.
func Fold(s string) string {
	s = strings.NewReplacer("œ", "oe", "Œ", "oe", "æ", "ae", "Æ", "ae", "’", "'", "ß", "ss").Replace(s)
	var b strings.Builder
	for _, r := range norm.NFD.String(s) {
		if unicode.Is(unicode.Mn, r) {
			continue
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
