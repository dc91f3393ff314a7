package app

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// password takes a password from where nobody else can read it.
type password struct {
	PasswordFile  []byte `help:"File that holds the password." placeholder:"FILE" type:"filecontent"`
	PasswordStdin bool   `help:"Ask for the password on the terminal, unseen and twice; from a pipe, read one line."`
}

// get gives the new password of a person: typed, of the file, the standard input or
// BASSIN_PASSWORD; "" when none is given.
func (p password) get(ctx context.Context, env *environment, email string) (string, error) {
	if !p.PasswordStdin {
		return env.secret(p.PasswordFile, "BASSIN_PASSWORD"), nil
	}
	var line string
	var err error
	if f, ok := env.Stdin.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		line, err = typed(ctx, env, int(f.Fd()), email)
	} else if line, err = bufio.NewReader(env.Stdin).ReadString('\n'); errors.Is(err, io.EOF) {
		err = nil
	}
	if line = strings.TrimRight(line, "\r\n"); line == "" && err == nil {
		err = usageError("the standard input holds no password")
	}
	return line, err
}

// typed asks for a new password on the terminal: twice, for nobody sees what is typed.
func typed(ctx context.Context, env *environment, fd int, email string) (string, error) {
	first, err := unseen(ctx, env, fd, "Password for "+email+": ")
	if err != nil {
		return "", err
	}
	again, err := unseen(ctx, env, fd, "Once more: ")
	if err != nil {
		return "", err
	}
	if again != first {
		return "", usageError("the two passwords differ")
	}
	return first, nil
}

// unseen reads one line that the terminal does not show. An interrupt leaves the terminal as it
// was: the read itself knows nothing of the context.
func unseen(ctx context.Context, env *environment, fd int, prompt string) (string, error) {
	before, err := term.GetState(fd)
	if err != nil {
		return "", fmt.Errorf("read the password: %w", err)
	}
	if _, err := fmt.Fprint(env.Stderr, prompt); err != nil {
		return "", err
	}
	type answer struct {
		line []byte
		err  error
	}
	read := make(chan answer, 1)
	go func() {
		line, err := term.ReadPassword(fd)
		read <- answer{line, err}
	}()
	var got answer
	select {
	case got = <-read:
	case <-ctx.Done():
		_ = term.Restore(fd, before)
		got.err = ctx.Err()
	}
	_, _ = fmt.Fprintln(env.Stderr) // the person's own line end was not shown
	if got.err != nil {
		return "", fmt.Errorf("read the password: %w", got.err)
	}
	return string(got.line), nil
}
