package talk

import (
	"slices"
	"strings"
	"unicode"

	"bassin/internal/account"
	"bassin/internal/fault"
	"bassin/internal/when"
)

// Ref names something that one may talk about: a project, a task, a version of a document.
type Ref struct{ Kind, ID string }

// Subject is what is talked about, as its feature tells it for one person.
type Subject struct {
	Ref
	Title      string
	URL        string // where its discussion is read
	Scope      string // "project:ID", of the audit trail
	MayComment bool
	People     []Person           // who can be mentioned, and whom news reach
	Concerned  []account.PersonID // who is told of each comment, though they have said nothing yet
}

// Person is somebody who takes part.
type Person struct {
	ID   account.PersonID
	Name string
}

// CommentID names a comment.
type CommentID string

// Comment is one contribution to a discussion. It is not edited; its author may take it back,
// which leaves its place.
type Comment struct {
	ID          CommentID
	SubjectKind string
	SubjectID   string
	Scope       string
	Text        string `db:"body"`
	AuthorID    account.PersonID
	AuthorName  string
	CreatedAt   when.Time
	RemovedAt   when.Time
	Reactions   []Reaction `db:"-"`
}

// maxText bounds a comment, in characters.
const maxText = 10_000

func (c Comment) check() error {
	var wrong fault.Fields
	wrong.Text("text", c.Text, 1, maxText)
	return wrong.Err()
}

// mayTakeBack decides who takes a comment back: its author.
func (c Comment) mayTakeBack(by account.Actor) bool {
	return c.AuthorID == by.ID && c.RemovedAt == 0
}

// Reaction is a sign that people put to a comment.
type Reaction struct {
	Sign  string
	Names []string
	Mine  bool
}

// Signs are the signs one may put, in order: words for readers who listen are talk.sign.NAME.
func Signs() []string { return []string{"agree", "thanks", "look", "done"} }

// Mentioned lists the people of a subject whom a text mentions: an @ and a name as it is written
// on the people's page, whatever its accents and capitals. The longest name wins: "@Ana Maria"
// does not mention Ana.
func Mentioned(text string, people []Person) []account.PersonID {
	folded := account.Fold(text)
	sorted := slices.Clone(people)
	slices.SortStableFunc(sorted, func(a, b Person) int { return len(account.Fold(b.Name)) - len(account.Fold(a.Name)) })
	var out []account.PersonID
	for at := strings.IndexByte(folded, '@'); at >= 0; {
		rest := folded[at+1:]
		for _, p := range sorted {
			name := account.Fold(p.Name)
			if name == "" || !strings.HasPrefix(rest, name) || continues(rest[len(name):]) {
				continue
			}
			if !slices.Contains(out, p.ID) {
				out = append(out, p.ID)
			}
			break
		}
		next := strings.IndexByte(rest, '@')
		if next < 0 {
			break
		}
		at += 1 + next
	}
	return out
}

// continues reports whether a word goes on: "@Anabelle" is not Ana.
func continues(rest string) bool {
	for _, r := range rest {
		return unicode.IsLetter(r) || unicode.IsDigit(r)
	}
	return false
}

// Reason says why somebody is told.
type Reason string

// The reasons.
const (
	ByMention Reason = "mention" // named in a comment
	ByComment Reason = "comment" // takes part in the discussion

	ByInvitation Reason = "invitation" // is asked to come
	ByChange     Reason = "change"     // what they come to was changed
	ByCancel     Reason = "cancel"     // it was called off
	ByRecord     Reason = "record"     // what was said there can be read
	ByTask       Reason = "task"       // was given a task
	ByAccess     Reason = "access"     // was let into something
	ByOrder      Reason = "order"      // a part that they ordered, or are asked to make, goes on
)

// Key gives the text key of the reason's sentence.
func (r Reason) Key() string { return "talk.reason." + string(r) }

// NoticeID names a notice.
type NoticeID string

// Notice is one thing that somebody should know.
type Notice struct {
	ID          NoticeID
	PersonID    account.PersonID
	Reason      Reason
	ActorName   string
	SubjectKind string
	SubjectID   string
	Title       string
	URL         string `db:"url"`
	Excerpt     string
	CreatedAt   when.Time
	SeenAt      when.Time
	MailedAt    when.Time // when a mail told it, or it needs none; 0: to be told
}
