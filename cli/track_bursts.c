/* SPDX-License-Identifier: MIT */
#include "cli/track_bursts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/progress.h"
#include "cophase/solutions.h"
#include "kernels/core/size.h"
#include "kernels/core/vec3.h"

/* Samples without gaps: how often they are learned from. */
static const double every_s = 0.1;
/* Samples of a burst are no further apart: meanwhile a wave of 5 degrees a second moves by a
 * fiftieth of a beam of 2.5 degrees, or 0.03 radians at the rim either way. Its mean is then off
 * its middle by less than 2e-4 in any element: of a jammer of 70 dB in the array less than the
 * noise. */
static const double burst_s = 0.01;
/* Power in an element over its noise: what is weaker is no jammer. */
static const double least_inr = 1.0;
/* Fewer snapshots than this, of arrays that have as many, are no burst. */
enum { LEAST_SNAPSHOTS = 16 };
/* Samples of all elements that are held. */
enum { MOST_HELD = 1 << 22 };

bool cph_track_burst_find(const cph_track_bursts *bursts, size_t from, cph_track_burst *burst)
{
    const cph_data_header *const h = bursts->header;
    const size_t every = (size_t)fmin(fmax(every_s * h->sample_rate_hz, 1.0), 1e15);
    while (from < h->times) {
        const size_t run = cph_data_unbroken(h, from, h->times - from);
        const size_t times = cph_size_min(run, bursts->most);
        *burst = (cph_track_burst){.start = from,
                                   .times = times,
                                   .next = from + cph_size_min(run, times > every ? times : every)};
        burst->middle_s = cph_data_middle(h, from, times);
        burst->end_s = burst->middle_s + 0.5 * (double)times / h->sample_rate_hz;
        if (times >= bursts->least)
            return true;
        from += run;
    }
    return false;
}

/* Is a live element of the row at full scale? */
static cph_status find_clipped(cph_track_bursts *bursts, const char *row, bool *clipped)
{
    const size_t n = bursts->config->elements;
    uint64_t before = 0, after = 0;
    for (size_t i = 0; i < n; i++)
        before += bursts->config->flag[i] == 0 ? bursts->level[i].full_scale : 0;
    const cph_status status = cph_level_add(bursts->header->type, n, 1, row, n, bursts->level);
    for (size_t i = 0; i < n; i++)
        after += bursts->config->flag[i] == 0 ? bursts->level[i].full_scale : 0;
    *clipped = after > before;
    return status;
}

/* Rows of x that are not clipped, unless that leaves fewer than half of them and than a burst has
 * at least. */
static size_t leave_out_clipped(cph_track_bursts *bursts, size_t snapshots)
{
    const size_t n = bursts->config->elements;
    size_t kept = 0, clean = 0;
    for (size_t t = 0; t < snapshots; t++)
        clean += !bursts->clipped[t];
    bursts->snapshots += snapshots;
    if (clean < cph_size_min(bursts->least, (snapshots + 1) / 2)) {
        bursts->as_is++;
        return snapshots;
    }
    for (size_t t = 0; t < snapshots; t++) {
        if (bursts->clipped[t])
            continue;
        if (kept < t)
            memcpy(bursts->x + kept * n, bursts->x + t * n, n * sizeof *bursts->x);
        kept++;
    }
    bursts->left_out += snapshots - kept;
    return kept;
}

/* Snapshots that were recorded, into x; how many. */
static cph_status read_burst(cph_track_bursts *bursts, const cph_track_burst *burst,
                             size_t *snapshots, cph_error *error)
{
    const size_t n = bursts->config->elements, row = n * cph_type_size(bursts->header->type);
    *snapshots = 0;
    cph_status status = cph_data_read_samples(bursts->data, burst->start, burst->times,
                                              bursts->channel, NULL, n, bursts->raw, error);
    for (size_t done = 0; status == CPH_OK && done < burst->times;) {
        const char *const at = (const char *)bursts->raw + done * row;
        bool lost = false;
        const size_t run = cph_data_run(bursts->header, at, burst->times - done, n, &lost);
        if (!lost) {
            status = cph_data_floats(bursts->header, at, run, n, bursts->x + *snapshots * n);
            for (size_t t = 0; status == CPH_OK && t < run; t++)
                status = find_clipped(bursts, at + t * row, &bursts->clipped[*snapshots + t]);
            *snapshots += run;
        }
        done += run;
    }
    return status;
}

/* How many there are, from some snapshots all over the burst; what they are, from all of them. */
static cph_status learn_waves(const cph_track_bursts *bursts, size_t snapshots, bool all,
                              cph_jammers *jammers, cph_error *why)
{
    const size_t n = bursts->config->elements, few = cph_size_min(snapshots, bursts->few);
    const cph_status status =
        cph_jammers_learn(n, few, bursts->x, few > 0 ? snapshots / few * n : n,
                          bursts->config->flag, few, jammers, why);
    if (status != CPH_OK || few == snapshots || !all)
        return status;
    const cph_status refined =
        cph_jammers_refine(jammers, snapshots, bursts->x, n, bursts->config->flag);
    if (refined == CPH_OK)
        return CPH_OK;
    cph_jammers_free(jammers);
    return cph_fail(why, refined, "jammers from %zu snapshots: %s", snapshots,
                    cph_status_name(refined));
}

cph_status cph_track_burst_learn(cph_track_bursts *bursts, const cph_track_burst *burst, bool all,
                                 cph_jammers *jammers, bool *heard, cph_error *error)
{
    size_t snapshots = 0;
    cph_error why = {.message = ""};
    *jammers = (cph_jammers){0};
    *heard = false;
    if (cph_interrupted())
        return cph_fail(error, CPH_ERR_INTERRUPTED, "interrupted");
    cph_status status = read_burst(bursts, burst, &snapshots, error);
    if (status != CPH_OK || snapshots < bursts->least)
        return status;
    snapshots = leave_out_clipped(bursts, snapshots);
    status = learn_waves(bursts, snapshots, all, jammers, &why);
    if (status == CPH_ERR_SINGULAR) /* silence */
        return CPH_OK;
    if (status != CPH_OK)
        return cph_fail(error, status == CPH_ERR_NOT_FINITE ? CPH_ERR_FORMAT : status,
                        "%s: samples %zu to %zu: %s", bursts->config->path, burst->start,
                        burst->start + burst->times - 1, why.message);
    *heard = true;
    for (size_t j = 0; j < jammers->count; j++)
        if (!(jammers->inr[j] >= least_inr)) {
            jammers->count = j;
            jammers->too_many = false; /* those that may be missing are weaker still */
        }
    return CPH_OK;
}

/* ---- opening ---- */

static cph_status check_positions(const cph_track_bursts *bursts, cph_error *error)
{
    const size_t n = bursts->config->elements;
    cph_status status = CPH_OK;
    if (!bursts->header->array.has_positions)
        return CPH_OK;
    double *const own = calloc(n, 3 * sizeof *own);
    if (own == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    if (cph_array_positions(&bursts->header->array, own) != CPH_OK)
        own[0] = NAN;
    for (size_t i = 0; status == CPH_OK && i < n; i++) {
        double off[3];
        cph_add3(own + 3 * i, -1.0, bursts->config->position + 3 * i, off);
        if (cph_norm3(off) > 1e-3)
            status =
                cph_fail(error, CPH_ERR_FORMAT, "%s: element %zu is %.4g m from where %s has it",
                         bursts->config->path, i, cph_norm3(off), bursts->config->array);
    }
    free(own);
    return status;
}

static cph_status check_header(cph_track_bursts *bursts, cph_error *error)
{
    const cph_data_header *const h = bursts->header;
    const char *const path = bursts->config->path;
    cph_error why = {.message = ""};
    if (h->kind != CPH_KIND_CAPTURE)
        return cph_fail(error, CPH_ERR_FORMAT, "%s: a %s, expected a capture", path,
                        cph_kind_name(h->kind));
    if (h->array.elements != bursts->config->elements)
        return cph_fail(error, CPH_ERR_FORMAT, "%s: %zu elements, expected the %zu of %s", path,
                        h->array.elements, bursts->config->elements, bursts->config->array);
    const cph_status status = cph_channel_find(h->channel_freq_hz, h->channels,
                                               bursts->config->freq_hz, &bursts->channel, &why);
    if (status != CPH_OK)
        return cph_fail(error, status, "%s: %s", path, why.message);
    if (!isfinite(h->time_start_unix_s) || !(h->sample_rate_hz > 0.0))
        return cph_fail(error, CPH_ERR_MISSING,
                        "%s: does not say when it was recorded: expected time_start_unix_s and "
                        "sample_rate_hz",
                        path);
    return check_positions(bursts, error);
}

/* Waves are counted in half as many snapshots as live elements: as many jammers can be nulled. */
static cph_status choose_snapshots(cph_track_bursts *bursts, cph_error *error)
{
    size_t live = 0;
    for (size_t i = 0; i < bursts->config->elements; i++)
        live += bursts->config->flag[i] == 0;
    bursts->few = cph_size_min(live / 2, CPH_TRACK_SNAPSHOTS);
    bursts->least = cph_size_min(bursts->few, LEAST_SNAPSHOTS);
    if (live < 4)
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "%s: jammers are learned with 4 live elements or more, not %zu",
                        bursts->config->path, live);
    const double within = fmin(burst_s * bursts->header->sample_rate_hz, CPH_TRACK_SNAPSHOTS_MOST);
    const size_t most = cph_size_min((size_t)within, MOST_HELD / bursts->config->elements);
    bursts->most = most > bursts->few ? most : bursts->few;
    return CPH_OK;
}

static cph_status reserve(cph_track_bursts *bursts, cph_error *error)
{
    const size_t n = bursts->config->elements, row = cph_type_size(bursts->header->type);
    size_t items = 0;
    if (!cph_size_mul(bursts->most, n, &items) || items == 0 || row == 0)
        return cph_fail(error, CPH_ERR_OVERFLOW, "%s: too large", bursts->config->path);
    bursts->raw = calloc(items, row);
    bursts->x = calloc(items, sizeof *bursts->x);
    bursts->level = calloc(n, sizeof *bursts->level);
    bursts->clipped = calloc(bursts->most, sizeof *bursts->clipped);
    return bursts->raw != NULL && bursts->x != NULL && bursts->level != NULL &&
                   bursts->clipped != NULL
               ? CPH_OK
               : cph_fail(error, CPH_ERR_MEMORY, "out of memory");
}

cph_status cph_track_bursts_open(const cph_track_waves_config *config, cph_track_bursts *bursts,
                                 cph_error *error)
{
    *bursts = (cph_track_bursts){.config = config};
    cph_status status = cph_data_open(config->path, NULL, &bursts->data, error);
    if (status != CPH_OK)
        return status;
    bursts->header = cph_data_header_of(bursts->data);
    if (bursts->header->kind == CPH_KIND_CAPTURE && bursts->header->real_sampling) {
        status = cph_data_baseband(bursts->data, error);
        bursts->header = cph_data_header_of(bursts->data);
    }
    if (status == CPH_OK)
        status = check_header(bursts, error);
    if (status == CPH_OK)
        status = choose_snapshots(bursts, error);
    return status == CPH_OK ? reserve(bursts, error) : status;
}

void cph_track_bursts_close(cph_track_bursts *bursts)
{
    cph_data_close(bursts->data);
    free(bursts->raw);
    free(bursts->x);
    free(bursts->level);
    free(bursts->clipped);
}
