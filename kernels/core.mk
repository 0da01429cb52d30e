# SPDX-License-Identifier: MIT
# The core: freestanding files that firmware takes as they are, one a line. `make core-check` holds them to it.
#     CORE_SRC += kernels/core/NAME.c
