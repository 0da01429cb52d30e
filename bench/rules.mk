# SPDX-License-Identifier: MIT
BENCH_SRC += $(wildcard bench/*.c bench/*/*.c)
