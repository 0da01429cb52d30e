/* SPDX-License-Identifier: MIT */
/* Pattern analysis: peak, widths, sidelobe, directivity. */
#include "cophase/pattern.h"

#include <math.h>
#include <string.h>

#include "kernels/core/vec3.h"
#include "kernels/pattern/pattern_model.h"

/* The lobe that the look direction leads to is the main one unless another is twice as strong:
 * then the beam points elsewhere, and that lobe is the main one. */
static const double elsewhere = 2.0;

/* A beam of less than this share of the mean power is none: what sums that should vanish leave is
 * (1e-16 N)^2 of it in double and 1e-24 where a file had twelve decimals; a polarisation that is
 * 100 dB down, as no antenna keeps it, is 1e-10. */
static const double no_beam = 1e-20;

static double decibels(double power)
{
    return 10.0 * log10(power);
}

/* Angle from the peak along the great circle toward t where the power falls to half; NaN when it
 * never does. A twentieth of a lobe a step meets the first crossing, bisection refines it. */
static double half_power_angle(const cph_pattern_model *model, const double peak[3],
                               const double t[3], double half)
{
    const double step = fmin(0.05 * cph_aperture_lobe(&model->aperture), 0.05);
    double low = 0.0, high = 0.0, u[3] = {peak[0], peak[1], peak[2]};
    do {
        low = high;
        high = low + step;
        for (int i = 0; i < 3; i++)
            u[i] = peak[i] * cos(high) + t[i] * sin(high);
    } while (high < M_PI && cph_pattern_power(model, u) > half);
    if (high >= M_PI)
        return NAN;
    while (high - low > 1e-9) {
        const double middle = 0.5 * (low + high);
        for (int i = 0; i < 3; i++)
            u[i] = peak[i] * cos(middle) + t[i] * sin(middle);
        if (cph_pattern_power(model, u) > half)
            low = middle;
        else
            high = middle;
    }
    return 0.5 * (low + high);
}

static void measure_widths(const cph_pattern_model *model, double power, cph_pattern_metrics *m)
{
    cph_aperture_tangents(&model->aperture, m->peak, m->tangent);
    m->planes = model->aperture.dims < 2 ? model->aperture.dims : 2;
    for (size_t k = 0; k < 2; k++) {
        const double *t = m->tangent[k], back[3] = {-t[0], -t[1], -t[2]};
        m->hpbw_rad[k] = k < m->planes ? half_power_angle(model, m->peak, t, 0.5 * power) +
                                             half_power_angle(model, m->peak, back, 0.5 * power)
                                       : NAN;
    }
}

static cph_status analyse(const cph_pattern_model *model, const double look[3],
                          cph_pattern_metrics *m)
{
    double mean, lobe, lobe_at[3] = {NAN, NAN, NAN}, main_lobe[2][3];
    memcpy(main_lobe[0], look, sizeof main_lobe[0]);
    m->look_power_db = decibels(cph_pattern_power(model, look)) + decibels(model->scale) * 2.0;
    double power = cph_pattern_climb(model, main_lobe[0]);
    m->difference = cph_pattern_twin(model, look, main_lobe[0], main_lobe[1]);
    cph_status status = cph_pattern_sidelobe(model, m->difference ? 2 : 1,
                                             (const double(*)[3])main_lobe, &lobe, lobe_at);
    if (status == CPH_OK && lobe > elsewhere * power) {
        power = lobe;
        memcpy(main_lobe[0], lobe_at, sizeof main_lobe[0]);
        m->difference = false;
        status = cph_pattern_sidelobe(model, 1, (const double(*)[3])main_lobe, &lobe, lobe_at);
    }
    if (status == CPH_OK)
        status = cph_pattern_mean_power(model, &mean);
    if (status != CPH_OK)
        return status;
    if (!(power > no_beam * mean))
        return CPH_ERR_MISSING;
    memcpy(m->peak, main_lobe[0], sizeof m->peak);
    m->peak_power_db = decibels(power) + decibels(model->scale) * 2.0;
    m->directivity_db = decibels(power / mean);
    m->psll_db = decibels(lobe / power);
    memcpy(m->psll_at, lobe_at, sizeof m->psll_at);
    m->slope_per_rad = m->slope_ratio = m->twin[0] = m->twin[1] = m->twin[2] = NAN;
    if (m->difference) {
        memcpy(m->twin, main_lobe[1], sizeof m->twin);
        cph_pattern_slope(model, look, m->peak, mean, &m->slope_per_rad, &m->slope_ratio);
    }
    measure_widths(model, power, m);
    return CPH_OK;
}

cph_status cph_pattern_analyse(const cph_pattern_input *input, cph_pattern_metrics *metrics)
{
    cph_pattern_model model;
    if (metrics == NULL || input == NULL || !(fabs(cph_norm3(input->look) - 1.0) < 1e-6))
        return CPH_ERR_ARGUMENT;
    cph_status status = cph_pattern_model_init(input, &model);
    if (status != CPH_OK)
        return status;
    cph_aperture_measure(model.elements, model.position, model.wavelength, input->look,
                         &model.aperture);
    cph_pattern_metrics m;
    status = analyse(&model, input->look, &m);
    cph_pattern_model_free(&model);
    if (status == CPH_OK)
        *metrics = m;
    return status;
}
