package territory

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
)

// ImportFile is Import of a file of the machine, for the command line.
func (s *Service) ImportFile(ctx context.Context, by account.Actor, path string) (Report, error) {
	f, err := os.Open(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Report{}, fault.Wrap(err, fault.NotFound, "territory.import.no_file", "path", path)
	case err != nil:
		return Report{}, fault.Wrap(err, fault.Invalid, "territory.import.unreadable", "path", path)
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, MaxListingBytes+1)) // one more: ReadListing says that it is too large
	if err != nil {
		return Report{}, fault.Wrap(err, fault.Invalid, "territory.import.unreadable", "path", path)
	}
	return s.Import(ctx, by, filepath.Base(path), data)
}

// Import reads an official list and brings regions, territories, groupings and communes up to date
// with it, all or nothing. The same list again changes nothing. What is no longer in the list is
// told and stays, since contracts and money hang on it; a name given by hand is told and stays.
func (s *Service) Import(ctx context.Context, by account.Actor, name string, data []byte) (Report, error) {
	if !mayImport(by) {
		return Report{}, fault.New(fault.Forbidden, "territory.import.not_yours")
	}
	listing, err := ReadListing(bytes.NewReader(data)) // before the transaction: reading takes time
	if err != nil {
		return Report{}, fmt.Errorf("import %s: %w", name, err)
	}
	sum := sha256.Sum256(data)
	var report Report
	err = s.db.Do(ctx, func(tx db.Tx) (err error) {
		report, err = importIn(tx, by, ImportID(db.NewID()), cleanName(name), hex.EncodeToString(sum[:]), listing)
		return err
	})
	if err != nil {
		return Report{}, fmt.Errorf("import %s: %w", name, err)
	}
	return report, nil
}

// cleanName keeps the last part of a file's name, storable on both databases.
func cleanName(name string) string {
	name = strings.ReplaceAll(strings.ToValidUTF8(name, "\uFFFD"), "\x00", "")
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	return shorten(name)
}

// importing is one import at work.
type importing struct {
	reporter
	tx       db.Tx
	by       account.Actor
	diff     Diff
	orgs     map[account.SIREN]account.Organisation
	newOrgs  []account.Organisation // to add or to save
	newNames map[account.SIREN]string
}

func importIn(tx db.Tx, by account.Actor, id ImportID, name, hash string, listing Listing) (Report, error) {
	listing = oneName(listing)
	report := Report{
		ID: id, FileName: name, FileHash: hash, Form: listing.Form, Encoding: listing.Encoding, Lines: listing.Lines,
		At: tx.Now(), By: by.Name,
		Rejected: listing.Rejected, RejectedCount: listing.RejectedCount, Remarks: listing.Remarks, RemarkCount: listing.RemarkCount,
	}
	in := &importing{
		reporter: reporter{report: &report, listing: listing, count: map[Outcome]int{}}, tx: tx, by: by,
		orgs: map[account.SIREN]account.Organisation{}, newNames: map[account.SIREN]string{},
	}
	for _, step := range []func() error{in.compare, in.territories, in.groupings, in.communes, in.spans} {
		if err := step(); err != nil {
			return Report{}, err
		}
	}
	if err := insertImport(tx, by.ID, report); err != nil {
		return Report{}, err
	}
	t := report.Total()
	return report, account.Record(tx, by, account.Event{Verb: "territory.import", Kind: "territory_import", ID: string(report.ID),
		Data: map[string]any{"file": report.FileName, "hash": report.FileHash, "added": t.Added, "changed": t.Changed, "unchanged": t.Unchanged, "rejected": report.RejectedCount}})
}

// compare reads what is known, after any other import has ended.
func (in *importing) compare() error {
	if err := insertRegions(in.tx); err != nil {
		return err
	}
	if err := lockImports(in.tx); err != nil {
		return err
	}
	var known Known
	var err error
	if known.Territories, err = listTerritories(in.tx, Filter{}); err != nil {
		return err
	}
	if known.Groupings, err = listGroupings(in.tx, nil); err != nil {
		return err
	}
	if known.Communes, err = listCommunes(in.tx, ""); err != nil {
		return err
	}
	if err := in.organisations(known.Groupings); err != nil {
		return err
	}
	for i, g := range known.Groupings {
		known.Groupings[i].Name = in.orgs[g.SIREN].Name
	}
	in.diff = Compare(in.listing, known)
	return nil
}

// organisations reads those of the known groupings, whose SIREN it fills in, and of the listed ones.
func (in *importing) organisations(known []Grouping) error {
	ids := make([]account.OrganisationID, len(known))
	for i, g := range known {
		ids[i] = g.Organisation
	}
	list, err := account.OrganisationsByID(in.tx, ids)
	if err != nil {
		return err
	}
	byID := make(map[account.OrganisationID]account.Organisation, len(list))
	for _, o := range list {
		byID[o.ID], in.orgs[o.SIREN] = o, o
	}
	for i, g := range known {
		known[i].SIREN = byID[g.Organisation].SIREN
	}
	var unknown []account.SIREN
	for _, g := range in.listing.Groupings {
		if _, ok := in.orgs[g.SIREN]; !ok {
			unknown = append(unknown, g.SIREN)
		}
	}
	slices.Sort(unknown)
	if list, err = account.OrganisationsBySIREN(in.tx, slices.Compact(unknown)); err != nil {
		return err
	}
	for _, o := range list {
		in.orgs[o.SIREN] = o
	}
	return nil
}

func (in *importing) territories() error {
	c := in.diff.Territories
	change, keep := settle(c, func(t Territory) bool { return t.Source != FromList })
	for _, t := range c.Added {
		in.item(Added, TerritoryThing, t.ID, "", t.Name, "")
	}
	if err := insertTerritories(in.tx, c.Added); err != nil {
		return err
	}
	for _, t := range c.Added {
		if err := index(in.tx, t); err != nil {
			return err
		}
	}
	for _, x := range change {
		in.item(Changed, TerritoryThing, x.After.ID, "", x.After.Name, x.Before.Name)
		if err := saveTerritory(in.tx, x.After); err != nil {
			return err
		}
		if err := index(in.tx, x.After); err != nil {
			return err
		}
	}
	for _, x := range keep {
		in.item(Kept, TerritoryThing, x.After.ID, "", x.Before.Name, x.After.Name)
	}
	for _, t := range c.Gone {
		in.item(Gone, TerritoryThing, t.ID, "", t.Name, "")
	}
	in.report.Territories = Tally{len(c.Added), len(change), c.Unchanged, len(keep), len(c.Gone)}
	return nil
}

func (in *importing) groupings() error {
	c := in.diff.Groupings
	kept := 0
	for _, g := range c.Added {
		if o, ok := in.orgs[g.SIREN]; ok && in.newNames[g.SIREN] == "" && in.rename(o, g) {
			kept++
		} else if !ok && in.newNames[g.SIREN] == "" {
			in.add(g)
		}
		in.item(Added, GroupingThing, g.Territory, string(g.SIREN), in.nameOf(g), "")
	}
	changed := 0
	for _, x := range c.Changed {
		if in.rename(in.orgs[x.After.SIREN], x.After) {
			kept++
		} else {
			changed++
			in.item(Changed, GroupingThing, x.After.Territory, string(x.After.SIREN), x.After.Name, x.Before.Name)
		}
	}
	saved, err := account.ImportOrganisationsIn(in.tx, in.by, in.newOrgs)
	if err != nil {
		return err
	}
	for _, o := range saved {
		in.orgs[o.SIREN] = o
	}
	for i, g := range c.Added {
		c.Added[i].Organisation = in.orgs[g.SIREN].ID
	}
	if err := insertGroupings(in.tx, c.Added); err != nil {
		return err
	}
	for _, g := range c.Gone {
		in.item(Gone, GroupingThing, g.Territory, string(g.SIREN), g.Name, "")
	}
	in.report.Groupings = Tally{len(c.Added), changed, c.Unchanged, kept, len(c.Gone)}
	return nil
}

// add makes the organisation of a grouping that nobody knew. Its number stands for a name that the
// list does not say.
func (in *importing) add(g Grouping) {
	o := account.Organisation{Kind: account.Grouping, Name: g.Name, SIREN: g.SIREN, Source: account.SourceList,
		TerritoryID: string(g.Territory), RegionID: string(g.Territory.Region())}
	if o.Name == "" {
		o.Name = g.SIREN.Display()
	}
	in.newNames[g.SIREN] = o.Name
	in.newOrgs = append(in.newOrgs, o)
}

// rename gives an organisation the name of the list where the list may, else tells and reports that
// it was kept. An organisation in two territories is renamed once.
func (in *importing) rename(o account.Organisation, g Grouping) (kept bool) {
	switch {
	case newName(o.Name, g.Name) == o.Name:
		return false
	case o.Source != account.SourceList:
		in.item(Kept, GroupingThing, g.Territory, string(g.SIREN), o.Name, g.Name)
		return true
	case in.newNames[g.SIREN] == "":
		in.newNames[g.SIREN] = g.Name
		o.Name = g.Name
		in.newOrgs = append(in.newOrgs, o)
	}
	return false
}

// nameOf is the name under which a grouping will stand.
func (in *importing) nameOf(g Grouping) string {
	if name := in.newNames[g.SIREN]; name != "" {
		return name
	}
	return in.orgs[g.SIREN].Name
}

func (in *importing) communes() error {
	c := in.diff.Communes
	for _, x := range c.Added {
		in.item(Added, CommuneThing, x.Territory, x.Code, x.Name, "")
	}
	if err := insertCommunes(in.tx, c.Added); err != nil {
		return err
	}
	for _, x := range c.Changed {
		in.item(Changed, CommuneThing, x.After.Territory, x.After.Code, x.After.Name, x.Before.Name)
		if err := saveCommune(in.tx, x.After); err != nil {
			return err
		}
	}
	for _, x := range c.Gone {
		in.item(Gone, CommuneThing, x.Territory, x.Code, x.Name, "")
	}
	in.report.Communes = Tally{Added: len(c.Added), Changed: len(c.Changed), Unchanged: c.Unchanged, Gone: len(c.Gone)}
	return nil
}

// spans adds the lead region of new territories and the other regions in which listed communes lie.
// None is taken away: a list by grouping says nothing of them, and some are told by hand.
func (in *importing) spans() error {
	known, err := listSpans(in.tx, nil)
	if err != nil {
		return err
	}
	have := make(map[Span]bool, len(known))
	for _, s := range known {
		have[s] = true
	}
	var added []Span
	add := func(s Span) {
		if s.Region == "" || have[s] {
			return
		}
		have[s] = true
		added = append(added, s)
		if s.Region != s.Territory.Region() {
			r, _ := RegionByID(s.Region)
			in.report.Spans++
			in.item(Added, SpanThing, s.Territory, string(s.Region), r.Name, "")
		}
	}
	for _, t := range in.listing.Territories {
		add(Span{t.ID, t.Region})
	}
	for _, c := range in.listing.Communes {
		add(Span{c.Territory, RegionOfCommune(c.Code)})
	}
	return insertSpans(in.tx, added)
}
