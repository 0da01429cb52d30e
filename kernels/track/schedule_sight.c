/* SPDX-License-Identifier: MIT */
/* When a satellite is to be seen: margins and elevations are straight lines between rows. */
#include <float.h>
#include <math.h>

#include "kernels/track/schedule.h"

static const cph_schedule_look *look_at(const cph_schedule_track *track, size_t i)
{
    return &track->look[track->first + i];
}

/* The first row after t. */
static size_t row_after(const cph_schedule_track *track, double t)
{
    size_t low = 0, high = track->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (look_at(track, middle)->time > t)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static bool is_pair(const cph_schedule_track *track, double join, size_t i)
{
    return i + 1 < track->count && look_at(track, i + 1)->time - look_at(track, i)->time <= join;
}

size_t cph_schedule_pair(const cph_schedule_track *track, double join, double t)
{
    const size_t after = row_after(track, t);
    if (after > 0 && is_pair(track, join, after - 1))
        return after - 1;
    /* The last row of a pass ends the pair before it. */
    if (after > 1 && look_at(track, after - 1)->time == t && is_pair(track, join, after - 2))
        return after - 2;
    return track->count;
}

static double between(const cph_schedule_track *track, size_t i, double t, double a, double b)
{
    const double t0 = look_at(track, i)->time, t1 = look_at(track, i + 1)->time;
    return a + (b - a) * ((t - t0) / (t1 - t0));
}

static double margin_at(const cph_schedule_track *track, size_t i, double t)
{
    return between(track, i, t, look_at(track, i)->margin, look_at(track, i + 1)->margin);
}

static double el_at(const cph_schedule_track *track, size_t i, double t)
{
    return between(track, i, t, look_at(track, i)->el, look_at(track, i + 1)->el);
}

/* Whether it is to be seen at t in the pair: also where the rounding of a time at which the margin
 * is 0 has left it below. */
static bool is_seen(const cph_schedule_track *track, size_t i, double t)
{
    const cph_schedule_look *const a = look_at(track, i), *const b = look_at(track, i + 1);
    const double steep = fabs(b->margin - a->margin) / (b->time - a->time);
    return margin_at(track, i, t) >= -4.0 * DBL_EPSILON * (steep * fabs(t) + 1.0);
}

/* Where the margin is 0 between rows of which one is above and the other is not. */
static double crossing(const cph_schedule_track *track, size_t i)
{
    const cph_schedule_look *const a = look_at(track, i), *const b = look_at(track, i + 1);
    return a->time + (b->time - a->time) * (a->margin / (a->margin - b->margin));
}

double cph_schedule_until(const cph_schedule_track *track, double join, double t, double limit)
{
    size_t i = cph_schedule_pair(track, join, t);
    if (i == track->count || !is_seen(track, i, t))
        return -INFINITY;
    for (; is_pair(track, join, i) && look_at(track, i)->time < limit; i++)
        if (look_at(track, i + 1)->margin < 0.0) {
            const cph_schedule_look *const last = look_at(track, i);
            return fmin(fmax(last->margin > 0.0 ? crossing(track, i) : last->time, t), limit);
        }
    return fmin(look_at(track, i)->time, limit);
}

double cph_schedule_since(const cph_schedule_track *track, double join, double t, double limit)
{
    size_t i = cph_schedule_pair(track, join, t);
    if (i == track->count || !is_seen(track, i, t))
        return INFINITY;
    for (;; i--) {
        if (look_at(track, i)->margin < 0.0) {
            const cph_schedule_look *const first = look_at(track, i + 1);
            return fmax(fmin(first->margin > 0.0 ? crossing(track, i) : first->time, t), limit);
        }
        if (look_at(track, i)->time <= limit || i == 0 || !is_pair(track, join, i - 1))
            return fmax(look_at(track, i)->time, limit);
    }
}

double cph_schedule_rise(const cph_schedule_track *track, double join, double t)
{
    const size_t after = row_after(track, t);
    for (size_t i = after > 0 ? after - 1 : 0; i + 1 < track->count; i++) {
        const cph_schedule_look *const a = look_at(track, i), *const b = look_at(track, i + 1);
        if (!is_pair(track, join, i))
            continue;
        if (a->margin >= 0.0 && a->time > t)
            return a->time;
        if (a->margin < 0.0 && b->margin > 0.0 && crossing(track, i) > t)
            return crossing(track, i);
    }
    return INFINITY;
}

double cph_schedule_mean(const cph_schedule_track *track, double a, double b)
{
    double sum = 0.0;
    size_t i = cph_schedule_pair(track, INFINITY, a);
    if (i == track->count)
        return NAN;
    if (!(b > a))
        return el_at(track, i, a);
    for (double from = a; i + 1 < track->count && from < b; i++) {
        const double to = fmin(look_at(track, i + 1)->time, b);
        sum += 0.5 * (to - from) * (el_at(track, i, from) + el_at(track, i, to));
        from = to;
    }
    return sum / (b - a);
}
