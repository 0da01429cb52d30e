/* SPDX-License-Identifier: MIT */
/* When the FFT is faster than the direct kernel: constants measured on a Zen 5 core (AVX-512 VNNI,
 * 3.8 GHz, samples and beams in the cache). */
#include <math.h>

#include "cophase/dispatch.h"
#include "kernels/beamform/lattice_kernel.h"
#include "kernels/core/isa.h"

/* FFT: a call, a butterfly of the transform, an element converted and placed. Debian's FFTW has
 * SSE2 and AVX codelets; lengths with a prime factor above 13 go through a convolution. */
static const double call_ns = 40.0, butterfly_ns = 0.05, element_ns = 0.9, awkward = 15.0;

/* Direct: nanoseconds of a beam written, and of a complex multiply-add by weight bits (8, 16, 32).
 * A tier without AVX-512 takes about twice, one without vectors sixteen times as long. */
static const double beam_ns = 0.3;
static const double product_ns[CPH_TYPE_COUNT][3] = {
    [CPH_C8] = {0.0095, 0.019, 0.041},
    [CPH_C16] = {0.020, 0.040, 0.041},
    [CPH_C32] = {0.041, 0.041, 0.041},
};

static double tier_factor(void)
{
    const cph_isa isa = cph_dispatch_isa();
    return isa == CPH_ISA_SCALAR ? 16.0 : isa == CPH_ISA_AVX2 || isa == CPH_ISA_NEON ? 2.0 : 1.0;
}

static bool is_awkward(size_t length)
{
    for (size_t factor = 2; factor <= 13; factor++)
        while (length % factor == 0)
            length /= factor;
    return length != 1;
}

double cph_lattice_cost_fft(const cph_lattice_config *config)
{
    const double p = (double)config->beams_a, q = (double)config->beams_b, cells = p * q;
    const double rows = cells * log2(p) * (is_awkward(config->beams_a) ? awkward : 1.0);
    const double columns = cells * log2(q) * (is_awkward(config->beams_b) ? awkward : 1.0);
    return CPH_HAVE_FFTW ? 1e-9 * (call_ns + butterfly_ns * (rows + columns) +
                                   element_ns * (double)config->elements)
                         : INFINITY;
}

double cph_lattice_cost_direct(const cph_lattice_config *config)
{
    const unsigned bits = config->weight_bits;
    const double product = product_ns[config->type][bits == 8 ? 0 : bits == 32 ? 2 : 1];
    return 1e-9 * (double)config->beams_a * (double)config->beams_b *
           (beam_ns + tier_factor() * product * (double)config->elements);
}
