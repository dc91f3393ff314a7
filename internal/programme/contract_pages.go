package programme

import "bassin/internal/web"

func (s *Service) contractPages(_ *web.Mux) {}
