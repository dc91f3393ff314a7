// Command assets builds what the browser loads, from internal/web/assets/src and npm packages into
// internal/web/assets/dist:
//
//   - app.js: app.ts and htmx, bundled by esbuild;
//   - converter.js: the worker that reads exact surfaces in the browser;
//   - app.css: the rules of the Tabler kit that our pages use, then bassin.css, and the fonts it names;
//   - icons.svg: a sprite of the @tabler/icons listed in icons.txt and of our own signs;
//   - the pictures of src/img;
//   - regions.json: outlines for the maps, read by the server, not by the browser;
//   - occt-import-js and manifold-3d: the libraries that read exact surfaces and unite bodies, which the server gives to Node,
//     or the browser to that worker.
//
// Names carry a hash of the content, so that browsers may keep files for ever; manifest.json maps the plain name
// to the hashed one. When no input has changed the command does nothing. `make assets` runs it after npm ci.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"go/scanner"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"sort"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

func main() {
	root := flag.String("root", ".", "root of the repository")
	force := flag.Bool("force", false, "build even when nothing changed")
	flag.Parse()
	if err := run(*root, *force); err != nil {
		fmt.Fprintln(os.Stderr, "assets:", err)
		os.Exit(1)
	}
}

// builder is one build: where things are, and what has been made so far.
type builder struct {
	root, src, dist, modules string
	files                    map[string][]byte // hashed name → content
	manifest                 map[string]string // plain name → hashed name
}

func run(root string, force bool) error {
	root, err := filepath.Abs(root)
	if err != nil {
		return err
	}
	b := &builder{
		root:     root,
		src:      filepath.Join(root, "internal/web/assets/src"),
		dist:     filepath.Join(root, "internal/web/assets/dist"),
		modules:  filepath.Join(root, "node_modules"),
		files:    map[string][]byte{},
		manifest: map[string]string{},
	}
	kit := filepath.Join(b.modules, "@tabler/core/dist/css/tabler.css")
	css, err := os.ReadFile(kit)
	if err != nil {
		return fmt.Errorf("npm packages are missing, run `npm ci --ignore-scripts`: %w", err)
	}
	words, err := b.usedWords(css)
	if err != nil {
		return err
	}
	sum, err := b.inputs(words)
	if err != nil {
		return err
	}
	stamp := filepath.Join(b.dist, ".inputs")
	if was, err := os.ReadFile(stamp); err == nil && string(was) == sum && !force {
		return nil
	}
	kitCSS, err := b.purge(kit, words)
	if err != nil {
		return err
	}
	for _, step := range []func() error{
		func() error { return b.bundle(kitCSS) },
		b.worker,
		b.sprite,
		b.pictures,
		b.regions,
		b.converter,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return b.write(stamp, sum)
}

// inputs sums up everything the result depends on. Of templates and Go files only the words that the kit knows
// count: a new page that uses nothing new changes nothing here.
func (b *builder) inputs(words []string) (string, error) {
	h := sha256.New()
	add := func(file string) error {
		data, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(b.root, file)
		fmt.Fprintf(h, "%s %d\n", filepath.ToSlash(rel), len(data))
		h.Write(data)
		return nil
	}
	for _, dir := range []string{b.src, filepath.Join(b.root, "tools/assets")} {
		err := filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			return add(file)
		})
		if err != nil {
			return "", err
		}
	}
	for _, file := range []string{"package-lock.json", "internal/cad/triangles.cjs"} {
		if err := add(filepath.Join(b.root, file)); err != nil {
			return "", err
		}
	}
	fmt.Fprintln(h, strings.Join(words, " "))
	return hex.EncodeToString(h.Sum(nil)), nil
}

var (
	ident    = regexp.MustCompile(`-?[_a-zA-Z][-\w]*`)
	htmlTags = strings.Fields("html body a abbr address article aside b blockquote br button caption code col colgroup dd del details dfn dialog div dl dt em fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr i iframe img input ins kbd label legend li main mark menu nav ol optgroup option output p pre progress q s samp search section select small span strong sub summary sup svg table tbody td textarea tfoot th thead time tr u ul var video")
	// htmlWords stand in the kit's selectors for elements: type=…, and what the browser itself sets.
	htmlWords = strings.Fields("type button submit reset checkbox radio file number search date time text password hidden disabled readonly multiple size list title role href open data-bs-theme light dark")
)

// usedWords gives the words of the kit's style sheet that also stand in our templates, scripts and Go strings:
// a class name in any of them is enough to be kept.
func (b *builder) usedWords(css []byte) ([]string, error) {
	known := map[string]bool{}
	for _, w := range ident.FindAll(css, -1) {
		known[string(w)] = false
	}
	use := func(text string) {
		for _, w := range ident.FindAllString(text, -1) {
			if _, ok := known[w]; ok {
				known[w] = true
			}
		}
	}
	for _, w := range append(htmlTags, htmlWords...) {
		use(w)
	}
	err := filepath.WalkDir(filepath.Join(b.root, "internal"), func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if file == b.dist || d.Name() == "testdata" {
				return filepath.SkipDir
			}
			return nil
		}
		name := d.Name()
		switch {
		case strings.HasSuffix(name, ".templ"), strings.HasSuffix(name, ".ts"):
			text, err := os.ReadFile(file)
			use(string(text))
			return err
		case strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") && !strings.HasSuffix(name, "_templ.go"):
			text, err := os.ReadFile(file)
			goStrings(text, use)
			return err
		}
		return nil
	})
	var words []string
	for w, used := range known {
		if used {
			words = append(words, w)
		}
	}
	sort.Strings(words)
	return words, err
}

// goStrings calls use with each string literal of a Go file.
func goStrings(src []byte, use func(string)) {
	var s scanner.Scanner
	set := token.NewFileSet()
	s.Init(set.AddFile("", set.Base(), len(src)), src, nil, 0)
	for {
		_, tok, lit := s.Scan()
		if tok == token.EOF {
			return
		}
		if tok == token.STRING {
			use(lit)
		}
	}
}

var kitVariable = regexp.MustCompile(`var\((--tblr-[-\w]+)`)

// purge drops from the kit's style sheet the rules for words we do not use.
func (b *builder) purge(kit string, words []string) ([]byte, error) {
	ours, err := os.ReadFile(filepath.Join(b.src, "bassin.css"))
	if err != nil {
		return nil, err
	}
	variables := []string{}
	for _, m := range kitVariable.FindAllSubmatch(ours, -1) {
		variables = append(variables, string(m[1]))
	}
	in, err := json.Marshal(map[string]any{"css": kit, "words": words, "variables": variables})
	if err != nil {
		return nil, err
	}
	cmd := exec.Command("node", "tools/assets/purge.mjs")
	cmd.Dir, cmd.Stdin, cmd.Stderr = b.root, bytes.NewReader(in), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("purge the kit's style sheet: %w", err)
	}
	return out, nil
}

// bundle runs esbuild over app.ts and app.css.
func (b *builder) bundle(kitCSS []byte) error {
	made := api.Plugin{Name: "made", Setup: func(p api.PluginBuild) {
		p.OnResolve(api.OnResolveOptions{Filter: `^bassin:`}, func(a api.OnResolveArgs) (api.OnResolveResult, error) {
			return api.OnResolveResult{Path: strings.TrimPrefix(a.Path, "bassin:"), Namespace: "bassin"}, nil
		})
		p.OnLoad(api.OnLoadOptions{Filter: `^kit\.css$`, Namespace: "bassin"}, func(api.OnLoadArgs) (api.OnLoadResult, error) {
			text := string(kitCSS)
			return api.OnLoadResult{Contents: &text, Loader: api.LoaderCSS, ResolveDir: b.src}, nil
		})
		p.OnLoad(api.OnLoadOptions{Filter: `^space\.ttf$`, Namespace: "bassin"}, func(api.OnLoadArgs) (api.OnLoadResult, error) {
			font := string(spaceFont())
			return api.OnLoadResult{Contents: &font, Loader: api.LoaderFile}, nil
		})
	}}
	res := api.Build(api.BuildOptions{
		AbsWorkingDir:     b.root,
		EntryPoints:       []string{filepath.Join(b.src, "app.ts"), filepath.Join(b.src, "app.css")},
		Outdir:            b.dist,
		EntryNames:        "[name]-[hash]",
		ChunkNames:        "[name]-[hash]",
		AssetNames:        "[name]-[hash]",
		Bundle:            true,
		Splitting:         true,
		Format:            api.FormatESModule,
		Target:            api.ES2023,
		Charset:           api.CharsetUTF8,
		MinifySyntax:      true,
		MinifyWhitespace:  true,
		MinifyIdentifiers: true,
		LegalComments:     api.LegalCommentsNone,
		Loader:            map[string]api.Loader{".woff2": api.LoaderFile},
		Plugins:           []api.Plugin{made},
		Metafile:          true,
		LogLevel:          api.LogLevelWarning,
	})
	if len(res.Errors) > 0 {
		return errors.New("esbuild found errors, see above")
	}
	var meta struct {
		Outputs map[string]struct {
			EntryPoint string
			Inputs     map[string]struct{}
		}
	}
	if err := json.Unmarshal([]byte(res.Metafile), &meta); err != nil {
		return err
	}
	for _, f := range res.OutputFiles {
		name := filepath.Base(f.Path)
		b.files[name] = f.Contents
		rel, _ := filepath.Rel(b.root, f.Path)
		out := meta.Outputs[filepath.ToSlash(rel)]
		switch {
		case out.EntryPoint != "":
			base := path.Base(out.EntryPoint)
			b.manifest[strings.TrimSuffix(base, path.Ext(base))+path.Ext(name)] = name
		case path.Ext(name) == ".woff2", path.Ext(name) == ".ttf":
			for in := range out.Inputs {
				b.manifest[path.Base(strings.TrimPrefix(in, "bassin:"))] = name
			}
		}
	}
	return nil
}

// worker runs esbuild over converter.ts: a script by itself, which may load others.
func (b *builder) worker() error {
	res := api.Build(api.BuildOptions{
		AbsWorkingDir: b.root,
		EntryPoints:   []string{filepath.Join(b.src, "converter.ts")},
		Bundle:        true,
		Format:        api.FormatIIFE,
		Target:        api.ES2023,
		Charset:       api.CharsetUTF8,

		MinifySyntax:      true,
		MinifyWhitespace:  true,
		MinifyIdentifiers: true,
		LogLevel:          api.LogLevelWarning,
	})
	if len(res.Errors) > 0 {
		return errors.New("esbuild found errors, see above")
	}
	b.add("converter.js", res.OutputFiles[0].Contents)
	return nil
}

var (
	comment  = regexp.MustCompile(`(?s)<!--.*?-->`)
	noStroke = regexp.MustCompile(`(?s)<path stroke="none"[^>]*/>`)
	inner    = regexp.MustCompile(`(?s)<svg[^>]*>(.*)</svg>`)
	spaces   = regexp.MustCompile(`\s+`)
)

// sprite gathers the icons of icons.txt and our own signs into one file of symbols.
func (b *builder) sprite() error {
	list, err := os.ReadFile(filepath.Join(b.src, "icons.txt"))
	if err != nil {
		return err
	}
	var out bytes.Buffer
	out.WriteString(`<svg xmlns="http://www.w3.org/2000/svg">`)
	for _, name := range strings.Split(string(list), "\n") {
		if name = strings.TrimSpace(name); name == "" || strings.HasPrefix(name, "#") {
			continue
		}
		svg, err := os.ReadFile(filepath.Join(b.modules, "@tabler/icons/icons/outline", name+".svg"))
		if err != nil {
			return fmt.Errorf("icons.txt names %q, which @tabler/icons does not have", name)
		}
		m := inner.FindSubmatch(comment.ReplaceAll(svg, nil))
		if m == nil {
			return fmt.Errorf("icon %q: not the SVG we expect", name)
		}
		body := spaces.ReplaceAllString(string(noStroke.ReplaceAll(m[1], nil)), " ")
		body = strings.ReplaceAll(strings.ReplaceAll(strings.TrimSpace(body), "> <", "><"), " />", "/>")
		fmt.Fprintf(&out, `<symbol id="%s" viewBox="0 0 24 24">%s</symbol>`, name, body)
	}
	signs, err := os.ReadFile(filepath.Join(b.src, "signs.svg"))
	if err != nil {
		return err
	}
	out.Write(bytes.ReplaceAll(bytes.TrimSpace(comment.ReplaceAll(signs, nil)), []byte("\n"), nil))
	out.WriteString("</svg>")
	b.add("icons.svg", out.Bytes())
	return nil
}

// pictures takes over src/img as it is.
func (b *builder) pictures() error {
	entries, err := os.ReadDir(filepath.Join(b.src, "img"))
	if err != nil {
		return err
	}
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(b.src, "img", e.Name()))
		if err != nil {
			return err
		}
		b.add(e.Name(), data)
	}
	return nil
}

// converter takes over the libraries that read exact surfaces and unite bodies, with their licences. The server gives them to a process
// of Node; they are served too, so that whoever has the program has the libraries as files of their own.
func (b *builder) converter() error {
	for _, name := range []string{"occt-import-js.js", "occt-import-js.wasm", "license.occt-import-js.txt", "license.occt.txt"} {
		data, err := os.ReadFile(filepath.Join(b.modules, "occt-import-js/dist", name))
		if err != nil {
			return err
		}
		b.add(name, data)
	}
	for name, from := range map[string]string{"manifold.js": "manifold.js", "manifold.wasm": "manifold.wasm", "license.manifold.txt": "LICENSE"} {
		data, err := os.ReadFile(filepath.Join(b.modules, "manifold-3d", from))
		if err != nil {
			return err
		}
		b.add(name, data)
	}
	return nil
}

// add puts a file among the results under a name that carries its content's hash.
func (b *builder) add(name string, data []byte) {
	sum := sha256.Sum256(data)
	ext := path.Ext(name)
	hashed := fmt.Sprintf("%s-%s%s", strings.TrimSuffix(name, ext), strings.ToUpper(hex.EncodeToString(sum[:4])), ext)
	b.files[hashed], b.manifest[name] = data, hashed
}

// write replaces the content of dist. The stamp comes last: a build cut short is done again.
func (b *builder) write(stamp, sum string) error {
	if err := os.MkdirAll(b.dist, 0o755); err != nil {
		return err
	}
	if err := os.Remove(stamp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	manifest, err := json.MarshalIndent(b.manifest, "", "  ")
	if err != nil {
		return err
	}
	b.files["manifest.json"] = append(manifest, '\n')
	old, err := os.ReadDir(b.dist)
	if err != nil {
		return err
	}
	for _, e := range old {
		if _, keep := b.files[e.Name()]; !keep && e.Name() != ".keep" {
			if err := os.RemoveAll(filepath.Join(b.dist, e.Name())); err != nil {
				return err
			}
		}
	}
	names := make([]string, 0, len(b.files))
	for name, data := range b.files {
		if err := os.WriteFile(filepath.Join(b.dist, name), data, 0o644); err != nil {
			return err
		}
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		fmt.Printf("%8d  %s\n", len(b.files[name]), name)
	}
	return os.WriteFile(stamp, []byte(sum), 0o644)
}
