/* SPDX-License-Identifier: MIT */
/** @file apply_jones.h
 *  Leakages taken out of data: inverses of Jones matrices, where a calibration holds leakages and
 *  the data both inputs of an antenna. */
#ifndef CPH_CLI_APPLY_JONES_H
#define CPH_CLI_APPLY_JONES_H

#include "cli/apply.h"
#include "cophase/jones_inverse.h"

/** Room for mix, partner and part where the calibration holds leakages. False: no memory. */
bool cph_apply_jones_reserve(cph_applier *applier);

/** mix of one solution and channel, whose gains and flags begin at `at` and are filled; leakage
 *  [elements], NaN unknown. Antennas whose inputs hear nearly the same polarisation are flagged. */
CPH_MUST_CHECK cph_status cph_apply_jones_fill(cph_applier *applier, size_t at,
                                               const cph_c64 *leakage);

/** The inverses of that solution and channel. */
cph_jones_inverse cph_apply_jones_at(const cph_applier *applier, size_t at);

/** Inputs that leakage was taken out of throughout, and others that have gains. */
void cph_apply_jones_count(const cph_applier *applier, size_t *taken, size_t *left);

#endif
