# SPDX-License-Identifier: MIT
LIB_SRC += $(wildcard datasets/*.c datasets/*/*.c)
