/* SPDX-License-Identifier: MIT */
/* Calibrations and weights in memory. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/data.h"
#include "kernels/core/size.h"

/* times * channels * elements, or 0 when that does not fit. */
static size_t product(size_t a, size_t b, size_t c)
{
    size_t count;
    return cph_size_mul(a, b, &count) && cph_size_mul(count, c, &count) ? count : 0;
}

cph_status cph_calibration_create(const cph_array *array, size_t times, size_t channels,
                                  cph_calibration *calibration)
{
    if (array == NULL || array->elements == 0 || calibration == NULL || times == 0 || channels == 0)
        return CPH_ERR_ARGUMENT;
    size_t count = product(times, channels, array->elements);
    if (count == 0)
        return CPH_ERR_OVERFLOW;
    cph_calibration c = {.times = times, .channels = channels};
    cph_status status = cph_array_select(array, NULL, 0, &c.array);
    if (status != CPH_OK)
        return status;
    c.gain = calloc(count, sizeof *c.gain);
    c.flag = malloc(count);
    c.phase_sigma = cph_data_unknown(count);
    c.amplitude_sigma = cph_data_unknown(count);
    c.chi2_dof = cph_data_unknown(times * channels);
    c.channel_freq_hz = cph_data_unknown(channels);
    c.time_unix_s = cph_data_unknown(times);
    if (c.gain == NULL || c.flag == NULL || c.phase_sigma == NULL || c.amplitude_sigma == NULL ||
        c.chi2_dof == NULL || c.channel_freq_hz == NULL || c.time_unix_s == NULL) {
        cph_calibration_free(&c);
        return CPH_ERR_MEMORY;
    }
    for (size_t i = 0; i < count; i++)
        c.gain[i] = (cph_c64){NAN, NAN};
    memset(c.flag, CPH_FLAG_UNSOLVED, count);
    *calibration = c;
    return CPH_OK;
}

cph_status cph_calibration_add_delays(cph_calibration *calibration)
{
    if (calibration == NULL || calibration->gain == NULL)
        return CPH_ERR_ARGUMENT;
    if (calibration->delay_s == NULL)
        calibration->delay_s = cph_data_unknown(calibration->times * calibration->channels *
                                                calibration->array.elements);
    return calibration->delay_s != NULL ? CPH_OK : CPH_ERR_MEMORY;
}

cph_status cph_calibration_add_filled(cph_calibration *c)
{
    if (c == NULL || c->gain == NULL)
        return CPH_ERR_ARGUMENT;
    if (c->filled == NULL)
        c->filled = calloc(c->times * c->channels, c->array.elements);
    return c->filled != NULL ? CPH_OK : CPH_ERR_MEMORY;
}

/* Complex values, NaN, and as many standard errors, NaN: both, or neither. */
static cph_status add_values(size_t count, cph_c64 **value, double **sigma)
{
    if (*value != NULL)
        return CPH_OK;
    if (count == 0)
        return CPH_ERR_OVERFLOW;
    cph_c64 *made = calloc(count, sizeof *made);
    double *errors = cph_data_unknown(count);
    if (made == NULL || errors == NULL) {
        free(made);
        free(errors);
        return CPH_ERR_MEMORY;
    }
    for (size_t i = 0; i < count; i++)
        made[i] = (cph_c64){NAN, NAN};
    *value = made;
    *sigma = errors;
    return CPH_OK;
}

cph_status cph_calibration_add_leakages(cph_calibration *c)
{
    if (c == NULL || c->gain == NULL)
        return CPH_ERR_ARGUMENT;
    return add_values(product(c->times, c->channels, c->array.elements), &c->leakage,
                      &c->leakage_sigma);
}

/* Entries of its coupling, or 0 when they do not fit. */
static size_t couplings(const cph_calibration *c)
{
    return product(c->times * c->channels, c->array.elements, c->array.elements);
}

cph_status cph_calibration_add_coupling(cph_calibration *c)
{
    if (c == NULL || c->gain == NULL)
        return CPH_ERR_ARGUMENT;
    return add_values(couplings(c), &c->coupling, &c->coupling_sigma);
}

static void conjugate(size_t count, cph_c64 *value)
{
    for (size_t i = 0; value != NULL && i < count; i++)
        value[i].im = -value[i].im;
}

void cph_calibration_conjugate(cph_calibration *c)
{
    const size_t count = c->times * c->channels * c->array.elements;
    conjugate(count, c->gain);
    conjugate(count, c->behind);
    conjugate(count, c->leakage);
    conjugate(c->coupling != NULL ? couplings(c) : 0, c->coupling);
}

void cph_calibration_free(cph_calibration *calibration)
{
    if (calibration == NULL)
        return;
    cph_array_free(&calibration->array);
    free(calibration->gain);
    free(calibration->phase_sigma);
    free(calibration->amplitude_sigma);
    free(calibration->delay_s);
    free(calibration->leakage);
    free(calibration->leakage_sigma);
    free(calibration->filled);
    free(calibration->coupling);
    free(calibration->coupling_sigma);
    free(calibration->flag);
    free(calibration->chi2_dof);
    free(calibration->channel_freq_hz);
    free(calibration->time_unix_s);
    free(calibration->behind);
    *calibration = (cph_calibration){0};
}

cph_status cph_weights_create(const cph_array *array, size_t beams, size_t channels,
                              cph_weights *weights)
{
    if (array == NULL || array->elements == 0 || weights == NULL || beams == 0 || channels == 0)
        return CPH_ERR_ARGUMENT;
    size_t count = product(beams, channels, array->elements);
    if (count == 0)
        return CPH_ERR_OVERFLOW;
    cph_weights w = {.beams = beams, .channels = channels, .precision_bits = 32};
    cph_status status = cph_array_select(array, NULL, 0, &w.array);
    if (status != CPH_OK)
        return status;
    w.weights = calloc(count, sizeof *w.weights);
    w.direction = beams <= SIZE_MAX / 3 ? cph_data_unknown(3 * beams) : NULL;
    w.name = calloc(beams, sizeof *w.name);
    w.channel_freq_hz = cph_data_unknown(channels);
    if (w.weights == NULL || w.direction == NULL || w.name == NULL || w.channel_freq_hz == NULL) {
        cph_weights_free(&w);
        return CPH_ERR_MEMORY;
    }
    *weights = w;
    return CPH_OK;
}

void cph_weights_free(cph_weights *weights)
{
    if (weights == NULL)
        return;
    cph_array_free(&weights->array);
    free(weights->weights);
    free(weights->direction);
    free(weights->name);
    free(weights->channel_freq_hz);
    *weights = (cph_weights){0};
}
