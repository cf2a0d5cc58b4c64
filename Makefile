# Everything a newcomer and a maintainer run. Needs make, Python 3.11 or newer, and a package index.

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' \
	>/dev/null 2>&1 && command -v $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= auto
SOURCES := app migrations tests bench

.PHONY: serve demo test lint lock format bench clean browser

serve: $(VENV)/.installed ## start Homeroom on http://127.0.0.1:8000
	@exec $(BIN)/homeroom serve

demo: $(VENV)/.installed ## hold a whole class against the running server
	@$(BIN)/homeroom demo

test: $(VENV)/.developer browser ## all tests, the browser's included
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

lint: $(VENV)/.developer ## style, types, the order of the layers
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.developer ## write the style, and the tables and calls in README and docs that are made
	$(BIN)/ruff check --fix-only $(SOURCES)
	$(BIN)/ruff format $(SOURCES)
	PYTHONPATH=.:bench $(BIN)/python tests/operations.py
	PYTHONPATH=.:bench $(BIN)/python tests/distribution.py
	$(BIN)/python bench/report.py

# python-jose works with `cryptography` alone; the parts that it would bring for machines without are left out.
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	--no-emit-package ecdsa --no-emit-package rsa --no-emit-package pyasn1

lock: $(VENV)/.developer ## write down the versions and hashes that the image is made of; UPGRADE=--upgrade for newer ones
	$(LOCK) $(UPGRADE) pyproject.toml --output-file .image/requirements.txt
	$(LOCK) $(UPGRADE) .image/build.in --output-file .image/build.txt

bench: $(VENV)/.developer ## measure; table in the README, figures in bench/results.json
	$(BIN)/python bench/run.py

clean: ## remove what was built; the data in .homeroom stay
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Homeroom needs Python 3.11 or newer with venv (Debian: apt install python3-venv)."; exit 1; }
	$(PYTHON) -m venv $(VENV)

# The stamps are older than pyproject.toml after a change of dependencies, and the install runs again.
$(VENV)/.installed: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/.developer: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@ $(VENV)/.installed

# The browser tests drive the system's Chromium.
browser:
	@if command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium; \
	else \
		echo "The browser tests need Chromium: install it (Debian: apt install chromium; macOS: brew install chromium)."; exit 1; \
	fi
