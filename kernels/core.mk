# SPDX-License-Identifier: MIT
# The core: freestanding files that firmware takes as they are, one a line. `make core-check` holds them to it.
CORE_SRC += kernels/beamform/beamform.c
CORE_SRC += kernels/beamform/beamform_c8_scalar.c
CORE_SRC += kernels/beamform/beamform_c16_scalar.c
CORE_SRC += kernels/beamform/beamform_c32_scalar.c
CORE_SRC += kernels/convert/convert.c
CORE_SRC += kernels/convert/convert_c8_c32_scalar.c
CORE_SRC += kernels/convert/convert_c16_c32_scalar.c
CORE_SRC += kernels/convert/convert_c32_c32_scalar.c
CORE_SRC += kernels/convert/convert_c32_c8_scalar.c
CORE_SRC += kernels/convert/convert_c32_c16_scalar.c
