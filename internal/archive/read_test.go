package archive

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
)

var kept = Sort{Mark: "bassin-kept", Format: 1, What: "backup", Name: "a Bassin backup"}

type keptManifest struct {
	Format int `json:"format"`
	Sums
}

func (m *keptManifest) Written() int { return m.Format }

// made is a whole archive of one member in the given format.
func made(t *testing.T, sort Sort) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := NewWriter(&b, sort, time.Unix(0, 0))
	if err == nil {
		err = w.Put("one", 4, strings.NewReader("1234"))
	}
	if err == nil {
		err = w.Finish(&keptManifest{Format: sort.Format})
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zipped(t *testing.T, s string) []byte {
	t.Helper()
	z, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return z.EncodeAll([]byte(s), nil)
}

// What is wrong with a file is told apart: whoever restores must know whether to look for the right
// file, for another copy of it, or for a newer program.
func TestReadSaysWhatIsWrong(t *testing.T) {
	whole := made(t, kept)
	changed := bytes.Clone(whole)
	changed[len(changed)/2] ^= 0x10
	early := bytes.Clone(whole)
	early[8] ^= 0xff
	sum := bytes.Clone(whole)
	sum[len(sum)-1] ^= 1
	newer := kept
	newer.Format = 2
	for name, c := range map[string]struct {
		file []byte
		want string // "": it is right
	}{
		"whole":                   {whole, ""},
		"empty":                   {nil, "this is not a Bassin backup"},
		"text":                    {[]byte("stop, this is a text\n"), "this is not a Bassin backup"},
		"another compressed file": {zipped(t, strings.Repeat("x", 2000)), "or it is another compressed file"},
		"changed in the middle":   {changed, "the backup was changed"},
		"changed at the start":    {early, "the backup was changed"},
		"checksum changed":        {sum, "the checksum of its compressed content is wrong"},
		"cut in the middle":       {whole[:len(whole)/2], "the backup is cut"},
		"cut at the end":          {whole[:len(whole)-3], "the backup is cut"},
		"of a newer program":      {made(t, newer), "made by a newer program: it has format 2, this one reads 1"},
	} {
		t.Run(name, func(t *testing.T) {
			err := Read(bytes.NewReader(c.file), kept, Limits{}, &keptManifest{}, func(string, int64, io.Reader) error { return nil })
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}
