/* SPDX-License-Identifier: MIT */
/* Inverses of antennas' Jones matrices, of each solution and channel that is applied. */
#include "cli/apply_jones.h"

#include <stdlib.h>

#include "kernels/core/size.h"

bool cph_apply_jones_reserve(cph_applier *a)
{
    size_t count = 0;
    if (a->input->calibration.leakage == NULL)
        return true;
    if (!cph_size_mul(a->solutions, a->channels, &count) ||
        !cph_size_mul(count, a->elements, &count) || count == 0)
        return false;
    a->mix = calloc(count, 2 * sizeof *a->mix);
    a->partner = calloc(a->elements, sizeof *a->partner);
    a->part = calloc(a->elements, sizeof *a->part);
    a->part_now = calloc(a->elements, sizeof *a->part_now);
    return a->mix != NULL && a->partner != NULL && a->part != NULL && a->part_now != NULL &&
           cph_jones_partners(&a->input->header->array, a->partner) == CPH_OK;
}

cph_jones_inverse cph_apply_jones_at(const cph_applier *a, size_t at)
{
    return (cph_jones_inverse){.inputs = a->elements,
                               .partner = a->partner,
                               .row = a->mix != NULL ? a->mix + 2 * at : NULL};
}

cph_status cph_apply_jones_fill(cph_applier *a, size_t at, const cph_c64 *leakage)
{
    const cph_jones_inverse inverse = cph_apply_jones_at(a, at);
    const cph_status status =
        cph_jones_invert(&inverse, a->gain + at, leakage, a->flag + at, a->part_now);
    for (size_t n = 0; status == CPH_OK && n < a->elements; n++)
        a->part[n] |= a->part_now[n];
    return status;
}

void cph_apply_jones_count(const cph_applier *a, size_t *taken, size_t *left)
{
    *taken = *left = 0;
    for (size_t n = 0; a->part != NULL && n < a->elements; n++) {
        *taken += a->part[n] == CPH_JONES_WHOLE;
        *left += (a->part[n] & CPH_JONES_GAIN) != 0;
    }
}
