/* SPDX-License-Identifier: MIT */
#include "kernels/adaptive/order.h"

#include <math.h>

size_t cph_order_count(size_t n, const double *value, double samples, double price)
{
    size_t best = 0;
    double least = INFINITY, sum = 0.0, logs = 0.0;
    for (size_t rest = 1; rest <= n; rest++) {
        const double size = fmax(value[rest - 1], 1e-15 * value[n - 1]);
        const size_t waves = n - rest;
        sum += size;
        logs += log(size);
        const double length = samples * ((double)rest * log(sum / (double)rest) - logs) +
                              price * (double)waves * (double)(2 * n - waves);
        if (length <= least) {
            least = length;
            best = waves;
        }
    }
    return best;
}
