# SPDX-License-Identifier: MIT
# Cophase: one non-recursive Makefile; each folder adds its sources in its rules.mk. `make help` lists the targets.
#
# Variables: BUILD (objects and products), CC, CROSS (tool prefix, e.g. aarch64-linux-gnu-), CFLAGS, WERROR=0|1,
# FFTW=0|1, SAN=address,undefined (use another BUILD), DEPS=skip (never look at packages), PREFIX and DESTDIR (install).

VERSION := 0.1.0
BUILD   ?= build
PREFIX  ?= /usr/local
CROSS   ?=
WERROR  ?= 1
FFTW    ?= 1
SAN     ?=
DEPS    ?=
CFLAGS  ?= -O2 -g

ifeq ($(origin CC),default)
CC := $(CROSS)gcc
endif
ifeq ($(origin AR),default)
AR := $(CROSS)ar
endif
PKG_CONFIG ?= $(CROSS)pkg-config
NM         ?= $(CROSS)nm
OBJDUMP    ?= $(CROSS)objdump

# Debian's triplet: clang says x86_64-pc-linux-gnu where Debian's folders say x86_64-linux-gnu.
TRIPLET := $(subst -pc-,-,$(or $(shell $(CC) -dumpmachine 2>/dev/null),$(shell uname -m)-linux-gnu))
ARCH    := $(firstword $(subst -, ,$(TRIPLET)))
CLANG   := $(if $(shell $(CC) --version 2>/dev/null | grep -i clang),1)

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules

include .ci/flags.mk

# Sources of the library, the command, the benchmark (a part of the command) and the tests; filled by the folders.
LIB_SRC   :=
CLI_SRC   :=
BENCH_SRC :=
UNIT_SRC  :=
CHECK_SRC :=
DESPREAD_SRC :=
APPEND_SRC :=
FUZZ_SRC  :=
CORE_SRC  :=
include kernels/rules.mk calib/rules.mk datasets/rules.mk cli/rules.mk bench/rules.mk tests/rules.mk

objects = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
# Files whose suffix names an instruction set or a library that this build does not have are left out.
usable = $(filter-out $(ABSENT),$(sort $(1)))

LIB_OBJ    := $(call objects,$(call usable,$(LIB_SRC)))
KERNEL_OBJ := $(filter $(BUILD)/obj/kernels/%,$(LIB_OBJ))
CLI_OBJ    := $(call objects,$(call usable,$(CLI_SRC)))
BENCH_OBJ  := $(call objects,$(call usable,$(BENCH_SRC)))
UNIT_OBJ   := $(call objects,$(call usable,$(UNIT_SRC)))
CHECK_OBJ  := $(call objects,$(call usable,$(CHECK_SRC)))
DESPREAD_OBJ := $(call objects,$(DESPREAD_SRC))
APPEND_OBJ := $(call objects,$(APPEND_SRC))
FUZZ_OBJ   := $(call objects,$(FUZZ_SRC))
ALL_OBJ    := $(LIB_OBJ) $(CLI_OBJ) $(BENCH_OBJ) $(UNIT_OBJ) $(CHECK_OBJ) $(DESPREAD_OBJ) $(APPEND_OBJ) $(FUZZ_OBJ)
# A program's main stays out when its other files serve a second program.
without_main = $(filter-out %/main.o,$(1))

LIB_A    := $(BUILD)/libcophase.a
LIB_SO   := $(BUILD)/libcophase.so
PROGRAMS := $(if $(CLI_OBJ),$(BUILD)/cophase)
TESTS    := $(if $(UNIT_OBJ),$(BUILD)/tests/unit) $(if $(CHECK_OBJ),$(BUILD)/tests/check)

.PHONY: all
all: $(LIB_A) $(LIB_SO) $(PROGRAMS) ## build the command and the libraries (default)

.PHONY: tests
tests: $(TESTS) $(BUILD)/tests/despread $(BUILD)/tests/append ## build the test programs

$(LIB_A): $(LIB_OBJ) $(BUILD)/stamp/objects | $(BUILD)/stamp/tools
	@mkdir -p $(@D) && rm -f $@
	$(Q)$(AR) rcs $@ $(LIB_OBJ)

$(LIB_SO): $(LIB_A) $(BUILD)/stamp/link
	$(call say,LD,$@)
	$(Q)$(CC) -shared $(LDFLAGS_ALL) -Wl,-soname,libcophase.so.0 -Wl,--no-undefined -o $@ \
	    -Wl,--whole-archive $(LIB_A) -Wl,--no-whole-archive $(LIB_LIBS)
	@ln -sf libcophase.so $@.0

$(BUILD)/cophase: $(CLI_OBJ) $(BENCH_OBJ) $(LIB_A) $(BUILD)/stamp/link
	$(call link,$(CLI_OBJ) $(BENCH_OBJ) $(LIB_A),$(CLI_LIBS) $(LIB_LIBS))

$(BUILD)/tests/unit: $(UNIT_OBJ) $(call without_main,$(CLI_OBJ)) $(BENCH_OBJ) $(LIB_A) $(BUILD)/stamp/link
	$(call link,$(UNIT_OBJ) $(call without_main,$(CLI_OBJ)) $(BENCH_OBJ) $(LIB_A),$(UNIT_LIBS) $(CLI_LIBS) $(LIB_LIBS))

# The check program takes kernels alone, of them what it calls: it runs where CUnit, HDF5 and LAPACK are not (cross builds,
# emulators).
$(BUILD)/tests/kernels.a: $(KERNEL_OBJ) $(BUILD)/stamp/objects
	@mkdir -p $(@D) && rm -f $@
	$(Q)$(AR) rcs $@ $(KERNEL_OBJ)
$(BUILD)/tests/check: $(CHECK_OBJ) $(BUILD)/tests/kernels.a $(BUILD)/stamp/link
	$(call link,$(CHECK_OBJ) $(BUILD)/tests/kernels.a,$(KERNEL_LIBS))

# What an acceptance test has its recordings looked at with.
$(BUILD)/tests/despread: $(DESPREAD_OBJ) $(LIB_A) $(BUILD)/stamp/link
	$(call link,$(DESPREAD_OBJ) $(LIB_A),$(LIB_LIBS))

# Who writes captures while they are followed.
$(BUILD)/tests/append: $(APPEND_OBJ) $(BUILD)/stamp/link
	$(call link,$(APPEND_OBJ),$(LIB_LIBS))

# Calls of the firmware profile as they should not be; for a build with sanitizers.
FUZZED_OBJ := $(FUZZ_OBJ) $(call objects,$(FW_SRC))
$(BUILD)/tests/fw_fuzz: $(FUZZED_OBJ) $(BUILD)/stamp/link
	$(call link,$(FUZZED_OBJ),-lm)

$(BUILD)/obj/%.o: %.c $(BUILD)/stamp/compile | $(BUILD)/stamp/tools
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(call flags_of,$<) -MMD -MP -c -o $@ $<

-include $(ALL_OBJ:.o=.d)

# Stamps change when the flags or the list of objects change, so that what depends on them is made again.
$(BUILD)/stamp/compile: FORCE
	$(call stamp,$(CC) $(FLAGS_ALL) $(FFTW))
$(BUILD)/stamp/link: FORCE
	$(call stamp,$(CC) $(LDFLAGS_ALL) $(sort $(LIB_OBJ) $(CLI_OBJ) $(BENCH_OBJ) $(UNIT_OBJ) $(CHECK_OBJ)))
$(BUILD)/stamp/objects: FORCE
	$(call stamp,$(LIB_OBJ))
# Says what to do when a compiler or a header is missing, before a page of errors does.
$(BUILD)/stamp/tools: .ci/packages .ci/have
	@mkdir -p $(@D)
	$(Q)$(if $(CROSS),true,CC="$(CC)" FFTW=$(FFTW) CPPFLAGS="$(EXTERN_INCLUDES)" sh .ci/have) && touch $@
.PHONY: FORCE
FORCE:

include .ci/targets.mk
