/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "cli/options.h"
#include "cli/pattern_mask.h"

enum { KEY_MASK = CPH_KEY_VERB + 0xE0, KEY_FROM, KEY_CUTS };

/* Cuts that nobody asked to be more. */
enum { PRINCIPAL = 2, MOST_CUTS = 360 };

static const struct argp_option options[] = {
    {"mask", KEY_MASK, "MASK", 0,
     "Compare cuts with 25.209 25.218:density=DBW S.465 S.580 S.1528 S.1855 or a FILE.csv of "
     "angle,level (degrees from the peak, dBi); exit status 4 when it is exceeded",
     0},
    {"mask-from", KEY_FROM, "ANGLE", 0, "Judge from this angle on (default: where the mask begins)",
     0},
    {"mask-cuts", KEY_CUTS, "N", 0,
     "Cuts through the peak, evenly turned (default: 2, the principal planes)", 0},
    {0}};

error_t cph_parse_mask_from(const char *arg, double *from_deg, const struct argp_state *state)
{
    cph_error error;
    double angle = 0.0;
    const cph_status status = cph_parse_quantity(CPH_ANGLE, arg, &angle, &error);
    if (status == CPH_OK && !(angle >= 0.0 && angle < M_PI))
        return cph_usage(state, "--mask-from %s: expected an angle from 0 to 180 degrees", arg);
    *from_deg = angle * 180.0 / M_PI;
    return cph_parsed(state, status, &error);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    cph_mask_choice *mask = state->input;
    cph_error error;
    switch (key) {
    case ARGP_KEY_INIT:
        *mask = (cph_mask_choice){.density = NAN, .from_deg = NAN, .cuts = PRINCIPAL};
        return 0;
    case KEY_MASK:
        return cph_parsed(state, cph_parse_mask(arg, mask, &error), &error);
    case KEY_FROM:
        return cph_parse_mask_from(arg, &mask->from_deg, state);
    case KEY_CUTS:
        return cph_parsed(state, cph_parse_count(arg, 1, MOST_CUTS, &mask->cuts, &error), &error);
    case ARGP_KEY_END:
        return mask->text != NULL || (isnan(mask->from_deg) && mask->cuts == PRINCIPAL)
                   ? 0
                   : cph_usage(state, "--mask-from and --mask-cuts go with --mask");
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp cph_argp_mask = {options, parse, NULL, NULL, NULL, NULL, NULL};
