/* SPDX-License-Identifier: MIT */
/* Newton's method on s(u) = sum |q_k v(u)|^2 over the offsets of u along its tangents. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/core/c64.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"
#include "kernels/core/vec3.h"
#include "kernels/doa/doa_form.h"

enum { STEPS = 60, HALVINGS = 30 };
/* Radians. */
static const double least_step = 1e-14;

/* v, its first derivatives, its second: 1, 2 and 3 of them; and products with the rows. */
enum { V, D1, D2, D11, D22, D12, PARTS };

typedef struct climb {
    const cph_doa_frame *frame;
    const cph_doa_form *form;
    cph_c64 *v[PARTS]; /* [n] */
    cph_c64 *y[PARTS]; /* [rows] */
    double *slope[2];  /* [n] */
} climb;

/* The part's v and its products. */
static void multiply(const climb *c, size_t part)
{
    const size_t n = c->frame->n;
    for (size_t k = 0; k < c->form->first; k++) {
        const cph_c64 *q = c->form->q + k * n;
        cph_c64 sum = {0.0, 0.0};
        for (size_t i = 0; i < n; i++)
            sum = cph_c64_add(sum, cph_c64_mul(q[i], c->v[part][i]));
        c->y[part][k] = sum;
    }
}

/* What climbing makes larger: s, or -s. */
static double height(const climb *c, const double u[3])
{
    cph_doa_steer(c->frame, u, c->v[V]);
    multiply(c, V);
    const double s = cph_c64_inner(c->form->first, c->y[V], c->y[V]).re;
    return c->form->kind == CPH_DOA_INVERSE ? -s : s;
}

/* Derivatives by the offsets, at u whose v and products are there. A second offset along a tangent
 * turns it toward -u: the phase then loses what u itself has. */
static void differentiate(const climb *c, const double u[3], double gradient[2], double second[3])
{
    double tangent[2][3];
    cph_doa_tangents(c->frame, u, tangent);
    for (size_t d = 0; d < c->frame->dims; d++)
        cph_doa_slope(c->frame, tangent[d], c->slope[d]);
    for (size_t i = 0; i < c->frame->n; i++) {
        const cph_c64 v = c->v[V][i], turned = {-v.im, v.re};
        const double own = c->frame->wavenumber * cph_dot3(c->frame->position + 3 * i, u);
        for (size_t d = 0; d < c->frame->dims; d++) {
            const double slope = c->slope[d][i];
            c->v[D1 + d][i] = cph_c64_scale(slope, turned);
            c->v[D11 + d][i] =
                cph_c64_sub(cph_c64_scale(-slope * slope, v), cph_c64_scale(own, turned));
        }
        if (c->frame->dims == 2)
            c->v[D12][i] = cph_c64_scale(-c->slope[0][i] * c->slope[1][i], v);
    }
    const size_t rows = c->form->first;
    for (size_t part = D1; part < PARTS; part++)
        if (c->frame->dims == 2 || part == D1 || part == D11)
            multiply(c, part);
    const double sign = c->form->kind == CPH_DOA_INVERSE ? -2.0 : 2.0;
    for (size_t d = 0; d < c->frame->dims; d++) {
        gradient[d] = sign * cph_c64_inner(rows, c->y[D1 + d], c->y[V]).re;
        second[d] = sign * (cph_c64_inner(rows, c->y[D1 + d], c->y[D1 + d]).re +
                            cph_c64_inner(rows, c->y[D11 + d], c->y[V]).re);
    }
    if (c->frame->dims == 2)
        second[2] = sign * (cph_c64_inner(rows, c->y[D1], c->y[D2]).re +
                            cph_c64_inner(rows, c->y[D12], c->y[V]).re);
}

/* The step that Newton takes to a top; where the surface is none, that of one bent down as much as
 * it is bent up. */
static void newton(size_t dims, const double gradient[2], const double second[3], double step[2])
{
    if (dims == 1) {
        step[0] = gradient[0] / fmax(fabs(second[0]), DBL_MIN);
        step[1] = 0.0;
        return;
    }
    const double h11 = -second[0], h22 = -second[1], h12 = -second[2];
    const double middle = 0.5 * (h11 + h22), spread = hypot(0.5 * (h11 - h22), h12);
    const double least = middle - spread;
    const double lift = least > 1e-9 * fabs(middle) ? 0.0 : 2.0 * fabs(least) + 1e-3 * fabs(middle);
    const double a = h11 + lift, b = h22 + lift, det = fmax(a * b - h12 * h12, DBL_MIN);
    step[0] = (b * gradient[0] - h12 * gradient[1]) / det;
    step[1] = (a * gradient[1] - h12 * gradient[0]) / det;
}

/* Returns the height. */
static double ascend(const climb *c, double u[3])
{
    const double reach = 0.25 * cph_aperture_lobe(&c->frame->aperture);
    double gradient[2] = {0.0, 0.0}, second[3] = {0.0, 0.0, 0.0}, step[2], to[3];
    double at = height(c, u);
    for (int k = 0; k < STEPS; k++) {
        differentiate(c, u, gradient, second);
        newton(c->frame->dims, gradient, second, step);
        double length = hypot(step[0], step[1]), now = at;
        const double scale = length > reach ? reach / length : 1.0;
        step[0] *= scale;
        step[1] *= scale;
        length *= scale;
        for (int half = 0; half < HALVINGS && length > least_step; half++) {
            cph_doa_move(c->frame, u, step, to);
            now = height(c, to);
            /* near the top rounding decides: a step that is not seen to lose is taken */
            if (now >= at - 8.0 * DBL_EPSILON * fabs(at))
                break;
            step[0] *= 0.5;
            step[1] *= 0.5;
            length *= 0.5;
        }
        if (!(length > least_step) || !(now >= at - 8.0 * DBL_EPSILON * fabs(at)))
            break;
        memcpy(u, to, sizeof to);
        at = now;
    }
    return at;
}

cph_status cph_doa_form_climb(const cph_doa *doa, const cph_doa_form *form, double u[3],
                              double *value, cph_error *error)
{
    const size_t n = doa->frame.n;
    size_t bytes = 0, at[3];
    if (!cph_size_place(&bytes, n, PARTS * sizeof(cph_c64), &at[0]) ||
        !cph_size_place(&bytes, form->first, PARTS * sizeof(cph_c64), &at[1]) ||
        !cph_size_place(&bytes, n, 2 * sizeof(double), &at[2]))
        return cph_fail(error, CPH_ERR_OVERFLOW, "a direction of %zu elements", n);
    void *memory = malloc(bytes);
    if (memory == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "a direction of %zu elements: out of memory", n);
    climb c = {.frame = &doa->frame, .form = form};
    cph_c64 *v = cph_size_at(memory, at[0]), *y = cph_size_at(memory, at[1]);
    double *slope = cph_size_at(memory, at[2]);
    for (size_t part = 0; part < PARTS; part++) {
        c.v[part] = v + part * n;
        c.y[part] = y + part * form->first;
    }
    c.slope[0] = slope;
    c.slope[1] = slope + n;
    *value = cph_doa_form_value(form, fabs(ascend(&c, u)), 0.0);
    free(memory);
    return CPH_OK;
}
