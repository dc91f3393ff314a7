package db

import (
	"strings"

	"github.com/oklog/ulid/v2"
)

// NewID makes an identifier: a ULID in lower case, 26 characters, in order of creation to the
// millisecond. Lower-case letters and digits sort alike under every collation.
func NewID() string { return strings.ToLower(ulid.Make().String()) }
