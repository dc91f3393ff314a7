package additive

import (
	"fmt"
	"math"
	"strings"

	"bassin/internal/mesh"
	"bassin/internal/web"
)

// What the geometry of a part says by keys, in words: pages, the API and the command line say it in the same.

// FindingText says what was found.
func FindingText(v *web.View, key string, args map[string]any) string {
	return v.TArgs("part.finding."+key, spoken(v, args))
}

// NoteText says what was noted while a file was read.
func NoteText(v *web.View, key string, args map[string]any) string {
	if text := "part.note." + key; web.Known(text) {
		return v.TArgs(text, spoken(v, args))
	}
	return v.T("part.note.other", "key", key)
}

// FaultText says why a file could not be read.
func FaultText(v *web.View, f *mesh.FileError) string {
	text := v.T("part.error.other", "key", f.Key)
	if key := "part.error." + f.Key; web.Known(key) {
		text = v.TArgs(key, spoken(v, f.Args))
	}
	if f.Line > 0 {
		text += " " + v.T("part.line", "line", f.Line)
	}
	return text
}

// spoken makes of values what a sentence needs: lengths as text, units by their name. Counts that come from JSON are whole
// numbers again.
func spoken(v *web.View, args map[string]any) map[string]any {
	said := map[string]any{}
	for name, value := range args {
		switch x := value.(type) {
		case float64:
			if value = Length(v, x); !strings.HasSuffix(name, "_mm") && x == math.Trunc(x) {
				value = int64(x)
			}
		case string:
			if name == "unit" && web.Known("part.unit."+x) {
				value = v.T("part.unit." + x)
			}
		}
		said[name] = value
	}
	return said
}

// Length writes a measure with four digits that count, and no more decimals than a micron's.
func Length(v *web.View, x float64) string {
	switch a := math.Abs(x); {
	case a == 0:
		return "0"
	case a < 1e-6 || a >= 1e15:
		return fmt.Sprintf("%.3g", x)
	case a < 0.1:
		return v.Decimal(x, 6)
	case a < 100:
		return v.Decimal(x, 3)
	}
	return v.Decimal(x, 1)
}
