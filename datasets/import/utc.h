/* SPDX-License-Identifier: MIT */
/** @file utc.h
 *  Times of day as ISO 8601 writes them. */
#ifndef CPH_DATASETS_UTC_H
#define CPH_DATASETS_UTC_H

#include <stdbool.h>

/** `YYYY-MM-DDThh:mm:ss[.fff][Z]` of UTC, years 1 to 9999; a blank may stand for T, +00:00 for Z.
 *  The whole word. Unix seconds are *whole_s + *rest_s: what is behind the point stays apart, as
 * one number cannot tell it from the whole seconds to less than 0.2 us. A 60th second is the next
 *  minute's first, as in Unix time. False: it is none, and nothing has changed. */
bool cph_utc_parse(const char *text, double *whole_s, double *rest_s);

#endif
