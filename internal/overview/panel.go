package overview

import (
	"context"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/territory"
	"bassin/internal/web"

	"github.com/a-h/templ"
)

// Panel shows contract, actions and money on the page of a territory, which stands below this
// package and so leaves a slot for it. Nothing when there is no contract that the reader may see.
func (s *Service) Panel(ctx context.Context, v *web.View, id territory.ID) (templ.Component, error) {
	var h home
	err := s.db.View(ctx, func(tx db.Tx) (err error) {
		h, err = s.readHome(tx, account.ActorIn(ctx), id)
		return err
	})
	if err != nil || h.Contract.ID == "" {
		return nil, err
	}
	return panelView(v, h), nil
}
