package note

import (
	"strings"
	"testing"

	"bassin/internal/fault"
)

const sample = `{"type":"doc","content":[
 {"type":"heading","attrs":{"level":1},"content":[{"type":"text","text":"Essais & mesures"}]},
 {"type":"paragraph","content":[{"type":"text","text":"Vu avec "},{"type":"mention","attrs":{"id":"p1","name":"Ana <Roy>"}},{"type":"text","text":" : "},
  {"type":"text","text":"à 40 °C","marks":[{"type":"strong"},{"type":"em"}]},{"type":"hard_break"},{"type":"text","text":"voir la fiche","marks":[{"type":"link","attrs":{"href":"/projects/1"}}]}]},
 {"type":"check_list","content":[
  {"type":"check_item","attrs":{"checked":true},"content":[{"type":"paragraph","content":[{"type":"text","text":"fait"}]}]},
  {"type":"check_item","content":[{"type":"paragraph","content":[{"type":"text","text":"à faire"}]},{"type":"bullet_list","content":[{"type":"list_item","content":[{"type":"paragraph","content":[{"type":"text","text":"dedans"}]}]}]}]}]},
 {"type":"ordered_list","attrs":{"order":3},"content":[{"type":"list_item","content":[{"type":"paragraph","content":[{"type":"text","text":"trois"}]}]}]},
 {"type":"table","content":[
  {"type":"table_row","content":[{"type":"table_header","attrs":{"colspan":1,"rowspan":1,"colwidth":null},"content":[{"type":"paragraph","content":[{"type":"text","text":"pièce"}]}]},{"type":"table_header","content":[{"type":"paragraph"}]}]},
  {"type":"table_row","content":[{"type":"table_cell","attrs":{"colspan":2},"content":[{"type":"paragraph","content":[{"type":"text","text":"a|b"}]}]}]}]},
 {"type":"code_block","content":[{"type":"text","text":"x < 1\ny"}]},
 {"type":"blockquote","content":[{"type":"paragraph","content":[{"type":"text","text":"# pas un titre"}]}]},
 {"type":"horizontal_rule"}]}`

func TestMarkdown(t *testing.T) {
	n, err := Parse([]byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Join([]string{
		"# Essais \\& mesures", "",
		"Vu avec @Ana \\<Roy> : ***à 40 °C***\\", "[voir la fiche](</projects/1>)", "",
		"- [x] fait", "- [ ] à faire", "", "    - dedans", "",
		"3. trois", "",
		"| pièce |  |", "| --- | --- |", "| a\\|b |  |", "",
		"```", "x < 1", "y", "```", "",
		"> \\# pas un titre", "",
		"---", ""}, "\n")
	if got := n.Markdown(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestHTML(t *testing.T) {
	n, err := Parse([]byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	got := n.HTML("Fait", "À faire")
	for _, want := range []string{
		"<h2>Essais &amp; mesures</h2>",
		`<span class="b-at">@Ana &lt;Roy&gt;</span>`,
		"<strong><em>à 40 °C</em></strong><br>",
		`<a href="/projects/1" rel="noopener nofollow">voir la fiche</a>`,
		`<li class="done"><span class="b-pad-box" role="img" aria-label="Fait"></span><div><p>fait</p></div></li>`,
		`<ol start="3"><li><p>trois</p></li></ol>`,
		`<td colspan="2"><p>a|b</p></td>`,
		"<pre><code>x &lt; 1\ny</code></pre>",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	text := func(marks string) string {
		return `{"type":"doc","content":[{"type":"paragraph","content":[{"type":"text","text":"x","marks":` + marks + `}]}]}`
	}
	for name, doc := range map[string]string{
		"nothing":                   ``,
		"no document":               `{"type":"paragraph"}`,
		"a node that is not ours":   `{"type":"doc","content":[{"type":"script"}]}`,
		"a block inside a line":     `{"type":"doc","content":[{"type":"paragraph","content":[{"type":"table"}]}]}`,
		"a cell outside of a table": `{"type":"doc","content":[{"type":"table_cell"}]}`,
		"a document in itself":      `{"type":"doc","content":[{"type":"doc"}]}`,
		"a heading of level 9":      `{"type":"doc","content":[{"type":"heading","attrs":{"level":9}}]}`,
		"a mention of nobody":       `{"type":"doc","content":[{"type":"paragraph","content":[{"type":"mention"}]}]}`,
		"a mark that is not ours":   text(`[{"type":"onclick"}]`),
		"a link that runs":          text(`[{"type":"link","attrs":{"href":"javascript:alert(1)"}}]`),
		"a link that hides":         text(`[{"type":"link","attrs":{"href":"java\nscript:alert(1)"}}]`),
		"data":                      text(`[{"type":"link","attrs":{"href":"data:text/html,x"}}]`),
		"another host":              text(`[{"type":"link","attrs":{"href":"//evil.example"}}]`),
		"too deep":                  `{"type":"doc","content":[` + strings.Repeat(`{"type":"blockquote","content":[`, 60) + strings.Repeat(`]}`, 60) + `]}`,
		"too many":                  `{"type":"doc","content":[{"type":"paragraph"}` + strings.Repeat(`,{"type":"paragraph"}`, maxNodes) + `]}`,
	} {
		if _, err := Parse([]byte(doc)); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// What is taken in can be written out in every form, and never holds an element that is not ours.
func FuzzParse(f *testing.F) {
	f.Add(sample)
	f.Add(`{"type":"doc","content":[{"type":"paragraph","content":[{"type":"text","text":"<script>","marks":[{"type":"code"}]}]}]}`)
	f.Fuzz(func(t *testing.T, doc string) {
		n, err := Parse([]byte(doc))
		if err != nil {
			return
		}
		out := strings.ToLower(n.HTML("d", "t"))
		for _, bad := range []string{"<script", "<img", "javascript:", "<iframe", "<style"} {
			if strings.Contains(out, "<a href=\""+bad) || bad[0] == '<' && strings.Contains(out, bad) {
				t.Errorf("%q makes %q", doc, out)
			}
		}
		_ = n.Markdown()
		_ = n.Plain()
		if _, err := n.PDF("fr", "x", "", january); err != nil {
			t.Errorf("%q makes no PDF: %v", doc, err)
		}
	})
}

func TestRead(t *testing.T) {
	for _, c := range []struct {
		name, text string
		ok         bool
	}{
		{"hello", `{"t":"hello"}`, true},
		{"hello from a place", `{"t":"hello","seq":12}`, true},
		{"hello from before the beginning", `{"t":"hello","seq":-1}`, false},
		{"a change", `{"t":"update","ref":"0f8b-4c21","data":"AAEC"}`, true},
		{"a change without a name", `{"t":"update","data":"AAEC"}`, false},
		{"a name with a space", `{"t":"update","ref":"0f8b 4c21","data":"AAEC"}`, false},
		{"a change of nothing", `{"t":"update","ref":"0f8b-4c21","data":""}`, false},
		{"no base64", `{"t":"update","ref":"0f8b-4c21","data":"é"}`, false},
		{"a cursor", `{"t":"aware","data":"AA=="}`, true},
		{"a large cursor", `{"t":"aware","data":"` + strings.Repeat("AAAA", maxAware) + `"}`, false},
		{"a version", `{"t":"save","seq":3,"data":"AA==","doc":{"type":"doc"}}`, true},
		{"a version of no moment", `{"t":"save","data":"AA==","doc":{"type":"doc"}}`, false},
		{"what only the server says", `{"t":"ack","ref":"0f8b-4c21","seq":1}`, false},
		{"nothing", ``, false},
		{"a list", `[]`, false},
	} {
		if _, err := read([]byte(c.text)); (err == nil) != c.ok {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"t":"update","ref":"0f8b-4c21","data":"AAEC"}`))
	f.Add([]byte(`{"t":"save","seq":3,"data":"AA==","doc":{"type":"doc"}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := read(data)
		if err != nil {
			return
		}
		if len(m.Data) > MaxState || len(m.Doc) > MaxDoc || m.Seq < 0 || m.T == msgUpdate && (m.Ref == "" || len(m.Data) > MaxUpdate) {
			t.Errorf("taken: %+v", m)
		}
	})
}
