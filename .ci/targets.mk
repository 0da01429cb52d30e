# SPDX-License-Identifier: MIT
# Targets beside the build itself: packages, tests, lint, install.

.PHONY: help
help: ## list the targets
	@printf 'Targets:\n'
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1|\2/p' Makefile .ci/targets.mk | sort | column -t -s '|'
	@sed -n '/^# Variables:/,/^$$/s/^# *//p' Makefile

.PHONY: deps
deps: ## install the Debian packages that are missing
	$(if $(filter skip,$(DEPS)),@true,$(Q)sh .ci/deps build)

# What depends on packages starts over after they are there: pkg-config and the compiler are asked while make reads.
again = $(Q)+$(MAKE) --no-print-directory $(if $(findstring -j,$(MAKEFLAGS)),,-j$(shell nproc)) DEPS=skip $(1)

SCRIPTS_CLI        = $(sort $(wildcard tests/cli/*.sh))
SCRIPTS_ACCEPTANCE = $(sort $(wildcard tests/acceptance/*.sh))
run_tests = $(Q)BUILD=$(BUILD) COPHASE=$(abspath $(BUILD)/cophase) bash tests/run.sh $(1)

.PHONY: test test-quick run-test run-test-quick
test: deps ## install, build and run all tests
	$(call again,run-test)
test-quick: deps ## the same without the acceptance tests
	$(call again,run-test-quick)
run-test: all tests
	$(call run_tests,$(TESTS) $(SCRIPTS_CLI) $(SCRIPTS_ACCEPTANCE))
run-test-quick: all tests
	$(call run_tests,$(TESTS) $(SCRIPTS_CLI))

.PHONY: demo run-demo
demo: deps ## install, build and run the demonstration
	$(call again,run-demo)
run-demo: all
	@test -f cli/demo.sh || { echo 'cli/demo.sh does not exist yet'; exit 1; }
	$(Q)COPHASE=$(abspath $(BUILD)/cophase) bash cli/demo.sh

.PHONY: clean
clean: ## remove what was built
	rm -rf $(BUILD)
