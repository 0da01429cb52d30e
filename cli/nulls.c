/* SPDX-License-Identifier: MIT */
#include "cli/nulls.h"

#include <math.h>
#include <stdlib.h>

#include "cli/geometry.h"
#include "cophase/steer.h"
#include "kernels/core/c64.h"
#include "kernels/core/size.h"
#include "kernels/core/vec3.h"

enum { MOST_RINGS = 18, MOST_POINTS = 1 + 3 * MOST_RINGS * (MOST_RINGS + 1) };

/* A quarter of wavelength over aperture: the largest distance from the first element is at least
 * half of the aperture. */
static double spacing_of(size_t elements, const double *position, double freq_hz)
{
    double reach = 0.0;
    for (size_t n = 1; n < elements; n++) {
        double r[3];
        cph_add3(position + 3 * n, -1.0, position, r);
        reach = fmax(reach, cph_norm3(r));
    }
    const double spacing = CPH_SPEED_OF_LIGHT / freq_hz / 8.0 / reach;
    return spacing < 1.0 ? spacing : 1.0;
}

static cph_status count_points(const cph_method *method, double spacing, cph_nulls *made,
                               cph_error *error)
{
    for (size_t i = 0; i < made->count; i++) {
        size_t count = 0;
        const cph_status status =
            cph_sector_points(made->centre + 3 * i, method->null_width, spacing, 0, NULL, &count);
        if (status != CPH_OK || count > MOST_POINTS) {
            (void)cph_fail(error, CPH_ERR_ARGUMENT,
                           "a null of %.3g degrees is too wide for this array: expected up to "
                           "some %.2g",
                           method->null_width * 180.0 / M_PI,
                           spacing * 2.0 * MOST_RINGS * 180.0 / M_PI);
            return CPH_ERR_ARGUMENT;
        }
        made->first[i + 1] = made->first[i] + count;
    }
    return CPH_OK;
}

static cph_status place_points(const cph_method *method, double spacing, cph_nulls *made,
                               cph_error *error)
{
    cph_status status = count_points(method, spacing, made, error);
    if (status != CPH_OK)
        return status;
    const size_t points = made->first[made->count];
    made->point = calloc(points, 3 * sizeof *made->point);
    made->c = cph_size_matrix(points, made->elements, made->elements, sizeof *made->c)
                  ? calloc(points * made->elements, sizeof *made->c)
                  : NULL;
    if (made->point == NULL || made->c == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory: %zu directions of nulls", points);
    for (size_t i = 0; status == CPH_OK && i < made->count; i++) {
        size_t count = made->first[i + 1] - made->first[i];
        status = cph_sector_points(made->centre + 3 * i, method->null_width, spacing, count,
                                   made->point + 3 * made->first[i], &count);
    }
    return status;
}

cph_status cph_nulls_make(const cph_method *method, const cph_array *array, const double *position,
                          double freq_hz, size_t beams, cph_nulls *nulls, cph_error *error)
{
    cph_nulls made = {.count = method->nulls.count, .elements = array->elements, .beams = beams};
    made.first = calloc(made.count + 1, sizeof *made.first);
    made.centre = calloc(made.count + 1, 3 * sizeof *made.centre);
    made.worst = calloc(beams * made.count + 1, sizeof *made.worst);
    made.loss = calloc(beams + 1, sizeof *made.loss);
    if (method->repair)
        made.repaired = calloc(beams + 1, sizeof *made.repaired);
    if (made.first == NULL || made.centre == NULL || made.worst == NULL || made.loss == NULL ||
        (method->repair && made.repaired == NULL)) {
        cph_nulls_free(&made);
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory: %zu nulls", method->nulls.count);
    }
    cph_status status = CPH_OK;
    for (size_t i = 0; status == CPH_OK && i < made.count; i++)
        status = cph_direction_resolve(&method->nulls.item[i], array, made.centre + 3 * i, error);
    if (status == CPH_OK && made.count > 0)
        status = place_points(method, spacing_of(array->elements, position, freq_hz), &made, error);
    if (status == CPH_OK)
        *nulls = made;
    else
        cph_nulls_free(&made);
    return status;
}

void cph_nulls_free(cph_nulls *nulls)
{
    free(nulls->first);
    free(nulls->point);
    free(nulls->c);
    free(nulls->centre);
    free(nulls->worst);
    free(nulls->loss);
    free(nulls->planned);
    free(nulls->repaired);
    *nulls = (cph_nulls){0};
}

cph_status cph_nulls_tune(cph_nulls *nulls, const double *position, double freq_hz)
{
    const size_t points = nulls->count > 0 ? nulls->first[nulls->count] : 0;
    cph_status status = CPH_OK;
    for (size_t i = 0; status == CPH_OK && i < points; i++)
        status = cph_steer_c64(nulls->elements, position, freq_hz, nulls->point + 3 * i,
                               nulls->c + i * nulls->elements);
    return status;
}

/* |w^H (g a)|^2 over the live elements. */
static double power_of(size_t elements, const cph_c64 *a, const cph_c64 *gain,
                       const unsigned char *flag, const cph_c32 *w)
{
    cph_c64 y = {0.0, 0.0};
    for (size_t n = 0; n < elements; n++) {
        const cph_c64 z = {w[n].re, w[n].im};
        if ((flag == NULL || flag[n] == 0) && (w[n].re != 0.0f || w[n].im != 0.0f))
            y = cph_c64_add(y, cph_c64_mulc(gain != NULL ? cph_c64_mul(gain[n], a[n]) : a[n], z));
    }
    return cph_c64_power(y);
}

void cph_nulls_measure(cph_nulls *nulls, size_t beam, double reference, const cph_c64 *a,
                       const cph_c64 *gain, const unsigned char *flag, const cph_c32 *w)
{
    const double look = reference > 0.0 ? reference : power_of(nulls->elements, a, gain, flag, w);
    for (size_t i = 0; i < nulls->count; i++) {
        double *worst = &nulls->worst[beam * nulls->count + i];
        for (size_t j = nulls->first[i]; j < nulls->first[i + 1]; j++)
            *worst = fmax(*worst,
                          power_of(nulls->elements, nulls->c + j * nulls->elements, gain, flag, w) /
                              look);
    }
}

cph_status cph_nulls_again(cph_nulls *nulls, const double *position, const cph_c64 *gain,
                           const cph_weights *weights)
{
    const size_t n = nulls->elements, depths = nulls->beams * nulls->count;
    if (nulls->count == 0)
        return CPH_OK;
    cph_c64 *a = calloc(n, sizeof *a);
    nulls->planned = calloc(depths, sizeof *nulls->planned);
    cph_status status = a != NULL && nulls->planned != NULL ? CPH_OK : CPH_ERR_MEMORY;
    for (size_t i = 0; status == CPH_OK && i < depths; i++) {
        nulls->planned[i] = nulls->worst[i];
        nulls->worst[i] = 0.0;
    }
    for (size_t c = 0; status == CPH_OK && c < weights->channels; c++) {
        const double freq_hz = weights->channel_freq_hz[c];
        status = cph_nulls_tune(nulls, position, freq_hz);
        for (size_t b = 0; status == CPH_OK && b < nulls->beams; b++) {
            status = cph_steer_c64(n, position, freq_hz, weights->direction + 3 * b, a);
            if (status == CPH_OK)
                cph_nulls_measure(nulls, b, 0.0, a, gain + c * n, NULL,
                                  weights->weights + (b * weights->channels + c) * n);
        }
    }
    free(a);
    return status;
}
