package talk

import (
	"slices"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/when"
)

const commentColumns = `id, subject_kind, subject_id, scope, body, author_id, author_name, created_at, removed_at`

func getComment(tx db.Tx, id CommentID) (Comment, error) {
	return db.Get[Comment](tx, `select `+commentColumns+` from talk_comment where id = $1`, id)
}

func insertComment(tx db.Tx, c Comment) error {
	_, err := tx.Exec(`insert into talk_comment (`+commentColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, 0)`,
		c.ID, c.SubjectKind, c.SubjectID, c.Scope, c.Text, c.AuthorID, c.AuthorName, c.CreatedAt)
	return err
}

func removeComment(tx db.Tx, id CommentID) error {
	return db.Changed(tx.Exec(`update talk_comment set removed_at = $1, body = '' where id = $2 and removed_at = 0`, tx.Now(), id))
}

func countComments(tx db.Tx, ref Ref) (int, error) {
	return db.Get[int](tx, `select count(*) from talk_comment where subject_kind = $1 and subject_id = $2`, ref.Kind, ref.ID)
}

// listComments gives the last comments, newest first.
func listComments(tx db.Tx, ref Ref, limit int) ([]Comment, error) {
	return db.List[Comment](tx, `select `+commentColumns+` from talk_comment where subject_kind = $1 and subject_id = $2 order by id desc limit $3`, ref.Kind, ref.ID, limit)
}

func listAuthors(tx db.Tx, ref Ref) ([]account.PersonID, error) {
	return db.List[account.PersonID](tx, `select distinct author_id from talk_comment where subject_kind = $1 and subject_id = $2 and removed_at = 0`, ref.Kind, ref.ID)
}

type reactionRow struct {
	CommentID CommentID
	PersonID  account.PersonID
	Sign      string
	Name      string
}

func listReactions(tx db.Tx, ids []CommentID) ([]reactionRow, error) {
	w := &db.Where{}
	w.And("comment_id in "+db.In(len(ids)), db.Anys(ids)...)
	rows, err := db.List[reactionRow](tx, `select comment_id, person_id, sign, '' as name from talk_reaction where `+w.String()+` order by comment_id, person_id`, w.Args()...)
	if err != nil || len(rows) == 0 {
		return rows, err
	}
	people := make([]account.PersonID, len(rows))
	for i, r := range rows {
		people[i] = r.PersonID
	}
	names, err := account.NamesOf(tx, people)
	for i := range rows {
		rows[i].Name = names[rows[i].PersonID]
	}
	return rows, err
}

// toggleReaction takes a sign away, or puts it where it was not.
func toggleReaction(tx db.Tx, id CommentID, person account.PersonID, sign string) error {
	n, err := tx.Exec(`delete from talk_reaction where comment_id = $1 and person_id = $2 and sign = $3`, id, person, sign)
	if err != nil || n > 0 {
		return err
	}
	_, err = tx.Exec(`insert into talk_reaction (comment_id, person_id, sign) values ($1, $2, $3) on conflict do nothing`, id, person, sign)
	return err
}

const noticeColumns = `id, person_id, reason, actor_name, subject_kind, subject_id, title, url, excerpt, created_at, seen_at, mailed_at`

func getNotice(tx db.Tx, person account.PersonID, id NoticeID) (Notice, error) {
	return db.Get[Notice](tx, `select `+noticeColumns+` from talk_notice where id = $1 and person_id = $2`, id, person)
}

func insertNotice(tx db.Tx, n Notice) error {
	_, err := tx.Exec(`insert into talk_notice (`+noticeColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		n.ID, n.PersonID, n.Reason, n.ActorName, n.SubjectKind, n.SubjectID, n.Title, n.URL, n.Excerpt, n.CreatedAt, n.SeenAt, n.MailedAt)
	return err
}

func listNotices(tx db.Tx, person account.PersonID, before NoticeID, limit int) ([]Notice, error) {
	w := &db.Where{}
	w.And("person_id = ?", person)
	if before != "" {
		w.And("id < ?", before)
	}
	page := " limit " + w.Arg(limit)
	return db.List[Notice](tx, `select `+noticeColumns+` from talk_notice where `+w.String()+` order by id desc`+page, w.Args()...)
}

func countUnseen(tx db.Tx, person account.PersonID) (int, error) {
	return db.Get[int](tx, `select count(*) from talk_notice where person_id = $1 and seen_at = 0`, person)
}

// countUnseenOf counts for several people; who has seen all is left out.
func countUnseenOf(tx db.Tx, people []account.PersonID) (map[account.PersonID]int, error) {
	type row struct {
		PersonID account.PersonID
		Count    int
	}
	m := map[account.PersonID]int{}
	for some := range slices.Chunk(people, 500) {
		w := &db.Where{}
		w.And("seen_at = 0 and person_id in "+db.In(len(some)), db.Anys(some)...)
		list, err := db.List[row](tx, `select person_id, count(*) as count from talk_notice where `+w.String()+` group by person_id`, w.Args()...)
		if err != nil {
			return nil, err
		}
		for _, r := range list {
			m[r.PersonID] = r.Count
		}
	}
	return m, nil
}

func seeNotice(tx db.Tx, id NoticeID) error {
	_, err := tx.Exec(`update talk_notice set seen_at = $1 where id = $2 and seen_at = 0`, tx.Now(), id)
	return err
}

func seeAll(tx db.Tx, person account.PersonID) error {
	_, err := tx.Exec(`update talk_notice set seen_at = $1 where person_id = $2 and seen_at = 0`, tx.Now(), person)
	return err
}

// listToTell gives the people who have an untold notice that is older than an instant.
func listToTell(tx db.Tx, before when.Time) ([]account.PersonID, error) {
	return db.List[account.PersonID](tx, `select distinct person_id from talk_notice where mailed_at = 0 and created_at < $1 order by person_id`, before)
}

func listUntold(tx db.Tx, person account.PersonID) ([]Notice, error) {
	return db.List[Notice](tx, `select `+noticeColumns+` from talk_notice where person_id = $1 and mailed_at = 0 order by id`, person)
}

func tellAll(tx db.Tx, person account.PersonID) error {
	_, err := tx.Exec(`update talk_notice set mailed_at = $1 where person_id = $2 and mailed_at = 0`, tx.Now(), person)
	return err
}

// tellOf takes what waits for some reasons out of the mail of the day.
func tellOf(tx db.Tx, person account.PersonID, reasons []Reason) error {
	w := &db.Where{}
	now := w.Arg(tx.Now())
	w.And("person_id = ? and mailed_at = 0", person)
	w.And("reason in "+db.In(len(reasons)), db.Anys(reasons)...)
	_, err := tx.Exec(`update talk_notice set mailed_at = `+now+` where `+w.String(), w.Args()...)
	return err
}

type choiceRow struct {
	Topic Topic
	Way   Way
}

func listChoices(tx db.Tx, person account.PersonID) ([]choiceRow, error) {
	return db.List[choiceRow](tx, `select topic, way from talk_choice where person_id = $1`, person)
}

func saveChoice(tx db.Tx, person account.PersonID, t Topic, w Way) error {
	_, err := tx.Exec(`insert into talk_choice (person_id, topic, way) values ($1, $2, $3) on conflict (person_id, topic) do update set way = excluded.way`, person, t, w)
	return err
}
