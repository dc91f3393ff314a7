package archive

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
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

// linked begins the body of what is written as a link to the rest.
const linked = "→"

// pack writes members as they are given, with a manifest that names those that it is told to name.
func pack(t testing.TB, members, named []part, behind ...part) []byte {
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
		h := header(p.name, int64(len(p.body)))
		if to, is := strings.CutPrefix(p.body, linked); is {
			h.Typeflag, h.Linkname, h.Size, p.body = tar.TypeSymlink, to, 0, ""
		}
		if err := out.WriteHeader(h); err != nil {
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
	link := part{"a", linked + "/etc/passwd"}
	swollen := part{"a", strings.Repeat("\x00", 100<<20)}
	for name, c := range map[string]struct {
		data []byte
		why  Why
		says string
		most int64 // bytes; 0: 1 MB
	}{
		"right":          {pack(t, []part{mark, a}, []part{mark, a}), "", "", 0},
		"bomb":           {pack(t, []part{mark, bomb}, []part{mark, bomb}), TooLarge, "unpacks to more than", 0},
		"swollen":        {pack(t, []part{mark, swollen}, []part{mark, swollen}), Bomb, "to far more than", 1 << 40},
		"extra member":   {pack(t, []part{mark, a, {"b", "x"}}, []part{mark, a}), Added, "does not name", 0},
		"twice":          {pack(t, []part{mark, a, a}, []part{mark, a}), Added, "does not name", 0},
		"added behind":   {pack(t, []part{mark, a}, []part{mark, a}, part{"b", "x"}), Added, "stands after the manifest", 0},
		"followed":       {append(pack(t, []part{mark, a}, []part{mark, a}), pack(t, []part{mark, other}, []part{mark, other})...), Added, "after the end", 0},
		"link":           {pack(t, []part{mark, link}, []part{mark, link}), Unplain, "no plain file", 0},
		"wrong sum":      {pack(t, []part{mark, other}, []part{mark, a}), Changed, "was changed", 0},
		"missing member": {pack(t, []part{mark}, []part{mark, a}), Lacking, "lacks member", 0},
		"no mark":        {pack(t, []part{a}, []part{a}), Foreign, "is not an archive of a test", 0},
		"newer":          {pack(t, []part{{"TEST", "2\n"}, a}, []part{mark, a}), Newer, "newer program", 0},
	} {
		if c.why == TooLarge && len(c.data) > 64<<10 {
			t.Fatalf("the bomb has %d bytes: it is none", len(c.data))
		}
		if c.most == 0 {
			c.most = 1 << 20
		}
		took := 0
		err := Read(bytes.NewReader(c.data), testSort, Limits{Members: 10, Bytes: c.most, Ratio: 100}, &testManifest{}, func(_ string, _ int64, r io.Reader) error {
			n, err := io.Copy(io.Discard, r)
			took += int(n)
			return err
		})
		var r *Refusal
		if (err == nil) != (c.why == "") || err != nil && (!errors.As(err, &r) || r.Why != c.why || !strings.Contains(err.Error(), c.says)) {
			t.Errorf("%s: %v, want %s: %q", name, err, c.why, c.says)
		}
		if took > 66<<20 || c.most == 1<<20 && took > 1<<20 {
			t.Errorf("%s: %d bytes were unpacked", name, took)
		}
	}
}

// FuzzRead reads anything: packed already, or a tar that is packed here, so that what is changed is
// met behind the sums of the compression too. What is taken stays within the limits.
func FuzzRead(f *testing.F) {
	mark, a := part{"TEST", "1\n"}, part{"a", "hello"}
	for _, b := range [][]byte{
		pack(f, []part{mark, a}, []part{mark, a}), pack(f, []part{mark, a}, nil), pack(f, []part{mark, {"a", linked + "b"}}, []part{mark}),
		pack(f, []part{mark, {"../x", "1"}, {"/x", "2"}}, []part{mark}, a), pack(f, []part{{"TEST", "99\n"}}, []part{mark}), nil,
	} {
		f.Add(true, b)
		z, err := zstd.NewReader(nil)
		if err != nil {
			f.Fatal(err)
		}
		if plain, err := z.DecodeAll(b, nil); err == nil {
			f.Add(false, plain)
		}
		z.Close()
	}
	packer, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, packed bool, b []byte) {
		if !packed {
			b = packer.EncodeAll(b, nil)
		}
		limits, members, took := Limits{Members: 10, Bytes: 1 << 20, Manifest: 1 << 16, Ratio: 100}, 0, int64(0)
		m := &testManifest{}
		err := Read(bytes.NewReader(b), testSort, limits, m, func(_ string, _ int64, r io.Reader) error {
			members++
			n, err := io.Copy(io.Discard, r)
			took += n
			return err
		})
		if members > limits.Members || took > limits.Bytes {
			t.Fatalf("%d members, %d bytes", members, took)
		}
		if err == nil && len(m.Members) != members {
			t.Fatalf("%d members were read, the manifest names %d", members, len(m.Members))
		}
		if err != nil && !errors.As(err, new(*Refusal)) {
			t.Fatalf("%v is no refusal", err)
		}
	})
}
