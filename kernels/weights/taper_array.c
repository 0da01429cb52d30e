/* SPDX-License-Identifier: MIT */
/* Tapers laid on the elements of an array. */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "cophase/weights.h"
#include "kernels/core/size.h"
#include "kernels/weights/taper_profile.h"

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
    size_t bytes;
    if (!cph_size_mul(elements, sizeof(double), &bytes))
        return CPH_ERR_OVERFLOW;
    double *x = malloc(bytes);
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

/* Up to two axes, their pitches and the profiles along them. A radial taper has one profile, over
 * the diameter. */
typedef struct layout {
    size_t axes, profiles;
    axis_extent along[2];
    double step[2];
    double length[2]; /* of the aperture that a profile spans */
    cph_taper_profile profile[2];
} layout;

static double distance(const layout *l, const double r[3])
{
    double sum = 0.0;
    for (size_t i = 0; i < l->axes; i++) {
        const double d = r[l->along[i].axis] - l->along[i].middle;
        sum += d * d;
    }
    return sqrt(sum);
}

static cph_status add_profile(const cph_taper *taper, double length, double step, layout *l)
{
    const double points = fmax(round(length / step), 1.0);
    if (!(points < 0x1p53))
        return CPH_ERR_ARGUMENT;
    const cph_status status =
        cph_taper_profile_make(taper, (size_t)points, &l->profile[l->profiles]);
    if (status == CPH_OK)
        l->length[l->profiles++] = length;
    return status;
}

/* Across the axis of a difference stands a sum taper of the same design. */
static cph_taper along_axis(const cph_taper *taper, const layout *l, size_t i)
{
    cph_taper one = *taper;
    if (taper->kind == CPH_TAPER_BAYLISS && l->axes == 2 && l->along[i].axis != taper->axis)
        one.kind = CPH_TAPER_TAYLOR;
    return one;
}

/* A difference has to reach along its axis; along a line of elements, x stands for the line. */
static bool reaches(const cph_taper *taper, const layout *l)
{
    if (taper->kind != CPH_TAPER_BAYLISS || taper->axis == 0)
        return true;
    for (size_t i = 0; i < l->axes; i++)
        if (l->along[i].axis == taper->axis)
            return true;
    return false;
}

static cph_status lay_out(const cph_taper *taper, size_t elements, const double *position,
                          double pitch, layout *l)
{
    cph_status status = CPH_OK;
    l->axes = aperture_axes(elements, position, l->along);
    if (!reaches(taper, l))
        return CPH_ERR_ARGUMENT;
    for (size_t i = 0; i < l->axes && status == CPH_OK; i++) {
        l->step[i] = pitch;
        if (pitch == 0.0)
            status = smallest_step(&l->along[i], elements, position, &l->step[i]);
    }
    if (status == CPH_OK && l->axes == 2 && cph_taper_is_radial(taper)) {
        double radius = 0.0;
        for (size_t n = 0; n < elements; n++)
            radius = fmax(radius, distance(l, position + 3 * n));
        const double step = fmin(l->step[0], l->step[1]);
        return add_profile(taper, 2.0 * radius + step, step, l);
    }
    for (size_t i = 0; i < l->axes && status == CPH_OK; i++) {
        const cph_taper one = along_axis(taper, l, i);
        status = add_profile(&one, l->along[i].extent + l->step[i], l->step[i], l);
    }
    return status;
}

static double value_at(const layout *l, const double r[3])
{
    if (l->profiles < l->axes)
        return l->profile[0].value(&l->profile[0], distance(l, r) / l->length[0]);
    double t = 1.0;
    for (size_t i = 0; i < l->profiles; i++)
        t *= l->profile[i].value(&l->profile[i],
                                 (r[l->along[i].axis] - l->along[i].middle) / l->length[i]);
    return t;
}

static void take_mean_off(size_t n, double *t)
{
    double mean = 0.0;
    for (size_t i = 0; i < n; i++)
        mean += t[i] / (double)n;
    for (size_t i = 0; i < n; i++)
        t[i] -= mean;
}

cph_status cph_taper_array(const cph_taper *taper, size_t elements, const double *position,
                           double pitch, double *t)
{
    if (elements == 0 || position == NULL || t == NULL || !isfinite(pitch) || pitch < 0.0)
        return CPH_ERR_ARGUMENT;
    for (size_t i = 0; i < elements; i++)
        for (size_t axis = 0; axis < 3; axis++)
            if (!isfinite(position[3 * i + axis]))
                return CPH_ERR_NOT_FINITE;
    cph_status status = cph_taper_check(taper, NULL);
    if (status != CPH_OK)
        return status;
    layout l = {0};
    status = lay_out(taper, elements, position, pitch, &l);
    for (size_t n = 0; n < elements && status == CPH_OK; n++)
        t[n] = value_at(&l, position + 3 * n);
    if (status == CPH_OK && taper->kind == CPH_TAPER_BAYLISS)
        take_mean_off(elements, t);
    for (size_t i = 0; i < l.profiles; i++)
        cph_taper_profile_free(&l.profile[i]);
    return status;
}
