package demand

import (
	"fmt"
	"strings"
	"sync"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/when"
)

// memo keeps figures of a region or the nation for a while: they are the same for everybody, and cost more to count than a page may.
// Those of one territory, or of one's own organisations, are counted each time.
type memo struct {
	mu   sync.Mutex
	kept map[string]keptFigures
}

type keptFigures struct {
	figures Figures
	at      when.Time
}

const (
	keptMinutes = 10
	mostKept    = 200
)

// nameOf tells filters apart whose figures are kept; "" of one whose are not.
func nameOf(f Filter) string {
	if f.Ours || len(f.Territories) == 1 {
		return ""
	}
	return fmt.Sprint(f.From, f.To, f.Process, f.Territories == nil, strings.Join(f.Territories, " "))
}

// figures gives what is wanted, and when it was counted.
func (s *Service) figures(tx db.Tx, by account.Actor, w *Wanted) (Figures, when.Time, error) {
	f, err := filterFor(tx, by, w)
	if err != nil {
		return Figures{}, 0, err
	}
	name := nameOf(f)
	if name == "" {
		x, err := count(tx, f)
		return x, tx.Now(), err
	}
	// Whoever comes while they are counted waits for them, instead of counting them too.
	s.memo.mu.Lock()
	defer s.memo.mu.Unlock()
	if k, ok := s.memo.kept[name]; ok && tx.Now() < k.at.Add(keptMinutes*60*1e9) {
		return k.figures, k.at, nil
	}
	x, err := count(tx, f)
	if err != nil {
		return x, 0, err
	}
	if len(s.memo.kept) >= mostKept || s.memo.kept == nil {
		s.memo.kept = map[string]keptFigures{}
	}
	s.memo.kept[name] = keptFigures{x, tx.Now()}
	return x, tx.Now(), nil
}
