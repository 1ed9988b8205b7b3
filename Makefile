# `make run` and `make test` are all a stranger needs; both make .venv where it is missing.
PYTHON ?= python3
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help run test fix check clean
.DEFAULT_GOAL := help

help: ## Say what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 16

run: .venv/.run ## Run the benchmark on the embedded default and draw the leaderboard
	@$(BIN)/fatigue-bench run

# Some hundred processes import the package, so its bytecode is kept even where the environment forbids it.
test: .venv/.dev ## Run the tests
	@PYTHONDONTWRITEBYTECODE= OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist worksteal

fix: .venv/.dev ## Format, and mend what can be mended
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

check: .venv/.dev ## Lint, types, import order
	@$(BIN)/ruff format --check . && $(BIN)/ruff check . && $(BIN)/mypy && $(BIN)/lint-imports

clean: ## Remove the environment
	rm -rf .venv

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed, and $(PYTHON) is older: run make with PYTHON=python3.11 or the like." >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
	  || { echo "The venv module of Python is missing: install it (on Debian and Ubuntu: apt install python3-venv) and try again." >&2; exit 2; }
	@$(PYTHON) -m venv .venv

# A torch that is importable already (a CPU build, say) is kept, so the pin of torch is left out for it.
.venv/.run: .venv/bin/python pyproject.toml constraints.txt
	@$(BIN)/python -c 'import torch' 2>/dev/null || $(BIN)/pip install -q -c constraints.txt torch
	@grep -v '^torch==' constraints.txt > .venv/constraints.txt
	@$(BIN)/pip install -q -c .venv/constraints.txt -e '.[synth]'
	@touch $@

.venv/.dev: .venv/.run
	@$(BIN)/pip install -q -c .venv/constraints.txt -e '.[synth,dev]'
	@touch $@
