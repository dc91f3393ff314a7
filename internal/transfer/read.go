package transfer

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"bassin/internal/archive"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/file"
	"bassin/internal/web"
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
	limits := archive.Limits{Members: maxMembers, Bytes: maxBytes, Manifest: 32 << 20}
	err := archive.Read(r, archives, limits, &p.manifest, func(name string, size int64, r io.Reader) error {
		if seen[name] {
			return fmt.Errorf("member %q stands twice", name)
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
			return fmt.Errorf("table %s is one that this program does not know: a newer one wrote the archive", table[1])
		}
		return fmt.Errorf("member %q is none that this program knows", name)
	})
	if err != nil {
		return nil, err
	}
	for _, m := range p.Members {
		if h, isFile := strings.CutPrefix(m.Name, memberFiles); isFile && h != m.SHA256 {
			return nil, fmt.Errorf("file %s has another content than its name says", h)
		}
	}
	if p.head.ProjectID == "" {
		return nil, fmt.Errorf("the archive lacks its member %q", memberHead)
	}
	return p, nil
}

func (p *parcel) readHead(r io.Reader, size int64) error {
	if size > maxRow {
		return fmt.Errorf("member %q claims %d bytes", memberHead, size)
	}
	if err := json.NewDecoder(r).Decode(&p.head); err != nil {
		return fmt.Errorf("member %q cannot be read: %w", memberHead, err)
	}
	if len(p.head.People) > 5000 || len(p.head.Organisations) > 5000 || len(p.head.Title) > 2000 || len(p.head.Code) > 100 {
		return fmt.Errorf("member %q names more than a project has", memberHead)
	}
	return nil
}

func (p *parcel) readRows(table string, r io.Reader, size int64) error {
	if p.bytes += size; p.bytes > maxTables {
		return fmt.Errorf("the rows have more than %d bytes", maxTables)
	}
	all, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	for line := range bytes.Lines(all) {
		line = bytes.TrimSuffix(line, []byte("\n"))
		if p.rows++; p.rows > maxRows {
			return fmt.Errorf("there are more than %d rows", maxRows)
		}
		if len(line) > maxRow {
			return fmt.Errorf("a row of %s has %d bytes, %d are allowed", table, len(line), maxRow)
		}
		p.tables[table] = append(p.tables[table], line)
	}
	return nil
}

// refused makes of what is wrong with an archive a fault that says it. A database that is away, or
// a person who may not, is none of the archive's faults.
func refused(err error) error {
	f := fault.As(err)
	if f != nil && !slices.Contains([]fault.Kind{fault.Invalid, fault.Conflict}, f.Kind) {
		return err
	}
	return fault.Wrap(err, fault.Invalid, "transfer.refused", "why", because(err, f))
}

// because says what is wrong: where, and the field's fault in words.
func because(err error, f *fault.Fault) string {
	if f == nil {
		return err.Error()
	}
	v := web.NewView("en")
	where := strings.TrimSuffix(err.Error(), f.Error())
	var wrong []string
	for _, x := range f.Fields {
		wrong = append(wrong, x.Name+": "+v.TArgs(x.Key, x.Args))
	}
	if len(wrong) == 0 {
		wrong = []string{v.Fault(f)}
	}
	var row *db.RowFault
	if errors.As(err, &row) {
		return row.Error()
	}
	return where + strings.Join(wrong, "; ")
}
