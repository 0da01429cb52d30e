/* SPDX-License-Identifier: MIT */
/* Numbers of a run, in memory that does not grow with it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/track_summary.h"

/* ---- tallies ---- */

cph_status cph_track_tally_make(double low, double step, cph_track_tally *tally, cph_error *error)
{
    *tally = (cph_track_tally){.low = low, .step = step, .least = INFINITY, .most = -INFINITY};
    tally->bin = calloc(CPH_TRACK_BINS, sizeof *tally->bin);
    return tally->bin != NULL ? CPH_OK : cph_fail(error, CPH_ERR_MEMORY, "out of memory");
}

/* Bins twice as wide, of all from `low` up or of all below the last one's end. */
static void widen(cph_track_tally *tally, bool up)
{
    const size_t half = CPH_TRACK_BINS / 2;
    uint64_t *const bin = tally->bin;
    for (size_t i = 0; i < half; i++) {
        const size_t k = up ? i : half - 1 - i;
        const uint64_t both = bin[2 * k] + bin[2 * k + 1];
        bin[up ? k : half + k] = both;
    }
    memset(up ? bin + half : bin, 0, half * sizeof *bin);
    tally->low -= up ? 0.0 : CPH_TRACK_BINS * tally->step;
    tally->step *= 2.0;
}

void cph_track_tally_add(cph_track_tally *tally, double value)
{
    static const double most = 1e30; /* so that widths do not overflow */
    const double held = fmax(-most, fmin(value, most));
    if (!isfinite(value))
        return;
    double at = (held - tally->low) / tally->step;
    while (!(at >= 0.0 && at < CPH_TRACK_BINS)) {
        widen(tally, at > 0.0);
        at = (held - tally->low) / tally->step;
    }
    tally->bin[(size_t)at]++;
    tally->count++;
    tally->least = fmin(tally->least, value);
    tally->most = fmax(tally->most, value);
}

double cph_track_tally_quantile(const cph_track_tally *tally, double share)
{
    const double wanted = share * (double)tally->count;
    uint64_t seen = 0;
    if (tally->count == 0)
        return NAN;
    for (size_t i = 0; i < CPH_TRACK_BINS; i++) {
        seen += tally->bin[i];
        if ((double)seen >= wanted && seen > 0)
            return fmin(fmax(tally->low + tally->step * (double)(i + 1), tally->least),
                        tally->most);
    }
    return tally->most;
}

/* ---- the summary ---- */

static cph_status make_nulls(const cph_track_scene *scene, cph_track_sum *sum, cph_error *error)
{
    sum->null = calloc(scene->nulls + 1, sizeof *sum->null);
    sum->likely = calloc(scene->places + 1, sizeof *sum->likely);
    sum->model = calloc(scene->places + 1, sizeof *sum->model);
    if (sum->null == NULL || sum->likely == NULL || sum->model == NULL) {
        (void)cph_fail(error, CPH_ERR_MEMORY, "out of memory");
        return CPH_ERR_MEMORY;
    }
    cph_status status = cph_track_tally_make(-1.0, 5e-4, &sum->price, error);
    if (status == CPH_OK)
        status = cph_track_tally_make(-1.0, 5e-4, &sum->sinr, error);
    if (status == CPH_OK)
        status = cph_track_tally_make(-1.0, 5e-4, &sum->apart, error);
    for (size_t j = 0; status == CPH_OK && j < scene->nulls; j++)
        status = cph_track_tally_make(-180.0, 5e-3, &sum->null[j], error);
    for (size_t j = 0; status == CPH_OK && j < scene->places; j++)
        status = cph_track_tally_make(-180.0, 5e-3, &sum->likely[j], error);
    for (size_t j = 0; status == CPH_OK && j < scene->places; j++)
        status = cph_track_tally_make(-180.0, 5e-3, &sum->model[j], error);
    return status;
}

cph_status cph_track_summary_make(const cph_track_scene *scene, cph_track_summary *summary,
                                  cph_error *error)
{
    *summary = (cph_track_summary){.scene = scene,
                                   .start_unix_s = NAN,
                                   .end_unix_s = NAN,
                                   .interval_s = {INFINITY, -INFINITY},
                                   .last_unix_s = NAN,
                                   .stride = 1};
    summary->column = calloc(scene->columns, sizeof *summary->column);
    summary->event = calloc(CPH_TRACK_EVENTS_MAX, sizeof *summary->event);
    summary->point = calloc(CPH_TRACK_POINTS_MAX, sizeof *summary->point);
    if (summary->column == NULL || summary->event == NULL || summary->point == NULL) {
        (void)cph_fail(error, CPH_ERR_MEMORY, "out of memory");
        return CPH_ERR_MEMORY;
    }
    cph_status status = CPH_OK;
    for (size_t k = 0; status == CPH_OK && k < scene->columns; k++) {
        cph_track_sum *const sum = &summary->column[k];
        sum->doppler[0] = INFINITY;
        sum->doppler[1] = -INFINITY;
        sum->worst_satellite = CPH_SCHEDULE_NONE;
        status = cph_track_tally_make(-20.0, 2e-3, &sum->gain, error);
        if (status == CPH_OK)
            status = cph_track_tally_make(-1.0, 5e-4, &sum->loss, error);
        if (status == CPH_OK)
            status = cph_track_tally_make(0.0, 5e-4, &sum->pointing, error);
        if (status == CPH_OK && (scene->nulls > 0 || cph_track_null_asked(&scene->options->null)))
            status = make_nulls(scene, sum, error);
        if (status == CPH_OK && scene->column[k].path == CPH_GAIN_TRANSMIT)
            status = cph_track_sent_make(scene, &sum->sent, error);
    }
    return status;
}

static void free_tallies(cph_track_tally *tally, size_t count)
{
    for (size_t i = 0; tally != NULL && i < count; i++)
        free(tally[i].bin);
    free(tally);
}

void cph_track_summary_free(cph_track_summary *summary)
{
    for (size_t k = 0; summary->column != NULL && k < summary->scene->columns; k++) {
        free(summary->column[k].gain.bin);
        free(summary->column[k].loss.bin);
        free(summary->column[k].pointing.bin);
        free(summary->column[k].sinr.bin);
        free(summary->column[k].apart.bin);
        free(summary->column[k].price.bin);
        free_tallies(summary->column[k].null, summary->scene->nulls);
        free_tallies(summary->column[k].likely, summary->scene->places);
        free_tallies(summary->column[k].model, summary->scene->places);
        cph_track_sent_free(&summary->column[k].sent);
    }
    free(summary->column);
    free(summary->event);
    free(summary->point);
    free(summary->name);
}

/* Every other one goes; where a gap was is kept. */
static void thin_points(cph_track_summary *s)
{
    for (size_t i = 0; i < CPH_TRACK_POINTS_MAX / 2; i++) {
        s->point[i] = s->point[2 * i];
        s->point[i].after_gap = s->point[i].after_gap || (i > 0 && s->point[2 * i - 1].after_gap);
    }
    s->broken = s->broken || s->point[CPH_TRACK_POINTS_MAX - 1].after_gap;
    s->points = CPH_TRACK_POINTS_MAX / 2;
    s->stride *= 2;
}

static void fill_nulls(const cph_track_summary *s, const cph_track_row *row, cph_track_point *point)
{
    const size_t nulls = s->scene->nulls;
    for (size_t j = 0; j < CPH_TRACK_NULLS_DRAWN; j++) {
        point->null_db[j] = j < nulls ? row->null_db[s->null_column * nulls + j] : NAN;
        point->null_off_deg[j] = j < nulls ? row->null_off_deg[j] : NAN;
    }
}

/* Every stride-th row, and those after a gap or of another satellite. */
static void keep_point(cph_track_summary *s, const cph_track_row *row)
{
    static const double beside_s = 1e-3;
    const bool other = s->points > 0 && s->point[s->points - 1].satellite != row->satellite;
    const bool gap = row->time_unix_s > s->last_unix_s + beside_s;
    s->broken = s->broken || gap;
    s->last_unix_s = row->end_unix_s;
    if (++s->skipped < s->stride && !other && !gap && s->points > 0)
        return;
    s->skipped = 0;
    if (s->points == CPH_TRACK_POINTS_MAX)
        thin_points(s);
    cph_track_point *const point = &s->point[s->points++];
    *point = (cph_track_point){.time_unix_s = row->time_unix_s,
                               .end_unix_s = row->end_unix_s,
                               .az_deg = row->az_deg,
                               .el_deg = row->el_deg,
                               .satellite = row->satellite,
                               .after_gap = s->broken,
                               .gain_db = {NAN, NAN},
                               .ideal_db = {NAN, NAN}};
    s->broken = false;
    fill_nulls(s, row, point);
    for (size_t k = s->scene->columns; k-- > 0;) {
        point->gain_db[s->scene->column[k].path] = row->gain_db[k];
        point->ideal_db[s->scene->column[k].path] = row->ideal_db[k];
    }
}

static void add_nulls(const cph_track_summary *s, size_t k, const cph_track_row *row)
{
    const size_t nulls = s->scene->nulls;
    cph_track_sum *const sum = &s->column[k];
    bool apart = true;
    for (size_t j = 0; j < nulls; j++) {
        cph_track_tally_add(&sum->null[j], row->null_db[k * nulls + j]);
        if (row->null_likely_db != NULL)
            cph_track_tally_add(&sum->likely[j], row->null_likely_db[k * nulls + j]);
        apart =
            apart && !(row->null_off_deg[j] < 2.0 * s->scene->column[k].width_rad * (180.0 / M_PI));
    }
    if (s->scene->places > 0 && row->null_price_db != NULL)
        cph_track_tally_add(&sum->price, row->null_price_db[k]);
    if (nulls > 0)
        cph_track_tally_add(&sum->sinr, row->sinr_loss_db[k]);
    if (nulls > 0 && apart)
        cph_track_tally_add(&sum->apart, row->sinr_loss_db[k]);
}

void cph_track_summary_nulls(cph_track_summary *s, const cph_track_bench *bench)
{
    const size_t places = s->scene->places;
    for (size_t k = 0; places > 0 && k < s->scene->columns; k++) {
        cph_track_sum *const sum = &s->column[k];
        for (size_t j = 0; bench->judged && j < places; j++) {
            if (j >= s->scene->nulls)
                cph_track_tally_add(&sum->likely[j], bench->chance[k * places + j].likely_db);
            cph_track_tally_add(&sum->model[j], bench->chance[k * places + j].model_db);
        }
    }
}

void cph_track_summary_row(cph_track_summary *s, const cph_track_row *row)
{
    s->rows++;
    s->standbys += row->standby != 0;
    s->updates += row->standby == 0;
    for (size_t k = 0; k < s->scene->columns; k++) {
        cph_track_sum *const sum = &s->column[k];
        if (row->loss_db[k] > sum->loss.most) {
            sum->worst_time = row->time_unix_s;
            sum->worst_satellite = row->satellite;
        }
        cph_track_tally_add(&sum->gain, row->gain_db[k]);
        cph_track_tally_add(&sum->loss, row->loss_db[k]);
        cph_track_tally_add(&sum->pointing, row->pointing_loss_db[k]);
        add_nulls(s, k, row);
        sum->doppler[0] = fmin(sum->doppler[0], row->doppler_hz[k]);
        sum->doppler[1] = fmax(sum->doppler[1], row->doppler_hz[k]);
    }
    if (row->standby == 0)
        keep_point(s, row);
}

void cph_track_summary_look(cph_track_summary *s, const cph_track_looked *look,
                            const cph_schedule_piece *piece)
{
    for (size_t k = 0; k < s->scene->columns; k++)
        if (s->scene->column[k].path == CPH_GAIN_TRANSMIT)
            cph_track_sent_add(s->scene, &look[k], piece, &s->column[k].sent);
}

/* Of one gap, which may have several reasons one after the other. */
static bool goes_on(const cph_schedule_piece *last, const cph_schedule_piece *piece)
{
    return last->satellite == CPH_SCHEDULE_NONE && piece->satellite == CPH_SCHEDULE_NONE &&
           last->end_unix_s == piece->start_unix_s;
}

void cph_track_summary_piece(cph_track_summary *s, const cph_schedule_piece *piece, uint32_t before)
{
    const double length = piece->end_unix_s - piece->start_unix_s;
    const bool gap = piece->satellite == CPH_SCHEDULE_NONE;
    if (isnan(s->start_unix_s))
        s->start_unix_s = piece->start_unix_s;
    s->end_unix_s = piece->end_unix_s;
    s->served_s += gap ? 0.0 : length;
    s->gap_s += gap ? length : 0.0;
    s->gap_reason_s[piece->reason] += gap ? length : 0.0;
    s->handovers += !gap && before != CPH_SCHEDULE_NONE && before != piece->satellite;
    const bool same = goes_on(&s->last, piece), known = same && s->last.reason == piece->reason;
    s->last = *piece;
    s->gaps += gap && !same;
    if (known && s->last_told)
        s->event[s->events - 1].piece.end_unix_s = piece->end_unix_s;
    if (known)
        return;
    s->last_told = (gap || piece->satellite != before) && s->events < CPH_TRACK_EVENTS_MAX;
    if (s->last_told)
        s->event[s->events++] = (cph_track_event){.piece = *piece, .before = before};
}
