package document

import (
	"errors"

	"bassin/internal/db"
	"bassin/internal/project"
)

// Portable declares the documents of a project. Locks and the properties of programs stay.
func (s *Service) Portable() []db.Slice {
	type roles = map[string]db.Role
	const inside = "document_id in (select id from document_entry where project_id = $1)"
	return []db.Slice{
		{Table: "document_entry", Where: "project_id = $1", Order: "id", Roles: roles{"id": db.Own, "project_id": db.Project, "folder_id": db.Loose, "hash": db.Hash,
			"size": db.Size, "type": db.Type, "left_name_key": db.Blank, "left_at": db.Blank, "created_by": db.Person, "updated_by": db.Person, "removed_by": db.Person, "version": db.Blank}},
		{Table: "document_version", Where: "project_id = $1", Order: "document_id, number", Roles: roles{"document_id": db.Ref, "project_id": db.Project, "hash": db.Hash,
			"size": db.Size, "type": db.Type, "author_id": db.Person}},
		{Table: "document_approval", Where: inside, Order: "document_id, number, approved_at, person_id", Roles: roles{"document_id": db.Ref, "hash": db.Hash, "person_id": db.Witness}},
		{Table: "document_attachment", Where: "project_id = $1", Order: "task_id, document_id", Roles: roles{"task_id": db.Ref, "document_id": db.Ref, "project_id": db.Project}},
		{Table: "document_comment", Where: inside, Order: "id", Roles: roles{"id": db.Own, "document_id": db.Ref, "body": db.Links, "author_id": db.Person}},
	}
}

// Settle checks what an import put into the documents of a project.
func (s *Service) Settle(tx db.Tx, in string) error {
	id := project.ID(in)
	list, err := db.List[Entry](tx, `select `+entryColumns+` from document_entry where project_id = $1`, id)
	if err != nil {
		return err
	}
	versions, err := db.List[Version](tx, `select `+versionColumns+` from document_version where project_id = $1 order by document_id, number`, id)
	if err != nil {
		return err
	}
	if err := checkTree(list, versions); err != nil {
		return err
	}
	comments, err := db.List[Comment](tx, `select `+commentColumns+` from document_comment where document_id in (select id from document_entry where project_id = $1)`, id)
	for _, c := range comments {
		if e := c.check(); e != nil {
			return db.Wrong("document_comment", c.Text, e)
		}
	}
	return err
}

// checkTree checks entries that came from outside: names, folders without a circle, and that each
// document shows its newest version.
func checkTree(list []Entry, versions []Version) error {
	byID, in := map[EntryID]Entry{}, map[EntryID]int{}
	for _, e := range list {
		byID[e.ID] = e
		in[e.FolderID]++
	}
	newest, bytes := map[EntryID]Version{}, int64(0)
	for _, v := range versions {
		d := byID[v.DocumentID]
		if d.Kind != Document || v.Number != newest[v.DocumentID].Number+1 || v.Size < 0 {
			return db.Wrong("document_version", d.Name, errors.New("stands in no order of versions"))
		}
		newest[v.DocumentID] = v
		bytes += v.Size
	}
	if bytes > maxProjectBytes {
		return db.Wrong("document_version", "", errors.New("there is more than a project holds"))
	}
	for _, e := range list {
		named := e
		err := named.rename(e.Name)
		v := newest[e.ID]
		switch {
		case err != nil:
		case named != e:
			err = errors.New("its name and the key of its name differ")
		case e.Kind != Folder && e.Kind != Document:
			err = errors.New("is neither a folder nor a document")
		case v.Number != e.Number || v.Hash != e.Hash || v.Size != e.Size:
			err = errors.New("is not its newest version")
		case in[e.FolderID] > maxEntries:
			err = errors.New("lies in a folder with too many entries")
		}
		if err != nil {
			return db.Wrong("document_entry", e.Name, err)
		}
		for up, depth := e.FolderID, 0; up != ""; up, depth = byID[up].FolderID, depth+1 {
			if depth > maxDepth || byID[up].Kind != Folder {
				return db.Wrong("document_entry", e.Name, errors.New("lies in no folder that lies in the project"))
			}
		}
	}
	return nil
}
