package demand

import (
	"context"
	"net/http"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/park"
	"bassin/internal/web"

	"github.com/danielgtaylor/huma/v2"
)

// API registers the feature's operations.
func (s *Service) API(m *web.Mux) {
	web.Operation(m, huma.Operation{Method: http.MethodGet, Path: "/api/v1/demand", Tags: []string{"Machines"}, Summary: "Read what was asked and could not be made",
		Description: "Counts of parts in a territory, a region or the nation, as they stood at the end of a month. A count of fewer than three parts, or of parts of one organisation alone, is hidden."}, s.demandAPI)
}

type demandIn struct {
	Where   string `query:"where" maxLength:"40" doc:"ti-7602, region-76, france, or ours for one's own organisations; where one works when absent."`
	Process string `query:"process" enum:",fdm,msla,sls,mjf,lpbf"`
	From    string `query:"from" maxLength:"7" doc:"First month: 2026-01. A year before the last when absent."`
	To      string `query:"to" maxLength:"7" doc:"Last month; this one when absent."`
}

type demandCountJSON struct {
	Count  *int64 `json:"count,omitempty" doc:"Absent when it is hidden."`
	Hidden bool   `json:"hidden,omitempty"`
}

type demandTotalsJSON struct {
	Could    demandCountJSON `json:"could"`
	WithCare demandCountJSON `json:"with_care"`
	Not      demandCountJSON `json:"not"`
}

type demandMonthJSON struct {
	Month string `json:"month" example:"2026-03"`
	demandTotalsJSON
}

type demandGapJSON struct {
	Process park.Process     `json:"process,omitempty" doc:"Absent: of the part as a whole."`
	Reason  Reason           `json:"reason" enum:"mesh,walls,no_machine,too_large,no_material,no_time,refused,withdrawn,cancelled"`
	Parts   demandCountJSON  `json:"parts"`
	Alone   *demandCountJSON `json:"alone,omitempty" doc:"Parts that no other process could make either."`
	LackMM  int64            `json:"lack_mm,omitempty" doc:"The most by which a part was too large for the nearest machine."`
}

type demandChamberJSON struct {
	Process park.Process    `json:"process"`
	MM      [3]int64        `json:"mm" doc:"The longest side first."`
	Held    demandCountJSON `json:"held"`
	Of      int64           `json:"of"`
}

type demandJSON struct {
	Where    string              `json:"where"`
	From     string              `json:"from"`
	To       string              `json:"to"`
	Total    demandTotalsJSON    `json:"total"`
	Months   []demandMonthJSON   `json:"months"`
	Gaps     []demandGapJSON     `json:"gaps" doc:"What a machine could mend, the largest first."`
	Faults   []demandGapJSON     `json:"faults" doc:"What is wrong with the parts themselves."`
	Orders   []demandGapJSON     `json:"orders" doc:"Requests that were refused or withdrawn, and orders that were given up."`
	Chambers []demandChamberJSON `json:"chambers" doc:"The smallest that would have held half and most of what no machine held."`
}

type demandOut struct{ Body demandJSON }

func countOut(c Count) demandCountJSON {
	if c.Hidden {
		return demandCountJSON{Hidden: true}
	}
	return demandCountJSON{Count: &c.N}
}

func totalsOut(x [3]Count) demandTotalsJSON {
	return demandTotalsJSON{countOut(x[0]), countOut(x[1]), countOut(x[2])}
}

func gapsOut(list []Gap, alone bool) []demandGapJSON {
	out := []demandGapJSON{}
	for _, g := range list {
		x := demandGapJSON{Process: g.Process, Reason: g.Reason, Parts: countOut(g.Parts), LackMM: g.LackMM}
		if alone {
			c := countOut(g.Alone)
			x.Alone = &c
		}
		out = append(out, x)
	}
	return out
}

func (s *Service) demandAPI(ctx context.Context, in *demandIn) (*demandOut, error) {
	want := Wanted{Where: in.Where, Process: park.Process(in.Process), From: in.From, To: in.To}
	var x Figures
	err := s.db.View(ctx, func(tx db.Tx) (err error) {
		x, _, err = s.figures(tx, account.ActorIn(ctx), &want)
		return err
	})
	if err != nil {
		return nil, err
	}
	out := demandJSON{Where: want.Where, From: want.From, To: want.To, Total: totalsOut(x.Total), Months: []demandMonthJSON{}, Gaps: gapsOut(x.Gaps, true), Faults: gapsOut(x.Faults, false),
		Orders: gapsOut(x.Orders, false), Chambers: []demandChamberJSON{}}
	for _, m := range x.Months {
		out.Months = append(out.Months, demandMonthJSON{m.Month, totalsOut(m.By)})
	}
	for _, c := range x.Chambers {
		out.Chambers = append(out.Chambers, demandChamberJSON{c.Process, c.MM, countOut(c.Held), c.Of.N})
	}
	return &demandOut{out}, nil
}
