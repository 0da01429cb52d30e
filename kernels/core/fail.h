/* SPDX-License-Identifier: MIT */
/** @file fail.h
 *  Filling in a caller's cph_error (host files). */
#ifndef COPHASE_CORE_FAIL_H
#define COPHASE_CORE_FAIL_H

#include "cophase/types.h"

/** Fills *error (may be NULL) with a status and a formatted line; returns the status. */
CPH_PRINTF(3, 4)
cph_status cph_fail(cph_error *error, cph_status status, const char *format, ...);

#endif
