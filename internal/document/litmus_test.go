package document

import (
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/file"
)

func (w *world) content(t testing.TB, hash string) string {
	t.Helper()
	if hash == emptyHash {
		return ""
	}
	c, err := w.files.Open(t.Context(), file.Hash(hash))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	b, err := io.ReadAll(c)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

var summary = regexp.MustCompile("summary for `([a-z]+)': of (\\d+) tests run: (\\d+) passed, (\\d+) failed")

// TestLitmus runs the whole litmus suite, which is how servers of WebDAV are compared.
func TestLitmus(t *testing.T) {
	litmus, err := exec.LookPath("litmus")
	if err != nil {
		if os.Getenv("BASSIN_NEED_LITMUS") != "" {
			t.Fatal("litmus is not installed")
		}
		t.Skip("litmus is not installed (Debian: apt-get install litmus)")
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		cmd := exec.CommandContext(t.Context(), litmus, "-k", w.srv.URL+"/dav/projects/"+string(w.p.ID)+"/", "gestion", w.token(t, w.manager, "read write"))
		cmd.Dir = t.TempDir() // it writes logs
		out, err := cmd.CombinedOutput()
		text := string(out)
		suites := summary.FindAllStringSubmatch(text, -1)
		if err != nil || len(suites) != 5 || strings.Contains(text, "WARNING") || strings.Contains(text, "FAIL") {
			t.Errorf("litmus: %v\n%s", err, text)
		}
		for _, s := range suites {
			if t.Logf("%s: %s of %s", s[1], s[3], s[2]); s[4] != "0" {
				t.Errorf("%s: %s failed", s[1], s[4])
			}
		}
	})
}
