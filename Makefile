# Sets Penjing up in .venv and runs it. `make` alone lists what there is.
# The same by hand, on any system: python -m venv .venv, then pip install -e '.[all,dev]' in it.

PYTHON ?= python3
PYTEST_ARGS ?=
# Two processes share the tests: most wait for a process of their own, or use one core. WORKERS=0 runs them in one.
WORKERS ?= 2
SIDE_BY_SIDE := --numprocesses $(WORKERS) --dist worksteal
VENV := .venv
PY := $(VENV)/bin/python
# One stamp for each state of pyproject.toml and each place of the clone: the second call installs nothing.
STAMP := $(VENV)/.installed-$(shell { cat pyproject.toml; pwd; } | cksum | cut -d ' ' -f 1)
OFFSCREEN := QT_QPA_PLATFORM=offscreen

.DEFAULT_GOAL := help
.PHONY: help app demo test test-all check format bench screenshots wheel translations icons clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

$(STAMP): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "penjing: Python 3.11 or later is needed: $$($(PYTHON) --version 2>&1) was found; set PYTHON=/path/to/python" >&2; exit 1; }
	@echo "Setting up $(VENV): this takes a few minutes the first time, and nothing after that."
	@$(PYTHON) -m venv $(VENV)
	@$(PY) -m pip install --quiet --editable '.[all,dev]'
	@bash packaging/system-packages.sh $(PY) offscreen
	@rm -f $(VENV)/.installed-*
	@touch $@

app: $(STAMP) ## set up and open the window on the sample (without a display: the same job in the terminal)
	@if [ "$$(uname)" = Linux ] && [ -z "$$DISPLAY$$WAYLAND_DISPLAY$$QT_QPA_PLATFORM" ]; then \
	  echo "No display was found (DISPLAY and WAYLAND_DISPLAY are not set), so the same job runs in the terminal: penjing demo"; \
	  exec $(VENV)/bin/penjing demo; \
	else \
	  bash packaging/system-packages.sh $(PY) display; \
	  exec $(VENV)/bin/penjing app sample:digits-cnn; \
	fi

demo: $(STAMP) ## the whole job on the sample, in the terminal
	@$(VENV)/bin/penjing demo

test: $(STAMP) ## all tests but the slow ones; PYTEST_ARGS=… is handed on
	$(OFFSCREEN) $(PY) -m pytest $(SIDE_BY_SIDE) $(PYTEST_ARGS)

test-all: $(STAMP) ## all tests, the slow ones too
	$(OFFSCREEN) $(PY) -m pytest -m '' $(SIDE_BY_SIDE) $(PYTEST_ARGS)

check: $(STAMP) ## lint, format, types, walls, translations
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(VENV)/bin/lint-imports
	$(PY) packaging/translations.py check

format: $(STAMP) ## put the sources into form
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

bench: $(STAMP) ## measure start-up, responsiveness, curves, training and counting speed on this machine
	$(OFFSCREEN) $(PY) tests/bench/startup.py
	$(OFFSCREEN) $(PY) tests/bench/responsiveness.py
	$(OFFSCREEN) $(PY) tests/bench/curves.py
	$(OFFSCREEN) $(PY) tests/bench/inspect_table.py
	$(PY) tests/bench/training.py
	$(PY) tests/bench/costs.py --install

screenshots: $(STAMP) ## take docs/images anew
	@bash packaging/system-packages.sh $(PY) fonts
	$(OFFSCREEN) $(PY) packaging/screenshots.py

translations: $(STAMP) ## collect the window's texts and compile their translations
	$(PY) packaging/translations.py update

icons: $(STAMP) ## draw the program's icon in all sizes from its SVG
	$(OFFSCREEN) $(PY) packaging/icons.py

wheel: $(STAMP) ## build the wheel into dist/
	$(PY) -m pip wheel --quiet --no-deps --wheel-dir dist .
	@ls dist

clean: ## remove what was built, but not .venv
	rm -rf build dist wheelhouse .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find core gui resources tests packaging -name __pycache__ -type d -prune -exec rm -rf {} +
