// Command bassin is the whole program: server, workers, imports, backups.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"bassin/internal/app"
)

// version is set by the build (-X main.version=…).
var version = "dev"

func main() {
	// The first signal asks the program to stop; a second one ends it at once.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	self, _ := os.Executable() // without it, PDF are found by their names alone
	os.Exit(app.Run(ctx, app.Process{Version: version, Self: self, Args: os.Args[1:], Env: os.Environ(), Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr}))
}
