/* SPDX-License-Identifier: MIT */
/** @file apply.h
 *  A calibration divided out of data: which gains belong to which time, channel and input, and the
 *  files that come of it. */
#ifndef CPH_CLI_APPLY_H
#define CPH_CLI_APPLY_H

#include "cli/input.h"
#include "cophase/data_write.h"

/** What `--force` can override. */
typedef enum cph_apply_check {
    CPH_APPLY_TWICE,     /**< the data are calibrated already */
    CPH_APPLY_FREQUENCY, /**< no channel of the calibration is near */
    CPH_APPLY_TIME,      /**< no solution is near */
    CPH_APPLY_POSITION,  /**< an input stands elsewhere */
    CPH_APPLY_NUMBER,    /**< no input has the number and polarisation of another */
    CPH_APPLY_CHECKS
} cph_apply_check;

/** "already-calibrated", "frequency", "time", "position", "number". */
const char *cph_apply_check_name(cph_apply_check check);

typedef struct cph_applier {
    const cph_input *input;
    bool force;
    cph_type type;                     /**< of a capture's output */
    bool overridden[CPH_APPLY_CHECKS]; /**< by --force */
    size_t solutions, channels, elements;
    cph_c64 *gain;       /**< [solutions][channels of the data][elements], never 0 or not finite */
    unsigned char *flag; /**< the same; cph_flag. What is flagged has the gain that the calibration
                              holds behind its flag, else 1 */
    /* Where the calibration holds leakages, else NULL: */
    cph_c64 *mix;    /**< [solutions][channels of the data][elements][2] row of the inverse of an
                          antenna's Jones matrix: of the input itself, of its partner (0: there
                          is none, or one is flagged, or a leakage unknown) */
    size_t *partner; /**< [elements] the antenna's other input, or SIZE_MAX */
    unsigned char *part;     /**< [elements] bits of cph_jones_part: what was done, somewhere */
    unsigned char *part_now; /**< [elements] the same of one time and channel */
    unsigned char *lost;     /**< [elements] cph_flag of inputs that are flagged everywhere */
    uint64_t saturated;      /**< integer samples with a part at the limit */
    double power;            /**< sum of |z|^2 over what was rounded and is not 0, in steps */
    uint64_t rounded;        /**< how many that were */
} cph_applier;

/** Checks that the calibration is for these data, overriding where applier->force; fills all but
 *  `input`, `force` and `type`, which are set before. Free in every case. */
cph_exit cph_applier_make(cph_applier *applier);
void cph_applier_free(cph_applier *applier);

/** The solution for a time; says what was wrong. */
cph_exit cph_applier_solution(cph_applier *applier, double time_unix_s, size_t *solution);

/** Where the gains and flags [elements] of a solution and channel begin. */
static inline size_t cph_applier_place(const cph_applier *a, size_t solution, size_t channel)
{
    return (solution * a->channels + channel) * a->elements;
}

/** A capture's output, streamed; header is the output's but for its type. */
cph_exit cph_apply_capture(cph_applier *applier, cph_data_header *header,
                           const cph_write_options *options);

/** Writes the output; `applied` is what it says of the calibration. */
cph_exit cph_apply_write(cph_applier *applier, const char *applied,
                         const cph_write_options *options);

#endif
