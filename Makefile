# Each target is explained by `make help`.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup demo serve test test-long coverage lint types format check bench bench-api docs screenshots lock messages wheel clean

BIN := .venv/bin
PYTEST_ARGS ?=
COVERING := tests/api tests/unit/intake tests/unit/services/test_jobs.py tests/unit/store/test_audit_chain.py \
  tests/integration/test_cli_keys.py tests/integration/test_import_datasets.py tests/integration/test_cli_writing.py \
  tests/integration/test_cli_incidents.py

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## make .venv with the locked packages; Java, Maven, Neo4j's jars and Chromium for the tests
	@tools/setup.sh

demo: ## ask the demo's question: only what tracegraph needs to run is installed
	@tools/setup.sh --runtime
	@$(BIN)/tracegraph demo

serve: ## show the demo's pages and API to this computer, until Ctrl-C (PORT=8000): only what tracegraph needs is installed
	@tools/setup.sh --runtime
	@$(BIN)/tracegraph serve --demo --port $(or $(PORT),8000)

test: setup ## run all tests, on SQLite and on a real Neo4j (PYTEST_ARGS="-k name" for some)
	@$(BIN)/pytest -q -n 2 --dist loadgroup $(PYTEST_ARGS)

test-long: setup ## run the tests that take minutes: drills with real servers, a quarter of an hour and more
	@$(BIN)/pytest -q -m long $(PYTEST_ARGS)

coverage: setup ## say which branches of authorisation, audit trail and imports no test takes; refuse more than 1 %
	@$(BIN)/coverage run -m pytest -q -m "not neo4j and not long" $(COVERING)
	@$(BIN)/coverage report

lint: setup ## look for mistakes and for another format than ours
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: setup ## check all types, tests included
	@$(BIN)/mypy

format: setup ## put all Python files into our format
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

check: lint types test ## all that must hold before a commit

bench: setup ## measure speed and memory, on both stores
	@$(BIN)/python tests/neo4j_server.py run --profile bench -- $(BIN)/python -m bench

bench-api: setup ## measure the served API beside the library, one minute (BENCH_ARGS="--minutes 10"; --soak 60)
	@$(BIN)/python -m bench.api $(BENCH_ARGS)

docs: setup ## make the generated pages again (the query list, the schemas of the answers)
	@$(BIN)/python tools/docs.py

screenshots: setup ## take the pictures of the pages again, in Chromium
	@$(BIN)/python tools/screenshots.py

lock: setup ## make the lock files again from pyproject.toml (LOCK_ARGS=--upgrade for newer versions)
	@tools/lock.sh $(LOCK_ARGS)

messages: setup ## bring the message catalogues up to date with the code, and say what is to be translated
	@$(BIN)/python tools/messages.py

wheel: setup ## build source distribution and wheel into dist/ (the wheel by way of the former, so that nothing ignored ships)
	@$(BIN)/python -m build --no-isolation

clean: ## remove what was built; .venv stays
	@rm -rf build dist .coverage .mypy_cache .ruff_cache .pytest_cache .hypothesis tools/neo4j/target tools/verapdf/target bench/work
	@find . -name __pycache__ -type d -not -path './.venv/*' -prune -exec rm -rf {} +
