/* SPDX-License-Identifier: MIT */
/* The model's sources: steering vectors, what a change of flux or direction does, and directions
 * that are fitted. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "calib/stefcal.h"
#include "calib/tiles.h"
#include "cophase/steer.h"
#include "kernels/core/c64.h"
#include "kernels/core/size.h"

#define TURN 6.28318530717958647693

/* A step turns no phase by more: steps are small where the model is linear. */
static const double largest_turn = 0.5;

static void cross(const double *a, const double *b, double *out)
{
    for (size_t k = 0; k < 3; k++)
        out[k] = a[(k + 1) % 3] * b[(k + 2) % 3] - a[(k + 2) % 3] * b[(k + 1) % 3];
}

static void normalise(double *x)
{
    double size = sqrt(x[0] * x[0] + x[1] * x[1] + x[2] * x[2]);
    for (size_t k = 0; k < 3; k++)
        x[k] /= size;
}

/* Unit vectors perpendicular to u and to each other: axis[0..2] and axis[3..5]. */
static void offsets(const double *u, double *axis)
{
    double pole[3] = {0.0, 0.0, 0.0};
    size_t least = fabs(u[1]) < fabs(u[0]) ? 1 : 0;
    pole[fabs(u[2]) < fabs(u[least]) ? 2 : least] = 1.0;
    cross(pole, u, axis);
    normalise(axis);
    cross(u, axis, axis + 3);
}

static void fill_slopes(cph_system *s, size_t source)
{
    double axis[6], wavenumber = TURN * s->freq_hz / CPH_SPEED_OF_LIGHT;
    offsets(s->direction + 3 * source, axis);
    for (size_t k = 0; k < 2; k++)
        for (size_t p = 0; p < s->n; p++) {
            const double *r = s->position + 3 * p, *e = axis + 3 * k;
            s->slope[(2 * (source - s->held) + k) * s->n + p] =
                wavenumber * (r[0] * e[0] + r[1] * e[1] + r[2] * e[2]);
        }
}

cph_status cph_system_steer(cph_system *s)
{
    cph_status status = CPH_OK;
    for (size_t i = 0; i < s->sources && status == CPH_OK; i++) {
        status =
            cph_steer_c64(s->n, s->position, s->freq_hz, s->direction + 3 * i, s->a + i * s->n);
        if (status == CPH_OK && i >= s->held)
            fill_slopes(s, i);
    }
    return status;
}

static size_t fluxes(const cph_system *s)
{
    return s->fit ? s->sources : 0;
}

size_t cph_system_extras(const cph_system *s)
{
    return fluxes(s) + 2 * (s->sources - s->held);
}

cph_c64 cph_system_derivative(const cph_system *s, const cph_c64 *g, size_t extra, size_t p,
                              size_t q)
{
    bool flux = extra < fluxes(s);
    size_t offset = flux ? 0 : extra - fluxes(s);
    size_t source = flux ? extra : s->held + offset / 2;
    const cph_c64 *a = s->a + source * s->n;
    cph_c64 pair = cph_c64_mul(cph_c64_mulc(g[p], g[q]), cph_c64_mulc(a[p], a[q]));
    if (flux)
        return pair;
    const double *slope = s->slope + offset * s->n;
    double turn = s->flux[source] * (slope[p] - slope[q]);
    return (cph_c64){-turn * pair.im, turn * pair.re};
}

/* gram[i][j] = sum w Re(d_i* d_j), cross[i] = sum w Re(d_i* (r - g m g*)) over offsets i, j; d
 * [count] is scratch. */
static void normal_equations(const cph_system *s, const cph_c64 *g, size_t count, double *gram,
                             double *right, cph_c64 *d)
{
    for (size_t p = 0; p < s->n; p++)
        for (size_t q = p + 1; q < s->n; q++) {
            size_t at = p * s->n + q;
            double w = s->robust[at];
            if (w <= 0.0)
                continue;
            cph_c64 model = cph_c64_mul(cph_c64_mulc(g[p], g[q]), s->m[at]);
            cph_c64 e = cph_c64_sub(s->r[at], model);
            for (size_t i = 0; i < count; i++) {
                d[i] = cph_system_derivative(s, g, fluxes(s) + i, p, q);
                right[i] += w * (d[i].re * e.re + d[i].im * e.im);
                for (size_t j = 0; j <= i; j++)
                    gram[i * count + j] += w * (d[i].re * d[j].re + d[i].im * d[j].im);
            }
        }
    for (size_t i = 0; i < count; i++) {
        /* A source without flux stays where it is. */
        if (gram[i * count + i] <= 0.0)
            gram[i * count + i] = 1.0;
        for (size_t j = i + 1; j < count; j++)
            gram[i * count + j] = gram[j * count + i];
    }
}

/* Moves source i by offset [2] radians, or by as much of it as may be. */
static void move(cph_system *s, size_t i, const double *offset)
{
    double axis[6], turn = 0.0, *u = s->direction + 3 * i;
    const double *slope = s->slope + 2 * (i - s->held) * s->n;
    for (size_t p = 0; p < s->n; p++)
        turn = fmax(turn, fabs(offset[0] * (slope[p] - slope[0]) +
                               offset[1] * (slope[s->n + p] - slope[s->n])));
    double share = turn > largest_turn ? largest_turn / turn : 1.0;
    offsets(u, axis);
    for (size_t k = 0; k < 3; k++)
        u[k] += share * (offset[0] * axis[k] + offset[1] * axis[3 + k]);
    normalise(u);
}

cph_status cph_directions_fit(cph_system *s, const cph_c64 *g)
{
    size_t count = 2 * (s->sources - s->held), square;
    if (!cph_size_mul(count, count + 4, &square) || square == 0)
        return CPH_ERR_OVERFLOW;
    double *gram = calloc(square, sizeof *gram);
    if (gram == NULL)
        return CPH_ERR_MEMORY;
    double *right = gram + count * count, *step = right + count;
    normal_equations(s, g, count, gram, right, (cph_c64 *)(step + count));
    cph_status status = cph_tiles_invert(count, gram);
    for (size_t i = 0; status == CPH_OK && i < count; i++)
        for (size_t j = 0; j < count; j++)
            step[i] += gram[i * count + j] * right[j];
    for (size_t i = s->held; status == CPH_OK && i < s->sources; i++)
        move(s, i, step + 2 * (i - s->held));
    free(gram);
    if (status == CPH_OK)
        status = cph_system_steer(s);
    if (status == CPH_OK)
        cph_system_model(s);
    return status;
}
