/* SPDX-License-Identifier: MIT */
#include "cli/calibrate_sources.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "cli/history.h"

enum { KEY_SOURCE = CPH_KEY_VERB, KEY_SOURCES, KEY_MODEL };

static const struct argp_option options_list[] = {
    {"source", KEY_SOURCE, "DIR[,flux=P]", 0,
     "A source of the model, sky:AZ,EL azel:AZ,EL thetaphi:THETA,PHI or uv:U,V; repeat it for "
     "more. Powers are fitted unless all have one",
     0},
    {"sources", KEY_SOURCES, "FILE.csv", 0,
     "A source for every line of a table whose first line names its columns: direction (as "
     "--source has it), or az_deg,el_deg sky_az_deg,sky_el_deg theta_deg,phi_deg u,v; name and "
     "flux where wanted",
     0},
    {"model", KEY_MODEL, "FILE.h5", 0, "Covariances of the sky alone, which sources are added to",
     0},
    {0}};

static cph_status append(cph_calibrate_options *o, const cph_direction *direction, double flux)
{
    cph_direction *directions = reallocarray(o->direction, o->sources + 1, sizeof *directions);
    if (directions != NULL)
        o->direction = directions;
    double *fluxes = reallocarray(o->flux, o->sources + 1, sizeof *fluxes);
    if (fluxes != NULL)
        o->flux = fluxes;
    if (directions == NULL || fluxes == NULL)
        return CPH_ERR_MEMORY;
    o->direction[o->sources] = *direction;
    o->flux[o->sources++] = flux;
    return CPH_OK;
}

static error_t add_source(cph_calibrate_options *o, const char *arg, const struct argp_state *state)
{
    cph_error error;
    cph_direction direction;
    double flux = NAN;
    const cph_key keys[] = {{"flux", CPH_POWER, &flux, NULL}, {0}};
    const cph_status status = cph_parse_direction(arg, keys, &direction, &error);
    if (status != CPH_OK)
        return cph_parsed(state, status, &error);
    if (flux == 0.0)
        return cph_usage(state, "--source %s: a power above 0 was expected", arg);
    return append(o, &direction, flux) == CPH_OK ? 0 : ENOMEM;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    cph_calibrate_options *o = state->input;
    cph_calibrate_note(o, options_list, key);
    switch (key) {
    case KEY_SOURCE:
        return add_source(o, arg, state);
    case KEY_SOURCES:
        if (o->sources_path != NULL)
            return cph_usage(state, "more than one --sources");
        o->sources_path = arg;
        return 0;
    case KEY_MODEL:
        o->model_path = arg;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp cph_argp_calibrate_sources = {options_list, parse, NULL, NULL, NULL, NULL, NULL};

/* ---- the table ---- */

static cph_status take_source(void *context, const char *word, const char *name, char *const *extra,
                              cph_error *error)
{
    cph_calibrate_options *o = context;
    cph_direction direction;
    double flux = NAN;
    const char *kept = cph_texts_keep(&o->texts, word);
    const char *shown = name[0] != '\0' ? cph_texts_keep(&o->texts, name) : kept;
    if (kept == NULL || shown == NULL)
        return CPH_ERR_MEMORY;
    cph_status status = cph_parse_direction(kept, NULL, &direction, error);
    if (status == CPH_OK && extra[0][0] != '\0')
        status = cph_parse_quantity(CPH_POWER, extra[0], &flux, error);
    if (status != CPH_OK)
        return status;
    if (flux == 0.0)
        return cph_fail(error, CPH_ERR_FORMAT, "flux %s: a power above 0 was expected", extra[0]);
    direction.text = shown;
    return append(o, &direction, flux);
}

static bool is_same(const cph_direction *a, const cph_direction *b)
{
    return a->kind == b->kind && a->angle[0] == b->angle[0] && a->angle[1] == b->angle[1];
}

static cph_exit check(const cph_calibrate_options *o)
{
    for (size_t i = 1; i < o->sources; i++)
        for (size_t j = 0; j < i; j++)
            if (is_same(&o->direction[i], &o->direction[j]))
                return cph_report_line(o->cli.name, CPH_EXIT_USAGE,
                                       "--source %s: is where --source %s is; expected another",
                                       o->direction[i].text, o->direction[j].text);
    for (size_t i = 1; i < o->sources; i++)
        if (isnan(o->flux[i]) != isnan(o->flux[0]))
            return cph_report_line(o->cli.name, CPH_EXIT_USAGE,
                                   "--source %s: expected flux= with all sources, or with none",
                                   o->direction[i].text);
    return CPH_EXIT_DONE;
}

cph_exit cph_calibrate_sources_load(cph_calibrate_options *o)
{
    static const char *const extra[] = {"flux", NULL};
    cph_error error = {.status = CPH_OK};
    if (o->sources_path == NULL)
        return check(o);
    const cph_exit code = cph_output_check(&o->cli, &o->sources_path, 1);
    if (code != CPH_EXIT_DONE)
        return code;
    if (cph_direction_table_read(o->sources_path, "source", extra, take_source, o, &error) !=
        CPH_OK)
        return cph_report_input(o->cli.name, &error);
    return check(o);
}
