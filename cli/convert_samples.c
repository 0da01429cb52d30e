/* SPDX-License-Identifier: MIT */
/* Samples of a file, chosen elements and times, in another type and scale. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/convert.h"
#include "cli/progress.h"
#include "kernels/core/size.h"

/* ---- what is kept ---- */

cph_exit cph_conversion_make(cph_conversion *c)
{
    const cph_input *input = c->input;
    const size_t all = input->header->array.elements;
    c->elements = input->header->kind == CPH_KIND_BEAMS ? input->header->beams : 0;
    for (size_t s = 0; s < input->selections; s++)
        for (size_t i = 0; i < input->selection[s].elements; i++)
            c->elements += input->selection[s].flag[i] != CPH_FLAG_EXCLUDED;
    if (c->elements == 0)
        return cph_report_line(input->cli->name, CPH_EXIT_USAGE, "%s: no element is left",
                               input->cli->input);
    if (all == 0 || c->elements == all)
        return CPH_EXIT_DONE;
    unsigned char *keep = calloc(all, 1);
    c->index = calloc(c->elements, sizeof *c->index);
    if (keep == NULL || c->index == NULL) {
        free(keep);
        return cph_report_memory(input->cli->name);
    }
    for (size_t s = 0; s < input->selections; s++)
        for (size_t i = 0; i < input->selection[s].elements; i++)
            keep[input->selection[s].index[i]] = input->selection[s].flag[i] != CPH_FLAG_EXCLUDED;
    for (size_t n = 0, used = 0; n < all; n++)
        if (keep[n] != 0)
            c->index[used++] = n;
    free(keep);
    return CPH_EXIT_DONE;
}

void cph_conversion_free(cph_conversion *c)
{
    free(c->index);
    c->index = NULL;
}

/* ---- blocks ---- */

/* What becomes of the samples of a channel. */
typedef cph_status channel_task(void *context, const void *samples, size_t times, size_t channel,
                                cph_error *error);
typedef cph_status block_task(void *context, size_t times, cph_error *error);

/* Passes over all samples, `most` times at once, channel by channel; `end` of a block may be NULL.
 */
static cph_exit pass(const cph_conversion *c, size_t most, const char *label, channel_task *task,
                     block_task *end, void *context)
{
    const cph_input *input = c->input;
    const cph_cli *cli = input->cli;
    cph_error error = {.status = CPH_OK};
    cph_progress progress;
    void *samples = malloc(most * c->elements * cph_type_size(input->header->type) + 1);
    if (samples == NULL)
        return cph_report_memory(cli->name);
    cph_exit code = CPH_EXIT_DONE;
    cph_interrupt_catch();
    cph_progress_start(&progress, cli, label, input->times);
    for (size_t done = 0, now; code == CPH_EXIT_DONE && done < input->times; done += now) {
        now = cph_size_min(most, input->times - done);
        cph_status status = CPH_OK;
        for (size_t k = 0; status == CPH_OK && k < input->header->channels; k++) {
            if (cph_data_read_samples(input->data, input->start + done, now, k, c->index,
                                      c->elements, samples, &error) != CPH_OK) {
                code = cph_report_input(cli->name, &error);
                break;
            }
            status = task(context, samples, now, k, &error);
        }
        if (code == CPH_EXIT_DONE && status == CPH_OK && end != NULL)
            status = end(context, now, &error);
        if (code == CPH_EXIT_DONE && status == CPH_OK && cph_interrupted())
            status = cph_fail(&error, CPH_ERR_INTERRUPTED, "interrupted");
        if (code == CPH_EXIT_DONE && status != CPH_OK)
            code = cph_report(cli->name, &error);
        cph_progress_update(&progress, done + now);
    }
    cph_progress_end(&progress);
    free(samples);
    return code;
}

/* Times of a block that takes `row` bytes a time. */
static cph_exit choose_most(const cph_conversion *c, size_t row, size_t *most)
{
    enum { BLOCK_BYTES = 16 << 20 }; /* larger ones leave the caches without saving calls */
    const cph_cli *cli = c->input->cli;
    if (row > cli->max_memory)
        return cph_report_line(cli->name, CPH_EXIT_LIMIT,
                               "--max-memory %zu is too small for %s: expected more than %zu bytes",
                               cli->max_memory, cli->input, row);
    const size_t wanted = row < BLOCK_BYTES ? BLOCK_BYTES / row : 1;
    *most = cph_size_min(cph_size_min(cli->max_memory / row, wanted), c->input->times);
    return CPH_EXIT_DONE;
}

/* Bytes of one time of all channels as it is read; 0 when that does not fit. */
static size_t row_bytes(const cph_conversion *c, cph_type type, size_t channels)
{
    size_t row = 0;
    return cph_size_mul(c->elements, channels, &row) &&
                   cph_size_mul(row, cph_type_size(type), &row) && row < SIZE_MAX / 4
               ? row
               : 0;
}

/* ---- the scale ---- */

typedef struct peak {
    const cph_conversion *conversion;
    double part; /* largest modulus of a finite part so far */
} peak;

static double largest(cph_type type, const void *samples, size_t parts)
{
    int most = 0;
    float most_float = 0.0F;
    for (size_t i = 0; type == CPH_C8 && i < parts; i++)
        most = abs(((const int8_t *)samples)[i]) > most ? abs(((const int8_t *)samples)[i]) : most;
    for (size_t i = 0; type == CPH_C16 && i < parts; i++)
        most =
            abs(((const int16_t *)samples)[i]) > most ? abs(((const int16_t *)samples)[i]) : most;
    for (size_t i = 0; type == CPH_C32 && i < parts; i++) {
        const float size = fabsf(((const float *)samples)[i]);
        most_float = size > most_float && isfinite(size) ? size : most_float;
    }
    return type == CPH_C32 ? (double)most_float : (double)most;
}

static cph_status find_peak(void *context, const void *samples, size_t times, size_t channel,
                            cph_error *error)
{
    peak *p = context;
    (void)channel;
    (void)error;
    p->part = fmax(p->part, largest(p->conversion->input->header->type, samples,
                                    2 * times * p->conversion->elements));
    return CPH_OK;
}

/* The smallest power of two that brings the peak below the limit; integers stay integers. */
static double fitting(double part, cph_type from, cph_type to)
{
    const double limit = to == CPH_C8 ? INT8_MAX : INT16_MAX;
    int exponent = 0;
    if (!(part > 0.0))
        return 1.0;
    (void)frexp(part / limit, &exponent);
    if (ldexp(limit, exponent - 1) >= part)
        exponent--;
    return ldexp(1.0, from != CPH_C32 && exponent < 0 ? 0 : exponent);
}

cph_exit cph_conversion_settle(cph_conversion *c)
{
    const cph_data_header *h = c->input->header;
    size_t most = 0;
    if (!c->has_type)
        c->type = h->type;
    if (!isnan(c->scale))
        return CPH_EXIT_DONE;
    c->scale = h->scale;
    if (c->type >= h->type)
        return CPH_EXIT_DONE;
    const size_t row = row_bytes(c, h->type, 1);
    cph_exit code = row > 0 ? choose_most(c, row, &most) : cph_report_memory(c->input->cli->name);
    peak p = {.conversion = c};
    if (code == CPH_EXIT_DONE)
        code = pass(c, most, "peak", find_peak, NULL, &p);
    c->scale *= fitting(p.part, h->type, c->type);
    return code;
}

/* ---- samples of the output ---- */

typedef struct desk {
    cph_conversion *conversion;
    cph_requantisation factor; /* integers to integers */
    float ratio;               /* all others */
    void *made;                /* [most][elements] of one channel; NULL where samples stay */
    void *block;               /* [most][channels][elements]; NULL where there is one channel */
    const void *ready;         /* what a block of one channel is */
    cph_samples_task *task;
    void *context;
} desk;

static cph_status change(desk *d, const void *samples, size_t count, cph_error *error)
{
    cph_conversion *c = d->conversion;
    const cph_type from = c->input->header->type;
    uint64_t cut = 0;
    cph_status status;
    if (c->type == CPH_C32)
        status = cph_convert_to_c32(from, samples, count, d->ratio, d->made);
    else if (from == CPH_C32)
        status = cph_convert_from_c32(c->type, samples, count, d->ratio, d->made, &cut);
    else
        status = cph_requantise(&d->factor, from, samples, count, c->type, d->made, &cut);
    c->saturated += cut;
    return status == CPH_OK ? CPH_OK : cph_fail(error, status, "%s", cph_status_name(status));
}

static cph_status take_channel(void *context, const void *samples, size_t times, size_t channel,
                               cph_error *error)
{
    desk *d = context;
    const cph_conversion *c = d->conversion;
    const size_t row = c->elements * cph_type_size(c->type), channels = c->input->header->channels;
    if (d->made != NULL) {
        const cph_status status = change(d, samples, times * c->elements, error);
        if (status != CPH_OK)
            return status;
        samples = d->made;
    }
    d->ready = samples;
    for (size_t t = 0; d->block != NULL && t < times; t++)
        memcpy((char *)d->block + (t * channels + channel) * row, (const char *)samples + t * row,
               row);
    return CPH_OK;
}

static cph_status hand_over(void *context, size_t times, cph_error *error)
{
    const desk *d = context;
    return d->task(d->context, d->block != NULL ? d->block : d->ready, times, error);
}

/* The factor of the samples, where they do not stay as they are. */
static cph_exit choose_factor(desk *d, bool *same)
{
    const cph_conversion *c = d->conversion;
    const cph_data_header *h = c->input->header;
    const double ratio = h->scale / c->scale;
    const bool integers = h->type != CPH_C32 && c->type != CPH_C32;
    *same = h->type == c->type && ratio == 1.0;
    d->ratio = (float)ratio;
    const bool fits = integers ? cph_requantisation_make(ratio, &d->factor) == CPH_OK
                               : isnormal(d->ratio) && d->ratio > 0.0F;
    if (fits)
        return CPH_EXIT_DONE;
    return cph_report_line(c->input->cli->name, CPH_EXIT_USAGE,
                           "--scale %g: %s has scale %g, and samples times %g are no integers",
                           c->scale, c->input->cli->input, h->scale, ratio);
}

cph_exit cph_conversion_stream(cph_conversion *c, cph_samples_task *task, void *context)
{
    const cph_data_header *h = c->input->header;
    const char *name = c->input->cli->name;
    desk d = {.conversion = c, .task = task, .context = context};
    bool same = false;
    size_t most = 0;
    cph_exit code = choose_factor(&d, &same);
    if (code != CPH_EXIT_DONE)
        return code;
    const size_t in = row_bytes(c, h->type, 1), made = row_bytes(c, c->type, 1);
    const size_t all = row_bytes(c, c->type, h->channels);
    if (in == 0 || made == 0 || all == 0)
        return cph_report_memory(name);
    code = choose_most(c, in + (same ? 0 : made) + (h->channels > 1 ? all : 0), &most);
    if (code != CPH_EXIT_DONE)
        return code;
    d.made = same ? NULL : malloc(most * made + 1);
    d.block = h->channels > 1 ? malloc(most * all + 1) : NULL;
    if ((same || d.made != NULL) && (h->channels == 1 || d.block != NULL))
        code = pass(c, most, name, take_channel, hand_over, &d);
    else
        code = cph_report_memory(name);
    free(d.made);
    free(d.block);
    return code;
}
