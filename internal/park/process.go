package park

import (
	"slices"

	"bassin/internal/account"
)

// Process is a way of additive manufacturing.
type Process string

// The processes.
const (
	FDM  Process = "fdm"
	MSLA Process = "msla"
	SLA  Process = "sla"
	SLS  Process = "sls"
	MJF  Process = "mjf"
	LPBF Process = "lpbf"
)

// Processes lists them in the order of pages.
func Processes() []Process { return []Process{FDM, MSLA, SLA, SLS, MJF, LPBF} }

// Known tells whether the process is one of them.
func (p Process) Known() bool { return slices.Contains(Processes(), p) }

// Key is the text key of the process's name.
func (p Process) Key() string { return "park.process." + string(p) }

// Code is how ISO/ASTM 52900:2021 names the process: category, then what binds, then the kind of material.
func (p Process) Code() string {
	return map[Process]string{FDM: "MEX-TRB/P", MSLA: "VPP-UVM/P", SLA: "VPP-UVL/P", SLS: "PBF-LB/P", MJF: "PBF-IrL/P", LPBF: "PBF-LB/M"}[p]
}

// Supported tells whether overhangs need supports: in a bed of polymer powder nothing does.
func (p Process) Supported() bool { return p != SLS && p != MJF }

// Trapped is the text key of what stays in a cavity without drain holes; "": nothing does.
func (p Process) Trapped() string {
	switch p {
	case MSLA, SLA:
		return "park.trapped.resin"
	case SLS, MJF, LPBF:
		return "park.trapped.powder"
	}
	return ""
}

// URL is the address of the process's page in the library.
func (p Process) URL() string { return libraryURL + "/" + string(p) }

// MayEditLibrary decides who changes materials and figures: who administers the server, and who leads the project of a
// territory.
func MayEditLibrary(by account.Actor) bool { return by.Admin() || by.Has(account.ProjectLead, "") }
