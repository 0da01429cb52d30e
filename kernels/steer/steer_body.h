/* SPDX-License-Identifier: MIT */
/* Body of steer_c32 over a vec_*.h, which the variant includes before. */
#ifndef COPHASE_STEER_BODY_H
#define COPHASE_STEER_BODY_H

#include "kernels/core/kernels.h"

/* Polynomials on one eighth of a turn, t in [-1, 1]: sin(pi t / 4) = t (s0 + s1 t^2 + ...) within
 * 2.5e-9 and cos(pi t / 4) = c0 + c1 t^2 + ... within 5e-11, by Chebyshev interpolation in t^2. */
V_INLINE vf sine_eighth(vf t, vf tt)
{
    vf sum = vf_fma(vf_set1(-3.59542907e-5f), tt, vf_set1(2.49000680e-3f));
    sum = vf_fma(sum, tt, vf_set1(-8.07454347e-2f));
    return vf_mul(t, vf_fma(sum, tt, vf_set1(7.85398161e-1f)));
}

V_INLINE vf cosine_eighth(vf tt)
{
    vf sum = vf_fma(vf_set1(3.52979713e-6f), tt, vf_set1(-3.25938586e-4f));
    sum = vf_fma(sum, tt, vf_set1(1.58543252e-2f));
    sum = vf_fma(sum, tt, vf_set1(-3.08425135e-1f));
    return vf_fma(sum, tt, vf_set1(1.0f));
}

/* Cosine and sine of an angle, 2^32 = one turn: the two top bits of angle + 1/8 turn are the
 * quadrant, the rest is the distance from its middle axis, in [-1/8, 1/8) turn. */
V_INLINE void phasor(vi angle, vf *re, vf *im)
{
    const vi shifted = vi_add(angle, vi_set1(0x20000000));
    const vi rest = vi_sub(vi_and(shifted, vi_set1(0x3fffffff)), vi_set1(0x20000000));
    const vf t = vf_mul(vf_from_vi(rest), vf_set1(0x1p-29f)), tt = vf_mul(t, t);
    const vf sine = sine_eighth(t, tt), cosine = cosine_eighth(tt);
    /* quadrant   0    1    2    3
     * re         c   -s   -c    s      swapped in 1, 3; negative in 1, 2
     * im         s    c   -s   -c      negative in 2, 3 */
    const vm swap = vi_test(shifted, 0x40000000);
    const vm re_negative = vi_test(vi_add(shifted, vi_set1(0x40000000)), INT32_MIN);
    *re = vf_neg_if(re_negative, vf_select(swap, sine, cosine));
    *im = vf_neg_if(vi_test(shifted, INT32_MIN), vf_select(swap, cosine, sine));
}

V_INLINE void steer_body(size_t n, const double *x, const double *y, const double *z,
                         const double k[3], cph_c32 *a)
{
    const vd kx = vd_set1(k[0]), ky = vd_set1(k[1]), kz = vd_set1(k[2]);
    for (size_t i = 0; i < n; i += V_LANES) {
        vd turns = vd_mul(kx, vd_load(x + i));
        turns = vd_fma(ky, vd_load(y + i), turns);
        turns = vd_fma(kz, vd_load(z + i), turns);
        vf re, im;
        phasor(vd_turns(turns), &re, &im);
        if (n - i >= V_LANES)
            vf_store_pairs((float *)&a[i], re, im);
        else
            vf_store_pairs_part((float *)&a[i], re, im, n - i);
    }
}

#endif
