# Everything one does with Bassin. On a fresh machine Go and Node are enough: `make demo`.

GO      ?= go
NPM     ?= npm
ADDR    ?= 127.0.0.1:8080
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)

export CGO_ENABLED := 0
export GOFLAGS     := -trimpath

TEMPL  := $(GO) tool -modfile=tools/go.mod templ
LINTER := $(GO) tool -modfile=tools/lint/go.mod golangci-lint
GOCODE := $(wildcard cmd internal test tools)

.DEFAULT_GOAL := help
.PHONY: help assets generate build demo test lint bench browser pictures fuzz map clean

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# npm packages, again only when the lock file changes.
node_modules/.ready: package.json package-lock.json
	$(NPM) ci --ignore-scripts --no-audit --no-fund
	@touch $@

assets: node_modules/.ready ## style sheet, script, icons, into internal/web/assets/dist
	@$(GO) -C tools run ./assets -root ..

generate: ## Go from the templ templates
	$(TEMPL) generate

build: assets ## the program, bin/bassin
	$(GO) build -ldflags "-s -w -X main.version=$(VERSION)" -o bin/bassin ./cmd/bassin

demo: build ## the demonstration, on ADDR=127.0.0.1:8080
	bin/bassin demo --addr $(ADDR)

test: assets ## all tests (PostgreSQL too where it is installed, or TEST_POSTGRES=postgres://…)
	$(GO) test ./...

lint: node_modules/.ready ## format, vet, types of the scripts, the description of the API, linters
	@test -z "$$(gofmt -l $(GOCODE))" || { echo "not formatted:"; gofmt -l $(GOCODE); exit 1; }
	$(GO) vet ./...
	node_modules/.bin/tsc --noEmit
	node_modules/.bin/spectral lint docs/openapi.json --fail-severity hint --quiet
	$(LINTER) run ./...

bench: build ## figures at national size, of the workspace and of parts (ONLY=parts, ONLY=repair); data is kept in BASSIN_BENCH=FOLDER; SEARCH=1 searches a million entries too, NEST=1 nests known instances, RESIN=1 has PrusaSlicer support parts of resin
	@SEARCH=$(SEARCH) NEST=$(NEST) RESIN=$(RESIN) $(GO) -C tools run ./bench

browser: build ## pages in chromium: widths, keyboard, accessibility; WALK=whole takes all four looks, with pictures into out/browser
	WALK=$(WALK) $(GO) test -count=1 -timeout 20m -parallel 4 -tags browser ./test/browser/

pictures: build ## the pictures of the documents, docs/pictures
	$(GO) test -count=1 -tags browser -v -run TestPictures ./test/browser/ -update

FUZZTIME ?= 1m
fuzz: ## every fuzz test for FUZZTIME=1m
	@for f in $$(grep -rl --include='*_test.go' '^func Fuzz' internal cmd); do \
	  for n in $$(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\).*/\1/p' $$f); do \
	    echo "$$n in $$(dirname $$f)"; $(GO) test -run '^$$' -fuzz "^$$n$$" -fuzztime $(FUZZTIME) ./$$(dirname $$f) || exit 1; \
	  done; done

map: ## docs/map.txt, docs/permissions.txt and docs/openapi.json
	$(GO) test ./internal/app -run '^TestMap$$' -update

clean: ## remove what was built
	rm -rf bin out node_modules
	find internal/web/assets/dist -mindepth 1 ! -name .keep -delete
