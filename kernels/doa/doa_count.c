/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>

#include "kernels/adaptive/order.h"
#include "kernels/core/fail.h"
#include "kernels/doa/doa_frame.h"

cph_status cph_doa_count(const cph_doa *doa, cph_doa_rule rule, size_t *sources, cph_error *error)
{
    if (doa == NULL || sources == NULL || (unsigned)rule >= CPH_DOA_RULES)
        return cph_fail(error, CPH_ERR_ARGUMENT, "counting sources: rule %d", (int)rule);
    const size_t n = doa->frame.n;
    if (doa->samples == 0.0)
        return cph_fail(error, CPH_ERR_MISSING,
                        "counting sources needs the number of snapshots; give the number of "
                        "sources");
    if (doa->samples < (double)n)
        return cph_fail(error, CPH_ERR_TOO_FEW,
                        "%g snapshots of %zu live elements do not count sources; give their number",
                        doa->samples, n);
    double *rising = calloc(n, sizeof *rising);
    if (rising == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "counting sources: out of memory");
    for (size_t k = 0; k < n; k++)
        rising[k] = doa->value[n - 1 - k];
    *sources = cph_order_count(n, rising, doa->samples,
                               rule == CPH_DOA_AIC ? 1.0 : 0.5 * log(doa->samples));
    free(rising);
    return CPH_OK;
}
