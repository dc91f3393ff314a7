package search

import (
	"unicode/utf8"

	"bassin/internal/db"
)

const (
	// mostBegun is of how many words a beginning is looked for as each of them. SQLite moves each of them on at
	// every step over the index; to ask for the beginning itself costs it all that the words are in, newest or not.
	mostBegun = 64

	// A beginning of more words than that is looked for in titles, where it is a token of its own when it has
	// so many letters; a longer one by its first letters, and what is found is compared.
	leastLetters, mostLetters = 2, 6
)

// beginnings adds how the words of a title begin.
func (b *bag) beginnings(list []word) {
	for _, w := range list {
		if common[w.folded] {
			continue
		}
		n := 0
		for i := range w.folded {
			if n >= leastLetters && n <= mostLetters {
				b.add(markBegin + w.folded[:i])
			}
			n++
		}
		if n >= leastLetters && n <= mostLetters {
			b.add(markBegin + w.folded)
		}
	}
}

// goOn finds what a beginning that the query ends with may become.
func (p parsed) goOn(tx db.Tx) error {
	if tx.Postgres() {
		return nil
	}
	for i := range p.terms {
		t := &p.terms[i]
		if !t.prefix || len(t.words) != 1 {
			continue
		}
		begun := t.words[0].folded
		list, err := listWords(tx, begun, mostBegun+1)
		if err != nil {
			return err
		}
		switch n := utf8.RuneCountInString(begun); {
		case len(list) == 0: // none, which costs nothing to ask; or the words are still being gathered
		case len(list) <= mostBegun:
			t.become = list
		case n >= leastLetters:
			t.inTitle, t.compared = firstLetters(begun, mostLetters), n > mostLetters
		}
	}
	return nil
}

// firstLetters cuts a word after so many letters.
func firstLetters(word string, most int) string {
	n := 0
	for i := range word {
		if n == most {
			return word[:i]
		}
		n++
	}
	return word
}

// begun are the tokens of a last word that may go on.
func (t term) begun(mark string) []token {
	w := t.words[0].folded
	switch {
	case utf8.RuneCountInString(w) < leastLetters:
		return nil
	case t.inTitle != "":
		return []token{{markBegin + t.inTitle, false}}
	case t.become == nil:
		return []token{{mark + w, true}}
	}
	list := make([]token, len(t.become))
	for i, word := range t.become {
		list[i] = token{mark + word, false}
	}
	return list
}
