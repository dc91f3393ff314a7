package programme

import "bassin/internal/web"

func (s *Service) actionAPI(_ *web.Mux) {}
