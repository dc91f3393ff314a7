package threemf

import (
	"bytes"
	"strings"
	"testing"

	"bassin/internal/mesh"
)

func keys(t *testing.T, members map[string]string) string {
	t.Helper()
	data := zipOf(t, members)
	findings, err := Validate(bytes.NewReader(data), int64(len(data)), mesh.Limits{Triangles: 1000, Bytes: 64 << 20})
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, f := range findings {
		if f.Clause == "" {
			t.Errorf("%s has no clause", f.Key)
		}
		all = append(all, f.Key)
	}
	return strings.Join(all, " ")
}

func TestValidateModel(t *testing.T) {
	const base = `<basematerials id="5"><base name="a" displaycolor="#112233"/><base name="b" displaycolor="#112233FF"/></basematerials>`
	item := `<item objectid="1"/>`
	one := model(tetraObject(1, ""), item)
	coloured := strings.Replace(model(base+tetraObject(1, ` pid="5" pindex="0"`), item), `v3="1"/>`, `v3="1" pid="5" p1="1"/>`, 1)
	swap := func(text, from, to string) string {
		if !strings.Contains(text, from) {
			t.Fatalf("%q is not in the text", from)
		}
		return strings.Replace(text, from, to, 1)
	}
	for name, c := range map[string]struct{ text, want string }{
		"right":                      {one, ""},
		"right, with materials":      {coloured, ""},
		"a unit":                     {swap(one, "inch", "mile"), "unit"},
		"an attribute":               {swap(one, `<mesh>`, `<mesh kind="a">`), "attribute"},
		"an attribute of xml":        {swap(one, `<mesh>`, `<mesh xml:id="a">`), "attribute"},
		"an element":                 {swap(one, `<mesh>`, `<hole/><mesh>`), "element"},
		"text":                       {swap(one, `<mesh>`, `text<mesh>`), "text"},
		"text among the corners":     {swap(one, `<vertices>`, `<vertices>text`), "text"},
		"a required extension":       {swap(swap(one, ` unit=`, ` requiredextensions="q" unit=`), "xmlns:p", `xmlns:q="urn:q" xmlns:p`), "required-extension"},
		"a prefix not declared":      {swap(one, ` unit=`, ` requiredextensions="q" unit=`), "required-prefix"},
		"metadata without name":      {swap(one, `<resources>`, `<metadata>a</metadata><resources>`), "metadata-name-missing"},
		"metadata of a prefix":       {swap(one, `<resources>`, `<metadata name="p:a">a</metadata><metadata name="q:a">a</metadata><resources>`), "metadata-prefix"},
		"metadata too late":          {swap(one, `<build>`, `<metadata name="Title">a</metadata><build>`), "order"},
		"materials too late":         {swap(one, `</resources>`, base+`</resources>`), "order"},
		"identifier zero":            {swap(one, `id="1"`, `id="0"`), "id object-unknown"},
		"a mesh and components":      {swap(one, `</mesh>`, `</mesh><components><component objectid="1"/></components>`), "component-unknown object-shape"},
		"no mesh":                    {model(`<object id="1"/>`, item), "object-shape"},
		"a component too early":      {model(`<object id="2"><components><component objectid="1"/></components></object>`+tetraObject(1, ""), item), "component-unknown"},
		"no components":              {model(tetraObject(1, "")+`<object id="2"><components/></object>`, item), "no-components"},
		"components with a property": {model(base+tetraObject(1, "")+`<object id="2" pid="5" pindex="0"><components><component objectid="1"/></components></object>`, item), "components-with-property"},
		"three triangles":            {swap(one, `<triangle v1="0" v2="3" v3="2"/>`, ``), "too-few-triangles"},
		"corners that are one":       {swap(one, `v1="0" v2="2"`, `v1="2" v2="2"`), "corners-equal"},
		"a property not there":       {swap(coloured, `p1="1"`, `p1="2"`), "property-index"},
		"a group not there":          {swap(coloured, `pid="5" p1`, `pid="6" p1`), "property-group-unknown"},
		"a gradient of materials":    {swap(coloured, `p1="1"`, `p1="1" p2="0"`), "material-gradient"},
		"no property of the object":  {swap(coloured, ` pindex="0"`, ``), "object-property-missing"},
		"no material":                {swap(coloured, `<base name="a" displaycolor="#112233"/><base name="b" displaycolor="#112233FF"/>`, ``), "group-empty property-index property-index"},
		"a colour":                   {swap(coloured, `#112233"`, `red"`), "colour"},
		"a transform":                {swap(one, `<item `, `<item transform="1 0 0 0 1 0 0 0 1 0 0 x" `), "transform"},
		"a transform of thirteen":    {swap(one, `<item `, `<item transform="1 0 0 0 1 0 0 0 1 0 0 0 0" `), "transform"},
		"a number without end":       {swap(one, `x="1"`, `x="1."`), "number"},
		"a thumbnail not there":      {model(tetraObject(1, ` thumbnail="/a.png"`), item), "thumbnail"},
		"an object that is other":    {model(tetraObject(1, ` type="other"`)+`<object id="2"><components><component objectid="1"/></components></object>`, `<item objectid="2"/>`), "other-built"},
		"a path that is not there":   {model(tetraObject(1, ""), `<item objectid="1" p:path="3D/x.model"/>`), "path-not-absolute path-missing"},
		"no UUID":                    {swap(one, ` unit=`, ` requiredextensions="p" unit=`), "uuid-missing uuid-missing uuid-missing"},
		"a texture":                  {model(`<m:texture2d id="9" path="/a.png" contenttype="image/gif" tilestyleu="x"/>`+tetraObject(1, ""), item), "texture-type texture-missing tilestyle"},
		"a composite":                {model(base+`<m:compositematerials id="6" matid="5" matindices="0 2"><m:composite values="1 2"/></m:compositematerials>`+tetraObject(1, ""), item), "list-value list-value"},
		"a material on top":          {model(base+`<m:colorgroup id="6"><m:color color="#000000"/></m:colorgroup><m:multiproperties id="7" pids="6 5" blendmethods="mix mix"><m:multi/></m:multiproperties>`+tetraObject(1, ""), item), "multi-material-first blendmethods list-missing"},
		"not XML":                    {"<model", "truncated"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := keys(t, map[string]string{"3D/3dmodel.model": c.text}); got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

func TestValidatePackage(t *testing.T) {
	one := model(tetraObject(1, ""), `<item objectid="1"/>`)
	link := func(target, kind, id string) string {
		return strings.Replace(relsXML, "</", `<Relationship Id="`+id+`" Target="`+target+`" Type="`+kind+`"/></`, 1)
	}
	for name, c := range map[string]struct {
		members map[string]string
		want    string
	}{
		"no types":               {map[string]string{typesPart: ""}, "no-content-types no-content-type no-content-type model-type"},
		"a part without type":    {map[string]string{"a.webp": "x"}, "no-content-type"},
		"a way up":               {map[string]string{"../a.model": "x"}, "part-name"},
		"a drive":                {map[string]string{`C:\a.model`: "x"}, "part-name"},
		"one name by case":       {map[string]string{"3d/3DMODEL.model": "x"}, "part-twice"},
		"an identifier twice":    {map[string]string{"_rels/.rels": link("/3D/3dmodel.model", "urn:other", "r")}, "relationship-id"},
		"a thumbnail not there":  {map[string]string{"_rels/.rels": link("/a.png", thumbnailRel, "s")}, "relationship-target"},
		"a thumbnail of a model": {map[string]string{"_rels/.rels": link("/3D/3dmodel.model", thumbnailRel, "s")}, "thumbnail-type"},
		"a thumbnail elsewhere":  {map[string]string{"_rels/.rels": link("http://example.org/a.png", thumbnailRel, "s")}, "relationship-external"},
		"the model twice":        {map[string]string{"_rels/.rels": link("3D/3dmodel.model", modelRel, "s")}, "relationship-twice start-part"},
	} {
		t.Run(name, func(t *testing.T) {
			c.members["3D/3dmodel.model"] = one
			if got := keys(t, c.members); got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
	cut, err := Validate(strings.NewReader("PK\x03\x04"), 4, mesh.DefaultLimits)
	if err != nil || len(cut) != 1 || cut[0].Key != "archive" {
		t.Errorf("a cut archive: %v, %v", cut, err)
	}
}

// However many rules a file breaks, only so many findings are kept.
func TestValidateKeepsFew(t *testing.T) {
	text := strings.Replace(model(tetraObject(1, ""), `<item objectid="1"/>`), "<triangles>", "<triangles>"+strings.Repeat(`<triangle v1="1" v2="1" v3="1"/>`, 900), 1)
	if got := strings.Count(keys(t, map[string]string{"3D/3dmodel.model": text}), "corners-equal"); got != maxFindings {
		t.Errorf("%d findings", got)
	}
}

func FuzzModel(f *testing.F) {
	for _, seed := range []string{model(tetraObject(1, ""), `<item objectid="1"/>`),
		model(`<m:multiproperties id="7" pids="6 5"><m:multi pindices="0"/></m:multiproperties><object id="2"><components><component objectid="1" transform="1 0 0 0 1 0 0 0 1 0 0 0"/></components></object>`, `<item objectid="2" p:path="/3D/3dmodel.model"/>`)} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) == 0 {
			return
		}
		data := zipOf(t, map[string]string{"3D/3dmodel.model": string(text)})
		try(t, data)
	})
}

func FuzzRead(f *testing.F) {
	f.Add(zipOf(f, map[string]string{"3D/3dmodel.model": model(tetraObject(1, ""), `<item objectid="1"/>`)}))
	f.Fuzz(try)
}

// try reads and checks whatever it is given: errors have keys, triangles have corners, limits hold.
func try(t *testing.T, data []byte) {
	limits := mesh.Limits{Triangles: 1000, Bytes: 1 << 20}
	if _, err := Validate(bytes.NewReader(data), int64(len(data)), limits); err != nil && !strings.Contains(err.Error(), "limit") {
		t.Fatalf("checking: %v", err)
	}
	m, err := Read(bytes.NewReader(data), int64(len(data)), limits)
	if err != nil {
		if _, ok := err.(*mesh.FileError); !ok {
			t.Fatalf("an error without a key: %v", err)
		}
		return
	}
	total := 0
	for _, o := range m.Objects {
		total += len(o.Mesh.Triangles)
		for _, tri := range o.Mesh.Triangles {
			if int(max(tri[0], tri[1], tri[2])) >= len(o.Mesh.Points) {
				t.Fatalf("triangle %v of %d points", tri, len(o.Mesh.Points))
			}
		}
	}
	if total > 1000 {
		t.Fatalf("%d triangles", total)
	}
}
