# Every task of the project. People, continuous integration and hooks call the same targets.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

VRS_PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
INSTALLED := $(VENV)/.installed
IMAGES := gateway ingest validation aggregation notification cli
# No registry's address in a lock: whoever installs brings their own.
COMPILE := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-header --no-annotate pyproject.toml
CODE := contracts runtime screening services cli deploy tests bench tools

.PHONY: help
help: ## Show these targets.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: system
system: ## Install missing system packages (Debian or Ubuntu, as root), else name them.
	@$(VRS_PYTHON) -m deploy.local.system_packages

# The stamp is newer than what it was made from: a second `make` skips all of it.
$(INSTALLED): requirements.lock pyproject.toml deploy/local/pom.xml | system
	@echo "installing into $(VENV) (up to two minutes the first time)"
	@test -x $(PY) || $(VRS_PYTHON) -m venv $(VENV)
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@# The build backend is locked with the rest, so the build takes it from the environment.
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.PHONY: install
install: system $(INSTALLED) ## Make .venv from the lock and bring Kafka's jars.
	@$(PY) -m deploy.local install

.PHONY: assets
assets: install ## Bring the portal's front-end assets again, or stop and say why; NEW=1 writes their hashes anew.
	@$(PY) -m deploy.local.assets $(if $(NEW),--new-hashes)

.PHONY: texts
texts: install ## Collect the portal's texts into the catalogues (fr.po) of its page sets, or of SET alone.
	@$(PY) -m tools.texts $(SET)

.PHONY: browser
browser: install ## Install Chromium (Debian or Ubuntu, as root) for the browser tests, and run them.
	@$(PY) -m deploy.local.system_packages --with browser
	@$(PY) -m pytest tests/browser

.PHONY: screenshots
screenshots: install ## The browser tests with a picture of every page and state at 1280 and 360 px, into var/screenshots.
	@$(PY) -m deploy.local.system_packages --with browser
	@$(PY) -m pytest tests/browser --screenshots $(or $(VRS_VAR),var)/screenshots

.PHONY: demo
demo: install ## Start everything, load the demo, show its figures; Ctrl-C stops all of it.
	@$(PY) -m deploy.local demo

.PHONY: up
up: install ## Start the stack in the background; returns when every service is ready.
	@$(PY) -m deploy.local up

.PHONY: down
down: ## Stop the stack of VRS_VAR (default var); its data stays.
	@if [ -x $(PY) ]; then $(PY) -m deploy.local down; fi

.PHONY: logs
logs: ## Follow the logs of the running stack, readable and coloured.
	@$(PY) -m deploy.local logs

.PHONY: clean
clean: down ## Stop the stack and remove its data.
	@if [ -x $(PY) ]; then $(PY) -m deploy.local clean; fi

.PHONY: check
check: install ## Lint, format, types, boundaries, compose schema, no drawers.
	@$(VENV)/bin/ruff check $(CODE)
	@$(VENV)/bin/ruff format --check $(CODE)
	@$(PY) -m mypy
	@$(VENV)/bin/lint-imports
	@$(VENV)/bin/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
	@# A file is named for what it is about, never for being shared.
	@! find $(CODE) | grep -E '(^|/)(utils?|helpers?|common|misc|shared)(\.py|/|$$)'

.PHONY: unit
unit: install ## The fast tests: no broker, no database.
	@$(PY) -m pytest tests/unit tests/contracts -m "not slow"

.PHONY: test
test: install check ## Every check, then the suite against a real Kafka and MongoDB, a fault run in it (portal: `make browser`).
	@# Whole files, in the order of their names: what starts processes first, the many quick ones fill up the end.
	@$(PY) -m pytest -n 2 --dist loadfile --no-loadscope-reorder --ignore=tests/browser

# What is measured beside the product is installed apart from it: its own environments, Maven's own target folder.
BESIDE := var/bench/peers
STREAMS := bench/peers/kafka_streams

$(BESIDE)/%/.installed: bench/peers/%/requirements.txt
	@echo "installing the peer $* into $(@D)"
	@$(VRS_PYTHON) -m venv $(@D)
	@$(@D)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

$(STREAMS)/target/.installed: $(STREAMS)/pom.xml $(shell find $(STREAMS)/src -name '*.java')
	@echo "building the peer in $(STREAMS)"
	@mvn -q -B -f $(STREAMS)/pom.xml package
	@touch $@

.PHONY: bench-peers
bench-peers: system $(BESIDE)/quix_streams/.installed $(BESIDE)/faust_tables/.installed $(STREAMS)/target/.installed ## Install the stream processors that the product is measured beside.

.PHONY: faults-short
faults-short: install ## The fault run of `make test` alone (VRS_FAULTS, VRS_FAULTS_SUBMISSIONS, VRS_FAULTS_SEED change it).
	@$(PY) -m pytest tests/faults

.PHONY: bench
bench: install bench-peers ## Measure all of docs/performance.md, 12 minutes on a quiet machine (BENCH="gateway read" for some of it).
	@$(PY) -m bench run $(BENCH)
	@$(PY) -m bench capacity

.PHONY: bench-portal
bench-portal: install ## Searches of 200 participants × 20 half-years (under 500 ms), then every page of the demonstration (p95 under 200 ms).
	@$(PY) -m bench.reading --most 500
	@$(PY) -m bench.pages --most 200

.PHONY: bench-small
bench-small: install ## Two minutes: has a ratio fallen by more than a third? KEEP=1 keeps those of now to compare with.
	@$(PY) -m bench small $(if $(KEEP),--keep)

.PHONY: lock
lock: ## Write the locks anew from pyproject.toml (needs uv): one for all, and one per image within it.
	@$(COMPILE) --all-extras --upgrade -o requirements.lock
	@for image in $(IMAGES); do $(COMPILE) --extra $$image -c requirements.lock -o deploy/docker/locks/$$image.txt; done

.PHONY: faults
faults: install ## The long fault run, memory while a consumer is slow, and the twelve deliberate bugs (an hour and a half).
	@$(PY) -m tests.faults.run --long $(or $(VRS_FAULTS_ARGS),--seed 1 --faults 200 --submissions 10000)
	@$(PY) -m tests.faults.memory
	@$(PY) -m tests.faults.mutants

.PHONY: fuzz
fuzz: install ## The long fuzz run (an hour; VRS_FUZZ_ARGS="--seed 7 --only topics --messages 50000").
	@$(PY) -m tests.fuzz.run $(VRS_FUZZ_ARGS)
	@$(PY) -m pytest tests/fuzz --hypothesis-profile fuzz -k "machine or readers" --timeout 3600
