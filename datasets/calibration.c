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

cph_status cph_calibration_add_leakages(cph_calibration *calibration)
{
    if (calibration == NULL || calibration->gain == NULL)
        return CPH_ERR_ARGUMENT;
    if (calibration->leakage != NULL)
        return CPH_OK;
    const size_t count = calibration->times * calibration->channels * calibration->array.elements;
    cph_c64 *leakage = calloc(count, sizeof *leakage);
    double *sigma = cph_data_unknown(count);
    if (leakage == NULL || sigma == NULL) {
        free(leakage);
        free(sigma);
        return CPH_ERR_MEMORY;
    }
    for (size_t i = 0; i < count; i++)
        leakage[i] = (cph_c64){NAN, NAN};
    calibration->leakage = leakage;
    calibration->leakage_sigma = sigma;
    return CPH_OK;
}

void cph_calibration_conjugate(cph_calibration *calibration)
{
    cph_c64 *const value[] = {calibration->gain, calibration->behind, calibration->leakage};
    const size_t count = calibration->times * calibration->channels * calibration->array.elements;
    for (size_t k = 0; k < sizeof value / sizeof value[0]; k++)
        for (size_t i = 0; value[k] != NULL && i < count; i++)
            value[k][i].im = -value[k][i].im;
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
