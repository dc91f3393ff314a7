package talk

import (
	"context"
	"net/http"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/web"
	"bassin/internal/when"

	"github.com/danielgtaylor/huma/v2"
)

// API registers the feature's operations.
func (s *Service) API(m *web.Mux) {
	tags := []string{"Discussion"}
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: "/api/v1/comments", Tags: tags, Summary: "Read a discussion"}, s.commentsAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: "/api/v1/comments", Tags: tags, Summary: "Comment on something",
		Description: "Names after an @ are mentions; those people and the ones who take part are told.", DefaultStatus: http.StatusCreated}, s.sayAPI)
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: "/api/v1/notices", Tags: tags, Summary: "List what the caller was told"}, s.noticesAPI)
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: "/api/v1/notices/settings", Tags: tags, Summary: "Tell how each kind of news reaches the caller"}, s.settingsAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPut, Path: "/api/v1/notices/settings", Tags: tags, Summary: "Choose how each kind of news reaches the caller",
		Description: "At once by mail, in the mail of the day, in the application only, or not at all. Mentions, accesses, tasks and meetings always come at least in the application."}, s.preferAPI)
}

type talkCommentJSON struct {
	ID        CommentID        `json:"id"`
	AuthorID  account.PersonID `json:"author_id"`
	Author    string           `json:"author"`
	Text      string           `json:"text"`
	CreatedAt when.Time        `json:"created_at"`
	Removed   bool             `json:"removed"`
}

func commentOut(c Comment) talkCommentJSON {
	return talkCommentJSON{c.ID, c.AuthorID, c.AuthorName, c.Text, c.CreatedAt, c.RemovedAt != 0}
}

type commentsIn struct {
	Kind string `query:"kind" required:"true" maxLength:"40" doc:"What it is about: project."`
	ID   string `query:"id" required:"true" maxLength:"40"`
}

type commentsOut struct {
	Body web.List[talkCommentJSON]
}

func (s *Service) commentsAPI(ctx context.Context, in *commentsIn) (*commentsOut, error) {
	out := []talkCommentJSON{}
	err := s.db.View(ctx, func(tx db.Tx) error {
		t, err := s.Read(tx, account.ActorIn(ctx), Ref{in.Kind, in.ID}, true)
		for _, c := range t.Comments {
			out = append(out, commentOut(c))
		}
		return err
	})
	return &commentsOut{web.List[talkCommentJSON]{Items: out}}, err
}

type sayIn struct {
	Body struct {
		Kind string `json:"kind" maxLength:"40"`
		ID   string `json:"id" maxLength:"40"`
		Text string `json:"text" minLength:"1" maxLength:"10000"`
	}
}

type sayOut struct{ Body talkCommentJSON }

func (s *Service) sayAPI(ctx context.Context, in *sayIn) (*sayOut, error) {
	c, err := s.Say(ctx, account.ActorIn(ctx), Ref{in.Body.Kind, in.Body.ID}, in.Body.Text)
	if err != nil {
		return nil, err
	}
	return &sayOut{commentOut(c)}, nil
}

type talkNoticeJSON struct {
	ID        NoticeID  `json:"id"`
	Reason    Reason    `json:"reason" enum:"mention,comment,invitation,change,cancel,record,task,access,order"`
	Actor     string    `json:"actor"`
	Title     string    `json:"title"`
	URL       string    `json:"url"`
	Excerpt   string    `json:"excerpt"`
	CreatedAt when.Time `json:"created_at"`
	SeenAt    when.Time `json:"seen_at"`
}

type noticesOut struct{ Body web.List[talkNoticeJSON] }

func (s *Service) noticesAPI(ctx context.Context, in *web.Paging) (*noticesOut, error) {
	var out []talkNoticeJSON
	err := s.db.View(ctx, func(tx db.Tx) error {
		list, err := Notices(tx, account.ActorIn(ctx), NoticeID(in.Cursor), in.Limit+1)
		for _, n := range list {
			out = append(out, talkNoticeJSON{n.ID, n.Reason, n.ActorName, n.Title, n.URL, n.Excerpt, n.CreatedAt, n.SeenAt})
		}
		return err
	})
	return &noticesOut{web.PageOf(out, in.Limit, func(n talkNoticeJSON) string { return string(n.ID) })}, err
}

type talkSettingsJSON struct {
	Mention Way `json:"mention" enum:"at_once,daily,app"`
	Access  Way `json:"access" enum:"at_once,daily,app"`
	Task    Way `json:"task" enum:"at_once,daily,app"`
	Meeting Way `json:"meeting" enum:"at_once,daily,app" doc:"Invitations, changes, cancellations; at once, as a mail for calendars."`
	Record  Way `json:"record" enum:"at_once,daily,app,off" doc:"Closed minutes; at once, with their PDF."`
	Comment Way `json:"comment" enum:"at_once,daily,app,off"`
}

type talkSettingsOut struct{ Body talkSettingsJSON }

func (s *Service) settingsAPI(ctx context.Context, _ *struct{}) (*talkSettingsOut, error) {
	out := &talkSettingsOut{}
	err := s.db.View(ctx, func(tx db.Tx) error {
		c, err := choicesOf(tx, account.ActorIn(ctx).ID)
		out.Body = talkSettingsJSON{c.Of(Mentions), c.Of(Accesses), c.Of(Tasks), c.Of(Meetings), c.Of(Records), c.Of(Comments)}
		return err
	})
	return out, err
}

type talkSettingsIn struct{ Body talkSettingsJSON }

func (s *Service) preferAPI(ctx context.Context, in *talkSettingsIn) (*talkSettingsOut, error) {
	b := in.Body
	c := Choices{Mentions: b.Mention, Accesses: b.Access, Tasks: b.Task, Meetings: b.Meeting, Records: b.Record, Comments: b.Comment}
	if err := s.Prefer(ctx, account.ActorIn(ctx), c); err != nil {
		return nil, err
	}
	return &talkSettingsOut{b}, nil
}
