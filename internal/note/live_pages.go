package note

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"sync"
	"time"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/project"
	"bassin/internal/web"

	"github.com/coder/websocket"
	"golang.org/x/time/rate"
)

// Why a socket is closed, beside the codes of the protocol; the page says it in words.
const (
	closeEnded  websocket.StatusCode = 4001 // one may not see the note any more
	closeTooBig websocket.StatusCode = 4002 // too many pages open
	closeWrong  websocket.StatusCode = 4003 // a message that no page of ours sends
)

const (
	sendTimeout = 20 * time.Second // a page that does not read is let go
	pingEvery   = 25 * time.Second // proxies close what is silent
	batchRows   = 50
	batchBytes  = 1 << 20
)

// live is the socket of one page: it hands over the log and takes changes.
type live struct {
	s    *Service
	conn *websocket.Conn
	peer *peer
	v    *web.View
	in   project.ID
	jump chan int64 // from where the log is to be sent; -1: what the newest version does not hold

	mu   sync.Mutex
	mine map[int64]bool // updates that this page sent
}

// livePage is the socket of a note. It is a page's own: programs write through nothing else than
// the API, and a token that may read must not write here.
func (s *Service) livePage(w http.ResponseWriter, r *http.Request) error {
	by, in, id := account.ActorOf(r), project.ID(r.PathValue("project")), ID(r.PathValue("note"))
	if by.Token {
		return fault.New(fault.Forbidden, "fault.token_scope")
	}
	var e Entry
	err := s.db.View(r.Context(), func(tx db.Tx) (err error) {
		e, err = Enter(tx, by, in, id)
		return err
	})
	if err != nil {
		return err
	}
	conn, err := websocket.Accept(w, r, nil) // checks that the page is of this server
	if err != nil {
		return nil //nolint:nilerr // Accept has answered
	}
	conn.SetReadLimit(maxMessage)
	defer func() { _ = conn.CloseNow() }()
	p := s.hub.join(id, by, e.Seq)
	if p == nil {
		_ = conn.Close(closeTooBig, "too many")
		return nil
	}
	defer s.hub.leave(p)
	ctx, cancel := context.WithCancel(s.hub.ctx)
	defer cancel()
	l := &live{s: s, conn: conn, peer: p, v: web.ViewOf(r), in: in, jump: make(chan int64, 1), mine: map[int64]bool{}}
	go l.pump(ctx)
	go l.watch(ctx)
	l.listen(ctx)
	return nil
}

// listen takes what the page says until it leaves.
func (l *live) listen(ctx context.Context) {
	limit := rate.NewLimiter(40, 400) // a page sends one change after the other; faster ones wait
	for {
		_, data, err := l.conn.Read(ctx)
		if err != nil {
			if l.s.hub.ctx.Err() != nil {
				_ = l.conn.Close(websocket.StatusGoingAway, "the server leaves")
			}
			return
		}
		m, err := read(data)
		if err == nil {
			err = limit.Wait(ctx)
		}
		if err == nil {
			err = l.take(ctx, m)
		}
		if err != nil {
			l.part(err)
			return
		}
	}
}

// take acts on one message of the page.
func (l *live) take(ctx context.Context, m message) error {
	switch m.T {
	case msgHello, msgWhole:
		from := m.Seq
		if m.T == msgHello && m.Seq == 0 {
			from = -1
		}
		select {
		case l.jump <- from:
		case <-ctx.Done():
		}
	case msgAware:
		l.s.hub.relay(l.peer, message{T: msgAware, From: l.peer.id, Text: l.peer.by.Name, Data: m.Data})
	case msgUpdate:
		// What the page sent is taken even when it leaves at this moment.
		seq, err := l.s.Write(context.WithoutCancel(ctx), l.peer.by, l.in, l.peer.note, m.Ref, m.Data)
		if f := fault.As(err); f != nil && (f.Kind == fault.Conflict || f.Kind == fault.Forbidden || f.Kind == fault.TooLarge) {
			return l.send(ctx, message{T: msgRefused, Ref: m.Ref, Text: l.v.Fault(f)})
		}
		if err != nil {
			return err
		}
		l.mu.Lock()
		l.mine[seq] = true
		l.mu.Unlock()
		if err := l.send(ctx, message{T: msgAck, Ref: m.Ref, Seq: seq}); err != nil {
			return err
		}
		l.s.hub.advance(l.peer.note, seq)
	case msgSave:
		err := l.s.Keep(ctx, l.peer.by, l.in, l.peer.note, m.Seq, m.Data, m.Doc)
		if f := fault.As(err); f != nil && f.Kind != fault.NotFound && f.Kind != fault.Unavailable {
			l.s.log.Warn("version of a note not kept", "note", string(l.peer.note), "error", err.Error())
			return nil // the log has everything; the next version may be better
		}
		if err != nil {
			return err
		}
		return l.send(ctx, message{T: msgSaved, Seq: m.Seq})
	}
	return nil
}

// pump sends the log after the page's place, and what others' cursors do.
func (l *live) pump(ctx context.Context) {
	at, begun := int64(0), false
	for {
		var err error
		select {
		case <-ctx.Done():
			return
		case m := <-l.peer.out:
			err = l.send(ctx, m)
		case from := <-l.jump:
			if at, err = l.start(ctx, from); err == nil {
				begun = true
				at, err = l.drain(ctx, at)
			}
			if err == nil {
				err = l.send(ctx, message{T: msgReady, Seq: at})
			}
		case <-l.peer.wake:
			if begun {
				at, err = l.drain(ctx, at)
			}
		}
		if err != nil {
			l.part(err)
			return
		}
	}
}

// start says how far the note is and gives the place from which the log is sent.
func (l *live) start(ctx context.Context, from int64) (int64, error) {
	var e Entry
	var v Version
	err := l.s.db.View(ctx, func(tx db.Tx) (err error) {
		by, err := account.Again(tx, l.peer.by)
		if err != nil {
			return err
		}
		if e, err = Enter(tx, by, l.in, l.peer.note); err != nil || from >= 0 {
			return err
		}
		if v, err = lastVersion(tx, l.peer.note); fault.Is(err, fault.NotFound) {
			err = nil
		}
		return err
	})
	if err != nil {
		return 0, err
	}
	l.mu.Lock()
	l.mine = map[int64]bool{}
	l.mu.Unlock()
	if err := l.send(ctx, message{T: msgStart, Seq: e.Seq, Writes: e.Standing != Reads}); err != nil {
		return 0, err
	}
	if v.ID == "" {
		return min(max(0, from), e.Seq), nil // a page may know more than we do, after a backup came back
	}
	state, err := base64.StdEncoding.DecodeString(v.State)
	if err != nil {
		return 0, err
	}
	return v.Seq, l.send(ctx, message{T: msgState, Seq: v.Seq, Data: state})
}

// drain sends every update after a place and gives the new place.
func (l *live) drain(ctx context.Context, at int64) (int64, error) {
	for {
		var list []update
		err := l.s.db.View(ctx, func(tx db.Tx) (err error) {
			list, err = listUpdates(tx, l.peer.note, at, batchRows)
			return err
		})
		if err != nil || len(list) == 0 {
			return at, err
		}
		m, size := message{T: msgUpdates}, 0
		for i, u := range list {
			data, err := base64.StdEncoding.DecodeString(u.Data)
			if err != nil {
				return at, err
			}
			l.mu.Lock()
			own := l.mine[u.Seq]
			delete(l.mine, u.Seq)
			l.mu.Unlock()
			if !own {
				m.List = append(m.List, data)
				size += len(data)
			}
			at, m.Seq = u.Seq, u.Seq
			if size > batchBytes || i == len(list)-1 {
				if err := l.send(ctx, m); err != nil {
					return at, err
				}
				m, size = message{T: msgUpdates}, 0
			}
		}
		if len(list) < batchRows {
			return at, nil
		}
	}
}

// watch asks again and again whether the page may still be open.
func (l *live) watch(ctx context.Context) {
	ask, ping := time.NewTicker(askEvery), time.NewTicker(pingEvery)
	defer ask.Stop()
	defer ping.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return
		case <-ping.C:
			wait, cancel := context.WithTimeout(ctx, sendTimeout)
			err = l.conn.Ping(wait)
			cancel()
		case <-ask.C:
			err = l.s.db.View(ctx, func(tx db.Tx) error {
				by, err := account.Again(tx, l.peer.by)
				if err != nil {
					return err
				}
				_, err = Enter(tx, by, l.in, l.peer.note)
				return err
			})
			if !fault.Is(err, fault.NotFound) {
				err = nil // when the database is away nobody is sent out for that
			}
		}
		if err != nil {
			l.part(err)
			return
		}
	}
}

func (l *live) send(ctx context.Context, m message) error {
	data, err := json.Marshal(m)
	if err != nil {
		return err
	}
	wait, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	return l.conn.Write(wait, websocket.MessageText, data)
}

// part closes the socket and says why.
func (l *live) part(err error) {
	var closed websocket.CloseError
	switch f := fault.As(err); {
	case errors.As(err, &closed), errors.Is(err, context.Canceled):
		_ = l.conn.CloseNow()
	case f != nil && f.Kind == fault.NotFound:
		_ = l.conn.Close(closeEnded, "ended")
	case f != nil && (f.Kind == fault.Invalid || f.Kind == fault.TooLarge):
		_ = l.conn.Close(closeWrong, "message")
	case f != nil && f.Kind == fault.Unavailable:
		_ = l.conn.Close(websocket.StatusTryAgainLater, "later")
	case f != nil:
		l.s.log.Error("socket of a note", "note", string(l.peer.note), "error", err.Error())
		_ = l.conn.Close(websocket.StatusInternalError, "error")
	default: // the connection itself
		_ = l.conn.CloseNow()
	}
}
