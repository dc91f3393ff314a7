package threemf

import (
	"errors"
	"io"

	"bassin/internal/mesh"
)

// Finding is one rule that a file breaks.
type Finding struct {
	Key    string         `json:"key"`    // of a text
	Clause string         `json:"clause"` // of the rule: "core 3.4.1", "materials 5", "production 3.1.2", "opc 7.2.3"
	Part   string         `json:"part,omitempty"`
	Line   int64          `json:"line,omitempty"` // 0 when it is of the whole part
	Args   map[string]any `json:"args,omitempty"`
}

// maxFindings is how many are kept: a file may break one rule in each of a million lines.
const maxFindings = 200

// Validate gives the rules that a file breaks; none for a file that conforms. It judges the package and the markup;
// whether meshes are closed and turn the right way (core 4.1) is what mesh finds in their topology.
func Validate(r io.ReaderAt, size int64, limits mesh.Limits) ([]Finding, error) {
	var findings []Finding
	f, err := open(r, size, limits, &findings)
	if err == nil {
		err = f.check()
	}
	var fault *mesh.FileError
	if errors.As(err, &fault) && fault.Key != "limit" {
		findings = append(findings, Finding{Key: fault.Key, Clause: clause(fault.Key), Part: fault.Part, Line: fault.Line, Args: fault.Args})
		return findings, nil
	}
	return findings, err
}

// clause is the rule behind an error that ends the reading.
func clause(key string) string {
	switch key {
	case "archive", "zip-bomb":
		return "opc 7.3"
	case "no-model", "part-missing":
		return "core 2.1.1"
	case "xml-dtd", "xml-encoding", "xml", "xml-prefix", "truncated":
		return "core 2.3.2"
	case "number":
		return "core 4.1.3.1"
	case "index":
		return "core 4.1.4.1"
	}
	return "core 3.4"
}

// find keeps a finding, when they are asked for.
func (f *file) find(key, clause, part string, line int64, args map[string]any) {
	if f.findings == nil || len(*f.findings) >= maxFindings {
		return
	}
	*f.findings = append(*f.findings, Finding{Key: key, Clause: clause, Part: part, Line: line, Args: args})
}
