/* SPDX-License-Identifier: MIT */
/* Arrays for tests of the pattern analysis: positions, and weights that a test may change. */
#ifndef CPH_TESTS_PATTERN_RIG_H
#define CPH_TESTS_PATTERN_RIG_H

#include <CUnit/CUnit.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cophase/array.h"
#include "cophase/pattern.h"
#include "cophase/steer.h"
#include "cophase/weights.h"

static const double freq_hz = 11.7e9;
static const double wl = CPH_SPEED_OF_LIGHT / 11.7e9;

typedef struct rig {
    size_t n;
    double *position;
    cph_c64 *w;
    double look[3];
} rig;

static inline rig rig_of(cph_array *array)
{
    rig r = {.n = array->elements, .look = {0, 0, 1}};
    r.position = calloc(3 * r.n, sizeof *r.position);
    r.w = calloc(r.n, sizeof *r.w);
    CU_ASSERT_EQUAL_FATAL(cph_array_positions(array, r.position), CPH_OK);
    for (size_t i = 0; i < r.n; i++)
        r.w[i].re = 1.0;
    cph_array_free(array);
    return r;
}

static inline rig ula(size_t n, double pitch_wl)
{
    cph_array array;
    CU_ASSERT_EQUAL_FATAL(cph_array_ula(n, pitch_wl * wl, &array), CPH_OK);
    return rig_of(&array);
}

static inline rig ura(size_t a, size_t b, double pitch_wl)
{
    cph_array array;
    CU_ASSERT_EQUAL_FATAL(cph_array_ura(a, b, pitch_wl * wl, &array), CPH_OK);
    return rig_of(&array);
}

static inline void release(rig *r)
{
    free(r->position);
    free(r->w);
}

/* Conventional weights toward (u, v), and looks there. */
static inline void steer(rig *r, double u, double v)
{
    CU_ASSERT_EQUAL_FATAL(cph_direction_from_uv(u, v, r->look), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_steer_c64(r->n, r->position, freq_hz, r->look, r->w), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_weights_conventional(r->n, r->w, NULL, NULL, NULL, r->w), CPH_OK);
}

static inline cph_pattern_input input_of(const rig *r)
{
    cph_pattern_input input = {
        .elements = r->n, .position = r->position, .freq_hz = freq_hz, .weights = r->w};
    memcpy(input.look, r->look, sizeof input.look);
    return input;
}

static inline cph_pattern_metrics analyse(const rig *r)
{
    cph_pattern_metrics m = {0};
    const cph_pattern_input input = input_of(r);
    CU_ASSERT_EQUAL_FATAL(cph_pattern_analyse(&input, &m), CPH_OK);
    return m;
}

static inline double degrees(double rad)
{
    return rad * 180.0 / M_PI;
}

#endif
