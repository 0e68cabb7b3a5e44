# Two commands: `make demo` and `make test`. Both bring what they need; nothing else has to be prepared.
SHELL := /bin/bash
PYTHON ?= python3
PY := .venv/bin/python
PIP := $(PYTHON) -m pip --python $(PY) --disable-pip-version-check install -q --require-hashes
APT := chromium-headless-shell libatomic1 libreoffice-writer-nogui libreoffice-calc-nogui
ARGS ?=

.PHONY: demo test lint laws browser bench drill chaos fuzz clean packages

demo: .venv/run.stamp
	@$(PY) -m bridge demo $(ARGS)

.venv/bin/python:
	@$(PYTHON) -m venv --without-pip .venv

.venv/run.stamp: requirements/run.txt | .venv/bin/python
	@echo "Cài các gói Python (chỉ lần đầu) ..." >&2
	@$(PIP) -r requirements/run.txt
	@touch $@

.venv/test.stamp: requirements/test.txt .venv/run.stamp
	@$(PIP) -r requirements/test.txt
	@touch $@

node_modules/.stamp: package.json package-lock.json
	@npm ci --no-audit --no-fund --loglevel=error
	@touch $@

# A real browser and a real office, from the system's packages: installed where we are root, otherwise named.
packages:
	@missing=""; for package in $(APT); do dpkg -s $$package >/dev/null 2>&1 || missing="$$missing $$package"; done; \
	if [ -n "$$missing" ]; then \
	  if [ "$$(id -u)" = 0 ]; then apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	  else echo "Missing system packages; as root: apt-get install$$missing" >&2; exit 1; fi; fi

lint: .venv/test.stamp node_modules/.stamp
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	.venv/bin/lint-imports
	npx --no-install tsc -p tsconfig.json

test: packages lint
	node --test tests/js/
	$(PY) -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

bench: .venv/test.stamp
	$(PY) -m tests.load.board $(ARGS)
	$(PY) -m tests.load.acts $(ARGS)
	$(PY) -m tests.load.scans $(ARGS)
	$(PY) -m tests.load.recall $(ARGS)
	$(PY) -m tests.load.backup $(ARGS)
	$(PY) -m tests.load.reports $(ARGS)
	$(PY) -m tests.load.judging $(ARGS)
	$(PY) -m tests.load.hostile $(ARGS)
	$(PY) -m tests.load.revoking $(ARGS)

# Kills the real server 200 times under more than 100,000 recorded acts; ARGS="--kills 20 --acts 10000" for a short one.
drill: .venv/test.stamp
	$(PY) -m tests.drill $(ARGS)

# 800 rooms through a TCP proxy with bad weather; ARGS="--speed 1" for an hour that takes an hour.
chaos: .venv/test.stamp
	$(PY) -m tests.chaos $(ARGS)

# A hundred thousand spoilt bodies and frames, and the whole OpenAPI document by everybody; ARGS="--chance N" for the same again.
fuzz: .venv/test.stamp
	$(PY) -m tests.fuzz $(ARGS)

clean:
	rm -rf .venv node_modules build *.egg-info
