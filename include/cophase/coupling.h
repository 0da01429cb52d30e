/* SPDX-License-Identifier: MIT */
/** @file coupling.h
 *  Mutual coupling of an array's elements by their scattering parameters. */
#ifndef COPHASE_COUPLING_H
#define COPHASE_COUPLING_H

#include "cophase/types.h"

CPH_BEGIN_DECLS

/** What of a port radiates. */
typedef enum cph_radiator {
    CPH_RADIATOR_VOLTAGE, /**< apertures, slots, patches: the voltage a + b */
    CPH_RADIATOR_CURRENT, /**< dipoles, monopoles: the current a - b */
    CPH_RADIATOR_COUNT
} cph_radiator;

/** radiating[N] = (I + S) a, or (I - S) a for currents, in place of the excitations a[N] = conj(w)
 * g: generators of the reference impedance send waves a into the ports, b = S a comes out, and the
 *  element radiates with its own pattern (that of the others open, for currents, or shorted, for
 *  voltages) in proportion to the voltage sqrt(R) (a + b) or the current (a - b) / sqrt(R) at its
 *  port, to the scale of a matched one (Steyskal and Herd, IEEE Trans. Antennas Propag. 38 p. 1971,
 *  1990; Pozar, ibid. 42 p. 1176, 1994). The sum over m of radiating_m f(u) exp(j k u.r_m) is then
 * that of the embedded patterns, for excitation a. On receive the same holds by reciprocity, S
 * being symmetric. An element of a = 0 is terminated, and radiates what couples to it. s[N][N] by
 * rows; radiating may not be a. Within 2 N 2^-53 sum |S_nm a_m|. Errors: ARGUMENT, OVERFLOW,
 * NOT_FINITE. */
CPH_MUST_CHECK CPH_API cph_status cph_coupling_radiating(size_t elements, const cph_c64 *s,
                                                         const cph_c64 *a, cph_radiator radiator,
                                                         cph_c64 *radiating);

/** Active reflection of elements that are all excited, Gamma_n = sum_m S_nm a_m / a_n. */
typedef struct cph_reflection {
    size_t worst;            /**< element of the largest |Gamma| */
    double worst_db;         /**< 20 log10 of it */
    double mean_db;          /**< 10 log10 of the mean |Gamma|^2 over elements with a != 0 */
    double mismatch_loss_db; /**< power sent over power that is not sent back, sum |a|^2 /
                                  (sum |a|^2 - sum |b|^2); NaN where more comes back */
} cph_reflection;

/** gamma[N] (may be NULL) gets NaN where a = 0. Errors: as above; TOO_FEW where all a are 0. */
CPH_MUST_CHECK CPH_API cph_status cph_coupling_reflection(size_t elements, const cph_c64 *s,
                                                          const cph_c64 *a, cph_c64 *gamma,
                                                          cph_reflection *reflection);

/** Largest singular value of s, from below, by power iteration on S^H S until it grows by less than
 *  1e-10 of itself: a passive network has none above 1. Errors: ARGUMENT, OVERFLOW, MEMORY,
 *  NOT_FINITE. */
CPH_MUST_CHECK CPH_API cph_status cph_coupling_norm(size_t elements, const cph_c64 *s,
                                                    double *norm);

CPH_END_DECLS

#endif
