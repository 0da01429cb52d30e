# SPDX-License-Identifier: MIT
BENCH_SRC += $(wildcard bench/*.c bench/*/*.c)

# Results say which build they are of.
MACHINE_O := $(BUILD)/obj/bench/machine.o
GIT_STATE := $(or $(shell git describe --always --dirty --tags 2>/dev/null),unknown)
$(MACHINE_O): FOLDER_FLAGS_bench += -DCPH_GIT='"$(GIT_STATE)"' -DCPH_BUILD_FLAGS='"$(strip $(CFLAGS) $(NUMERIC))"'
$(MACHINE_O): $(BUILD)/stamp/git
$(BUILD)/stamp/git: FORCE
	$(call stamp,$(GIT_STATE))
