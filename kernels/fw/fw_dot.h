/* SPDX-License-Identifier: MIT */
/** @file fw_dot.h
 *  Sums over elements of samples by coefficients, for one beam and for four. x [n] and c are 4-byte
 *  aligned; for four beams c is [n][4]. */
#ifndef COPHASE_FW_DOT_H
#define COPHASE_FW_DOT_H

#include "kernels/fw/fw_mac.h"

/* Exact sums, or modulo 2^32 or 2^64. */
typedef struct fw_sum32 {
    uint32_t re, im;
} fw_sum32;
typedef struct fw_sum64 {
    uint64_t re, im;
} fw_sum64;

#if CPH_FW_HELIUM
#include <arm_mve.h>

/* Four elements a step: lanes 0, 2, .. are real, 1, 3, .. imaginary. The last step has the lanes
 * past the end 0; one of its own, as predicates in the loop cost more than the products. */
static inline fw_sum32 fw_dot32(const cph_c16 *x, const cph_c16 *c, size_t n)
{
    int32_t re = 0, im = 0;
    for (; n > 4; n -= 4, x += 4, c += 4) {
        const int16x8_t vx = vldrhq_s16(&x->re), vc = vldrhq_s16(&c->re);
        re = vmlsdavaq_s16(re, vx, vc);
        im = vmladavaxq_s16(im, vx, vc);
    }
    const mve_pred16_t live = vctp16q((uint32_t)(2 * n));
    const int16x8_t vx = vldrhq_z_s16(&x->re, live), vc = vldrhq_z_s16(&c->re, live);
    re = vmlsdavaq_s16(re, vx, vc);
    im = vmladavaxq_s16(im, vx, vc);
    return (fw_sum32){(uint32_t)re, (uint32_t)im};
}

static inline fw_sum64 fw_dot64(const cph_c16 *x, const cph_c16 *c, size_t n)
{
    int64_t re = 0, im = 0;
    for (; n > 4; n -= 4, x += 4, c += 4) {
        const int16x8_t vx = vldrhq_s16(&x->re), vc = vldrhq_s16(&c->re);
        re = vmlsldavaq_s16(re, vx, vc);
        im = vmlaldavaxq_s16(im, vx, vc);
    }
    const mve_pred16_t live = vctp16q((uint32_t)(2 * n));
    const int16x8_t vx = vldrhq_z_s16(&x->re, live), vc = vldrhq_z_s16(&c->re, live);
    re = vmlsldavaq_s16(re, vx, vc);
    im = vmlaldavaxq_s16(im, vx, vc);
    return (fw_sum64){(uint64_t)re, (uint64_t)im};
}

#else

/* The loops of 8 and 4 elements are written out: the compiler's unrolling at -O2 stops short. */

static inline void fw_four32(const cph_c16 **x, const cph_c16 **c, fw_sum32 *y)
{
    fw_pair v[4], w[4];
    fw_load4_samples(x, v);
    fw_load4_weights(c, w);
    y->re = fw_re32(v[0], w[0], y->re);
    y->im = fw_im32(v[0], w[0], y->im);
    y->re = fw_re32(v[1], w[1], y->re);
    y->im = fw_im32(v[1], w[1], y->im);
    y->re = fw_re32(v[2], w[2], y->re);
    y->im = fw_im32(v[2], w[2], y->im);
    y->re = fw_re32(v[3], w[3], y->re);
    y->im = fw_im32(v[3], w[3], y->im);
}

static inline fw_sum32 fw_dot32(const cph_c16 *x, const cph_c16 *c, size_t n)
{
    fw_sum32 y = {0, 0};
    const cph_c16 *const end = x + n, *const odd = x + n % 8;
    while (x != odd) {
        fw_pair a, b;
        fw_load1(&x, &a);
        fw_load1(&c, &b);
        y.re = fw_re32(a, b, y.re);
        y.im = fw_im32(a, b, y.im);
    }
    while (x != end) {
        fw_four32(&x, &c, &y);
        fw_four32(&x, &c, &y);
    }
    return y;
}

static inline void fw_four64(const cph_c16 **x, const cph_c16 **c, fw_sum64 *y)
{
    fw_pair v[4], w0, w1;
    fw_load4_samples(x, v);
    fw_load2(c, &w0, &w1);
    y->re = fw_re64(v[0], w0, y->re);
    y->im = fw_im64(v[0], w0, y->im);
    y->re = fw_re64(v[1], w1, y->re);
    y->im = fw_im64(v[1], w1, y->im);
    fw_load2(c, &w0, &w1);
    y->re = fw_re64(v[2], w0, y->re);
    y->im = fw_im64(v[2], w0, y->im);
    y->re = fw_re64(v[3], w1, y->re);
    y->im = fw_im64(v[3], w1, y->im);
}

static inline fw_sum64 fw_dot64(const cph_c16 *x, const cph_c16 *c, size_t n)
{
    fw_sum64 y = {0, 0};
    const cph_c16 *const end = x + n, *const odd = x + n % 8;
    while (x != odd) {
        fw_pair a, b;
        fw_load1(&x, &a);
        fw_load1(&c, &b);
        y.re = fw_re64(a, b, y.re);
        y.im = fw_im64(a, b, y.im);
    }
    while (x != end) {
        fw_four64(&x, &c, &y);
        fw_four64(&x, &c, &y);
    }
    return y;
}

/* One element of two beams. */
static inline void fw_two32(fw_pair x, const cph_c16 **c, fw_sum32 *y, fw_sum32 *z)
{
    fw_pair c0, c1;
    fw_load2(c, &c0, &c1);
    y->re = fw_re32(x, c0, y->re);
    y->im = fw_im32(x, c0, y->im);
    z->re = fw_re32(x, c1, z->re);
    z->im = fw_im32(x, c1, z->im);
}

/* Four beams: eight sums that must stay in registers, so no array and no loop over them. */
typedef struct fw_sums {
    fw_sum32 a, b, c, d;
} fw_sums;

static inline void fw_quad32(const cph_c16 **x, const cph_c16 **c, fw_sums *y)
{
    fw_pair sample;
    fw_load1(x, &sample);
    fw_two32(sample, c, &y->a, &y->b);
    fw_two32(sample, c, &y->c, &y->d);
}

static inline fw_sums fw_dot32_four(const cph_c16 *x, const cph_c16 *c, size_t n)
{
    fw_sums y = {{0, 0}, {0, 0}, {0, 0}, {0, 0}};
    const cph_c16 *const end = x + n, *const odd = x + n % 4;
    while (x != odd)
        fw_quad32(&x, &c, &y);
    while (x != end) {
        fw_quad32(&x, &c, &y);
        fw_quad32(&x, &c, &y);
        fw_quad32(&x, &c, &y);
        fw_quad32(&x, &c, &y);
    }
    return y;
}
#endif

#endif
