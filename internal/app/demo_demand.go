package app

import (
	"fmt"

	"bassin/internal/account"
	"bassin/internal/demand"
	"bassin/internal/park"
	"bassin/internal/when"
)

// askBefore fills the year before the story with what companies of the territory asked of machines: examples, so that the
// page of unmet requests has something to count.
func (p *demoPilot) askBefore(by func(string, func(account.Actor) error) func() error, day func(int) when.Date) {
	p.on(day(-50), by("entreprise", func(by account.Actor) error {
		svc := demand.New(demand.Options{DB: p.d})
		this := day(0).Time()
		month := func(back int) string { return this.AddDate(0, -back, 1-this.Day()).Format("2006-01") }
		for back := 12; back >= 1; back-- {
			for i := range 12 + (12-back)/2 {
				k := back*3 + i
				asked := demand.Asked{Trace: fmt.Sprintf("exemple %d %d", back, i), Holder: fmt.Sprintf("exemple %d", (back+i/2)%5), Organisation: by.Memberships[0].OrganisationID, Month: month(back)}
				if err := svc.Keep(p.ctx, asked, exampleOutcomes(k)); err != nil {
					return err
				}
				if k%6 != 1 {
					continue
				}
				order := demand.Outcome{Kind: demand.OfOrder, Process: []park.Process{park.FDM, park.LPBF}[i%2], Verdict: demand.Not, Reason: []demand.Reason{demand.Refused, demand.Withdrawn}[back%2]}
				asked.Trace += " order"
				if err := svc.Keep(p.ctx, asked, []demand.Outcome{order}); err != nil {
					return err
				}
			}
		}
		return nil
	}))
}

// exampleOutcomes are those of the k-th part: what can be made on filament machines, and what is too large for them or
// wants a bed of powder that nobody has.
func exampleOutcomes(k int) []demand.Outcome {
	box := demand.Outcome{Kind: demand.OfPart, LongMM: int64(60 + 10*(k%14)), MiddleMM: int64(40 + 10*(k%8)), ShortMM: int64(20 + 10*(k%4))}
	fdm, lpbf := demand.Could, demand.NoMaterial
	var reason demand.Reason
	switch k % 5 {
	case 1:
		fdm = demand.WithCare
	case 3:
		fdm, reason, lpbf = demand.Not, demand.TooLarge, demand.TooLarge
		box.LongMM, box.MiddleMM, box.ShortMM = int64(320+10*(k%12)), int64(180+10*(k%11)), int64(60+10*(k%9))
	case 4:
		fdm, reason = demand.Not, demand.Walls
	}
	whole := box
	whole.Verdict, whole.Reason = fdm, reason
	if reason == demand.Walls {
		whole.Reason = demand.NoMachine
	}
	list := []demand.Outcome{whole}
	for _, p := range park.Processes() {
		o := box
		o.Process, o.Verdict, o.Reason, o.Alone = p, demand.Not, demand.NoMachine, fdm == demand.Not
		switch p {
		case park.FDM:
			o.Verdict, o.Reason = fdm, reason
		case park.LPBF:
			o.Reason = lpbf
		}
		if o.Reason == demand.TooLarge {
			o.LackMM = max(box.LongMM-300, 10)
		}
		list = append(list, o)
	}
	return list
}
