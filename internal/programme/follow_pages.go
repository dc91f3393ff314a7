package programme

import "bassin/internal/web"

func (s *Service) followPages(_ *web.Mux) {}
