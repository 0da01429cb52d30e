/* SPDX-License-Identifier: MIT */
/** @file fw_taper.h
 *  Firmware profile: tapers from tables. A table has the taper's values at q = i / 64, i from 0 to
 *  64, of the squared distance q from the middle of the aperture, 1 at its edge; between them it is
 *  interpolated. In q a taper is smooth at the middle, and no root is taken. */
#ifndef COPHASE_FW_TAPER_H
#define COPHASE_FW_TAPER_H

#include <stdbool.h>

#include "cophase/fw_steer.h"

CPH_BEGIN_DECLS

#if CPH_FW_TAPER
/** Points of a table. */
enum { CPH_FW_TAPER_POINTS = 65 };

/** Tables, Q15: the tapers of cophase/weights.h over the largest of their values. Interpolated they
 *  are within 1.5e-4 of exact, the circular ones (for round apertures) within 7e-4, roundings
 *  included. Taylor -25 dB nbar 4, -30 dB nbar 5, -35 dB nbar 6; circular Taylor -25 dB nbar 4,
 *  -30 dB nbar 5. */
extern CPH_API const uint16_t cph_fw_taper_taylor_25[CPH_FW_TAPER_POINTS];
extern CPH_API const uint16_t cph_fw_taper_taylor_30[CPH_FW_TAPER_POINTS];
extern CPH_API const uint16_t cph_fw_taper_taylor_35[CPH_FW_TAPER_POINTS];
extern CPH_API const uint16_t cph_fw_taper_circular_25[CPH_FW_TAPER_POINTS];
extern CPH_API const uint16_t cph_fw_taper_circular_30[CPH_FW_TAPER_POINTS];

/** A taper on an aperture. */
typedef struct cph_fw_taper {
    const uint16_t *table; /**< [CPH_FW_TAPER_POINTS] Q15, each at most 32768 */
    int32_t middle[2];     /**< x, y of the aperture's middle, Q20 wavelengths at f_ref */
    uint32_t scale[2];     /**< 2^26 over half the aperture along x and y in wavelengths: half of
                                them and more, so below 2^27 */
    bool separable;        /**< the product of that along x and that along y; else over the
                                distance from the middle */
    uint16_t peak;         /**< the amplitude where the taper is 1 */
} cph_fw_taper;

#if CPH_FW_STEER_POSITIONS
/** amplitude[n] for position [N][3], Q20 wavelengths at f_ref (z is not looked at), N from 1 to
 *  CPH_FW_ELEMENTS_MAX:
 *      s_x = min(min(|x - middle_x|, 2^32 - 1) scale_x >> 31, 2^15), s_y likewise,
 *      v(q) = t_i + ((t_{i+1} - t_i) (q >> 9 & 0x7fff) + 2^14 >> 15), i = q >> 24, t_65 = t_64,
 *      amplitude = v(min(s_x^2 + s_y^2, 2^30)) peak + 2^14 >> 15,
 *  or with v = v(s_x^2) v(s_y^2) + 2^14 >> 15 where separable. Errors: ARGUMENT (also of a table
 *  value above 32768). */
CPH_MUST_CHECK CPH_API cph_status cph_fw_taper_positions(const cph_fw_taper *taper, size_t elements,
                                                         const int32_t (*position)[3],
                                                         uint16_t *amplitude);
#endif

#if CPH_FW_STEER
/** The same for the elements of a lattice, x = i a_x + j b_x >> 7; `room` and *elements as for
 *  cph_fw_steer_lattice. Errors: ARGUMENT. */
CPH_MUST_CHECK CPH_API cph_status cph_fw_taper_lattice(const cph_fw_taper *taper,
                                                       const cph_fw_lattice *lattice, size_t room,
                                                       uint16_t *amplitude, size_t *elements);
#endif
#endif

CPH_END_DECLS

#endif
