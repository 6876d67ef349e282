# Two commands do everything: `make demo` and `make test`. Both build .venv first if it is not there or the lock changed.
# On a machine without a GPU, TORCH_INDEX may name the package index of PyTorch's CPU builds (see README).
PYTHON ?= python3
TORCH_INDEX ?=
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: demo ui bench soak kills simulations robustness rivals dose test test-all test-fast docs-check audit lint validate install clean

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
	$(BIN)/python -m flows.cli.ui --port $(PORT)

# Files are given out in the order of `testpaths`, the longest first: the two processes end at about the same time.
SIDE_BY_SIDE := -n 2 --dist loadfile --no-loadscope-reorder

# What comes under eight minutes on two cores.
test: $(STAMP) lint
	$(BIN)/pytest $(SIDE_BY_SIDE) -m "not slow"

# Everything, about half an hour: before a release, and after a change of what is killed, upgraded, searched or sent to workers.
test-all: $(STAMP) lint
	$(BIN)/pytest $(SIDE_BY_SIDE)

# What takes a minute and a half: rules, statistics, SQL and the house, without simulations.
test-fast: $(STAMP)
	$(BIN)/pytest $(SIDE_BY_SIDE) -m "not simulation and not slow" tests/domain tests/sql tests/house

# Runs the commands of README and docs in a fresh home, and holds what they show against what is printed; some minutes.
docs-check: $(STAMP)
	$(BIN)/python -m tests.house.docs_check

# Speed, memory and growth, side by side in one run: writes benchmarks/RESULTS.md.
bench: $(STAMP)
	$(BIN)/python -m benchmarks.all

# What the suite repeats a few dozen times, repeated hundreds of times: coverage, levels and power of planted cases.
simulations: $(STAMP)
	$(BIN)/python -m benchmarks.simulations

# 20,000 requests with faults and kills against an undisturbed run, hours: writes benchmarks/SOAK.md. SOAK: other options.
SOAK ?=

soak: $(STAMP)
	$(BIN)/python -m benchmarks.soak $(SOAK)

# `kill -9` at fifty random moments of every stage, an hour: writes benchmarks/KILLS.md. KILLS: other options.
KILLS ?=

kills: $(STAMP)
	$(BIN)/python -m benchmarks.kills $(KILLS)

# What the verdicts withstand: needs homes that `make validate` has scored. Writes benchmarks/ROBUSTNESS.md.
robustness: $(STAMP)
	$(BIN)/python -m benchmarks.robustness $(VALIDATION)/alpacaeval $(VALIDATION)/shaberi

# Every method on every population under one null: needs homes that `make validate` has scored; POPULATIONS: others, as
# --home NAME=FOLDER or --corpus NAME=REPLIES,LINEAGE. Writes benchmarks/RIVALS.json and the tables of docs/benchmark.md.
POPULATIONS ?= $(foreach name,alpacaeval shaberi arenahard,--home $(name)=$(VALIDATION)/$(name))

rivals: $(STAMP)
	$(BIN)/python -m benchmarks.rivals $(POPULATIONS)

# Students of known dose: trains small models here, asks and scores them; an hour or two, needs no keys and no network.
# Killed and run again, it goes on; two of it side by side share the work. Writes benchmarks/DOSE.json and benchmarks/DOSE.md,
# and the tables of docs/benchmark.md. DOSE: other options.
DOSE ?=

dose: $(STAMP)
	$(BIN)/python -m benchmarks.dose $(DOSE)

# Holds the verdicts against documented lineage. CORPORA: a folder with alpacaeval/ and alpacaeval_lineage.csv, shaberi/
# (replies.parquet, lineage.csv, bases.csv) and arenahard/. `validate` scores first.
CORPORA ?= corpora
VALIDATION := data/out/validation

validate: $(STAMP)
	$(BIN)/distillometer ingest $(CORPORA)/alpacaeval --home $(VALIDATION)/alpacaeval
	$(BIN)/distillometer validate --lineage $(CORPORA)/alpacaeval_lineage.csv --home $(VALIDATION)/alpacaeval \
		--json $(VALIDATION)/alpacaeval.json
	$(BIN)/distillometer ingest $(CORPORA)/shaberi/replies.parquet --home $(VALIDATION)/shaberi
	$(BIN)/distillometer validate --lineage $(CORPORA)/shaberi/lineage.csv --bases $(CORPORA)/shaberi/bases.csv \
		--home $(VALIDATION)/shaberi --json $(VALIDATION)/shaberi.json
	$(BIN)/distillometer ingest $(CORPORA)/arenahard --home $(VALIDATION)/arenahard
	$(BIN)/distillometer validate --lineage data/lineage/arenahard.csv --home $(VALIDATION)/arenahard \
		--json $(VALIDATION)/arenahard.json

# Asks for advisories about the locked versions, where there is a network and uv. What concerns us is recorded in
# tests/house/advisories.toml, which the suite holds the lock against without one.
audit:
	uvx pip-audit --disable-pip --no-deps -r requirements.lock

lint: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

clean:
	rm -rf $(VENV)
