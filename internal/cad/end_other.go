//go:build windows

package cad

import "os/exec"

func ending(e *exec.ExitError) string {
	if e.ExitCode() == exitMemory {
		return "convert-memory"
	}
	return ""
}
