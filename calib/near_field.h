/* SPDX-License-Identifier: MIT */
/** @file near_field.h
 *  Parts of both ways from a scanned field to excitations. */
#ifndef CPH_CALIB_NEAR_FIELD_H
#define CPH_CALIB_NEAR_FIELD_H

#include "cophase/near_field.h"
#include "kernels/core/c64.h"

/** 2 pi f / c */
double cph_near_field_wavenumber(const cph_near_field_scan *scan);

static inline cph_c64 cph_near_field_amplitude(const cph_near_field_pattern *p, const double u[3])
{
    return p->at == NULL ? (cph_c64){1.0, 0.0} : p->at(p->context, u);
}

/** The scan and the arrays for the answer; *live: unflagged elements. ARGUMENT, OVERFLOW,
 *  NOT_FINITE (positions), TOO_FEW. */
CPH_MUST_CHECK cph_status cph_near_field_check(const cph_near_field_scan *scan,
                                               const cph_gain_estimate *estimate, size_t *live,
                                               cph_error *error);

/** What element n of excitation 1 makes at sample i, k the wavenumber. */
cph_c64 cph_near_field_response(const cph_near_field_scan *scan, double k, size_t i, size_t n);

/** The field [rows][columns] of an estimate's unflagged elements. */
void cph_near_field_make(const cph_near_field_scan *scan, const cph_gain_estimate *estimate,
                         cph_c64 *field);

/** x [rows][columns] becomes sum x exp(sign j 2 pi (row row'/rows + column column'/columns)), in
 *  place, sign +1 or -1. Errors: OVERFLOW, MEMORY, UNSUPPORTED (no FFTW). */
#if CPH_HAVE_FFTW
CPH_MUST_CHECK cph_status cph_near_field_transform(size_t rows, size_t columns, int sign,
                                                   cph_c64 *x);
#else
static inline cph_status cph_near_field_transform(size_t rows, size_t columns, int sign, cph_c64 *x)
{
    (void)rows, (void)columns, (void)sign, (void)x;
    return CPH_ERR_UNSUPPORTED;
}
#endif

#endif
