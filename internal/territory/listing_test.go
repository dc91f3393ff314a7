package territory

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"bassin/internal/account"
	"bassin/internal/fault"
)

const groupingForm = "id_ti,lib_ti,siren_epci,nom_epci\n"
const communeForm = "insee_com,lib_com,id_ti,lib_ti\n"

func mustRead(t *testing.T, text string) Listing {
	t.Helper()
	l, err := ReadListing(strings.NewReader(text))
	if err != nil {
		t.Fatalf("read: %v", err)
	}
	return l
}

// official opens the public list, which stands beside the repository.
func official(t testing.TB) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "data", "territories_phase1.csv"))
	if err != nil {
		t.Skipf("the official list is not beside the repository: %v", err)
	}
	return data
}

func TestReadOfficialListing(t *testing.T) {
	l, err := ReadListing(bytes.NewReader(official(t)))
	if err != nil {
		t.Fatal(err)
	}
	if l.Form != ByGrouping || l.Encoding != "UTF-8" || l.Lines != 149 || len(l.Territories) != 149 || len(l.Groupings) != 588 || l.RejectedCount != 0 {
		t.Fatalf("got form %s, %s, %d lines, %d territories, %d groupings, %d rejected", l.Form, l.Encoding, l.Lines, len(l.Territories), len(l.Groupings), l.RejectedCount)
	}
	if got, want := l.Territories[0], (Territory{ID: "ti-0101", Name: "Communauté d’agglomération Cap Excellence", Region: "01"}); got != want {
		t.Errorf("first territory: got %+v, want %+v", got, want)
	}
	occitanie := 0
	for _, x := range l.Territories {
		if x.Region == "76" {
			occitanie++
		}
	}
	if occitanie != 9 {
		t.Errorf("territories led by Occitanie: got %d, want 9", occitanie)
	}
	names := map[account.SIREN]string{}
	for _, g := range l.Groupings {
		if g.Name == "" {
			t.Errorf("%s %s has no name", g.Territory, g.SIREN)
		}
		names[g.SIREN] = g.Name
	}
	for siren, want := range map[account.SIREN]string{
		"200066918": "CA Alès Agglomération",
		"200067668": "CC de la Cléry, du Betz et de l’Ouanne",
		"248500563": "CC Vendée, Sèvre, Autise",
		"240800847": "CC des Portes du Luxembourg",
	} {
		if names[siren] != want {
			t.Errorf("%s: got %q, want %q", siren, names[siren], want)
		}
	}
	joined := 0
	for _, n := range l.Remarks {
		if n.Key == "territory.listing.names_joined" {
			joined++
		}
	}
	if joined != 8 || l.RemarkCount != 8 {
		t.Errorf("got %d remarks, %d of joined names; want 8 and 8", l.RemarkCount, joined)
	}
	again, err := ReadListing(bytes.NewReader(official(t)))
	if err != nil {
		t.Fatal(err)
	}
	d := Compare(again, Known{Territories: l.Territories, Groupings: l.Groupings})
	if !d.None() || d.Territories.Unchanged != 149 || d.Groupings.Unchanged != 588 || len(d.Territories.Gone)+len(d.Groupings.Gone) != 0 {
		t.Errorf("the same file again changes something: %+v", d)
	}
}

func TestReadByCommune(t *testing.T) {
	l := mustRead(t, communeForm+
		"30007,Alès,ti-7602,Bassin d'Alès\n"+
		"30010,Anduze,ti-7602,Bassin d'Alès\n"+
		"1004,Ambérieu-en-Bugey,ti-8401,Plaine de l'Ain\n"+
		"2a004,Ajaccio,ti-9401,Ajaccio\n"+
		"97101.0,Les Abymes,ti-0101,Cap Excellence\n")
	wantCommunes := []Commune{
		{"ti-7602", "30007", "Alès"}, {"ti-7602", "30010", "Anduze"}, {"ti-8401", "01004", "Ambérieu-en-Bugey"},
		{"ti-9401", "2A004", "Ajaccio"}, {"ti-0101", "97101", "Les Abymes"},
	}
	if !slices.Equal(l.Communes, wantCommunes) {
		t.Errorf("communes: got %+v", l.Communes)
	}
	wantTerritories := []Territory{
		{ID: "ti-7602", Name: "Bassin d’Alès", Region: "76"}, {ID: "ti-8401", Name: "Plaine de l’Ain", Region: "84"}, {ID: "ti-9401", Name: "Ajaccio", Region: "94"}, {ID: "ti-0101", Name: "Cap Excellence", Region: "01"},
	}
	if !slices.Equal(l.Territories, wantTerritories) || l.Form != ByCommune || l.Lines != 5 || len(l.Groupings) != 0 {
		t.Errorf("got form %s, %d lines, territories %+v, groupings %+v", l.Form, l.Lines, l.Territories, l.Groupings)
	}
	wantNotes(t, "remarks", l.Remarks, "4 insee_com territory.listing.cleaned", "5 insee_com territory.listing.cleaned", "6 insee_com territory.listing.cleaned")
}

// Every way of writing the same three rows must read the same.
func TestReadVariants(t *testing.T) {
	const plain = groupingForm +
		"ti-7602,Bassin d'Alès,200066918,CA Alès Agglomération\n" +
		"ti-0401,Le Port,249740101,CA Territoire de la Côte Ouest (TCO)\n"
	want := mustRead(t, plain)
	if len(want.Groupings) != 2 || want.RemarkCount != 0 {
		t.Fatalf("got %+v", want)
	}
	utf16le := []byte{0xFF, 0xFE}
	utf16be := []byte{0xFE, 0xFF}
	for _, u := range utf16.Encode([]rune(plain)) {
		utf16le = append(utf16le, byte(u), byte(u>>8))
		utf16be = append(utf16be, byte(u>>8), byte(u))
	}
	cp1252, err := charmap.Windows1252.NewEncoder().String(plain)
	if err != nil {
		t.Fatal(err)
	}
	const body = "ti-7602,Bassin d'Alès,200066918,CA Alès Agglomération\nti-0401,Le Port,249740101,CA Territoire de la Côte Ouest (TCO)\n"
	for _, c := range []struct {
		name, text, encoding string
		remarks              int
	}{
		{"byte-order mark", "\xef\xbb\xbf" + plain, "UTF-8", 0},
		{"UTF-16, little end first", string(utf16le), "UTF-16", 1},
		{"UTF-16, big end first", string(utf16be), "UTF-16", 1},
		{"Windows-1252", cp1252, "Windows-1252", 1},
		{"semicolons", strings.ReplaceAll(plain, ",", ";"), "UTF-8", 0},
		{"tabs", strings.ReplaceAll(plain, ",", "\t"), "UTF-8", 0},
		{"sep line of a spreadsheet", "sep=;\n" + strings.ReplaceAll(plain, ",", ";"), "UTF-8", 0},
		{"CR LF", strings.ReplaceAll(plain, "\n", "\r\n"), "UTF-8", 0},
		{"CR alone", strings.ReplaceAll(plain, "\n", "\r"), "UTF-8", 0},
		{"no last line end", strings.TrimSuffix(plain, "\n"), "UTF-8", 0},
		{"blank lines and empty columns", "\n\n" + strings.ReplaceAll(plain, "\n", ",,\n\n,,,\n"), "UTF-8", 0},
		{"all quoted", `"` + strings.ReplaceAll(strings.ReplaceAll(strings.TrimSpace(plain), ",", `","`), "\n", "\"\n\"") + `"`, "UTF-8", 0},
		{"upper case", "ID_TI,LIB_TI,SIREN_EPCI,NOM_EPCI\n" + body, "UTF-8", 0},
		{"written out with accents", "Identifiant TI*,Libellé TI*,N° SIREN,Libellé EPCI\n" + body, "UTF-8", 0},
		{"accents lost", "id ti,Libell? TI,siren epci,Libell\xef\xbf\xbd EPCI\n" + body, "UTF-8", 0},
		{"heading over two lines", "id_ti,lib_ti,\"siren\n_epci\",nom_epci\n" + body, "UTF-8", 0},
		{"accents decomposed", strings.ReplaceAll(plain, "è", "e\u0300"), "UTF-8", 0},
		{"spaces", strings.ReplaceAll(plain, ",", " ,\u00a0 "), "UTF-8", 0},
		{"id in capitals", strings.ReplaceAll(plain, "ti-", "TI-"), "UTF-8", 0},
		{"siren as a number", strings.ReplaceAll(strings.ReplaceAll(plain, "200066918", "200066918.0"), "249740101", "249 740 101"), "UTF-8", 2},
	} {
		got, err := ReadListing(strings.NewReader(c.text))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if !slices.Equal(got.Territories, want.Territories) || !slices.Equal(got.Groupings, want.Groupings) || got.RejectedCount != 0 {
			t.Errorf("%s: got %+v %+v %+v", c.name, got.Territories, got.Groupings, got.Rejected)
		}
		if got.Encoding != c.encoding || got.RemarkCount != c.remarks {
			t.Errorf("%s: got %s and remarks %+v; want %s and %d", c.name, got.Encoding, got.Remarks, c.encoding, c.remarks)
		}
	}
}

func TestReadOtherOrderAndUnknownColumns(t *testing.T) {
	l := mustRead(t, "nom_epci;population;siren_epci;lib_ti;id_ti;lib_ti\nCA Alès Agglomération;130000;200066918;Bassin d'Alès;ti-7602;autre\n")
	if len(l.Groupings) != 1 || l.Groupings[0] != (Grouping{Territory: "ti-7602", SIREN: "200066918", Name: "CA Alès Agglomération"}) || l.Territories[0].Name != "Bassin d’Alès" {
		t.Errorf("got %+v %+v", l.Territories, l.Groupings)
	}
	wantNotes(t, "remarks", l.Remarks, "1 population territory.listing.column_ignored", "1 lib_ti territory.listing.column_twice")
}

func TestRejectedLinesAreAllToldWithTheirPlace(t *testing.T) {
	long := strings.Repeat("é", maxName+1)
	l := mustRead(t, groupingForm+
		"ti-7602,Bassin d'Alès,200066918,CA Alès Agglomération\n"+
		"7602,Bassin d'Alès,200066918,CA\n"+
		",Sans,200066918,CA\n"+
		"ti-9901,Ailleurs,200066918,CA\n"+
		"ti-7603,,200066918,CA\n"+
		"ti-7604,"+long+",200066918,CA\n"+
		"ti-7605,Cinq,2.00067E+08,CA Arrondie\n"+
		"ti-7605,Cinq,66918,CA Courte\n"+
		"ti-7605,Cinq,200066919,CA Fausse\n"+
		"ti-7605,Cinq,,CA Sans numéro\n"+
		"ti-7605,Cinq,246800205|999|200036465,\"CC Un, CC Deux, CC Trois\"\n"+
		"ti-7606,Six\n"+
		"ti-7607,Sept,200066918,CA,de trop\n"+
		"ti-7608,\"Huit,200066918,CA\n"+
		"ti-7609,Ne\x07uf,200066918,CA\n"+
		"ti-7611,Br\xffisé,200066918,CA\n"+
		"ti-7612,Dernière,,\n")
	wantNotes(t, "rejected", l.Rejected,
		"3 id_ti territory.listing.id",
		"4 id_ti territory.listing.missing",
		"5 id_ti territory.listing.region",
		"6 lib_ti territory.listing.missing",
		"7 lib_ti territory.listing.long",
		"8 siren_epci account.siren.rounded",
		"9 siren_epci account.siren.length",
		"10 siren_epci account.siren.check",
		"11 siren_epci territory.listing.missing",
		"12 siren_epci account.siren.length",
		"13  territory.listing.too_few_fields",
		"14  territory.listing.too_many_fields",
		"15  territory.listing.quotes",
		"16 lib_ti territory.listing.control",
		"17  territory.listing.broken_text",
	)
	wantNotes(t, "remarks", l.Remarks, "18 siren_epci territory.listing.no_grouping")
	want := []Grouping{{Territory: "ti-7602", SIREN: "200066918", Name: "CA Alès Agglomération"}, {Territory: "ti-7605", SIREN: "246800205", Name: "CC Un"}, {Territory: "ti-7605", SIREN: "200036465", Name: "CC Trois"}}
	if !slices.Equal(l.Groupings, want) || l.Lines != 17 {
		t.Errorf("got %d lines, groupings %+v", l.Lines, l.Groupings)
	}
	if n := l.Rejected[5]; n.Value != "2.00067E+08" || n.Args["value"] != "2.00067E+08" || n.Args["column"] != "siren_epci" {
		t.Errorf("rounded: got %+v", n)
	}
}

func TestWrongCommunes(t *testing.T) {
	l := mustRead(t, communeForm+
		"3007X,Alès,ti-7602,Bassin d'Alès\n"+
		"300,Alès,ti-7602,Bassin d'Alès\n"+
		",Alès,ti-7602,Bassin d'Alès\n"+
		"30007,,ti-76,Bassin d'Alès\n")
	wantNotes(t, "rejected", l.Rejected,
		"2 insee_com territory.listing.commune",
		"3 insee_com territory.listing.commune",
		"4 insee_com territory.listing.missing",
		"5 id_ti territory.listing.id", "5 lib_com territory.listing.missing")
	if len(l.Territories)+len(l.Communes) != 0 {
		t.Errorf("got %+v", l)
	}
}

func TestDoublesAndContradictions(t *testing.T) {
	l := mustRead(t, groupingForm+
		"ti-7602,Bassin d'Alès,200066918,CA Alès Agglomération\n"+
		"ti-7602,Bassin d'Alès,200066918,CA Alès Agglomération\n"+
		"ti-7602,Bassin alésien,246800205,CC Un\n"+
		"ti-7602,Bassin alésien,200036465,CC Deux\n"+
		"ti-7603,Autre,246800205,CC Premier\n"+
		"ti-7604,Liste,243700499|243700820,\"CC A, B, C\"\n")
	wantNotes(t, "remarks", l.Remarks,
		"3 siren_epci territory.listing.duplicate",
		"4 lib_ti territory.listing.two_names",
		"6 nom_epci territory.listing.two_names",
		"6 siren_epci territory.listing.two_territories",
		"7 nom_epci territory.listing.names_unclear")
	if got := l.Remarks[1].Args; got["kept"] != "Bassin d’Alès" || got["other"] != "Bassin alésien" || got["line"] != 2 {
		t.Errorf("two names: got %v", got)
	}
	want := []Grouping{
		{Territory: "ti-7602", SIREN: "200066918", Name: "CA Alès Agglomération"}, {Territory: "ti-7602", SIREN: "246800205", Name: "CC Un"}, {Territory: "ti-7602", SIREN: "200036465", Name: "CC Deux"},
		{Territory: "ti-7603", SIREN: "246800205", Name: "CC Premier"}, {Territory: "ti-7604", SIREN: "243700499", Name: ""}, {Territory: "ti-7604", SIREN: "243700820", Name: ""},
	}
	if !slices.Equal(l.Groupings, want) || l.RejectedCount != 0 {
		t.Errorf("got %+v, rejected %+v", l.Groupings, l.Rejected)
	}
}

func TestOneOpenQuoteCostsItsLineAlone(t *testing.T) {
	text := groupingForm + "ti-7601,\"Ouvert,200066918,CA\n"
	for i := range 50 {
		text += fmt.Sprintf("ti-76%02d,Territoire %d,,\n", i+2, i+2)
	}
	l := mustRead(t, text)
	if len(l.Territories) != 50 || l.RejectedCount != 1 || l.Rejected[0].Line != 2 || l.Rejected[0].Key != "territory.listing.quotes" {
		t.Errorf("got %d territories, rejected %+v", len(l.Territories), l.Rejected)
	}
	l = mustRead(t, groupingForm+"ti-7601,\"Sur deux\nlignes\",,\nti-7602,Suite,x,\n")
	if len(l.Territories) != 2 || l.Territories[0].Name != "Sur deux lignes" || l.Rejected[0].Line != 4 {
		t.Errorf("got %+v, rejected %+v", l.Territories, l.Rejected)
	}
}

func TestUnreadableFiles(t *testing.T) {
	for _, c := range []struct {
		name, text string
		kind       fault.Kind
		key        string
	}{
		{"empty", "", fault.Invalid, "territory.listing.empty"},
		{"blank", "\n \n;;\n", fault.Invalid, "territory.listing.empty"},
		{"header alone", groupingForm, fault.Invalid, "territory.listing.empty"},
		{"a workbook", "PK\x03\x04\x14\x00", fault.Invalid, "territory.listing.workbook"},
		{"an old workbook", "\xd0\xcf\x11\xe0\xa1\xb1", fault.Invalid, "territory.listing.workbook"},
		{"zeros", "id_ti\x00", fault.Invalid, "territory.listing.not_text"},
		{"another table", "nom,prenom\na,b\n", fault.Invalid, "territory.listing.columns"},
		{"a column is missing", "id_ti,lib_ti,siren_epci\nti-7602,Alès,200066918\n", fault.Invalid, "territory.listing.columns"},
		{"too large", groupingForm + strings.Repeat(strings.Repeat("x", 1023)+"\n", MaxListingBytes>>10), fault.TooLarge, "territory.listing.too_large"},
		{"too many lines", groupingForm + strings.Repeat("a,b\n", MaxListingLines+1), fault.TooLarge, "territory.listing.too_many_lines"},
	} {
		_, err := ReadListing(strings.NewReader(c.text))
		if f := fault.As(err); f == nil || f.Kind != c.kind || f.Key != c.key {
			t.Errorf("%s: got %v, want %s %s", c.name, err, c.kind, c.key)
		}
	}
	_, err := ReadListing(strings.NewReader("id_ti,Lib TI,population,insee_com\n"))
	f := fault.As(err)
	if f == nil || f.Args["missing"] != "lib_com" || f.Args["found"] != "id_ti, Lib TI, population, insee_com" {
		t.Errorf("missing columns: got %+v", f)
	}
}

func TestNotesAreCountedPastTheirLimit(t *testing.T) {
	l := mustRead(t, groupingForm+strings.Repeat("faux,Nom,200066918,CA\n", MaxNotes+7))
	if len(l.Rejected) != MaxNotes || l.RejectedCount != MaxNotes+7 {
		t.Errorf("got %d kept of %d", len(l.Rejected), l.RejectedCount)
	}
}

func TestLongLine(t *testing.T) {
	l := mustRead(t, groupingForm+"ti-7601"+strings.Repeat(",", maxLine)+"x\nti-7602,Suite,,\n")
	wantNotes(t, "rejected", l.Rejected, "2  territory.listing.long_line")
	if len(l.Territories) != 1 {
		t.Errorf("got %+v", l.Territories)
	}
}

// FuzzReadListing: whatever the bytes, the answer is a fault or a listing that holds together.
func FuzzReadListing(f *testing.F) {
	f.Add([]byte(groupingForm + "ti-7602,Bassin d'Alès,200066918|246800205,\"CA Alès, CC Un\"\n"))
	f.Add([]byte(communeForm + "30007;Alès;ti-7602;Bassin d'Alès\n"))
	f.Add([]byte("\xff\xfei\x00d\x00_\x00t\x00i\x00"))
	f.Add([]byte("sep=;\nid_ti;lib_ti;siren_epci;nom_epci\nti-7602;\"a;b\nc\";1;2\n"))
	f.Add([]byte("id_ti\tlib_ti\tsiren_epci\tnom_epci\r\nti-7602\tB\xe9\t2.0E+08\t\"\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := ReadListing(bytes.NewReader(data))
		if err != nil {
			if fault.As(err) == nil {
				t.Fatalf("not a fault: %v", err)
			}
			return
		}
		ids := map[ID]bool{}
		for _, x := range l.Territories {
			if id, ok := ParseID(string(x.ID)); !ok || id != x.ID || ids[x.ID] || x.Name == "" || !utf8.ValidString(x.Name) || x.Region != x.ID.Region() {
				t.Fatalf("territory %+v", x)
			}
			ids[x.ID] = true
		}
		members := map[string]bool{}
		for _, g := range l.Groupings {
			siren, err := account.ParseSIREN(string(g.SIREN))
			if err != nil || siren != g.SIREN || !ids[g.Territory] || !utf8.ValidString(g.Name) || members[string(g.Territory)+string(g.SIREN)] {
				t.Fatalf("grouping %+v", g)
			}
			members[string(g.Territory)+string(g.SIREN)] = true
		}
		for _, c := range l.Communes {
			if !communeCode(c.Code) || !ids[c.Territory] || c.Name == "" || members[string(c.Territory)+c.Code] {
				t.Fatalf("commune %+v", c)
			}
			members[string(c.Territory)+c.Code] = true
		}
		for _, n := range append(l.Rejected, l.Remarks...) {
			if n.Key == "" || n.Line < 0 || !utf8.ValidString(n.Value) || !utf8.ValidString(n.Column) {
				t.Fatalf("note %+v", n)
			}
		}
		if d := Compare(l, Known{l.Territories, l.Groupings, l.Communes}); !d.None() || len(d.Territories.Gone) != 0 {
			t.Fatalf("a listing differs from itself: %+v", d)
		}
	})
}

// wantNotes compares notes written as "line column key".
func wantNotes(t *testing.T, what string, notes []Note, want ...string) {
	t.Helper()
	var got []string
	for _, n := range notes {
		got = append(got, fmt.Sprintf("%d %s %s", n.Line, n.Column, n.Key))
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n got  %s\n want %s", what, strings.Join(got, "\n      "), strings.Join(want, "\n      "))
	}
}
