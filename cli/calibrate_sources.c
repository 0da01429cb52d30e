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
     "more. Powers are fitted unless all have one. For X and Y together it may be polarised: "
     ",q_over_i=Q,u_over_i=U,v_over_i=V",
     0},
    {"sources", KEY_SOURCES, "FILE.csv", 0,
     "A source for every line of a table whose first line names its columns: direction (as "
     "--source has it), or az_deg,el_deg sky_az_deg,sky_el_deg theta_deg,phi_deg u,v; name, "
     "flux, q_over_i, u_over_i and v_over_i where wanted",
     0},
    {"model", KEY_MODEL, "FILE.h5", 0, "Covariances of the sky alone, which sources are added to",
     0},
    {0}};

/* Rounding of 1 is no reason to refuse. */
static const double slack = 1e-9;

/* stokes [3]: Q, U and V over I. */
static cph_status append(cph_calibrate_options *o, const cph_direction *direction, double flux,
                         const double *stokes)
{
    cph_direction *directions = reallocarray(o->direction, o->sources + 1, sizeof *directions);
    if (directions != NULL)
        o->direction = directions;
    double *fluxes = reallocarray(o->flux, o->sources + 1, sizeof *fluxes);
    if (fluxes != NULL)
        o->flux = fluxes;
    double *grown = reallocarray(o->stokes, o->sources + 1, 3 * sizeof *grown);
    if (grown != NULL)
        o->stokes = grown;
    if (directions == NULL || fluxes == NULL || grown == NULL)
        return CPH_ERR_MEMORY;
    o->direction[o->sources] = *direction;
    o->flux[o->sources] = flux;
    for (size_t k = 0; k < 3; k++) {
        o->stokes[3 * o->sources + k] = stokes[k];
        o->polarised = o->polarised || stokes[k] != 0.0;
    }
    o->sources++;
    return CPH_OK;
}

/* Whether a source can have this power and these Q, U, V over I. */
static cph_status check_power(double flux, const double *stokes, cph_error *error)
{
    const double degree =
        sqrt(stokes[0] * stokes[0] + stokes[1] * stokes[1] + stokes[2] * stokes[2]);
    if (flux == 0.0)
        return cph_fail(error, CPH_ERR_FORMAT, "flux 0: a power above 0 was expected");
    return degree <= 1.0 + slack
               ? CPH_OK
               : cph_fail(error, CPH_ERR_FORMAT,
                          "q_over_i %g, u_over_i %g, v_over_i %g: polarised by more than 1",
                          stokes[0], stokes[1], stokes[2]);
}

static error_t add_source(cph_calibrate_options *o, const char *arg, const struct argp_state *state)
{
    cph_error error;
    cph_direction direction;
    double flux = NAN, stokes[3] = {0.0, 0.0, 0.0};
    const cph_key keys[] = {{"flux", CPH_POWER, &flux, NULL},
                            {"q_over_i", CPH_NUMBER, &stokes[0], NULL},
                            {"u_over_i", CPH_NUMBER, &stokes[1], NULL},
                            {"v_over_i", CPH_NUMBER, &stokes[2], NULL},
                            {0}};
    const cph_status status = cph_parse_direction(arg, keys, &direction, &error);
    if (status != CPH_OK)
        return cph_parsed(state, status, &error);
    if (check_power(flux, stokes, &error) != CPH_OK)
        return cph_usage(state, "--source %s: %s", arg, error.message);
    return append(o, &direction, flux, stokes) == CPH_OK ? 0 : ENOMEM;
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
    double flux = NAN, stokes[3] = {0.0, 0.0, 0.0};
    const char *kept = cph_texts_keep(&o->texts, word);
    const char *shown = name[0] != '\0' ? cph_texts_keep(&o->texts, name) : kept;
    if (kept == NULL || shown == NULL)
        return CPH_ERR_MEMORY;
    cph_status status = cph_parse_direction(kept, NULL, &direction, error);
    if (status == CPH_OK && extra[0][0] != '\0')
        status = cph_parse_quantity(CPH_POWER, extra[0], &flux, error);
    for (size_t k = 0; k < 3 && status == CPH_OK; k++)
        if (extra[1 + k][0] != '\0')
            status = cph_parse_quantity(CPH_NUMBER, extra[1 + k], &stokes[k], error);
    if (status == CPH_OK)
        status = check_power(flux, stokes, error);
    if (status != CPH_OK)
        return status;
    direction.text = shown;
    return append(o, &direction, flux, stokes);
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
    static const char *const extra[] = {"flux", "q_over_i", "u_over_i", "v_over_i", NULL};
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
