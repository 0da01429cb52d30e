/* SPDX-License-Identifier: MIT */
#include "cophase/fw_steer.h"

#if CPH_FW_SINE
/* High word of a product: one instruction on most processors. */
static inline int32_t fw_sine_high(int32_t a, int32_t b)
{
    return (int32_t)(((int64_t)a * b) >> 32);
}

/* Least squares over the Chebyshev nodes of x in [-1, 1] for 32767/32768 sin(pi x / 4) (Q31, Q33,
 * Q35) and cos(pi x / 4) (Q30, Q32, Q34, Q36; exact at 0). A product with z = x^2 (Q30) takes off
 * two places. */
static const int32_t fw_sine_coefficient[3] = {1686569791, -693306604, 83391521};
static const int32_t fw_cosine_coefficient[4] = {1073709056, -1324632602, 272298715, -21929884};

static inline cph_c16 fw_sine_phasor(uint32_t phase)
{
    const int32_t *const s = fw_sine_coefficient, *const c = fw_cosine_coefficient;
    /* Quarter turns, and what is left in eighths: multiples of a quarter fall out of the shift. */
    const uint32_t quarter = (phase + (1U << 29)) >> 30;
    const int32_t x = (int32_t)(phase << 2);
    const int32_t z = fw_sine_high(x, x);
    const int32_t fine = s[0] + fw_sine_high(z, s[1] + fw_sine_high(z, s[2]));
    int32_t sine = (fw_sine_high(x, fine) + (1 << 14)) >> 15;
    int32_t cosine = c[0] + fw_sine_high(z, c[1] + fw_sine_high(z, c[2] + fw_sine_high(z, c[3])));
    cosine = (cosine + (1 << 14)) >> 15;
    if (quarter & 1) {
        const int32_t turned = cosine;
        cosine = -sine;
        sine = turned;
    }
    if (quarter & 2) {
        cosine = -cosine;
        sine = -sine;
    }
    return (cph_c16){(int16_t)cosine, (int16_t)sine};
}

cph_c16 cph_fw_phasor(uint32_t phase)
{
    return fw_sine_phasor(phase);
}

cph_status cph_fw_phasors_run(size_t elements, const uint32_t *phase, cph_c16 *phasor)
{
    if (elements == 0 || elements > CPH_FW_ELEMENTS_MAX || phase == NULL || phasor == NULL)
        return CPH_ERR_ARGUMENT;
    for (size_t n = 0; n < elements; n++)
        phasor[n] = fw_sine_phasor(phase[n]);
    return CPH_OK;
}
#endif
