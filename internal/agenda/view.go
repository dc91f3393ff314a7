package agenda

import (
	"strconv"

	"bassin/internal/web"
	"bassin/internal/when"
)

// monthName writes a month with its year, as a title.
func monthName(v *web.View, first when.Date) string {
	t := first.Time()
	return v.T("agenda.month", "month", v.Month(t.Month()), "year", strconv.Itoa(t.Year()))
}

func icon(k Kind) string {
	switch k {
	case OfMeeting:
		return "users"
	case OfTask:
		return "checkbox"
	case OfMilestone:
		return "flag"
	}
	return "calendar-event"
}

func (x feedsView) name(v *web.View, f Feed) string {
	if f.ProjectID == "" {
		return v.T("agenda.feed.mine")
	}
	if t := x.Titles[f.ProjectID]; t != "" {
		return t
	}
	return v.T("agenda.feed.closed")
}

// programs says how each is connected.
func programs(v *web.View) []web.Def {
	var list []web.Def
	for _, p := range []string{"thunderbird", "davx5", "apple", "vdirsyncer"} {
		list = append(list, web.Def{Term: v.T("agenda.dav." + p), Value: v.T("agenda.dav." + p + "_text")})
	}
	return list
}
