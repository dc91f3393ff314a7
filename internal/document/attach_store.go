package document

import (
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/plan"
	"bassin/internal/project"
)

func listAttachments(tx db.Tx, task plan.TaskID) ([]Attachment, error) {
	return db.List[Attachment](tx, `select task_id, document_id, project_id, added_at from document_attachment where task_id = $1 order by added_at, document_id`, task)
}

// listAttached gives the documents of a task that are there, those attached first before the others.
func listAttached(tx db.Tx, task plan.TaskID) ([]Entry, error) {
	return db.List[Entry](tx, `select `+entryColumns+` from document_entry join
		(select document_id, added_at from document_attachment where task_id = $1) a on a.document_id = id where removed_at = 0 order by a.added_at, id`, task)
}

func insertAttachment(tx db.Tx, a Attachment) error {
	_, err := tx.Exec(`insert into document_attachment (task_id, document_id, project_id, added_at) values ($1, $2, $3, $4)`, a.TaskID, a.DocumentID, a.ProjectID, a.AddedAt)
	return err
}

func deleteAttachment(tx db.Tx, task plan.TaskID, document EntryID) error {
	n, err := tx.Exec(`delete from document_attachment where task_id = $1 and document_id = $2`, task, document)
	if err == nil && n == 0 {
		err = fault.New(fault.NotFound, "fault.not_found")
	}
	return err
}

// listLatest gives the documents of a project, those that were changed last before the others.
func listLatest(tx db.Tx, p project.ID, limit int) ([]Entry, error) {
	return db.List[Entry](tx, `select `+entryColumns+` from document_entry where project_id = $1 and kind = 'document' and removed_at = 0 and hidden = false
		order by updated_at desc, id limit $2`, p, limit)
}
