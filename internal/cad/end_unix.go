//go:build !windows

package cad

import (
	"os/exec"
	"syscall"
)

// ending says by which limit a worker ended: the key of a refusal; "" when it ended by itself.
func ending(e *exec.ExitError) string {
	s, ok := e.Sys().(syscall.WaitStatus)
	if e.ExitCode() == exitMemory {
		return "convert-memory"
	}
	if !ok || !s.Signaled() {
		return ""
	}
	switch s.Signal() {
	case syscall.SIGXCPU:
		return "convert-time"
	case syscall.SIGXFSZ:
		return "convert-output"
	case syscall.SIGABRT, syscall.SIGTRAP, syscall.SIGILL, syscall.SIGSEGV: // as Node ends when it gets no more memory
		return "convert-memory"
	}
	return ""
}
