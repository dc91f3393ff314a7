package web

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

// maxStreams is how many event streams one person may hold open in this process: the pages of some
// windows. Each holds a connection.
const maxStreams = 10

// How long a stream may say nothing before it says that it lives, and how long it lasts; the page
// asks for it again, and access is looked at anew.
const (
	StreamAlive = 15 * time.Second
	StreamEnd   = 5 * time.Minute
)

// Streams counts the open event streams of each person.
type Streams struct {
	mu  sync.Mutex
	per map[string]int
}

// Open takes a stream, unless the person has too many.
func (s *Streams) Open(person string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.per[person] >= maxStreams {
		return false
	}
	if s.per == nil {
		s.per = map[string]int{}
	}
	s.per[person]++
	return true
}

// Close gives it back.
func (s *Streams) Close(person string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.per[person]--; s.per[person] <= 0 {
		delete(s.per, person)
	}
}

// Stream answers with server-sent events (HTML Living Standard, section 9.2).
type Stream struct {
	w    http.ResponseWriter
	c    *http.ResponseController
	said time.Time
}

// NewStream begins the answer.
func NewStream(w http.ResponseWriter) *Stream {
	c := http.NewResponseController(w)
	_ = c.SetWriteDeadline(time.Time{}) // not every writer has one
	w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	w.Header().Set("X-Accel-Buffering", "no")
	w.WriteHeader(http.StatusOK)
	return &Stream{w: w, c: c, said: time.Now()}
}

// Send writes an event; without a name it is a message.
func (s *Stream) Send(name, data string) {
	if name != "" {
		_, _ = fmt.Fprintf(s.w, "event: %s\n", name)
	}
	for line := range strings.SplitSeq(data, "\n") {
		_, _ = fmt.Fprintf(s.w, "data: %s\n", strings.TrimSuffix(line, "\r"))
	}
	_, _ = fmt.Fprint(s.w, "\n")
	s.said = time.Now()
}

// Flush hands over what was written, with a sign of life when nothing was for long; it reports
// whether somebody still listens.
func (s *Stream) Flush() bool {
	if time.Since(s.said) > StreamAlive {
		_, _ = fmt.Fprint(s.w, ": still here\n\n")
		s.said = time.Now()
	}
	return s.c.Flush() == nil
}
