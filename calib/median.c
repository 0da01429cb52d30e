/* SPDX-License-Identifier: MIT */
#include "calib/median.h"

#include <math.h>

static void swap(double *a, double *b)
{
    double kept = *a;
    *a = *b;
    *b = kept;
}

/* Puts the middle of the three into v[low]: sorted input is then no worst case. */
static void choose_pivot(double *v, size_t low, size_t high)
{
    size_t middle = low + (high - low) / 2;
    if (v[middle] < v[high])
        swap(&v[middle], &v[high]);
    if (v[low] < v[high])
        swap(&v[low], &v[high]);
    if (v[middle] < v[low])
        swap(&v[middle], &v[low]);
}

/* Hoare's selection: afterwards v[rank] is where sorting would put it, nothing before it is
 * larger. */
static double select_rank(double *v, size_t count, size_t rank)
{
    size_t low = 0, high = count - 1;
    while (low < high) {
        choose_pivot(v, low, high);
        double pivot = v[low];
        size_t i = low, j = high + 1;
        for (;;) {
            do
                i++;
            while (i < high && v[i] < pivot);
            do
                j--;
            while (v[j] > pivot);
            if (i >= j)
                break;
            swap(&v[i], &v[j]);
        }
        swap(&v[low], &v[j]);
        if (j == rank)
            break;
        if (j < rank)
            low = j + 1;
        else
            high = j - 1;
    }
    return v[rank];
}

double cph_median(double *value, size_t count)
{
    if (count == 0)
        return NAN;
    double upper = select_rank(value, count, count / 2);
    if (count % 2 == 1)
        return upper;
    double lower = value[0];
    for (size_t i = 1; i < count / 2; i++)
        lower = fmax(lower, value[i]);
    return 0.5 * (lower + upper);
}
