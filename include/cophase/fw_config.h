/* SPDX-License-Identifier: MIT */
/** @file fw_config.h
 *  What the firmware profile holds: each feature is a switch, 1 (as here, unless the compiler's
 *  command line says otherwise) or 0. A table goes away with what uses it. */
#ifndef COPHASE_FW_CONFIG_H
#define COPHASE_FW_CONFIG_H

/** Most elements of one call; at most 65536. */
#ifndef CPH_FW_ELEMENTS_MAX
#define CPH_FW_ELEMENTS_MAX 65536
#endif

/** Sine and cosine of binary angles. */
#ifndef CPH_FW_SINE
#define CPH_FW_SINE 1
#endif

/** Steering phases of lattices. */
#ifndef CPH_FW_STEER
#define CPH_FW_STEER 1
#endif

/** Steering phases of elements at arbitrary positions. */
#ifndef CPH_FW_STEER_POSITIONS
#define CPH_FW_STEER_POSITIONS 1
#endif

/** Phases that follow a moving source, one addition an element. */
#ifndef CPH_FW_TRACK
#define CPH_FW_TRACK 1
#endif

/** Beams of 16-bit samples. */
#ifndef CPH_FW_BEAMFORM
#define CPH_FW_BEAMFORM 1
#endif

/** Covariance of 16-bit samples. */
#ifndef CPH_FW_COVARIANCE
#define CPH_FW_COVARIANCE 1
#endif

/** Adaptive weights (MVDR, LCMV) in float. */
#ifndef CPH_FW_ADAPTIVE
#define CPH_FW_ADAPTIVE 1
#endif

#endif
