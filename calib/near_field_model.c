/* SPDX-License-Identifier: MIT */
/* The field that elements make on a plane. */
#include <math.h>

#include "calib/near_field.h"
#include "kernels/core/vec3.h"

cph_c64 cph_near_field_response(const cph_near_field_scan *s, double k, size_t i, size_t n)
{
    const double at[3] = {s->x0 + (double)(i % s->columns) * s->dx,
                          s->y0 + (double)(i / s->columns) * s->dy, s->z};
    double u[3];
    cph_add3(at, -1.0, s->position + 3 * n, u);
    const double distance = cph_unit3(u);
    const cph_c64 wave =
        cph_c64_scale(1.0 / distance, (cph_c64){cos(k * distance), -sin(k * distance)});
    return cph_c64_mul(wave, cph_c64_mul(cph_near_field_amplitude(&s->element, u),
                                         cph_near_field_amplitude(&s->probe, u)));
}

void cph_near_field_make(const cph_near_field_scan *s, const cph_gain_estimate *e, cph_c64 *field)
{
    const double k = cph_near_field_wavenumber(s);
    for (size_t i = 0; i < s->columns * s->rows; i++) {
        field[i] = (cph_c64){0.0, 0.0};
        for (size_t n = 0; n < s->elements; n++)
            if (e->flag[n] == CPH_FLAG_NONE)
                field[i] = cph_c64_add(
                    field[i], cph_c64_mul(e->gain[n], cph_near_field_response(s, k, i, n)));
    }
}
