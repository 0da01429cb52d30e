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
# Other processors, emulated: the build's own programs on an old x86, the kernels on AArch64.
SCRIPTS_OLD_CPU    = $(if $(filter x86_64,$(ARCH)),tests/machines/nehalem.sh)
SCRIPTS_AARCH64    = tests/machines/aarch64.sh
run_tests = $(Q)BUILD=$(BUILD) COPHASE=$(abspath $(BUILD)/cophase) bash tests/run.sh $(1)

.PHONY: test test-quick run-test run-test-quick
test: deps ## install, build and run all tests
	$(call again,run-test)
test-quick: deps ## the same without the acceptance tests
	$(call again,run-test-quick)
run-test: all tests
	$(call run_tests,$(TESTS) $(SCRIPTS_ACCEPTANCE) $(SCRIPTS_OLD_CPU) $(SCRIPTS_CLI))
run-test-quick: all tests
	$(call run_tests,$(TESTS) $(SCRIPTS_CLI))

.PHONY: test-oldcpu run-test-oldcpu test-aarch64 run-test-aarch64
test-oldcpu: deps ## run the command and the kernels' checks on an emulated x86 without AVX2
	$(if $(filter skip,$(DEPS)),@true,$(Q)sh .ci/deps cross)
	$(call again,run-test-oldcpu)
run-test-oldcpu: all tests
	$(call run_tests,$(SCRIPTS_OLD_CPU))
test-aarch64: ## cross-build the kernels for AArch64 and run their checks on emulated machines
	$(if $(filter skip,$(DEPS)),@true,$(Q)sh .ci/deps cross)
	$(call again,BUILD=build-aarch64 CROSS=aarch64-linux-gnu- FFTW=0 LDFLAGS='-static -Wl$(comma)--no-warnings' run-test-aarch64)
run-test-aarch64: $(BUILD)/tests/check
	$(call check_core,$(KERNEL_OBJ),core objects)
	$(call run_tests,$(SCRIPTS_AARCH64))

.PHONY: firmware test-firmware firmware-expected run-firmware run-test-firmware run-firmware-expected
firmware: ## write build/firmware: the firmware profile as two files, its libraries, example and table of sizes
	$(if $(filter skip,$(DEPS)),@true,$(Q)sh .ci/deps firmware)
	$(call again,run-firmware)
test-firmware: deps ## run the firmware profile on emulated targets: bits, instructions, sizes, stack, symbols
	$(if $(filter skip,$(DEPS)),@true,$(Q)sh .ci/deps firmware)
	$(call again,run-test-firmware)
firmware-expected: deps ## take what test-firmware measures as what it expects
	$(if $(filter skip,$(DEPS)),@true,$(Q)sh .ci/deps firmware)
	$(call again,run-firmware-expected)
run-firmware:
	$(Q)VERSION=$(VERSION) bash .ci/firmware $(BUILD)/firmware $(FW_SRC)
test_firmware = $(Q)CC="$(CC)" FIRMWARE=$(BUILD)/firmware HOST_OBJ="$(call objects,$(FW_SRC))" bash tests/firmware/firmware.sh
run-test-firmware: run-firmware $(call objects,$(FW_SRC))
	$(test_firmware)
run-firmware-expected: run-firmware $(call objects,$(FW_SRC))
	$(test_firmware) --rewrite

FUZZ_SECONDS ?= 60
FUZZ_SEED    ?= 1
.PHONY: fuzz run-fuzz
fuzz: deps ## call the firmware profile with what it must refuse, under sanitizers (FUZZ_SECONDS, FUZZ_SEED)
	$(call again,BUILD=build-sanitized SAN=address$(comma)undefined run-fuzz)
run-fuzz: $(BUILD)/tests/fw_fuzz
	$(Q)$(BUILD)/tests/fw_fuzz $(FUZZ_SECONDS) $(FUZZ_SEED)

.PHONY: calib-table run-calib-table
calib-table: deps ## print the tables of calib/README.md: errors of solvers against the Cramer-Rao bound, 1000 seeds each
	$(call again,run-calib-table)
run-calib-table: $(BUILD)/tests/unit
	$(Q)BUILD=$(BUILD) bash .ci/calib-table

.PHONY: demo run-demo
demo: deps ## install, build and run the demonstration
	$(call again,run-demo)
run-demo: all
	@test -f cli/demo.sh || { echo 'cli/demo.sh does not exist yet'; exit 1; }
	$(Q)COPHASE=$(abspath $(BUILD)/cophase) bash cli/demo.sh

.PHONY: scenario run-scenario
scenario: deps ## install, build, and follow satellites with a simulated terminal: jammed, quiet, covered; a page of it
	$(call again,run-scenario)
run-scenario: all
	$(Q)COPHASE=$(abspath $(BUILD)/cophase) bash cli/scenario.sh

.PHONY: bench run-bench
bench: deps ## install, build and time the kernels on cases of the field (BENCH_FLAGS: see cophase bench --help)
	$(call again,run-bench)
run-bench: all
	$(Q)$(BUILD)/cophase bench $(BENCH_FLAGS)

.PHONY: clean
clean: ## remove what was built
	rm -rf $(BUILD)

# $(call check_core,OBJECTS,PARTS)
check_core = $(Q)CC="$(CC)" NM="$(NM)" OBJDUMP="$(OBJDUMP)" BUILD=$(BUILD) CORE_SRC="$(sort $(CORE_SRC))" OBJECTS="$(1)" \
    bash .ci/core-check $(2)
.PHONY: core-check
core-check: $(LIB_A) $(LIB_SO) ## hold the core to freestanding C, objects to their instruction sets, headers to C and C++
	$(call check_core,$(LIB_OBJ),core objects headers)

# Lint: a stamp per file, as old as its object, so that only what changed (or includes what changed) is looked at again.
TIDY_STAMPS = $(patsubst $(BUILD)/obj/%.o,$(BUILD)/lint/%.tidy,$(sort $(ALL_OBJ)))
GCC_ONLY    = -fno-tree-vectorize -Werror
FORMATTED   = $(sort $(wildcard $(foreach d,include kernels calib datasets cli bench tests,$(d)/*.[ch] $(d)/*/*.[ch] $(d)/*/*/*.[ch])))
SHELL_FILES = $(wildcard .ci/have .ci/deps .ci/core-check .ci/layers .ci/calib-table .ci/run .ci/amalgamate .ci/firmware tests/*.sh tests/*/*.sh tests/*/*.bash cli/*.sh cli/*.bash)

.PHONY: lint format lint-format lint-tidy lint-cppcheck lint-layers lint-shell
lint: lint-format lint-layers lint-shell lint-cppcheck lint-tidy ## clang-format, layer arrows, shellcheck, cppcheck, clang-tidy
lint-format:
	$(Q)clang-format --dry-run -Werror $(FORMATTED)
format: ## lay out all C files with clang-format
	$(Q)clang-format -i $(FORMATTED)
lint-layers: $(ALL_OBJ) $(BUILD)/stamp/objects
	$(Q)BUILD=$(BUILD) NM="$(NM)" bash .ci/layers
lint-shell:
	$(Q)if command -v shellcheck >/dev/null; then shellcheck -x -S warning $(SHELL_FILES); fi
lint-cppcheck:
	$(Q)cppcheck -q -j2 --std=c11 --language=c --enable=warning,performance,portability --inline-suppr \
	    --suppress=missingIncludeSystem --error-exitcode=1 -D__x86_64__ -DCPH_HAVE_FFTW=1 -Iinclude -I. \
	    $(wildcard kernels calib datasets cli bench tests)
lint-tidy: $(TIDY_STAMPS)
$(BUILD)/lint/%.tidy: $(BUILD)/obj/%.o .clang-tidy
	$(call say,TIDY,$*.c)
	@mkdir -p $(@D)
	$(Q)clang-tidy --quiet $*.c -- $(filter-out $(GCC_ONLY),$(call flags_of,$*.c)) 2>$@.log || \
	    { grep -vE 'warnings? generated|Suppressed|-header-filter' $@.log; false; }
	@touch $@

DEST = $(DESTDIR)$(PREFIX)
.PHONY: install
install: all ## install the command, the libraries, headers and a pkg-config file under PREFIX
	install -d $(DEST)/bin $(DEST)/lib/pkgconfig $(DEST)/include/cophase
	$(if $(CLI_OBJ),install -m 755 $(BUILD)/cophase $(DEST)/bin/)
	install -m 644 $(LIB_A) $(DEST)/lib/
	install -m 755 $(LIB_SO) $(DEST)/lib/libcophase.so.0
	ln -sf libcophase.so.0 $(DEST)/lib/libcophase.so
	install -m 644 $(wildcard include/cophase/*.h) $(DEST)/include/cophase/
	printf '%s\n' 'prefix=$(PREFIX)' 'Name: cophase' 'Description: phased-array beamforming and calibration' \
	    'Version: $(VERSION)' 'Cflags: -I$${prefix}/include' 'Libs: -L$${prefix}/lib -lcophase' \
	    'Libs.private: -fopenmp $(LIB_LIBS)' >$(DEST)/lib/pkgconfig/cophase.pc
