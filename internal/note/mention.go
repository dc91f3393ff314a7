package note

import (
	"slices"

	"bassin/internal/account"
)

// Mentions lists the people whom the document names, each once, in the order of the text.
func (n Node) Mentions() []account.PersonID {
	var out []account.PersonID
	n.mentions(&out)
	return out
}

func (n Node) mentions(out *[]account.PersonID) {
	if id := account.PersonID(n.Attrs.ID); n.Type == "mention" && id != "" && !slices.Contains(*out, id) {
		*out = append(*out, id)
	}
	for _, c := range n.Content {
		c.mentions(out)
	}
}

// around gives the words of the paragraph that names somebody.
func (n Node) around(id account.PersonID) string {
	for _, c := range n.Content {
		if c.Type == "mention" && c.Attrs.ID == string(id) {
			return n.Plain()
		}
		if text := c.around(id); text != "" {
			return text
		}
	}
	return ""
}
