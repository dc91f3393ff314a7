package app

import (
	"encoding/json"

	"bassin/internal/account"
	"bassin/internal/note"
)

// writeNotes begins the pilot's notes: one with everything that a note can hold, one below it, of
// which somebody who does not see the project is a guest.
func (p *demoPilot) writeNotes(by account.Actor) error {
	svc := note.New(note.Options{DB: p.d, Account: p.accounts()})
	defer svc.Stop()
	doc, err := json.Marshal(demoNote(p.people["entreprise"], p.project.ID.URL()))
	if err != nil {
		return err
	}
	n, err := svc.Create(p.ctx, by, note.Note{ProjectID: p.project.ID, Title: "Carnet d’essais du préhenseur", Seed: string(doc)})
	if err != nil {
		return err
	}
	below, err := json.Marshal(note.Node{Type: "doc", Content: []note.Node{
		para("À compléter par le laboratoire avant l’essai."),
		list("check_list", item("check_item", false, "Mors pour éprouvettes plates"), item("check_item", false, "Extensomètre étalonné")),
	}})
	if err != nil {
		return err
	}
	child, err := svc.Create(p.ctx, by, note.Note{ProjectID: p.project.ID, ParentID: n.ID, Title: "Préparation de l’essai de traction", Seed: string(below)})
	if err != nil {
		return err
	}
	return svc.Invite(p.ctx, by, p.project.ID, child.ID, note.Guest{Email: "region@bassin.example", UntilOn: p.today.AddDays(demoGuestDays)})
}

// demoNote is the text of the notebook.
func demoNote(who account.PersonID, url string) note.Node {
	link := note.Mark{Type: "link"}
	link.Attrs.Href = url + "/risks"
	cell := func(kind, text string) note.Node { return note.Node{Type: kind, Content: []note.Node{para(text)}} }
	row := func(kind string, texts ...string) note.Node {
		r := note.Node{Type: "table_row"}
		for _, t := range texts {
			r.Content = append(r.Content, cell(kind, t))
		}
		return r
	}
	return note.Node{Type: "doc", Content: []note.Node{
		{Type: "paragraph", Content: []note.Node{words("Ce que nous mesurons, ce que nous en retenons. Chacun écrit ici "), words("pendant", note.Mark{Type: "strong"}), words(" l’essai. Les risques suivis sont "), words("dans le registre", link), words(".")}},
		head("Raideur des doigts"),
		{Type: "table", Content: []note.Node{
			row("table_header", "Éprouvette", "Charge (N)", "Flèche (mm)"),
			row("table_cell", "A1, treillis 2 mm", "120", "0,41"),
			row("table_cell", "A2, treillis 2,5 mm", "120", "0,29"),
			row("table_cell", "Pièce usinée", "120", "0,31"),
		}},
		para("A2 est plus raide que la pièce usinée, pour 34 % de masse en moins."),
		head("À faire"),
		list("check_list",
			item("check_item", true, "Peser les trois doigts"),
			note.Node{Type: "check_item", Content: []note.Node{{Type: "paragraph", Content: []note.Node{words("Demander le certificat de la poudre : "), {Type: "mention", Attrs: note.Attrs{ID: string(who), Name: "Dirigeante d’entreprise"}}}}}},
			item("check_item", false, "Refaire l’essai à 60 °C"),
		),
	}}
}

func words(text string, marks ...note.Mark) note.Node {
	return note.Node{Type: "text", Text: text, Marks: marks}
}

func para(text string) note.Node {
	return note.Node{Type: "paragraph", Content: []note.Node{words(text)}}
}

func head(text string) note.Node {
	return note.Node{Type: "heading", Attrs: note.Attrs{Level: 1}, Content: []note.Node{words(text)}}
}

func list(kind string, items ...note.Node) note.Node { return note.Node{Type: kind, Content: items} }

func item(kind string, done bool, text string) note.Node {
	return note.Node{Type: kind, Attrs: note.Attrs{Checked: done}, Content: []note.Node{para(text)}}
}
