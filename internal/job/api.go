package job

import (
	"context"
	"net/http"
	"time"

	"bassin/internal/db"
	"bassin/internal/web"
	"bassin/internal/when"

	"github.com/danielgtaylor/huma/v2"
)

// API registers the operations on runs.
func (q *Queue) API(m *web.Mux) {
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: "/api/v1/jobs", Summary: "List jobs", Tags: []string{"Jobs"},
		Description: "Your own jobs, newest first; everybody's for an administrator."}, q.jobsAPI)
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: "/api/v1/jobs/{id}", Summary: "Read a job", Tags: []string{"Jobs"},
		Description: "How far a job is, and what came of it. Ask again every few seconds while its state is queued or running."}, q.jobAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: "/api/v1/jobs/{id}/cancel", Summary: "Stop a job", Tags: []string{"Jobs"},
		Description: "Asks a job to stop. One that waits ends at once; one that runs ends when it can."}, q.cancelAPI)
}

// jobJSON is a run as programs see it.
type jobJSON struct {
	ID                string      `json:"id" doc:"Reference of the job."`
	Kind              string      `json:"kind" doc:"What work it is."`
	Title             string      `json:"title" doc:"What it is, in the language of the caller."`
	State             string      `json:"state" enum:"queued,running,done,failed,cancelled" doc:"Where it stands; the last three are final."`
	Scope             string      `json:"scope,omitempty" doc:"What it is about." example:"territory:ti-7602"`
	Done              int64       `json:"done" doc:"How much is done."`
	Total             int64       `json:"total" doc:"Of how much; 0 when nobody knows."`
	Message           string      `json:"message,omitempty" doc:"What it is doing."`
	Findings          int64       `json:"findings" doc:"How many lines or parts should be looked at."`
	Result            string      `json:"result,omitempty" doc:"What came of it."`
	ResultURL         string      `json:"result_url,omitempty" doc:"Where the result is, on this server."`
	Error             string      `json:"error,omitempty" doc:"Why it failed, or why it is tried again."`
	Errors            []fieldJSON `json:"errors,omitempty" doc:"Places of the file that are wrong."`
	Attempts          int         `json:"attempts" doc:"How often it was started."`
	CreatedAt         time.Time   `json:"created_at" doc:"When it was asked for."`
	DueAt             time.Time   `json:"due_at" doc:"When it may start."`
	StartedAt         *time.Time  `json:"started_at,omitempty" doc:"When the last attempt started."`
	FinishedAt        *time.Time  `json:"finished_at,omitempty" doc:"When it ended."`
	CancelRequestedAt *time.Time  `json:"cancel_requested_at,omitempty" doc:"When somebody asked to stop it."`
}

type fieldJSON struct {
	Location string `json:"location" doc:"The place." example:"line 18, montant"`
	Message  string `json:"message" doc:"What is wrong there."`
}

func toJSON(v *web.View, r Record) jobJSON {
	j := jobJSON{
		ID: string(r.ID), Kind: r.Kind, Title: text(v, r.Title()), State: string(r.State), Scope: r.Scope, Done: r.Done, Total: r.Total,
		Message: text(v, r.Message()), Findings: r.Findings, Result: text(v, r.Result()), ResultURL: r.ResultURL, Error: why(v, r),
		Attempts: r.Attempts, CreatedAt: r.CreatedAt.Time(), DueAt: r.DueAt.Time(),
		StartedAt: instant(r.StartedAt), FinishedAt: instant(r.FinishedAt), CancelRequestedAt: instant(r.CancelRequestedAt),
	}
	for _, f := range r.Fields() {
		j.Errors = append(j.Errors, fieldJSON{f.Name, v.TArgs(f.Key, f.Args)})
	}
	return j
}

func instant(t when.Time) *time.Time {
	if t == 0 {
		return nil
	}
	x := t.Time()
	return &x
}

type jobsInput struct {
	web.Paging
	Open bool `query:"open" doc:"Only jobs that wait or run."`
}

type jobsOutput struct{ Body web.List[jobJSON] }

func (q *Queue) jobsAPI(ctx context.Context, in *jobsInput) (*jobsOutput, error) {
	person, admin := q.opts.Who(ctx)
	f := filter{before: RunID(in.Cursor), limit: in.Limit + 1}
	if in.Open {
		f.part = open
	}
	var runs []Record
	err := q.db.View(ctx, func(tx db.Tx) (err error) {
		runs, err = listRuns(tx, mine(f, person, admin))
		return err
	})
	if err != nil {
		return nil, err
	}
	v := web.ViewIn(ctx)
	items := make([]jobJSON, len(runs))
	for i, r := range runs {
		items[i] = toJSON(v, q.live(r))
	}
	return &jobsOutput{web.PageOf(items, in.Limit, func(j jobJSON) string { return j.ID })}, nil
}

type jobInput struct {
	ID string `path:"id" maxLength:"40" doc:"Reference of the job."`
}

type jobOutput struct{ Body jobJSON }

func (q *Queue) jobAPI(ctx context.Context, in *jobInput) (*jobOutput, error) {
	person, admin := q.opts.Who(ctx)
	rec, err := q.find(ctx, person, admin, RunID(in.ID))
	if err != nil {
		return nil, err
	}
	return &jobOutput{toJSON(web.ViewIn(ctx), rec)}, nil
}

func (q *Queue) cancelAPI(ctx context.Context, in *jobInput) (*jobOutput, error) {
	person, admin := q.opts.Who(ctx)
	rec, err := q.Cancel(ctx, person, admin, RunID(in.ID))
	if err != nil {
		return nil, err
	}
	return &jobOutput{toJSON(web.ViewIn(ctx), rec)}, nil
}
