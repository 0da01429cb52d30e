/* SPDX-License-Identifier: MIT */
/* What a run did, as text or JSON. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "cli/info_header.h"
#include "cli/track_tell.h"

static const double degree = 180.0 / M_PI;

const char *cph_track_name(const cph_track_summary *s, uint32_t satellite)
{
    return satellite < s->satellites ? s->name[satellite] : NULL;
}

static const char *word_of(const cph_track_summary *s, uint32_t satellite)
{
    const char *const name = cph_track_name(s, satellite);
    return name != NULL ? name : "?";
}

/* ---- JSON ---- */

json_t *cph_track_losses(const cph_track_tally *tally)
{
    json_t *object = json_object();
    cph_json_set_number(object, "median", cph_track_tally_quantile(tally, 0.5));
    cph_json_set_number(object, "p95", cph_track_tally_quantile(tally, 0.95));
    cph_json_set_number(object, "p99", cph_track_tally_quantile(tally, 0.99));
    cph_json_set_number(object, "worst", tally->count > 0 ? tally->most : NAN);
    return object;
}

static json_t *gains(const cph_track_tally *tally)
{
    json_t *object = json_object();
    cph_json_set_number(object, "median", cph_track_tally_quantile(tally, 0.5));
    cph_json_set_number(object, "p5", cph_track_tally_quantile(tally, 0.05));
    cph_json_set_number(object, "least", tally->count > 0 ? tally->least : NAN);
    cph_json_set_number(object, "most", tally->count > 0 ? tally->most : NAN);
    return object;
}

/* A level that 95 % of draws are below, over the slots that were looked at. */
static json_t *chance_json(const cph_track_sum *sum, size_t place)
{
    json_t *object = json_object();
    const cph_track_tally *const likely = &sum->likely[place], *const model = &sum->model[place];
    cph_json_set_count(object, "slots", likely->count);
    cph_json_set_number(object, "median", cph_track_tally_quantile(likely, 0.5));
    cph_json_set_number(object, "worst", likely->count > 0 ? likely->most : NAN);
    if (model->count > 0) {
        cph_json_set_number(object, "model_median", cph_track_tally_quantile(model, 0.5));
        cph_json_set_number(object, "model_worst", model->most);
    }
    return object;
}

/* Places [from, to), of which the first ones have levels. */
static json_t *nulls_json(const cph_track_summary *s, const cph_track_sum *sum, size_t from,
                          size_t to)
{
    json_t *array = json_array();
    for (size_t j = from; j < to; j++) {
        json_t *object = json_object();
        cph_json_set_text(object, "name", s->scene->null[j]);
        if (j < s->scene->nulls)
            cph_json_set(object, "level_db", cph_track_losses(&sum->null[j]));
        if (sum->likely[j].count > 0)
            cph_json_set(object, "likely_db", chance_json(sum, j));
        cph_json_append(array, object);
    }
    return array;
}

static json_t *captures_json(const cph_track_summary *s)
{
    json_t *array = json_array();
    for (size_t i = 0; i < s->scene->captures; i++) {
        const cph_track_waves *const waves = s->scene->capture[i].waves;
        const cph_track_waves_count *const count = cph_track_waves_counts(waves);
        json_t *object = json_object();
        cph_json_set_text(object, "file", cph_track_waves_config_of(waves)->path);
        cph_json_set_number(object, "freq_hz", cph_track_waves_config_of(waves)->freq_hz);
        cph_json_set_count(object, "bursts", count->bursts);
        cph_json_set_count(object, "bursts_without_times", count->lost);
        cph_json_set_count(object, "bursts_with_too_many", count->crowded);
        cph_json_set_count(object, "snapshots", count->snapshots);
        cph_json_set_count(object, "snapshots_clipped", count->clipped);
        cph_json_set_count(object, "bursts_clipped", count->bursts_clipped);
        cph_json_set_count(object, "waves", count->waves);
        cph_json_set_count(object, "waves_without_direction", count->unplaced);
        cph_json_set_count(object, "sky_searches", count->skies);
        cph_json_set_count(object, "beams_before_a_burst", s->unheard[i]);
        cph_json_set_number(object, "oldest_s", s->oldest_s[i]);
        cph_json_set_count(object, "beams_far_from_a_burst", s->far[i]);
        cph_json_append(array, object);
    }
    return array;
}

static json_t *column_json(const cph_track_summary *s, size_t k)
{
    const cph_track_column *const column = &s->scene->column[k];
    const cph_track_sum *const sum = &s->column[k];
    json_t *object = json_object(), *doppler = json_array();
    cph_json_set_text(object, "path", cph_gain_path_name(column->path));
    cph_json_set_number(object, "freq_hz", column->freq_hz);
    if (!s->logged) {
        cph_json_set_count(object, "used", column->subject.used);
        cph_json_set_text(object, "through",
                          column->truth != NULL                                  ? "truth"
                          : s->scene->options->calibration[column->path] != NULL ? "calibration"
                                                                                 : "no gains");
        cph_json_set_number(object, "hpbw_deg", column->width_rad * degree);
    }
    cph_json_set(object, "gain_db", gains(&sum->gain));
    cph_json_set(object, "loss_db", cph_track_losses(&sum->loss));
    cph_json_set(object, "pointing_loss_db", cph_track_losses(&sum->pointing));
    if (s->scene->nulls > 0 || s->scene->places > 0) {
        if (!s->logged || sum->price.count > 0)
            cph_json_set(object, "null_price_db", cph_track_losses(&sum->price));
        cph_json_set(object, "sinr_loss_db", cph_track_losses(&sum->sinr));
        if (!s->logged)
            cph_json_set(object, "sinr_loss_apart_db", cph_track_losses(&sum->apart));
        cph_json_set(object, "nulls", nulls_json(s, sum, 0, s->scene->nulls));
        if (s->scene->nulls < s->scene->places)
            cph_json_set(object, "waves", nulls_json(s, sum, s->scene->nulls, s->scene->places));
    }
    cph_track_sent_json(s, &sum->sent, object);
    for (size_t i = 0; i < 2; i++)
        cph_json_append(doppler, cph_json_number(sum->doppler[i]));
    cph_json_set(object, "doppler_hz", doppler);
    cph_json_set_number(object, "worst_unix_s", sum->loss.count > 0 ? sum->worst_time : NAN);
    cph_json_set_text(object, "worst_satellite", cph_track_name(s, sum->worst_satellite));
    return object;
}

static json_t *event_json(const cph_track_summary *s, const cph_track_event *event)
{
    const cph_schedule_piece *const piece = &event->piece;
    json_t *object = json_object();
    cph_json_set_number(object, "time_unix_s", piece->start_unix_s);
    cph_json_set_text(object, "from", cph_track_name(s, event->before));
    cph_json_set_text(object, "to", cph_track_name(s, piece->satellite));
    cph_json_set_text(object, "reason", cph_schedule_reason_name(piece->reason));
    if (piece->satellite == CPH_SCHEDULE_NONE) {
        cph_json_set_number(object, "length_s", piece->end_unix_s - piece->start_unix_s);
        return object;
    }
    cph_json_set_number(object, "overlap_s", piece->start_unix_s - piece->standby_unix_s);
    cph_json_set_number(object, "mean_el_deg", piece->mean_el_rad * degree);
    return object;
}

static json_t *gaps_json(const cph_track_summary *s)
{
    json_t *object = json_object();
    for (int i = CPH_SCHEDULE_NO_ROWS; i < CPH_SCHEDULE_REASONS; i++)
        cph_json_set_number(object, cph_schedule_reason_name((cph_schedule_reason)i),
                            s->gap_reason_s[i]);
    return object;
}

void cph_track_set_numbers(const cph_track_summary *s, json_t *object)
{
    json_t *columns = json_array(), *events = json_array();
    cph_json_set_number(object, "start_unix_s", s->start_unix_s);
    cph_json_set_number(object, "end_unix_s", s->end_unix_s);
    cph_json_set_number(object, "slot_s", s->scene->options->schedule.slot_s);
    cph_json_set_count(object, "slots", s->slots);
    cph_json_set_number(object, "served_s", s->served_s);
    cph_json_set_number(object, "gap_s", s->gap_s);
    cph_json_set(object, "gaps_s", gaps_json(s));
    cph_json_set_count(object, "gaps", s->gaps);
    cph_json_set_count(object, "handovers", s->handovers);
    cph_json_set_count(object, "updates", s->updates);
    cph_json_set_count(object, "standby_updates", s->standbys);
    cph_json_set_number(object, "interval_most_s", s->interval_s[1]);
    for (size_t k = 0; k < s->scene->columns; k++)
        cph_json_append(columns, column_json(s, k));
    for (size_t i = 0; i < s->events; i++)
        cph_json_append(events, event_json(s, &s->event[i]));
    cph_json_set(object, "columns", columns);
    cph_json_set(object, "events", events);
}

static cph_exit tell_json(const cph_track_summary *s)
{
    const cph_track_options *const o = s->scene->options;
    json_t *object = json_object();
    cph_json_set_text(object, "table", o->cli.input);
    cph_json_set_text(object, "output", o->cli.output);
    cph_json_set_count(object, "elements", s->scene->elements);
    cph_json_set_count(object, "satellites", s->satellites);
    cph_json_set(object, "attitude_assumed", json_boolean(s->scene->assumed));
    cph_json_set_text(object, "attitude_from", s->scene->attitude_from);
    cph_json_set_number(object, "interval_least_s", s->interval_s[0]);
    cph_json_set_number(object, "turn_deg_s", s->turn_rad_s * degree);
    cph_json_set_count(object, "lonely_rows", s->lonely);
    cph_json_set_count(object, "nulls_in_main_lobe", s->yielded);
    cph_json_set_count(object, "nulls_narrowed", s->narrowed);
    cph_json_set_count(object, "nulls_left_out_beside", s->beside);
    cph_json_set_count(object, "dimmed_by_nulls", s->dimmed);
    if (s->scene->captures > 0) {
        cph_json_set_count(object, "waves_without_room", s->crowded);
        cph_json_set(object, "captures", captures_json(s));
    }
    cph_json_set_count(object, "images", s->images);
    cph_track_set_numbers(s, object);
    return cph_json_print(&o->cli, object);
}

/* ---- text ---- */

double cph_track_plain(double value, int decimals)
{
    const double unit = pow(10.0, decimals);
    return fabs(value) * unit < 0.5 ? 0.0 : value;
}

static void print_event(const cph_track_summary *s, const cph_track_event *event)
{
    static const char *const words[CPH_SCHEDULE_REASONS] = {
        [CPH_SCHEDULE_KEPT] = "goes on",
        [CPH_SCHEDULE_RISEN] = "begins to serve",
        [CPH_SCHEDULE_BETTER] = "takes over: it is higher",
        [CPH_SCHEDULE_SETS] = "takes over: the one before leaves",
        [CPH_SCHEDULE_NO_ROWS] = "the table has none",
        [CPH_SCHEDULE_LOW] = "all are below the floor",
        [CPH_SCHEDULE_OBSTRUCTED] = "all above the floor are obstructed",
        [CPH_SCHEDULE_BEHIND] = "all that are free are behind the array"};
    const cph_schedule_piece *const piece = &event->piece;
    const double since = piece->start_unix_s - s->start_unix_s;
    const double beside = piece->start_unix_s - piece->standby_unix_s;
    if (piece->satellite == CPH_SCHEDULE_NONE) {
        printf("%10.3f s  no satellite for %.3f s: %s\n", since,
               piece->end_unix_s - piece->start_unix_s, words[piece->reason]);
        return;
    }
    printf("%10.3f s  %-24s %s; mean elevation %.1f deg", since, word_of(s, piece->satellite),
           words[piece->reason], piece->mean_el_rad * degree);
    if (beside > 0.0)
        printf(", its beam stood from %.3f s before", beside);
    printf("\n");
}

void cph_track_print_served(const cph_track_summary *s)
{
    bool first = true;
    printf("served %.3f s, gaps %.3f s", s->served_s, s->gap_s);
    for (int i = CPH_SCHEDULE_NO_ROWS; i < CPH_SCHEDULE_REASONS; i++)
        if (s->gap_reason_s[i] > 0.0) {
            printf("%s%s %.3f s", first ? " (" : ", ",
                   cph_schedule_reason_name((cph_schedule_reason)i), s->gap_reason_s[i]);
            first = false;
        }
    printf("%s, hand-overs %" PRIu64 "\n", first ? "" : ")", s->handovers);
}

static void print_nulls(const cph_track_summary *s, const cph_track_sum *sum)
{
    if (sum->price.count > 0)
        printf("%-8s %11s  nulls cost median %.3f, worst %.3f dB of gain\n", "", "",
               cph_track_tally_quantile(&sum->price, 0.5), sum->price.most);
    if (sum->sinr.count > 0)
        printf("%-8s %11s  SINR loss beside jammers median %.3f, 95 %% below %.3f dB\n", "", "",
               cph_track_tally_quantile(&sum->sinr, 0.5),
               cph_track_tally_quantile(&sum->sinr, 0.95));
    for (size_t j = 0; j < s->scene->places; j++) {
        const cph_track_tally *const likely = &sum->likely[j];
        if (j < s->scene->nulls && sum->null[j].count > 0)
            printf("%-8s %11s  null %-24s median %.1f, worst %.1f dB\n", "", "", s->scene->null[j],
                   cph_track_tally_quantile(&sum->null[j], 0.5), sum->null[j].most);
        if (likely->count > 0)
            printf("%-8s %11s  null %-24s 95 %% likely below median %.1f, worst %.1f dB\n", "", "",
                   s->scene->null[j], cph_track_tally_quantile(likely, 0.5), likely->most);
    }
}

static void print_captures(const cph_track_summary *s)
{
    for (size_t i = 0; i < s->scene->captures; i++) {
        const cph_track_waves *const waves = s->scene->capture[i].waves;
        const cph_track_waves_count *const count = cph_track_waves_counts(waves);
        printf("%s: %" PRIu64 " bursts, up to %zu jammers, nulls at most %.3f s old",
               cph_track_waves_config_of(waves)->path, count->bursts, count->waves, s->oldest_s[i]);
        if (s->unheard[i] > 0)
            printf("; %" PRIu64 " beams before a burst had ended", s->unheard[i]);
        if (s->far[i] > 0)
            printf("; in %" PRIu64 " beams one has gone on by more than a beamwidth since",
                   s->far[i]);
        if (count->crowded > 0)
            printf("; more than can be told in %" PRIu64, count->crowded);
        if (count->unplaced > 0)
            printf("; %" PRIu64 " times one had no direction", count->unplaced);
        if (count->clipped > 0)
            printf("; %" PRIu64 " of %" PRIu64 " snapshots left out: clipped", count->clipped,
                   count->snapshots);
        if (count->bursts_clipped > 0)
            printf("; %" PRIu64 " bursts learned from although clipped", count->bursts_clipped);
        printf("\n");
    }
    if (s->crowded > 0)
        printf("%" PRIu64 " times a jammer was left out: more than the array can null\n",
               s->crowded);
}

void cph_track_print_events(const cph_track_summary *s, const char *path)
{
    enum { SHOWN = 60 };
    for (size_t i = 0; i < s->events && i < SHOWN; i++)
        print_event(s, &s->event[i]);
    if (s->events > SHOWN)
        printf("... and more: %s has all of them\n", path);
}

void cph_track_print_column(const cph_track_summary *s, size_t k)
{
    const cph_track_column *const column = &s->scene->column[k];
    const cph_track_sum *const sum = &s->column[k];
    if (sum->gain.count == 0)
        return;
    printf("%-8s %7.6g GHz  gain %.2f to %.2f dBi, below an ideal array's by %.3f dB (median), "
           "%.3f dB at worst (%s)\n",
           cph_gain_path_name(column->path), column->freq_hz * 1e-9, sum->gain.least,
           sum->gain.most, cph_track_plain(cph_track_tally_quantile(&sum->loss, 0.5), 3),
           cph_track_plain(sum->loss.most, 3), word_of(s, sum->worst_satellite));
    printf("%-8s %11s  pointing loss at worst %.4f dB\n", "", "",
           cph_track_plain(sum->pointing.most, 4));
    print_nulls(s, sum);
    cph_track_sent_print(s, &sum->sent);
    if (isfinite(sum->doppler[0]))
        printf("%-8s %11s  Doppler %s %.1f to %.1f kHz\n", "", "",
               column->path == CPH_GAIN_RECEIVE ? "shift" : "pre-compensation",
               cph_track_plain(sum->doppler[0] * 1e-3, 1),
               cph_track_plain(sum->doppler[1] * 1e-3, 1));
}

static cph_exit tell_text(const cph_track_summary *s)
{
    const cph_track_options *const o = s->scene->options;
    printf("%s: %zu satellites, %.1f s in %" PRIu64 " slots, %" PRIu64 " updates of %zu elements\n",
           o->cli.input, s->satellites, s->end_unix_s - s->start_unix_s, s->slots, s->updates,
           s->scene->elements);
    cph_info_print_time("start", s->start_unix_s);
    cph_track_attitude_print(s->scene);
    cph_track_print_events(s, o->cli.output);
    cph_track_print_served(s);
    if (s->lonely > 0)
        printf("%" PRIu64 " rows serve nothing: no other one of their satellite is within %g s "
               "(--row-gap)\n",
               s->lonely, o->schedule.join_s);
    if (s->images > 0)
        printf("%s: %zu images, schedule.csv\n", o->images, s->images);
    if (s->yielded > 0)
        printf("%" PRIu64 " times a null was left out: in the main lobe\n", s->yielded);
    if (s->narrowed > 0)
        printf("%" PRIu64 " times a null was made narrower: it took more than half of the beam\n",
               s->narrowed);
    if (s->beside > 0)
        printf("%" PRIu64 " times a null was left out: nulls took more than half of the beam\n",
               s->beside);
    if (s->dimmed > 0)
        printf("%" PRIu64
               " times nulls took more than half of the beam: too few elements or states "
               "for them\n",
               s->dimmed);
    print_captures(s);
    for (size_t k = 0; k < s->scene->columns; k++)
        cph_track_print_column(s, k);
    return cph_stdout_check(&o->cli);
}

cph_exit cph_track_tell(const cph_track_summary *summary)
{
    return summary->scene->options->cli.json ? tell_json(summary) : tell_text(summary);
}
