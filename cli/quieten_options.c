/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "cli/quieten.h"

enum {
    KEY_BELOW = CPH_KEY_VERB + 0xE0, /* beside those of a verb and of others */
    KEY_FROM,
    KEY_PRICE,
    KEY_CRITERION,
    KEY_ZENITH,
    KEY_CURVE
};

static const struct argp_option options_list[] = {
    {NULL, 0, NULL, 0, "Transmit weights that radiate little under an elevation:", 3},
    {"quiet-below", KEY_BELOW, "EL", 0,
     "The least EIRP at all azimuths from the horizon up to this elevation, relative to the EIRP "
     "toward the look",
     3},
    {"quiet-from", KEY_FROM, "EL", 0,
     "from this elevation on (default: 0, what is below the horizon does not count)", 3},
    {"quiet-price", KEY_PRICE, "DB", 0, "for at most this loss of gain (default: 1dB)", 3},
    {"quiet-criterion", KEY_CRITERION, "WHAT", 0,
     "The least of what: integrated (default) or worst (the highest EIRP there; slower)", 3},
    {"zenith", KEY_ZENITH, "DIRECTION", 0,
     "Where up is (azel:, thetaphi: or uv:) for an array that does not know where it points; "
     "thetaphi:0,0 for one that lies flat",
     3},
    {"quiet-curve", KEY_CURVE, "FILE", 0,
     "Also the trade of the first beam, prices of 0.05 to 3 dB: .csv, or a picture (.svg, .png, "
     ".pdf)",
     3},
    {0}};

static error_t parse_elevation(const char *arg, double *value, const struct argp_state *state)
{
    cph_error error;
    return cph_parsed(state, cph_parse_quantity(CPH_ANGLE, arg, value, &error), &error);
}

static error_t parse_price(const char *arg, double *price_db, const struct argp_state *state)
{
    static const double most = 20.0;
    cph_error error;
    const cph_status status = cph_parse_quantity(CPH_DECIBEL, arg, price_db, &error);
    if (status == CPH_OK && !(*price_db > 0.0 && *price_db <= most))
        return cph_usage(state, "--quiet-price %s: expected above 0 and at most 20 dB", arg);
    return cph_parsed(state, status, &error);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    static const char *const criteria[] = {"integrated", "worst"};
    cph_quieten_options *o = state->input;
    cph_error error;
    size_t index = 0;
    switch (key) {
    case ARGP_KEY_INIT:
        o->below_rad = o->from_rad = NAN;
        return 0;
    case KEY_BELOW:
        return parse_elevation(arg, &o->below_rad, state);
    case KEY_FROM:
        return parse_elevation(arg, &o->from_rad, state);
    case KEY_PRICE:
        return parse_price(arg, &o->price_db, state);
    case KEY_CRITERION: {
        const cph_status status = cph_parse_choice(arg, criteria, 2, &index, &error);
        o->worst = index == 1;
        return cph_parsed(state, status, &error);
    }
    case KEY_ZENITH:
        o->has_zenith = true;
        return cph_parsed(state, cph_parse_direction(arg, NULL, &o->zenith, &error), &error);
    case KEY_CURVE:
        o->curve = arg;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp cph_argp_quieten = {options_list, parse, NULL, NULL, NULL, NULL, NULL};

error_t cph_quieten_check(const cph_quieten_options *o, const cph_synthesis_options *mask,
                          const cph_cli *cli, const struct argp_state *state)
{
    if (!cph_quieten_asked(o))
        return isnan(o->from_rad) && o->price_db == 0.0 && !o->worst && !o->has_zenith &&
                       o->curve == NULL
                   ? 0
                   : cph_usage(state, "--quiet-from, --quiet-price, --quiet-criterion, --zenith "
                                      "and --quiet-curve go with --quiet-below");
    const double from = isnan(o->from_rad) ? 0.0 : o->from_rad;
    if (!(from >= -0.5 * M_PI && from < o->below_rad && o->below_rad <= 0.5 * M_PI))
        return cph_usage(state, "--quiet-below: expected an elevation above --quiet-from (0), both "
                                "within -90 to 90 degrees");
    if (o->has_zenith && o->zenith.kind == CPH_DIRECTION_SKY)
        return cph_usage(state, "--zenith %s: expected azel:, thetaphi: or uv:", o->zenith.text);
    if (cph_synthesis_asked(mask))
        return cph_usage(state, "expected either --mask or --quiet-below");
    if (cli->has_path && cli->path != CPH_GAIN_TRANSMIT)
        return cph_usage(state, "--quiet-below is for what is sent: expected --path transmit, or "
                                "none");
    if (cli->taper_text != NULL)
        return cph_usage(state, "--quiet-below finds the taper itself: expected no --taper");
    if (cli->method.kind != CPH_METHOD_CONVENTIONAL)
        return cph_usage(state, "--quiet-below goes with --method conventional");
    if (cli->method.nulls.count > 0)
        return cph_usage(state, "expected either --quiet-below or --null");
    if (cli->method.repair)
        return cph_usage(state, "expected either --quiet-below, which leaves out flagged elements "
                                "itself, or --repair");
    return 0;
}
