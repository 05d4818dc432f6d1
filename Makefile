# Thin: each target is the command you would type. Stamps in .venv make repeats quick.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: demo test check bench

demo: $(VENV)/.base  ## summarise the sample articles; installs the base package only, no torch
	$(BIN)/summarize data/articles/*.txt

test: $(VENV)/.dev  ## all tests, on every core
	$(BIN)/python -m pytest --numprocesses logical --maxprocesses 8 --dist loadfile

check: $(VENV)/.dev  ## format, lint, types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: $(VENV)/.base  ## documents per second of the installed model on this machine
	$(BIN)/python scripts/benchmark.py

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.base: pyproject.toml constraints.txt | $(BIN)/python
	$(INSTALL) --editable .
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt | $(BIN)/python
	$(INSTALL) --editable '.[dev]'
	@touch $@ $(VENV)/.base
