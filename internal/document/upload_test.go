package document

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/fault"
)

// sender is a browser that sends files by tus.
type sender struct {
	*world
	who account.Actor
}

// ask sends one request of the protocol; the header is pairs.
func (c sender) ask(t testing.TB, method, url string, body io.Reader, header ...string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, c.srv.URL+url, body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Tus-Resumable", "1.0.0")
	r.Header.Set("X-Who", string(c.who.ID))
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	res, err := c.srv.Client().Do(r)
	if err != nil {
		return nil, err.Error()
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(b)
}

func (c sender) begin(t testing.TB, folder EntryID, name string, size int) (string, int, string) {
	t.Helper()
	res, text := c.ask(t, "POST", c.p.ID.URL()+"/folders/"+idIn(folder)+"/uploads", nil, "Upload-Length", strconv.Itoa(size),
		"Upload-Metadata", "filename "+base64.StdEncoding.EncodeToString([]byte(name))+",modified "+base64.StdEncoding.EncodeToString([]byte("1764115200000")))
	return res.Header.Get("Location"), res.StatusCode, text
}

func (c sender) mustBegin(t testing.TB, folder EntryID, name string, size int) string {
	t.Helper()
	url, code, text := c.begin(t, folder, name, size)
	if code != http.StatusCreated || url == "" {
		t.Fatalf("begin %s: %d %s", name, code, text)
	}
	return url
}

func (c sender) patch(t testing.TB, url string, at int, content []byte) (int, string) {
	t.Helper()
	res, text := c.ask(t, "PATCH", url, bytes.NewReader(content), "Content-Type", "application/offset+octet-stream", "Upload-Offset", strconv.Itoa(at))
	return res.StatusCode, text
}

// where asks how far an upload is; -1 when there is none.
func (c sender) where(t testing.TB, url string) int {
	t.Helper()
	res, _ := c.ask(t, "HEAD", url, nil)
	if res.StatusCode != http.StatusOK {
		return -1
	}
	n, err := strconv.Atoi(res.Header.Get("Upload-Offset"))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// kept is what the disk holds of an upload, in bytes.
func (w *world) kept(t testing.TB, url string) (n int64) {
	t.Helper()
	dir := filepath.Join(w.root, "parts", url[strings.LastIndex(url, "/")+1:])
	list, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	for _, e := range list {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		n += info.Size()
	}
	return n
}

// big is a content over several parts, of no known type.
func big(n int) []byte {
	b := make([]byte, n)
	x := uint32(2463534242)
	for i := range b {
		x ^= x << 13
		x ^= x >> 17
		x ^= x << 5
		b[i] = byte(x)
	}
	b[0] = 0
	return b
}

func hashOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// cutAfter gives n bytes and breaks off.
type cutAfter struct {
	r    io.Reader
	left int
}

func (c *cutAfter) Read(p []byte) (int, error) {
	if c.left == 0 {
		return 0, errors.New("the line is cut")
	}
	n, err := c.r.Read(p[:min(len(p), c.left)])
	c.left -= n
	return n, err
}

func TestAnUploadIsCutAndResumes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		c := sender{w, w.manager}
		content := big(2*partBytes + 12345)
		url := c.mustBegin(t, "", "pièce.bin", len(content))
		if got := c.where(t, url); got != 0 {
			t.Fatalf("it begins at %d", got)
		}
		nine := len(content) * 9 / 10
		r, err := http.NewRequestWithContext(t.Context(), "PATCH", c.srv.URL+url, &cutAfter{bytes.NewReader(content), nine})
		if err != nil {
			t.Fatal(err)
		}
		r.ContentLength = int64(len(content))
		r.Header = http.Header{"Tus-Resumable": {"1.0.0"}, "X-Who": {string(w.manager.ID)}, "Content-Type": {"application/offset+octet-stream"}, "Upload-Offset": {"0"}}
		if res, err := c.srv.Client().Do(r); err == nil {
			_ = res.Body.Close()
			t.Fatalf("a request that was cut was answered %d", res.StatusCode)
		}
		// The server notices a moment later; what it tells is what lies on the disk.
		at := 0
		for range 500 {
			if at = c.where(t, url); at > partBytes {
				break
			}
			if res, _ := c.ask(t, "OPTIONS", c.p.ID.URL()+"/folders/root/uploads", nil); res.StatusCode != http.StatusNoContent {
				t.Fatal("the server is gone")
			}
		}
		if at <= partBytes || at > nine || int64(at) != w.kept(t, url) {
			t.Fatalf("after a cut at %d: stands at %d, %d bytes on the disk", nine, at, w.kept(t, url))
		}
		// The page is loaded again: it tells what is unfinished.
		res, page := c.ask(t, "GET", w.p.ID.URL()+"/documents", nil)
		if res.StatusCode != http.StatusOK || !strings.Contains(page, `data-upload="`+url+`"`) || !strings.Contains(page, `data-modified="1764115200000"`) {
			t.Errorf("the folder's page does not tell of the upload")
		}
		if code, text := c.patch(t, url, at, content[at:]); code != http.StatusNoContent {
			t.Fatalf("the rest: %d %s", code, text)
		}
		if got := c.where(t, url); got != len(content) {
			t.Errorf("when it is whole it stands at %d", got)
		}
		if n := w.kept(t, url); n != 0 {
			t.Errorf("%d bytes of parts are left", n)
		}
		if got := w.versions(t, "", "pièce.bin"); len(got) != 1 || hashOf([]byte(got[0])) != hashOf(content) {
			t.Errorf("%d versions; the content is another one", len(got))
		}
		if _, page = c.ask(t, "GET", w.p.ID.URL()+"/documents", nil); strings.Contains(page, "data-upload=") {
			t.Error("the page still tells of an upload that is whole")
		}
	})
}

func TestUploadRefusals(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		c, other, reader := sender{w, w.manager}, sender{w, w.invited(t, "autre", account.ProjectMember)}, sender{w, w.invited(t, "lecteur", account.ProjectReader)}
		stranger := sender{w, w.person(t, "inconnu")}
		for _, x := range []struct {
			why  string
			by   sender
			name string
			size int
			want int
		}{
			{"too large", c, "a.bin", maxFileBytes + 1, http.StatusRequestEntityTooLarge},
			{"empty", c, "a.bin", 0, http.StatusUnprocessableEntity},
			{"no name", c, "", 10, http.StatusUnprocessableEntity},
			{"a reader", reader, "a.bin", 10, http.StatusForbidden},
			{"a stranger", stranger, "a.bin", 10, http.StatusNotFound},
		} {
			if _, code, text := x.by.begin(t, "", x.name, x.size); code != x.want || text == "" {
				t.Errorf("%s: %d %q, want %d", x.why, code, text, x.want)
			}
		}
		if _, code, _ := (sender{w, account.Actor{}}).begin(t, "", "a.bin", 10); code != http.StatusUnauthorized {
			t.Errorf("nobody: %d", code)
		}
		url := c.mustBegin(t, "", "a.bin", 10)
		for _, by := range []sender{other, stranger} {
			if got := by.where(t, url); got != -1 {
				t.Errorf("another person's upload tells %d", got)
			}
			if code, _ := by.patch(t, url, 0, []byte("0123456789")); code != http.StatusNotFound {
				t.Errorf("another person sends: %d", code)
			}
			if res, _ := by.ask(t, "DELETE", url, nil); res.StatusCode != http.StatusNotFound {
				t.Errorf("another person gives it up: %d", res.StatusCode)
			}
		}
		if code, _ := c.patch(t, url, 3, []byte("3456789")); code != http.StatusConflict {
			t.Errorf("a wrong offset: %d", code)
		}
		if code, _ := c.patch(t, url, 0, []byte("0123456789a")); code != http.StatusRequestEntityTooLarge {
			t.Errorf("more than was announced: %d", code)
		}
		if res, _ := c.ask(t, "PATCH", url, strings.NewReader("0"), "Upload-Offset", "0", "Content-Type", "text/plain"); res.StatusCode != http.StatusUnsupportedMediaType {
			t.Errorf("a wrong type of body: %d", res.StatusCode)
		}
		if res, _ := c.ask(t, "HEAD", url, nil, "Tus-Resumable", "0.2.2"); res.StatusCode != http.StatusPreconditionFailed {
			t.Errorf("another version of the protocol: %d", res.StatusCode)
		}
		if res, _ := c.ask(t, "DELETE", url, nil); res.StatusCode != http.StatusNoContent || c.where(t, url) != -1 {
			t.Errorf("given up: %d", res.StatusCode)
		}
		// What contradicts its name is refused at its beginning, not after two gigabytes.
		url = c.mustBegin(t, "", "plan.pdf", 5000)
		if code, text := c.patch(t, url, 0, bytes.Repeat([]byte("pas un PDF "), 200)); code != http.StatusUnprocessableEntity || !strings.Contains(text, "pdf") {
			t.Errorf("a text called PDF: %d %q", code, text)
		}
		if c.where(t, url) != -1 || w.kept(t, url) != 0 {
			t.Error("it is still there")
		}
		// A lock of somebody else: nothing is sent, and what is whole waits for the lock's end.
		e := w.add(t, other.who, "", "cote.bin", "\x00un")
		url = c.mustBegin(t, "", "cote.bin", 4)
		if err := w.s.Hold(t.Context(), other.who, w.p.ID, e.ID); err != nil {
			t.Fatal(err)
		}
		if _, code, _ := c.begin(t, "", "cote.bin", 4); code != http.StatusLocked {
			t.Errorf("begun on a locked document: %d", code)
		}
		if code, _ := c.patch(t, url, 0, []byte("\x00deu")); code != http.StatusLocked {
			t.Errorf("whole on a locked document: %d", code)
		}
		if err := w.d.Do(t.Context(), func(tx db.Tx) error { return deleteLocksOf(tx, e.ID) }); err != nil {
			t.Fatal(err)
		}
		if got := c.where(t, url); got != 4 || len(w.versions(t, "", "cote.bin")) != 2 {
			t.Errorf("after the lock's end: %d", got)
		}
	})
}

func TestUploadsAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		c := sender{w, w.manager}
		one, two := c.mustBegin(t, "", "a.bin", 8), c.mustBegin(t, "", "b.bin", 8)
		var all sync.WaitGroup
		codes := make([]int, 8)
		for i := range codes { // each file from four pages at once
			all.Go(func() {
				url, content := one, []byte("\x00aaaaaaa")
				if i%2 == 1 {
					url, content = two, []byte("\x00bbbbbbb")
				}
				codes[i], _ = c.patch(t, url, 0, content)
			})
		}
		all.Wait()
		done := 0
		for _, code := range codes {
			switch code {
			case http.StatusNoContent:
				done++
			case http.StatusConflict:
			default:
				t.Errorf("one of several at once: %d", code)
			}
		}
		a, b := w.versions(t, "", "a.bin"), w.versions(t, "", "b.bin")
		if done < 2 || len(a) != 1 || a[0] != "\x00aaaaaaa" || len(b) != 1 || b[0] != "\x00bbbbbbb" {
			t.Errorf("%d accepted: %q, %q", done, a, b)
		}
	})
}

// The server dies after a part lies on the disk and before it is noted: the part does not count.
func TestAServerKilledBetweenDiskAndRow(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		c := sender{w, w.manager}
		url := c.mustBegin(t, "", "a.bin", 8)
		if code, _ := c.patch(t, url, 0, []byte("\x00aaa")); code != http.StatusNoContent {
			t.Fatal(code)
		}
		id := url[strings.LastIndex(url, "/")+1:]
		if _, err := w.files.PutPart(t.Context(), id, db.NewID(), strings.NewReader("lost")); err != nil {
			t.Fatal(err)
		}
		if got := c.where(t, url); got != 4 {
			t.Errorf("it stands at %d, want 4", got)
		}
		if code, _ := c.patch(t, url, 4, []byte("bbbb")); code != http.StatusNoContent {
			t.Fatal(code)
		}
		if got := w.versions(t, "", "a.bin"); got[0] != "\x00aaabbbb" || w.kept(t, url) != 0 {
			t.Errorf("%q, %d bytes left", got, w.kept(t, url))
		}
	})
}

func TestAnUploadDoesNotOutliveItsAccess(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		member := w.invited(t, "membre", account.ProjectMember)
		u, err := w.s.Begin(t.Context(), member, Resumable{ProjectID: w.p.ID, Name: "a.bin", Size: 4})
		if err != nil {
			t.Fatal(err)
		}
		if u, err = w.s.Receive(t.Context(), member, w.p.ID, u.ID, 0, strings.NewReader("\x00aaa")); err != nil {
			t.Fatal(err)
		}
		if err := w.projects.Exclude(t.Context(), w.manager, w.p.ID, w.again(t, member.ID).Grants[0].ID); err != nil {
			t.Fatal(err)
		}
		if _, err := w.s.Finish(t.Context(), u); !fault.Is(err, fault.NotFound) {
			t.Errorf("filed for somebody who was excluded meanwhile: %v", err)
		}
		if n := w.kept(t, u.URL()); n != 0 {
			t.Errorf("%d bytes of it are left", n)
		}
	})
}

func TestUploadsExpire(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		c := sender{w, w.manager}
		old, young := c.mustBegin(t, "", "a.bin", 8), c.mustBegin(t, "", "b.bin", 8)
		for _, url := range []string{old, young} {
			if code, _ := c.patch(t, url, 0, []byte("\x00aaa")); code != http.StatusNoContent {
				t.Fatal(code)
			}
		}
		if err := d.Do(t.Context(), func(tx db.Tx) error {
			_, err := tx.Exec(`update document_upload set expires_at = $1 where id = $2`, tx.Now()-1, old[strings.LastIndex(old, "/")+1:])
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if c.where(t, old) != -1 || c.where(t, young) != 4 {
			t.Errorf("expired at %d, young at %d", c.where(t, old), c.where(t, young))
		}
		if err := w.s.SweepUploads(t.Context()); err != nil {
			t.Fatal(err)
		}
		if w.kept(t, old) != 0 || w.kept(t, young) != 4 {
			t.Errorf("after the sweep %d and %d bytes are left", w.kept(t, old), w.kept(t, young))
		}
	})
}

func TestRoomForUploads(t *testing.T) {
	for _, x := range []struct {
		name string
		n    under
		used int64
		want fault.Kind
	}{
		{"room", under{}, 0, ""},
		{"the last of one person", under{Mine: maxUploadsOfOne - 1}, 0, ""},
		{"one too many of one person", under{Mine: maxUploadsOfOne}, 0, fault.TooMany},
		{"one too many of a project", under{Inside: maxUploadsInside}, 0, fault.TooMany},
		{"the project's bytes, to the last", under{Bytes: 10}, maxProjectBytes - 110, ""},
		{"others will fill it", under{Bytes: 11}, maxProjectBytes - 110, fault.TooLarge},
	} {
		err := Resumable{Size: 100}.room(x.n, x.used)
		if x.want == "" && err != nil || x.want != "" && !fault.Is(err, x.want) {
			t.Errorf("%s: %v", x.name, err)
		}
	}
}
