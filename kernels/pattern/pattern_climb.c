/* SPDX-License-Identifier: MIT */
/* Local maxima of |response|^2 on the unit sphere. */
#include <math.h>
#include <string.h>

#include "cophase/steer.h"
#include "kernels/core/vec3.h"
#include "kernels/pattern/pattern_model.h"

/* Power with its first and second derivatives over the tangent plane of u, for the directions
 * unit(u + x t0 + y t1) at x = y = 0. */
typedef struct expansion {
    double power, gx, gy, hxx, hxy, hyy;
} expansion;

static void steer(const cph_pattern_model *model, const double u[3])
{
    /* Arguments were checked when the model was made; there is nothing else it could refuse. */
    cph_status status =
        cph_steer_c64(model->elements, model->position, model->freq_hz, u, model->a);
    (void)status;
}

static double array_power(const cph_pattern_model *model, const double u[3])
{
    double re = 0.0, im = 0.0;
    steer(model, u);
    for (size_t n = 0; n < model->elements; n++) {
        const cph_c64 c = model->c[n], a = model->a[n];
        re += c.re * a.re - c.im * a.im;
        im += c.re * a.im + c.im * a.re;
    }
    return re * re + im * im;
}

double cph_pattern_power(const cph_pattern_model *model, const double u[3])
{
    if (cph_pattern_is_vector(model)) {
        cph_c64 field[2];
        cph_pattern_field_at(model, u, model->a, field);
        return cph_pattern_field_power(model, field);
    }
    const double element = cph_pattern_element_power(model, u);
    return element > 0.0 ? element * array_power(model, u) : 0.0;
}

/* By differences over steps of h. */
static expansion expand_by(double (*power)(const cph_pattern_model *, const double[3]),
                           const cph_pattern_model *model, double h, const double u[3],
                           double tangent[2][3])
{
    double e[3][3];
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++) {
            double at[3];
            cph_add3(u, h * (i - 1), tangent[0], at);
            cph_add3(at, h * (j - 1), tangent[1], at);
            cph_unit3(at);
            e[i][j] = power(model, at);
        }
    return (expansion){.power = e[1][1],
                       .gx = (e[2][1] - e[0][1]) / (2.0 * h),
                       .gy = (e[1][2] - e[1][0]) / (2.0 * h),
                       .hxx = (e[2][1] - 2.0 * e[1][1] + e[0][1]) / (h * h),
                       .hxy = (e[2][2] - e[2][0] - e[0][2] + e[0][0]) / (4.0 * h * h),
                       .hyy = (e[1][2] - 2.0 * e[1][1] + e[1][0]) / (h * h)};
}

static expansion product(const expansion *a, const expansion *b)
{
    return (expansion){.power = a->power * b->power,
                       .gx = a->gx * b->power + a->power * b->gx,
                       .gy = a->gy * b->power + a->power * b->gy,
                       .hxx = a->hxx * b->power + 2.0 * a->gx * b->gx + a->power * b->hxx,
                       .hxy = a->hxy * b->power + a->gx * b->gy + a->gy * b->gx + a->power * b->hxy,
                       .hyy = a->hyy * b->power + 2.0 * a->gy * b->gy + a->power * b->hyy};
}

/* With the term e = c exp(j k r.u): de/dx = j k x_n e for x_n = r.t0, and, since the sphere bends
 * away from its tangent by -u, d2e/dx2 = (-(k x_n)^2 - j k r.u) e, d2e/dxdy = -k^2 x_n y_n e. */
static expansion expand_array(const cph_pattern_model *model, const double u[3],
                              double tangent[2][3])
{
    enum { R, X, Y, XX, XY, YY, SUMS };
    double re[SUMS] = {0}, im[SUMS] = {0};
    const double k = 2.0 * M_PI / model->wavelength;
    steer(model, u);
    for (size_t n = 0; n < model->elements; n++) {
        const cph_c64 c = model->c[n], a = model->a[n];
        const double er = c.re * a.re - c.im * a.im, ei = c.re * a.im + c.im * a.re;
        const double *r = model->position + 3 * n;
        const double x = k * cph_dot3(r, tangent[0]), y = k * cph_dot3(r, tangent[1]);
        const double z = k * cph_dot3(r, u);
        const double fr[SUMS] = {1.0, 0.0, 0.0, -x * x, -x * y, -y * y};
        const double fi[SUMS] = {0.0, x, y, -z, 0.0, -z};
        for (int s = 0; s < SUMS; s++) {
            re[s] += fr[s] * er - fi[s] * ei;
            im[s] += fr[s] * ei + fi[s] * er;
        }
    }
#define PRODUCT(a, b) (re[a] * re[b] + im[a] * im[b])
    return (expansion){.power = PRODUCT(R, R),
                       .gx = 2.0 * PRODUCT(R, X),
                       .gy = 2.0 * PRODUCT(R, Y),
                       .hxx = 2.0 * (PRODUCT(R, XX) + PRODUCT(X, X)),
                       .hxy = 2.0 * (PRODUCT(R, XY) + PRODUCT(X, Y)),
                       .hyy = 2.0 * (PRODUCT(R, YY) + PRODUCT(Y, Y))};
#undef PRODUCT
}

/* An element's pattern is smooth over thousands of its steps, a lobe over a thousand of its own:
 * the gradient is then good to 1e-6 of the lobe, rounding adds 1e-13 of the power over h. */
static expansion expand(const cph_pattern_model *model, const double u[3], double tangent[2][3])
{
    static const double element_step = 1e-4, lobe_step = 1e-3;
    if (cph_pattern_is_vector(model)) {
        const double lobe = fmin(cph_aperture_lobe(&model->aperture), 1.0);
        return expand_by(cph_pattern_power, model, lobe_step * lobe, u, tangent);
    }
    const expansion array = expand_array(model, u, tangent);
    if (model->element == NULL)
        return array;
    const expansion element = expand_by(cph_pattern_element_power, model, element_step, u, tangent);
    return product(&array, &element);
}

/* Step toward the maximum, no longer than the radius; whether it is Newton's own and whole. */
static bool propose(const expansion *e, size_t dims, double radius, double step[2])
{
    const bool line = dims == 1;
    const double det = e->hxx * e->hyy - e->hxy * e->hxy;
    bool newton = e->hxx < 0.0 && (line || det > 0.0);
    if (newton && line) {
        step[0] = -e->gx / e->hxx;
        step[1] = 0.0;
    } else if (newton) {
        step[0] = (e->hxy * e->gy - e->hyy * e->gx) / det;
        step[1] = (e->hxy * e->gx - e->hxx * e->gy) / det;
    } else {
        step[0] = e->gx;
        step[1] = line ? 0.0 : e->gy;
        if (hypot(step[0], step[1]) * radius <= 1e-14 * e->power) {
            /* A saddle or the bottom of a valley: leave it the way it rises. */
            step[0] = line || e->hxx >= e->hyy;
            step[1] = 1.0 - step[0];
        }
    }
    const double length = hypot(step[0], step[1]);
    if (newton && length <= radius)
        return true;
    step[0] *= radius / length;
    step[1] *= radius / length;
    return false;
}

/* The visible half of a plane, or of a circle through a line: a step over the horizon comes back as
 * its mirror image, which the places of the elements cannot tell from it. */
static void keep_visible(const cph_aperture *aperture, double u[3])
{
    if (aperture->dims != 1 && aperture->dims != 2)
        return;
    const double *up = aperture->axis[aperture->dims], w = cph_dot3(u, up);
    if (w < 0.0)
        cph_add3(u, -2.0 * w, up, u);
}

/* Ways that the power can change: in a single place, those of its elements. */
static size_t ways(const cph_pattern_model *model)
{
    const bool shaped = cph_pattern_is_vector(model) ||
                        (model->element != NULL && model->element->kind != CPH_ELEMENT_ISOTROPIC);
    return model->aperture.dims == 0 && shaped ? 2 : model->aperture.dims;
}

double cph_pattern_climb(const cph_pattern_model *model, double u[3])
{
    const cph_aperture *aperture = &model->aperture;
    const size_t dims = ways(model);
    const double widest = 0.25 * cph_aperture_lobe(aperture);
    double radius = widest, power = cph_pattern_power(model, u);
    for (int i = 0; i < 1000 && dims > 0 && radius > 1e-12; i++) {
        double t[2][3], step[2], next[3];
        cph_aperture_tangents(aperture, u, t);
        const expansion e = expand(model, u, t);
        const bool newton = propose(&e, dims, radius, step);
        cph_add3(u, step[0], t[0], next);
        cph_add3(next, step[1], t[1], next);
        cph_unit3(next);
        keep_visible(aperture, next);
        const double there = cph_pattern_power(model, next);
        const bool last = newton && hypot(step[0], step[1]) < 1e-7 * widest;
        if (there > power || last) {
            memcpy(u, next, sizeof next);
            power = there;
            radius = newton ? radius : fmin(2.0 * radius, widest);
        } else {
            radius *= 0.25;
        }
        if (last)
            break;
    }
    return power;
}
