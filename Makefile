# Everything runs from .venv, which `setup` makes from the pinned requirements.
.DEFAULT_GOAL := help
.PHONY: help setup demo demo-picture test quick test-browser test-pooler test-mariadb test-tools test-lambda-python lambda bench bench-reading patterns peak pooler chunking drills campaign validate-planner nightly soak plan check format \
	diagrams package wheelhouse docs handouts serve lock map wheels clean

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
PIP := $(BIN)/pip install --quiet --disable-pip-version-check

help: ## Say what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY) ## Make .venv with everything in it (the others do it when it is missing or old)

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
demo: $(READY) ## One request with 300 receipts, end to end; RECEIPTS= COUNT= RATE= CONCURRENCY= ENGINE= KEEP=1
	@$(BIN)/receipts-lab demo

demo-picture: $(READY) ## Draw the README's animation from the recorded run
	@$(BIN)/receipts-lab demo-picture

test: $(READY) ## Run the tests, on two cores
	@$(BIN)/pytest -n 2 --dist loadfile

quick: $(READY) ## Run the tests that start no process: after each change, under a minute
	@$(BIN)/pytest -q -n 2 -m 'not slow' --ignore tests/diagrams

test-browser: $(READY) ## Look at diagrams and pages in a real browser (needs Chromium)
	@$(BIN)/pytest tests/browser

test-pooler: $(READY) ## Start the agent behind a real PgBouncer, which it refuses (needs PgBouncer)
	@$(BIN)/pytest tests/pgbouncer

test-mariadb: $(READY) ## Hold the inbox in a real MariaDB to the contract of PostgreSQL's (needs Debian's mariadb-server)
	@$(BIN)/pytest tests/receipts/agent/contract tests/mariadb --database mariadb

test-tools: $(READY) ## Read archives and images by other programs (needs Debian's zip, 7zip, ImageMagick, …: it says which)
	@$(BIN)/pytest tests/real_tools

LAMBDA_VENV := .cache/lambda/venv
FIND_LAMBDA_PYTHON := from lab.prove.lambda_run.python import lambda_python as found; it = found(); print(it.executable if it.is_lambdas else "")
test-lambda-python: $(READY) ## Run the tests of the pattern and of reading on Lambda's Python, if it is here
	@python=$$($(BIN)/python -c '$(FIND_LAMBDA_PYTHON)'); \
	if [ -z "$$python" ]; then echo "LEFT OUT: Lambda's Python was not found, on PATH, of pyenv, or of uv"; exit 0; fi; \
	if ! [ $(LAMBDA_VENV)/.ready -nt requirements.txt ]; then \
		$(BIN)/uv venv --quiet --clear --seed --python "$$python" $(LAMBDA_VENV) || exit 1; \
		$(BIN)/uv pip install --quiet --python $(LAMBDA_VENV) --requirement requirements.txt \
			|| $(LAMBDA_VENV)/bin/python -m pip install --quiet --requirement requirements.txt || exit 1; \
		touch $(LAMBDA_VENV)/.ready; \
	fi; \
	$(LAMBDA_VENV)/bin/pytest -n 2 --dist loadfile tests/receipts tests/reading

lambda: $(READY) ## Run the built package as Lambda would, each call judged by the template's policies (under 6 minutes); RECORD=1 keeps the calls
	@$(BIN)/receipts-lab lambda $(if $(RECORD),--record)

bench: $(READY) ## Measure a batch, and the agent at a distance, into docs/data (about thirty minutes)
	@$(BIN)/receipts-lab bench
	@$(BIN)/receipts-lab distance

bench-reading: $(READY) ## Measure reading on labelled receipts: RECEIPTS=folder (rendered ones say nothing)
	@$(BIN)/receipts-lab bench-reading $(RECEIPTS) $(if $(SOFT),--soft $(SOFT))

LONG_PEAK := --long --out docs/data/peak_long.json --figures build/peak-long
peak: $(READY) ## See the database break and hold: about 30 minutes; LONG=1 for 70, into a file of its own
	@$(BIN)/receipts-lab peak $(if $(LONG),$(LONG_PEAK))

pooler: $(READY) ## See what RDS Proxy's idea does for functions and a database: about 2 minutes
	@$(BIN)/receipts-lab pooler

chunking: $(READY) ## Cut the same work into 1 to 600 pieces, in time and money, by the model
	@$(BIN)/receipts-lab chunking

drills: $(READY) ## Break one real part after another, and see that nothing is lost; ONLY=part of a name
	@$(BIN)/receipts-lab drills $(if $(ONLY),--only '$(ONLY)')

campaign: $(READY) ## Random faults on the real parts, judged: SEED=1 ROUNDS=10 JOBS=1; ONLY=7 runs that round again
	@$(BIN)/receipts-lab campaign --seed $(or $(SEED),1) --rounds $(or $(ROUNDS),10) $(if $(ONLY),--only $(ONLY)) $(if $(JOBS),--jobs $(JOBS)) $(if $(OUT),--out $(OUT))

patterns: $(READY) ## The same receipts through SQS, SNS, EventBridge, Kinesis (about five minutes); ONLY=sqs RECEIPTS=40
	@$(BIN)/receipts-lab patterns $(if $(ONLY),--only $(ONLY)) $(if $(RECEIPTS),--receipts $(RECEIPTS))

soak: $(READY) ## Simulate SEEDS=2000 runs with faults, check every promise, and open FILES=50000 damaged files
	@$(BIN)/receipts-lab soak --seeds $(or $(SEEDS),2000) --files $(or $(FILES),50000) $(if $(OUT),--out $(OUT))

nightly: $(READY) ## Run what carries the claims: demo, drills, campaign, soak, a short peak, into build/nightly (50 minutes)
	@mkdir -p build/nightly
	@failed=; run() { echo "nightly: $$*"; $(BIN)/receipts-lab "$$@" || failed="$$failed $$1"; }; \
	run demo; \
	run drills --out build/nightly/drills.json; \
	run campaign --seed $$(date +%Y%m%d) --rounds 60 --out build/nightly/campaign.json; \
	run soak --seeds $(or $(SEEDS),2000); \
	run peak --rounds 4 --ceiling 300 --out build/nightly/peak.json --figures build/nightly; \
	if [ "$$failed" ]; then echo "nightly: FAILED:$$failed"; exit 1; fi; \
	echo "nightly: demo, drills, campaign, soak and peak all hold"

validate-planner: $(READY) ## Compare the planner with runs of the local system, into docs/data/planner.json (about ten minutes)
	@$(BIN)/receipts-lab validate-planner

plan: $(READY) ## Ask the model whether January will hold, with the template's numbers
	@$(BIN)/receipts-lab plan --from-template

check: $(READY) ## Format, lint, types, import rules, template, spelling
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/cfn-lint --regions eu-central-1 us-east-1 us-gov-west-1 -- \
		reference/template.yaml reference/lab/alternatives/*.yaml \
		reference/lab/alternatives/patterns/*.yaml
	$(BIN)/codespell
	@$(BIN)/python diagrams/render.py --check

format: $(READY) ## Format the code
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

diagrams: $(READY) ## Draw what changed of the diagrams into docs/diagrams
	@$(BIN)/python diagrams/render.py

package: $(READY) ## Build what Lambda gets (build/functions) and what installs the agent (build/agent); ALTERNATIVES=1 the other designs too, MEASURE=1 its figures, ARCHITECTURE=arm64
	@$(BIN)/receipts-lab package $(if $(ALTERNATIVES),--alternatives) $(if $(MEASURE),--measure) $(if $(ARCHITECTURE),--architecture $(ARCHITECTURE))

wheelhouse: $(READY) ## Build what installs the agent without a network in build/agent; AGENT_PYTHON=3.11 AGENT_MACHINE=x86_64
	@$(BIN)/receipts-lab wheelhouse $(if $(AGENT_PYTHON),--python $(AGENT_PYTHON)) $(if $(AGENT_MACHINE),--machine $(AGENT_MACHINE))

docs: $(READY) ## Build the workshop site into site/
	@$(BIN)/mkdocs build --strict

handouts: $(READY) ## Set handouts, cards and sheets as PDFs into build/handouts; SIZE=letter URL=https://… (make docs has them too)
	@$(BIN)/receipts-lab handouts $(if $(SIZE),--size $(SIZE)) $(if $(URL),--url $(URL))

serve: $(READY) ## Show the workshop site and rebuild it when something changes
	@$(BIN)/mkdocs serve

map: $(READY) ## Draw the rooms and their imports in CONTRIBUTING.md anew
	@$(BIN)/receipts-lab map

lock: $(READY) ## Pin the requirements anew
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate \
		--extra dev --extra diagrams --extra engines --extra lab --extra mariadb --extra networks --extra site \
		pyproject.toml --output-file requirements.txt

PLATFORMS := x86_64-unknown-linux-gnu aarch64-unknown-linux-gnu aarch64-apple-darwin x86_64-apple-darwin
# macOS 14: ONNX Runtime has no wheel for an older one.
DRY_RUN := MACOSX_DEPLOYMENT_TARGET=14.0 $(BIN)/uv pip install --dry-run --no-deps --only-binary :all: --python-version 3.11 --target build/none
wheels: $(READY) ## Say for each platform which pinned packages have no wheel there, and which are left out; installs nothing
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

clean: ## Remove what was built; the next target sets up again
	rm -rf .venv build site .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
