package file

import (
	"archive/zip"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Member is a file, or a folder, of a bundle.
type Member struct {
	Path   []string // folders from the top, then its own name
	Folder bool
	Blob   Blob
	At     time.Time // last changed
}

// ServeBundle sends files as one ZIP, as they come from the store: none is held in memory. Names are
// made such that Windows unpacks them, and told apart where two would become one. Who may have the
// files was decided before. As in Serve, a bundle that cannot be finished cuts the connection.
func ServeBundle(w http.ResponseWriter, r *http.Request, s Store, name string, members []Member) error {
	h := w.Header()
	h.Set("Content-Type", "application/zip")
	h.Set("Content-Disposition", disposition(Attachment, name))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", policy)
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "private, no-store")
	h.Set("No-Gzip-Compression", "1")
	if err := bundle(r.Context(), w, s, members); err != nil && r.Context().Err() == nil {
		panic(fmt.Errorf("serve %s: %w", name, err))
	}
	return nil
}

func bundle(ctx context.Context, w io.Writer, s Store, members []Member) error {
	z := zip.NewWriter(w)
	paths := safePaths(members)
	for i, m := range members {
		head := &zip.FileHeader{Name: paths[i], Modified: m.At.UTC(), Method: zip.Store}
		switch {
		case m.Folder:
			head.Name += "/"
		case squeezes(m.Blob.Type):
			head.Method = zip.Deflate
		}
		out, err := z.CreateHeader(head)
		if err != nil {
			return err
		}
		if m.Folder || m.Blob.Size == 0 {
			continue
		}
		if err := copyBlob(ctx, out, s, m.Blob); err != nil {
			return err
		}
	}
	return z.Close()
}

func copyBlob(ctx context.Context, w io.Writer, s Store, b Blob) error {
	c, err := s.Open(ctx, b.Hash)
	if err != nil {
		return err
	}
	defer c.Close()
	n, err := io.Copy(w, c)
	if err == nil && n != b.Size {
		err = damaged(b.Hash, fmt.Sprintf("it has %d of %d bytes", n, b.Size))
	}
	return err
}

// squeezes reports whether a type gets shorter; most others are compressed already.
func squeezes(typ string) bool {
	return strings.HasPrefix(typ, "text/") || strings.HasPrefix(typ, "model/") || strings.HasSuffix(typ, "json") || strings.HasSuffix(typ, "xml")
}

// safePaths gives each member a path that Windows takes, no two alike but for their case. Members
// under one folder share what its name becomes.
func safePaths(members []Member) []string {
	given, taken := map[string]string{}, map[string]bool{}
	paths := make([]string, len(members))
	for i, m := range members {
		path := ""
		for j, part := range m.Path {
			asked := strings.Join(m.Path[:j+1], "\x00")
			own := j == len(m.Path)-1 && !m.Folder // a document has its name for itself
			if known, ok := given[asked]; ok && !own {
				path = known
				continue
			}
			if path != "" {
				path += "/"
			}
			path = free(taken, path, CleanName(part))
			if !own {
				given[asked] = path
			}
		}
		paths[i] = path
	}
	return paths
}

// free takes the first name that is free in a folder: "vue.pdf", then "vue (2).pdf".
func free(taken map[string]bool, folder, name string) string {
	stem, ext := name, ""
	if i := strings.LastIndexByte(name, '.'); i > 0 {
		stem, ext = name[:i], name[i:]
	}
	path := folder + name
	for n := 2; taken[strings.ToLower(path)]; n++ {
		path = folder + stem + " (" + strconv.Itoa(n) + ")" + ext
	}
	taken[strings.ToLower(path)] = true
	return path
}
