package account

import "strings"

// piece is a run of a mail's text, or a link in it.
type piece struct{ Text, URL string }

// paragraphs cuts a plain text at empty lines and finds its links.
func paragraphs(body string) [][]piece {
	var out [][]piece
	for part := range strings.SplitSeq(strings.TrimSpace(body), "\n\n") {
		var line []piece
		var words []string
		flush := func() {
			if len(words) > 0 {
				line = append(line, piece{Text: strings.Join(words, " ") + " "})
				words = nil
			}
		}
		for _, w := range strings.FieldsFunc(part, func(r rune) bool { return r == ' ' || r == '\n' }) {
			if strings.HasPrefix(w, "https://") || strings.HasPrefix(w, "http://") {
				flush()
				line = append(line, piece{Text: w, URL: w})
				continue
			}
			words = append(words, w)
		}
		flush()
		out = append(out, line)
	}
	return out
}
