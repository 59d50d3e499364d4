# diemcau: one command each.  Needs python >= 3.11 with venv, and make; nothing else.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-virtualenv

.PHONY: help run test check browser-ready bench faults zones picture lock clean

help: ## list the commands
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

run: $(VENV)/.ready ## set everything up and serve on http://127.0.0.1:8080 with demo data
	@DIEMCAU_DEMO=$${DIEMCAU_DEMO-1} DIEMCAU_DATA="$${DIEMCAU_DATA:-.diemcau}" exec $(BIN)/diemcau serve

test: $(VENV)/.ready-dev browser-ready check ## every check and every test: what CI runs
	@$(BIN)/python -m pytest --numprocesses auto --dist worksteal

check: $(VENV)/.ready-dev ## format, lint, types, import contracts
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: $(VENV)/.ready-dev ## the figures of docs/figures.md as ratios, each beside its floor
	@$(BIN)/python -m tests.bench

faults: $(VENV)/.ready-dev browser-ready ## the long races, kills and properties
	@$(BIN)/python -m pytest tests/faults tests/browser --faults -rs

browser-ready: $(VENV)/.ready-dev
	@$(BIN)/python -m tests.browser.chromium

zones: $(VENV)/.ready-dev browser-ready ## the whole suite on machines of four zones
	@for zone in UTC Asia/Ho_Chi_Minh America/New_York Pacific/Chatham; do \
		echo "$$zone"; TZ=$$zone $(BIN)/python -m pytest -q --numprocesses auto --dist worksteal || exit 1; done

picture: $(VENV)/.ready-dev browser-ready ## README's picture, made by the test of the whole way
	@$(BIN)/python -m pytest tests/browser/test_whole_way.py
	@cp tests/browser/shots/conference.png docs/screenshot.png

lock: $(VENV)/.ready-dev ## resolve the newest versions again (needs uv)
	@for name in requirements requirements-dev; do \
		uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
			--no-emit-index-url --no-emit-find-links --no-header $$name.in -o $$name.txt; done

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("diemcau needs python 3.11 or newer" if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.ready: requirements.txt pyproject.toml | $(VENV)/bin/python
	@echo "diemcau: installing what it needs into $(VENV) (once)"
	@$(INSTALL) --require-hashes -r requirements.txt
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.ready-dev: requirements-dev.txt $(VENV)/.ready
	@echo "diemcau: installing the test tools into $(VENV) (once)"
	@$(INSTALL) --require-hashes -r requirements-dev.txt
	@touch $@

clean: ## remove the environment and caches, never the data
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache *.egg-info
