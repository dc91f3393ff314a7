package archive

import "fmt"

// Why is a sort of fault of an archive, by which people are told what to do.
type Why string

// The sorts.
const (
	Foreign  Why = "foreign"  // it is something else
	Cut      Why = "cut"      // it ends too early
	Changed  Why = "changed"  // a sum is wrong, or it cannot be unpacked
	Newer    Why = "newer"    // a newer program made it
	Older    Why = "older"    // an older one did, in a format that is read no more
	Added    Why = "added"    // a member that no sum covers
	Lacking  Why = "lacking"  // a member that the manifest names is not there
	Unplain  Why = "unplain"  // a link, a folder or a device
	TooLarge Why = "large"    // it unpacks to more than is taken
	Bomb     Why = "bomb"     // it unpacks to far more than content does
	Garbled  Why = "manifest" // the manifest is none
)

// Refusal says why an archive is not taken.
type Refusal struct {
	Why   Why
	Place string // the member, or the byte
	text  string
	cause error
}

// Error is a whole sentence, for operators.
func (r *Refusal) Error() string { return r.text }

// Unwrap gives what went wrong underneath: a store that is away is none of the archive's faults.
func (r *Refusal) Unwrap() error { return r.cause }

func refuse(why Why, place, format string, args ...any) error {
	r := &Refusal{Why: why, Place: place, text: fmt.Sprintf(format, args...)}
	for _, a := range args {
		if err, is := a.(error); is {
			r.cause = err
		}
	}
	return r
}
