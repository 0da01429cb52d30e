/* SPDX-License-Identifier: MIT */
#include "cli/adapt.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/adapt_shop.h"
#include "cli/steering.h"
#include "kernels/core/c64.h"
#include "kernels/core/size.h"

/* Power of the jammers that make nulls wide, beside the mean power of an element: their nulls are
 * some 80 dB deep, and the covariance stays far from singular. */
static const double jammer_ratio = 1e4;

static bool reserve(cph_shop *s)
{
    const size_t n = s->selection->elements;
    const size_t constraints = 1 + s->method->nulls.count + CPH_SLOPES;
    size_t bytes = 0, count, at[6];
    s->adapted->elements = n;
    s->adapted->beams = s->weights->beams;
    s->adapted->beam = calloc(s->weights->beams, sizeof *s->adapted->beam);
    if (s->adapted->beam == NULL || !cph_size_mul(constraints, n, &count) ||
        !cph_size_place(&bytes, n, sizeof *s->gain, &at[0]) ||
        !cph_size_place(&bytes, n, sizeof *s->w, &at[1]) ||
        !cph_size_place(&bytes, count, sizeof *s->c, &at[2]) ||
        !cph_size_place(&bytes, constraints, sizeof *s->response, &at[3]) ||
        !cph_size_place(&bytes, n, sizeof *s->ones, &at[4]) ||
        !cph_size_place(&bytes, n, 3 * sizeof *s->centred, &at[5]) ||
        (s->memory = calloc(1, bytes)) == NULL)
        return false;
    s->gain = cph_size_at(s->memory, at[0]);
    s->w = cph_size_at(s->memory, at[1]);
    s->c = cph_size_at(s->memory, at[2]);
    s->response = cph_size_at(s->memory, at[3]);
    s->ones = cph_size_at(s->memory, at[4]);
    s->centred = cph_size_at(s->memory, at[5]);
    s->response[0] = (cph_c64){1.0, 0.0};
    for (size_t e = 0; e < n; e++)
        s->ones[e] = (cph_c64){1.0, 0.0};
    return true;
}

/* ---- one covariance ---- */

cph_status cph_adapt_widen(cph_shop *s, cph_error *error)
{
    const size_t n = s->selection->elements;
    const double width = s->method->null_width;
    if (!(width > 0.0))
        return CPH_OK;
    const cph_status status = cph_covariance_widen(n, s->selection->position, s->dump.freq_hz,
                                                   2.0 * sin(width / 2.0), s->dump.r, n);
    return status == CPH_OK ? CPH_OK
                            : cph_fail(error, status, "nulls: %s", cph_status_name(status));
}

/* Nulls are where the data have jammers, and as wide as was asked for; or where jammers are
 * imagined, where --null asks for them. */
static cph_status factor(cph_shop *s, cph_adaptive **adaptive, cph_error *error)
{
    const size_t n = s->selection->elements;
    const bool jammed = s->method->null_width > 0.0 && s->nulls->count > 0;
    cph_status status = jammed ? CPH_OK : cph_adapt_widen(s, error);
    if (status != CPH_OK)
        return status;
    const cph_adaptive_config config = {.elements = n,
                                        .covariance = s->dump.r,
                                        .ld = n,
                                        .gain = s->calibrated ? s->ones : s->gain,
                                        .flag = s->flag,
                                        .samples = s->samples,
                                        .loading = s->method->loading,
                                        .jammers = jammed ? s->nulls->first[s->nulls->count] : 0,
                                        .jammer = s->nulls->c,
                                        .jammer_ratio = jammer_ratio};
    status = cph_adaptive_create(&config, adaptive, error);
    if (status != CPH_OK)
        return status;
    s->adapted->live = cph_adaptive_live(*adaptive, &s->adapted->rho, &s->adapted->load);
    return CPH_OK;
}

cph_status cph_adapt_solve(const cph_shop *s, const cph_adaptive *adaptive, size_t count,
                           const cph_c64 *c, cph_c64 *w, cph_adapted_beam *beam, cph_error *error)
{
    const cph_method_keys *keys = &s->method->keys;
    switch (s->method->kind) {
    case CPH_METHOD_GSC:
        return cph_adaptive_gsc(adaptive, count, c, s->response, w, NULL, error);
    case CPH_METHOD_ROBUST_CAPON:
        return cph_adaptive_robust(adaptive, CPH_ROBUST_CAPON, keys->uncertainty, c, w, NULL,
                                   &beam->load, error);
    case CPH_METHOD_WHITE_NOISE:
        return cph_adaptive_robust(adaptive, CPH_ROBUST_NOISE, 1.0 / keys->gain, c, w, NULL,
                                   &beam->load, error);
    default:
        return cph_adaptive_lcmv(adaptive, count, c, s->response, w, NULL, error);
    }
}

static cph_status solve(cph_shop *s, cph_error *error)
{
    cph_adaptive *adaptive = NULL;
    cph_status status = factor(s, &adaptive, error);
    for (size_t b = 0; status == CPH_OK && b < s->weights->beams; b++) {
        size_t count = 0;
        status = cph_adapt_constrain(s, b, &count, error);
        if (status == CPH_OK)
            status = cph_adapt_solve(s, adaptive, count, s->c, s->w, &s->adapted->beam[b], error);
        if (status == CPH_OK)
            cph_adapt_store(s, b);
    }
    cph_adaptive_destroy(adaptive);
    return status;
}

cph_exit cph_adapt_report(const cph_shop *s, const cph_error *error)
{
    const bool unloaded = s->method->loading.kind == CPH_LOADING_NONE &&
                          strstr(error->message, "load the diagonal") != NULL;
    return cph_report_line(s->input->cli->name, cph_exit_of(error->status), "%s: channel %zu: %s%s",
                           s->input->cli->input, s->channel, error->message,
                           error->status == CPH_ERR_SINGULAR && unloaded
                               ? " (--loading ledoit-wolf or relative:-20dB)"
                               : "");
}

cph_exit cph_adapt_look_at_data(cph_shop *s)
{
    cph_exit code =
        cph_input_covariance(s->input, s->selection, s->method->time, s->channel, &s->dump);
    if (code == CPH_EXIT_DONE && !s->dump.has_diagonal)
        code = cph_report_line(s->input->cli->name, CPH_EXIT_INPUT,
                               "%s: /covariance has no diagonal; expected one for --method %s",
                               s->input->cli->input, cph_method_name(s->method->kind));
    if (code == CPH_EXIT_DONE)
        code = cph_input_gains(s->input, s->selection, s->dump.freq_hz, s->dump.time_unix_s,
                               s->gain, s->flag);
    if (code == CPH_EXIT_DONE)
        code = cph_input_health(s->input, &s->dump, s->flag);
    return code;
}

static cph_exit tune(cph_shop *s)
{
    cph_error error = {.status = CPH_OK};
    const double freq_hz = s->input->header->channel_freq_hz[s->channel];
    const cph_status status = cph_nulls_tune(s->nulls, s->selection->position, freq_hz);
    if (status == CPH_OK)
        return CPH_EXIT_DONE;
    (void)cph_fail(&error, status, "nulls: %s", cph_status_name(status));
    return cph_adapt_report(s, &error);
}

static cph_exit adapt(cph_shop *s)
{
    cph_error error = {.status = CPH_OK};
    cph_exit code = tune(s);
    if (code != CPH_EXIT_DONE)
        return code;
    if (s->method->subarrays != NULL || s->method->beamspace > 0)
        return cph_adapt_reduce(s);
    code = cph_adapt_look_at_data(s);
    if (code != CPH_EXIT_DONE)
        return code;
    if (cph_method_tracks(s->method->kind))
        return cph_adapt_track(s);
    s->calibrated = false;
    s->samples = s->adapted->samples = s->dump.samples;
    if (s->method->forward_backward || s->method->smooth > 0)
        cph_adapt_calibrate(s);
    if (s->method->forward_backward)
        code = cph_adapt_mirror(s);
    if (code == CPH_EXIT_DONE && s->method->smooth > 0)
        return cph_adapt_smooth(s);
    if (code == CPH_EXIT_DONE && s->method->kind == CPH_METHOD_SUBSPACE)
        return cph_adapt_project(s);
    if (code == CPH_EXIT_DONE && solve(s, &error) != CPH_OK)
        code = cph_adapt_report(s, &error);
    return code;
}

/* ---- all of them ---- */

static cph_exit adapt_all(cph_shop *s, unsigned char *flag)
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
    for (; code == CPH_EXIT_DONE && s->channel < header->channels; s->channel++) {
        s->flag = flag + s->channel * s->selection->elements;
        code = adapt(s);
    }
    return code;
}

static cph_exit check(const cph_input *input)
{
    const cph_cli *cli = input->cli;
    const cph_exit code = cph_input_check_indices(input, cli->method.time, 0);
    if (code != CPH_EXIT_DONE)
        return code;
    if (cph_method_tracks(cli->method.kind) && input->header->kind != CPH_KIND_CAPTURE)
        return cph_report_line(
            cli->name, CPH_EXIT_INPUT, "%s: is a %s; --method %s follows the samples of a capture",
            cli->input, cph_kind_name(input->header->kind), cph_method_name(cli->method.kind));
    return CPH_EXIT_DONE;
}

cph_exit cph_adapt_input(const cph_input *input, const cph_selection *selection,
                         cph_weights *weights, cph_nulls *nulls, cph_adapted *adapted,
                         unsigned char *flag)
{
    const cph_cli *cli = input->cli;
    cph_weights made;
    cph_exit code = check(input);
    if (code != CPH_EXIT_DONE)
        return code;
    const cph_status status =
        cph_weights_create(&selection->array, cli->steer.count, input->header->channels, &made);
    if (status != CPH_OK)
        return cph_report_line(cli->name, cph_exit_of(status), "weights: %s",
                               cph_status_name(status));
    cph_shop s = {.input = input,
                  .selection = selection,
                  .method = &cli->method,
                  .weights = &made,
                  .nulls = nulls,
                  .adapted = adapted};
    code = adapt_all(&s, flag);
    cph_dump_free(&s.dump);
    free(s.memory);
    if (code == CPH_EXIT_DONE)
        *weights = made;
    else
        cph_weights_free(&made);
    return code;
}
