package job

import (
	"time"

	"bassin/internal/web"
	"bassin/internal/when"
)

// Line is a run as the shell's component shows it: web.Job(v, job.Line(v, rec)).
func Line(v *web.View, r Record) web.JobLine {
	l := web.JobLine{ID: string(r.ID), Title: text(v, r.Title()), Done: r.Done, Total: r.Total}
	if r.Cancellable() {
		l.StopURL = URL(r.ID) + "/cancel"
	}
	if r.State.Ended() {
		l.Badge = badge(v, r)
	}
	switch {
	case r.State == Done && r.ResultKey != "":
		l.Detail = text(v, r.Result())
	case r.State == Done:
		l.Detail = v.T("job.done_nothing")
	case r.State == Failed:
		l.Detail = why(v, r)
	case r.State == Cancelled:
		l.Detail = v.T("job.cancelled_text")
	case r.CancelRequestedAt > 0:
		l.Detail = v.T("job.stopping")
	case r.Retrying():
		l.Detail = v.T("job.retrying", "due_at", r.DueAt)
	case r.State == Queued && r.DueAt > r.CreatedAt:
		l.Detail = v.T("job.waiting_until", "due_at", r.DueAt)
	case r.State == Queued:
		l.Detail = v.T("job.waiting")
	default:
		l.Detail = under(v, r)
	}
	// An admin sees everybody's runs, and not what came of them behind the walls of others.
	if r.State == Done && r.ResultURL != "" && (r.OwnerID == "" || r.OwnerID == v.Viewer.ID) {
		l.Link = web.Link{Label: v.T("job.see_result"), URL: r.ResultURL}
	}
	return l
}

func badge(v *web.View, r Record) web.Badge {
	if r.State == Done && r.Findings > 0 {
		return web.Badge{Label: v.T("job.findings", "count", r.Findings), Icon: "alert-triangle", Tone: web.Late}
	}
	b := web.Badge{Label: v.T("job.state." + string(r.State))}
	switch r.State {
	case Queued:
		b.Icon = "hourglass"
	case Running:
		b.Tone = web.Run
	case Done:
		b.Tone = web.Done
	case Failed:
		b.Tone, b.Icon = web.Stop, "alert-circle"
	case Cancelled:
		b.Icon = "player-stop"
	}
	return b
}

// under says what a running run is at, and how long it will still take at the pace so far.
func under(v *web.View, r Record) string {
	said, left := text(v, r.Message()), ""
	switch d := r.left(v.Now); {
	case d > 90*time.Second:
		left = v.T("job.left_minutes", "count", int64((d+30*time.Second)/time.Minute))
	case d > 0:
		left = v.T("job.left_seconds", "count", int64(max(time.Second, d)/time.Second))
	}
	if said != "" && left != "" {
		return said + " ; " + left
	}
	return said + left
}

// left estimates the time to the end, 0 when nobody can tell yet.
func (r Record) left(now when.Time) time.Duration {
	gone := now.Sub(r.StartedAt)
	if r.State != Running || r.Done <= 0 || r.Done >= r.Total || gone < 2*time.Second {
		return 0
	}
	return time.Duration(float64(gone) / float64(r.Done) * float64(r.Total-r.Done))
}

func why(v *web.View, r Record) string {
	if r.ErrorKey == "" {
		return ""
	}
	return v.TArgs(r.ErrorKey, r.Error().Args)
}

func text(v *web.View, t Text) string {
	if t.Key == "" {
		return ""
	}
	return v.TArgs(t.Key, t.Args)
}

// defs are the facts beside a run.
func defs(v *web.View, r Record) []web.Def {
	list := []web.Def{{Term: v.T("job.asked"), Value: v.DateTime(r.CreatedAt)}}
	if r.State == Queued && r.DueAt > r.CreatedAt {
		list = append(list, web.Def{Term: v.T("job.due"), Value: v.DateTime(r.DueAt)})
	}
	if r.StartedAt > 0 {
		list = append(list, web.Def{Term: v.T("job.started"), Value: v.DateTime(r.StartedAt)})
	}
	if r.FinishedAt > 0 {
		list = append(list, web.Def{Term: v.T("job.finished"), Value: v.DateTime(r.FinishedAt)})
	}
	if r.Attempts > 1 {
		list = append(list, web.Def{Term: v.T("job.attempts"), Value: v.Number(int64(r.Attempts))})
	}
	return append(list, web.Def{Term: v.T("job.reference"), Value: string(r.ID)})
}
