/* SPDX-License-Identifier: MIT */
#include "cli/adapt.h"

#include <math.h>
#include <stdlib.h>

#include "cli/steering.h"
#include "cophase/steer.h"
#include "kernels/core/size.h"

/* Power of the jammers that make nulls wide, beside the mean power of an element: their nulls are
 * some 80 dB deep, and the covariance stays far from singular. */
static const double jammer_ratio = 1e4;

typedef struct shop {
    const cph_input *input;
    const cph_selection *selection;
    const cph_method *method;
    cph_weights *weights;
    cph_nulls *nulls;
    cph_adapted *adapted;
    cph_dump dump;
    cph_c64 *gain, *w; /* [N] */
    cph_c64 *c;        /* [1 + nulls][N]: the look, then each null's own direction */
    cph_c64 *response; /* [1 + nulls] */
    void *memory;
} shop;

static bool reserve(shop *s)
{
    const size_t n = s->selection->elements, constraints = 1 + s->method->nulls.count;
    size_t bytes = 0, count, at[4];
    if (!cph_size_mul(constraints, n, &count) ||
        !cph_size_place(&bytes, n, sizeof *s->gain, &at[0]) ||
        !cph_size_place(&bytes, n, sizeof *s->w, &at[1]) ||
        !cph_size_place(&bytes, count, sizeof *s->c, &at[2]) ||
        !cph_size_place(&bytes, constraints, sizeof *s->response, &at[3]) ||
        (s->memory = calloc(1, bytes)) == NULL)
        return false;
    s->gain = cph_size_at(s->memory, at[0]);
    s->w = cph_size_at(s->memory, at[1]);
    s->c = cph_size_at(s->memory, at[2]);
    s->response = cph_size_at(s->memory, at[3]);
    s->response[0] = (cph_c64){1.0, 0.0};
    return true;
}

/* With mvdr nulls are where the data have jammers; with lcmv jammers are imagined where nulls shall
 * be. */
static cph_status factor(shop *s, const unsigned char *flag, cph_adaptive **adaptive,
                         cph_error *error)
{
    const size_t n = s->selection->elements;
    const double width = s->method->null_width;
    const bool jammed = width > 0.0 && s->nulls->count > 0;
    cph_status status = cph_nulls_tune(s->nulls, s->selection->position, s->dump.freq_hz);
    if (status == CPH_OK && width > 0.0 && !jammed)
        status = cph_covariance_widen(n, s->selection->position, s->dump.freq_hz,
                                      2.0 * sin(width / 2.0), s->dump.r, n);
    if (status != CPH_OK)
        return cph_fail(error, status, "nulls: %s", cph_status_name(status));
    const cph_adaptive_config config = {.elements = n,
                                        .covariance = s->dump.r,
                                        .ld = n,
                                        .gain = s->gain,
                                        .flag = flag,
                                        .samples = s->dump.samples,
                                        .loading = s->method->loading,
                                        .jammers = jammed ? s->nulls->first[s->nulls->count] : 0,
                                        .jammer = s->nulls->c,
                                        .jammer_ratio = jammer_ratio};
    status = cph_adaptive_create(&config, adaptive, error);
    if (status != CPH_OK)
        return status;
    s->adapted->samples = s->dump.samples;
    s->adapted->live = cph_adaptive_live(*adaptive, &s->adapted->rho, &s->adapted->load);
    return CPH_OK;
}

static cph_status solve(shop *s, const cph_adaptive *adaptive, size_t channel,
                        const unsigned char *flag, cph_error *error)
{
    const size_t n = s->selection->elements, nulls = s->nulls->count;
    cph_status status = CPH_OK;
    for (size_t i = 0; i < nulls; i++)
        for (size_t e = 0; e < n; e++)
            s->c[(1 + i) * n + e] = s->nulls->c[s->nulls->first[i] * n + e];
    for (size_t b = 0; status == CPH_OK && b < s->weights->beams; b++) {
        cph_c32 *w = s->weights->weights + (b * s->weights->channels + channel) * n;
        status = cph_steer_c64(n, s->selection->position, s->dump.freq_hz,
                               s->weights->direction + 3 * b, s->c);
        if (status != CPH_OK)
            return cph_fail(error, status, "steering: %s", cph_status_name(status));
        status = cph_adaptive_lcmv(adaptive, 1 + nulls, s->c, s->response, s->w, NULL, error);
        for (size_t e = 0; status == CPH_OK && e < n; e++)
            w[e] = (cph_c32){(float)s->w[e].re, (float)s->w[e].im};
        if (status == CPH_OK)
            cph_nulls_measure(s->nulls, b, s->c, s->gain, flag, w);
    }
    return status;
}

static cph_exit report(const shop *s, size_t channel, const cph_error *error)
{
    const bool unloaded = s->method->loading.kind == CPH_LOADING_NONE;
    return cph_report_line(s->input->cli->name, cph_exit_of(error->status), "%s: channel %zu: %s%s",
                           s->input->cli->input, channel, error->message,
                           error->status == CPH_ERR_SINGULAR && unloaded
                               ? " (--loading ledoit-wolf or relative:-20dB)"
                               : "");
}

static cph_exit adapt(shop *s, size_t channel, unsigned char *flag)
{
    cph_error error = {.status = CPH_OK};
    cph_adaptive *adaptive = NULL;
    cph_exit code =
        cph_input_covariance(s->input, s->selection, s->method->time, channel, &s->dump);
    if (code == CPH_EXIT_DONE && !s->dump.has_diagonal)
        code = cph_report_line(s->input->cli->name, CPH_EXIT_INPUT,
                               "%s: /covariance has no diagonal; expected one for --method %s",
                               s->input->cli->input, cph_method_name(s->method->kind));
    if (code == CPH_EXIT_DONE)
        code = cph_input_gains(s->input, s->selection, s->dump.freq_hz, s->dump.time_unix_s,
                               s->gain, flag);
    if (code == CPH_EXIT_DONE)
        code = cph_input_health(s->input, &s->dump, flag);
    if (code != CPH_EXIT_DONE)
        return code;
    cph_status status = factor(s, flag, &adaptive, &error);
    if (status == CPH_OK)
        status = solve(s, adaptive, channel, flag, &error);
    cph_adaptive_destroy(adaptive);
    return status == CPH_OK ? CPH_EXIT_DONE : report(s, channel, &error);
}

static cph_exit adapt_all(shop *s, unsigned char *flag)
{
    const cph_input *input = s->input;
    const cph_data_header *header = input->header;
    const cph_cli *cli = input->cli;
    cph_error error = {.status = CPH_OK};
    if (!reserve(s))
        return cph_report_memory(cli->name);
    cph_status status =
        cph_steering_label(&cli->steer, header->channel_freq_hz, s->weights, &error);
    if (status == CPH_OK)
        status = cph_nulls_make(s->method, &s->selection->array, s->selection->position,
                                cph_steering_top(header->channels, header->channel_freq_hz),
                                s->weights->beams, s->nulls, &error);
    if (status != CPH_OK)
        return cph_report_line(cli->name, cph_exit_of(status), "%s: %s", cli->input, error.message);
    cph_exit code = CPH_EXIT_DONE;
    for (size_t c = 0; code == CPH_EXIT_DONE && c < header->channels; c++)
        code = adapt(s, c, flag + c * s->selection->elements);
    return code;
}

cph_exit cph_adapt_input(const cph_input *input, const cph_selection *selection,
                         cph_weights *weights, cph_nulls *nulls, cph_adapted *adapted,
                         unsigned char *flag)
{
    const cph_cli *cli = input->cli;
    cph_weights made;
    if (cli->method.time >= cph_input_dumps(input))
        return cph_report_line(cli->name, CPH_EXIT_USAGE, "--time %zu: %s has %zu dumps",
                               cli->method.time, cli->input, cph_input_dumps(input));
    const cph_status status =
        cph_weights_create(&selection->array, cli->steer.count, input->header->channels, &made);
    if (status != CPH_OK)
        return cph_report_line(cli->name, cph_exit_of(status), "weights: %s",
                               cph_status_name(status));
    shop s = {.input = input,
              .selection = selection,
              .method = &cli->method,
              .weights = &made,
              .nulls = nulls,
              .adapted = adapted};
    const cph_exit code = adapt_all(&s, flag);
    cph_dump_free(&s.dump);
    free(s.memory);
    if (code == CPH_EXIT_DONE)
        *weights = made;
    else
        cph_weights_free(&made);
    return code;
}
