# Every command of the project. `make help` lists them.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help setup run up test test-all lint audit lock benchmark benchmark-gates clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(INSTALLED) ## make .venv from the lock file; skipped while nothing changed

# uv comes from the lock file too, hash-checked; it installs in a quarter of pip's time. It does not read pip's
# configuration, so an index of your own that pip knows is handed on.
$(INSTALLED): requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the locked packages into $(VENV): 1.3 GB, a minute or two the first time"
	@awk '/^uv==/ {found = 1} found {print} found && !/\\$$/ {exit}' requirements.lock > $(VENV)/uv.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --no-deps --requirement $(VENV)/uv.txt
	@index=$$($(BIN)/pip config get global.index-url 2>/dev/null); [ -z "$$index" ] || export UV_DEFAULT_INDEX="$$index"; \
	  $(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes --compile-bytecode requirements.lock && \
	  $(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

# Not after `setup`: that installs the old lock, and removes what was just added to pyproject.toml.
lock: ## resolve pyproject.toml anew into requirements.lock; `make setup` then installs it
	@test -x $(BIN)/uv || $(MAKE) setup
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --custom-compile-command "make lock" --group dev --group example pyproject.toml --output-file requirements.lock

run: setup ## the main job: train, gate, register, watch for drift, retrain, on a local Airflow and MLflow
	@$(BIN)/trimtab loop

up: setup ## keep Airflow's and MLflow's pages open, with the state of the last run; Ctrl-C ends both
	@$(BIN)/trimtab up

test: setup ## the tests, fast ones first, the real Airflow and MLflow last
	@$(BIN)/pytest -q -n 2 -m "not e2e and not slow"
	@$(BIN)/pytest -q -n 2 --dist loadgroup -m "e2e and not slow"

test-all: test ## the tests, and the long ones too
	@$(BIN)/pytest -q -n 2 --dist loadgroup -m slow

lint: setup ## ruff, mypy (strict on the library) and the import contracts
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

audit: setup ## the locked packages against ADVISORIES=DIR, a clone of github.com/pypa/advisory-database; needs no network
	@$(BIN)/python -m tools.audit $(ADVISORIES)

benchmark: setup ## the engine beside `dvc repro` and Snakemake; ARGS="--help" tells how to measure a part
	@$(BIN)/python -m benchmarks.engine $(ARGS)

benchmark-gates: setup ## the data gate beside plain Great Expectations, pandera and Polars
	@$(BIN)/python -m benchmarks.gates $(ARGS)

clean: ## remove .venv and the local state, DVC's cache excepted
	rm -rf $(VENV) .trimtab .pytest_cache .ruff_cache .mypy_cache .hypothesis .import_linter_cache plugins/*.egg-info
