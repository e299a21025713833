# Every command of the project. `make help` lists them.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
# The logical dates of the main job: the data of the example cover 2013.
FROM ?= 2013-06-01
UNTIL ?= 2014-01-01
INSTALLED := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help setup run up test test-all lint docs audit lock add benchmark benchmark-gates clean

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(INSTALLED) ## create .venv from the lock file; skipped if nothing changed

# uv does not read pip's configuration, so the index that pip is configured with is passed on.
WITH_INDEX = index=$$($(BIN)/pip config get global.index-url 2>/dev/null); [ -z "$$index" ] || export UV_DEFAULT_INDEX="$$index";

# uv comes from the lock file too, with its hash checked. It installs four times as fast as pip.
$(INSTALLED): requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the locked packages into $(VENV): 1.6 GB, a minute or two the first time"
	@awk '/^uv==/ {found = 1} found {print} found && !/\\$$/ {exit}' requirements.lock > $(VENV)/uv.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --no-deps --requirement $(VENV)/uv.txt
	@$(WITH_INDEX) \
	  $(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes --compile-bytecode requirements.lock && \
	  $(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

# Does not depend on `setup`, which would install the old lock file first. The other lock files are for stages
# with an environment of their own: docs/forking.md.
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
  --custom-compile-command "make lock"
lock: ## resolve pyproject.toml into requirements.lock, and each requirements/*.in and pipelines/*/*.in into its lock file
	@test -x $(BIN)/uv || $(MAKE) setup
	@$(WITH_INDEX) $(COMPILE) --all-extras --group dev --group docs --group project pyproject.toml --output-file requirements.lock
	@$(WITH_INDEX) for file in $(wildcard requirements/*.in pipelines/*/*.in); do \
	  echo "$$file"; $(COMPILE) "$$file" --output-file "$${file%.in}.lock" || exit 1; \
	done

add: ## add PACKAGE=name to the packages of your stages in pyproject.toml, lock and install
	@test -n "$(PACKAGE)" || { echo "name the package: make add PACKAGE='name>=2'"; exit 2; }
	@test -x $(BIN)/uv || $(MAKE) setup
	@$(BIN)/uv add --quiet --frozen --group project "$(PACKAGE)"
	@$(MAKE) lock
	@$(MAKE) setup

run: setup ## the main job on a local Airflow and MLflow: train, gate, register, check for drift, retrain
	@$(BIN)/trimtab loop --from $(FROM) --until $(UNTIL)

up: setup ## start Airflow and MLflow with the state of the last run; Ctrl-C ends both
	@$(BIN)/trimtab up

test: setup ## the fast tests, then those with the real Airflow and MLflow
	@$(BIN)/pytest -q -n 3 --dist worksteal -m "not e2e and not slow"
	@$(BIN)/pytest -q -n 2 --dist loadgroup -m "e2e and not slow"

test-all: test ## all tests, the slow ones too
	@$(BIN)/pytest -q -n 2 --dist loadgroup -m slow

lint: setup ## ruff, mypy (strict in the library) and the import contracts
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

docs: setup ## build the docs site, with API pages from the docstrings, into docs/_build/html; needs no network
	@AIRFLOW_HOME=$(CURDIR)/docs/_build/airflow $(BIN)/sphinx-build --quiet --fail-on-warning --keep-going docs docs/_build/html
	@echo "docs/_build/html/index.html"

audit: setup ## compare the lock file with ADVISORIES=DIR, a clone of github.com/pypa/advisory-database; needs no network
	@$(BIN)/python -m tools.audit $(ADVISORIES)

benchmark: setup ## time the engine beside `dvc repro` and Snakemake; ARGS="--help" lists the parts
	@$(BIN)/python -m benchmarks.engine $(ARGS)

benchmark-gates: setup ## time the data gate beside plain Great Expectations, pandera and Polars
	@$(BIN)/python -m benchmarks.gates $(ARGS)

clean: ## remove .venv and the local state; DVC's cache stays
	rm -rf $(VENV) .trimtab docs/_build docs/api .pytest_cache .ruff_cache .mypy_cache .hypothesis .import_linter_cache plugins/*.egg-info
