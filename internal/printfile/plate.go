package printfile

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"strconv"
	"strings"

	"bassin/internal/account"
	"bassin/internal/batch"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/file"
	"bassin/internal/job"
	"bassin/internal/mesh"
	"bassin/internal/park"
	"bassin/internal/slicer"
	"bassin/internal/web"
	"bassin/internal/when"

	"github.com/a-h/templ"
)

// Plate is the print file of one plate of a batch, whose pieces lie where the batch has laid them.
type Plate struct {
	BatchID  batch.ID
	Plate    int       // from 1
	LayoutAt when.Time // of which layout it was made
	Made
}

const makePlateKind = "printfile.make_plate"

type makePlateArgs struct {
	Batch batch.ID         `json:"batch"`
	Plate int              `json:"plate"`
	By    account.PersonID `json:"by"`
}

func plateURL(b batch.Batch, n int) string { return b.URL() + "/print-file/" + strconv.Itoa(n) }

// readyPlate opens a plate to who may have its print file, with the settings of the machine.
func readyPlate(tx db.Tx, by account.Actor, id batch.ID, n int) (b batch.Batch, l batch.Layout, x Settings, err error) {
	may := false
	if b, l, may, err = batch.MayFile(tx, by, id); err != nil {
		return b, l, x, err
	}
	if !may || !b.State.Open() || b.Process != park.FDM || n < 1 || n > l.Rounds {
		return b, l, x, fault.New(fault.Conflict, "printfile.wrong.plate")
	}
	x, err = getSettings(tx, b.MachineID)
	if fault.Is(err, fault.NotFound) {
		err = fault.New(fault.Conflict, "printfile.wrong.no_settings")
	}
	return b, l, x, err
}

// MakePlate has the print file of a plate made.
func (s *Service) MakePlate(ctx context.Context, by account.Actor, id batch.ID, n int) error {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		b, l, x, err := readyPlate(tx, by, id, n)
		if err != nil {
			return err
		}
		if s.slicer == nil || s.files == nil || s.batches == nil {
			return fault.New(fault.Unavailable, "printfile.wrong.none")
		}
		run, err := s.queue.Enqueue(tx, job.Request{Kind: makePlateKind, Args: makePlateArgs{id, n, by.ID}, OwnerID: string(by.ID), TitleKey: "printfile.make_of", TitleArgs: fault.Args{"code": b.Code()}})
		if err != nil {
			return err
		}
		if err := savePlate(tx, Plate{id, n, l.At, Made{JobID: run, SettingsAt: x.UpdatedAt}}); err != nil {
			return err
		}
		return record(tx, by, "printfile.make", "batch", string(id), map[string]any{"code": b.Code()})
	})
	if err != nil {
		return fmt.Errorf("print file of plate %d of batch %s: %w", n, id, err)
	}
	return nil
}

// runPlate has the slicer write the file of a plate, as who asked sees the batch.
func (s *Service) runPlate(ctx context.Context, run *job.Run, a makePlateArgs) error {
	if err := slicer.Sweep(); err != nil {
		return err
	}
	var by account.Actor
	var x Settings
	var p Plate
	err := s.db.View(ctx, func(tx db.Tx) (err error) {
		if by, err = account.Load(tx, a.By); err != nil {
			return err
		}
		if _, _, x, err = readyPlate(tx, by, a.Batch, a.Plate); err != nil {
			return err
		}
		p, err = getPlate(tx, a.Batch, a.Plate)
		return err
	})
	if err != nil {
		return err
	}
	laid, err := s.batches.PlateOf(ctx, by, a.Batch, a.Plate)
	var b file.Blob
	switch {
	case errors.As(err, new(*mesh.FileError)):
		err = &slicer.Refused{Key: "part"}
	case err == nil:
		corner := bedCorner(x.Settings)
		for i := range laid.Model.Objects {
			for k := range corner {
				laid.Model.Objects[i].Place[9+k] += corner[k]
			}
		}
		b, err = s.keep(ctx, func(w io.Writer) error { return s.slicer.SliceLaid(ctx, laid.Model, []byte(x.Settings), w) })
	}
	p.LayoutAt, p.SettingsAt = laid.Layout.At, x.UpdatedAt
	if err := s.outcome(ctx, &p.Made, b, laid.Pieces(a.Plate), err); err != nil {
		return err
	}
	run.Result(laid.Batch.URL(), "printfile.made", "code", laid.Batch.Code())
	return run.Finish(func(tx db.Tx) error {
		p.MadeAt = tx.Now()
		return savePlate(tx, p)
	})
}

// bedCorner is where the settings have the corner of the bed, from which a batch lays: "bed_shape = 0x0,250x0,250x210,0x210".
func bedCorner(settings string) (least [2]float64) {
	for line := range strings.Lines(settings) {
		name, value, _ := strings.Cut(line, "=")
		if strings.TrimSpace(name) != "bed_shape" {
			continue
		}
		least = [2]float64{math.Inf(1), math.Inf(1)}
		for _, point := range strings.Split(strings.TrimSpace(value), ",") {
			x, y, _ := strings.Cut(point, "x")
			for k, text := range [2]string{x, y} {
				v, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
				if err != nil || !(math.Abs(v) <= 1e5) {
					return [2]float64{}
				}
				least[k] = min(least[k], v)
			}
		}
	}
	return least
}

// plateView is one plate on the page of a batch.
type plateView struct {
	Plate
	Batch batch.Batch
	Run   job.Record
	Stale bool // the layout or the settings have changed since
}

func (x plateView) url() string { return plateURL(x.Batch, x.Plate.Plate) }

func (x plateView) facts(v *web.View) string {
	minutes := int64(x.Seconds/60 + 0.5)
	return v.T("printfile.hours", "hours", minutes/60, "minutes", minutes%60) + ", " + v.Decimal(x.Grams, 1) + "\u00a0g, " + v.T("making.pieces", "count", x.Pieces)
}

// BatchPanel shows the print files of a batch's plates, to its maker's people.
func (s *Service) BatchPanel(tx db.Tx, by account.Actor, v *web.View, b batch.Batch) (templ.Component, error) {
	if s.slicer == nil || s.files == nil || b.Process != park.FDM || !b.State.Open() {
		return nil, nil
	}
	_, l, may, err := batch.MayFile(tx, by, b.ID)
	if err != nil || !may {
		return nil, err
	}
	x, err := getSettings(tx, b.MachineID)
	if fault.IgnoreMissing(err) != nil {
		return nil, err
	}
	known, err := listPlates(tx, b.ID)
	if err != nil {
		return nil, err
	}
	var list []plateView
	for n := 1; n <= l.Rounds; n++ {
		p := plateView{Plate: Plate{BatchID: b.ID, Plate: n}, Batch: b}
		for _, k := range known {
			if k.Plate == n {
				p.Plate = k
			}
		}
		p.Stale = p.Hash != "" && (p.LayoutAt != l.At || p.SettingsAt != x.UpdatedAt)
		if p.JobID != "" && p.MadeAt == 0 {
			if p.Run, err = job.Get(tx, p.JobID); fault.IgnoreMissing(err) != nil {
				return nil, err
			}
		}
		list = append(list, p)
	}
	return batchPanel(v, b, x, list), nil
}

func plateOf(r *http.Request) (batch.ID, int) {
	n, _ := strconv.Atoi(r.PathValue("plate")) // what is no number is no plate
	return batch.ID(r.PathValue("batch")), n
}

func (s *Service) makePlatePage(w http.ResponseWriter, r *http.Request) error {
	id, n := plateOf(r)
	if err := s.MakePlate(r.Context(), account.ActorOf(r), id, n); err != nil {
		return err
	}
	return web.SeeOther(w, r, batch.Batch{ID: id}.URL()+"#print", "")
}

// platePage is the print file of a plate, as long as the pieces lie so.
func (s *Service) platePage(w http.ResponseWriter, r *http.Request) error {
	id, n := plateOf(r)
	var b batch.Batch
	var p Plate
	err := s.db.View(r.Context(), func(tx db.Tx) error {
		may := false
		var l batch.Layout
		var err error
		if b, l, may, err = batch.MayFile(tx, account.ActorOf(r), id); err != nil {
			return err
		}
		if p, err = getPlate(tx, id, n); err != nil {
			return err
		}
		if !may || p.Hash == "" || p.LayoutAt != l.At {
			return fault.New(fault.NotFound, "fault.not_found")
		}
		return nil
	})
	if err != nil {
		return err
	}
	if s.files == nil {
		return fault.New(fault.Unavailable, "additive.wrong.no_store")
	}
	return file.Serve(w, r, s.files, p.Blob(), b.Code()+"-"+strconv.Itoa(n)+".gcode", file.Attachment)
}
