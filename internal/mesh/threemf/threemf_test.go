package threemf

import (
	"archive/zip"
	"bytes"
	"sort"
	"testing"
)

const typesXML = `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="` + relsType +
	`"/><Default Extension="model" ContentType="` + modelType + `"/><Default Extension="config" ContentType="text/xml"/></Types>`

const relsXML = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" Target="/3D/3dmodel.model" Type="` +
	modelRel + `"/></Relationships>`

// zipOf packs members, with the two that every package has unless they are given.
func zipOf(t testing.TB, members map[string]string) []byte {
	t.Helper()
	all := map[string]string{typesPart: typesXML, "_rels/.rels": relsXML}
	for name, text := range members {
		all[name] = text
	}
	var names []string
	for name := range all {
		names = append(names, name)
	}
	sort.Strings(names)
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range names {
		if all[name] == "" {
			continue
		}
		out, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := out.Write([]byte(all[name])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
