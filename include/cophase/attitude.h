/* SPDX-License-Identifier: MIT */
/** @file attitude.h
 *  How an array stands: fixed, or moving over time. Attitude zero has the array's x east, y north,
 *  z (boresight) up. Yaw turns y clockwise from north as seen from above (it is y's heading), pitch
 *  raises y, roll lowers x: ENU = Rz(-yaw) Rx(pitch) Ry(roll) array. */
#ifndef COPHASE_ATTITUDE_H
#define COPHASE_ATTITUDE_H

#include "cophase/types.h"

CPH_BEGIN_DECLS

/** Attitudes at rising times, unit quaternions (w, x, y, z) of the rotation from array to ENU. One
 *  without a time holds always. Owns both; made by the functions below. */
typedef struct cph_attitude {
    size_t count;
    double *time_unix_s;     /**< [count] rising; NULL: fixed */
    double (*quaternion)[4]; /**< [count]; of neighbours the product of signs is chosen so that the
                                  shorter way is between them */
} cph_attitude;

/** array_to_enu[9] by rows from angles in radians: ENU = M * array. */
CPH_API void cph_attitude_matrix(double roll_rad, double pitch_rad, double yaw_rad, double enu[9]);

/** Roll in (-pi, pi], pitch in [-pi/2, pi/2], yaw in [0, 2 pi) of a rotation; at pitch +-90
 * degrees, where only their combination is told, roll is 0. */
CPH_API void cph_attitude_angles(const double enu[9], double *roll_rad, double *pitch_rad,
                                 double *yaw_rad);

/** An attitude that never changes. enu[9] must be a rotation (to 1e-6). ARGUMENT, MEMORY. */
CPH_MUST_CHECK CPH_API cph_status cph_attitude_fixed(const double enu[9], cph_attitude *attitude);

/** From count > 0 rows [count][3] of roll, pitch, yaw in radians at rising times. ARGUMENT, MEMORY.
 */
CPH_MUST_CHECK CPH_API cph_status cph_attitude_series(size_t count, const double *time_unix_s,
                                                      const double (*angles_rad)[3],
                                                      cph_attitude *attitude);

/** array_to_enu[9] at a time: between two rows on the great circle between their quaternions, at
 *  even speed (slerp: K. Shoemake, "Animating rotation with quaternion curves", SIGGRAPH 1985).
 *  MISSING before the first and after the last row of a series; ARGUMENT for a NaN. */
CPH_MUST_CHECK CPH_API cph_status cph_attitude_at(const cph_attitude *attitude, double time_unix_s,
                                                  double enu[9]);

CPH_API void cph_attitude_free(cph_attitude *attitude);

/** A table `time_unix_s,roll_deg,pitch_deg,yaw_deg` (or `time`, as in pointing tables; FORMAT.md).
 *  Free with cph_attitude_free. IO, MEMORY, FORMAT, MISSING (a column): file, line, value and what
 *  was expected. */
CPH_MUST_CHECK CPH_API cph_status cph_attitude_read(const char *path, cph_attitude *attitude,
                                                    cph_error *error);

CPH_END_DECLS

#endif
