/* SPDX-License-Identifier: MIT */
#include "cophase/convert.h"

#include "kernels/core/bits.h"
#include "kernels/core/kernels.h"
#include "kernels/core/size.h"

static cph_status check(cph_type type, const void *in, size_t count, float scale, const void *out)
{
    if (cph_type_size(type) == 0 || !cph_finite_f32(scale) ||
        (count > 0 && (in == NULL || out == NULL)))
        return CPH_ERR_ARGUMENT;
    return count <= PTRDIFF_MAX / sizeof(cph_c32) ? CPH_OK : CPH_ERR_OVERFLOW;
}

cph_status cph_convert_to_c32(cph_type type, const void *in, size_t count, float scale,
                              cph_c32 *out)
{
    const cph_status status = check(type, in, count, scale, out);
    if (status != CPH_OK)
        return status;
    switch (type) {
    case CPH_C8:
        CPH_BOUND(convert_c8_c32)(in, count, scale, out);
        break;
    case CPH_C16:
        CPH_BOUND(convert_c16_c32)(in, count, scale, out);
        break;
    default:
        CPH_BOUND(convert_c32_c32)(in, count, scale, out);
    }
    return CPH_OK;
}

cph_status cph_convert_from_c32(cph_type type, const cph_c32 *in, size_t count, float scale,
                                void *out, uint64_t *clipped)
{
    const cph_status status = check(type, in, count, scale, out);
    if (status != CPH_OK)
        return status;
    uint64_t samples = 0;
    switch (type) {
    case CPH_C8:
        samples = CPH_BOUND(convert_c32_c8)(in, count, scale, out);
        break;
    case CPH_C16:
        samples = CPH_BOUND(convert_c32_c16)(in, count, scale, out);
        break;
    default:
        CPH_BOUND(convert_c32_c32)(in, count, scale, out);
    }
    if (clipped != NULL)
        *clipped = samples;
    return CPH_OK;
}
