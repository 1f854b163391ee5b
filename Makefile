# The one way in. `make serve` and `make test` do all of their own set-up on a fresh machine.
.DEFAULT_GOAL := help
.PHONY: help setup serve test lint types layers unit wheel check build format bench lock clean outside browser

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= python3
PORT ?= 8000
WORKERS ?= 2
OUTSIDE := .venv-outside

help: ## What can be made
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 10

# `--without-pip` and `pip --python`: a bare Debian has no ensurepip.
$(BIN)/run.stamp: requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv --without-pip $(VENV)
	$(PYTHON) -m pip --python $(BIN)/python install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(PYTHON) -m pip --python $(BIN)/python install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

$(BIN)/dev.stamp: requirements-dev.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv --without-pip $(VENV)
	$(PYTHON) -m pip --python $(BIN)/python install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(PYTHON) -m pip --python $(BIN)/python install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@ $(BIN)/run.stamp

# Validators of others, in an environment of their own; Node comes as a wheel.
$(OUTSIDE)/stamp: tests/outside/requirements.lock tests/outside/package-lock.json
	test -x $(OUTSIDE)/bin/python || $(PYTHON) -m venv --without-pip $(OUTSIDE)
	$(PYTHON) -m pip --python $(OUTSIDE)/bin/python install --quiet --disable-pip-version-check --require-hashes -r tests/outside/requirements.lock
	cp tests/outside/package.json tests/outside/package-lock.json tests/outside/.npmrc $(OUTSIDE)
	cd $(OUTSIDE) && PATH="$$PWD/bin:$$PATH" npm ci --silent
	touch $@

setup: $(BIN)/dev.stamp ## Everything needed to work on the project, in .venv

serve: $(BIN)/run.stamp ## Set up and serve at http://127.0.0.1:8000
	$(BIN)/crosswalk serve --port $(PORT)

test: $(BIN)/dev.stamp lint types layers check unit wheel ## Set up and pass every test, as CI does

lint: $(BIN)/dev.stamp ## Style
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .

types: $(BIN)/dev.stamp ## Types
	$(BIN)/mypy

layers: $(BIN)/dev.stamp ## Imports point downwards
	$(BIN)/lint-imports > /dev/null || $(BIN)/lint-imports

outside: $(OUTSIDE)/stamp ## Tools of others that the tests check our files with

browser: ## Chromium, with which the tests read the pages
	command -v chromium > /dev/null || (apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium > /dev/null)

unit: $(BIN)/dev.stamp $(OUTSIDE)/stamp browser ## Tests: unit, property, HTTP against a running server, data, README
	$(BIN)/pytest -q -n $(WORKERS) --dist loadfile

wheel: $(BIN)/dev.stamp ## Install the wheel into an empty environment and serve from there
	$(PYTHON) scripts/check_wheel.py

check: $(BIN)/dev.stamp ## Check the tables
	$(BIN)/crosswalk check

build: $(BIN)/run.stamp ## Compile the tables to ontology/build
	$(BIN)/crosswalk build

format: $(BIN)/dev.stamp ## Put tables and code into canonical form
	$(BIN)/crosswalk format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(BIN)/dev.stamp ## Measure against the peers that are installed
	$(BIN)/python -m benchmarks

lock: ## Renew the locks from pyproject.toml (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml --group build -o requirements.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml --group dev -o requirements-dev.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header tests/outside/requirements.in -o tests/outside/requirements.lock

clean: ## Remove the environment and caches
	rm -rf $(VENV) $(OUTSIDE) dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
