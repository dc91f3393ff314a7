package web

// tab is the title in the browser's tab.
func (h Head) tab() string {
	title := h.Browser
	if title == "" {
		title = h.Title
	}
	if title == "" {
		return "Bassin"
	}
	return title + " – Bassin"
}

// themes are the choices of light: the name in forms and texts, the value of View.Theme, the sign.
var themes = []struct{ name, value, icon string }{
	{"light", "light", "sun"},
	{"dark", "dark", "moon"},
	{"system", "", "device-desktop"},
}

// initials of the person who is signed in.
func (s Shell) initials(v *View) string {
	if s.Initials != "" {
		return s.Initials
	}
	return Initials(v.Viewer.Name)
}

// role is the line below the person's name.
func (s Shell) role(v *View) string {
	if s.Organisation != "" {
		return s.Organisation
	}
	return v.Viewer.Title
}
