package transfer

import (
	"bassin/internal/job"
	"bassin/internal/web"
)

// line is the run of an archive, which asks for itself at an address while it goes on.
func line(v *web.View, run job.Record, mine bool, refresh string) web.JobLine {
	l := job.Line(v, run)
	l.Refresh, l.Link = refresh, web.Link{}
	if !mine {
		l.StopURL = ""
	}
	return l
}

func fileField(v *web.View) web.Field {
	return web.Field{Name: "file", Label: v.T("transfer.file"), Accept: ".bassin-project", Hint: v.T("transfer.file_hint", "max", v.Size(maxArchive))}
}

func (x arrivalView) owner(v *web.View) web.Field {
	return web.Field{Name: "owner_id", Label: v.T("project.field.owner"), Hint: v.T("transfer.owner_hint"), Choices: x.Owners}
}

// defs are the facts of a departure.
func (d leaving) defs(v *web.View) []web.Def {
	return []web.Def{{Term: v.T("transfer.made"), Value: v.DateTime(d.MadeAt)}, {Term: v.T("transfer.by"), Value: d.Who}, {Term: v.T("transfer.size"), Value: v.Size(d.Size)},
		{Term: v.T("transfer.holds"), Value: v.T("transfer.rows", "count", d.RowsCount) + ", " + v.T("transfer.files", "count", d.FilesCount)},
		{Term: v.T("transfer.until"), Value: v.DateTime(d.ExpiresAt)}, {Term: v.T("transfer.fingerprint"), Body: print(d.Fingerprint)}}
}

// shownPeople is how many names a page lists.
const shownPeople = 100

// facts tell what an archive is.
func (x arrivalView) facts(v *web.View) []web.Def {
	owner := v.T("transfer.nobody")
	for _, o := range x.Found.Organisations {
		if o.ID == x.Found.OwnerID {
			owner = o.Name
		}
	}
	return []web.Def{{Term: v.T("project.field.title"), Value: x.Found.Title}, {Term: v.T("project.field.code"), Value: x.Found.Code}, {Term: v.T("transfer.owner_there"), Value: owner},
		{Term: v.T("transfer.made"), Value: v.T("transfer.made_by", "at", v.DateTime(x.Found.CreatedAt), "program", x.Found.Program)},
		{Term: v.T("transfer.size"), Value: v.Size(x.Size)}, {Term: v.T("transfer.sums"), Value: v.T("transfer.sums_right", "count", x.Found.Files)},
		{Term: v.T("transfer.fingerprint"), Body: print(x.Found.Fingerprint)}}
}

// figures count what an archive holds, by what people call it.
func (x arrivalView) figures(v *web.View) []web.Figure {
	n := func(key string, count int) web.Figure {
		return web.Figure{Number: v.Number(int64(count)), Label: v.T(key)}
	}
	rows := x.Found.Rows
	return []web.Figure{n("transfer.n.tasks", x.Found.Counts.Tasks), n("transfer.n.documents", x.Found.Counts.Documents), n("transfer.n.notes", x.Found.Counts.Notes),
		n("transfer.n.meetings", x.Found.Counts.Meetings), n("transfer.n.decisions", rows["project_decision"]), n("transfer.n.comments", rows["talk_comment"]),
		n("transfer.n.purchases", rows["cost_purchase"])}
}

// missing names organisations of the archive that are not here; the owner is chosen anew.
func (x arrivalView) missing() []Organisation {
	var list []Organisation
	for _, o := range x.Found.Organisations {
		if !o.Known && o.ID != x.Found.OwnerID {
			list = append(list, o)
		}
	}
	return list
}

func (x arrivalView) known() (n int) {
	for _, p := range x.Found.People {
		if p.Known {
			n++
		}
	}
	return n
}
