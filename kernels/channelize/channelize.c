/* SPDX-License-Identifier: MIT */
#include "cophase/channelize.h"

#include <math.h>
#include <stdlib.h>

#include "kernels/channelize/channelize_plan.h"
#include "kernels/channelize/prototype.h"
#include "kernels/core/heap.h"

/* What stands where a number is 0. */
static cph_channelize_config complete(const cph_channelize_config *config)
{
    cph_channelize_config whole = *config;
    whole.oversample = config->oversample == 0 ? 1 : config->oversample;
    whole.taps = config->taps == 0 ? 8 : config->taps;
    whole.transition = config->transition == 0.0 ? 0.5 : config->transition;
    return whole;
}

static bool valid(const cph_channelize_config *c)
{
    return c->elements > 0 && c->elements <= PTRDIFF_MAX / 64 && c->channels >= 2 &&
           c->channels <= CPH_CHANNELIZE_CHANNELS_MAX &&
           (c->oversample == 1 || (c->oversample == 2 && c->channels % 2 == 0)) &&
           c->taps <= CPH_CHANNELIZE_TAPS_MAX && c->transition > 0.0 && c->transition <= 1.0 &&
           cph_type_size(c->type) != 0;
}

static double decibels(double amplitude)
{
    return 20.0 * log10(fmax(amplitude, 1e-15));
}

/* Lobes fall off from the band's edge: the largest stand within two channels of it, or up to half
 * the sampling rate, beyond which the response comes back. */
static void measure(cph_channelize_info *info)
{
    const double lobes = 2.0;
    const size_t m = info->channels, t = info->taps;
    const double half = 0.5 * (double)m, from = fmin(info->stopband, half);
    const double ripple = cph_prototype_largest(m, t, info->prototype, 1.0, 0.0, info->passband);
    info->independent = cph_prototype_independent(info->length, info->prototype, info->step);
    info->ripple_db = -decibels(fmax(1.0 - ripple, 0.0));
    info->edge_db = decibels(fabs(cph_prototype_response(m, info->length, info->prototype, 0.5)));
    info->alias_db =
        decibels(cph_prototype_largest(m, t, info->prototype, 0.0, from, fmin(from + lobes, half)));
}

static void design(const cph_channelize_config *c, cph_channelize_plan *plan)
{
    const bool critical = c->oversample == 1;
    const double w = c->transition;
    plan->info = (cph_channelize_info){.channels = c->channels,
                                       .oversample = c->oversample,
                                       .taps = c->taps,
                                       .step = c->channels / c->oversample,
                                       .length = c->channels * c->taps,
                                       .prototype = plan->prototype,
                                       .passband = critical ? 0.5 * (1.0 - w) : 0.5,
                                       .stopband = critical ? 0.5 * (1.0 + w) : 0.5 + w};
    cph_prototype_design(c->channels, c->taps, critical ? 0.5 : 0.5 + 0.5 * w, w, plan->prototype);
    measure(&plan->info);
}

/* Rows of few elements do not fill a vector: branches lie side by side in it, each part with a
 * coefficient of its own. */
static cph_status spread(cph_channelize_plan *plan)
{
    const size_t parts = 2 * plan->elements, length = plan->info.length;
    if (plan->elements >= CPH_BANK_ELEMENTS)
        return CPH_OK;
    plan->spread = malloc(length * parts * sizeof *plan->spread);
    if (plan->spread == NULL)
        return CPH_ERR_MEMORY;
    for (size_t i = 0; i < length * parts; i++)
        plan->spread[i] = plan->prototype[i / parts];
    return CPH_OK;
}

static cph_status fill(const cph_channelize_config *c, cph_channelize_plan *plan)
{
    plan->elements = c->elements;
    plan->type = c->type;
    plan->exec = c->exec;
    plan->prototype = malloc(c->channels * c->taps * sizeof *plan->prototype);
    if (plan->prototype == NULL)
        return CPH_ERR_MEMORY;
    design(c, plan);
    const cph_status status = spread(plan);
    return status == CPH_OK
               ? cph_bank_groups_make(c->elements, c->channels, -1, c->quick, &plan->groups)
               : status;
}

cph_status cph_channelize_create(const cph_channelize_config *config, cph_channelize_plan **plan)
{
    if (config == NULL || plan == NULL)
        return CPH_ERR_ARGUMENT;
    const cph_channelize_config whole = complete(config);
    size_t bytes;
    if (!valid(&whole))
        return CPH_ERR_ARGUMENT;
    if (!CPH_HAVE_FFTW)
        return CPH_ERR_UNSUPPORTED;
    if (!cph_size_mul(whole.channels * whole.taps, 2 * sizeof(cph_c32) * whole.elements, &bytes) ||
        bytes > PTRDIFF_MAX)
        return CPH_ERR_OVERFLOW;
    cph_channelize_plan *const made = calloc(1, sizeof *made);
    if (made == NULL)
        return CPH_ERR_MEMORY;
    const cph_status status = fill(&whole, made);
    if (status == CPH_OK)
        *plan = made;
    else
        cph_channelize_destroy(made);
    return status;
}

void cph_channelize_destroy(cph_channelize_plan *plan)
{
    if (plan == NULL)
        return;
    cph_bank_groups_free(&plan->groups);
    free(plan->prototype);
    free(plan->spread);
    free(plan);
}

cph_status cph_channelize_describe(const cph_channelize_plan *plan, cph_channelize_info *info)
{
    if (plan == NULL || info == NULL)
        return CPH_ERR_ARGUMENT;
    *info = plan->info;
    return CPH_OK;
}

double cph_channelize_response(const cph_channelize_plan *plan, double offset)
{
    return plan == NULL ? NAN
                        : cph_prototype_response(plan->info.channels, plan->info.length,
                                                 plan->prototype, offset);
}
