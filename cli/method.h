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
    CPH_METHOD_COUNT
} cph_method_kind;

typedef struct cph_method {
    cph_method_kind kind;
    cph_directions nulls;
    double null_width; /**< radians */
    cph_loading loading;
    const char *loading_text; /**< --loading as written, or NULL */
    size_t time;              /**< dump of a covariance file */
} cph_method;

/** "conventional", "mvdr", "lcmv". */
const char *cph_method_name(cph_method_kind kind);

/** --method --null --null-width --loading --time, for cph_cli.method. */
extern const struct argp cph_argp_method;

/** `none fixed:POWER relative:POWER ledoit-wolf oas`. */
cph_status cph_parse_loading(const char *text, cph_loading *loading, cph_error *error);

#endif
