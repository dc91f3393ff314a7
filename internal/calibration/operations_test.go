package calibration

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/fault"
	"bassin/internal/job"
	"bassin/internal/park"
	"bassin/internal/printlog"
)

type world struct {
	t                    *testing.T
	d                    *db.DB
	accounts             *account.Service
	s                    *Service
	makes, helps, others account.Actor
	machine              park.Machine
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newWorld(t *testing.T, d *db.DB, o Options) *world {
	t.Helper()
	d = d.Clocked(func() time.Time { return time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC) })
	o.DB = d
	w := &world{t: t, d: d, accounts: account.New(account.Options{DB: d}), s: New(o)}
	q, err := job.New(t.Context(), d, job.Options{Workers: 1, Grace: time.Second})
	must(t, err)
	w.s.Jobs(q)
	must(t, q.Start(t.Context()))
	t.Cleanup(func() { _ = q.Stop(context.Background()) })
	shop, far := w.organisation("Atelier"), w.organisation("Ailleurs")
	w.makes, w.helps, w.others = w.person("chef", shop, account.Manager), w.person("atelier", shop, account.Member), w.person("ailleurs", far, account.Manager)
	w.machine, err = park.New(park.Options{DB: d}).AddMachine(t.Context(), w.makes, park.Machine{OrganisationID: shop, Name: "Fil", Process: park.FDM, AskedBy: park.Everyone, XMM: 200, YMM: 200, ZMM: 200, LeastLayerMM: 0.1, MostLayerMM: 0.3,
		Opening: park.Opening{OpenDays: "12345", OpenFrom: 480, OpenTo: 1080}}, park.Open{})
	must(t, err)
	return w
}

func (w *world) organisation(name string) account.OrganisationID {
	o, err := w.accounts.AddOrganisation(w.t.Context(), account.System("test"), account.Organisation{Kind: account.Company, Name: name})
	must(w.t, err)
	return o.ID
}

func (w *world) person(name string, of account.OrganisationID, role account.MembershipRole) (a account.Actor) {
	p, err := w.accounts.AddPerson(w.t.Context(), account.System("test"), account.Person{Email: name + "@exemple.fr", Name: name}, "")
	must(w.t, err)
	must(w.t, w.accounts.Join(w.t.Context(), account.System("test"), account.Membership{PersonID: p.ID, OrganisationID: of, Role: role}))
	must(w.t, w.d.View(w.t.Context(), func(tx db.Tx) (err error) { a, err = account.Load(tx, p.ID); return err }))
	return a
}

func (w *world) factor() (f Factor) {
	w.t.Helper()
	must(w.t, w.d.View(w.t.Context(), func(tx db.Tx) error {
		list, err := FactorsOf(tx, []park.MachineID{w.machine.ID})
		f = list[w.machine.ID]
		return err
	}))
	return f
}

// fetched waits until the printer was asked, and gives the problem.
func (w *world) fetched() string {
	w.t.Helper()
	for range 400 {
		var l Link
		must(w.t, w.d.View(w.t.Context(), func(tx db.Tx) (err error) { l, err = getLink(tx, w.machine.ID); return err }))
		if l.FetchedAt != 0 {
			return l.Problem
		}
		time.Sleep(25 * time.Millisecond)
	}
	w.t.Fatal("the printer was not asked in 10 s")
	return ""
}

const secret = "0123456789abcdef"

// printer speaks as Moonraker and OctoPrint do, with so many jobs.
func printer(t *testing.T, jobs int) (*httptest.Server, *atomic.Int64) {
	var asked atomic.Int64
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			return
		}
		asked.Add(1)
		if r.Header.Get("X-Api-Key") != secret {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		var list []string
		switch r.URL.Path {
		case "/server/history/list":
			limit, _ := strconv.Atoi(r.FormValue("limit"))
			start, _ := strconv.Atoi(r.FormValue("start"))
			for i := start; i < min(start+limit, jobs); i++ {
				list = append(list, fmt.Sprintf(`{"job_id":"%06X","filename":"secret.gcode","status":"completed","start_time":%d,"end_time":%d,"print_duration":%d,"total_duration":9999,"filament_used":1050,"metadata":{"estimated_time":1000,"filament_total":1000}}`,
					jobs-i, 1700000000-i*5000, 1700002000-i*5000, 1100+100*(i%3)))
			}
			_, _ = fmt.Fprintf(w, `{"result":{"count":%d,"jobs":[%s]}}`, jobs, strings.Join(list, ","))
		case "/api/files":
			for i := range jobs {
				list = append(list, fmt.Sprintf(`{"name":"p%d.gcode","path":"p%d.gcode","gcodeAnalysis":{"estimatedPrintTime":1000},"prints":{"success":1,"failure":0,"last":{"date":%d,"printTime":1300,"success":true}}}`, i, i, 1700000000+i))
			}
			_, _ = fmt.Fprintf(w, `{"files":[%s]}`, strings.Join(list, ","))
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(srv.Close)
	return srv, &asked
}

// From the address of a printer to the factor: all pages are read, what comes again counts once, a wrong key is told.
func TestAPrinterIsAsked(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, Options{Loopback: true})
		srv, asked := printer(t, 620)
		link := Link{MachineID: w.machine.ID, Kind: printlog.Moonraker, Address: srv.URL, Secret: "wrong"}
		must(t, w.s.SetLink(t.Context(), w.makes, link))
		if p := w.fetched(); p != "calibration.problem.key" {
			t.Fatalf("a wrong key: %q", p)
		}
		link.Secret = secret
		must(t, w.s.SetLink(t.Context(), w.makes, link))
		if p := w.fetched(); p != "" || asked.Load() != 3 {
			t.Fatalf("problem %q after %d requests", p, asked.Load())
		}
		f := w.factor()
		if f.ToldJobs != newestRuns || f.ToldMedian != 1.2 || f.ToldLow != 1.1 || f.ToldHigh != 1.3 || f.FedJobs != newestRuns || f.FedMedian != 1.05 {
			t.Fatalf("%+v", f)
		}
		link.Secret = "" // stays, for the same address
		must(t, w.s.SetLink(t.Context(), w.makes, link))
		if p := w.fetched(); p != "" {
			t.Fatalf("the key did not stay: %q", p)
		}
		var n int64
		must(t, w.d.View(t.Context(), func(tx db.Tx) (err error) { n, err = countRuns(tx, w.machine.ID); return err }))
		if n != 620 || w.factor() != f {
			t.Errorf("%d jobs after they were read twice, %+v", n, w.factor())
		}
		link.Kind = printlog.OctoPrint
		must(t, w.s.SetLink(t.Context(), w.makes, link))
		if p := w.fetched(); p != "" {
			t.Fatalf("OctoPrint: %q", p)
		}
		must(t, w.s.Anew(t.Context(), w.makes, w.machine.ID))
		if f := w.factor(); f.ToldJobs != 0 || f.SinceAt == 0 {
			t.Errorf("begun anew: %+v", f)
		}
		link.Address = srv.URL + "/elsewhere"
		link.Secret = ""
		must(t, w.s.SetLink(t.Context(), w.makes, link))
		if p := w.fetched(); p != "calibration.problem.key" { // the key did not go to another address
			t.Errorf("another address: %q", p)
		}
		must(t, w.s.RemoveLink(t.Context(), w.makes, w.machine.ID))
		must(t, w.d.View(t.Context(), func(tx db.Tx) error {
			if _, err := getLink(tx, w.machine.ID); !fault.Is(err, fault.NotFound) {
				t.Errorf("the key is still there: %v", err)
			}
			return nil
		}))
	})
}

// Another address that was given while a printer is asked is asked too, and the answer of the one before no longer counts.
func TestALinkIsChangedWhileItIsAsked(t *testing.T) {
	w := newWorld(t, dbtest.Open(t), Options{Loopback: true})
	asked, answer := make(chan bool, 1), make(chan bool)
	slow := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			asked <- true
			<-answer
		}
		rw.WriteHeader(http.StatusTeapot)
	}))
	t.Cleanup(slow.Close)
	srv, _ := printer(t, 20)
	link := Link{MachineID: w.machine.ID, Kind: printlog.Moonraker, Address: slow.URL, Secret: secret}
	must(t, w.s.SetLink(t.Context(), w.makes, link))
	<-asked
	link.Address = srv.URL
	must(t, w.s.SetLink(t.Context(), w.makes, link))
	close(answer)
	if problem := w.fetched(); problem != "" {
		t.Errorf("the new address: %q", problem)
	}
}

// A server that does not allow it reaches no printer in a private network, nor this machine; one that allows private
// networks sends nothing to the public Internet without TLS.
func TestAddressesThatAreNotReached(t *testing.T) {
	w := newWorld(t, dbtest.Open(t), Options{})
	srv, asked := printer(t, 1)
	for name, c := range map[string]struct {
		o       Options
		address string
	}{
		"http where it is not allowed":   {Options{}, srv.URL},
		"this machine by https":          {Options{}, strings.Replace(srv.URL, "http:", "https:", 1)},
		"this machine as a printer":      {Options{Private: true}, srv.URL},
		"metadata of a cloud":            {Options{Private: true}, "http://169.254.169.254/latest"},
		"the public Internet in clear":   {Options{Private: true}, "http://93.184.216.34"},
		"the same in capitals":           {Options{Private: true}, "HTTP://93.184.216.34"},
		"a private network, not allowed": {Options{}, "https://192.168.1.20"},
	} {
		c.o.DB = w.d
		err := New(c.o).SetLink(t.Context(), w.makes, Link{MachineID: w.machine.ID, Kind: printlog.Moonraker, Address: c.address, Secret: secret})
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if asked.Load() != 0 {
		t.Errorf("%d requests came through", asked.Load())
	}
}

// Who may: the managers change, the people of the organisation read, others find nothing.
func TestWhoCalibrates(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, Options{Loopback: true})
		history := `{"jobs":[` + strings.Repeat(`{"job_id":"1","status":"completed","start_time":5,"end_time":99,"print_duration":120,"metadata":{"estimated_time":100}},`, 3) + `{"job_id":"2","status":"completed","start_time":9,"end_time":99,"print_duration":130,"metadata":{"estimated_time":100}}]}`
		for _, c := range []struct {
			by   account.Actor
			kind fault.Kind
		}{{w.others, fault.NotFound}, {w.helps, fault.Forbidden}} {
			_, upload := w.s.Upload(t.Context(), c.by, w.machine.ID, strings.NewReader(history))
			_, add := w.s.Add(t.Context(), c.by, w.machine.ID, []Run{{Trace: "x", EndedAt: 1, EstimatedS: 100, RealS: 100}})
			for what, err := range map[string]error{"upload": upload, "add": add, "heed": w.s.Heed(t.Context(), c.by, w.machine.ID, false), "anew": w.s.Anew(t.Context(), c.by, w.machine.ID), "fetch": w.s.Fetch(t.Context(), c.by, w.machine.ID),
				"link": w.s.SetLink(t.Context(), c.by, Link{MachineID: w.machine.ID, Kind: printlog.Moonraker, Address: "https://printer.example"}), "unlink": w.s.RemoveLink(t.Context(), c.by, w.machine.ID)} {
				if !fault.Is(err, c.kind) {
					t.Errorf("%s by %s: %v", what, c.by.Name, err)
				}
			}
		}
		if n, err := w.s.Upload(t.Context(), w.makes, w.machine.ID, strings.NewReader(history)); n != 2 || err != nil {
			t.Errorf("%d new jobs of a file in which one comes thrice: %v", n, err)
		}
		if _, err := w.s.Upload(t.Context(), w.makes, w.machine.ID, strings.NewReader("G28")); !fault.Is(err, fault.Invalid) {
			t.Errorf("a file of something else: %v", err)
		}
		if _, err := w.s.Upload(t.Context(), w.makes, w.machine.ID, failing{}); err == nil || fault.Is(err, fault.Invalid) {
			t.Errorf("an upload that breaks off: %v", err)
		}
		if n, err := w.s.Add(t.Context(), w.makes, w.machine.ID, []Run{{Trace: "1", EndedAt: 5, EstimatedS: 100, RealS: 110}, {Trace: "1", EndedAt: 5, EstimatedS: 100, RealS: 110}}); n != 1 || err != nil {
			t.Errorf("%d jobs of a program: %v", n, err)
		}
		must(t, w.s.Heed(t.Context(), w.makes, w.machine.ID, false))
		if f := w.factor(); f.Heeded || f.ToldJobs != 3 {
			t.Errorf("%+v", f)
		}
	})
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("broken off") }
