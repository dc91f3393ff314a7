package transfer

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"

	"bassin/internal/archive"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/file"
)

// parcel is an archive whose sums are right; what its rows say is not believed yet.
type parcel struct {
	manifest
	head   Head
	tables map[string][][]byte // rows
	files  map[file.Hash]int64 // sizes
	rows   int
	bytes  int64
	named  map[file.Hash]string
}

// decode reads one row loosely.
func decode(line []byte, into any) error { return json.Unmarshal(line, into) }

var tableMember = regexp.MustCompile(`^tables/([a-z_]{1,60})/[0-9]{1,6}\.jsonl$`)

// unpack reads an archive. Files are handed to keep, or passed over when it is nil.
func unpack(r io.Reader, slices []db.Slice, keep func(h file.Hash, size int64, r io.Reader) error) (*parcel, error) {
	p := &parcel{tables: map[string][][]byte{}, files: map[file.Hash]int64{}}
	known := map[string]bool{}
	for _, sl := range slices {
		known[sl.Table] = true
	}
	seen := map[string]bool{}
	limits := archive.Limits{Members: maxMembers, Bytes: maxBytes, Manifest: 32 << 20, Ratio: maxRatio}
	err := archive.Read(r, archives, limits, &p.manifest, func(name string, size int64, r io.Reader) error {
		if seen[name] {
			return wrong("twice", "name", name)
		}
		seen[name] = true
		if h, isFile := strings.CutPrefix(name, memberFiles); isFile && file.Hash(h).Valid() {
			p.files[file.Hash(h)] = size
			if keep == nil {
				return nil
			}
			return keep(file.Hash(h), size, r)
		}
		table := tableMember.FindStringSubmatch(name)
		switch {
		case name == archives.Mark && size < 1000:
			return nil
		case name == memberHead:
			return p.readHead(r, size)
		case table != nil && known[table[1]]:
			return p.readRows(table[1], r, size)
		case table != nil:
			return wrong("newer_table", "table", table[1])
		case !plainPath(name):
			return wrong("path", "name", name)
		}
		return wrong("member", "name", name)
	})
	if err != nil {
		return nil, err
	}
	for _, m := range p.Members {
		if h, isFile := strings.CutPrefix(m.Name, memberFiles); isFile && h != m.SHA256 {
			return nil, wrong("changed", "name", m.Name)
		}
	}
	if p.head.ProjectID == "" {
		return nil, wrong("lacking", "name", memberHead)
	}
	return p, nil
}

func (p *parcel) readHead(r io.Reader, size int64) error {
	if size > maxRow {
		return wrong("large", "name", memberHead)
	}
	if err := json.NewDecoder(r).Decode(&p.head); err != nil {
		return fault.Wrap(err, fault.Invalid, refusedKey+"garbled", "name", memberHead)
	}
	if len(p.head.People) > 5000 || len(p.head.Organisations) > 5000 || len(p.head.Title) > 2000 || len(p.head.Code) > 100 {
		return wrong("large", "name", memberHead)
	}
	return nil
}

func (p *parcel) readRows(table string, r io.Reader, size int64) error {
	if p.bytes += size; p.bytes > maxTables {
		return wrong("large", "name", memberTables+table)
	}
	all, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	for line := range bytes.Lines(all) {
		line = bytes.TrimSuffix(line, []byte("\n"))
		if p.rows++; p.rows > maxRows {
			return wrong("large", "name", memberTables+table)
		}
		if len(line) > maxRow {
			return wrong("large", "name", memberTables+table)
		}
		p.tables[table] = append(p.tables[table], line)
	}
	return nil
}

// refusedKey begins the texts that say why an archive is refused.
const refusedKey = "transfer.wrong."

func wrong(key string, pairs ...any) error { return fault.New(fault.Invalid, refusedKey+key, pairs...) }

// plainPath reports whether a name stays where it is put.
func plainPath(name string) bool {
	return !strings.HasPrefix(name, "/") && !strings.Contains(name, "\\") && !slices.Contains(strings.Split(name, "/"), "..")
}

// refused makes of what is wrong with an archive a fault that says it. A database that is away, or
// a person who may not, is none of the archive's faults.
func refused(err error) error {
	f := fault.As(err)
	var r *archive.Refusal
	var row *db.RowFault
	switch {
	case errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded):
		return err
	case f != nil && f.Kind != fault.Invalid && f.Kind != fault.Conflict:
		return err
	case f != nil && strings.HasPrefix(f.Key, refusedKey):
		return err
	case errors.As(err, &r):
		return fault.Wrap(err, fault.Invalid, refusedKey+string(r.Why), "name", r.Place)
	case errors.As(err, &row) && row.Newer:
		return fault.Wrap(err, fault.Invalid, refusedKey+"newer_table", "table", row.Table+"."+row.Column)
	case errors.As(err, &row):
		return fault.Wrap(err, fault.Invalid, refusedKey+"row", "name", row.Table+"."+row.Column)
	case f != nil:
		return ruled(err, f)
	}
	return fault.Wrap(err, fault.Invalid, refusedKey+"rule")
}

// ruled says which rule of a room a row breaks, field by field, with its place.
func ruled(err error, f *fault.Fault) error {
	where := strings.TrimSuffix(strings.TrimSuffix(err.Error(), f.Error()), ": ")
	out := fault.Wrap(err, fault.Invalid, refusedKey+"rule")
	for _, x := range f.Fields {
		out.Fields = append(out.Fields, fault.Field{Name: where + ", " + x.Name, Key: x.Key, Args: x.Args})
	}
	if len(f.Fields) == 0 {
		out.Fields = append(out.Fields, fault.Field{Name: where, Key: f.Key, Args: f.Args})
	}
	return out
}
