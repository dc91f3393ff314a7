package job

import "sync"

// maxStreams is how many event streams one person may hold open in this process: the pages of some
// windows. Each holds a connection and asks the database again and again.
const maxStreams = 10

// streams counts the open event streams of each person.
type streams struct {
	mu  sync.Mutex
	per map[string]int
}

// open takes a stream, unless the person has too many.
func (s *streams) open(person string) bool {
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

// close gives it back.
func (s *streams) close(person string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.per[person]--; s.per[person] <= 0 {
		delete(s.per, person)
	}
}
