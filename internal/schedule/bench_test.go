package schedule

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// bigPlan has work packages of ten tasks and two links a task, as plans of industry do. The same
// seed draws the same plan.
func bigPlan(t testing.TB, tasks int, lags, summaries bool) Plan {
	r := rand.New(rand.NewPCG(1, 2))
	p := Plan{Start: "2026-06-01", Calendars: []*Calendar{french(t), daily(t)}}
	for i := range tasks {
		x := Task{ID: fmt.Sprint(i), Work: Minutes(1+r.IntN(10)) * day}
		if r.IntN(20) == 0 {
			x.Work = 0
		}
		if r.IntN(10) == 0 {
			x.Calendar = 1
		}
		if summaries && i%10 != 0 {
			x.Parent = i/10*10 + 1
		}
		p.Tasks = append(p.Tasks, x)
	}
	part := func(i int) int { // never a summary
		if summaries && i%10 == 0 {
			return i + 1
		}
		return i
	}
	for i := range 2 * tasks {
		to := part(11 + r.IntN(tasks-12))
		from := part(max(1, to-10-r.IntN(100)))
		l := Link{From: from, To: to}
		if lags && i%3 == 0 {
			l.Type, l.Lag = Type(r.IntN(4)), Minutes(r.IntN(5)-2)*day
		}
		p.Links = append(p.Links, l)
	}
	return p
}

func BenchmarkCompute(b *testing.B) {
	for _, tasks := range []int{100, 1_000, 10_000} {
		for _, x := range []struct {
			name            string
			lags, summaries bool
		}{{"plain", false, false}, {"lags", true, false}, {"lags and summaries", true, true}} {
			b.Run(fmt.Sprintf("%d tasks/%s", tasks, x.name), func(b *testing.B) {
				p := bigPlan(b, tasks, x.lags, x.summaries)
				b.ReportAllocs()
				for b.Loop() {
					if _, err := Compute(p); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func BenchmarkCycle(b *testing.B) {
	p := bigPlan(b, 10_000, false, false)
	p.Links = append(p.Links, Link{From: 9_900, To: 20})
	for b.Loop() {
		if _, err := Compute(p); err == nil {
			b.Fatal("no cycle")
		}
	}
}

func BenchmarkCompile(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		french(b)
	}
}

func BenchmarkTenYears(b *testing.B) {
	c := french(b)
	at := c.work(evening(46172))
	for b.Loop() {
		at = c.work(c.end(at+10*252*int32(day))) - 10*252*int32(day)
	}
}
