/* SPDX-License-Identifier: MIT */
/* What goes toward the horizon over a run, of the beams there are and, where those are to be quiet,
 * of the plain ones in their place. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/track_summary.h"

static const double degree = 180.0 / M_PI;

static double decibels(double power)
{
    return 10.0 * log10(power);
}

cph_status cph_track_sent_make(const cph_track_scene *scene, cph_track_sent *sent, cph_error *error)
{
    const bool quiet = cph_quiet_asked(&scene->options->quiet);
    sent->pass = calloc(CPH_TRACK_PASSES_MAX, sizeof *sent->pass);
    cph_status status =
        sent->pass != NULL ? CPH_OK : cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    if (quiet && status == CPH_OK)
        status = cph_track_tally_make(-180.0, 5e-3, &sent->relative, error);
    if (quiet && status == CPH_OK)
        status = cph_track_tally_make(-1.0, 1e-3, &sent->loss, error);
    if (quiet && status == CPH_OK)
        status = cph_track_tally_make(-1.0, 1e-3, &sent->limited, error);
    return status;
}

void cph_track_sent_free(cph_track_sent *sent)
{
    free(sent->pass);
    free(sent->relative.bin);
    free(sent->loss.bin);
    free(sent->limited.bin);
}

/* The pass that a piece goes on with, or a new one; NULL: there are too many to keep. */
static cph_track_pass *pass_of(cph_track_sent *sent, const cph_schedule_piece *piece)
{
    cph_track_pass *last = sent->passes > 0 && sent->passes <= CPH_TRACK_PASSES_MAX
                               ? &sent->pass[sent->passes - 1]
                               : NULL;
    if (sent->passes > 0 && sent->last == piece->satellite &&
        sent->last_unix_s == piece->start_unix_s)
        return last;
    if (++sent->passes > CPH_TRACK_PASSES_MAX)
        return NULL;
    last = &sent->pass[sent->passes - 1];
    *last = (cph_track_pass){.satellite = piece->satellite, .start_unix_s = piece->start_unix_s};
    return last;
}

/* The most of all looks, and the least margin: NaN is of a look that had none. */
static void keep_density(const cph_density *one, bool first, cph_density *all)
{
    if (first || isnan(all->highest.density_dbw) ||
        one->highest.density_dbw > all->highest.density_dbw)
        all->highest = one->highest;
    if (first || isnan(all->least.margin_db) || one->least.margin_db < all->least.margin_db)
        all->least = one->least;
}

static void add_duty(const cph_track_looked *look, const cph_schedule_piece *piece,
                     cph_track_sent *sent)
{
    const double length = piece->end_unix_s - piece->start_unix_s;
    cph_track_pass *const pass = pass_of(sent, piece);
    sent->last = piece->satellite;
    sent->last_unix_s = piece->end_unix_s;
    sent->on_s += length;
    if (pass != NULL) {
        pass->end_unix_s = piece->end_unix_s;
        pass->on_s += length;
    }
    for (size_t i = 0; i < CPH_TRACK_BEAMS; i++) {
        keep_density(&look->radiated[i].density, sent->on_s <= length, &sent->density[i]);
        const double energy = length * look->radiated[i].share;
        sent->energy_s[i] += energy;
        sent->level_s[i] += energy / look->radiated[i].look;
        sent->most_gain[i] = fmax(sent->most_gain[i], look->radiated[i].gain);
        if (pass != NULL)
            pass->energy_s[i] += energy;
    }
}

void cph_track_sent_add(const cph_track_scene *scene, const cph_track_looked *look,
                        const cph_schedule_piece *piece, cph_track_sent *sent)
{
    const cph_quiet_level *const own = &look->quiet[CPH_TRACK_OWN];
    if (scene->options->duty_below > 0.0)
        add_duty(look, piece, sent);
    if (!cph_quiet_asked(&scene->options->quiet) || isnan(own->integrated_db))
        return;
    cph_track_tally_add(&sent->relative,
                        own->integrated_db - look->quiet[CPH_TRACK_PLAIN].integrated_db);
    cph_track_tally_add(&sent->loss, own->loss_db);
    cph_track_tally_add(&sent->limited, own->limited_loss_db);
}

/* ---- JSON ---- */

static json_t *density_json(const cph_track_summary *s, const cph_density *density)
{
    json_t *object = json_object();
    cph_json_set_number(object, "eirp_density_dbw_4khz", s->scene->options->quiet.density_dbw);
    cph_json_set_text(object, "mask", cph_density_source());
    cph_json_set(object, "highest", cph_density_json(&density->highest));
    cph_json_set(object, "least_margin", cph_density_json(&density->least));
    return object;
}

static json_t *beam_json(const cph_track_summary *s, const cph_track_sent *sent, size_t i)
{
    json_t *object = json_object();
    if (cph_density_asked(&s->scene->options->quiet))
        cph_json_set(object, "density", density_json(s, &sent->density[i]));
    cph_json_set_number(object, "share_db", decibels(sent->energy_s[i] / sent->on_s));
    cph_json_set_number(object, "energy_s", sent->energy_s[i]);
    cph_json_set_number(object, "most_gain_db", decibels(sent->most_gain[i]));
    return object;
}

static json_t *passes_json(const cph_track_summary *s, const cph_track_sent *sent, bool both)
{
    json_t *array = json_array();
    for (size_t i = 0; i < sent->passes && i < CPH_TRACK_PASSES_MAX; i++) {
        const cph_track_pass *const pass = &sent->pass[i];
        json_t *object = json_object();
        cph_json_set_text(object, "satellite", cph_track_name(s, pass->satellite));
        cph_json_set_number(object, "start_unix_s", pass->start_unix_s);
        cph_json_set_number(object, "end_unix_s", pass->end_unix_s);
        cph_json_set_number(object, "on_s", pass->on_s);
        cph_json_set_number(object, "energy_s", pass->energy_s[CPH_TRACK_OWN]);
        if (both)
            cph_json_set_number(object, "plain_energy_s", pass->energy_s[CPH_TRACK_PLAIN]);
        cph_json_append(array, object);
    }
    return array;
}

static json_t *duty_json(const cph_track_summary *s, const cph_track_sent *sent)
{
    const bool served = sent->on_s > 0.0, both = served && sent->relative.bin != NULL;
    json_t *object = served ? beam_json(s, sent, CPH_TRACK_OWN) : json_object();
    cph_json_set_number(object, "below_deg", s->scene->options->duty_below * degree);
    cph_json_set_number(object, "on_s", sent->on_s);
    cph_json_set_count(object, "silent_slots", s->silent);
    if (both) {
        cph_json_set(object, "plain", beam_json(s, sent, CPH_TRACK_PLAIN));
        cph_json_set_number(
            object, "saved_db",
            decibels(sent->energy_s[CPH_TRACK_PLAIN] / sent->energy_s[CPH_TRACK_OWN]));
        cph_json_set_number(
            object, "saved_equal_eirp_db",
            decibels(sent->level_s[CPH_TRACK_PLAIN] / sent->level_s[CPH_TRACK_OWN]));
    }
    cph_json_set_count(object, "pass_count", sent->passes);
    cph_json_set(object, "passes", passes_json(s, sent, both));
    return object;
}

/* Of levels of which the lowest are good. */
static json_t *relative_json(const cph_track_tally *tally)
{
    json_t *object = json_object();
    cph_json_set_number(object, "median", cph_track_tally_quantile(tally, 0.5));
    cph_json_set_number(object, "best", tally->least);
    cph_json_set_number(object, "worst", tally->most);
    return object;
}

static json_t *quiet_json(const cph_track_summary *s, const cph_track_sent *sent)
{
    const cph_quiet_choice *const o = &s->scene->options->quiet;
    json_t *object = json_object();
    cph_json_set_number(object, "below_deg", o->below_rad * degree);
    cph_json_set_number(object, "from_deg", o->from_rad * degree);
    cph_json_set_number(object, "price_db", cph_quiet_price_db(o));
    cph_json_set_count(object, "plans", sent->count.plans);
    cph_json_set_count(object, "updates", sent->count.updates);
    cph_json_set_count(object, "searches", sent->count.searches);
    cph_json_set_count(object, "plain_updates", sent->count.within);
    cph_json_set_count(object, "looks", sent->relative.count);
    if (sent->relative.count > 0) {
        cph_json_set(object, "integrated_relative_db", relative_json(&sent->relative));
        cph_json_set(object, "loss_db", cph_track_losses(&sent->loss));
        cph_json_set(object, "limited_loss_db", cph_track_losses(&sent->limited));
    }
    return object;
}

void cph_track_sent_json(const cph_track_summary *s, const cph_track_sent *sent, json_t *object)
{
    if (s->scene->options->duty_below > 0.0 && sent->pass != NULL)
        cph_json_set(object, "duty", duty_json(s, sent));
    if (sent->relative.bin != NULL)
        cph_json_set(object, "quiet", quiet_json(s, sent));
}

/* ---- text ---- */

static void print_density(const cph_track_summary *s, const cph_density *density, bool plain)
{
    const cph_density_place *const least = &density->least;
    printf("%-8s %11s  %sEIRP density there ", "", "", plain ? "of plain beams " : "");
    if (isnan(density->highest.density_dbw)) {
        printf("none\n");
        return;
    }
    printf("at most %.2f dBW/4kHz (of %.4g toward the satellite), ", density->highest.density_dbw,
           s->scene->options->quiet.density_dbw);
    if (isnan(least->margin_db))
        printf("of which %s says nothing\n", cph_density_source());
    else
        printf("least margin to %s %.2f dB, %.2f deg off\n", cph_density_source(), least->margin_db,
               least->off_axis_deg);
}

static void print_duty(const cph_track_summary *s, const cph_track_sent *sent)
{
    const bool both = sent->relative.bin != NULL;
    const double below = s->scene->options->duty_below * degree;
    printf("%-8s %11s  on for %.1f s; under %.4g deg goes ", "", "", sent->on_s, below);
    if (sent->energy_s[CPH_TRACK_OWN] > 0.0)
        printf("%.2f dB of it, at most %.2f dBi\n",
               cph_track_plain(decibels(sent->energy_s[CPH_TRACK_OWN] / sent->on_s), 2),
               cph_track_plain(decibels(sent->most_gain[CPH_TRACK_OWN]), 2));
    else
        printf("nothing\n");
    printf("%-8s %11s  per pass (%" PRIu64 ") on for %.1f s, %.4g s of all power under %.4g deg",
           "", "", sent->passes, sent->on_s / (double)sent->passes,
           sent->energy_s[CPH_TRACK_OWN] / (double)sent->passes, below);
    if (both)
        printf(", of plain beams %.4g s", sent->energy_s[CPH_TRACK_PLAIN] / (double)sent->passes);
    printf("; %" PRIu64 " slots silent\n", s->silent);
    for (size_t i = 0; cph_density_asked(&s->scene->options->quiet) && i < (both ? 2 : 1); i++)
        print_density(s, &sent->density[i], i == CPH_TRACK_PLAIN);
}

static void print_quiet(const cph_track_summary *s, const cph_track_sent *sent)
{
    const cph_quiet_choice *const o = &s->scene->options->quiet;
    printf("%-8s %11s  EIRP from %.4g to %.4g deg, against plain beams at equal EIRP toward the "
           "satellite: median %.2f, best %.2f, worst %.2f dB\n",
           "", "", o->from_rad * degree, o->below_rad * degree,
           cph_track_tally_quantile(&sent->relative, 0.5), sent->relative.least,
           sent->relative.most);
    printf("%-8s %11s  for a gain of %.3f dB at most, %.3f dB of a limited EIRP; %" PRIu64
           " plans, %" PRIu64 " searches, %" PRIu64 " updates\n",
           "", "", sent->loss.most, sent->limited.most, sent->count.plans, sent->count.searches,
           sent->count.updates);
    if (sent->count.within > 0)
        printf("%-8s %11s  %" PRIu64
               " updates of plain beams: into the region, or none goes there\n",
               "", "", sent->count.within);
}

void cph_track_sent_print(const cph_track_summary *s, const cph_track_sent *sent)
{
    if (sent->on_s > 0.0)
        print_duty(s, sent);
    if (sent->relative.count > 0)
        print_quiet(s, sent);
}
