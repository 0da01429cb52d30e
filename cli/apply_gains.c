/* SPDX-License-Identifier: MIT */
/* Which gains belong to the data, and whether they may be used. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/apply_jones.h"
#include "kernels/core/c64.h"
#include "kernels/core/size.h"

const char *cph_apply_check_name(cph_apply_check check)
{
    static const char *const names[CPH_APPLY_CHECKS] = {[CPH_APPLY_TWICE] = "already-calibrated",
                                                        [CPH_APPLY_FREQUENCY] = "frequency",
                                                        [CPH_APPLY_TIME] = "time",
                                                        [CPH_APPLY_POSITION] = "position",
                                                        [CPH_APPLY_NUMBER] = "number"};
    return names[check];
}

/* ---- --force ---- */

/* Refuses what `what` says of `file`, or says that it is overridden, once a kind. */
static cph_exit overrule(cph_applier *a, cph_apply_check check, const char *file, const char *what,
                         const char *instead)
{
    const char *name = a->input->cli->name;
    if (!a->force)
        return cph_report_line(name, CPH_EXIT_INPUT, "%s: %s; --force %s", file, what, instead);
    if (!a->overridden[check])
        (void)cph_report_line(name, CPH_EXIT_DONE, "overridden: %s: %s; %s", file, what, instead);
    a->overridden[check] = true;
    return CPH_EXIT_DONE;
}

static cph_exit check_once(cph_applier *a)
{
    cph_error error = {.status = CPH_OK};
    if (cph_input_once(a->input, &error) == CPH_OK)
        return CPH_EXIT_DONE;
    return overrule(a, CPH_APPLY_TWICE, a->input->cli->input, error.message, "divides once more");
}

static size_t nearest(const double *value, size_t count, double wanted)
{
    size_t best = 0;
    for (size_t i = 1; i < count; i++)
        if (fabs(value[i] - wanted) < fabs(value[best] - wanted))
            best = i;
    return best;
}

cph_exit cph_applier_solution(cph_applier *a, double time_unix_s, size_t *solution)
{
    cph_error error = {.status = CPH_OK};
    if (cph_input_solution(a->input, time_unix_s, solution, &error) == CPH_OK)
        return CPH_EXIT_DONE;
    return overrule(a, CPH_APPLY_TIME, a->input->cli->calibration, error.message,
                    error.status == CPH_ERR_MISSING ? "takes the first" : "takes the nearest");
}

static cph_exit find_channel(cph_applier *a, double freq_hz, size_t *channel)
{
    const cph_calibration *c = &a->input->calibration;
    cph_error error = {.status = CPH_OK};
    if (cph_channel_find(c->channel_freq_hz, c->channels, freq_hz, channel, &error) == CPH_OK)
        return CPH_EXIT_DONE;
    *channel = nearest(c->channel_freq_hz, c->channels, freq_hz);
    return overrule(a, CPH_APPLY_FREQUENCY, a->input->cli->calibration, error.message,
                    "takes the nearest");
}

/* ---- gains ---- */

/* One solution and channel of a calibration, at 1 Hz, without copying it. */
static cph_calibration slice(const cph_calibration *c, const cph_array *array, size_t time,
                             size_t channel, double *one_hz)
{
    const size_t at = (time * c->channels + channel) * c->array.elements;
    return (cph_calibration){.array = *array,
                             .times = 1,
                             .channels = 1,
                             .gain = c->gain + at,
                             .flag = c->flag + at,
                             .channel_freq_hz = one_hz,
                             .time_unix_s = one_hz};
}

/* Finds out how inputs are matched: as they are, without positions, or by their order.
 * *array is that of the calibration, for the lookups. */
static cph_exit match_array(cph_applier *a, cph_array *array)
{
    const cph_calibration *c = &a->input->calibration;
    const cph_array *have = &a->input->header->array;
    double one = 1.0;
    cph_error error = {.status = CPH_OK}, first = {.status = CPH_OK};
    cph_calibration s = slice(c, array, 0, 0, &one);
    if (cph_calibration_lookup(&s, have, one, 0, a->gain, a->flag, &first) == CPH_OK)
        return CPH_EXIT_DONE;
    if (first.status != CPH_ERR_FORMAT)
        return cph_report_line(a->input->cli->name, cph_exit_of(first.status), "%s: %s",
                               a->input->cli->calibration, first.message);
    array->has_positions = s.array.has_positions = false;
    if (cph_calibration_lookup(&s, have, one, 0, a->gain, a->flag, &error) == CPH_OK)
        return overrule(a, CPH_APPLY_POSITION, a->input->cli->calibration, first.message,
                        "takes its gains all the same");
    if (array->elements != have->elements)
        return cph_report_line(a->input->cli->name, CPH_EXIT_INPUT, "%s: %s",
                               a->input->cli->calibration, first.message);
    for (size_t n = 0; n < array->elements; n++) {
        array->element[n].number = have->element[n].number;
        array->element[n].polarization = have->element[n].polarization;
    }
    return overrule(a, CPH_APPLY_NUMBER, a->input->cli->calibration, first.message,
                    "takes them in their order");
}

/* What is behind flags, or 1. */
static cph_status fill_flagged(cph_applier *a, const cph_calibration *c, const cph_array *array,
                               size_t time, size_t channel, cph_c64 *gain)
{
    double one = 1.0;
    const size_t n = a->elements;
    cph_calibration s = slice(c, array, time, channel, &one);
    unsigned char *none = calloc(array->elements + n + 1, 1);
    cph_c64 *behind = calloc(n + 1, sizeof *behind);
    cph_status status = none != NULL && behind != NULL ? CPH_OK : CPH_ERR_MEMORY;
    if (status == CPH_OK && c->behind != NULL) {
        s.gain = c->behind + (s.gain - c->gain);
        s.flag = none;
        status = cph_calibration_lookup(&s, &a->input->header->array, one, 0, behind,
                                        none + array->elements, NULL);
    }
    for (size_t i = 0; status == CPH_OK && i < n; i++) {
        const bool usable = cph_c64_finite(behind[i]) && !cph_c64_is_zero(behind[i]);
        if (!isfinite(gain[i].re))
            gain[i] = usable ? behind[i] : (cph_c64){1.0, 0.0};
    }
    free(none);
    free(behind);
    return status;
}

/* Leakages of one solution and channel, then inverses of Jones matrices. */
static cph_status fill_mix(cph_applier *a, const cph_calibration *s, const cph_calibration *c,
                           size_t at)
{
    double one = 1.0;
    cph_calibration leaking = *s;
    cph_c64 *const leakage = calloc(a->elements + 1, sizeof *leakage);
    unsigned char *const flag = calloc(a->elements + 1, 1);
    cph_status status = leakage != NULL && flag != NULL ? CPH_OK : CPH_ERR_MEMORY;
    leaking.gain = c->leakage + (s->gain - c->gain);
    if (status == CPH_OK)
        status =
            cph_calibration_lookup(&leaking, &a->input->header->array, one, 0, leakage, flag, NULL);
    if (status == CPH_OK)
        status = cph_apply_jones_fill(a, at, leakage);
    free(leakage);
    free(flag);
    return status;
}

static cph_exit fill(cph_applier *a, const cph_array *array, size_t channel, size_t from)
{
    const cph_calibration *c = &a->input->calibration;
    double one = 1.0;
    cph_error error = {.status = CPH_OK};
    for (size_t t = 0; t < a->solutions; t++) {
        const size_t at = (t * a->channels + channel) * a->elements;
        const cph_calibration s = slice(c, array, t, from, &one);
        cph_status status = cph_calibration_lookup(&s, &a->input->header->array, one, 0,
                                                   a->gain + at, a->flag + at, &error);
        if (status == CPH_OK)
            status = fill_flagged(a, c, array, t, from, a->gain + at);
        if (status == CPH_OK && a->mix != NULL)
            status = fill_mix(a, &s, c, at);
        if (status != CPH_OK)
            return cph_report_line(a->input->cli->name, cph_exit_of(status), "%s: %s",
                                   a->input->cli->calibration, cph_status_name(status));
        for (size_t n = 0; n < a->elements; n++)
            if (a->flag[at + n] == CPH_FLAG_NONE)
                a->lost[n] = CPH_FLAG_NONE;
    }
    return CPH_EXIT_DONE;
}

static bool reserve(cph_applier *a)
{
    const cph_calibration *c = &a->input->calibration;
    size_t count = 0;
    a->solutions = c->times;
    a->channels = a->input->header->channels;
    a->elements = a->input->header->array.elements;
    if (!cph_size_mul(a->solutions, a->channels, &count) ||
        !cph_size_mul(count, a->elements, &count) || count == 0)
        return false;
    a->gain = calloc(count, sizeof *a->gain);
    a->flag = calloc(count, 1);
    a->lost = calloc(a->elements, 1);
    return a->gain != NULL && a->flag != NULL && a->lost != NULL && cph_apply_jones_reserve(a);
}

/* With some gain for every input; an array without any is not calibrated. */
static cph_exit check_lost(const cph_applier *a)
{
    for (size_t n = 0; n < a->elements; n++)
        if (a->lost[n] == CPH_FLAG_NONE)
            return CPH_EXIT_DONE;
    return cph_report_line(a->input->cli->name, CPH_EXIT_INPUT,
                           "%s: all %zu elements of %s are flagged; expected a gain of one",
                           a->input->cli->calibration, a->elements, a->input->cli->input);
}

cph_exit cph_applier_make(cph_applier *a)
{
    const cph_input *input = a->input;
    const cph_data_header *h = input->header;
    cph_array array = {0};
    cph_exit code = check_once(a);
    if (code != CPH_EXIT_DONE)
        return code;
    if (!reserve(a) || cph_array_select(&input->calibration.array, NULL, 0, &array) != CPH_OK)
        return cph_report_memory(input->cli->name);
    code = match_array(a, &array);
    if (code == CPH_EXIT_DONE && h->time_unix_s != NULL)
        for (size_t t = 0, solution = 0; code == CPH_EXIT_DONE && t < h->times; t++)
            code = cph_applier_solution(a, h->time_unix_s[t], &solution);
    memset(a->lost, CPH_FLAG_UNSOLVED, a->elements);
    for (size_t c = 0, from = 0; code == CPH_EXIT_DONE && c < a->channels; c++) {
        code = find_channel(a, h->channel_freq_hz[c], &from);
        if (code == CPH_EXIT_DONE)
            code = fill(a, &array, c, from);
    }
    cph_array_free(&array);
    for (size_t n = 0; code == CPH_EXIT_DONE && n < a->elements; n++)
        if (a->lost[n] != CPH_FLAG_NONE)
            a->lost[n] = a->flag[n];
    return code == CPH_EXIT_DONE ? check_lost(a) : code;
}

void cph_applier_free(cph_applier *a)
{
    free(a->gain);
    free(a->flag);
    free(a->lost);
    free(a->mix);
    free(a->partner);
    free(a->part);
    free(a->part_now);
    a->gain = NULL;
    a->flag = a->lost = a->part = a->part_now = NULL;
    a->mix = NULL;
    a->partner = NULL;
}
