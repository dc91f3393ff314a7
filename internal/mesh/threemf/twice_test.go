package threemf

import (
	"archive/zip"
	"bytes"
	"errors"
	"strings"
	"testing"

	"bassin/internal/mesh"
)

// inOrder packs members in their order, of one name too.
func inOrder(t testing.TB, members ...[2]string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, m := range members {
		out, err := w.Create(m[0])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := out.Write([]byte(m[1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Two parts of one name are said; where they differ and are read, nobody can tell which is meant, and the file is refused.
func TestPartTwice(t *testing.T) {
	types, rels := [2]string{typesPart, typesXML}, [2]string{"_rels/.rels", relsXML}
	one, item := model(tetraObject(1, ""), `<item objectid="1"/>`), `<item objectid="1"/><item objectid="1"/>`
	two := model(tetraObject(1, ""), item)
	several := strings.Replace(relsXML, `</Relationships>`, `<Relationship Id="s" Target="/3D/other.model" Type="`+modelRel+`"/></Relationships>`, 1)
	again := strings.Replace(relsXML, `</Relationships>`, `<Relationship Id="s" Target="/3d/3DMODEL.model" Type="`+modelRel+`"/></Relationships>`, 1)
	const at = "3D/3dmodel.model"
	for name, c := range map[string]struct {
		members [][2]string
		want    string
	}{
		"once":                         {[][2]string{types, rels, {at, one}}, ""},
		"the model, another":           {[][2]string{types, rels, {at, one}, {at, two}}, "part-twice"},
		"the model, in other letters":  {[][2]string{types, rels, {at, one}, {"/3D/3DModel.MODEL", two}}, "part-twice"},
		"the model, by escapes":        {[][2]string{types, rels, {at, one}, {"3D/3d%6Dodel.model", two}}, "part-twice"},
		"the model, of the same bytes": {[][2]string{types, rels, {at, one}, {at, one}}, "note"},
		"the model, as long":           {[][2]string{types, rels, {at, one}, {at, strings.Replace(one, `unit="inch"`, `unit="foot"`, 1)}}, "part-twice"},
		"relationships":                {[][2]string{types, rels, {"_rels/.rels", several}, {at, one}}, "part-twice"},
		"what is not read":             {[][2]string{types, rels, {at, one}, {"a.png", "a"}, {"A.png", "b"}}, "note"},
		"two models named":             {[][2]string{types, {"_rels/.rels", several}, {at, one}, {"3D/other.model", two}}, "models-several"},
		"one of two is not there":      {[][2]string{types, {"_rels/.rels", several}, {at, one}}, ""},
		"one model named twice":        {[][2]string{types, {"_rels/.rels", again}, {at, one}}, ""},
	} {
		data := inOrder(t, c.members...)
		m, err := Read(bytes.NewReader(data), int64(len(data)), mesh.DefaultLimits)
		got := ""
		var fault *mesh.FileError
		switch {
		case errors.As(err, &fault):
			got = fault.Key
		case err != nil:
			got = err.Error()
		case len(m.Notes) == 1 && m.Notes[0].Key == "part-twice" && m.Notes[0].Args["count"] == 1:
			got = "note"
		case len(m.Notes) > 0:
			t.Errorf("%s: notes %v", name, m.Notes)
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
