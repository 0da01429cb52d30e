/* SPDX-License-Identifier: MIT */
/* Samples through a filter bank, over gaps: output times are multiples of the step, counted as if
 * no sample had been lost, and those whose window holds a lost one are not there. */
#include <stdlib.h>
#include <string.h>

#include "cli/channelizer.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"

size_t cph_channelizer_step(const cph_channelizer *c)
{
    return (c->rows - 1) * c->info.step + 1;
}

/* Samples without a gap from `at` on: the first output time behind them, and how many there are. */
static size_t run_of(const cph_channelizer *c, size_t at, uint64_t *first, size_t *times)
{
    const cph_input *const input = c->input;
    const size_t step = c->info.step, length = c->info.length;
    const size_t end = input->start + cph_input_times(input);
    const size_t run = cph_data_unbroken(input->header, at, end - at);
    const uint64_t number =
        cph_data_global(input->header, at) - cph_data_global(input->header, input->start);
    const size_t skip = (size_t)((step - number % step) % step);
    *first = (number + skip) / step;
    *times = run < skip + length ? 0 : 1 + (run - skip - length) / step;
    return run;
}

bool cph_channelizer_gaps(cph_channelizer *c)
{
    const cph_input *const input = c->input;
    const size_t samples = cph_input_times(input), end = input->start + samples;
    size_t made = 0, covered = 0, gaps = 0, times;
    uint64_t first, next = 0;
    for (size_t at = input->start; at < end;) {
        at += run_of(c, at, &first, &times);
        if (times == 0)
            continue;
        if (first != next)
            c->gap[gaps++] = (cph_data_gap){.sample = made, .global = first};
        made += times;
        next = first + times;
        covered += (times - 1) * c->info.step + c->info.length;
    }
    c->header.gaps = gaps;
    c->left_out = samples - cph_size_min(covered, samples);
    return made > 0;
}

cph_status cph_channelizer_tell_gaps(cph_channelizer *c, cph_error *error)
{
    const cph_input *const input = c->input;
    if (!input->cli->follow)
        return CPH_OK;
    cph_data_gap *const gap = reallocarray(c->gap, input->header->gaps + 2, sizeof *gap);
    if (gap == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    c->header.gap = c->gap = gap;
    (void)cph_channelizer_gaps(c);
    return c->header.gaps > cph_capture_gaps_told(c->writer)
               ? cph_capture_gaps(c->writer, c->gap, c->header.gaps, error)
               : CPH_OK;
}

/* Where the stream cannot go on with sample `at`: it begins anew with the next output time. */
static void meet(cph_channelizer *c, size_t at)
{
    const cph_input *const input = c->input;
    const uint64_t number =
        cph_data_global(input->header, at) - cph_data_global(input->header, input->start);
    if (number == c->next)
        return;
    const size_t step = c->info.step;
    c->skip = (size_t)((step - number % step) % step);
    c->next = number;
    cph_channelize_stream_restart(c->stream, (size_t)((number + c->skip) / step));
}

/* Channels of the output alone, one time behind the other. */
static const cph_c32 *pack(cph_channelizer *c, size_t times)
{
    const size_t from = c->info.channels * c->elements, to = c->header.channels * c->elements;
    if (from == to)
        return c->out;
    for (size_t t = 0; t < times; t++)
        memmove(c->out + t * to, c->out + t * from + c->first * c->elements, to * sizeof *c->out);
    return c->out;
}

static cph_status push(cph_channelizer *c, const void *samples, size_t times, cph_error *error)
{
    const cph_channelize_output output = {c->out, c->info.channels * c->elements, c->elements};
    const size_t made = cph_channelize_stream_times(c->stream, times);
    cph_status status = CPH_OK;
    if (c->floats != NULL)
        status = cph_data_floats(c->input->header, samples, times, c->elements, c->floats);
    if (status == CPH_OK)
        status =
            cph_channelize_push(c->stream, c->workspace, c->floats != NULL ? c->floats : samples,
                                c->elements, times, &output);
    if (status != CPH_OK)
        return cph_fail(error, status, "filter bank: %s", cph_status_name(status));
    c->made += made;
    return made > 0 ? cph_capture_append(c->writer, pack(c, made), made, error) : CPH_OK;
}

cph_status cph_channelizer_block(void *context, const cph_block *block, cph_error *error)
{
    cph_channelizer *const c = context;
    const cph_data_header *const h = c->input->header;
    const size_t row = c->elements * cph_type_size(h->type), step = cph_channelizer_step(c);
    cph_status status = h->gaps > 0 ? cph_channelizer_tell_gaps(c, error) : CPH_OK;
    for (size_t t = 0, times; status == CPH_OK && t < block->times; t += times) {
        meet(c, block->start + t);
        times = cph_data_unbroken(h, block->start + t, cph_size_min(step, block->times - t));
        const size_t skip = cph_size_min(c->skip, times);
        status = push(c, (const char *)block->samples + (t + skip) * row, times - skip, error);
        c->skip -= skip;
        c->next += times;
    }
    return status;
}
