package plan

import (
	"context"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/project"
	"bassin/internal/when"
)

// maxItems bounds a checklist.
const maxItems = 100

// AddItem adds a line to a task's checklist.
func (s *Service) AddItem(ctx context.Context, by account.Actor, id project.ID, task TaskID, text string) (Item, error) {
	var i Item
	err := s.items(ctx, by, id, task, func(tx db.Tx, t Task) error {
		list, err := listItems(tx, task)
		if err != nil {
			return err
		}
		i = Item{ID: db.NewID(), TaskID: task, Position: 1, Text: strings.Join(strings.Fields(text), " ")}
		if len(list) > 0 {
			i.Position = list[len(list)-1].Position + 1
		}
		var wrong fault.Fields
		wrong.Text("text", i.Text, 1, 300)
		if len(list) >= maxItems {
			wrong.Add("text", "plan.wrong.items", "most", maxItems)
		}
		if err := wrong.Err(); err != nil {
			return err
		}
		if err := insertItem(tx, i); err != nil {
			return err
		}
		return record(tx, by, t, "plan.item.add", map[string]any{"text": i.Text})
	})
	return i, err
}

// TickItem marks a line as done, or as to do again.
func (s *Service) TickItem(ctx context.Context, by account.Actor, id project.ID, task TaskID, item string, done bool) error {
	return s.items(ctx, by, id, task, func(tx db.Tx, t Task) error {
		i, err := getItem(tx, task, item)
		if err != nil || i.Done() == done {
			return err
		}
		i.DoneOn, i.DoneBy = when.None, ""
		verb := "plan.item.reopen"
		if done {
			i.DoneOn, i.DoneBy, verb = tx.Today(), by.Name, "plan.item.tick"
		}
		if err := saveItem(tx, i); err != nil {
			return err
		}
		return record(tx, by, t, verb, map[string]any{"text": i.Text})
	})
}

// RemoveItem takes a line off a checklist.
func (s *Service) RemoveItem(ctx context.Context, by account.Actor, id project.ID, task TaskID, item string) error {
	return s.items(ctx, by, id, task, func(tx db.Tx, t Task) error {
		i, err := getItem(tx, task, item)
		if err != nil {
			return err
		}
		if err := deleteItem(tx, i); err != nil {
			return err
		}
		return record(tx, by, t, "plan.item.remove", map[string]any{"text": i.Text})
	})
}

func (s *Service) items(ctx context.Context, by account.Actor, id project.ID, task TaskID, do func(tx db.Tx, t Task) error) error {
	return s.db.Do(ctx, func(tx db.Tx) error {
		if _, err := project.Allow(tx, by, id, project.Contribute); err != nil {
			return err
		}
		t, err := liveTask(tx, id, task)
		if err != nil {
			return err
		}
		return do(tx, t)
	})
}
