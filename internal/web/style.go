package web

import (
	"net/http"

	"github.com/a-h/templ"
)

// style registers the pages that show the components; in the demonstration only.
func (m *Mux) style() {
	m.Open("GET /style", func(w http.ResponseWriter, r *http.Request) error {
		return Render(w, r, http.StatusOK, stylePage(styleView(r), styleForm()))
	})
	m.Open("POST /style", func(w http.ResponseWriter, r *http.Request) error {
		return SeeOther(w, r, "/style", "web.shell.demo")
	})
	m.Open("GET /style/entry", func(w http.ResponseWriter, r *http.Request) error {
		return Render(w, r, http.StatusOK, styleEntry(ViewOf(r), NewForm("")))
	})
	m.Open("GET /style/document", func(w http.ResponseWriter, r *http.Request) error {
		return Render(w, r, http.StatusOK, styleDocument(styleView(r)))
	})
}

// styleView is the request's view with an example of everything around a page.
func styleView(r *http.Request) *View {
	v := *ViewOf(r)
	v.Viewer.ID, v.Viewer.Name = "style", "Chef de projet"
	v.built = &Shell{
		Territory: "Bassin d’Alès", TerritoryURL: "#", Todo: 6, TodoURL: "#", Organisation: "Alès Agglomération",
		Territories: []Choice{{Label: "Bassin d’Alès", URL: "#", Current: true}, {Label: "Figeac Decazeville Rodez", URL: "#"}, {Label: "Toulouse Aerospace", URL: "#"}},
		Groups: []NavGroup{
			{Items: []NavItem{{Label: "Accueil", URL: "#", Icon: "home", Current: true}, {Label: "À faire", URL: "#", Icon: "checkbox", Count: 6, Hot: true}}},
			{"Programme", []NavItem{{Label: "Contrat", URL: "#", Icon: "file-certificate"}, {Label: "Actions", URL: "#", Icon: "target-arrow", Count: 10}, {Label: "Financements", URL: "#", Icon: "coin-euro"}}},
			{"Entreprises", []NavItem{{Label: "Besoins", URL: "#", Icon: "message-2-question"}, {Label: "Services et aides", URL: "#", Icon: "books"}}},
		},
	}
	return &v
}

// styleForm came back with two faults.
func styleForm() *Form {
	f := NewForm("", "amount", "260 000", "on", "31/02/2026", "text", "Premier alinéa.\n\nSecond alinéa, avec <des signes> & autres.", "own", "1", "nature", "grant", "axes", "a")
	f.Errors = map[string]string{
		"amount": "Le décidé dépasse le demandé : 240 000 €. Baisser, ou enregistrer d’abord une nouvelle demande.",
		"on":     "Le 31 février n’existe pas.",
	}
	return f
}

var styleFields = []Field{
	{Name: "amount", Label: "Montant décidé", Narrow: true},
	{Name: "on", Label: "Date d’effet", Hint: "Celle de l’acte, pas celle de la saisie."},
	{Name: "funder", Label: "Financeur", Empty: "Choisir", Choices: []Choice{{Value: "1", Label: "Région Occitanie"}, {Value: "2", Label: "État"}}},
	{Name: "ref", Label: "Référence de l’acte", Optional: true},
	{Name: "text", Label: "Motif", Optional: true},
	{Name: "nature", Label: "Nature", Choices: []Choice{{Value: "grant", Label: "Subvention"}, {Value: "loan", Label: "Avance remboursable"}}},
	{Name: "axes", Label: "Axes", Optional: true, Choices: []Choice{{Value: "a", Label: "Attirer"}, {Value: "b", Label: "Recruter"}, {Value: "c", Label: "Innover"}}},
	{Name: "rate", Label: "Taux", Unit: "%", Narrow: true},
	{Name: "file", Label: "Délibération", Hint: "PDF, 20 Mo au plus.", Optional: true, Accept: ".pdf"},
	{Name: "own", Label: "Prévenir le pilote"},
}

var styleMoney = []MoneyPart{{Paid, 83000000}, {Contracted, 55000000}, {Decided, 36000000}, {Asked, 39000000}, {Foreseen, 25000000}, {ToFind, 42000000}}

var stylePlan = []struct {
	who, what string
	cells     []MoneyPart
	total     int64
	gone      bool
}{
	{"Région Occitanie", "Subvention, aide aux plateformes", []MoneyPart{{Paid, 15000000}, {Paid, 20000000}, {Decided, 20000000}, {Asked, 15000000}}, 70000000, false},
	{"État", "Subvention, programme national", []MoneyPart{{Paid, 18000000}, {Contracted, 24000000}, {Asked, 24000000}, {}}, 66000000, false},
	{"Opérateur de l’État", "Avance remboursable, refusée le 12 mars 2026", []MoneyPart{{}, {}, {Refused, 15000000}, {}}, 0, true},
}

type styleAction struct {
	ref, name, owner string
	state            Badge
	sky, outlook     string
	done             float64
	ready            int
	cost             int64
	money            []MoneyPart
	next, on         string
}

var styleActions = []styleAction{
	{"ALES-01", "Extension du Pôle mécanique", "Alès Agglomération", Badge{Label: "En cours", Tone: Run}, "sun", "Assuré", .64, 5, 1420000000, []MoneyPart{{Paid, 420}, {Contracted, 310}, {Decided, 230}, {Asked, 260}, {Foreseen, 200}}, "Livraison de la voirie", "30 juin 2026"},
	{"ALES-03", "Think & Mate, smart Factory", "IMT Mines Alès", Badge{Label: "En cours", Tone: Run}, "cloud-question", "Aide utile", .46, 4, 280000000, styleMoney, "Version pilote ouverte", "17 juil. 2026"},
	{"ALES-04", "Foncier industriel", "Alès Agglomération, exemple", Badge{Label: "En retard", Tone: Late}, "cloud", "À portée", .28, 5, 650000000, []MoneyPart{{Paid, 90}, {Contracted, 40}, {Decided, 80}, {Asked, 220}, {Foreseen, 220}}, "Permis d’aménager", "30 avril, 21 jours de retard"},
	{"ALES-06", "Chaleur renouvelable", "Syndicat mixte, exemple", Badge{Label: "Bloquée", Tone: Stop}, "cloud-storm", "Compromis", .12, 4, 410000000, []MoneyPart{{Decided, 60}, {Asked, 120}, {Foreseen, 110}, {ToFind, 120}}, "Avis de raccordement", "Sans date"},
	{"ALES-08", "Accueil des entreprises", "Agence locale, exemple", Badge{Label: "Prévue", Icon: "calendar"}, "cloud-question", "Aide utile", 0, 2, 190000000, []MoneyPart{{Foreseen, 100}, {ToFind, 90}}, "Nommer un pilote", "11 juin 2026"},
	{"ALES-09", "Guichet de simplification", "Services de l’État, exemple", Badge{Label: "Terminée", Tone: Done}, "sun", "Assuré", 1, 5, 80000000, []MoneyPart{{Paid, 80}}, "Bilan publié", "12 mars 2026"},
}

// styleLanes puts the examples on a board.
func styleLanes(v *View) []Lane {
	var lanes []Lane
	for _, s := range []Badge{{Label: "Prévue", Icon: "calendar"}, {Label: "En cours", Tone: Run}, {Label: "En retard", Tone: Late}, {Label: "Bloquée", Tone: Stop}, {Label: "Abandonnée", Icon: "archive"}} {
		l := Lane{Title: s.Label, Badge: s}
		for _, a := range styleActions {
			if a.state.Label == s.Label {
				l.Cards = append(l.Cards, Card{Ref: a.ref, Title: a.name, URL: "#", Facts: []templ.Component{Text(a.next + ", " + a.on), Progress(v, a.done)}, Late: s.Tone == Late})
			}
		}
		lanes = append(lanes, l)
	}
	return lanes
}
