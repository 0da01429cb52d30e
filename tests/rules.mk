# SPDX-License-Identifier: MIT
UNIT_SRC  += $(wildcard tests/unit/*.c)
CHECK_SRC += $(wildcard tests/kernels/*.c)
APPEND_SRC += tests/cli/append.c
DESPREAD_SRC += $(wildcard tests/acceptance/*.c)
FUZZ_SRC  += $(wildcard tests/fuzz/*.c)
