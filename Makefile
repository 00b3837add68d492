# Every target builds the environment it needs. `make help` lists the targets.
# Needs: python3.11 (or newer) with its venv module, and make. Nothing else.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.stamp
JOBS   ?= 4
DEB_PYTHON ?= /usr/bin/python3
ARGS   ?=
SECONDS ?= 60

# mypy is strict for the first line and lenient about annotations for the second: see pyproject.toml
TYPED  := incidentd tui/incidentd_tui $(patsubst %/__init__.py,%,$(wildcard plugins/incidentd_*/__init__.py)) docs/template-plugin/src/incidentd_example \
          tests $(if $(wildcard benchmarks/*.py),benchmarks)
PIP    := $(BIN)/python -m pip --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help venv run test test-engines check lint format types imports docs docs-check lint-report bench fuzz audit test-e2e test-faults test-nodes test-systemd build clean distclean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# Two pip steps, because pip checks no hashes for an editable install: first the pinned and hashed files, without
# looking for more; then the project itself, with the build back end that was just installed.
$(STAMP): pyproject.toml requirements/dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Python 3.11 or newer is missing: install it, or say make PYTHON=/path/to/python" >&2; exit 1; }
	@echo "Building the environment in $(VENV): once, about half a minute."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "Python's venv module is missing: install it (Debian: apt install python3.11-venv)" >&2; exit 1; }
	$(PIP) install -qq --require-hashes --no-deps -r requirements/dev.txt
	$(PIP) install -qq --no-deps --no-build-isolation -e .
	@touch $@

venv: $(STAMP) ## build the environment in .venv

run: $(STAMP) ## see an incident handled: a private daemon, a replayed incident, the terminal UI
	$(BIN)/incidentd demo $(ARGS)

# Where caches of compiled modules are turned off, every process that a test starts would compile all of them again.
test test-engines test-faults test-nodes test-e2e test-systemd: export PYTHONDONTWRITEBYTECODE =

# Tests against real programs live in directories of their own: the others need not read them, nor they the others.
REAL := tests/e2e tests/systemd

test: $(STAMP) ## the whole suite, on SQLite and on PostgreSQL
	$(BIN)/pytest -n $(JOBS) --dist worksteal -q $(REAL:%=--ignore=%) -m "not e2e and not faults and not systemd" $(ARGS)

test-engines: $(STAMP) ## every test of the services on both engines; `make test` takes PostgreSQL where SQL differs
	INCIDENTD_TEST_BOTH=1 $(BIN)/pytest -n $(JOBS) --dist worksteal -q -m "not e2e and not faults and not systemd" tests/services $(ARGS)

# What looks at the code does so side by side, each with its words in one piece.
check: $(STAMP) ## lint, types, import contracts, reference pages, tests
	$(MAKE) --no-print-directory -j2 $(if $(filter output-sync,$(.FEATURES)),--output-sync=target) types docs-check lint imports audit
	$(MAKE) --no-print-directory test

lint: $(STAMP) ## ruff: rules and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(STAMP) ## let ruff rewrite what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(STAMP) ## mypy --strict
	$(BIN)/mypy $(TYPED)

imports: $(STAMP) ## the import contracts of pyproject.toml
	$(BIN)/lint-imports --no-logo

docs: $(STAMP) ## write docs/reference from the code and check every link
	$(BIN)/python docs/build.py

docs-check: $(STAMP) ## fail when docs/reference has drifted from the code, or a link is dead
	$(BIN)/python docs/build.py --check

lint-report: $(STAMP) ## how precise each rule of the language lint is on sentences it was not made by
	$(BIN)/pytest -n 0 -q -s tests/unit/lint/test_corpus.py -k report

fuzz: $(STAMP) ## changed inputs for everything that reads bytes from outside, SECONDS=60; COVERAGE=1 takes atheris
	$(if $(COVERAGE),$(BIN)/python -c 'import atheris' 2>/dev/null || $(PIP) install -qq --only-binary :all: 'atheris>=2.3')
	$(BIN)/python tests/fuzz/run.py --seconds $(SECONDS) $(if $(COVERAGE),--coverage) $(ARGS)

audit: $(STAMP) ## whether what is pinned may be used: hashes, licences, what is installed, known weaknesses; no network
	$(BIN)/python requirements/audit.py $(ARGS)

bench: $(STAMP) ## the benchmarks (minutes; use a quiet machine)
	$(BIN)/python benchmarks/run.py $(ARGS)

test-e2e: $(STAMP) ## tests against real Prometheus, Alertmanager, Nagios, Icinga (installed when root on Debian)
	tests/e2e/install-debian.sh
	$(BIN)/pytest -n $(JOBS) --dist loadgroup -q -m e2e $(REAL) $(ARGS)

test-faults: $(STAMP) ## kill -9 during ingest and delivery, many times
	$(BIN)/pytest -q -m faults $(ARGS)

test-systemd: $(STAMP) ## boot a real systemd in namespaces and run incidentd under it (root; minutes)
	$(BIN)/pytest -n 0 -q -m systemd tests/systemd $(ARGS)

test-nodes: $(STAMP) ## three nodes on one PostgreSQL: kills, partitions, failover to a standby, pgbouncer, rolling upgrades
	$(BIN)/pytest -n 0 -q -m faults tests/faults/test_several_nodes.py tests/faults/test_failover.py tests/faults/test_poolers.py $(ARGS)

build: $(STAMP) ## sdist and wheel in dist/
	$(BIN)/python -m build --no-isolation

.PHONY: deb
deb: build ## a Debian package in dist/, for the release that this host runs (DEB_PYTHON: its python3)
	deb/build.sh dist/incidentd-*-py3-none-any.whl dist $(DEB_PYTHON) $(PIP)

clean: ## remove what was built, but not the environment
	rm -rf build dist docs/_build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find incidentd tui plugins tests docs benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

distclean: clean ## remove the environment too
	rm -rf $(VENV)
