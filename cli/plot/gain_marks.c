/* SPDX-License-Identifier: MIT */
#include "cli/plot/gain_marks.h"

#include <math.h>
#include <stdlib.h>

#include "kernels/core/fail.h"

static const double degree = 3.14159265358979323846 / 180;

static int ascending(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* The value that a share of them does not exceed, between two of them in proportion; sorts. */
static double quantile(size_t count, double *value, double share)
{
    if (count == 0)
        return 0;
    qsort(value, count, sizeof *value, ascending);
    const double at = share * (double)(count - 1), part = at - floor(at);
    const size_t low = (size_t)at;
    return part > 0 ? value[low] + part * (value[low + 1] - value[low]) : value[low];
}

static void classify(const cph_gain_plot *plot, cph_gain_marks *marks, double *scratch)
{
    size_t good = 0;
    for (size_t i = 0; i < plot->elements; i++) {
        unsigned char flag = plot->flag != NULL ? plot->flag[i] : CPH_FLAG_NONE;
        double magnitude = hypot(plot->gain[i].re, plot->gain[i].im);
        if (flag >= CPH_FLAG_COUNT ||
            (flag == CPH_FLAG_NONE && !(magnitude > 0 && isfinite(magnitude))))
            flag = CPH_FLAG_UNSOLVED;
        marks->flag[i] = flag;
        marks->count[flag]++;
        marks->db[i] = flag == CPH_FLAG_NONE ? 20 * log10(magnitude) : NAN;
        marks->phase_deg[i] =
            flag == CPH_FLAG_NONE ? atan2(plot->gain[i].im, plot->gain[i].re) / degree : NAN;
        if (flag == CPH_FLAG_NONE)
            scratch[good++] = marks->db[i];
    }
    double median = quantile(good, scratch, 0.5);
    for (size_t i = 0; i < plot->elements; i++)
        marks->db[i] -= median;
    marks->db_min = good > 0 ? scratch[0] - median : 0;
    marks->db_max = good > 0 ? scratch[good - 1] - median : 0;
}

static void spread(const cph_gain_plot *plot, cph_gain_marks *marks)
{
    double n = (double)marks->count[CPH_FLAG_NONE], db = 0, db2 = 0, re = 0, im = 0, phase2 = 0;
    for (size_t i = 0; i < plot->elements; i++) {
        if (marks->flag[i] != CPH_FLAG_NONE)
            continue;
        db += marks->db[i];
        re += cos(marks->phase_deg[i] * degree);
        im += sin(marks->phase_deg[i] * degree);
    }
    double mean_phase = atan2(im, re) / degree;
    for (size_t i = 0; i < plot->elements; i++) {
        if (marks->flag[i] != CPH_FLAG_NONE)
            continue;
        double d = marks->db[i] - db / n, p = remainder(marks->phase_deg[i] - mean_phase, 360);
        db2 += d * d;
        phase2 += p * p;
    }
    marks->db_rms = n > 1 ? sqrt(db2 / n) : NAN;
    marks->phase_rms_deg = n > 1 ? sqrt(phase2 / n) : NAN;
}

static double nearest(const cph_gain_plot *plot, size_t i)
{
    double best = INFINITY;
    const double *p = plot->position + 3 * i;
    for (size_t j = 0; j < plot->elements; j++) {
        const double *q = plot->position + 3 * j;
        double d = hypot(p[0] - q[0], p[1] - q[1]);
        /* Two polarisations of one antenna stand in one place. */
        if (d > 0 && d < best)
            best = d;
    }
    return best;
}

/* Distances of at most SAMPLE elements to all: quadratic only in small arrays. */
static void measure(const cph_gain_plot *plot, cph_gain_marks *marks, double *scratch)
{
    enum { SAMPLE = 512 };
    size_t stride = (plot->elements + SAMPLE - 1) / SAMPLE, count = 0;
    for (int axis = 0; axis < 2; axis++) {
        marks->low[axis] = marks->high[axis] = plot->position[axis];
        for (size_t i = 1; i < plot->elements; i++) {
            marks->low[axis] = fmin(marks->low[axis], plot->position[3 * i + (size_t)axis]);
            marks->high[axis] = fmax(marks->high[axis], plot->position[3 * i + (size_t)axis]);
        }
    }
    for (size_t i = 0; i < plot->elements; i += stride) {
        double d = nearest(plot, i);
        if (isfinite(d))
            scratch[count++] = d;
    }
    marks->spacing = quantile(count, scratch, 0.1);
}

static cph_status check(const cph_gain_plot *plot, cph_error *error)
{
    if (plot->elements == 0)
        return cph_fail(error, CPH_ERR_ARGUMENT, "picture of the gains: no elements");
    for (size_t i = 0; i < plot->elements; i++)
        if (!isfinite(plot->position[3 * i]) || !isfinite(plot->position[3 * i + 1]))
            return cph_fail(error, CPH_ERR_NOT_FINITE,
                            "picture of the gains: element %zu has no finite position", i);
    return CPH_OK;
}

cph_status cph_gain_marks_make(const cph_gain_plot *plot, cph_gain_marks *marks, cph_error *error)
{
    cph_status status = check(plot, error);
    if (status != CPH_OK)
        return status;
    cph_gain_marks made = {
        .db = calloc(plot->elements, sizeof *made.db),
        .phase_deg = calloc(plot->elements, sizeof *made.phase_deg),
        .flag = calloc(plot->elements, sizeof *made.flag),
    };
    double *scratch = calloc(plot->elements, sizeof *scratch);
    if (made.db == NULL || made.phase_deg == NULL || made.flag == NULL || scratch == NULL) {
        status = cph_fail(error, CPH_ERR_MEMORY, "picture of the gains: out of memory");
        cph_gain_marks_free(&made);
    } else {
        classify(plot, &made, scratch);
        spread(plot, &made);
        measure(plot, &made, scratch);
        *marks = made;
    }
    free(scratch);
    return status;
}

void cph_gain_marks_free(cph_gain_marks *marks)
{
    free(marks->db);
    free(marks->phase_deg);
    free(marks->flag);
    *marks = (cph_gain_marks){0};
}
