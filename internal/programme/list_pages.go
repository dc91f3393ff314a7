package programme

import "bassin/internal/web"

func (s *Service) listPages(_ *web.Mux) {}
