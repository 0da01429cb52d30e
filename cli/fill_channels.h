/* SPDX-License-Identifier: MIT */
/** @file fill_channels.h
 *  --fill-channels of `cophase calibrate`: gains of flagged channels from those around them. */
#ifndef CPH_CLI_FILL_CHANNELS_H
#define CPH_CLI_FILL_CHANNELS_H

#include "cli/calibrate_solve.h"

/** Fills made->calibration and made->filled where o->fill_gap_hz is above 0; what keeps it from
 *  that is a remark on stderr. */
cph_exit cph_fill_channels(const cph_calibrate_options *o, cph_calibrated *made);

/** {"max_gap_hz", "gains", "left", "elements": [{"element", "polarization", "time", "channels"}]},
 *  or null where nothing was asked for. */
json_t *cph_fill_channels_json(const cph_calibrate_options *o, const cph_calibrated *made);

#endif
