package account

import (
	"context"
	"fmt"

	"bassin/internal/db"
)

// Prefer keeps the language or the theme that the person of the request chose; "system" is no
// theme of one's own. Nobody else sees them, so they are not written into the audit trail, and
// the last choice wins. It fills web's slot of that name.
func (s *Service) Prefer(ctx context.Context, lang, theme string) error {
	by := ActorIn(ctx)
	err := s.db.Do(ctx, func(tx db.Tx) error {
		p, err := getPerson(tx, by.ID)
		if err != nil {
			return err
		}
		if lang == "fr" || lang == "en" {
			p.Language = lang
		}
		switch theme {
		case "system":
			p.Theme = ""
		case "light", "dark":
			p.Theme = theme
		}
		return savePreferences(tx, p.ID, p.Language, p.Theme)
	})
	if err != nil {
		return fmt.Errorf("preferences of %s: %w", by.ID, err)
	}
	return nil
}
