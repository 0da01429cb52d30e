/* SPDX-License-Identifier: MIT */
#include "tests/unit/doctor_rig.h"

#include <CUnit/CUnit.h>
#include <math.h>
#include <string.h>

/* Elements in phase to `radian` rms, noise of 5 times a source's power, 2000 samples; the
 * directions as they are, with u and v exchanged, and behind the array (-u). */
void doctor_rig_open(doctor_rig *r, size_t n, size_t sources, double radian, uint64_t seed)
{
    memset(r, 0, sizeof *r);
    scene *const s = &r->scene;
    scene_open(s, n, sources, seed);
    scene_gains(s, 1.0, radian);
    for (size_t p = 0; p < n; p++)
        s->noise[p] = 5.0;
    scene_sample(s, 2000.0);
    memcpy(r->position, s->position, sizeof r->position);
    for (size_t i = 0; i < sources; i++) {
        const double *const u = s->direction + 3 * i;
        memcpy(r->direction + 3 * i, u, 3 * sizeof *u);
        memcpy(r->direction + 3 * (sources + i), (double[3]){u[1], u[0], u[2]}, 3 * sizeof *u);
        memcpy(r->direction + 3 * (2 * sources + i), (double[3]){-u[0], u[1], u[2]}, 3 * sizeof *u);
    }
    r->problem = (cph_doctor_problem){.elements = n,
                                      .r = s->r,
                                      .ld = s->problem.ld,
                                      .has_diagonal = true,
                                      .position = r->position,
                                      .freq_hz = SCENE_FREQ,
                                      .sources = sources,
                                      .readings = RIG_READINGS,
                                      .direction = r->direction};
}

void doctor_rig_calibrate(doctor_rig *r)
{
    for (size_t p = 0; p < r->scene.n; p++)
        r->gain[p] = (cph_c64){creal(r->scene.gain[p]), cimag(r->scene.gain[p])};
    r->problem.gain = r->gain;
}

void doctor_rig_examine(doctor_rig *r)
{
    CU_ASSERT_FATAL(cph_doctor_count(&r->problem) <= RIG_ROWS);
    CU_ASSERT_EQUAL_FATAL(cph_doctor_run(&r->problem, r->row, &r->result, &r->error), CPH_OK);
}

static bool same_convention(const cph_convention *a, const cph_convention *b)
{
    return a->conjugated == b->conjugated && a->axes == b->axes && a->order == b->order &&
           a->shift == b->shift && a->order_of_gains == b->order_of_gains && a->scale == b->scale &&
           a->reading == b->reading && a->gains == b->gains;
}

const cph_doctor_row *doctor_rig_row(const doctor_rig *r, const cph_convention *wanted)
{
    for (size_t i = 0; i < r->result.rows; i++)
        if (same_convention(&r->row[i].convention, wanted))
            return &r->row[i];
    CU_FAIL_FATAL("the convention was not tried");
    return NULL;
}

size_t doctor_rig_group(const doctor_rig *r, const cph_convention *wanted)
{
    return doctor_rig_row(r, wanted)->same_as;
}

/* ---- how data get that way ---- */

void doctor_rig_conjugate(doctor_rig *r)
{
    for (size_t i = 0; i < r->scene.n * r->problem.ld; i++)
        r->scene.r[i].im = -r->scene.r[i].im;
}

/* The table as it would be in other axes: x of it is what was coordinate from[0], times sign[0]. */
static void turn(doctor_rig *r, const int from[3], const double sign[3])
{
    for (size_t p = 0; p < r->scene.n; p++) {
        double was[3];
        memcpy(was, r->position + 3 * p, sizeof was);
        for (int i = 0; i < 3; i++)
            r->position[3 * p + (size_t)i] = sign[i] * was[from[i]];
    }
}

/* Moves the place of element n to line to[n] of the table. */
static void reorder(doctor_rig *r, const size_t *to)
{
    double was[3 * SCENE_ELEMENTS];
    memcpy(was, r->position, sizeof was);
    for (size_t n = 0; n < r->scene.n; n++)
        memcpy(r->position + 3 * to[n], was + 3 * n, 3 * sizeof *was);
}

void doctor_rig_shift(doctor_rig *r, size_t by)
{
    size_t to[SCENE_ELEMENTS];
    for (size_t n = 0; n < r->scene.n; n++)
        to[n] = (n + by) % r->scene.n;
    reorder(r, to);
}

void doctor_rig_reverse(doctor_rig *r)
{
    size_t to[SCENE_ELEMENTS];
    for (size_t n = 0; n < r->scene.n; n++)
        to[n] = r->scene.n - 1 - n;
    reorder(r, to);
}

static void exchange_pairs(doctor_rig *r)
{
    size_t to[SCENE_ELEMENTS];
    for (size_t n = 0; n < r->scene.n; n++)
        to[n] = n % 2 == 1 ? n - 1 : n + 1 < r->scene.n ? n + 1 : n;
    reorder(r, to);
}

void doctor_rig_mirror_x(doctor_rig *r)
{
    turn(r, (const int[]){0, 1, 2}, (const double[]){-1, 1, 1});
}

static void y_mirrored(doctor_rig *r)
{
    turn(r, (const int[]){0, 1, 2}, (const double[]){1, -1, 1});
}

/* The table's (x, y) are (y, -x) of the truth: to be turned back by (-y, x). */
static void turned_right(doctor_rig *r)
{
    turn(r, (const int[]){1, 0, 2}, (const double[]){1, -1, 1});
}

static void swapped(doctor_rig *r)
{
    turn(r, (const int[]){1, 0, 2}, (const double[]){1, 1, 1});
}

static void shifted_by_one(doctor_rig *r)
{
    doctor_rig_shift(r, 1);
}

static void shifted_by_seven(doctor_rig *r)
{
    doctor_rig_shift(r, 7);
}

static void conjugated_and_shifted_back(doctor_rig *r)
{
    doctor_rig_conjugate(r);
    doctor_rig_shift(r, r->scene.n - 1);
}

static void mirrored_and_shifted(doctor_rig *r)
{
    doctor_rig_mirror_x(r);
    doctor_rig_shift(r, 1);
}

static void all_at_once(doctor_rig *r)
{
    doctor_rig_conjugate(r);
    mirrored_and_shifted(r);
}

static void half_the_frequency(doctor_rig *r)
{
    r->problem.freq_hz /= 2.0;
}

static void another_reading(doctor_rig *r)
{
    double was[3 * SCENE_SOURCES];
    const size_t size = 3 * r->scene.sources;
    memcpy(was, r->direction, size * sizeof *was);
    memcpy(r->direction, r->direction + 2 * size, size * sizeof *was);
    memcpy(r->direction + 2 * size, was, size * sizeof *was);
}

static void nothing(doctor_rig *r)
{
    (void)r;
}

const doctor_mistake doctor_mistakes[RIG_MISTAKES] = {
    {nothing, {.scale = 1.0}},
    {doctor_rig_conjugate, {.conjugated = true, .scale = 1.0}},
    {doctor_rig_mirror_x, {.axes = CPH_AXES_X_MIRRORED, .scale = 1.0}},
    {y_mirrored, {.axes = CPH_AXES_Y_MIRRORED, .scale = 1.0}},
    {swapped, {.axes = CPH_AXES_SWAPPED, .scale = 1.0}},
    {turned_right, {.axes = CPH_AXES_LEFT_TURN, .scale = 1.0}},
    {shifted_by_one, {.order = CPH_ORDER_SHIFTED, .shift = 1, .scale = 1.0}},
    {shifted_by_seven, {.order = CPH_ORDER_SHIFTED, .shift = 7, .scale = 1.0}},
    {doctor_rig_reverse, {.order = CPH_ORDER_REVERSED, .scale = 1.0}},
    {exchange_pairs, {.order = CPH_ORDER_PAIRS, .scale = 1.0}},
    {conjugated_and_shifted_back,
     {.conjugated = true, .order = CPH_ORDER_SHIFTED, .shift = 30, .scale = 1.0}},
    {mirrored_and_shifted,
     {.axes = CPH_AXES_X_MIRRORED, .order = CPH_ORDER_SHIFTED, .shift = 1, .scale = 1.0}},
    {all_at_once,
     {.conjugated = true,
      .axes = CPH_AXES_X_MIRRORED,
      .order = CPH_ORDER_SHIFTED,
      .shift = 1,
      .scale = 1.0}},
    {half_the_frequency, {.scale = 2.0}},
    {another_reading, {.scale = 1.0, .reading = 2}},
};
