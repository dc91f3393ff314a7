package additive

import (
	"net/url"
	"path"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"bassin/internal/web"
	"bassin/internal/web/assets"
)

// converting is what the script that reads a file of exact surfaces in the browser needs: the library, the file, where the triangles
// go, and its words. It begins by itself for who sent the file; others are asked.
func converting(v *web.View, p Part, r Revision, mine bool) templ.Attributes {
	kind, _ := r.faultOf().Args["format"].(string)
	a := templ.Attributes{
		"data-converting": r.url() + "/file", "data-kind": kind,
		"data-to":     path.Join("/api/v1/parts", string(p.ID), "triangles") + "?" + url.Values{"sha256": {r.Hash}}.Encode(),
		"data-worker": assets.URL("converter.js"), "data-library": assets.URL("occt-import-js.js"), "data-binary": assets.URL("occt-import-js.wasm"),
		"data-lang": v.Lang, "data-auto": strconv.FormatBool(mine && !r.InBrowser()),
	}
	for _, word := range []string{"start", "again", "stop", "loading", "fetching", "reading", "sending", "sent", "lost", "unreadable", "memory", "too_long", "stopped"} {
		a["data-"+strings.ReplaceAll(word, "_", "-")] = v.T("additive.convert." + word)
	}
	return a
}
