/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "kernels/channelize/channelize_plan.h"
#include "kernels/core/size.h"

/* Samples that a block left, fewer than L, which begin where the next output does; room for as many
 * of the next block as complete all outputs that begin among them. */
struct cph_channelize_stream {
    const cph_channelize_plan *plan;
    size_t row;  /* bytes of a time */
    size_t kept; /* times */
    size_t made; /* output times so far */
    char *samples;
};

cph_status cph_channelize_stream_create(const cph_channelize_plan *plan,
                                        cph_channelize_stream **stream)
{
    if (plan == NULL || stream == NULL)
        return CPH_ERR_ARGUMENT;
    size_t row, bytes;
    if (!cph_size_mul(plan->elements, cph_type_size(plan->type), &row) ||
        !cph_size_mul(2 * plan->info.length, row, &bytes) || bytes == 0)
        return CPH_ERR_OVERFLOW;
    cph_channelize_stream *const made = calloc(1, sizeof *made);
    char *const samples = malloc(bytes);
    if (made == NULL || samples == NULL) {
        free(made);
        free(samples);
        return CPH_ERR_MEMORY;
    }
    *made = (cph_channelize_stream){.plan = plan, .row = row, .samples = samples};
    *stream = made;
    return CPH_OK;
}

void cph_channelize_stream_destroy(cph_channelize_stream *stream)
{
    if (stream == NULL)
        return;
    free(stream->samples);
    free(stream);
}

void cph_channelize_stream_restart(cph_channelize_stream *stream, size_t first)
{
    if (stream == NULL)
        return;
    stream->kept = 0;
    stream->made = first;
}

size_t cph_channelize_stream_times(const cph_channelize_stream *stream, size_t times)
{
    size_t all;
    return stream != NULL && cph_size_add(stream->kept, times, &all)
               ? cph_channelize_times(stream->plan, all)
               : 0;
}

static void keep(cph_channelize_stream *s, const char *samples, size_t ld_bytes, size_t times)
{
    for (size_t t = 0; t < times; t++)
        memcpy(s->samples + (s->kept + t) * s->row, samples + t * ld_bytes, s->row);
    s->kept += times;
}

/* Outputs that begin among the samples that are kept, with as many of the block behind them as are
 * needed; returns how many times of the block lie before what comes next. */
static size_t finish_kept(cph_channelize_stream *s, void *workspace, const char *samples,
                          size_t ld_bytes, size_t times, const cph_channelize_output *output,
                          size_t *made, cph_status *status)
{
    const cph_channelize_plan *const plan = s->plan;
    const size_t before = s->kept, d = plan->info.step;
    const size_t taken = cph_size_min(times, plan->info.length - 1);
    if (before == 0)
        return 0;
    keep(s, samples, ld_bytes, taken);
    /* Of those that fit, the ones that begin before the block. */
    *made = cph_size_min(cph_channelize_times(plan, s->kept), (before + d - 1) / d);
    const size_t used = *made * d;
    if (*made > 0)
        *status = cph_channelize_run(plan, workspace, s->samples, plan->elements,
                                     used - d + plan->info.length, s->made, output);
    if (used < before) { /* the block is all kept */
        s->kept -= used;
        memmove(s->samples, s->samples + used * s->row, s->kept * s->row);
        return times;
    }
    s->kept = 0;
    return used - before;
}

cph_status cph_channelize_push(cph_channelize_stream *stream, void *workspace, const void *samples,
                               size_t ld_samples, size_t times, const cph_channelize_output *output)
{
    if (stream == NULL || output == NULL || ld_samples < stream->plan->elements ||
        (times > 0 && samples == NULL))
        return CPH_ERR_ARGUMENT;
    const cph_channelize_plan *const plan = stream->plan;
    const size_t size = cph_type_size(plan->type),
                 made = cph_channelize_stream_times(stream, times);
    if (times > PTRDIFF_MAX - stream->kept ||
        !cph_size_matrix(times, ld_samples, plan->elements, size))
        return CPH_ERR_OVERFLOW;
    if (made > 0 && (output->data == NULL || output->ld_channel < plan->elements ||
                     output->ld_time < plan->elements || !cph_size_aligned(workspace)))
        return CPH_ERR_ARGUMENT;
    size_t span, bytes;
    if (!cph_size_mul(made, output->ld_time, &span) ||
        !cph_size_mul(plan->info.channels, output->ld_channel, &bytes) ||
        !cph_size_add(span, bytes, &bytes) || bytes > PTRDIFF_MAX / sizeof(cph_c32))
        return CPH_ERR_OVERFLOW;
    const char *block = samples;
    const size_t ld_bytes = ld_samples * size;
    size_t first = 0;
    cph_status status = CPH_OK;
    const size_t skipped =
        finish_kept(stream, workspace, block, ld_bytes, times, output, &first, &status);
    if (status != CPH_OK)
        return status;
    block += skipped * ld_bytes;
    const size_t left = times - skipped, rest = cph_channelize_times(plan, left);
    const cph_channelize_output to = {made == first ? output->data
                                                    : output->data + first * output->ld_time,
                                      output->ld_time, output->ld_channel};
    if (rest > 0)
        status =
            cph_channelize_run(plan, workspace, block, ld_samples, left, stream->made + first, &to);
    const size_t past = rest * plan->info.step;
    keep(stream, block + past * ld_bytes, ld_bytes, left - past);
    stream->made += made;
    return status;
}
