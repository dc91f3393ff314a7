package app

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"bassin/internal/account"
	"bassin/internal/additive"
	"bassin/internal/agenda"
	"bassin/internal/batch"
	"bassin/internal/cad"
	"bassin/internal/calibration"
	"bassin/internal/cost"
	"bassin/internal/db"
	"bassin/internal/demand"
	"bassin/internal/document"
	"bassin/internal/fault"
	"bassin/internal/file"
	"bassin/internal/job"
	"bassin/internal/making"
	"bassin/internal/meeting"
	"bassin/internal/note"
	"bassin/internal/office"
	"bassin/internal/overview"
	"bassin/internal/park"
	"bassin/internal/plan"
	"bassin/internal/printfile"
	"bassin/internal/programme"
	"bassin/internal/project"
	"bassin/internal/search"
	"bassin/internal/search/extract"
	"bassin/internal/slicer"
	"bassin/internal/talk"
	"bassin/internal/territory"
	"bassin/internal/transfer"
	"bassin/internal/web"
	"bassin/internal/webhook"

	"github.com/prometheus/client_golang/prometheus"
)

// site is all features on one database, with their routes.
type site struct {
	db       *db.DB
	log      *slog.Logger
	mux      *web.Mux
	metrics  prometheus.Gatherer
	stopping chan struct{} // closed when the server leaves: /readyz then says so
	failed   chan error    // of a listener

	jobs        *job.Queue
	account     *account.Service
	territory   *territory.Service
	talk        *talk.Service
	project     *project.Service
	webhook     *webhook.Service
	plan        *plan.Service
	document    *document.Service
	note        *note.Service
	meeting     *meeting.Service
	cost        *cost.Service
	park        *park.Service
	calibration *calibration.Service
	additive    *additive.Service
	making      *making.Service
	demand      *demand.Service
	batch       *batch.Service
	printfile   *printfile.Service
	agenda      *agenda.Service
	programme   *programme.Service
	search      *search.Service
	overview    *overview.Service
	transfer    *transfer.Service

	patterns map[string]bool // registered routes, for the navigation
	counts   counts
}

// siteOptions are what the wiring needs beyond the database.
type siteOptions struct {
	Files    file.Store
	Version  string
	Self     string // path of the program, which reads some files in a process of its own; "": none
	URL      string // public address
	Demo     bool
	NoJobs   bool // enqueue only; others run the work
	Proxied  bool // behind one proxy
	SMTP     account.SMTP
	OIDC     account.OIDC
	Office   *office.Converter // makes PDF of office documents; nil: none
	CAD      *cad.Converter    // reads STEP and IGES; nil: none
	Slicer   *slicer.Program   // nil: no print files
	Printers bool              // printers in a network of one's own may be asked
	Lookup   string            // address of the company search service; "" or "off": none
	Log      *slog.Logger
	Metrics  prometheus.Registerer
}

// extract reads the text of files.
func (o siteOptions) extract() search.Extract {
	if o.Self == "" {
		return extract.Text
	}
	return extract.Reader{Child: []string{o.Self, "read-pdf"}}.Text
}

// feature is what every feature gives to the wiring.
type feature interface {
	Pages(m *web.Mux)
	API(m *web.Mux)
}

// newSite makes the features, fills their slots and registers their routes and kinds of work.
func newSite(ctx context.Context, d *db.DB, o siteOptions) (*site, error) {
	s := &site{db: d, log: o.Log, stopping: make(chan struct{}), failed: make(chan error, 2), patterns: map[string]bool{}}
	var err error
	s.jobs, err = job.New(ctx, d, job.Options{Log: o.Log, InsertOnly: o.NoJobs, Metrics: o.Metrics, Names: s.names,
		Who: func(ctx context.Context) (string, bool) { a := account.ActorIn(ctx); return string(a.ID), a.Admin() }})
	if err != nil {
		return nil, err
	}
	job.Every(s.jobs, "app.sweep", time.Hour, func(ctx context.Context, _ *job.Run) error { return d.Do(ctx, web.SweepOnce) })
	secure := secureURL(o.URL)
	lookup, err := newLookup(d, o)
	if err != nil {
		return nil, err
	}
	s.account = account.New(account.Options{DB: d, Log: o.Log, Demo: o.Demo, Secure: secure, Proxied: o.Proxied, URL: strings.TrimSuffix(o.URL, "/"),
		Files: o.Files, SMTP: o.SMTP, OIDC: o.OIDC, Lookup: register(lookup), Scopes: scopes, ScopeName: scopeName})
	s.search = search.New(search.Options{DB: d, Log: o.Log, Files: o.Files, Extract: o.extract()})
	s.territory = territory.New(territory.Options{DB: d, Log: o.Log, Lookup: lookup, Files: o.Files})
	s.talk = talk.New(talk.Options{DB: d, Log: o.Log, Account: s.account, Stopping: s.stopping})
	s.project = project.New(project.Options{DB: d, Log: o.Log, Account: s.account, Talk: s.talk, Origin: originOf})
	s.talk.Subjects["project"] = s.project.Subject
	s.webhook = webhook.New(webhook.Options{DB: d, Log: o.Log, Account: s.account, Project: s.project, URL: strings.TrimSuffix(o.URL, "/"), Loopback: o.Demo})
	s.plan = plan.New(plan.Options{DB: d, Log: o.Log, Project: s.project, Talk: s.talk})
	s.talk.Subjects["task"] = s.plan.Subject
	s.project.Tabs = append(s.project.Tabs, project.Tab{Key: "plan", Path: "/plan"})
	s.document = document.New(document.Options{DB: d, Log: o.Log, Files: o.Files, Project: s.project, Plan: s.plan, Account: s.account, Talk: s.talk, Texts: s.search, Office: o.Office, URL: strings.TrimSuffix(o.URL, "/")})
	s.plan.Panels, s.plan.Copied = append(s.plan.Panels, s.document.TaskPanel), append(s.plan.Copied, document.Copied)
	s.project.Panels = append(s.project.Panels, s.plan.HomePanel)
	s.project.Tabs = append(s.project.Tabs, project.Tab{Key: "documents", Path: "/documents"})
	s.project.PeoplePanels = append(s.project.PeoplePanels, s.document.PeoplePanel, s.webhook.PeoplePanel)
	s.note = note.New(note.Options{DB: d, Log: o.Log, Account: s.account, Projects: s.project, Talk: s.talk, URL: strings.TrimSuffix(o.URL, "/")})
	s.project.Tabs = append(s.project.Tabs, project.Tab{Key: "notes", Path: "/notes"})
	s.meeting = meeting.New(meeting.Options{DB: d, Log: o.Log, Files: o.Files, Account: s.account, Talk: s.talk, Plan: s.plan, Project: s.project, URL: strings.TrimSuffix(o.URL, "/")})
	s.project.Tabs = append(s.project.Tabs, project.Tab{Key: "meetings", Path: "/meetings"})
	s.project.Renamed = append(s.project.Renamed, plan.Renamed, meeting.Renamed)
	s.cost = cost.New(cost.Options{DB: d, Log: o.Log, Project: s.project, Plan: s.plan, Financing: financingOf})
	s.plan.Panels = append(s.plan.Panels, s.cost.TaskPanel)
	s.project.Tabs = append(s.project.Tabs, project.Tab{Key: "costs", Path: "/costs"})
	s.park = park.New(park.Options{DB: d, Log: o.Log})
	s.calibration = calibration.New(calibration.Options{DB: d, Log: o.Log, Private: o.Printers, Loopback: o.Demo})
	s.park.Panels = append(s.park.Panels, s.calibration.Panel)
	s.additive = additive.New(additive.Options{DB: d, Log: o.Log, Files: o.Files, CAD: o.CAD})
	s.making = making.New(making.Options{DB: d, Log: o.Log, Files: o.Files, Talk: s.talk, URL: strings.TrimSuffix(o.URL, "/")})
	s.additive.Panels, s.additive.Bound = append(s.additive.Panels, s.making.Panel), append(s.additive.Bound, s.making.Bound)
	s.batch = batch.New(batch.Options{DB: d, Log: o.Log, Files: o.Files, Making: s.making, URL: strings.TrimSuffix(o.URL, "/")})
	s.making.Held, s.making.Moved = append(s.making.Held, s.batch.Held), append(s.making.Moved, s.batch.Moved)
	s.making.Doors, s.making.Panels = append(s.making.Doors, batch.Door), append(s.making.Panels, s.batch.Panel)
	s.printfile = printfile.New(printfile.Options{DB: d, Log: o.Log, Files: o.Files, Slicer: o.Slicer, Batch: s.batch})
	s.batch.Panels = append(s.batch.Panels, s.printfile.BatchPanel)
	s.park.Panels, s.making.Panels = append(s.park.Panels, s.printfile.MachinePanel), append(s.making.Panels, s.printfile.OrderPanel)
	s.demand = demand.New(demand.Options{DB: d, Log: o.Log})
	s.additive.Checked, s.making.Moved = append(s.additive.Checked, s.demand.Checked), append(s.making.Moved, s.demand.Moved)
	s.park.Doors = append(s.park.Doors, demand.Door)
	s.agenda = agenda.New(agenda.Options{DB: d, Log: o.Log, Account: s.account, Plan: s.plan, Meeting: s.meeting, URL: strings.TrimSuffix(o.URL, "/")})
	s.talk.Subjects["note"] = s.note.Subject
	s.programme = programme.New(programme.Options{DB: d, Log: o.Log, Files: o.Files, Texts: s.search, Account: s.account})
	s.transfer = transfer.New(transfer.Options{DB: d, Log: o.Log, Files: o.Files, Project: s.project, Version: o.Version,
		Rooms: []transfer.Room{s.project, s.plan, s.document, s.note, s.meeting, s.talk, s.cost}})
	s.project.EditPanels, s.project.Doors = append(s.project.EditPanels, s.transfer.Panel), append(s.project.Doors, transfer.Door)
	s.mux = web.NewMux(web.Options{
		DB: d, Log: o.Log, Demo: o.Demo, Version: o.Version, Secure: secure, Metrics: o.Metrics,
		Authenticate: s.account.Authenticate, Viewer: account.Viewer, Shell: s.shell, Prefer: s.account.Prefer,
	})
	s.mux.Raw("GET /healthz", http.HandlerFunc(s.healthz))
	s.mux.Raw("GET /readyz", http.HandlerFunc(s.readyz))
	features := []feature{s.account, s.territory, s.talk, s.project, s.webhook, s.plan, s.document, s.note, s.meeting, s.cost, s.agenda, s.transfer, s.park, s.calibration, s.additive, s.making, s.batch, s.printfile, s.demand, s.programme, s.jobs}
	for _, f := range features {
		f.Pages(s.mux)
		f.API(s.mux)
	}
	for _, f := range []interface{ SearchSources() []search.Source }{s.account, s.territory, s.project, s.plan, s.document, s.note, s.meeting, s.programme, s.additive} {
		s.search.Sources(f.SearchSources()...)
	}
	s.search.Jobs(s.jobs)
	for _, f := range features {
		if f, works := f.(interface{ Jobs(q *job.Queue) }); works {
			f.Jobs(s.jobs)
		}
	}
	s.overview = overview.New(d, s.plan, searchWalls)
	s.overview.Pages(s.mux)
	s.overview.API(s.mux)
	s.territory.Panels = append(s.territory.Panels, s.overview.Panel)
	s.mux.NotFound()
	for _, r := range s.mux.Routes() {
		s.patterns[r.Pattern] = true
	}
	return s, nil
}

// names gives the names of people for the list of jobs.
func (s *site) names(ctx context.Context, ids []string) map[string]string {
	m := map[string]string{}
	err := s.db.View(ctx, func(tx db.Tx) error {
		for _, id := range ids {
			p, err := account.Load(tx, account.PersonID(id))
			if err := fault.IgnoreMissing(err); err != nil {
				return err
			}
			m[id] = p.Name
		}
		return nil
	})
	if err != nil {
		s.log.Warn("names of people", "error", err.Error())
	}
	return m
}
