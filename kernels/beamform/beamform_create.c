/* SPDX-License-Identifier: MIT */
#include "cophase/beamform.h"
#include "kernels/core/heap.h"

cph_status cph_beamform_create(const cph_beamform_config *config, const cph_c32 *weights,
                               size_t ldw, cph_beamform_plan **plan)
{
    size_t bytes = 0;
    cph_status status = cph_beamform_plan_size(config, &bytes);
    if (status != CPH_OK)
        return status;
    void *const memory = cph_heap_aligned(bytes);
    if (memory == NULL)
        return CPH_ERR_MEMORY;
    status = cph_beamform_init(config, weights, ldw, memory, bytes, plan);
    if (status != CPH_OK)
        free(memory);
    return status;
}

void cph_beamform_destroy(cph_beamform_plan *plan)
{
    free(plan);
}
