package talk

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"time"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/web"
)

// liveLook is how often this process asks the database for changes while somebody listens. The
// audit trail has them all, whichever process made them.
const liveLook = 400 * time.Millisecond

// live passes changes on to the open pages of this process: one question to the database for all of
// them.
type live struct {
	mu       sync.Mutex
	watchers map[*watcher]bool
	looking  bool
	streams  web.Streams
}

// watcher is an open page.
type watcher struct {
	person account.PersonID
	scope  string // of what the page shows; "": nothing that is watched
	wake   chan struct{}

	mu     sync.Mutex
	unseen int
	by     string // who changed what the page shows; "": nobody since it was told last
	moved  bool   // something of what the page shows was changed, by the reader too: an access may have ended
}

// tell notes what is new and wakes the page. It never waits.
func (w *watcher) tell(unseen int, by string, moved bool) {
	w.mu.Lock()
	w.unseen, w.moved = unseen, w.moved || moved
	if by != "" {
		w.by = by
	}
	w.mu.Unlock()
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// take gives what is new, once.
func (w *watcher) take() (unseen int, by string, moved bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	unseen, by, moved = w.unseen, w.by, w.moved
	w.by, w.moved = "", false
	return unseen, by, moved
}

// touch gives the last other person who changed what the page shows, and whether anybody did.
func (w *watcher) touch(list []account.Moved) (by string, moved bool) {
	for _, m := range list {
		if w.scope == "" || m.Scope != w.scope {
			continue
		}
		if moved = true; m.ActorID != w.person {
			by = m.ActorName
		}
	}
	return by, moved
}

// livePage streams what is new: "news" is the number of notices that were not seen, "change" the
// name of somebody who changed what the page shows.
func (s *Service) livePage(w http.ResponseWriter, r *http.Request) error {
	by := account.ActorOf(r)
	me := &watcher{person: by.ID, wake: make(chan struct{}, 1)}
	ref := Ref{r.FormValue("kind"), r.FormValue("id")}
	err := s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if ref.Kind != "" {
			sub, err := s.subject(tx, by, ref)
			if err != nil {
				return err
			}
			me.scope = sub.Scope
		}
		me.unseen, err = countUnseen(tx, by.ID)
		return err
	})
	if err != nil {
		return err
	}
	if !s.live.streams.Open(string(by.ID)) {
		return fault.New(fault.TooMany, "web.streams")
	}
	defer s.live.streams.Close(string(by.ID))
	s.watch(me)
	defer s.unwatch(me)

	stream := web.NewStream(w)
	ctx, cancel := context.WithTimeout(r.Context(), web.StreamEnd)
	defer cancel()
	alive := time.NewTicker(web.StreamAlive)
	defer alive.Stop()
	for last := -1; ; {
		unseen, who, moved := me.take()
		if moved && !s.still(ctx, by, ref) {
			return nil
		}
		if unseen != last {
			stream.Send("news", strconv.Itoa(unseen))
			last = unseen
		}
		if who != "" {
			stream.Send("change", web.ViewOf(r).T("talk.live.change", "name", who))
		}
		if !stream.Flush() {
			return nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-s.opts.Stopping:
			return nil
		case <-alive.C:
			if !s.still(ctx, by, ref) {
				return nil
			}
		case <-me.wake:
		}
	}
}

// still reports whether somebody is signed in and may see what their page shows.
func (s *Service) still(ctx context.Context, by account.Actor, ref Ref) bool {
	err := s.db.View(ctx, func(tx db.Tx) error {
		now, err := account.Again(tx, by)
		if err == nil && ref.Kind != "" {
			_, err = s.subject(tx, now, ref)
		}
		return err
	})
	return !fault.Is(err, fault.NotFound)
}

func (s *Service) watch(w *watcher) {
	l := &s.live
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.watchers == nil {
		l.watchers = map[*watcher]bool{}
	}
	l.watchers[w] = true
	if !l.looking {
		l.looking = true
		go s.look()
	}
}

func (s *Service) unwatch(w *watcher) {
	s.live.mu.Lock()
	defer s.live.mu.Unlock()
	delete(s.live.watchers, w)
}

// all gives the open pages; without any, the looking ends.
func (l *live) all() []*watcher {
	l.mu.Lock()
	defer l.mu.Unlock()
	list := make([]*watcher, 0, len(l.watchers))
	for w := range l.watchers {
		list = append(list, w)
	}
	l.looking = len(list) > 0
	return list
}

// look asks for changes until nobody listens.
func (s *Service) look() {
	tick := time.NewTicker(liveLook)
	defer tick.Stop()
	for at := int64(-1); ; {
		list := s.live.all()
		if len(list) == 0 {
			return
		}
		var err error
		if at, err = s.pass(list, at); err != nil {
			s.log.Warn("live news", "error", err.Error()) // the next look may succeed
		}
		select {
		case <-s.opts.Stopping:
			return
		case <-tick.C:
		}
	}
}

// pass tells the open pages what was changed after a number, and gives the number to go on from;
// -1 is now.
func (s *Service) pass(list []*watcher, after int64) (at int64, err error) {
	var moved []account.Moved
	unseen := map[account.PersonID]int{}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	err = s.db.View(ctx, func(tx db.Tx) error {
		if at, _, err = account.Head(tx); err != nil || after < 0 || at == after {
			return err
		}
		if moved, err = account.MovedSince(tx, after); err != nil {
			return err
		}
		ids := make([]account.PersonID, len(list))
		for i, w := range list {
			ids[i] = w.person
		}
		unseen, err = countUnseenOf(tx, ids)
		return err
	})
	if err != nil {
		return after, err
	}
	if len(moved) > 0 {
		for _, w := range list {
			by, touched := w.touch(moved)
			w.tell(unseen[w.person], by, touched)
		}
	}
	return at, nil
}
