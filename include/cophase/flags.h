/* SPDX-License-Identifier: MIT */
/** @file flags.h
 *  Why an element is left out. */
#ifndef COPHASE_FLAGS_H
#define COPHASE_FLAGS_H

#include "cophase/types.h"

CPH_BEGIN_DECLS

/** Values are stored nowhere; files hold the names. */
typedef enum cph_flag {
    CPH_FLAG_NONE,         /**< good */
    CPH_FLAG_LISTED,       /**< its source (positions file) lists it as bad */
    CPH_FLAG_EXCLUDED,     /**< the user excluded it */
    CPH_FLAG_DEAD,         /**< no power, or noise that correlates with nothing */
    CPH_FLAG_WEAK,         /**< far less gain or power than the others */
    CPH_FLAG_HOT,          /**< far more power than the others */
    CPH_FLAG_SATURATED,    /**< too many samples at full scale */
    CPH_FLAG_NOT_FINITE,   /**< NaN or infinity in its data */
    CPH_FLAG_UNSOLVED,     /**< no usable baseline, or the solver gave no finite gain */
    CPH_FLAG_INCONSISTENT, /**< its baselines contradict those that should see the same */
    CPH_FLAG_INTERFERENCE, /**< interference in all that was measured of it */
    CPH_FLAG_COUNT
} cph_flag;

/** "good", "listed", "excluded", "dead", "weak", "hot", "saturated", "not-finite", "unsolved",
 *  "inconsistent", "interference". */
CPH_API const char *cph_flag_name(cph_flag flag);

/** Inverse of cph_flag_name; an unknown name is CPH_FLAG_UNSOLVED (still a flag). */
CPH_API cph_flag cph_flag_parse(const char *name);

CPH_END_DECLS

#endif
