/* SPDX-License-Identifier: MIT */
#include "cophase/fw_covariance.h"

#include "kernels/core/size.h"
#include "kernels/fw/fw_mac.h"

#if CPH_FW_COVARIANCE

/* The sums follow. */
struct cph_fw_covariance {
    uint32_t elements;
    uint32_t run;   /* times that sums of 32 bits hold; 0: all in 64 */
    uint32_t times; /* so far */
    uint32_t pad;
};

/* Below so many times a run, adding up costs more than sums of 64 bits do. */
enum { FW_COVARIANCE_LEAST_RUN = 8 };

cph_status cph_fw_covariance_size(size_t elements, size_t *bytes)
{
    if (bytes == NULL || elements < 2 || elements > CPH_FW_COVARIANCE_ELEMENTS)
        return CPH_ERR_ARGUMENT;
    *bytes =
        sizeof(cph_fw_covariance) + elements * (elements + 1) / 2 * sizeof(cph_fw_covariance_sum);
    return CPH_OK;
}

cph_status cph_fw_covariance_init(size_t elements, int32_t sample_max, void *memory, size_t bytes,
                                  cph_fw_covariance **covariance)
{
    size_t needed;
    const cph_status status = cph_fw_covariance_size(elements, &needed);
    if (status != CPH_OK)
        return status;
    if (sample_max < 1 || sample_max > 32768 || memory == NULL || covariance == NULL ||
        (uintptr_t)memory % _Alignof(cph_fw_covariance_sum) != 0)
        return CPH_ERR_ARGUMENT;
    if (bytes < needed)
        return CPH_ERR_MEMORY;
    cph_fw_covariance *const made = memory;
    cph_fw_covariance_sum *const sum = (cph_fw_covariance_sum *)(made + 1);
    const uint32_t largest = (uint32_t)sample_max * (uint32_t)sample_max * 2;
    const uint32_t run = (uint32_t)INT32_MAX / largest;
    *made = (cph_fw_covariance){.elements = (uint32_t)elements,
                                .run = run < FW_COVARIANCE_LEAST_RUN ? 0 : run};
    for (size_t i = 0; i < elements * (elements + 1) / 2; i++)
        sum[i] = (cph_fw_covariance_sum){0, 0};
    *covariance = made;
    return CPH_OK;
}

/* R_pq for p, p + 1 and q, q + 1: eight sums that should stay in registers. */
typedef struct fw_covariance_block {
    uint32_t re00, im00, re01, im01, re10, im10, re11, im11;
} fw_covariance_block;

static __attribute__((noinline)) fw_covariance_block
fw_covariance_two_by_two(const cph_c16 *x, const cph_c16 *y, size_t ld, uint32_t times)
{
    fw_covariance_block r = {0, 0, 0, 0, 0, 0, 0, 0};
    for (; times > 0; times--, x += ld - 2, y += ld - 2) {
        fw_pair x0, x1, y0, y1;
        fw_load2(&x, &x0, &x1);
        fw_load2(&y, &y0, &y1);
        r.re00 = fw_re32_conj(x0, y0, r.re00);
        r.im00 = fw_im32_conj(x0, y0, r.im00);
        r.re01 = fw_re32_conj(x0, y1, r.re01);
        r.im01 = fw_im32_conj(x0, y1, r.im01);
        r.re10 = fw_re32_conj(x1, y0, r.re10);
        r.im10 = fw_im32_conj(x1, y0, r.im10);
        r.re11 = fw_re32_conj(x1, y1, r.re11);
        r.im11 = fw_im32_conj(x1, y1, r.im11);
    }
    return r;
}

static void fw_covariance_put(cph_fw_covariance_sum *sum, uint32_t re, uint32_t im)
{
    sum->re += (int32_t)re;
    sum->im += (int32_t)im;
}

/* Where row p of the triangle would have its column 0. */
static cph_fw_covariance_sum *fw_covariance_row(cph_fw_covariance *c, size_t p)
{
    return (cph_fw_covariance_sum *)(c + 1) + p * (2 * (size_t)c->elements - p - 1) / 2;
}

/* The last block of an odd number starts one earlier, and leaves out what was there. */
static void fw_covariance_run32(cph_fw_covariance *c, const cph_c16 *x, size_t ld, uint32_t times)
{
    const size_t n = c->elements;
    for (size_t i = 0; i < n; i += 2)
        for (size_t j = i; j < n; j += 2) {
            const size_t p = i + 2 > n ? n - 2 : i, q = j + 2 > n ? n - 2 : j;
            const fw_covariance_block r = fw_covariance_two_by_two(x + p, x + q, ld, times);
            cph_fw_covariance_sum *const upper = fw_covariance_row(c, p);
            cph_fw_covariance_sum *const lower = fw_covariance_row(c, p + 1);
            if (p == i && q == j)
                fw_covariance_put(&upper[q], r.re00, r.im00);
            if (p == i)
                fw_covariance_put(&upper[q + 1], r.re01, r.im01);
            if (q == j && q > p)
                fw_covariance_put(&lower[q], r.re10, r.im10);
            fw_covariance_put(&lower[q + 1], r.re11, r.im11);
        }
}

static void fw_covariance_run64(cph_fw_covariance *c, const cph_c16 *x, size_t ld, uint32_t times)
{
    cph_fw_covariance_sum *sum = (cph_fw_covariance_sum *)(c + 1);
    for (size_t p = 0; p < c->elements; p++)
        for (size_t q = p; q < c->elements; q++, sum++) {
            uint64_t re = 0, im = 0;
            const cph_c16 *a = x + p, *b = x + q;
            for (uint32_t t = times; t > 0; t--, a += ld - 1, b += ld - 1) {
                fw_pair xp, xq;
                fw_load1(&a, &xp);
                fw_load1(&b, &xq);
                re = fw_re64_conj(xp, xq, re);
                im = fw_im64_conj(xp, xq, im);
            }
            sum->re += (int64_t)re;
            sum->im += (int64_t)im;
        }
}

cph_status cph_fw_covariance_add(cph_fw_covariance *covariance, const cph_c16 *samples, size_t ld,
                                 size_t times)
{
    if (covariance == NULL || samples == NULL || ld < covariance->elements ||
        (uintptr_t)samples % 4 != 0)
        return CPH_ERR_ARGUMENT;
    if (times > UINT32_MAX - covariance->times ||
        !cph_size_matrix(times, ld, covariance->elements, sizeof *samples))
        return CPH_ERR_OVERFLOW;
    uint32_t left = (uint32_t)times;
    covariance->times += left;
    if (covariance->run == 0)
        fw_covariance_run64(covariance, samples, ld, left);
    else
        while (left > 0) {
            const uint32_t count = left < covariance->run ? left : covariance->run;
            fw_covariance_run32(covariance, samples, ld, count);
            left -= count;
            samples += count * ld;
        }
    return CPH_OK;
}

const cph_fw_covariance_sum *cph_fw_covariance_sums(const cph_fw_covariance *covariance)
{
    return covariance == NULL ? NULL : (const cph_fw_covariance_sum *)(covariance + 1);
}

uint32_t cph_fw_covariance_times(const cph_fw_covariance *covariance)
{
    return covariance == NULL ? 0 : covariance->times;
}

#if CPH_FW_ADAPTIVE
/* In words, lest the compiler calls for help: each word, their sum and the product are rounded. */
static float fw_covariance_float(int64_t sum, float scale)
{
    const uint64_t amount = sum < 0 ? 0 - (uint64_t)sum : (uint64_t)sum;
    const float upper = (float)(uint32_t)(amount >> 32), lower = (float)(uint32_t)amount;
    const float value = (upper * 4294967296.0f + lower) * scale;
    return sum < 0 ? -value : value;
}

cph_status cph_fw_covariance_mean(const cph_fw_covariance *covariance, cph_c32 *r, size_t ld)
{
    if (covariance == NULL || r == NULL || ld < covariance->elements)
        return CPH_ERR_ARGUMENT;
    if (!cph_size_matrix(covariance->elements, ld, covariance->elements, sizeof *r))
        return CPH_ERR_OVERFLOW;
    if (covariance->times == 0)
        return CPH_ERR_TOO_FEW;
    const float scale = 1.0f / (float)covariance->times;
    const cph_fw_covariance_sum *sum = (const cph_fw_covariance_sum *)(covariance + 1);
    for (size_t p = 0; p < covariance->elements; p++)
        for (size_t q = p; q < covariance->elements; q++, sum++) {
            const float re = fw_covariance_float(sum->re, scale);
            const float im = fw_covariance_float(sum->im, scale);
            r[q * ld + p] = (cph_c32){re, -im};
            r[p * ld + q] = (cph_c32){re, im};
        }
    return CPH_OK;
}
#endif

#endif
