/* SPDX-License-Identifier: MIT */
/* Waves from one burst of snapshots to the next. */
#include <math.h>
#include <string.h>

#include "cophase/jammer.h"
#include "kernels/core/c64.h"
#include "kernels/core/vec3.h"

static bool is_taken(size_t found, const size_t *of, size_t before)
{
    for (size_t k = 0; k < found; k++)
        if (of[k] == before)
            return true;
    return false;
}

void cph_jammers_match(size_t before, const double *was, size_t found, const double *is,
                       double most, size_t *of)
{
    for (size_t k = 0; k < found; k++)
        of[k] = SIZE_MAX;
    for (bool more = true; more;) {
        double least = most;
        size_t from = 0, to = 0;
        more = false;
        for (size_t i = 0; i < before; i++) {
            if (is_taken(found, of, i))
                continue;
            for (size_t k = 0; k < found; k++) {
                const double angle = cph_angle3(was + 3 * i, is + 3 * k);
                if (of[k] != SIZE_MAX || !(angle <= least))
                    continue;
                least = angle;
                from = i;
                to = k;
                more = true;
            }
        }
        if (more)
            of[to] = from;
    }
}

void cph_jammer_ahead(const double before[3], double before_s, const double now[3], double now_s,
                      double at_s, double u[3])
{
    double axis[3], ahead[3];
    cph_cross3(before, now, axis);
    const double across = cph_norm3(axis), turned = atan2(across, cph_dot3(before, now)),
                 angle = turned * (at_s - now_s) / (now_s - before_s);
    if (!(across > 0.0) || !isfinite(angle)) {
        memmove(u, now, 3 * sizeof *u);
        return;
    }
    cph_cross3(axis, now, ahead); /* as long as the axis */
    for (size_t i = 0; i < 3; i++)
        u[i] = cos(angle) * now[i] + sin(angle) * ahead[i] / across;
}

double cph_jammer_sigma(size_t elements, const double *position, const unsigned char *flag,
                        double freq_hz)
{
    const double turns = 2.0 * M_PI * freq_hz / CPH_SPEED_OF_LIGHT;
    double middle[3] = {0.0}, squares = 0.0, live = 0.0;
    for (size_t n = 0; n < elements; n++)
        live += flag == NULL || flag[n] == 0 ? 1.0 : 0.0;
    for (size_t n = 0; n < elements; n++)
        if (flag == NULL || flag[n] == 0)
            cph_add3(middle, 1.0 / live, position + 3 * n, middle);
    for (size_t n = 0; n < elements; n++)
        if (flag == NULL || flag[n] == 0)
            squares +=
                pow(position[3 * n] - middle[0], 2.0) + pow(position[3 * n + 1] - middle[1], 2.0);
    return squares > 0.0 ? 1.0 / (turns * sqrt(squares)) : INFINITY;
}

cph_status cph_jammer_shift(size_t elements, const double *position, double freq_hz,
                            const cph_c64 *v, const double du[3], cph_c64 *out)
{
    const double turns = freq_hz / CPH_SPEED_OF_LIGHT;
    for (size_t n = 0; n < elements; n++)
        if (!isfinite(cph_c64_power(v[n])) ||
            !(cph_c64_is_zero(v[n]) || isfinite(turns * cph_dot3(du, position + 3 * n))))
            return CPH_ERR_NOT_FINITE;
    for (size_t n = 0; n < elements; n++) {
        /* flagged: wherever it is */
        const double path = cph_c64_is_zero(v[n]) ? 0.0 : cph_dot3(du, position + 3 * n);
        const double phase = 2.0 * M_PI * remainder(turns * path, 1.0);
        out[n] = cph_c64_mul(v[n], (cph_c64){cos(phase), sin(phase)});
    }
    return CPH_OK;
}

bool cph_jammer_blend(size_t elements, const cph_c64 *v, double share, double like, cph_c64 *mean)
{
    const double size = cph_c64_inner(elements, v, v).re,
                 before = cph_c64_inner(elements, mean, mean).re;
    const cph_c64 along = cph_c64_inner(elements, v, mean);
    const double power = cph_c64_power(along);
    if (!(power > 0.0 && isfinite(power) && power >= like * size * before)) {
        memcpy(mean, v, elements * sizeof *mean);
        return false;
    }
    const cph_c64 turn = cph_c64_scale(share / sqrt(power), along);
    const double keep = (1.0 - share) * sqrt(size / before);
    for (size_t n = 0; n < elements; n++)
        mean[n] = cph_c64_add(cph_c64_scale(keep, mean[n]), cph_c64_mul(turn, v[n]));
    const double made = cph_c64_inner(elements, mean, mean).re;
    for (size_t n = 0; n < elements; n++)
        mean[n] = cph_c64_scale(sqrt(size / made), mean[n]);
    return true;
}
