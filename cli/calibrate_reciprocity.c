/* SPDX-License-Identifier: MIT */
/* calibrate --method reciprocity: transmit over receive gain from soundings both ways. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/flagged.h"
#include "cli/history.h"
#include "cli/reciprocity_report.h"
#include "cophase/receiver.h"
#include "kernels/core/c64.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"

enum { SOUNDINGS_LEAST = 2, ELEMENTS_LEAST = 2, ROUNDS = 2 };

static size_t place(const cph_calibration *c, const cph_reciprocity_part *p, size_t t, size_t k)
{
    return (t * c->channels + p->channel) * c->array.elements + p->selection->index[k];
}

static bool has_gain(const cph_calibration *c, size_t at)
{
    return c->flag[at] == CPH_FLAG_NONE && cph_c64_finite(c->gain[at]) &&
           cph_c64_power(c->gain[at]) > 0.0;
}

static bool is_heard(const cph_reciprocity *w, const cph_reciprocity_part *p, size_t t, size_t k)
{
    return p->selection->flag[k] != CPH_FLAG_EXCLUDED &&
           has_gain(&w->forward, place(&w->forward, p, t, k)) &&
           has_gain(&w->backward, place(&w->backward, p, t, k));
}

static cph_c64 ratio(cph_c64 a, cph_c64 b)
{
    return cph_c64_scale(1.0 / cph_c64_power(b), cph_c64_mulc(a, b));
}

/* ---- what a sounding has in common ---- */

/* Gains are up to a factor an element set and time (their gauge): that of a sounding against
 * w->it.gain, by phasors and mean log ratios; phases and sizes of the path cancel in forward over
 * backward. */
static void find_factor(cph_reciprocity *w, const cph_reciprocity_part *p, size_t t)
{
    cph_c64 sum = {0.0, 0.0};
    double size = 0.0, count = 0.0;
    for (size_t k = 0; k < p->selection->elements; k++) {
        if (!is_heard(w, p, t, k) || !cph_c64_finite(w->it.gain[k]))
            continue;
        const cph_c64 f = w->forward.gain[place(&w->forward, p, t, k)];
        const cph_c64 b = w->backward.gain[place(&w->backward, p, t, k)];
        const cph_c64 r = ratio(ratio(f, b), w->it.gain[k]);
        const double length = hypot(r.re, r.im);
        sum = cph_c64_add(sum, cph_c64_scale(1.0 / length, r));
        size += log(length);
        count += 1.0;
    }
    const double length = hypot(sum.re, sum.im);
    w->factor[t].re = w->factor[t].im = (double)NAN;
    if (count >= ELEMENTS_LEAST && length > 0.0)
        w->factor[t] = cph_c64_scale(exp(size / count) / length, sum);
}

/* The first guess: ratios of the sounding that most elements heard. */
static void guess(cph_reciprocity *w, const cph_reciprocity_part *p)
{
    size_t best = 0, most = 0;
    for (size_t t = 0; t < w->forward.times; t++) {
        size_t count = 0;
        for (size_t k = 0; k < p->selection->elements; k++)
            count += is_heard(w, p, t, k);
        best = count > most ? t : best;
        most = count > most ? count : most;
    }
    for (size_t k = 0; k < p->selection->elements; k++) {
        w->it.gain[k].re = w->it.gain[k].im = (double)NAN;
        if (is_heard(w, p, best, k))
            w->it.gain[k] = ratio(w->forward.gain[place(&w->forward, p, best, k)],
                                  w->backward.gain[place(&w->backward, p, best, k)]);
    }
}

/* ---- one element ---- */

/* Error power of forward over that of backward; 0: not known. */
static double noise_ratio(const cph_reciprocity *w, const cph_reciprocity_part *p)
{
    double power[2] = {0.0, 0.0};
    for (size_t t = 0; t < w->forward.times; t++)
        for (size_t k = 0; k < p->selection->elements; k++) {
            if (!is_heard(w, p, t, k) || !cph_c64_finite(w->factor[t]))
                continue;
            const size_t f = place(&w->forward, p, t, k), b = place(&w->backward, p, t, k);
            const double s = w->forward.phase_sigma[f], r = w->backward.phase_sigma[b];
            power[0] += s * s * cph_c64_power(w->forward.gain[f]) / cph_c64_power(w->factor[t]);
            power[1] += r * r * cph_c64_power(w->backward.gain[b]);
        }
    const double share = power[0] / power[1];
    return isfinite(share) && share > 0.0 ? share : 0.0;
}

static cph_status solve_element(cph_reciprocity *w, const cph_reciprocity_part *p, size_t k,
                                double noise, cph_error *error)
{
    size_t count = 0;
    for (size_t t = 0; t < w->forward.times; t++) {
        if (!is_heard(w, p, t, k) || !cph_c64_finite(w->factor[t]))
            continue;
        w->pair[0][count] = ratio(w->forward.gain[place(&w->forward, p, t, k)], w->factor[t]);
        w->pair[1][count++] = w->backward.gain[place(&w->backward, p, t, k)];
    }
    const cph_reciprocity_config config = {.soundings = count,
                                           .elements = 1,
                                           .forward = w->pair[0],
                                           .backward = w->pair[1],
                                           .noise_ratio = noise};
    cph_gain_estimate one = {w->it.gain + k, w->it.phase_sigma + k, w->it.amplitude_sigma + k,
                             w->it.flag + k};
    w->it.flag[k] = CPH_FLAG_NONE;
    if (count >= SOUNDINGS_LEAST)
        return cph_reciprocity_solve(&config, &one, error);
    const size_t last = place(&w->forward, p, w->forward.times - 1, k);
    const size_t back = place(&w->backward, p, w->forward.times - 1, k);
    const unsigned char flag =
        w->forward.flag[last] != CPH_FLAG_NONE ? w->forward.flag[last] : w->backward.flag[back];
    w->it.flag[k] = p->selection->flag[k] == CPH_FLAG_EXCLUDED ? (unsigned char)CPH_FLAG_EXCLUDED
                    : flag != CPH_FLAG_NONE                    ? flag
                                                               : (unsigned char)CPH_FLAG_UNSOLVED;
    w->it.gain[k].re = w->it.gain[k].im = (double)NAN;
    w->it.phase_sigma[k] = w->it.amplitude_sigma[k] = (double)NAN;
    return CPH_OK;
}

/* ---- one part ---- */

/* A factor a sounding, of m elements, takes 1/m of the noise. */
static void widen(cph_reciprocity *w, const cph_reciprocity_part *p)
{
    double m = 0.0;
    for (size_t k = 0; k < p->selection->elements; k++)
        m += w->it.flag[k] == CPH_FLAG_NONE;
    for (size_t k = 0; k < p->selection->elements; k++) {
        w->it.phase_sigma[k] *= sqrt(m / (m - 1.0));
        w->it.amplitude_sigma[k] *= sqrt(m / (m - 1.0));
    }
}

static void give(cph_reciprocity *w, cph_reciprocity_part *p)
{
    for (size_t k = 0; k < p->selection->elements; k++) {
        const size_t at = place(&w->made, p, 0, k);
        w->made.gain[at] = w->it.gain[k];
        w->made.phase_sigma[at] = w->it.phase_sigma[k];
        w->made.amplitude_sigma[at] = w->it.amplitude_sigma[k];
        w->made.flag[at] = w->it.flag[k];
        if (w->it.flag[k] != CPH_FLAG_NONE)
            continue;
        p->good++;
        p->sigma[0] += w->it.phase_sigma[k] * w->it.phase_sigma[k];
        p->sigma[1] += w->it.amplitude_sigma[k] * w->it.amplitude_sigma[k];
    }
    for (int i = 0; i < 2; i++)
        p->sigma[i] = sqrt(p->sigma[i] / (double)p->good);
}

static cph_status solve_part(cph_reciprocity *w, cph_reciprocity_part *p, cph_error *error)
{
    const size_t n = p->selection->elements;
    cph_status status = CPH_OK;
    size_t good = 0;
    guess(w, p);
    for (int round = 0; round < ROUNDS && status == CPH_OK; round++) {
        p->soundings = good = 0;
        for (size_t t = 0; t < w->forward.times; t++) {
            find_factor(w, p, t);
            p->soundings += cph_c64_finite(w->factor[t]);
        }
        const double noise = noise_ratio(w, p);
        for (size_t k = 0; k < n && status == CPH_OK; k++) {
            status = solve_element(w, p, k, noise, error);
            good += w->it.flag[k] == CPH_FLAG_NONE;
        }
    }
    if (status == CPH_OK && good < ELEMENTS_LEAST)
        return cph_fail(error, CPH_ERR_TOO_FEW,
                        "%zu elements have two and more soundings both ways: %d are the least",
                        good, ELEMENTS_LEAST);
    if (status == CPH_OK)
        status = cph_estimate_flag_low(n, cph_calibrate_weak_below(w->o), &w->it);
    if (status == CPH_OK) {
        widen(w, p);
        status = cph_estimate_gauge(n, SIZE_MAX, &w->it, error);
    }
    if (status == CPH_OK)
        give(w, p);
    return status;
}

/* ---- files ---- */

/* What both files have to agree in. */
static cph_status compare(const cph_reciprocity *w, cph_error *error)
{
    const cph_calibration *f = &w->forward, *b = &w->backward;
    const char *path = w->o->backward, *other = w->o->cli.input;
    if (f->array.elements != b->array.elements || f->channels != b->channels ||
        f->times != b->times)
        return cph_fail(error, CPH_ERR_FORMAT,
                        "%s: %zu elements, %zu channels, %zu times; expected the %zu, %zu, %zu of "
                        "%s",
                        path, b->array.elements, b->channels, b->times, f->array.elements,
                        f->channels, f->times, other);
    for (size_t n = 0; n < f->array.elements; n++)
        if (f->array.element[n].number != b->array.element[n].number ||
            f->array.element[n].polarization != b->array.element[n].polarization)
            return cph_fail(error, CPH_ERR_FORMAT,
                            "%s: input %zu is element %u; expected %u, as in %s", path, n,
                            b->array.element[n].number, f->array.element[n].number, other);
    for (size_t c = 0; c < f->channels; c++)
        if (fabs(f->channel_freq_hz[c] - b->channel_freq_hz[c]) > 1e-6 * f->channel_freq_hz[c])
            return cph_fail(error, CPH_ERR_FORMAT,
                            "%s: channel %zu is at %.9g Hz; expected %.9g, as in %s", path, c,
                            b->channel_freq_hz[c], f->channel_freq_hz[c], other);
    if (f->times < SOUNDINGS_LEAST)
        return cph_fail(error, CPH_ERR_TOO_FEW, "%s: %zu soundings (times): %d are the least",
                        other, f->times, SOUNDINGS_LEAST);
    for (size_t t = 1; t < f->times; t++) /* false where times are unknown */
        if (fabs(f->time_unix_s[t] - b->time_unix_s[t]) >
            0.5 * fabs(f->time_unix_s[t] - f->time_unix_s[t - 1]))
            return cph_fail(error, CPH_ERR_FORMAT,
                            "%s: time %zu is %.6g s off that of %s, more than half a step", path, t,
                            b->time_unix_s[t] - f->time_unix_s[t], other);
    return CPH_OK;
}

static cph_status prepare(cph_reciprocity *w, cph_error *error)
{
    const cph_calibration *f = &w->forward;
    const size_t n = f->array.elements;
    const cph_status status = cph_calibration_create(&f->array, 1, f->channels, &w->made);
    if (status != CPH_OK)
        return cph_fail(error, status, "%s", cph_status_name(status));
    memcpy(w->made.channel_freq_hz, f->channel_freq_hz, f->channels * sizeof *f->channel_freq_hz);
    w->made.time_unix_s[0] = 0.5 * (f->time_unix_s[0] + f->time_unix_s[f->times - 1]);
    w->made.path = CPH_GAIN_TRANSMIT;
    snprintf(w->made.gauge, sizeof w->made.gauge,
             "transmit over receive gain; mean phase 0, mean |g| 1");
    w->parts = w->input->selections * f->channels;
    w->part = calloc(w->parts + 1, sizeof *w->part);
    w->factor = calloc(f->times, 3 * sizeof *w->factor);
    w->it = (cph_gain_estimate){.gain = calloc(n + 1, sizeof(cph_c64)),
                                .phase_sigma = calloc(n + 1, sizeof(double)),
                                .amplitude_sigma = calloc(n + 1, sizeof(double)),
                                .flag = calloc(n + 1, 1)};
    if (w->part == NULL || w->factor == NULL || w->it.gain == NULL || w->it.phase_sigma == NULL ||
        w->it.amplitude_sigma == NULL || w->it.flag == NULL) {
        (void)cph_fail(error, CPH_ERR_MEMORY, "out of memory");
        return CPH_ERR_MEMORY;
    }
    w->pair[0] = w->factor + f->times;
    w->pair[1] = w->pair[0] + f->times;
    for (size_t i = 0; i < w->parts; i++)
        w->part[i] = (cph_reciprocity_part){.selection = &w->input->selection[i / f->channels],
                                            .channel = i % f->channels};
    return CPH_OK;
}

static void work_free(cph_reciprocity *w)
{
    cph_calibration_free(&w->forward);
    cph_calibration_free(&w->backward);
    cph_calibration_free(&w->made);
    free(w->part);
    free(w->factor);
    free(w->it.gain);
    free(w->it.phase_sigma);
    free(w->it.amplitude_sigma);
    free(w->it.flag);
}

static cph_exit solve(cph_reciprocity *w)
{
    const char *name = w->o->cli.name;
    cph_error error = {.status = CPH_OK};
    if (cph_calibration_read(w->o->cli.input, &w->forward, &error) != CPH_OK ||
        cph_calibration_read(w->o->backward, &w->backward, &error) != CPH_OK)
        return cph_report_input(name, &error);
    if (compare(w, &error) != CPH_OK)
        return cph_report_line(name, CPH_EXIT_INPUT, "%s", error.message);
    if (prepare(w, &error) != CPH_OK)
        return cph_report(name, &error);
    for (size_t i = 0; i < w->parts; i++) {
        const cph_reciprocity_part *p = &w->part[i];
        if (solve_part(w, &w->part[i], &error) != CPH_OK)
            return cph_report_line(name, CPH_EXIT_INPUT, "%s: channel %zu: %s", w->o->cli.input,
                                   p->channel, error.message);
    }
    return CPH_EXIT_DONE;
}

static cph_exit write_file(const cph_reciprocity *w)
{
    const char *path[CPH_HISTORY_INPUTS];
    cph_history history;
    cph_error error = {.status = CPH_OK};
    size_t paths = cph_input_paths(w->input, path);
    path[paths++] = w->o->backward;
    cph_exit code = cph_output_check(&w->o->cli, path, paths);
    if (code == CPH_EXIT_DONE)
        code = cph_history_make(&w->o->cli, path, paths, &history);
    if (code != CPH_EXIT_DONE)
        return code;
    if (cph_calibration_write(w->o->cli.output, &w->made, &history.options, &error) != CPH_OK)
        code = cph_report(w->o->cli.name, &error);
    cph_history_free(&history);
    return code;
}

/* ---- the method ---- */

static cph_exit run(const cph_calibrate_options *o, const cph_input *input)
{
    cph_reciprocity w = {.o = o, .input = input};
    cph_exit code = solve(&w);
    if (code == CPH_EXIT_DONE)
        code = write_file(&w);
    if (code == CPH_EXIT_DONE)
        code = cph_reciprocity_tell(&w);
    work_free(&w);
    return code;
}

static cph_exit check(const cph_calibrate_options *o)
{
    if (o->backward == NULL)
        return cph_report_line(o->cli.name, CPH_EXIT_USAGE,
                               "no way back: expected --backward FILE with --method reciprocity");
    if (o->cli.plot != NULL || cph_cli_has_part(&o->cli))
        return cph_report_line(o->cli.name, CPH_EXIT_USAGE,
                               "--plot, --start, --duration and --elements: are not for --method "
                               "reciprocity");
    return CPH_EXIT_DONE;
}

const cph_calibrate_method cph_calibrate_reciprocity = {.name = "reciprocity",
                                                        .input = CPH_TAKES_CALIBRATION,
                                                        .options = "backward weak-below",
                                                        .check = check,
                                                        .run = run};
