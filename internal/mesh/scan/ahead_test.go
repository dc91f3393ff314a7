package scan

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"testing/iotest"
)

func TestReadAhead(t *testing.T) {
	text := bytes.Repeat([]byte("0123456789abcdef"), piece/4+3)
	for _, n := range []int{0, 1, piece - 1, piece, piece + 1, len(text)} {
		a := ReadAhead(iotest.HalfReader(bytes.NewReader(text[:n])))
		got, err := io.ReadAll(iotest.OneByteReader(io.LimitReader(a, 5)))
		rest, err2 := io.ReadAll(a)
		if err != nil || err2 != nil || !bytes.Equal(append(got, rest...), text[:n]) {
			t.Errorf("%d bytes: got %d, %v, %v", n, len(got)+len(rest), err, err2)
		}
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	}
}

// An error comes behind what was read before it; who stops early is not waited for.
func TestReadAheadErrors(t *testing.T) {
	broken := errors.New("broken")
	a := ReadAhead(io.MultiReader(bytes.NewReader(make([]byte, 3*piece)), iotest.ErrReader(broken)))
	defer a.Close()
	if n, err := io.Copy(io.Discard, a); n != 3*piece || !errors.Is(err, broken) {
		t.Errorf("%d bytes, %v", n, err)
	}
	early := ReadAhead(bytes.NewReader(make([]byte, 100*piece)))
	if _, err := early.Read(make([]byte, 10)); err != nil {
		t.Error(err)
	}
	if err := early.Close(); err != nil {
		t.Error(err)
	}
}
