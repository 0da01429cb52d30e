# SPDX-License-Identifier: MIT
include kernels/core.mk
LIB_SRC += $(wildcard kernels/*.c kernels/*/*.c)
