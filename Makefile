# Commands for people. `make` lists them.
.DEFAULT_GOAL := help
.PHONY: help setup demo test browser check format bench mutants faults fuzz money migration lock screenshots lifecycle clean

python := .venv/bin/python
run := .venv/bin/

help: ## List the commands
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

setup: .venv/ready ## Make .venv with pinned packages and the page assets

.venv/ready: requirements/dev.txt tools/set_up.py package-lock.json
	@python3 tools/set_up.py

demo: setup ## Serve a demonstration with people and claims on a demonstration date
	@$(run)claims demo

test: setup ## Run all tests, on SQLite and PostgreSQL, in the browser
	@$(python) -m tools.tests

browser: setup ## Walk every journey in Chromium: wide and narrow, with scripts and without, by keyboard
	@BROWSER_WAYS=all $(python) -m pytest -n 0 tests/browser/test_whole_job.py tests/browser/test_*_journeys.py

check: setup ## Everything CI runs: format, lint, types, imports, tests
	@$(run)ruff format --check .
	@$(run)ruff check .
	@$(run)mypy
	@$(run)lint-imports
	@$(MAKE) --no-print-directory test

format: setup ## Format the code and mend what can be mended
	@$(run)ruff format .
	@$(run)ruff check --fix .

bench: setup ## Measure, and write docs/performance.md
	@$(run)pip install --quiet --no-deps --require-hashes -r requirements/bench.txt
	@$(python) -m bench.run

mutants: setup ## Change the rules in thousands of small ways; the tests must notice
	@$(python) -m tools.mutants

faults: setup ## Kill the server at random instants, hundreds of times; nothing may be lost or doubled
	@$(python) -m tests.faults.run --times 100
	@$(python) -m tests.faults.run_reminding
	@$(python) -m tests.faults.run_pairs --write

fuzz: setup ## Send the API 20,000 requests of every shape, and compare 10,000 claims with claims assess
	@$(python) -m tests.web.api.fuzz

money: setup ## Live 10,000 claims at random and compare every penny after every act; writes docs/money.md
	@$(python) -m tests.money.run --write

migration: setup ## Write a migration from the models: make migration message="give claims a deadline"
	@$(python) -m tools.migration "$(message)"

lock: setup ## Pin requirements again, with hashes and without addresses
	@$(python) -m tools.lock

screenshots: setup ## Take the pictures in docs/ again
	@$(python) -m tools.screenshots

lifecycle: setup ## Draw docs/lifecycle.md again from the table of moves
	@$(python) -m tools.lifecycle_picture

clean: ## Remove what was made: environment, assets, caches
	@rm -rf .venv claims/web/static/govuk node_modules var mutants .pytest_cache .mypy_cache .ruff_cache .hypothesis
