/* SPDX-License-Identifier: MIT */
/** @file cophase.h
 *  Everything, for programs on a host. Firmware and other libraries take the headers they need. */
#ifndef COPHASE_COPHASE_H
#define COPHASE_COPHASE_H

#include "cophase/adaptive.h"
#include "cophase/array.h"
#include "cophase/band.h"
#include "cophase/batch.h"
#include "cophase/beamform.h"
#include "cophase/calib.h"
#include "cophase/canceller.h"
#include "cophase/coded.h"
#include "cophase/convert.h"
#include "cophase/covariance.h"
#include "cophase/data.h"
#include "cophase/dispatch.h"
#include "cophase/element.h"
#include "cophase/estimate.h"
#include "cophase/exec.h"
#include "cophase/flags.h"
#include "cophase/lattice.h"
#include "cophase/lobes.h"
#include "cophase/mask.h"
#include "cophase/pattern.h"
#include "cophase/pilot.h"
#include "cophase/power_calib.h"
#include "cophase/random.h"
#include "cophase/reduced.h"
#include "cophase/redundant.h"
#include "cophase/receiver.h"
#include "cophase/retarget.h"
#include "cophase/scan.h"
#include "cophase/simulate.h"
#include "cophase/states.h"
#include "cophase/steer.h"
#include "cophase/subspace.h"
#include "cophase/tracker.h"
#include "cophase/types.h"
#include "cophase/waveform.h"
#include "cophase/weights.h"

#endif
