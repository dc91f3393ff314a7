package talk

import (
	"fmt"

	"bassin/internal/db"
)

// Portable declares the discussions in a project. Notices and preferences belong to people.
func (s *Service) Portable() []db.Slice {
	const scope = "'project:' || cast($1 as text)"
	return []db.Slice{
		{Table: "talk_comment", Where: "scope = " + scope, Order: "id", Roles: map[string]db.Role{"id": db.Own, "subject_id": db.Ref, "scope": db.Scope,
			"body": db.Links, "author_id": db.Person}},
		{Table: "talk_reaction", Where: "comment_id in (select id from talk_comment where scope = " + scope + ")", Order: "comment_id, sign, person_id",
			Roles: map[string]db.Role{"comment_id": db.Ref, "person_id": db.PersonKey}},
	}
}

// Settle checks what an import put into the discussions of a project.
func (s *Service) Settle(tx db.Tx, project string) error {
	list, err := db.List[Comment](tx, `select `+commentColumns+` from talk_comment where scope = $1`, "project:"+project)
	for _, c := range list {
		if s.Subjects[c.SubjectKind] == nil {
			return db.Wrong("talk_comment", c.SubjectKind, fmt.Errorf("is nothing that one talks about"))
		}
		if c.RemovedAt != 0 && c.Text == "" {
			continue
		}
		if e := c.check(); e != nil {
			return db.Wrong("talk_comment", c.Text, e)
		}
	}
	return err
}
