package archive

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

type testManifest struct {
	Format int `json:"format"`
	Sums
}

// Written is the format.
func (m *testManifest) Written() int { return m.Format }

var testSort = Sort{Mark: "TEST", Format: 1, What: "archive", Name: "an archive of a test"}

type part struct{ name, body string }

// pack writes members as they are given, with a manifest that names those that it is told to name.
func pack(t *testing.T, members, named []part, behind ...part) []byte {
	t.Helper()
	m := &testManifest{Format: 1}
	for _, p := range named {
		h := sha256.Sum256([]byte(p.body))
		m.Members = append(m.Members, Entry{p.name, int64(len(p.body)), hex.EncodeToString(h[:])})
	}
	var err error
	if m.Sum, err = sum(m); err != nil {
		t.Fatal(err)
	}
	body, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	z, err := zstd.NewWriter(&b)
	if err != nil {
		t.Fatal(err)
	}
	out := tar.NewWriter(z)
	all := append(append([]part{}, members...), part{manifestName, string(body)})
	for _, p := range append(all, behind...) {
		if err := out.WriteHeader(header(p.name, int64(len(p.body)))); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(out, p.body); err != nil {
			t.Fatal(err)
		}
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestHostileArchives refuses what somebody made or changed, and says why.
func TestHostileArchives(t *testing.T) {
	mark, a, other := part{"TEST", "1\n"}, part{"a", "hello"}, part{"a", "hullo"}
	bomb := part{"a", strings.Repeat("\x00", 8<<20)}
	for name, c := range map[string]struct {
		data []byte
		why  string
	}{
		"right":          {pack(t, []part{mark, a}, []part{mark, a}), ""},
		"bomb":           {pack(t, []part{mark, bomb}, []part{mark, bomb}), "unpacks to more than"},
		"extra member":   {pack(t, []part{mark, a, {"b", "x"}}, []part{mark, a}), "does not name"},
		"added behind":   {pack(t, []part{mark, a}, []part{mark, a}, part{"b", "x"}), "stands after the manifest"},
		"wrong sum":      {pack(t, []part{mark, other}, []part{mark, a}), "was changed"},
		"missing member": {pack(t, []part{mark}, []part{mark, a}), "lacks member"},
		"no mark":        {pack(t, []part{a}, []part{a}), "is not an archive of a test"},
	} {
		if name == "bomb" && len(c.data) > 64<<10 {
			t.Fatalf("the bomb has %d bytes: it is none", len(c.data))
		}
		took := 0
		err := Read(bytes.NewReader(c.data), testSort, Limits{Members: 10, Bytes: 1 << 20}, &testManifest{}, func(_ string, _ int64, r io.Reader) error {
			n, err := io.Copy(io.Discard, r)
			took += int(n)
			return err
		})
		if (err == nil) != (c.why == "") || err != nil && !strings.Contains(err.Error(), c.why) {
			t.Errorf("%s: %v, want %q", name, err, c.why)
		}
		if took > 1<<20 {
			t.Errorf("%s: %d bytes were unpacked", name, took)
		}
	}
}
