package note

import (
	"strings"
	"testing"
	"time"

	"bassin/internal/account"
	"bassin/internal/fault"
	"bassin/internal/project"
	"bassin/internal/when"
)

func TestStanding(t *testing.T) {
	const today = when.Date("2026-05-21")
	over := func(role account.Role, kind account.ScopeKind, id string, until when.Date) account.Actor {
		return account.Actor{ID: "p", Grants: []account.Grant{{Role: role, ScopeKind: kind, ScopeID: id, UntilOn: until}}}
	}
	for _, c := range []struct {
		name  string
		by    account.Actor
		state project.State
		off   bool
		want  Standing
	}{
		{"member", over(account.ProjectMember, account.OverProject, "x", ""), project.Running, false, Manages},
		{"reader", over(account.ProjectReader, account.OverProject, "x", ""), project.Running, false, Reads},
		{"member of an ended project", over(account.ProjectMember, account.OverProject, "x", ""), project.Finished, false, Reads},
		{"member, note off the list", over(account.ProjectMember, account.OverProject, "x", ""), project.Running, true, Reads},
		{"reader, note off the list", over(account.ProjectReader, account.OverProject, "x", ""), project.Running, true, None},
		{"member of another project", over(account.ProjectMember, account.OverProject, "y", ""), project.Running, false, None},
		{"guest of the note", over(account.NoteGuest, account.OverNote, "n", "2026-05-21"), project.Running, false, Writes},
		{"guest whose last day has passed", over(account.NoteGuest, account.OverNote, "n", "2026-05-20"), project.Running, false, None},
		{"guest of another note", over(account.NoteGuest, account.OverNote, "m", "2026-06-21"), project.Running, false, None},
		{"guest, note off the list", over(account.NoteGuest, account.OverNote, "n", "2026-06-21"), project.Running, true, None},
		{"guest, ended project", over(account.NoteGuest, account.OverNote, "n", "2026-06-21"), project.Abandoned, false, Reads},
		{"grant of another kind with the same id", over(account.FolderGuest, account.OverFolder, "n", "2026-06-21"), project.Running, false, None},
		{"nobody", account.Actor{}, project.Running, false, None},
	} {
		n := Note{ID: "n", ProjectID: "x"}
		if c.off {
			n.RemovedAt = 1
		}
		a := project.Access{Project: project.Project{ID: "x", State: c.state, Confidentiality: project.ForMembers}, Walls: project.Walls{ID: "x", Confidentiality: project.ForMembers}, Today: today}
		if got := standing(n, a, c.by, today); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestGrow(t *testing.T) {
	for _, c := range []struct {
		name  string
		bytes int
		held  int64
		want  fault.Kind
	}{
		{"ordinary", 100, 0, ""},
		{"nothing", 0, 0, fault.TooLarge},
		{"the largest", MaxUpdate, 0, ""},
		{"one more", MaxUpdate + 1, 0, fault.TooLarge},
		{"the last that fits", 10, MaxLog - 10, ""},
		{"full", 11, MaxLog - 10, fault.Conflict},
	} {
		n := Note{Seq: 7, Bytes: c.held}
		err := n.grow(c.bytes, "Ana", 5)
		if c.want == "" && (err != nil || n.Seq != 8 || n.Bytes != c.held+int64(c.bytes) || n.UpdatedByName != "Ana" || n.UpdatedAt != 5) {
			t.Errorf("%s: %v, %+v", c.name, err, n)
		}
		if c.want != "" && (!fault.Is(err, c.want) || n.Seq != 7) {
			t.Errorf("%s: got %v at %d, want %s", c.name, err, n.Seq, c.want)
		}
	}
}

func TestTree(t *testing.T) {
	got := ""
	for _, r := range tree([]Note{{ID: "b", Rank: 2}, {ID: "a", Rank: 1}, {ID: "a2", ParentID: "a", Rank: 9}, {ID: "a1", ParentID: "a", Rank: 4}, {ID: "c", ParentID: "gone", Rank: 3}}) {
		got += strings.Repeat("-", r.Depth) + string(r.ID) + " "
	}
	if want := "a -a1 -a2 b c "; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestPlace(t *testing.T) {
	all := []Note{{ID: "a"}, {ID: "b", ParentID: "a"}, {ID: "c", ParentID: "b"}, {ID: "d", ParentID: "c"}, {ID: "e", ParentID: "d"}}
	for _, c := range []struct {
		name       string
		id, parent ID
		ok         bool
	}{
		{"at the top", "x", "", true},
		{"below one", "x", "a", true},
		{"four deep", "x", "d", true},
		{"too deep", "x", "e", false},
		{"below itself", "a", "a", false},
		{"below what stands below it", "a", "c", false},
		{"below a note of elsewhere", "x", "z", false},
	} {
		if err := (Note{ID: c.id, ParentID: c.parent}).place(all); (err == nil) != c.ok {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestContinues(t *testing.T) {
	at := func(m int) when.Time { return when.At(time.Date(2026, 5, 21, 9, m, 0, 0, time.UTC)) }
	last := Version{ID: "v", AuthorID: "ana", StartedAt: at(0), At: at(5)}
	for _, c := range []struct {
		name string
		v    Version
		last Version
		want bool
	}{
		{"the first", Version{AuthorID: "ana", At: at(1)}, Version{}, false},
		{"the same work", Version{AuthorID: "ana", At: at(9)}, last, true},
		{"ten minutes on", Version{AuthorID: "ana", At: at(10)}, last, false},
		{"somebody else", Version{AuthorID: "luc", At: at(6)}, last, false},
	} {
		if got := c.v.continues(c.last); got != c.want {
			t.Errorf("%s: got %t", c.name, got)
		}
	}
}
