/* SPDX-License-Identifier: MIT */
/** @file fw.h
 *  The firmware profile: fixed point, no heap, no libc, the same bits on every processor. */
#ifndef COPHASE_FW_H
#define COPHASE_FW_H

#include "cophase/fw_config.h"

#include "cophase/fw_adaptive.h"
#include "cophase/fw_beam.h"
#include "cophase/fw_beamform.h"
#include "cophase/fw_calibrate.h"
#include "cophase/fw_covariance.h"
#include "cophase/fw_image.h"
#include "cophase/fw_nlms.h"
#include "cophase/fw_states.h"
#include "cophase/fw_steer.h"
#include "cophase/fw_taper.h"
#include "cophase/fw_temperature.h"
#include "cophase/fw_track.h"

#endif
