# Two commands are enough on a fresh machine with Python 3.11+, git and make:
#   make demo   the whole road on embedded defaults, into public/
#   make test   everything that needs no browser, PostgreSQL, Node or other people's programs

PYTHON ?= python3
VENV ?= .venv
# What Python compiled is kept, whatever the machine wishes: to compile every library and rewrite
# every test's assertions anew, at each of the hundred starts of a run, costs minutes.
unexport PYTHONDONTWRITEBYTECODE
BIN := $(VENV)/bin
# Every environment is filled by uv, in a tenth of pip's time and under the same hashes; by pip where
# uv cannot reach what pip can, such as an index that only pip's configuration names.
TOOLS := .tools
UV := $(TOOLS)/bin/uv
install = $(UV) pip install --quiet --python $(1)/bin/python $(2) || \
  $(TOOLS)/bin/python -m pip --python $(1)/bin/python install --quiet --disable-pip-version-check $(2)
WORKERS ?= 2
# What needs neither a browser, nor a server, nor much time; each of the rest has a step of its own.
FAST := not (browser or postgresql or night or whole or contract or judges or planted or machine or crash or portal)
POSTGRES_WORKERS ?= $(WORKERS)

# The outside judges: other people's programs, each from its own hash-checked lock, none of them
# in our own environment. A requirements-NAME.lock makes an environment .contract/NAME.
JUDGES := .contract
CONTRACT := tests/contract
PYTHON_JUDGES := $(patsubst $(CONTRACT)/requirements-%.lock,$(JUDGES)/%/.ready,$(wildcard $(CONTRACT)/requirements-*.lock))

.PHONY: demo test postgres planted machine crash check contract portal judges judges-fetched mutation bench bench-peers night whole lock clean

$(TOOLS)/.ready: .ci/requirements-uv.lock
	$(PYTHON) -m venv $(TOOLS)
	$(TOOLS)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	touch $@

$(BIN)/.ready: requirements-dev.lock pyproject.toml | $(TOOLS)/.ready
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Jalon : il faut Python 3.11 ou plus récent (Python 3.11 or newer is needed)")'
	$(PYTHON) -m venv $(VENV)
	$(call install,$(VENV),--require-hashes -r requirements-dev.lock)
	$(call install,$(VENV),--no-deps --no-build-isolation --editable .)
	touch $@

demo: $(BIN)/.ready
	$(BIN)/jalon demo --out public

test: $(BIN)/.ready
	$(BIN)/pytest -n $(WORKERS) -m "$(FAST)"

# The store's tests and some whole cycles again, on a PostgreSQL server that they start themselves.
postgres: $(BIN)/.ready
	$(BIN)/pytest -n $(POSTGRES_WORKERS) -m "postgresql and not (night or whole)" tests/adapters/store tests/cycle tests/cli

# Known bugs, planted: each must turn its named test red.
planted: $(BIN)/.ready
	$(BIN)/pytest -m planted tests/planted

# Two workers at every interleaving, and anything that can happen to a plan in any order.
MACHINE_WORKERS ?= $(WORKERS)
machine: $(BIN)/.ready
	$(BIN)/pytest -n $(MACHINE_WORKERS) -m machine tests/machine

# Cycles killed for real at each of their points, alone, in pairs and with a fault after them.
crash: $(BIN)/.ready
	$(BIN)/pytest -n $(WORKERS) --dist loadgroup -m "crash and not night" tests/crash

check: $(BIN)/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -n $(WORKERS) -m "$(FAST)"

contract: $(BIN)/.ready $(JUDGES)/node $(PYTHON_JUDGES)
	$(BIN)/pytest -m "contract and not whole" tests/contract

$(JUDGES)/node: $(CONTRACT)/package.json $(CONTRACT)/package-lock.json
	if command -v npm >/dev/null; then npm ci --silent --prefix $(CONTRACT) && mkdir -p $(JUDGES) && touch $@; \
	elif [ "$$CI" = true ]; then echo 'Jalon : il faut Node et npm (Node and npm are needed)' >&2; exit 1; fi

$(JUDGES)/%/.ready: $(CONTRACT)/requirements-%.lock | $(TOOLS)/.ready
	$(PYTHON) -m venv --without-pip $(@D)
	$(call install,$(@D),--require-hashes -r $<)
	touch $@

# A real CKAN to publish to, on a PostgreSQL that the tests start; its driver is compiled (libpq-dev, gcc).
PORTAL := tests/portal
portal: $(BIN)/.ready $(JUDGES)/ckan/.ready
	$(BIN)/pytest -m portal $(PORTAL)

$(JUDGES)/ckan/.ready: $(PORTAL)/requirements.lock | $(TOOLS)/.ready
	$(PYTHON) -m venv --without-pip $(@D)
	$(call install,$(@D),--require-hashes -r $<)
	touch $@

# Everything that make contract and make judges need, and nothing judged yet.
judges-fetched: $(JUDGES)/node $(JUDGES)/pages $(PYTHON_JUDGES)

# The published pages, judged by axe-core, pa11y, Lighthouse, the Nu checker, poppler and three browsers.
PAGES := tests/judges
judges: $(BIN)/.ready $(JUDGES)/pages
	$(BIN)/pytest -m judges $(PAGES)

$(JUDGES)/pages: $(PAGES)/package.json $(PAGES)/package-lock.json
	if command -v npm >/dev/null; then npm ci --silent --prefix $(PAGES) && mkdir -p $(JUDGES) && touch $@; \
	elif [ "$$CI" = true ]; then echo 'Jalon : il faut Node et npm (Node and npm are needed)' >&2; exit 1; fi

# One small change at a time to the core: does a test notice? Goes on where it stopped.
MUTATION := .mutation/venv
$(MUTATION)/.ready: requirements-dev.lock tests/mutation/requirements.lock | $(TOOLS)/.ready
	$(PYTHON) -m venv --without-pip $(MUTATION)
	$(call install,$(MUTATION),--require-hashes -r requirements-dev.lock -r tests/mutation/requirements.lock)
	touch $@

mutation: $(MUTATION)/.ready
	$(MUTATION)/bin/python -m tests.mutation

bench: $(BIN)/.ready
	$(BIN)/python -m tests.bench
	$(BIN)/python -m tests.bench.core
	$(BIN)/python -m tests.bench.webhook
	$(BIN)/python -m tests.bench.site

bench-peers: $(BIN)/.ready $(JUDGES)/tap-asana/.ready $(JUDGES)/airbyte-source-asana/.ready
	$(BIN)/python -m tests.bench.peers
	$(BIN)/python -m tests.bench.peers --limits

# An hour at most, on two cores: other draws each night, the day's date is the word they are drawn
# by. Mutation testing goes on where the last night stopped, beside the bench.
DRAWN_BY ?= $(shell date +%F)
night: $(BIN)/.ready $(MUTATION)/.ready
	$(BIN)/pytest -n $(WORKERS) --dist loadgroup -m night --drawn-by $(DRAWN_BY) --durations 12
	$(BIN)/pytest -n $(WORKERS) -m "not (night or whole)" tests/people -k at_a_request_of_a_cycle \
	  --people-sample 800 --drawn-by $(DRAWN_BY)
	$(MUTATION)/bin/python -m tests.mutation --minutes 15 --processes 1 >.mutation/told & tried=$$!; \
	$(BIN)/python -m tests.bench --sizes 27,1000,10000 --latency 0.1; measured=$$?; \
	wait $$tried && cat .mutation/told && exit $$measured; cat .mutation/told; exit 1

# Every case that the night draws from: hours.
whole: $(BIN)/.ready $(JUDGES)/node $(PYTHON_JUDGES) portal
	$(BIN)/pytest -n $(WORKERS) -m whole

# The only step that needs the network's newest versions: rewrite the hash-checked locks.
LOCK := $(UV) pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -q
lock: $(TOOLS)/.ready
	$(LOCK) pyproject.toml --extra postgresql -o requirements.lock
	$(LOCK) pyproject.toml --extra dev -o requirements-dev.lock
	$(LOCK) tests/mutation/requirements.in -c requirements-dev.lock -o tests/mutation/requirements.lock
	for wanted in $(CONTRACT)/requirements-*.in $(PORTAL)/requirements.in; do \
	  $(LOCK) $$wanted -o $${wanted%.in}.lock || exit 1; \
	done
	$(LOCK) .ci/requirements-uv.in -o .ci/requirements-uv.lock

clean:
	rm -rf $(VENV) $(TOOLS) $(JUDGES) $(CONTRACT)/node_modules $(PAGES)/node_modules build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
