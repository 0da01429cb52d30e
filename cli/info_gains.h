/* SPDX-License-Identifier: MIT */
/** @file info_gains.h
 *  What `cophase info` says of a calibration's gains. */
#ifndef CPH_CLI_INFO_GAINS_H
#define CPH_CLI_INFO_GAINS_H

#include "cli/json.h"
#include "cli/options.h"
#include "cophase/data.h"

typedef struct cph_info_gains {
    size_t count;                    /**< of all times, channels and inputs; 0: no calibration */
    size_t flagged, filled;          /**< of them; filled in from other channels, not measured */
    bool delays, leakages, coupling; /**< whether the file holds them, too */
} cph_info_gains;

/** Reads what there is to say; nothing of files of other kinds. */
cph_exit cph_info_gains_read(const cph_cli *cli, cph_kind kind, cph_info_gains *gains);

/** Lines of text; none for another kind. */
void cph_info_gains_print(const cph_info_gains *gains);

/** An object, or null for another kind. */
json_t *cph_info_gains_json(const cph_info_gains *gains);

#endif
