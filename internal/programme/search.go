package programme

import (
	"context"
	"slices"
	"strings"
	"time"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/file"
	"bassin/internal/job"
	"bassin/internal/search"
	"bassin/internal/territory"
)

// The kinds of entries that the search knows from here.
const (
	ActionEntry   = "action"
	ContractEntry = "contract"
	DocumentEntry = "document"
)

const readKind = "programme.read_document"

// Walls of the search: what See asks, written as keys. An action at contract level opens to the
// nation, to its territory's regions and leads, to signatories of its contract and to its own
// parties; a restricted one to leads, owners, pilots and guests; a public one to everybody. A test
// compares both forms on random worlds, as of the list (decisions 11 and 15).
const nationWall = "nation"

func levelWall(territoryID string) string     { return "level:" + territoryID }     // followed by region and State
func territoryWall(territoryID string) string { return "territory:" + territoryID } // led
func signedWall(id string) string             { return "signed:" + id }             // a contract
func guestWall(id string) string              { return "action:" + id }
func partyWall(organisationID string) string  { return "organisation:" + organisationID }
func pilotWall(personID string) string        { return "person:" + personID }

// SearchWalls gives the keys that somebody holds today.
func SearchWalls(tx db.Tx, by account.Actor) ([]string, error) {
	v, today := viewerOf(by), tx.Today()
	var walls []string
	var regions []territory.RegionID
	for _, g := range v.Grants {
		if g.Until != "" && g.Until < today {
			continue
		}
		switch s := Standing(g.Role); {
		case s == AsObserver && g.ScopeKind == "nation":
			walls = append(walls, nationWall)
		case (s == AsSteering || s == AsState) && g.ScopeKind == "region":
			regions = append(regions, territory.RegionID(g.ScopeID))
		case (s == AsProjectLead || s == AsLeadPair) && g.ScopeKind == "territory" && g.ScopeID != "":
			walls = append(walls, territoryWall(g.ScopeID))
		case s == AsGuest && g.ScopeKind == "action" && g.ScopeID != "":
			walls = append(walls, guestWall(g.ScopeID))
		}
	}
	if len(regions) > 0 && !slices.Contains(walls, nationWall) {
		ids, err := territory.InRegions(tx, regions)
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			walls = append(walls, levelWall(string(id)))
		}
	}
	for _, id := range v.Organisations {
		walls = append(walls, partyWall(id))
	}
	signed, err := listSignedBy(tx, v.Organisations)
	if err != nil {
		return nil, err
	}
	for _, id := range signed {
		walls = append(walls, signedWall(string(id)))
	}
	if v.PersonID != "" {
		walls = append(walls, pilotWall(v.PersonID))
	}
	return walls, nil
}

// actionWalls are the walls of a sheet, and those of what is its parties' own: documents.
func actionWalls(a Action, funders []string) (sheet, inside []string) {
	restricted := []string{territoryWall(a.TerritoryID), guestWall(string(a.ID))}
	for _, o := range a.Owners {
		restricted = append(restricted, partyWall(o.OrganisationID))
	}
	for _, p := range a.Pilots {
		if p.PersonID != "" {
			restricted = append(restricted, pilotWall(p.PersonID))
		}
	}
	level := append(slices.Clone(restricted), nationWall, levelWall(a.TerritoryID), signedWall(string(a.ContractID)))
	for _, p := range a.Partners {
		level = append(level, partyWall(p.OrganisationID))
	}
	for _, id := range funders {
		level = append(level, partyWall(id))
	}
	switch a.Confidentiality {
	case ForPublic:
		return []string{search.Public}, level
	case ForContract:
		return level, level
	}
	return restricted, restricted
}

// indexAction tells the search what is to be found of an action and its documents. What is read on
// a public sheet by its parties alone stands in no text that others search.
func indexAction(tx db.Tx, a Action) error {
	if a.RemovedAt != 0 {
		if err := search.Remove(tx, ActionEntry, string(a.ID)); err != nil {
			return err
		}
		return indexDocuments(tx, a, nil)
	}
	funders, err := listFunders(tx, a.ID)
	if err != nil {
		return err
	}
	sheet, inside := actionWalls(a, funders)
	if err := search.Put(tx, actionEntry(a, sheet)); err != nil {
		return err
	}
	return indexDocuments(tx, a, inside)
}

func actionEntry(a Action, walls []string) search.Entry {
	texts := []string{a.Description, a.Context, a.Stakes, a.Beneficiaries, a.Communes, a.TechnicalNeeds, a.Simplification}
	if a.Confidentiality != ForPublic {
		texts = append(texts, a.Progress)
	}
	for _, o := range a.Owners {
		texts = append(texts, o.OrganisationName)
	}
	for _, p := range a.Partners {
		texts = append(texts, p.OrganisationName, p.Role)
	}
	for _, p := range a.Pilots {
		texts = append(texts, p.Name, p.Title)
	}
	texts = append(texts, a.SponsorName)
	texts = slices.DeleteFunc(texts, func(s string) bool { return s == "" })
	return search.Entry{Kind: ActionEntry, ID: string(a.ID), Walls: walls, Title: a.Title, Sub: a.Reference, URL: actionURL(a.ID),
		Text: strings.Join(texts, "\n"), At: a.UpdatedAt}
}

// indexDocuments puts the documents of an action that are not known, or stand behind other walls
// than before; without walls it takes them out.
func indexDocuments(tx db.Tx, a Action, walls []string) error {
	list, err := listAllDocuments(tx, a.ID)
	if err != nil || len(list) == 0 {
		return err
	}
	ids := make([]string, len(list))
	for i, d := range list {
		ids[i] = string(d.ID)
	}
	known, err := search.Walls(tx, DocumentEntry, ids)
	if err != nil {
		return err
	}
	walls = search.InOrder(walls)
	now := strings.Join(walls, " ")
	for _, d := range list {
		was, is := known[string(d.ID)]
		switch {
		case (len(walls) == 0 || d.RemovedAt != 0) && is:
			err = search.Remove(tx, DocumentEntry, string(d.ID))
		case len(walls) > 0 && d.RemovedAt == 0 && was != now:
			err = indexDocument(tx, a, d, walls)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func indexDocument(tx db.Tx, a Action, d Document, walls []string) error {
	text, _, err := search.TextOf(tx, d.Hash)
	if err != nil {
		return err
	}
	return search.Put(tx, documentEntry(a, d, walls, text))
}

func documentEntry(a Action, d Document, walls []string, text string) search.Entry {
	return search.Entry{Kind: DocumentEntry, ID: string(d.ID), Walls: walls, Title: d.Label(), Sub: a.Reference + " · " + a.Title,
		URL: actionURL(a.ID, "documents", string(d.ID)), Text: d.Name + "\n" + text, At: d.AddedAt}
}

func indexContract(tx db.Tx, c Contract) error { return search.Put(tx, contractEntry(c)) }

func contractEntry(c Contract) search.Entry {
	walls := []string{search.Public}
	if c.State == Preparation {
		walls = []string{nationWall, levelWall(c.TerritoryID), territoryWall(c.TerritoryID), signedWall(string(c.ID))}
	}
	return search.Entry{Kind: ContractEntry, ID: string(c.ID), Walls: walls, Title: c.Title, Sub: strings.TrimSpace(c.Code + " " + c.Number),
		URL: "/contracts/" + string(c.ID), Text: c.Summary, At: c.UpdatedAt}
}

// SearchSources gives all that is to be found.
func (s *Service) SearchSources() []search.Source {
	return []search.Source{
		{Count: countContracts, Page: contractEntries},
		{Count: countSheets, Page: s.actionEntries},
	}
}

func contractEntries(tx db.Tx, after string, limit int) ([]search.Entry, string, error) {
	list, err := listContractsAfter(tx, ContractID(after), limit)
	if err != nil || len(list) == 0 {
		return nil, "", err
	}
	entries := make([]search.Entry, len(list))
	for i, c := range list {
		entries[i] = contractEntry(c)
	}
	return entries, string(list[len(list)-1].ID), nil
}

// actionEntries gives sheets with their documents, and has files read that were not.
func (s *Service) actionEntries(tx db.Tx, after string, limit int) ([]search.Entry, string, error) {
	ids, err := listSheetsAfter(tx, ActionID(after), limit)
	if err != nil || len(ids) == 0 {
		return nil, "", err
	}
	var entries []search.Entry
	for _, id := range ids {
		a, err := getAction(tx, id)
		if err != nil {
			return nil, "", err
		}
		funders, err := listFunders(tx, id)
		if err != nil {
			return nil, "", err
		}
		sheet, inside := actionWalls(a, funders)
		entries = append(entries, actionEntry(a, sheet))
		documents, err := listDocuments(tx, id)
		if err != nil {
			return nil, "", err
		}
		for _, d := range documents {
			text, known, err := search.TextOf(tx, d.Hash)
			if err != nil {
				return nil, "", err
			}
			entries = append(entries, documentEntry(a, d, inside, text))
			if !known {
				if err := s.readLater(tx, d.ID); err != nil {
					return nil, "", err
				}
			}
		}
	}
	return entries, string(ids[len(ids)-1]), nil
}

type readArgs struct {
	Document DocumentID `json:"document"`
}

// Jobs registers the feature's work.
func (s *Service) Jobs(q *job.Queue) {
	s.queue = q
	job.Handle(q, readKind, func(ctx context.Context, _ *job.Run, args readArgs) error { return s.ReadDocument(ctx, args.Document) },
		job.Opts{Safe: true, Long: true, Timeout: 5 * time.Minute, MaxAttempts: 2})
}

// readLater asks for the text of a document to be read for the search.
func (s *Service) readLater(tx db.Tx, id DocumentID) error {
	if s.queue == nil || !s.texts.Readable() {
		return nil
	}
	_, err := s.queue.Enqueue(tx, job.Request{Kind: readKind, Args: readArgs{id}, UniqueKey: string(id)})
	return err
}

// ReadDocument reads the text of a document and makes it findable.
func (s *Service) ReadDocument(ctx context.Context, id DocumentID) error {
	var d Document
	err := s.db.View(ctx, func(tx db.Tx) (err error) {
		d, err = getDocument(tx, id)
		return err
	})
	if fault.Is(err, fault.NotFound) || err == nil && d.ActionID == "" {
		return nil
	}
	if err != nil {
		return err
	}
	if err := s.texts.Read(ctx, file.Hash(d.Hash), d.Type); err != nil {
		return err
	}
	return s.db.Do(ctx, func(tx db.Tx) error {
		if err := lockAction(tx, d.ActionID); err != nil {
			return err
		}
		a, err := getAction(tx, d.ActionID)
		if err != nil || a.RemovedAt != 0 {
			return err
		}
		if d, err = getDocument(tx, id); err != nil { // removed meanwhile
			if fault.Is(err, fault.NotFound) {
				err = nil
			}
			return err
		}
		funders, err := listFunders(tx, a.ID)
		if err != nil {
			return err
		}
		_, inside := actionWalls(a, funders)
		return indexDocument(tx, a, d, inside)
	})
}
