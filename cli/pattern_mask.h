/* SPDX-License-Identifier: MIT */
/** @file pattern_mask.h
 *  A pattern against an off-axis mask: cuts through the peak, and where they exceed it. */
#ifndef CPH_CLI_PATTERN_MASK_H
#define CPH_CLI_PATTERN_MASK_H

#include <argp.h>

#include "cli/json.h"
#include "cophase/array.h"
#include "cophase/mask.h"
#include "cophase/pattern.h"

/** A mask as it was asked for. */
typedef struct cph_mask_choice {
    const char *text;   /**< as written: a path when it is none of the names; NULL: no mask */
    cph_mask_kind kind; /**< CPH_MASK_COUNT: a file */
    double density;     /**< dBW / 4 kHz into the antenna; NaN: not given */
    double from_deg;    /**< checked from here on; NaN: from where the mask begins */
    size_t cuts;        /**< great circles through the peak, evenly turned, >= 1 */
} cph_mask_choice;

/** --mask --mask-from --mask-cuts of `pattern`. Its input is a cph_mask_choice of its own, which
 * the verb hands over after cph_cli_children. */
extern const struct argp cph_argp_mask;

/** The value of a --mask-from. */
error_t cph_parse_mask_from(const char *arg, double *from_deg, const struct argp_state *state);

/** `25.209`, `25.218:density=-14`, `S.465` ... or a path. */
cph_status cph_parse_mask(const char *text, cph_mask_choice *choice, cph_error *error);

/** "angle,level" a line, degrees and dBi, ascending; empty lines, lines that start with # and a
 *  first line of words are passed over. Errors: IO, FORMAT, MEMORY. */
cph_status cph_mask_read(const char *path, cph_mask *mask, cph_error *error);

/** The same lines, from 0 to 90 degrees, as the pattern of an element. Errors: IO, FORMAT. */
cph_status cph_element_read(const char *path, cph_element_table *element, cph_error *error);

/** Extent over the longest of x, y and z and half a pitch beyond the outer elements, in
 * wavelengths; half of one at least. position [N][3]. */
double cph_mask_diameter_wl(const cph_array *array, const double *position, double freq_hz);

/** The mask of a beam in the plane that is turned by `turn` radians from metrics->tangent[0];
 * `file` is what cph_mask_read gave for a path. Errors: of cph_mask_make. */
cph_status cph_mask_in_plane(const cph_mask_choice *choice, const cph_mask *file,
                             const cph_pattern_metrics *metrics, double diameter, double turn,
                             cph_mask *mask, cph_error *error);

/** One angle where cut and mask were compared; margin_db = mask_db - level_db. */
typedef struct cph_mask_row {
    double angle_deg, level_db, mask_db, margin_db;
} cph_mask_row;

enum { CPH_MASK_ROWS = 24 };

typedef struct cph_mask_report {
    double diameter_wl;
    cph_mask mask[2]; /**< in the two principal planes; the same but for S.1528 */
    double offset_db; /**< what was added to dBi: the density, or 0 */
    double start_deg; /**< where the mask begins */
    double from_deg;  /**< where the check begins */
    size_t rows;      /**< ascending angles, each the worst of its part of the mask */
    cph_mask_row row[CPH_MASK_ROWS];
    double main_lobe_deg;   /**< the farthest first null of all cuts */
    cph_mask_row main_lobe; /**< worst inside it; NaN: the mask begins outside */
    cph_mask_row beyond;    /**< worst outside it; NaN: nothing is outside */
    cph_mask_row worst;     /**< worst from from_deg on; NaN: nothing is there */
    double relaxed_share;   /**< of angles over the mask within what it relaxes, worst cut */
    double met_from_deg;    /**< from here on nothing violates the mask; NaN: nowhere */
    bool met;               /**< nothing violates it from from_deg on */
} cph_mask_report;

/** Compares `cuts` half circles a side, forward half space (w >= 0). Errors: those of the reading,
 *  of cph_mask_make and of cph_pattern_response. */
cph_status cph_mask_compare(const cph_mask_choice *choice, const cph_array *array,
                            const cph_pattern_input *input, const cph_pattern_metrics *metrics,
                            cph_mask_report *report, cph_error *error);

/** For a headline: the source of the mask, or its path. */
const char *cph_mask_title(const cph_mask_choice *choice);

/** Everything the report holds. */
json_t *cph_mask_object(const cph_mask_choice *choice, const cph_mask_report *report);
void cph_mask_print(const cph_mask_choice *choice, const cph_mask_report *report);

/** CPH_EXIT_DONE, or says on stderr how the mask is violated and gives CPH_EXIT_LIMIT. */
cph_exit cph_mask_verdict(const char *name, const cph_mask_choice *choice,
                          const cph_mask_report *report);

#endif
