package printfile

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"bassin/internal/account"
	"bassin/internal/additive"
	"bassin/internal/db"
	"bassin/internal/fault"
	"bassin/internal/file"
	"bassin/internal/job"
	"bassin/internal/making"
	"bassin/internal/mesh"
	"bassin/internal/mesh/gcode"
	"bassin/internal/mesh/orient"
	"bassin/internal/slicer"
)

const makeKind = "printfile.make"

type makeArgs struct {
	Order making.OrderID   `json:"order"`
	By    account.PersonID `json:"by"`
}

// Jobs registers the feature's work.
func (s *Service) Jobs(q *job.Queue) {
	s.queue = q
	job.Handle(q, makeKind, s.runMake, job.Opts{Safe: true, Long: true, Timeout: 30 * time.Minute})
	job.Handle(q, makePlateKind, s.runPlate, job.Opts{Safe: true, Long: true, Timeout: 30 * time.Minute})
}

// ready opens an order to who may have its print file, with the settings of its machine.
func ready(tx db.Tx, by account.Actor, id making.OrderID) (making.Order, Settings, error) {
	o, err := making.OrderFor(tx, by, id)
	switch {
	case err != nil:
		return o, Settings{}, err
	case !mayHave(o, by):
		return o, Settings{}, fault.New(fault.Conflict, "printfile.wrong.order")
	}
	x, err := getSettings(tx, o.MachineID)
	if fault.Is(err, fault.NotFound) {
		err = fault.New(fault.Conflict, "printfile.wrong.no_settings")
	}
	return o, x, err
}

// Make has the print file of an order made.
func (s *Service) Make(ctx context.Context, by account.Actor, id making.OrderID) error {
	err := s.db.Do(ctx, func(tx db.Tx) error {
		o, x, err := ready(tx, by, id)
		if err != nil {
			return err
		}
		if s.slicer == nil || s.files == nil {
			return fault.New(fault.Unavailable, "printfile.wrong.none")
		}
		run, err := s.queue.Enqueue(tx, job.Request{Kind: makeKind, Args: makeArgs{id, by.ID}, OwnerID: string(by.ID), TitleKey: "printfile.make_of", TitleArgs: fault.Args{"code": o.Code()}})
		if err != nil {
			return err
		}
		if err := savePrinted(tx, Printed{id, Made{JobID: run, SettingsAt: x.UpdatedAt}}); err != nil {
			return err
		}
		return record(tx, by, "printfile.make", "order", string(id), map[string]any{"code": o.Code()})
	})
	if err != nil {
		return fmt.Errorf("print file of order %s: %w", id, err)
	}
	return nil
}

// runMake has the slicer write the file, as who asked sees the part, and reads what it takes.
func (s *Service) runMake(ctx context.Context, run *job.Run, a makeArgs) error {
	var o making.Order
	var x Settings
	var r additive.Revision
	var unit mesh.Unit
	var p Printed
	if err := slicer.Sweep(); err != nil { // what a server that was killed left behind
		return err
	}
	err := s.db.View(ctx, func(tx db.Tx) error {
		by, err := account.Load(tx, a.By)
		if err != nil {
			return err
		}
		if o, x, err = ready(tx, by, a.Order); err != nil {
			return err
		}
		if p, err = getPrinted(tx, a.Order); err != nil {
			return err
		}
		_, r, unit, err = making.JointOf(tx, o)
		return err
	})
	if err != nil {
		return err
	}
	p.SettingsAt = x.UpdatedAt
	b, err := s.sliced(ctx, o, r, unit, x)
	if err := s.outcome(ctx, &p.Made, b, o.ToBuild(), err); err != nil {
		return err
	}
	run.Result(o.URL(), "printfile.made", "code", o.Code())
	return run.Finish(func(tx db.Tx) error {
		p.MadeAt = tx.Now()
		return savePrinted(tx, p)
	})
}

// sliced keeps the file that the slicer writes of a part.
func (s *Service) sliced(ctx context.Context, o making.Order, r additive.Revision, unit mesh.Unit, x Settings) (file.Blob, error) {
	part, err := additive.MeshOf(ctx, s.files, r, unit)
	if errors.As(err, new(*mesh.FileError)) {
		return file.Blob{}, &slicer.Refused{Key: "part"}
	}
	if err != nil {
		return file.Blob{}, err
	}
	up, err := r.BestUp(o.Process, mesh.Measure(part).Volume, unit)
	if err != nil {
		return file.Blob{}, err
	}
	part = orient.Upright(part, up)
	if o.ToBuild() > slicer.MaxCopies {
		return file.Blob{}, &slicer.Refused{Key: "copies"}
	}
	return s.keep(ctx, func(w io.Writer) error { return s.slicer.Slice(ctx, part, []byte(x.Settings), o.ToBuild(), w) })
}

// keep keeps what the slicer writes.
func (s *Service) keep(ctx context.Context, write func(w io.Writer) error) (file.Blob, error) {
	from, to := io.Pipe()
	go func() { to.CloseWithError(write(to)) }()
	b, err := s.files.Put(ctx, from, file.Limits{Name: "print.gcode", MaxBytes: 1 << 30, Unchecked: true})
	from.CloseWithError(err) // lets the slicer end
	return b, err
}

// outcome notes what came of so many pieces: the file and what it takes, or why there is none. What is nobody's fault is an error.
func (s *Service) outcome(ctx context.Context, m *Made, b file.Blob, pieces int, err error) error {
	var refused *slicer.Refused
	if errors.As(err, &refused) {
		m.Fault, m.Said = refused.Key, refused.Said
		return nil
	}
	if err != nil {
		return err
	}
	err = s.read(ctx, b, m)
	if errors.As(err, new(*mesh.FileError)) { // settings that make it no G-code, such as substitutions: to try again helps nothing
		m.Fault = "failed"
		return nil
	}
	m.Hash, m.Size, m.Pieces = string(b.Hash), b.Size, pieces
	return err
}

// read fills in what a print file takes.
func (s *Service) read(ctx context.Context, b file.Blob, p *Made) error {
	content, err := s.files.Open(ctx, b.Hash)
	if err != nil {
		return err
	}
	defer func() { _ = content.Close() }()
	print, err := gcode.Read(content, gcode.Options{Machine: gcode.Common})
	if err != nil {
		return fmt.Errorf("what the slicer wrote: %w", err)
	}
	p.Seconds, p.FilamentMM, p.Grams = print.Seconds, print.FilamentMM, print.Grams
	return nil
}
