/* SPDX-License-Identifier: MIT */
#include "cli/pattern_monopulse.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/plot/plot.h"
#include "kernels/core/c64.h"
#include "kernels/core/fail.h"
#include "kernels/core/vec3.h"

/* Angles of a cut, and two more beside the axis for the slope. */
enum { POINTS = 801, SLOPE = 2, ALL = POINTS + SLOPE };
static const double range_db = 50.0, widths = 2.0, slope_step = 1e-4;

typedef struct plane {
    double axis[3], tangent[3]; /* unit vectors */
    double reach;               /* radians to both sides */
    double angle[ALL], direction[ALL][3];
    cph_c64 sum[ALL], difference[ALL];
    double sum_db[POINTS], difference_db[POINTS], ratio[POINTS];
} plane;

/* ---- weights of the other beam ---- */

static bool is_used(const cph_pattern_input *input, size_t n)
{
    return !cph_c64_is_zero(input->weights[n]);
}

/* Weights [N] with the sign of the place along t; false when there are not two halves. */
static bool turn_half(const cph_pattern_input *input, const double t[3], cph_c64 *other)
{
    double low = INFINITY, high = -INFINITY;
    size_t halves[2] = {0, 0};
    for (size_t n = 0; n < input->elements; n++)
        if (is_used(input, n)) {
            const double x = cph_dot3(input->position + 3 * n, t);
            low = fmin(low, x);
            high = fmax(high, x);
        }
    const double middle = 0.5 * (low + high), farthest = high - middle;
    for (size_t n = 0; n < input->elements; n++) {
        const double x = cph_dot3(input->position + 3 * n, t) - middle;
        const double sign = fabs(x) <= 1e-6 * farthest ? 0.0 : x > 0.0 ? 1.0 : -1.0;
        other[n] = (cph_c64){sign * input->weights[n].re, sign * input->weights[n].im};
        if (is_used(input, n) && sign != 0.0)
            halves[sign > 0.0]++;
    }
    return halves[0] > 0 && halves[1] > 0;
}

/* ---- the cut ---- */

static void lay_out(plane *p)
{
    for (size_t i = 0; i < ALL; i++) {
        p->angle[i] = i < POINTS ? p->reach * (2.0 * (double)i / (POINTS - 1) - 1.0)
                                 : p->reach * slope_step * (i == POINTS ? -1.0 : 1.0);
        for (int k = 0; k < 3; k++)
            p->direction[i][k] = cos(p->angle[i]) * p->axis[k] + sin(p->angle[i]) * p->tangent[k];
    }
}

/* The halves turn by k x sin(angle) against each other: the ratio is imaginary. */
static double ratio_at(const plane *p, size_t i)
{
    const cph_c64 s = p->sum[i], d = p->difference[i];
    return (d.im * s.re - d.re * s.im) / (s.re * s.re + s.im * s.im);
}

static double decibels(cph_c64 y)
{
    return 20.0 * log10(hypot(y.re, y.im));
}

static cph_status fill(const cph_pattern_input *input, bool difference, cph_c64 *other, plane *p)
{
    cph_pattern_input turned = *input;
    turned.weights = other;
    lay_out(p);
    if (!turn_half(input, p->tangent, other))
        return CPH_ERR_TOO_FEW;
    cph_status status =
        cph_pattern_response(difference ? &turned : input, ALL, p->direction[0], p->sum);
    if (status == CPH_OK)
        status =
            cph_pattern_response(difference ? input : &turned, ALL, p->direction[0], p->difference);
    double top = -INFINITY;
    for (size_t i = 0; status == CPH_OK && i < POINTS; i++)
        top = fmax(top, decibels(p->sum[i]));
    for (size_t i = 0; status == CPH_OK && i < POINTS; i++) {
        p->sum_db[i] = decibels(p->sum[i]) - top;
        p->difference_db[i] = decibels(p->difference[i]) - top;
        p->ratio[i] = ratio_at(p, i);
    }
    return status;
}

static void aim(const cph_pattern_input *input, const cph_pattern_metrics *metrics, size_t k,
                plane *p)
{
    const double usual = isfinite(metrics->hpbw_rad[k]) ? metrics->hpbw_rad[k] : M_PI_4;
    memcpy(p->axis, metrics->difference ? input->look : metrics->peak, sizeof p->axis);
    memcpy(p->tangent, metrics->tangent[k], sizeof p->tangent);
    p->reach = fmin(widths * usual, M_PI_2);
    if (!metrics->difference)
        return;
    cph_reject3(metrics->peak, input->look, p->tangent);
    cph_unit3(p->tangent);
    p->reach = fmin(3.0 * acos(fmin(cph_dot3(metrics->peak, input->look), 1.0)), M_PI_2);
}

/* The slope, and twice what it makes of half the width of the sum beam: where that has fallen to
 * half its power the ratio is about one. */
static cph_monopulse_curve curve_of(plane *p, const char *name)
{
    const double slope =
        (ratio_at(p, POINTS + 1) - ratio_at(p, POINTS)) / (p->angle[POINTS + 1] - p->angle[POINTS]);
    const double range = 0.5 * fabs(slope) * p->reach;
    for (size_t i = 0; i < POINTS; i++) /* a pole at a null of the sum is a gap */
        if (fabs(p->ratio[i]) > 3.0 * range)
            p->ratio[i] = NAN;
    return (cph_monopulse_curve){.name = name,
                                 .points = POINTS,
                                 .angle = p->angle,
                                 .sum_db = p->sum_db,
                                 .difference_db = p->difference_db,
                                 .ratio = p->ratio,
                                 .slope_per_rad = slope,
                                 .ratio_range = range};
}

static cph_status draw(const char *path, const char *subtitle, const cph_pattern_input *input,
                       const cph_pattern_metrics *metrics, plane *p, cph_c64 *other,
                       cph_monopulse *pair, cph_error *error)
{
    static const char *const names[3][2] = {{"Along the line"},
                                            {"Along the long axis", "Across it"},
                                            {"In the plane of the two lobes"}};
    cph_monopulse_curve curve[2];
    const size_t kind = metrics->difference ? 2 : metrics->planes - 1;
    pair->planes = metrics->difference ? 1 : metrics->planes;
    for (size_t k = 0; k < pair->planes; k++) {
        aim(input, metrics, k, &p[k]);
        const cph_status status = fill(input, metrics->difference, other, &p[k]);
        if (status == CPH_ERR_TOO_FEW)
            return cph_fail(error, status, "%s: monopulse: the array has no two halves", path);
        if (status != CPH_OK)
            return cph_fail(error, status, "%s: %s", path, cph_status_name(status));
        curve[k] = curve_of(&p[k], names[kind][k]);
        pair->slope_per_rad[k] = curve[k].slope_per_rad;
    }
    const cph_monopulse_plot plot = {.title = metrics->difference
                                                  ? "Difference beam, and the sum of its halves"
                                                  : "Beam, and the difference of its halves",
                                     .subtitle = subtitle,
                                     .planes = pair->planes,
                                     .plane = curve,
                                     .range_db = range_db};
    return cph_plot_monopulse(path, &plot, error);
}

cph_status cph_pattern_draw_monopulse(const char *path, const char *subtitle,
                                      const cph_pattern_input *input,
                                      const cph_pattern_metrics *metrics, cph_monopulse *pair,
                                      cph_error *error)
{
    if ((input->embedded != NULL || input->axes != NULL) &&
        input->polarization == CPH_POLARIZATION_TOTAL)
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "%s: monopulse: elements that differ have no phase in all polarisations "
                        "together: choose one of --element",
                        path);
    if (metrics->planes == 0)
        return cph_fail(error, CPH_ERR_TOO_FEW, "%s: monopulse: the array has no two halves", path);
    plane *p = calloc(2, sizeof *p);
    cph_c64 *other = calloc(input->elements + 1, sizeof *other);
    const cph_status status = p != NULL && other != NULL
                                  ? draw(path, subtitle, input, metrics, p, other, pair, error)
                                  : cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    free(p);
    free(other);
    return status;
}
