package file

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"bassin/internal/fault"
)

const (
	pngHead = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
	pdfHead = "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
	docx    = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	xlsx    = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

// pack makes a ZIP of empty parts; a name with "=" has a content.
func pack(t testing.TB, names ...string) string {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for _, n := range names {
		name, content, _ := strings.Cut(n, "=")
		w, err := z.CreateHeader(&zip.FileHeader{Name: name})
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(w, content)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.String()
}

// withPassword is the beginning of a document of Office that needs a password: a container with sectors of
// that size, whose list of entries lies in its second one.
func withPassword(sector int) string {
	head := make([]byte, 3*sector)
	copy(head, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
	head[30], head[48] = 9, 1
	if sector == 4096 {
		head[30] = 12
	}
	for i, name := range []string{"Root Entry", "EncryptedPackage"} {
		for j, c := range []byte(name) {
			head[2*sector+i*128+2*j] = c
		}
	}
	return string(head)
}

func TestLook(t *testing.T) {
	ooxml := func(names ...string) string { return pack(t, append([]string{"[Content_Types].xml"}, names...)...) }
	stl := strings.Repeat("\x00", 80) + "\x01\x00\x00\x00" + strings.Repeat("\x00", 50)
	for _, c := range []struct {
		name, file, content string
		types               []string
		want, key           string
	}{
		{"picture", "a.png", pngHead, ImageTypes(), "image/png", ""},
		{"picture, capitals", "A.PNG", pngHead, ImageTypes(), "image/png", ""},
		{"picture without a name", "", pngHead, ImageTypes(), "image/png", ""},
		{"picture of a telephone", "IMG_1.heic", "\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", nil, "image/heic", ""},
		{"film", "a.mp4", "\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2", nil, "video/mp4", ""},
		{"document", "a.pdf", pdfHead, DocumentTypes(), "application/pdf", ""},
		{"text", "a.txt", "Bonjour\n", DocumentTypes(), "text/plain", ""},
		{"table", "a.csv", "a;b\n1;2\n", TableTypes(), "text/csv", ""},
		{"table of Windows", "a.csv", "\xe9t\xe9;b\n", TableTypes(), "text/csv", ""},
		{"table in UTF-16", "a.csv", "\xff\xfea\x00;\x00", TableTypes(), "text/csv", ""},
		{"table without a name", "", "a;b\n", TableTypes(), "text/plain", ""},
		{"table without a name, no texts", "", "a;b\n", []string{"text/csv"}, "text/csv", ""},
		{"Word", "a.docx", ooxml("word/document.xml"), DocumentTypes(), docx, ""},
		{"Excel", "a.xlsx", ooxml("xl/workbook.xml", "xl/worksheets/sheet1.xml"), TableTypes(), xlsx, ""},
		{"Excel with macros", "a.xlsm", ooxml("xl/workbook.xml", "xl/vbaProject.bin"), nil, "application/vnd.ms-excel.sheet.macroenabled.12", ""},
		{"OpenDocument", "a.ods", pack(t, "mimetype=application/vnd.oasis.opendocument.spreadsheet", "content.xml"), DocumentTypes(), "application/vnd.oasis.opendocument.spreadsheet", ""},
		{"Word that needs a password", "a.docx", withPassword(512), nil, docx, ""},
		{"Excel that needs a password", "a.xlsm", withPassword(4096), nil, "application/vnd.ms-excel.sheet.macroenabled.12", ""},
		{"password, where others must read", "a.docx", withPassword(512), DocumentTypes(), "", "file.sealed"},
		{"password, called picture", "a.png", withPassword(512), nil, "", "file.mismatch"},
		{"old Word called Word", "a.docx", strings.Replace(withPassword(512), "P\x00a\x00c\x00k\x00", "", 1), nil, "", "file.mismatch"},
		{"old Word, cut", "a.docx", withPassword(512)[:60], nil, "", "file.mismatch"},
		{"old Word", "a.doc", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", DocumentTypes(), "application/msword", ""},
		{"RTF called doc", "a.doc", `{\rtf1 x}`, DocumentTypes(), "application/msword", ""},
		{"archive", "a.zip", pack(t, "plans/a.dxf", "plans/"), nil, "application/zip", ""},
		{"shell package", "a.aasx", ooxml("aasx/aasx-origin"), nil, "application/asset-administration-shell-package", ""},
		{"3MF", "a.3mf", ooxml("3D/3dmodel.model"), nil, "model/3mf", ""},
		{"3MF without its list of types", "a.3mf", pack(t, "3D/3dmodel.model"), nil, "model/3mf", ""},
		{"STL", "a.stl", stl, nil, "model/stl", ""},
		{"STL cut short", "a.stl", stl[:100], nil, "model/stl", ""},
		{"STL as text", "a.stl", "solid x\nendsolid x\n", nil, "model/stl", ""},
		{"STEP", "a.STP", "ISO-10303-21;\nHEADER;\n", nil, "model/step", ""},
		{"IFC", "a.ifc", "ISO-10303-21;\nHEADER;\n", nil, "application/x-ifc", ""},
		{"CAD of its own kind", "a.sldprt", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", nil, "application/x-ole-storage", ""},
		{"unknown", "a.xyz", "\x00\x01\x02\x03", nil, octetStream, ""},

		{"PDF called picture", "a.png", pdfHead, nil, "", "file.mismatch"},
		{"text called PDF", "a.pdf", "Bonjour", nil, "", "file.mismatch"},
		{"HTML called picture", "a.png", "<html><script>", nil, "", "file.mismatch"},
		{"HTML called text", "a.txt", "  <script>alert(1)</script>", nil, "", "file.mismatch"},
		{"SVG called text", "a.txt", "<svg xmlns=", nil, "", "file.mismatch"},
		{"HTML called STL", "a.stl", "<!doctype html>", nil, "", "file.mismatch"},
		{"program called PDF", "facture.pdf", "MZ\x90\x00\x03", nil, "", "file.mismatch"},
		{"archive called Word", "a.docx", pack(t, "a.txt"), nil, "", "file.mismatch"},
		{"macros called plain Word", "a.docx", ooxml("word/document.xml", "word/vbaProject.bin"), nil, "", "file.mismatch"},
		{"two documents in one", "a.docx", ooxml("word/document.xml", "xl/workbook.xml"), nil, "", "file.mismatch"},
		{"Word called 3MF", "a.3mf", ooxml("word/document.xml"), nil, "", "file.mismatch"},

		{"HTML kept for download", "a.html", "<p>", nil, octetStream, ""},
		{"SVG kept for download", "a.svg", "<svg onload=alert(1)>", nil, octetStream, ""},
		{"XML kept for download", "a.xml", "<?xml version='1.0'?><x/>", nil, octetStream, ""},
		{"SVG in UTF-16 kept for download", "dessin", "\xff\xfe<\x00s\x00v\x00g\x00", nil, octetStream, ""},
		{"SVG after a mark kept for download", "dessin", "\xef\xbb\xbf \n<svg>", nil, octetStream, ""},
		{"script by its name kept for download", "a.js", "alert(1)", nil, octetStream, ""},
		{"program kept for download", "a", "\x7fELF\x02\x01", nil, octetStream, ""},
		{"Java kept for download", "a.jar", pack(t, "META-INF/MANIFEST.MF"), nil, octetStream, ""},
		{"HTML refused", "a.html", "<p>", DocumentTypes(), "", "file.active"},
		{"SVG refused", "", "<svg>", ImageTypes(), "", "file.active"},
		{"XML refused even if asked for", "a.xml", "<?xml version='1.0'?><x/>", []string{octetStream, "text/xml"}, "", "file.active"},
		{"program refused by its name", "a.pdf.exe", pdfHead, DocumentTypes(), "", "file.active"},

		{"PDF where a picture is wanted", "a.pdf", pdfHead, ImageTypes(), "", "file.type"},
		{"macros where documents are wanted", "a.xlsm", ooxml("xl/workbook.xml", "xl/vbaProject.bin"), DocumentTypes(), "", "file.type"},
		{"unknown where documents are wanted", "a.xyz", "\x00\x01\x02\x03", DocumentTypes(), "", "file.type"},
		{"unknown without a name is no STL", "", "\x00\x01\x02\x03", []string{"model/stl"}, "", "file.type"},

		{"broken archive", "a.zip", pack(t, "a.txt")[:40], nil, "", "file.zip_broken"},
		{"leads out", "a.zip", pack(t, "../a.txt"), nil, "", "file.zip_name"},
		{"leads out in the middle", "a.xlsx", ooxml("xl/../../a"), nil, "", "file.zip_name"},
		{"from the root", "a.zip", pack(t, "/etc/passwd"), nil, "", "file.zip_name"},
		{"a drive", "a.zip", pack(t, "C:/a"), nil, "", "file.zip_name"},
		{"folders of Windows", "a.zip", pack(t, `..\a`), nil, "", "file.zip_name"},
		{"a zero", "a.zip", pack(t, "a\x00.txt"), nil, "", "file.zip_name"},
		{"the same twice", "a.zip", pack(t, "a", "a"), nil, "", "file.zip_name"},
		{"a long name", "a.zip", pack(t, strings.Repeat("a", zipName+1)), nil, "", "file.zip_name"},
		{"deep", "a.zip", pack(t, strings.Repeat("a/", zipDepth)+"b"), nil, "", "file.zip_name"},
		{"many entries", "a.zip", pack(t, many(zipEntries+1)...), nil, "", "file.zip_entries"},
		{"a link", "a.zip", link(t), nil, "", "file.zip_name"},
		{"a bomb", "a.zip", declare(t, zipUnpacked+1), nil, "", "file.zip_unpacked"},
		{"a count that lies", "a.zip", lyingCount(t), nil, "", "file.zip_entries"},
	} {
		got, err := look(strings.NewReader(c.content), int64(len(c.content)), Limits{Name: c.file, Types: c.types})
		switch {
		case c.key != "":
			wantFault(t, c.name, err, fault.Invalid, c.key)
			if got != "" {
				t.Errorf("%s: got %s", c.name, got)
			}
		case err != nil || got != c.want:
			t.Errorf("%s: got %q, %v; want %q", c.name, got, err, c.want)
		}
	}
}

func TestWrongTypeNamesTheAllowedOnes(t *testing.T) {
	_, err := look(strings.NewReader(pdfHead), int64(len(pdfHead)), Limits{Name: "a.pdf", Types: ImageTypes()})
	if f := fault.As(err); f == nil || f.Args["extension"] != "pdf" || f.Args["allowed"] != "png, jpg, gif, webp, avif" {
		t.Errorf("got %+v", f)
	}
}

func TestKindsAreTold(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range kinds() {
		if seen[k.typ] || strings.ToLower(k.typ) != k.typ {
			t.Errorf("%s stands twice or has capitals", k.typ)
		}
		seen[k.typ] = true
		for _, e := range k.ext {
			if seen["."+e] {
				t.Errorf(".%s has two types", e)
			}
			seen["."+e] = true
		}
		for _, bad := range []string{"html", "xml", "svg", "javascript"} {
			if strings.Contains(strings.TrimPrefix(k.typ, "application/vnd.openxmlformats"), bad) {
				t.Errorf("%s is active", k.typ)
			}
		}
	}
	for _, e := range activeExtensions() {
		if seen["."+e] {
			t.Errorf(".%s is known and active", e)
		}
	}
	for _, list := range [][]string{ImageTypes(), DocumentTypes(), TableTypes()} {
		for _, typ := range list {
			if !seen[typ] {
				t.Errorf("%s is unknown", typ)
			}
		}
	}
}

// FuzzLook: any bytes under any name give a fault or an inert type, which Serve sends as it is.
func FuzzLook(f *testing.F) {
	for _, s := range []string{pngHead, pdfHead, "a;b", "<svg>", "\xff\xfe<\x00s\x00", "PK\x05\x06" + strings.Repeat("\x00", 18), "MZ\x00", "ISO-10303-21;"} {
		f.Add("a.bin", []byte(s), false)
	}
	f.Add("a.docx", []byte(pack(f, "[Content_Types].xml", "word/document.xml=<x/>")), true)
	f.Add("a.ods", []byte(pack(f, "mimetype=application/vnd.oasis.opendocument.spreadsheet")), true)
	f.Add("a.zip", []byte(pack(f, "../x")), false)
	f.Fuzz(func(t *testing.T, name string, content []byte, limited bool) {
		limits := Limits{Name: name}
		if limited {
			limits.Types = DocumentTypes()
		}
		typ, err := look(bytes.NewReader(content), int64(len(content)), limits)
		if err != nil {
			if fault.Of(err) != fault.Invalid || typ != "" {
				t.Fatalf("got %q, %v", typ, err)
			}
			return
		}
		if _, ok := kindByType(typ); !ok && typ != octetStream {
			t.Fatalf("%q is no known type", typ)
		}
		if limited && typ == octetStream {
			t.Fatal("unknown content passed the limits")
		}
		if typ != octetStream && markup(content[:min(len(content), 1024)]) {
			t.Fatalf("markup is taken for %s", typ)
		}
	})
}

func many(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("%d", i)
	}
	return out
}

func link(t testing.TB) string {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	h := &zip.FileHeader{Name: "a"}
	h.SetMode(fs.ModeSymlink | 0o777)
	w, err := z.CreateHeader(h)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(w, "/etc/passwd")
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.String()
}

// declare makes two entries that say together how large they are.
func declare(t testing.TB, size uint64) string {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for i, n := range []uint64{size / 2, size - size/2} {
		if _, err := z.CreateRaw(&zip.FileHeader{Name: fmt.Sprint(i), Method: zip.Deflate, UncompressedSize64: n, CompressedSize64: 0}); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.String()
}

// lyingCount has 65,536 entries more than its end says, which the ZIP reader cannot tell from none.
func lyingCount(t testing.TB) string {
	t.Helper()
	entry := make([]byte, 46+40)
	copy(entry, "PK\x01\x02")
	binary.LittleEndian.PutUint16(entry[28:], 40)
	var buf bytes.Buffer
	buf.WriteString("PK\x03\x04" + strings.Repeat("\x00", 26))
	start := buf.Len()
	for i := range 65_536 {
		copy(entry[46:], fmt.Sprintf("%040d", i))
		buf.Write(entry)
	}
	size := buf.Len() - start
	end := make([]byte, 22)
	copy(end, "PK\x05\x06")
	binary.LittleEndian.PutUint32(end[12:], uint32(size))
	binary.LittleEndian.PutUint32(end[16:], uint32(start))
	buf.Write(end)
	return buf.String()
}
