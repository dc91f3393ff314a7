package calibration

import (
	"net/url"
	"slices"
	"strings"

	"bassin/internal/fault"
	"bassin/internal/park"
	"bassin/internal/printlog"
	"bassin/internal/when"
)

// Link is the program that runs a machine.
type Link struct {
	MachineID park.MachineID
	Kind      printlog.Kind
	Address   string
	Secret    string // its key
	FetchedAt when.Time
	Problem   string // text key
	CreatedAt when.Time
	UpdatedAt when.Time
}

// Host is the address without its path.
func (l Link) Host() string {
	u, err := url.Parse(l.Address)
	if err != nil {
		return ""
	}
	return u.Host
}

const (
	maxAddress = 500
	maxSecret  = 500
)

// check gathers what is wrong with a link. Without TLS a printer is asked in a network of one's own alone, where the
// server allows that.
func (l *Link) check(plain bool) error {
	var wrong fault.Fields
	l.Address, l.Secret = strings.TrimSuffix(strings.TrimSpace(l.Address), "/"), strings.TrimSpace(l.Secret)
	wrong.Text("address", l.Address, 1, maxAddress)
	wrong.Text("secret", l.Secret, 0, maxSecret)
	if !slices.Contains(printlog.Kinds(), l.Kind) {
		wrong.Add("kind", "fault.choice")
	}
	if strings.ContainsAny(l.Secret, "\r\n\x00") {
		wrong.Add("secret", "calibration.wrong.secret")
	}
	u, err := url.Parse(l.Address)
	if err == nil && u.Scheme != "" { // in small letters, as client looks at it
		l.Address = u.Scheme + l.Address[len(u.Scheme):]
	}
	switch {
	case l.Address == "":
	case err != nil || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || strings.ContainsAny(l.Address, " \t\r\n"):
		wrong.Add("address", "calibration.wrong.address")
	case u.Scheme == "http" && !plain:
		wrong.Add("address", "calibration.wrong.private")
	case u.Scheme != "http" && u.Scheme != "https":
		wrong.Add("address", "calibration.wrong.address")
	}
	return wrong.Err()
}
