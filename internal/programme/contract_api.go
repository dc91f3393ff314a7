package programme

import "bassin/internal/web"

func (s *Service) contractAPI(_ *web.Mux) {}
