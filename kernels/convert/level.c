/* SPDX-License-Identifier: MIT */
#include "cophase/convert.h"

#include "kernels/core/kernels.h"
#include "kernels/core/size.h"

cph_status cph_level_add(cph_type type, size_t elements, size_t times, const void *samples,
                         size_t ld, cph_level *level)
{
    if (cph_type_size(type) == 0 || ld < elements)
        return CPH_ERR_ARGUMENT;
    if (elements == 0 || times == 0)
        return CPH_OK;
    if (samples == NULL || level == NULL)
        return CPH_ERR_ARGUMENT;
    if (!cph_size_matrix(times, ld, elements, cph_type_size(type)))
        return CPH_ERR_OVERFLOW;
    cph_level_fn *const kernel[CPH_TYPE_COUNT] = {[CPH_C8] = CPH_BOUND(level_c8),
                                                  [CPH_C16] = CPH_BOUND(level_c16),
                                                  [CPH_C32] = CPH_BOUND(level_c32)};
    kernel[type](elements, times, samples, ld, level);
    return CPH_OK;
}
