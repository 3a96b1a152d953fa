# make help lists what there is. Everything lives in this folder: .venv, .venvs, .aws-sam and .local.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
MEGABYTES ?= 50
SECONDS ?= 60
SEED ?= 1
OUTAGE ?= 60
DOCUMENTS ?= 40
OUTAGE_DOCUMENTS ?= 5000
PIP_FLAGS := --quiet --disable-pip-version-check

.PHONY: help setup demo down test lint docs format bench soak fuzz chaos clean chromium

help: ## List the commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

setup: .venv/.installed .venvs/aws/.installed .venvs/runtime/.installed .venvs/sam/.installed .venvs/contract/.installed chromium ## Make the virtual environments

.venv/.installed: pyproject.toml
	@echo "Setting up the connector's environment (.venv) ..."
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install $(PIP_FLAGS) -e ".[dev]"
	@touch $@

# Only the tests of the web page need it; without it they are skipped, in CI they fail.
chromium:
	@command -v chromium >/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "Installing chromium ..."; \
	    apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium >/dev/null; fi; } \
	|| echo "chromium could not be installed: the tests of the web page are skipped."
	@command -v chromium >/dev/null || echo "For the tests of the web page: apt-get install chromium"

.venvs/aws/.installed: local/aws/requirements.txt
.venvs/runtime/.installed: local/aws/runtime-requirements.txt
.venvs/sam/.installed: local/sam-requirements.txt
.venvs/docs/.installed: tools/docs-requirements.txt
.venvs/checkov/.installed: tools/checkov-requirements.txt
.venvs/fuzz/.installed: tests/fuzz/requirements.txt
.venvs/bench/.installed: tests/benchmarks/requirements.txt
.venvs/contract/.installed: tests/contract/requirements.txt
.venvs/%/.installed:
	@echo "Setting up .venvs/$* ..."
	@$(PYTHON) -m venv .venvs/$*
	@.venvs/$*/bin/pip install $(PIP_FLAGS) -r $<
	@touch $@

demo: setup ## Run the main job: partners' EDI becomes Visma documents (KEEP=1 leaves it running)
	@$(BIN)/ml-connector demo $(if $(KEEP),--keep)

down: ## Stop what make demo KEEP=1 left running
	@if [ -x $(BIN)/python ]; then $(BIN)/python -m local.demo down; else echo "Nothing is running."; fi

test: setup .venvs/bench/.installed ## Run the tests
	@$(BIN)/pytest -q -n 2 --dist loadgroup

lint: setup .venvs/lint/.installed .venvs/checkov/.installed ## Check style, types, arrows, template and state machines
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python -m tools.check_template
	@$(MAKE) --no-print-directory docs

docs: .venvs/docs/.installed ## Build the documentation into .local/site, without a warning
	@NO_MKDOCS_2_WARNING=1 .venvs/docs/bin/mkdocs build --strict --quiet

.venvs/lint/.installed: tools/package.json
	@mkdir -p .venvs/lint
	@cp tools/package.json .venvs/lint/ && cd .venvs/lint && npm install --silent --no-audit --no-fund --no-package-lock
	@touch $@

bench: setup .venvs/bench/.installed ## Measure speed, memory and calls to Visma (MEGABYTES=50)
	@$(BIN)/python tests/benchmarks/edi_reading.py --megabytes $(MEGABYTES)
	@$(BIN)/python tests/benchmarks/edi_validation.py --megabytes $(MEGABYTES)
	@$(BIN)/python tests/benchmarks/codecs.py
	@$(BIN)/python -m tests.benchmarks.mapping
	@$(BIN)/python -m tests.benchmarks.visma_calls
	@$(BIN)/python -m tests.benchmarks.cold_start

fuzz: .venvs/fuzz/.installed ## Feed the EDI core damaged bytes (SECONDS=60)
	@.venvs/fuzz/bin/python tests/fuzz/fuzz_edi.py -max_total_time=$(SECONDS)

soak: setup ## Run the models of polling and sending for long (SECONDS=60), then the whole posting matrix and every try of the Visma simulator (4 minutes), an outage of six hours (OUTAGE_DOCUMENTS=5000), with MESSAGES=10000 a large interchange after them
	@$(BIN)/python -m tests.soak --seconds $(SECONDS)
	@$(BIN)/python -m tests.soak.posting_matrix
	@ML_CONNECTOR_TRY_ALL=1 $(BIN)/pytest -q tests/contract/test_visma_simulator_tried.py
	@$(BIN)/python -m tests.soak.outage --documents $(OUTAGE_DOCUMENTS)
	@$(if $(MESSAGES),$(BIN)/python -m tests.soak.large_interchange --messages $(MESSAGES))

chaos: setup ## Run the whole system under faults, kills and an outage (SECONDS=60, SEED=1, DOCUMENTS=40, OUTAGE=60)
	@$(BIN)/python -m tests.chaos --seconds $(SECONDS) --seed $(SEED) --documents $(DOCUMENTS) --outage $(OUTAGE)

format: setup ## Put the code in its form
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

clean: down ## Remove everything made here
	@rm -rf .venv .venvs .aws-sam .local
