/* SPDX-License-Identifier: MIT */
/* Back-projection of a scanned field by its plane wave spectrum. */
#include "calib/near_field.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "calib/estimate_parts.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"

/* Of a wavelength: elements this far from their mean plane are some 18 degrees off. */
static const double flat_within = 0.05;

double cph_near_field_wavenumber(const cph_near_field_scan *scan)
{
    return 2.0 * M_PI * scan->freq_hz / CPH_SPEED_OF_LIGHT;
}

cph_c64 cph_near_field_cosine(const void *context, const double u[3])
{
    const double *const q = context;
    return (cph_c64){u[2] > 0.0 ? pow(u[2], *q) : 0.0, 0.0};
}

/* ---- checks ---- */

static bool is_scan(const cph_near_field_scan *s)
{
    return s != NULL && s->field != NULL && s->position != NULL && s->columns > 0 && s->rows > 0 &&
           s->elements > 0 && s->dx > 0.0 && s->dy > 0.0 && isfinite(s->dx) && isfinite(s->dy) &&
           isfinite(s->x0) && isfinite(s->y0) && isfinite(s->z) && s->freq_hz > 0.0 &&
           isfinite(s->freq_hz) && s->sigma >= 0.0 && isfinite(s->sigma);
}

cph_status cph_near_field_check(const cph_near_field_scan *scan, const cph_gain_estimate *estimate,
                                size_t *live, cph_error *error)
{
    size_t count;
    if (!is_scan(scan) || !cph_estimate_complete(estimate))
        return cph_fail(
            error, CPH_ERR_ARGUMENT,
            "a scanned field, its grid, positions and arrays for the answer are needed");
    if (!cph_size_mul(scan->columns, scan->rows, &count) ||
        !cph_size_mul(count, 4 * sizeof(cph_c64), &count) ||
        !cph_size_mul(scan->elements, 3 * sizeof(double), &count))
        return cph_fail(error, CPH_ERR_OVERFLOW, "%zu x %zu samples do not fit", scan->columns,
                        scan->rows);
    *live = 0;
    for (size_t n = 0; n < scan->elements; n++) {
        *live += estimate->flag[n] == CPH_FLAG_NONE;
        for (size_t k = 0; k < 3; k++)
            if (!isfinite(scan->position[3 * n + k]))
                return cph_fail(error, CPH_ERR_NOT_FINITE,
                                "the position of element %zu is not finite", n);
        if (scan->position[3 * n + 2] >= scan->z)
            return cph_fail(error, CPH_ERR_ARGUMENT,
                            "element %zu, at z = %g m, does not stand below the scan at %g m", n,
                            scan->position[3 * n + 2], scan->z);
    }
    return *live > 0
               ? CPH_OK
               : cph_fail(error, CPH_ERR_TOO_FEW, "all %zu elements are flagged", scan->elements);
}

/* ---- the spectrum ---- */

typedef struct projector {
    const cph_near_field_scan *scan;
    double k, max_sine, plane; /* z of the elements */
    size_t columns, rows;      /* padded */
    cph_c64 *spectrum;         /* [rows][columns] */
    cph_c64 *phasor;           /* [columns + rows] */
    double bins;               /* within max_sine */
    double gain;               /* sum over them of |what takes them back|^2 */
    cph_c64 *again;            /* [rows][columns] of the scan: the field of what was found;
                                  then [elements] */
    cph_error *error;
} projector;

/* Wavenumber of a bin of `count`, for samples `step` apart. */
static double wave_of(size_t bin, size_t count, double step)
{
    const double turns = 2 * bin < count ? (double)bin : (double)bin - (double)count;
    return 2.0 * M_PI * turns / ((double)count * step);
}

static cph_c64 turn(double phase)
{
    return (cph_c64){cos(phase), sin(phase)};
}

static cph_c64 quotient(cph_c64 a, cph_c64 b)
{
    return cph_c64_scale(1.0 / cph_c64_power(b), cph_c64_mulc(a, b));
}

static double off_plane(const projector *p, size_t n)
{
    return fabs(p->scan->position[3 * n + 2] - p->plane);
}

static cph_status check_plane(projector *p)
{
    const cph_near_field_scan *const s = p->scan;
    const double wavelength = 2.0 * M_PI / p->k;
    if (!(p->max_sine > 0.0 && p->max_sine <= 1.0))
        return cph_fail(p->error, CPH_ERR_ARGUMENT, "a largest sine of %g: expected 0 to 1",
                        p->max_sine);
    /* Rounding of the spacing is no aliasing. */
    if (fmax(s->dx, s->dy) > 0.5 * wavelength * (1.0 + 1e-9))
        return cph_fail(p->error, CPH_ERR_ARGUMENT,
                        "samples %g m apart: expected at most half a wavelength, %g m",
                        fmax(s->dx, s->dy), 0.5 * wavelength);
    for (size_t n = 0; n < s->elements; n++)
        p->plane += s->position[3 * n + 2] / (double)s->elements;
    size_t worst = 0;
    for (size_t n = 0; n < s->elements; n++)
        if (off_plane(p, n) > off_plane(p, worst))
            worst = n;
    if (off_plane(p, worst) > flat_within * wavelength)
        return cph_fail(p->error, CPH_ERR_ARGUMENT,
                        "element %zu is %g m off the plane of the others", worst,
                        off_plane(p, worst));
    for (size_t i = 0; i < s->columns * s->rows; i++)
        if (!cph_c64_finite(s->field[i]))
            return cph_fail(p->error, CPH_ERR_NOT_FINITE,
                            "the field at column %zu, row %zu is not finite", i % s->columns,
                            i / s->columns);
    return CPH_OK;
}

/* One bin, taken back to the plane of the elements; false: a pattern is 0 there. */
static bool take_back(projector *p, double kx, double ky, cph_c64 *bin)
{
    const cph_near_field_scan *const s = p->scan;
    const double across = (kx * kx + ky * ky) / (p->k * p->k);
    if (across >= p->max_sine * p->max_sine) {
        *bin = (cph_c64){0.0, 0.0};
        return true;
    }
    const double u[3] = {kx / p->k, ky / p->k, sqrt(1.0 - across)};
    const double kz = p->k * u[2], height = s->z - p->plane;
    const cph_c64 pattern = cph_c64_mul(cph_near_field_amplitude(&s->element, u),
                                        cph_near_field_amplitude(&s->probe, u));
    if (!(cph_c64_power(pattern) > 0.0))
        return false;
    const double area = s->dx * s->dy;
    const cph_c64 back = quotient((cph_c64){0.0, area * kz / (2.0 * M_PI)}, pattern);
    p->bins += 1.0;
    p->gain += cph_c64_power(back);
    const cph_c64 phase = turn(kz * height + kx * s->x0 + ky * s->y0);
    *bin = cph_c64_mul(cph_c64_mul(*bin, back), phase);
    return true;
}

static cph_status transform(projector *p, const cph_c64 *field)
{
    const cph_near_field_scan *const s = p->scan;
    p->bins = p->gain = 0.0;
    memset(p->spectrum, 0, p->rows * p->columns * sizeof *p->spectrum);
    for (size_t j = 0; j < s->rows; j++)
        memcpy(p->spectrum + j * p->columns, field + j * s->columns,
               s->columns * sizeof *p->spectrum);
    const cph_status status = cph_near_field_transform(p->rows, p->columns, 1, p->spectrum);
    if (status != CPH_OK)
        return cph_fail(p->error, status,
                        status == CPH_ERR_UNSUPPORTED
                            ? "back-projection needs a build with FFTW; the inverse does not"
                            : "no room for the spectrum of %zu x %zu samples",
                        s->columns, s->rows);
    for (size_t j = 0; j < p->rows; j++)
        for (size_t i = 0; i < p->columns; i++)
            if (!take_back(p, wave_of(i, p->columns, s->dx), wave_of(j, p->rows, s->dy),
                           &p->spectrum[j * p->columns + i]))
                return cph_fail(p->error, CPH_ERR_SINGULAR,
                                "a pattern of element or probe is 0 within a sine of %g",
                                p->max_sine);
    return p->bins > 0.0 ? CPH_OK
                         : cph_fail(p->error, CPH_ERR_ARGUMENT,
                                    "no wave of the scan is within a sine of %g", p->max_sine);
}

/* ---- what it says ---- */

/* sum over bins of spectrum exp(-j (kx x + ky y)) */
static cph_c64 sum_at(projector *p, double x, double y)
{
    cph_c64 *const across = p->phasor, *const along = p->phasor + p->columns;
    cph_c64 sum = {0.0, 0.0};
    for (size_t i = 0; i < p->columns; i++)
        across[i] = turn(-x * wave_of(i, p->columns, p->scan->dx));
    for (size_t j = 0; j < p->rows; j++)
        along[j] = turn(-y * wave_of(j, p->rows, p->scan->dy));
    for (size_t j = 0; j < p->rows; j++) {
        cph_c64 row = {0.0, 0.0};
        for (size_t i = 0; i < p->columns; i++)
            row = cph_c64_add(row, cph_c64_mul(p->spectrum[j * p->columns + i], across[i]));
        sum = cph_c64_add(sum, cph_c64_mul(row, along[j]));
    }
    return sum;
}

static void sample(projector *p, cph_gain_estimate *e)
{
    const cph_near_field_scan *const s = p->scan;
    const double size = (double)p->columns * (double)p->rows / (p->bins * p->bins);
    const double variance =
        s->sigma > 0.0 ? 0.5 * s->sigma * s->sigma * p->gain * size : (double)NAN;
    for (size_t n = 0; n < s->elements; n++) {
        if (e->flag[n] != CPH_FLAG_NONE) {
            cph_estimate_drop(e, n, (cph_flag)e->flag[n]);
            continue;
        }
        const cph_c64 g = sum_at(p, s->position[3 * n], s->position[3 * n + 1]);
        cph_estimate_keep(e, n, cph_c64_scale(1.0 / p->bins, g), variance);
    }
}

/* 2 J1(q)/q: what the circle of directions leaves of element m at element n. */
static double leak(const projector *p, size_t n, size_t m)
{
    const double *const a = p->scan->position + 3 * n, *const b = p->scan->position + 3 * m;
    const double q = p->k * p->max_sine * hypot(a[0] - b[0], a[1] - b[1]);
    return q > 0.0 ? 2.0 * j1(q) / q : 1.0;
}

/* Power at element n of what its neighbours are off the mean by, as if each were so by chance. */
static double leaked(const projector *p, const cph_gain_estimate *e, cph_c64 mean, size_t n)
{
    double sum = 0.0;
    for (size_t m = 0; m < p->scan->elements; m++)
        if (m != n && e->flag[m] == CPH_FLAG_NONE)
            sum += pow(leak(p, n, m), 2.0) * cph_c64_power(cph_c64_sub(e->gain[m], mean));
    return sum;
}

static cph_c64 mean_of(const projector *p, const cph_gain_estimate *e)
{
    cph_c64 sum = {0.0, 0.0};
    double count = 0.0;
    for (size_t n = 0; n < p->scan->elements; n++)
        if (e->flag[n] == CPH_FLAG_NONE) {
            sum = cph_c64_add(sum, e->gain[n]);
            count += 1.0;
        }
    return cph_c64_scale(1.0 / count, sum);
}

/* What blur by neighbours and the edge of the scan do to gains. Of what the estimate still has it
 * is known: its own field is projected once more, and by how much that differs from it, but for a
 * factor common to all, joins the errors. What varies faster from element to element than real
 * directions show is not in the estimate: it is taken to be as what is seen of such, by chance. */
static cph_status add_blur(projector *p, cph_gain_estimate *e)
{
    const cph_near_field_scan *const s = p->scan;
    cph_c64 cross = {0.0, 0.0};
    double power = 0.0;
    cph_near_field_make(s, e, p->again);
    const cph_status status = transform(p, p->again);
    if (status != CPH_OK)
        return status;
    cph_c64 *const twice = p->again; /* [elements] */
    for (size_t n = 0; n < s->elements; n++) {
        if (e->flag[n] != CPH_FLAG_NONE)
            continue;
        twice[n] =
            cph_c64_scale(1.0 / p->bins, sum_at(p, s->position[3 * n], s->position[3 * n + 1]));
        cross = cph_c64_add(cross, cph_c64_mulc(twice[n], e->gain[n]));
        power += cph_c64_power(e->gain[n]);
    }
    const cph_c64 mean = mean_of(p, e), common = cph_c64_scale(1.0 / power, cross);
    for (size_t n = 0; n < s->elements; n++) {
        if (e->flag[n] != CPH_FLAG_NONE)
            continue;
        const cph_c64 off = cph_c64_sub(twice[n], cph_c64_mul(common, e->gain[n]));
        const double variance =
            0.5 * (cph_c64_power(off) / cph_c64_power(common) + leaked(p, e, mean, n)) /
            cph_c64_power(e->gain[n]);
        e->phase_sigma[n] = sqrt(e->phase_sigma[n] * e->phase_sigma[n] + variance);
        e->amplitude_sigma[n] = sqrt(e->amplitude_sigma[n] * e->amplitude_sigma[n] + variance);
    }
    return CPH_OK;
}

static cph_status make_image(projector *p, cph_c64 *image)
{
    const cph_near_field_scan *const s = p->scan;
    for (size_t j = 0; j < p->rows; j++)
        for (size_t i = 0; i < p->columns; i++) {
            const double phase =
                -s->x0 * wave_of(i, p->columns, s->dx) - s->y0 * wave_of(j, p->rows, s->dy);
            cph_c64 *const bin = &p->spectrum[j * p->columns + i];
            *bin = cph_c64_mul(cph_c64_scale(1.0 / p->bins, *bin), turn(phase));
        }
    const cph_status status = cph_near_field_transform(p->rows, p->columns, -1, p->spectrum);
    if (status != CPH_OK)
        return cph_fail(p->error, status, "no memory for the image");
    for (size_t j = 0; j < s->rows; j++)
        memcpy(image + j * s->columns, p->spectrum + j * p->columns, s->columns * sizeof *image);
    return CPH_OK;
}

static cph_status run(projector *p, cph_gain_estimate *estimate, cph_c64 *image,
                      cph_gain_estimate *out)
{
    cph_status status = transform(p, p->scan->field);
    if (status != CPH_OK)
        return status;
    sample(p, estimate);
    if (image != NULL)
        status = make_image(p, image);
    if (status == CPH_OK)
        status = add_blur(p, estimate);
    if (status == CPH_OK) {
        const size_t n = p->scan->elements;
        memcpy(out->gain, estimate->gain, n * sizeof *out->gain);
        memcpy(out->phase_sigma, estimate->phase_sigma, n * sizeof *out->phase_sigma);
        memcpy(out->amplitude_sigma, estimate->amplitude_sigma, n * sizeof *out->amplitude_sigma);
    }
    return status;
}

cph_status cph_near_field_project(const cph_near_field_scan *scan, double max_sine,
                                  cph_gain_estimate *estimate, cph_c64 *image, cph_error *error)
{
    size_t live, count, most, bytes = 0, at[7];
    cph_status status = cph_near_field_check(scan, estimate, &live, error);
    if (status != CPH_OK)
        return status;
    projector p = {.scan = scan,
                   .k = cph_near_field_wavenumber(scan),
                   .max_sine = max_sine,
                   .columns = 2 * scan->columns,
                   .rows = 2 * scan->rows,
                   .error = error};
    status = check_plane(&p);
    if (status != CPH_OK)
        return status;
    const size_t n = scan->elements;
    most = scan->columns * scan->rows > n ? scan->columns * scan->rows : n;
    if (!cph_size_mul(p.columns, p.rows, &count) ||
        !cph_size_place(&bytes, count, sizeof(cph_c64), &at[0]) ||
        !cph_size_place(&bytes, p.columns + p.rows, sizeof(cph_c64), &at[1]) ||
        !cph_size_place(&bytes, n, sizeof(cph_c64), &at[2]) ||
        !cph_size_place(&bytes, n, sizeof(double), &at[3]) ||
        !cph_size_place(&bytes, n, sizeof(double), &at[4]) ||
        !cph_size_place(&bytes, n, 1, &at[5]) ||
        !cph_size_place(&bytes, most, sizeof(cph_c64), &at[6]) || bytes == 0)
        return cph_fail(error, CPH_ERR_OVERFLOW, "%zu x %zu samples do not fit", scan->columns,
                        scan->rows);
    void *const memory = calloc(1, bytes);
    if (memory == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "no memory for %zu x %zu samples", scan->columns,
                        scan->rows);
    p.spectrum = cph_size_at(memory, at[0]);
    p.phasor = cph_size_at(memory, at[1]);
    p.again = cph_size_at(memory, at[6]);
    cph_gain_estimate found = {cph_size_at(memory, at[2]), cph_size_at(memory, at[3]),
                               cph_size_at(memory, at[4]), cph_size_at(memory, at[5])};
    memcpy(found.flag, estimate->flag, n);
    status = run(&p, &found, image, estimate);
    free(memory);
    return status;
}
