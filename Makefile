# zkpot: `make` builds everything into .venv, `make test` runs what CI runs, `make demo` shows it,
# `make bench` measures it (against EZKL, too).

PYTHON ?= python3
VENV := $(CURDIR)/.venv
VERSION := $(shell sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -1)
BIN := $(VENV)/bin
# Machine code for this machine only; `make wheel` makes code for all.
RUSTFLAGS ?= -Ctarget-cpu=native
export RUSTFLAGS
# One profile for the extension, the tests and the benchmarks, so that nothing is built twice.
CARGO_PROFILE ?= release

# Where `make embed` puts what other programs embed.
EMBED ?= $(CURDIR)/target/embed
WASM := $(EMBED)/zkpot.wasm
WRAPPED_WASM := $(EMBED)/zkpot-wrapped.wasm

RUST_SOURCES := Cargo.toml Cargo.lock $(shell find rust -type f \( -name '*.rs' -o -name Cargo.toml \) 2>/dev/null)

.PHONY: all build wheel test test-full test-rust test-python test-install test-fuzz test-contracts test-planted test-coverage test-slither test-symbolic test-planted-sums fuzz lint data contracts operators interfaces costs models demo demo-settle bench bench-check long-run embed crates c-header test-validators test-wasmi test-cosmwasm solana test-solana test-go test-cometbft bench-cometbft test-js light-client bench-js cometbft lock clean

all: build

build: $(VENV)/.native

# Locked dependencies, then the package itself, editable.
$(VENV)/.packages: requirements-dev.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@

$(VENV)/.native: $(VENV)/.packages pyproject.toml $(RUST_SOURCES)
	$(BIN)/maturin develop --profile $(CARGO_PROFILE) --locked
	touch $@

# The wheel that is published, in target/wheel. It has the build that every processor runs and, on
# x86-64, faster ones, of which zkpot loads the best that it can. All are kept in target/.
SIMD ?= $(if $(filter x86_64,$(shell uname -m)),v3 v4)
SIMD_FLAGS ?= -Ctarget-cpu=x86-64-$$level
WHEEL := $(CURDIR)/target/wheel
PACK := $(BIN)/maturin build --quiet --profile $(CARGO_PROFILE) --locked --strip --out

wheel: $(VENV)/.packages
	rm -rf $(WHEEL)
	RUSTFLAGS= $(PACK) $(WHEEL)/baseline
	$(BIN)/python -m wheel unpack --dest $(WHEEL)/all $(WHEEL)/baseline/*.whl
	set -e; all=$$(echo $(WHEEL)/all/*/zkpot/_native); for level in $(SIMD); do \
		RUSTFLAGS="$(SIMD_FLAGS)" $(PACK) $(WHEEL)/$$level; \
		$(BIN)/python -m wheel unpack --dest $(WHEEL)/$$level $(WHEEL)/$$level/*.whl; \
		mkdir $$all/$$level; \
		cp $(WHEEL)/$$level/*/zkpot/_native/*.so $$all/$$level; \
	done
	$(BIN)/python -m wheel pack --dest-dir $(WHEEL) $(WHEEL)/all/*

# What takes too long for every change: half an hour and 12 GB.
test-full: build data
	$(BIN)/python -m pytest -q -s -m full tests/full

test: lint test-rust test-python test-contracts test-coverage test-slither test-planted test-install test-fuzz demo-settle

lint: build
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets --profile $(CARGO_PROFILE) -- -D warnings
	$(HEADER) target/zkpot.h && cmp target/zkpot.h bindings/c/include/zkpot.h
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

# The verifier must build where there is no operating system.
test-rust: build
	cargo test --locked --workspace --profile $(CARGO_PROFILE)
	rustup target add wasm32v1-none
	RUSTFLAGS= cargo check --locked --package zkpot-verifier --package zkpot-embed --package zkpot-wrapped --no-default-features --target wasm32v1-none

# MNIST and the text of Moby-Dick, which tests train on, Solidity compilers, an EVM, a chain and forge; where
# npm cannot fetch them, the tests say so.
data: node_modules/.package-lock.json

node_modules/.package-lock.json: package.json package-lock.json
	-npm ci

test-python: build data $(EMBED)/lib/libzkpot.a
	$(BIN)/python -m pytest -q

# Interface and code of the contracts that are deployed, in target/contracts.
contracts: $(VENV)/.packages data
	$(BIN)/python -m contracts.compile

# Interface and code of what Python puts on chains and calls, in python/zkpot/settle/interfaces; commit what
# changed.
interfaces: $(VENV)/.packages data
	$(BIN)/python -m contracts.interfaces

# The contracts that pay for training, in forge. `make test-contracts FORGE_PROFILE=long` makes a million calls.
FORGE_PROFILE ?= default
FORGE := node_modules/@foundry-rs/forge-linux-amd64/bin/forge

test-contracts: data
	FOUNDRY_CONFIG=contracts/foundry.toml FOUNDRY_PROFILE=$(FORGE_PROFILE) $(FORGE) test

# Plants each bug of tests/settle/bugs*.py, and fails if one is not found. Takes three minutes of two processors.
test-planted: $(VENV)/.packages data
	$(BIN)/python -m tests.settle.planting

# Fails where tests reach less than 95 % of the lines or branches of these contracts.
test-coverage: $(VENV)/.packages data
	$(BIN)/python -m tests.settle.coverage

# Two tools for contracts want another web3 than the tests: they have an environment of their own.
TOOLS := $(CURDIR)/target/contract-tools

$(TOOLS)/.packages: requirements-contracts.txt
	test -x $(TOOLS)/bin/python || $(PYTHON) -m venv $(TOOLS)
	$(TOOLS)/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-contracts.txt
	touch $@

# Fails at a finding of slither that tests/settle/answers.py does not answer, and at an answer to nothing.
test-slither: $(VENV)/.packages $(TOOLS)/.packages data
	$(BIN)/python -m tests.settle.analysis $(TOOLS)/bin/slither

# Sums of money with symbols in place of numbers: contracts/test/settle/symbolic, in halmos.
SYMBOLIC := contracts/test/settle/symbolic

test-symbolic: $(TOOLS)/.packages data
	PATH="$(dir $(CURDIR)/$(FORGE)):$(TOOLS)/bin:$$PATH" FOUNDRY_CONFIG=contracts/foundry.toml \
		FOUNDRY_TEST=$(SYMBOLIC) FOUNDRY_SCRIPT=$(SYMBOLIC) \
		FOUNDRY_OUT=target/symbolic/out FOUNDRY_CACHE_PATH=target/symbolic/cache \
		halmos --root . --forge-build-out target/symbolic/out --solver-timeout-assertion 120000

# Plants each bug of tests/settle/bugs_of_sums.py, and fails if halmos finds no numbers for one.
test-planted-sums: $(VENV)/.packages $(TOOLS)/.packages data
	$(BIN)/python -m tests.settle.planting_sums $(TOOLS)/bin/halmos

# Sentences of panics name sources: not where they lie on this machine.
CARGO_HOME ?= $(HOME)/.cargo
SOURCES = $(CURDIR) $(wildcard $(CARGO_HOME)/registry/src/*) $(shell rustc --print sysroot)/lib/rustlib/src/rust
PLACELESS = $(foreach folder,$(SOURCES),--remap-path-prefix=$(folder)=)

# wasm is sent to browsers and stored on chains. Rust's own libraries come built for speed, with sentences for panics
# that nobody reads there: built with the rest, for size, and with panics that trap at once, they are a tenth of it less.
# Stable compilers do so where they are told that they may. As they come they do not look for overflow in themselves.
FOR_WASM := rustup target add wasm32-unknown-unknown && rustup component add rust-src
SMALL := RUSTC_BOOTSTRAP=1
SILENT := -Zunstable-options -Cpanic=immediate-abort
OWN_LIBRARIES = -Zbuild-std-features=optimize_for_size -Zbuild-std=$(LIBRARIES) \
	$(foreach library,core alloc,--config profile.$(1).package.$(library).overflow-checks=false)

# What wasm of the first version has not, and every engine knows by now. Low memory is the end of the stack, which
# no offset of data wraps into.
WASM_OPT := node_modules/.bin/wasm-opt --enable-bulk-memory --enable-sign-ext --enable-nontrapping-float-to-int \
	--enable-mutable-globals --strip-debug --strip-producers --flatten --rereloop -Oz -Oz --low-memory-unused

# The library for C with its header and pkg-config file, and both wasm: of runs, and of wrapped proofs.
embed: $(EMBED)/lib/libzkpot.a $(WASM) $(WRAPPED_WASM)

$(EMBED)/lib/libzkpot.a: $(RUST_SOURCES) bindings/c/zkpot.pc.in bindings/c/include/zkpot.h
	cargo build --locked --package zkpot-capi --profile $(CARGO_PROFILE)
	mkdir -p $(EMBED)/lib/pkgconfig $(EMBED)/shared $(EMBED)/include
	cp target/$(CARGO_PROFILE)/libzkpot.so $(EMBED)/shared
	cp bindings/c/include/zkpot.h $(EMBED)/include
	sed 's#@prefix@#$(EMBED)#; s#@version@#$(VERSION)#' bindings/c/zkpot.pc.in > $(EMBED)/lib/pkgconfig/zkpot.pc
	cp target/$(CARGO_PROFILE)/libzkpot.a $@

$(WASM) $(WRAPPED_WASM): LIBRARIES := core,alloc
$(WASM): WASM_OF := runs
$(WRAPPED_WASM): WASM_OF := wrapped
# One after the other: cargo gives both one name.
$(WRAPPED_WASM): | $(WASM)
$(WASM) $(WRAPPED_WASM): $(RUST_SOURCES) node_modules/.package-lock.json
	$(FOR_WASM)
	$(SMALL) RUSTFLAGS="$(PLACELESS) $(SILENT)" \
		cargo build --locked --package zkpot-capi --no-default-features --features $(WASM_OF) --profile wasm \
		--target wasm32-unknown-unknown $(call OWN_LIBRARIES,wasm)
	mkdir -p $(EMBED)
	$(WASM_OPT) target/wasm32-unknown-unknown/wasm/zkpot.wasm -o $@

# An interpreter takes seconds for a proof: the suite's quick cases and its wrapped ones, and proofs with their fuel.
test-wasmi: $(WASM) $(WRAPPED_WASM)
	test $$(wc -c < $(WASM)) -le 600000
	cd examples/wasmi && CARGO_TARGET_DIR=$(CURDIR)/target/wasmi RUSTFLAGS= cargo build --locked --release
	target/wasmi/release/zkpot-in-wasmi $(WASM) --suite . 10000000
	target/wasmi/release/zkpot-in-wasmi $(WASM) tests/golden/6/clear.zkpot tests/golden/6/hiding.zkpot
	target/wasmi/release/zkpot-in-wasmi $(WRAPPED_WASM) --wrapped-suite .
	target/wasmi/release/zkpot-in-wasmi $(WRAPPED_WASM) --circuit tests/golden/wrapped/digits.zkcirc \
		tests/golden/wrapped/0.zkwrap tests/golden/wrapped/1.zkwrap

# Contracts for CosmWasm, one a kind of proof. Its machine has no bulk memory, and takes no function with more than 100
# locals, which inlining without a limit makes. Where cargo makes the library for Rust beside the wasm, it leaves out
# optimization across crates, a sixth of the code.
COSMWASM := $(CURDIR)/target/cosmwasm
CONTRACTS := $(COSMWASM)/contracts/runs.wasm $(COSMWASM)/contracts/wrapped.wasm
IN_COSMWASM := $(COSMWASM)/release/zkpot-in-cosmwasm
LOWER := node_modules/.bin/wasm-opt --enable-bulk-memory --enable-sign-ext --enable-nontrapping-float-to-int \
	--enable-mutable-globals --enable-reference-types --enable-multivalue --strip-debug --strip-producers \
	--strip-target-features --llvm-memory-copy-fill-lowering --signext-lowering \
	--llvm-nontrapping-fptoint-lowering -Oz --one-caller-inline-max-function-size=2000

$(CONTRACTS): LIBRARIES := std
$(CONTRACTS): $(COSMWASM)/contracts/%.wasm: $(RUST_SOURCES) $(wildcard examples/cosmwasm/contract/src/*.rs) \
		examples/cosmwasm/Cargo.toml examples/cosmwasm/Cargo.lock examples/cosmwasm/contract/Cargo.toml \
		node_modules/.package-lock.json
	$(FOR_WASM)
	cd examples/cosmwasm && CARGO_TARGET_DIR=$(COSMWASM) $(SMALL) RUSTFLAGS="$(PLACELESS) $(SILENT)" cargo rustc --locked \
		--package zkpot-market --features $*,entry-points --profile contract --target wasm32-unknown-unknown \
		--crate-type cdylib $(call OWN_LIBRARIES,contract)
	mkdir -p $(@D)
	$(LOWER) $(COSMWASM)/wasm32-unknown-unknown/contract/zkpot_market.wasm -o $@

# Both are built under one name.
$(COSMWASM)/contracts/wrapped.wasm: | $(COSMWASM)/contracts/runs.wasm

# An order on a chain, and the proof of the worker whom its context names.
$(COSMWASM)/orders/.proof: $(VENV)/.native $(CONTRACTS) examples/cometbft/testdata/make.py \
		$(wildcard examples/cosmwasm/runner/src/*.rs)
	cd examples/cosmwasm && CARGO_TARGET_DIR=$(COSMWASM) RUSTFLAGS= cargo build --locked --release
	$(BIN)/python examples/cometbft/testdata/make.py commit $(@D) --models 1
	$(IN_COSMWASM) $(COSMWASM)/contracts --order $(@D)
	$(BIN)/python examples/cometbft/testdata/make.py prove $(@D)
	touch $@

GOLDEN := tests/golden/6/clear.zkpot tests/golden/6/hiding.zkpot tests/golden/6/evaluation.zkpot \
	tests/golden/wrapped/digits.zkcirc tests/golden/wrapped/0.zkwrap

# The larger one fits into what a chain takes by default (800 KiB).
test-cosmwasm: $(COSMWASM)/orders/.proof
	test $$(wc -c < $(COSMWASM)/contracts/runs.wasm) -le 819200
	cd examples/cosmwasm && cargo fmt --all --check
	cd examples/cosmwasm && CARGO_TARGET_DIR=$(COSMWASM) RUSTFLAGS= ZKPOT_CONTRACTS=$(COSMWASM)/contracts \
		ZKPOT_ORDERS=$(COSMWASM)/orders cargo test --locked --release --workspace
	$(IN_COSMWASM) $(COSMWASM)/contracts $(GOLDEN)

# A program for Solana that verifies proofs of one circuit: `make solana CIRCUIT=yours.zkcirc` makes target/solana/zkpot.so.
# Rust compiles for BPF to LLVM's bitcode, and its own LLVM that to an object; what linkers for BPF do not know of Solana,
# examples/solana/linker does.
SOLANA := $(CURDIR)/target/solana
LLVM = $(shell rustc --print target-libdir)/../bin
CIRCUIT ?= tests/golden/wrapped/digits.zkcirc
# Whether a circuit of the setup for tests is taken, whose proofs everybody can forge.
TEST_SRS ?=
FOR_SOLANA = cd examples/solana && CARGO_TARGET_DIR=$(SOLANA) ZKPOT_CIRCUIT=$(abspath $(CIRCUIT))

solana:
	rustup component add rust-src llvm-tools
	$(FOR_SOLANA) $(SMALL) RUSTFLAGS="$(PLACELESS) $(SILENT) -Ctarget-cpu=v2" cargo rustc --locked --release \
		--package zkpot-on-solana $(if $(TEST_SRS),--features test-srs) --target bpfel-unknown-none \
		--crate-type staticlib -Zbuild-std=core
	$(LLVM)/llvm-link $(SOLANA)/bpfel-unknown-none/release/libzkpot_on_solana.a -o $(SOLANA)/linked.bc
	$(LLVM)/opt --passes='internalize,globaldce,default<O3>,globaldce' --internalize-public-api-list=entrypoint \
		$(SOLANA)/linked.bc -o $(SOLANA)/whole.bc
	$(LLVM)/llc --march=bpfel --mcpu=v2 --bpf-stack-size=4096 --filetype=obj $(SOLANA)/whole.bc -o $(SOLANA)/whole.o
	$(FOR_SOLANA) RUSTFLAGS= cargo run --locked --release --package zkpot-sbpf-linker -- $(SOLANA)/whole.o $(SOLANA)/zkpot.so

test-solana: CIRCUIT := tests/golden/wrapped/digits.zkcirc
test-solana: TEST_SRS := 1
test-solana: build
	cd examples/solana && cargo fmt --all --check
	$(FOR_SOLANA) RUSTFLAGS= cargo clippy --locked --release --all-targets --features test-srs -- -D warnings
	$(FOR_SOLANA) RUSTFLAGS= cargo test --locked --release --package zkpot-on-solana --features test-srs
	if $(FOR_SOLANA) RUSTFLAGS= cargo check --locked --quiet --release --package zkpot-on-solana; \
		then echo "a circuit of the setup for tests was taken without being allowed"; exit 1; fi
	$(MAKE) solana CIRCUIT=$(CIRCUIT) TEST_SRS=1
	ZKPOT_PROGRAM=$(SOLANA)/zkpot.so $(BIN)/python -m pytest -q -s examples/solana/tests

# The crates that a node in Rust takes, packed in target/package and built from there.
CRATES := ir sponge pcs protocol verifier embed wrapped
crates:
	cargo package --locked --allow-dirty $(CRATES:%=--package zkpot-%)

# The header of the C interface, from rust/capi; commit what changed.
HEADER = cargo run --locked --quiet --package zkpot-capi --profile $(CARGO_PROFILE) --example header --
c-header:
	$(HEADER) bindings/c/include/zkpot.h

# Everything that verifies in other places: C, Go, wasm, contracts, the chain in Go, browsers and node; Python beside them.
test-validators: build $(EMBED)/lib/libzkpot.a
	$(BIN)/python -m pytest -q tests/conformance
	cargo test --locked --package zkpot-embed --package zkpot-wrapped --profile $(CARGO_PROFILE)
	$(MAKE) test-go test-js test-wasmi test-cosmwasm test-solana test-cometbft

# Bindings for Go and the chain in Go.
# Go does not look at headers and libraries: the flag has it compile and link again after they change.
GO = PKG_CONFIG_PATH=$(EMBED)/lib/pkgconfig:$$PKG_CONFIG_PATH \
	CGO_CFLAGS="-O2 -g -DZKPOT_BUILD=$$(cat $(CURDIR)/bindings/c/include/zkpot.h $(EMBED)/lib/libzkpot.a | cksum | tr -d ' ')" go
GO_WASM := bindings/go/wasm/zkpot.wasm bindings/go/wasm/zkpot-wrapped.wasm
COMETBFT := $(CURDIR)/target/cometbft

$(GO_WASM): bindings/go/wasm/%: $(EMBED)/% $(EMBED)/lib/libzkpot.a
	cp $< $@

test-go: $(GO_WASM)
	test -z "$$(gofmt -l bindings/go examples/cometbft)"
	cd bindings/go && $(GO) vet ./... && $(GO) test -race ./... && CGO_ENABLED=0 go test ./wasm

# Proofs of orders on a chain: owners commit, the chain says contexts, workers prove.
$(COMETBFT)/.proofs: $(VENV)/.native examples/cometbft/testdata/make.py \
		$(wildcard $(addprefix examples/cometbft/,market/*.go scenario/*.go transaction/*.go)) | $(GO_WASM)
	$(BIN)/python examples/cometbft/testdata/make.py commit $(COMETBFT) --models $(or $(MODELS),4)
	cd examples/cometbft && $(GO) run ./scenario/orders $(COMETBFT)
	$(BIN)/python examples/cometbft/testdata/make.py prove $(COMETBFT)
	touch $@

test-cometbft: $(COMETBFT)/.proofs
	cd examples/cometbft && $(GO) vet ./... && $(GO) test -race ./... && ZKPOT_VERIFIER=wasm $(GO) test ./application

# Proofs a second that four validators on this machine commit.
bench-cometbft: COMETBFT := $(CURDIR)/target/cometbft-load
bench-cometbft:
	$(MAKE) COMETBFT=$(COMETBFT) MODELS=40 $(COMETBFT)/.proofs
	cd examples/cometbft && ZKPOT_SCENARIO=$(COMETBFT) $(GO) test ./node -run '^$$' -bench Load -benchtime 1x

# A chain of one node, in target/zkpotd.
cometbft: $(GO_WASM)
	cd examples/cometbft && $(GO) run ./cmd/zkpotd start --home $(CURDIR)/target/zkpotd

# What users do: first from this checkout, then a wheel with two builds, in an environment of its own.
# The second build is the one of this machine, which is there already. Only the step is exported
# here, since torch is large.
test-install: BUILD = $(filter-out baseline,$(shell $(BIN)/python -c "from zkpot.backends import native; print(native.BUILD)"))
test-install: build
	$(PYTHON) -m venv --clear target/install
	RUSTFLAGS= target/install/bin/python -m pip install --quiet --disable-pip-version-check -c requirements.txt .
	$(BIN)/zkpot export models/mlp.py:bench_64_16_10 -o target/install/step.onnx
	target/install/bin/python tests/install/first_use.py target/install/step.onnx
	$(MAKE) wheel SIMD="$(BUILD)" SIMD_FLAGS="$(RUSTFLAGS)"
	target/install/bin/python -m pip install --quiet --disable-pip-version-check --force-reinstall --no-deps $(WHEEL)/*.whl
	target/install/bin/python tests/install/builds.py target/install/step.onnx baseline $(BUILD)
	rm -rf target/install

# Mutates proofs, programs and orders; fails if the verifier panics, is slow, takes much memory or
# accepts. `make fuzz SECONDS=600 SEED=7` goes on for as long as it is told, and before that gives
# Python's readers new bytes.
SECONDS ?= 3600
SEED ?= 1
# Built with everything else, so that nothing is built twice.
FUZZ := cargo build --locked --workspace --profile $(CARGO_PROFILE) && target/$(CARGO_PROFILE)/zkpot-fuzz

test-fuzz: build
	$(FUZZ) --seconds 80

fuzz: build
	$(BIN)/python -m pytest -q tests/fuzz --hypothesis-profile=explore
	$(FUZZ) --seconds $(SECONDS) --seed $(SEED)

# Puts the node tests that come with onnx and the small models to the compiler; writes what is
# expected of them from now on (expected.json beside the tests) and docs/operators.md. Read the
# diff before committing it.
operators: build
	$(BIN)/python -m tests.onnx_nodes
	$(BIN)/python -m tests.models

# Measures links of all models phase by phase, fits what `zkpot inspect` predicts with, and writes
# prediction and measurement to docs/benchmarks.md. Wants an idle machine, and takes an hour.
costs: build data
	$(BIN)/python -m benches.measurements target/costs target/costs/measured.json --large
	$(BIN)/python -m benches.calibrate target/costs target/costs/measured.json
	$(BIN)/python -m benches.cost_model target/costs target/costs/measured.json

# Trains every model at full size, in float32 and in fixed point; writes docs/models.md. Takes an hour.
# `make models MODELS=mlp` measures one again.
models: build data
	$(BIN)/python -m benches.models $(MODELS)

# The verifier for browsers and node (bindings/js), with the wasm that the other bindings get.
JS := bindings/js
JS_PACKAGES := $(JS)/node_modules/.package-lock.json

$(JS_PACKAGES): $(JS)/package.json $(JS)/package-lock.json
	cd $(JS) && npm ci

JS_WASM := $(JS)/zkpot.wasm $(JS)/zkpot-wrapped.wasm

$(JS_WASM): $(JS)/%: $(EMBED)/%
	cp $< $@

# The page that verifies a dropped proof, in docs/light-client, from where any static server serves it.
light-client: $(JS_PACKAGES) $(JS_WASM)
	cd $(JS) && npm run build && npm run page

# In node, and in the Chromium that $$CHROMIUM names, the system has or npm brings.
test-js: light-client
	cd $(JS) && npm run lint && npm test

# Times of a proof in both: `make bench-js PROOF=run.zkpot`.
bench-js: light-client
	cd $(JS) && npm run bench -- $(abspath $(PROOF))

demo: build
	$(BIN)/python examples/digits.py

# Training that is ordered, proven and paid on a chain, and what goes wrong on the way. Takes ten minutes and
# 6 GB; keys of its circuit are kept in out/settlement-keys.
demo-settle: build data
	$(BIN)/python -m examples.settlement

# Records what zkpot costs in benches/recorded and writes docs/benchmarks.md, in half an hour of an
# idle machine. `make bench SECTIONS="steps zero_knowledge"` measures these again; one that was
# stopped goes on where it was.
bench: build data
	$(BIN)/python -m benches $(SECTIONS)

# Fails where a ratio is worse than recorded; takes three minutes of an idle machine.
bench-check: build data
	$(BIN)/python -m benches.check

# An epoch of MNIST and a run of MINUTES, each killed twice; writes docs/long-runs.md.
MINUTES ?= 60

long-run: build data
	$(BIN)/python -m benches.long_run --title "An epoch" --steps 937 --growth 0.2
	$(BIN)/python -m benches.long_run --minutes $(MINUTES)

# Renews the lock files from pyproject.toml (needs `pip install uv`).
lock:
	uv pip compile --quiet --universal --python-version 3.10 --no-header --no-annotate pyproject.toml -o requirements.txt
	uv pip compile --quiet --universal --python-version 3.10 --no-header --no-annotate --extra torch --extra dev pyproject.toml -o requirements-dev.txt

clean:
	rm -rf $(VENV) target node_modules
