package web

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"slices"

	"bassin/internal/fault"
	"bassin/internal/when"

	"github.com/danielgtaylor/huma/v2"
)

// Difference is a field that stands otherwise than it was sent.
type Difference struct {
	Field  string `json:"field"`
	Stored any    `json:"stored" doc:"What stands."`
	Sent   any    `json:"sent" doc:"What you sent."`
}

// StaleProblem tells a caller whom somebody else overtook what stands now beside what was sent:
// nothing was changed; with the new ETag the caller can decide again.
type StaleProblem struct {
	huma.ErrorModel
	ETag        string       `json:"etag,omitempty" doc:"Of what stands, for the next If-Match."`
	SavedBy     string       `json:"saved_by,omitempty" doc:"Who saved it, where that is known."`
	SavedAt     when.Time    `json:"saved_at,omitempty"`
	Differences []Difference `json:"differences,omitempty"`
}

// Stand is what stands of something that somebody else changed first.
type Stand struct {
	Version int64
	SavedBy string
	SavedAt when.Time
	Value   any // as the API gives it
}

// Overtaken makes the problem (412). Stored and sent are values of one JSON type; only fields of what was
// sent are compared.
func Overtaken(ctx context.Context, now Stand, sent any) error {
	p := &StaleProblem{ErrorModel: *problem(ViewIn(ctx), fault.New(fault.Conflict, "fault.stale")), ETag: ETag(now.Version), SavedBy: now.SavedBy, SavedAt: now.SavedAt, Differences: []Difference{}}
	theirs, mine := fieldsOf(now.Value), fieldsOf(sent)
	for _, name := range slices.Sorted(maps.Keys(mine)) {
		if !bytes.Equal(theirs[name], mine[name]) {
			p.Differences = append(p.Differences, Difference{name, theirs[name], mine[name]})
		}
	}
	return huma.ErrorWithHeaders(p, http.Header{"ETag": {p.ETag}})
}

func fieldsOf(x any) map[string]json.RawMessage {
	b, err := json.Marshal(x)
	m := map[string]json.RawMessage{}
	if err != nil || json.Unmarshal(b, &m) != nil {
		return nil
	}
	return m
}
