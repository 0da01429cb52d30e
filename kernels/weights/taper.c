/* SPDX-License-Identifier: MIT */
/* Tapers: their names and parameters, and windows of N points. */
#include <math.h>

#include "cophase/weights.h"
#include "kernels/core/fail.h"
#include "kernels/weights/taper_profile.h"

/* Which fields a kind uses. */
enum {
    USES_NBAR = 1,
    USES_SLL = 2,
    USES_PEDESTAL = 4,
    USES_POWER = 8,
    USES_EDGE = 16,
    USES_SHAPE = 32,
    USES_AXIS = 64
};

static const struct {
    const char *name;
    unsigned uses;
} kinds[CPH_TAPER_COUNT] = {
    [CPH_TAPER_UNIFORM] = {"uniform", 0},
    [CPH_TAPER_TAYLOR] = {"taylor", USES_NBAR | USES_SLL | USES_SHAPE},
    [CPH_TAPER_CIRCULAR_TAYLOR] = {"circular-taylor", USES_NBAR | USES_SLL},
    [CPH_TAPER_CHEBYSHEV] = {"chebyshev", USES_SLL | USES_SHAPE},
    [CPH_TAPER_BAYLISS] = {"bayliss", USES_NBAR | USES_SLL | USES_AXIS},
    [CPH_TAPER_HAMMING] = {"hamming", USES_SHAPE},
    [CPH_TAPER_HANN] = {"hann", USES_SHAPE},
    [CPH_TAPER_COSINE] = {"cosine", USES_PEDESTAL | USES_POWER | USES_SHAPE},
    [CPH_TAPER_GAUSSIAN] = {"gaussian", USES_EDGE | USES_SHAPE},
    [CPH_TAPER_BINOMIAL] = {"binomial", USES_SHAPE},
};

static const double least_sll = -200.0, bayliss_low = -40.0, bayliss_high = -15.0;
static const double most_power = 16.0;

static bool known(cph_taper_kind kind)
{
    return (size_t)kind < CPH_TAPER_COUNT;
}

const char *cph_taper_name(cph_taper_kind kind)
{
    return known(kind) ? kinds[kind].name : NULL;
}

bool cph_taper_is_radial(const cph_taper *taper)
{
    return taper->kind == CPH_TAPER_CIRCULAR_TAYLOR ||
           ((kinds[taper->kind].uses & USES_SHAPE) != 0 && taper->shape == CPH_TAPER_RADIAL);
}

static bool within(double value, double low, double high)
{
    return value >= low && value <= high;
}

cph_status cph_taper_check(const cph_taper *taper, cph_error *error)
{
    if (taper == NULL || !known(taper->kind))
        return cph_fail(error, CPH_ERR_ARGUMENT, "no such taper");
    const bool odd = taper->kind == CPH_TAPER_BAYLISS;
    const struct {
        unsigned field;
        bool right;
        const char *expected;
    } rule[] = {
        {USES_NBAR, taper->nbar >= (odd ? 2 : 1) && taper->nbar <= CPH_TAYLOR_NBAR_MAX,
         odd ? "nbar is a whole number from 2 to 64" : "nbar is a whole number from 1 to 64"},
        {USES_SLL,
         odd ? within(taper->sll_db, bayliss_low, bayliss_high)
             : within(taper->sll_db, least_sll, 0.0) && taper->sll_db < 0.0,
         odd ? "sll of a Bayliss taper is a level from -40 to -15 dB"
             : "sll is a level below 0 dB (and not below -200 dB)"},
        {USES_PEDESTAL, within(taper->pedestal, 0.0, 1.0), "pedestal is a number from 0 to 1"},
        {USES_POWER, within(taper->power, 0.0, most_power) && taper->power > 0.0,
         "power is a number above 0 and at most 16"},
        {USES_EDGE, within(taper->edge_db, least_sll, 0.0), "edge is a level from -200 to 0 dB"},
        {USES_SHAPE, taper->shape == CPH_TAPER_SEPARABLE || taper->shape == CPH_TAPER_RADIAL,
         "shape is separable or radial"},
        {USES_AXIS, taper->axis <= 1, "axis is x or y"},
    };
    for (size_t i = 0; i < sizeof rule / sizeof rule[0]; i++)
        if ((kinds[taper->kind].uses & rule[i].field) != 0 && !rule[i].right)
            return cph_fail(error, CPH_ERR_ARGUMENT, "%s", rule[i].expected);
    return CPH_OK;
}

cph_status cph_taper_line(const cph_taper *taper, size_t n, double *t)
{
    cph_taper_profile profile;
    if (n == 0 || t == NULL)
        return CPH_ERR_ARGUMENT;
    cph_status status = cph_taper_check(taper, NULL);
    if (status == CPH_OK)
        status = cph_taper_profile_make(taper, n, &profile);
    if (status != CPH_OK)
        return status;
    const double count = (double)n;
    for (size_t i = 0; i < n; i++)
        t[i] = profile.value(&profile, (2.0 * (double)i + 1.0 - count) / (2.0 * count));
    cph_taper_profile_free(&profile);
    return CPH_OK;
}
