/* SPDX-License-Identifier: MIT */
#include "cli/track_bursts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/parse.h"
#include "cophase/jammer.h"
#include "kernels/core/size.h"
#include "kernels/core/vec3.h"

/* A direction is one where this much of a wave is what the known gains have there. */
static const double least_share = 0.5;
/* A wave is averaged over so many bursts, and while it moves by so many beamwidths: gains of
 * elements differ by direction. A burst of its own where less of it than this is as before. */
static const double most_bursts = 64.0, most_beams = 3.0, least_like = 0.9;

struct cph_track_waves {
    cph_track_waves_config config;
    cph_track_bursts bursts;
    size_t next;
    double before_s, middle_s, end_s; /* of the burst that waves are of; NaN: none */
    double sigma;                     /* of a direction cosine, of a wave of entries' error 1 */
    size_t slots;
    cph_track_wave *wave, *old; /* [slots] */
    cph_c64 *vector;            /* [slots][N] */
    cph_track_waves_count count;
};

/* ---- from burst to burst ---- */

static cph_status turn_at(const cph_track_waves *w, double time, double turn[9])
{
    return cph_attitude_at(w->config.attitude, time, turn);
}

static void from_enu(const double turn[9], const double enu[3], double u[3])
{
    cph_rotate_back3(turn, enu, u);
    (void)cph_unit3(u);
}

static void look_ahead(const cph_track_waves *w, const cph_track_wave *wave, double before_s,
                       double time, double enu[3])
{
    memcpy(enu, wave->enu, sizeof wave->enu);
    if (wave->moves)
        cph_jammer_ahead(wave->before, before_s, wave->enu, w->middle_s, time, enu);
}

/* What is known of a burst while its waves are told apart. */
typedef struct news {
    const cph_track_burst *burst;
    double turn[9];
    cph_jammers jammers;
    double *direction, *share; /* [J][3], [J] */
    size_t seeds, *from;       /* [seeds] slots that they are of */
    double *seed;              /* [seeds][3] */
    size_t *of;                /* [J] which seed a wave is */
} news;

static cph_status reserve_news(const cph_track_waves *w, news *n, cph_error *error)
{
    const size_t count = n->jammers.count + 1;
    n->direction = calloc(count, 3 * sizeof *n->direction);
    n->share = calloc(count, sizeof *n->share);
    n->of = calloc(count, sizeof *n->of);
    n->from = calloc(w->slots + 1, sizeof *n->from);
    n->seed = calloc(w->slots + 1, 3 * sizeof *n->seed);
    return n->direction != NULL && n->share != NULL && n->of != NULL && n->from != NULL &&
                   n->seed != NULL
               ? CPH_OK
               : cph_fail(error, CPH_ERR_MEMORY, "out of memory");
}

static void free_news(news *n)
{
    cph_jammers_free(&n->jammers);
    free(n->direction);
    free(n->share);
    free(n->of);
    free(n->from);
    free(n->seed);
}

/* Where waves of the burst before should be by now. */
static void guess(const cph_track_waves *w, double before_s, news *n)
{
    for (size_t i = 0; i < w->slots; i++) {
        double enu[3];
        if (!w->wave[i].there || !w->wave[i].placed)
            continue;
        look_ahead(w, &w->wave[i], before_s, n->burst->middle_s, enu);
        from_enu(n->turn, enu, n->seed + 3 * n->seeds);
        n->from[n->seeds++] = i;
    }
}

static cph_status place(cph_track_waves *w, news *n, cph_error *error)
{
    const cph_jammer_search search = {.position = w->config.position,
                                      .freq_hz = w->config.freq_hz,
                                      .gain = w->config.gain,
                                      .seeds = n->seeds,
                                      .seed = n->seed,
                                      .least = least_share};
    size_t skies = 0;
    const cph_status status =
        cph_jammers_find(&n->jammers, &search, n->direction, n->share, &skies);
    w->count.skies += skies;
    if (status != CPH_OK)
        return cph_fail(error, status, "%s: directions of jammers: %s", w->config.path,
                        cph_status_name(status));
    cph_jammers_match(n->seeds, n->seed, n->jammers.count, n->direction, w->config.beam_rad, n->of);
    for (size_t j = 0; j < n->jammers.count; j++) {
        if (n->share[j] >= least_share)
            continue;
        n->of[j] = SIZE_MAX;
        w->count.unplaced++;
    }
    return CPH_OK;
}

/* Has it gone further, since the burst before, than errors of its directions (by entries of
 * vectors; four of them) make of one that stands? */
static bool has_moved(const cph_track_waves *w, const news *n, const cph_track_wave *before,
                      const cph_track_wave *now)
{
    double stood[3];
    from_enu(n->turn, before->enu, stood);
    return hypot(now->u[0] - stood[0], now->u[1] - stood[1]) >
           4.0 * w->sigma * hypot(now->error, before->error) + 1e-6;
}

/* The vector of a wave that goes on: the mean over bursts, turned to where it is. A satellite of
 * power p is in one of K snapshots by p / K over the power of the jammer, coherent in the beam. */
static void average(cph_track_waves *w, const cph_track_wave *before, const cph_c64 *vector,
                    cph_track_wave *wave)
{
    const size_t elements = w->config.elements;
    double du[3];
    cph_add3(wave->u, -1.0, before->u, du);
    const double memory = fmin(most_bursts, most_beams * w->config.beam_rad / cph_norm3(du));
    const double share = fmax(1.0 / (before->bursts + 1.0), 1.0 / fmax(memory, 1.0));
    if (cph_jammer_shift(elements, w->config.position, w->config.freq_hz, wave->vector, du,
                         wave->vector) != CPH_OK) {
        memcpy(wave->vector, vector, elements * sizeof *vector);
        return;
    }
    if (!cph_jammer_blend(elements, vector, share, least_like, wave->vector))
        return;
    wave->bursts = 1.0 / share;
    wave->error = hypot(share * wave->error, (1.0 - share) * before->error);
}

/* Its slot has the vector of the burst before. */
static void take_wave(cph_track_waves *w, const news *n, size_t j, size_t slot)
{
    const size_t elements = w->config.elements;
    const cph_c64 *const vector = n->jammers.vector + j * elements;
    cph_track_wave *const to = &w->wave[slot];
    *to = (cph_track_wave){.there = true,
                           .placed = n->share[j] >= least_share,
                           .inr = n->jammers.inr[j],
                           .error = n->jammers.error[j],
                           .bursts = 1.0,
                           .vector = w->vector + slot * elements};
    memcpy(to->u, n->direction + 3 * j, sizeof to->u);
    cph_rotate3(n->turn, to->u, to->enu);
    if (n->of[j] == SIZE_MAX) {
        memcpy(to->vector, vector, elements * sizeof *vector);
        return;
    }
    const cph_track_wave *const before = &w->old[slot];
    memcpy(to->before, before->enu, sizeof to->before);
    to->moves = has_moved(w, n, before, to);
    average(w, before, vector, to);
}

/* Waves that go on keep their slots, new ones take the first that are free. */
static void take_waves(cph_track_waves *w, const news *n)
{
    memcpy(w->old, w->wave, w->slots * sizeof *w->wave);
    for (size_t i = 0; i < w->slots; i++)
        w->wave[i].there = false;
    for (size_t j = 0; j < n->jammers.count; j++)
        if (n->of[j] != SIZE_MAX)
            take_wave(w, n, j, n->from[n->of[j]]);
    for (size_t j = 0, slot = 0; j < n->jammers.count; j++) {
        if (n->of[j] != SIZE_MAX)
            continue;
        while (slot < w->slots && w->wave[slot].there)
            slot++;
        if (slot < w->slots)
            take_wave(w, n, j, slot);
    }
}

static cph_status hear(cph_track_waves *w, const cph_track_burst *b, cph_error *error)
{
    news n = {.burst = b};
    bool heard = false;
    if (turn_at(w, b->middle_s, n.turn) != CPH_OK)
        return CPH_OK; /* before a table of attitudes begins */
    cph_status status = cph_track_burst_learn(&w->bursts, b, true, &n.jammers, &heard, error);
    if (status != CPH_OK || !heard) {
        w->count.lost += status == CPH_OK;
        return status;
    }
    status = reserve_news(w, &n, error);
    if (status == CPH_OK) {
        guess(w, w->before_s, &n);
        status = place(w, &n, error);
    }
    if (status == CPH_OK) {
        take_waves(w, &n);
        w->before_s = w->middle_s;
        w->middle_s = b->middle_s;
        w->end_s = b->end_s;
        w->count.bursts++;
        w->count.crowded += n.jammers.too_many;
    }
    free_news(&n);
    return status;
}

/* Only the last two of what has ended bear on what comes. */
cph_status cph_track_waves_follow(cph_track_waves *w, double time, cph_error *error)
{
    cph_track_burst b[3];
    cph_status status = CPH_OK;
    while (status == CPH_OK && cph_track_burst_find(&w->bursts, w->next, &b[0]) &&
           b[0].end_s <= time) {
        const bool later = cph_track_burst_find(&w->bursts, b[0].next, &b[1]) &&
                           b[1].end_s <= time &&
                           cph_track_burst_find(&w->bursts, b[1].next, &b[2]) && b[2].end_s <= time;
        if (!later)
            status = hear(w, &b[0], error);
        w->next = b[0].next;
    }
    return status;
}

/* ---- opening ---- */

/* Of all bursts, which have been gone through once. */
static void count_clipped(cph_track_waves *w)
{
    const cph_track_bursts *const b = &w->bursts;
    cph_track_waves_count *const count = &w->count;
    count->snapshots = b->snapshots;
    count->clipped = b->left_out;
    count->bursts_clipped = b->as_is;
    for (size_t i = 0; i < w->config.elements; i++) {
        if (w->config.flag[i] != 0 || 2 * b->level[i].full_scale <= b->level[i].count)
            continue;
        if (count->limited < CPH_TRACK_CLIPPED_NAMED)
            count->limited_first[count->limited] = i;
        count->limited++;
    }
}

/* All bursts: how many waves there are at most. */
static cph_status survey(cph_track_waves *w, cph_error *error)
{
    cph_track_burst b;
    uint64_t bursts = 0;
    double last_s = NAN;
    cph_status status = CPH_OK;
    w->count.start_unix_s = w->count.end_unix_s = NAN;
    for (size_t from = 0; status == CPH_OK && cph_track_burst_find(&w->bursts, from, &b);
         from = b.next, bursts++) {
        cph_jammers jammers;
        bool heard = false;
        status = cph_track_burst_learn(&w->bursts, &b, false, &jammers, &heard, error);
        w->count.waves = jammers.count > w->count.waves ? jammers.count : w->count.waves;
        if (bursts == 0)
            w->count.start_unix_s = b.middle_s;
        w->count.end_unix_s = b.end_s;
        last_s = b.middle_s;
        cph_jammers_free(&jammers);
    }
    w->count.apart_s =
        bursts > 1 ? (last_s - w->count.start_unix_s) / (double)(bursts - 1) : INFINITY;
    count_clipped(w);
    if (status == CPH_OK && bursts == 0)
        return cph_fail(error, CPH_ERR_FORMAT,
                        "%s: no burst in it: expected %zu samples or more without a gap",
                        w->config.path, w->bursts.least);
    return status;
}

static cph_status reserve_waves(cph_track_waves *w, cph_error *error)
{
    const size_t n = w->config.elements;
    size_t items = 0;
    w->slots = w->count.waves;
    w->wave = calloc(w->slots + 1, sizeof *w->wave);
    w->old = calloc(w->slots + 1, sizeof *w->old);
    w->vector = cph_size_mul(w->slots + 1, n, &items) && items > 0
                    ? calloc(items, sizeof *w->vector)
                    : NULL;
    return w->wave != NULL && w->old != NULL && w->vector != NULL
               ? CPH_OK
               : cph_fail(error, CPH_ERR_MEMORY, "out of memory");
}

cph_status cph_track_waves_open(const cph_track_waves_config *config, cph_track_waves **waves,
                                cph_error *error)
{
    cph_track_waves *const w = calloc(1, sizeof *w);
    *waves = w;
    if (w == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    w->config = *config;
    w->middle_s = w->before_s = w->end_s = NAN;
    cph_status status = cph_track_bursts_open(&w->config, &w->bursts, error);
    if (status == CPH_OK)
        status = survey(w, error);
    if (status == CPH_OK)
        status = reserve_waves(w, error);
    w->sigma = cph_jammer_sigma(config->elements, config->position, config->flag, config->freq_hz);
    return status;
}

void cph_track_waves_close(cph_track_waves *w)
{
    if (w == NULL)
        return;
    cph_track_bursts_close(&w->bursts);
    free(w->wave);
    free(w->old);
    free(w->vector);
    free(w);
}

/* ---- what is known ---- */

double cph_track_waves_learned(const cph_track_waves *w)
{
    return w->end_s;
}

bool cph_track_waves_far(const cph_track_waves *w, double time)
{
    bool far = false;
    for (size_t i = 0; i < w->slots; i++) {
        const cph_track_wave *const wave = &w->wave[i];
        if (!wave->there || !wave->placed || !wave->moves)
            continue;
        const double turned = cph_angle3(wave->before, wave->enu);
        far =
            far || turned * (time - w->middle_s) > w->config.beam_rad * (w->middle_s - w->before_s);
    }
    return far;
}

const cph_track_wave *cph_track_waves_of(const cph_track_waves *w, size_t wave)
{
    return &w->wave[wave];
}

const cph_track_waves_count *cph_track_waves_counts(const cph_track_waves *w)
{
    return &w->count;
}

const cph_track_waves_config *cph_track_waves_config_of(const cph_track_waves *w)
{
    return &w->config;
}

cph_status cph_track_wave_at(const cph_track_waves *w, size_t wave, double time, double u[3])
{
    double turn[9], enu[3];
    const cph_status status = turn_at(w, time, turn);
    if (status != CPH_OK)
        return status;
    look_ahead(w, &w->wave[wave], w->before_s, time, enu);
    from_enu(turn, enu, u);
    return CPH_OK;
}
