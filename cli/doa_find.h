/* SPDX-License-Identifier: MIT */
/** @file doa_find.h
 *  `cophase doa`: what is asked for, and what was found. */
#ifndef CPH_CLI_DOA_FIND_H
#define CPH_CLI_DOA_FIND_H

#include "cli/input.h"
#include "cli/json.h"
#include "cophase/doa.h"

typedef enum cph_doa_way {
    CPH_WAY_BARTLETT,
    CPH_WAY_CAPON,
    CPH_WAY_MUSIC,
    CPH_WAY_ROOT_MUSIC,
    CPH_WAY_ESPRIT,
    CPH_WAY_ML,
    CPH_WAYS
} cph_doa_way;

/** "bartlett", ..., as --method takes them. */
const char *cph_doa_way_name(cph_doa_way way);

typedef struct cph_doa_options {
    cph_cli cli;
    size_t time, channel;
    cph_doa_way way;
    size_t sources; /**< 0: counted by `rule` */
    cph_doa_rule rule;
    size_t grid;     /**< 0: cph_doa_grid */
    double radius;   /**< 0: not asked for */
    double loading;  /**< capon */
    bool noise_gain; /**< noise powers go with |gain|^2 */
    bool forward_backward;
    size_t smooth;   /**< elements of a part; 0: not asked for */
    const char *csv; /**< or NULL */
} cph_doa_options;

typedef struct cph_doa_found {
    const cph_selection *selection;
    cph_dump dump;
    cph_c64 *gain;       /**< [elements] */
    unsigned char *flag; /**< [elements] */
    double *noise;       /**< [elements] relative powers */
    cph_doa *doa;        /**< of the covariance as it is */
    cph_doa *averaged;   /**< what directions are found in; doa itself where nothing is averaged */
    bool has_count[CPH_DOA_RULES];
    size_t count[CPH_DOA_RULES]; /**< by AIC and MDL, of `averaged` */
    size_t sources;              /**< that were looked for */
    size_t found, beyond;        /**< beyond the radius that was asked for: left out of those */
    cph_doa_estimate *estimate;  /**< [found], strongest first */
    double level;                /**< noise power of an element */
    size_t iterations;           /**< ml */
    json_t *flagged;
    json_t *remarks; /**< sentences */
} cph_doa_found;

/** Finds and judges. Zero-initialise; free in every case. */
cph_exit cph_doa_find(const cph_doa_options *options, const cph_input *input, cph_doa_found *made);
void cph_doa_found_free(cph_doa_found *made);

/** The spectrum of the way; of one without that of MUSIC, or Bartlett's where no source is. */
cph_doa_spectrum cph_doa_way_spectrum(const cph_doa_options *options, size_t sources);

/** "11700 MHz, polarisation X, calibrated". */
void cph_doa_describe(const cph_input *input, const cph_doa_found *made, size_t size, char *text);

cph_exit cph_doa_print_text(const cph_doa_options *options, const cph_input *input,
                            const cph_doa_found *made);
cph_exit cph_doa_print_json(const cph_doa_options *options, const cph_input *input,
                            const cph_doa_found *made);
cph_status cph_doa_write_csv(const char *path, const char *const *inputs, const cph_input *input,
                             const cph_doa_found *made, cph_error *error);
cph_status cph_doa_draw(const cph_doa_options *options, const cph_input *input,
                        const cph_doa_found *made, cph_error *error);

#endif
