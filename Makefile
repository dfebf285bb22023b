# Everything a fresh Debian-like machine needs, in two commands: `make run` and `make test`.
SHELL := /bin/bash
export CARGO_TARGET_DIR := $(or $(SAROVAR_TARGET),$(HOME)/.cache/sarovar/target)
SAROVAR_HOME ?= ./data
BINARY := $(CARGO_TARGET_DIR)/release/sarovar
DEV := $(CARGO_TARGET_DIR)/debug/sarovar

.PHONY: run build assets setup test prove fmt lint unit contracts tidy

## What is missing on this machine, named and installed.
setup:
	@scripts/setup.sh

## CSS, scripts and icons of the pages, hashed and compressed; skipped when nothing changed.
assets: web/node_modules/.made
	@node web/build.mjs

web/node_modules/.made: web/package-lock.json
	cd web && npm ci --no-audit --no-fund && touch node_modules/.made

build: setup assets
	cargo build --release --workspace

## The program with a demonstration state at http://127.0.0.1:8080.
run: build
	@if [ ! -d $(SAROVAR_HOME)/tables ] || [ -e $(SAROVAR_HOME)/demo-unfinished ]; then $(BINARY) --home $(SAROVAR_HOME) demo >/dev/null; fi
	$(BINARY) --home $(SAROVAR_HOME) serve

## All tests. The last line counts them.
test: setup assets
	scripts/test.sh

## Random policies, readers, rows and SQL against the slow reference, as many cases as one likes: `make prove CASES=1000000 SEED=7`.
CASES ?= 100000
SEED ?= 1
prove:
	SAROVAR_PROVE=$(CASES) SAROVAR_SEED=$(SEED) cargo nextest run --release --workspace --locked --test it --no-capture -E 'package(lake) and test(nothing_hidden_has_a_part_in_any_answer)'
