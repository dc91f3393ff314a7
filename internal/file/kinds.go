package file

import (
	"path"
	"slices"
	"strings"
)

// octetStream is the type of what is not known, or known and not to be shown: downloads only.
const octetStream = "application/octet-stream"

// What a look at the content alone can say, beside the types that it knows for sure.
const (
	foundText    = "text"
	foundBinary  = "binary"
	foundOLE     = "ole"     // the container of Office before 2007, and of several CAD programs
	foundSTEP    = "step"    // ISO 10303-21: STEP and IFC
	foundMarkup  = "markup"  // HTML, SVG, XML: a browser may run it
	foundProgram = "program" // a program or script of an operating system
)

// kind is a type of file that is known and inert: a browser that shows it runs nothing.
type kind struct {
	typ    string
	ext    []string
	found  []string // what its content may look like; none = like the type itself
	text   bool
	inline bool // may be shown in the browser
}

func (k kind) fits(found string) bool {
	return slices.Contains(k.found, found) || len(k.found) == 0 && found == k.typ
}

// package2007 reports whether it is a document of Office since 2007: a package, or a container of one
// when it needs a password.
func (k kind) package2007() bool {
	return strings.HasPrefix(k.typ, "application/vnd.openxmlformats-officedocument.") || strings.HasSuffix(k.typ, ".macroenabled.12")
}

// kinds gives the known types. Order matters where several fit: the first is the one that content
// without a known extension gets.
func kinds() []kind {
	text, ole, step := []string{foundText}, []string{foundOLE}, []string{foundSTEP}
	const ooxml, odf = "application/vnd.openxmlformats-officedocument.", "application/vnd.oasis.opendocument."
	return []kind{
		{typ: "application/pdf", ext: []string{"pdf"}, inline: true},
		{typ: "image/png", ext: []string{"png"}, inline: true},
		{typ: "image/jpeg", ext: []string{"jpg", "jpeg", "jpe", "jfif"}, inline: true},
		{typ: "image/gif", ext: []string{"gif"}, inline: true},
		{typ: "image/webp", ext: []string{"webp"}, inline: true},
		{typ: "image/avif", ext: []string{"avif"}, inline: true},
		{typ: "image/bmp", ext: []string{"bmp"}, inline: true},
		{typ: "image/heic", ext: []string{"heic", "heif"}},
		{typ: "image/tiff", ext: []string{"tif", "tiff"}},
		{typ: "video/mp4", ext: []string{"mp4", "m4v"}},
		{typ: "video/quicktime", ext: []string{"mov"}},
		{typ: "video/webm", ext: []string{"webm"}},

		{typ: "text/plain", ext: []string{"txt", "text", "log"}, found: text, text: true},
		{typ: "text/csv", ext: []string{"csv"}, found: text, text: true},
		{typ: "text/tab-separated-values", ext: []string{"tsv"}, found: text, text: true},
		{typ: "text/markdown", ext: []string{"md"}, found: text, text: true},
		{typ: "text/calendar", ext: []string{"ics"}, found: text, text: true},
		{typ: "application/json", ext: []string{"json", "geojson"}, found: text, text: true},
		{typ: "application/rtf", ext: []string{"rtf"}},

		{typ: ooxml + "wordprocessingml.document", ext: []string{"docx"}},
		{typ: ooxml + "spreadsheetml.sheet", ext: []string{"xlsx"}},
		{typ: ooxml + "presentationml.presentation", ext: []string{"pptx"}},
		{typ: "application/vnd.ms-word.document.macroenabled.12", ext: []string{"docm"}},
		{typ: "application/vnd.ms-excel.sheet.macroenabled.12", ext: []string{"xlsm"}},
		{typ: "application/vnd.ms-powerpoint.presentation.macroenabled.12", ext: []string{"pptm"}},
		{typ: odf + "text", ext: []string{"odt"}},
		{typ: odf + "spreadsheet", ext: []string{"ods"}},
		{typ: odf + "presentation", ext: []string{"odp"}},
		{typ: odf + "graphics", ext: []string{"odg"}},
		{typ: "application/x-ole-storage", found: ole},
		{typ: "application/msword", ext: []string{"doc"}, found: []string{foundOLE, "application/rtf"}},
		{typ: "application/vnd.ms-excel", ext: []string{"xls"}, found: ole},
		{typ: "application/vnd.ms-powerpoint", ext: []string{"ppt"}, found: ole},
		{typ: "application/vnd.ms-outlook", ext: []string{"msg"}, found: ole},
		{typ: "application/zip", ext: []string{"zip"}},
		{typ: "application/gzip", ext: []string{"gz", "tgz"}},

		// Parts and drawings. An STL has no sign that every file shows, and a damaged part is for the
		// part check to describe: any text or unknown content is taken, any archive for a 3MF.
		{typ: "model/step", ext: []string{"step", "stp", "p21"}, found: step},
		{typ: "application/x-ifc", ext: []string{"ifc"}, found: step},
		{typ: "model/stl", ext: []string{"stl"}, found: []string{foundText, foundBinary}},
		{typ: "model/3mf", ext: []string{"3mf"}, found: []string{"model/3mf", "application/zip"}},
		{typ: "model/obj", ext: []string{"obj"}, found: text, text: true},
		{typ: "model/ply", ext: []string{"ply"}},
		{typ: "model/iges", ext: []string{"igs", "iges"}, found: text, text: true},
		{typ: "model/gltf-binary", ext: []string{"glb"}},
		{typ: "model/gltf+json", ext: []string{"gltf"}, found: text, text: true},
		{typ: "application/dxf", ext: []string{"dxf"}, found: []string{foundText, foundBinary}},
		{typ: "application/acad", ext: []string{"dwg"}},
		{typ: "text/x-gcode", ext: []string{"gcode", "nc"}, found: text, text: true},
		{typ: "application/asset-administration-shell-package", ext: []string{"aasx"}},
	}
}

// activeExtensions are names that a browser or an operating system runs, whatever the content.
func activeExtensions() []string {
	return []string{
		"html", "htm", "xhtml", "xht", "shtml", "mhtml", "mht", "svg", "svgz", "xml", "xsl", "xslt", "js", "mjs", "cjs", "wasm", "swf", "htc",
		"exe", "com", "scr", "pif", "msi", "msp", "dll", "bat", "cmd", "ps1", "psm1", "vbs", "vbe", "jse", "wsf", "wsh", "hta", "cpl",
		"jar", "jnlp", "apk", "app", "dmg", "pkg", "deb", "rpm", "sh", "bash", "csh", "command", "desktop", "lnk", "url", "webloc", "reg", "chm", "iso",
	}
}

// ImageTypes are the pictures that every browser shows.
func ImageTypes() []string {
	return []string{"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"}
}

// DocumentTypes are what people attach to a sheet: documents, tables, presentations, pictures,
// plain text; no archives, no macros, no parts.
func DocumentTypes() []string {
	out := append([]string{"application/pdf", "image/heic", "image/tiff", "image/bmp"}, ImageTypes()...)
	for _, k := range kinds() {
		if strings.HasPrefix(k.typ, "application/vnd.o") || strings.HasPrefix(k.typ, "text/") && k.typ != "text/x-gcode" {
			out = append(out, k.typ)
		}
	}
	return append(out, "application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint", "application/rtf")
}

// TableTypes are what an import reads.
func TableTypes() []string {
	return []string{"text/csv", "text/tab-separated-values", "text/plain", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
}

func kindByType(typ string) (kind, bool) {
	all := kinds()
	i := slices.IndexFunc(all, func(k kind) bool { return k.typ == typ })
	if i < 0 {
		return kind{}, false
	}
	return all[i], true
}

func kindByExtension(ext string) (kind, bool) {
	all := kinds()
	i := slices.IndexFunc(all, func(k kind) bool { return slices.Contains(k.ext, ext) })
	if i < 0 {
		return kind{}, false
	}
	return all[i], true
}

// extension gives the last extension of a name, lower case, without its dot.
func extension(name string) string {
	return strings.ToLower(strings.TrimPrefix(path.Ext(strings.TrimRight(name, ". ")), "."))
}
