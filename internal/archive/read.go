package archive

import (
	"archive/tar"
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"

	"bassin/internal/fault"

	"github.com/klauspost/compress/zstd"
)

// Limits bound what is unpacked; they hold before anything is parsed. Zero is no limit.
type Limits struct {
	Members  int
	Bytes    int64 // of all members together
	Manifest int64
	Ratio    int64 // unpacked bytes for each packed one, beyond the first slackBytes
}

// maxWindow bounds what a compressed stream may ask to be kept at hand; NewWriter asks for 8 MB.
const maxWindow = 16 << 20

// maxManifest bounds what is read into memory: 100 bytes a file, a few million files.
const maxManifest = 1 << 30

// slackBytes may be unpacked whatever the ratio: small archives of rows are packed well.
const slackBytes = 64 << 20

// zstdMagic begins whatever zstd compressed.
const zstdMagic = "\x28\xb5\x2f\xfd"

// Read reads a whole archive into m and gives no error when every sum is right. Each member is
// handed to take as it comes, before it is known to be right: take must put it aside. What is
// wrong is said with the place: the member, or the byte where reading stopped.
func Read(r io.Reader, sort Sort, limits Limits, m Manifest, take func(name string, size int64, r io.Reader) error) error {
	in := bufio.NewReaderSize(r, 256<<10)
	start, _ := in.Peek(len(zstdMagic))
	counted := &counter{r: in}
	z, err := zstd.NewReader(counted, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(256<<20), zstd.WithDecoderMaxWindow(maxWindow))
	if err != nil {
		return err
	}
	defer z.Close()
	if limits.Manifest == 0 {
		limits.Manifest = maxManifest
	}
	a := &reading{sort: sort, limits: limits, from: counted, m: m, take: take, packed: string(start) == zstdMagic}
	unpacked := &bounded{a: a, r: z}
	if err := a.members(tar.NewReader(unpacked)); err != nil {
		return err
	}
	rest := &counter{r: unpacked}
	var tail io.Reader = rest
	if limits.Bytes > 0 {
		tail = io.LimitReader(rest, limits.Bytes)
	}
	if _, err := io.Copy(io.Discard, tail); err != nil { // the sum of the compressed stream stands at its end
		return a.where(err)
	}
	switch {
	case limits.Bytes > 0 && rest.n >= limits.Bytes:
		return a.tooLarge()
	case len(a.found) == 0:
		return a.foreign()
	case rest.n > 0: // such as a second archive: which of them was meant?
		return refuse(Added, a.last(), "something stands after the end of the %s: the file was added to", a.sort.What)
	}
	return a.compare(m.sums().Members)
}

// reading is an archive being read.
type reading struct {
	sort   Sort
	limits Limits
	from   *counter
	m      Manifest
	take   func(string, int64, io.Reader) error
	found  []Entry
	bytes  int64
	packed bool // it begins as what is compressed by zstd
	ended  bool // the manifest was read
}

func (a *reading) members(in *tar.Reader) error {
	for {
		head, err := in.Next()
		if err == io.EOF && len(a.found) > 0 && !a.ended {
			return refuse(Cut, a.last(), "the %s is cut: it ends without its manifest, after %d members", a.sort.What, len(a.found))
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return a.where(err)
		}
		if err := a.member(head, in); err != nil {
			return err
		}
	}
}

func (a *reading) member(head *tar.Header, in io.Reader) error {
	switch {
	case len(a.found) == 0 && head.Name != a.sort.Mark:
		return a.foreign()
	case a.ended:
		return refuse(Added, head.Name, "member %q stands after the manifest: the file was added to", head.Name)
	case head.Typeflag != tar.TypeReg:
		return refuse(Unplain, head.Name, "member %q is no plain file", head.Name)
	case head.Name == manifestName:
		a.ended = true
		return a.manifest(in, head.Size)
	}
	a.bytes += head.Size
	if a.limits.Members > 0 && len(a.found) >= a.limits.Members {
		return refuse(TooLarge, head.Name, "the %s has more than %d members", a.sort.What, a.limits.Members)
	}
	if a.limits.Bytes > 0 && (head.Size > a.limits.Bytes || a.bytes > a.limits.Bytes) {
		return a.tooLarge()
	}
	if head.Name == a.sort.Mark {
		var err error
		if in, err = a.mark(in); err != nil {
			return err
		}
	}
	entry := Entry{Name: head.Name, Size: head.Size}
	h := sha256.New()
	member := &noting{r: io.TeeReader(in, h)}
	err := a.take(head.Name, head.Size, member)
	if err == nil {
		_, err = io.Copy(io.Discard, member) // what take left
	}
	if member.err != nil {
		a.found = append(a.found, entry)
		return a.where(member.err)
	}
	entry.SHA256 = hex.EncodeToString(h.Sum(nil))
	a.found = append(a.found, entry)
	return err
}

// mark refuses at once what a newer program wrote: its members may be none that this one knows. It
// gives the mark back to be read again.
func (a *reading) mark(in io.Reader) (io.Reader, error) {
	said, err := io.ReadAll(io.LimitReader(in, maxMark))
	if err != nil {
		return nil, a.where(err)
	}
	first, _, _ := strings.Cut(string(said), "\n")
	if n, err := strconv.Atoi(first); err == nil && n > a.sort.Format {
		return nil, a.newer(n)
	}
	return io.MultiReader(bytes.NewReader(said), in), nil
}

// maxMark bounds the mark: a number and a time.
const maxMark = 100

func (a *reading) newer(n int) error {
	return refuse(Newer, strconv.Itoa(n), "the %s was made by a newer program: it has format %d, this one reads %d", a.sort.What, n, a.sort.Format)
}

func (a *reading) manifest(in io.Reader, size int64) error {
	if size > a.limits.Manifest {
		return refuse(TooLarge, manifestName, "the manifest claims %d bytes", size)
	}
	member := &noting{r: in}
	if err := json.NewDecoder(member).Decode(a.m); err != nil {
		if member.err != nil {
			return a.where(member.err)
		}
		return refuse(Garbled, manifestName, "the manifest cannot be read: %v", err)
	}
	n := a.m.Written()
	if n > a.sort.Format {
		return a.newer(n)
	}
	if n != a.sort.Format {
		return refuse(Older, strconv.Itoa(n), "the %s has format %d, this program reads %d", a.sort.What, n, a.sort.Format)
	}
	is, err := sum(a.m)
	if err != nil {
		return err
	}
	if said := a.m.sums().Sum; said == "" || said != is {
		return refuse(Changed, manifestName, "the manifest was changed: its checksum is wrong")
	}
	return nil
}

func (a *reading) compare(want []Entry) error {
	for i := range max(len(want), len(a.found)) {
		switch {
		case i >= len(a.found):
			return refuse(Lacking, want[i].Name, "the %s lacks member %d, %q", a.sort.What, i+1, want[i].Name)
		case i >= len(want):
			return refuse(Added, a.found[i].Name, "the %s has a member that its manifest does not name: %q", a.sort.What, a.found[i].Name)
		case want[i].Name != a.found[i].Name:
			return refuse(Changed, a.found[i].Name, "member %d is %q, the manifest names %q", i+1, a.found[i].Name, want[i].Name)
		case want[i] != a.found[i]:
			return refuse(Changed, a.found[i].Name, "member %q was changed: its checksum is %s, the manifest says %s", a.found[i].Name, a.found[i].SHA256, want[i].SHA256)
		}
	}
	return nil
}

func (a *reading) foreign() error { return refuse(Foreign, "", "this is not %s", a.sort.Name) }

func (a *reading) tooLarge() error {
	return refuse(TooLarge, a.last(), "the %s unpacks to more than %d bytes", a.sort.What, a.limits.Bytes)
}

// where says why reading stopped, and where: an archive that is cut ends too early, one that was
// changed has a wrong checksum or cannot be unpacked.
func (a *reading) where(err error) error {
	switch {
	case errors.As(err, new(*Refusal)) || fault.As(err) != nil: // said already, or none of its faults
		return err
	case len(a.found) == 0 && !a.packed:
		return refuse(Foreign, "", "%v (%v)", a.foreign(), err)
	}
	what, why, sort := "was changed", err.Error(), Changed
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		what, why, sort = "is cut", "it ends too early", Cut
	case errors.Is(err, zstd.ErrCRCMismatch):
		why = "the checksum of its compressed content is wrong"
	}
	if len(a.found) == 0 {
		return refuse(sort, "", "the %s %s near byte %d, before its first member (or it is another compressed file): %s", a.sort.What, what, a.from.n, why)
	}
	return refuse(sort, a.last(), "the %s %s near byte %d, in or after its member %d, %q: %s", a.sort.What, what, a.from.n, len(a.found), a.last(), why)
}

// last names the member that was read last.
func (a *reading) last() string {
	if len(a.found) == 0 {
		return ""
	}
	return a.found[len(a.found)-1].Name
}

// bounded stops unpacking what no content is: a few bytes that become gigabytes.
type bounded struct {
	a *reading
	r io.Reader
	n int64
}

// Read passes on while it is within the ratio.
func (b *bounded) Read(p []byte) (int, error) {
	k, err := b.r.Read(p)
	b.n += int64(k)
	if most := b.a.limits.Ratio; most > 0 && b.n > slackBytes+most*b.a.from.n {
		return 0, refuse(Bomb, b.a.last(), "the %s unpacks to far more than its %d bytes hold", b.a.sort.What, b.a.from.n)
	}
	return k, err
}

// noting remembers why reading failed, so that a damaged archive and a full disk are told apart.
type noting struct {
	r   io.Reader
	err error
}

// Read passes on.
func (n *noting) Read(p []byte) (int, error) {
	k, err := n.r.Read(p)
	if err != nil && err != io.EOF {
		n.err = err
	}
	return k, err
}

// counter knows how far a reader came.
type counter struct {
	r io.Reader
	n int64
}

// Read counts.
func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}
