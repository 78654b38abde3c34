# Two commands are enough on a fresh machine with Python 3.11+, git and make:
#   make demo   the whole road on embedded defaults, into public/
#   make test   everything that needs no browser, PostgreSQL or Node

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
WORKERS ?= 2

.PHONY: demo test check bench night lock clean

$(BIN)/.ready: requirements-dev.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Jalon : il faut Python 3.11 ou plus récent (Python 3.11 or newer is needed)")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

demo: $(BIN)/.ready
	$(BIN)/jalon demo --out public

test: $(BIN)/.ready
	$(BIN)/pytest -n $(WORKERS) -m "not browser and not night"

check: $(BIN)/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -n $(WORKERS) -m "not browser and not night"

bench: $(BIN)/.ready
	$(BIN)/python -m tests.bench

night: $(BIN)/.ready
	$(BIN)/pytest -n $(WORKERS) -m night
	$(BIN)/python -m tests.bench --sizes 27,1000,10000 --latency 0.1

# The only step that needs the network's newest versions: rewrite the hash-checked locks.
lock:
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -q -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -q -o requirements-dev.lock

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
