package account

import (
	"context"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"strings"
	"testing"

	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/file"
)

// parts gives the parts of a letter by their type, decoded.
func parts(t *testing.T, kind string, body io.Reader, all map[string]string) map[string]string {
	t.Helper()
	typ, params, err := mime.ParseMediaType(kind)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(typ, "multipart/") {
		b, err := io.ReadAll(body)
		if err != nil {
			t.Fatal(err)
		}
		all[kind] = string(b)
		return all
	}
	r := multipart.NewReader(body, params["boundary"])
	for {
		p, err := r.NextRawPart()
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		inside := io.Reader(p)
		switch p.Header.Get("Content-Transfer-Encoding") {
		case "quoted-printable":
			inside = quotedprintable.NewReader(p)
		case "base64":
			inside = base64.NewDecoder(base64.StdEncoding, p)
		}
		parts(t, p.Header.Get("Content-Type"), inside, all)
	}
}

// An invitation leaves with what calendars read, a record with its file; to people and outside.
func TestLettersLeaveWithWhatGoesWithThem(t *testing.T) {
	office := newPostOffice(t, "none")
	files, err := file.NewFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	const pdf = "%PDF-1.3\n1 0 obj\n<< >>\nendobj\ntrailer\n<< >>\n%%EOF\n"
	blob, err := files.Put(t.Context(), strings.NewReader(pdf), file.Limits{Name: "record.pdf"})
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	d := dbtest.Open(t)
	s := newSite(t, d, enqueued(&ids), func(o *Options) { o.SMTP, o.Files = office.settings("none"), files })
	const calendar = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nSUMMARY:Réunion d’été\r\nEND:VCALENDAR\r\n"
	err = d.Do(t.Context(), func(tx db.Tx) error {
		return s.WriteIn(tx, Letter{Name: "Éva", Email: "eva@labo.example", Lang: "fr", Kind: "meeting_invite", Calendar: calendar, Method: "REQUEST", File: blob.Hash, FileName: "ROB-CR-1.pdf",
			Values: []any{"title", "Réunion d’été", "project", "Robot", "starts_at", "", "count", 60, "place", "", "purpose", "", "by", "Ana", "outside", true, "path", "/x"}})
	})
	if err != nil || len(ids) != 1 {
		t.Fatal(err, ids)
	}
	if err := s.SendMail(context.Background(), ids[0]); err != nil {
		t.Fatal(err)
	}
	got := office.letters()
	if len(got) != 1 || got[0].to != "eva@labo.example" {
		t.Fatalf("letters: %+v", got)
	}
	all := parts(t, got[0].msg.Header.Get("Content-Type"), strings.NewReader(got[0].body), map[string]string{})
	found := 0
	for kind, text := range all {
		switch typ, params, _ := mime.ParseMediaType(kind); typ {
		case "text/calendar":
			if found++; params["method"] != "REQUEST" || !strings.EqualFold(params["charset"], "UTF-8") || strings.ReplaceAll(text, "\r\n", "\n") != strings.ReplaceAll(calendar, "\r\n", "\n") { // line ends of text are the transport's
				t.Errorf("%s: %q", kind, text)
			}
		case "application/pdf":
			if found++; text != pdf || params["name"] != "ROB-CR-1.pdf" {
				t.Errorf("%s: %q", kind, text)
			}
		case "text/plain":
			if found++; !strings.HasPrefix(text, "Bonjour Éva,") || strings.Contains(text, "/x") {
				t.Errorf("%s: %q", kind, text)
			}
		}
	}
	if found != 3 {
		t.Errorf("parts: %v", all)
	}
	m, err := read(d, func(tx db.Tx) (Mail, error) { return getMail(tx, ids[0]) })
	if err != nil || m.SentAt == 0 || m.Body != "" || m.Calendar != "" {
		t.Errorf("kept: %v %+v", err, m)
	}
}
