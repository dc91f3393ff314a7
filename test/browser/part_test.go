//go:build browser

package browser

import (
	"bytes"
	"fmt"
	"image/png"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// plate makes the file of a cuboid of 60 × 40 × 3 mm.
const plate = `
	const at = i => [i & 1 ? 60 : 0, i & 2 ? 40 : 0, i & 4 ? 3 : 0].join(' ');
	const faces = [[0,2,3,1],[4,5,7,6],[0,1,5,4],[1,3,7,5],[3,2,6,7],[2,0,4,6]].flatMap(([a,b,c,d]) => [[a,b,c],[a,c,d]]);
	const text = 'solid plaque\n' + faces.map(f => 'facet normal 0 0 0\nouter loop\n' + f.map(i => 'vertex ' + at(i)).join('\n') + '\nendloop\nendfacet').join('\n') + '\nendsolid\n';
`

// dropped drops plates of such names onto the page.
func dropped(names string) string {
	return `(() => {` + plate + `
	const files = new DataTransfer();
	for (const name of '` + names + `'.split(' ')) files.items.add(new File([text], name));
	document.querySelector('main').dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: files }));
	return true;
})()`
}

// zone is there once the page takes files that are dropped.
const zone = `!!document.querySelector('[data-zone]:not([hidden])')`

// TestPartTools drops a part, waits for its verdict, and asks each tool of its view for what is known of it.
func TestPartTools(t *testing.T) {
	base := demo(t)
	var owner visitor
	for _, v := range visitors(t, base) {
		if strings.Contains(v.name, "Dirigeante") {
			owner = v
		}
	}
	tab := Open(t)
	do := func(a chromedp.Action[chromedp.Void]) {
		t.Helper()
		if err := chromedp.Do(tab, a); err != nil {
			t.Fatal(err)
		}
	}
	do(be(owner, t))
	if err := visit(tab, base+"/parts", Look{1440, "fr", false}); err != nil {
		t.Fatal(err)
	}
	if !soon(tab, zone) {
		t.Fatal("the page takes no files that are dropped")
	}
	eval[bool](tab, t, dropped("une.stl deux.stl"))
	if !late(tab, `['une', 'deux'].every(n => [...document.querySelectorAll('#list tbody tr')].some(r => r.textContent.includes(n + '.stl') && r.textContent.includes('Rien à redire') && r.querySelector('img')))`) {
		t.Errorf("two parts were dropped: %s", eval[string](tab, t, `document.querySelector('#list').textContent`))
	}
	if !soon(tab, zone) {
		t.Fatal("the page takes no more files")
	}
	eval[bool](tab, t, dropped("plaque.stl"))
	if !late(tab, `!!document.querySelector('.b-viewer')`) {
		t.Fatal("the part shows no tools")
	}
	if !soon(tab, `!!document.querySelector('#lying [data-lay]:not([hidden])')`) {
		t.Fatal("the part shows no placements")
	}
	said := func(tool string, want ...string) {
		t.Helper()
		for _, w := range want {
			if !soon(tab, fmt.Sprintf(`document.querySelector('.b-tool-said').textContent.includes(%q)`, w)) {
				t.Errorf("%s says %q, want %q", tool, eval[string](tab, t, `document.querySelector('.b-tool-said').textContent`), w)
			}
		}
	}
	choose := func(tool string) {
		t.Helper()
		eval[bool](tab, t, fmt.Sprintf(`([...document.querySelectorAll('.b-tool-row button')].find(b => b.textContent === %q).click(), true)`, tool))
	}
	slide := func(to string) {
		t.Helper()
		if !soon(tab, `!!document.querySelector('.b-tool input[type=range]')`) {
			t.Fatal("there is nothing to slide")
		}
		eval[bool](tab, t, `(() => { const i = document.querySelector('.b-tool input[type=range]'); i.value = `+to+`; i.dispatchEvent(new Event('input')); return true; })()`)
	}
	// warm is the share of the view in the colours of what is too thin.
	warm := func() float64 {
		t.Helper()
		shot, err := chromedp.Run(tab, chromedp.CaptureScreenshot())
		if err != nil {
			t.Fatal(err)
		}
		picture, err := png.Decode(bytes.NewReader(shot))
		if err != nil {
			t.Fatal(err)
		}
		n, b := 0, picture.Bounds()
		for y := b.Min.Y; y < b.Max.Y; y++ {
			for x := b.Min.X; x < b.Max.X; x++ {
				if red, green, blue, _ := picture.At(x, y).RGBA(); 2*red > 3*blue && 10*red > 11*green && red > 0x6000 {
					n++
				}
			}
		}
		return float64(n) / float64(b.Dx()*b.Dy())
	}
	choose("Épaisseurs")
	slide("2.9")
	said("thickness of a plate of 3 mm, under it", "0 % de la surface est plus mince que 2,9 mm")
	eval[bool](tab, t, `(document.querySelector('.b-model canvas').scrollIntoView({block: 'center'}), true)`)
	if w := warm(); w > 0.01 {
		t.Errorf("%v of the view are coloured where nothing is thin", w)
	}
	slide("3.2")
	for w, try := warm(), 0; w < 0.02; w, try = warm(), try+1 {
		if try == 20 {
			t.Fatalf("%v of the view are coloured of a plate that is thin all over", w)
		}
	}
	said("thickness of a plate of 3 mm, over it", "% de la surface est plus mince que 3,2 mm")
	if eval[bool](tab, t, `/^0 %/.test(document.querySelector('.b-tool-said').textContent)`) {
		t.Error("nothing of the plate is thinner than 3.2 mm")
	}
	choose("Surplombs")
	said("overhangs as it lies", "0 cm² regardent vers le bas")
	choose("Coupe")
	said("a section half-way up", "À 1,5 mm : 24 cm² de matière, 20 cm de contour.")
	eval[bool](tab, t, `(() => { const s = document.querySelector('.b-tool select'); s.value = '0'; s.dispatchEvent(new Event('change')); return true; })()`)
	said("a section along X", "À 30 mm : 1,2 cm² de matière, 8,6 cm de contour.")
	choose("Couches")
	slide("1")
	said("the first layer", "Couche 1 sur 15, jusqu’à 0,2 mm : 24 cm² de matière, 20 cm de contour.")
	choose("Mesurer")
	eval[bool](tab, t, `(document.querySelector('.b-model canvas').focus(), true)`)
	do(chromedp.KeyEvent(kb.Enter))
	said("the middle of the view", "Épaisseur ici : 3 mm.")
	choose("Face à soigner")
	eval[bool](tab, t, `(document.querySelector('.b-model canvas').focus(), true)`)
	do(chromedp.KeyEvent(kb.Enter))
	said("the face in the middle", "Face de 24 cm².", "Ra 0 µm environ")
	if n := eval[int](tab, t, `[...document.querySelectorAll('[data-quality]')].filter(p => p.textContent.includes('Ra ')).length`); n != eval[int](tab, t, `document.querySelectorAll('[data-quality]').length`) || n == 0 {
		t.Errorf("%d placements tell how the face comes out", n)
	}
	eval[bool](tab, t, `([...document.querySelectorAll('[data-lay]')].at(-1).click(), true)`)
	choose("Coupe")
	said("a section as it stands", "cm² de matière")
	eval[bool](tab, t, axeSource(t)+";true")
	for _, f := range findings(tab, t) {
		t.Errorf("%s: %v", f.ID, f.where())
	}
}
