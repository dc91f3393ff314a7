package note

import (
	"context"
	"sync"
	"time"

	"bassin/internal/account"
	"bassin/internal/db"
)

const (
	// pollEvery is how late a change made on another server is seen. Changes made here are seen at once.
	pollEvery = time.Second
	// askEvery is how late somebody whose access ended is sent out.
	askEvery = 3 * time.Second

	maxSockets = 20  // of one person, in this process
	maxPeers   = 100 // of one note, in this process
)

// hub knows the pages that have notes open on this server. It holds no text: every peer reads the
// log after its own place, so a message that is lost is only late.
type hub struct {
	s    *Service
	ctx  context.Context
	stop context.CancelFunc

	mu      sync.Mutex
	rooms   map[ID]*room
	people  map[account.PersonID]int
	polling bool
	last    int64 // number of the last peer
}

// room is one note with who has it open here.
type room struct {
	seq   int64
	peers map[*peer]bool
}

// peer is one page that has a note open.
type peer struct {
	id   int64
	note ID
	by   account.Actor
	wake chan struct{} // there may be updates after its place
	out  chan message  // what others' cursors do; dropped when it is slow
}

func newHub(s *Service) *hub {
	h := &hub{s: s, rooms: map[ID]*room{}, people: map[account.PersonID]int{}}
	h.ctx, h.stop = context.WithCancel(context.Background())
	return h
}

// join adds a page; nil when the person or the note has too many.
func (h *hub) join(note ID, by account.Actor, seq int64) *peer {
	h.mu.Lock()
	defer h.mu.Unlock()
	r := h.rooms[note]
	if r == nil {
		r = &room{seq: seq, peers: map[*peer]bool{}}
	}
	if h.people[by.ID] >= maxSockets || len(r.peers) >= maxPeers || h.ctx.Err() != nil {
		return nil
	}
	h.last++
	p := &peer{id: h.last, note: note, by: by, wake: make(chan struct{}, 1), out: make(chan message, 32)}
	h.rooms[note], r.peers[p] = r, true
	h.people[by.ID]++
	if !h.polling {
		h.polling = true
		go h.poll()
	}
	return p
}

// leave takes a page away.
func (h *hub) leave(p *peer) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.people[p.by.ID]--; h.people[p.by.ID] <= 0 {
		delete(h.people, p.by.ID)
	}
	r := h.rooms[p.note]
	delete(r.peers, p)
	if len(r.peers) == 0 {
		delete(h.rooms, p.note)
	}
}

// advance tells the pages of a note that its log has grown.
func (h *hub) advance(note ID, seq int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	r := h.rooms[note]
	if r == nil || seq <= r.seq {
		return
	}
	r.seq = seq
	for p := range r.peers {
		select {
		case p.wake <- struct{}{}:
		default: // it will look anyway
		}
	}
}

// relay hands something on to the other pages of the note.
func (h *hub) relay(from *peer, m message) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for p := range h.rooms[from.note].peers {
		if p != from {
			select {
			case p.out <- m:
			default: // cursors come again
			}
		}
	}
}

// poll asks how far the open notes are, for what other servers wrote, until none is open.
func (h *hub) poll() {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		select {
		case <-h.ctx.Done():
			return
		case <-tick.C:
		}
		h.mu.Lock()
		ids := make([]ID, 0, len(h.rooms))
		for id := range h.rooms {
			ids = append(ids, id)
		}
		h.polling = len(ids) > 0
		h.mu.Unlock()
		if len(ids) == 0 {
			return
		}
		var list []Note
		err := h.s.db.View(h.ctx, func(tx db.Tx) (err error) {
			list, err = listSeqs(tx, ids)
			return err
		})
		if err != nil && h.ctx.Err() == nil {
			h.s.log.Warn("ask how far notes are", "error", err.Error())
		}
		for _, n := range list {
			h.advance(n.ID, n.Seq)
		}
	}
}
