# Targets of the Makefile that no fork has.
.PHONY: benchmark benchmark-gates benchmark-new

benchmark: setup ## time the engine beside `dvc repro` and Snakemake; ARGS="--help" lists the parts
	@$(BIN)/python -m benchmarks.engine $(ARGS)

benchmark-gates: setup ## time the data gate beside plain Great Expectations, pandera and Polars
	@$(BIN)/python -m benchmarks.gates $(ARGS)

benchmark-new: setup ## time a new project until its first champion, count conflicts of updates, try other templates
	@$(BIN)/python -m benchmarks.new_project $(ARGS)

.PHONY: cluster-test
cluster-test: setup $(VENV)/.cluster ## the loop on the cluster of `make cluster`, with faults; with FAULTS_PAGE=docs/faults.md the table of the docs
	@$(BIN)/pytest -q -s -m cluster tests/library/deploy
