/* SPDX-License-Identifier: MIT */
/* How deep nulls are while a beam stands, and what they and jammers cost. */
#include <math.h>
#include <string.h>

#include "cli/track_bench.h"
#include "kernels/core/c64.h"
#include "kernels/track/look.h"

/* Where an element hears nothing at all: -400 dB. */
static const double least_level = 1e-40;

/* sum |w|^2 */
static double noise_of(size_t n, const cph_c32 *w)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += (double)w[i].re * (double)w[i].re + (double)w[i].im * (double)w[i].im;
    return sum;
}

/* Signal over noise at one place, without nulls and jammers: of the plain plan's weights. The
 * beam's own are there again afterwards. */
static cph_status plain_ratio(cph_track_bench *bench, const cph_track_column *column,
                              const double u[CPH_LOOKS][3], size_t at, double *ratio)
{
    const cph_track_scene *const scene = bench->scene;
    const size_t n = scene->elements;
    cph_c64 *const c = bench->judge;
    cph_c32 *const weights = (cph_c32 *)(bench->judge + n);
    memcpy(weights, bench->weights, n * sizeof *weights);
    memcpy(c, bench->c, n * sizeof *c);
    cph_status status =
        cph_steer_run(scene->steer, 1, &column->freq_hz, 1, u[at], bench->steering, n);
    if (status == CPH_OK)
        status = cph_track_update(column->plain, column->workspace, u[1], bench->weights, NULL,
                                  NULL, NULL);
    if (status == CPH_OK) {
        cph_track_coefficients(column, n, bench->weights, bench->c);
        *ratio = cph_look_power(n, bench->c, bench->steering) / noise_of(n, bench->weights);
    }
    memcpy(bench->weights, weights, n * sizeof *weights);
    memcpy(bench->c, c, n * sizeof *c);
    return status;
}

/* |w^H v|^2 of a learned wave. */
static cph_status wave_power(cph_track_bench *bench, size_t place, size_t time, double *power)
{
    cph_c64 *const v = bench->jammers->wave;
    cph_c64 sum = {0.0, 0.0};
    const cph_status status = cph_track_jammers_wave(bench->jammers, place, time, v);
    for (size_t i = 0; status == CPH_OK && i < bench->scene->elements; i++) {
        const cph_c64 c = {(double)bench->weights[i].re, -(double)bench->weights[i].im};
        sum = cph_c64_add(sum, cph_c64_mul(c, v[i]));
    }
    *power = cph_c64_power(sum);
    return status;
}

/* Power of an element of the gains that levels are told through, over one of the vector's. */
static double wave_scale(const cph_track_column *column, size_t n, const cph_c64 *v)
{
    const cph_c64 *const gain = column->truth != NULL ? column->truth : column->subject.gain;
    double own = 0.0, learned = 0.0;
    for (size_t i = 0; i < n; i++) {
        if (cph_c64_is_zero(v[i]) || column->subject.flag[i] != 0)
            continue;
        own += cph_c64_power(gain[i]);
        learned += cph_c64_power(v[i]);
    }
    return learned > 0.0 ? own / learned : 1.0;
}

/* A place's powers at the three times, as of elements that hear alike everywhere; what its jammer
 * has over the noise of an element of power 1. */
static cph_status powers_of(cph_track_bench *bench, const cph_track_column *column, size_t place,
                            double power[CPH_LOOKS], double *inr)
{
    const cph_track_scene *const scene = bench->scene;
    const size_t n = scene->elements;
    cph_status status = CPH_OK;
    *inr = scene->options->null.inr;
    if (place < scene->first[CPH_TRACK_WAVE]) {
        status = cph_steer_run(scene->steer, 1, &column->freq_hz, CPH_LOOKS,
                               bench->jammers->u[place][0], bench->steering, n);
        for (size_t i = 0; status == CPH_OK && i < CPH_LOOKS; i++)
            power[i] = cph_look_power(n, bench->c, bench->steering + i * n);
        return status;
    }
    for (size_t i = 0; status == CPH_OK && i < CPH_LOOKS; i++)
        status = wave_power(bench, place, i, &power[i]);
    const double scale = wave_scale(column, n, bench->jammers->wave);
    for (size_t i = 0; status == CPH_OK && i < CPH_LOOKS; i++)
        power[i] *= scale;
    *inr = cph_track_wave_of(scene, place)->inr / scale;
    return status;
}

/* A name of --jammers that --jammer-truth has, too, at this time: one jammer, which is there. */
static bool is_in_truth(const cph_track_jammers *j, size_t place)
{
    const cph_track_scene *const scene = j->scene;
    if (place < scene->first[CPH_TRACK_KNOWN] || place >= scene->first[CPH_TRACK_TRUTH])
        return false;
    for (size_t n = scene->first[CPH_TRACK_TRUTH]; n < scene->first[CPH_TRACK_WAVE]; n++)
        if (j->there[n] && strcmp(scene->null[n], scene->null[place]) == 0)
            return true;
    return false;
}

/* The level of one place; adds what its jammer leaves. */
static cph_status measure_place(cph_track_bench *bench, size_t k, size_t place, double look,
                                double *jamming)
{
    const cph_track_scene *const scene = bench->scene;
    const cph_element_pattern *const element = &scene->options->element.pattern;
    const bool placed = bench->jammers->placed[place];
    double power[CPH_LOOKS] = {0.0}, inr = 0.0, most = 0.0, level = 0.0;
    const cph_status status = powers_of(bench, &scene->column[k], place, power, &inr);
    if (status != CPH_OK)
        return status;
    for (size_t i = 0; i < CPH_LOOKS; i++) {
        most = fmax(most, power[i]);
        level =
            fmax(level, power[i] * (placed ? cph_element_power(element, bench->jammers->u[place][i])
                                           : 1.0));
    }
    if (!is_in_truth(bench->jammers, place))
        *jamming += inr * most;
    bench->null_db[k * scene->nulls + place] = 10.0 * log10(fmax(level / look, least_level));
    return CPH_OK;
}

cph_status cph_track_levels(cph_track_bench *bench, size_t k, const double u[CPH_LOOKS][3],
                            const cph_look *look, double *sinr_loss_db)
{
    const cph_track_scene *const scene = bench->scene;
    const cph_track_column *const column = &scene->column[k];
    const double noise = noise_of(scene->elements, bench->weights);
    double jamming = noise, plain = 0.0;
    size_t worst = 0;
    cph_status status = CPH_OK;
    for (size_t i = 1; i < CPH_LOOKS; i++)
        worst = look->power[i] < look->power[worst] ? i : worst;
    const double heard =
        look->power[worst] * cph_element_power(&scene->options->element.pattern, u[worst]);
    for (size_t j = 0; status == CPH_OK && j < scene->nulls; j++) {
        bench->null_db[k * scene->nulls + j] = NAN;
        if (bench->jammers->there[j] && cph_track_jammers_tells(bench->jammers, column, j))
            status = measure_place(bench, k, j, heard, &jamming);
    }
    if (status == CPH_OK && bench->judged)
        status = cph_track_chances(bench, k, u[1]);
    for (size_t j = 0; j < scene->nulls; j++)
        bench->likely_db[k * scene->nulls + j] =
            bench->judged ? bench->chance[k * scene->places + j].likely_db : NAN;
    bench->price_db[k] = NAN;
    if (status != CPH_OK || (bench->quiet != NULL && column->path == CPH_GAIN_TRANSMIT))
        return status; /* whose gain is what quiet costs */
    status = plain_ratio(bench, column, u, worst, &plain);
    if (status != CPH_OK)
        return status;
    bench->price_db[k] = 10.0 * log10(plain * noise / look->power[worst]);
    if (column->path == CPH_GAIN_RECEIVE)
        *sinr_loss_db = 10.0 * log10(plain * jamming / look->power[worst]);
    return CPH_OK;
}
