package job

import (
	"path/filepath"
	"sync"
	"time"
)

// life tells whether workers live. There are two: on SQLite all workers are processes of one
// machine and each holds a file lock, which the system lets go in the moment of its death; on
// PostgreSQL each worker's row in job_worker has a number that grows, and silence means death.
type life interface {
	begin(worker string) error
	end(worker string)
	dead(w workerRow) bool
	beats() bool      // the worker must call beat regularly
	looked(ok bool)   // the rows were read (or could not be) just now
	hear()            // own beat was written
	heard() time.Time // when
}

func newLife(q *Queue) life {
	if path := q.db.Path(); path != "" && fileLocks {
		return &locks{dir: filepath.Join(filepath.Dir(path), "workers"), held: map[string]func(){}}
	}
	return &beats{seen: map[string]seen{}, silence: q.pace.silence, gap: 3 * q.pace.recover, own: time.Now()}
}

// locks is life by file locks.
type locks struct {
	dir  string
	mu   sync.Mutex
	held map[string]func()
}

func (l *locks) begin(worker string) error {
	release, err := lockFile(l.dir, worker)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.held[worker] = release
	return nil
}

// end lets the lock go and removes the file, one's own or a dead worker's.
func (l *locks) end(worker string) {
	l.mu.Lock()
	release := l.held[worker]
	delete(l.held, worker)
	l.mu.Unlock()
	removeLock(l.dir, worker)
	if release != nil {
		release()
	}
}

func (l *locks) dead(w workerRow) bool { return !locked(l.dir, w.ID) }
func (l *locks) beats() bool           { return false }
func (l *locks) looked(bool)           {}
func (l *locks) hear()                 {}
func (l *locks) heard() time.Time      { return time.Now() }

// beats is life by growing numbers. No clock is compared with another machine's: a worker is dead
// when its number stood still for the time of silence on this machine's clock, while this
// machine could read it.
type beats struct {
	mu      sync.Mutex
	silence time.Duration
	gap     time.Duration // longest time between two looks that still counts as looking on
	last    time.Time     // last look
	seen    map[string]seen
	own     time.Time
}

type seen struct {
	beat  int64
	since time.Time
}

func (b *beats) begin(string) error { b.hear(); return nil }

func (b *beats) end(worker string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.seen, worker)
}

func (b *beats) dead(w workerRow) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	s, ok := b.seen[w.ID]
	if !ok || s.beat != w.Beat {
		b.seen[w.ID] = seen{w.Beat, time.Now()}
		return false
	}
	return time.Since(s.since) > b.silence
}

// looked forgets everything after a time in which the numbers could not be read: they stood
// still because the database did.
func (b *beats) looked(ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !ok || time.Since(b.last) > b.gap {
		clear(b.seen)
	}
	b.last = time.Now()
}

func (b *beats) beats() bool { return true }

func (b *beats) hear() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.own = time.Now()
}

func (b *beats) heard() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.own
}
