package ical

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Parse reads one component, usually a VCALENDAR.
func Parse(text string) (*Component, error) {
	if len(text) > MaxBytes || !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return nil, fmt.Errorf("%w: too long, or not UTF-8", ErrSyntax)
	}
	p := &parser{rest: strings.TrimPrefix(text, "\ufeff")}
	l, ok, err := p.next()
	if err != nil || !ok || l.Name != "BEGIN" {
		return nil, fmt.Errorf("%w: it does not begin", ErrSyntax)
	}
	c, err := p.component(l.Value, 1)
	if err != nil {
		return nil, err
	}
	if _, more, err := p.next(); err != nil || more {
		return nil, fmt.Errorf("%w: something follows the end", ErrSyntax)
	}
	return c, nil
}

type parser struct {
	rest  string
	lines int
}

func (p *parser) component(name string, depth int) (*Component, error) {
	c := New(strings.ToUpper(strings.TrimSpace(name)))
	if c.Name == "" || depth > maxDepth || strings.ContainsAny(c.Name, ":;\"<>&") {
		return nil, fmt.Errorf("%w: component %q", ErrSyntax, c.Name)
	}
	for {
		l, ok, err := p.next()
		switch {
		case err != nil:
			return nil, err
		case !ok:
			return nil, fmt.Errorf("%w: %s does not end", ErrSyntax, c.Name)
		case l.Name == "BEGIN":
			part, err := p.component(l.Value, depth+1)
			if err != nil {
				return nil, err
			}
			c.Parts = append(c.Parts, part)
		case l.Name == "END":
			if !strings.EqualFold(strings.TrimSpace(l.Value), c.Name) {
				return nil, fmt.Errorf("%w: %s ends as %q", ErrSyntax, c.Name, l.Value)
			}
			return c, nil
		default:
			c.Lines = append(c.Lines, l)
		}
	}
}

// next reads a line that may go on behind a space; empty ones are passed over.
func (p *parser) next() (Line, bool, error) {
	for p.rest != "" {
		first, raw := p.cut()
		if first == "" {
			continue
		}
		var b strings.Builder
		b.WriteString(first)
		for p.rest != "" && (p.rest[0] == ' ' || p.rest[0] == '\t') {
			more, r := p.cut()
			b.WriteString(more[1:])
			raw += r
			if p.lines++; p.lines > maxLines {
				return Line{}, false, fmt.Errorf("%w: too many lines", ErrSyntax)
			}
		}
		if p.lines++; p.lines > maxLines {
			return Line{}, false, fmt.Errorf("%w: too many lines", ErrSyntax)
		}
		l, err := parseLine(b.String())
		l.raw = raw
		return l, true, err
	}
	return Line{}, false, nil
}

// cut takes the next line of the text; raw ends with CR LF whatever it ended with.
func (p *parser) cut() (line, raw string) {
	line, p.rest, _ = strings.Cut(p.rest, "\n")
	line = strings.TrimSuffix(line, "\r")
	return line, line + "\r\n"
}

func parseLine(s string) (Line, error) {
	end := strings.IndexAny(s, ":;")
	if end < 1 {
		return Line{}, fmt.Errorf("%w: line without a name", ErrSyntax)
	}
	l := Line{Name: strings.ToUpper(s[:end])}
	if strings.Trim(l.Name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") != "" {
		return l, fmt.Errorf("%w: name %q", ErrSyntax, l.Name)
	}
	for s = s[end:]; s[0] == ';'; {
		var p Param
		var err error
		if p, s, err = parseParam(s[1:]); err != nil {
			return l, err
		}
		if len(l.Params) == 50 {
			return l, fmt.Errorf("%w: too many parameters", ErrSyntax)
		}
		l.Params = append(l.Params, p)
	}
	l.Value = s[1:]
	return l, nil
}

// parseParam reads a parameter up to the ; or : that follows it, which rest begins with. Several
// values stay one, with their commas; quotes are dropped.
func parseParam(s string) (p Param, rest string, err error) {
	name, after, ok := strings.Cut(s, "=")
	if !ok || name == "" || strings.ContainsAny(name, ":;") {
		return p, "", fmt.Errorf("%w: parameter without a value", ErrSyntax)
	}
	p.Name = strings.ToUpper(name)
	quoted, value := false, strings.Builder{}
	for i := range len(after) {
		switch c := after[i]; {
		case c == '"':
			quoted = !quoted
		case !quoted && (c == ';' || c == ':'):
			p.Value = value.String()
			return p, after[i:], nil
		default:
			value.WriteByte(c)
		}
	}
	return p, "", fmt.Errorf("%w: line without a value", ErrSyntax)
}
