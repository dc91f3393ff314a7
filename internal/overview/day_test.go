package overview

import (
	"slices"
	"testing"

	"bassin/internal/when"
)

func TestPartsOfADay(t *testing.T) {
	for _, c := range []struct {
		name string
		wait Wait
		part func(Day) []Wait
	}{
		{"a task of yesterday is late", Wait{Kind: WaitTask, On: "2026-05-20"}, func(d Day) []Wait { return d.Late }},
		{"a gate of last week is late", Wait{Kind: WaitGate, On: "2026-05-14"}, func(d Day) []Wait { return d.Late }},
		{"a task of today is not", Wait{Kind: WaitTask, On: today}, func(d Day) []Wait { return d.Today }},
		{"a meeting that began last night is of today", Wait{Kind: WaitMeeting, On: "2026-05-20", At: 1}, func(d Day) []Wait { return d.Today }},
		{"the seventh day is soon", Wait{Kind: WaitTask, On: "2026-05-28"}, func(d Day) []Wait { return d.Soon }},
		{"the eighth is not", Wait{Kind: WaitTask, On: "2026-05-29"}, func(d Day) []Wait { return d.Going }},
		{"without a day", Wait{Kind: WaitTask}, func(d Day) []Wait { return d.Going }},
		{"a mention of last week asks still", Wait{Kind: WaitMention, On: "2026-05-14"}, func(d Day) []Wait { return d.Asked }},
		{"so do minutes of today", Wait{Kind: WaitMinutes, On: today}, func(d Day) []Wait { return d.Asked }},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := arrange([]Wait{c.wait}, today)
			if all := slices.Concat(d.Late, d.Today, d.Asked, d.Soon, d.Going); len(all) != 1 || len(c.part(d)) != 1 {
				t.Errorf("got %+v", d)
			}
			if d.Empty() {
				t.Error("the day is said to be empty")
			}
		})
	}
}

func TestTheMostPressingComesFirst(t *testing.T) {
	var got []when.Date
	for _, w := range arrange([]Wait{{On: "2026-05-19"}, {On: "2026-05-03"}, {On: "2026-05-20"}}, today).Late {
		got = append(got, w.On)
	}
	if want := []when.Date{"2026-05-03", "2026-05-19", "2026-05-20"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
