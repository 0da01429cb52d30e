/* SPDX-License-Identifier: MIT */
/* The table goes by once: rows into the schedule, slots out of it, updates of each into the log. A
 * slot is played when the next one is known, whose first beam stands before it begins. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/progress.h"
#include "cli/range_check.h"
#include "cli/track_images.h"
#include "cli/track_quiet.h"
#include "cli/track_summary.h"
#include "kernels/core/vec3.h"

static const double auto_step_s = 0.1, auto_look_s = 0.5;
/* An update this short is none: a piece's end that rounding put behind a step. */
static const double least_update_s = 1e-4;

typedef struct run {
    const cph_track_scene *scene;
    cph_track_writer *writer;
    cph_track_summary *summary;
    cph_schedule *schedule;
    cph_pointing *pointing;
    cph_track_bench bench;
    cph_track_jammers jammers;
    cph_track_images images;
    cph_range_check range;
    cph_schedule_slot slot;    /* that waits for the next one */
    cph_schedule_piece *piece; /* [slot.pieces] its own copy */
    size_t room;
    bool waiting;
    const cph_schedule_piece *playing;
    uint32_t before; /* who served last */
    bool input;      /* what failed is an input */
} run;

/* ---- updates ---- */

static cph_status play_beam(run *r, uint32_t satellite, double start, double end, bool standby,
                            cph_error *error)
{
    if (cph_interrupted())
        return cph_fail(error, CPH_ERR_INTERRUPTED, "interrupted");
    r->bench.row.standby = standby;
    r->bench.row.slot = r->slot.index;
    cph_status status = cph_track_beam(&r->bench, r->schedule, satellite, start, end, error);
    if (status == CPH_OK)
        status = cph_track_writer_put(r->writer, &r->bench.row, error);
    if (status == CPH_OK) {
        cph_track_summary_row(r->summary, &r->bench.row);
        cph_track_summary_nulls(r->summary, &r->bench);
    }
    if (status == CPH_OK && r->bench.looked)
        cph_track_summary_look(r->summary, r->bench.look, r->playing);
    return status;
}

/* Raises *turn_rad_s to how fast the satellite turns in the array's frame, at most. */
static cph_status fastest(run *r, uint32_t satellite, double start, double end, double *turn_rad_s,
                          cph_error *error)
{
    const double length = end - start;
    const size_t steps = length > 0.0 ? (size_t)ceil(length / auto_look_s) : 0;
    double last[3] = {0.0};
    for (size_t i = 0; i <= steps && steps > 0; i++) {
        double u[3];
        cph_schedule_place place;
        const double t = start + length * (double)i / (double)steps;
        const cph_status status =
            cph_track_direction(r->scene, r->schedule, satellite, t, u, &place, error);
        if (status != CPH_OK)
            return status;
        if (i > 0)
            *turn_rad_s = fmax(*turn_rad_s, cph_angle3(last, u) / (length / (double)steps));
        memcpy(last, u, sizeof last);
    }
    return CPH_OK;
}

static const cph_schedule_piece *piece_after(const run *r, size_t i,
                                             const cph_schedule_piece *following)
{
    return i + 1 < r->slot.pieces ? &r->piece[i + 1] : following;
}

/* From when the beam of the piece after this one stands beside it, no later than its start. */
static double beside_from(const cph_schedule_piece *piece, const cph_schedule_piece *next)
{
    return fmax(next->standby_unix_s, piece->start_unix_s);
}

/* How far bursts of captures are apart, at least: each may bring other nulls. */
static double bursts_apart(const cph_track_scene *scene)
{
    double least = INFINITY;
    for (size_t i = 0; i < scene->captures; i++)
        least = fmin(least, cph_track_waves_counts(scene->capture[i].waves)->apart_s);
    return least;
}

/* The longest multiple of auto_step_s in which no beam of the slot, and none that stands beside
 * one, moves by more than a tenth of the narrowest width and no second burst ends; one of them at
 * least, a slot at most. */
static cph_status choose_interval(run *r, const cph_schedule_piece *following, double *interval,
                                  cph_error *error)
{
    double turn = 0.0, width = INFINITY;
    cph_status status = CPH_OK;
    for (size_t i = 0; status == CPH_OK && i < r->slot.pieces; i++) {
        const cph_schedule_piece *const piece = &r->piece[i], *next = piece_after(r, i, following);
        if (piece->satellite == CPH_SCHEDULE_NONE)
            continue;
        status = fastest(r, piece->satellite, piece->start_unix_s, piece->end_unix_s, &turn, error);
        if (status == CPH_OK && next != NULL && next->satellite != CPH_SCHEDULE_NONE)
            status = fastest(r, next->satellite, beside_from(piece, next), next->start_unix_s,
                             &turn, error);
    }
    r->summary->turn_rad_s = fmax(r->summary->turn_rad_s, turn);
    if (r->scene->options->rate_hz > 0.0) {
        *interval = 1.0 / r->scene->options->rate_hz;
        return status;
    }
    for (size_t k = 0; k < r->scene->columns; k++)
        width = fmin(width, r->scene->column[k].width_rad);
    const double apart = bursts_apart(r->scene) + 1e-6; /* times are rounded */
    const double steps = floor(fmin(0.1 * width / turn, apart) / auto_step_s);
    *interval =
        steps >= 1.0 ? fmin(steps * auto_step_s, r->scene->options->schedule.slot_s) : auto_step_s;
    return status;
}

/* Updates of the next satellite's beam up to `until`, from *from on. */
static cph_status play_standby(run *r, const cph_schedule_piece *next, double interval,
                               double until, double *from, cph_error *error)
{
    cph_status status = CPH_OK;
    while (status == CPH_OK && *from < until - least_update_s) {
        const double end = fmin(*from + interval, next->start_unix_s);
        status = play_beam(r, next->satellite, *from, end, true, error);
        *from = end;
    }
    return status;
}

/* A piece of a satellite, and beside it the next one's beam. */
static cph_status play_piece(run *r, const cph_schedule_piece *piece,
                             const cph_schedule_piece *next, double interval, cph_error *error)
{
    const double length = piece->end_unix_s - piece->start_unix_s;
    const bool beside = next != NULL && next->standby_unix_s < next->start_unix_s;
    double from = beside ? beside_from(piece, next) : 0.0;
    cph_status status = CPH_OK;
    for (size_t i = 0; status == CPH_OK; i++) {
        const double start = piece->start_unix_s + (double)i * interval;
        if (!(start < piece->start_unix_s + length - least_update_s))
            break;
        const double step = piece->start_unix_s + (double)(i + 1) * interval;
        const double end = step < piece->end_unix_s - least_update_s ? step : piece->end_unix_s;
        status = play_beam(r, piece->satellite, start, end, false, error);
        if (status == CPH_OK && beside)
            status = play_standby(r, next, interval, end, &from, error);
    }
    return status;
}

/* ---- slots ---- */

static cph_status play_slot(run *r, const cph_schedule_piece *following, cph_error *error)
{
    const cph_track_options *const o = r->scene->options;
    const bool looks = o->duty_below > 0.0 || cph_quiet_asked(&o->quiet);
    bool served = false;
    double interval = 0.0;
    cph_status status = choose_interval(r, following, &interval, error);
    if (status == CPH_OK)
        status =
            cph_track_jammers_follow(&r->jammers, r->slot.start_unix_s, r->slot.end_unix_s, error);
    r->input = status != CPH_OK;
    r->summary->slots += r->slot.count;
    r->bench.middle_unix_s = 0.5 * (r->slot.start_unix_s + r->slot.end_unix_s);
    for (size_t i = 0; status == CPH_OK && i < r->slot.pieces; i++) {
        const cph_schedule_piece *const piece = &r->piece[i];
        status = cph_track_writer_piece(r->writer, r->slot.index, piece, error);
        cph_track_summary_piece(r->summary, piece, r->before);
        r->before = piece->satellite;
        if (status != CPH_OK || piece->satellite == CPH_SCHEDULE_NONE)
            continue;
        r->playing = piece;
        served = true;
        if (looks)
            r->bench.duty_unix_s = 0.5 * (piece->start_unix_s + piece->end_unix_s);
        r->summary->interval_s[0] = fmin(r->summary->interval_s[0], interval);
        r->summary->interval_s[1] = fmax(r->summary->interval_s[1], interval);
        status = play_piece(r, piece, piece_after(r, i, following), interval, error);
    }
    r->summary->silent += served ? 0 : r->slot.count;
    return status;
}

static cph_status keep_slot(run *r, const cph_schedule_slot *slot, cph_error *error)
{
    if (slot->pieces > r->room) {
        void *const grown = reallocarray(r->piece, slot->pieces, sizeof *r->piece);
        if (grown == NULL)
            return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
        r->piece = grown;
        r->room = slot->pieces;
    }
    memcpy(r->piece, slot->piece, slot->pieces * sizeof *r->piece);
    r->slot = *slot;
    r->waiting = true;
    return CPH_OK;
}

/* All slots that are ready; at the end the one that waits, too. */
static cph_status take_slots(run *r, bool last, cph_error *error)
{
    bool ready = true;
    while (ready) {
        cph_schedule_slot slot;
        cph_status status = cph_schedule_next(r->schedule, &slot, &ready);
        if (status != CPH_OK)
            return cph_fail(error, status, "schedule: %s", cph_status_name(status));
        if (r->waiting && (ready || last)) {
            status = play_slot(r, ready ? &slot.piece[0] : NULL, error);
            r->waiting = false;
        }
        if (status == CPH_OK && ready)
            status = keep_slot(r, &slot, error);
        if (status != CPH_OK)
            return status;
    }
    return CPH_OK;
}

/* ---- rows ---- */

static cph_status put_row(run *r, const cph_pointing_row *row, cph_error *error)
{
    cph_schedule_row look = cph_track_table_look(row);
    double u[3];
    look.obstruction_rad = cph_horizon_at(&r->scene->horizon, row->az_rad);
    /* A time without an attitude is said when a beam needs it. */
    if (cph_track_turn(r->scene, row->time_unix_s, look.enu, u) == CPH_OK)
        look.scan_rad = atan2(hypot(u[0], u[1]), u[2]);
    const cph_status status = cph_schedule_put(r->schedule, &look);
    return status == CPH_OK ? status
                            : cph_fail(error, status, "%s: %s: %s", r->scene->options->cli.input,
                                       cph_pointing_place(r->pointing), cph_status_name(status));
}

static cph_status take_rows(run *r, cph_error *error)
{
    cph_status status = CPH_OK;
    for (bool more = true; status == CPH_OK && more;) {
        cph_pointing_row row;
        status = cph_pointing_next(r->pointing, &row, &more, error);
        r->input = status != CPH_OK;
        if (status == CPH_OK && more && cph_range_check_row(&r->range, r->pointing, &row) != CPH_OK)
            status = cph_fail(error, CPH_ERR_MEMORY, "out of memory");
        if (status == CPH_OK && more)
            status = put_row(r, &row, error);
        if (status == CPH_OK && more)
            status = take_slots(r, false, error);
        if (status == CPH_OK && cph_interrupted())
            status = cph_fail(error, CPH_ERR_INTERRUPTED, "interrupted");
    }
    if (status != CPH_OK)
        return status;
    cph_schedule_finish(r->schedule);
    return take_slots(r, true, error);
}

static cph_status take_names(const run *r, cph_error *error)
{
    cph_track_summary *const s = r->summary;
    const size_t count = cph_pointing_satellites(r->pointing);
    s->name = calloc(count + 1, sizeof *s->name);
    if (s->name == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    for (size_t i = 0; i < count; i++)
        strncpy(s->name[i], cph_pointing_name(r->pointing, (uint32_t)i),
                CPH_POINTING_NAME_SIZE - 1);
    s->satellites = count;
    s->lonely = cph_schedule_lonely(r->schedule);
    s->yielded = r->bench.yielded;
    s->dimmed = r->bench.dimmed;
    for (size_t k = 0; r->bench.quiet != NULL && k < r->scene->columns; k++)
        s->column[k].sent.count = r->bench.quiet[k].count;
    s->crowded = r->jammers.crowded;
    s->narrowed = r->jammers.narrowed;
    s->beside = r->jammers.beside;
    memcpy(s->unheard, r->jammers.unheard, sizeof s->unheard);
    memcpy(s->oldest_s, r->jammers.oldest_s, sizeof s->oldest_s);
    memcpy(s->far, r->jammers.far, sizeof s->far);
    s->images = r->images.images;
    return CPH_OK;
}

static cph_status start(run *r, cph_error *error)
{
    const cph_track_options *const o = r->scene->options;
    cph_status status = cph_pointing_open(o->cli.input, &r->pointing, error);
    if (status == CPH_OK)
        status = cph_track_jammers_make(r->scene, &r->jammers, error);
    r->input = status != CPH_OK;
    if (status == CPH_OK)
        status = cph_track_images_make(r->scene, &r->images, error);
    if (status == CPH_OK)
        status = cph_track_bench_make(r->scene, &r->jammers, &r->bench, error);
    if (status != CPH_OK)
        return status;
    r->bench.images = &r->images;
    cph_schedule_config config = o->schedule;
    config.scan_most_rad = cph_element_edge(&o->element.pattern);
    status = cph_schedule_create(&config, &r->schedule);
    return status == CPH_OK ? status
                            : cph_fail(error, status, "schedule: %s", cph_status_name(status));
}

static cph_status end_log(cph_track_writer *writer, const cph_track_summary *summary,
                          cph_error *error)
{
    const char **const name = calloc(summary->satellites + 1, sizeof *name);
    if (name == NULL) {
        cph_track_writer_abandon(writer);
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    }
    for (size_t i = 0; i < summary->satellites; i++)
        name[i] = summary->name[i];
    const cph_status status = cph_track_writer_finish(writer, summary->satellites, name, error);
    free((void *)name);
    return status;
}

/* All is written before anything has its name: the log, which may still fail, then the images. */
static cph_status end_outputs(run *r, cph_status status, cph_error *error)
{
    if (status == CPH_OK)
        status = cph_track_images_finish(&r->images, error);
    if (status == CPH_OK)
        status = take_names(r, error);
    if (status != CPH_OK) {
        cph_track_writer_abandon(r->writer);
        return status;
    }
    status = end_log(r->writer, r->summary, error);
    return status == CPH_OK ? cph_track_images_commit(&r->images, error) : status;
}

cph_exit cph_track_run(const cph_track_scene *scene, cph_track_writer *writer,
                       cph_track_summary *summary)
{
    cph_error error = {.status = CPH_OK};
    run r = {.scene = scene, .writer = writer, .summary = summary, .before = CPH_SCHEDULE_NONE};
    cph_status status = start(&r, &error);
    if (status == CPH_OK)
        status = take_rows(&r, &error);
    if (status == CPH_OK)
        status = cph_track_jammers_check(&r.jammers, &error);
    status = end_outputs(&r, status, &error);
    if (status == CPH_OK && !scene->options->cli.quiet)
        cph_range_check_say(&r.range, scene->options->cli.name, scene->options->cli.input);
    cph_range_check_free(&r.range);
    cph_schedule_destroy(r.schedule);
    cph_pointing_close(r.pointing);
    cph_track_images_free(&r.images);
    cph_track_jammers_free(&r.jammers);
    cph_track_bench_free(&r.bench);
    free(r.piece);
    if (status == CPH_OK)
        return CPH_EXIT_DONE;
    return r.input ? cph_report_input(scene->options->cli.name, &error)
                   : cph_report(scene->options->cli.name, &error);
}
