# Two commands matter: `make run` (the page, built and served here) and `make test` (everything checked).
# Each installs what it misses first; .ci/setup.sh says what and where.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run dist single reproducible serve test test-native test-wasm test-page lint fuzz real conformance sigma attacks models spark service look bench data rules clean setup setup-test schema fonts

# Tools that .ci/setup.sh had to keep apart, then npm's wasm-opt, then whatever the machine has.
TOOLS := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/logloupe/tools
export PATH := $(TOOLS)/bin:$(CURDIR)/node_modules/.bin:$(HOME)/.cargo/bin:$(PATH)
export CHROMEDRIVER ?= /usr/bin/chromedriver
export CHROMIUM ?= /usr/bin/chromium
export WASM_BINDGEN_TEST_TIMEOUT ?= 120

# Real logs to check against and to measure with; a folder beside the repository unless said otherwise.
DATA ?= ../shared/data
PORT ?= 8080
# How long each fuzz target runs.
SECONDS ?= 20

# Where sources lie must not show in what is shipped: messages of panics name files.
dist single: export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS = --remap-path-prefix=$(or $(CARGO_HOME),$(HOME)/.cargo)=/cargo --remap-path-prefix=$(CURDIR)=/logloupe

help: ## Say what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | column -t -s '|'

run: dist serve ## Build the page and serve it on 127.0.0.1

serve:
	@node .ci/serve.mjs dist --port $(PORT)

dist: setup ## Build the static site into dist/, for any host and any sub-path
	trunk build --release
	@node .ci/size.mjs dist

single: dist ## The whole page as one file, single/logloupe.html: it works from a disk, and can't ask anybody for anything
	cargo build --locked --profile page --target wasm32-unknown-unknown --bin unpack
	node .ci/single.mjs dist single/logloupe.html

reproducible: setup ## Build the page twice from nothing, in two folders, and compare every byte
	.ci/reproducible.sh

test: setup-test test-native test-wasm test-page ## Unit, case, architecture, wasm and browser tests

test-native:
	cargo test --locked
	node --test tests/tools/*.test.mjs

test-wasm:
	cargo test --locked --target wasm32-unknown-unknown --test web

# The page's tests compare with the command line that `cargo test` builds beside its tests.
test-page: single
	cargo test --locked --no-run --test real
	LOGLOUPE_BIN=$(CURDIR)/target/debug/logloupe node tests/e2e/run.mjs

lint: setup ## Format, clippy for both targets, documentation; no warning passes
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings
	cargo clippy --locked --target wasm32-unknown-unknown --lib --bins -- -D warnings
	RUSTDOCFLAGS='-D warnings' cargo doc --locked --no-deps

fuzz: setup ## Feed every reader what is no log, for SECONDS each (20)
	node tests/fuzz/run.mjs --seconds $(SECONDS)

real: dist conformance ## Check against the real logs in DATA (says so and stops when they are not here)
	@if [ -d "$(DATA)" ]; then \
		export LOGLOUPE_DATA="$$(cd "$(DATA)" && pwd)" LOGLOUPE_BIN="$(CURDIR)/target/debug/logloupe"; \
		cargo test --locked --test real --test invariance -- --nocapture; \
		cargo build --locked --bin logloupe; \
		node tests/e2e/run.mjs tests/e2e/real.mjs; \
	else \
		echo 'real logs: not here ($(DATA)); these checks did not run'; \
	fi

conformance: ## Compare rows with what Elastic's parsers make of the same logs, in DATA (says so when they are not here)
	@if [ -d "$(DATA)/filebeat" ]; then \
		cargo build --locked --bin logloupe; \
		node tests/conformance/elastic.mjs "$(DATA)/filebeat"; \
	else \
		echo "Elastic's logs: not here ($(DATA)/filebeat); this check did not run"; \
	fi

attacks: ## Measure the shipped rules on real attacks, and on real traffic without, in DATA (says so when they are not here)
	cargo build --locked --bin logloupe
	node tests/conformance/attacks.mjs "$(DATA)"

look: dist ## Leave screenshots of real logs in tests/out/look, to be looked at
	node tests/e2e/look.mjs "$(DATA)"

models: ## Compare the models with scikit-learn's, which is set up beside in tests/out (SPEED=1 also measures)
	cargo build --locked --release --bin logloupe
	python3 -m venv tests/out/models
	tests/out/models/bin/pip install --quiet --requirement tests/conformance/models/requirements.txt
	tests/out/models/bin/python tests/conformance/models/compare.py target/release/logloupe --data "$(DATA)" $(if $(SPEED),--speed)

spark: ## Analyse eight files over two executors of Apache Spark, which is set up beside in tests/out, and compare with one reading
	@.ci/setup.sh spark
	cargo build --locked --bin logloupe
	python3 -m venv tests/out/spark
	tests/out/spark/bin/pip install --quiet --requirement tests/spark/requirements.txt
	tests/out/spark/bin/python tests/spark/check.py target/debug/logloupe tests/out/spark-run

service: ## Ask the service whatever its interface allows and forbids, and the same log hundreds of times; tools are set up in tests/out
	cargo build --locked --bin logloupe
	python3 -m venv tests/out/service
	tests/out/service/bin/pip install --quiet --requirement tests/conformance/service/requirements.txt
	tests/out/service/bin/python tests/conformance/service/check.py target/debug/logloupe tests/out/service-run

sigma: ## Compare, row by row, which Sigma rules of DATA match here and in rsigma
	cargo run --locked --manifest-path tests/conformance/sigma/Cargo.toml -- "$(DATA)/sigma" "$(DATA)/ocatak_attack/acunetix.txt" \
		"$(DATA)/agung_attack/access.log" "$(DATA)"/modern_access/*.log "$(DATA)"/ch4n3_honeypot/*/access.log* "$(DATA)"/zeek_brobeat/*.log

bench: dist ## Measure against GoAccess, DuckDB-Wasm and bare reading, in one run
	npm ci --prefix tests/bench --no-audit --no-fund
	node tests/bench/generate.mjs --data "$(DATA)"
	node tests/bench/bench.mjs
	cargo build --locked --release --bin logloupe
	node tests/bench/formats.mjs
	node tests/bench/models.mjs
	node tests/bench/rules.mjs --rules "$(DATA)/sigma"

data: ## Make the generated lists and samples again (ports, crawlers, suffixes of names, the sample logs)
	npm ci --prefix tests/bench --no-audit --no-fund
	node tests/bench/ports.mjs
	node tests/bench/crawlers.mjs
	node tests/bench/suffixes.mjs
	node tests/bench/samples.mjs

schema: ## Write the JSON Schema of the report again, from its types
	UPDATE_SCHEMA=1 cargo test --locked --lib report::published

fonts: ## Cut the fonts of PDFs again, from DejaVu
	npm ci --prefix tests/bench --no-audit --no-fund
	python3 -m venv tests/out/fonts
	tests/out/fonts/bin/pip install --quiet --requirement tests/bench/requirements.txt
	tests/out/fonts/bin/python tests/bench/fonts.py

rules: ## Pack the shipped Sigma rules of src/rules/catalog again, and the requests that they must match
	cargo run --locked --bin logloupe -- rules src/rules/catalog --pack src/rules/catalog/shipped.rules
	node tests/bench/attacks.mjs

clean: ## Remove what was built; installed tools stay
	cargo clean
	rm -rf dist tests/out

setup:
	@.ci/setup.sh build

setup-test:
	@.ci/setup.sh test
