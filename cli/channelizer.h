/* SPDX-License-Identifier: MIT */
/** @file channelizer.h
 *  Streams a capture through a filter bank into a capture with channels, or a real one to complex
 *  baseband. */
#ifndef CPH_CLI_CHANNELIZER_H
#define CPH_CLI_CHANNELIZER_H

#include "cli/convert.h"
#include "cophase/baseband.h"
#include "cophase/channelize.h"

typedef struct cph_channelizer {
    const cph_input *input;
    cph_conversion chosen; /**< the elements that are kept */
    size_t elements;
    cph_channelize_plan *plan;
    cph_channelize_stream *stream;
    cph_channelize_info info; /**< of the bank: of real samples it has twice the channels; of a
                                   baseband channels, step and length alone are said */
    cph_baseband_plan
        *baseband; /**< of real samples in a single channel; no plan and stream then */
    cph_baseband_info baseband_info;
    char *held;             /**< samples for it [kept + a step][elements] */
    size_t kept;            /**< of them, left by the block before */
    cph_data_header header; /**< of the output; its array and frequencies are its own */
    double width_hz;        /**< of a channel */
    size_t first;           /**< channel of the bank that is the output's first */
    void *workspace;
    size_t rows;     /**< output times that `out` holds */
    cph_c32 *out;    /**< [rows][the bank's channels][elements] */
    size_t made;     /**< times written */
    size_t left_out; /**< samples at the end that fill no window */
    cph_writer *writer;
} cph_channelizer;

/** Writes cli->output, within --max-memory. config: channels of the output (1: real
 *  samples to complex baseband), oversample, taps,
 *  transition, exec. *c is for cph_channelizer_free in every case. */
cph_exit cph_channelizer_run(const cph_input *input, const cph_channelize_config *config,
                             cph_channelizer *c);
void cph_channelizer_free(cph_channelizer *c);

#endif
