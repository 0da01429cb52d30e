/* SPDX-License-Identifier: MIT */
/* Polarisations of a far field: Ludwig's third definition, circular ones, the ellipse. */
#include <math.h>
#include <string.h>

#include "cophase/element.h"

const char *cph_polarization_name(cph_polarization polarization)
{
    static const char *const names[CPH_POLARIZATION_COUNT] = {"total", "x", "y", "rhcp", "lhcp"};
    return (size_t)polarization < CPH_POLARIZATION_COUNT ? names[polarization] : NULL;
}

/* The axes x and y, carried from +z to u along the great circle between them. */
void cph_polarization_vectors(const double u[3], double x[3], double y[3])
{
    static const double behind = 1e-15, x_there[3] = {-1, 0, 0}, y_there[3] = {0, 1, 0};
    const double w = 1.0 + u[2];
    if (w < behind) {
        memcpy(x, x_there, sizeof x_there);
        memcpy(y, y_there, sizeof y_there);
        return;
    }
    for (int i = 0; i < 3; i++) {
        const double middle = (u[i] + (i == 2 ? 1.0 : 0.0)) / w;
        x[i] = (i == 0 ? 1.0 : 0.0) - u[0] * middle;
        y[i] = (i == 1 ? 1.0 : 0.0) - u[1] * middle;
    }
}

/* E along p is E . conj(p): for right-hand p = (x' - j y') / sqrt 2, (E_x + j E_y) / sqrt 2. */
cph_c64 cph_polarization_component(const cph_c64 field[2], cph_polarization polarization)
{
    const cph_c64 x = field[0], y = field[1];
    if (polarization == CPH_POLARIZATION_X)
        return x;
    if (polarization == CPH_POLARIZATION_Y)
        return y;
    const double hand = polarization == CPH_POLARIZATION_RHCP ? 1.0 : -1.0;
    return (cph_c64){(x.re - hand * y.im) * M_SQRT1_2, (x.im + hand * y.re) * M_SQRT1_2};
}

static double size(cph_c64 a)
{
    return hypot(a.re, a.im);
}

void cph_polarization_measure(const cph_c64 field[2], cph_polarization polarization,
                              cph_polarization_ellipse *ellipse)
{
    static const cph_polarization across[CPH_POLARIZATION_COUNT] = {
        [CPH_POLARIZATION_X] = CPH_POLARIZATION_Y,
        [CPH_POLARIZATION_Y] = CPH_POLARIZATION_X,
        [CPH_POLARIZATION_RHCP] = CPH_POLARIZATION_LHCP,
        [CPH_POLARIZATION_LHCP] = CPH_POLARIZATION_RHCP};
    const double right = size(cph_polarization_component(field, CPH_POLARIZATION_RHCP));
    const double left = size(cph_polarization_component(field, CPH_POLARIZATION_LHCP));
    ellipse->right = right > left;
    ellipse->axial_ratio_db = 20.0 * log10((right + left) / fabs(right - left));
    ellipse->cross_db = NAN;
    if (polarization != CPH_POLARIZATION_TOTAL)
        ellipse->cross_db =
            20.0 * log10(size(cph_polarization_component(field, across[polarization])) /
                         size(cph_polarization_component(field, polarization)));
}
