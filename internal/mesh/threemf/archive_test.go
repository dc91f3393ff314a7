package threemf

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bassin/internal/mesh"
)

const shared = "../../../../shared/data/parts"

// archive is what each file that must fail is found to break, by the rule in its name.
var archive = map[string]string{
	"MUSTFAIL_3MF100_Extension_Chapter2_DuplicatedColorGroupId":                         "id-twice",
	"MUSTFAIL_3MF100_Extension_Chapter2_DuplicatedIdAcrossGroup":                        "id-twice",
	"MUSTFAIL_3MF100_Extension_Chapter2_MissingColorValue":                              "colour",
	"MUSTFAIL_3MF100_Extension_Chapter3_DuplicatedTexture2DGroup":                       "id-twice",
	"MUSTFAIL_3MF100_Extension_Chapter3_MissingTexId":                                   "reference",
	"MUSTFAIL_3MF100_Extension_Chapter4a_DuplicatedCompositeMaterials":                  "id-twice",
	"MUSTFAIL_3MF100_Extension_Chapter4b_MatId_IsNotBaseMaterials":                      "reference",
	"MUSTFAIL_3MF100_Extension_Chapter4c_MissingMatidMatIndices":                        "list-missing",
	"MUSTFAIL_3MF100_Extension_Chapter4d_MissingMatIndices":                             "list-missing",
	"MUSTFAIL_3MF100_Extension_Chapter5a_MissingPIDs":                                   "list-missing",
	"MUSTFAIL_3MF100_Extension_Chapter5b_MultipleReferenceToBaseAndCompositeMatterials": "multi-materials",
	"MUSTFAIL_3MF100_Extension_Chapter5b_MultipleReferenceToBaseMatterials":             "multi-materials",
	"MUSTFAIL_3MF100_Extension_Chapter5b_ReferToAnotherMultiProperties":                 "multi-in-multi",
	"MUSTFAIL_3MF100_Extension_Chapter5c_MultipleReferenceToColorgroup":                 "multi-colours",
	"MUSTFAIL_3MF100_Extension_Chapter5d_MultipleReferenceToCompositeMaterials":         "multi-materials",
	"MUSTFAIL_3MF100_Extension_Chapter5e_ReferenceToMultiProperties":                    "multi-in-multi",
	"MUSTFAIL_3MF100_Extension_Chapter6_2DTexture_InvalidContentType":                   "texture-type",
	"MUSTFAIL_3MF100_Extension_Chapter6_2DTexture_MissingPath":                          "texture-path",
	"MUSTFAIL_Chapter2.1.1a_PartsRelationships_NonExist3DModelPart":                     "start-part",
	"MUSTFAIL_Chapter2.1.1b_PartsRelationships_LinkToExternal":                          "relationship-external",
	"MUSTFAIL_Chapter2.1.2_PartsRelationships_MoreThanOne3DModelPart":                   "start-part",
	"MUSTFAIL_Chapter2.1.3_PartsRelationships_NonExistThumbnailPart":                    "relationship-target",
	"MUSTFAIL_Chapter2.1.4_PartsRelationships_MoreThanOnePrintTicket":                   "print-tickets",
	"MUSTFAIL_Chapter2.3.2a_NonUTF_Encoding":                                            "xml-encoding",
	"MUSTFAIL_Chapter2.3.2b_DataTypeDefinitionInXMLMarkup":                              "xml-dtd",
	"MUSTFAIL_Chapter2.3.2d_UndefinedXMLXSIInXSDSchema":                                 "xml-prefix",
	"MUSTFAIL_Chapter2.3.4_WhiteSpace":                                                  "xml-space",
	"MUSTFAIL_Chapter3.4.1a_MissingMetadataName":                                        "metadata-name-unknown",
	"MUSTFAIL_Chapter3.4.1b_DuplicatedMetadataName":                                     "metadata-twice",
	"MUSTFAIL_Chapter3.4.3.1a_NotMatchingObjectIdInBuildItem":                           "object-unknown",
	"MUSTFAIL_Chapter3.4.3.1b_BuildItemReferToObjectOfTypeOther":                        "other-built",
	"MUSTFAIL_Chapter3.4a_MoreThanOneModel":                                             "xml",
	"MUSTFAIL_Chapter3.4b_MissingBuildElement":                                          "no-build",
	"MUSTFAIL_Chapter3.4c_MissingResourceElement":                                       "no-resources",
	"MUSTFAIL_Chapter4a_InvalidObjectType":                                              "object-type",
	"MUSTFAIL_Chapter4b_PID_IsNotSpecified":                                             "pid-missing",
	"MUSTFAIL_Chapter5a_DuplicatedBaseMaterials":                                        "id-twice",
}

// disputed are the files of which the archive's verdict does not follow from the specification as it stands: what
// is found instead, and why.
var disputed = map[string]struct{ found, why string }{
	"MUSTFAIL_Chapter2.3.2c_UndefinedNameSpaceInXDS": {"", `core 2.3.2 rule 3 lets markup of other namespaces stand where the schema has an extension point, and in core 1.2.4, B.1, ` +
		`CT_Vertices has one: <xs:anyAttribute namespace="##other" processContents="lax"/>. v2:newproperty on <vertices> is allowed`},
	"MUSTPASS_Chapter3.4.1c_MustIgnoreUndefinedMetadataName": {"metadata-name-unknown", `core 3.4.1: "Metadata in 3MF Documents without a namespace name MUST be restricted to names ` +
		`and values defined by this specification". "MustIgnore" is none of table 3-1, as little as "Undefined", for which MUSTFAIL_Chapter3.4.1a must fail. ` +
		`That consumers SHOULD ignore such names does not make the document conform; Read ignores them`},
}

// The public archive of conformance: 13 files must pass and 38 must fail, for the reason in their names.
func TestConformanceArchive(t *testing.T) {
	files, _ := filepath.Glob(filepath.Join(shared, "3mf_conformance", "validation tests", "_archive", "3mf-Verify", "*", "*.3mf"))
	if len(files) == 0 {
		t.Skip("the conformance archive is not here")
	}
	if len(files) != 51 {
		t.Errorf("%d files, want 51", len(files))
	}
	for _, path := range files {
		name := strings.TrimSuffix(filepath.Base(path), ".3mf")
		t.Run(name, func(t *testing.T) {
			want := archive[name]
			if d, ok := disputed[name]; ok {
				want = d.found
				t.Logf("disputed: %s", d.why)
			} else if strings.HasPrefix(name, "MUSTFAIL") && want == "" {
				t.Fatal("a file that must fail, and no rule is named")
			}
			findings := validate(t, path)
			if want == "" && len(findings) > 0 {
				t.Errorf("findings %v, want none", findings)
			}
			if want != "" && !slices.ContainsFunc(findings, func(f Finding) bool { return f.Key == want && f.Clause != "" }) {
				t.Errorf("findings %v, want %s", findings, want)
			}
		})
	}
}

// Real files are all read, however little they conform.
func TestReadRealFiles(t *testing.T) {
	for name, want := range map[string]string{
		"3mf/3mfc_pyramid.3mf":        "1 objects, 0 triangles, beam-lattice-left-out=391",
		"3mf/3mfc_spinal_implant.3mf": "2 objects, 5672 triangles, beam-lattice-left-out=11821",
		"3mf/slic3r_chess.3mf":        "16 objects, 5596 triangles, colours-left-out",
		"3mf/trimesh_counterXP.3mf":   "6 objects, 83750 triangles, colours-left-out",
		// A project of Bambu Studio: one boat, and six bodies that only change how it is printed.
		"3mf/benchy.3mf":             "1 objects, 225154 triangles, modifiers-left-out=6",
		"broken/mislabelled_3mf.stl": "1 objects, 225154 triangles, modifiers-left-out=6",
	} {
		file, size := openFile(t, filepath.Join(shared, name))
		m, err := Read(file, size, mesh.DefaultLimits)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got := fmt.Sprintf("%d objects, %d triangles", len(m.Objects), len(m.Whole().Triangles))
		for _, n := range m.Notes {
			got += ", " + n.Key
			if c, ok := n.Args["count"]; ok {
				got += fmt.Sprintf("=%v", c)
			}
		}
		if got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

func validate(t *testing.T, path string) []Finding {
	t.Helper()
	file, size := openFile(t, path)
	findings, err := Validate(file, size, mesh.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	return findings
}

func openFile(t testing.TB, path string) (*os.File, int64) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Skip("the sample parts are not here")
	}
	t.Cleanup(func() { file.Close() })
	info, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	return file, info.Size()
}
