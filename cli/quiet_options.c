/* SPDX-License-Identifier: MIT */
#include "cli/quiet_options.h"

#include <math.h>

enum { KEY_BELOW = CPH_KEY_VERB + 0xE8, KEY_FROM, KEY_PRICE, KEY_DENSITY };

static const struct argp_option options_list[] = {
    {NULL, 0, NULL, 0, "Transmit weights that radiate little under an elevation:", 4},
    {"quiet-below", KEY_BELOW, "EL", 0,
     "The least EIRP at all azimuths from the horizon up to this elevation, relative to the EIRP "
     "toward the look",
     4},
    {"quiet-from", KEY_FROM, "EL", 0,
     "from this elevation on (default: 0, what is below the horizon does not count)", 4},
    {"quiet-price", KEY_PRICE, "DB", 0, "for at most this loss of gain (default: 1dB)", 4},
    {"eirp-density", KEY_DENSITY, "DBW", 0,
     "Tell the EIRP density there and its margin to 25.218, for this one toward the look, in "
     "dBW/4kHz",
     4},
    {0}};

static const double degree = 180.0 / M_PI;

static error_t parse_elevation(const char *arg, double *value, const struct argp_state *state)
{
    static const double range[2] = {-0.5 * M_PI, 0.5 * M_PI};
    cph_error error;
    return cph_parsed(
        state, cph_parse_within(CPH_ANGLE, arg, range, "-90 to 90 degrees", value, &error), &error);
}

static error_t parse_price(const char *arg, double *price_db, const struct argp_state *state)
{
    static const double range[2] = {0x1p-1074, 20.0}; /* from the least above 0 on */
    cph_error error;
    return cph_parsed(
        state,
        cph_parse_within(CPH_DECIBEL, arg, range, "above 0 and at most 20 dB", price_db, &error),
        &error);
}

/* Whether what was asked for goes together. */
static error_t check(const cph_quiet_choice *c, const struct argp_state *state)
{
    if (!cph_quiet_asked(c))
        return !c->has_from && c->price_db == 0.0
                   ? 0
                   : cph_usage(state, "--quiet-from and --quiet-price go with --quiet-below");
    if (!(c->from_rad < c->below_rad))
        return cph_usage(state, "--quiet-below: %g degrees, expected more than %g of --quiet-from",
                         c->below_rad * degree, c->from_rad * degree);
    return 0;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    cph_quiet_choice *c = state->input;
    cph_error error;
    switch (key) {
    case ARGP_KEY_INIT:
        *c = (cph_quiet_choice){.asked = false};
        return 0;
    case KEY_BELOW:
        c->asked = true;
        return parse_elevation(arg, &c->below_rad, state);
    case KEY_FROM:
        c->has_from = true;
        return parse_elevation(arg, &c->from_rad, state);
    case KEY_PRICE:
        return parse_price(arg, &c->price_db, state);
    case KEY_DENSITY:
        c->has_density = true;
        return cph_parsed(state, cph_parse_quantity(CPH_EIRP_DENSITY, arg, &c->density_dbw, &error),
                          &error);
    case ARGP_KEY_END:
        return check(c, state);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp cph_argp_quiet = {options_list, parse, NULL, NULL, NULL, NULL, NULL};
