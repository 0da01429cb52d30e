/* SPDX-License-Identifier: MIT */
/* Peaks of an image, strongest first. */
#include <math.h>

#include "cophase/scan.h"
#include "kernels/array/aperture.h"

double cph_scan_deviation(size_t count, const double *image)
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

/* The strongest peaks so far, in order. */
struct ranking {
    cph_scan_peak *peaks;
    size_t max, count;
    double spread; /* of the image */
};

/* Equal ones stay in the order they come. */
static void rank(struct ranking *r, double u, double v, double value)
{
    size_t at = r->count;
    while (at > 0 && r->peaks[at - 1].value < value)
        at--;
    if (at == r->max)
        return;
    r->count += r->count < r->max;
    for (size_t i = r->count - 1; i > at; i--)
        r->peaks[i] = r->peaks[i - 1];
    r->peaks[at] = (cph_scan_peak){.u = u, .v = v, .value = value, .snr = value / r->spread};
}

static double along(size_t index, size_t grid)
{
    return -1.0 + 2.0 * (double)index / (double)(grid - 1);
}

static void peaks_of_image(const double *image, size_t grid, struct ranking *ranking)
{
    const double step = 2.0 / (double)(grid - 1);
    for (size_t iv = 0; iv < grid; iv++)
        for (size_t iu = 0; iu < grid; iu++) {
            double f[3][3], du, dv;
            neighbourhood(image, grid, iv, iu, f);
            if (!is_peak(f))
                continue;
            refine(f, &du, &dv);
            rank(ranking, along(iu, grid) + step * du, along(iv, grid) + step * dv, f[1][1]);
        }
}

/* ---- a line of elements: its image varies with the projection on the line alone ---- */

/* Unit vector of the line in (u, v); false where the elements are no line, or one that leaves
 * the aperture plane. */
static bool line_of(const cph_scan_config *config, double e[2])
{
    static const double boresight[3] = {0, 0, 1};
    if (config->position == NULL || config->elements < 2 || !(config->freq_hz > 0.0))
        return false;
    cph_aperture aperture;
    cph_aperture_measure(config->elements, config->position, CPH_SPEED_OF_LIGHT / config->freq_hz,
                         boresight, &aperture);
    e[0] = aperture.axis[0][0];
    e[1] = aperture.axis[0][1];
    return aperture.dims == 1 && fabs(aperture.axis[0][2]) < 1e-6;
}

/* A grid point beside the line: its projection on the line, and the image there. */
struct line_point {
    double s, value;
};

/* Point i of the grid's axis that the line is closer to, and the nearest point across. */
static struct line_point point_of_line(const double *image, size_t grid, const double e[2],
                                       size_t i)
{
    const int main = fabs(e[0]) >= fabs(e[1]) ? 0 : 1;
    const double at = along(i, grid), across = at * e[1 - main] / e[main];
    const size_t j = (size_t)lround(0.5 * (across + 1.0) * (double)(grid - 1));
    return (struct line_point){.s = at * e[main] + along(j, grid) * e[1 - main],
                               .value = main == 0 ? image[j * grid + i] : image[i * grid + j]};
}

/* Top of the parabola through three points, whose middle is the highest. */
static double top_of(struct line_point a, struct line_point b, struct line_point c)
{
    const double left = (b.value - a.value) / (b.s - a.s),
                 right = (c.value - b.value) / (c.s - b.s);
    const double curvature = (right - left) / (c.s - a.s);
    return curvature < 0.0 ? 0.5 * (a.s + b.s) - 0.5 * left / curvature : b.s;
}

static void peaks_of_line(const double *image, size_t grid, const double e[2],
                          struct ranking *ranking)
{
    const struct line_point none = {NAN, NAN};
    struct line_point a = none, b = none;
    for (size_t i = 0; i <= grid; i++) {
        const struct line_point c = i < grid ? point_of_line(image, grid, e, i) : none;
        if (!isnan(b.value) && !(a.value >= b.value) && !(c.value > b.value)) {
            const double s = isnan(a.value) || isnan(c.value) ? b.s : top_of(a, b, c);
            rank(ranking, s * e[0] + 0.0, s * e[1] + 0.0, b.value); /* no -0 */
        }
        a = b;
        b = c;
    }
}

cph_status cph_scan_peaks(const cph_scan_config *config, const double *image, size_t max,
                          cph_scan_peak *peaks, size_t *count)
{
    if (config == NULL || config->grid < 2 || image == NULL || count == NULL ||
        (peaks == NULL && max > 0))
        return CPH_ERR_ARGUMENT;
    const size_t grid = config->grid;
    struct ranking ranking = {
        .peaks = peaks, .max = max, .spread = cph_scan_deviation(grid * grid, image)};
    double e[2];
    if (line_of(config, e))
        peaks_of_line(image, grid, e, &ranking);
    else
        peaks_of_image(image, grid, &ranking);
    *count = ranking.count;
    return CPH_OK;
}
