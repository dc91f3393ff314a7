package additive

import (
	"context"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/mesh"
	"bassin/internal/park"
	"bassin/internal/web"
)

type judgementJSON struct {
	Key      string         `json:"key" example:"thin"`
	Severity mesh.Severity  `json:"severity" enum:"blocking,doubtful,harmless"`
	Text     string         `json:"text"`
	Advice   string         `json:"advice,omitempty"`
	Args     map[string]any `json:"args,omitempty" doc:"Measures; lengths in millimetres, areas in square millimetres, but for overhangs in square centimetres."`
	Rule     park.Name      `json:"rule,omitempty" example:"wall_free"`
	Limit    float64        `json:"limit,omitempty"`
	Source   string         `json:"source,omitempty"`
	Places   []Mark         `json:"places,omitempty" doc:"Lines on the part, from point to point, in the unit of its file."`
}

type judgedJSON struct {
	Process    park.Process    `json:"process" enum:"fdm,msla,sls,mjf,lpbf"`
	Code       string          `json:"code" doc:"As ISO/ASTM 52900 names the process."`
	Verdict    Verdict         `json:"verdict" enum:"makeable,with_care,not"`
	Machines   int             `json:"machines" doc:"That hold the part and may be asked for."`
	Judgements []judgementJSON `json:"judgements"`
}

type verdictsOut struct{ Body web.List[judgedJSON] }

func (s *Service) verdictsAPI(ctx context.Context, in *PartIn) (*verdictsOut, error) {
	out := web.List[judgedJSON]{Items: []judgedJSON{}}
	_, r, err := s.read(ctx, PartID(in.Part))
	if err != nil || r.State != Checked {
		return &verdictsOut{out}, err
	}
	report, err := r.ReportOf()
	if err != nil {
		return nil, err
	}
	var rules park.Figures
	var machines []park.Machine
	err = s.db.View(ctx, func(tx db.Tx) (err error) {
		if rules, err = park.Library(tx); err != nil {
			return err
		}
		machines, err = park.MachinesFor(tx, account.ActorIn(ctx))
		return err
	})
	if err != nil {
		return nil, err
	}
	v := web.ViewIn(ctx)
	for _, p := range park.Processes() {
		j := Judge(subjectOf(report, r.Unit), p, rules.For(""), machines)
		x := judgedJSON{Process: p, Code: p.Code(), Verdict: j.Verdict, Machines: j.Machines, Judgements: []judgementJSON{}}
		for _, y := range j.Judgements {
			x.Judgements = append(x.Judgements, judgementJSON{y.Key, y.Severity, y.title(v), y.advice(v), y.Args, y.Limit.Name, y.Limit.Value, y.Limit.Source, y.Marks})
		}
		out.Items = append(out.Items, x)
	}
	return &verdictsOut{out}, nil
}
