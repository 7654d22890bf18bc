# `make test` is all that must hold. `make artifacts` after a change of the contracts, `make bench` for the figures in
# docs/performance.md.

FORGE := scripts/forge
CARGO := cargo
NEXTEST := $(CARGO) nextest
TOOLS := target/tools

.PHONY: test npm browser contracts lint unit artifacts catalogue lockstep bench clean

test: contracts lint unit

# The pinned tools: forge, anvil, solc, OpenZeppelin. Installed in contracts/, and only when the lock file changed. Not
# by `npm ci`: it insists on the optional packages of every platform, and a mirror may carry those of one.
npm: contracts/node_modules/.installed
contracts/node_modules/.installed: contracts/package-lock.json
	cd contracts && npm install --no-save --ignore-scripts --no-audit --no-fund
	touch $@

# The browser that opens reports in the tests: Chromium as an npm package, with all that it needs.
browser: tests/browser/node_modules/.installed
tests/browser/node_modules/.installed: tests/browser/package-lock.json
	cd tests/browser && npm install --no-save --ignore-scripts --no-audit --no-fund
	touch $@

contracts: npm
	cd contracts && $(FORGE) fmt --check && $(FORGE) fmt --check avs mocks
	cd contracts && node scripts/build.mjs --check
	cd contracts && node scripts/pairs.mjs --check
	cd contracts && $(FORGE) test

lint:
	$(CARGO) fmt --check
	$(CARGO) clippy --locked --all-targets -- -D warnings
	$(CARGO) clippy --locked --no-default-features --all-targets -- -D warnings

unit: npm browser $(TOOLS)/nextest
	PATH="$(CURDIR)/$(TOOLS)/bin:$$PATH" $(NEXTEST) run --locked

# nextest, if the machine does not have it.
$(TOOLS)/nextest:
	mkdir -p $(TOOLS)
	$(NEXTEST) --version || $(CARGO) install --locked --root $(TOOLS) cargo-nextest@0.9.143
	touch $@

artifacts: npm
	cd contracts && $(FORGE) fmt && $(FORGE) fmt avs mocks
	cd contracts && node scripts/build.mjs
	cd contracts && node scripts/pairs.mjs

# invariants/README.md, from the constants beside it.
catalogue: $(TOOLS)/nextest
	UPDATE_CATALOGUE=1 $(NEXTEST) run --locked catalogue::the_document_is_the_catalogue

# More than two million calls beside the reference model, without a disagreement: every release in every world but that of
# tokens which call back.
LOCKSTEP := $(foreach release,slashing redistribution,$(foreach world,standard decimals rebasing fee reverting \
	blacklisting registrars eigen limited,$(release):$(world))) redistribution:examples

lockstep:
	$(CARGO) build --release --locked
	for played in $(LOCKSTEP); do \
		target/release/slashproof run --invariants MODEL --release $${played%:*} --world $${played#*:} --seed 1 --runs 1500 \
			--out target/lockstep/$$played || exit 1; \
	done

# The comparison with forge, then what the engine costs, then a sample of the mutants; the last part makes the summary and
# the plot. Everything is in target/bench.
bench: npm
	benches/throughput.sh
	$(CARGO) bench --locked --bench engine -- floor shrink workers memory
	benches/guidance.sh
	$(CARGO) bench --locked --bench engine -- report

clean:
	rm -rf target contracts/out contracts/cache contracts/node_modules tests/browser/node_modules slashproof-out
