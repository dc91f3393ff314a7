//go:build unix

package job

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

const fileLocks = true

// lockFile makes and locks the worker's file; the lock lives as long as the process.
func lockFile(dir, worker string) (release func(), err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of workers: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(dir, worker), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("make the worker's lock: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("lock the worker's file: %w", err)
	}
	return func() { _ = f.Close() }, nil
}

// locked reports whether the worker's process holds its lock. What cannot be found out counts as
// alive, but for a file that is not there.
func locked(dir, worker string) bool {
	f, err := os.OpenFile(filepath.Join(dir, worker), os.O_RDWR, 0)
	if err != nil {
		return !os.IsNotExist(err)
	}
	defer func() { _ = f.Close() }()
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return true
	}
	return false
}

func removeLock(dir, worker string) { _ = os.Remove(filepath.Join(dir, worker)) }
