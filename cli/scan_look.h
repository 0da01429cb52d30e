/* SPDX-License-Identifier: MIT */
/** @file scan_look.h
 *  `cophase scan`: what is looked at, one covariance a polarisation, and the images of it. */
#ifndef CPH_CLI_SCAN_LOOK_H
#define CPH_CLI_SCAN_LOOK_H

#include "cli/input.h"
#include "cli/json.h"
#include "cophase/doa.h"
#include "cophase/scan.h"

/** One polarisation. Zero-initialise; free with cph_scan_look_free. */
typedef struct cph_scan_look {
    const cph_selection *selection;
    cph_dump dump;
    cph_c64 *gain;       /**< [elements] */
    unsigned char *flag; /**< [elements] */
} cph_scan_look;

/** How an image is made. */
typedef struct cph_scan_way {
    cph_doa_method method; /**< BARTLETT: cph_scan_image */
    size_t sources;        /**< MUSIC; 0: counted by MDL */
    double loading;        /**< CAPON */
} cph_scan_way;

/** "bartlett", "capon", "music". */
const char *cph_scan_way_name(cph_doa_method method);

/** Covariance, gains and flags of a dump and channel; the flagged are appended to the list. */
cph_exit cph_scan_look_open(const cph_input *input, const cph_selection *selection, size_t time,
                            size_t channel, json_t *flagged, cph_scan_look *look);
void cph_scan_look_free(cph_scan_look *look);

/** The look's image over config->grid, added with `add`; way->sources becomes what was counted. */
cph_exit cph_scan_look_image(const cph_cli *cli, const cph_scan_look *look,
                             const cph_scan_config *config, cph_scan_way *way, bool add,
                             double *image);

/** Sources instead of peaks: image becomes what they leave of all looks, source [most] what was
 *  found, peak [most] the same as peaks, value the flux, snr over what is left. */
cph_exit cph_scan_look_clean(const cph_cli *cli, size_t looks, const cph_scan_look *look,
                             const cph_scan_config *config, size_t most, cph_scan_source *source,
                             cph_scan_peak *peak, size_t *count, double *image);

#endif
