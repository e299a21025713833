# Every command of the project. `make help` lists them.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
# Yours to edit: FROM and UNTIL of `make run`, if the dates of the DAGs are not meant, and targets of your own.
-include project.mk benchmarks/targets.mk
INSTALLED := $(VENV)/.installed
# The folders of the pipelines: DVC projects.
PIPELINES := $(if $(wildcard dvc.yaml),.) $(patsubst %/.dvc,%,$(wildcard pipelines/*/.dvc))
# A project need not have tests of its own, slow ones, or some with real servers. The contracts always run.
MAY_BE_NONE := || test $$? -eq 5

# Tests write many small files. Memory takes them faster than a disk, where there is room and programs may run.
MEMORY := /dev/shm
export PYTEST_DEBUG_TEMPROOT ?= $(shell \
  test "$$(df --output=avail -BG $(MEMORY) 2>/dev/null | tail -n 1 | tr -dc 0-9)" -ge 8 2>/dev/null && \
  ! findmnt -no OPTIONS $(MEMORY) | grep -qw noexec && echo $(MEMORY))

.DEFAULT_GOAL := help
.PHONY: help setup run up cluster test test-all contracts dags dry plan lint deploy-check docs audit lock add clean

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

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
LAPTOP := --extra local --extra otel --extra catboost --extra lightgbm --extra onnx --extra xgboost
# The images have the versions that the laptop has.
IMAGE := $(COMPILE) --group project --constraint requirements.lock
STAGES := --extra gates --extra drift --extra environments --extra s3
lock: ## resolve pyproject.toml into requirements.lock and the locks of the images, and each requirements/*.in and pipelines/*/*.in into its lock file
	@test -x $(BIN)/uv || $(MAKE) setup
	@$(WITH_INDEX) $(COMPILE) $(LAPTOP) --group dev --group docs --group project pyproject.toml --output-file requirements.lock
	@$(WITH_INDEX) $(IMAGE) --extra cluster pyproject.toml --output-file deploy/image/airflow.lock
	@$(WITH_INDEX) $(IMAGE) $(STAGES) pyproject.toml --output-file deploy/image/stages.lock
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
	@$(BIN)/trimtab loop $(if $(FROM),--from $(FROM)) $(if $(UNTIL),--until $(UNTIL))

up: setup ## start Airflow and MLflow with the state of the last run; Ctrl-C ends both
	@$(BIN)/trimtab up

$(VENV)/.cluster: requirements/cluster.lock $(INSTALLED)
	@$(WITH_INDEX) \
	  $(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --compile-bytecode --requirement requirements/cluster.lock
	@touch $@

cluster: setup $(VENV)/.cluster ## the services of production as processes of this machine, with the last commit; Ctrl-C ends all
	@$(BIN)/python -m deploy.cluster

test: contracts ## the contracts, the fast tests, then those with the real Airflow and MLflow
	@$(BIN)/pytest -q -n 3 --dist worksteal -m "not contract and not e2e and not slow" $(MAY_BE_NONE)
	@$(BIN)/pytest -q -n 2 --dist loadgroup -m "e2e and not slow" $(MAY_BE_NONE)

test-all: test ## all tests, the slow ones too
	@$(BIN)/pytest -q -n 2 --dist loadgroup -m "slow and not cluster" $(MAY_BE_NONE)

contracts: setup ## what each pipeline and each DAG file has to fulfil; needs no data
	@$(BIN)/pytest -q --contracts

dags: setup ## import every DAG file with Airflow, and check the conventions of DAGs
	@$(BIN)/pytest -q --contracts -k conventions_of_a_dag $(MAY_BE_NONE)

dry: setup ## what `dvc repro` would run in each pipeline; needs no data, runs nothing
	@for folder in $(PIPELINES); do echo "$$folder"; (cd "$$folder" && $(CURDIR)/$(BIN)/dvc repro --dry --allow-missing) || exit 1; done

plan: setup ## write plan.md: what a run of each pipeline would execute, and why; needs no data
	@: > plan.md
	@for folder in $(PIPELINES); do (cd "$$folder" && $(CURDIR)/$(BIN)/trimtab plan --allow-missing --markdown) >> plan.md || exit 1; done
	@cat plan.md

lint: setup ## ruff, mypy (strict in the library) and the import contracts
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

deploy-check: setup ## check deploy/ with the tools that read it; AIRFLOW_CHART=FILE, an archive of the chart, renders it
	@$(BIN)/trimtab exec --environment requirements/deploy.lock -- python -m pytest -q -p no:cacheprovider deploy/checks

docs: setup ## build the docs site, with pages made from the code, into docs/_build/html; needs no network
	@AIRFLOW_HOME=$(CURDIR)/docs/_build/airflow $(BIN)/sphinx-build --quiet --fail-on-warning --keep-going docs docs/_build/html
	@echo "docs/_build/html/index.html"

audit: setup ## compare the lock file with ADVISORIES=DIR, a clone of github.com/pypa/advisory-database; needs no network
	@$(BIN)/python -m tools.audit $(ADVISORIES)

clean: ## remove .venv and the local state; DVC's cache stays
	rm -rf $(VENV) .trimtab docs/_build docs/api docs/reference .pytest_cache .ruff_cache .mypy_cache .hypothesis .import_linter_cache plugins/*.egg-info
