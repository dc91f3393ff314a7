package file

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"bassin/internal/fault"
)

// maxNameBytes is what the file systems in use take.
const maxNameBytes = 255

// CleanName makes a name that every system can keep, out of what a browser, a ZIP or a person
// gave: without folders, signs that are not seen and the names that Windows reserves; at most 255
// bytes, with its extension. Letters of all scripts and emoji stay. It is never empty.
func CleanName(name string) string {
	name = strings.ToValidUTF8(name, "\uFFFD")
	name = norm.NFC.String(name)
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case fault.Unseen(r):
			return -1
		case strings.ContainsRune(`<>:"|?*`, r):
			return '-'
		}
		return r
	}, name)
	name = strings.Join(strings.Fields(name), " ")
	name = strings.TrimLeft(strings.TrimRight(name, ". "), ". ")
	if name == "" {
		return "file"
	}
	if reserved(name) {
		name = "_" + name
	}
	return short(name)
}

// reserved: device names of Windows, alone or before an extension.
func reserved(name string) bool {
	stem, _, _ := strings.Cut(strings.ToUpper(name), ".")
	switch stem = strings.TrimRight(stem, " "); stem {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	rest, ok := strings.CutPrefix(stem, "COM")
	if !ok {
		rest, ok = strings.CutPrefix(stem, "LPT")
	}
	return ok && utf8.RuneCountInString(rest) == 1 && strings.Contains("0123456789¹²³", rest)
}

// short cuts the stem, not the extension, between two characters.
func short(name string) string {
	if len(name) <= maxNameBytes {
		return name
	}
	ext := ""
	if i := strings.LastIndexByte(name, '.'); i > 0 && len(name)-i <= 32 {
		ext = name[i:]
	}
	stem := name[:maxNameBytes-len(ext)]
	for !utf8.ValidString(stem) {
		stem = stem[:len(stem)-1]
	}
	return strings.TrimRight(stem, ". \u200d") + ext
}

// shown makes a name from inside a package fit for a message.
func shown(name string) string {
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || fault.Unseen(r) {
			return '\uFFFD'
		}
		return r
	}, strings.ToValidUTF8(name, "\uFFFD"))
	if r := []rune(name); len(r) > 80 {
		return string(r[:80]) + "…"
	}
	return name
}
