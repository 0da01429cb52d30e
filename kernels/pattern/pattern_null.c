/* SPDX-License-Identifier: MIT */
/* First nulls: where the power, followed from a peak along a great circle, stops falling. */
#include <math.h>

#include "kernels/core/vec3.h"
#include "kernels/pattern/pattern_model.h"

/* Below this, relative to the peak, the end of the visible region is a null. */
static const double null_power = 1e-6;

static double power_at(const cph_pattern_model *model, const double peak[3], const double t[3],
                       double angle)
{
    double u[3];
    for (int i = 0; i < 3; i++)
        u[i] = peak[i] * cos(angle) + t[i] * sin(angle);
    return cph_pattern_power(model, u);
}

double cph_pattern_null_limit(const cph_aperture *aperture, const double peak[3], const double t[3])
{
    /* Where the end of the line comes nearest; where the horizon of the plane is crossed. */
    if (aperture->dims == 1) {
        const double x = cph_dot3(peak, aperture->axis[0]), slope = cph_dot3(t, aperture->axis[0]);
        return atan2(fabs(slope), slope < 0.0 ? -x : x);
    }
    if (aperture->dims == 2) {
        const double w = cph_dot3(peak, aperture->axis[2]), slope = cph_dot3(t, aperture->axis[2]);
        return atan2(fmax(w, 0.0), -slope);
    }
    return M_PI;
}

/* The lowest place of a valley between two angles. */
static double bottom(const cph_pattern_model *model, const double peak[3], const double t[3],
                     double low, double high, double tolerance)
{
    static const double golden = 0.61803398874989484820;
    double a = high - golden * (high - low), b = low + golden * (high - low);
    double at_a = power_at(model, peak, t, a), at_b = power_at(model, peak, t, b);
    while (high - low > tolerance) {
        if (at_a < at_b) {
            high = b;
            b = a;
            at_b = at_a;
            a = high - golden * (high - low);
            at_a = power_at(model, peak, t, a);
        } else {
            low = a;
            a = b;
            at_a = at_b;
            b = low + golden * (high - low);
            at_b = power_at(model, peak, t, b);
        }
    }
    return 0.5 * (low + high);
}

double cph_pattern_first_null(const cph_pattern_model *model, const double peak[3],
                              const double t[3], double tolerance)
{
    const double limit = cph_pattern_null_limit(&model->aperture, peak, t);
    const double step = fmin(0.05 * cph_aperture_lobe(&model->aperture), 0.05);
    const double top = cph_pattern_power(model, peak);
    double before = 0.0, angle = 0.0, power = top;
    while (angle < limit) {
        const double next = fmin(angle + step, limit), there = power_at(model, peak, t, next);
        if (there > power)
            return bottom(model, peak, t, before, next, tolerance);
        before = angle;
        angle = next;
        power = there;
    }
    return power <= null_power * top && limit > 0.0 ? limit : NAN;
}
