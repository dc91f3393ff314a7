package programme

import "bassin/internal/web"

func (s *Service) fundingAPI(_ *web.Mux) {}
