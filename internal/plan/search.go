package plan

import (
	"maps"
	"slices"
	"strings"

	"bassin/internal/db"
	"bassin/internal/project"
	"bassin/internal/search"
	"bassin/internal/when"
)

// SearchEntry is the kind of entries that the search knows from here.
const SearchEntry = "task"

// taskEntry is a task with what its fields hold.
func taskEntry(p project.Project, t Task, held map[FieldID]string) search.Entry {
	name := code(project.Frame{Access: project.Access{Project: p}}, t) + " " + t.Title
	return project.InsideEntry(p, SearchEntry, string(t.ID), name, "/plan/tasks/"+string(t.ID), t.UpdatedAt, t.Body, strings.Join(append(t.LabelList(), words(held)...), ", "))
}

// words are the values that are more than a yes or no, in an order that stays.
func words(held map[FieldID]string) (out []string) {
	for _, id := range slices.Sorted(maps.Keys(held)) {
		if x := held[id]; x != yes && x != no {
			out = append(out, x)
		}
	}
	return out
}

// index puts a task as it was saved in this transaction.
func index(tx db.Tx, p project.Project, t Task) error {
	held, err := listValues(tx, []TaskID{t.ID})
	if err != nil {
		return err
	}
	t.UpdatedAt = tx.Now()
	return search.Put(tx, taskEntry(p, t, held[t.ID]))
}

// reindexUnder puts, or takes out, what went off the plan or came back with a task.
func reindexUnder(tx db.Tx, p project.Project, t Task, at when.Time) error {
	list, err := listUnder(tx, t, at)
	if err != nil {
		return err
	}
	for _, x := range list {
		if at != 0 {
			err = search.Remove(tx, SearchEntry, string(x.ID))
		} else {
			err = index(tx, p, x)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Renamed puts the tasks of a project into the index anew, under its new code and title.
func Renamed(tx db.Tx, p project.Project) error {
	var list []Task
	for more := true; more; {
		after := TaskID("")
		if len(list) > 0 {
			after = list[len(list)-1].ID
		}
		w := &db.Where{}
		w.And("t.project_id = ?", p.ID)
		w.And("t.removed_at = 0")
		var err error
		if list, err = listTasksAfter(tx, w, after, 500); err != nil {
			return err
		}
		if err := putAll(tx, p, list); err != nil {
			return err
		}
		more = len(list) == 500
	}
	return nil
}

// indexNumbered puts the tasks of a project whose numbers lie between two, both inclusive.
func indexNumbered(tx db.Tx, id project.ID, from, to int64) error {
	p, err := project.Find(tx, id)
	if err != nil {
		return err
	}
	w := &db.Where{}
	w.And("t.project_id = ?", id)
	w.And("t.removed_at = 0 and t.number >= ? and t.number <= ?", from, to)
	list, err := listTasksAfter(tx, w, "", int(to-from)+1)
	if err != nil || len(list) == 0 {
		return err
	}
	ids := make([]string, len(list))
	for i, t := range list {
		ids[i] = string(t.ID)
	}
	known, err := search.Walls(tx, SearchEntry, ids)
	if err != nil {
		return err
	}
	// Of what nobody touched since it was made, room in the index is asked for once; of the rest one by one.
	var fresh []search.Entry
	var others []Task
	for _, t := range list {
		if _, there := known[string(t.ID)]; there || t.UpdatedAt != list[0].UpdatedAt || t.CreatedAt != t.UpdatedAt {
			others = append(others, t)
			continue
		}
		fresh = append(fresh, taskEntry(p, t, nil))
	}
	if err := search.PutNew(tx, fresh); err != nil {
		return err
	}
	return putAll(tx, p, others)
}

func putAll(tx db.Tx, p project.Project, list []Task) error {
	held, err := listValues(tx, idsOf(list))
	if err != nil {
		return err
	}
	for _, t := range list {
		if err := search.Put(tx, taskEntry(p, t, held[t.ID])); err != nil {
			return err
		}
	}
	return nil
}

// SearchSources gives all that is to be found.
func (s *Service) SearchSources() []search.Source {
	return []search.Source{{Count: countAllTasks, Page: func(tx db.Tx, after string, limit int) ([]search.Entry, string, error) {
		list, err := listAllTasksAfter(tx, TaskID(after), limit)
		if err != nil || len(list) == 0 {
			return nil, "", err
		}
		held, err := listValues(tx, idsOf(list))
		if err != nil {
			return nil, "", err
		}
		projects := map[project.ID]project.Project{}
		var out []search.Entry
		for _, t := range list {
			p, known := projects[t.ProjectID]
			if !known {
				if p, err = project.Find(tx, t.ProjectID); err != nil {
					return nil, "", err
				}
				projects[t.ProjectID] = p
			}
			out = append(out, taskEntry(p, t, held[t.ID]))
		}
		return out, string(list[len(list)-1].ID), nil
	}}}
}
