//go:build browser

package browser

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// TestLive has two people look at one discussion: what one says appears before the other who only reads, and is offered
// to the other who writes.
func TestLive(t *testing.T) {
	base := demo(t)
	var school, company visitor
	for _, v := range visitors(t, base) {
		switch {
		case strings.Contains(v.name, "école"):
			school = v
		case strings.Contains(v.name, "Dirigeante"):
			company = v
		}
	}
	project := company.link(t, "/projects", `main th a`)
	tab := <-openTabs(t, 1)
	if err := chromedp.Do(tab, be(company, t)); err != nil {
		t.Fatal(err)
	}
	if err := visit(tab, base+project+"/discussion", Look{1440, "fr", false}); err != nil {
		t.Fatal(err)
	}
	eval[bool](tab, t, `window.__same = true`)
	say := func(text string) {
		school.submit(t, project+"/discussion", url.Values{"comment.text": {text}})
	}
	time.Sleep(time.Second) // the server's first look is behind
	say("Le second lot est arrivé.")
	if !soon(tab, `document.querySelector('main').textContent.includes('Le second lot est arrivé.')`) || !eval[bool](tab, t, `window.__same === true`) {
		t.Error("what was said does not appear before somebody who reads")
	}
	eval[bool](tab, t, `(() => { const f = document.getElementById('f-comment-text'); f.focus(); f.value = 'Je réponds'; return true })()`)
	say("@Dirigeante d’entreprise, vous l’avez vu ?")
	if !soon(tab, `document.querySelector('[data-live-offer]')?.textContent.includes('Ingénieur conseil de l’école')`) {
		t.Error("somebody who writes is not offered what was said")
	}
	if !eval[bool](tab, t, `document.getElementById('f-comment-text').value === 'Je réponds' && !document.querySelector('main').textContent.includes('vous l’avez vu')`) {
		t.Error("what somebody writes is disturbed")
	}
	if !eval[bool](tab, t, `Number(document.querySelector('nav a[href="/notices"] .b-count').firstChild.textContent) > 0`) {
		t.Error("the navigation does not count the mention")
	}
}
