/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "kernels/core/c64.h"
#include "kernels/stefcal/stefcal_kernel.h"

bool cph_stefcal_floats(size_t n, size_t *floats)
{
    /* whole tiles of the full square are more */
    size_t side, square, bytes;
    if (!cph_size_align(n, CPH_STEFCAL_TILE, &side) || !cph_size_mul(side, side, &square) ||
        !cph_size_mul(square, CPH_STEFCAL_PARTS * sizeof(float), &bytes) || bytes > PTRDIFF_MAX)
        return false;
    const size_t row = n / CPH_STEFCAL_TILE * CPH_STEFCAL_TILE;
    const size_t lines = (cph_stefcal_padded(n) - row) / CPH_STEFCAL_LANES;
    *floats = cph_stefcal_row_at(n, row) + (n - row) * lines * CPH_STEFCAL_LINE;
    return true;
}

size_t cph_stefcal_place(size_t n, size_t p, size_t q)
{
    const size_t tile = CPH_STEFCAL_TILE, above = CPH_STEFCAL_ABOVE, lanes = CPH_STEFCAL_LANES;
    const size_t row = p / tile * tile, rows = cph_size_min(tile, n - row);
    const bool diagonal = q < row + tile;
    const size_t column = diagonal ? row : row + tile + (q - row - tile) / above * above;
    const size_t wide = cph_size_min(diagonal ? tile : above, cph_stefcal_padded(n) - column);
    const size_t lines = (rows * (column - row) + (p - row) * wide + q - column) / lanes;
    return cph_stefcal_row_at(n, row) + lines * CPH_STEFCAL_LINE + q % lanes;
}

static void put(float *entry, cph_c64 g, double power)
{
    entry[0] = (float)g.re;
    entry[CPH_STEFCAL_IM] = (float)g.im;
    entry[CPH_STEFCAL_POWER] = (float)power;
}

void cph_stefcal_pack(size_t n, const cph_c64 *r, const cph_c64 *m, double scale_m,
                      const double *weight, double scale_weight, float *tiles)
{
    size_t floats = 0;
    if (!cph_stefcal_floats(n, &floats))
        return;
    memset(tiles, 0, floats * sizeof *tiles);
    for (size_t p = 0; p < n; p++)
        for (size_t q = p + 1; q < n; q++) {
            const size_t at = p * n + q;
            const double w = scale_weight * (weight != NULL ? weight[at] : 1.0);
            if (!(w > 0.0))
                continue;
            const cph_c64 model = cph_c64_scale(scale_m, m[at]);
            const cph_c64 g = cph_c64_scale(w, cph_c64_mulc(r[at], model));
            const double power = w * cph_c64_power(model);
            put(tiles + cph_stefcal_place(n, p, q), g, power);
            if (p / CPH_STEFCAL_TILE == q / CPH_STEFCAL_TILE)
                put(tiles + cph_stefcal_place(n, q, p), cph_c64_conj(g), power);
        }
}
