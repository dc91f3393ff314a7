package file

import (
	"archive/zip"
	"errors"
	"io"
	"io/fs"
	"strings"

	"bassin/internal/fault"
)

// Limits of a package. What it holds is unpacked elsewhere, under limits of its own: these keep out
// what no honest package is.
const (
	zipEntries   = 10_000
	zipName      = 512     // bytes
	zipDepth     = 32      // folders
	zipUnpacked  = 2 << 30 // bytes, as declared
	zipDirectory = 4 << 20 // bytes of the central directory: 10,000 entries with long names
)

// sniffZip looks into a ZIP package: which kind it is, and that it plays no tricks.
func sniffZip(r io.ReaderAt, size int64) (string, error) {
	// The reader keeps every entry of the directory, and the count at its end may lie.
	z, err := zip.NewReader(&budget{r, zipDirectory}, size)
	switch {
	case errors.Is(err, errBudget):
		return "", fault.New(fault.Invalid, "file.zip_entries", "max", zipEntries)
	case err != nil:
		return "", fault.Wrap(err, fault.Invalid, "file.zip_broken")
	case len(z.File) > zipEntries:
		return "", fault.New(fault.Invalid, "file.zip_entries", "max", zipEntries)
	}
	var unpacked uint64
	names := make(map[string]*zip.File, len(z.File))
	for _, f := range z.File {
		if !honest(f) || names[f.Name] != nil {
			return "", fault.New(fault.Invalid, "file.zip_name", "name", shown(f.Name))
		}
		names[f.Name] = f
		// Each is compared alone first: their sum could wrap around.
		if f.UncompressedSize64 > zipUnpacked || unpacked+f.UncompressedSize64 > zipUnpacked {
			return "", fault.New(fault.Invalid, "file.zip_unpacked", "max_bytes", int64(zipUnpacked))
		}
		unpacked += f.UncompressedSize64
	}
	return zipKind(names), nil
}

// honest refuses names that lead out of the folder where they are unpacked, and links.
func honest(f *zip.File) bool {
	name := strings.TrimSuffix(f.Name, "/")
	if name == "" || len(f.Name) > zipName || strings.ContainsAny(name, "\\:") || strings.ContainsFunc(name, control) {
		return false
	}
	parts := strings.Split(name, "/")
	for _, p := range parts {
		if p == "" || p == "." || p == ".." {
			return false
		}
	}
	return len(parts) <= zipDepth && f.Mode()&(fs.ModeSymlink|fs.ModeDevice|fs.ModeNamedPipe|fs.ModeSocket) == 0
}

func control(r rune) bool { return r < ' ' || r == 0x7f }

// zipKind tells packages apart by the part that each must hold. One that claims to be several is
// taken for a plain archive, which then disagrees with its extension.
func zipKind(names map[string]*zip.File) string {
	if f := names["mimetype"]; f != nil {
		if k, ok := kindByType(firstBytes(f)); ok && strings.HasPrefix(k.typ, "application/vnd.oasis.") {
			return k.typ
		}
	}
	if names["[Content_Types].xml"] == nil {
		return "application/zip"
	}
	var found []string
	macros := false
	model, shell := false, false
	for name := range names {
		low := strings.ToLower(name)
		switch {
		case low == "word/document.xml":
			found = append(found, "docx")
		case low == "xl/workbook.xml":
			found = append(found, "xlsx")
		case low == "ppt/presentation.xml":
			found = append(found, "pptx")
		case strings.HasSuffix(low, "vbaproject.bin"):
			macros = true
		case strings.HasPrefix(low, "3d/") && strings.HasSuffix(low, ".model"):
			model = true
		case strings.HasPrefix(low, "aasx/"):
			shell = true
		}
	}
	if model {
		found = append(found, "3mf")
	}
	if shell {
		found = append(found, "aasx")
	}
	if len(found) != 1 {
		return "application/zip"
	}
	if ext := found[0]; macros && strings.HasSuffix(ext, "x") && ext != "aasx" {
		found[0] = strings.TrimSuffix(ext, "x") + "m"
	}
	k, _ := kindByExtension(found[0])
	return k.typ
}

// firstBytes reads the declaration of an OpenDocument, and no more of it than a type is long.
func firstBytes(f *zip.File) string {
	r, err := f.Open()
	if err != nil {
		return ""
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, 100))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(b))
}

var errBudget = errors.New("more was read than the directory of an honest package takes")

// budget is a reader that stops after so many bytes in all.
type budget struct {
	r    io.ReaderAt
	left int64
}

// ReadAt reads while something is left.
func (b *budget) ReadAt(p []byte, off int64) (int, error) {
	if b.left -= int64(len(p)); b.left < 0 {
		return 0, errBudget
	}
	return b.r.ReadAt(p, off)
}
