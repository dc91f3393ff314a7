package account

import (
	"bassin/internal/db"
	"bassin/internal/fault"
)

// scopeName names what a grant is given over, by its ID where nobody knows a name.
func (s *Service) scopeName(tx db.Tx, kind ScopeKind, id string) string {
	if s.opts.ScopeName == nil || id == "" {
		return id
	}
	name, err := s.opts.ScopeName(tx, kind, id)
	if err != nil || name == "" {
		if err != nil && !fault.Is(err, fault.NotFound) {
			s.log.Warn("name of a scope", "kind", string(kind), "id", id, "error", err.Error())
		}
		return id
	}
	return name
}

// nameScopes fills in the names of what the grants are given over.
func (s *Service) nameScopes(tx db.Tx, grants []Grant) []Grant {
	out := make([]Grant, len(grants))
	for i, g := range grants {
		g.Scope = s.scopeName(tx, g.ScopeKind, g.ScopeID)
		out[i] = g
	}
	return out
}
