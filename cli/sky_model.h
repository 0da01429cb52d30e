/* SPDX-License-Identifier: MIT */
/** @file sky_model.h
 *  --model FILE.h5 of `cophase calibrate`: covariances of the sky alone. */
#ifndef CPH_CLI_SKY_MODEL_H
#define CPH_CLI_SKY_MODEL_H

#include "cli/input.h"

/** Zero-initialise; free with cph_sky_model_close. */
typedef struct cph_sky_model {
    const char *path;
    cph_data *data;
    cph_c64 *r; /**< [elements][elements] of the selection read last */
} cph_sky_model;

/** Opens a covariance file of as many elements as the input; says what is wrong. */
cph_exit cph_sky_model_open(const char *path, const cph_input *input, cph_sky_model *model);
void cph_sky_model_close(cph_sky_model *model);

/** model->r of a selection at the nearest channel and time (NaN: the first). FORMAT where no
 * channel is near, MEMORY, and what reading gives. */
cph_status cph_sky_model_read(cph_sky_model *model, const cph_selection *selection, double freq_hz,
                              double time_unix_s, cph_error *error);

#endif
