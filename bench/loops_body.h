/* SPDX-License-Identifier: MIT */
/* The loops of loops.h. In: LOOPS, the name of the table. */
#include "bench/loops.h"

#define BEAMFORM(type)                                                                             \
    static void rows_##type(size_t elements, size_t beams, size_t times, const void *samples,      \
                            size_t ldx, const float *re, const float *im, cph_c32 *y, size_t ldy)  \
    {                                                                                              \
        for (size_t t = 0; t < times; t++) {                                                       \
            const cph_##type *restrict x = (const cph_##type *)samples + t * ldx;                  \
            for (size_t b = 0; b < beams; b++) {                                                   \
                const float *restrict wr = re + b * elements, *restrict wi = im + b * elements;    \
                float yr = 0.0f, yi = 0.0f;                                                        \
                for (size_t n = 0; n < elements; n++) {                                            \
                    const float xr = (float)x[n].re, xi = (float)x[n].im;                          \
                    yr += wr[n] * xr + wi[n] * xi;                                                 \
                    yi += wr[n] * xi - wi[n] * xr;                                                 \
                }                                                                                  \
                y[t * ldy + b] = (cph_c32){yr, yi};                                                \
            }                                                                                      \
        }                                                                                          \
    }                                                                                              \
    /* Beams in the lanes: sums of a strip of them stay in registers. */                           \
    static void columns_##type(size_t elements, size_t beams, size_t times, const void *samples,   \
                               size_t ldx, const float *re, const float *im, cph_c32 *y,           \
                               size_t ldy)                                                         \
    {                                                                                              \
        enum { STRIP = 32 };                                                                       \
        for (size_t t = 0; t < times; t++) {                                                       \
            const cph_##type *x = (const cph_##type *)samples + t * ldx;                           \
            for (size_t first = 0; first < beams; first += STRIP) {                                \
                float yr[STRIP] = {0}, yi[STRIP] = {0};                                            \
                const size_t count = beams - first < STRIP ? beams - first : STRIP;                \
                for (size_t n = 0; n < elements; n++) {                                            \
                    const float *wr = re + n * beams + first, *wi = im + n * beams + first;        \
                    const float xr = (float)x[n].re, xi = (float)x[n].im;                          \
                    if (count == STRIP)                                                            \
                        for (size_t b = 0; b < STRIP; b++) {                                       \
                            yr[b] += wr[b] * xr + wi[b] * xi;                                      \
                            yi[b] += wr[b] * xi - wi[b] * xr;                                      \
                        }                                                                          \
                    else                                                                           \
                        for (size_t b = 0; b < count; b++) {                                       \
                            yr[b] += wr[b] * xr + wi[b] * xi;                                      \
                            yi[b] += wr[b] * xi - wi[b] * xr;                                      \
                        }                                                                          \
                }                                                                                  \
                for (size_t b = 0; b < count; b++)                                                 \
                    y[t * ldy + first + b] = (cph_c32){yr[b], yi[b]};                              \
            }                                                                                      \
        }                                                                                          \
    }
BEAMFORM(c8)
BEAMFORM(c16)
BEAMFORM(c32)

#define COVARIANCE(type, sum)                                                                      \
    static void covariance_##type(size_t elements, size_t times, const void *samples, void *re,    \
                                  void *im)                                                        \
    {                                                                                              \
        typedef sum part;                                                                          \
        for (size_t t = 0; t < times; t++) {                                                       \
            const cph_##type *restrict x = (const cph_##type *)samples + t * elements;             \
            for (size_t p = 0; p < elements; p++) {                                                \
                part *restrict r = (part *)re + p * elements, *restrict i =                        \
                                                                  (part *)im + p * elements;       \
                const part xr = (part)x[p].re, xi = (part)x[p].im;                                 \
                for (size_t q = 0; q <= p; q++) {                                                  \
                    const part qr = (part)x[q].re, qi = (part)x[q].im;                             \
                    r[q] += xr * qr + xi * qi;                                                     \
                    i[q] += xi * qr - xr * qi;                                                     \
                }                                                                                  \
            }                                                                                      \
        }                                                                                          \
    }
COVARIANCE(c8, int32_t)
COVARIANCE(c16, int64_t)
COVARIANCE(c32, float)

#define CONVERT(type)                                                                              \
    static void convert_##type(const void *in, size_t count, float scale, cph_c32 *out)            \
    {                                                                                              \
        const cph_##type *restrict x = in;                                                         \
        for (size_t i = 0; i < count; i++)                                                         \
            out[i] = (cph_c32){scale * (float)x[i].re, scale * (float)x[i].im};                    \
    }
CONVERT(c8)
CONVERT(c16)
CONVERT(c32)

const bench_loops LOOPS = {
    .rows = {rows_c8, rows_c16, rows_c32},
    .columns = {columns_c8, columns_c16, columns_c32},
    .covariance = {covariance_c8, covariance_c16, covariance_c32},
    .convert = {convert_c8, convert_c16, convert_c32},
};
