/* SPDX-License-Identifier: MIT */
/** @file fw_temperature.h
 *  Firmware profile: calibration that depends on temperature. */
#ifndef COPHASE_FW_TEMPERATURE_H
#define COPHASE_FW_TEMPERATURE_H

#include "cophase/fw_config.h"
#include "cophase/types.h"

CPH_BEGIN_DECLS

#if CPH_FW_TEMPERATURE
/** Phases and gains of the units at some temperatures. */
typedef struct cph_fw_temperatures {
    size_t count;          /**< K, 1 to 256 */
    size_t elements;       /**< N, 1 to CPH_FW_ELEMENTS_MAX */
    const int16_t *at;     /**< [K] rising, in any unit (0.01 degrees reach +-327) */
    const uint16_t *phase; /**< [K][N] what is added to phases, 2^16 = one turn */
    const uint16_t *gain;  /**< [K][N] in any unit, or NULL */
} cph_fw_temperatures;

/** Phases (2^32 = one turn) and gains [N] at a temperature between two of the table: phase[n] =
 *  base[n] + 2^16 p + d f, where p is that at the lower one, d the way to that at the upper one,
 *  the shorter way round (in [-2^15, 2^15)), and f = floor(2^16 (t - t_lower) / (t_upper -
 *  t_lower)); gain[n] = g + floor((d f + 2^15) / 2^16) likewise. Below and above the table its ends
 *  are held. base [N] is added, or NULL; `phase` may be `base`; `gain` is NULL or [N], and then the
 *  table has gains. Errors: ARGUMENT (also: temperatures do not rise). */
CPH_MUST_CHECK CPH_API cph_status cph_fw_temperature_run(const cph_fw_temperatures *table,
                                                         int16_t temperature, const uint32_t *base,
                                                         uint32_t *phase, uint16_t *gain);
#endif

CPH_END_DECLS

#endif
