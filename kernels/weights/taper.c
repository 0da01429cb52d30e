/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "cophase/weights.h"

/* A line taper t(s) = 1 + 2 sum_m f[m - 1] cos(2 pi m s), s in [-1/2, 1/2] along the aperture. */
typedef struct cosine_sum {
    size_t terms;
    double f[CPH_TAYLOR_NBAR_MAX - 1];
} cosine_sum;

static cph_status uniform_terms(const cph_taper *taper, cosine_sum *sum)
{
    (void)taper;
    sum->terms = 0;
    return CPH_OK;
}

/* Taylor, IRE Trans. AP-3 p. 16 (1955): cosh(pi A) is the sidelobe ratio, sigma stretches the
 * first nbar - 1 zeros of the ideal pattern to meet those of sin(pi u) / (pi u) at u = nbar. */
static cph_status taylor_terms(const cph_taper *taper, cosine_sum *sum)
{
    if (taper->nbar < 1 || taper->nbar > CPH_TAYLOR_NBAR_MAX || !isfinite(taper->sll_db) ||
        taper->sll_db >= 0.0)
        return CPH_ERR_ARGUMENT;
    double a = acosh(pow(10.0, -taper->sll_db / 20.0)) / M_PI, a2 = a * a;
    double nbar = taper->nbar, sigma2 = nbar * nbar / (a2 + (nbar - 0.5) * (nbar - 0.5));
    sum->terms = (size_t)(taper->nbar - 1);
    for (int m = 1; m < taper->nbar; m++) {
        double m2 = (double)m * m, f = m % 2 == 1 ? 0.5 : -0.5;
        for (int i = 1; i < taper->nbar; i++) {
            double half = i - 0.5;
            f *= 1.0 - m2 / sigma2 / (a2 + half * half);
            if (i != m)
                f /= 1.0 - m2 / ((double)i * i);
        }
        sum->f[m - 1] = f;
    }
    return CPH_OK;
}

static const struct {
    const char *name;
    cph_status (*terms)(const cph_taper *taper, cosine_sum *sum);
} kinds[CPH_TAPER_COUNT] = {
    [CPH_TAPER_UNIFORM] = {"uniform", uniform_terms},
    [CPH_TAPER_TAYLOR] = {"taylor", taylor_terms},
};

static bool known(cph_taper_kind kind)
{
    return (size_t)kind < CPH_TAPER_COUNT;
}

const char *cph_taper_name(cph_taper_kind kind)
{
    return known(kind) ? kinds[kind].name : NULL;
}

static cph_status cosine_sum_of(const cph_taper *taper, cosine_sum *sum)
{
    if (taper == NULL || !known(taper->kind))
        return CPH_ERR_ARGUMENT;
    return kinds[taper->kind].terms(taper, sum);
}

static double value_at(const cosine_sum *sum, double s)
{
    double t = 1.0;
    for (size_t m = 1; m <= sum->terms; m++)
        t += 2.0 * sum->f[m - 1] * cos(2.0 * M_PI * (double)m * s);
    return t;
}

cph_status cph_taper_line(const cph_taper *taper, size_t n, double *t)
{
    cosine_sum sum;
    if (n == 0 || t == NULL)
        return CPH_ERR_ARGUMENT;
    cph_status status = cosine_sum_of(taper, &sum);
    if (status != CPH_OK)
        return status;
    double count = (double)n;
    for (size_t i = 0; i < n; i++)
        t[i] = value_at(&sum, (2.0 * (double)i + 1.0 - count) / (2.0 * count));
    return CPH_OK;
}

/* Where the elements stand along one axis, and how long the aperture is there. */
typedef struct axis_extent {
    size_t axis;
    double middle, extent;
} axis_extent;

static axis_extent extent_along(size_t axis, size_t elements, const double *position)
{
    double low = position[axis], high = position[axis];
    for (size_t n = 1; n < elements; n++) {
        low = fmin(low, position[3 * n + axis]);
        high = fmax(high, position[3 * n + axis]);
    }
    return (axis_extent){axis, 0.5 * (low + high), high - low};
}

static int by_value(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/* The smallest distance between coordinates that differ by more than rounding. */
static cph_status smallest_step(const axis_extent *along, size_t elements, const double *position,
                                double *step)
{
    if (elements > SIZE_MAX / sizeof(double))
        return CPH_ERR_OVERFLOW;
    double *x = malloc(elements * sizeof *x);
    if (x == NULL)
        return CPH_ERR_MEMORY;
    for (size_t n = 0; n < elements; n++)
        x[n] = position[3 * n + along->axis];
    qsort(x, elements, sizeof *x, by_value);
    *step = along->extent;
    for (size_t n = 1; n < elements; n++)
        if (x[n] - x[n - 1] > 1e-6 * along->extent)
            *step = fmin(*step, x[n] - x[n - 1]);
    free(x);
    return CPH_OK;
}

/* x and y lie across the aperture; the small heights of a real array are not an aperture. A line
 * of elements along z is one. Returns how many of along[2] are filled. */
static size_t aperture_axes(size_t elements, const double *position, axis_extent along[2])
{
    axis_extent all[3];
    double largest = 0.0;
    for (size_t axis = 0; axis < 3; axis++) {
        all[axis] = extent_along(axis, elements, position);
        largest = fmax(largest, all[axis].extent);
    }
    size_t axes = 0;
    for (size_t axis = 0; axis < 2; axis++)
        if (all[axis].extent > 1e-6 * largest)
            along[axes++] = all[axis];
    if (axes == 0 && largest > 0.0)
        along[axes++] = all[2];
    return axes;
}

cph_status cph_taper_array(const cph_taper *taper, size_t elements, const double *position,
                           double pitch, double *t)
{
    cosine_sum sum;
    if (elements == 0 || position == NULL || t == NULL || !isfinite(pitch) || pitch < 0.0)
        return CPH_ERR_ARGUMENT;
    for (size_t i = 0; i < elements; i++)
        for (size_t axis = 0; axis < 3; axis++)
            if (!isfinite(position[3 * i + axis]))
                return CPH_ERR_NOT_FINITE;
    cph_status status = cosine_sum_of(taper, &sum);
    if (status != CPH_OK)
        return status;
    axis_extent along[2];
    double step[2] = {pitch, pitch};
    size_t axes = aperture_axes(elements, position, along);
    for (size_t i = 0; pitch == 0.0 && i < axes; i++) {
        status = smallest_step(&along[i], elements, position, &step[i]);
        if (status != CPH_OK)
            return status;
    }
    for (size_t n = 0; n < elements; n++) {
        t[n] = 1.0;
        for (size_t i = 0; i < axes; i++)
            t[n] *= value_at(&sum, (position[3 * n + along[i].axis] - along[i].middle) /
                                       (along[i].extent + step[i]));
    }
    return CPH_OK;
}
