package territory

import (
	"bytes"
	"context"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"time"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/web"
	"bassin/internal/when"

	"github.com/danielgtaylor/huma/v2"
)

// API registers the feature's operations.
func (s *Service) API(m *web.Mux) {
	tags := []string{"Territories"}
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: "/api/v1/regions", Tags: tags, Summary: "List the regions",
		Description: "The eighteen regions of France, with the number of territories that lie in each, wholly or in part."}, s.regionsAPI)
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: "/api/v1/territories", Tags: tags, Summary: "List territories",
		Description: "Territoires d’industrie with their regions and groupings, by identifier."}, s.territoriesAPI)
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: "/api/v1/territories/{id}", Tags: tags, Summary: "Read a territory"}, s.territoryAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPut, Path: "/api/v1/territories/{id}", Tags: tags, Summary: "Change a territory",
		Description: "What is told of a territory: for its project lead and for administrators. The name is changed by administrators only."}, s.saveTerritoryAPI)
	body := &huma.RequestBody{Required: true}
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: "/api/v1/territories/imports", Tags: tags, Summary: "Import an official list",
		Description: "Brings territories up to date with an official CSV, all or nothing: id_ti, lib_ti, siren_epci, nom_epci (one row per grouping) " +
			"or insee_com, lib_com, id_ti, lib_ti (one row per commune). The same list again changes nothing. For administrators. At most 20 MB.",
		DefaultStatus: http.StatusCreated, MaxBodyBytes: MaxListingBytes + 64<<10, BodyReadTimeout: 2 * time.Minute,
		RequestBody: body}, s.importAPI)
	// Added after the fact: huma would take a form's schema for one of JSON and refuse the CSV.
	body.Content = map[string]*huma.MediaType{
		"text/csv": {Schema: &huma.Schema{Type: huma.TypeString}, Example: "id_ti,lib_ti,siren_epci,nom_epci\nti-7602,Bassin d’Alès,200066918,CA Alès Agglomération\n"},
		"multipart/form-data": {Schema: &huma.Schema{Type: huma.TypeObject, Required: []string{"file"},
			Properties: map[string]*huma.Schema{"file": {Type: huma.TypeString, Format: "binary", Description: "The CSV file."}}}},
	}
}

type regionJSON struct {
	ID          RegionID `json:"id" doc:"INSEE code." example:"76"`
	Name        string   `json:"name" example:"Occitanie"`
	Territories int      `json:"territories" doc:"How many territories lie in it, wholly or in part."`
}

type groupingJSON struct {
	Organisation account.OrganisationID `json:"organisation_id"`
	SIREN        account.SIREN          `json:"siren" example:"200066918"`
	Name         string                 `json:"name" example:"CA Alès Agglomération"`
}

type territoryJSON struct {
	ID        ID             `json:"id" doc:"Official identifier: ti-RRNN, RR the lead region." example:"ti-7602"`
	Name      string         `json:"name" example:"Bassin d’Alès"`
	Region    RegionID       `json:"lead_region" example:"76"`
	Regions   []RegionID     `json:"regions" doc:"Every region in which it lies, the lead one first."`
	Groupings []groupingJSON `json:"groupings"`
	Summary   string         `json:"summary"`
	Jobs      *int           `json:"industrial_jobs" doc:"Null when unknown."`
	Latitude  *float64       `json:"latitude" doc:"Degrees, WGS 84; null when unknown."`
	Longitude *float64       `json:"longitude"`
	UpdatedAt when.Time      `json:"updated_at"`
}

func territoryOut(t row) territoryJSON {
	out := territoryJSON{ID: t.ID, Name: t.Name, Region: t.Region, Regions: t.Regions, Groupings: []groupingJSON{}, Summary: t.Summary, UpdatedAt: t.UpdatedAt}
	for _, g := range t.Groupings {
		out.Groupings = append(out.Groupings, groupingJSON{g.Organisation, g.SIREN, g.Name})
	}
	if t.Jobs > 0 {
		out.Jobs = &t.Jobs
	}
	if t.Located() {
		out.Latitude, out.Longitude = &t.Latitude, &t.Longitude
	}
	return out
}

type regionsOut struct{ Body web.List[regionJSON] }

func (s *Service) regionsAPI(ctx context.Context, _ *struct{}) (*regionsOut, error) {
	n := map[RegionID]int{}
	err := s.db.View(ctx, func(tx db.Tx) error {
		counts, err := RegionCounts(tx)
		for _, c := range counts {
			n[c.Region] = c.Territories
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	out := &regionsOut{}
	for _, r := range Regions() {
		out.Body.Items = append(out.Body.Items, regionJSON{r.ID, r.Name, n[r.ID]})
	}
	return out, nil
}

type territoriesIn struct {
	web.Paging
	Region string `query:"region" maxLength:"2" doc:"Only those that lie in the region with this INSEE code, wholly or in part."`
	Query  string `query:"q" maxLength:"200" doc:"Text in the name, the identifier or the name of a grouping; case and accents do not matter."`
}

type territoriesOut struct{ Body web.List[territoryJSON] }

func (s *Service) territoriesAPI(ctx context.Context, in *territoriesIn) (*territoriesOut, error) {
	var items []territoryJSON
	err := s.db.View(ctx, func(tx db.Tx) error {
		list, err := List(tx, Filter{Region: RegionID(in.Region), Text: in.Query, After: ID(in.Cursor), Limit: in.Limit + 1})
		if err != nil {
			return err
		}
		all, err := rows(tx, list, 1)
		for _, t := range all {
			items = append(items, territoryOut(t))
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return &territoriesOut{web.PageOf(items, in.Limit, func(t territoryJSON) string { return string(t.ID) })}, nil
}

type territoryIn struct {
	ID ID `path:"id" maxLength:"20" example:"ti-7602"`
}

type territoryOne struct {
	ETag string `header:"ETag"`
	Body territoryJSON
}

func (s *Service) territoryAPI(ctx context.Context, in *territoryIn) (*territoryOne, error) {
	out := &territoryOne{}
	err := s.db.View(ctx, func(tx db.Tx) error {
		t, err := Get(tx, in.ID)
		if err != nil {
			return err
		}
		one, err := rows(tx, []Territory{t}, 1)
		if err == nil {
			out.ETag, out.Body = web.ETag(t.Version), territoryOut(one[0])
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

type saveTerritoryIn struct {
	ID ID `path:"id" maxLength:"20" example:"ti-7602"`
	web.IfMatch
	Body struct {
		Name      string     `json:"name,omitempty" maxLength:"200" doc:"Absent: as it is."`
		Regions   []RegionID `json:"regions,omitempty" maxItems:"18" doc:"Regions besides the lead one. Absent: none."`
		Summary   string     `json:"summary,omitempty" maxLength:"2000"`
		Jobs      int        `json:"industrial_jobs,omitempty" minimum:"0" maximum:"10000000"`
		Latitude  float64    `json:"latitude,omitempty" minimum:"-90" maximum:"90"`
		Longitude float64    `json:"longitude,omitempty" minimum:"-180" maximum:"180"`
	}
}

func (s *Service) saveTerritoryAPI(ctx context.Context, in *saveTerritoryIn) (*territoryOne, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	var t Territory
	if err := s.db.View(ctx, func(tx db.Tx) (err error) {
		t, err = Get(tx, in.ID)
		return err
	}); err != nil {
		return nil, err
	}
	if version != 0 {
		t.Version = version
	}
	if in.Body.Name != "" {
		t.Name = in.Body.Name
	}
	t.Summary, t.Jobs, t.Latitude, t.Longitude = in.Body.Summary, in.Body.Jobs, in.Body.Latitude, in.Body.Longitude
	if _, err := s.Save(ctx, account.ActorIn(ctx), t, in.Body.Regions); err != nil {
		return nil, err
	}
	return s.territoryAPI(ctx, &territoryIn{in.ID})
}

type tallyJSON struct {
	Added     int `json:"added"`
	Changed   int `json:"changed"`
	Unchanged int `json:"unchanged"`
	Kept      int `json:"kept" doc:"Whose name was given by hand, differs from the list's, and stays."`
	Gone      int `json:"gone" doc:"In Bassin and not in the list; they stay."`
}

type noteJSON struct {
	Line   int    `json:"line" doc:"From 1 with the header; 0 is the file as a whole."`
	Column string `json:"column"`
	Value  string `json:"value"`
	Key    string `json:"key" doc:"A stable name of the reason."`
	Reason string `json:"reason" doc:"In the caller’s language."`
}

type itemJSON struct {
	Outcome   Outcome `json:"outcome" enum:"added,changed,kept,gone"`
	Thing     Thing   `json:"thing" enum:"territory,grouping,commune,span"`
	Territory ID      `json:"territory"`
	Member    string  `json:"member,omitempty" doc:"SIREN, INSEE code of the commune or of the region."`
	Name      string  `json:"name"`
	Other     string  `json:"other,omitempty" doc:"Changed: the name before. Kept: the name in the list."`
	Line      int     `json:"line,omitempty"`
}

// ReportJSON is a report as the API and the command line write it. Lists hold at most 1,000
// entries of a kind; the counts are of all.
type ReportJSON struct {
	ID            ImportID   `json:"id"`
	File          string     `json:"file"`
	SHA256        string     `json:"sha256"`
	Form          Form       `json:"form" enum:"communes,groupings"`
	Encoding      string     `json:"encoding"`
	Lines         int        `json:"lines"`
	At            when.Time  `json:"at"`
	Total         tallyJSON  `json:"total"`
	Territories   tallyJSON  `json:"territories"`
	Groupings     tallyJSON  `json:"groupings"`
	Communes      tallyJSON  `json:"communes"`
	RejectedCount int        `json:"rejected_count"`
	RemarkCount   int        `json:"remark_count"`
	Rejected      []noteJSON `json:"rejected"`
	Remarks       []noteJSON `json:"remarks"`
	Items         []itemJSON `json:"items"`
}

// JSON writes the report with its reasons in the view's language.
func (r Report) JSON(v *web.View) ReportJSON {
	notes := func(list []Note) []noteJSON {
		out := make([]noteJSON, len(list))
		for i, n := range list {
			out[i] = noteJSON{n.Line, n.Column, n.Value, n.Key, v.TArgs(n.Key, n.Args)}
		}
		return out
	}
	out := ReportJSON{
		ID: r.ID, File: r.FileName, SHA256: r.FileHash, Form: r.Form, Encoding: r.Encoding, Lines: r.Lines, At: r.At,
		Total: tallyJSON(r.Total()), Territories: tallyJSON(r.Territories), Groupings: tallyJSON(r.Groupings), Communes: tallyJSON(r.Communes),
		RejectedCount: r.RejectedCount, RemarkCount: r.RemarkCount, Rejected: notes(r.Rejected), Remarks: notes(r.Remarks), Items: make([]itemJSON, len(r.Items)),
	}
	for i, x := range r.Items {
		out.Items[i] = itemJSON(x)
	}
	return out
}

type importBody struct {
	ContentType string `header:"Content-Type"`
	FileName    string `query:"name" maxLength:"200" doc:"The file’s name, for the report, when the body is text/csv."`
	RawBody     []byte
}

type importOut struct {
	Location string `header:"Location" doc:"The report’s page."`
	Body     ReportJSON
}

func (s *Service) importAPI(ctx context.Context, in *importBody) (*importOut, error) {
	by := account.ActorIn(ctx)
	if !mayImport(by) {
		return nil, fault.New(fault.Forbidden, "territory.import.not_yours")
	}
	name, data, err := sent(in)
	if err != nil {
		return nil, err
	}
	r, err := s.Import(ctx, by, name, data)
	if err != nil {
		return nil, err
	}
	return &importOut{reportURL(r.ID), r.JSON(web.ViewIn(ctx))}, nil
}

// sent takes the file out of the body: the body itself, or the part named file.
func sent(in *importBody) (name string, data []byte, err error) {
	kind, params, err := mime.ParseMediaType(in.ContentType)
	if err != nil || kind != "multipart/form-data" {
		if in.FileName == "" {
			in.FileName = "api.csv"
		}
		return in.FileName, in.RawBody, nil
	}
	parts := multipart.NewReader(bytes.NewReader(in.RawBody), params["boundary"])
	for {
		part, err := parts.NextPart()
		if err != nil {
			var wrong fault.Fields
			wrong.Add("file", "territory.import.choose")
			return "", nil, wrong.Err()
		}
		if part.FormName() == "file" {
			data, err := io.ReadAll(part)
			if err != nil {
				return "", nil, uploadFault(err)
			}
			return part.FileName(), data, nil
		}
	}
}
