/* SPDX-License-Identifier: MIT */
/* Rows in, slots out. */
#include "cophase/schedule.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/core/size.h"
#include "kernels/core/vec3.h"
#include "kernels/track/schedule.h"

static const double least_slot_s = 1e-3, most_time_s = 1e15;
static const double half_turn = 3.14159265358979323846;

const char *cph_schedule_reason_name(cph_schedule_reason reason)
{
    static const char *const names[CPH_SCHEDULE_REASONS] = {
        "kept",    "risen",           "better",     "sets",
        "no rows", "below the floor", "obstructed", "behind the array"};
    return (unsigned)reason < CPH_SCHEDULE_REASONS ? names[reason] : "unknown";
}

static bool config_ok(const cph_schedule_config *c)
{
    return c->slot_s >= least_slot_s && c->slot_s < most_time_s &&
           fabs(c->slot_start_s) < most_time_s && fabs(c->floor_rad) <= half_turn / 2 &&
           c->hysteresis_rad >= 0.0 && c->overlap_s >= 0.0 && c->overlap_s <= c->slot_s &&
           c->join_s > 0.0 && c->join_s < most_time_s && c->scan_most_rad >= 0.0 &&
           c->scan_most_rad <= half_turn / 2;
}

cph_status cph_schedule_create(const cph_schedule_config *config, cph_schedule **schedule)
{
    if (config == NULL || schedule == NULL || !config_ok(config))
        return CPH_ERR_ARGUMENT;
    cph_schedule *const made = calloc(1, sizeof *made);
    if (made == NULL)
        return CPH_ERR_MEMORY;
    made->config = *config;
    if (made->config.scan_most_rad == 0.0)
        made->config.scan_most_rad = half_turn / 2;
    made->present = CPH_SCHEDULE_NONE;
    made->back = NAN;
    *schedule = made;
    return CPH_OK;
}

void cph_schedule_destroy(cph_schedule *schedule)
{
    if (schedule == NULL)
        return;
    for (size_t i = 0; i < schedule->tracks; i++)
        free(schedule->track[i].look);
    free(schedule->track);
    free(schedule->piece);
    free(schedule);
}

/* ---- rows ---- */

static bool reserve(void **items, size_t *capacity, size_t wanted, size_t size)
{
    size_t bytes, room = *capacity > 0 ? *capacity : 16;
    if (wanted <= *capacity)
        return true;
    while (room < wanted)
        if (!cph_size_mul(room, 2, &room))
            return false;
    if (!cph_size_mul(room, size, &bytes))
        return false;
    void *const grown = realloc(*items, bytes);
    if (grown == NULL)
        return false;
    *items = grown;
    *capacity = room;
    return true;
}

static cph_status check_row(const cph_schedule *s, const cph_schedule_row *row)
{
    if (row->satellite == CPH_SCHEDULE_NONE || s->finished)
        return CPH_ERR_ARGUMENT;
    if (!isfinite(row->time_unix_s) || !isfinite(row->obstruction_rad) ||
        !isfinite(row->scan_rad) || !isfinite(row->enu[0]) || !isfinite(row->enu[1]) ||
        !isfinite(row->enu[2]))
        return CPH_ERR_NOT_FINITE;
    if (!(fabs(row->time_unix_s) < most_time_s) || !(fabs(cph_norm3(row->enu) - 1.0) < 1e-6) ||
        row->range_m <= 0.0 || row->scan_rad < 0.0 || row->scan_rad > half_turn ||
        (s->started && row->time_unix_s < s->newest))
        return CPH_ERR_ARGUMENT;
    if (row->satellite < s->tracks && s->track[row->satellite].started &&
        !(row->time_unix_s > s->track[row->satellite].last))
        return CPH_ERR_ARGUMENT;
    return CPH_OK;
}

static cph_schedule_track *find_track(cph_schedule *s, uint32_t satellite)
{
    if (satellite >= s->tracks) {
        size_t capacity = s->tracks;
        void *items = s->track;
        if (!reserve(&items, &capacity, (size_t)satellite + 1, sizeof *s->track))
            return NULL;
        s->track = items;
        memset(s->track + s->tracks, 0, (capacity - s->tracks) * sizeof *s->track);
        s->tracks = capacity;
    }
    return &s->track[satellite];
}

/* Room for one more row: in place of dropped ones where those are half. */
static bool make_room(cph_schedule_track *track)
{
    if (track->first > 0 && track->first >= track->count) {
        memmove(track->look, track->look + track->first, track->count * sizeof *track->look);
        track->first = 0;
    }
    void *items = track->look;
    const bool done =
        reserve(&items, &track->capacity, track->first + track->count + 1, sizeof *track->look);
    track->look = items;
    return done;
}

cph_status cph_schedule_put(cph_schedule *s, const cph_schedule_row *row)
{
    if (s == NULL || row == NULL)
        return CPH_ERR_ARGUMENT;
    const cph_status status = check_row(s, row);
    if (status != CPH_OK)
        return status;
    cph_schedule_track *const track = find_track(s, row->satellite);
    if (track == NULL || !make_room(track))
        return CPH_ERR_MEMORY;
    const double el = atan2(row->enu[2], hypot(row->enu[0], row->enu[1]));
    const double clear = el - fmax(s->config.floor_rad, row->obstruction_rad);
    const bool near = track->started && row->time_unix_s - track->last <= s->config.join_s;
    s->lonely += track->started && !near && !track->joined;
    track->look[track->first + track->count++] =
        (cph_schedule_look){.time = row->time_unix_s,
                            .enu = {row->enu[0], row->enu[1], row->enu[2]},
                            .range = row->range_m,
                            .rate = row->range_rate_m_s,
                            .el = el,
                            .above = el - s->config.floor_rad,
                            .clear = clear,
                            .margin = fmin(clear, s->config.scan_most_rad - row->scan_rad)};
    track->last = row->time_unix_s;
    track->joined = near;
    track->started = true;
    if (!s->started)
        s->begin = row->time_unix_s;
    s->newest = row->time_unix_s;
    s->started = true;
    return CPH_OK;
}

void cph_schedule_finish(cph_schedule *s)
{
    for (size_t i = 0; i < s->tracks && !s->finished; i++)
        s->lonely += s->track[i].started && !s->track[i].joined;
    s->finished = true;
}

uint64_t cph_schedule_lonely(const cph_schedule *schedule)
{
    return schedule->lonely;
}

/* ---- the pieces of a slot ---- */

/* Whom to choose from: the time a satellite stays, and its elevation. */
typedef struct choice {
    uint32_t satellite;
    double until, mean;
} choice;

/* Of those that stay to the end, the highest with hysteresis; else of all, who stays longest. The
 * last is at `until` = a where none is to be seen. */
static choice choose(const cph_schedule *s, double a, double b, size_t *whole)
{
    choice best = {CPH_SCHEDULE_NONE, a, NAN}, kept = best;
    *whole = 0;
    for (size_t i = 0; i < s->tracks; i++) {
        const cph_schedule_track *const track = &s->track[i];
        const double until = cph_schedule_until(track, s->config.join_s, a, b);
        if (!(until > a) || until < best.until)
            continue;
        const choice at = {(uint32_t)i, until, cph_schedule_mean(track, a, until)};
        *whole += until >= b;
        if (until > best.until || at.mean > best.mean)
            best = at;
        if (at.satellite == s->present)
            kept = at;
    }
    const double spare = best.until >= b ? s->config.hysteresis_rad : INFINITY;
    return kept.satellite != CPH_SCHEDULE_NONE && kept.until >= best.until &&
                   !(best.mean > kept.mean + spare)
               ? kept
               : best;
}

/* Why no satellite is to be seen at t. */
static cph_schedule_reason gap_reason(const cph_schedule *s, double t)
{
    cph_schedule_reason reason = CPH_SCHEDULE_NO_ROWS;
    for (size_t i = 0; i < s->tracks; i++) {
        const cph_schedule_track *const track = &s->track[i];
        const size_t pair = cph_schedule_pair(track, s->config.join_s, t);
        if (pair == track->count)
            continue;
        const cph_schedule_look *const look = &track->look[track->first + pair];
        const double share = (t - look[0].time) / (look[1].time - look[0].time);
        if (look[0].clear + share * (look[1].clear - look[0].clear) > 0.0)
            return CPH_SCHEDULE_BEHIND;
        if (look[0].above + share * (look[1].above - look[0].above) > 0.0)
            reason = CPH_SCHEDULE_OBSTRUCTED;
        else if (reason == CPH_SCHEDULE_NO_ROWS)
            reason = CPH_SCHEDULE_LOW;
    }
    return reason;
}

static cph_schedule_reason served_reason(const cph_schedule *s, const choice *taken, double a,
                                         double b)
{
    if (s->present == CPH_SCHEDULE_NONE)
        return CPH_SCHEDULE_RISEN;
    if (taken->satellite == s->present)
        return CPH_SCHEDULE_KEPT;
    return cph_schedule_until(&s->track[s->present], s->config.join_s, a, b) >= b
               ? CPH_SCHEDULE_BETTER
               : CPH_SCHEDULE_SETS;
}

static cph_status add_piece(cph_schedule *s, const cph_schedule_piece *piece)
{
    void *items = s->piece;
    if (!reserve(&items, &s->capacity, s->pieces + 1, sizeof *s->piece))
        return CPH_ERR_MEMORY;
    s->piece = items;
    s->piece[s->pieces++] = *piece;
    return CPH_OK;
}

static cph_schedule_piece serve(const cph_schedule *s, const choice *taken, double a, double b)
{
    const double join = s->config.join_s;
    cph_schedule_piece piece = {.start_unix_s = a,
                                .end_unix_s = taken->until,
                                .standby_unix_s = a,
                                .satellite = taken->satellite,
                                .reason = served_reason(s, taken, a, b),
                                .mean_el_rad = taken->mean};
    if (piece.reason == CPH_SCHEDULE_BETTER || piece.reason == CPH_SCHEDULE_SETS)
        piece.standby_unix_s = fmin(cph_schedule_since(&s->track[taken->satellite], join, a,
                                                       fmax(a - s->config.overlap_s, s->since)),
                                    a);
    return piece;
}

static cph_schedule_piece pause(const cph_schedule *s, double a, double b)
{
    double rise = b;
    for (size_t i = 0; i < s->tracks; i++)
        rise = fmin(rise, cph_schedule_rise(&s->track[i], s->config.join_s, a));
    return (cph_schedule_piece){.start_unix_s = a,
                                .end_unix_s = rise,
                                .standby_unix_s = a,
                                .satellite = CPH_SCHEDULE_NONE,
                                .reason = gap_reason(s, 0.5 * (a + rise)),
                                .mean_el_rad = NAN};
}

static cph_status fill_slot(cph_schedule *s, double a, double b, size_t *candidates)
{
    cph_status status = CPH_OK;
    s->pieces = 0;
    for (double t = a; status == CPH_OK && (t < b || t == a);) {
        size_t whole = 0;
        const choice taken = choose(s, t, b, &whole);
        if (t == a)
            *candidates = whole;
        const bool served = taken.satellite != CPH_SCHEDULE_NONE;
        const cph_schedule_piece piece = served ? serve(s, &taken, t, b) : pause(s, t, b);
        s->since = taken.satellite == s->present ? s->since : t;
        s->present = taken.satellite;
        status = add_piece(s, &piece);
        if (!(piece.end_unix_s > t))
            break;
        t = piece.end_unix_s;
    }
    return status;
}

/* ---- slots ---- */

static double edge(const cph_schedule *s, int64_t k)
{
    return s->config.slot_start_s + (double)k * s->config.slot_s;
}

/* The slot that holds t, however its edges are rounded. */
static int64_t slot_of(const cph_schedule *s, double t)
{
    int64_t k = (int64_t)floor((t - s->config.slot_start_s) / s->config.slot_s);
    while (edge(s, k) > t)
        k--;
    while (edge(s, k + 1) <= t)
        k++;
    return k;
}

/* The time of the first row that is not before t; the newest one's without. */
static double next_row(const cph_schedule *s, double t)
{
    double next = s->newest;
    for (size_t i = 0; i < s->tracks; i++) {
        const cph_schedule_track *const track = &s->track[i];
        for (size_t j = 0; j < track->count; j++)
            if (track->look[track->first + j].time >= t) {
                next = fmin(next, track->look[track->first + j].time);
                break;
            }
    }
    return next;
}

static bool any_pair(const cph_schedule *s, double a, double b)
{
    for (size_t i = 0; i < s->tracks; i++) {
        const cph_schedule_track *const track = &s->track[i];
        const cph_schedule_look *const look = track->look + track->first;
        for (size_t j = 0; j + 1 < track->count && look[j].time < b; j++)
            if (look[j + 1].time > a && look[j + 1].time - look[j].time <= s->config.join_s)
                return true;
    }
    return false;
}

/* Of a satellite that has set nothing is kept but when that was. */
static void drop_rows(const cph_schedule *s, double before)
{
    for (size_t i = 0; i < s->tracks; i++) {
        cph_schedule_track *const track = &s->track[i];
        while (track->count > 0 && track->look[track->first].time < before) {
            track->first++;
            track->count--;
        }
        if (track->count > 0)
            continue;
        free(track->look);
        track->look = NULL;
        track->first = track->capacity = 0;
    }
}

cph_status cph_schedule_next(cph_schedule *s, cph_schedule_slot *slot, bool *ready)
{
    if (s == NULL || slot == NULL || ready == NULL)
        return CPH_ERR_ARGUMENT;
    *ready = false;
    if (!s->started)
        return CPH_OK;
    if (!s->placed)
        s->next = slot_of(s, s->begin);
    s->placed = true;
    const double join = s->config.join_s, a = fmax(edge(s, s->next), s->begin);
    double b = edge(s, s->next + 1);
    if (s->finished ? a > s->newest || (a == s->newest && a > s->begin) : s->newest <= b + 2 * join)
        return CPH_OK;
    int64_t after = s->next + 1;
    if (!any_pair(s, a, b)) {
        const int64_t to = slot_of(s, next_row(s, b));
        after = to > after ? to : after;
        b = edge(s, after);
    }
    b = fmin(b, s->newest);
    if (isfinite(s->back))
        drop_rows(s, s->back - s->config.overlap_s - 2 * join);
    size_t candidates = 0;
    const cph_status status = fill_slot(s, a, b, &candidates);
    if (status != CPH_OK)
        return status;
    *slot = (cph_schedule_slot){.index = s->next,
                                .count = (uint64_t)(after - s->next),
                                .start_unix_s = a,
                                .end_unix_s = b,
                                .candidates = candidates,
                                .pieces = s->pieces,
                                .piece = s->piece};
    s->back = a;
    s->next = after;
    *ready = true;
    return CPH_OK;
}
