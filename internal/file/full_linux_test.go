package file

import (
	"bytes"
	"os"
	"syscall"
	"testing"

	"bassin/internal/fault"
)

// TestFullDisk puts files on a disk of 256 kB until it is full.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("bassin-test", dir, "tmpfs", 0, "size=256k"); err != nil {
		t.Skipf("no small disk can be mounted here (it takes root): %v", err)
	}
	defer func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	}()
	s, err := NewFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	small := mustPut(t, s, bytes.Repeat([]byte("a"), 100<<10))
	_, err = s.Put(ctx, bytes.NewReader(bytes.Repeat([]byte("b"), 300<<10)), Limits{})
	wantFault(t, "full", err, fault.Unavailable, "file.no_space")
	if left, err := os.ReadDir(s.tmp); err != nil || len(left) != 0 {
		t.Errorf("left %v, %v: the space is not given back", left, err)
	}
	if err := Verify(ctx, s, small.Hash); err != nil {
		t.Errorf("what was there: %v", err)
	}
	mustPut(t, s, bytes.Repeat([]byte("c"), 100<<10))
}
