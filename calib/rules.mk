# SPDX-License-Identifier: MIT
LIB_SRC += $(wildcard calib/*.c)
