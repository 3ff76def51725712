# creditnode: everything a newcomer needs, on a Debian machine that has git, make and the Swift toolchain.
# ARGS passes options on:  make demo ARGS="--once --rows 2000"

SWIFT ?= swift
ARGS ?=
# Imports of modules that a target does not name as dependencies are errors.
STRICT = --explicit-target-dependency-import-check error
# The simulator: seeds A-B of so many steps (docs/simulation.md).
SIMULATE = .build/release/creditnode simulate --nodes 1,3,9 --steps 2000 --without $(LATER)
# Kinds of steps that are simulated, and not yet clear of faults: --without "" runs them too.
LATER = hand-in,approve,send-back,file,assign,honour,wish,wish-withdrawn,commitment,fulfil,purge,rule,registry,catalogue,profile
# The same with a bug planted in it: a smaller town, in which seeds take a second or two and few steps are left of a failure.
MUTANT = .build/mutants/release/creditnode simulate --nodes 1,2,3 --steps 700
# Tests that multiply their seeds, rows, episodes and nodes under CREDITNODE_SOAK.
SOAK ?= RegistryTests|IntakeTests|ReplicationTests|SealingTests|StorageTests|NodeTests|EndToEndTests.SlowLineTests|EndToEndTests.BrokenLineTests|EndToEndTests.ReturnTests|EndToEndTests.HostilePeersTests

.DEFAULT_GOAL := help
.PHONY: help setup build demo test bench soak mutants format lint clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install the system libraries that are missing
	@Deploy/setup.sh

build: setup ## the program, optimised: .build/release/creditnode
	$(SWIFT) build -c release --product creditnode

demo: setup ## a city, two districts and four streets at work on this machine
	$(SWIFT) build -c release --product creditnode
	.build/release/creditnode demo $(ARGS)

test: setup ## build strictly, run every test
	$(SWIFT) build --build-tests $(STRICT)
ifeq ($(strip $(ARGS)),)
# The end-to-end tests wait on real processes and would hold up the threads of all others.
	$(SWIFT) test --skip-build $(STRICT) --skip EndToEndTests
	$(SWIFT) test --skip-build $(STRICT) --filter EndToEndTests
	$(SWIFT) build -c release --product creditnode
	$(SIMULATE) --seeds 1-100
else
	$(SWIFT) test --skip-build $(STRICT) $(ARGS)
endif

bench: setup ## measure; docs/performance.md says what
	$(SWIFT) build -c release --product creditnode
	$(SWIFT) build -c release --product creditnode-bench
	.build/release/creditnode-bench $(ARGS)

soak: setup ## property and line tests with many more seeds, rows and nodes
	CREDITNODE_SOAK=1 $(SWIFT) test -c debug $(STRICT) --filter '$(SOAK)' $(ARGS)
	$(SWIFT) build -c release --product creditnode
	$(SIMULATE) --seeds 1-2000
	$(MAKE) mutants

mutants: setup ## each planted bug is found by the simulator within 200 seeds, by its own guarantee, and becomes a few steps
	$(SWIFT) build -c release --product creditnode --scratch-path .build/mutants -Xswiftc -DPLANTED_BUGS
	@for bug in 1=G3 2=G3 3=G2 4=G[12] 5=G1 6=G3 7=P5 8=G7 9=G1 10=G9; do \
	  export CREDITNODE_PLANTED_BUG=$${bug%=*}; \
	  if found=$$($(MUTANT) --seeds 1-200 --twins 5 --until-failure --no-shrink); then echo "planted bug $${bug%=*} was not found"; exit 1; fi; \
	  seed=$$(echo "$$found" | grep -m1 -B1 FAILED | sed -n 's/^seed \([0-9]*\):.*/\1/p'); \
	  echo "planted bug $${bug%=*}: seed $$seed,$$(echo "$$found" | grep -m1 FAILED)"; \
	  echo "$$found" | grep -m1 FAILED | grep -q "FAILED $${bug#*=}:" || { echo "  another guarantee than $${bug#*=}"; exit 1; }; \
	  [ $${bug%=*} = 10 ] || $(MUTANT) --seed $$seed --twins $$(( seed % 5 == 0 ? seed : 0 )) | sed -n 's/^seed [0-9]*, \([0-9]*\) of.*/  \1 steps are left/p'; \
	done

format: ## format the sources in place
	$(SWIFT) format -i -r Sources Tests Package.swift

lint: setup ## report style, then run the tidy tests
	$(SWIFT) format lint -r Sources Tests Package.swift
	$(SWIFT) test $(STRICT) --filter TidyTests

clean: ## remove what was built and what demo and bench left
	$(SWIFT) package clean
	rm -rf demo-run bench-run
