/* SPDX-License-Identifier: MIT */
/** @file pattern_model.h
 *  A weighted array made ready for pattern analysis: response(u) = f(u) sum_n c_n
 *  exp(j k u.r_n), c_n = conj(w_n) g_n, over the elements that have a weight; a vector sum where
 *  elements differ. */
#ifndef COPHASE_PATTERN_MODEL_H
#define COPHASE_PATTERN_MODEL_H

#include "cophase/lobes.h"
#include "cophase/pattern.h"
#include "kernels/array/aperture.h"
#include "kernels/steer/sweep.h"

typedef struct cph_pattern_model {
    size_t elements;  /**< N, those with a weight */
    double *position; /**< [N][3] metres */
    cph_c64 *c;       /**< [N], scaled so that sum |c_n| = 1 */
    cph_c64 *a;       /**< [N] room for a steering vector: one thread at a time */
    double scale;     /**< what c was divided by */
    double freq_hz, wavelength;
    cph_aperture aperture;              /**< for the caller to measure where it is needed */
    const cph_element_pattern *element; /**< NULL: isotropic */
    const cph_exec *exec;
    const cph_element_pattern **embedded; /**< [N], or NULL: all are `element` */
    double *axes;                         /**< [N][9], or NULL: none is turned */
    cph_polarization polarization;
} cph_pattern_model;

/** Whether elements differ, so that the response is a vector sum. */
static inline bool cph_pattern_is_vector(const cph_pattern_model *model)
{
    return model->embedded != NULL || model->axes != NULL;
}

/** Checks the input and copies what counts. Errors as cph_pattern_analyse. */
cph_status cph_pattern_model_init(const cph_pattern_input *input, cph_pattern_model *model);
void cph_pattern_model_free(cph_pattern_model *model);

/** What alike elements put before the array's sum: the root of the power for polarisation TOTAL,
 *  else the component of their field; and its square. */
cph_c64 cph_pattern_element_factor(const cph_pattern_model *model, const double u[3]);
double cph_pattern_element_power(const cph_pattern_model *model, const double u[3]);

/** Components along x' and y' of the scaled response of any model toward u, a[N] given room. */
void cph_pattern_field_at(const cph_pattern_model *model, const double u[3], cph_c64 *a,
                          cph_c64 field[2]);
/** Their power in the model's polarisation. */
double cph_pattern_field_power(const cph_pattern_model *model, const cph_c64 field[2]);

/** |response|^2 of the scaled model toward u. */
double cph_pattern_power(const cph_pattern_model *model, const double u[3]);

/** Climbs |response|^2 from u (in and out) to the local maximum over the visible region, by
 *  Newton's method in a trust region; returns the power there. Along the line where dims is 1. */
double cph_pattern_climb(const cph_pattern_model *model, double u[3]);

/** response[D] of the unscaled model toward direction[D][3]. MEMORY, OVERFLOW. */
cph_status cph_pattern_responses(const cph_pattern_model *model, size_t directions,
                                 const double *direction, cph_c64 *response);

/** Denominator of the directivity: |response|^2 averaged over the whole sphere, scaled model:
 *  sum_mn c_m conj(c_n) sinc(k |r_m - r_n|) for isotropic elements. MEMORY, OVERFLOW. */
cph_status cph_pattern_mean_power(const cph_pattern_model *model, double *mean);
/** The same by quadrature for other elements, all polarisations together. */
cph_status cph_pattern_quadrature_mean(const cph_pattern_model *model, double *mean);

/** Node i of n on [-1, 1] and its weight in a Gauss-Legendre quadrature. */
void cph_gauss_legendre(size_t n, size_t i, double *node, double *weight);
/** Of a line, |response|^2 averaged over solid angle where the cosine along it is in band[bands]
 *  (from, to; apart): over the half-space of the aperture's axis[1] and all around. Within 1e-3
 *  dB, of isotropic elements to rounding, where elements differ 3e-3 dB. NaN without bands. MEMORY,
 * OVERFLOW; mean is changed on error.
 */
cph_status cph_pattern_line_mean(const cph_pattern_model *model, size_t bands,
                                 const double band[][2], double mean[2]);

/** power[count] = |response|^2 in float through the steer and beamform kernels, NaN where there is
 *  no direction. The response behind it is within (2 N + 10) 2^-24 of exact (sum |c| = 1). Where
 *  elements differ: in double, rounded. */
cph_status cph_pattern_sample(const cph_pattern_model *model, cph_sweep_direction *direction,
                              const void *context, size_t count, float *power);

/** Highest local maximum besides `peaks` directions peak[][3]: its power in *power, NaN when there
 *  is none, and its direction in at[3]. When another lobe exceeds the peak it is found like any. */
cph_status cph_pattern_sidelobe(const cph_pattern_model *model, size_t peaks,
                                const double peak[][3], double *power, double at[3]);

/** The local maxima besides those `peaks` whose power is at least `least`, highest first, relative
 * to `highest` into lobe[most]; *count of them, which may be more. MEMORY; lobe is changed on
 * error. */
cph_status cph_pattern_tops(const cph_pattern_model *model, size_t peaks, const double peak[][3],
                            double highest, double least, size_t most, cph_pattern_lobe *lobe,
                            size_t *count);

/** How far the visible region goes from a peak along the great circle toward the unit tangent t,
 *  radians: to the horizon of a plane, to the end of a line, half around for a volume. */
double cph_pattern_null_limit(const cph_aperture *aperture, const double peak[3],
                              const double t[3]);

/** Angle from the peak toward t where the power first stops falling, within the tolerance; NaN
 * where the visible region ends before (but with less than 1e-6 of the peak's power there: its
 * end). */
double cph_pattern_first_null(const cph_pattern_model *model, const double peak[3],
                              const double t[3], double tolerance);

/** Whether a difference beam looks to `look`: the peak of its other main lobe is then in twin. */
bool cph_pattern_twin(const cph_pattern_model *model, const double look[3], const double peak[3],
                      double twin[3]);

/** Monopulse slope from `look` toward the peak; mean as of cph_pattern_mean_power. */
void cph_pattern_slope(const cph_pattern_model *model, const double look[3], const double peak[3],
                       double mean, double *slope, double *ratio);

#endif
