package office

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// What a killed server left is removed; a conversion that runs, and what is not ours, is not.
func TestSweep(t *testing.T) {
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	old := time.Now().Add(-2 * longest)
	for name, age := range map[string]time.Time{"bassin-office-1": old, "bassin-office-2": time.Now(), "office-3": old} {
		dir := filepath.Join(tmp, name)
		if err := os.MkdirAll(filepath.Join(dir, "profile", "user"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(dir, age, age); err != nil {
			t.Fatal(err)
		}
	}
	if err := Sweep(); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(tmp)
	if err != nil || len(left) != 2 || left[0].Name() != "bassin-office-2" || left[1].Name() != "office-3" {
		t.Errorf("left: %v, %v", left, err)
	}
}
