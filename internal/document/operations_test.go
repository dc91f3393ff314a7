package document

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"bassin/internal/account"
	"bassin/internal/db"
	"bassin/internal/db/dbtest"
	"bassin/internal/fault"
	"bassin/internal/project"
)

func TestVersionsAndApproval(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		member := w.invited(t, "membre", account.ProjectMember)
		e := w.add(t, member, "", "plan.txt", "un")
		if err := w.s.Approve(t.Context(), member, w.p.ID, e.ID, 1, e.Hash, ""); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a member approves: %v", err)
		}
		if err := w.s.Approve(t.Context(), w.manager, w.p.ID, e.ID, 1, e.Hash, "bon"); err != nil {
			t.Fatal(err)
		}
		if err := w.s.Approve(t.Context(), w.manager, w.p.ID, e.ID, 1, e.Hash, ""); !fault.Is(err, fault.Conflict) {
			t.Errorf("approved twice: %v", err)
		}
		again := w.add(t, member, "", "PLAN.txt", "un")
		if again.ID != e.ID || again.Number != 1 {
			t.Errorf("the same content under the same name, letters' case aside: version %d of %s", again.Number, again.ID)
		}
		next := w.add(t, member, "", "plan.txt", "deux")
		var approvals []Approval
		if err := d.View(t.Context(), func(tx db.Tx) (err error) { approvals, err = listApprovals(tx, e.ID); return err }); err != nil {
			t.Fatal(err)
		}
		if next.Number != 2 || len(approvals) != 1 || ApprovedNow(next, approvals) || !ApprovedNow(e, approvals) {
			t.Errorf("after version %d: %+v", next.Number, approvals)
		}
		if got := w.versions(t, "", "plan.txt"); !slices.Equal(got, []string{"deux", "un"}) {
			t.Errorf("versions: %q", got)
		}
		if _, err := w.s.Comment(t.Context(), w.invited(t, "lecteur", account.ProjectReader), w.p.ID, Comment{DocumentID: e.ID, Number: 2, Text: "cote 12 ?"}); err != nil {
			t.Errorf("a reader comments: %v", err)
		}
		if _, err := w.s.Add(t.Context(), w.manager, Upload{ProjectID: w.p.ID, Name: "plan.pdf"}, strings.NewReader("pas un PDF")); !fault.Is(err, fault.Invalid) {
			t.Errorf("a text called PDF: %v", err)
		}
		if _, err := w.s.Add(t.Context(), w.manager, Upload{ProjectID: w.p.ID, Name: "x.txt", Hash: emptyHash}, strings.NewReader("autre chose")); !fault.Is(err, fault.Invalid) {
			t.Errorf("a content that is not the announced one: %v", err)
		}
	})
}

func TestArrange(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		a := w.folder(t, "", "Études")
		b := w.folder(t, a.ID, "Calculs")
		e := w.add(t, w.manager, b.ID, "note.txt", "x")
		if _, err := w.s.CreateFolder(t.Context(), w.manager, w.p.ID, "", "ÉTUDES"); !fault.Is(err, fault.Conflict) {
			t.Errorf("the same name in capitals: %v", err)
		}
		if _, err := w.s.Move(t.Context(), w.manager, w.p.ID, a.ID, b.ID); !fault.Is(err, fault.Conflict) {
			t.Errorf("a folder into its own: %v", err)
		}
		if _, err := w.s.Rename(t.Context(), w.manager, w.p.ID, e.ID, "../x"); !fault.Is(err, fault.Invalid) {
			t.Errorf("renamed to a path: %v", err)
		}
		if moved, err := w.s.Move(t.Context(), w.manager, w.p.ID, e.ID, ""); err != nil || moved.FolderID != "" {
			t.Errorf("moved: %+v, %v", moved, err)
		}
		if _, err := w.s.Move(t.Context(), w.manager, w.p.ID, e.ID, b.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := w.s.Remove(t.Context(), w.manager, w.p.ID, a.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := w.get(t, w.manager, e.ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("in a removed folder: %v", err)
		}
		w.folder(t, "", "Études")
		back, err := w.s.Restore(t.Context(), w.manager, w.p.ID, a.ID)
		if err != nil || back.Name != "Études (2)" {
			t.Errorf("restored as %q: %v", back.Name, err)
		}
		if _, err := w.get(t, w.manager, e.ID); err != nil {
			t.Errorf("after the folder is back: %v", err)
		}
	})
}

func TestHoldAndRelease(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		ana, bob := w.invited(t, "ana", account.ProjectMember), w.invited(t, "bob", account.ProjectMember)
		f := w.folder(t, "", "Plans")
		e := w.add(t, ana, f.ID, "plan.txt", "un")
		if err := w.s.Hold(t.Context(), ana, w.p.ID, f.ID); err != nil {
			t.Fatal(err)
		}
		if err := w.s.Hold(t.Context(), bob, w.p.ID, e.ID); !isLocked(err) {
			t.Errorf("locked below a lock: %v", err)
		}
		if _, err := w.s.Add(t.Context(), bob, Upload{ProjectID: w.p.ID, FolderID: f.ID, Name: "plan.txt"}, strings.NewReader("deux")); !isLocked(err) {
			t.Errorf("a version of what another locked: %v", err)
		}
		if _, err := w.s.Remove(t.Context(), bob, w.p.ID, e.ID); !isLocked(err) {
			t.Errorf("removed what another locked: %v", err)
		}
		w.add(t, ana, f.ID, "plan.txt", "deux")
		var token string
		_ = d.View(t.Context(), func(tx db.Tx) error {
			locks, err := listLocks(tx, w.p.ID)
			token = locks[0].Token
			return err
		})
		if err := w.s.Release(t.Context(), bob, w.p.ID, f.ID, token); !isLocked(err) {
			t.Errorf("gave back another's lock: %v", err)
		}
		if err := w.s.Release(t.Context(), w.manager, w.p.ID, f.ID, token); err != nil {
			t.Errorf("a manager breaks it: %v", err)
		}
		w.add(t, bob, f.ID, "plan.txt", "trois")
	})
}

func isLocked(err error) bool {
	f := fault.As(err)
	return f != nil && f.Key == lockedKey
}

// A guest sees one folder, through every way in, until the access ends.
func TestGuestOfAFolder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		f, other := w.folder(t, "", "Plans"), w.folder(t, "", "Prix")
		in, out := w.add(t, w.manager, f.ID, "plan.txt", "un"), w.add(t, w.manager, other.ID, "prix.txt", "cher")
		guest := w.person(t, "invite")
		if err := w.s.Invite(t.Context(), w.manager, w.p.ID, f.ID, Invitation{Email: "invite@exemple.fr"}); !fault.Is(err, fault.Invalid) {
			t.Errorf("a guest without an end: %v", err)
		}
		var until = w.today(t).AddDays(10)
		if err := w.s.Invite(t.Context(), w.manager, w.p.ID, f.ID, Invitation{Email: "invite@exemple.fr", UntilOn: until}); err != nil {
			t.Fatal(err)
		}
		guest = w.again(t, guest.ID)
		for _, c := range []struct {
			name string
			id   EntryID
			sees bool
		}{{"the folder", f.ID, true}, {"its document", in.ID, true}, {"another folder", other.ID, false}, {"a document there", out.ID, false}, {"the project's folder", "", false}} {
			if _, err := w.get(t, guest, c.id); (err == nil) != c.sees || err != nil && !fault.Is(err, fault.NotFound) {
				t.Errorf("%s: %v", c.name, err)
			}
		}
		w.add(t, guest, f.ID, "retour.txt", "vu")
		if _, err := w.s.Rename(t.Context(), guest, w.p.ID, f.ID, "À moi"); !fault.Is(err, fault.Forbidden) {
			t.Errorf("renames the folder: %v", err)
		}
		if _, err := w.s.Move(t.Context(), guest, w.p.ID, in.ID, other.ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("moves out of it: %v", err)
		}
		if err := w.s.Approve(t.Context(), guest, w.p.ID, in.ID, 1, in.Hash, ""); !fault.Is(err, fault.Forbidden) {
			t.Errorf("approves: %v", err)
		}
		var grant account.GrantID
		_ = d.View(t.Context(), func(tx db.Tx) error {
			list, err := guestsOf(tx, w.p.ID, []Entry{f})
			grant = list[0].ID
			return err
		})
		if err := w.s.Exclude(t.Context(), w.manager, w.p.ID, f.ID, grant); err != nil {
			t.Fatal(err)
		}
		if _, err := w.get(t, w.again(t, guest.ID), in.ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("after the end: %v", err)
		}
		if _, err := w.s.Add(t.Context(), guest, Upload{ProjectID: w.p.ID, FolderID: f.ID, Name: "tard.txt"}, strings.NewReader("x")); !fault.Is(err, fault.NotFound) {
			t.Errorf("an upload that began before the end: %v", err)
		}
	})
}

// Random worlds: what lists of folders show is what the gate lets through.
func TestListsAgreeWithTheGate(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		rnd := rand.New(rand.NewPCG(3, 5))
		system := account.Demonstration()
		type place struct {
			p project.ID
			e Entry
		}
		var all []place
		for i := range 6 {
			p, err := w.projects.Create(t.Context(), system, project.Draft{Project: project.Project{Title: fmt.Sprint("p", i), Code: fmt.Sprint("PR", i), Kind: project.Other,
				Confidentiality: project.Confidentialities()[rnd.IntN(3)], OwnerID: w.org}})
			if err != nil {
				t.Fatal(err)
			}
			ids := []EntryID{""}
			for j := range 8 {
				in := ids[rnd.IntN(len(ids))]
				e, err := w.s.CreateFolder(t.Context(), system, p.ID, in, fmt.Sprint("d", j))
				if err != nil {
					t.Fatal(err)
				}
				ids, all = append(ids, e.ID), append(all, place{p.ID, e})
			}
		}
		seen := 0
		for i := range 60 {
			by := account.Actor{ID: account.PersonID(fmt.Sprint("x", i))}
			for range rnd.IntN(4) {
				x := all[rnd.IntN(len(all))]
				g := account.Grant{Role: account.FolderGuest, ScopeKind: account.OverFolder, ScopeID: string(x.e.ID), UntilOn: w.today(t).AddDays(rnd.IntN(3) - 1)}
				if rnd.IntN(4) == 0 {
					g = account.Grant{Role: account.ProjectReader, ScopeKind: account.OverProject, ScopeID: string(x.p)}
				}
				by.Grants = append(by.Grants, g)
			}
			if rnd.IntN(5) == 0 {
				by.Memberships = []account.Membership{{OrganisationID: w.org, Role: account.Member}}
			}
			err := d.View(t.Context(), func(tx db.Tx) error {
				listed := map[EntryID]bool{}
				var down func(p project.ID, in EntryID) error
				down = func(p project.ID, in EntryID) error {
					list, err := listEntries(tx, p, in, false)
					for _, e := range list {
						listed[e.ID] = true
						if err := down(p, e.ID); err != nil {
							return err
						}
					}
					return err
				}
				projects, err := project.VisibleIDs(tx, by)
				if err != nil {
					return err
				}
				for _, p := range projects {
					if err := down(p, ""); err != nil {
						return err
					}
				}
				shared, err := sharedFolders(tx, by)
				if err != nil {
					return err
				}
				for _, f := range shared {
					listed[f.ID] = true
					if err := down(f.ProjectID, f.ID); err != nil {
						return err
					}
				}
				for _, x := range all {
					_, err := enter(tx, by, x.p, x.e.ID)
					if err != nil && !fault.Is(err, fault.NotFound) {
						return err
					}
					if (err == nil) != listed[x.e.ID] {
						t.Errorf("%+v: %s listed %v, the gate says %v", by, x.e.ID, listed[x.e.ID], err)
					}
					if err == nil {
						seen++
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if seen < 100 {
			t.Errorf("only %d were seen: the worlds try nothing", seen)
		}
	})
}
