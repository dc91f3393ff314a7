package account

import (
	"bassin/internal/db"
	"bassin/internal/fault"
)

// NotifyIn puts a mail to a person into the outbox within a higher feature's operation. The texts
// are account.mail.KIND.subject and .body; "path" among the values, a path of this server, becomes
// its whole address as "url". Who is disabled gets none.
func (s *Service) NotifyIn(tx db.Tx, id PersonID, kind string, pairs ...any) error {
	p, err := getPerson(tx, id)
	if fault.Is(err, fault.NotFound) || err == nil && p.DisabledAt != 0 {
		return nil
	}
	if err != nil {
		return err
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if path, ok := pairs[i+1].(string); ok && pairs[i] == "path" {
			pairs = append(pairs, "url", s.opts.URL+path)
		}
	}
	return s.mailIn(tx, p, kind, append(pairs, "name", p.Name)...)
}
