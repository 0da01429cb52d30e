/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "cli/option_values.h"
#include "cli/plot/plot.h"
#include "cli/quieten.h"

enum {
    KEY_CRITERION = CPH_KEY_VERB + 0xE0, /* beside those of a verb and of others */
    KEY_ZENITH,
    KEY_CURVE
};

static const struct argp_option options_list[] = {
    {"quiet-criterion", KEY_CRITERION, "WHAT", 0,
     "The least of what: integrated (default) or worst (the highest EIRP there; slower)", 4},
    {"zenith", KEY_ZENITH, "DIRECTION", 0,
     "Where up is (azel:, thetaphi: or uv:) for an array that does not know where it points; "
     "thetaphi:0,0 for one that lies flat",
     4},
    {"quiet-curve", KEY_CURVE, "FILE", 0,
     "Also the trade of the first beam, prices of 0.05 to 3 dB: .csv, or a picture (.svg, "
     ".png)",
     4},
    {0}};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    static const char *const criteria[] = {"integrated", "worst"};
    cph_quieten_options *o = state->input;
    cph_error error;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &o->region;
        return 0;
    case KEY_CRITERION:
        o->has_criterion = true;
        return cph_chosen_second(state, arg, criteria, &o->worst);
    case KEY_ZENITH:
        o->has_zenith = true;
        return cph_parsed(state, cph_parse_direction(arg, NULL, &o->zenith, &error), &error);
    case KEY_CURVE:
        o->curve = arg;
        return cph_quieten_is_table(arg)
                   ? 0
                   : cph_parsed(state, cph_plot_check_path(arg, &error), &error);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {{&cph_argp_quiet, 0, NULL, 0}, {0}};

const struct argp cph_argp_quieten = {options_list, parse, NULL, NULL, children, NULL, NULL};

error_t cph_quieten_check(const cph_quieten_options *o, const cph_synthesis_options *mask,
                          const cph_cli *cli, const struct argp_state *state)
{
    if (!cph_quieten_asked(o))
        return !o->has_criterion && !o->has_zenith && o->curve == NULL &&
                       !cph_density_asked(&o->region)
                   ? 0
                   : cph_usage(state, "--quiet-criterion, --zenith, --quiet-curve and "
                                      "--eirp-density go with --quiet-below");
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
