# Everything a fresh machine with Python 3.11-3.13 and make needs. `make help` lists the targets.
SHELL := /bin/bash
PYTHON ?= $(shell for p in python3.12 python3.13 python3.11 python3; do command -v $$p >/dev/null && $$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && { echo $$p; break; }; done)
TOOLS := .tools
UV := $(TOOLS)/bin/uv
BIN := .venv/bin
LINT := .venv-lint/bin
STAMP := .venv/.ready
LINT_STAMP := .venv-lint/.ready
export DBT_SEND_ANONYMOUS_USAGE_STATS := false
export UV_SYSTEM_CERTS := true

.PHONY: help setup demo explore pictures test histories torture fuzz audit sbom lint nightly airflow bench lock schema tables queries dbt-docs \
	freshness env clean

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 16

$(UV):
	@[ -n "$(PYTHON)" ] || { echo "No Python 3.11, 3.12 or 3.13 found; install one and run make again, or name it: make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)"; exit 2; }
	@echo "preparing uv in $(TOOLS)/"
	@$(PYTHON) -m venv $(TOOLS)
	@$(TOOLS)/bin/python -m pip install --quiet --disable-pip-version-check uv 2>&1 | grep -v '^WARNING: Location' || true
	@test -x $(UV)

$(STAMP): requirements.lock pyproject.toml | $(UV)
	@echo "installing the locked packages into .venv/ (about 170; a few minutes on a first run)"
	@test -x $(BIN)/python || $(UV) venv --quiet --python "$(PYTHON)" .venv
	@$(UV) pip sync --quiet --require-hashes --compile-bytecode --python .venv requirements.lock
	@$(UV) pip install --quiet --no-deps --no-build-isolation --python .venv --editable .
	@touch $@

$(LINT_STAMP): requirements-lint.lock | $(UV)
	@echo "installing the linters into .venv-lint/"
	@test -x $(LINT)/python || $(UV) venv --quiet --python "$(PYTHON)" .venv-lint
	@$(UV) pip sync --quiet --require-hashes --python .venv-lint requirements-lint.lock
	@touch $@

setup: $(STAMP)  ## install the locked packages into .venv/

demo: $(STAMP)  ## two nights of the whole job through Airflow on the bundled site, then a short report
	@$(BIN)/python -m ops.demo

nightly: $(STAMP)  ## every enabled source once, then the build
	@$(BIN)/claimledger gather; gathered=$$?; $(BIN)/claimledger build && exit $$gathered

airflow: $(STAMP)  ## scheduler, API server and UI on 127.0.0.1
	@$(BIN)/python -m ops.airflow up

explore: $(STAMP)  ## the explorer of the home in CLAIMLEDGER_HOME on 127.0.0.1:8501
	@$(BIN)/claimledger explore

test: $(STAMP)  ## all tests, a file at a time on every core (at most 4)
	@$(BIN)/python -m pytest tests --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

histories: $(STAMP)  ## the laws of the ledger on many made-up histories (an hour or so)
	@CLAIMLEDGER_TEST_HISTORIES=20 $(BIN)/python -m pytest tests/night/test_laws.py

ATHERIS := atheris==3.0.0  # wheels for Python 3.11 to 3.13 on Linux
FUZZ_SECONDS ?= 60
fuzz: $(STAMP)  ## let atheris look for bytes that break a reader; FUZZ_SECONDS=60 for each target, TARGET=one; resumes
	@test -d .fuzz/atheris || $(UV) pip install --quiet --target .fuzz --python .venv $(ATHERIS)
	@PYTHONPATH=.fuzz nice -n 15 $(BIN)/python -m tests.fuzz --seconds $(FUZZ_SECONDS) $(TARGET)

AUDIT := .venv-audit/bin
.venv-audit/.ready: | $(UV)
	@echo "installing pip-audit and cyclonedx-bom into .venv-audit/"
	@test -x $(AUDIT)/python || $(UV) venv --quiet --python "$(PYTHON)" .venv-audit
	@$(UV) pip install --quiet --python .venv-audit pip-audit==2.10.1 cyclonedx-bom==7.5.0
	@touch $@

audit: .venv-audit/.ready $(STAMP)  ## are vulnerabilities known of the locked packages? asks the package index or, where that fails, says so and fails
	@$(BIN)/python -m ops.audit $(AUDIT)/pip-audit

sbom: .venv-audit/.ready $(STAMP)  ## the installed packages as a CycloneDX document, build/sbom.json
	@mkdir -p build
	@$(AUDIT)/cyclonedx-py environment --output-reproducible --spec-version 1.6 --output-format JSON --pyproject pyproject.toml \
		--output-file build/sbom.json $(BIN)/python
	@$(BIN)/python -c "import json; told = json.load(open('build/sbom.json')); print('build/sbom.json:', len(told['components']), 'packages')"

lint: $(STAMP) $(LINT_STAMP)  ## ruff, mypy strict, import contracts, sqlfluff, dbt-bouncer
	$(LINT)/ruff format --check .
	$(LINT)/ruff check .
	$(LINT)/mypy --python-executable $(BIN)/python ingest dags ops explorer
	PYTHONPATH=. $(LINT)/lint-imports
	$(LINT)/sqlfluff lint --processes 2 dbt_project warehouse docs/queries
	@$(BIN)/python -m ops.dbt parse
	cd dbt_project && ../$(LINT)/dbt-bouncer run

torture: $(STAMP)  ## kill every command that writes at 300 random moments, read through ten builds; goes on where it stopped
	@nice -n 10 $(BIN)/python -m tests.torture

bench: $(STAMP)  ## ratios measured in one run; needs CLAIMLEDGER_PAGES, a folder of real pages
	@$(BIN)/python -m bench

lock: | $(UV)  ## resolve the lock files again
	$(UV) pip compile --quiet pyproject.toml --extra test --universal --python-version 3.11 --generate-hashes --no-emit-index-url --upgrade -o requirements.lock
	$(UV) pip compile --quiet requirements-lint.in --universal --python-version 3.11 --generate-hashes --no-emit-index-url --upgrade -o requirements-lint.lock

schema: $(STAMP)  ## write the JSON Schema of source files
	$(BIN)/python -c "from ingest.sources import json_schema; print(json_schema(), end='')" > dags/sources/source.schema.json

tables: $(STAMP)  ## write the data dictionary, docs/tables.md, from the descriptions of the models
	@$(BIN)/python -m ops.dictionary

queries: $(STAMP)  ## write the list of sample queries and what the demonstration answers (after make demo)
	@$(BIN)/python -m ops.queries

pictures: $(STAMP)  ## the pictures of the explorer in docs/pictures/ (after make demo; needs Chromium)
	@$(BIN)/python -m ops.pictures

dbt-docs: $(STAMP)  ## the models and their lineage as one page, build/dbt/target/static_index.html
	@$(BIN)/python -m ops.dbt docs

freshness: $(STAMP)  ## does the home in CLAIMLEDGER_HOME hold captures of the last day and a half? (dbt source freshness)
	@$(BIN)/python -m ops.dbt freshness

env: $(STAMP)  ## generate the secrets of docker-compose into .env (mode 0600)
	@$(BIN)/python -m ops.secrets

clean:  ## remove what runs leave behind, except warehouse/
	rm -rf demo/warehouse build .airflow .pytest_cache .hypothesis .mypy_cache .ruff_cache .import_linter_cache
