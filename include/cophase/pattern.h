/* SPDX-License-Identifier: MIT */
/** @file pattern.h
 *  Far-field patterns of weighted arrays. */
#ifndef COPHASE_PATTERN_H
#define COPHASE_PATTERN_H

#include <stdbool.h>

#include "cophase/element.h"
#include "cophase/exec.h"
#include "cophase/types.h"

CPH_BEGIN_DECLS

/** What is analysed: response(u) = f(u) w^H (g a(u)), f^2 the power pattern of
 *  every element; where elements differ (`embedded`, `axes`), the sum over them of conj(w_n) g_n
 *  a_n(u) E_n(u) as a vector, E_n their fields (cph_element_radiate) turned to the array's axes. */
typedef struct cph_pattern_input {
    size_t elements;
    const double *position; /**< [N][3] metres, array frame */
    double freq_hz;
    const cph_c64 *weights; /**< [N] w (not conjugated) */
    const cph_c64 *gain;    /**< [N] observed = gain * true; NULL for 1 */
    double look[3];         /**< unit vector where the beam is meant to point: the lobe that the
                                 pattern rises to from here is the main one, unless another is
                                 more than 3 dB higher (the beam then points elsewhere, and that
                                 is the main one) */
    const cph_element_pattern *element; /**< NULL: isotropic */
    const cph_exec *exec;
    const cph_element_pattern *const *embedded; /**< [N] patterns that take the place of `element`,
                                                     each about its own position; or NULL */
    const double *axes; /**< [N][9] rotation by rows from the axes in which the pattern of the
                             element is told to those of `position`; NULL: the identity. Kinds
                             without a polarisation then keep their power, and add as if all had
                             the same one (x' toward u in the array's frame) */
    cph_polarization polarization; /**< what is analysed, in the array's frame; other than TOTAL it
                                        needs elements that have one */
} cph_pattern_input;

typedef struct cph_pattern_metrics {
    double peak[3];        /**< unit vector of the peak of the main lobe */
    double peak_power_db;  /**< 20 log10 |response| there */
    double look_power_db;  /**< 20 log10 |response| toward `look` */
    double directivity_db; /**< over the whole sphere */
    size_t planes;         /**< 0 for a single place, 1 for a line of elements, else 2 */
    double hpbw_rad[2];    /**< full width at half power in the principal planes through the peak:
                                [0] along the projection of the array's long axis (x when it is
                                about as long in all directions), [1] across. Great circles: near
                                the horizon a lobe is measured together with its mirror image.
                                NaN where the power never falls to half, and beyond `planes` */
    double tangent[2][3];  /**< unit tangents at the peak along those two planes */
    double psll_db;        /**< highest lobe (local maximum) besides the main one relative to the
                                peak, over the visible region; NaN when there is none */
    double psll_at[3];     /**< where; NaN when there is none */
    bool difference;       /**< `look` is a null (20 dB below the peak) between two main lobes that
                                are within 3 dB: neither counts as a sidelobe */
    double twin[3];        /**< the other one's peak; NaN without */
    double slope_per_rad;  /**< monopulse slope: how fast the square root of the directivity rises
                                from the null toward `peak`; NaN without */
    double slope_ratio;    /**< to the steepest that weights of the same sum of squares can have,
                                those that grow linearly across the array (Kirkpatrick; in half
                                a wavelength's pitch, noise is the sum of squares); NaN without */
} cph_pattern_metrics;

/** response[D] toward direction [D][3] unit vectors, in double. `look` is not used. Elements of
 *  weight 0 contribute nothing, whatever their gain. For polarisation TOTAL the element's factor is
 *  the root of its power (alike elements), or the response is the root of the sum's (others).
 * Errors: ARGUMENT (also of cph_element_check), OVERFLOW, MEMORY, NOT_FINITE (a position, weight or
 * gain of an element with a weight), TOO_FEW (all weights 0). */
CPH_MUST_CHECK CPH_API cph_status cph_pattern_response(const cph_pattern_input *input,
                                                       size_t directions, const double *direction,
                                                       cph_c64 *response);

/** Components along x' and y' (cph_polarization_vectors) of the response toward direction[D][3]:
 *  field[D][2]. `polarization` is not used. Errors: as cph_pattern_response. */
CPH_MUST_CHECK CPH_API cph_status cph_pattern_field(const cph_pattern_input *input,
                                                    size_t directions, const double *direction,
                                                    cph_c64 (*field)[2]);

/** Peak, widths, sidelobe, directivity. In a single place the peak is that of the elements there.
 * Angles are refined to 1e-7 rad (a peak whose curvature vanishes, as at end-fire, to 1e-4), levels
 * to 1e-4 dB; sidelobes are found down to -80 dB. The visible region is |u| <= 1 for a line
 * (narrower than 0.01 wavelength), the hemisphere on the side of `look` (else of +z) for a plane
 * (thinner than a quarter wavelength), the whole sphere otherwise. Directivity: |response(peak)|^2
 * over sum_mn c_m conj(c_n) sinc(k |r_m - r_n|), c = conj(w) g (Van Trees, Optimum Array
 * Processing, 2002, section 2.6.1), for isotropic elements; for others by quadrature over what they
 * radiate to, exact for the degree of |response|^2 in spherical harmonics, within 1e-4 dB (a table,
 * and turned elements that end abruptly: 1e-2 dB). In a polarisation it is the partial directivity:
 * power in it over the mean of all power. Errors: as cph_pattern_response; ARGUMENT when `look` is
 * no unit vector; MISSING when the elements radiate nothing into the visible region (`look` is
 * behind them), or nothing in the polarisation: less than 1e-20 of the mean power. */
CPH_MUST_CHECK CPH_API cph_status cph_pattern_analyse(const cph_pattern_input *input,
                                                      cph_pattern_metrics *metrics);

/** power_db[grid][grid], relative to the largest value, over u (fastest) and v in [-1, 1]; NaN
 *  where u^2 + v^2 > 1 (w >= 0). In float, -80 dB and lower is noise. For pictures. */
CPH_MUST_CHECK CPH_API cph_status cph_pattern_map(const cph_pattern_input *input, size_t grid,
                                                  float *power_db);

/** The same over azimuth (fastest) and elevation of the array's frame, both from -90 to 90 degrees:
 *  the hemisphere w >= 0. */
CPH_MUST_CHECK CPH_API cph_status cph_pattern_map_azel(const cph_pattern_input *input, size_t grid,
                                                       float *power_db);

CPH_END_DECLS

#endif
