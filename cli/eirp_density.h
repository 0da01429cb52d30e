/* SPDX-License-Identifier: MIT */
/** @file eirp_density.h
 *  EIRP density of a beam in a region of the sky, against the mask of it that `pattern` knows:
 *  25.218, dBW / 4 kHz over the angle from the look. */
#ifndef CPH_CLI_EIRP_DENSITY_H
#define CPH_CLI_EIRP_DENSITY_H

#include "cli/json.h"
#include "cophase/array.h"
#include "cophase/element.h"
#include "cophase/mask.h"
#include "cophase/steer.h"

/** Directions at a time. */
enum { CPH_DENSITY_BATCH = 16 };

/** A beam and a region: all azimuths from one elevation to another. */
typedef struct cph_density_scan {
    double look[3], up[3]; /**< unit vectors, array frame */
    double from_rad, below_rad;
    double step_rad;    /**< between samples, at most: a quarter of a lobe finds each */
    double density_dbw; /**< toward the look, in 4 kHz */
    const cph_mask *mask;
    size_t elements;
    const cph_steer_plan *steer;
    double freq_hz;
    const cph_element_pattern *element;
    const cph_c64 *c; /**< [N] conj(w) times the gains that beams have */
    cph_c32 *room;    /**< [CPH_DENSITY_BATCH][N] */
} cph_density_scan;

/** One direction of the region. */
typedef struct cph_density_place {
    double u[3], off_axis_deg; /**< from the look */
    double density_dbw, mask_dbw;
    double margin_db; /**< mask less density; NaN: the mask says nothing here */
} cph_density_place;

typedef struct cph_density {
    cph_density_place highest, least; /**< of the most density; of the least margin (its margin_db
                                           NaN: the mask says nothing of the region) */
} cph_density;

/** 25.218 for an array of this size. */
cph_status cph_density_mask(const cph_array *array, const double *position, double freq_hz,
                            cph_mask *mask, cph_error *error);

/** Samples the region, then climbs from the best sample. With steps of a quarter of a lobe another
 *  top may be 0.4 dB (12 dB times twice the square of an eighth) better than what is found. The
 *  mask's allowance for some of the angles is not used. Errors: of cph_steer_run; ARGUMENT where
 *  nothing is radiated to the look. */
cph_status cph_density_find(const cph_density_scan *scan, cph_density *density);

/** Its numbers, without where: "off_axis_deg", "density_dbw_4khz", "mask_dbw_4khz", "margin_db". */
json_t *cph_density_json(const cph_density_place *place);

/** "47 CFR 25.218(f)(1)" */
const char *cph_density_source(void);

#endif
