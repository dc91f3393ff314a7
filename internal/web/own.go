package web

import (
	"net/http"

	"bassin/internal/web/assets"
)

// own registers what belongs to no feature: files of the program, preferences, the components' page.
func (m *Mux) own() {
	m.Raw("GET "+assets.Prefix, assets.Handler())
	m.Open("POST /preferences", m.prefer)
	if m.opts.Demo {
		m.style()
	}
}

// prefer keeps a language or a theme: in a cookie, and with the person where Options.Prefer can.
func (m *Mux) prefer(w http.ResponseWriter, r *http.Request) error {
	f, err := ReadForm(w, r)
	if err != nil {
		return err
	}
	lang, theme := f.Text("lang"), f.Text("theme")
	set := func(name, value string) {
		http.SetCookie(w, &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: 365 * 24 * 3600, Secure: m.opts.Secure, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	}
	switch {
	case lang == "fr" || lang == "en":
		set(LangCookie, lang)
	case theme == "light" || theme == "dark" || theme == "system":
		set(ThemeCookie, theme)
	default:
		f.Wrong("theme", "fault.choice")
		return f.Err()
	}
	if m.opts.Prefer != nil && ViewOf(r).SignedIn() {
		if err := m.opts.Prefer(r.Context(), lang, theme); err != nil {
			return err
		}
	}
	http.Redirect(w, r, LocalPath(f.Text("next"), "/"), http.StatusSeeOther)
	return nil
}
