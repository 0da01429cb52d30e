/* SPDX-License-Identifier: MIT */
#include "cli/dumps.h"

#include <stdlib.h>

#include "cophase/covariance.h"
#include "kernels/core/size.h"

/* Sums of some channels, and how far the dump that they are of has come. */
typedef struct bench {
    const cph_dumps *dumps;
    cph_writer *writer;
    cph_covariance_plan *plan;
    cph_covariance_sums **sums; /* [group] */
    void *workspace;
    cph_c64 *r; /* [elements][elements] */
    size_t group;
    size_t channel, channels; /* of the stream that runs: at most `group` */
    size_t dump, end;         /* the dump at hand, and where the stream's dumps end */
    uint64_t *recorded;       /* [group] times of it that were not lost */
    uint64_t least;           /* of the dumps so far; 0: there is none */
    size_t length;            /* followed: times of a dump; 0: all */
    uint64_t begin, number;   /* followed: where dumps begin, and the one at hand, put or not */
    size_t taken;             /* followed: samples of it so far */
} bench;

static void bench_free(bench *b)
{
    for (size_t c = 0; b->sums != NULL && c < b->group; c++)
        free(b->sums[c]);
    free((void *)b->sums);
    free(b->recorded);
    free(b->workspace);
    free(b->r);
    cph_covariance_destroy(b->plan);
}

static void *aligned(size_t bytes)
{
    void *memory = NULL;
    return posix_memalign(&memory, CPH_ALIGNMENT, bytes + 1) == 0 ? memory : NULL;
}

/* Half of the memory for sums, the other half for samples; one channel in any case. */
static cph_status bench_make(bench *b, size_t *reserved)
{
    const cph_input *input = b->dumps->input;
    const size_t n = b->dumps->selection->elements, most = input->cli->max_memory / 2;
    const cph_covariance_config config = {
        .elements = n, .type = input->header->type, .exec = &input->cli->exec};
    const cph_status status = cph_covariance_create(&config, &b->plan);
    if (status != CPH_OK)
        return status;
    const size_t sums = cph_covariance_sums_size(b->plan);
    const size_t others = cph_covariance_workspace_size(b->plan) + n * n * sizeof *b->r;
    b->group = most > others + sums ? (most - others) / sums : 1;
    b->group = cph_size_min(b->group, input->header->channels);
    b->sums = (cph_covariance_sums **)calloc(b->group, sizeof(cph_covariance_sums *));
    b->recorded = calloc(b->group, sizeof *b->recorded);
    b->workspace = aligned(cph_covariance_workspace_size(b->plan));
    b->r = reallocarray(NULL, n * n, sizeof *b->r);
    if (b->sums == NULL || b->recorded == NULL || b->workspace == NULL || b->r == NULL)
        return CPH_ERR_MEMORY;
    for (size_t c = 0; c < b->group; c++)
        if ((b->sums[c] = aligned(sums)) == NULL)
            return CPH_ERR_MEMORY;
    *reserved = others + b->group * sums;
    return CPH_OK;
}

static cph_status clear(const bench *b)
{
    cph_status status = CPH_OK;
    for (size_t c = 0; status == CPH_OK && c < b->group; c++) {
        status = cph_covariance_reset(b->plan, b->sums[c]);
        b->recorded[c] = 0;
    }
    return status;
}

static cph_status put(bench *b, size_t c, cph_error *error)
{
    const size_t n = b->dumps->selection->elements;
    const double scale = b->dumps->input->header->scale;
    if (b->recorded[c] == 0)
        return cph_fail(error, CPH_ERR_MISSING, "%s: covariance: all of dump %zu was lost",
                        b->dumps->input->cli->input, b->dump);
    b->least = b->least == 0 || b->recorded[c] < b->least ? b->recorded[c] : b->least;
    const cph_status status =
        cph_covariance_get(b->plan, b->sums[c], scale * scale / (double)b->recorded[c], b->r, n);
    return status == CPH_OK ? cph_covariance_put(b->writer, b->dump, b->channel + c, b->r, error)
                            : cph_fail(error, status, "covariance: %s", cph_status_name(status));
}

/* What was recorded of some times of a channel. */
static cph_status add(const bench *b, size_t c, const char *samples, size_t times)
{
    const cph_data_header *header = b->dumps->input->header;
    const size_t n = b->dumps->selection->elements, row = n * cph_type_size(header->type);
    cph_status status = CPH_OK;
    for (size_t t = 0, run = 0; status == CPH_OK && t < times; t += run) {
        bool lost = false;
        run = cph_data_run(header, samples + t * row, times - t, n, &lost);
        if (lost)
            continue;
        status = cph_covariance_add(b->plan, b->workspace, samples + t * row, n, run, b->sums[c]);
        b->recorded[c] += run;
    }
    return status;
}

/* The dump is whole. */
static cph_status finish(bench *b, cph_error *error)
{
    cph_status status = CPH_OK;
    for (size_t c = 0; status == CPH_OK && c < b->channels; c++)
        status = put(b, c, error);
    if (status == CPH_OK && clear(b) != CPH_OK)
        status = cph_fail(error, CPH_ERR_ARGUMENT, "covariance: sums");
    b->dump++;
    *cph_writer_tally(b->writer) = b->least;
    return status;
}

static cph_status add_block(void *context, const cph_block *block, cph_error *error)
{
    bench *b = context;
    const size_t row = b->dumps->selection->elements * cph_type_size(b->dumps->input->header->type);
    const char *samples = block->samples;
    const size_t end = block->start + block->times;
    cph_status status = CPH_OK;
    while (status == CPH_OK && b->dump < b->end && b->dumps->range[2 * b->dump] < end) {
        const size_t from = b->dumps->range[2 * b->dump], to = b->dumps->range[2 * b->dump + 1];
        const size_t first = from > block->start ? from : block->start;
        const size_t times = cph_size_min(to, end) - first;
        for (size_t c = 0; status == CPH_OK && c < b->channels; c++)
            status = add(b, c, samples + (c * block->times + first - block->start) * row, times);
        if (status != CPH_OK)
            return cph_fail(error, status, "covariance: %s", cph_status_name(status));
        if (to > end)
            break;
        status = finish(b, error);
    }
    return status;
}

/* Dumps [first, first + count) of the channels that there are sums for, from b->channel on. */
static cph_exit stream(bench *b, size_t first, size_t count, size_t reserved)
{
    const cph_dumps *d = b->dumps;
    const size_t from = d->range[2 * first], to = d->range[2 * (first + count) - 1];
    const cph_stream_config range = {.start = from,
                                     .times = to - from,
                                     .channel = b->channel,
                                     .channels = b->channels,
                                     .element = d->selection->index,
                                     .elements = d->selection->elements};
    b->dump = first;
    b->end = first + count;
    return cph_input_stream(d->input, &range, reserved, add_block, b);
}

/* Ready for a first sample. */
static cph_exit bench_open(bench *b, size_t *reserved)
{
    const cph_cli *cli = b->dumps->input->cli;
    cph_status status = bench_make(b, reserved);
    if (status == CPH_OK)
        status = clear(b);
    return status == CPH_OK ? CPH_EXIT_DONE
                            : cph_report_line(cli->name, cph_exit_of(status), "%s: covariance: %s",
                                              cli->input, cph_status_name(status));
}

/* ---- captures that are followed ---- */

/* Where the dump at hand ends. */
static uint64_t dump_end(const bench *b)
{
    return b->length > 0 ? b->begin + (b->number + 1) * b->length : UINT64_MAX;
}

bool cph_dumps_enough(size_t length, size_t recorded)
{
    return recorded > 0 && recorded >= length / 2 + length % 2;
}

/* Puts the dump at hand, unless more than half of it was lost. */
static cph_status end_dump(bench *b, cph_error *error)
{
    cph_status status = CPH_OK;
    if (cph_dumps_enough(b->length, b->taken))
        status = finish(b, error);
    else if (clear(b) != CPH_OK)
        status = cph_fail(error, CPH_ERR_ARGUMENT, "covariance: sums");
    b->taken = 0;
    return status;
}

static cph_status add_followed(void *context, const cph_block *block, cph_error *error)
{
    bench *b = context;
    const cph_data_header *h = b->dumps->input->header;
    const size_t row = b->dumps->selection->elements * cph_type_size(h->type);
    const char *samples = block->samples;
    cph_status status = CPH_OK;
    for (size_t t = 0, now = 0; status == CPH_OK && t < block->times; t += now) {
        const size_t at = block->start + t;
        const uint64_t place = cph_data_global(h, at);
        if (place >= dump_end(b)) {
            status = end_dump(b, error);
            b->number = (place - b->begin) / b->length;
        }
        now = cph_size_min(cph_data_sample_at(h, dump_end(b)) - at, block->times - t);
        for (size_t c = 0; status == CPH_OK && c < b->channels; c++)
            status = add(b, c, samples + (c * block->times + t) * row, now);
        b->taken += now;
        if (status == CPH_OK && cph_data_global(h, at + now - 1) + 1 == dump_end(b)) {
            status = end_dump(b, error);
            b->number++;
        }
    }
    return status;
}

/* Passes over the dumps that the writer has. */
static cph_exit pass_over(bench *b)
{
    const cph_input *input = b->dumps->input;
    const size_t first = cph_writer_times(b->writer);
    cph_error error = {.status = CPH_OK};
    for (; b->dump < first; b->number++) {
        if (cph_data_await(input->data, dump_end(b) - 1, &error) != CPH_OK)
            return cph_report_input(input->cli->name, &error);
        const size_t from = cph_data_sample_at(input->header, dump_end(b) - b->length);
        const size_t to = cph_data_sample_at(input->header, dump_end(b));
        b->dump += cph_dumps_enough(b->length, to - from);
        if (to == input->header->times && b->dump < first)
            return cph_report_line(input->cli->name, CPH_EXIT_INPUT,
                                   "%s: has less than what %s.partial was made of",
                                   input->cli->input, input->cli->output);
    }
    return CPH_EXIT_DONE;
}

cph_exit cph_dumps_follow(const cph_dumps *dumps, size_t length, cph_writer *writer, double *least)
{
    const cph_input *input = dumps->input;
    const size_t channels = input->header->channels;
    bench b = {.dumps = dumps,
               .writer = writer,
               .least = *cph_writer_tally(writer),
               .length = length,
               .begin = cph_data_global(input->header, input->start),
               .channels = channels};
    size_t reserved = 0;
    cph_error error = {.status = CPH_OK};
    cph_exit code = bench_open(&b, &reserved);
    if (code == CPH_EXIT_DONE && b.group < channels)
        code = cph_report_line(input->cli->name, CPH_EXIT_LIMIT,
                               "--max-memory %zu holds the sums of %zu of %zu channels, --follow "
                               "needs all of them",
                               input->cli->max_memory, b.group, channels);
    if (code == CPH_EXIT_DONE)
        code = pass_over(&b);
    if (code == CPH_EXIT_DONE) {
        const uint64_t from = b.begin + b.number * b.length;
        const cph_stream_config range = {.start = cph_data_sample_at(input->header, from),
                                         .follow = true,
                                         .channels = channels,
                                         .element = dumps->selection->index,
                                         .elements = dumps->selection->elements};
        code = cph_input_stream(input, &range, reserved, add_followed, &b);
    }
    if (code == CPH_EXIT_DONE && length == 0 && end_dump(&b, &error) != CPH_OK)
        code = cph_report(input->cli->name, &error);
    *least = (double)b.least;
    bench_free(&b);
    return code;
}

cph_exit cph_dumps_put(const cph_dumps *dumps, cph_writer *writer, double *least)
{
    const size_t first = cph_writer_times(writer);
    const cph_input *input = dumps->input;
    const size_t channels = input->header->channels;
    bench b = {.dumps = dumps, .writer = writer, .least = *cph_writer_tally(writer)};
    size_t reserved = 0;
    cph_exit code = bench_open(&b, &reserved);
    /* A dump is whole before the next one begins, so that what is there can be gone on from. */
    const size_t step = b.group < channels ? 1 : dumps->count - first;
    for (size_t d = first; code == CPH_EXIT_DONE && d < dumps->count; d += step)
        for (b.channel = 0; code == CPH_EXIT_DONE && b.channel < channels;
             b.channel += b.channels) {
            b.channels = cph_size_min(b.group, channels - b.channel);
            code = stream(&b, d, step, reserved);
        }
    *least = (double)b.least;
    bench_free(&b);
    return code;
}
