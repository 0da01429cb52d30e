/* SPDX-License-Identifier: MIT */
/** @file beamer.h
 *  Streams a capture through beamforming plans, one a channel, into a beams file. */
#ifndef CPH_CLI_BEAMER_H
#define CPH_CLI_BEAMER_H

#include "cli/input.h"
#include "cophase/beamform.h"
#include "cophase/solutions.h"

typedef struct cph_beamer {
    const cph_input *input;
    size_t elements;
    const size_t *index; /**< [elements] inputs of the capture that the weights name */
    size_t channels, beams;
    unsigned weight_bits;     /**< as in cph_beamform_config */
    cph_beamform_plan **plan; /**< [channels] */
    void *workspace;          /**< enough for any of the plans */
    size_t rows;              /**< times that `out` holds */
    cph_c32 *out;             /**< [rows][channels][beams] */
    double *power;            /**< [beams] sum of |y|^2 over times and channels */
    unsigned char *lost;      /**< [rows][channels] not 0: `out` is of times that were lost */
    size_t done;              /**< times written */
    size_t recorded;          /**< of all channels, those that the input has */
    cph_writer *writer;
} cph_beamer;

/** Beams of samples [input->start, + input->times): element k of the weights is input index[k] of
 *  the capture. Weights are taken at the channel nearest in frequency, at most 1 % away, and times
 *  the capture's scale. Writes cli->output, within --max-memory, with a progress bar; SIGINT leaves
 *  a marked partial file. *beamer is for cph_beamer_free in every case. */
cph_exit cph_beamer_run(const cph_input *input, const size_t *index, const cph_weights *weights,
                        unsigned weight_bits, const cph_write_options *options, cph_beamer *beamer);

/** Mean power of a beam over times and channels, in dB of the signal's units. */
double cph_beamer_power_db(const cph_beamer *beamer, size_t beam);

void cph_beamer_free(cph_beamer *beamer);

#endif
