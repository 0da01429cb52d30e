/* SPDX-License-Identifier: MIT */
/** @file method.h
 *  How weights are found: the method, its nulls and its loading. */
#ifndef CPH_CLI_METHOD_H
#define CPH_CLI_METHOD_H

#include <argp.h>

#include "cli/parse.h"
#include "cophase/adaptive.h"

typedef enum cph_method_kind {
    CPH_METHOD_CONVENTIONAL,
    CPH_METHOD_MVDR,
    CPH_METHOD_LCMV,
    CPH_METHOD_GSC,
    CPH_METHOD_ROBUST_CAPON,
    CPH_METHOD_WHITE_NOISE,
    CPH_METHOD_SUBSPACE,
    CPH_METHOD_NLMS,
    CPH_METHOD_QRD,
    CPH_METHOD_INVERSE_QRD,
    CPH_METHOD_COUNT
} cph_method_kind;

/** What stands behind a method's name, `NAME:key=value,...`. */
typedef struct cph_method_keys {
    double derivative;  /**< lcmv, gsc: 1 keeps the response flat about the look */
    double uncertainty; /**< robust-capon: |error of v|^2 / |v|^2 */
    double gain;        /**< white-noise: least gain over white noise, of the conventional beam's */
    double waves;       /**< subspace: how many; NaN: not given */
    double threshold;   /**< subspace: over the noise floor; NaN: not given */
    double protect;     /**< subspace: part of the look that makes a wave its own */
    double step;        /**< nlms */
    double forget;      /**< qrd-rls, inverse-qrd-rls */
    double regular;     /**< trackers: over the mean power of an element */
} cph_method_keys;

typedef struct cph_method {
    cph_method_kind kind;
    cph_method_keys keys;
    cph_directions nulls;
    double null_width; /**< radians */
    cph_loading loading;
    const char *loading_text; /**< --loading as written, or NULL */
    size_t time;              /**< dump of a covariance file */
    bool forward_backward;    /**< average the covariance with its mirror image */
    size_t smooth;            /**< elements of a part of the line; 0: not asked for */
    const char *subarrays;    /**< --subarrays as written, or NULL */
    size_t grid[2];           /**< of them: columns and rows; N and 0; 0 for those of the array */
    size_t beamspace;         /**< beams; 0: not asked for */
    bool repair;              /**< conventional: again over the live elements */
} cph_method;

/** "conventional", "mvdr", ... */
const char *cph_method_name(cph_method_kind kind);

/** Whether the weights follow a capture sample by sample. */
bool cph_method_tracks(cph_method_kind kind);

/** --method --null --null-width --loading --time --forward-backward --smooth --subarrays
 *  --beamspace --repair, for cph_cli.method.
 */
extern const struct argp cph_argp_method;

/** `AxB`, `N` or `array`. */
cph_status cph_parse_subarrays(const char *text, size_t grid[2], cph_error *error);

/** `NAME[:key=value,...]`: sets kind and keys. */
cph_status cph_parse_method(const char *text, cph_method *method, cph_error *error);

/** `none fixed:POWER relative:POWER ledoit-wolf oas`. */
cph_status cph_parse_loading(const char *text, cph_loading *loading, cph_error *error);

#endif
