package overview

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/project"
	"bassin/internal/web"
)

const (
	activitySize = 60
	// maxActivity is over how many projects the activity is read, those changed last first: one
	// statement reads them all.
	maxActivity = 100
)

// activity is what was done in the projects of the reader, by one person or by all.
type activity struct {
	Projects []project.Access // that can be chosen
	People   []web.Choice
	List     []account.Entry
	Older    string
}

// where names the project of an event.
func (x activity) where(scope string) string {
	for _, a := range x.Projects {
		if a.ID.Scope() == scope {
			return a.Title
		}
	}
	return ""
}

func (x activity) filters(v *web.View) []web.FilterField {
	var projects []web.Choice
	for _, a := range x.Projects {
		projects = append(projects, web.Choice{Value: string(a.ID), Label: a.Title})
	}
	return []web.FilterField{
		{Name: "person", Label: v.T("overview.activity.person"), All: v.T("overview.activity.everybody"), Choices: x.People},
		{Name: "project", Label: v.T("overview.activity.project"), All: v.T("overview.activity.all_projects"), Choices: projects},
	}
}

// activityPage shows only what the reader may enter: an access that ended takes its events along.
func (s *Service) activityPage(w http.ResponseWriter, r *http.Request) error {
	v, by := web.ViewOf(r), account.ActorOf(r)
	before, _ := strconv.ParseInt(v.Query.Get("before"), 10, 64)
	var x activity
	err := s.db.View(r.Context(), func(tx db.Tx) (err error) {
		if x.Projects, err = project.Mine(tx, by); err != nil {
			return err
		}
		slices.SortFunc(x.Projects, func(a, b project.Access) int {
			return cmp.Or(cmp.Compare(b.UpdatedAt, a.UpdatedAt), cmp.Compare(a.ID, b.ID))
		})
		x.Projects = x.Projects[:min(len(x.Projects), maxActivity)]
		if x.People, err = colleagues(tx, by, x.Projects); err != nil {
			return err
		}
		var scopes []string
		for _, a := range x.Projects {
			if chosen := v.Query.Get("project"); chosen == "" || chosen == string(a.ID) {
				scopes = append(scopes, a.ID.Scope())
			}
		}
		x.List, err = account.Activity(tx, scopes, account.PersonID(v.Query.Get("person")), before, activitySize)
		return err
	})
	if err != nil {
		return err
	}
	if len(x.List) == activitySize {
		x.Older = v.With("before", strconv.FormatInt(x.List[activitySize-1].Seq, 10))
	}
	return web.Render(w, r, http.StatusOK, activityView(v, x))
}

// colleagues are the people of the projects, the reader first.
func colleagues(tx db.Tx, by account.Actor, projects []project.Access) ([]web.Choice, error) {
	ids := make([]string, len(projects))
	for i, a := range projects {
		ids[i] = string(a.ID)
	}
	people, err := account.PeopleOver(tx, account.OverProject, ids)
	list := []web.Choice{{Value: string(by.ID), Label: by.Name}}
	for _, p := range people {
		if p.ID != by.ID {
			list = append(list, web.Choice{Value: string(p.ID), Label: p.Name})
		}
	}
	return list, err
}
