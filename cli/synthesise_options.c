/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "cli/parse_internal.h"
#include "cli/synthesise.h"

enum {
    KEY_MASK = CPH_KEY_VERB + 0xC0, /* beside those of a verb and of --states */
    KEY_FROM,
    KEY_MAX_LOSS,
    KEY_ELEMENT
};

static const struct argp_option options_list[] = {
    {NULL, 0, NULL, 0, "Weights whose pattern stays under a mask, at the least taper loss:", 2},
    {"mask", KEY_MASK, "MASK", 0,
     "25.209 25.218:density=DBW S.465 S.580 S.1528 S.1855, a FILE.csv of angle,level (degrees from "
     "the peak, dBi), or relative:FILE.csv (dB relative to the peak); exit status 4 when no "
     "weights "
     "stay under it",
     2},
    {"mask-from", KEY_FROM, "ANGLE", 0,
     "from this angle from the peak on (default: from the first nulls of the uniform beam)", 2},
    {"mask-max-loss", KEY_MAX_LOSS, "DB", 0,
     "with a taper loss of at most this (default: 3dB), and the least excess where that is too "
     "little",
     2},
    {"element", KEY_ELEMENT, "ELEMENT", 0,
     "for elements of this pattern: isotropic (default), cos:q=1, dipole:height=0.25,axis=x, or a "
     "FILE.csv of angle,level",
     2},
    {0}};

static error_t parse_mask(const char *arg, cph_synthesis_options *o, const struct argp_state *state)
{
    cph_error error;
    const char *file = cph_parse_after_name(arg, "relative");
    o->relative = file != NULL;
    const cph_status status = cph_parse_mask(file != NULL ? file : arg, &o->mask, &error);
    if (status == CPH_OK && file != NULL && o->mask.kind != CPH_MASK_COUNT)
        return cph_usage(state, "--mask %s: its levels are in dBi; expected relative:FILE.csv",
                         arg);
    return cph_parsed(state, status, &error);
}

static error_t parse_loss(const char *arg, double *loss_db, const struct argp_state *state)
{
    static const double most = 60.0;
    cph_error error;
    const cph_status status = cph_parse_quantity(CPH_DECIBEL, arg, loss_db, &error);
    if (status == CPH_OK && !(*loss_db > 0.0 && *loss_db <= most))
        return cph_usage(state, "--mask-max-loss %s: expected above 0 and at most 60 dB", arg);
    return cph_parsed(state, status, &error);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    cph_synthesis_options *o = state->input;
    cph_error error;
    switch (key) {
    case ARGP_KEY_INIT:
        o->mask.density = o->mask.from_deg = NAN;
        return 0;
    case KEY_MASK:
        return parse_mask(arg, o, state);
    case KEY_FROM:
        return cph_parse_mask_from(arg, &o->mask.from_deg, state);
    case KEY_MAX_LOSS:
        return parse_loss(arg, &o->max_loss_db, state);
    case KEY_ELEMENT:
        o->element_text = arg;
        return cph_parsed(state, cph_parse_element(arg, &o->element, &error), &error);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp cph_argp_synthesis = {options_list, parse, NULL, NULL, NULL, NULL, NULL};

error_t cph_synthesis_check(const cph_synthesis_options *o, const cph_cli *cli, bool quiet,
                            const struct argp_state *state)
{
    if (!cph_synthesis_asked(o))
        return isnan(o->mask.from_deg) && o->max_loss_db == 0.0 &&
                       (quiet || o->element_text == NULL)
                   ? 0
                   : cph_usage(state,
                               "--mask-from, --mask-max-loss and --element go with --mask (the "
                               "last one also with --quiet-below)");
    if (cli->taper_text != NULL)
        return cph_usage(state, "--mask finds the taper of a sum beam itself: expected no --taper");
    if (cli->method.kind != CPH_METHOD_CONVENTIONAL)
        return cph_usage(state, "--mask goes with --method conventional");
    if (cli->method.nulls.count > 0)
        return cph_usage(state, "expected either --mask or --null");
    if (cli->method.repair)
        return cph_usage(state, "expected either --mask, which leaves out flagged elements itself, "
                                "or --repair");
    return 0;
}

size_t cph_synthesis_paths(const cph_synthesis_options *o, const char **path)
{
    size_t count = 0;
    if (cph_synthesis_asked(o) && o->mask.kind == CPH_MASK_COUNT)
        path[count++] = o->mask.text;
    if (o->element_text != NULL && o->element.kind == CPH_ELEMENT_TABLE)
        path[count++] = o->element_text;
    return count;
}
