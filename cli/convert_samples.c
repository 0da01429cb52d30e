/* SPDX-License-Identifier: MIT */
/* Samples of a file, chosen elements and times, in another type and scale. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/convert.h"
#include "cli/convert_lost.h"
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

/* Where the truth has delays. */
static cph_status put_delays(const cph_conversion *c, cph_writer *writer, cph_error *error)
{
    double *delay_s = calloc(c->input->header->array.elements + 1, sizeof *delay_s);
    if (delay_s == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    cph_status status = cph_data_read_truth_delays(c->input->data, delay_s, error);
    for (size_t i = 0; c->index != NULL && i < c->elements; i++)
        delay_s[i] = delay_s[c->index[i]]; /* rising */
    if (status == CPH_OK)
        status = cph_capture_truth_delays(writer, delay_s, error);
    free(delay_s);
    return status;
}

cph_status cph_conversion_truth(const cph_conversion *c, cph_writer *writer, cph_error *error)
{
    const size_t all = c->input->header->array.elements;
    if (all == 0)
        return CPH_OK;
    cph_c64 *gain = calloc(all, sizeof *gain);
    char **source = NULL;
    size_t sources = 0;
    if (gain == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    const double centre_hz = cph_data_header_of(c->input->data)->center_freq_hz;
    cph_status status = cph_data_read_truth(c->input->data, centre_hz, gain, error);
    for (size_t i = 0; c->index != NULL && i < c->elements; i++)
        gain[i] = gain[c->index[i]]; /* rising */
    if (status == CPH_OK)
        status = cph_data_read_truth_sources(c->input->data, &source, &sources, error);
    if (status == CPH_OK)
        status = cph_capture_truth(writer, gain, (const char *const *)source, sources, error);
    if (status == CPH_OK)
        status = put_delays(c, writer, error);
    free(source);
    free(gain);
    return status == CPH_ERR_MISSING ? CPH_OK : status;
}

/* Bytes of one time of `channels` channels; 0 when that does not fit. */
static size_t row_bytes(const cph_conversion *c, cph_type type, size_t channels)
{
    size_t row = 0;
    return cph_size_mul(c->elements, channels, &row) &&
                   cph_size_mul(row, cph_type_size(type), &row) && row < SIZE_MAX / 4
               ? row
               : 0;
}

/* Streams all channels of what is kept. */
static cph_exit stream(const cph_conversion *c, size_t reserved, cph_block_task *task,
                       void *context)
{
    const cph_input *input = c->input;
    const cph_stream_config range = {.start = input->start,
                                     .times = input->times,
                                     .follow = input->cli->follow,
                                     .channels = input->header->channels,
                                     .element = c->index,
                                     .elements = c->elements};
    return cph_input_stream(input, &range, reserved, task, context);
}

/* ---- the scale ---- */

typedef struct peak {
    const cph_conversion *conversion;
    double part; /* largest modulus of a finite part so far */
    cph_lost lost;
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

static cph_status find_peak(void *context, const cph_block *block, cph_error *error)
{
    peak *p = context;
    const cph_data_header *h = p->conversion->input->header;
    const size_t elements = p->conversion->elements;
    p->part =
        fmax(p->part, largest(h->type, block->samples, 2 * block->times * h->channels * elements));
    return h->type == CPH_C32 ? cph_lost_note(&p->lost, h, block, elements, error) : CPH_OK;
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

cph_exit cph_conversion_settle(cph_conversion *c, cph_input *input)
{
    const cph_data_header *h = c->input->header;
    if (!c->has_type)
        c->type = h->type;
    const bool asked = !isnan(c->scale), floats = h->type == CPH_C32;
    if (!asked)
        c->scale = h->scale;
    if (c->type >= h->type || (asked && (!floats || c->input->cli->follow)))
        return CPH_EXIT_DONE;
    if (c->input->cli->follow)
        return cph_report_line(c->input->cli->name, CPH_EXIT_USAGE,
                               "--type %s is narrower than samples that are still to come; "
                               "expected --scale",
                               cph_type_name(c->type));
    peak p = {.conversion = c};
    cph_exit code = stream(c, 0, find_peak, &p);
    if (!asked)
        c->scale *= fitting(p.part, h->type, c->type);
    if (code == CPH_EXIT_DONE)
        code = cph_lost_leave_out(&p.lost, input);
    cph_lost_free(&p.lost);
    return code;
}

/* ---- samples of the output ---- */

typedef struct desk {
    cph_conversion *conversion;
    bool same;                 /* samples stay as they are */
    cph_requantisation factor; /* integers to integers */
    float ratio;               /* all others */
    size_t most;               /* times of a piece */
    void *made;                /* [most][elements] of one channel; NULL where samples stay */
    void *piece;               /* [most][channels][elements]; NULL where there is one channel */
    cph_samples_task *task;
    void *context;
} desk;

/* What is still coming was not looked at before. */
static cph_status check_lost(const cph_conversion *c, const void *samples, size_t count,
                             cph_error *error)
{
    const cph_data_header *h = c->input->header;
    for (size_t t = 0, times = count / c->elements, run = 0; t < times; t += run) {
        bool lost = false;
        run = cph_data_run(h, (const cph_c32 *)samples + t * c->elements, times - t, c->elements,
                           &lost);
        if (lost)
            return cph_lost_refuse(c->input->cli->input, "", error);
    }
    return CPH_OK;
}

static cph_status change(desk *d, const void *samples, size_t count, cph_error *error)
{
    cph_conversion *c = d->conversion;
    const cph_type from = c->input->header->type;
    uint64_t cut = 0;
    cph_status status = CPH_OK;
    if (from == CPH_C32 && c->type != CPH_C32 && c->input->cli->follow)
        status = check_lost(c, samples, count, error);
    if (status != CPH_OK)
        return status;
    if (c->type == CPH_C32)
        status = cph_convert_to_c32(from, samples, count, d->ratio, d->made);
    else if (from == CPH_C32)
        status = cph_convert_from_c32(c->type, samples, count, d->ratio, d->made, &cut);
    else
        status = cph_requantise(&d->factor, from, samples, count, c->type, d->made, &cut);
    c->saturated += cut;
    return status == CPH_OK ? CPH_OK : cph_fail(error, status, "%s", cph_status_name(status));
}

/* Times [from, from + times) of a block, all channels. */
static cph_status hand_over(desk *d, const cph_block *block, size_t from, size_t times,
                            cph_error *error)
{
    const cph_conversion *c = d->conversion;
    const size_t in = row_bytes(c, c->input->header->type, 1), out = row_bytes(c, c->type, 1);
    const size_t channels = c->input->header->channels;
    const void *ready = d->piece;
    for (size_t k = 0; k < channels; k++) {
        const char *samples = (const char *)block->samples + (k * block->times + from) * in;
        if (!d->same) {
            const cph_status status = change(d, samples, times * c->elements, error);
            if (status != CPH_OK)
                return status;
            samples = d->made;
        }
        if (d->piece == NULL)
            ready = samples;
        for (size_t t = 0; d->piece != NULL && t < times; t++)
            memcpy((char *)d->piece + (t * channels + k) * out, samples + t * out, out);
    }
    return d->task(d->context, ready, times, error);
}

static cph_status take_block(void *context, const cph_block *block, cph_error *error)
{
    desk *d = context;
    cph_status status = CPH_OK;
    if (d->same && d->piece == NULL)
        return d->task(d->context, block->samples, block->times, error);
    for (size_t done = 0, now; done < block->times && status == CPH_OK; done += now) {
        now = cph_size_min(d->most, block->times - done);
        status = hand_over(d, block, done, now, error);
    }
    return status;
}

/* The factor of the samples, where they do not stay as they are. */
static cph_exit choose_factor(desk *d)
{
    const cph_conversion *c = d->conversion;
    const cph_data_header *h = c->input->header;
    const char *name = c->input->cli->name;
    const double ratio = h->scale / c->scale;
    const bool integers = h->type != CPH_C32 && c->type != CPH_C32;
    d->same = h->type == c->type && ratio == 1.0;
    d->ratio = (float)ratio;
    if (!d->same && h->has_lost_value)
        return cph_report_line(name, CPH_EXIT_INPUT,
                               "%s: samples that are %g stand for lost times, which only --type "
                               "%s at the same scale keeps",
                               c->input->cli->input, h->lost_value, cph_type_name(h->type));
    const bool fits = integers ? cph_requantisation_make(ratio, &d->factor) == CPH_OK
                               : isnormal(d->ratio) && d->ratio > 0.0F;
    if (fits)
        return CPH_EXIT_DONE;
    return cph_report_line(name, CPH_EXIT_USAGE,
                           "--scale %g: %s has scale %g, and samples times %g %s", c->scale,
                           c->input->cli->input, h->scale, ratio,
                           integers ? "are no integers" : "are beyond what 32-bit floats hold");
}

cph_exit cph_conversion_stream(cph_conversion *c, cph_samples_task *task, void *context)
{
    enum { PIECE_BYTES = 1 << 20 };
    const size_t channels = c->input->header->channels;
    desk d = {.conversion = c, .task = task, .context = context};
    cph_exit code = choose_factor(&d);
    if (code != CPH_EXIT_DONE)
        return code;
    const size_t made = row_bytes(c, c->type, 1), all = row_bytes(c, c->type, channels);
    if (all == 0)
        return cph_report_memory(c->input->cli->name);
    const size_t row = (d.same ? 0 : made) + (channels > 1 ? all : 0);
    const size_t room = cph_size_min(PIECE_BYTES, c->input->cli->max_memory / 4);
    d.most = row > 0 && row < room ? room / row : 1;
    d.made = d.same ? NULL : malloc(d.most * made + 1);
    d.piece = channels > 1 ? malloc(d.most * all + 1) : NULL;
    if ((d.same || d.made != NULL) && (channels == 1 || d.piece != NULL))
        code = stream(c, d.most * row, take_block, &d);
    else
        code = cph_report_memory(c->input->cli->name);
    free(d.made);
    free(d.piece);
    return code;
}
