/* SPDX-License-Identifier: MIT */
/** @file pattern_picture.h
 *  Pictures of an analysed pattern. */
#ifndef CPH_CLI_PATTERN_PICTURE_H
#define CPH_CLI_PATTERN_PICTURE_H

#include "cophase/mask.h"
#include "cophase/pattern.h"

/** A mask to draw beside the cuts. */
typedef struct cph_pattern_limit {
    const char *name;     /**< for the legend */
    const cph_mask *mask; /**< [2], of the principal planes; NULL: none */
    double offset_db;     /**< what its levels have beyond dBi */
} cph_pattern_limit;

/** Cuts through the peak along the planes of the metrics: power against the angle from the
 *  direction of the plane that is nearest to boresight, -90 to 90 degrees. */
cph_status cph_pattern_draw_cut(const char *path, const char *subtitle,
                                const cph_pattern_input *input, const cph_pattern_metrics *metrics,
                                const cph_pattern_limit *limit, cph_error *error);

/** The forward hemisphere over u and v, or over azimuth and elevation. */
cph_status cph_pattern_draw_map(const char *path, const char *subtitle, bool angles,
                                const cph_pattern_input *input, const cph_pattern_metrics *metrics,
                                cph_error *error);

#endif
