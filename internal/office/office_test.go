package office

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"bassin/internal/sandbox"

	"github.com/ledongthuc/pdf"
)

const (
	odt  = "application/vnd.oasis.opendocument.text"
	docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
)

// installed gives the converter, or skips.
func installed(t *testing.T) *Converter {
	t.Helper()
	c, err := Find("")
	if err != nil {
		t.Fatal(err)
	}
	if c == nil {
		t.Skip("LibreOffice is not installed")
	}
	return c
}

// packed makes a package of parts.
func packed(t *testing.T, parts ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(parts); i += 2 {
		w, err := z.CreateHeader(&zip.FileHeader{Name: parts[i], Method: zip.Store})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, parts[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const spaces = `xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
	xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"
	xmlns:script="urn:oasis:names:tc:opendocument:xmlns:script:1.0" xmlns:ooo="http://openoffice.org/2004/office" office:version="1.3"`

// written makes a text document with this body.
func written(t *testing.T, scripts, body string, more ...string) []byte {
	t.Helper()
	manifest := `<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3">
		<manifest:file-entry manifest:full-path="/" manifest:media-type="` + odt + `"/><manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>`
	for i := 0; i < len(more); i += 2 {
		manifest += `<manifest:file-entry manifest:full-path="` + more[i] + `" manifest:media-type="text/xml"/>`
	}
	parts := append([]string{"mimetype", odt, "META-INF/manifest.xml", manifest + `</manifest:manifest>`,
		"content.xml", `<office:document-content ` + spaces + `>` + scripts + `<office:body><office:text>` + body + `</office:text></office:body></office:document-content>`}, more...)
	return packed(t, parts...)
}

// textOf converts a document and gives the words of its PDF.
func textOf(t *testing.T, c *Converter, typ string, content []byte) string {
	t.Helper()
	var text string
	err := c.PDF(t.Context(), bytes.NewReader(content), typ, func(r io.Reader) error {
		all, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		doc, err := pdf.NewReader(bytes.NewReader(all), int64(len(all)))
		if err != nil {
			return err
		}
		plain, err := doc.GetPlainText()
		if err != nil {
			return err
		}
		b, err := io.ReadAll(plain)
		text = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestPDFOfAHostileDocument: its words come out; no server and no file of the machine is asked for
// what it links to, and its macro, bound to the opening, does not run. The settings of the profile must
// hold by themselves, where the system gives no network of its own.
func TestPDFOfAHostileDocument(t *testing.T) {
	c := installed(t)
	var asked atomic.Int32
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	defer srv.Close()
	secret, mark := filepath.Join(t.TempDir(), "secret.txt"), filepath.Join(t.TempDir(), "mark")
	if err := os.WriteFile(secret, []byte("MOTSECRET"), 0o600); err != nil {
		t.Fatal(err)
	}
	body := `<text:p>Cahier des charges</text:p>
		<text:section text:name="s"><text:section-source xlink:href="file://` + secret + `" xlink:type="simple" xlink:show="embed" text:filter-name="Text"/><text:p>vide</text:p></text:section>
		<text:section text:name="r"><text:section-source xlink:href="` + srv.URL + `/a.txt" xlink:type="simple" xlink:show="embed"/><text:p>vide</text:p></text:section>
		<text:p><draw:frame draw:name="i" svg:width="2cm" svg:height="2cm"><draw:image xlink:href="` + srv.URL + `/a.png" xlink:type="simple" xlink:show="embed" xlink:actuate="onLoad"/></draw:frame></text:p>`
	const listener = `<office:scripts><office:event-listeners><script:event-listener script:language="ooo:script" script:event-name="dom:load" xlink:href="vnd.sun.star.script:Standard.M.Main?language=Basic&amp;location=document" xlink:type="simple"/></office:event-listeners></office:scripts>`
	document := written(t, listener, body,
		"Basic/script-lc.xml", `<library:libraries xmlns:library="http://openoffice.org/2000/library" xmlns:xlink="http://www.w3.org/1999/xlink"><library:library library:name="Standard" library:link="false"/></library:libraries>`,
		"Basic/Standard/script-lb.xml", `<library:library xmlns:library="http://openoffice.org/2000/library" library:name="Standard" library:readonly="false" library:passwordprotected="false"><library:element library:name="M"/></library:library>`,
		"Basic/Standard/M.xml", `<script:module xmlns:script="http://openoffice.org/2000/script" script:name="M" script:language="StarBasic">Sub Main
Open "`+mark+`" For Output As #1
Print #1, "x"
Close #1
End Sub</script:module>`)
	for _, how := range []sandbox.Separation{sandbox.Apart, sandbox.Together} {
		got := textOf(t, &Converter{program: c.program, together: how == sandbox.Together}, odt, document)
		if !strings.Contains(got, "Cahier des charges") || strings.Contains(got, "MOTSECRET") {
			t.Errorf("apart %v: %q", how, got)
		}
		if asked.Load() > 0 {
			t.Errorf("apart %v: the server was asked %d times", how, asked.Load())
		}
		if _, err := os.Stat(mark); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("apart %v: the macro ran", how)
		}
	}
}

func TestUnreadable(t *testing.T) {
	c := installed(t)
	err := c.PDF(t.Context(), bytes.NewReader(written(t, "", `<text:p>x</text:p>`)[:200]), docx, func(io.Reader) error { return nil })
	if !errors.Is(err, ErrUnreadable) {
		t.Error(err)
	}
}

// script stands for a converter: what happens around it is ours.
func script(t *testing.T, words string) *Converter {
	t.Helper()
	path := filepath.Join(t.TempDir(), "soffice")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+words), 0o700); err != nil {
		t.Fatal(err)
	}
	return &Converter{program: path}
}

func TestConverterFails(t *testing.T) {
	nothing := func(io.Reader) error { return errors.New("saved") }
	for name, words := range map[string]string{
		"ends well and wrote nothing": "exit 0",
		"ends badly":                  "exit 77",
		"kills itself":                "kill -9 $$",
		"writes what is no PDF":       "echo '<script>' >out/document.pdf",
		"writes nearly nothing":       "printf '%%PD' >out/document.pdf",
		"fills the disk":              "head -c 200000000 /dev/zero >out/document.pdf",
	} {
		t.Run(name, func(t *testing.T) {
			if err := script(t, words).PDF(t.Context(), strings.NewReader("x"), docx, nothing); !errors.Is(err, ErrUnreadable) {
				t.Errorf("%v", err)
			}
		})
	}
}

// TestConverterHangs: with the caller everything ends, children of the converter too.
func TestConverterHangs(t *testing.T) {
	mark := filepath.Join(t.TempDir(), "mark")
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	err := script(t, "(sleep 2; echo x >"+mark+") & sleep 60").PDF(ctx, strings.NewReader("x"), docx, nil)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
	time.Sleep(2500 * time.Millisecond)
	if _, err := os.Stat(mark); err == nil {
		t.Error("a child went on")
	}
}

// TestNothingLeaks: the limits hold, no variable of ours reaches the converter, and nothing of its work stays behind.
func TestNothingLeaks(t *testing.T) {
	t.Setenv("BASSIN_S3_SECRET", "geheim")
	t.Setenv("PGPASSWORD", "geheim")
	t.Setenv("TMPDIR", t.TempDir())
	got := ""
	err := script(t, `{ printf '%%PDF-'; env; echo "limits $(ulimit -t) $(ulimit -v)."; } >out/document.pdf`).PDF(t.Context(), strings.NewReader("x"), docx, func(r io.Reader) error {
		b, err := io.ReadAll(r)
		got = string(b)
		return err
	})
	if err != nil || !strings.Contains(got, "LANG=") || !strings.Contains(got, "limits 60 4194304.") || strings.Contains(got, "geheim") {
		t.Errorf("%v %q", err, got)
	}
	if left, _ := os.ReadDir(os.TempDir()); len(left) > 0 {
		t.Error("left behind:", left)
	}
}

func TestFind(t *testing.T) {
	if c, err := Find("off"); c != nil || err != nil || c.Converts(docx, 1) {
		t.Error(c, err)
	}
	if _, err := Find("/nowhere/soffice"); err == nil {
		t.Error("found at /nowhere")
	}
	c := script(t, "")
	if c.Converts("application/pdf", 1) || c.Converts(docx, 0) || c.Converts(docx, MaxBytes+1) || !c.Converts(docx, MaxBytes) {
		t.Error("converts what it should not")
	}
}
