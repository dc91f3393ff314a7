package programme

import (
	"context"
	"net/http"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/web"
	"bassin/internal/when"

	"github.com/danielgtaylor/huma/v2"
)

// Guests of one action: who gives access sees them.
func (s *Service) guestAPI(m *web.Mux) {
	tags := []string{"Action sheets"}
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: "/api/v1/actions/{id}/guests", Tags: tags, Summary: "List the guests of an action",
		Description: "For the territory's project lead; those whose access has ended come last."}, s.guestsAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: "/api/v1/actions/{id}/guests", Tags: tags, Summary: "Let somebody into an action",
		Description: "By the address of their account, until a day; who has none is invited to make one. They see this action and nothing else of the territory.", DefaultStatus: http.StatusCreated}, s.inviteGuestAPI)
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: "/api/v1/actions/{id}/guests/{grant}", Tags: tags, Summary: "Read a guest of an action"}, s.guestOneAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPatch, Path: "/api/v1/actions/{id}/guests/{grant}", Tags: tags, Summary: "Give a guest's access another last day"}, s.prolongGuestAPI)
	web.Operation(m, huma.Operation{Method: http.MethodDelete, Path: "/api/v1/actions/{id}/guests/{grant}", Tags: tags, Summary: "End a guest's access to an action",
		Description: "At once. An access that has been ended already is answered alike."}, s.excludeGuestAPI)
}

type actionGuestJSON struct {
	GrantID       account.GrantID  `json:"grant_id"`
	PersonID      account.PersonID `json:"person_id"`
	Name          string           `json:"name"`
	Email         string           `json:"email"`
	Organisations []string         `json:"organisations" doc:"Names."`
	UntilOn       when.Date        `json:"until_on" doc:"Last day."`
	Ended         bool             `json:"ended" doc:"By its day, or because the account is closed."`
	VisitedAt     when.Time        `json:"visited_at" doc:"The last visit to Bassin, to within five minutes; null: never came."`
	CreatedAt     when.Time        `json:"created_at"`
	ETag          string           `json:"etag" doc:"Of this version, for If-Match."`
}

func guestOut(g Guest) actionGuestJSON {
	if g.Organisations == nil {
		g.Organisations = []string{}
	}
	return actionGuestJSON{g.ID, g.PersonID, g.Name, g.Email, g.Organisations, g.UntilOn, g.Ended, g.VisitedAt, g.CreatedAt, web.ETag(endVersion(g.UntilOn))}
}

type actionGuestsOut struct{ Body web.List[actionGuestJSON] }

func (s *Service) guestsAPI(ctx context.Context, in *actionListIn) (*actionGuestsOut, error) {
	list, err := ofSheet(ctx, s, in, func(g actionGuestJSON) string { return string(g.GrantID) }, func(tx db.Tx, x sheetView) ([]actionGuestJSON, error) {
		if !x.mayGiveAccess() {
			return nil, fault.New(fault.Forbidden, "programme.forbidden.give_access")
		}
		guests, err := guestsOf(tx, in.ID)
		out := make([]actionGuestJSON, len(guests))
		for i, g := range guests {
			out[i] = guestOut(g)
		}
		return out, err
	})
	return &actionGuestsOut{list}, err
}

// GuestPath names a guest's access to an action in an address.
type GuestPath struct {
	ActionPath
	Grant account.GrantID `path:"grant" maxLength:"40"`
}

type actionGuestOut struct {
	ETag string `header:"ETag"`
	Body actionGuestJSON
}

func (s *Service) guestOneAPI(ctx context.Context, in *GuestPath) (*actionGuestOut, error) {
	all, err := s.guestsAPI(ctx, &actionListIn{ActionPath: in.ActionPath, Paging: web.Paging{Limit: 1 << 20}})
	if err != nil {
		return nil, err
	}
	for _, g := range all.Body.Items {
		if g.GrantID == in.Grant {
			return &actionGuestOut{g.ETag, g}, nil
		}
	}
	return nil, fault.New(fault.NotFound, "fault.not_found")
}

type inviteGuestIn struct {
	ActionPath
	Body struct {
		Email   string    `json:"email" maxLength:"254"`
		Name    string    `json:"name,omitempty" maxLength:"200" doc:"Needed for who has no account."`
		UntilOn when.Date `json:"until_on" example:"2027-01-31" doc:"Last day."`
	}
}

func (s *Service) inviteGuestAPI(ctx context.Context, in *inviteGuestIn) (*actionGuestOut, error) {
	g, err := s.Invite(ctx, account.ActorIn(ctx), in.ID, Invitation{Email: in.Body.Email, Name: in.Body.Name, UntilOn: in.Body.UntilOn})
	if err != nil {
		return nil, err
	}
	return s.guestOneAPI(ctx, &GuestPath{in.ActionPath, g.ID})
}

type prolongGuestIn struct {
	GuestPath
	web.IfMatch
	Body struct {
		UntilOn when.Date `json:"until_on" example:"2027-01-31" doc:"Last day."`
	}
}

func (s *Service) prolongGuestAPI(ctx context.Context, in *prolongGuestIn) (*actionGuestOut, error) {
	seen, err := in.Version()
	if err != nil {
		return nil, err
	}
	if err := s.Prolong(ctx, account.ActorIn(ctx), in.ID, in.Grant, in.Body.UntilOn, seen); err != nil {
		return nil, overtaken(ctx, err, in.Body, func() (web.Stand, error) {
			now, err := s.guestOneAPI(ctx, &in.GuestPath)
			if err != nil {
				return web.Stand{}, err
			}
			return web.Stand{Version: endVersion(now.Body.UntilOn), Value: now.Body}, nil
		})
	}
	return s.guestOneAPI(ctx, &in.GuestPath)
}

func (s *Service) excludeGuestAPI(ctx context.Context, in *GuestPath) (*struct{}, error) {
	return nil, s.Exclude(ctx, account.ActorIn(ctx), in.ID, in.Grant)
}
