/* SPDX-License-Identifier: MIT */
/** @file wideband.h
 *  Beams of the whole band: a capture through a 2x oversampled filter bank, weights of each
 * channel, and the way back, as a stream. Phases of channels are true time delays. */
#ifndef CPH_CLI_WIDEBAND_H
#define CPH_CLI_WIDEBAND_H

#include "cli/input.h"
#include "cophase/beamform.h"
#include "cophase/dechannelize.h"
#include "cophase/solutions.h"

typedef struct cph_wideband {
    cph_input input;        /**< shown with channels; not to be closed */
    cph_data_header header; /**< its own; channel_freq_hz on the heap */
    const cph_input *from;
    size_t channels, elements, beams;
    cph_channelize_plan *bank;
    cph_channelize_stream *stream;
    cph_channelize_info info;
    cph_dechannelize_plan *back;
    cph_dechannelize_info back_info;
    cph_beamform_plan *plan;
    void *workspace;    /**< enough for each of the three */
    size_t rows;        /**< channel times of a step */
    cph_c32 *spectrum;  /**< [rows][channels][elements] */
    cph_c32 *formed;    /**< [times of the way back - 1 + rows][channels][beams] */
    size_t kept, first; /**< channel times in `formed`, number of the first */
    cph_c32 *out;       /**< [rows * step][beams] */
    double *power;      /**< [beams] sum of |y|^2 */
    size_t done;        /**< samples written */
    double error;       /**< largest amplitude of what is not the wave, over its own */
    cph_writer *writer;
} cph_wideband;

/** Shows an input without channels, no time of which was lost, as one with `channels` (even):
 *  w->input is what weights are made for. */
cph_exit cph_wideband_open(const cph_input *input, size_t channels, cph_wideband *w);

/** Beams of it, as cph_beamer_run: element k of the weights is input index[k]. */
cph_exit cph_wideband_run(cph_wideband *w, const size_t *index, const cph_weights *weights,
                          const cph_write_options *options);

/** Mean power of a beam over its samples, in dB of the signal's units. */
double cph_wideband_power_db(const cph_wideband *w, size_t beam);

void cph_wideband_free(cph_wideband *w);

#endif
