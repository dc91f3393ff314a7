package programme

import (
	"context"
	"net/http"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/web"
	"bassin/internal/when"

	"github.com/danielgtaylor/huma/v2"
)

func (s *Service) signatoryAPI(m *web.Mux) {
	tags := []string{"Contracts"}
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: "/api/v1/contracts/{id}/signatories", Tags: tags, Summary: "List the signatories of a contract",
		Description: "By college; public bodies with the deliberation on whose strength they sign."}, s.signatoriesAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPost, Path: "/api/v1/contracts/{id}/signatories", Tags: tags, Summary: "Add a signatory",
		DefaultStatus: http.StatusCreated}, s.createSignatoryAPI)
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: "/api/v1/contracts/{id}/signatories/{signatory}", Tags: tags, Summary: "Read a signatory"}, s.signatoryOneAPI)
	web.Operation(m, huma.Operation{Method: http.MethodPatch, Path: "/api/v1/contracts/{id}/signatories/{signatory}", Tags: tags, Summary: "Change a signatory",
		Description: "Fields left out stay; the organisation always stays."}, s.saveSignatoryAPI)
	web.Operation(m, huma.Operation{Method: http.MethodDelete, Path: "/api/v1/contracts/{id}/signatories/{signatory}", Tags: tags, Summary: "Remove a signatory",
		Description: "Not from a contract that is signed."}, s.removeSignatoryAPI)
}

type signatoryJSON struct {
	ID                 SignatoryID `json:"id"`
	OrganisationID     string      `json:"organisation_id"`
	OrganisationName   string      `json:"organisation_name"`
	College            College     `json:"college" enum:"groupings,public,economic"`
	SignerTitle        string      `json:"signer_title" doc:"Function of the person who signs." example:"Présidente"`
	Assembly           string      `json:"assembly" doc:"The assembly that deliberated." example:"Conseil communautaire"`
	DeliberationNumber string      `json:"deliberation_number"`
	DeliberatedOn      when.Date   `json:"deliberated_on"`
	SignedOn           when.Date   `json:"signed_on"`
	Position           int         `json:"position"`
	ETag               string      `json:"etag" doc:"Of this version, for If-Match."`
}

func signatoryOut(x Signatory) signatoryJSON {
	return signatoryJSON{x.ID, x.OrganisationID, x.OrganisationName, x.College, x.SignerTitle, x.Assembly, x.DeliberationNumber, x.DeliberatedOn, x.SignedOn, x.Position, web.ETag(x.Version)}
}

type contractListIn struct {
	ContractPath
	web.Paging
}

type signatoriesOut struct{ Body web.List[signatoryJSON] }

func (s *Service) signatoriesAPI(ctx context.Context, in *contractListIn) (*signatoriesOut, error) {
	list, err := partsOf(ctx, s, in, listSignatories, signatoryOut, func(x signatoryJSON) string { return string(x.ID) })
	return &signatoriesOut{list}, err
}

// partsOf reads a page of what a contract is made of, when the caller may see the contract.
func partsOf[T, J any](ctx context.Context, s *Service, in *contractListIn, list func(db.Tx, ContractID) ([]T, error), out func(T) J, id func(J) string) (web.List[J], error) {
	var items []J
	err := s.db.View(ctx, func(tx db.Tx) error {
		if _, err := contractFor(tx, account.ActorIn(ctx), in.ID); err != nil {
			return err
		}
		all, err := list(tx, in.ID)
		items = make([]J, len(all))
		for i, x := range all {
			items[i] = out(x)
		}
		return err
	})
	if err != nil {
		return web.List[J]{}, err
	}
	return web.PageAfter(items, in.Paging, id)
}

// partOf reads one part of a contract, when the caller may see the contract.
func partOf[T any, ID ~string](ctx context.Context, s *Service, contract ContractID, id ID, get func(db.Tx, ContractID, ID) (T, error)) (T, error) {
	var x T
	err := s.db.View(ctx, func(tx db.Tx) (err error) {
		if _, err = contractFor(tx, account.ActorIn(ctx), contract); err != nil {
			return err
		}
		x, err = get(tx, contract, id)
		return err
	})
	return x, err
}

// SignatoryPath names a signatory of a contract in an address.
type SignatoryPath struct {
	ContractPath
	Signatory SignatoryID `path:"signatory" maxLength:"40"`
}

type signatoryOneOut struct {
	ETag string `header:"ETag"`
	Body signatoryJSON
}

func (s *Service) signatoryOneAPI(ctx context.Context, in *SignatoryPath) (*signatoryOneOut, error) {
	x, err := partOf(ctx, s, in.ID, in.Signatory, getSignatory)
	if err != nil {
		return nil, err
	}
	return &signatoryOneOut{web.ETag(x.Version), signatoryOut(x)}, nil
}

type createSignatoryIn struct {
	ContractPath
	Body struct {
		OrganisationID     string    `json:"organisation_id" maxLength:"40"`
		College            College   `json:"college" enum:"groupings,public,economic"`
		SignerTitle        string    `json:"signer_title,omitempty" maxLength:"400"`
		Assembly           string    `json:"assembly,omitempty" maxLength:"400"`
		DeliberationNumber string    `json:"deliberation_number,omitempty" maxLength:"200"`
		DeliberatedOn      when.Date `json:"deliberated_on,omitempty"`
		SignedOn           when.Date `json:"signed_on,omitempty"`
		Position           int       `json:"position,omitempty" doc:"Place in its college."`
	}
}

func (s *Service) createSignatoryAPI(ctx context.Context, in *createSignatoryIn) (*signatoryOneOut, error) {
	b := in.Body
	x, err := s.AddSignatory(ctx, account.ActorIn(ctx), Signatory{ContractID: in.ID, OrganisationID: b.OrganisationID, College: b.College, SignerTitle: b.SignerTitle,
		Assembly: b.Assembly, DeliberationNumber: b.DeliberationNumber, DeliberatedOn: b.DeliberatedOn, SignedOn: b.SignedOn, Position: b.Position})
	if err != nil {
		return nil, err
	}
	return s.signatoryOneAPI(ctx, &SignatoryPath{in.ContractPath, x.ID})
}

type saveSignatoryIn struct {
	SignatoryPath
	web.IfMatch
	Body struct {
		College            *College   `json:"college,omitempty" enum:"groupings,public,economic"`
		SignerTitle        *string    `json:"signer_title,omitempty" maxLength:"400"`
		Assembly           *string    `json:"assembly,omitempty" maxLength:"400"`
		DeliberationNumber *string    `json:"deliberation_number,omitempty" maxLength:"200"`
		DeliberatedOn      *when.Date `json:"deliberated_on,omitempty"`
		SignedOn           *when.Date `json:"signed_on,omitempty"`
		Position           *int       `json:"position,omitempty"`
	}
}

func (s *Service) saveSignatoryAPI(ctx context.Context, in *saveSignatoryIn) (*signatoryOneOut, error) {
	seen, err := in.Version()
	if err != nil {
		return nil, err
	}
	x, err := partOf(ctx, s, in.ID, in.Signatory, getSignatory)
	if err != nil {
		return nil, err
	}
	b := in.Body
	set(&x.College, b.College)
	set(&x.SignerTitle, b.SignerTitle)
	set(&x.Assembly, b.Assembly)
	set(&x.DeliberationNumber, b.DeliberationNumber)
	set(&x.DeliberatedOn, b.DeliberatedOn)
	set(&x.SignedOn, b.SignedOn)
	set(&x.Position, b.Position)
	x.Version = seen
	if err := s.SaveSignatory(ctx, account.ActorIn(ctx), x); err != nil {
		return nil, overtaken(ctx, err, in.Body, func() (web.Stand, error) {
			now, err := partOf(ctx, s, in.ID, in.Signatory, getSignatory)
			return web.Stand{Version: now.Version, Value: signatoryOut(now)}, err
		})
	}
	return s.signatoryOneAPI(ctx, &in.SignatoryPath)
}

func (s *Service) removeSignatoryAPI(ctx context.Context, in *SignatoryPath) (*struct{}, error) {
	return nil, s.RemoveSignatory(ctx, account.ActorIn(ctx), in.ID, in.Signatory)
}
