# The one way in. `make serve` and `make test` do all of their own set-up on a fresh machine.
.DEFAULT_GOAL := help
.PHONY: help setup serve test lint types layers unit wheel check build format bench lock clean

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= python3
PORT ?= 8000
WORKERS ?= 2

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
	$(BIN)/lint-imports --no-timing > /dev/null || $(BIN)/lint-imports

unit: $(BIN)/dev.stamp ## Tests: unit, property, HTTP against a running server, data, README
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

clean: ## Remove the environment and caches
	rm -rf $(VENV) dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
