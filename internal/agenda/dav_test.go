package agenda

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"bassin/internal/account"
	"bassin/internal/cputest"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/meeting"
	"bassin/internal/plan"
)

const props = `<?xml version="1.0"?><D:propfind xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop>`

type answer struct {
	Responses []struct {
		Href   string `xml:"href"`
		Status string `xml:"status"`
		Stats  []struct {
			Status string `xml:"status"`
			Prop   struct {
				ETag string `xml:"getetag"`
				Data string `xml:"calendar-data"`
			} `xml:"prop"`
		} `xml:"propstat"`
	} `xml:"response"`
	Token string `xml:"sync-token"`
}

func read(t testing.TB, text string) (a answer) {
	t.Helper()
	if err := xml.Unmarshal([]byte(text), &a); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return a
}

func (c client) query(t testing.TB, filter string) answer {
	t.Helper()
	_, text := c.want(t, 207, "REPORT", c.book, `<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop><D:getetag/><C:calendar-data/></D:prop><C:filter><C:comp-filter name="VCALENDAR">`+filter+`</C:comp-filter></C:filter></C:calendar-query>`, "Depth", "1")
	return read(t, text)
}

func (c client) sync(t testing.TB, token string) answer {
	t.Helper()
	_, text := c.want(t, 207, "REPORT", c.book, `<D:sync-collection xmlns:D="DAV:"><D:sync-token>`+token+`</D:sync-token><D:sync-level>1</D:sync-level><D:prop><D:getetag/></D:prop></D:sync-collection>`)
	return read(t, text)
}

func TestProgramsFindCalendars(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		c := w.client(t, w.manager, "read write")
		res, _ := c.do(t, "PROPFIND", "/.well-known/caldav", "")
		if res.StatusCode != 301 || res.Header.Get("Location") != "/caldav/" {
			t.Errorf("well-known: %d %s", res.StatusCode, res.Header.Get("Location"))
		}
		me := "/caldav/people/" + string(w.manager.ID) + "/"
		for _, x := range []struct{ path, props, want string }{
			{"/caldav/", "<D:current-user-principal/>", "<D:current-user-principal><D:href>" + me + "</D:href>"},
			{me, "<C:calendar-home-set/><D:resourcetype/>", "<C:calendar-home-set><D:href>" + me + "calendars/</D:href>"},
			{me + "calendars/", "<D:resourcetype/><D:displayname/>", "<D:resourcetype><D:collection/><C:calendar/></D:resourcetype><D:displayname>Robot &amp; soudage</D:displayname>"},
			{c.book, "<C:supported-calendar-component-set/>", `<C:comp name="VEVENT"/><C:comp name="VTODO"/>`},
		} {
			if _, text := c.want(t, 207, "PROPFIND", x.path, props+x.props+"</D:prop></D:propfind>", "Depth", "1"); !strings.Contains(text, x.want) {
				t.Errorf("%s: %s is not in\n%s", x.path, x.want, text)
			}
		}
		if res, _ := c.do(t, "OPTIONS", c.book, ""); !strings.Contains(res.Header.Get("DAV"), "calendar-access") {
			t.Errorf("DAV: %s", res.Header.Get("DAV"))
		}
	})
}

func TestObjectsOfBassin(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		c := w.client(t, w.manager, "read write")
		task := w.task(t, plan.Task{Title: "Souder le châssis", Body: "Deux passes"})
		stone := w.task(t, plan.Task{Title: "Châssis prêt", Kind: plan.Milestone})
		m := w.meet(t, "Revue")
		all := c.query(t, `<C:comp-filter name="VEVENT"/>`)
		if len(all.Responses) != 2 {
			t.Fatalf("%d events", len(all.Responses))
		}
		todos := c.query(t, `<C:comp-filter name="VTODO"/>`)
		if len(todos.Responses) != 1 || !strings.Contains(todos.Responses[0].Stats[0].Prop.Data, "SUMMARY:Souder le châssis\r\n") {
			t.Fatalf("%+v", todos)
		}
		first := c.sync(t, "")
		if len(first.Responses) != 3 || first.Token == "" {
			t.Fatalf("%+v", first)
		}
		at := todos.Responses[0].Href
		tag := todos.Responses[0].Stats[0].Prop.ETag
		res, data := c.want(t, 200, "GET", at, "")
		if res.Header.Get("ETag") != tag {
			t.Errorf("entity tag %s of GET, %s of REPORT", res.Header.Get("ETag"), tag)
		}

		// A program ticks the task, and keeps something of its own with it.
		ticked := strings.Replace(strings.Replace(data, "STATUS:NEEDS-ACTION\r\n", "", 1), "END:VTODO", "STATUS:COMPLETED\r\nCOMPLETED:20260302T100000Z\r\nPERCENT-COMPLETE:100\r\nX-COLOUR:red\r\nEND:VTODO", 1)
		c.want(t, 412, "PUT", at, ticked, "If-Match", `"other"`)
		c.want(t, 412, "PUT", at, ticked, "If-None-Match", "*")
		c.want(t, 204, "PUT", at, ticked, "If-Match", tag)
		if got := w.readTask(t, task.ID); got.State != plan.Done || got.FinishedOn != today {
			t.Errorf("task after the program ticked it: %+v", got)
		}
		if _, now := c.want(t, 200, "GET", at, ""); !strings.Contains(now, "X-COLOUR:red") || !strings.Contains(now, "STATUS:COMPLETED") {
			t.Errorf("kept:\n%s", now)
		}

		// Somebody renames it here.
		x := w.readTask(t, task.ID)
		x.Title = "Souder"
		_, err := w.plans.SaveTask(t.Context(), w.manager, plan.Draft{Task: x})
		must(t, err)
		if _, now := c.want(t, 200, "GET", at, ""); !strings.Contains(now, "SUMMARY:Souder\r\n") || !strings.Contains(now, "X-COLOUR:red") {
			t.Errorf("after it was renamed here:\n%s", now)
		}
		next := c.sync(t, first.Token)
		if len(next.Responses) != 1 || next.Responses[0].Href != at {
			t.Errorf("changes since: %+v", next)
		}

		// The meeting is moved by a program, and called off by it.
		meetingAt := c.book + "meeting-" + string(m.ID) + ".ics"
		_, data = c.want(t, 200, "GET", meetingAt, "")
		c.want(t, 204, "PUT", meetingAt, strings.NewReplacer("20260305T130000Z", "20260305T150000Z", "20260305T140000Z", "20260305T170000Z").Replace(data))
		must(t, w.d.View(t.Context(), func(tx db.Tx) error {
			_, got, err := meeting.Enter(tx, w.manager, w.p.ID, m.ID)
			if got.StartsAt != m.StartsAt.Add(2*3600e9) || got.Minutes != 120 {
				t.Errorf("moved to %v for %d minutes", got.StartsAt.Time(), got.Minutes)
			}
			return err
		}))
		c.want(t, 204, "DELETE", meetingAt, "")
		c.want(t, 404, "GET", meetingAt, "")
		if gone := c.sync(t, next.Token); len(gone.Responses) != 1 || !strings.Contains(gone.Responses[0].Status, "404") {
			t.Errorf("gone: %+v", gone)
		}

		// A milestone is moved.
		stoneAt := c.book + "milestone-" + string(stone.ID) + ".ics"
		_, data = c.want(t, 200, "GET", stoneAt, "")
		c.want(t, 204, "PUT", stoneAt, regexp.MustCompile(`DTSTART;VALUE=DATE:\d+`).ReplaceAllString(data, "DTSTART;VALUE=DATE:20260312"))
		if got := w.readTask(t, stone.ID); got.FinishOn != "2026-03-12" {
			t.Errorf("milestone on %s", got.FinishOn)
		}

		// A new task of a program is one of the plan.
		sent := vcal("VTODO", "UID:from-a-phone", "DTSTAMP:20260302T100000Z", "SUMMARY:Acheter des gants", "DUE;VALUE=DATE:20260320", "X-A:b")
		res, _ = c.want(t, 201, "PUT", c.book+"phone.ics", sent, "If-None-Match", "*")
		if res.Header.Get("ETag") == "" {
			t.Error("kept as it was sent, yet no entity tag")
		}
		if _, now := c.want(t, 200, "GET", c.book+"phone.ics", ""); now != sent {
			t.Errorf("not as it was sent:\n%s", now)
		}
		_, text := c.want(t, 403, "PUT", c.book+"again.ics", sent)
		if !strings.Contains(text, "no-uid-conflict") || !strings.Contains(text, c.book+"phone.ics") {
			t.Errorf("the same name in calendars: %s", text)
		}
		must(t, w.d.View(t.Context(), func(tx db.Tx) error {
			list, _, err := plan.List(tx, w.manager, w.p.ID, plan.Filter{Text: "gants"}, 10, 0)
			if len(list) != 1 || list[0].Deadline != "2026-03-20" {
				t.Errorf("%+v", list)
			}
			return err
		}))
	})
}

func TestOwnEvents(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		c := w.client(t, w.manager, "read write")
		sent := strings.ReplaceAll(vcal("VEVENT", "UID:weekly", "DTSTAMP:20260302T100000Z", "SUMMARY:Point du lundi", "DTSTART;TZID=Europe/Paris:20260302T090000", "DTEND;TZID=Europe/Paris:20260302T093000", "RRULE:FREQ=WEEKLY;BYDAY=MO"), "\r\n", "\n")
		res, _ := c.want(t, 201, "PUT", c.book+"weekly.ics", sent)
		_, got := c.want(t, 200, "GET", c.book+"weekly.ics", "")
		if got != sent || res.Header.Get("ETag") == "" {
			t.Errorf("not as it was sent, or without entity tag:\n%s", got)
		}
		in := func(from, to string) string {
			return `<C:comp-filter name="VEVENT"><C:time-range start="` + from + `" end="` + to + `"/></C:comp-filter>`
		}
		for _, x := range []struct {
			filter string
			want   int
		}{
			{in("20260406T000000Z", "20260407T000000Z"), 1}, {in("20260407T000000Z", "20260408T000000Z"), 0},
			{`<C:comp-filter name="VEVENT"><C:prop-filter name="SUMMARY"><C:text-match>LUNDI</C:text-match></C:prop-filter></C:comp-filter>`, 1},
			{`<C:comp-filter name="VEVENT"><C:prop-filter name="SUMMARY"><C:text-match negate-condition="yes">lundi</C:text-match></C:prop-filter></C:comp-filter>`, 0},
			{`<C:comp-filter name="VEVENT"><C:prop-filter name="LOCATION"><C:is-not-defined/></C:prop-filter></C:comp-filter>`, 1},
			{`<C:comp-filter name="VTODO"><C:is-not-defined/></C:comp-filter>`, 1}, {`<C:comp-filter name="VEVENT"><C:is-not-defined/></C:comp-filter>`, 0},
			{`<C:comp-filter name="VEVENT"><C:comp-filter name="VALARM"/></C:comp-filter>`, 0}, {`<C:comp-filter name="VJOURNAL"/>`, 0}, {``, 1},
		} {
			if got := len(c.query(t, x.filter).Responses); got != x.want {
				t.Errorf("%s: got %d, want %d", x.filter, got, x.want)
			}
		}
		body := `<C:calendar-multiget xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop><C:calendar-data/></D:prop><D:href>` + c.book + `weekly.ics</D:href><D:href>` + c.book + `none.ics</D:href></C:calendar-multiget>`
		_, text := c.want(t, 207, "REPORT", c.book, body)
		if a := read(t, text); len(a.Responses) != 2 || a.Responses[0].Stats[0].Prop.Data != sent || !strings.Contains(a.Responses[1].Status, "404") {
			t.Errorf("multiget: %+v", a)
		}

		reader := w.client(t, w.reader, "read write")
		reader.want(t, 200, "GET", reader.book+"weekly.ics", "")
		reader.want(t, 403, "PUT", reader.book+"weekly.ics", sent)
		reader.want(t, 403, "DELETE", reader.book+"weekly.ics", "")
		readOnly := w.client(t, w.manager, "read")
		readOnly.want(t, 403, "DELETE", readOnly.book+"weekly.ics", "")
		stranger := w.client(t, w.stranger, "read write")
		stranger.want(t, 404, "GET", stranger.book+"weekly.ics", "")
		stranger.want(t, 404, "REPORT", stranger.book, body)
		stranger.want(t, 404, "PUT", stranger.book+"x.ics", sent)
		stranger.want(t, 404, "PROPFIND", c.book, "", "Depth", "0")
		nobody := client{w, "bassin_nothing", c.book}
		if res, _ := nobody.want(t, 401, "PROPFIND", "/caldav/", "", "Depth", "0"); !strings.HasPrefix(res.Header.Get("WWW-Authenticate"), "Basic") {
			t.Error("nobody is asked who they are")
		}
		c.want(t, 412, "DELETE", c.book+"weekly.ics", "", "If-Match", `"x"`)
		c.want(t, 204, "DELETE", c.book+"weekly.ics", "")
		c.want(t, 404, "DELETE", c.book+"weekly.ics", "")
		c.want(t, 201, "PUT", c.book+"weekly.ics", sent, "If-None-Match", "*")
	})
}

func TestNothingHostileBreaksIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		c := w.client(t, w.manager, "read write")
		w.task(t, plan.Task{Title: "x"})
		q := func(inside string) string {
			return `<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop><D:getetag/></D:prop>` + inside + `</C:calendar-query>`
		}
		bodies := []string{"", "<", "<a/>", "\x00", "\xff\xfe", strings.Repeat("<a>", 20_000), `<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`, `<D:propfind xmlns:D="DAV:"/>`, q(""), q("<C:filter/>"),
			q(`<C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT"><C:time-range start="x"/></C:comp-filter></C:comp-filter></C:filter>`),
			q(`<C:filter>` + strings.Repeat(`<C:comp-filter name="VCALENDAR">`, 50) + strings.Repeat(`</C:comp-filter>`, 50) + `</C:filter>`),
			`<D:sync-collection xmlns:D="DAV:"><D:sync-token>urn:bassin:sync:99999999999999999999</D:sync-token></D:sync-collection>`,
			`<D:sync-collection xmlns:D="DAV:"><D:sync-token>urn:bassin:sync:-1</D:sync-token></D:sync-collection>`, `<D:sync-collection xmlns:D="DAV:"><D:sync-token>urn:bassin:sync:12345</D:sync-token></D:sync-collection>`,
			`<C:free-busy-query xmlns:C="urn:ietf:params:xml:ns:caldav"/>`, `<C:calendar-multiget xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:href>` + "%zz</D:href><D:href>/caldav/people/</D:href></C:calendar-multiget>",
			vcal("VEVENT", "UID:1", "DTSTART:20260302T090000Z", "RRULE:FREQ=SECONDLY"), vcal("VEVENT", "UID:x\x00", "DTSTART:20260302T090000Z"), vcal("VTODO", "UID:2", "SUMMARY:"+strings.Repeat("é", 5000)), vcal("VTODO", "UID:3"),
			vcal("VTODO", "UID:4", "COMPLETED:22990101T000000Z", "DUE:20260302T000000Z"), vcal("VTODO", "UID:5", "DUE;VALUE=DATE:22990101", "PERCENT-COMPLETE:-7", "SUMMARY:x"), strings.Repeat("BEGIN:VCALENDAR\r\n", 10_000), strings.Repeat("x", maxObject+10),
		}
		paths := []string{"/caldav/", c.book, c.book + "a.ics", c.book + "%ff", c.book + "a%00b", c.book + strings.Repeat("n", 3000), strings.TrimSuffix(c.book, "/"), "/caldav/people/" + string(w.manager.ID) + "/", "/caldav/people/x/calendars/y/z", "/caldav//", "/caldav/people/" + string(w.manager.ID) + "/calendars/none/a.ics"}
		for _, method := range []string{"PROPFIND", "REPORT", "PUT", "DELETE", "PROPPATCH", "GET", "POST", "MKCALENDAR", "MKCOL", "COPY", "MOVE", "LOCK"} {
			for _, path := range paths {
				for i, body := range bodies {
					if path == c.book && method == "REPORT" || i == 0 || path == c.book+"a.ics" || i%5 == 0 {
						if res, text := c.do(t, method, path, body, "Depth", "1"); res.StatusCode >= 500 {
							t.Errorf("%s %.80s with %.60q: %d %s", method, path, body, res.StatusCode, text)
						}
					}
				}
			}
		}
	})
}

func TestFeeds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.meet(t, "Revue ; à huis clos")
		w.task(t, plan.Task{Title: "À tous", Deadline: today.AddDays(5)})
		_, err := w.plans.CreateTask(t.Context(), w.manager, plan.Draft{Task: plan.Task{ProjectID: w.p.ID, Title: "À moi", Deadline: today.AddDays(6)}, People: []account.PersonID{w.manager.ID}})
		must(t, err)
		get := func(path string, head ...string) (*http.Response, string) {
			c := client{w: w}
			return c.do(t, "GET", path, "", head...)
		}
		make := func(in string) string {
			c := client{w: w}
			_, page := c.want(t, 200, "POST", "/calendar/feeds", url.Values{"feed.project_id": {in}}.Encode(), "X-Who", "manager", "Content-Type", "application/x-www-form-urlencoded")
			return regexp.MustCompile(`/feeds/[\w-]+\.ics`).FindString(page)
		}
		whole, own := make(string(w.p.ID)), make("")
		res, text := get(whole)
		if res.StatusCode != 200 || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/calendar") || !strings.Contains(text, `SUMMARY:Revue \; à huis clos`) || !strings.Contains(text, "SUMMARY:À tous") || !strings.Contains(text, "SUMMARY:À moi") {
			t.Fatalf("%d\n%s", res.StatusCode, text)
		}
		if res, _ := get(whole, "If-None-Match", res.Header.Get("ETag")); res.StatusCode != http.StatusNotModified {
			t.Errorf("nothing changed, yet %d", res.StatusCode)
		}
		if _, text := get(own); !strings.Contains(text, "SUMMARY:À moi") || strings.Contains(text, "SUMMARY:À tous") || !strings.Contains(text, "Revue") {
			t.Errorf("one's own:\n%s", text)
		}
		var feeds []Feed
		must(t, w.d.View(t.Context(), func(tx db.Tx) (err error) { feeds, err = listFeeds(tx, w.manager.ID); return err }))
		if len(feeds) != 2 || strings.Contains(whole, feeds[0].TokenHash) || feeds[0].UsedAt == 0 {
			t.Errorf("%+v", feeds)
		}
		must(t, w.s.RevokeFeed(t.Context(), w.manager, feeds[0].ID))
		if res, _ := get(whole); res.StatusCode != 404 {
			t.Errorf("revoked, yet %d", res.StatusCode)
		}
		// Access that ended ends the feed of the project.
		_, secret, err := w.s.AddFeed(t.Context(), w.reader, w.p.ID)
		must(t, err)
		if _, err := w.s.read(t.Context(), secret); err != nil {
			t.Error(err)
		}
		must(t, w.projects.Exclude(t.Context(), w.manager, w.p.ID, w.reader.Grants[0].ID))
		if text, err := w.s.read(t.Context(), secret); err == nil {
			t.Errorf("excluded, yet:\n%s", text)
		}
		if _, _, err := w.s.AddFeed(t.Context(), w.stranger, w.p.ID); err == nil {
			t.Error("a stranger has a feed of the project")
		}
		if err := w.s.RevokeFeed(t.Context(), w.stranger, feeds[1].ID); err == nil {
			t.Error("a stranger revoked it")
		}
	})
}

func TestCalendarPage(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.meet(t, "Revue")
		c := client{w: w}
		for who, want := range map[string]bool{"manager": true, "reader": false} {
			_, page := c.want(t, 200, "GET", "/calendar?month=2026-03", "", "X-Who", who)
			if strings.Contains(page, ">Revue</a>") != want {
				t.Errorf("%s sees the meeting: %v", who, !want)
			}
		}
		for _, month := range []string{"", "x", "9999-12", "2026-13", "0000-00"} {
			c.want(t, 200, "GET", "/calendar?month="+month, "", "X-Who", "stranger")
		}
	})
}

// TestATaskThatThePlanRepeatsHasNoRule keeps a program from repeating what the plan repeats.
func TestATaskThatThePlanRepeatsHasNoRule(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		c := w.client(t, w.manager, "read write")
		task := w.task(t, plan.Task{Title: "Nettoyer le banc", Deadline: today.AddDays(2)})
		other := w.task(t, plan.Task{Title: "Peindre", Deadline: today.AddDays(2)})
		_, err := w.plans.Repeat(t.Context(), w.manager, w.p.ID, task.ID, plan.Rule{Every: plan.EveryWeek, Interval: 1})
		must(t, err)
		for id, kept := range map[plan.TaskID]bool{task.ID: false, other.ID: true} {
			path := c.book + "task-" + string(id) + ".ics"
			_, text := c.want(t, 200, "GET", path, "")
			c.want(t, 204, "PUT", path, strings.Replace(text, "URL:", "DTSTART;VALUE=DATE:20260302\r\nRRULE:FREQ=DAILY\r\nURL:", 1))
			if _, text = c.want(t, 200, "GET", path, ""); strings.Contains(text, "RRULE") != kept {
				t.Errorf("kept: %s", text)
			}
		}
		_, err = w.plans.MoveTask(t.Context(), w.manager, w.p.ID, task.ID, plan.Done)
		must(t, err)
		if _, text := c.want(t, 207, "PROPFIND", c.book, `<propfind xmlns="DAV:"><prop><getetag/></prop></propfind>`, "Depth", "1"); strings.Count(text, ".ics") != 3 {
			t.Errorf("the next one is an object of its own: %s", text)
		}
	})
}

// TestVdirsyncer lets a real program keep a folder and a calendar the same.
func TestVdirsyncer(t *testing.T) {
	program, err := exec.LookPath("vdirsyncer")
	if err != nil {
		if os.Getenv("BASSIN_NEED_VDIRSYNCER") != "" {
			t.Fatal("vdirsyncer is not installed")
		}
		t.Skip("vdirsyncer is not installed (Debian: apt-get install vdirsyncer)")
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		c := w.client(t, w.manager, "read write")
		task := w.task(t, plan.Task{Title: "Souder le châssis", Deadline: today.AddDays(8)})
		other := w.task(t, plan.Task{Title: "Peindre", Body: "Deux couches;\nbleu, mat"})
		w.task(t, plan.Task{Title: "Châssis prêt", Kind: plan.Milestone})
		m := w.meet(t, "Revue d’avancement : où en est-on, et que manque-t-il encore pour finir à temps ?")
		weekly := vcal("VEVENT", "UID:weekly", "DTSTAMP:20260302T100000Z", "SUMMARY:Point du lundi", "DTSTART;TZID=Europe/Paris:20260302T090000", "DURATION:PT30M", "RRULE:FREQ=WEEKLY;BYDAY=MO", "EXDATE;TZID=Europe/Paris:20260309T090000",
			"BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-PT10M", "END:VALARM")
		c.want(t, 201, "PUT", c.book+"weekly.ics", weekly)

		dir := t.TempDir()
		config := filepath.Join(dir, "config")
		must(t, os.WriteFile(config, []byte(fmt.Sprintf(`[general]
status_path = "%[1]s/status/"
[pair p]
a = "here"
b = "there"
collections = ["%[4]s"]
conflict_resolution = "b wins"
[storage here]
type = "filesystem"
path = "%[1]s/files/"
fileext = ".ics"
[storage there]
type = "caldav"
url = "%[2]s/caldav/"
username = "gestion"
password = "%[3]s"
`, dir, w.srv.URL, c.secret, w.p.ID)), 0o600))
		run := func(args ...string) string {
			t.Helper()
			cmd := exec.CommandContext(t.Context(), program, append([]string{"-c", config, "-vdebug"}, args...)...)
			cmd.Env = append(os.Environ(), "HOME="+dir)
			cmd.Stdin = strings.NewReader("y\ny\n")
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("vdirsyncer %v: %v\n%s", args, err, out)
			}
			return string(out)
		}
		folder := filepath.Join(dir, "files", string(w.p.ID))
		files := func() map[string]string {
			t.Helper()
			list, err := os.ReadDir(folder)
			must(t, err)
			all := map[string]string{}
			for _, f := range list {
				b, err := os.ReadFile(filepath.Join(folder, f.Name()))
				must(t, err)
				all[f.Name()] = string(b)
			}
			return all
		}
		with := func(text string) (string, string) {
			t.Helper()
			for name, s := range files() {
				if strings.Contains(s, text) {
					return filepath.Join(folder, name), s
				}
			}
			t.Fatalf("no file with %q among %d", text, len(files()))
			return "", ""
		}
		quiet := func(when string) {
			t.Helper()
			before, seq := files(), w.seq(t)
			out := run("sync")
			if after := files(); !equal(before, after) || w.seq(t) != seq || strings.Contains(out, "Copying") || strings.Contains(out, "Deleting") {
				t.Errorf("%s a second sync changes something: %s", when, out)
			}
		}
		run("discover")
		run("sync")
		if n := len(files()); n != 5 {
			t.Fatalf("%d files: %v", n, slices.Sorted(keys(files())))
		}
		if _, s := with("UID:weekly"); s != weekly && s != strings.ReplaceAll(weekly, "\r\n", "\n") {
			t.Errorf("the series came as\n%s", s)
		}
		quiet("after the first,")

		// Changes on both sides travel.
		path, s := with("SUMMARY:Souder le châssis")
		must(t, os.WriteFile(path, []byte(strings.Replace(s, "SUMMARY:Souder le châssis", "SUMMARY:Souder le bâti", 1)), 0o600))
		must(t, os.WriteFile(filepath.Join(folder, "mine.ics"), []byte(vcal("VEVENT", "UID:mine", "DTSTAMP:20260302T100000Z", "SUMMARY:Livraison", "DTSTART;VALUE=DATE:20260306")), 0o600))
		must(t, os.WriteFile(filepath.Join(folder, "todo.ics"), []byte(vcal("VTODO", "UID:todo", "DTSTAMP:20260302T100000Z", "SUMMARY:Commander du fil", "STATUS:NEEDS-ACTION")), 0o600))
		path, _ = with("UID:weekly")
		must(t, os.Remove(path))
		x := w.readTask(t, other.ID)
		x.Title = "Peindre en bleu"
		_, err := w.plans.SaveTask(t.Context(), w.manager, plan.Draft{Task: x})
		must(t, err)
		must(t, w.meetings.Cancel(t.Context(), w.manager, w.p.ID, m.ID, ""))
		w.meet(t, "Une autre")
		run("sync")
		if got := w.readTask(t, task.ID); got.Title != "Souder le bâti" || got.Deadline != today.AddDays(8) {
			t.Errorf("the task here: %+v", got)
		}
		with("SUMMARY:Peindre en bleu")
		with("SUMMARY:Une autre")
		for name, s := range files() {
			if strings.Contains(s, "Revue") {
				t.Errorf("%s is of a meeting that was called off", name)
			}
		}
		if got := len(c.query(t, `<C:comp-filter name="VEVENT"><C:prop-filter name="UID"><C:text-match>mine</C:text-match></C:prop-filter></C:comp-filter>`).Responses); got != 1 {
			t.Error("the event of the folder did not come")
		}
		if got := len(c.query(t, `<C:comp-filter name="VEVENT"><C:prop-filter name="UID"><C:text-match>weekly</C:text-match></C:prop-filter></C:comp-filter>`).Responses); got != 0 {
			t.Error("what was removed from the folder is still here")
		}
		must(t, w.d.View(t.Context(), func(tx db.Tx) error {
			list, _, err := plan.List(tx, w.manager, w.p.ID, plan.Filter{Text: "du fil"}, 10, 0)
			if len(list) != 1 {
				t.Errorf("the task of the folder became %d tasks", len(list))
			}
			return err
		}))
		quiet("after changes on both sides,")
	})
}

func equal(a, b map[string]string) bool {
	if len(a) != len(b) {
		return false
	}
	for k, v := range a {
		if b[k] != v {
			return false
		}
	}
	return true
}

func keys(m map[string]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// BenchmarkReport asks for the 1,000 events of a calendar, with their texts, as a program does that
// comes for the first time.
func BenchmarkReport(b *testing.B) {
	w := benchWorld(b, 1000)
	c := w.client(b, w.manager, "read")
	const filter = `<C:comp-filter name="VEVENT"><C:time-range start="20260101T000000Z" end="20280101T000000Z"/></C:comp-filter>`
	if n := len(c.query(b, filter).Responses); n != 1000 {
		b.Fatalf("%d events", n)
	}
	body := `<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop><D:getetag/><C:calendar-data/></D:prop><C:filter><C:comp-filter name="VCALENDAR">` + filter + `</C:comp-filter></C:filter></C:calendar-query>`
	before := cputest.Used(b)
	for b.Loop() {
		c.want(b, 207, "REPORT", c.book, body, "Depth", "1")
	}
	cputest.Report(b, before)
}

// BenchmarkReportOfTasks is the same for 1,000 tasks of a plan, which are first held against the
// plan.
func BenchmarkReportOfTasks(b *testing.B) {
	w := newWorld(b, dbtest.Open(b))
	list := make([]plan.Draft, 1000)
	for i := range list {
		list[i] = plan.Draft{Task: plan.Task{Title: fmt.Sprintf("Tâche n° %d de l’atelier", i), Body: "Quelques mots sur ce qui est à faire", Deadline: today.AddDays(i % 300)}}
	}
	must(b, w.d.Do(b.Context(), func(tx db.Tx) error {
		_, err := w.plans.CreateTasksIn(tx, w.manager, w.p.ID, list, nil, nil)
		return err
	}))
	c := w.client(b, w.manager, "read")
	if n := len(c.query(b, `<C:comp-filter name="VTODO"/>`).Responses); n != 1000 {
		b.Fatalf("%d tasks", n)
	}
	body := `<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop><D:getetag/><C:calendar-data/></D:prop><C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VTODO"/></C:comp-filter></C:filter></C:calendar-query>`
	before := cputest.Used(b)
	for b.Loop() {
		c.want(b, 207, "REPORT", c.book, body, "Depth", "1")
	}
	cputest.Report(b, before)
}
