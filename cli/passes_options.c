/* SPDX-License-Identifier: MIT */
#include "cli/passes_options.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/options.h"
#include "cli/simulate_options.h"
#include "cophase/pointing.h"

enum {
    KEY_PASSES = CPH_KEY_VERB + 0x100, /* beside those of the verb and of readings */
    KEY_SITE,
    KEY_SHELL,
    KEY_START,
    KEY_DURATION,
    KEY_STEP,
    KEY_LEAST
};

static const double degree = M_PI / 180.0;

static const struct argp_option options_list[] = {
    {NULL, 0, NULL, 0, "Passes of satellites over a site, as a pointing table (.csv or .h5):", 2},
    {"passes", KEY_PASSES, NULL, 0, "Make one, of satellites on circular orbits", 2},
    {"site", KEY_SITE, "LAT,LON[,ALT]", 0, "Where they are seen from: degrees, metres (WGS 84)", 2},
    {"shell", KEY_SHELL, "SHELL", 0,
     "Add satellites: starlink-540, -550, -560, -560b, -570, starlink (all of them), or "
     "ALT,INC,PLANES,PER-PLANE[,PHASING] as 550km,53,72,22",
     2},
    {"start", KEY_START, "TIME", 0, "First time: Unix seconds, or UTC as 2026-11-23T10:00:00Z", 2},
    {"duration", KEY_DURATION, "TIME", 0, "From the first time to the last (default: 10min)", 2},
    {"step", KEY_STEP, "TIME", 0, "From row to row of a satellite (default: 1s)", 2},
    {"min-elevation", KEY_LEAST, "DEG", 0, "Least elevation of a row (default: 10)", 2},
    {0}};

/* FCC 21-48 (2021). Phasings are not published. */
static const struct {
    const char *name;
    double altitude_km, inclination_deg;
    size_t planes, per_plane;
} known[] = {{"starlink-540", 540.0, 53.2, 72, 22},
             {"starlink-550", 550.0, 53.0, 72, 22},
             {"starlink-560", 560.0, 97.6, 6, 58},
             {"starlink-560b", 560.0, 97.6, 4, 43},
             {"starlink-570", 570.0, 70.0, 36, 20}};
enum { KNOWN = sizeof known / sizeof known[0] };
static const double known_phasing = 1.0;

cph_passes_choice cph_passes_choice_defaults(void)
{
    return (cph_passes_choice){
        .start_unix_s = NAN, .duration_s = 600.0, .step_s = 1.0, .least_el_rad = 10.0 * degree};
}

/* ---- values ---- */

/* Cuts text at commas into at most `most` words; 0 where there are more, or one is too long. */
static size_t cut(const char *text, size_t most, char word[][CPH_SHELL_NAME])
{
    for (size_t count = 0; count < most; count++) {
        const size_t length = strcspn(text, ",");
        if (length >= CPH_SHELL_NAME)
            return 0;
        memcpy(word[count], text, length);
        word[count][length] = '\0';
        text += length;
        if (*text == '\0')
            return count + 1;
        text++;
    }
    return 0;
}

static cph_status parse_site(const char *text, cph_site *site, cph_error *error)
{
    char word[3][CPH_SHELL_NAME];
    double value[3] = {0.0};
    const size_t words = cut(text, 3, word);
    bool right = words >= 2;
    for (size_t i = 0; right && i < words; i++)
        right = cph_parse_quantity(CPH_NUMBER, word[i], &value[i], error) == CPH_OK;
    if (!right || fabs(value[0]) > 90.0 || fabs(value[1]) > 360.0 || fabs(value[2]) > 1e5)
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "'%s': expected latitude within +-90 degrees, longitude within +-360, and "
                        "metres of altitude, as in 50,8.5 or 50,8.5,120",
                        text);
    *site = (cph_site){value[0] * degree, value[1] * degree, value[2]};
    return CPH_OK;
}

static cph_status add(cph_passes_choice *choice, const cph_shell *shell, const char *name,
                      cph_error *error)
{
    size_t satellites = shell->planes * shell->per_plane; /* at most 2^32 each */
    for (size_t i = 0; i < choice->shells; i++) {
        if (strcmp(choice->shell_name[i], name) == 0)
            return cph_fail(error, CPH_ERR_ARGUMENT, "'%s' was given before", name);
        satellites += choice->shell[i].planes * choice->shell[i].per_plane;
    }
    if (choice->shells == CPH_PASSES_SHELLS)
        return cph_fail(error, CPH_ERR_ARGUMENT, "'%s' is one more than %d shells", name,
                        CPH_PASSES_SHELLS);
    if (satellites > CPH_POINTING_SATELLITES_MAX)
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "'%s' makes it %zu satellites, expected at most %d", name, satellites,
                        CPH_POINTING_SATELLITES_MAX);
    choice->shell[choice->shells] = *shell;
    snprintf(choice->shell_name[choice->shells], CPH_SHELL_NAME, "%s", name);
    choice->shells++;
    return CPH_OK;
}

/* 550km,53,72,22[,1] */
static cph_status add_described(cph_passes_choice *choice, const char *text, cph_error *error)
{
    enum { PLANES_MOST = 1 << 16 };
    char word[5][CPH_SHELL_NAME], name[CPH_SHELL_NAME];
    cph_length altitude = {0.0, true};
    cph_shell shell = {.phasing = known_phasing};
    double inclination = NAN;
    const size_t words = cut(text, 5, word);
    const bool right =
        words >= 4 && cph_parse_length(word[0], &altitude, error) == CPH_OK &&
        !altitude.wavelengths &&
        cph_parse_quantity(CPH_ANGLE, word[1], &inclination, error) == CPH_OK &&
        inclination >= 0.0 && inclination <= M_PI &&
        cph_parse_count(word[2], 1, PLANES_MOST, &shell.planes, error) == CPH_OK &&
        cph_parse_count(word[3], 1, PLANES_MOST, &shell.per_plane, error) == CPH_OK &&
        (words < 5 || cph_parse_quantity(CPH_NUMBER, word[4], &shell.phasing, error) == CPH_OK);
    if (!right)
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "'%s': expected starlink-540, -550, -560, -560b, -570, starlink, or "
                        "altitude,inclination (0 to 180 degrees),planes,satellites a "
                        "plane[,phasing] as in 550km,53,72,22",
                        text);
    shell.altitude_m = altitude.value;
    shell.inclination_rad = inclination;
    snprintf(name, sizeof name, "%.10s-%.8s-%zux%zu", word[0], word[1], shell.planes,
             shell.per_plane);
    return add(choice, &shell, name, error);
}

cph_status cph_passes_add_shell(cph_passes_choice *choice, const char *text, cph_error *error)
{
    const bool all = strcmp(text, "starlink") == 0;
    cph_passes_choice made = *choice;
    cph_status status = CPH_OK;
    size_t found = 0;
    for (size_t i = 0; i < KNOWN && status == CPH_OK; i++) {
        if (!all && strcmp(text, known[i].name) != 0)
            continue;
        const cph_shell shell = {known[i].altitude_km * 1e3, known[i].inclination_deg * degree,
                                 known[i].planes, known[i].per_plane, known_phasing};
        status = add(&made, &shell, known[i].name, error);
        found++;
    }
    if (found == 0)
        status = add_described(&made, text, error);
    if (status == CPH_OK)
        *choice = made;
    return status;
}

/* ---- the command line ---- */

error_t cph_passes_check(const cph_passes_choice *choice, const char *other,
                         const struct argp_state *state)
{
    if (!choice->asked)
        return choice->given == NULL ? 0
                                     : cph_usage(state, "--%s: goes with --passes", choice->given);
    if (other != NULL)
        return cph_usage(state, "--%s: is not for --passes", other);
    if (!choice->has_site)
        return cph_usage(state, "no site: expected --site, as in --site 50,8.5");
    if (choice->shells == 0)
        return cph_usage(state, "no satellites: expected --shell, as in --shell starlink-550");
    if (!choice->has_start)
        return cph_usage(state, "no time: expected --start, as in --start 2026-11-23T10:00:00Z");
    if (choice->duration_s / choice->step_s > 1e9)
        return cph_usage(state, "--duration: %g steps, expected 1e9 at most",
                         choice->duration_s / choice->step_s);
    return 0;
}

static cph_status parse_least(const char *arg, double *least_rad, cph_error *error)
{
    static const double range[2] = {-M_PI_2, M_PI_2};
    return cph_parse_within(CPH_ANGLE, arg, range, "an elevation within +-90 degrees", least_rad,
                            error);
}

static cph_status parse_value(int key, char *arg, cph_passes_choice *o, cph_error *error)
{
    switch (key) {
    case KEY_SITE:
        o->has_site = true;
        return parse_site(arg, &o->site, error);
    case KEY_SHELL:
        return cph_passes_add_shell(o, arg, error);
    case KEY_START:
        o->has_start = true;
        return cph_parse_moment(arg, &o->start_unix_s, error);
    case KEY_DURATION:
        return cph_parse_quantity(CPH_TIME, arg, &o->duration_s, error);
    case KEY_STEP:
        return cph_parse_quantity(CPH_SPAN, arg, &o->step_s, error);
    default:
        return parse_least(arg, &o->least_el_rad, error);
    }
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    cph_passes_choice *const o = &((cph_simulate_options *)state->input)->passes;
    cph_error error;
    if (key < KEY_PASSES || key > KEY_LEAST)
        return ARGP_ERR_UNKNOWN;
    if (key == KEY_PASSES) {
        o->asked = true;
        return 0;
    }
    for (const struct argp_option *option = options_list;
         option->name != NULL || option->doc != NULL; option++)
        if (option->key == key)
            o->given = option->name;
    return cph_parsed(state, parse_value(key, arg, o, &error), &error);
}

const struct argp cph_argp_simulate_passes = {options_list, parse, NULL, NULL, NULL, NULL, NULL};
