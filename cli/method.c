/* SPDX-License-Identifier: MIT */
#include "cli/method.h"

#include <stdio.h>
#include <string.h>

#include "cli/options.h"

enum {
    KEY_METHOD = 0x180,
    KEY_NULL,
    KEY_NULL_WIDTH,
    KEY_LOADING,
    KEY_TIME,
    KEY_FORWARD_BACKWARD,
    KEY_SMOOTH,
    KEY_SUBARRAYS,
    KEY_BEAMSPACE,
    KEY_REPAIR
};

#define LOADING_FORMS "none fixed:POWER relative:POWER ledoit-wolf oas"

cph_status cph_parse_loading(const char *text, cph_loading *loading, cph_error *error)
{
    const size_t length = strcspn(text, ":");
    const char *value = text[length] == ':' ? text + length + 1 : NULL;
    for (int kind = 0; kind < CPH_LOADING_COUNT; kind++) {
        const char *name = cph_loading_name((cph_loading_kind)kind);
        const bool valued = kind == CPH_LOADING_FIXED || kind == CPH_LOADING_RELATIVE;
        cph_loading made = {.kind = (cph_loading_kind)kind};
        if (strlen(name) != length || strncmp(name, text, length) != 0 || valued != (value != NULL))
            continue;
        const cph_status status =
            valued ? cph_parse_quantity(CPH_POWER, value, &made.value, error) : CPH_OK;
        if (status == CPH_OK)
            *loading = made;
        return status;
    }
    return cph_fail(error, CPH_ERR_ARGUMENT, "'%s': expected " LOADING_FORMS, text);
}

static error_t parse_width(cph_method *method, const char *arg, const struct argp_state *state)
{
    static const double widest = 1.57079632679489662;
    cph_error error;
    double width = 0.0;
    cph_status status = cph_parse_quantity(CPH_ANGLE, arg, &width, &error);
    if (status == CPH_OK && !(width >= 0.0 && width <= widest))
        status =
            cph_fail(&error, CPH_ERR_ARGUMENT, "'%s' is no width: expected 0 to 90 degrees", arg);
    if (status == CPH_OK)
        method->null_width = width;
    return cph_parsed(state, status, &error);
}

/* What a method takes of the other options. */
enum {
    ADAPTS = 1 << 0,   /* to data */
    AVERAGES = 1 << 1, /* of a covariance */
    LOADING = 1 << 2,
    NULLS = 1 << 3,
    WIDTH = 1 << 4, /* of nulls */
    COVARIANCE = ADAPTS | AVERAGES | WIDTH
};
static const unsigned takes[CPH_METHOD_COUNT] = {
    [CPH_METHOD_CONVENTIONAL] = NULLS | WIDTH,
    [CPH_METHOD_MVDR] = COVARIANCE | LOADING,
    [CPH_METHOD_LCMV] = COVARIANCE | LOADING | NULLS,
    [CPH_METHOD_GSC] = COVARIANCE | LOADING | NULLS,
    [CPH_METHOD_ROBUST_CAPON] = COVARIANCE | LOADING,
    [CPH_METHOD_WHITE_NOISE] = COVARIANCE | LOADING,
    [CPH_METHOD_SUBSPACE] = COVARIANCE,
    [CPH_METHOD_NLMS] = ADAPTS | NULLS,
    [CPH_METHOD_QRD] = ADAPTS | NULLS,
    [CPH_METHOD_INVERSE_QRD] = ADAPTS | NULLS,
};

static error_t refuse(const struct argp_state *state, const char *options, unsigned what,
                      cph_method_kind kind)
{
    char names[160] = ""; /* of all methods together: 99 */
    for (int i = 0; i < CPH_METHOD_COUNT; i++) {
        const size_t used = strlen(names);
        if ((takes[i] & what) != 0)
            snprintf(names + used, sizeof names - used, " %s", cph_method_name((cph_method_kind)i));
    }
    return cph_usage(state, "%s with --method%s, not with %s", options, names,
                     cph_method_name(kind));
}

/* What a method cannot use would be ignored in silence. */
static error_t check_taken(const cph_cli *cli, const struct argp_state *state)
{
    const cph_method *m = &cli->method;
    const struct {
        bool given;
        unsigned what;
        const char *options;
    } rows[] = {
        {cli->start.value > 0.0 || cli->duration.value > 0.0, ADAPTS, "--start and --duration go"},
        {m->loading_text != NULL, LOADING, "--loading goes"},
        {m->time != 0, AVERAGES, "--time goes"},
        {m->forward_backward || m->smooth > 0, AVERAGES, "--forward-backward and --smooth go"},
        {m->nulls.count > 0, NULLS, "--null goes"},
        {m->null_width > 0.0, WIDTH, "--null-width goes"},
        {m->subarrays != NULL || m->beamspace > 0, LOADING, "--subarrays and --beamspace go"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].given && (takes[m->kind] & rows[i].what) == 0)
            return refuse(state, rows[i].options, rows[i].what, m->kind);
    return 0;
}

/* What does not go together. */
static error_t check_together(const cph_cli *cli, const struct argp_state *state)
{
    const cph_method *m = &cli->method;
    const bool adaptive = m->kind != CPH_METHOD_CONVENTIONAL;
    if (m->smooth > 0 && (m->null_width > 0.0 || m->keys.derivative > 0.0))
        return cph_usage(state, "--smooth does without --null-width and derivative=1");
    if (cli->taper_text != NULL && adaptive)
        return cph_usage(state, "--taper goes with --method conventional");
    if (m->nulls.count == 0 && m->kind == CPH_METHOD_LCMV && m->keys.derivative == 0.0)
        return cph_usage(state, "--method lcmv has no constraint but the look: expected --null "
                                "DIRECTION, lcmv:derivative=1, or --method mvdr");
    if (m->smooth > 0 && m->kind == CPH_METHOD_SUBSPACE)
        return cph_usage(state, "--smooth does without --method subspace");
    if (m->repair && adaptive)
        return cph_usage(state,
                         "--repair goes with --method conventional: %s is over the live "
                         "elements as it is",
                         cph_method_name(m->kind));
    if (m->nulls.count == 0 && m->null_width > 0.0 && !adaptive)
        return cph_usage(state, "--null-width without a null: expected --null DIRECTION");
    return 0;
}

static error_t check_reduced(const cph_method *m, const struct argp_state *state)
{
    if (m->subarrays == NULL && m->beamspace == 0)
        return 0;
    if (m->subarrays != NULL && m->beamspace > 0)
        return cph_usage(state, "expected either --subarrays or --beamspace");
    if (m->forward_backward || m->smooth > 0 || m->null_width > 0.0)
        return cph_usage(state, "--subarrays and --beamspace do without --forward-backward, "
                                "--smooth and --null-width");
    return 0;
}

static error_t check(const cph_cli *cli, const struct argp_state *state)
{
    error_t refused = check_taken(cli, state);
    if (refused == 0)
        refused = check_together(cli, state);
    return refused == 0 ? check_reduced(&cli->method, state) : refused;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    cph_cli *cli = state->input;
    cph_method *m = &cli->method;
    cph_error error;
    switch (key) {
    case KEY_METHOD:
        return cph_parsed(state, cph_parse_method(arg, m, &error), &error);
    case KEY_NULL:
        return cph_parsed(state, cph_directions_add(&m->nulls, arg, NULL, &error), &error);
    case KEY_NULL_WIDTH:
        return parse_width(m, arg, state);
    case KEY_LOADING:
        m->loading_text = arg;
        return cph_parsed(state, cph_parse_loading(arg, &m->loading, &error), &error);
    case KEY_TIME:
        return cph_parsed(state, cph_parse_count(arg, 0, SIZE_MAX, &m->time, &error), &error);
    case KEY_FORWARD_BACKWARD:
        m->forward_backward = true;
        return 0;
    case KEY_SMOOTH:
        return cph_parsed(state, cph_parse_count(arg, 1, SIZE_MAX, &m->smooth, &error), &error);
    case KEY_SUBARRAYS:
        m->subarrays = arg;
        return cph_parsed(state, cph_parse_subarrays(arg, m->grid, &error), &error);
    case KEY_BEAMSPACE:
        return cph_parsed(state, cph_parse_count(arg, 2, 65536, &m->beamspace, &error), &error);
    case KEY_REPAIR:
        m->repair = true;
        return 0;
    case ARGP_KEY_END:
        return check(cli, state);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {"method", KEY_METHOD, "METHOD", 0,
     "conventional (default); from INPUT's covariance: mvdr lcmv gsc (lcmv:derivative=1 keeps the "
     "response flat about the look) robust-capon:uncertainty=0.1 white-noise:gain=-3dB "
     "subspace[:waves=N] "
     "(projects out the strongest waves); following INPUT sample by sample: nlms:step=0.1 "
     "qrd-rls:forget=0.999 inverse-qrd-rls:forget=0.999",
     0},
    {"null", KEY_NULL, "DIRECTION", 0, "A null toward DIRECTION", 0},
    {"null-width", KEY_NULL_WIDTH, "DEG", 0,
     "Make nulls this wide, edge to edge; with mvdr those toward whatever jams INPUT", 0},
    {"loading", KEY_LOADING, "WHAT", 0,
     "Load the covariance's diagonal: " LOADING_FORMS
     " (default: none); relative is to the mean power of an element",
     0},
    {"time", KEY_TIME, "N", 0, "Dump of a covariance file (default: 0)", 0},
    {"forward-backward", KEY_FORWARD_BACKWARD, NULL, 0,
     "Average the covariance with its mirror image about the array's centre", 0},
    {"smooth", KEY_SMOOTH, "M", 0,
     "Of a line of equally spaced elements: average the covariances of all its parts of M "
     "neighbours, so that echoes come apart",
     0},
    {"subarrays", KEY_SUBARRAYS, "WHAT", 0,
     "Adapt one weight a subarray, over elements that are steered: AxB of them (A along x), N, or "
     "array (those that INPUT's array has); K snapshots serve K/2 of them",
     0},
    {"repair", KEY_REPAIR, NULL, 0,
     "Of conventional weights with flagged elements: make the others bring the sidelobes down "
     "again",
     0},
    {"beamspace", KEY_BEAMSPACE, "M", 0, "Adapt M beams about the look instead of elements", 0},
    {0}};
const struct argp cph_argp_method = {options, parse, NULL, NULL, NULL, NULL, NULL};
