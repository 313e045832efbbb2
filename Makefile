# Everything runs from .venv, which `setup` makes from the pinned requirements.
.DEFAULT_GOAL := help
.PHONY: help setup demo demo-picture test quick test-browser test-pooler test-mariadb test-tools test-lambda-python lambda bench bench-reading patterns peak pooler chunking drills campaign validate-planner nightly soak plan check format \
	diagrams package wheelhouse docs handouts serve lock map wheels clean

export NO_MKDOCS_2_WARNING := 1 # decision 86 has it
unexport PYTHONDONTWRITEBYTECODE # else each of the hundreds of interpreters that tests start compiles every library anew

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
PIP := $(BIN)/pip install --quiet --disable-pip-version-check

$(READY): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed: make PYTHON=python3.12 setup"; exit 1; }
	@echo "setting up .venv (a minute or two, once)"
	@$(PYTHON) -m venv .venv
	@$(PIP) uv
	@$(BIN)/uv pip install --quiet --no-deps --python .venv --requirement requirements.txt \
		|| $(PIP) --no-deps --requirement requirements.txt # where an index is known to pip alone
	@$(PIP) --no-deps --editable .
	@touch $@

# Its variables go on through the environment, where make puts them: no shell sees their quotes.
demo: $(READY) ## Start: 300 receipts, end to end; COUNT= RATE= RECEIPTS=folder
	@$(BIN)/receipts-lab demo

demo-picture: $(READY) ## Look: Draw the README's animation from the recorded run
	@$(BIN)/receipts-lab demo-picture

test: $(READY) ## Start: Run the tests, on two cores
	@$(BIN)/pytest -n 2 --dist loadfile

serve: $(READY) ## Start: Show the workshop site, and again after each change
	@$(BIN)/mkdocs serve

setup: $(READY) ## Start: Make .venv; the others do it when it is missing or old

help: ## Start: Say what there is to make
	@for group in Start Look Check Prove Measure Ship; do \
		echo "$$group"; \
		sed -n "s/^\([a-z-]*\):.*## $$group: \(.*\)/\1|\2/p" $(MAKEFILE_LIST) \
			| awk -F '|' '{printf "  make %-18s %s\n", $$1, $$2}'; \
	done

quick: $(READY) ## Check: Run what starts no process, in under a minute
	@$(BIN)/pytest -q -n 2 -m 'not slow' --ignore tests/diagrams

test-browser: $(READY) ## Check: Look at pages and diagrams in a browser (Chromium)
	@$(BIN)/pytest tests/browser

test-pooler: $(READY) ## Check: Start the agent behind a real PgBouncer
	@$(BIN)/pytest tests/pgbouncer

test-mariadb: $(READY) ## Check: Hold the inbox in a real MariaDB to its contract
	@$(BIN)/pytest tests/receipts/agent/contract tests/mariadb --database mariadb

test-tools: $(READY) ## Check: Read archives and images by other programs
	@$(BIN)/pytest tests/real_tools

LAMBDA_VENV := .cache/lambda/venv
FIND_LAMBDA_PYTHON := from lab.prove.lambda_run.python import lambda_python as found; it = found(); print(it.executable if it.is_lambdas else "")
test-lambda-python: $(READY) ## Check: Run the pattern's tests on Lambda's Python, if here
	@python=$$($(BIN)/python -c '$(FIND_LAMBDA_PYTHON)'); \
	if [ -z "$$python" ]; then echo "LEFT OUT: Lambda's Python was not found, on PATH, of pyenv, or of uv"; exit 0; fi; \
	if ! [ $(LAMBDA_VENV)/.ready -nt requirements.txt ]; then \
		$(BIN)/uv venv --quiet --clear --seed --python "$$python" $(LAMBDA_VENV) || exit 1; \
		$(BIN)/uv pip install --quiet --python $(LAMBDA_VENV) --requirement requirements.txt \
			|| $(LAMBDA_VENV)/bin/python -m pip install --quiet --requirement requirements.txt || exit 1; \
		touch $(LAMBDA_VENV)/.ready; \
	fi; \
	$(LAMBDA_VENV)/bin/pytest -n 2 --dist loadfile tests/receipts tests/reading

lambda: $(READY) ## Prove: Run the package as Lambda would; RECORD=1 keeps calls
	@$(BIN)/receipts-lab lambda $(if $(RECORD),--record)

bench: $(READY) ## Measure: A batch, and the agent at a distance (30 minutes)
	@$(BIN)/receipts-lab bench
	@$(BIN)/receipts-lab distance

bench-reading: $(READY) ## Measure: Reading, on labelled receipts; RECEIPTS=folder
	@$(BIN)/receipts-lab bench-reading $(RECEIPTS) $(if $(SOFT),--soft $(SOFT))

LONG_PEAK := --long --out docs/data/peak_long.json --figures build/peak-long
peak: $(READY) ## Measure: Database breaks, holds (30 minutes); LONG=1 WATCH=1
	@$(BIN)/receipts-lab peak $(if $(WATCH),--watch $(if $(LONG),--long),$(if $(LONG),$(LONG_PEAK)))

pooler: $(READY) ## Measure: Functions behind a pooler, as RDS Proxy (2 minutes)
	@$(BIN)/receipts-lab pooler

chunking: $(READY) ## Measure: The same work in 1 to 600 pieces, by the model
	@$(BIN)/receipts-lab chunking

drills: $(READY) ## Prove: Break one real part after another; ONLY=part of a name
	@$(BIN)/receipts-lab drills $(if $(ONLY),--only '$(ONLY)')

campaign: $(READY) ## Prove: Random faults on real parts; SEED=1 ROUNDS=10 ONLY=7
	@$(BIN)/receipts-lab campaign --seed $(or $(SEED),1) --rounds $(or $(ROUNDS),10) $(if $(ONLY),--only $(ONLY)) $(if $(JOBS),--jobs $(JOBS)) $(if $(OUT),--out $(OUT))

patterns: $(READY) ## Measure: SQS, SNS, EventBridge, Kinesis (5 minutes); ONLY=sqs
	@$(BIN)/receipts-lab patterns $(if $(ONLY),--only $(ONLY)) $(if $(RECEIPTS),--receipts $(RECEIPTS))

soak: $(READY) ## Prove: Simulate runs with faults; SEEDS=2000 FILES=50000
	@$(BIN)/receipts-lab soak --seeds $(or $(SEEDS),2000) --files $(or $(FILES),50000) $(if $(OUT),--out $(OUT))

nightly: $(READY) ## Prove: Run all that carries the claims (50 minutes)
	@mkdir -p build/nightly
	@failed=; run() { echo "nightly: $$*"; $(BIN)/receipts-lab "$$@" || failed="$$failed $$1"; }; \
	run demo; \
	run drills --out build/nightly/drills.json; \
	run campaign --seed $$(date +%Y%m%d) --rounds 60 --out build/nightly/campaign.json; \
	run soak --seeds $(or $(SEEDS),2000); \
	run peak --rounds 4 --ceiling 300 --out build/nightly/peak.json --figures build/nightly; \
	if [ "$$failed" ]; then echo "nightly: FAILED:$$failed"; exit 1; fi; \
	echo "nightly: demo, drills, campaign, soak and peak all hold"

validate-planner: $(READY) ## Measure: The planner against runs (ten minutes)
	@$(BIN)/receipts-lab validate-planner

plan: $(READY) ## Look: Ask the model whether January will hold
	@$(BIN)/receipts-lab plan --from-template

check: $(READY) ## Check: Format, lint, types, import rules, template, spelling
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/cfn-lint --regions eu-central-1 us-east-1 us-gov-west-1 -- \
		reference/template.yaml reference/lab/alternatives/*.yaml \
		reference/lab/alternatives/patterns/*.yaml
	$(BIN)/codespell
	@$(BIN)/python diagrams/render.py --check

format: $(READY) ## Check: Format the code
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

diagrams: $(READY) ## Look: Draw what changed of the diagrams into docs/diagrams
	@$(BIN)/python diagrams/render.py

new-diagram: $(READY) ## Look: Write a diagram to begin with, and draw it; NAME=
	@$(BIN)/python diagrams/render.py --new "$(NAME)"

package: $(READY) ## Ship: Build what Lambda gets, and the agent; ARCHITECTURE=
	@$(BIN)/receipts-lab package $(if $(ALTERNATIVES),--alternatives) $(if $(MEASURE),--measure) $(if $(ARCHITECTURE),--architecture $(ARCHITECTURE))

wheelhouse: $(READY) ## Ship: Build what installs the agent without a network
	@$(BIN)/receipts-lab wheelhouse $(if $(AGENT_PYTHON),--python $(AGENT_PYTHON)) $(if $(AGENT_MACHINE),--machine $(AGENT_MACHINE))

docs: $(READY) ## Look: Build the site, with the handouts, into site/
	@$(BIN)/mkdocs build --strict

handouts: $(READY) ## Look: Set handouts, cards, sheets as PDFs; SIZE=letter URL=
	@$(BIN)/receipts-lab handouts $(if $(SIZE),--size $(SIZE)) $(if $(URL),--url $(URL))

map: $(READY) ## Look: Draw the rooms and their imports in CONTRIBUTING.md
	@$(BIN)/receipts-lab map

lock: $(READY) ## Ship: Pin the requirements anew
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate \
		--extra dev --extra diagrams --extra engines --extra lab --extra mariadb --extra networks --extra site \
		pyproject.toml --output-file requirements.txt

PLATFORMS := x86_64-unknown-linux-gnu aarch64-unknown-linux-gnu aarch64-apple-darwin x86_64-apple-darwin
# macOS 14: ONNX Runtime has no wheel for an older one.
DRY_RUN := MACOSX_DEPLOYMENT_TARGET=14.0 $(BIN)/uv pip install --dry-run --no-deps --only-binary :all: --python-version 3.11 --target build/none
wheels: $(READY) ## Ship: Say which pinned packages have no wheel where
	@mkdir -p build && for platform in $(PLATFORMS); do \
		cp requirements.txt build/wheels.txt; lacking=; \
		until said=$$($(DRY_RUN) --python-platform $$platform --requirement build/wheels.txt 2>&1); do \
			name=$$(echo "$$said" | sed -n 's/.*Because \([^={ ]*\)[={].* has no .*wheels.*/\1/p'); \
			test "$$name" || { echo "$$said"; exit 1; }; \
			lacking="$$lacking $$name"; \
			grep -v "^$$name==" build/wheels.txt > build/wheels.left; mv build/wheels.left build/wheels.txt; \
		done; \
		left_out=$$(sed 's/[= ;].*//' build/wheels.txt | sort -u | while read name; do \
			echo "$$said" | grep -q "^ + $$name==" || printf ' %s' "$$name"; done); \
		echo "$$platform: $${lacking:+no wheel of}$${lacking:-every wheel is there}$${left_out:+; left out by requirements.txt:$$left_out}"; \
	done

clean: ## Ship: Remove what was built
	rm -rf .venv build site .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
