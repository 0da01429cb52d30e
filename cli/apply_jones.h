/* SPDX-License-Identifier: MIT */
/** @file apply_jones.h
 *  Leakages taken out of data: inverses of Jones matrices, where a calibration holds leakages and
 *  the data both inputs of an antenna. */
#ifndef CPH_CLI_APPLY_JONES_H
#define CPH_CLI_APPLY_JONES_H

#include "cli/apply.h"

/** What was done to an input in some solution and channel: bits of applier->part. */
enum { CPH_APPLY_GAIN = 1, CPH_APPLY_WHOLE = 2 };

/** Most products of a row of visibilities. */
enum { CPH_APPLY_PRODUCTS = 4 };

/** Room for mix, partner and part where the calibration holds leakages. False: no memory. */
bool cph_apply_jones_reserve(cph_applier *applier);

/** mix of one solution and channel, whose gains and flags begin at `at` and are filled; leakage
 *  [elements], NaN unknown. Antennas whose inputs hear nearly the same polarisation are flagged. */
void cph_apply_jones_fill(cph_applier *applier, size_t at, const cph_c64 *leakage);

/** r [elements][elements] = J^-1 r J^-H; of antennas that mix, X with Y is NaN where r has no
 *  diagonal. False, and nothing changed, where no antenna mixes. */
bool cph_apply_jones_matrix(const cph_applier *applier, size_t at, cph_c64 *r);

/** The same of one row and channel: input [products][2]. What a flagged product is part of becomes
 *  flagged. False, and nothing changed, where a product is missing. */
bool cph_apply_jones_row(const cph_applier *applier, size_t at, size_t products,
                         const size_t *input, cph_c64 *visibility, unsigned char *flag);

/** Inputs that leakage was taken out of throughout, and others that have gains. */
void cph_apply_jones_count(const cph_applier *applier, size_t *taken, size_t *left);

#endif
