// Package archtest holds the layout of the program to what docs/architecture.md says: who imports
// whom, where rules, SQL and tables stand, and that generated files are current. A rule that is
// wrong is changed here, with a decision record that says why.
package archtest

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

const root = "../.."

// layers are the packages from the top down; each imports only what stands below it.
var layers = []string{
	"app", "overview", "programme", "support", "maturity", "demand", "printfile", "batch", "making", "additive", "calibration", "park", "product",
	"transfer", "agenda", "cost", "meeting", "note", "document", "plan", "webhook", "project", "talk", "territory", "account",
	"search", "search/extract", "job", "web", "web/assets", "file", "db", "archive", "planfile", "office", "cad", "slicer", "sandbox", "printlog", "outward", "paper", "schedule", "ical", "when", "fault", "mesh",
}

// libraries are useful outside of this program too: of ours they import only what is named.
var libraries = map[string][]string{"mesh": {"mesh"}, "schedule": {"when"}, "search/extract": {"search/extract"}, "ical": {"ical"}, "planfile": {"schedule", "when"}, "office": {"sandbox"}, "sandbox": {"sandbox"}, "cad": {"mesh", "sandbox"}, "slicer": {"mesh", "sandbox"}, "paper": {"paper"}, "printlog": {"printlog"}, "outward": {"outward"}}

// features are the rooms of the domain; the rest is plumbing or a library.
var features = []string{"overview", "programme", "support", "maturity", "demand", "printfile", "batch", "making", "additive", "calibration", "park", "product",
	"transfer", "agenda", "cost", "meeting", "note", "document", "plan", "webhook", "project", "talk", "territory", "account"}

// file is one Go file of the program, tests left out.
type file struct {
	path    string // below the root, with slashes
	pkg     string // below internal: "web/assets"
	ast     *ast.File
	imports []string // of ours, below internal
}

func (f file) base() string        { return f.path[strings.LastIndex(f.path, "/")+1:] }
func (f file) generated() bool     { return strings.HasSuffix(f.path, "_templ.go") }
func (f file) has(pkg string) bool { return slices.Contains(f.imports, pkg) }

var fset = token.NewFileSet()

// parse gives every Go file below internal, read once for all tests.
func parse(t *testing.T) []file {
	t.Helper()
	all, err := parsed()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 50 {
		t.Fatalf("only %d files found: the test looks in the wrong place", len(all))
	}
	return all
}

var parsed = sync.OnceValues(func() ([]file, error) {
	var all []file
	err := filepath.WalkDir(filepath.Join(root, "internal"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		a, err := parser.ParseFile(fset, path, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		f := file{path: filepath.ToSlash(rel), ast: a}
		f.pkg = strings.TrimPrefix(filepath.ToSlash(filepath.Dir(rel)), "internal/")
		for _, i := range a.Imports {
			if p, ours := strings.CutPrefix(strings.Trim(i.Path.Value, `"`), "bassin/internal/"); ours {
				f.imports = append(f.imports, p)
			}
		}
		all = append(all, f)
		return nil
	})
	return all, err
})

func layer(pkg string) int {
	for p := pkg; ; {
		if i := slices.Index(layers, p); i >= 0 {
			return i
		}
		cut := strings.LastIndex(p, "/")
		if cut < 0 {
			return -1
		}
		p = p[:cut]
	}
}

func TestImportsGoDown(t *testing.T) {
	for _, f := range parse(t) {
		if strings.HasSuffix(f.pkg, "test") { // helpers of tests may see what they test
			continue
		}
		from := layer(f.pkg)
		if from < 0 {
			t.Errorf("%s: package %s stands in no layer: a new room needs a decision record", f.path, f.pkg)
			continue
		}
		for _, i := range f.imports {
			library, _, _ := strings.Cut(f.pkg, "/")
			may, only := libraries[library]
			first, _, _ := strings.Cut(i, "/")
			switch to := layer(i); {
			case only && !slices.Contains(may, first):
				t.Errorf("%s: %s is a library and imports of ours only %v, but %s", f.path, library, may, i)
			case to < 0 || to < from:
				t.Errorf("%s: %s imports %s, which stands above it", f.path, f.pkg, i)
			// The packages of a library may stand on one another: its front (mesh/format) calls its readers.
			case to == from && !only && i != f.pkg && !strings.HasPrefix(i, f.pkg+"/") && !strings.HasPrefix(f.pkg, i+"/"):
				t.Errorf("%s: %s imports %s, of the same layer", f.path, f.pkg, i)
			}
		}
	}
}

// A noun is a type of a file that does not import db; its rules stand in such files. How it looks
// on a page or in JSON is said beside the page, and how a list's filter becomes a condition in
// the store: those are no rules.
func TestNounsDoNotFetch(t *testing.T) {
	all := parse(t)
	nouns := map[string]string{} // package.Type → file
	for _, f := range all {
		if !slices.Contains(features, f.pkg) || f.has("db") || f.generated() {
			continue
		}
		for _, d := range f.ast.Decls {
			if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.TYPE {
				for _, s := range g.Specs {
					nouns[f.pkg+"."+s.(*ast.TypeSpec).Name.Name] = f.path
				}
			}
		}
	}
	for _, f := range all {
		name := strings.TrimSuffix(f.base(), ".go")
		if !f.has("db") || strings.HasSuffix(name, "pages") || strings.HasSuffix(name, "view") || strings.HasSuffix(name, "api") || strings.HasSuffix(name, "store") {
			continue
		}
		for _, d := range f.ast.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Recv == nil {
				continue
			}
			name := f.pkg + "." + receiver(fn)
			if home := nouns[name]; home != "" && home != f.path && ast.IsExported(receiver(fn)) {
				t.Errorf("%s: method %s of the noun %s stands in a file that imports db; put it into %s or make it a function", f.path, fn.Name.Name, name, home)
			}
		}
	}
}

func receiver(fn *ast.FuncDecl) string {
	x := fn.Recv.List[0].Type
	if s, ok := x.(*ast.StarExpr); ok {
		x = s.X
	}
	if i, ok := x.(*ast.IndexExpr); ok {
		x = i.X
	}
	if id, ok := x.(*ast.Ident); ok {
		return id.Name
	}
	return ""
}

// sqlText recognises a statement; a sentence that begins with select does not go on with from.
var sqlText = regexp.MustCompile(`(?is)^\s*(select\s.*\bfrom\s|insert\s+into\s|update\s+[a-z_]+\s+set\s|delete\s+from\s|with\s+[a-z_]+\s+as\s*\()`)

// sqlOutside are the files of plumbing that hold the statements of their own one or two tables.
var sqlOutside = map[string]string{
	"internal/web/once.go": "the keys of idempotent creations, web's only table",
}

func TestSQLStandsInStores(t *testing.T) {
	tables := tablesOf(t)
	used := map[string]bool{}
	for _, f := range parse(t) {
		if f.pkg == "db" || strings.HasPrefix(f.pkg, "db/") || f.generated() {
			continue
		}
		store := strings.HasSuffix(f.base(), "store.go")
		ast.Inspect(f.ast, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			text := strings.Trim(lit.Value, "`\"")
			at := fset.Position(lit.Pos())
			if sqlText.MatchString(text) && !store {
				if sqlOutside[f.path] == "" {
					t.Errorf("%s:%d: SQL outside a store file: %.60s", f.path, at.Line, text)
				}
				used[f.path] = true
			}
			if !sqlText.MatchString(text) && !store {
				return true
			}
			for _, table := range words.FindAllString(text, -1) {
				owner := tables[table]
				if owner != "" && owner != f.pkg && f.pkg != "overview" {
					t.Errorf("%s:%d: table %s belongs to %s: call its functions", f.path, at.Line, table, owner)
				}
			}
			return true
		})
	}
	for path := range sqlOutside {
		if !used[path] {
			t.Errorf("%s holds no SQL any more: take it off the list", path)
		}
	}
}

var (
	words       = regexp.MustCompile(`\b[a-z]+_[a-z_]+\b`)
	createTable = regexp.MustCompile(`(?im)^\s*create table (?:if not exists )?([a-z_]+)`)
)

// tablesOf gives each table of the migrations with the package in whose name it begins.
func tablesOf(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, "internal/db/migrations/*.sql"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no migrations: %v", err)
	}
	tables := map[string]string{}
	for _, path := range files {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range createTable.FindAllStringSubmatch(string(b), -1) {
			owner, _, _ := strings.Cut(m[1], "_")
			if layer(owner) < 0 {
				t.Errorf("%s: table %s begins with no package's name", path, m[1])
			}
			tables[m[1]] = owner
		}
	}
	return tables
}

// clocks are the uses of another clock than the transaction's in features, each with its reason.
var clocks = map[string]string{
	"internal/account/password.go": "how often somebody may try is counted in memory, not in the database",
	"internal/account/oidc.go":     "a provider's answer expires by the world's clock, outside of any transaction",
	"internal/account/mail.go":     "how long the mail server may take",
	"internal/webhook/post.go":     "how long a receiver takes",
	"internal/territory/lookup.go": "how long the company search may take",
}

func TestOneClock(t *testing.T) {
	for _, f := range parse(t) {
		if !slices.Contains(features, f.pkg) || clocks[f.path] != "" {
			continue
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			x, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if id, ok := x.X.(*ast.Ident); ok && id.Name == "time" && (x.Sel.Name == "Now" || x.Sel.Name == "Since" || x.Sel.Name == "Until") {
				t.Errorf("%s: time.%s: the clock of a feature is tx.Now()", fset.Position(x.Pos()), x.Sel.Name)
			}
			return true
		})
	}
}

func TestPackagesSayWhatTheyAreFor(t *testing.T) {
	docs := map[string]string{}
	for _, f := range parse(t) {
		if _, seen := docs[f.pkg]; !seen {
			docs[f.pkg] = ""
		}
		if f.ast.Doc != nil {
			docs[f.pkg] += f.ast.Doc.Text()
		}
	}
	for pkg, doc := range docs {
		if len(strings.Fields(doc)) < 15 {
			t.Errorf("package %s does not say what it is for: %q", pkg, doc)
		}
		if slices.Contains(features, pkg) && !strings.Contains(doc, "Words:") {
			t.Errorf("the comment of package %s does not name its words", pkg)
		}
		if (slices.Contains(features, pkg) || pkg == "job" || pkg == "file" || pkg == "web") && !strings.Contains(strings.ToLower(doc), "tables") {
			t.Errorf("the comment of package %s does not name its tables", pkg)
		}
	}
}

// TestDocumentsNamePathsThatExist reads what stands between backquotes in the documents.
func TestDocumentsNamePathsThatExist(t *testing.T) {
	quoted := regexp.MustCompile("`([a-zA-Z0-9_./-]+)`")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git" || d.Name() == "out") {
			return filepath.SkipDir
		}
		if d.IsDir() || filepath.Ext(path) != ".md" {
			return nil
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, m := range quoted.FindAllStringSubmatch(string(b), -1) {
			first, _, nested := strings.Cut(m[1], "/")
			if !nested || strings.Contains(m[1], "FEATURE") || !slices.Contains([]string{"internal", "cmd", "docs", "test", "tools"}, first) {
				continue
			}
			if _, err := os.Stat(filepath.Join(root, m[1])); err != nil {
				t.Errorf("%s names %s, which does not exist", path, m[1])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// fileName is what templ writes differently when it is run for one folder.
var fileName = regexp.MustCompile("FileName: `[^`]*`")

// TestTemplatesAreGenerated generates every template again, in a folder of its own, and compares.
func TestTemplatesAreGenerated(t *testing.T) {
	if testing.Short() {
		t.Skip("generates every template")
	}
	dir := t.TempDir()
	var templates []string
	err := filepath.WalkDir(filepath.Join(root, "internal"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".templ" {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		templates = append(templates, rel)
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		to := filepath.Join(dir, rel)
		if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			return err
		}
		return os.WriteFile(to, b, 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module bassin\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	gen := exec.Command("go", "tool", "-modfile=tools/go.mod", "templ", "generate", "-path", dir)
	gen.Dir = root
	if out, err := gen.CombinedOutput(); err != nil {
		t.Skipf("templ cannot be run here: %v: %s", err, out)
	}
	for _, path := range templates {
		name := strings.TrimSuffix(path, ".templ") + "_templ.go"
		want, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Errorf("%s was not generated: make generate", name)
			continue
		}
		if !bytes.Equal(fileName.ReplaceAll(got, nil), fileName.ReplaceAll(want, nil)) {
			t.Errorf("%s is not current: make generate", name)
		}
	}
}
