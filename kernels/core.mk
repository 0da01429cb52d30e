# SPDX-License-Identifier: MIT
# The core: freestanding files that firmware takes as they are, one a line. `make core-check` holds them to it.
CORE_SRC += kernels/beamform/beamform.c
CORE_SRC += kernels/beamform/beamform_choose.c
CORE_SRC += kernels/beamform/pack.c
CORE_SRC += kernels/beamform/beamform_rows_c8_i8_scalar.c
CORE_SRC += kernels/beamform/beamform_rows_c8_i16_scalar.c
CORE_SRC += kernels/beamform/beamform_rows_c16_i16_scalar.c
CORE_SRC += kernels/beamform/beamform_rows_c8_f32_scalar.c
CORE_SRC += kernels/beamform/beamform_rows_c16_f32_scalar.c
CORE_SRC += kernels/beamform/beamform_rows_c32_f32_scalar.c
CORE_SRC += kernels/beamform/beamform_columns_c8_i8_scalar.c
CORE_SRC += kernels/beamform/beamform_columns_c8_i16_scalar.c
CORE_SRC += kernels/beamform/beamform_columns_c8_bf16_scalar.c
CORE_SRC += kernels/beamform/beamform_columns_c16_i16_scalar.c
CORE_SRC += kernels/beamform/beamform_columns_c8_f32_scalar.c
CORE_SRC += kernels/beamform/beamform_columns_c16_f32_scalar.c
CORE_SRC += kernels/beamform/beamform_columns_c32_f32_scalar.c
CORE_SRC += kernels/convert/convert.c
CORE_SRC += kernels/convert/convert_c8_c32_scalar.c
CORE_SRC += kernels/convert/convert_c16_c32_scalar.c
CORE_SRC += kernels/convert/convert_c32_c32_scalar.c
CORE_SRC += kernels/convert/convert_c32_c8_scalar.c
CORE_SRC += kernels/convert/convert_c32_c16_scalar.c

# The firmware profile, in the order in which its two files have them.
CORE_SRC += kernels/fw/fw_sine.c
CORE_SRC += kernels/fw/fw_steer.c
CORE_SRC += kernels/fw/fw_taper.c
CORE_SRC += kernels/fw/fw_track.c
CORE_SRC += kernels/fw/fw_states.c
CORE_SRC += kernels/fw/fw_tables.c
CORE_SRC += kernels/fw/fw_beam.c
CORE_SRC += kernels/fw/fw_spi.c
CORE_SRC += kernels/fw/fw_crc.c
CORE_SRC += kernels/fw/fw_image.c
CORE_SRC += kernels/fw/fw_temperature.c
CORE_SRC += kernels/fw/fw_beamform.c
CORE_SRC += kernels/fw/fw_covariance.c
CORE_SRC += kernels/fw/fw_adaptive.c
CORE_SRC += kernels/fw/fw_nlms.c
CORE_SRC += kernels/fw/fw_calibrate.c
FW_SRC = $(filter kernels/fw/%,$(CORE_SRC))
