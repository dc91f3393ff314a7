package file

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"bassin/internal/fault"
)

var ctx = context.Background()

func hashOf(b []byte) Hash {
	sum := sha256.Sum256(b)
	return Hash(hex.EncodeToString(sum[:]))
}

// spoiler changes a stored blob behind the store's back.
type spoiler func(t *testing.T, h Hash, content []byte)

// eachStore runs a test on both kinds of store.
func eachStore(t *testing.T, test func(t *testing.T, s Store, spoil spoiler)) {
	t.Run("folder", func(t *testing.T) {
		t.Parallel()
		s := newFolder(t)
		test(t, s, func(t *testing.T, h Hash, content []byte) {
			if err := os.WriteFile(s.path(h), content, 0o600); err != nil {
				t.Fatal(err)
			}
		})
	})
	t.Run("S3", func(t *testing.T) {
		t.Parallel()
		s, backend := newS3(t, "data/files")
		test(t, s, func(t *testing.T, h Hash, content []byte) {
			if _, err := backend.PutObject("bassin", s.name(h), map[string]string{}, bytes.NewReader(content), int64(len(content)), nil); err != nil {
				t.Fatal(err)
			}
		})
	})
}

func newFolder(t *testing.T) *Folder {
	t.Helper()
	s, err := NewFolder(filepath.Join(t.TempDir(), "files"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// newS3 starts an S3 server in memory. TLS, because over plain HTTP the client signs each chunk and
// this server stores the signatures with the content.
func newS3(t *testing.T, prefix string) (*S3, *s3mem.Backend) {
	t.Helper()
	backend := s3mem.New()
	if err := backend.CreateBucket("bassin"); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewTLSServer(gofakes3.New(backend, gofakes3.WithLogger(gofakes3.DiscardLog())).Server())
	t.Cleanup(server.Close)
	c, err := ParseS3("s3+" + server.URL + "/bassin/" + prefix + "?path=1&region=us-east-1")
	if err != nil {
		t.Fatal(err)
	}
	c.Key, c.Secret, c.TempDir, c.Transport = "key", "secret", t.TempDir(), server.Client().Transport
	s, err := NewS3(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	return s, backend
}

func readAll(t *testing.T, s Store, h Hash) ([]byte, error) {
	t.Helper()
	c, err := s.Open(ctx, h)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	return io.ReadAll(c)
}

func wantFault(t *testing.T, name string, err error, kind fault.Kind, key string) {
	t.Helper()
	if f := fault.As(err); f == nil || f.Kind != kind || f.Key != key {
		t.Errorf("%s: got %v, want %s %s", name, err, kind, key)
	}
}

func mustPut(t *testing.T, s Store, content []byte) Blob {
	t.Helper()
	b, err := s.Put(ctx, bytes.NewReader(content), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestPutAndOpen(t *testing.T) {
	eachStore(t, func(t *testing.T, s Store, _ spoiler) {
		content := []byte("Compte rendu du comité\n")
		b, err := s.Put(ctx, bytes.NewReader(content), Limits{Name: "comité.txt", Size: int64(len(content)), Hash: hashOf(content)})
		if want := (Blob{hashOf(content), int64(len(content)), "text/plain"}); err != nil || b != want {
			t.Fatalf("got %+v, %v; want %+v", b, err, want)
		}
		if got, err := readAll(t, s, b.Hash); err != nil || !bytes.Equal(got, content) {
			t.Errorf("got %q, %v", got, err)
		}
		if ok, err := s.Has(ctx, b.Hash); err != nil || !ok {
			t.Errorf("has: %v, %v", ok, err)
		}
		if again, err := s.Put(ctx, bytes.NewReader(content), Limits{Name: "x.md"}); err != nil || again.Hash != b.Hash || again.Type != "text/markdown" {
			t.Errorf("again: %+v, %v", again, err)
		}
		if err := Verify(ctx, s, b.Hash); err != nil {
			t.Errorf("verify: %v", err)
		}
		if err := errors.Join(s.Delete(ctx, b.Hash), s.Delete(ctx, b.Hash)); err != nil {
			t.Errorf("delete: %v", err)
		}
		if ok, err := s.Has(ctx, b.Hash); err != nil || ok {
			t.Errorf("has after delete: %v, %v", ok, err)
		}
		_, err = s.Open(ctx, b.Hash)
		wantFault(t, "open after delete", err, fault.NotFound, "file.not_found")
	})
}

func TestLargeContentInPieces(t *testing.T) {
	eachStore(t, func(t *testing.T, s Store, _ spoiler) {
		content := make([]byte, 18<<20) // over one part of an S3 upload
		rand.NewChaCha8([32]byte{1}).Read(content)
		b, err := s.Put(ctx, iotest.HalfReader(bytes.NewReader(content)), Limits{})
		if err != nil || b.Hash != hashOf(content) || b.Type != octetStream {
			t.Fatalf("got %+v, %v", b, err)
		}
		c, err := s.Open(ctx, b.Hash)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if _, err := c.Seek(-5, io.SeekEnd); err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(c); err != nil || !bytes.Equal(got, content[len(content)-5:]) {
			t.Errorf("end: got %x, %v", got, err)
		}
		part := make([]byte, 1000)
		if _, err := c.ReadAt(part, 7<<20); err != nil || !bytes.Equal(part, content[7<<20:7<<20+1000]) {
			t.Errorf("middle: %v", err)
		}
		if _, err := c.Seek(0, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(c); err != nil || !bytes.Equal(got, content) {
			t.Errorf("whole: %d bytes, %v", len(got), err)
		}
	})
}

func TestHashesThatAreNone(t *testing.T) {
	eachStore(t, func(t *testing.T, s Store, _ spoiler) {
		for _, h := range []Hash{"", "ab", "../../etc/passwd", Hash(strings.Repeat("A", 64)), Hash(strings.Repeat("0", 63) + "/"), Hash(strings.Repeat("0", 64))} {
			_, err := s.Open(ctx, h)
			wantFault(t, "open "+string(h), err, fault.NotFound, "file.not_found")
			if ok, err := s.Has(ctx, h); ok || err != nil {
				t.Errorf("has %q: %v, %v", h, ok, err)
			}
			if err := s.Delete(ctx, h); err != nil {
				t.Errorf("delete %q: %v", h, err)
			}
		}
	})
}

func TestRefusedUploadsLeaveNothing(t *testing.T) {
	content := []byte(strings.Repeat("a", 1000))
	for _, c := range []struct {
		name   string
		r      func() io.Reader
		limits Limits
		kind   fault.Kind
		key    string
	}{
		{"one byte over", nil, Limits{MaxBytes: 999}, fault.TooLarge, "file.too_large"},
		{"announced over", nil, Limits{MaxBytes: 999, Size: 1000}, fault.TooLarge, "file.too_large"},
		{"endless", func() io.Reader { return endless{} }, Limits{MaxBytes: 1 << 20}, fault.TooLarge, "file.too_large"},
		{"over the limit of the request", func() io.Reader { return http.MaxBytesReader(nil, io.NopCloser(bytes.NewReader(content)), 10) }, Limits{}, fault.TooLarge, "file.too_large"},
		{"cut", func() io.Reader {
			return io.MultiReader(bytes.NewReader(content), iotest.ErrReader(io.ErrUnexpectedEOF))
		}, Limits{}, fault.Invalid, "file.truncated"},
		{"shorter than announced", nil, Limits{Size: 1001}, fault.Invalid, "file.truncated"},
		{"other than announced", nil, Limits{Hash: hashOf([]byte("b"))}, fault.Invalid, "file.truncated"},
		{"empty", func() io.Reader { return bytes.NewReader(nil) }, Limits{}, fault.Invalid, "file.empty"},
		{"wrong type", nil, Limits{Types: ImageTypes()}, fault.Invalid, "file.type"},
		{"extension and content differ", nil, Limits{Name: "a.pdf"}, fault.Invalid, "file.mismatch"},
		{"active", func() io.Reader { return strings.NewReader("<svg onload=x>") }, Limits{Types: DocumentTypes()}, fault.Invalid, "file.active"},
	} {
		eachStore(t, func(t *testing.T, s Store, _ spoiler) {
			r := io.Reader(bytes.NewReader(content))
			if c.r != nil {
				r = c.r()
			}
			b, err := s.Put(ctx, r, c.limits)
			wantFault(t, c.name, err, c.kind, c.key)
			if b != (Blob{}) {
				t.Errorf("%s: got %+v", c.name, b)
			}
			wantNothing(t, c.name, s)
		})
	}
}

func TestOversizeSaysTheLimit(t *testing.T) {
	_, err := newFolder(t).Put(ctx, endless{}, Limits{MaxBytes: 2_000_000})
	if f := fault.As(err); f == nil || f.Args["max_bytes"] != int64(2_000_000) {
		t.Errorf("got %+v", f)
	}
}

func TestReaderFailsOrIsCancelled(t *testing.T) {
	eachStore(t, func(t *testing.T, s Store, _ spoiler) {
		broken := errors.New("the line broke")
		if _, err := s.Put(ctx, iotest.ErrReader(broken), Limits{}); !errors.Is(err, broken) {
			t.Errorf("got %v", err)
		}
		done, cancel := context.WithCancel(ctx)
		cancel()
		if _, err := s.Put(done, endless{}, Limits{}); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled: got %v", err)
		}
		wantNothing(t, "after", s)
	})
}

// wantNothing: no blob, and no leftover where uploads wait.
func wantNothing(t *testing.T, name string, s Store) {
	t.Helper()
	if err := s.Each(ctx, func(i Info) error { return fmt.Errorf("%s is there", i.Hash) }); err != nil {
		t.Errorf("%s: %v", name, err)
	}
	temp := ""
	switch s := s.(type) {
	case *Folder:
		temp = s.tmp
	case *S3:
		temp = s.temp
	}
	left, err := os.ReadDir(temp)
	if err != nil || len(left) != 0 {
		t.Errorf("%s: left %v, %v", name, left, err)
	}
}

func TestSameContentAtOnce(t *testing.T) {
	eachStore(t, func(t *testing.T, s Store, _ spoiler) {
		content := bytes.Repeat([]byte("le même contenu\n"), 10_000)
		var wg sync.WaitGroup
		for range 16 {
			wg.Go(func() {
				b, err := s.Put(ctx, bytes.NewReader(content), Limits{})
				if err != nil || b.Hash != hashOf(content) {
					t.Errorf("put: %+v, %v", b, err)
					return
				}
				if got, err := readAll(t, s, b.Hash); err != nil || !bytes.Equal(got, content) {
					t.Errorf("read: %d bytes, %v", len(got), err)
				}
			})
		}
		wg.Wait()
		n := 0
		if err := s.Each(ctx, func(Info) error { n++; return nil }); err != nil || n != 1 {
			t.Errorf("got %d blobs, %v", n, err)
		}
	})
}

func TestDamagedBlobIsNoticed(t *testing.T) {
	content := bytes.Repeat([]byte("0123456789"), 20_000)
	flipped := slices.Clone(content)
	flipped[len(flipped)/2] ^= 1
	for name, now := range map[string][]byte{
		"one bit": flipped, "cut": content[:len(content)-1], "longer": append(slices.Clone(content), '!'), "emptied": {},
	} {
		eachStore(t, func(t *testing.T, s Store, spoil spoiler) {
			b := mustPut(t, s, content)
			spoil(t, b.Hash, now)
			got, err := readAll(t, s, b.Hash)
			if !errors.Is(err, ErrDamaged) || fault.Of(err) != fault.Internal {
				t.Errorf("%s: got %v", name, err)
			}
			if len(got) >= len(now) && len(now) > 0 {
				t.Errorf("%s: all %d bytes were given out", name, len(got))
			}
			if err := Verify(ctx, s, b.Hash); !IsDamaged(err) {
				t.Errorf("%s: verify says %v", name, err)
			}
		})
	}
}

func TestPutMendsADamagedFolder(t *testing.T) {
	s := newFolder(t)
	content := []byte("un contenu")
	b := mustPut(t, s, content)
	if err := os.WriteFile(s.path(b.Hash), []byte("un c0ntenu"), 0o600); err != nil {
		t.Fatal(err)
	}
	mustPut(t, s, content)
	if err := Verify(ctx, s, b.Hash); err != nil {
		t.Errorf("still damaged: %v", err)
	}
}

func TestContentReadInEveryOrder(t *testing.T) {
	s := newFolder(t)
	content := bytes.Repeat([]byte("abcdefg"), 1000)
	b := mustPut(t, s, content)
	for seed := range uint64(50) {
		rnd := rand.New(rand.NewPCG(seed, 0))
		c, err := s.Open(ctx, b.Hash)
		if err != nil {
			t.Fatal(err)
		}
		for range 30 {
			at := rnd.Int64N(int64(len(content)) + 1)
			if _, err := c.Seek(at, io.SeekStart); err != nil {
				t.Fatal(err)
			}
			p := make([]byte, rnd.IntN(3000))
			n, err := io.ReadFull(c, p)
			if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
				t.Fatalf("seed %d: %v", seed, err)
			}
			if !bytes.Equal(p[:n], content[at:at+int64(n)]) {
				t.Fatalf("seed %d: wrong bytes at %d", seed, at)
			}
		}
		c.Close()
	}
}

func TestEach(t *testing.T) {
	eachStore(t, func(t *testing.T, s Store, _ spoiler) {
		var want []Info
		for i := range 20 {
			b := mustPut(t, s, []byte(strings.Repeat("x", i+1)))
			want = append(want, Info{b.Hash, b.Size})
		}
		slices.SortFunc(want, func(a, b Info) int { return strings.Compare(string(a.Hash), string(b.Hash)) })
		var got []Info
		if err := s.Each(ctx, func(i Info) error { got = append(got, i); return nil }); err != nil || !slices.Equal(got, want) {
			t.Errorf("got %v, %v", got, err)
		}
		stop := errors.New("enough")
		n := 0
		if err := s.Each(ctx, func(Info) error { n++; return stop }); !errors.Is(err, stop) || n != 1 {
			t.Errorf("stopped after %d: %v", n, err)
		}
	})
}

func TestEachPassesOverWhatIsNotABlob(t *testing.T) {
	s := newFolder(t)
	b := mustPut(t, s, []byte("un"))
	for _, p := range []string{"README", "ab/x", "zz/zz/y", s.path(b.Hash)[len(s.root)+1:] + ".bak"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(s.root, p)), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(s.root, p), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	n := 0
	if err := s.Each(ctx, func(Info) error { n++; return nil }); err != nil || n != 1 {
		t.Errorf("got %d, %v", n, err)
	}
}

func TestUncheckedForRestore(t *testing.T) {
	eachStore(t, func(t *testing.T, s Store, _ spoiler) {
		for _, content := range [][]byte{{}, []byte("<html>"), []byte("PK\x03\x04 broken")} {
			b, err := s.Put(ctx, bytes.NewReader(content), Limits{Unchecked: true, Hash: hashOf(content), Name: "a.pdf"})
			if err != nil || b.Hash != hashOf(content) || b.Type != octetStream {
				t.Errorf("got %+v, %v", b, err)
			}
			if got, err := readAll(t, s, b.Hash); err != nil || !bytes.Equal(got, content) {
				t.Errorf("got %q, %v", got, err)
			}
		}
	})
}

// TestLeftoversOfKilledUploads: a process killed while it receives leaves a file in tmp/. It is
// never a blob; it goes at a later start, when it cannot be somebody's running upload any more.
func TestLeftoversOfKilledUploads(t *testing.T) {
	dir := t.TempDir()
	s, err := NewFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	old, fresh := filepath.Join(s.tmp, "put-1"), filepath.Join(s.tmp, "put-2")
	for _, p := range []string{old, fresh} {
		if err := os.WriteFile(p, []byte("la moitié d’un"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	yesterday := time.Now().Add(-tempKept - time.Minute)
	if err := os.Chtimes(old, yesterday, yesterday); err != nil {
		t.Fatal(err)
	}
	if s, err = NewFolder(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(old); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("yesterday's leftover is still there: %v", err)
	}
	if _, err := os.Stat(fresh); err != nil {
		t.Errorf("a running upload was taken away: %v", err)
	}
	if err := s.Each(ctx, func(i Info) error { return fmt.Errorf("%s counts as a blob", i.Hash) }); err != nil {
		t.Error(err)
	}
}

func TestFolderThatCannotBe(t *testing.T) {
	p := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(p, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := NewFolder(p); err == nil {
		t.Error("a file is taken for a folder")
	}
}

func TestS3Addresses(t *testing.T) {
	got, err := ParseS3("s3+https://s3.fr-par.scw.cloud/bassin/prod/files?region=fr-par&path=1")
	want := S3Config{Host: "s3.fr-par.scw.cloud", Bucket: "bassin", Prefix: "prod/files", Region: "fr-par", PathStyle: true}
	if err != nil || got != want {
		t.Errorf("got %+v, %v", got, err)
	}
	if got, err = ParseS3("s3+http://127.0.0.1:9000/bassin"); err != nil || !got.Plain || got.Host != "127.0.0.1:9000" || got.Prefix != "" {
		t.Errorf("got %+v, %v", got, err)
	}
	for _, bad := range []string{
		"s3://KEY:TOPSECRET@host/bucket", "s3+https://KEY:TOPSECRET@host/bucket", "s3+https://host", "s3+https://host/", "s3+https:///bucket",
		"https://host/bucket", "s3+https://host/b/../c", "s3+https://host/b?secret=TOPSECRET", "s3+https://host/b?path=2", "s3+https://KEY:TOP\x7fSECRET@host/b",
	} {
		if c, err := ParseS3(bad); err == nil {
			t.Errorf("%s: got %+v", bad, c)
		} else if strings.Contains(err.Error(), "TOPSECRET") {
			t.Errorf("%s: the error tells the secret: %v", bad, err)
		}
	}
}

func TestConnect(t *testing.T) {
	none := func(string) string { return "" }
	if s, err := Connect(ctx, t.TempDir(), none); err != nil {
		t.Error(err)
	} else if _, ok := s.(*Folder); !ok {
		t.Errorf("got %T", s)
	}
	if _, err := Connect(ctx, "s3+https://host/bucket", none); err == nil || !strings.Contains(err.Error(), EnvS3Key) {
		t.Errorf("without keys: %v", err)
	}
	if _, err := Connect(ctx, "ftp://host/x", none); err == nil {
		t.Error("ftp is taken")
	}
}

func TestS3Absent(t *testing.T) {
	t.Parallel()
	s, _ := newS3(t, "")
	c := S3Config{Host: s.client.EndpointURL().Host, Bucket: "other", Region: "us-east-1", PathStyle: true, Key: "k", Secret: "s"}
	if _, err := NewS3(ctx, c); err == nil {
		t.Error("a certificate of nobody is taken")
	}
	down := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusForbidden) }))
	defer down.Close()
	c.Host, c.Plain = down.Listener.Addr().String(), true
	_, err := NewS3(ctx, c)
	wantFault(t, "refused keys", err, fault.Unavailable, "file.store_down")
}

func TestS3GoesAway(t *testing.T) {
	t.Parallel()
	backend := s3mem.New()
	if err := backend.CreateBucket("bassin"); err != nil {
		t.Fatal(err)
	}
	full := false
	fake := gofakes3.New(backend, gofakes3.WithLogger(gofakes3.DiscardLog())).Server()
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if full && r.Method == http.MethodPut {
			w.WriteHeader(http.StatusInsufficientStorage)
			fmt.Fprint(w, `<?xml version="1.0"?><Error><Code>XMinioStorageFull</Code><Message>full</Message></Error>`)
			return
		}
		fake.ServeHTTP(w, r)
	}))
	defer server.Close()
	c, err := ParseS3("s3+" + server.URL + "/bassin?path=1&region=us-east-1")
	if err != nil {
		t.Fatal(err)
	}
	c.Key, c.Secret, c.Transport, c.TempDir = "k", "s", server.Client().Transport, t.TempDir()
	s, err := NewS3(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	b := mustPut(t, s, []byte("un"))
	full = true
	_, err = s.Put(ctx, strings.NewReader("deux"), Limits{})
	wantFault(t, "full", err, fault.Unavailable, "file.no_space")
	server.Close()
	_, err = s.Open(ctx, b.Hash)
	wantFault(t, "open", err, fault.Unavailable, "file.store_down")
	_, err = s.Put(ctx, strings.NewReader("trois"), Limits{})
	wantFault(t, "put", err, fault.Unavailable, "file.store_down")
	_, err = s.Has(ctx, b.Hash)
	wantFault(t, "has", err, fault.Unavailable, "file.store_down")
	wantFault(t, "each", s.Each(ctx, func(Info) error { return nil }), fault.Unavailable, "file.store_down")
}

// endless is an upload that never ends.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'a'
	}
	return len(p), nil
}

func TestParts(t *testing.T) {
	eachStore(t, func(t *testing.T, s Store, _ spoiler) {
		const upload = "upload01"
		if n, err := s.PutPart(t.Context(), upload, "part0001", strings.NewReader("un")); n != 2 || err != nil {
			t.Fatalf("put: %d, %v", n, err)
		}
		cut := errors.New("the line is cut")
		if n, err := s.PutPart(t.Context(), upload, "part0002", io.MultiReader(strings.NewReader("deux"), iotest.ErrReader(cut))); n != 4 || !errors.Is(err, cut) {
			t.Errorf("cut after 4 bytes: %d kept, %v", n, err)
		}
		if n, err := s.PutPart(t.Context(), upload, "part0003", iotest.ErrReader(cut)); n != 0 || !errors.Is(err, cut) {
			t.Errorf("cut at once: %d kept, %v", n, err)
		}
		for part, want := range map[string]string{"part0001": "un", "part0002": "deux"} {
			c, err := s.OpenPart(t.Context(), upload, part)
			if err != nil {
				t.Fatal(err)
			}
			if b, err := io.ReadAll(c); string(b) != want || err != nil {
				t.Errorf("%s: %q, %v", part, b, err)
			}
			_ = c.Close()
		}
		wantNothing(t, "parts", s) // they are no blobs
		for _, name := range []string{"../upload", "a/b", "", "court", "part0003"} {
			if _, err := s.OpenPart(t.Context(), upload, name); err == nil {
				t.Errorf("part %q is there", name)
			}
		}
		for range 2 { // again is no error
			if err := s.DropParts(t.Context(), upload); err != nil {
				t.Error(err)
			}
		}
		_, err := s.OpenPart(t.Context(), upload, "part0001")
		wantFault(t, "dropped", err, fault.NotFound, "file.not_found")
		if err := s.DropParts(t.Context(), "../ab/cd"); err == nil {
			t.Error("a name that climbs is taken")
		}
	})
}

func TestLookHead(t *testing.T) {
	for _, x := range []struct{ name, head, want string }{
		{"a.pdf", "%PDF-1.7 …", ""},
		{"a.pdf", "texte", "file.mismatch"},
		{"a.pdf", "PK\x03\x04…", "file.mismatch"},
		{"a.docx", "PK\x03\x04…", ""},
		{"a.3mf", "PK\x03\x04…", ""},
		{"a.png", "<svg>", "file.mismatch"},
		{"a.csv", "a;b", ""},
		{"a.csv", "MZ\x00\x01", "file.mismatch"},
		{"a.inconnu", "PK\x03\x04…", ""},
		{"a.svg", "<svg>", ""},
	} {
		err := LookHead([]byte(x.head), x.name)
		if f := fault.As(err); (f == nil) != (x.want == "") || f != nil && f.Key != x.want {
			t.Errorf("%s beginning %q: %v, want %q", x.name, x.head, err, x.want)
		}
	}
}

// The storage kept a file and its answer was lost: asked again it knows no such upload. The file is there.
func TestStorageWhoseAnswerIsLost(t *testing.T) {
	backend := s3mem.New()
	if err := backend.CreateBucket("bassin"); err != nil {
		t.Fatal(err)
	}
	fake := gofakes3.New(backend, gofakes3.WithLogger(gofakes3.DiscardLog())).Server()
	kept := true
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut {
			if kept {
				fake.ServeHTTP(httptest.NewRecorder(), r)
			}
			w.WriteHeader(http.StatusNotFound)
			fmt.Fprint(w, `<?xml version="1.0"?><Error><Code>NoSuchUpload</Code><Message>lost</Message></Error>`)
			return
		}
		fake.ServeHTTP(w, r)
	}))
	defer server.Close()
	c, err := ParseS3("s3+" + server.URL + "/bassin?path=1&region=us-east-1")
	if err != nil {
		t.Fatal(err)
	}
	c.Key, c.Secret, c.Transport, c.TempDir = "k", "s", server.Client().Transport, t.TempDir()
	s, err := NewS3(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	b, err := s.Put(t.Context(), strings.NewReader("un"), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := readAll(t, s, b.Hash); err != nil || string(got) != "un" {
		t.Errorf("%q, %v", got, err)
	}
	kept = false
	_, err = s.Put(t.Context(), strings.NewReader("deux"), Limits{})
	wantFault(t, "not kept", err, fault.Unavailable, "file.store_down")
}
