/* SPDX-License-Identifier: MIT */
#include "kernels/channelize/channelize_plan.h"
#include "kernels/core/size.h"

/* Lines of a group in one of its buffers; several of them share the first two caches. */
enum { GROUP_BYTES = 32 << 10 };

cph_status cph_bank_groups_make(size_t elements, size_t channels, int sign, bool quick,
                                cph_bank_groups *groups)
{
    const size_t fit = GROUP_BYTES / (channels * sizeof(cph_c32));
    const size_t most =
        fit / CPH_BANK_ELEMENTS > 0 ? fit - fit % CPH_BANK_ELEMENTS : CPH_BANK_ELEMENTS;
    const size_t group = cph_size_min(elements, most);
    cph_bank_groups made = {
        .elements = elements, .group = group, .count = (elements + group - 1) / group};
    const size_t last = cph_bank_group(&made, made.count - 1);
    cph_status status = cph_bank_fft_create(channels, group, sign, quick, &made.fft[0]);
    if (status == CPH_OK && last < group)
        status = cph_bank_fft_create(channels, last, sign, quick, &made.fft[1]);
    if (status == CPH_OK)
        *groups = made;
    else
        cph_bank_groups_free(&made);
    return status;
}

void cph_bank_groups_free(cph_bank_groups *groups)
{
    for (size_t i = 0; i < 2; i++)
        cph_bank_fft_destroy(groups->fft[i]);
}
