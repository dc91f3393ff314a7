package making

import (
	"fmt"
	"strings"

	"rsc.io/qr"
)

// Code is a QR code as one path of squares, with a margin of four.
type Code struct {
	Size int
	Path string
}

// codeOf makes the code of an address, with a quarter of it to spare for stains.
func codeOf(url string) (Code, error) {
	q, err := qr.Encode(url, qr.Q)
	if err != nil {
		return Code{}, fmt.Errorf("code of %s: %w", url, err)
	}
	var b strings.Builder
	for y := range q.Size {
		for x := 0; x < q.Size; x++ {
			from := x
			for x < q.Size && q.Black(x, y) {
				x++
			}
			if x > from {
				fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", from+4, y+4, x-from, x-from)
			}
		}
	}
	return Code{q.Size + 8, b.String()}, nil
}

// Box is the view box of the code.
func (c Code) Box() string { return fmt.Sprintf("0 0 %d %d", c.Size, c.Size) }
