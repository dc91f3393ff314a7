package app

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"encoding/xml"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/document"
	"bassin/internal/file"
	"bassin/internal/plan"
	"bassin/internal/project"
	"bassin/internal/talk"
	"bassin/internal/when"
)

// keepDocuments lets the pilot's people keep their documents: folders, versions, an approval, a
// lock, and a guest of one folder. The files are made here; all of it is an example.
func (p *demoPilot) keepDocuments(files file.Store, by func(string, func(account.Actor) error) func() error, day func(int) when.Date) {
	if files == nil {
		return
	}
	k := &demoKeeper{demoPilot: p, folders: map[string]document.EntryID{}, documents: map[string]document.Entry{},
		svc: document.New(document.Options{DB: p.d, Files: files, Talk: talk.New(talk.Options{DB: p.d}), Account: p.accounts(),
			Project: project.New(project.Options{DB: p.d})})}
	p.on(day(-146), by("ecole", k.folder("Cahier des charges", "Conception", "Essais")))
	p.on(day(-137), by("ecole", k.add("Cahier des charges", "Cahier des charges.md", "Première rédaction", []byte(demoBrief(false)))))
	p.on(day(-124), by("ecole", k.add("Cahier des charges", "Cahier des charges.md", "Masse et tenue en température précisées", []byte(demoBrief(true)))))
	p.on(day(-97), by("ecole", k.add("Conception", "Comparaison des concepts.png", "", demoChart())))
	p.on(day(-87), by("invite", k.add("Conception", "Note de calcul en raideur.pdf", "", demoPDF("Note de calcul en raideur",
		"Préhenseur imprimé en métal. Exemple.", "", "Effort de serrage : 120 N au bout du doigt.", "Flèche admise : 0,30 mm.",
		"Treillis de 2 mm : 0,41 mm, refusé.", "Treillis de 2,5 mm : 0,29 mm, retenu.", "Pièce usinée, pour comparer : 0,31 mm.", "", "Masse du doigt : 274 g au lieu de 415 g, soit 34 % de moins."))))
	p.on(day(-86), by("ecole", k.approve("Note de calcul en raideur.pdf", "Hypothèses vérifiées avec l’atelier.")))
	p.on(day(-46), by("ecole", k.add("Conception", "Doigt du préhenseur.stl", "Treillis de 2,5 mm", demoFinger())))
	p.on(day(-30), by("ecole", k.add("Conception", "Compte rendu de la revue.docx", "", demoDocx("Compte rendu de la revue de conception", "Onze remarques, toutes closes.", "La pièce est vérifiée pour la fusion laser sur lit de poudre."))))
	p.on(day(-11), by("entreprise", k.add("Essais", "Mesures de flèche.csv", "", []byte("Éprouvette;Charge (N);Flèche (mm)\nA1;120;0,41\nA2;120;0,29\nPièce usinée;120;0,31\n"))))
	p.on(day(-10), by("ecole", k.remark("Doigt du préhenseur.stl", "@Dirigeante d’entreprise le rayon au pied du doigt passe à 3 mm : dites-moi si l’outil le permet.")))
	p.on(day(-29), by("ecole", k.attach("Revue de conception", "Compte rendu de la revue.docx")))
	p.on(day(-9), by("entreprise", k.attach("Essais de traction", "Mesures de flèche.csv")))
	p.on(day(-3), by("entreprise", k.hold("Mesures de flèche.csv")))
	p.on(day(-2), by("ecole", k.invite("Essais", "etat@bassin.example")))
}

// demoKeeper adds documents and knows them by name.
type demoKeeper struct {
	*demoPilot
	svc       *document.Service
	folders   map[string]document.EntryID
	documents map[string]document.Entry
}

// attach lets a document belong to a task.
func (k *demoKeeper) attach(task, name string) func(account.Actor) error {
	return func(by account.Actor) error {
		var list []plan.Task
		if err := k.d.View(k.ctx, func(tx db.Tx) (err error) {
			list, _, err = plan.List(tx, by, k.project.ID, plan.Filter{Text: task}, 1, 0)
			return err
		}); err != nil || len(list) == 0 {
			return err
		}
		return k.svc.Attach(k.ctx, by, k.project.ID, list[0].ID, k.documents[name].ID)
	}
}

func (k *demoKeeper) folder(names ...string) func(account.Actor) error {
	return func(by account.Actor) error {
		for _, name := range names {
			e, err := k.svc.CreateFolder(k.ctx, by, k.project.ID, "", name)
			if err != nil {
				return err
			}
			k.folders[name] = e.ID
		}
		return nil
	}
}

func (k *demoKeeper) add(folder, name, note string, content []byte) func(account.Actor) error {
	return func(by account.Actor) error {
		e, err := k.svc.Add(k.ctx, by, document.Upload{ProjectID: k.project.ID, FolderID: k.folders[folder], Name: name, Note: note}, bytes.NewReader(content))
		k.documents[name] = e
		return err
	}
}

func (k *demoKeeper) approve(name, note string) func(account.Actor) error {
	return func(by account.Actor) error {
		e := k.documents[name]
		return k.svc.Approve(k.ctx, by, k.project.ID, e.ID, e.Number, e.Hash, note)
	}
}

func (k *demoKeeper) remark(name, text string) func(account.Actor) error {
	return func(by account.Actor) error {
		e := k.documents[name]
		_, err := k.svc.Comment(k.ctx, by, k.project.ID, document.Comment{DocumentID: e.ID, Number: e.Number, Text: text})
		return err
	}
}

func (k *demoKeeper) hold(name string) func(account.Actor) error {
	return func(by account.Actor) error { return k.svc.Hold(k.ctx, by, k.project.ID, k.documents[name].ID) }
}

func (k *demoKeeper) invite(folder, email string) func(account.Actor) error {
	return func(by account.Actor) error {
		return k.svc.Invite(k.ctx, by, k.project.ID, k.folders[folder], document.Invitation{Email: email, UntilOn: k.today.AddDays(demoGuestDays)})
	}
}

func demoBrief(second bool) string {
	mass, heat := "- Masse : 30 % de moins que la pièce usinée.", ""
	if second {
		mass, heat = "- Masse : 290 g au plus, la pièce usinée en pèse 415.", "- Tenue : raideur gardée à 60 °C.\n"
	}
	return "# Préhenseur imprimé en métal\n\nExemple.\n\n## Besoin\n\nAlléger le préhenseur du robot de soudage sans perdre en raideur.\n\n## Exigences\n\n" + mass + "\n- Flèche : 0,30 mm au plus sous 120 N.\n" + heat + "- Fixation : celle du robot en place, sans reprise.\n"
}

// demoChart draws three bars: the mass of each concept beside that of the machined part.
func demoChart() []byte {
	const w, h = 640, 360
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(img, img.Bounds(), image.NewUniform(color.RGBA{0xFA, 0xFA, 0xF7, 0xFF}), image.Point{}, draw.Src)
	ink, petrol, ochre := color.RGBA{0x0D, 0x24, 0x30, 0xFF}, color.RGBA{0x0B, 0x5A, 0x6E, 0xFF}, color.RGBA{0xE0, 0xA0, 0x30, 0xFF}
	for i, grams := range []int{415, 330, 274, 301} {
		c := color.RGBA(petrol)
		if i == 0 {
			c = ochre
		}
		draw.Draw(img, image.Rect(80+i*140, h-40-grams*2/3, 160+i*140, h-40), image.NewUniform(c), image.Point{}, draw.Src)
	}
	draw.Draw(img, image.Rect(40, h-40, w-40, h-38), image.NewUniform(ink), image.Point{}, draw.Src)
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err) // an image in memory is always written
	}
	return b.Bytes()
}

// demoPDF writes a page of lines, in the Latin letters that every reader has.
func demoPDF(lines ...string) []byte {
	var s strings.Builder
	for i, line := range lines {
		size := 12
		if i == 0 {
			size = 20
		}
		line = strings.NewReplacer("\\", "\\\\", "(", "\\(", ")", "\\)", "’", "'", "\u202f", " ", "\u00a0", " ").Replace(line)
		fmt.Fprintf(&s, "BT /F1 %d Tf 56 %d Td (", size, 770-i*24)
		for _, r := range line {
			s.WriteByte(byte(min(r, 255))) // what is in Latin 1 alone is written above
		}
		s.WriteString(") Tj ET\n")
	}
	objects := []string{
		"<< /Type /Catalog /Pages 2 0 R /Lang (fr) >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", s.Len(), s.String()),
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
	}
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	var at []int
	for i, o := range objects {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, n := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", n)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, xref)
	return b.Bytes()
}

// demoDocx writes a document of Word with a title and paragraphs.
func demoDocx(lines ...string) []byte {
	var body strings.Builder
	for _, line := range lines {
		body.WriteString(`<w:p><w:r><w:t xml:space="preserve">`)
		_ = xml.EscapeText(&body, []byte(line)) // a strings.Builder takes all
		body.WriteString(`</w:t></w:r></w:p>`)
	}
	const head = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range [][2]string{
		{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`},
		{"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`},
		{"word/document.xml", `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>` + body.String() + `</w:body></w:document>`},
	} {
		w, err := z.Create(f[0])
		if err == nil {
			_, err = w.Write([]byte(head + f[1]))
		}
		if err != nil {
			panic(err) // a package in memory is always written
		}
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// point is in millimetres.
type point [3]float64

// demoFinger is the gripper's finger: a foot, two rails and the struts between them.
func demoFinger() []byte {
	m := &solid{}
	m.bar(point{-20, 0, 0}, point{20, 0, 0}, 24, 12)
	for _, y := range []float64{-8, 8} {
		m.bar(point{0, y, 6}, point{0, y / 2, 110}, 5, 5)
	}
	for i := range 6 {
		z, side := 8+float64(i)*17, float64(1-2*(i%2))
		y := func(z float64) float64 { return 8 - 4*(z-6)/104 }
		m.bar(point{0, -side * y(z), z}, point{0, side * y(z+17), z + 17}, 2.5, 2.5)
	}
	m.bar(point{0, -6, 110}, point{0, 6, 110}, 10, 6)
	return m.stl()
}

// solid gathers triangles.
type solid struct{ points []point }

// bar adds a bar between two points, with its width and height across.
func (m *solid) bar(a, b point, width, height float64) {
	along := unit(point{b[0] - a[0], b[1] - a[1], b[2] - a[2]})
	up := point{0, 0, 1}
	if math.Abs(along[2]) > 0.9 {
		up = point{1, 0, 0}
	}
	side := unit(upright(along, up))
	up = upright(side, along)
	corner := func(end point, s, u float64) point {
		for i := range end {
			end[i] += side[i]*s*width/2 + up[i]*u*height/2
		}
		return end
	}
	var c [8]point
	for i, e := range []point{a, b} {
		c[i*4], c[i*4+1], c[i*4+2], c[i*4+3] = corner(e, -1, -1), corner(e, 1, -1), corner(e, 1, 1), corner(e, -1, 1)
	}
	for _, f := range [][4]int{{3, 2, 1, 0}, {4, 5, 6, 7}, {0, 1, 5, 4}, {1, 2, 6, 5}, {2, 3, 7, 6}, {3, 0, 4, 7}} {
		m.points = append(m.points, c[f[0]], c[f[2]], c[f[1]], c[f[0]], c[f[3]], c[f[2]]) // outwards
	}
}

// stl writes the solid as binary STL.
func (m *solid) stl() []byte {
	b := make([]byte, 80, 84+len(m.points)/3*50)
	copy(b, "Doigt du prehenseur, exemple")
	b = binary.LittleEndian.AppendUint32(b, uint32(len(m.points)/3))
	for i := 0; i < len(m.points); i += 3 {
		p, q, r := m.points[i], m.points[i+1], m.points[i+2]
		n := unit(upright(point{q[0] - p[0], q[1] - p[1], q[2] - p[2]}, point{r[0] - p[0], r[1] - p[1], r[2] - p[2]}))
		for _, v := range []point{n, p, q, r} {
			for _, x := range v {
				b = binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(x)))
			}
		}
		b = append(b, 0, 0)
	}
	return b
}

func upright(a, b point) point {
	return point{a[1]*b[2] - a[2]*b[1], a[2]*b[0] - a[0]*b[2], a[0]*b[1] - a[1]*b[0]}
}

func unit(a point) point {
	n := math.Sqrt(a[0]*a[0] + a[1]*a[1] + a[2]*a[2])
	return point{a[0] / n, a[1] / n, a[2] / n}
}
