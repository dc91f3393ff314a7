package job

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"bassin/internal/fault"
	"bassin/internal/when"
)

// RunID names a run.
type RunID string

// State is where a run stands.
type State string

// The states of a run. The last three are final.
const (
	Queued    State = "queued"
	Running   State = "running"
	Done      State = "done"
	Failed    State = "failed"
	Cancelled State = "cancelled"
)

// States are all of them, in the order of a run's life.
var States = []State{Queued, Running, Done, Failed, Cancelled}

// Ended reports a final state.
func (s State) Ended() bool { return s == Done || s == Failed || s == Cancelled }

// Record is one run: who asked for what, how far it is, what came of it. Texts are keys with
// their values in JSON; see Text.
type Record struct {
	ID                RunID
	Kind              string
	TitleKey          string
	TitleArgs         string
	OwnerID           string
	Scope             string
	UniqueKey         string
	Args              string
	Long              bool
	Safe              bool
	MaxAttempts       int
	State             State
	Attempts          int
	CallID            int64
	WorkerID          string
	Done              int64
	Total             int64
	MessageKey        string
	MessageArgs       string
	Findings          int64
	ResultURL         string
	ResultKey         string
	ResultArgs        string
	ErrorKey          string
	ErrorArgs         string
	ErrorFields       string
	CreatedAt         when.Time
	DueAt             when.Time
	StartedAt         when.Time
	FinishedAt        when.Time
	CancelRequestedAt when.Time
}

// Text is a text key with its values.
type Text struct {
	Key  string
	Args fault.Args
}

// Title says what the run is.
func (r Record) Title() Text { return Text{r.TitleKey, decodeArgs(r.TitleArgs)} }

// Message says what it is doing, empty when the handler did not say.
func (r Record) Message() Text { return Text{r.MessageKey, decodeArgs(r.MessageArgs)} }

// Result says what came of it.
func (r Record) Result() Text { return Text{r.ResultKey, decodeArgs(r.ResultArgs)} }

// Error says why it failed, or why it is tried again.
func (r Record) Error() Text { return Text{r.ErrorKey, decodeArgs(r.ErrorArgs)} }

// Fields are the places of a file or a form that are wrong, at most keepFields.
func (r Record) Fields() []fault.Field {
	var list []fault.Field
	if r.ErrorFields == "" || decode(r.ErrorFields, &list) != nil {
		return nil
	}
	for i := range list {
		list[i].Args = whole(list[i].Args)
	}
	return list
}

// Cancellable reports whether asking to stop makes sense.
func (r Record) Cancellable() bool { return !r.State.Ended() && r.CancelRequestedAt == 0 }

// Retrying reports a run that waits for another attempt after a failure.
func (r Record) Retrying() bool { return r.State == Queued && r.ErrorKey != "" }

// visibleTo is the rule for pages and API: one's own runs, and everybody's for an admin.
func (r Record) visibleTo(person string, admin bool) bool {
	return admin || (person != "" && r.OwnerID == person)
}

// cause says why an attempt's context ended early.
type cause string

// Error makes a cause fit for context.WithCancelCause.
func (c cause) Error() string { return string(c) }

const (
	causeAsked   cause = "somebody asked to stop"
	causeStop    cause = "the server stops"
	causeLost    cause = "the run was given to another worker, or the database is out of reach"
	causeTimeout cause = "the time limit of the attempt"
)

// outcome is what becomes of a run after an attempt.
type outcome struct {
	State   State
	Key     string
	Args    fault.Args
	Fields  []fault.Field
	After   time.Duration // of a queued one: pause before the next attempt
	Uncount bool          // the attempt does not count
}

// keepFields is how many wrong places of a file are kept; the handler's own report holds all.
const keepFields = 200

// after decides what becomes of a run whose attempt ended with err.
//
// What the person can mend (invalid, conflict, …) is not tried again: it would fail alike. What
// passes by itself (unavailable, or a mistake of ours that may be one of timing) is, where the
// kind is safe.
func (r Record) after(err error, why cause, limit time.Duration, pause func(int) time.Duration) outcome {
	f := fault.As(err)
	switch {
	case err == nil:
		return outcome{State: Done}
	case why == causeAsked:
		return outcome{State: Cancelled}
	case why == causeStop && r.Safe:
		return outcome{State: Queued, Uncount: true}
	case why == causeStop:
		return outcome{State: Failed, Key: "job.stopped"}
	case why == causeLost:
		return r.lost()
	case why == causeTimeout:
		return outcome{State: Failed, Key: "job.timeout", Args: fault.Args{"count": int64(max(1, limit.Round(time.Minute)/time.Minute))}}
	}
	out := outcome{State: Failed, Key: "job.internal", Args: fault.Args{"id": string(r.ID)}}
	passing := true
	if f != nil && f.Kind != fault.Internal {
		out.Key, out.Args, out.Fields = f.Key, f.Args, f.Fields
		if len(out.Fields) > keepFields {
			out.Fields = out.Fields[:keepFields]
		}
		passing = f.Kind == fault.Unavailable || f.Kind == fault.TooMany
	}
	if passing && r.Safe && r.Attempts < r.MaxAttempts {
		out.State, out.After = Queued, pause(r.Attempts)
	}
	return out
}

// lost decides what becomes of a run whose worker died in the middle.
func (r Record) lost() outcome {
	switch {
	case r.CancelRequestedAt > 0:
		return outcome{State: Cancelled}
	case r.Safe && r.Attempts < r.MaxAttempts:
		return outcome{State: Queued}
	case r.Safe:
		return outcome{State: Failed, Key: "job.lost_often", Args: fault.Args{"count": r.Attempts}}
	}
	return outcome{State: Failed, Key: "job.lost"}
}

// backoff is the pause after the given attempt.
func backoff(attempt int) time.Duration {
	steps := []time.Duration{5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute}
	return steps[min(max(attempt, 1), len(steps))-1]
}

// encodeArgs writes the values of a text. Instants become numbers, as the texts' _at values want
// them; what has no JSON form is written as text.
func encodeArgs(args fault.Args) string {
	if len(args) == 0 {
		return ""
	}
	flat := make(fault.Args, len(args))
	for k, v := range args {
		switch x := v.(type) {
		case when.Time:
			flat[k] = int64(x)
		case error:
			flat[k] = x.Error()
		default:
			if _, err := json.Marshal(x); err != nil {
				flat[k] = fmt.Sprint(x)
			} else {
				flat[k] = x
			}
		}
	}
	b, err := json.Marshal(flat)
	if err != nil {
		return ""
	}
	return string(b)
}

func encodeFields(list []fault.Field) string {
	if len(list) == 0 {
		return ""
	}
	flat := make([]fault.Field, len(list))
	for i, f := range list {
		flat[i] = fault.Field{Name: f.Name, Key: f.Key}
		if s := encodeArgs(f.Args); s != "" {
			flat[i].Args = decodeArgs(s)
		}
	}
	b, err := json.Marshal(flat)
	if err != nil {
		return ""
	}
	return string(b)
}

func decodeArgs(s string) fault.Args {
	var args fault.Args
	if s == "" || decode(s, &args) != nil {
		return nil
	}
	return whole(args)
}

func decode(s string, v any) error {
	d := json.NewDecoder(bytes.NewReader([]byte(s)))
	d.UseNumber() // 1200 must stay a whole number: texts write those with separators
	return d.Decode(v)
}

func whole(args fault.Args) fault.Args {
	for k, v := range args {
		n, ok := v.(json.Number)
		if !ok {
			continue
		}
		if i, err := n.Int64(); err == nil {
			args[k] = i
		} else if f, err := n.Float64(); err == nil {
			args[k] = f
		}
	}
	return args
}

func pairs(list []any) fault.Args {
	if len(list) == 0 {
		return nil
	}
	m := make(fault.Args, len(list)/2)
	for i := 0; i+1 < len(list); i += 2 {
		m[fmt.Sprint(list[i])] = list[i+1]
	}
	return m
}
