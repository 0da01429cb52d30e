/* SPDX-License-Identifier: MIT */
#include "cophase/fw_nlms.h"

#include "kernels/core/bits.h"
#include "kernels/core/size.h"

#if CPH_FW_NLMS

/* Beyond this an update could leave float: each adds at most 2^17 to |w| as regular is at least 1,
 * and there are at most 2^31. */
static const float fw_nlms_largest = 0x1p64f;

static bool fw_nlms_within(float part)
{
    return part >= -fw_nlms_largest && part <= fw_nlms_largest;
}

static cph_status fw_nlms_weights(size_t elements, const cph_c32 *w)
{
    for (size_t n = 0; n < elements; n++) {
        if (!cph_finite_f32(w[n].re) || !cph_finite_f32(w[n].im))
            return CPH_ERR_NOT_FINITE;
        if (!fw_nlms_within(w[n].re) || !fw_nlms_within(w[n].im))
            return CPH_ERR_ARGUMENT;
    }
    return CPH_OK;
}

static cph_c32 fw_nlms_update(const cph_fw_nlms_config *config, const cph_c16 *x, cph_c16 d,
                              cph_c32 *w)
{
    cph_c32 e = {(float)d.re, (float)d.im};
    float power = config->regular;
    for (size_t n = 0; n < config->elements; n++) {
        const float re = (float)x[n].re, im = (float)x[n].im;
        e.re -= w[n].re * re + w[n].im * im;
        e.im -= w[n].re * im - w[n].im * re;
        power += re * re + im * im;
    }
    const float scale = config->step / power;
    const cph_c32 by = {scale * e.re, scale * e.im};
    for (size_t n = 0; n < config->elements; n++) {
        const float re = (float)x[n].re, im = (float)x[n].im;
        w[n].re += re * by.re + im * by.im;
        w[n].im += im * by.re - re * by.im;
    }
    return e;
}

cph_status cph_fw_nlms_run(const cph_fw_nlms_config *config, const cph_c16 *samples, size_t ld,
                           size_t times, const cph_c16 *reference, cph_c32 *w, cph_c32 *error)
{
    if (config == NULL || config->elements < 1 || config->elements > CPH_FW_NLMS_ELEMENTS ||
        !(config->step > 0.0f) || !(config->step < 2.0f) || !(config->regular >= 1.0f) ||
        !(config->regular <= 0x1p40f) || samples == NULL || ld < config->elements ||
        reference == NULL || w == NULL)
        return CPH_ERR_ARGUMENT;
    if (times > INT32_MAX || !cph_size_matrix(times, ld, config->elements, sizeof *samples) ||
        !cph_size_matrix(times, 1, 1, sizeof *error))
        return CPH_ERR_OVERFLOW;
    const cph_status status = fw_nlms_weights(config->elements, w);
    if (status != CPH_OK)
        return status;
    for (size_t t = 0; t < times; t++) {
        const cph_c32 e = fw_nlms_update(config, samples + t * ld, reference[t], w);
        if (error != NULL)
            error[t] = e;
    }
    return CPH_OK;
}

#endif
