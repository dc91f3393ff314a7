package note

import (
	"encoding/json"
	"regexp"

	"bassin/internal/fault"
)

// What a page and the server say to each other over the socket: JSON, one object a message. Bytes
// are base64 in it; what they mean only the browsers know.

// Kinds of message.
const (
	msgHello   = "hello"   // page: I know the updates up to Seq (0: none)
	msgWhole   = "whole"   // page: send the log from its beginning
	msgUpdate  = "update"  // page: a change of mine, named Ref
	msgAware   = "aware"   // both: where somebody's cursor is; handed on, not kept
	msgSave    = "save"    // page: the text as it stands after Seq
	msgStart   = "start"   // server: the note is at Seq; Writes says whether one may write
	msgState   = "state"   // server: all updates up to Seq in one
	msgUpdates = "updates" // server: List, the updates up to Seq that the page has not sent itself
	msgReady   = "ready"   // server: nothing is left out up to Seq
	msgAck     = "ack"     // server: the change Ref is committed
	msgRefused = "refused" // server: the change Ref is not taken; Text says why
	msgSaved   = "saved"   // server: the version at Seq is kept
	msgLeft    = "left"    // server: the co-editor From has gone
)

// maxMessage bounds one message: a version with its state and document, in base64 and JSON.
const maxMessage = (MaxState+MaxUpdate)*4/3 + MaxDoc + 4096

const maxAware = 8 << 10

// message is one message of either side; each kind uses some of the fields.
type message struct {
	T      string          `json:"t"`
	Seq    int64           `json:"seq,omitempty"`
	Ref    string          `json:"ref,omitempty"`
	Data   []byte          `json:"data,omitempty"`
	Doc    json.RawMessage `json:"doc,omitempty"`
	List   [][]byte        `json:"list,omitempty"`
	Writes bool            `json:"writes,omitempty"`
	From   int64           `json:"from,omitempty"`
	Text   string          `json:"text,omitempty"`
}

var refForm = regexp.MustCompile(`^[A-Za-z0-9-]{8,64}$`)

// read reads a message of a page and refuses what no page of ours says.
func read(data []byte) (message, error) {
	var m message
	if len(data) > maxMessage {
		return m, fault.New(fault.TooLarge, "note.wrong.size")
	}
	if err := json.Unmarshal(data, &m); err != nil {
		return m, fault.Wrap(err, fault.Invalid, "note.wrong.message")
	}
	ok := false
	switch m.T {
	case msgHello:
		ok = m.Seq >= 0
	case msgWhole:
		ok = true
	case msgUpdate:
		ok = refForm.MatchString(m.Ref) && len(m.Data) > 0 && len(m.Data) <= MaxUpdate
	case msgAware:
		ok = len(m.Data) > 0 && len(m.Data) <= maxAware
	case msgSave:
		ok = m.Seq > 0 && len(m.Data) > 0 && len(m.Data) <= MaxState && len(m.Doc) <= MaxDoc
	}
	if !ok {
		return m, fault.New(fault.Invalid, "note.wrong.message")
	}
	return m, nil
}
