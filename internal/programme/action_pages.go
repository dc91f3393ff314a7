package programme

import "bassin/internal/web"

func (s *Service) actionPages(_ *web.Mux) {}
