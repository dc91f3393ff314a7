package search

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/english"
	"github.com/blevesearch/snowballstem/french"
	"golang.org/x/text/unicode/norm"
)

// word is a word of a text: its place, and its letters folded (small, without accents).
type word struct {
	start, end int // bytes of the text
	small      string
	folded     string
}

// maxWord bounds a token, in bytes: longer words are found by their beginning.
const maxWord = 64

// elided are the words that lose their vowel before an apostrophe: "l’énergie" is "énergie".
var elided = map[string]bool{"l": true, "d": true, "c": true, "j": true, "m": true, "n": true, "s": true, "t": true,
	"qu": true, "jusqu": true, "lorsqu": true, "puisqu": true, "quoiqu": true, "presqu": true}

// common are words that say nothing by themselves: alone they are neither indexed nor asked for,
// only in phrases.
var common = map[string]bool{"le": true, "la": true, "les": true, "de": true, "des": true, "du": true, "un": true, "une": true,
	"et": true, "en": true, "au": true, "aux": true, "a": true, "dans": true, "par": true, "pour": true, "sur": true, "avec": true,
	"the": true, "of": true, "and": true, "to": true, "in": true, "an": true, "for": true}

// split gives the words of a text in order.
func split(text string) []word {
	var list []word
	var after rune // the character before the word
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			after = r
			i += size
			continue
		}
		start := i
		for i < len(text) {
			if r, size = utf8.DecodeRuneInString(text[i:]); !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r) {
				break
			}
			i += size
		}
		raw := text[start:i]
		w := word{start: start, end: i, small: short(strings.ToLower(raw))}
		w.folded = short(fold(w.small))
		isElided := elided[w.folded] && i < len(text) && apostrophe(r)
		isEnding := apostrophe(after) && (w.folded == "s" || w.folded == "t") // "company's"
		if w.folded != "" && !isElided && !isEnding {
			list = append(list, w)
		}
	}
	return list
}

func apostrophe(r rune) bool { return r == '\'' || r == '’' || r == 'ʼ' }

func short(s string) string {
	if len(s) <= maxWord {
		return s
	}
	return strings.ToValidUTF8(s[:maxWord], "")
}

var ligatures = strings.NewReplacer("œ", "oe", "æ", "ae", "ß", "ss", "ø", "o", "ł", "l")

// fold takes the accents off a small word and keeps letters and digits only.
func fold(s string) string {
	plain := true
	for i := range len(s) {
		plain = plain && s[i] < utf8.RuneSelf
	}
	if plain {
		return s
	}
	var b strings.Builder
	for _, r := range norm.NFKD.String(ligatures.Replace(s)) {
		if r = unicode.ToLower(r); unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// stems calls add for each of the stems of a word: French and English, of the word as written and
// of the word without accents, since many type without.
func (w word) stems(add func(string)) {
	if w.folded[0] >= '0' && w.folded[0] <= '9' {
		add(w.folded)
		return
	}
	env := snowballstem.NewEnv(w.folded)
	french.Stem(env)
	add(env.Current())
	env = snowballstem.NewEnv(w.folded)
	english.Stem(env)
	add(env.Current())
	if w.small != w.folded {
		env = snowballstem.NewEnv(w.small)
		french.Stem(env)
		add(fold(env.Current()))
	}
}

// Marks tell the tokens of one entry apart. They are letters to FTS5's "ascii" tokenizer, as all
// that is not ASCII, and never part of a word.
const (
	markStem  = "§"
	markTitle = "†" // before the others: it stands in the title
	markKind  = "¤"
	markWall  = "¶"
	markBegin = "‡" // the first letters of a word of the title
	joint     = "·" // between two words that follow one another
)

// maxBag bounds the tokens of an entry, in bytes: PostgreSQL's tsvector ends at 1 MiB.
const maxBag = 700 << 10

// bag collects tokens, each once.
type bag struct {
	seen map[string]bool
	list []string
	size int

	plain []string // words as they are, which a beginning may become
}

func (b *bag) add(token string) {
	if b.seen[token] || b.size+len(token) > maxBag {
		return
	}
	b.seen[token] = true
	b.list = append(b.list, token)
	b.size += len(token) + 1
}

// words adds the words of a text, each with its stems, under each of the marks.
func (b *bag) words(list []word, marks ...string) {
	for _, w := range list {
		if common[w.folded] || b.seen[marks[0]+w.folded] {
			continue
		}
		for _, m := range marks {
			b.add(m + w.folded)
		}
		b.plain = append(b.plain, w.folded)
		w.stems(func(s string) {
			for _, m := range marks {
				b.add(m + markStem + s)
			}
		})
	}
}

// pairs adds words that follow one another, for phrases.
func (b *bag) pairs(mark string, list []word) {
	for i := 1; i < len(list); i++ {
		b.add(mark + list[i-1].folded + joint + list[i].folded)
	}
}

// bag gives all that an entry is found by.
func (e Entry) bag() bag {
	b := bag{seen: map[string]bool{}}
	b.add(markKind + plainToken(e.Kind))
	for _, w := range e.Walls {
		b.add(markWall + plainToken(w))
	}
	title, sub := split(e.Title), split(e.Sub)
	b.words(title, markTitle, "")
	b.words(sub, markTitle, "")
	b.beginnings(title)
	b.beginnings(sub)
	for _, m := range []string{markTitle, ""} {
		b.pairs(m, title)
		b.pairs(m, sub)
	}
	b.words(split(e.Text), "")
	b.pairs("", split(body(e.Text)))
	return b
}

// body is what is stored of a text.
func body(text string) string { return strings.TrimSpace(cut(text, maxBody)) }

// plainToken writes a name in small ASCII letters and digits, each name in its own way.
func plainToken(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; c >= 'a' && c <= 'z' || c >= '0' && c <= '9' {
			b.WriteByte(c)
			continue
		}
		const digits = "0123456789abcdef"
		b.WriteString(joint)
		b.WriteByte(digits[s[i]>>4])
		b.WriteByte(digits[s[i]&15])
	}
	return b.String()
}
