/* SPDX-License-Identifier: MIT */
#include "cophase/attitude.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/core/vec3.h"

void cph_attitude_matrix(double roll_rad, double pitch_rad, double yaw_rad, double enu[9])
{
    const double cr = cos(roll_rad), sr = sin(roll_rad), cp = cos(pitch_rad), sp = sin(pitch_rad);
    const double cy = cos(yaw_rad), sy = sin(yaw_rad);
    const double tilted[6] = {cr, 0.0, sr, sp * sr, cp, -sp * cr}; /* rows 1, 2 of Rx Ry */
    for (size_t i = 0; i < 3; i++) {
        enu[i] = cy * tilted[i] + sy * tilted[3 + i];
        enu[3 + i] = -sy * tilted[i] + cy * tilted[3 + i];
    }
    enu[6] = -cp * sr;
    enu[7] = sp;
    enu[8] = cp * cr;
}

void cph_attitude_angles(const double enu[9], double *roll_rad, double *pitch_rad, double *yaw_rad)
{
    static const double upright = 1e-9; /* cos(pitch), below which it is 90 degrees */
    const double level = hypot(enu[1], enu[4]), roll = atan2(-enu[6], enu[8]);
    double yaw = atan2(enu[1], enu[4]);
    *roll_rad = roll <= -M_PI ? M_PI : roll; /* of a zero's sign, too */
    *pitch_rad = atan2(enu[7], level);
    if (level < upright) {
        *roll_rad = 0.0;
        yaw = atan2(enu[7] > 0.0 ? -enu[2] : enu[2], enu[0]);
    }
    if (yaw < 0.0)
        yaw += 2.0 * M_PI;
    *yaw_rad = yaw < 2.0 * M_PI ? yaw : 0.0; /* a tiny negative angle rounds up to a turn */
}

/* ---- quaternions (w, x, y, z) ---- */

/* By the largest of the four, which is not small (S. W. Shepperd, "Quaternion from rotation
 * matrix", J. Guidance and Control 1, 1978). */
static void from_matrix(const double m[9], double q[4])
{
    const double trace = m[0] + m[4] + m[8];
    const double square[4] = {trace, m[0], m[4], m[8]};
    const double skew[3] = {m[7] - m[5], m[2] - m[6], m[3] - m[1]};
    size_t most = 0;
    for (size_t i = 1; i < 4; i++)
        most = square[i] > square[most] ? i : most;
    q[most] = 0.5 * sqrt(fmax(0.0, most == 0 ? 1.0 + trace : 1.0 + 2.0 * square[most] - trace));
    const double scale = 0.25 / q[most];
    for (size_t i = 1; i < 4; i++) {
        if (most == 0)
            q[i] = scale * skew[i - 1];
        else if (i != most)
            q[i] = scale * (m[3 * (most - 1) + i - 1] + m[3 * (i - 1) + most - 1]);
    }
    if (most > 0)
        q[0] = scale * skew[most - 1];
}

static void to_matrix(const double q[4], double m[9])
{
    const double w = q[0], x = q[1], y = q[2], z = q[3];
    m[0] = 1.0 - 2.0 * (y * y + z * z);
    m[1] = 2.0 * (x * y - w * z);
    m[2] = 2.0 * (x * z + w * y);
    m[3] = 2.0 * (x * y + w * z);
    m[4] = 1.0 - 2.0 * (x * x + z * z);
    m[5] = 2.0 * (y * z - w * x);
    m[6] = 2.0 * (x * z - w * y);
    m[7] = 2.0 * (y * z + w * x);
    m[8] = 1.0 - 2.0 * (x * x + y * y);
}

static double dot4(const double a[4], const double b[4])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2] + a[3] * b[3];
}

/* out = a x + b y, of length 1. */
static void mix(double x, const double a[4], double y, const double b[4], double out[4])
{
    for (size_t i = 0; i < 4; i++)
        out[i] = x * a[i] + y * b[i];
    const double length = sqrt(dot4(out, out));
    for (size_t i = 0; i < 4; i++)
        out[i] /= length;
}

/* Between a and b, a . b >= 0, at share in [0, 1] of the way. */
static void slerp(const double a[4], const double b[4], double share, double out[4])
{
    static const double straight = 1e-6; /* rad: there the chord is the arc to 1e-13 of it */
    double far = 0.0, near = 0.0;
    for (size_t i = 0; i < 4; i++) {
        far += (b[i] - a[i]) * (b[i] - a[i]);
        near += (b[i] + a[i]) * (b[i] + a[i]);
    }
    const double angle = 2.0 * atan2(sqrt(far), sqrt(near));
    if (angle < straight)
        mix(1.0 - share, a, share, b, out);
    else
        mix(sin((1.0 - share) * angle), a, sin(share * angle), b, out);
}

/* ---- series ---- */

/* Room for count; false without it. */
static bool make(size_t count, bool times, cph_attitude *attitude)
{
    *attitude = (cph_attitude){.count = count};
    attitude->quaternion = calloc(count, sizeof *attitude->quaternion);
    if (times)
        attitude->time_unix_s = calloc(count, sizeof *attitude->time_unix_s);
    if (attitude->quaternion != NULL && (!times || attitude->time_unix_s != NULL))
        return true;
    cph_attitude_free(attitude);
    return false;
}

cph_status cph_attitude_fixed(const double enu[9], cph_attitude *attitude)
{
    static const double tolerance = 1e-6;
    if (enu == NULL || attitude == NULL || !cph_is_rotation3(enu, tolerance))
        return CPH_ERR_ARGUMENT;
    cph_attitude made;
    if (!make(1, false, &made))
        return CPH_ERR_MEMORY;
    double q[4];
    from_matrix(enu, q);
    mix(1.0, q, 0.0, q, made.quaternion[0]);
    *attitude = made;
    return CPH_OK;
}

cph_status cph_attitude_series(size_t count, const double *time_unix_s,
                               const double (*angles_rad)[3], cph_attitude *attitude)
{
    if (count == 0 || time_unix_s == NULL || angles_rad == NULL || attitude == NULL)
        return CPH_ERR_ARGUMENT;
    for (size_t i = 0; i < count; i++)
        if (!isfinite(time_unix_s[i]) || (i > 0 && !(time_unix_s[i] > time_unix_s[i - 1])) ||
            !isfinite(angles_rad[i][0] + angles_rad[i][1] + angles_rad[i][2]))
            return CPH_ERR_ARGUMENT;
    cph_attitude made;
    if (!make(count, true, &made))
        return CPH_ERR_MEMORY;
    for (size_t i = 0; i < count; i++) {
        double m[9], q[4];
        cph_attitude_matrix(angles_rad[i][0], angles_rad[i][1], angles_rad[i][2], m);
        from_matrix(m, q);
        const double sign = i > 0 && dot4(q, made.quaternion[i - 1]) < 0.0 ? -1.0 : 1.0;
        mix(sign, q, 0.0, q, made.quaternion[i]);
        made.time_unix_s[i] = time_unix_s[i];
    }
    *attitude = made;
    return CPH_OK;
}

/* The last row that is not after `time`, which lies in the series. */
static size_t row_before(const cph_attitude *a, double time)
{
    size_t low = 0, high = a->count;
    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;
        if (a->time_unix_s[middle] <= time)
            low = middle;
        else
            high = middle;
    }
    return low;
}

cph_status cph_attitude_at(const cph_attitude *attitude, double time_unix_s, double enu[9])
{
    if (attitude == NULL || enu == NULL || attitude->count == 0 || isnan(time_unix_s))
        return CPH_ERR_ARGUMENT;
    const double *const t = attitude->time_unix_s;
    if (t == NULL) {
        to_matrix(attitude->quaternion[0], enu);
        return CPH_OK;
    }
    if (time_unix_s < t[0] || time_unix_s > t[attitude->count - 1])
        return CPH_ERR_MISSING;
    const size_t i = row_before(attitude, time_unix_s);
    double q[4];
    if (i + 1 == attitude->count)
        memcpy(q, attitude->quaternion[i], sizeof q);
    else
        slerp(attitude->quaternion[i], attitude->quaternion[i + 1],
              (time_unix_s - t[i]) / (t[i + 1] - t[i]), q);
    to_matrix(q, enu);
    return CPH_OK;
}

void cph_attitude_free(cph_attitude *attitude)
{
    if (attitude == NULL)
        return;
    free(attitude->time_unix_s);
    free(attitude->quaternion);
    *attitude = (cph_attitude){0};
}
