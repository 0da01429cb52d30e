/* SPDX-License-Identifier: MIT */
/* Times added to the sums of a covariance, on one thread or several. */
#include <string.h>

#include "kernels/covariance/covariance_block.h"

/* What one call of cph_exec_run does: times [start, start + times) of the input. */
struct job {
    const cph_covariance_plan *plan;
    const cph_covariance_input *in;
    char *workspace;
    cph_covariance_sums *sums;
    size_t start, times;
    size_t channel;     /* where a job has one */
    size_t span, spans; /* times in a span; spans of the job */
};

/* Where times from `start` on of a channel go. */
struct target {
    size_t channel, start, held; /* held: times in the open sums by then */
    char *open;                  /* of the first chain */
    size_t chain_bytes;          /* to those of the next one */
    double *full;                /* floats: where a chain is drained that is full. NULL: nowhere */
};

/* The block that begins at `start`. Chains change where the times of the open sums are whole
 * blocks.
 */
static cph_covariance_block block_at(const struct job *job, const struct target *to, size_t start,
                                     char *panels)
{
    const cph_covariance_plan *const plan = job->plan;
    const size_t held = to->held + start - to->start, end = job->start + job->times;
    const size_t chain = held / plan->block % plan->chains;
    const size_t lead = plan->kernels.form == CPH_FORM_F32 ? held % 2 : 0;
    const size_t begun = plan->chains > 1 ? held % plan->block : lead;
    cph_covariance_block b = {.channel = to->channel,
                              .start = start,
                              .times = cph_size_min(plan->block - begun, end - start),
                              .lead = lead,
                              .chain = chain,
                              .panels = panels,
                              .open = to->open + chain * to->chain_bytes};
    const size_t last = plan->traits.drain - (plan->chains - 1 - chain) * plan->block;
    b.drained = held + b.times == last ? to->full : NULL;
    b.ahead = b.times;
    return b;
}

static void add_block(const struct job *job, const cph_covariance_block *b)
{
    cph_covariance_pack_block(job->plan, job->in, b, 0, cph_covariance_pack_count(job->plan));
    cph_covariance_add_block(job->plan, job->in, b, 0, job->plan->runs);
}

/* ---- a worker: all blocks of some channels, of some spans, or of a chain ---- */

static char *panels_of(const struct job *job, size_t worker)
{
    return job->workspace + worker * job->plan->worker_bytes;
}

/* The sums of a channel. Kernels drain floats alone. */
static struct target sums_of(const struct job *job, size_t channel)
{
    const cph_covariance_plan *const plan = job->plan;
    const size_t tile = channel * plan->tiles;
    const bool floats = plan->kernels.form == CPH_FORM_F32;
    return (struct target){.channel = channel,
                           .start = job->start,
                           .held = (size_t)job->sums->open,
                           .open = cph_covariance_open(plan, job->sums, tile),
                           .chain_bytes = cph_covariance_chain_bytes(plan),
                           .full =
                               floats ? &cph_covariance_full(plan, job->sums, tile)->real : NULL};
}

static void add_blocks(const struct job *job, const struct target *to, char *panels)
{
    const size_t end = job->start + job->times;
    for (size_t start = to->start; start < end;) {
        const cph_covariance_block b = block_at(job, to, start, panels);
        add_block(job, &b);
        start += b.times;
    }
}

static void add_channels(void *context, size_t begin, size_t end, size_t worker)
{
    const struct job *const job = context;
    for (size_t c = begin; c < end; c++) {
        const struct target to = sums_of(job, c);
        add_blocks(job, &to, panels_of(job, worker));
    }
}

/* Open sums of a chain of a span; the first span has none of its own. */
static char *span_sums(const struct job *job, size_t span, size_t chain, size_t tile)
{
    const cph_covariance_plan *const plan = job->plan;
    const size_t set = (span - 1) * plan->chains + chain;
    return job->workspace + plan->spans_offset + (set * plan->tiles + tile) * plan->open_bytes;
}

static void add_spans(void *context, size_t begin, size_t end, size_t worker)
{
    const struct job *const job = context;
    const cph_covariance_plan *const plan = job->plan;
    const size_t bytes = plan->tiles * plan->open_bytes;
    for (size_t i = begin; i < end; i++) {
        struct job span = *job;
        struct target to = sums_of(job, job->channel);
        span.start = to.start = job->start + i * job->span;
        span.times = cph_size_min(job->span, job->times - i * job->span);
        if (i > 0) {
            to = (struct target){.channel = to.channel,
                                 .start = to.start,
                                 .open = span_sums(job, i, 0, 0),
                                 .chain_bytes = bytes};
            memset(to.open, 0, plan->chains * bytes);
        }
        add_blocks(&span, &to, panels_of(job, worker));
    }
}

/* Tiles [begin, end): the spans in their order, which fixes the rounding of doubles. */
static void join_spans(void *context, size_t begin, size_t end, size_t worker)
{
    const struct job *const job = context;
    const cph_covariance_plan *const plan = job->plan;
    const size_t tile = job->channel * plan->tiles + begin, tiles = end - begin;
    (void)worker;
    for (size_t i = 1; i < job->spans; i++)
        for (size_t chain = 0; chain < plan->chains; chain++) {
            char *const span = span_sums(job, i, chain, begin);
            if (plan->kernels.form == CPH_FORM_F32)
                cph_covariance_drain(plan, span, cph_covariance_full(plan, job->sums, tile), tiles);
            else
                cph_covariance_join(plan, span, cph_covariance_open(plan, job->sums, tile), tiles);
        }
}

/* Blocks of chains [begin, end) of a channel, which other chains lie between. */
static void add_chains(void *context, size_t begin, size_t end, size_t worker)
{
    const struct job *const job = context;
    const cph_covariance_plan *const plan = job->plan;
    struct target to = sums_of(job, job->channel);
    to.full = NULL;
    for (size_t t = 0; t < job->times;) {
        cph_covariance_block b = block_at(job, &to, job->start + t, panels_of(job, worker));
        t += b.times;
        if (b.chain < begin || b.chain >= end)
            continue;
        b.ahead = b.times + (plan->chains - (end - begin)) * plan->block;
        add_block(job, &b);
    }
}

/* Tiles of all channels: the open sums become 0. */
static void drain_open(void *context, size_t begin, size_t end, size_t worker)
{
    const struct job *const job = context;
    const cph_covariance_plan *const plan = job->plan;
    char *const open = cph_covariance_open(plan, job->sums, begin);
    (void)worker;
    for (size_t chain = 0; chain < plan->chains; chain++)
        cph_covariance_drain(plan, open + chain * cph_covariance_chain_bytes(plan),
                             cph_covariance_full(plan, job->sums, begin), end - begin);
}

/* ---- all workers on one block of one large channel ---- */

struct wide {
    const struct job *job;
    cph_covariance_block block;
};

static void pack_wide(void *context, size_t begin, size_t end, size_t worker)
{
    const struct wide *const wide = context;
    (void)worker;
    cph_covariance_pack_block(wide->job->plan, wide->job->in, &wide->block, begin, end);
}

static void add_wide(void *context, size_t begin, size_t end, size_t worker)
{
    const struct wide *const wide = context;
    (void)worker;
    cph_covariance_add_block(wide->job->plan, wide->job->in, &wide->block, begin, end);
}

static void add_large(const struct job *job, size_t channel)
{
    const cph_covariance_plan *const plan = job->plan;
    const size_t runs = plan->runs, end = job->start + job->times;
    const struct target to = sums_of(job, channel);
    for (size_t start = job->start; start < end;) {
        struct wide wide = {job, block_at(job, &to, start, job->workspace)};
        cph_exec_run(plan->exec, cph_covariance_pack_count(plan), pack_wide, &wide);
        cph_exec_run(plan->exec, runs, add_wide, &wide);
        start += wide.block.times;
    }
}

/* ---- a call ---- */

/* Splits times into spans, each summed by one worker; returns how many times were taken. Spans of
 * integers may have any length; of floats they are the blocks that are drained into double. Where
 * there are chains, they share what is too short for that. */
static size_t add_in_spans(struct job *job, size_t times)
{
    const cph_covariance_plan *const plan = job->plan;
    const bool floats = plan->kernels.form == CPH_FORM_F32;
    const size_t drain = plan->traits.drain, open = (size_t)job->sums->open;
    const size_t least = plan->chains > 1 ? cph_exec_threads(plan->exec) * drain : 2 * plan->block;
    if (plan->spans == 0 || times < least || (floats && open > 0))
        return 0;
    if (!floats && drain > 0)
        times = cph_size_min(times, drain - open);
    job->span = floats ? drain : (times - 1) / plan->spans + 1;
    job->spans = floats ? cph_size_min(plan->spans, times / drain) : (times - 1) / job->span + 1;
    job->times = cph_size_min(times, job->spans * job->span);
    for (job->channel = 0; job->channel < plan->channels; job->channel++) {
        cph_exec_run(plan->exec, job->spans, add_spans, job);
        if (job->spans > 1)
            cph_exec_run(plan->exec, plan->tiles, join_spans, job);
    }
    return job->times;
}

/* Adds times to the open sums, until they must be drained at most. */
static size_t add_in_order(struct job *job, size_t times)
{
    const cph_covariance_plan *const plan = job->plan;
    const size_t drain = plan->traits.drain;
    job->times = drain > 0 ? cph_size_min(times, drain - (size_t)job->sums->open) : times;
    if (plan->share == CPH_SHARE_CHANNELS)
        cph_exec_run(plan->exec, plan->channels, add_channels, job);
    else if (plan->share == CPH_SHARE_TILES)
        for (size_t c = 0; c < plan->channels; c++)
            add_large(job, c);
    else if (plan->chains > 1)
        for (job->channel = 0; job->channel < plan->channels; job->channel++)
            cph_exec_run(plan->exec, plan->chains, add_chains, job);
    else
        add_channels(job, 0, plan->channels, 0);
    return job->times;
}

/* Counts times that were added; drains open sums that are full and are not drained by kernels. */
static void count_times(struct job *job, size_t times)
{
    const cph_covariance_plan *const plan = job->plan;
    cph_covariance_sums *const sums = job->sums;
    const size_t drain = plan->traits.drain;
    sums->average_open += times;
    sums->times += times;
    if (drain == 0)
        return;
    sums->open = (sums->open + times) % drain;
    if (sums->open == 0 && (plan->kernels.form != CPH_FORM_F32 ||
                            (plan->chains > 1 && plan->share == CPH_SHARE_TIMES)))
        cph_exec_run(plan->exec, plan->channels * plan->tiles, drain_open, job);
}

static void add_times(const cph_covariance_plan *plan, void *workspace,
                      const cph_covariance_input *in, cph_covariance_sums *sums)
{
    struct job job = {.plan = plan, .in = in, .workspace = workspace, .sums = sums};
    for (size_t left = in->times; left > 0;) {
        if (plan->average_times > 0 && sums->average_open == plan->average_times)
            cph_covariance_fold(plan, sums);
        const size_t most =
            plan->average_times > 0 ? plan->average_times - (size_t)sums->average_open : SIZE_MAX;
        size_t done = add_in_spans(&job, cph_size_min(left, most));
        if (done == 0)
            done = add_in_order(&job, cph_size_min(left, most));
        count_times(&job, done);
        job.start += done;
        left -= done;
    }
}

/* Whether a side can be addressed and is there. */
static cph_status check_side(const cph_covariance_plan *plan, const cph_covariance_side *side,
                             size_t elements, size_t times)
{
    size_t rows;
    if (side->ld < elements || (times > 0 && side->samples == NULL))
        return CPH_ERR_ARGUMENT;
    return cph_size_mul(times, plan->channels, &rows) &&
                   cph_size_matrix(rows, side->ld, elements, cph_type_size(plan->type))
               ? CPH_OK
               : CPH_ERR_OVERFLOW;
}

static cph_status add(const cph_covariance_plan *plan, void *workspace,
                      const cph_covariance_input *in, cph_covariance_sums *sums)
{
    if (plan == NULL || !cph_size_aligned(sums) || plan->cross != in->crosses ||
        (in->times > 0 && (!cph_size_aligned(workspace) || plan->weighted != (in->weight != NULL))))
        return CPH_ERR_ARGUMENT;
    cph_status status = check_side(plan, &in->x, plan->elements, in->times);
    if (status == CPH_OK && plan->cross)
        status = check_side(plan, &in->y, plan->columns, in->times);
    if (status != CPH_OK)
        return status;
    if (in->times > plan->most_times - sums->times)
        return CPH_ERR_OVERFLOW;
    add_times(plan, workspace, in, sums);
    return CPH_OK;
}

cph_status cph_covariance_add(const cph_covariance_plan *plan, void *workspace, const void *samples,
                              size_t ld, size_t times, cph_covariance_sums *sums)
{
    return add(plan, workspace, &(cph_covariance_input){.x = {samples, ld}, .times = times}, sums);
}

cph_status cph_covariance_add_weighted(const cph_covariance_plan *plan, void *workspace,
                                       const void *samples, size_t ld, size_t times,
                                       const float *weight, cph_covariance_sums *sums)
{
    const cph_covariance_input in = {.x = {samples, ld}, .weight = weight, .times = times};
    return add(plan, workspace, &in, sums);
}

cph_status cph_covariance_add_cross(const cph_covariance_plan *plan, void *workspace, const void *x,
                                    size_t ld_x, const void *y, size_t ld_y, size_t times,
                                    const float *weight, cph_covariance_sums *sums)
{
    const cph_covariance_input in = {
        .crosses = true, .x = {x, ld_x}, .y = {y, ld_y}, .weight = weight, .times = times};
    return add(plan, workspace, &in, sums);
}
