package scan

import "io"

// ReadAhead reads r on another processor while what was read is looked at: unpacking takes as long as reading XML.
// Close ends it, and must be called before r is closed.
func ReadAhead(r io.Reader) io.ReadCloser {
	a := &ahead{full: make(chan block, 2), free: make(chan []byte, 3), stop: make(chan struct{}), done: make(chan struct{})}
	for range cap(a.free) {
		a.free <- make([]byte, piece)
	}
	go a.read(r)
	return a
}

type ahead struct {
	full       chan block
	free       chan []byte
	stop, done chan struct{}
	now        []byte // the block being given, and what is left of it
	left       []byte
	err        error
}

type block struct {
	data []byte
	err  error
}

func (a *ahead) read(r io.Reader) {
	defer close(a.done)
	for {
		var b []byte
		select {
		case b = <-a.free:
		case <-a.stop:
			return
		}
		n, err := io.ReadFull(r, b)
		if err == io.ErrUnexpectedEOF {
			err = io.EOF
		}
		select {
		case a.full <- block{b[:n], err}:
		case <-a.stop:
			return
		}
		if err != nil {
			return
		}
	}
}

func (a *ahead) Read(b []byte) (int, error) {
	for len(a.left) == 0 {
		if a.err != nil {
			return 0, a.err
		}
		if a.now != nil {
			a.free <- a.now[:piece]
		}
		next := <-a.full
		a.now, a.left, a.err = next.data, next.data, next.err
	}
	n := copy(b, a.left)
	a.left = a.left[n:]
	return n, nil
}

func (a *ahead) Close() error {
	close(a.stop)
	<-a.done
	return nil
}
