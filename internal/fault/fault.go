// Package fault holds the kinds of failure that a person or a client can be told about.
//
// A kind is chosen where the rule is known: a noun or an operation. Only web (pages, API)
// and job translate a fault into an answer and write the log. Anything that is not a fault is
// Internal: the person reads that it is our mistake, the log reads the cause.
//
// A fault speaks in text keys (web/text), never in one language: Key and Args are rendered in
// the reader's language.
package fault

import (
	"errors"
	"fmt"
	"strings"
)

// Kind says what sort of failure happened, and so which answer is given.
type Kind string

// The kinds, each with the HTTP status that web answers.
const (
	Invalid     Kind = "invalid"     // 422: what was sent is wrong, field by field
	NotFound    Kind = "not_found"   // 404: missing, or not visible to the actor
	Forbidden   Kind = "forbidden"   // 403: visible, but this act is not allowed
	Conflict    Kind = "conflict"    // 409: the thing is not in a state that allows this
	TooMany     Kind = "too_many"    // 429: a rate limit
	TooLarge    Kind = "too_large"   // 413: an upload or a body over its limit
	Unavailable Kind = "unavailable" // 503: something that we need is down; try again
	Internal    Kind = "internal"    // 500: our mistake
)

// Args are the named values of a text.
type Args = map[string]any

// Field is one wrong field of a form, a body or a file.
type Field struct {
	Name string // as in the form or the JSON body; a file's place such as "line 12, montant"
	Key  string // text key
	Args Args
}

// Fault is a failure with a text for the person and a cause for the log.
type Fault struct {
	Kind   Kind
	Key    string // text key of the sentence that says what to do
	Args   Args
	Fields []Field
	Cause  error
}

// New makes a fault. Arguments are name, value pairs: New(Conflict, "step.overpaid", "max", 1200).
func New(kind Kind, key string, pairs ...any) *Fault {
	return &Fault{Kind: kind, Key: key, Args: args(pairs)}
}

// Wrap makes a fault with a cause for the log.
func Wrap(cause error, kind Kind, key string, pairs ...any) *Fault {
	return &Fault{Kind: kind, Key: key, Args: args(pairs), Cause: cause}
}

func args(pairs []any) Args {
	if len(pairs) == 0 {
		return nil
	}
	m := make(Args, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		m[fmt.Sprint(pairs[i])] = pairs[i+1]
	}
	return m
}

// Error is for the log. People read the text of Key.
func (f *Fault) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", f.Kind, f.Key)
	for _, x := range f.Fields {
		fmt.Fprintf(&b, "; %s: %s", x.Name, x.Key)
	}
	if f.Cause != nil {
		fmt.Fprintf(&b, ": %v", f.Cause)
	}
	return b.String()
}

// Unwrap gives the cause.
func (f *Fault) Unwrap() error { return f.Cause }

// Of gives the kind of an error: Internal for what is not a fault.
func Of(err error) Kind {
	if f := As(err); f != nil {
		return f.Kind
	}
	return Internal
}

// Is reports whether the error is a fault of this kind.
func Is(err error, kind Kind) bool {
	f := As(err)
	return f != nil && f.Kind == kind
}

// Stale reports whether somebody else saved first.
func Stale(err error) bool {
	f := As(err)
	return f != nil && f.Kind == Conflict && f.Key == "fault.stale"
}

// IgnoreMissing leaves out that there is none, or none for this person.
func IgnoreMissing(err error) error {
	if Is(err, NotFound) {
		return nil
	}
	return err
}

// As gives the outermost fault in the chain, or nil.
func As(err error) *Fault {
	var f *Fault
	if errors.As(err, &f) {
		return f
	}
	return nil
}

// Fields gathers the wrong fields of one form or file, so that all are told at once.
type Fields []Field

// Add notes one wrong field. Arguments are name, value pairs.
func (l *Fields) Add(name, key string, pairs ...any) {
	*l = append(*l, Field{Name: name, Key: key, Args: args(pairs)})
}

// Has reports whether the field is already noted.
func (l Fields) Has(name string) bool {
	for _, f := range l {
		if f.Name == name {
			return true
		}
	}
	return false
}

// Err gives nil when nothing is wrong, else one Invalid fault that holds every field.
func (l Fields) Err() error {
	if len(l) == 0 {
		return nil
	}
	return &Fault{Kind: Invalid, Key: "fault.fields", Args: Args{"count": len(l)}, Fields: l}
}
