/* SPDX-License-Identifier: MIT */
/* How deep nulls probably are: by what the calibration does not know of its gains, and of learned
 * waves by what their vectors are off. */
#include <math.h>
#include <stdlib.h>

#include "cli/geometry.h"
#include "cli/track_bench.h"
#include "cophase/solutions.h"

enum { DRAWS = 500 };
static const double share = 0.95;
static const uint64_t seed = 1;

/* ---- what is known of gains ---- */

static cph_status take_sigmas(cph_track_column *column, const cph_calibration *calibration,
                              cph_error *error)
{
    const cph_array *const array = &column->subject.array;
    double *const amplitude = column->sigma[0], *const phase = column->sigma[1];
    const size_t elements = calibration->array.elements;
    size_t channel = 0;
    bool known = true;
    const cph_status status = cph_channel_find(calibration->channel_freq_hz, calibration->channels,
                                               column->freq_hz, &channel, error);
    for (size_t i = 0; status == CPH_OK && i < array->elements; i++) {
        if (column->subject.flag[i] != 0)
            continue;
        const size_t n = cph_array_find(&calibration->array, &array->element[i]);
        const size_t at = channel * elements + n;
        if (n >= elements)
            continue;
        amplitude[i] = calibration->amplitude_sigma[at];
        phase[i] = calibration->phase_sigma[at];
        known = known && isfinite(amplitude[i] + phase[i]);
    }
    for (size_t i = 0; i < 2 && !known; i++) {
        free(column->sigma[i]);
        column->sigma[i] = NULL;
    }
    return status;
}

cph_status cph_track_sigmas(const cph_track_scene *scene, cph_track_column *column,
                            cph_error *error)
{
    const char *const path = scene->options->calibration[column->path];
    cph_calibration calibration;
    if (path == NULL || !cph_track_null_asked(&scene->options->null))
        return CPH_OK;
    cph_status status = cph_calibration_read(path, &calibration, error);
    if (status != CPH_OK)
        return status;
    column->sigma[0] = calloc(scene->elements, sizeof *column->sigma[0]);
    column->sigma[1] = calloc(scene->elements, sizeof *column->sigma[1]);
    if (column->sigma[0] != NULL && column->sigma[1] != NULL)
        status = take_sigmas(column, &calibration, error);
    else
        status = cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    cph_calibration_free(&calibration);
    return status;
}

/* ---- chances ---- */

static cph_status judge(cph_track_bench *bench, const cph_track_column *column, size_t place,
                        const cph_c64 *s, cph_jammer_chance *chance)
{
    const cph_track_scene *const scene = bench->scene;
    const size_t n = scene->elements;
    cph_c64 *const v = bench->judge + n;
    const double *amplitude = column->sigma[0], *phase = column->sigma[1];
    cph_status status;
    if (place >= scene->first[CPH_TRACK_WAVE]) {
        double *const own = (double *)(bench->judge + 2 * n);
        for (size_t i = 0; i < n; i++)
            own[i] = cph_track_wave_of(scene, place)->error * M_SQRT1_2;
        amplitude = phase = own;
        status = cph_track_jammers_wave(bench->jammers, place, 1, v);
    } else {
        status = cph_track_vector(column->plan, bench->jammers->u[place][1], v);
    }
    if (status != CPH_OK || amplitude == NULL)
        return status;
    return cph_jammer_depth(n, bench->weights, s, v, amplitude, phase, DRAWS, seed + place, share,
                            chance);
}

cph_status cph_track_chances(cph_track_bench *bench, size_t k, const double u[3])
{
    const cph_track_scene *const scene = bench->scene;
    const cph_track_column *const column = &scene->column[k];
    const cph_track_jammers *const j = bench->jammers;
    cph_status status = cph_track_vector(column->plan, u, bench->judge);
    for (size_t n = 0; status == CPH_OK && n < scene->places; n++) {
        cph_jammer_chance *const chance = &bench->chance[k * scene->places + n];
        *chance = (cph_jammer_chance){NAN, NAN, NAN};
        if (j->there[n] && !j->left_out[n] && cph_track_jammers_nulls(j, column, n))
            status = judge(bench, column, n, bench->judge, chance);
    }
    return status;
}
