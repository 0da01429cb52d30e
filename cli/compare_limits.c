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

static double (*const values[CPH_COMPARE_LIMITS])(const cph_compare_options *o,
                                                  const cph_compare_row *row) = {
    gain_loss, pointing, residual_phase, residual_amplitude, sidelobe_rise, lost};

static const cph_limit limits[CPH_COMPARE_LIMITS] = {
    {"max-gain-loss", "gain_loss_db", "gain loss", "dB", CPH_DECIBEL},
    {"max-pointing", "pointing_shift_deg", "pointing shift", "deg", CPH_ANGLE},
    {"max-residual-phase", "residual_phase_rms_deg", "residual phase", "deg rms", CPH_ANGLE},
    {"max-residual-amplitude", "residual_amplitude_rms_db", "residual amplitude", "dB rms",
     CPH_DECIBEL},
    {"max-sidelobe-rise", "sidelobe_rise_db", "sidelobe rise", "dB", CPH_DECIBEL},
    {"max-lost", "lost", "elements lost", "in one channel", CPH_NUMBER}};

/* ---- options ---- */

enum { KEY_FIRST = CPH_KEY_VERB + 0x80, KEY_RENEWED = KEY_FIRST + CPH_COMPARE_LIMITS };

static error_t parse(int key, char *arg, struct argp_state *state)
{
    cph_compare_options *const o = state->input;
    if (key == KEY_RENEWED) {
        o->renewed = true;
        return 0;
    }
    if (key < KEY_FIRST || key >= KEY_RENEWED)
        return ARGP_ERR_UNKNOWN;
    const int k = key - KEY_FIRST;
    return cph_limit_take(state, &limits[k], arg, &o->limit[k]);
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

/* What had no gain before cannot have lost any. */
static bool was_there(const cph_compare_row *row)
{
    size_t n = 0;
    while (n < row->group->elements && row->estimate[0].flag[n] != CPH_FLAG_NONE)
        n++;
    return n < row->group->elements;
}

typedef struct results {
    const cph_compare_options *options;
    const cph_compare_pair *pair;
} results;

static double value_of(const void *of, size_t limit, size_t at)
{
    const results *const all = of;
    const cph_compare_row *const row = &all->pair->row[at];
    if (!was_there(row))
        return -INFINITY;
    const bool known =
        (row->error.status == CPH_OK || values[limit] == lost) && hidden(all->pair, limit) == NULL;
    return known ? values[limit](all->options, row) : (double)NAN;
}

size_t cph_compare_limits_judge(const cph_compare_options *o, const cph_compare_pair *pair,
                                cph_verdict *verdict)
{
    const results all = {o, pair};
    return cph_limits_judge(o->limit, CPH_COMPARE_LIMITS, &all, pair->rows, value_of, verdict);
}

json_t *cph_compare_limits_json(const cph_compare_pair *pair, const cph_verdict *verdict,
                                size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        const cph_compare_row *const row = &pair->row[verdict[i].row];
        const char polarization[] = {row->group->polarization, '\0'};
        json_t *object = json_object();
        cph_json_set_text(object, "quantity", limits[verdict[i].limit].key);
        cph_json_set_number(object, "limit", verdict[i].most);
        cph_json_set_number(object, "worst", verdict[i].value);
        cph_json_set_text(object, "polarization", polarization[0] != '\0' ? polarization : NULL);
        cph_json_set_count(object, "channel", row->channel[0]);
        cph_json_set(object, "kept", json_boolean(verdict[i].kept));
        cph_json_append(list, object);
    }
    return list;
}

void cph_compare_limits_print(const cph_verdict *verdict, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const size_t k = verdict[i].limit;
        char value[40] = "not known";
        if (!isnan(verdict[i].value))
            snprintf(value, sizeof value, "%.4g %s", verdict[i].value, limits[k].unit);
        printf("%-13s %s %s, at most %.4g: %s\n", "limit", limits[k].words, value, verdict[i].most,
               verdict[i].kept ? "kept" : "violated");
    }
}

cph_exit cph_compare_limits_exit(const cph_compare_options *o, const cph_compare_pair *pair,
                                 const cph_verdict *verdict, size_t count)
{
    size_t first = 0;
    const size_t violated = cph_limits_violated(verdict, count, &first);
    if (violated == 0)
        return CPH_EXIT_DONE;
    char more[40] = "";
    if (violated > 1)
        snprintf(more, sizeof more, ", and %zu more", violated - 1);
    const size_t k = verdict[first].limit;
    const char *const why = hidden(pair, k);
    if (isnan(verdict[first].value))
        return cph_report_line(o->cli.name, CPH_EXIT_LIMIT, "%s: --%s %.4g: %s is not known%s%s%s",
                               o->after, limits[k].option, verdict[first].most, limits[k].words,
                               why != NULL ? ": " : "", why != NULL ? why : "", more);
    return cph_report_line(o->cli.name, CPH_EXIT_LIMIT, "%s: %s %.4g %s, above --%s %.4g%s",
                           o->after, limits[k].words, verdict[first].value, limits[k].unit,
                           limits[k].option, verdict[first].most, more);
}
