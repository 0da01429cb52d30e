/* SPDX-License-Identifier: MIT */
/** @file fw_verify.h
 *  `cophase fw-verify`: what a run works on, its limits, what it says. */
#ifndef CPH_CLI_FW_VERIFY_H
#define CPH_CLI_FW_VERIFY_H

#include "cli/fw_decode.h"
#include "cli/limits.h"
#include "cli/options.h"

enum { CPH_FW_VERIFY_LIMITS = 6 };

typedef struct cph_fw_verify_options {
    cph_cli cli;
    const char *weights; /**< or a calibration */
    size_t time;         /**< of a calibration */
    bool has_time;
    size_t channel;
    cph_ranges beams;
    cph_image_options image; /**< .states alone */
    double step_db;
    double limit[CPH_FW_VERIFY_LIMITS]; /**< degrees or dB; NaN: not asked for */
} cph_fw_verify_options;

/** What one run works on; N elements, B beams. */
typedef struct cph_fw_verify {
    const cph_fw_verify_options *options;
    cph_fw_decoded decoded;
    cph_weights weights;  /**< wanted */
    size_t channel;       /**< of them */
    bool calibration;     /**< they are its coefficients 1/g: no beam that has a pattern */
    cph_weights made;     /**< decoded: [B][1][N] */
    size_t *index, count; /**< of the weights' beams */
    double *position;     /**< [N][3], NULL: not known */
    cph_c64 *wanted, *w;  /**< [N] */
    cph_fw_compared *row; /**< [B] */
    cph_verdict verdict[CPH_FW_VERIFY_LIMITS];
    size_t verdicts; /**< of the limits asked for */
} cph_fw_verify;

/** In a parser: the k-th limit. */
error_t cph_fw_verify_take_limit(cph_fw_verify_options *options, size_t k, const char *arg,
                                 const struct argp_state *state);

/** Holds the beams to the limits. */
void cph_fw_verify_judge(cph_fw_verify *d);

/** Prints what was found, as text or JSON. */
cph_exit cph_fw_verify_tell(const cph_fw_verify *d);

/** CPH_EXIT_LIMIT, said, where a limit is exceeded, or its quantity not known. */
cph_exit cph_fw_verify_exit(const cph_fw_verify *d);

#endif
