package programme

import "bassin/internal/web"

func (s *Service) fundingPages(_ *web.Mux) {}
