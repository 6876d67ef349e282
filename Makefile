# Two commands do everything: `make demo` and `make test`. Both build .venv first if it is not there or the lock changed.
# On a machine without a GPU, TORCH_INDEX may name the package index of PyTorch's CPU builds (see README).
PYTHON ?= python3
TORCH_INDEX ?=
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: demo ui bench test lint validate install clean

install: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	grep '^torch==' requirements.lock > $(VENV)/torch.txt
	$(BIN)/pip install --quiet $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX)) -c requirements.lock -r $(VENV)/torch.txt
	grep -v '^torch==' requirements.lock > $(VENV)/rest.txt
	$(BIN)/pip install --quiet --no-deps --only-binary :all: -r $(VENV)/rest.txt
	$(BIN)/pip install --quiet --no-deps --no-build-isolation -e .
	touch $(STAMP)

demo: $(STAMP)
	$(BIN)/distillometer evaluate demo

# Prefect's server, the deployments of prefect.yaml and a worker, on loopback, until Ctrl-C.
PORT ?= 4200

ui: $(STAMP)
	$(BIN)/python -m flows.cli_ui --port $(PORT)

test: $(STAMP) lint
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder

bench: $(STAMP)
	$(BIN)/python -m benchmarks.prefect_overhead

# Holds the verdicts against documented lineage. CORPORA: a folder with alpacaeval/, alpacaeval_lineage.csv and arenahard/.
CORPORA ?= corpora
VALIDATION := data/out/validation

validate: $(STAMP)
	$(BIN)/distillometer ingest $(CORPORA)/alpacaeval --home $(VALIDATION)/alpacaeval
	$(BIN)/distillometer score --lineage $(CORPORA)/alpacaeval_lineage.csv --home $(VALIDATION)/alpacaeval
	$(BIN)/distillometer validate --lineage $(CORPORA)/alpacaeval_lineage.csv --home $(VALIDATION)/alpacaeval
	$(BIN)/distillometer ingest $(CORPORA)/arenahard --home $(VALIDATION)/arenahard
	$(BIN)/distillometer validate --lineage data/lineage/arenahard.csv --home $(VALIDATION)/arenahard

lint: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

clean:
	rm -rf $(VENV)
