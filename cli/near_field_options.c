/* SPDX-License-Identifier: MIT */
#include "cli/near_field_options.h"

#include <math.h>

#include "cli/calibrate_options.h"

enum { KEY_HEIGHT = CPH_KEY_VERB, KEY_PROBE, KEY_ELEMENT, KEY_REGULARISATION, KEY_ANGLE };

static const struct argp_option options_list[] = {
    {NULL, 0, NULL, 0, "With --method near-field:", 7},
    {"height", KEY_HEIGHT, "LENGTH", 0, "z of the plane, which tables do not say", 7},
    {"probe-cosine", KEY_PROBE, "Q", 0,
     "Amplitude of the probe, cos(angle from z)^Q (default: as the file says, else 0)", 7},
    {"element-cosine", KEY_ELEMENT, "Q", 0, "Likewise of all elements", 7},
    {"regularisation", KEY_REGULARISATION, "X", 0,
     "Weight of gains being small, over what an element makes at all samples (default: 0); for "
     "elements closer than half a wavelength",
     7},
    {"max-angle", KEY_ANGLE, "ANGLE", 0,
     "Back-projection uses directions up to this one from z (default: what the scan holds)", 7},
    {0}};

static error_t parse_least(const char *name, const char *arg, double *value,
                           const struct argp_state *state)
{
    cph_error error;
    double number = 0.0;
    const cph_status status = cph_parse_quantity(CPH_NUMBER, arg, &number, &error);
    if (status == CPH_OK && !(number >= 0.0))
        return cph_usage(state, "--%s %s: expected a number, not negative", name, arg);
    if (status == CPH_OK)
        *value = number;
    return cph_parsed(state, status, &error);
}

static error_t parse_angle(const char *arg, double *value, const struct argp_state *state)
{
    cph_error error;
    double angle = 0.0;
    const cph_status status = cph_parse_quantity(CPH_ANGLE, arg, &angle, &error);
    if (status == CPH_OK && !(angle > 0.0 && angle <= M_PI_2))
        return cph_usage(state, "--max-angle %s: expected an angle above 0, up to 90 degrees", arg);
    if (status == CPH_OK)
        *value = angle;
    return cph_parsed(state, status, &error);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    cph_calibrate_options *const all = state->input;
    cph_near_field_choice *const o = &all->near_field;
    cph_error error;
    cph_calibrate_note(all, options_list, key);
    switch (key) {
    case KEY_HEIGHT:
        return cph_parsed(state, cph_parse_length(arg, &o->height, &error), &error);
    case KEY_PROBE:
        o->probe = &o->cosine[0];
        return parse_least("probe-cosine", arg, &o->cosine[0], state);
    case KEY_ELEMENT:
        o->element = &o->cosine[1];
        return parse_least("element-cosine", arg, &o->cosine[1], state);
    case KEY_REGULARISATION:
        return parse_least("regularisation", arg, &o->regularisation, state);
    case KEY_ANGLE:
        return parse_angle(arg, &o->max_angle_rad, state);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp cph_argp_near_field = {options_list, parse, NULL, NULL, NULL, NULL, NULL};
