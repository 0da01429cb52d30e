/* SPDX-License-Identifier: MIT */
/* Peaks of an image, strongest first. */
#include <math.h>

#include "cophase/scan.h"

/* Standard deviation of the values that are there. */
static double deviation(const double *image, size_t count)
{
    double sum = 0.0, squares = 0.0;
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        if (!isnan(image[i])) {
            sum += image[i];
            n++;
        }
    const double mean = n > 0 ? sum / (double)n : 0.0;
    for (size_t i = 0; i < count; i++)
        if (!isnan(image[i]))
            squares += (image[i] - mean) * (image[i] - mean);
    return n > 0 ? sqrt(squares / (double)n) : NAN;
}

/* The 3 x 3 values around a point, NaN beyond the image. */
static void neighbourhood(const double *image, size_t grid, size_t iv, size_t iu, double f[3][3])
{
    for (size_t j = 0; j < 3; j++)
        for (size_t i = 0; i < 3; i++) {
            const bool inside = iv + j >= 1 && iv + j <= grid && iu + i >= 1 && iu + i <= grid;
            f[j][i] = inside ? image[(iv + j - 1) * grid + iu + i - 1] : NAN;
        }
}

/* Highest of its neighbours; of equal ones the first in the order of the image. */
static bool is_peak(double f[3][3])
{
    for (int k = 0; k < 9; k++) {
        const double other = f[k / 3][k % 3];
        if (k != 4 && (k < 4 ? other >= f[1][1] : other > f[1][1]))
            return false;
    }
    return !isnan(f[1][1]);
}

/* Top of the paraboloid through the neighbours, in grid steps from the middle; 0, 0 where a
 * neighbour is missing or the top is not among them. */
static void refine(double f[3][3], double *du, double *dv)
{
    const double gu = 0.5 * (f[1][2] - f[1][0]), gv = 0.5 * (f[2][1] - f[0][1]);
    const double huu = f[1][2] - 2.0 * f[1][1] + f[1][0];
    const double hvv = f[2][1] - 2.0 * f[1][1] + f[0][1];
    const double huv = 0.25 * (f[2][2] - f[2][0] - f[0][2] + f[0][0]);
    const double det = huu * hvv - huv * huv;
    const double u = (huv * gv - hvv * gu) / det, v = (huv * gu - huu * gv) / det;
    const bool top = huu < 0.0 && det > 0.0 && fabs(u) <= 1.0 && fabs(v) <= 1.0;
    *du = top ? u : 0.0;
    *dv = top ? v : 0.0;
}

/* Keeps the `max` strongest in order; equal ones in the order they come. */
static void insert(cph_scan_peak *peaks, size_t max, size_t *count, cph_scan_peak peak)
{
    size_t at = *count;
    while (at > 0 && peaks[at - 1].value < peak.value)
        at--;
    if (at == max)
        return;
    *count += *count < max;
    for (size_t i = *count - 1; i > at; i--)
        peaks[i] = peaks[i - 1];
    peaks[at] = peak;
}

cph_status cph_scan_peaks(const cph_scan_config *config, const double *image, size_t max,
                          cph_scan_peak *peaks, size_t *count)
{
    if (config == NULL || config->grid < 2 || image == NULL || count == NULL ||
        (peaks == NULL && max > 0))
        return CPH_ERR_ARGUMENT;
    const size_t grid = config->grid;
    const double step = 2.0 / (double)(grid - 1);
    const double spread = deviation(image, grid * grid);
    size_t found = 0;
    for (size_t iv = 0; iv < grid; iv++)
        for (size_t iu = 0; iu < grid; iu++) {
            double f[3][3], du, dv;
            neighbourhood(image, grid, iv, iu, f);
            if (!is_peak(f))
                continue;
            refine(f, &du, &dv);
            insert(peaks, max, &found,
                   (cph_scan_peak){.u = -1.0 + step * ((double)iu + du),
                                   .v = -1.0 + step * ((double)iv + dv),
                                   .value = f[1][1],
                                   .snr = f[1][1] / spread});
        }
    *count = found;
    return CPH_OK;
}
