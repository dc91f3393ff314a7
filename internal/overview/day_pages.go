package overview

import (
	"context"
	"net/http"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/programme"
	"bassin/internal/project"
	"bassin/internal/web"
	"bassin/internal/when"

	"github.com/danielgtaylor/huma/v2"
)

// API registers the feature's operations.
func (s *Service) API(m *web.Mux) {
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: "/api/v1/me/day", Tags: []string{"Projects"}, Summary: "Read what waits for the caller",
		Description: "Tasks, meetings, gates, risks and mentions over all projects of the caller: what is late, what is of today, what comes within a week, what is under way."}, s.dayAPI)
}

// mine is what a person's home shows.
type mine struct {
	Day      Day
	Projects []project.Access
	Actions  []programme.Row // where they have a part; of their home
}

func (s *Service) dayPage(w http.ResponseWriter, r *http.Request) error {
	x, err := s.readMine(r.Context(), account.ActorOf(r))
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, dayView(web.ViewOf(r), x))
}

func (s *Service) showMine(w http.ResponseWriter, r *http.Request) error {
	by := account.ActorOf(r)
	x, err := s.readMine(r.Context(), by)
	if err != nil {
		return err
	}
	err = s.db.View(r.Context(), func(tx db.Tx) error {
		x.Actions, err = ownActions(tx, by)
		return err
	})
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, dayView(web.ViewOf(r), x))
}

func (s *Service) readMine(ctx context.Context, by account.Actor) (x mine, err error) {
	if x.Projects, err = s.plan.Books(ctx, by); err != nil {
		return x, err
	}
	err = s.db.View(ctx, func(tx db.Tx) error {
		x.Day, err = readDay(tx, by, x.Projects)
		return err
	})
	return x, err
}

// ownActions are the actions in which somebody has a part, the late ones first, with their money.
func ownActions(tx db.Tx, by account.Actor) ([]programme.Row, error) {
	rows, _, err := programme.ListActions(tx, by, programme.Filter{Mine: true, Sort: "late"}, 0, 100)
	if err != nil {
		return nil, err
	}
	byContract := map[programme.ContractID]map[programme.ActionID]programme.Amounts{}
	for i, row := range rows {
		if byContract[row.ContractID] == nil {
			if byContract[row.ContractID], err = programme.MoneyByAction(tx, row.ContractID, programme.AsOf{}); err != nil {
				return nil, err
			}
		}
		rows[i].Money = byContract[row.ContractID][row.ID]
	}
	return rows, nil
}

type waitJSON struct {
	Kind    WaitKind   `json:"kind" enum:"task,meeting,minutes,gate,risk,mention"`
	Ref     string     `json:"ref,omitempty" doc:"Code of the project and number of the task."`
	Title   string     `json:"title" doc:"Of a gate: the phase that it ends."`
	URL     string     `json:"url"`
	Project project.ID `json:"project_id,omitempty"`
	On      when.Date  `json:"on,omitempty" doc:"When it is due or takes place."`
	At      when.Time  `json:"at,omitempty" doc:"The hour of a meeting."`
	State   string     `json:"state,omitempty" doc:"Of a task."`
}

type dayJSON struct {
	Late  []waitJSON `json:"late"`
	Today []waitJSON `json:"today"`
	Asked []waitJSON `json:"asked" doc:"What asks for an answer: mentions, minutes to close."`
	Soon  []waitJSON `json:"soon" doc:"Within a week."`
	Going []waitJSON `json:"going" doc:"Under way, due later or without a day."`
}

type dayOut struct{ Body dayJSON }

func (s *Service) dayAPI(ctx context.Context, _ *struct{}) (*dayOut, error) {
	x, err := s.readMine(ctx, account.ActorIn(ctx))
	if err != nil {
		return nil, err
	}
	return &dayOut{dayJSON{waitsOut(x.Day.Late), waitsOut(x.Day.Today), waitsOut(x.Day.Asked), waitsOut(x.Day.Soon), waitsOut(x.Day.Going)}}, nil
}

func waitsOut(list []Wait) []waitJSON {
	out := make([]waitJSON, len(list))
	for i, w := range list {
		title := w.Title
		if w.Kind == WaitGate {
			title = string(w.Phase)
		}
		out[i] = waitJSON{w.Kind, w.Ref, title, w.URL, w.ProjectID, w.On, w.At, string(w.State)}
	}
	return out
}
