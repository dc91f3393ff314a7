package search

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of what a person may ask for at once.
const (
	maxQuery = 300 // bytes
	maxTerms = 16
)

// term is one thing that a hit must hold, or must not.
type term struct {
	words  []word // more than one: they follow one another
	not    bool
	prefix bool // the last word may go on
	exact  bool // no other forms of the word

	become   []string // the words that the last may become; nil: not known, see goOn
	inTitle  string   // too many: looked for as this beginning of a word in titles
	compared bool     // that beginning is cut: what it finds is compared with the whole
}

// parsed is a query as understood.
type parsed struct{ terms []term }

// parse understands what a person typed. Nothing is an error: what makes no sense is left out.
func parse(text string, typing bool) parsed {
	text = cut(text, maxQuery)
	var p parsed
	for rest := text; rest != "" && len(p.terms) < maxTerms; {
		r, size := utf8.DecodeRuneInString(rest)
		if unicode.IsSpace(r) {
			rest = rest[size:]
			continue
		}
		not := false
		if r == '-' || r == '−' {
			if next, _ := utf8.DecodeRuneInString(rest[size:]); next == utf8.RuneError || unicode.IsSpace(next) {
				rest = rest[size:]
				continue
			}
			not, rest = true, rest[size:]
			r, size = utf8.DecodeRuneInString(rest)
		}
		if closing := closingOf(r); closing != "" {
			inside, after, _ := cutAny(rest[size:], closing)
			p.add(term{words: split(inside), not: not, exact: true})
			rest = after
			continue
		}
		end := strings.IndexFunc(rest, func(r rune) bool { return unicode.IsSpace(r) || closingOf(r) != "" })
		last := end < 0
		if last {
			end = len(rest)
		}
		p.chunk(rest[:end], not, typing && last && !not)
		rest = rest[end:]
	}
	p.dropCommon()
	return p
}

// closingOf gives what ends the phrase that r begins.
func closingOf(r rune) string {
	switch r {
	case '"':
		return `"`
	case '«', '»':
		return "»«"
	case '“', '”', '„':
		return `”“"`
	}
	return ""
}

func cutAny(s, chars string) (before, after string, found bool) {
	i := strings.IndexAny(s, chars)
	if i < 0 {
		return s, "", false
	}
	_, size := utf8.DecodeRuneInString(s[i:])
	return s[:i], s[i+size:], true
}

// chunk is what stands between two spaces: a word, or several when signs join them. With a digit
// they are a reference and follow one another; else each counts by itself.
func (p *parsed) chunk(s string, not, prefix bool) {
	words := split(s)
	if len(words) == 0 {
		return
	}
	if _, size := utf8.DecodeLastRuneInString(s); prefix && words[len(words)-1].end < len(s)-size {
		prefix = false
	}
	if len(words) > 1 && (strings.ContainsAny(s, "0123456789") || not) {
		p.add(term{words: words, not: not, prefix: prefix, exact: true})
		return
	}
	for i, w := range words {
		p.add(term{words: []word{w}, not: not, prefix: prefix && i == len(words)-1})
	}
}

func (p *parsed) add(t term) {
	if len(t.words) == 0 {
		return
	}
	if len(t.words) > maxTerms {
		t.words = t.words[:maxTerms]
	}
	p.terms = append(p.terms, t)
}

// dropCommon leaves out words that are not indexed by themselves.
func (p *parsed) dropCommon() {
	p.terms = slices.DeleteFunc(p.terms, func(t term) bool {
		return len(t.words) == 1 && !t.prefix && common[t.words[0].folded]
	})
}

// asks reports whether there is something to look for.
func (p parsed) asks() bool {
	return slices.ContainsFunc(p.terms, func(t term) bool { return !t.not })
}

// token is one token of the index that a query looks for.
type token struct {
	text   string
	prefix bool
}

// clause is satisfied by any of its tokens.
type clause struct {
	any []token
	not bool
}

// clauses writes the terms as tokens, in the title or anywhere.
func (p parsed) clauses(title bool) []clause {
	mark := ""
	if title {
		mark = markTitle
	}
	var list []clause
	for _, t := range p.terms {
		if t.not { // what must be absent is absent everywhere
			list = append(list, t.clauses("")...)
			continue
		}
		list = append(list, t.clauses(mark)...)
	}
	return list
}

func (t term) clauses(mark string) []clause {
	last := len(t.words) - 1
	if last == 0 {
		return []clause{{any: t.forms(mark), not: t.not}}
	}
	if t.not { // absent only when all pairs are there: the check of phrases decides
		if last == 1 {
			return []clause{{any: []token{{text: mark + t.words[0].folded + joint + t.words[1].folded}}, not: true}}
		}
		return nil
	}
	var list []clause
	for i := range last {
		list = append(list, clause{any: []token{{mark + t.words[i].folded + joint + t.words[i+1].folded, t.prefix && i+1 == last}}})
	}
	return list
}

// forms are the tokens of which one stands for the word.
func (t term) forms(mark string) []token {
	w := t.words[0]
	var list []token
	add := func(x token) {
		if !slices.Contains(list, x) {
			list = append(list, x)
		}
	}
	if t.prefix {
		list = t.begun(mark)
	}
	if t.compared { // so long a beginning of so many is a number, which has no other forms
		return list
	}
	if t.exact || common[w.folded] {
		add(token{mark + w.folded, false})
		return list
	}
	w.stems(func(s string) { add(token{mark + markStem + s, false}) })
	return list
}

// undecided reports that tokens alone cannot decide: of phrases longer than pairs, and of beginnings
// that were cut.
func (p parsed) undecided() bool { return slices.ContainsFunc(p.terms, term.undecided) }

func (t term) undecided() bool { return len(t.words) > 2 || t.compared }

// holds reports whether the fields satisfy the terms that tokens do not decide.
func (p parsed) holds(fields ...string) bool {
	words := make([][]word, len(fields))
	for i, f := range fields {
		words[i] = split(f)
	}
	for _, t := range p.terms {
		if t.undecided() && t.not == slices.ContainsFunc(words, t.in) {
			return false
		}
	}
	return true
}

// in reports whether the words of the term follow one another in the list.
func (t term) in(list []word) bool { return t.at(list, 0) >= 0 }

// at gives where the words of the term begin in the list, from a place on; -1: nowhere.
func (t term) at(list []word, from int) int {
	last := len(t.words) - 1
next:
	for i := from; i+last < len(list); i++ {
		for j, w := range t.words {
			have := list[i+j].folded
			if have != w.folded && (!t.prefix || j != last || !strings.HasPrefix(have, w.folded)) {
				continue next
			}
		}
		return i
	}
	return -1
}
