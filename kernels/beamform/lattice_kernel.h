/* SPDX-License-Identifier: MIT */
/** @file lattice_kernel.h
 *  Contract of the kernel apply_c32, and the parts of a lattice plan. */
#ifndef COPHASE_BEAMFORM_LATTICE_KERNEL_H
#define COPHASE_BEAMFORM_LATTICE_KERNEL_H

#include "cophase/beamform.h"
#include "cophase/lattice.h"

enum { CPH_APPLY_PADDING = 16 };

/** Coefficients c[i] as rows of parts: straight (re, re), crossed (-im, im) each, readable up to
 * the next multiple of CPH_APPLY_PADDING parts. */
typedef struct cph_coefficients {
    const float *straight, *crossed;
} cph_coefficients;

/** out[i] = c[i] x[i] for i < n; out may be x. Error of a part: 2^-23 of the sum of the magnitudes
 *  of its two products. */
typedef void cph_apply_fn(size_t n, const cph_coefficients *c, const cph_c32 *x, cph_c32 *out);

/** Elements [element, element + count) that fall on cells [cell, cell + count) of the grid. */
typedef struct cph_lattice_stretch {
    size_t element, cell, count;
} cph_lattice_stretch;

/** Transforms of a grid [Q][P] in place; rows that no element falls on are left out. */
typedef struct cph_lattice_fft cph_lattice_fft;

struct cph_lattice_plan {
    size_t elements, channels, beams_a, beams_b;
    cph_type type;
    const cph_exec *exec;
    cph_lattice_info info;
    cph_beamform_plan *direct; /* DIRECT alone */
    /* FFT alone */
    cph_lattice_fft *fft;
    size_t parts;                 /* 2 N padded to CPH_APPLY_PADDING */
    float *coefficient;           /* [C][2][parts]: straight, crossed */
    cph_lattice_stretch *stretch; /* of channel c: [first[c], first[c + 1]) */
    size_t *first;                /* [C + 1] */
    bool folded;                  /* several elements fall on one cell */
};

/** Expected seconds for one time of one channel on one thread. */
double cph_lattice_cost_fft(const cph_lattice_config *config);
double cph_lattice_cost_direct(const cph_lattice_config *config);

#if CPH_HAVE_FFTW
/** Transforms of grids of which rows [first, first + rows) modulo Q are used, at `grid`-like
 *  memory (64-byte aligned). */
cph_status cph_lattice_fft_create(size_t beams_a, size_t beams_b, size_t first, size_t rows,
                                  bool quick, cph_lattice_fft **fft);
void cph_lattice_fft_destroy(cph_lattice_fft *fft);
/** Forward transform, sign -1, not scaled. Re-entrant. */
void cph_lattice_fft_run(const cph_lattice_fft *fft, cph_c32 *grid);
#else
static inline cph_status cph_lattice_fft_create(size_t beams_a, size_t beams_b, size_t first,
                                                size_t rows, bool quick, cph_lattice_fft **fft)
{
    (void)beams_a, (void)beams_b, (void)first, (void)rows, (void)quick, (void)fft;
    return CPH_ERR_UNSUPPORTED;
}
static inline void cph_lattice_fft_destroy(cph_lattice_fft *fft)
{
    (void)fft;
}
static inline void cph_lattice_fft_run(const cph_lattice_fft *fft, cph_c32 *grid)
{
    (void)fft, (void)grid;
}
#endif

#endif
