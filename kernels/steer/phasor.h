/* SPDX-License-Identifier: MIT */
/** @file phasor.h
 *  Angles and their cosines and sines over a vec_*.h, which the variant includes before. Several
 *  vectors go through each step together: a chain of dependent operations is some 60 cycles long,
 *  more than a processor looks ahead of one of them. */
#ifndef COPHASE_STEER_PHASOR_H
#define COPHASE_STEER_PHASOR_H

#include <stdbool.h>

#include "kernels/simd/vec.h"

/* Vectors that keep the units busy and whose values fit the registers. */
enum { PHASOR_UNROLL = V_LANES == 16 ? 2 : V_LANES == 1 ? 1 : 2 };

/* What is added to a phase of less than 2^20 turns so that the low half of the sum's bits counts
 * 2^-31 turn: ulps of [2^21, 2^22). */
#define PHASOR_NEAR 0x1.8p21

/* A sum of products that began with PHASOR_NEAR (near) or 0 as an angle, 2^32 = one turn, in the
 * order of lanes of vd_low. */
V_INLINE vi phasor_angle(bool near, vd sum)
{
    if (!near)
        return vd_turns(sum);
    const vi half = vd_low(sum);
    return vi_add(half, half);
}

/* re[i] + j im[i] = exp(2 pi j angle[i] / 2^32), i < count. The two top bits of angle + 1/8 turn
 * are the quadrant, the other ones of the angle the distance from the quadrant's axis: t in [-1, 1)
 * is that in eighths of a turn. sin(pi t / 4) = t (s0 + s1 t^2 + ...) within 1.3e-9 and cos(pi t /
 * 4) = 1 + c1 t^2 + ... within 3.3e-8, minimax. With the roundings (half an ulp of t, of t^2, of
 * the last product and sum) each part is within 1.2e-7, the phasor within 1.4e-7.
 *
 *      quadrant   0    1    2    3
 *      re         c   -s   -c    s      swapped in 1, 3; negative in 1, 2
 *      im         s    c   -s   -c      negative in 2, 3
 */
V_INLINE void phasors(int count, const vi *angle, vf *re, vf *im)
{
    vf t[PHASOR_UNROLL], tt[PHASOR_UNROLL], s[PHASOR_UNROLL], c[PHASOR_UNROLL];
    vi quadrant[PHASOR_UNROLL];
    V_UNROLL for (int i = 0; i < count; i++) t[i] =
        vf_mul(vf_from_vi(vi_shift_left(angle[i], 2)), vf_set1(0x1p-31f));
    V_UNROLL for (int i = 0; i < count; i++) tt[i] = vf_mul(t[i], t[i]);
    V_UNROLL for (int i = 0; i < count; i++)
    {
        s[i] = vf_fma(vf_set1(-3.58772595e-05f), tt[i], vf_set1(2.48987204e-03f));
        c[i] = vf_fma(vf_set1(-3.19160172e-04f), tt[i], vf_set1(1.58503968e-02f));
    }
    V_UNROLL for (int i = 0; i < count; i++)
    {
        s[i] = vf_fma(s[i], tt[i], vf_set1(-8.07453692e-02f));
        c[i] = vf_fma(c[i], tt[i], vf_set1(-3.08424503e-01f));
    }
    V_UNROLL for (int i = 0; i < count; i++)
    {
        s[i] = vf_fma(s[i], tt[i], vf_set1(7.85398126e-01f));
        c[i] = vf_fma(c[i], tt[i], vf_set1(1.0f));
    }
    V_UNROLL for (int i = 0; i < count; i++)
    {
        s[i] = vf_mul(s[i], t[i]);
        quadrant[i] = vi_add(angle[i], vi_set1(0x20000000));
    }
    V_UNROLL for (int i = 0; i < count; i++)
    {
        const vm swap = vi_test(quadrant[i], 0x40000000);
        re[i] = vf_flip(vi_add(quadrant[i], vi_set1(0x40000000)), vf_select(swap, s[i], c[i]));
        im[i] = vf_flip(quadrant[i], vf_select(swap, c[i], s[i]));
    }
}

#endif
