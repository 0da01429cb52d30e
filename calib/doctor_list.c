/* SPDX-License-Identifier: MIT */
/* Which conventions are tried, and the models that they make. */
#include <math.h>

#include "calib/doctor.h"

/* Shifts of the list up to so many elements either way. */
enum { SHIFT_MOST = 256 };

/* Wavelengths or lengths wrong by 2, feet for metres. */
static const double scales[] = {1.0, 2.0, 0.5, 0.3048, 1.0 / 0.3048};
enum { SCALES = sizeof scales / sizeof scales[0] };

/* Rows of the matrix that positions are to be multiplied by: which coordinate, and its sign. */
static const struct {
    unsigned char from[3];
    signed char sign[3];
} axes_table[CPH_AXES_COUNT] = {[CPH_AXES_AS_GIVEN] = {{0, 1, 2}, {1, 1, 1}},
                                [CPH_AXES_X_MIRRORED] = {{0, 1, 2}, {-1, 1, 1}},
                                [CPH_AXES_Y_MIRRORED] = {{0, 1, 2}, {1, -1, 1}},
                                [CPH_AXES_HALF_TURN] = {{0, 1, 2}, {-1, -1, 1}},
                                [CPH_AXES_SWAPPED] = {{1, 0, 2}, {1, 1, 1}},
                                [CPH_AXES_ANTI_SWAPPED] = {{1, 0, 2}, {-1, -1, 1}},
                                [CPH_AXES_LEFT_TURN] = {{1, 0, 2}, {-1, 1, 1}},
                                [CPH_AXES_RIGHT_TURN] = {{1, 0, 2}, {1, -1, 1}},
                                [CPH_AXES_Z_MIRRORED] = {{0, 1, 2}, {1, 1, -1}},
                                [CPH_AXES_XZ_SWAPPED] = {{2, 1, 0}, {1, 1, 1}},
                                [CPH_AXES_YZ_SWAPPED] = {{0, 2, 1}, {1, 1, 1}}};

unsigned cph_convention_changes(const cph_convention *convention)
{
    return (unsigned)(convention->conjugated + (convention->axes != CPH_AXES_AS_GIVEN) +
                      (convention->order != CPH_ORDER_AS_GIVEN) + (convention->scale != 1.0) +
                      (convention->reading != 0) + (convention->gains != CPH_GAINS_AS_GIVEN));
}

/* ---- the list ---- */

typedef struct writer {
    const cph_doctor_problem *problem;
    cph_convention *list; /* or NULL: counted alone */
    size_t count;
} writer;

static void put(writer *w, cph_convention convention)
{
    if (w->list != NULL)
        w->list[w->count] = convention;
    w->count++;
}

/* An order of elements; where gains are known, also that of the data against both. */
static void put_order(writer *w, cph_convention convention)
{
    put(w, convention);
    if (w->problem->gain == NULL)
        return;
    convention.order_of_gains = true;
    put(w, convention);
}

/* Without heights z is nothing to mirror. */
static bool is_flat(const cph_doctor_problem *problem)
{
    double low = INFINITY, high = -INFINITY;
    for (size_t n = 0; n < problem->elements; n++) {
        low = fmin(low, problem->position[3 * n + 2]);
        high = fmax(high, problem->position[3 * n + 2]);
    }
    return !(high > low);
}

/* Data, axes, and the orders that mistakes are made in, in all combinations. */
static void put_mirrors(writer *w)
{
    const size_t n = w->problem->elements;
    const bool flat = is_flat(w->problem);
    for (unsigned axes = 0; axes < CPH_AXES_COUNT; axes++)
        for (int conjugated = 0; conjugated < 2; conjugated++) {
            if (flat && axes == CPH_AXES_Z_MIRRORED)
                continue;
            cph_convention c = {
                .conjugated = conjugated != 0, .axes = (cph_doctor_axes)axes, .scale = 1.0};
            put(w, c);
            c.order = CPH_ORDER_REVERSED;
            put_order(w, c);
            c.order = CPH_ORDER_PAIRS;
            put_order(w, c);
            c.order = CPH_ORDER_SHIFTED;
            c.shift = 1;
            put_order(w, c);
            c.shift = n - 1;
            put_order(w, c);
        }
}

static void put_shifts(writer *w)
{
    const size_t n = w->problem->elements;
    for (size_t shift = 2; shift + 2 <= n; shift++)
        if (shift <= SHIFT_MOST || n - shift <= SHIFT_MOST)
            put_order(w,
                      (cph_convention){.order = CPH_ORDER_SHIFTED, .shift = shift, .scale = 1.0});
}

/* What makes no sense together with another order. */
static void put_others(writer *w)
{
    for (int conjugated = 0; conjugated < 2; conjugated++) {
        cph_convention c = {.conjugated = conjugated != 0, .scale = 1.0};
        for (c.reading = 1; c.reading < w->problem->readings; c.reading++)
            put(w, c);
        c.reading = 0;
        for (size_t i = 1; i < SCALES; i++) {
            c.scale = scales[i];
            put(w, c);
        }
        c.scale = 1.0;
        for (unsigned g = CPH_GAINS_INVERTED; g <= CPH_GAINS_NONE && w->problem->gain != NULL;
             g++) {
            c.gains = (cph_doctor_gains)g;
            put(w, c);
        }
    }
}

static size_t write_list(const cph_doctor_problem *problem, cph_convention *list)
{
    writer w = {.problem = problem, .list = list};
    put_mirrors(&w);
    put_shifts(&w);
    put_others(&w);
    return w.count;
}

size_t cph_doctor_count(const cph_doctor_problem *problem)
{
    return cph_doctor_valid(problem) ? write_list(problem, NULL) : 0;
}

void cph_doctor_list(const cph_doctor_problem *problem, cph_convention *list)
{
    (void)write_list(problem, list);
}

/* ---- models ---- */

size_t cph_doctor_place(const cph_doctor_problem *problem, const cph_convention *convention,
                        size_t channel)
{
    const size_t n = problem->elements;
    switch (convention->order) {
    case CPH_ORDER_SHIFTED:
        return (channel + convention->shift) % n;
    case CPH_ORDER_REVERSED:
        return n - 1 - channel;
    case CPH_ORDER_PAIRS:
        return (channel ^ 1) < n ? channel ^ 1 : channel;
    case CPH_ORDER_AS_GIVEN:
        break;
    }
    return channel;
}

cph_c64 cph_doctor_gain(const cph_doctor_problem *problem, const cph_convention *convention,
                        size_t channel)
{
    if (problem->gain == NULL || convention->gains == CPH_GAINS_NONE)
        return (cph_c64){1.0, 0.0};
    const size_t at =
        convention->order_of_gains ? cph_doctor_place(problem, convention, channel) : channel;
    cph_c64 g = problem->gain[at];
    const double power = cph_c64_power(g);
    if (!isfinite(power) || power == 0.0)
        return (cph_c64){0.0, 0.0};
    if (convention->gains == CPH_GAINS_INVERTED)
        g = cph_c64_scale(1.0 / power, cph_c64_conj(g));
    if (problem->has_diagonal)
        g = cph_c64_scale(1.0 / sqrt(cph_c64_power(g)), g);
    return convention->conjugated ? cph_c64_conj(g) : g;
}

static cph_c64 steering(const cph_doctor_problem *problem, const cph_convention *convention,
                        const double *r, const double *u)
{
    const double k = 2.0 * M_PI * problem->freq_hz / CPH_SPEED_OF_LIGHT * convention->scale;
    double path = 0.0;
    for (int i = 0; i < 3; i++)
        path +=
            u[i] * axes_table[convention->axes].sign[i] * r[axes_table[convention->axes].from[i]];
    if (!isfinite(path))
        return (cph_c64){0.0, 0.0};
    const double phase = convention->conjugated ? -k * path : k * path;
    return (cph_c64){cos(phase), sin(phase)};
}

void cph_doctor_vectors(const cph_doctor_data *data, const cph_convention *convention, cph_c64 *v)
{
    const cph_doctor_problem *problem = data->problem;
    const double *u = problem->direction + 3 * problem->sources * convention->reading;
    for (size_t p = 0; p < data->n; p++) {
        const size_t channel = data->channel[p];
        const size_t place = cph_doctor_place(problem, convention, channel);
        const cph_c64 g = cph_doctor_gain(problem, convention, channel);
        for (size_t s = 0; s < problem->sources; s++)
            v[s * data->n + p] = cph_c64_mul(
                g, steering(problem, convention, problem->position + 3 * place, u + 3 * s));
    }
}
