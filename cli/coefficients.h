/* SPDX-License-Identifier: MIT */
/** @file coefficients.h
 *  The coefficients 1/g that undo a calibration, and a solution of them as a beam: what takes
 *  weights takes calibrations, too. */
#ifndef CPH_CLI_COEFFICIENTS_H
#define CPH_CLI_COEFFICIENTS_H

#include "cli/options.h"
#include "cophase/data.h"
#include "cophase/solutions.h"

/** Whether a file holds weights; else it holds a calibration. What holds neither is told. */
cph_exit cph_coefficients_kind(const cph_cli *cli, const char *file, bool *weights);

/** Reads a calibration, settled by --data, that has the solution `time` and the channel; what is
 *  wrong is told. Free with cph_calibration_free, whatever is returned. Zero-initialise. */
cph_exit cph_coefficients_read(const cph_cli *cli, const char *file, size_t time, size_t channel,
                               cph_calibration *calibration);

/** The factor that undoes a gain, 1/g; 0 where it is flagged. */
cph_c64 cph_coefficient(const cph_calibration *calibration, size_t at);

/** FORMAT where a coefficient [N] of a solution and channel is beyond the numbers of a float. */
cph_status cph_coefficients_check(const char *file, const cph_calibration *calibration, size_t time,
                                  size_t channel, cph_error *error);

/** One solution and channel as a beam toward z whose coefficients conj(w) are 1/g, 0 where flagged:
 *  weights of one beam and channel, whose they are to free. Errors: of the check, MEMORY. */
cph_status cph_coefficients_beam(const char *file, const cph_calibration *calibration, size_t time,
                                 size_t channel, cph_weights *weights, cph_error *error);

#endif
