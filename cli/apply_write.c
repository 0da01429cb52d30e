/* SPDX-License-Identifier: MIT */
/* Calibrated captures, covariances and visibilities. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/apply.h"
#include "cli/progress.h"
#include "kernels/core/size.h"

/* Gains and flags [elements] of a solution and channel. */
static size_t place(const cph_applier *a, size_t solution, size_t channel)
{
    return (solution * a->channels + channel) * a->elements;
}

/* v / (g conj(h)) */
static cph_c64 divide(cph_c64 v, cph_c64 g, cph_c64 h)
{
    const cph_c64 both = {g.re * h.re + g.im * h.im, g.im * h.re - g.re * h.im};
    const double power = both.re * both.re + both.im * both.im;
    return (cph_c64){(v.re * both.re + v.im * both.im) / power,
                     (v.im * both.re - v.re * both.im) / power};
}

/* A writer that is finished, whatever became of it. */
static cph_exit end(const cph_applier *a, cph_writer *writer, cph_exit code)
{
    cph_error error = {.status = CPH_OK};
    if (code != CPH_EXIT_DONE && cph_interrupted())
        cph_writer_suspend(writer);
    else if (code != CPH_EXIT_DONE)
        cph_writer_abort(writer);
    else if (cph_writer_commit(writer, &error) != CPH_OK)
        code = cph_report(a->input->cli->name, &error);
    return code;
}

static cph_exit interrupted(const cph_applier *a)
{
    return cph_report_line(a->input->cli->name, CPH_EXIT_FAILED, "interrupted");
}

/* ---- visibilities ---- */

/* Flagged entries are divided too, and stay or become flagged. */
static cph_exit divide_rows(cph_applier *a, const cph_visibility_block *b)
{
    for (size_t row = 0; row < b->rows; row++) {
        size_t solution = 0;
        const cph_exit code =
            cph_applier_solution(a, a->input->header->time_unix_s[b->time[row]], &solution);
        if (code != CPH_EXIT_DONE)
            return code;
        const size_t *input = b->input + row * b->products * 2;
        for (size_t c = 0; c < b->channels; c++) {
            const cph_c64 *gain = a->gain + place(a, solution, c);
            const unsigned char *flag = a->flag + place(a, solution, c);
            for (size_t k = 0; k < b->products; k++) {
                const size_t at = (row * b->channels + c) * b->products + k;
                const size_t p = input[2 * k], q = input[2 * k + 1];
                b->visibility[at] = divide(b->visibility[at], gain[p], gain[q]);
                if (flag[p] != CPH_FLAG_NONE || flag[q] != CPH_FLAG_NONE)
                    b->flag[at] = 1;
            }
        }
    }
    return CPH_EXIT_DONE;
}

/* What the copy refuses is in the input. */
static cph_exit report_copy(const cph_cli *cli, const cph_error *error)
{
    return error->status == CPH_ERR_UNSUPPORTED ? cph_report_input(cli->name, error)
                                                : cph_report(cli->name, error);
}

static cph_exit write_visibilities(cph_applier *a, const char *applied,
                                   const cph_write_options *options)
{
    const cph_cli *cli = a->input->cli;
    cph_error error = {.status = CPH_OK};
    cph_writer *writer = NULL;
    cph_visibility_block block = {0};
    cph_progress progress;
    if (cph_visibility_create(cli->output, a->input->data, applied, cli->max_memory, options,
                              &writer, &error) != CPH_OK)
        return report_copy(cli, &error);
    cph_exit code = CPH_EXIT_DONE;
    cph_progress_start(&progress, cli, cli->name, a->input->header->times);
    do {
        if (cph_interrupted())
            code = interrupted(a);
        else if (cph_visibility_next(writer, &block, &error) != CPH_OK)
            code = report_copy(cli, &error);
        else
            code = divide_rows(a, &block);
        if (code == CPH_EXIT_DONE && block.rows > 0)
            cph_progress_update(&progress, block.time[0]);
    } while (code == CPH_EXIT_DONE && block.rows > 0);
    cph_progress_end(&progress);
    return end(a, writer, code);
}

/* ---- native files ---- */

/* The header of the output; inputs that are flagged everywhere are listed. */
static cph_status make_header(const cph_applier *a, const char *applied, cph_data_header *header)
{
    *header = *a->input->header;
    header->applied = applied;
    header->times = a->input->times;
    const cph_status status = cph_array_select(&a->input->header->array, NULL, 0, &header->array);
    for (size_t n = 0; status == CPH_OK && n < a->elements; n++)
        if (a->lost[n] != CPH_FLAG_NONE)
            header->array.element[n].listed = true;
    return status;
}

/* Entries of flagged inputs become NaN. */
static void divide_matrix(const cph_applier *a, size_t solution, size_t channel, cph_c64 *r)
{
    const size_t n = a->elements;
    const cph_c64 *gain = a->gain + place(a, solution, channel);
    const unsigned char *flag = a->flag + place(a, solution, channel);
    for (size_t p = 0; p < n; p++)
        for (size_t q = 0; q < n; q++) {
            cph_c64 *entry = &r[p * n + q];
            *entry = flag[p] != CPH_FLAG_NONE || flag[q] != CPH_FLAG_NONE
                         ? (cph_c64){NAN, NAN}
                         : divide(*entry, gain[p], gain[q]);
        }
}

static cph_exit put_covariances(cph_applier *a, cph_writer *writer, cph_c64 *r)
{
    const cph_data_header *h = a->input->header;
    const cph_cli *cli = a->input->cli;
    cph_error error = {.status = CPH_OK};
    cph_exit code = CPH_EXIT_DONE;
    cph_progress progress;
    cph_progress_start(&progress, cli, cli->name, h->times * h->channels);
    for (size_t i = 0; code == CPH_EXIT_DONE && i < h->times * h->channels; i++) {
        const size_t time = i / h->channels, channel = i % h->channels;
        size_t solution = 0;
        code = cph_interrupted() ? interrupted(a)
                                 : cph_applier_solution(a, h->time_unix_s[time], &solution);
        if (code != CPH_EXIT_DONE)
            break;
        if (cph_data_read_covariance(a->input->data, time, channel, NULL, a->elements, r, &error) !=
            CPH_OK) {
            code = cph_report_input(cli->name, &error);
            break;
        }
        divide_matrix(a, solution, channel, r);
        if (cph_covariance_put(writer, time, channel, r, &error) != CPH_OK)
            code = cph_report(cli->name, &error);
        cph_progress_update(&progress, i + 1);
    }
    cph_progress_end(&progress);
    return code;
}

static cph_exit write_covariance(cph_applier *a, const cph_data_header *header,
                                 const cph_write_options *options)
{
    const cph_cli *cli = a->input->cli;
    cph_error error = {.status = CPH_OK};
    cph_writer *writer = NULL;
    size_t entries = 0;
    cph_c64 *r =
        cph_size_mul(a->elements, a->elements, &entries) ? calloc(entries + 1, sizeof *r) : NULL;
    if (r == NULL)
        return cph_report_memory(cli->name);
    cph_exit code = CPH_EXIT_DONE;
    if (cph_covariance_create_file(cli->output, header, options, &writer, &error) != CPH_OK)
        code = cph_report(cli->name, &error);
    else
        code = end(a, writer, put_covariances(a, writer, r));
    free(r);
    return code;
}

/* ---- captures ---- */

/* What a block of a capture takes, [most][channels][elements] but `in`, which has one channel. */
typedef struct desk {
    cph_writer *writer;
    size_t most;
    void *in;         /* [most][elements] */
    cph_c32 *out;     /* [most][channels][elements] */
    void *narrow;     /* the same as integers; NULL for floats */
    cph_c64 *inverse; /* [elements] 1 / g, 0 where flagged */
} desk;

static void desk_free(desk *d)
{
    free(d->in);
    free(d->out);
    free(d->narrow);
    free(d->inverse);
}

static cph_exit desk_make(const cph_applier *a, desk *d)
{
    const cph_cli *cli = a->input->cli;
    const size_t in = cph_type_size(a->input->header->type), out = cph_type_size(a->type);
    size_t row = 0;
    if (!cph_size_mul(a->elements, a->channels, &row) ||
        !cph_size_mul(row, sizeof *d->out + out + in, &row) || row == 0)
        return cph_report_memory(cli->name);
    d->most = cph_size_min(cli->max_memory / row, a->input->times);
    if (d->most == 0)
        return cph_report_line(cli->name, CPH_EXIT_LIMIT,
                               "--max-memory %zu is too small for %s: expected more than %zu bytes",
                               cli->max_memory, cli->input, row);
    const size_t count = d->most * a->elements * a->channels; /* fits: less than max_memory */
    d->in = malloc(d->most * a->elements * in + 1);
    d->out = malloc(count * sizeof *d->out + 1);
    d->narrow = a->type == CPH_C32 ? NULL : malloc(count * out + 1);
    d->inverse = calloc(a->elements, sizeof *d->inverse);
    return d->in == NULL || d->out == NULL || d->inverse == NULL ||
                   (a->type != CPH_C32 && d->narrow == NULL)
               ? cph_report_memory(cli->name)
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
static void divide_samples(const cph_applier *a, const desk *d, size_t solution, size_t channel,
                           size_t times)
{
    const size_t n = a->elements, at = place(a, solution, channel);
    for (size_t i = 0; i < n; i++) {
        const cph_c64 one = {1.0, 0.0}, g = a->gain[at + i];
        const bool flagged = a->flag[at + i] != CPH_FLAG_NONE;
        d->inverse[i] = flagged ? (cph_c64){0.0, 0.0} : divide(one, g, one);
    }
    for (size_t t = 0; t < times; t++) {
        cph_c32 *out = d->out + (t * a->channels + channel) * n;
        for (size_t i = 0; i < n; i++) {
            const cph_c64 x = sample(a->input->header->type, d->in, t * n + i), w = d->inverse[i];
            const bool kept = w.re != 0.0 || w.im != 0.0;
            out[i].re = kept ? (float)(x.re * w.re - x.im * w.im) : 0.0F;
            out[i].im = kept ? (float)(x.re * w.im + x.im * w.re) : 0.0F;
        }
    }
}

static cph_exit put_block(cph_applier *a, const desk *d, size_t start, size_t times,
                          size_t solution)
{
    cph_error error = {.status = CPH_OK};
    const void *samples = d->out;
    for (size_t c = 0; c < a->channels; c++) {
        if (cph_data_read_samples(a->input->data, start, times, c, NULL, a->elements, d->in,
                                  &error) != CPH_OK)
            return cph_report_input(a->input->cli->name, &error);
        divide_samples(a, d, solution, c, times);
    }
    if (d->narrow != NULL) {
        uint64_t clipped = 0;
        const cph_status status = cph_convert_from_c32(
            a->type, d->out, times * a->channels * a->elements, 1.0F, d->narrow, &clipped);
        if (status != CPH_OK)
            return cph_report_line(a->input->cli->name, cph_exit_of(status), "%s",
                                   cph_status_name(status));
        a->saturated += clipped;
        samples = d->narrow;
    }
    return cph_capture_append(d->writer, samples, times, &error) == CPH_OK
               ? CPH_EXIT_DONE
               : cph_report(a->input->cli->name, &error);
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

static cph_exit put_samples(cph_applier *a, const desk *d)
{
    const size_t times = a->input->times;
    cph_progress progress;
    cph_exit code = CPH_EXIT_DONE;
    cph_progress_start(&progress, a->input->cli, a->input->cli->name, times);
    for (size_t done = 0; code == CPH_EXIT_DONE && done < times;) {
        size_t solution = 0, now = cph_size_min(d->most, times - done);
        code = cph_interrupted() ? interrupted(a)
                                 : cph_applier_solution(a, time_of(a, done), &solution);
        now = span_of(a, solution, done, now);
        if (code == CPH_EXIT_DONE)
            code = put_block(a, d, done, now, solution);
        done += now;
        cph_progress_update(&progress, done);
    }
    cph_progress_end(&progress);
    return code;
}

static cph_exit write_capture(cph_applier *a, cph_data_header *header,
                              const cph_write_options *options)
{
    const cph_cli *cli = a->input->cli;
    cph_error error = {.status = CPH_OK};
    desk d = {0};
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
    header->type = a->type;
    cph_exit code = desk_make(a, &d);
    if (code == CPH_EXIT_DONE &&
        cph_capture_create(cli->output, header, options, &d.writer, &error) != CPH_OK)
        code = cph_report(cli->name, &error);
    else if (code == CPH_EXIT_DONE)
        code = end(a, d.writer, put_samples(a, &d));
    desk_free(&d);
    return code;
}

cph_exit cph_apply_write(cph_applier *a, const char *applied, const cph_write_options *options)
{
    cph_data_header header;
    cph_interrupt_catch();
    if (strcmp(a->input->header->format, "uvh5") == 0)
        return write_visibilities(a, applied, options);
    if (make_header(a, applied, &header) != CPH_OK)
        return cph_report_memory(a->input->cli->name);
    const cph_exit code = header.kind == CPH_KIND_CAPTURE ? write_capture(a, &header, options)
                                                          : write_covariance(a, &header, options);
    cph_array_free(&header.array);
    return code;
}
