package account

import (
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/file"
)

// Letter is a mail of a higher feature to an address that need not be a person's: an invitation to
// a meeting, its record. The texts are account.mail.KIND.subject and .body.
type Letter struct {
	Name, Email string
	PersonID    PersonID // "": somebody outside, who is written to in Lang
	Lang        string
	Kind        string
	Values      []any // pairs; "path" becomes its whole address as "url"
	Calendar    string
	Method      string // of the calendar: REQUEST, CANCEL
	File        file.Hash
	FileName    string
}

// WriteIn puts a letter into the outbox within a higher feature's operation. People are written to
// at the address and in the language they have now; who is disabled gets nothing.
func (s *Service) WriteIn(tx db.Tx, l Letter) error {
	to := Person{Name: l.Name, Email: l.Email, Language: l.Lang}
	if l.PersonID != "" {
		p, err := getPerson(tx, l.PersonID)
		if fault.Is(err, fault.NotFound) || err == nil && p.DisabledAt != 0 {
			return nil
		}
		if err != nil {
			return err
		}
		to = p
	}
	for i := 0; i+1 < len(l.Values); i += 2 {
		if path, ok := l.Values[i+1].(string); ok && l.Values[i] == "path" {
			l.Values = append(l.Values, "url", s.opts.URL+path)
		}
	}
	return s.post(tx, to, Mail{Calendar: l.Calendar, CalendarMethod: l.Method, FileHash: string(l.File), FileName: l.FileName}, l.Kind, append(l.Values, "name", to.Name)...)
}

// AddressOf gives the name and the address of a person, empty when there is none.
func AddressOf(tx db.Tx, id PersonID) (name, email string, err error) {
	p, err := getPerson(tx, id)
	if fault.Is(err, fault.NotFound) {
		return "", "", nil
	}
	return p.Name, p.Email, err
}
