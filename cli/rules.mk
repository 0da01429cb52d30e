# SPDX-License-Identifier: MIT
CLI_SRC += $(wildcard cli/*.c cli/*/*.c)
