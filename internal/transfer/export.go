package transfer

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"

	"bassin/internal/account"
	"bassin/internal/archive"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/file"
	"bassin/internal/project"
	"bassin/internal/when"
)

// Exported is what an export tells of itself.
type Exported struct {
	Title       string `json:"title"`
	Fingerprint string `json:"fingerprint"`
	Rows        int    `json:"rows"`
	Files       int    `json:"files"`
}

// outgoing is a project on its way out.
type outgoing struct {
	head   Head
	tables map[string]*bytes.Buffer
	files  []file.Blob
	seen   map[file.Hash]bool
	people map[string]bool
	orgs   map[string]bool
	rows   int
	bytes  int
	now    when.Time
}

// Export writes the project as an archive. Rows are read at one instant; files are never changed.
func (s *Service) Export(ctx context.Context, by account.Actor, id project.ID, w io.Writer) (Exported, error) {
	x, err := s.pack(ctx, by, id, w, nil)
	if err != nil {
		return Exported{}, err
	}
	return x, s.db.Do(ctx, func(tx db.Tx) error { return recordExport(tx, by, id, x) })
}

func recordExport(tx db.Tx, by account.Actor, id project.ID, x Exported) error {
	return account.Record(tx, by, account.Event{Verb: "project.export", Kind: "project", ID: string(id), Scope: id.Scope(),
		Data: map[string]any{"title": x.Title, "fingerprint": x.Fingerprint}})
}

// pack is Export without a word of it in the trail.
func (s *Service) pack(ctx context.Context, by account.Actor, id project.ID, w io.Writer, told Progress) (Exported, error) {
	var o *outgoing
	err := s.db.View(ctx, func(tx db.Tx) (err error) {
		o, err = s.collect(tx, by, id)
		return err
	})
	if err != nil {
		return Exported{}, fmt.Errorf("export project %s: %w", id, err)
	}
	out, err := archive.NewWriter(w, archives, o.now.Time())
	if err != nil {
		return Exported{}, err
	}
	if err := s.write(ctx, out, o, told); err != nil {
		return Exported{}, fmt.Errorf("export project %s: %w", id, err)
	}
	m := &manifest{Format: archives.Format, Program: s.opts.Version, CreatedAt: o.now}
	if err := out.Finish(m); err != nil {
		return Exported{}, err
	}
	return Exported{Title: o.head.Title, Fingerprint: m.Sum, Rows: o.rows, Files: len(o.files)}, nil
}

// mayExport decides who carries a project away: an archive holds all of it, costs too.
func mayExport(a project.Access) bool { return a.May(project.Manage) && a.May(project.SeeCosts) }

// collect reads the rows. Costs are among them, so who exports must be allowed to see them too.
func (s *Service) collect(tx db.Tx, by account.Actor, id project.ID) (*outgoing, error) {
	a, err := project.Enter(tx, by, id)
	if err != nil {
		return nil, err
	}
	if !mayExport(a) {
		return nil, fault.New(fault.Forbidden, "project.forbidden.manage")
	}
	o := &outgoing{head: Head{ProjectID: string(id), Title: a.Title, Code: a.Code, OwnerID: string(a.OwnerID)}, tables: map[string]*bytes.Buffer{},
		seen: map[file.Hash]bool{}, people: map[string]bool{}, orgs: map[string]bool{string(a.OwnerID): true}, now: tx.Now()}
	for _, sl := range s.slices() {
		o.head.Tables = append(o.head.Tables, sl.Table)
		take := func(row []byte) error { return o.take(sl, row) }
		if sl.Table == project.Past {
			err = eachPast(tx, id, take)
		} else {
			err = db.ReadSlice(tx, sl, string(id), take)
		}
		if err != nil {
			return nil, err
		}
	}
	return o, o.name(tx)
}

// eachPast gives the whole history in the form of what came with an archive.
func eachPast(tx db.Tx, id project.ID, take func([]byte) error) error {
	list, err := project.History(tx, id)
	if err != nil {
		return err
	}
	for i, e := range list {
		row, err := json.Marshal(map[string]any{"id": fmt.Sprintf("past-%d", i+1), "project_id": id, "position": i + 1, "at": int64(e.At), "actor_name": e.ActorName,
			"verb": e.Verb, "object_kind": e.ObjectKind, "object_id": e.ObjectID, "data": e.Data})
		if err != nil {
			return err
		}
		if err := take(row); err != nil {
			return err
		}
	}
	return nil
}

// take keeps a row, and notes whom and what it names.
func (o *outgoing) take(sl db.Slice, row []byte) error {
	o.rows++
	o.bytes += len(row)
	if o.rows > maxRows || o.bytes > maxTables {
		return fault.New(fault.TooLarge, "transfer.too_large")
	}
	b := o.tables[sl.Table]
	if b == nil {
		b = &bytes.Buffer{}
		o.tables[sl.Table] = b
	}
	b.Write(row)
	b.WriteByte('\n')
	var values map[string]any
	if err := json.Unmarshal(row, &values); err != nil {
		return err
	}
	for column, role := range sl.Roles {
		v, _ := values[column].(string)
		if v == "" {
			continue
		}
		switch role {
		case db.Person, db.PersonKey, db.Witness:
			o.people[v] = true
		case db.Organisation:
			o.orgs[v] = true
		case db.Hash, db.PDF:
			if h := file.Hash(v); !o.seen[h] && v != emptyHash {
				o.seen[h] = true
				o.files = append(o.files, file.Blob{Hash: h, Size: size(sl, values)})
			}
		}
	}
	return nil
}

// emptyHash names the content of no bytes, which no store keeps.
const emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

func size(sl db.Slice, values map[string]any) int64 {
	for column, role := range sl.Roles {
		if n, ok := values[column].(float64); role == db.Size && ok {
			return int64(n)
		}
	}
	return 0
}

// name tells who the people and organisations are by what other servers know of them too.
func (o *outgoing) name(tx db.Tx) error {
	var ids []account.PersonID
	for id := range o.people {
		ids = append(ids, account.PersonID(id))
	}
	people, err := account.PeopleAmong(tx, ids)
	if err != nil {
		return err
	}
	for _, p := range people {
		o.head.People = append(o.head.People, Somebody{ID: string(p.ID), Name: p.Name, Email: p.Email})
	}
	for id := range o.orgs {
		org, err := account.GetOrganisation(tx, account.OrganisationID(id))
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return err
		}
		o.head.Organisations = append(o.head.Organisations, Organisation{ID: id, Kind: org.Kind, Name: org.Name, SIREN: org.SIREN})
	}
	return nil
}

func (s *Service) write(ctx context.Context, out *archive.Writer, o *outgoing, told Progress) error {
	total := int64(o.bytes)
	for _, b := range o.files {
		total += b.Size
	}
	read := &telling{ctx: ctx, total: total, told: told, done: int64(o.bytes)}
	head, err := json.Marshal(o.head)
	if err != nil {
		return err
	}
	if err := out.Put(memberHead, int64(len(head)), bytes.NewReader(head)); err != nil {
		return err
	}
	for _, table := range o.head.Tables {
		if err := pieces(out, table, o.tables[table]); err != nil {
			return err
		}
	}
	for _, b := range o.files {
		if err := s.writeFile(ctx, out, b, read); err != nil {
			return err
		}
	}
	return nil
}

// pieces writes the rows of a table, a few megabytes a member.
func pieces(out *archive.Writer, table string, rows *bytes.Buffer) error {
	for i := 0; rows != nil && rows.Len() > 0; i++ {
		part := rows.Bytes()
		if len(part) > pieceBytes {
			if end := bytes.IndexByte(part[pieceBytes:], '\n'); end >= 0 {
				part = part[:pieceBytes+end+1]
			}
		}
		part = rows.Next(len(part))
		if err := out.Put(fmt.Sprintf("%s%s/%d.jsonl", memberTables, table, i), int64(len(part)), bytes.NewReader(part)); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) writeFile(ctx context.Context, out *archive.Writer, b file.Blob, read *telling) error {
	content, err := s.opts.Files.Open(ctx, b.Hash)
	if err != nil {
		return err
	}
	defer func() { _ = content.Close() }()
	read.r = content
	return out.Put(memberFiles+string(b.Hash), b.Size, read)
}
