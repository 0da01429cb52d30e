/* SPDX-License-Identifier: MIT */
/** @file fw_track.h
 *  Firmware profile: phases that follow a moving source between two beams, one addition an element
 *  and step. A beam is computed for now and one for 2^shift steps ahead (cophase/fw_steer.h, with
 *  calibration or without: it cancels); in between the phases run evenly from the one to the other.
 *
 *  Error against the exact phases: rounding of the rates is below one unit (2^-32 turn) a step, so
 *  below 2^shift units where the next pair starts afresh; a path that is not straight adds at most
 *  T^2/8 |d^2 phase/dt^2| over the time T of the 2^shift steps (linear interpolation). Start afresh
 *  when their sum reaches the error that may be made: half a step of the shifters, say. Example: a
 *  satellite at 550 km passes overhead at 0.8 degrees/s, and its direction cosines bend by at most
 *  1.6e-4/s^2; at 12 wavelengths from the middle a T of 2 s costs 0.001 turns, an eighth of the
 * step of a 7-bit shifter, and 2^11 steps in that time 5e-7. */
#ifndef COPHASE_FW_TRACK_H
#define COPHASE_FW_TRACK_H

#include "cophase/fw_config.h"
#include "cophase/types.h"

CPH_BEGIN_DECLS

#if CPH_FW_TRACK
/** rate[n] = floor(d / 2^shift) for d = to[n] - from[n] modulo 2^32 taken as signed: the shorter
 * way round, so that no element may turn by half a turn or more. N from 1 to CPH_FW_ELEMENTS_MAX,
 *  shift from 0 to 30. rate must not overlap the others. Errors: ARGUMENT. */
CPH_MUST_CHECK CPH_API cph_status cph_fw_track_rates(size_t elements, const uint32_t *from,
                                                     const uint32_t *to, unsigned shift,
                                                     int32_t *rate);

/** phase[n] += rate[n] modulo 2^32. No overlap. Errors: ARGUMENT. */
CPH_MUST_CHECK CPH_API cph_status cph_fw_track_step(size_t elements, const int32_t *rate,
                                                    uint32_t *phase);
#endif

CPH_END_DECLS

#endif
