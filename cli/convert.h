/* SPDX-License-Identifier: MIT */
/** @file convert.h
 *  A file of any layout as one of another: what is kept of it, and its samples in another type. */
#ifndef CPH_CLI_CONVERT_H
#define CPH_CLI_CONVERT_H

#include "cli/input.h"
#include "cophase/data_write.h"

/** What a conversion takes and what came of it. */
typedef struct cph_conversion {
    const cph_input *input;
    bool has_type;        /**< of a capture or beams: --type, else that of the input */
    cph_type type;        /**< of the output */
    double scale;         /**< --scale or NaN; then that of the output */
    size_t elements;      /**< that are kept */
    size_t *index;        /**< [elements] of the input's; NULL: all, or of beams */
    double start_shift_s; /**< cph_writer_start_shift of the output */
    uint64_t saturated;   /**< samples with a part at the limit of an integer type */
} cph_conversion;

/** Chooses elements; input, has_type, type and scale are set before. Free in every case. */
cph_exit cph_conversion_make(cph_conversion *conversion);
void cph_conversion_free(cph_conversion *conversion);

/** Gives the output the true gains of a simulated input, none where there are none. */
cph_status cph_conversion_truth(const cph_conversion *conversion, cph_writer *writer,
                                cph_error *error);

/** Says on stderr what of the output's header a layout has no place for; nothing with --quiet. */
void cph_conversion_remark(const cph_conversion *conversion, const cph_data_header *header,
                           cph_file_layout to);

/** Settles type and scale of samples; where the output's integers are narrower and no scale is
 *  asked for, a first pass over the samples finds the smallest power of two that saturates none.
 *  Where floats become integers it finds times that were lost, too, and leaves them out of the
 *  input, which is conversion->input: as gaps. */
cph_exit cph_conversion_settle(cph_conversion *conversion, cph_input *input);

/** Does one block [times][channels][elements] of samples of the output's type. An error must be
 *  filled in. */
typedef cph_status cph_samples_task(void *context, const void *samples, size_t times,
                                    cph_error *error);

/** Hands the chosen samples over, block by block, within --max-memory. */
cph_exit cph_conversion_stream(cph_conversion *conversion, cph_samples_task *task, void *context);

#endif
