/* SPDX-License-Identifier: MIT */
#include "cli/compare_advice.h"

#include <math.h>
#include <stdio.h>

static const double neper_power_db = 4.34294481903251827651; /* 10 / ln 10 */

/* What chance makes of chi-square over so many degrees: 5 standard deviations. */
static double by_chance(const cph_comparison *c)
{
    return 1.0 + 5.0 * sqrt(2.0 / c->dof);
}

static bool is_changed(const cph_comparison *c)
{
    return isnan(c->chi2_dof) || c->chi2_dof > by_chance(c);
}

/* A beam through gains with errors of variance p^2 in phase and a^2 in ln |g| loses exp(-p^2) of
 * its response's power, and a^2 by amplitudes that no longer match. */
static double pretended(const cph_comparison *c)
{
    const double p = c->phase.noise_rms, a = c->amplitude.noise_rms;
    return isnan(p) || isnan(a) ? 0.0 : neper_power_db * (p * p + a * a);
}

cph_compare_advice cph_compare_advise(const cph_compare_options *o, const cph_compare_row *row)
{
    const cph_compare_effect *const e = &row->effect;
    cph_compare_advice made = {.changed = is_changed(&row->change),
                               .errors_db = pretended(&row->change),
                               .sidelobe_db = e->kept.psll_db - e->renewed.psll_db};
    made.gain_db = e->kept.loss_db - e->renewed.loss_db - made.errors_db;
    made.renew =
        made.changed && (made.gain_db > o->worth_db[0] || made.sidelobe_db > o->worth_db[1]);
    return made;
}

/* The comparison that advises most, or NULL. */
static const cph_compare_row *most(const cph_compare_options *o, const cph_compare_pair *pair)
{
    const cph_compare_row *found = NULL;
    cph_compare_advice best = {0};
    for (size_t i = 0; i < pair->rows; i++) {
        if (pair->row[i].error.status != CPH_OK)
            continue;
        const cph_compare_advice at = cph_compare_advise(o, &pair->row[i]);
        if (found == NULL || (at.renew && !best.renew) ||
            (at.renew == best.renew && at.gain_db > best.gain_db)) {
            found = &pair->row[i];
            best = at;
        }
    }
    return found;
}

const char *cph_compare_advice_word(const cph_compare_options *o, const cph_compare_pair *pair)
{
    const cph_compare_row *const row = most(o, pair);
    if (row == NULL)
        return NULL;
    return cph_compare_advise(o, row).renew ? "re-calibrate" : "keep";
}

json_t *cph_compare_advice_json(const cph_compare_advice *advice)
{
    json_t *object = json_object();
    cph_json_set(object, "renew", json_boolean(advice->renew));
    cph_json_set(object, "changed", json_boolean(advice->changed));
    cph_json_set_number(object, "gain_db", advice->gain_db);
    cph_json_set_number(object, "errors_db", advice->errors_db);
    cph_json_set_number(object, "sidelobe_db", advice->sidelobe_db);
    return object;
}

void cph_compare_advice_print(const cph_compare_options *o, const cph_compare_pair *pair)
{
    const cph_compare_row *const row = most(o, pair);
    if (row == NULL)
        return;
    const cph_compare_advice a = cph_compare_advise(o, row);
    printf("%-13s %s: ", "advice", a.renew ? "re-calibrate" : "keep the calibration");
    if (!a.changed) {
        printf("nothing has changed beyond the errors of the gains: chi2/dof %.4g, by chance up to "
               "%.4g\n",
               row->change.chi2_dof, by_chance(&row->change));
        return;
    }
    printf("a beam would regain %.2f dB", a.gain_db);
    if (!isnan(a.sidelobe_db))
        printf(", its highest sidelobe change by %+.2f dB", -a.sidelobe_db);
    printf("; worth it above %.4g dB, or for sidelobes more than %.4g dB lower\n", o->worth_db[0],
           o->worth_db[1]);
}
