/* SPDX-License-Identifier: MIT */
#include "bench/latency_track.h"

#include <math.h>
#include <stdlib.h>

#include "cophase/random.h"
#include "kernels/core/c64.h"

static const double freq_hz[BENCH_TRACK_PATHS] = {11.7e9, 14.25e9};

static void direction(double az, double el, double u[3])
{
    u[0] = cos(el) * sin(az);
    u[1] = cos(el) * cos(az);
    u[2] = sin(el);
}

static void look(const bench_track *t, double u[3])
{
    direction((double)t->calls * M_PI / 1800.0, M_PI / 3.0, u);
}

/* 1 dB peak, any phase. */
static void draw_gains(size_t elements, cph_random *random, cph_c64 *gain)
{
    for (size_t n = 0; n < elements; n++) {
        const double size = pow(10.0, (cph_random_uniform(random) - 0.5) / 10.0);
        const double angle = 2.0 * M_PI * cph_random_uniform(random);
        gain[n] = cph_c64_scale(size, (cph_c64){cos(angle), sin(angle)});
    }
}

static bool open_path(bench_track *t, size_t path, const double *position, const cph_c64 *gain)
{
    const cph_track_config config = {.elements = t->elements,
                                     .position = position,
                                     .freq_hz = freq_hz[path],
                                     .gain = gain,
                                     .states = &t->states,
                                     .nulls_max = BENCH_TRACK_NULLS};
    if (cph_track_create(&config, &t->plan[path], NULL) != CPH_OK)
        return false;
    for (size_t j = 0; j < BENCH_TRACK_NULLS; j++)
        if (cph_track_vector(t->plan[path], t->null[j], t->vector + j * t->elements) != CPH_OK)
            return false;
    return cph_track_set_nulls(t->plan[path], BENCH_TRACK_NULLS, t->vector, NULL, NULL) == CPH_OK;
}

bool bench_track_open(bench_track *track, size_t elements, const double *position, uint64_t seed)
{
    cph_random random;
    cph_c64 *const gain = calloc(elements, sizeof *gain);
    *track = (bench_track){.elements = elements,
                           .weights = calloc(BENCH_TRACK_PATHS * elements, sizeof(cph_c32)),
                           .state = calloc(BENCH_TRACK_PATHS * elements, sizeof(uint32_t)),
                           .vector = calloc(BENCH_TRACK_NULLS * elements, sizeof(cph_c64))};
    direction(0.7, 0.5, track->null[0]);
    direction(3.9, 0.35, track->null[1]);
    cph_random_seed(&random, seed, 0);
    bool open = gain != NULL && track->weights != NULL && track->state != NULL &&
                track->vector != NULL &&
                cph_states_ideal(BENCH_TRACK_BITS, 0, &track->states) == CPH_OK;
    for (size_t path = 0; path < BENCH_TRACK_PATHS && open; path++) {
        draw_gains(elements, &random, gain);
        open = open_path(track, path, position, gain);
    }
    free(gain);
    if (open)
        track->workspace =
            aligned_alloc(64, (cph_track_workspace_size(track->plan[0]) + 63) / 64 * 64);
    return track->workspace != NULL;
}

void bench_track_close(bench_track *track)
{
    for (size_t path = 0; path < BENCH_TRACK_PATHS; path++)
        cph_track_destroy(track->plan[path]);
    cph_states_free(&track->states);
    free(track->workspace);
    free(track->weights);
    free(track->state);
    free(track->vector);
}

cph_status bench_track_update(bench_track *track)
{
    double u[3];
    cph_status status = CPH_OK;
    track->calls++;
    look(track, u);
    for (size_t path = 0; path < BENCH_TRACK_PATHS && status == CPH_OK; path++) {
        const size_t at = path * track->elements;
        status = cph_track_update(track->plan[path], track->workspace, u, track->weights + at,
                                  track->state + at, NULL, NULL);
    }
    return status;
}

/* w^H v of a path toward a direction; negative when there is none. */
static double response(bench_track *t, size_t path, const double u[3])
{
    const cph_c32 *const w = t->weights + path * t->elements;
    double re = 0.0, im = 0.0;
    if (cph_track_vector(t->plan[path], u, t->vector) != CPH_OK)
        return -1.0;
    for (size_t n = 0; n < t->elements; n++) {
        const cph_c64 v = t->vector[n];
        re += (double)w[n].re * v.re + (double)w[n].im * v.im;
        im += (double)w[n].re * v.im - (double)w[n].im * v.re;
    }
    return hypot(re, im);
}

bool bench_track_verified(bench_track *track)
{
    const double tolerance = 1e-5, deep = 1e-4;
    double u[3];
    bool right = bench_track_update(track) == CPH_OK;
    look(track, u);
    for (size_t path = 0; path < BENCH_TRACK_PATHS && right; path++) {
        right = fabs(response(track, path, u) - 1.0) <= tolerance;
        for (size_t j = 0; j < BENCH_TRACK_NULLS; j++) {
            const double left = response(track, path, track->null[j]);
            right = right && left >= 0.0 && left <= deep;
        }
    }
    return right;
}
