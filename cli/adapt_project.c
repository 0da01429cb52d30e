/* SPDX-License-Identifier: MIT */
/* Weights that are orthogonal to the strongest waves of the covariance. */
#include <math.h>

#include "cli/adapt_shop.h"
#include "cophase/subspace.h"

static cph_subspace_rule rule_of(const cph_method_keys *keys)
{
    return !isnan(keys->waves)       ? CPH_SUBSPACE_GIVEN
           : !isnan(keys->threshold) ? CPH_SUBSPACE_THRESHOLD
                                     : CPH_SUBSPACE_MDL;
}

static cph_status decompose(cph_shop *s, cph_subspace **subspace, cph_error *error)
{
    const cph_method_keys *keys = &s->method->keys;
    const size_t n = s->selection->elements;
    const cph_subspace_config config = {.elements = n,
                                        .covariance = s->dump.r,
                                        .ld = n,
                                        .gain = s->calibrated ? s->ones : s->gain,
                                        .flag = s->flag,
                                        .samples = s->samples,
                                        .rule = rule_of(keys),
                                        .waves = isnan(keys->waves) ? 0 : (size_t)keys->waves,
                                        .threshold = keys->threshold,
                                        .protect = keys->protect};
    cph_status status = cph_adapt_widen(s, error);
    if (status == CPH_OK)
        status = cph_subspace_create(&config, subspace, error);
    if (status == CPH_OK)
        s->adapted->waves = cph_subspace_waves(*subspace, &s->adapted->live);
    return status;
}

cph_exit cph_adapt_project(cph_shop *s)
{
    cph_error error = {.status = CPH_OK};
    cph_subspace *subspace = NULL;
    cph_status status = decompose(s, &subspace, &error);
    for (size_t b = 0; status == CPH_OK && b < s->weights->beams; b++) {
        size_t count = 0;
        status = cph_adapt_constrain(s, b, &count, &error);
        if (status == CPH_OK)
            status = cph_subspace_weights(subspace, s->c, s->w, &s->adapted->beam[b].kept, &error);
        if (status == CPH_OK)
            cph_adapt_store(s, b);
    }
    cph_subspace_destroy(subspace);
    return status == CPH_OK ? CPH_EXIT_DONE : cph_adapt_report(s, &error);
}
