package web

import (
	"errors"
	"net/http"
	"net/url"

	"bassin/internal/fault"
)

// errSignIn sends a stranger to the sign-in page and back.
var errSignIn = errors.New("sign in first")

// statuses are the answers to each kind of fault.
var statuses = map[fault.Kind]int{
	fault.Invalid: http.StatusUnprocessableEntity, fault.NotFound: http.StatusNotFound,
	fault.Forbidden: http.StatusForbidden, fault.Conflict: http.StatusConflict,
	fault.TooMany: http.StatusTooManyRequests, fault.TooLarge: http.StatusRequestEntityTooLarge,
	fault.Unavailable: http.StatusServiceUnavailable, fault.Internal: http.StatusInternalServerError,
}

// Status is the HTTP status of an error.
func Status(err error) int { return statuses[fault.Of(err)] }

// retryAfter tells programs when it is worth trying again: in a moment, or when a rate limit has eased.
func retryAfter(w http.ResponseWriter, status int) {
	switch status {
	case http.StatusServiceUnavailable:
		w.Header().Set("Retry-After", "5")
	case http.StatusTooManyRequests:
		w.Header().Set("Retry-After", "60")
	}
}

// handle translates what a handler returns.
func (m *Mux) handle(h Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := h(w, r); err != nil {
			m.fail(w, r, err)
		}
	})
}

func (m *Mux) fail(w http.ResponseWriter, r *http.Request, err error) {
	v := ViewOf(r)
	if errors.Is(err, errSignIn) {
		to := "/sign-in"
		if r.Method == http.MethodGet && r.URL.Path != "/" {
			to += "?next=" + url.QueryEscape(r.URL.RequestURI())
		}
		http.Redirect(w, r, to, http.StatusSeeOther)
		return
	}
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		err = fault.Wrap(err, fault.TooLarge, "fault.too_large", "max", v.Size(tooLarge.Limit))
	}
	status := Status(err)
	f := fault.As(err)
	if status >= 500 {
		m.opts.Log.Error("request failed", "request", w.Header().Get("X-Request-Id"), "path", safePath(r, r.Pattern), "error", err.Error())
	}
	if rerr := Render(w, r, status, errorPage(v, status, v.Fault(f), fieldTexts(v, f), w.Header().Get("X-Request-Id"))); rerr != nil {
		m.opts.Log.Error("error page failed", "error", rerr.Error())
		http.Error(w, http.StatusText(status), status)
	}
}

// fieldTexts gives each wrong field's sentence, for pages that cannot show them beside fields.
func fieldTexts(v *View, f *fault.Fault) []string {
	if f == nil {
		return nil
	}
	var out []string
	for _, x := range f.Fields {
		out = append(out, v.TArgs(x.Key, x.Args))
	}
	return out
}

// NotFound answers every address that no route has.
func (m *Mux) NotFound() { m.Open("/", nowhere) }

func nowhere(w http.ResponseWriter, r *http.Request) error {
	err := fault.New(fault.NotFound, "fault.not_found")
	if isAPI(r) {
		return writeProblem(w, r, err)
	}
	return err
}
