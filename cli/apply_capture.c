/* SPDX-License-Identifier: MIT */
/* Calibrated captures, as a stream. */
#include <math.h>
#include <stdlib.h>

#include "cli/apply.h"
#include "cli/convert_lost.h"
#include "cli/history.h"
#include "cli/progress.h"
#include "kernels/core/c64.h"
#include "kernels/core/size.h"

/* Calibrated samples of one step: they stay in the caches until they are written. */
static const size_t out_bytes = (size_t)4 << 20;

/* What a step takes, [most][channels][elements]. */
typedef struct desk {
    cph_applier *applier;
    cph_writer *writer;
    size_t most;
    cph_c32 *out;
    void *narrow;     /* the same as integers; NULL for floats */
    cph_c64 *inverse; /* [elements] what a sample is multiplied by, 0 where flagged */
    cph_c64 *across;  /* [elements] what that of the antenna's other input adds is multiplied by;
                         NULL without leakages */
    bool lost;        /* some time was lost */
} desk;

static void desk_free(desk *d)
{
    free(d->out);
    free(d->narrow);
    free(d->inverse);
    free(d->across);
}

static cph_exit desk_make(const cph_applier *a, desk *d, size_t *reserved)
{
    const size_t narrow = a->type == CPH_C32 ? 0 : cph_type_size(a->type);
    size_t row = 0;
    if (!cph_size_mul(a->elements, a->channels, &row) ||
        !cph_size_mul(row, sizeof *d->out + narrow, &row) || row == 0)
        return cph_report_memory(a->input->cli->name);
    const size_t room = cph_size_min(out_bytes, a->input->cli->max_memory / 4);
    d->most = row < room ? room / row : 1;
    if (!a->input->cli->follow)
        d->most = cph_size_min(d->most, a->input->times);
    const size_t count = d->most * a->elements * a->channels; /* fits: out_bytes or one row */
    d->out = malloc(count * sizeof *d->out + 1);
    d->narrow = narrow == 0 ? NULL : malloc(count * narrow + 1);
    d->inverse = calloc(a->elements, sizeof *d->inverse);
    d->across = a->mix == NULL ? NULL : calloc(a->elements, sizeof *d->across);
    *reserved = d->most * row;
    return d->out == NULL || d->inverse == NULL || (narrow > 0 && d->narrow == NULL) ||
                   (a->mix != NULL && d->across == NULL)
               ? cph_report_memory(a->input->cli->name)
               : CPH_EXIT_DONE;
}

/* A sample as two numbers. */
static cph_c64 sample(cph_type type, const void *samples, size_t i)
{
    switch (type) {
    case CPH_C8:
        return (cph_c64){((const cph_c8 *)samples)[i].re, ((const cph_c8 *)samples)[i].im};
    case CPH_C16:
        return (cph_c64){((const cph_c16 *)samples)[i].re, ((const cph_c16 *)samples)[i].im};
    default:
        return (cph_c64){(double)((const cph_c32 *)samples)[i].re,
                         (double)((const cph_c32 *)samples)[i].im};
    }
}

/* Samples of flagged inputs become 0. */
static void invert(const desk *d, size_t solution, size_t channel)
{
    static const cph_c64 zero = {0.0, 0.0};
    const cph_applier *a = d->applier;
    const size_t at = cph_applier_place(a, solution, channel);
    for (size_t i = 0; i < a->elements; i++) {
        const bool good = a->flag[at + i] == CPH_FLAG_NONE;
        const cph_c64 g = a->gain[at + i];
        d->inverse[i] = good ? cph_c64_scale(1.0 / cph_c64_power(g), cph_c64_conj(g)) : zero;
        if (a->mix == NULL || d->across == NULL)
            continue;
        d->inverse[i] = good ? a->mix[2 * (at + i)] : zero;
        d->across[i] = good ? a->mix[2 * (at + i) + 1] : zero;
    }
}

/* `times` times of a channel, of which the first is sample `first` of what the stream gave. */
static void divide_samples(desk *d, const void *samples, size_t first, size_t channel, size_t times)
{
    const cph_applier *a = d->applier;
    const cph_type type = a->input->header->type;
    const size_t n = a->elements;
    for (size_t t = 0; t < times; t++) {
        const size_t row = first + t * n;
        cph_c32 *out = d->out + (t * a->channels + channel) * n;
        bool lost = false;
        if (type == CPH_C32)
            (void)cph_data_run(a->input->header, (const cph_c32 *)samples + row, 1, n, &lost);
        d->lost = d->lost || lost;
        for (size_t i = 0; lost && i < n; i++) /* of flagged inputs, too: it stays lost */
            out[i] = (cph_c32){NAN, NAN};
        for (size_t i = 0; !lost && i < n; i++) {
            cph_c64 z = {0.0, 0.0};
            if (!cph_c64_is_zero(d->inverse[i]))
                z = cph_c64_mul(sample(type, samples, row + i), d->inverse[i]);
            if (d->across != NULL && !cph_c64_is_zero(d->across[i]))
                z = cph_c64_add(
                    z, cph_c64_mul(sample(type, samples, row + a->partner[i]), d->across[i]));
            out[i] = (cph_c32){(float)z.re, (float)z.im};
        }
    }
}

/* What of the samples is there to be rounded. */
static void add_power(cph_applier *a, const cph_c32 *samples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const double re = (double)samples[i].re, im = (double)samples[i].im;
        const double power = re * re + im * im;
        if (!(power > 0.0) || isinf(power))
            continue;
        a->power += power;
        a->rounded++;
    }
}

static cph_status append(desk *d, size_t times, cph_error *error)
{
    cph_applier *a = d->applier;
    const void *samples = d->out;
    if (d->narrow != NULL && d->lost)
        return cph_lost_refuse(a->input->cli->input, ", of which convert makes integers and gaps",
                               error);
    if (d->narrow != NULL) {
        uint64_t clipped = 0;
        add_power(a, d->out, times * a->channels * a->elements);
        const cph_status status = cph_convert_from_c32(
            a->type, d->out, times * a->channels * a->elements, 1.0F, d->narrow, &clipped);
        if (status != CPH_OK)
            return cph_fail(error, status, "%s", cph_status_name(status));
        *cph_writer_tally(d->writer) += clipped;
        samples = d->narrow;
    }
    return cph_capture_append(d->writer, samples, times, error);
}

static double time_of(const cph_applier *a, size_t start)
{
    const cph_data_header *h = a->input->header;
    return h->time_start_unix_s + (double)cph_data_global(h, start) / h->sample_rate_hz;
}

/* Samples from `start` on that the same solution is for: up to the middle between it and the next.
 */
static size_t span_of(const cph_applier *a, size_t solution, size_t start, size_t most)
{
    const cph_calibration *c = &a->input->calibration;
    double end = INFINITY;
    for (size_t i = 0; i < c->times; i++)
        if (c->time_unix_s[i] > c->time_unix_s[solution])
            end = fmin(end, 0.5 * (c->time_unix_s[i] + c->time_unix_s[solution]));
    const double samples = ceil((end - time_of(a, start)) * a->input->header->sample_rate_hz);
    return samples >= 1.0 && samples < (double)most ? (size_t)samples : most;
}

/* Every solution is found, and what is wrong with one said, before anything is written. */
static cph_exit check_solutions(cph_applier *a)
{
    const size_t end = a->input->start + a->input->times;
    cph_exit code = CPH_EXIT_DONE;
    for (size_t t = a->input->start, solution = 0; code == CPH_EXIT_DONE && t < end;) {
        code = cph_applier_solution(a, time_of(a, t), &solution);
        t += span_of(a, solution, t, end - t);
    }
    return code;
}

static cph_status put_block(void *context, const cph_block *block, cph_error *error)
{
    desk *d = context;
    cph_applier *a = d->applier;
    cph_status status = cph_input_follow_gaps(a->input, d->writer, error);
    for (size_t t = 0, now = 0, solution = 0; status == CPH_OK && t < block->times; t += now) {
        if (cph_applier_solution(a, time_of(a, block->start + t), &solution) != CPH_EXIT_DONE)
            return cph_fail(error, CPH_ERR_FORMAT, "no solution for sample %zu", block->start + t);
        now = span_of(a, solution, block->start + t, cph_size_min(d->most, block->times - t));
        for (size_t c = 0; c < a->channels; c++) {
            invert(d, solution, c);
            divide_samples(d, block->samples, (c * block->times + t) * a->elements, c, now);
        }
        status = append(d, now, error);
    }
    return status;
}

static cph_exit put_samples(desk *d, size_t reserved)
{
    const cph_input *input = d->applier->input;
    const size_t done = cph_writer_times(d->writer);
    const cph_stream_config range = {.start = input->start + done,
                                     .times = input->times - done,
                                     .follow = input->cli->follow,
                                     .channels = d->applier->channels,
                                     .elements = d->applier->elements};
    const cph_exit code = done < input->times || range.follow
                              ? cph_input_stream(input, &range, reserved, put_block, d)
                              : CPH_EXIT_DONE;
    d->applier->saturated = *cph_writer_tally(d->writer);
    return code;
}

cph_exit cph_apply_capture(cph_applier *a, cph_data_header *header,
                           const cph_write_options *options)
{
    const cph_cli *cli = a->input->cli;
    cph_error error = {.status = CPH_OK};
    desk d = {.applier = a};
    size_t reserved = 0;
    if (header->real_sampling)
        return cph_report_line(cli->name, CPH_EXIT_INPUT,
                               "%s: has real samples, which stay real only under real gains; "
                               "beamform --calibration divides while it forms beams",
                               cli->input);
    if (header->has_lost_value)
        return cph_report_line(cli->name, CPH_EXIT_INPUT,
                               "%s: has samples of value %g that stand for lost times, which gains "
                               "would turn into others; beamform --calibration divides while it "
                               "forms beams",
                               cli->input, header->lost_value);
    cph_data_gap *const gap = calloc(header->gaps + 1, sizeof *gap);
    if (gap == NULL)
        return cph_report_memory(cli->name);
    header->type = a->type;
    cph_input_cut(a->input, header, gap);
    cph_exit code = check_solutions(a);
    if (code == CPH_EXIT_DONE)
        code = desk_make(a, &d, &reserved);
    if (code == CPH_EXIT_DONE &&
        cph_capture_create(cli->output, header, options, &d.writer, &error) != CPH_OK)
        code = cph_report(cli->name, &error);
    else if (code == CPH_EXIT_DONE)
        code = cph_output_end(cli, d.writer, put_samples(&d, reserved));
    desk_free(&d);
    free(gap);
    return code;
}
