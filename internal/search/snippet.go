package search

import (
	"strings"
	"unicode/utf8"
)

// Lengths of a snippet, in bytes: what stands before the first word found, and the whole.
const (
	snippetBefore = 60
	snippetWhole  = 240
)

// found tells which words of a text a query marks.
func (p parsed) found(list []word) []bool {
	marks := make([]bool, len(list))
	for _, t := range p.terms {
		if t.not {
			continue
		}
		if len(t.words) > 1 {
			for i := t.at(list, 0); i >= 0; i = t.at(list, i+1) {
				for j := range t.words {
					marks[i+j] = true
				}
			}
			continue
		}
		forms := map[string]bool{}
		begin := t.words[0].folded
		for _, f := range t.forms("") {
			forms[f.text] = true
			if s := strings.TrimPrefix(f.text, markStem); len(s) < len(begin) {
				begin = s
			}
		}
		begin = begin[:min(len(begin), 2)] // stemming every word of a long text would cost more than the search
		for i, w := range list {
			if marks[i] || !strings.HasPrefix(w.folded, begin) {
				continue
			}
			marks[i] = t.prefix && strings.HasPrefix(w.folded, t.words[0].folded) || forms[w.folded]
			w.stems(func(s string) { marks[i] = marks[i] || forms[markStem+s] })
		}
	}
	return marks
}

// marked cuts a text into pieces.
func (p parsed) marked(text string) []Piece {
	list := split(text)
	return pieces(text, 0, len(text), list, p.found(list))
}

// snippet gives the part of a text around the first word found, or its beginning.
func (p parsed) snippet(text string) []Piece {
	text = strings.Join(strings.Fields(text), " ")
	if text == "" {
		return nil
	}
	list := split(text)
	marks := p.found(list)
	start := 0
	for i, w := range list {
		if marks[i] {
			start = w.start
			break
		}
	}
	if start <= snippetBefore+20 {
		start = 0
	} else {
		start = after(text, start-snippetBefore)
	}
	end := len(text)
	if start+snippetWhole < end {
		end = start + snippetWhole
		if i := strings.LastIndexByte(text[start:end], ' '); i > snippetWhole/2 {
			end = start + i
		}
		for !utf8.RuneStart(text[end]) {
			end--
		}
	}
	out := pieces(text, start, end, list, marks)
	if start > 0 {
		out = append([]Piece{{Text: "… "}}, out...)
	}
	if end < len(text) {
		out = append(out, Piece{Text: " …"})
	}
	return out
}

// after gives the beginning of the first word after a place.
func after(text string, i int) int {
	if j := strings.IndexByte(text[i:min(len(text), i+40)], ' '); j >= 0 {
		return i + j + 1
	}
	for !utf8.RuneStart(text[i]) {
		i++
	}
	return i
}

// pieces cuts text[start:end]; words marked one after the other are one piece.
func pieces(text string, start, end int, list []word, marks []bool) []Piece {
	var out []Piece
	at := start
	for i := 0; i < len(list); i++ {
		if !marks[i] || list[i].start < start || list[i].end > end {
			continue
		}
		last := i
		for last+1 < len(list) && marks[last+1] && list[last+1].end <= end && strings.Trim(text[list[last].end:list[last+1].start], " -\u00a0’'") == "" {
			last++
		}
		if list[i].start > at {
			out = append(out, Piece{Text: text[at:list[i].start]})
		}
		out = append(out, Piece{Text: text[list[i].start:list[last].end], Mark: true})
		at, i = list[last].end, last
	}
	if at < end {
		out = append(out, Piece{Text: text[at:end]})
	}
	return out
}
