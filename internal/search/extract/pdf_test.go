package extract

import (
	"bytes"
	"compress/zlib"
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// asChild makes this test binary the process that reads one PDF.
const asChild = "-as-pdf-child"

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == asChild {
		if ChildPDF(os.Stdin, os.Stdout, func(error) { os.Exit(1) }) != nil {
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// pdfOf writes a PDF whose only page has the content stream, packed or not.
func pdfOf(stream string, packed bool) string {
	filter := ""
	if packed {
		var b bytes.Buffer
		z := zlib.NewWriter(&b)
		_, _ = z.Write([]byte(stream))
		_ = z.Close()
		stream, filter = b.String(), "/Filter /FlateDecode "
	}
	objects := []string{
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
		fmt.Sprintf("<< %s/Length %d >>\nstream\n%s\nendstream", filter, len(stream), stream),
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
	}
	return assemble(objects)
}

func assemble(objects []string) string {
	b, at := "%PDF-1.4\n", []int{}
	for i, o := range objects {
		at = append(at, len(b))
		b += fmt.Sprintf("%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	x := len(b)
	b += fmt.Sprintf("xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, n := range at {
		b += fmt.Sprintf("%010d 00000 n \n", n)
	}
	return b + fmt.Sprintf("trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, x)
}

func TestPDF(t *testing.T) {
	t.Parallel()
	reader := Reader{Child: []string{os.Args[0], asChild}, within: 5 * time.Second}
	words := "BT /F1 12 Tf 50 700 Td (Pr\xe9henseur all\xe9g\xe9) Tj 0 -20 Td (Masse : 412 g) Tj ET"
	for name, c := range map[string]struct {
		content string
		want    []string
	}{
		"a page":       {pdfOf(words, false), []string{"Préhenseur allégé", "Masse : 412 g"}},
		"packed":       {pdfOf(words, true), []string{"Préhenseur allégé"}},
		"cut off":      {pdfOf(words, true)[:300], nil},
		"no PDF":       {"%PDF-1.7 nothing", nil},
		"nothing":      {"", nil},
		"in circles":   {strings.Replace(pdfOf(words, false), "/Kids [3 0 R]", "/Kids [2 0 R]", 1), nil},
		"its own size": {strings.Replace(pdfOf(words, false), "/Count 1", "/Count 999999999", 1), nil},
		"a bomb":       {pdfOf(strings.Repeat("(aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa) Tj\n", 4<<20), true), nil},
		"deep":         {pdfOf(strings.Repeat("[", 1<<20), true), nil},
		"many objects": {strings.Replace(pdfOf(words, false), "0 6\n", "0 999999999\n", 1), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			got, err := reader.Text(t.Context(), strings.NewReader(c.content), int64(len(c.content)), "application/pdf")
			if err != nil || len(got) > maxText {
				t.Fatalf("%d bytes, %v", len(got), err)
			}
			for _, w := range c.want {
				if !strings.Contains(got, w) {
					t.Errorf("%q is not in %q", w, got)
				}
			}
			if took := time.Since(began); took > 10*time.Second {
				t.Errorf("it took %s", took)
			}
		})
	}
}

func TestPDFWithoutChild(t *testing.T) {
	t.Parallel()
	content := pdfOf("BT (a) Tj ET", false)
	if got, err := (Reader{}).Text(t.Context(), strings.NewReader(content), int64(len(content)), "application/pdf"); got != "" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := (Reader{Child: []string{os.Args[0], asChild}}).Text(ctx, strings.NewReader(content), int64(len(content)), "application/pdf"); err == nil {
		t.Error("a reading that was given up has an end")
	}
}
