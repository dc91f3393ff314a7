package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"regexp"
	"time"

	"bassin/internal/db"
	"bassin/internal/fault"
)

// OnceParam is the query parameter of a form's address that makes a resubmission harmless.
const OnceParam = "_once"

// keyForm bounds the keys that clients choose.
var keyForm = regexp.MustCompile(`^[A-Za-z0-9_.:~-]{8,100}$`)

// keepOnce is how long an answer can be asked again.
const keepOnce = 24 * time.Hour

var errRepeated = errors.New("the key was used while we worked")

// once gives a creation the answer it got before when its key comes again.
//
// The key is an Idempotency-Key header (API) or the _once parameter of a form's address. A program that
// gives its key to another request is refused; a form that is changed and sent again, after a step back
// in the browser, is another form. The key is stored in the same transaction as the first change of the
// request, so the change happens once even when the process dies before it answers; the answer is stored
// right after. Only accepted answers (2xx, 3xx) hold a key: a refused form can be mended and sent again.
func (m *Mux) once(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key, form := r.Header.Get("Idempotency-Key"), false
		if key == "" {
			key, form = r.URL.Query().Get(OnceParam), true
		}
		if r.Method != http.MethodPost || key == "" || m.opts.DB == nil {
			next.ServeHTTP(w, r)
			return
		}
		if !keyForm.MatchString(key) {
			m.answer(w, r, fault.New(fault.Invalid, "fault.once_form"))
			return
		}
		sent, err := said(r)
		if err != nil {
			m.answer(w, r, err)
			return
		}
		o := onceKey{Person: ViewOf(r).Viewer.ID, Key: hash(key), Request: hash(r.URL.RequestURI() + " " + sent)}
		if form {
			o.Key, o.Request = hash(key+" "+sent), hash(r.URL.Path)
		}
		if done, err := m.repeat(w, r, o); done || err != nil {
			m.answer(w, r, err)
			return
		}
		buf := &buffered{ResponseWriter: w, status: http.StatusOK}
		held := false
		ctx := db.WithCommit(r.Context(), func(tx db.Tx) error {
			err := insertOnce(tx, o)
			held = err == nil
			if fault.Is(err, fault.Conflict) {
				return errRepeated
			}
			return err
		})
		next.ServeHTTP(buf, r.WithContext(ctx))
		if buf.status < 400 {
			if err := m.keep(r.Context(), o, buf); err != nil {
				m.opts.Log.Error("answer not kept", "error", err.Error())
			}
		}
		// The other of two at once won: give its answer. It may have been refused for what the other
		// made, such as a reference that is taken now.
		if buf.status >= 500 || buf.status >= 400 && !held {
			if done, err := m.repeat(w, r, o); done || err != nil {
				m.answer(w, r, err)
				return
			}
		}
		buf.send()
	})
}

// saidBytes is how much of a body tells it from another, beside its length: all of it but for files.
const saidBytes = 1 << 20

// said is what a request says, in short: equal for the same body sent again. What was read of it to
// know is put back. Browsers part the fields of a form with files by another mark each time.
func said(r *http.Request) (string, error) {
	start, err := io.ReadAll(io.LimitReader(r.Body, saidBytes))
	if err != nil {
		return "", fault.Wrap(err, fault.Invalid, "fault.form")
	}
	r.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(start), r.Body), r.Body}
	if _, p, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err == nil && p["boundary"] != "" {
		start = bytes.ReplaceAll(start, []byte(p["boundary"]), nil)
		return hash(string(start)), nil
	}
	return hash(fmt.Sprintf("%d %s", r.ContentLength, start)), nil
}

func (m *Mux) answer(w http.ResponseWriter, r *http.Request, err error) {
	switch {
	case err == nil:
	case isAPI(r):
		_ = writeProblem(w, r, err)
	default:
		m.fail(w, r, err)
	}
}

// repeat gives the kept answer. An answer that is not there yet (another request is at work, or
// the process died in between) is waited for shortly, then said.
func (m *Mux) repeat(w http.ResponseWriter, r *http.Request, o onceKey) (bool, error) {
	for try := 0; ; try++ {
		var row onceRow
		err := m.opts.DB.View(r.Context(), func(tx db.Tx) (err error) {
			row, err = getOnce(tx, o)
			return err
		})
		switch {
		case fault.Is(err, fault.NotFound):
			return false, nil
		case err != nil:
			return false, err
		case row.Request != o.Request:
			return false, fault.New(fault.Invalid, "fault.once_other")
		case row.Status == 0 && try < 20:
			time.Sleep(50 * time.Millisecond)
			continue
		case row.Status == 0:
			return false, fault.New(fault.Conflict, "fault.once_done")
		}
		var head http.Header
		if err := json.Unmarshal([]byte(row.Head), &head); err != nil {
			return false, err
		}
		for k, list := range head {
			w.Header()[k] = list
		}
		w.Header().Set("Idempotent-Replayed", "true")
		w.WriteHeader(row.Status)
		_, err = w.Write([]byte(row.Body))
		return true, err
	}
}

func (m *Mux) keep(ctx context.Context, o onceKey, b *buffered) error {
	head := http.Header{}
	for _, k := range []string{"Content-Type", "Location", "Etag", "Set-Cookie"} {
		if list := b.Header()[k]; len(list) > 0 && k != "Set-Cookie" {
			head[k] = list
		}
	}
	j, err := json.Marshal(head)
	if err != nil {
		return err
	}
	return m.opts.DB.Do(context.WithoutCancel(ctx), func(tx db.Tx) error {
		return saveOnce(tx, o, b.status, string(j), b.body.String())
	})
}

// SweepOnce forgets keys older than a day; a periodic job calls it.
func SweepOnce(tx db.Tx) error {
	_, err := tx.Exec(`delete from web_once where created_at < $1`, tx.Now().Add(-keepOnce))
	return err
}

type onceKey struct{ Person, Key, Request string }

type onceRow struct {
	Request string
	Status  int
	Head    string
	Body    string
}

func insertOnce(tx db.Tx, o onceKey) error {
	_, err := tx.Exec(`insert into web_once (person_id, once_key, request, status, head, body, created_at)
		values ($1, $2, $3, 0, '', '', $4)`, o.Person, o.Key, o.Request, tx.Now())
	return err
}

func getOnce(tx db.Tx, o onceKey) (onceRow, error) {
	return db.Get[onceRow](tx, `select request, status, head, body from web_once
		where person_id = $1 and once_key = $2 and created_at > $3`, o.Person, o.Key, tx.Now().Add(-keepOnce))
}

func saveOnce(tx db.Tx, o onceKey, status int, head, body string) error {
	_, err := tx.Exec(`update web_once set status = $3, head = $4, body = $5 where person_id = $1 and once_key = $2`,
		o.Person, o.Key, status, head, body)
	return err
}

func hash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// NewOnce makes the key of a new form.
func NewOnce() string { return db.NewID() }

// OnceURL adds a form's key to its address.
func OnceURL(path, key string) string {
	if key == "" {
		key = NewOnce()
	}
	return path + "?" + OnceParam + "=" + key
}

// buffered holds an answer back until its key is stored.
type buffered struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

// WriteHeader keeps the status.
func (b *buffered) WriteHeader(status int) { b.status = status }

// Write keeps the body.
func (b *buffered) Write(p []byte) (int, error) { return b.body.Write(p) }

func (b *buffered) send() {
	b.ResponseWriter.WriteHeader(b.status)
	_, _ = b.ResponseWriter.Write(b.body.Bytes())
}
