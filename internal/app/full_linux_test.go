package app

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/file"

	"github.com/PuerkitoBio/goquery"
)

// TestFullDisk fills the disk under a working server: changes are refused with a page that says
// why, pages are still read, nothing is half-written, and all goes on when there is space again.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("bassin-test", dir, "tmpfs", 0, "size=16m"); err != nil {
		t.Skipf("no small disk can be mounted here (it takes root): %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	ctx := context.Background()
	d, err := db.Open(ctx, db.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	store, err := file.NewFolder(filepath.Join(dir, "files"))
	if err != nil {
		t.Fatal(err)
	}
	if err := seedDemo(ctx, d, store, "http://bassin.example", time.Now()); err != nil {
		t.Fatal(err)
	}
	s, err := newSite(ctx, d, siteOptions{Files: store, Version: "test", Demo: true, Log: discard})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.jobs.Start(ctx); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.jobs.Stop(ctx) })
	srv := httptest.NewServer(s.mux.Handler())
	t.Cleanup(srv.Close)
	c := signedIn(t, s, srv, "chef-de-projet")
	made := 0
	create := func() (int, string) {
		r, err := c.PostForm(srv.URL+"/account/tokens", url.Values{"name": {fmt.Sprintf("full %d", made)}, "scopes": {"read"}, "expires_on": {"2199-12-31"}})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = r.Body.Close() }()
		doc, err := goquery.NewDocumentFromReader(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		if r.StatusCode == http.StatusCreated {
			made++
		}
		return r.StatusCode, doc.Find("main").Text()
	}
	if status, text := create(); status != http.StatusCreated {
		t.Fatalf("before: %d %s", status, text)
	}

	filler := filepath.Join(dir, "filler")
	fill(t, filler)
	status, text := 0, ""
	for range 3000 { // the log's last page has room for some
		if status, text = create(); status != http.StatusCreated {
			break
		}
	}
	if status != http.StatusServiceUnavailable {
		t.Fatalf("disk full: %d %s", status, text)
	}
	if !strings.Contains(text, "plein") && !strings.Contains(text, "place") {
		t.Errorf("the page does not say that the disk is full: %s", text)
	}
	page(t, c, srv.URL+"/account")
	if status, _ = create(); status != http.StatusServiceUnavailable {
		t.Errorf("disk still full: %d", status)
	}

	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	if status, text = create(); status != http.StatusCreated {
		t.Fatalf("space again: %d %s", status, text)
	}
	if _, err := account.Verify(ctx, d, nil); err != nil {
		t.Error(err)
	}
	if found, err := d.Integrity(ctx); err != nil || len(found) > 0 {
		t.Errorf("integrity: %v %v", found, err)
	}
	var tokens []account.Token
	err = d.View(ctx, func(tx db.Tx) error {
		p, err := account.PersonByEmail(tx, "chef-de-projet@bassin.example")
		if err == nil {
			tokens, err = account.TokensOf(tx, p.ID)
		}
		return err
	})
	if err != nil || len(tokens) != made {
		t.Errorf("%d tokens stored, %d acknowledged: %v", len(tokens), made, err)
	}
}

// fill writes until there is no space left.
func fill(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	block := make([]byte, 64<<10)
	for len(block) > 0 {
		if _, err := f.Write(block); err != nil {
			block = block[:len(block)/2]
		}
	}
	_ = f.Close() // ENOSPC again
}
