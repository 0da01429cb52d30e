/* SPDX-License-Identifier: MIT */
/** @file channelizer.h
 *  Streams a capture through a filter bank into a capture with channels, or a real one to complex
 *  baseband. */
#ifndef CPH_CLI_CHANNELIZER_H
#define CPH_CLI_CHANNELIZER_H

#include "cli/convert.h"
#include "cophase/channelize.h"
#include "cophase/data_write.h"

typedef struct cph_channelizer {
    const cph_input *input;
    cph_conversion chosen; /**< the elements that are kept */
    size_t elements;
    cph_channelize_plan *plan; /**< NULL: complex baseband of real samples, as it is read */
    cph_channelize_stream *stream;
    cph_channelize_info info; /**< of the bank: of real samples it has twice the channels */
    cph_type type;            /**< that the bank takes */
    bool marked;              /**< samples go through `floats`, where NaN stands for lost times */
    cph_c32 *floats;          /**< samples of a step as such; else NULL */
    cph_data_gap *gap;        /**< header.gap */
    uint64_t next;            /**< sample that would go on with what the stream holds */
    size_t skip;              /**< samples before the next output time begins */
    cph_data_header header;   /**< of the output; its array and frequencies are its own */
    double width_hz;          /**< of a channel */
    size_t first;             /**< channel of the bank that is the output's first */
    void *workspace;
    size_t rows;     /**< output times that `out` holds */
    cph_c32 *out;    /**< [rows][the bank's channels][elements] */
    size_t made;     /**< times written */
    size_t left_out; /**< samples that are in no window */
    cph_writer *writer;
} cph_channelizer;

/** Writes cli->output, within --max-memory. config: channels of the output (1: real
 *  samples to complex baseband), oversample, taps,
 *  transition, exec. *c is for cph_channelizer_free in every case. */
cph_exit cph_channelizer_run(const cph_input *input, const cph_channelize_config *config,
                             cph_channelizer *c);
/** channelizer_blocks.c: settles the output's gaps and left_out; false when there is no output at
 *  all. */
bool cph_channelizer_gaps(cph_channelizer *c);
/** Of an input that is followed: the same, as far as it is there, told to the writer. MEMORY. */
cph_status cph_channelizer_tell_gaps(cph_channelizer *c, cph_error *error);
/** Samples of a step of a block, which complete no more times than there is room for. */
size_t cph_channelizer_step(const cph_channelizer *c);
/** Samples through the bank into the output. */
cph_status cph_channelizer_block(void *context, const cph_block *block, cph_error *error);

void cph_channelizer_free(cph_channelizer *c);

#endif
