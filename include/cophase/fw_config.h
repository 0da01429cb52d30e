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
#if CPH_FW_ELEMENTS_MAX < 1 || CPH_FW_ELEMENTS_MAX > 65536
#error "CPH_FW_ELEMENTS_MAX: expected 1 to 65536"
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

/** Tapers from tables (130 bytes each). Needs CPH_FW_STEER or CPH_FW_STEER_POSITIONS. */
#ifndef CPH_FW_TAPER
#define CPH_FW_TAPER 1
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

/** Weights that follow sample by sample (NLMS) in float. */
#ifndef CPH_FW_NLMS
#define CPH_FW_NLMS 1
#endif

/** Steps of a calibration: correlation, Hadamard codes, the table of the units. */
#ifndef CPH_FW_CALIBRATE
#define CPH_FW_CALIBRATE 1
#endif

/** States of chips: nearest code of a phase, tables of states, gain codes. */
#ifndef CPH_FW_STATES
#define CPH_FW_STATES 1
#endif

/** Beams packed from phases. Needs CPH_FW_STATES and one of the layouts: CPH_FW_PACKED,
 *  CPH_FW_ADAR1000, CPH_FW_ADAR300X. */
#ifndef CPH_FW_BEAM
#define CPH_FW_BEAM 1
#endif

/** Beams of phase codes of 4 to 8 bits. */
#ifndef CPH_FW_PACKED
#define CPH_FW_PACKED 1
#endif

/** Beams of the ADAR1000, its phase settings (1030 bytes of tables). */
#ifndef CPH_FW_ADAR1000
#define CPH_FW_ADAR1000 1
#endif

/** Phase and amplitude set jointly by the ADAR1000's vector modulator. Needs CPH_FW_ADAR1000 and
 *  CPH_FW_SINE. */
#ifndef CPH_FW_VECTORS
#define CPH_FW_VECTORS 1
#endif

/** Words for the bus of the ADAR1000. */
#ifndef CPH_FW_ADAR1000_SPI
#define CPH_FW_ADAR1000_SPI 1
#endif

/** Beams of the ADAR3000 to ADAR3003 (a table of 128 bytes). */
#ifndef CPH_FW_ADAR300X
#define CPH_FW_ADAR300X 1
#endif

/** CRC-32 (a table of 64 bytes). */
#ifndef CPH_FW_CRC
#define CPH_FW_CRC 1
#endif

/** Images: tables of beams. Needs CPH_FW_BEAM and CPH_FW_CRC. */
#ifndef CPH_FW_IMAGE
#define CPH_FW_IMAGE 1
#endif

/** Phases and gains of the units between temperatures. */
#ifndef CPH_FW_TEMPERATURE
#define CPH_FW_TEMPERATURE 1
#endif

/* What needs another is off without it. */
#if !CPH_FW_STEER && !CPH_FW_STEER_POSITIONS
#undef CPH_FW_TAPER
#define CPH_FW_TAPER 0
#endif
#if !CPH_FW_STATES
#undef CPH_FW_BEAM
#define CPH_FW_BEAM 0
#undef CPH_FW_ADAR1000
#define CPH_FW_ADAR1000 0
#undef CPH_FW_ADAR300X
#define CPH_FW_ADAR300X 0
#endif
#if !CPH_FW_PACKED && !CPH_FW_ADAR1000 && !CPH_FW_ADAR300X
#undef CPH_FW_BEAM
#define CPH_FW_BEAM 0
#endif
#if !CPH_FW_ADAR1000 || !CPH_FW_SINE
#undef CPH_FW_VECTORS
#define CPH_FW_VECTORS 0
#endif
#if !CPH_FW_BEAM || !CPH_FW_CRC
#undef CPH_FW_IMAGE
#define CPH_FW_IMAGE 0
#endif

#endif
