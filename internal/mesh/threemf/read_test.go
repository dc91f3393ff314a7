package threemf

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"bassin/internal/mesh"
)

const (
	points  = `<vertices><vertex x="0" y="0" z="0"/><vertex x="1" y="0" z="0"/><vertex x="0" y="1" z="0"/><vertex x="0" y="0" z="1"/></vertices>`
	faces   = `<triangles><triangle v1="0" v2="2" v3="1"/><triangle v1="0" v2="1" v3="3"/><triangle v1="1" v2="2" v3="3"/><triangle v1="0" v2="3" v3="2"/></triangles>`
	tetra   = `<mesh>` + points + faces + `</mesh>`
	head    = `<?xml version="1.0" encoding="UTF-8"?><model xmlns="` + coreSpace + `" xmlns:p="` + productionSpace + `" xmlns:m="` + materialSpace + `" unit="inch">`
	oneItem = `<build><item objectid="1"/></build></model>`
)

// object is one of a number, with attributes.
func tetraObject(id int, more string) string {
	return fmt.Sprintf(`<object id="%d"%s>%s</object>`, id, more, tetra)
}

func model(resources, build string) string {
	return head + `<resources>` + resources + `</resources><build>` + build + `</build></model>`
}

func read(t testing.TB, members map[string]string) (*mesh.Model, error) {
	data := zipOf(t, members)
	return Read(bytes.NewReader(data), int64(len(data)), mesh.Limits{Triangles: 1000, Bytes: 64 << 20})
}

func readModel(t testing.TB, text string) (*mesh.Model, error) {
	return read(t, map[string]string{"3D/3dmodel.model": text})
}

// said is what a model holds, in few words: names, where the corner (1, 0, 0) comes to, plates, notes.
func said(m *mesh.Model) string {
	var b strings.Builder
	for _, o := range m.Objects {
		fmt.Fprintf(&b, "%s%v", o.Name, o.Place.Apply(mesh.Vec{X: 1}))
		if len(o.Mesh.Triangles) != 4 {
			fmt.Fprintf(&b, "×%d", len(o.Mesh.Triangles))
		}
		if o.Plate > 0 {
			fmt.Fprintf(&b, "@%d", o.Plate)
		}
		b.WriteString(" ")
	}
	for _, n := range m.Notes {
		b.WriteString(n.Key)
		if c, ok := n.Args["count"]; ok {
			fmt.Fprintf(&b, "=%v", c)
		}
		b.WriteString(" ")
	}
	return strings.TrimSpace(b.String())
}

func TestRead(t *testing.T) {
	const right = ` transform="1 0 0 0 1 0 0 0 1 10 0 0"`
	const grow = ` transform="2 0 0 0 2 0 0 0 2 0 0 0"`
	for name, c := range map[string]struct{ text, want string }{
		"an object placed twice": {model(tetraObject(1, ` name="A"`), `<item objectid="1"/><item objectid="1"`+right+`/>`), "A{1 0 0} A{11 0 0}"},
		"components of components: the inner place first": {model(tetraObject(1, "")+
			`<object id="2" name="pair"><components><component objectid="1"`+right+`/></components></object>`+
			`<object id="3"><components><component objectid="2"`+grow+`/><component objectid="1"/></components></object>`,
			`<item objectid="3"`+right+`/>`), "pair{32 0 0} {11 0 0}"},
		"what is not built":        {model(tetraObject(1, ` name="A"`)+tetraObject(2, ""), `<item objectid="1"/>`), "A{1 0 0}"},
		"supports and others":      {model(tetraObject(1, "")+tetraObject(2, ` type="support"`)+tetraObject(3, ` type="other"`), `<item objectid="1"/><item objectid="2"/><item objectid="3"/>`), "{1 0 0} supports-left-out=1 modifiers-left-out=1"},
		"no build":                 {head + `<resources>` + tetraObject(1, ` name="A"`) + `<object id="2"><components><component objectid="1"/></components></object></resources></model>`, "A{1 0 0} no-build"},
		"an object not given":      {model(tetraObject(1, ""), `<item objectid="1"/><item objectid="9"/>`), "{1 0 0} object-missing=1"},
		"a transform that is none": {model(tetraObject(1, ""), `<item objectid="1" transform="1 0 0"/>`), "{1 0 0} transform-unreadable=1"},
		"off the plate":            {model(tetraObject(1, ""), `<item objectid="1" printable="0"/><item objectid="1"`+right+`/>`), "{11 0 0} not-printed-left-out=1"},
		"all off the plate":        {model(tetraObject(1, ""), `<item objectid="1" printable="0"/>`), "{1 0 0}"},
		"colours":                  {model(`<m:colorgroup id="5"><m:color color="#FF0000"/></m:colorgroup>`+tetraObject(1, ` pid="5" pindex="0"`), `<item objectid="1"/>`), "{1 0 0} colours-left-out"},
		"a unit that is none":      {strings.Replace(model(tetraObject(1, ""), `<item objectid="1"/>`), `"inch"`, `"furlong"`, 1), "{1 0 0} unit-unknown"},
		"a byte order mark, CDATA, comments": {"\xEF\xBB\xBF" + strings.Replace(model(tetraObject(1, ""), `<item objectid="1"/>`), "<resources>",
			"<!-- a > b --><metadata name=\"Title\"><![CDATA[<Tour>]]> &amp; co</metadata>\r\n<resources>", 1), "{1 0 0}"},
		"beams": {model(`<object id="1"><mesh>`+points+`<b:beamlattice xmlns:b="`+beamSpace+`"><b:beams><b:beam v1="0" v2="1"/></b:beams></b:beamlattice></mesh></object>`,
			`<item objectid="1"/>`), "{1 0 0}×0 beam-lattice-left-out=1"},
		"slices": {model(`<s:slicestack xmlns:s="`+sliceSpace+`" id="7"><s:slice ztop="1"/></s:slicestack>`+tetraObject(1, ""), `<item objectid="1"/>`), "{1 0 0} slices-left-out"},
	} {
		t.Run(name, func(t *testing.T) {
			m, err := readModel(t, c.text)
			if err != nil {
				t.Fatal(err)
			}
			if got := said(m); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestReadUnitAndTitle(t *testing.T) {
	m, err := readModel(t, strings.Replace(model(tetraObject(1, ""), `<item objectid="1"/>`), "<resources>", `<metadata name="Title">Carter &#233;</metadata><resources>`, 1))
	if err != nil {
		t.Fatal(err)
	}
	if m.Unit != mesh.Inch || m.Name != "Carter é" || m.Format != "3mf" {
		t.Errorf("unit %q, name %q, format %q", m.Unit, m.Name, m.Format)
	}
}

// Every way to write the same mesh is the same mesh: the fast reader leaves what it does not know to the slow one.
func TestReadForms(t *testing.T) {
	plain, err := readModel(t, model(tetraObject(1, ""), `<item objectid="1"/>`))
	if err != nil {
		t.Fatal(err)
	}
	all := head + `<resources>` + tetraObject(1, "") + `</resources>` + oneItem
	for name, text := range map[string]string{
		"single quotes":      strings.NewReplacer(`x="1"`, `x='1'`, `v1="0"`, `v1='0'`).Replace(all),
		"other order":        strings.NewReplacer(`v1="0" v2="2" v3="1"`, `v3="1" v1="0" v2="2"`, `x="1" y="0" z="0"`, `z="0" y="0" x="1"`).Replace(all),
		"spaces":             strings.NewReplacer(`x="1"`, "\n x = \" 1 \"", `v1="0"`, "\tv1 =\n\"0\" ", `"/>`, `" />`).Replace(all),
		"ends apart":         strings.NewReplacer(`z="0"/>`, `z="0"></vertex>`, `v3="1"/>`, `v3="1"></triangle>`).Replace(all),
		"numbers":            strings.NewReplacer(`x="1"`, `x="+10.0E-1"`, `y="1"`, `y="1."`, `z="1"`, `z=".01e2"`, `v3="3"`, `v3="000000000000003"`).Replace(all),
		"more attributes":    strings.NewReplacer(`x="1"`, `x="1" p:note="&gt;"`, `v1="0"`, `p:UUID="a" v1="0"`).Replace(all),
		"comments":           strings.NewReplacer(`<vertex x="1"`, `<!-- one --><vertex x="1"`, `<triangle v1="1"`, `<?pi ?><triangle v1="1"`).Replace(all),
		"a prefix":           "<?xml version='1.0'?>" + strings.NewReplacer(`<?xml version="1.0" encoding="UTF-8"?>`, "", "xmlns=", "xmlns:c=", "</", "</c:", "<", "<c:").Replace(all),
		"a default put back": strings.NewReplacer(`<mesh>`, `<c:mesh xmlns:c="`+coreSpace+`" xmlns="urn:other">`, `</mesh>`, `</c:mesh>`, `<vert`, `<c:vert`, `<tri`, `<c:tri`, `</vert`, `</c:vert`, `</tri`, `</c:tri`).Replace(all),
		"triangles first":    strings.Replace(all, points+faces, faces+points, 1),
		"properties":         strings.Replace(strings.NewReplacer(`v3="1"/>`, `v3="1" pid="5" p1="0" p2="0" p3="0"/>`).Replace(all), `<resources>`, `<resources><basematerials id="5"><base name="a" displaycolor="#112233"/></basematerials>`, 1),
	} {
		t.Run(name, func(t *testing.T) {
			text = strings.ReplaceAll(text, "</c:c:", "</c:")
			m, err := readModel(t, text)
			if err != nil {
				t.Fatalf("%v\n%s", err, text)
			}
			if got, want := fmt.Sprint(*m.Objects[0].Mesh), fmt.Sprint(*plain.Objects[0].Mesh); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

// A long mesh, with an odd element at every place a piece of the file may end.
func TestReadLong(t *testing.T) {
	var b strings.Builder
	b.WriteString(head + `<resources><object id="1"><mesh><vertices>`)
	const n = 30_000
	for i := range n {
		if i%1000 == 7 {
			fmt.Fprintf(&b, "<vertex x='%d' y=\"0\" z=\"0\"%s></vertex>", i, strings.Repeat(" ", 600))
		} else {
			fmt.Fprintf(&b, "\n<vertex x=\"%d\" y=\"0\" z=\"0\"/>", i)
		}
	}
	b.WriteString(`</vertices><triangles><triangle v1="0" v2="1" v3="29999"/></triangles></mesh></object></resources>` + oneItem)
	m, err := readModel(t, b.String())
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Objects[0].Mesh.Points) != n {
		t.Fatalf("%d points", len(m.Objects[0].Mesh.Points))
	}
	for i, p := range m.Objects[0].Mesh.Points {
		if p.X != float64(i) {
			t.Fatalf("point %d is %v", i, p)
		}
	}
}

// An object in another part: its unit, its components, and no paths of its own (production 2).
func TestReadParts(t *testing.T) {
	inner := strings.Replace(model(tetraObject(1, ` name="inner"`)+`<object id="2"><components><component objectid="1" p:path="/3D/3dmodel.model"/></components></object>`, ""), `"inch"`, `"centimeter"`, 1)
	root := strings.Replace(model(`<object id="1"><components><component p:path="/3D/Objects/A%20b.model" objectid="2"/></components></object>`,
		`<item objectid="1"/><item p:path="/3d/objects/a b.MODEL" objectid="1" transform="1 0 0 0 1 0 0 0 1 0 5 0"/><item p:path="/../x" objectid="1"/>`), `"inch"`, `"millimeter"`, 1)
	m, err := read(t, map[string]string{"3D/3dmodel.model": root, "3D/Objects/A b.model": inner})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := said(m), "inner{10 0 0} inner{10 5 0} object-missing=1"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestReadProjects(t *testing.T) {
	bambu := `<config><object id="3"><metadata key="name" value="Boat"/>` +
		`<part id="1" subtype="normal_part"><metadata key="name" value="Hull"/></part>` +
		`<part id="2" subtype="modifier_part"><metadata key="name" value="Cube"/></part>` +
		`<part id="4" subtype="negative_part"/></object>` +
		`<plate><metadata key="plater_id" value="1"/><model_instance><metadata key="object_id" value="3"/><metadata key="instance_id" value="1"/></model_instance></plate>` +
		`<plate><metadata key="plater_id" value="2"/><model_instance><metadata key="object_id" value="3"/><metadata key="instance_id" value="0"/></model_instance></plate></config>`
	m, err := read(t, map[string]string{"Metadata/model_settings.config": bambu, "3D/3dmodel.model": model(tetraObject(1, "")+tetraObject(2, "")+tetraObject(4, "")+
		`<object id="3"><components><component objectid="1"/><component objectid="2"/><component objectid="4"/></components></object>`,
		`<item objectid="3"/><item objectid="3" transform="1 0 0 0 1 0 0 0 1 9 0 0"/>`)})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := said(m), "Hull{1 0 0}@2 Hull{10 0 0}@1 modifiers-left-out=2 negatives-left-out=2"; got != want {
		t.Errorf("Bambu Studio: got %s, want %s", got, want)
	}
	prusa := `<config><object id="1"><metadata type="object" key="name" value="Boat"/>` +
		`<volume firstid="0" lastid="1"><metadata type="volume" key="name" value="Hull"/><metadata type="volume" key="volume_type" value="ModelPart"/></volume>` +
		`<volume firstid="2" lastid="2"><metadata type="volume" key="volume_type" value="SupportBlocker"/></volume>` +
		`<volume firstid="3" lastid="99"><metadata type="volume" key="modifier" value="1"/></volume></object></config>`
	m, err = read(t, map[string]string{"Metadata/Slic3r_PE_model.config": prusa, "3D/3dmodel.model": model(tetraObject(1, ""), `<item objectid="1"/>`)})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := said(m), "Boat{1 0 0}×3 modifiers-left-out=1"; got != want {
		t.Errorf("PrusaSlicer: got %s, want %s", got, want)
	}
	m, err = read(t, map[string]string{"Metadata/model_settings.config": "<config>", "3D/3dmodel.model": model(tetraObject(1, ""), `<item objectid="1"/>`)})
	if err != nil || said(m) != "{1 0 0} settings-unreadable" {
		t.Errorf("settings that are cut: %v, %v", m, err)
	}
}

func TestReadWithoutRelationships(t *testing.T) {
	m, err := read(t, map[string]string{"_rels/.rels": "", typesPart: "", "3D/3DModel.model": model(tetraObject(1, ""), `<item objectid="1"/>`)})
	if err != nil || said(m) != "{1 0 0} relationship-missing" {
		t.Errorf("got %v, %v", m, err)
	}
}

func TestReadRefuses(t *testing.T) {
	bomb := model("", "") + strings.Repeat(" ", 17<<20)
	laughs := tetraObject(1, "")
	for i := 2; i < 30; i++ {
		laughs += fmt.Sprintf(`<object id="%d"><components>%s</components></object>`, i, strings.Repeat(fmt.Sprintf(`<component objectid="%d"/>`, i-1), 10))
	}
	hollow := strings.Replace(laughs, tetra, "<components/>", 1)
	circle := `<object id="1"><components><component objectid="2"/></components></object><object id="2"><components><component objectid="1"/></components></object>`
	one := model(tetraObject(1, ""), `<item objectid="1"/>`)
	for name, c := range map[string]struct {
		text string
		key  string
	}{
		"a document type":               {strings.Replace(one, "<model", `<!DOCTYPE model [<!ENTITY a "aaaa">]><model`, 1), "xml-dtd"},
		"an unknown entity":             {strings.Replace(one, "<resources>", `<metadata name="Title">&a;</metadata><resources>`, 1), "xml"},
		"another encoding":              {strings.Replace(one, "UTF-8", "ISO-8859-1", 1), "xml-encoding"},
		"bytes that are no UTF-8":       {strings.Replace(one, "<resources>", "<metadata name=\"Title\">\xE9</metadata><resources>", 1), "xml-encoding"},
		"tags that cross":               {strings.Replace(one, "</resources>", "</object></resources>", 1), "xml"},
		"two roots":                     {one + "<model/>", "xml"},
		"an attribute twice":            {strings.Replace(one, `x="1"`, `x="1" x="2"`, 1), "xml"},
		"ends early":                    {one[:len(one)-60], "truncated"},
		"ends in the corners":           {one[:strings.Index(one, "</vertices>")], "truncated"},
		"another root":                  {"<html/>", "no-model"},
		"nothing":                       {" ", "truncated"},
		"a corner not given":            {strings.Replace(one, `v3="3"`, `v3="4"`, 1), "index"},
		"a corner before the first":     {strings.Replace(one, `v3="3"`, `v3="-1"`, 1), "index"},
		"no third corner":               {strings.Replace(one, `v3="3"`, ``, 1), "index"},
		"no number":                     {strings.Replace(one, `x="1"`, `x="one"`, 1), "number"},
		"an infinity":                   {strings.Replace(one, `x="1"`, `x="1e999"`, 1), "number"},
		"two coordinates":               {strings.Replace(one, `z="1"`, ``, 1), "number"},
		"a circle":                      {model(circle, `<item objectid="1"/>`), "component-circle"},
		"ten to the 28th":               {model(laughs, `<item objectid="29"/>`), "limit"},
		"as many of nothing":            {model(hollow, `<item objectid="29"/>`), "limit"},
		"more triangles than are taken": {strings.Replace(one, "<triangles>", "<triangles>"+strings.Repeat(`<triangle v1="0" v2="1" v3="2"/>`, 1000), 1), "limit"},
		"no triangle":                   {strings.Replace(one, faces, "<triangles/>", 1), "no-surface"},
		"an archive bomb":               {bomb, "zip-bomb"},
		"a name that never ends":        {strings.Replace(one, "<resources>", "<"+strings.Repeat("a", 17<<20)+">", 1), "zip-bomb"},
		"levels without end":            {strings.Replace(one, "<resources>", strings.Repeat("<p:a>", 100), 1), "xml"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := readModel(t, c.text)
			var fault *mesh.FileError
			if !errors.As(err, &fault) || fault.Key != c.key {
				t.Errorf("got %v, want %s", err, c.key)
			}
		})
	}
	for name, members := range map[string]map[string]string{
		"no-model":   {"other.txt": "x"},
		"zip-bomb":   {"3D/3dmodel.model": one, "Metadata/model_settings.config": bomb},
		"truncated":  {"3D/3dmodel.model": one, "_rels/.rels": "<Relationships>"},
		"xml-prefix": {"3D/3dmodel.model": strings.Replace(one, "<resources>", "<q:a/><resources>", 1)},
	} {
		var fault *mesh.FileError
		if _, err := read(t, members); !errors.As(err, &fault) || fault.Key != name {
			t.Errorf("got %v, want %s", err, name)
		}
	}
	data := zipOf(t, map[string]string{"3D/3dmodel.model": one})
	var fault *mesh.FileError
	if _, err := Read(bytes.NewReader(data[:len(data)-40]), int64(len(data)-40), mesh.DefaultLimits); !errors.As(err, &fault) || fault.Key != "archive" {
		t.Errorf("a cut archive: %v", err)
	}
}
