/* SPDX-License-Identifier: MIT */
/* The order of conventions by how well they fit, and what of it is more than chance. */
#include <math.h>
#include <stdlib.h>

#include "calib/doctor.h"

/* Scores this near, with every channel left out in turn, are those of one model. */
static const double same_score = 1e-7;
/* Where errors are 0. */
static const double sigma_most = 99.0;
static const double tiny_phase = 1e-9;

/* A row before it is put into its place. */
typedef struct ranked {
    cph_doctor_row row;
    const double *leave_out; /* [n] */
    unsigned changes;
    size_t slot, group;
} ranked;

static int by_score(const void *a, const void *b)
{
    const ranked *const x = a, *const y = b;
    if (x->row.score != y->row.score)
        return x->row.score > y->row.score ? -1 : 1;
    return x->slot < y->slot ? -1 : 1;
}

static int by_group(const void *a, const void *b)
{
    const ranked *const x = a, *const y = b;
    if (x->group != y->group)
        return x->group < y->group ? -1 : 1;
    if (x->changes != y->changes)
        return x->changes < y->changes ? -1 : 1;
    return x->slot < y->slot ? -1 : 1;
}

static bool is_same(size_t n, const ranked *a, const ranked *b)
{
    for (size_t p = 0; p < n; p++)
        if (!(fabs(a->leave_out[p] - b->leave_out[p]) <= same_score))
            return false;
    return true;
}

static void find_groups(size_t n, ranked *list, size_t rows)
{
    for (size_t i = 0; i < rows; i++)
        list[i].group = SIZE_MAX;
    for (size_t i = 0; i < rows; i++) {
        if (list[i].group != SIZE_MAX)
            continue;
        list[i].group = i;
        for (size_t j = i + 1; j < rows && list[i].row.score - list[j].row.score <= same_score; j++)
            if (list[j].group == SIZE_MAX && is_same(n, &list[i], &list[j]))
                list[j].group = i;
    }
}

/* t^2 of nu degrees of freedom as a sigma of the normal distribution. */
static double sigma_of_t(double square, double nu)
{
    return (8.0 * nu + 1.0) / (8.0 * nu + 3.0) * sqrt(nu * log1p(square / nu));
}

/* A difference over its standard error by the jackknife, x - y without each channel, as a sigma of
 * the normal distribution. */
static double sigmas(size_t n, double value, const double *x, const double *y)
{
    const double count = (double)n, nu = count - 1.0;
    double mean = 0.0, sum = 0.0;
    for (size_t p = 0; p < n; p++)
        mean += (x[p] - y[p]) / count;
    for (size_t p = 0; p < n; p++) {
        const double off = x[p] - y[p] - mean;
        sum += off * off;
    }
    const double variance = sum * nu / count;
    if (fabs(value) <= same_score)
        return 0.0;
    if (!(variance > 0.0))
        return copysign(sigma_most, value);
    const double z = sigma_of_t(value * value / variance, nu);
    return copysign(fmin(z, sigma_most), value);
}

/* How far the phases of elements are beyond those of the best row, by no less than noise. */
static double sigmas_of_phases(size_t n, const cph_doctor_row *best, const cph_doctor_row *row)
{
    const double least = fmax(best->phase_rms_rad, best->phase_noise_rad);
    if (row->phase_rms_rad <= least)
        return 0.0;
    /* F of nu and nu degrees of freedom is t of nu. */
    const double root = row->phase_rms_rad / fmax(least, tiny_phase), nu = (double)n - 1.0;
    const double t = 0.5 * sqrt(nu) * (root - 1.0 / root);
    return fmin(sigma_of_t(t * t, nu), sigma_most);
}

/* What the largest of so many normal values exceeds with the probability CPH_DOCTOR_CHANCE. */
static double threshold_of(size_t rows)
{
    double low = 0.0, high = 40.0;
    for (int i = 0; i < 60; i++) {
        const double middle = 0.5 * (low + high);
        if ((double)rows * 0.5 * erfc(middle * M_SQRT1_2) > CPH_DOCTOR_CHANCE)
            low = middle;
        else
            high = middle;
    }
    return high;
}

static void judge(size_t n, ranked *list, const cph_doctor_result *result)
{
    size_t head = 0;
    for (size_t i = 0; i < result->rows; i++) {
        cph_doctor_row *const row = &list[i].row;
        head = i > 0 && list[i].group == list[i - 1].group ? head : i;
        row->same_as = head;
        row->explained = row->score > 0.0 ? row->score * row->score : 0.0;
        row->coherence = fmax(row->score, 0.0) / result->attainable;
        /* What was given was not searched for. */
        if (list[i].changes > 0)
            row->chance = fmin((double)result->rows * row->chance, 1.0);
        row->behind = fmax(list[0].row.score - row->score, 0.0);
        row->behind_sigma = sigmas(n, row->behind, list[0].leave_out, list[i].leave_out);
        if (row->behind > same_score)
            row->behind_sigma = fmax(row->behind_sigma, sigmas_of_phases(n, &list[0].row, row));
        row->fits = row->chance <= CPH_DOCTOR_CHANCE && row->behind_sigma <= result->apart;
    }
}

static void decide(const ranked *list, cph_doctor_result *result)
{
    size_t best = SIZE_MAX;
    for (size_t i = 0; i < result->rows; i++) {
        const cph_doctor_row *const row = &list[i].row;
        if (list[i].changes == 0)
            result->as_given = i;
        if (!row->fits || row->same_as != i)
            continue;
        if (best == SIZE_MAX || (row->behind_sigma < 1.0 && list[i].changes < list[best].changes))
            best = i;
    }
    const cph_doctor_row *const given = &list[result->as_given].row;
    if (given->chance <= CPH_DOCTOR_CHANCE && given->behind_sigma <= result->threshold)
        result->verdict = CPH_DOCTOR_FITS;
    else
        result->verdict = best == SIZE_MAX ? CPH_DOCTOR_NOTHING : CPH_DOCTOR_OTHER;
    result->best = result->verdict == CPH_DOCTOR_FITS    ? result->as_given
                   : result->verdict == CPH_DOCTOR_OTHER ? best
                                                         : 0;
}

cph_status cph_doctor_rank(size_t n, const double *leave_out, cph_doctor_row *row,
                           cph_doctor_result *result)
{
    const size_t rows = result->rows;
    ranked *list = calloc(rows, sizeof *list);
    if (list == NULL)
        return CPH_ERR_MEMORY;
    for (size_t i = 0; i < rows; i++)
        list[i] = (ranked){.row = row[i],
                           .leave_out = leave_out + i * n,
                           .changes = cph_convention_changes(&row[i].convention),
                           .slot = i};
    qsort(list, rows, sizeof *list, by_score);
    find_groups(n, list, rows);
    qsort(list, rows, sizeof *list, by_group);
    result->threshold = threshold_of(2 * rows);
    result->apart = threshold_of(2);
    result->attainable = fmax(result->attainable, list[0].row.score);
    judge(n, list, result);
    decide(list, result);
    for (size_t i = 0; i < rows; i++)
        row[i] = list[i].row;
    free(list);
    return CPH_OK;
}
