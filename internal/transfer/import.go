package transfer

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/file"
	"bassin/internal/project"
	"bassin/internal/territory"
	"bassin/internal/when"
)

// Preview is what an archive would bring.
type Preview struct {
	Title         string         `json:"title"`
	Code          string         `json:"code"`
	Program       string         `json:"program"`
	CreatedAt     when.Time      `json:"created_at"`
	Fingerprint   string         `json:"fingerprint"`
	Rows          map[string]int `json:"rows"` // by table
	Files         int            `json:"files"`
	Bytes         int64          `json:"bytes"` // of the files
	Counts        ArchiveCounts  `json:"counts"`
	OwnerID       string         `json:"owner_id"`
	People        []Somebody     `json:"people"`
	Organisations []Organisation `json:"organisations"`
}

// Look reads an archive and tells what is in it, and who of it is known to the one who asks; nothing
// is kept.
func (s *Service) Look(ctx context.Context, by account.Actor, r io.Reader) (Preview, error) {
	x, err := s.peruse(r)
	if err != nil {
		return Preview{}, err
	}
	return x, s.db.View(ctx, func(tx db.Tx) error { return x.recognise(tx, by) })
}

// peruse is Look without a look around.
func (s *Service) peruse(r io.Reader) (Preview, error) {
	p, err := unpack(r, s.slices(), nil)
	if err != nil {
		return Preview{}, refused(err)
	}
	x := Preview{Title: p.head.Title, Code: p.head.Code, Program: p.Program, CreatedAt: p.CreatedAt, Fingerprint: p.Sum, Rows: map[string]int{}, Files: len(p.files),
		OwnerID: p.head.OwnerID, People: p.head.People, Organisations: p.head.Organisations}
	for table, rows := range p.tables {
		x.Rows[table] = len(rows)
	}
	for _, n := range p.files {
		x.Bytes += n
	}
	x.Counts = ArchiveCounts{Tasks: p.live("plan_task", ""), Documents: p.live("document_entry", "document"), Notes: p.live("note_note", ""), Meetings: p.live("meeting_meeting", "")}
	return x, nil
}

// ArchiveCounts are what people call the things of an archive; what was removed is not among them.
type ArchiveCounts struct {
	Tasks     int `json:"tasks"`
	Documents int `json:"documents"`
	Notes     int `json:"notes"`
	Meetings  int `json:"meetings"`
}

// live counts rows that were not removed, of a kind where one is named.
func (p *parcel) live(table, kind string) (n int) {
	for _, line := range p.tables[table] {
		var row struct {
			Kind      string
			RemovedAt int64 `json:"removed_at"`
		}
		if decode(line, &row) == nil && row.RemovedAt == 0 && (kind == "" || row.Kind == kind) {
			n++
		}
	}
	return n
}

// recognise tells who and what of a preview is here.
func (x *Preview) recognise(tx db.Tx, by account.Actor) error {
	m := &move{parcel: &parcel{head: Head{People: x.People, Organisations: x.Organisations}}}
	if err := m.meet(tx, by); err != nil {
		return err
	}
	for i := range x.People {
		_, x.People[i].Known = m.people[x.People[i].ID]
	}
	for i := range x.Organisations {
		_, x.Organisations[i].Known = m.orgs[x.Organisations[i].ID]
	}
	return nil
}

// Into says where an archive goes.
type Into struct {
	OwnerID account.OrganisationID
	Manager account.PersonID // manages the project when the operator imports; "" otherwise
	TempDir string           // where files wait that are being looked at; "" for the system's
}

// Imported is what an import did.
type Imported struct {
	Project     project.Project
	Fingerprint string
	Rows        int
	Files       int
	Strangers   []Somebody     // without an account here: their names stay, as text
	Left        []Organisation // partners that are not here
}

// Progress hears how much is done, of how much.
type Progress func(done, total int64)

// Import makes a project of an archive. One fault undoes everything.
func (s *Service) Import(ctx context.Context, by account.Actor, in Into, r io.ReadSeeker) (Imported, error) {
	m, err := s.receive(ctx, in, r, nil)
	if err != nil {
		return Imported{}, err
	}
	var out Imported
	err = settled(func() error {
		return s.db.Do(ctx, func(tx db.Tx) error {
			out, err = s.importIn(tx, by, in, m)
			return err
		})
	})
	if err != nil {
		return Imported{}, fmt.Errorf("import project: %w", err)
	}
	return out, nil
}

// settled does it again when another import took the code that was free a moment ago.
func settled(do func() error) error {
	for try := 0; ; try++ {
		err := do()
		f := fault.As(err)
		if f == nil || try == 5 || !slices.ContainsFunc(f.Fields, func(x fault.Field) bool { return x.Key == "project.wrong.code_taken" }) {
			return err
		}
	}
}

// receive reads an archive twice: first all of it is checked, then its files are kept.
func (s *Service) receive(ctx context.Context, in Into, r io.ReadSeeker, told Progress) (*move, error) {
	size, err := r.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, err
	}
	read := &telling{ctx: ctx, r: r, total: 2 * size, told: told}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	p, err := unpack(read, s.slices(), nil)
	if err != nil {
		return nil, refused(err)
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	m := &move{parcel: p, blobs: map[file.Hash]file.Blob{}, slices: s.slices(), ids: map[string]string{}, strangers: map[string]string{}}
	again, err := unpack(read, s.slices(), func(h file.Hash, size int64, r io.Reader) (err error) {
		m.blobs[h], err = s.keepFile(ctx, in.TempDir, h, size, p.names()[h], r)
		return err
	})
	if err != nil {
		return nil, refused(err)
	}
	if again.Sum != p.Sum {
		return nil, wrong("changed", "name", "")
	}
	return m, nil
}

// importIn takes in what was received, once: identifiers are given as it goes.
func (s *Service) importIn(tx db.Tx, by account.Actor, in Into, m *move) (Imported, error) {
	m.ids, m.strangers, m.counted = map[string]string{}, map[string]string{}, 0 // a transaction may be tried again
	if err := m.meet(tx, by); err != nil {
		return Imported{}, err
	}
	if err := s.take(tx, by, in, m); err != nil {
		return Imported{}, refused(err)
	}
	return m.report(), account.Record(tx, by, account.Event{Verb: "project.import", Kind: "project", ID: string(m.project.ID), Scope: m.project.ID.Scope(),
		Data: map[string]any{"title": m.project.Title, "fingerprint": m.Sum, "program": m.Program}})
}

// telling tells how much was read, and stops when nobody waits any more.
type telling struct {
	ctx         context.Context
	r           io.Reader
	done, total int64
	told        Progress
}

// Read passes on.
func (t *telling) Read(p []byte) (int, error) {
	if err := t.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := t.r.Read(p)
	if t.done += int64(n); t.told != nil {
		t.told(t.done, t.total)
	}
	return n, err
}

// names gives a name that each file bears, by which its type is recognised.
func (p *parcel) names() map[file.Hash]string {
	if p.named != nil {
		return p.named
	}
	p.named = map[file.Hash]string{}
	documents := map[string]string{}
	for _, line := range slices.Concat(p.tables["document_entry"], p.tables["document_version"]) {
		var row struct {
			ID, Hash, Name string
			Document       string `json:"document_id"`
		}
		if decode(line, &row) != nil {
			continue // told when the row is taken in
		}
		if row.Name == "" {
			row.Name = documents[row.Document]
		} else {
			documents[row.ID] = row.Name
		}
		if h := file.Hash(row.Hash); p.named[h] == "" {
			p.named[h] = row.Name
		}
	}
	return p.named
}

// keepFile keeps a file as an upload is kept: what it is is found by looking, not believed. What no
// upload could be is kept as bytes that nothing opens.
func (s *Service) keepFile(ctx context.Context, dir string, h file.Hash, size int64, name string, r io.Reader) (file.Blob, error) {
	tmp, err := os.CreateTemp(dir, "bassin-import-")
	if err != nil {
		return file.Blob{}, err
	}
	defer func() { _ = tmp.Close(); _ = os.Remove(tmp.Name()) }()
	if _, err := io.Copy(tmp, r); err != nil {
		return file.Blob{}, err
	}
	for _, limits := range []file.Limits{{Name: name}, {Unchecked: true}} {
		if _, err := tmp.Seek(0, io.SeekStart); err != nil {
			return file.Blob{}, err
		}
		limits.Hash, limits.Size, limits.MaxBytes = h, size, size+1
		b, err := s.opts.Files.Put(ctx, tmp, limits)
		if err == nil || limits.Unchecked || !fault.Is(err, fault.Invalid) {
			return b, err
		}
	}
	return file.Blob{}, nil
}

// move is an archive being taken in.
type move struct {
	*parcel
	slices    []db.Slice
	blobs     map[file.Hash]file.Blob
	project   project.Project
	ids       map[string]string // identifiers there and here
	people    map[string]string // those with an account here
	orgs      map[string]string
	strangers map[string]string
	counted   int
}

// meet finds out who and what of the archive is known here: people by their address, organisations
// by their national number, or by their name when only one bears it. Of people, only those are
// recognised who share an organisation with the one who imports, for the operator all: an archive
// puts words into their mouths, and it must not tell whose address has an account.
func (m *move) meet(tx db.Tx, by account.Actor) error {
	m.people, m.orgs = map[string]string{}, map[string]string{}
	ids := map[account.PersonID]string{}
	emails := make([]string, len(m.head.People))
	for i, p := range m.head.People {
		emails[i] = p.Email
	}
	found, err := account.PeopleByEmail(tx, emails)
	if err != nil {
		return err
	}
	for _, p := range m.head.People {
		if known, here := found[p.Email]; here && known.DisabledAt == 0 && p.ID != "" {
			ids[known.ID] = p.ID
		}
	}
	list, err := near(tx, by, slices.Collect(maps.Keys(ids)))
	if err != nil {
		return err
	}
	for _, id := range list {
		m.people[ids[id]] = string(id)
	}
	here, err := OrganisationsHere(tx, m.head.Organisations)
	if err != nil {
		return err
	}
	for i, o := range m.head.Organisations {
		if here[i] != "" {
			m.orgs[o.ID] = string(here[i])
		}
	}
	return nil
}

// near gives those of the people who share an organisation with somebody, and that one among them.
func near(tx db.Tx, by account.Actor, ids []account.PersonID) ([]account.PersonID, error) {
	if by.System() || len(ids) == 0 {
		return ids, nil
	}
	list, err := account.MembershipsOf(tx, ids)
	var out []account.PersonID
	for _, m := range list {
		if slices.Contains(by.Organisations(), m.OrganisationID) && !slices.Contains(out, m.PersonID) {
			out = append(out, m.PersonID)
		}
	}
	if slices.Contains(ids, by.ID) && !slices.Contains(out, by.ID) {
		out = append(out, by.ID)
	}
	return out, err
}

// OrganisationHere finds an organisation of an archive among those of this server, "" when there is
// none of its national number, and none or several of its name.
func OrganisationHere(tx db.Tx, o Organisation) (account.OrganisationID, error) {
	here, err := OrganisationsHere(tx, []Organisation{o})
	return here[0], err
}

// OrganisationsHere is OrganisationHere of many, which are asked for together.
func OrganisationsHere(tx db.Tx, list []Organisation) ([]account.OrganisationID, error) {
	here := make([]account.OrganisationID, len(list))
	numbers, names := make([]account.SIREN, len(list)), make([]string, len(list))
	for i, o := range list {
		numbers[i], names[i] = o.SIREN, o.Name
	}
	numbered, err := account.OrganisationsBySIREN(tx, numbers)
	if err != nil {
		return here, err
	}
	called, err := account.OrganisationsCalled(tx, names...)
	if err != nil {
		return here, err
	}
	bySIREN, byName := map[account.SIREN]account.OrganisationID{}, map[string][]account.Organisation{}
	for _, o := range numbered {
		bySIREN[o.SIREN] = o.ID
	}
	for _, o := range called {
		byName[o.NameKey] = append(byName[o.NameKey], o)
	}
	for i, o := range list {
		same := byName[account.Fold(o.Name)]
		switch id := bySIREN[o.SIREN]; {
		case o.SIREN != "" && id != "":
			here[i] = id
		case len(same) == 1 && !(o.SIREN != "" && same[0].SIREN != ""): // two numbers are two organisations
			here[i] = same[0].ID
		}
	}
	return here, nil
}

// take begins the project and fills its rooms.
func (s *Service) take(tx db.Tx, by account.Actor, in Into, m *move) error {
	own := m.tables[m.slices[0].Table]
	if len(own) != 1 {
		return wrong("lacking", "name", m.slices[0].Table)
	}
	inserter, err := db.NewInserter(tx, m.slices[0])
	if err != nil {
		return err
	}
	row, err := inserter.Parse(own[0])
	if err != nil {
		return err
	}
	if err := m.check(tx, m.slices[0], row); err != nil {
		return err
	}
	p := project.FromRow(row)
	p.OwnerID = in.OwnerID
	if p.TerritoryID != "" {
		if _, err := territory.Get(tx, territory.ID(p.TerritoryID)); err != nil {
			p.TerritoryID = "" // of another country's list
		}
	}
	if m.project, err = s.opts.Project.ImportIn(tx, by, p); err != nil {
		return err
	}
	if in.Manager != "" {
		if err := s.opts.Project.AdmitIn(tx, by, m.project.ID, in.Manager, account.ProjectManager, when.None); err != nil {
			return err
		}
	}
	m.ids[m.head.ProjectID] = string(m.project.ID)
	if err := m.number(tx); err != nil {
		return err
	}
	for _, sl := range m.slices[1:] {
		if err := m.fill(tx, sl); err != nil {
			return err
		}
	}
	for _, r := range s.opts.Rooms {
		if err := r.Settle(tx, string(m.project.ID)); err != nil {
			return err
		}
	}
	return nil
}

// number gives every row that has an identifier a fresh one.
func (m *move) number(tx db.Tx) error {
	for _, sl := range m.slices[1:] {
		for column, role := range sl.Roles {
			if role != db.Own {
				continue
			}
			for _, line := range m.tables[sl.Table] {
				var row map[string]any
				if err := decode(line, &row); err != nil {
					return &db.RowFault{Table: sl.Table, Column: column, Why: "stands in a row that cannot be read"}
				}
				old, _ := row[column].(string)
				if old == "" || len(old) > 64 || m.ids[old] != "" {
					return &db.RowFault{Table: sl.Table, Column: column, Why: "is empty, too long or given twice"}
				}
				m.ids[old] = db.NewID()
			}
		}
	}
	return nil
}

func (m *move) fill(tx db.Tx, sl db.Slice) error {
	in, err := db.NewInserter(tx, sl)
	if err != nil {
		return err
	}
	for _, line := range m.tables[sl.Table] {
		row, err := in.Parse(line)
		if err != nil {
			return err
		}
		if err := m.check(tx, sl, row); err != nil {
			return err
		}
		keep, err := m.rewrite(sl, row)
		if err != nil {
			return err
		}
		if !keep {
			continue
		}
		m.counted++
		if err := in.Insert(row); err != nil {
			return db.Wrong(sl.Table, "", err)
		}
	}
	return db.Wrong(sl.Table, "", in.Flush())
}

// check refuses values that no column of its name has: moments and days that are none, texts beyond
// all forms.
func (m *move) check(tx db.Tx, sl db.Slice, row db.Row) error {
	for column, v := range row {
		why := ""
		switch x := v.(type) {
		case string:
			most := maxText
			if slices.Contains(sl.Wide, column) {
				most = maxWide
			}
			if len(x) > most {
				why = fmt.Sprintf("has %d bytes, %d are allowed", len(x), most)
			}
			if day := strings.HasSuffix(column, "_on") || column == "on_day"; day && x != "" && !when.Date(x).Valid() {
				why = "is no day"
			}
		case int64:
			if instant := strings.HasSuffix(column, "_at") || column == "at"; instant && (x < 0 || column != "starts_at" && when.Time(x) > tx.Now()) {
				why = "is no moment that was"
			}
		}
		if why != "" {
			return &db.RowFault{Table: sl.Table, Column: column, Why: why}
		}
	}
	return nil
}

// identifiers are ours as they stand in addresses.
var identifiers = regexp.MustCompile(`\b[0-9a-hjkmnp-tv-z]{26}\b`)

// rewrite makes a row of there one of here. False: it has no place here.
func (m *move) rewrite(sl db.Slice, row db.Row) (bool, error) {
	wrong := func(column, why string) (bool, error) {
		return false, &db.RowFault{Table: sl.Table, Column: column, Why: why}
	}
	for _, column := range slices.Sorted(maps.Keys(sl.Roles)) {
		old, isText := row[column].(string)
		if _, there := row[column]; !there {
			switch sl.Roles[column] {
			case db.Ref, db.Project, db.Scope, db.Own:
				return wrong(column, "is missing")
			}
			continue
		}
		role := sl.Roles[column]
		if !isText && role != db.Size {
			return wrong(column, "is no text")
		}
		switch role {
		case db.Own, db.Ref:
			if row[column] = m.ids[old]; m.ids[old] == "" {
				return wrong(column, "names a row that is not in the archive")
			}
		case db.Loose:
			row[column] = m.ids[old]
		case db.Project:
			row[column] = string(m.project.ID)
		case db.Scope:
			row[column] = m.project.ID.Scope()
		case db.Person:
			row[column] = m.people[old]
		case db.PersonKey:
			row[column] = m.somebody(old, true)
		case db.Witness:
			row[column] = m.somebody(old, false)
		case db.Organisation:
			org := m.orgs[old]
			if org == "" || org == string(m.project.OwnerID) {
				return false, nil
			}
			row[column] = org
		case db.Links:
			row[column] = identifiers.ReplaceAllStringFunc(old, func(s string) string {
				if id := m.ids[s]; id != "" {
					return id
				}
				return s
			})
		case db.Hash, db.PDF:
			if why := m.content(sl, row, role, file.Hash(old)); why != "" {
				return wrong(column, why)
			}
		}
	}
	return true, nil
}

// content takes size and type of a file from the file itself. Only what came in the archive can be
// named: naming the hash of another's file would give it away.
func (m *move) content(sl db.Slice, row db.Row, role db.Role, h file.Hash) (why string) {
	b, known := m.blobs[h]
	switch {
	case h == "":
		b = file.Blob{}
	case h == emptyHash:
		b = file.Blob{Hash: h, Type: "application/octet-stream"}
	case !known:
		return "names a file that is not in the archive"
	case role == db.PDF && b.Type != "application/pdf":
		return "names a file that is no PDF"
	}
	for column, r := range sl.Roles {
		switch r {
		case db.Size:
			row[column] = b.Size
		case db.Type:
			row[column] = b.Type
		}
	}
	return ""
}

// somebody gives the account of somebody of the archive, or an identifier that is nobody's.
func (m *move) somebody(old string, trusted bool) string {
	if id := m.people[old]; trusted && id != "" {
		return id
	}
	if m.strangers[old] == "" {
		m.strangers[old] = db.NewID()
	}
	return m.strangers[old]
}

func (m *move) report() Imported {
	out := Imported{Project: m.project, Fingerprint: m.Sum, Rows: m.counted + 1, Files: len(m.files)}
	for _, p := range m.head.People {
		if m.people[p.ID] == "" {
			out.Strangers = append(out.Strangers, p)
		}
	}
	for _, o := range m.head.Organisations {
		if m.orgs[o.ID] == "" && o.ID != m.head.OwnerID {
			out.Left = append(out.Left, o)
		}
	}
	return out
}
