package talk

import (
	"slices"

	"bassin/internal/fault"
)

// Topic is a kind of news for which people choose how it reaches them: reasons that are one matter
// to who reads.
type Topic string

// The topics.
const (
	Mentions Topic = "mention"
	Accesses Topic = "access"
	Tasks    Topic = "task"
	Meetings Topic = "meeting" // invitations, changes, cancellations
	Records  Topic = "record"  // closed minutes
	Orders   Topic = "order"   // parts asked for, quoted, made, delivered
	Comments Topic = "comment"
)

// Topics lists them in the order of the form.
func Topics() []Topic { return []Topic{Mentions, Accesses, Tasks, Meetings, Records, Orders, Comments} }

// Key gives the text key of the topic's name; with "_text", of what it holds.
func (t Topic) Key() string { return "talk.topic." + string(t) }

// Topic gives the matter of a reason.
func (r Reason) Topic() Topic {
	switch r {
	case ByMention:
		return Mentions
	case ByAccess:
		return Accesses
	case ByTask:
		return Tasks
	case ByInvitation, ByChange, ByCancel:
		return Meetings
	case ByRecord:
		return Records
	case ByOrder:
		return Orders
	}
	return Comments
}

// reasons lists those that belong to a topic.
func (t Topic) reasons() []Reason {
	all := []Reason{ByMention, ByComment, ByInvitation, ByChange, ByCancel, ByRecord, ByTask, ByAccess, ByOrder}
	return slices.DeleteFunc(all, func(r Reason) bool { return r.Topic() != t })
}

// Way is how news of a topic reach somebody. What comes by mail stands in the application too.
type Way string

// The ways.
const (
	AtOnce Way = "at_once" // by mail at once
	Daily  Way = "daily"   // in the mail of the day
	InApp  Way = "app"     // in the application only
	Off    Way = "off"     // not at all
)

// Ways lists them in the order of the form.
func Ways() []Way { return []Way{AtOnce, Daily, InApp, Off} }

// Key gives the text key of the way's name.
func (w Way) Key() string { return "talk.way." + string(w) }

// usual is the way of who chose nothing.
func (t Topic) usual() Way {
	switch t {
	case Tasks, Comments: // they come in numbers
		return Daily
	}
	return AtOnce
}

// Offers reports whether a topic may come that way. Only what one finds again where it stands can be
// off: a mention, a task, an access, an order or a meeting of which nobody hears would be lost.
func (t Topic) Offers(w Way) bool {
	return w != Off && slices.Contains(Ways(), w) || w == Off && (t == Comments || t == Records)
}

// Choices are the ways that somebody chose; topics that are not among them come as usual.
type Choices map[Topic]Way

// Of gives the way of a topic.
func (c Choices) Of(t Topic) Way {
	if w, ok := c[t]; ok && t.Offers(w) {
		return w
	}
	return t.usual()
}

func (c Choices) check() error {
	var wrong fault.Fields
	for t, w := range c {
		switch {
		case !slices.Contains(Topics(), t) || !slices.Contains(Ways(), w):
			wrong.Add(string(t), "fault.choice")
		case !t.Offers(w):
			wrong.Add(string(t), "talk.wrong.off")
		}
	}
	return wrong.Err()
}
