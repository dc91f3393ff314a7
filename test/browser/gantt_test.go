//go:build browser

package browser

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// barAt is a bar of the diagram and where it lies in the window.
type barAt struct {
	URL, Start, Finish string
	Left, Right, Y     float64
	Day                float64 // the width of a day
}

// TestGantt moves and stretches a bar with the mouse, lets go of one in the middle, tries one that is
// held, and does by keyboard what the mouse does.
func TestGantt(t *testing.T) {
	base := demo(t)
	var school visitor
	var project string
	for _, v := range visitors(t, base) {
		_, status, doc, _ := v.get(t, "/projects")
		if status != 200 || !strings.Contains(v.name, "école") {
			continue
		}
		for _, a := range doc.Find("main a[href^='/projects/']").EachIter() {
			if href := a.AttrOr("href", ""); idPart.MatchString(href) && project == "" {
				school, project = v, href
			}
		}
	}
	if project == "" {
		t.Fatal("nobody of the school sees a project")
	}
	tab := Open(t)
	do := func(a chromedp.Action[chromedp.Void]) {
		t.Helper()
		if err := chromedp.Do(tab, a); err != nil {
			t.Fatal(err)
		}
	}
	do(be(school, t))
	open := func() {
		t.Helper()
		if err := visit(tab, base+project+"/plan/gantt", Look{1440, "fr", false}); err != nil {
			t.Fatal(err)
		}
	}
	at := func(selector string) barAt {
		t.Helper()
		return eval[barAt](tab, t, `(() => {
			const el = document.querySelector(`+"`"+selector+"`"+`); el.scrollIntoView({block: 'center', inline: 'center'});
			const r = el.getBoundingClientRect(), d = el.dataset;
			return {URL: d.bar, Start: d.start, Finish: d.finish, Left: r.left, Right: r.right, Y: (r.top + r.bottom) / 2, Day: Number(document.querySelector('[data-gantt]').dataset.day)};
		})()`)
	}
	open()
	free := at(`rect[data-version][data-held=""]`)
	one := `[data-bar="` + free.URL + `"][data-version]`
	drag := func(x, days float64) {
		t.Helper()
		b := at(one)
		from := b.Left + (b.Right-b.Left)/2
		if x != 0 {
			from = b.Right - x
		}
		do(chromedp.DragAndDropXY(from, b.Y, from+days*b.Day, b.Y, 8))
	}
	becomes := func(what, condition string) barAt {
		t.Helper()
		if !soon(tab, fmt.Sprintf(`(b => b && %s)(document.querySelector('%s')?.dataset)`, condition, one)) {
			t.Fatalf("%s: the bar stands from %s to %s", what, at(one).Start, at(one).Finish)
		}
		return at(one)
	}

	drag(0, 14)
	moved := becomes("moved by two weeks", fmt.Sprintf(`b.start > '%s' && b.finish > '%s'`, free.Start, free.Finish))
	open() // the server has kept it
	if kept := at(one); kept.Start != moved.Start || kept.Finish != moved.Finish {
		t.Errorf("kept from %s to %s, want %s to %s", kept.Start, kept.Finish, moved.Start, moved.Finish)
	}
	drag(3, 14)
	longer := becomes("stretched by two weeks", fmt.Sprintf(`b.start === '%s' && b.finish > '%s'`, moved.Start, moved.Finish))

	// let go by Escape
	mid := longer.Left + (longer.Right-longer.Left)/2
	do(chromedp.MouseEvent(chromedp.MousePressed, mid, longer.Y, chromedp.ButtonLeft, chromedp.ClickCount(1)))
	do(chromedp.MouseEvent(chromedp.MouseMoved, mid+10*longer.Day, longer.Y, chromedp.ButtonLeft))
	if !eval[bool](tab, t, `!!document.querySelector('.g-ghost')`) {
		t.Error("nothing shows where the bar would lie")
	}
	do(chromedp.KeyEvent(kb.Escape))
	do(chromedp.MouseEvent(chromedp.MouseReleased, mid+10*longer.Day, longer.Y, chromedp.ButtonLeft, chromedp.ClickCount(1)))
	open()
	if now := at(one); now.Start != longer.Start || now.Finish != longer.Finish {
		t.Errorf("let go by Escape, it went from %s to %s", now.Start, now.Finish)
	}

	// what is done does not move
	done := at(`rect[data-version][data-held="both"]`)
	middle := (done.Left + done.Right) / 2
	do(chromedp.DragAndDropXY(middle, done.Y, middle+14*done.Day, done.Y, 8))
	open()
	if now := at(`[data-bar="` + done.URL + `"][data-version]`); now.Start != done.Start || now.Finish != done.Finish {
		t.Errorf("a task that is done went to %s", now.Start)
	}

	// by keyboard: the pencil of the row, the first field, Enter
	id := free.URL[strings.LastIndex(free.URL, "/")+1:]
	eval[bool](tab, t, `(document.querySelector('#t-`+id+` a.b-ico').focus(), true)`)
	do(chromedp.KeyEvent(kb.Enter))
	if !soon(tab, `!!document.querySelector('#f-bar-start')`) {
		t.Fatal("the pencil opens no form")
	}
	eval[bool](tab, t, `(document.querySelector('#f-bar-start').focus(), true)`)
	do(chromedp.KeyEvent(kb.Tab + kb.Tab + kb.ArrowUp + kb.Enter)) // the year, behind day and month
	becomes("a year later by keyboard", fmt.Sprintf(`b.start > '%s'`, longer.Start))
}
