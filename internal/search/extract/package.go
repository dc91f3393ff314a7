package extract

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"path"
	"slices"
	"strings"
)

// Limits of packages.
const (
	maxEntries   = 10_000
	maxDirectory = 4 << 20  // bytes of the list of parts, whose count may lie
	maxPart      = 24 << 20 // bytes of one part, unpacked
	maxUnpacked  = 64 << 20 // of all
	maxRatio     = 300      // unpacked to packed, beyond the first megabyte
	maxDepth     = 200      // elements inside of elements
)

var errLimit = errors.New("beyond the limits")

// parts reads the text of the parts whose names match, in the order of the patterns, then of names.
func parts(patterns ...string) reader {
	return func(ctx context.Context, content []byte, t *text) error {
		from := &budget{bytes.NewReader(content), maxDirectory}
		z, err := zip.NewReader(from, int64(len(content)))
		if err != nil {
			return err
		}
		from.left = math.MaxInt64 // parts have limits of their own
		if len(z.File) > maxEntries {
			return errLimit
		}
		left := int64(maxUnpacked)
		for _, p := range patterns {
			var chosen []*zip.File
			for _, f := range z.File {
				if ok, _ := path.Match(p, f.Name); ok {
					chosen = append(chosen, f)
				}
			}
			slices.SortStableFunc(chosen, byName)
			for _, f := range chosen {
				if err := readPart(ctx, f, &left, t); err != nil {
					return err
				}
			}
		}
		return nil
	}
}

// byName puts slide2 before slide10.
func byName(a, b *zip.File) int {
	if len(a.Name) != len(b.Name) {
		return len(a.Name) - len(b.Name)
	}
	return strings.Compare(a.Name, b.Name)
}

func readPart(ctx context.Context, f *zip.File, left *int64, t *text) error {
	r, err := f.Open()
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	most := min(maxPart, *left)
	if packed := int64(min(f.CompressedSize64, maxFile)); 1<<20+packed*maxRatio < most {
		most = 1<<20 + packed*maxRatio
	}
	if err := readXML(ctx, &counted{r, most, left}, t); !errors.Is(err, io.EOF) {
		return err
	}
	return t.write("\n")
}

// readXML reads the text of a part of an Office or OpenDocument file. Names are enough, whatever the
// namespace: t holds text in Office, everything does in OpenDocument; p, h, si and tr end a line.
func readXML(ctx context.Context, r io.Reader, t *text) error {
	d := xml.NewDecoder(r)
	office, body, inText, depth := true, false, 0, 0
	for n := 0; ; n++ {
		if n%1000 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		token, err := d.RawToken()
		if err != nil {
			return err
		}
		switch x := token.(type) {
		case xml.StartElement:
			if depth++; depth > maxDepth {
				return errLimit
			}
			if x.Name.Space == "office" {
				office = false
				body = body || x.Name.Local == "body"
			}
			switch x.Name.Local {
			case "t":
				inText++
			case "tab", "br", "s", "line-break", "c", "table-cell":
				err = t.write(" ")
			}
		case xml.EndElement:
			depth--
			switch x.Name.Local {
			case "t":
				inText--
			case "p", "h", "si", "tr", "row", "table-row":
				err = t.write("\n")
			}
		case xml.CharData:
			if office && inText > 0 || body {
				err = t.write(string(x))
			}
		}
		if err != nil {
			return err
		}
	}
}

// budget lets so many bytes be read.
type budget struct {
	r    io.ReaderAt
	left int64
}

// ReadAt reads within the budget.
func (b *budget) ReadAt(p []byte, off int64) (int, error) {
	if b.left -= int64(len(p)); b.left < 0 {
		return 0, errLimit
	}
	return b.r.ReadAt(p, off)
}

// counted ends a part at its limit, and counts for all.
type counted struct {
	r    io.Reader
	most int64
	left *int64
}

// Read reads within the limit.
func (c *counted) Read(p []byte) (int, error) {
	if c.most <= 0 {
		return 0, errLimit
	}
	n, err := c.r.Read(p[:min(int64(len(p)), c.most)])
	c.most -= int64(n)
	*c.left -= int64(n)
	return n, err
}
