package programme

import (
	"context"
	"encoding/json"
	"strconv"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/web"
	"bassin/internal/when"
)

// HistoryPaging holds the parameters of a history; its cursor is the number of an entry.
type HistoryPaging struct {
	Cursor string `query:"cursor" maxLength:"20" pattern:"^[0-9]*$" doc:"The next_cursor of the page before."`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"Most entries of a page."`
}

// entryJSON is an entry of the audit trail.
type entryJSON struct {
	Seq     int64             `json:"seq" doc:"Its number in the audit trail."`
	At      when.Time         `json:"at"`
	By      string            `json:"by" doc:"Name of who did it."`
	Verb    string            `json:"verb" doc:"A stable name of what was done." example:"programme.action.save"`
	Text    string            `json:"text" doc:"What was done, in the caller's language."`
	Changes []account.Changed `json:"changes" doc:"Fields that were changed, values in short."`
}

func entryOut(v *web.View, e account.Entry) entryJSON {
	var data struct{ Changes []account.Changed }
	if json.Unmarshal([]byte(e.Data), &data) != nil || data.Changes == nil { // written before changes were kept
		data.Changes = []account.Changed{}
	}
	return entryJSON{e.Seq, e.At, e.ActorName, e.Verb, account.HistoryText(v, e), data.Changes}
}

type historyOut struct{ Body web.List[entryJSON] }

// historyOf reads a page of the history of something, newest first, when the gate lets through.
func (s *Service) historyOf(ctx context.Context, kind, id string, p HistoryPaging, gate func(tx db.Tx) error) (*historyOut, error) {
	before := int64(0)
	if p.Cursor != "" {
		var err error
		if before, err = strconv.ParseInt(p.Cursor, 10, 64); err != nil {
			return nil, (fault.Fields{{Name: "cursor", Key: "fault.cursor"}}).Err()
		}
	}
	var items []entryJSON
	err := s.db.View(ctx, func(tx db.Tx) error {
		if err := gate(tx); err != nil {
			return err
		}
		entries, err := account.History(tx, kind, id, before, p.Limit+1)
		items = make([]entryJSON, len(entries))
		for i, e := range entries {
			items[i] = entryOut(web.ViewIn(ctx), e)
		}
		return err
	})
	return &historyOut{web.PageOf(items, p.Limit, func(e entryJSON) string { return strconv.FormatInt(e.Seq, 10) })}, err
}
