package park

import (
	"bassin/internal/web"
)

const (
	machinesURL = "/machines"
	libraryURL  = "/materials"
)

// Pages registers the feature's pages.
func (s *Service) Pages(m *web.Mux) {
	const one = machinesURL + "/{machine}"
	m.Page("GET "+machinesURL, s.machinesPage)
	m.Page("GET "+machinesURL+"/new", s.newMachinePage)
	m.Page("POST "+machinesURL, s.addMachinePage)
	m.Page("GET "+one, s.machinePage)
	m.Page("GET "+one+"/edit", s.editMachinePage)
	m.Page("POST "+one, s.saveMachinePage)
	m.Page("POST "+one+"/remove", s.removeMachinePage)
	m.Page("POST "+one+"/restore", s.restoreMachinePage)
	m.Page("POST "+one+"/stock", s.stockPage)
	m.Page("POST "+one+"/stock/{material}/remove", s.removeStockPage)
	m.Page("POST "+one+"/slots", s.slotPage)
	m.Page("POST "+one+"/slots/{slot}/remove", s.removeSlotPage)
	m.Page("GET "+libraryURL, s.libraryPage)
	m.Page("GET "+libraryURL+"/{process}", s.processPage)
	m.Page("POST "+libraryURL+"/{process}/figures", s.figurePage)
	m.Page("POST "+libraryURL+"/{process}/materials", s.addMaterialPage)
	m.Page("POST "+libraryURL+"/{process}/materials/{material}", s.saveMaterialPage)
	m.Page("POST "+libraryURL+"/{process}/materials/{material}/remove", s.removeMaterialPage)
	m.Page("POST "+libraryURL+"/{process}/materials/{material}/restore", s.restoreMaterialPage)
}
