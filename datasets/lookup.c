/* SPDX-License-Identifier: MIT */
/* Which gains of a calibration belong to an array, at a frequency. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/data.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"

enum { NOT_FOUND = -1 };
static const double position_tolerance = 1e-3;  /* metres */
static const double time_tolerance = 1e-4;      /* seconds: what a Julian date leaves */
static const double frequency_tolerance = 0.01; /* relative, of a single channel */

/* How far a frequency may be from channel c: half the way to its nearest neighbour. */
static double reach(const double *freq, size_t channels, size_t c)
{
    double nearest = INFINITY;
    for (size_t i = 0; i < channels; i++)
        if (i != c && fabs(freq[i] - freq[c]) < nearest)
            nearest = fabs(freq[i] - freq[c]);
    return isfinite(nearest) ? 0.5 * nearest : frequency_tolerance * freq[c];
}

cph_status cph_channel_find(const double *channel_freq_hz, size_t channels, double freq_hz,
                            size_t *channel, cph_error *error)
{
    const double *freq = channel_freq_hz;
    size_t best = SIZE_MAX;
    for (size_t c = 0; c < channels; c++)
        if (!isnan(freq[c]) &&
            (best == SIZE_MAX || fabs(freq[c] - freq_hz) < fabs(freq[best] - freq_hz)))
            best = c;
    if (isnan(freq_hz) || best == SIZE_MAX)
        return cph_fail(error, CPH_ERR_MISSING,
                        "frequency unknown: the data's is %g Hz, its own (/channel_freq_hz) is "
                        "%g Hz",
                        freq_hz, best == SIZE_MAX ? NAN : freq[best]);
    /* A rounding's worth beyond the reach is still within. */
    if (fabs(freq[best] - freq_hz) > reach(freq, channels, best) * (1.0 + 1e-9))
        return cph_fail(error, CPH_ERR_FORMAT,
                        "is for other frequencies: data at %.9g Hz, nearest channel at %.9g Hz",
                        freq_hz, freq[best]);
    *channel = best;
    return CPH_OK;
}

cph_status cph_solution_find(const double *solution_unix_s, size_t solutions, double time_unix_s,
                             size_t *solution, cph_error *error)
{
    const double *time = solution_unix_s;
    double nearest = INFINITY;
    size_t best = SIZE_MAX;
    for (size_t i = 0; solutions > 1 && i < solutions; i++)
        if (!isnan(time[i]) &&
            (best == SIZE_MAX || fabs(time[i] - time_unix_s) < fabs(time[best] - time_unix_s)))
            best = i;
    if (solutions > 1 && (isnan(time_unix_s) || best == SIZE_MAX))
        return cph_fail(error, CPH_ERR_MISSING,
                        "time unknown: the data's is %g s, its own (/time_unix_s) is %g s",
                        time_unix_s, best == SIZE_MAX ? NAN : time[best]);
    for (size_t i = 0; solutions > 1 && i < solutions; i++)
        if (i != best && fabs(time[i] - time[best]) > 0.0)
            nearest = fmin(nearest, fabs(time[i] - time[best]));
    if (solutions > 1 &&
        fabs(time[best] - time_unix_s) > 0.5 * nearest * (1.0 + 1e-9) + time_tolerance)
        return cph_fail(error, CPH_ERR_FORMAT,
                        "is for other times: data at %.3f s, nearest solution at %.3f s (Unix)",
                        time_unix_s, time[best]);
    *solution = solutions > 1 ? best : 0;
    return CPH_OK;
}

static bool same_input(const cph_element *a, const cph_element *b)
{
    return a->number == b->number && a->polarization == b->polarization;
}

/* Index in the calibration of each input of the array, or NOT_FOUND; how many were found. */
static size_t match(const cph_array *from, const cph_array *array, ptrdiff_t *found)
{
    size_t matched = 0, next = 0;
    for (size_t i = 0; i < array->elements; i++) {
        found[i] = NOT_FOUND;
        for (size_t k = 0; k < from->elements; k++) {
            size_t at = (next + k) % from->elements; /* both are mostly in the same order */
            if (!same_input(&from->element[at], &array->element[i]))
                continue;
            found[i] = (ptrdiff_t)at;
            next = at + 1;
            matched++;
            break;
        }
    }
    return matched;
}

/* Positions in the array's own axes, or in those of the site where the other array's are. */
static cph_status positions_beside(const cph_array *array, const cph_array *other, double *position)
{
    cph_status status = cph_array_positions(array, position);
    const bool turn = array->frame == CPH_FRAME_ARRAY && other->frame != CPH_FRAME_ARRAY &&
                      array->has_array_to_enu;
    for (size_t n = 0; turn && status == CPH_OK && n < array->elements; n++)
        status = cph_direction_array_to_enu(array, position + 3 * n, position + 3 * n);
    return status;
}

/* Nothing to compare where one has no positions. */
static cph_status check_positions(const cph_array *from, const cph_array *array,
                                  const ptrdiff_t *found, cph_error *error)
{
    double *a = calloc(from->elements, 3 * sizeof *a), *b = calloc(array->elements, 3 * sizeof *b);
    if (a == NULL || b == NULL) {
        free(a);
        free(b);
        return cph_h5_error(error, CPH_ERR_MEMORY, "calibration", NULL, "no memory");
    }
    cph_status status = CPH_OK;
    bool known = from->has_positions && array->has_positions &&
                 positions_beside(from, array, a) == CPH_OK &&
                 positions_beside(array, from, b) == CPH_OK;
    for (size_t i = 0; known && status == CPH_OK && i < array->elements; i++) {
        if (found[i] == NOT_FOUND)
            continue;
        const double *p = a + 3 * found[i], *q = b + 3 * i;
        double distance = hypot(hypot(p[0] - q[0], p[1] - q[1]), p[2] - q[2]);
        if (distance > position_tolerance)
            status = cph_fail(error, CPH_ERR_FORMAT,
                              "is for another array: element %u stands %.4g m from where it was",
                              array->element[i].number, distance);
    }
    free(a);
    free(b);
    return status;
}

static void take(const cph_calibration *calibration, size_t time, size_t channel,
                 const ptrdiff_t *found, size_t elements, cph_c64 *gain, unsigned char *flag)
{
    size_t base = (time * calibration->channels + channel) * calibration->array.elements;
    for (size_t i = 0; i < elements; i++) {
        size_t at = base + (size_t)found[i];
        bool known = found[i] != NOT_FOUND;
        flag[i] = known ? calibration->flag[at] : CPH_FLAG_UNSOLVED;
        gain[i] = flag[i] == CPH_FLAG_NONE ? calibration->gain[at] : (cph_c64){NAN, NAN};
    }
}

/* The polarisation that all elements have; 0 where there is none or more than one. */
static char only_polarization(const cph_array *array)
{
    const char first = array->elements > 0 ? array->element[0].polarization : 0;
    for (size_t n = 0; n < array->elements; n++)
        if (array->element[n].polarization != first)
            return 0;
    return first;
}

static bool has_polarization(const cph_array *array)
{
    size_t n = 0;
    while (n < array->elements && array->element[n].polarization == 0)
        n++;
    return n < array->elements;
}

void cph_calibration_adapt(cph_calibration *calibration, const cph_data_header *header)
{
    cph_array *array = &calibration->array;
    if (!calibration->time_factor && header->gains_conjugate)
        cph_calibration_conjugate(calibration);
    calibration->time_factor = true;
    if (!has_polarization(array))
        for (size_t n = 0; n < array->elements; n++)
            array->element[n].polarization = only_polarization(&header->array);
}

/* Indices [array->elements] of its inputs, malloced, and the channel; NULL with *error set. */
static ptrdiff_t *look_up(const cph_calibration *calibration, const cph_array *array,
                          double freq_hz, size_t *channel, cph_status *status, cph_error *error)
{
    *status = cph_channel_find(calibration->channel_freq_hz, calibration->channels, freq_hz,
                               channel, error);
    if (*status != CPH_OK)
        return NULL;
    ptrdiff_t *const found = calloc(array->elements, sizeof *found);
    if (found == NULL) {
        *status = cph_h5_error(error, CPH_ERR_MEMORY, "calibration", NULL, "no memory");
        return NULL;
    }
    if (match(&calibration->array, array, found) == 0)
        *status = cph_fail(error, CPH_ERR_FORMAT,
                           "is for other inputs: none of its %zu matches one of the %zu in number "
                           "and polarisation",
                           calibration->array.elements, array->elements);
    if (*status == CPH_OK)
        *status = check_positions(&calibration->array, array, found, error);
    if (*status == CPH_OK)
        return found;
    free(found);
    return NULL;
}

cph_status cph_calibration_lookup(const cph_calibration *calibration, const cph_array *array,
                                  double freq_hz, size_t time, cph_c64 *gain, unsigned char *flag,
                                  cph_error *error)
{
    size_t channel = 0;
    cph_status status;
    if (calibration == NULL || array == NULL || gain == NULL || flag == NULL ||
        time >= calibration->times || array->elements == 0)
        return cph_h5_error(error, CPH_ERR_ARGUMENT, "cph_calibration_lookup", NULL,
                            "null argument or time out of range");
    ptrdiff_t *const found = look_up(calibration, array, freq_hz, &channel, &status, error);
    if (found == NULL)
        return status;
    take(calibration, time, channel, found, array->elements, gain, flag);
    free(found);
    return CPH_OK;
}

static void take_coupling(const cph_calibration *c, size_t block, const ptrdiff_t *found, size_t n,
                          cph_c64 *matrix)
{
    const size_t all = c->array.elements;
    for (size_t i = 0; i < n; i++) {
        const bool good =
            found[i] != NOT_FOUND && c->flag[block * all + (size_t)found[i]] == CPH_FLAG_NONE;
        for (size_t m = 0; m < n; m++) {
            matrix[i * n + m] = (cph_c64){0.0, 0.0};
            if (!good || found[m] == NOT_FOUND)
                continue;
            const size_t row = block * all + (size_t)found[i];
            const cph_c64 z = i == m ? c->gain[row] : c->coupling[row * all + (size_t)found[m]];
            if (isfinite(z.re) && isfinite(z.im))
                matrix[i * n + m] = z;
        }
    }
}

cph_status cph_calibration_coupling(const cph_calibration *calibration, const cph_array *array,
                                    double freq_hz, size_t time, cph_c64 *matrix, cph_error *error)
{
    size_t channel = 0;
    cph_status status;
    if (calibration == NULL || calibration->coupling == NULL || array == NULL || matrix == NULL ||
        time >= calibration->times || array->elements == 0)
        return cph_h5_error(error, CPH_ERR_ARGUMENT, "cph_calibration_coupling", NULL,
                            "null argument, no coupling or time out of range");
    ptrdiff_t *const found = look_up(calibration, array, freq_hz, &channel, &status, error);
    if (found == NULL)
        return status;
    take_coupling(calibration, time * calibration->channels + channel, found, array->elements,
                  matrix);
    free(found);
    return CPH_OK;
}
