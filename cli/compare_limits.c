/* SPDX-License-Identifier: MIT */
#include "cli/compare_limits.h"

#include <math.h>
#include <stdio.h>

static const double degree = 0.01745329251994329577;
static const double neper_db = 8.68588963806503655302; /* 20 / ln 10 */

/* ---- the quantities ---- */

static const cph_compare_beam *beam_of(const cph_compare_options *o, const cph_compare_row *row)
{
    return o->renewed ? &row->effect.renewed : &row->effect.kept;
}

static double gain_loss(const cph_compare_options *o, const cph_compare_row *row)
{
    return beam_of(o, row)->loss_db;
}

static double pointing(const cph_compare_options *o, const cph_compare_row *row)
{
    (void)o;
    return row->pointing.shift_rad / degree;
}

static double residual_phase(const cph_compare_options *o, const cph_compare_row *row)
{
    (void)o;
    return row->change.phase.residual_rms / degree;
}

static double residual_amplitude(const cph_compare_options *o, const cph_compare_row *row)
{
    (void)o;
    return row->change.amplitude.residual_rms * neper_db;
}

/* Where neither has a sidelobe none has risen. */
static double sidelobe_rise(const cph_compare_options *o, const cph_compare_row *row)
{
    const cph_compare_beam *const beam = beam_of(o, row);
    return isnan(row->effect.before.psll_db) && isnan(beam->psll_db) ? 0.0 : beam->sidelobe_rise_db;
}

static double lost(const cph_compare_options *o, const cph_compare_row *row)
{
    (void)o;
    return (double)row->change.lost;
}

static const struct {
    const char *option, *key, *words, *unit;
    cph_quantity quantity;
    double (*value)(const cph_compare_options *o, const cph_compare_row *row);
} limits[CPH_COMPARE_LIMITS] = {
    {"max-gain-loss", "gain_loss_db", "gain loss", "dB", CPH_DECIBEL, gain_loss},
    {"max-pointing", "pointing_shift_deg", "pointing shift", "deg", CPH_ANGLE, pointing},
    {"max-residual-phase", "residual_phase_rms_deg", "residual phase", "deg rms", CPH_ANGLE,
     residual_phase},
    {"max-residual-amplitude", "residual_amplitude_rms_db", "residual amplitude", "dB rms",
     CPH_DECIBEL, residual_amplitude},
    {"max-sidelobe-rise", "sidelobe_rise_db", "sidelobe rise", "dB", CPH_DECIBEL, sidelobe_rise},
    {"max-lost", "lost", "elements lost", "in one channel", CPH_NUMBER, lost}};

/* ---- options ---- */

enum { KEY_FIRST = CPH_KEY_VERB + 0x80, KEY_RENEWED = KEY_FIRST + CPH_COMPARE_LIMITS };

static error_t parse(int key, char *arg, struct argp_state *state)
{
    cph_compare_options *const o = state->input;
    cph_error error;
    double value = 0.0;
    if (key == KEY_RENEWED) {
        o->renewed = true;
        return 0;
    }
    if (key < KEY_FIRST || key >= KEY_RENEWED)
        return ARGP_ERR_UNKNOWN;
    const int k = key - KEY_FIRST;
    const cph_status status = cph_parse_quantity(limits[k].quantity, arg, &value, &error);
    if (status == CPH_OK && !(value >= 0.0))
        return cph_usage(state, "--%s %s: expected 0 or more", limits[k].option, arg);
    if (status == CPH_OK)
        o->limit[k] = limits[k].quantity == CPH_ANGLE ? value / degree : value;
    return cph_parsed(state, status, &error);
}

static const struct argp_option options[] = {
    {NULL, 0, NULL, 0, "Limits; exit status 4 where one is violated:", 1},
    {"max-gain-loss", KEY_FIRST, "DB", 0, "What the beam may lose, as in 0.5dB", 1},
    {"max-pointing", KEY_FIRST + 1, "ANGLE", 0, "How far the tilt may move it, degrees", 1},
    {"max-residual-phase", KEY_FIRST + 2, "ANGLE", 0,
     "Phase that neither tilt nor curvature explains, rms over the elements, degrees", 1},
    {"max-residual-amplitude", KEY_FIRST + 3, "DB", 0, "The same of amplitudes", 1},
    {"max-sidelobe-rise", KEY_FIRST + 4, "DB", 0, "How much the highest sidelobe may rise", 1},
    {"max-lost", KEY_FIRST + 5, "N", 0, "Elements that may have lost their gain", 1},
    {"renewed", KEY_RENEWED, NULL, 0,
     "Gain loss and sidelobe rise are limited for beams made with the gains of B (default: "
     "for those of A, under B)",
     1},
    {0}};
const struct argp cph_argp_compare_limits = {options, parse, NULL, NULL, NULL, NULL, NULL};

/* ---- verdicts ---- */

/* What gauges have set is not known: why, or NULL. */
static const char *hidden(const cph_compare_pair *pair, size_t limit)
{
    if (limit == CPH_COMPARE_LIMIT_LOSS && !pair->has_scale)
        return "gains were scaled to a mean |g| of 1, which hides a common loss; calibrate both "
               "with given powers (--source DIRECTION,flux=P)";
    if (limit == CPH_COMPARE_LIMIT_POINTING && !pair->has_slope)
        return "phase slopes were set to 0, which hides a tilt; calibrate both with sources";
    return NULL;
}

static double value_of(const cph_compare_options *o, const cph_compare_pair *pair,
                       const cph_compare_row *row, size_t limit)
{
    const bool known =
        (row->error.status == CPH_OK || limits[limit].value == lost) && hidden(pair, limit) == NULL;
    return known ? limits[limit].value(o, row) : (double)NAN;
}

/* What had no gain before cannot have lost any. */
static bool was_there(const cph_compare_row *row)
{
    size_t n = 0;
    while (n < row->group->elements && row->estimate[0].flag[n] != CPH_FLAG_NONE)
        n++;
    return n < row->group->elements;
}

size_t cph_compare_limits_judge(const cph_compare_options *o, const cph_compare_pair *pair,
                                cph_compare_verdict *verdict)
{
    size_t count = 0;
    for (size_t k = 0; k < CPH_COMPARE_LIMITS; k++) {
        if (isnan(o->limit[k]))
            continue;
        cph_compare_verdict v = {.name = limits[k].key, .most = o->limit[k], .value = -INFINITY};
        v.kept = true;
        for (size_t i = 0; i < pair->rows; i++) {
            const cph_compare_row *const row = &pair->row[i];
            if (!was_there(row))
                continue;
            const double value = value_of(o, pair, row, k);
            v.kept = v.kept && value <= v.most;
            if (!(value <= v.value) && !isnan(v.value)) {
                v.value = value;
                v.row = row;
            }
        }
        verdict[count++] = v;
    }
    return count;
}

json_t *cph_compare_limits_json(const cph_compare_verdict *verdict, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        const char polarization[] = {verdict[i].row->group->polarization, '\0'};
        json_t *object = json_object();
        cph_json_set_text(object, "quantity", verdict[i].name);
        cph_json_set_number(object, "limit", verdict[i].most);
        cph_json_set_number(object, "worst", verdict[i].value);
        cph_json_set_text(object, "polarization", polarization[0] != '\0' ? polarization : NULL);
        cph_json_set_count(object, "channel", verdict[i].row->channel[0]);
        cph_json_set(object, "kept", json_boolean(verdict[i].kept));
        cph_json_append(list, object);
    }
    return list;
}

static size_t find(const cph_compare_verdict *verdict)
{
    size_t k = 0;
    while (limits[k].key != verdict->name)
        k++;
    return k;
}

void cph_compare_limits_print(const cph_compare_verdict *verdict, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const size_t k = find(&verdict[i]);
        char value[40] = "not known";
        if (!isnan(verdict[i].value))
            snprintf(value, sizeof value, "%.4g %s", verdict[i].value, limits[k].unit);
        printf("%-13s %s %s, at most %.4g: %s\n", "limit", limits[k].words, value, verdict[i].most,
               verdict[i].kept ? "kept" : "violated");
    }
}

cph_exit cph_compare_limits_exit(const cph_compare_options *o, const cph_compare_pair *pair,
                                 const cph_compare_verdict *verdict, size_t count)
{
    size_t violated = 0, first = 0;
    for (size_t i = count; i-- > 0;)
        if (!verdict[i].kept) {
            violated++;
            first = i;
        }
    if (violated == 0)
        return CPH_EXIT_DONE;
    char more[40] = "";
    if (violated > 1)
        snprintf(more, sizeof more, ", and %zu more", violated - 1);
    const size_t k = find(&verdict[first]);
    const char *const why = hidden(pair, k);
    if (isnan(verdict[first].value))
        return cph_report_line(o->cli.name, CPH_EXIT_LIMIT, "%s: --%s %.4g: %s is not known%s%s%s",
                               o->after, limits[k].option, verdict[first].most, limits[k].words,
                               why != NULL ? ": " : "", why != NULL ? why : "", more);
    return cph_report_line(o->cli.name, CPH_EXIT_LIMIT, "%s: %s %.4g %s, above --%s %.4g%s",
                           o->after, limits[k].words, verdict[first].value, limits[k].unit,
                           limits[k].option, verdict[first].most, more);
}
