/* SPDX-License-Identifier: MIT */
/* Difference beams: two equal lobes about a null where the beam looks. */
#include <math.h>
#include <string.h>

#include "cophase/steer.h"
#include "kernels/core/vec3.h"
#include "kernels/pattern/pattern_model.h"

/* A null is 20 dB below the peak, a twin within 3 dB of it. */
static const double null_power = 1e-2, twin_power = 0.5;

bool cph_pattern_twin(const cph_pattern_model *model, const double look[3], const double peak[3],
                      double twin[3])
{
    double at[3], apart[3];
    const double power = cph_pattern_power(model, peak);
    if (model->aperture.dims == 0 || cph_pattern_power(model, look) > null_power * power)
        return false;
    for (int i = 0; i < 3; i++)
        at[i] = 2.0 * cph_dot3(peak, look) * look[i] - peak[i];
    const double there = cph_pattern_climb(model, at);
    cph_add3(at, -1.0, peak, apart);
    if (there < twin_power * power || power < twin_power * there ||
        cph_norm3(apart) < 0.05 * cph_aperture_lobe(&model->aperture))
        return false;
    memcpy(twin, at, sizeof at);
    return true;
}

void cph_pattern_slope(const cph_pattern_model *model, const double look[3], const double peak[3],
                       double mean, double *slope, double *ratio)
{
    const double k = 2.0 * M_PI / model->wavelength, count = (double)model->elements;
    double t[3], middle = 0.0, re = 0.0, im = 0.0, squares = 0.0, moment = 0.0;
    cph_reject3(peak, look, t);
    cph_unit3(t);
    if (cph_pattern_is_vector(model)) {
        const double step = 1e-4 * fmin(cph_aperture_lobe(&model->aperture), 1.0);
        double beside[3];
        cph_add3(look, step, t, beside);
        cph_unit3(beside);
        *slope = sqrt(cph_pattern_power(model, beside) / mean) / step;
        *ratio = NAN;
        return;
    }
    for (size_t n = 0; n < model->elements; n++)
        middle += cph_dot3(model->position + 3 * n, t) / count;
    /* The climb to the peaks has steered with the same model: there is nothing left to refuse. */
    const cph_status status =
        cph_steer_c64(model->elements, model->position, model->freq_hz, look, model->a);
    (void)status;
    for (size_t n = 0; n < model->elements; n++) {
        const cph_c64 c = model->c[n], a = model->a[n];
        const double x = cph_dot3(model->position + 3 * n, t) - middle;
        re += x * (c.re * a.re - c.im * a.im);
        im += x * (c.re * a.im + c.im * a.re);
        squares += c.re * c.re + c.im * c.im;
        moment += x * x;
    }
    *slope = k * hypot(re, im) * sqrt(cph_pattern_element_power(model, look) / mean);
    *ratio = hypot(re, im) / sqrt(squares * moment);
}
