package format

import (
	"archive/zip"
	"io"
	"path"
	"strings"
)

// archived tells what a ZIP archive holds. A 3MF is known by a model (core specification 2.1.1), so that one whose
// list of content types is lost is still told what is wrong with it; an AMF may be packed in an archive too
// (ISO/ASTM 52915).
func archived(r io.ReaderAt, size int64) Kind {
	archive, err := zip.NewReader(r, size)
	if err != nil {
		return ThreeMF // a cut one: its reader says so
	}
	kind := Archive
	for _, f := range archive.File {
		switch path.Ext(strings.ToLower(f.Name)) {
		case ".model":
			return ThreeMF
		case ".amf":
			kind = AMF
		}
	}
	return kind
}
