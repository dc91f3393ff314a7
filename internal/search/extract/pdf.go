package extract

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime/debug"
	"runtime/metrics"
	"time"

	"github.com/ledongthuc/pdf"
)

// What a PDF may cost, in a process of its own: a crafted one makes any reader turn in circles or
// ask for memory, and Go can end neither from inside. Pages beyond maxPages are not read.
const (
	maxPages  = 2000
	maxMemory = 384 << 20
	maxStack  = 32 << 20
	watchdog  = 10 * time.Millisecond
)

// ErrMemory is the end of a reading that wants too much.
var ErrMemory = errors.New("reading the PDF takes too much memory")

// Reader reads files; those that need it in a process of its own.
type Reader struct {
	// Child is the command of a process that calls ChildPDF; none: PDF are found by their names.
	Child []string

	within time.Duration // 0: maxTime
}

// Text is the function Text, with PDF.
func (x Reader) Text(ctx context.Context, r io.Reader, size int64, typ string) (string, error) {
	if typ != "application/pdf" || len(x.Child) == 0 {
		return Text(ctx, r, size, typ)
	}
	if size > maxFile {
		return "", nil
	}
	within, cancel := context.WithTimeout(ctx, cmp.Or(x.within, maxTime))
	defer cancel()
	var out text
	c := exec.CommandContext(within, x.Child[0], x.Child[1:]...)
	c.Env = []string{"GOMAXPROCS=2"} // nothing of ours: a reader that is taken over learns no secret
	c.Dir = os.TempDir()
	c.Stdin, c.Stdout, c.WaitDelay = io.LimitReader(r, maxFile), &out, time.Second
	_ = c.Run() // a damaged or hostile file has the text that was read until then
	return out.String(), ctx.Err()
}

// Write takes text as it comes; what is too much is let go.
func (t *text) Write(p []byte) (int, error) {
	if err := t.write(string(p)); err != nil && !errors.Is(err, errFull) {
		return 0, err
	}
	return len(p), nil
}

// ChildPDF is the whole of the child: it reads a PDF from r and writes its text page by page. It
// ends the process by exit when memory passes its limit.
func ChildPDF(r io.Reader, w io.Writer, exit func(error)) error {
	debug.SetMaxStack(maxStack)
	debug.SetMemoryLimit(maxMemory * 3 / 4)
	done := make(chan struct{})
	defer close(done)
	go watchMemory(done, exit)
	content, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil || len(content) > maxFile {
		return err
	}
	return pages(content, w)
}

func pages(content []byte, w io.Writer) (err error) {
	defer caught(&err)
	doc, err := pdf.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return err
	}
	left := maxText
	for n := range min(doc.NumPage(), maxPages) {
		text, err := page(doc, n+1)
		if err != nil {
			continue // the next page may be whole
		}
		if len(text) > left {
			text = text[:left]
		}
		left -= len(text)
		if _, err := io.WriteString(w, text+"\n"); err != nil || left <= 0 {
			return err
		}
	}
	return nil
}

func page(doc *pdf.Reader, n int) (text string, err error) {
	defer caught(&err)
	p := doc.Page(n)
	if p.V.IsNull() {
		return "", nil
	}
	return p.GetPlainText(nil)
}

func caught(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("read PDF: %v", r)
	}
}

func watchMemory(done <-chan struct{}, exit func(error)) {
	tick := time.NewTicker(watchdog)
	defer tick.Stop()
	sample := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	for {
		select {
		case <-done:
			return
		case <-tick.C:
			metrics.Read(sample)
			if sample[0].Value.Uint64()-sample[1].Value.Uint64() > maxMemory {
				exit(ErrMemory)
				return
			}
		}
	}
}
