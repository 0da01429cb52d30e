/* SPDX-License-Identifier: MIT */
/* Times added to the sums of a covariance, on one thread or several. */
#include <string.h>

#include "kernels/covariance/covariance_plan.h"
#include "kernels/simd/pair.h"

enum { ASKED_BYTES = 64 }; /* a line of memory */

/* Samples of one side: x[(t * C + c) * ld + n]. */
struct side {
    const char *samples;
    size_t ld;
};

struct input {
    bool crosses; /* y is given */
    struct side x, y;
    const float *weight;
    size_t times;
};

/* What one call of cph_exec_run does: times [start, start + times) of the input. */
struct job {
    const cph_covariance_plan *plan;
    const struct input *in;
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
    double *full;                /* floats: where a chain is drained that is full. NULL: nowhere */
};

/* One block of times of one channel, and where its sums go. lead, floats: 1 where its chain holds
 * an odd number of times. */
struct block {
    size_t channel, start, times, lead;
    size_t chain, ahead; /* ahead: from its times to those that are asked for meanwhile */
    char *panels, *open;
    double *drained; /* NULL: nothing is drained */
};

/* ---- one block: panels, then tiles ---- */

/* The block that begins at `start`; blocks end where the times of the open sums are whole ones. */
static struct block block_at(const struct job *job, const struct target *to, size_t start,
                             char *panels)
{
    const cph_covariance_plan *const plan = job->plan;
    const size_t held = to->held + start - to->start, end = job->start + job->times;
    const size_t chain = held / plan->block % plan->chains;
    struct block b = {.channel = to->channel,
                      .start = start,
                      .times = cph_size_min(plan->block - held % plan->block, end - start),
                      .lead = plan->kernels.form == CPH_FORM_F32 ? held % 2 : 0,
                      .chain = chain,
                      .panels = panels,
                      .open = to->open + chain * cph_covariance_chain_bytes(plan)};
    const size_t last = plan->traits.drain - (plan->chains - 1 - chain) * plan->block;
    b.drained = held + b.times == last ? to->full : NULL;
    b.ahead = b.times;
    return b;
}

static void pack_side(const struct job *job, const struct block *b, bool rows, size_t panel)
{
    const cph_covariance_plan *const plan = job->plan;
    const struct side *const side = rows || !plan->cross ? &job->in->x : &job->in->y;
    const size_t elements = rows ? plan->elements : plan->columns;
    const size_t element = panel * CPH_PANEL_ELEMENTS, ld = side->ld * plan->channels;
    const size_t at = b->start * ld + b->channel * side->ld + element;
    char *const to = b->panels + (rows ? 0 : plan->column_offset) + panel * plan->panel_bytes;
    plan->kernels.pack(
        &(cph_covariance_rows){.samples = side->samples + at * cph_type_size(plan->type),
                               .ld = ld,
                               .times = b->times,
                               .elements = cph_size_min(CPH_PANEL_ELEMENTS, elements - element),
                               .lead = b->lead,
                               .weight =
                                   rows && plan->weighted ? job->in->weight + b->start : NULL},
        to);
}

static size_t pack_count(const cph_covariance_plan *plan)
{
    return plan->row_panels + (plan->column_offset > 0 ? plan->column_panels : 0);
}

static void pack_range(const struct job *job, const struct block *b, size_t begin, size_t end)
{
    const size_t rows = job->plan->row_panels;
    for (size_t i = begin; i < end; i++)
        pack_side(job, b, i < rows, i < rows ? i : i - rows);
}

/* Tiles are done in runs: up to CPH_TILE_PANELS panels of columns, a "group", times one of rows.
 * Group by group, so that the columns stay in the first cache while rows pass by. In a triangle,
 * group g starts at row CPH_TILE_PANELS * g. */
static size_t first_row(const cph_covariance_plan *plan, size_t group)
{
    return plan->cross ? 0 : group * CPH_TILE_PANELS;
}

static size_t run_count(const cph_covariance_plan *plan)
{
    size_t count = 0;
    for (size_t g = 0; g * CPH_TILE_PANELS < plan->column_panels; g++)
        count += plan->row_panels - first_row(plan, g);
    return count;
}

/* Each run asks for a line of every time of the worker's next block: those of x, then those of y.
 * Nothing where there is none or it is shorter. */
static void ask_ahead(const struct job *job, const struct block *b, size_t run,
                      cph_covariance_tile *tile)
{
    const cph_covariance_plan *const plan = job->plan;
    const size_t size = cph_type_size(plan->type), next = b->start + b->ahead;
    const size_t x_lines = (plan->elements * size - 1) / ASKED_BYTES + 1;
    const size_t y_lines = plan->cross ? (plan->columns * size - 1) / ASKED_BYTES + 1 : 0;
    const struct side *const side = run < x_lines ? &job->in->x : &job->in->y;
    const size_t line = run < x_lines ? run : run - x_lines;
    if (run >= x_lines + y_lines || next + b->times > job->in->times)
        return;
    tile->ahead =
        side->samples + (next * plan->channels + b->channel) * side->ld * size + line * ASKED_BYTES;
    tile->ahead_step = side->ld * plan->channels * size;
}

/* Those of a large triangle come from far: the sums of the next row of a group while this one's
 * are added to. */
static void ask_sums(const cph_covariance_plan *plan, const struct block *b, size_t row,
                     size_t column, size_t panels)
{
    if (row == plan->row_panels)
        return;
    const size_t tile = cph_covariance_tile_index(plan, row, column);
    const char *const sums = b->open + tile * plan->open_bytes;
    for (size_t i = 0; i < panels * plan->open_bytes; i += ASKED_BYTES)
        v_prefetch_far(sums + i);
}

static void add_run(const struct job *job, const struct block *b, size_t group, size_t row,
                    size_t run)
{
    const cph_covariance_plan *const plan = job->plan;
    const size_t column = group * CPH_TILE_PANELS;
    const size_t columns = plan->cross ? plan->column_panels : row + 1;
    const size_t index = cph_covariance_tile_index(plan, row, column);
    cph_covariance_tile tile = {
        .rows = b->panels + row * plan->panel_bytes,
        .columns = b->panels + plan->column_offset + column * plan->panel_bytes,
        .panel_bytes = plan->panel_bytes,
        .panels = cph_size_min(CPH_TILE_PANELS, columns - column),
        .times = b->lead + b->times,
        .live = cph_size_min(CPH_PANEL_ELEMENTS, plan->elements - row * CPH_PANEL_ELEMENTS),
        .sums = b->open + index * plan->open_bytes,
        .drained = b->drained == NULL ? NULL : b->drained + index * CPH_TILE_LANES};
    ask_ahead(job, b, run, &tile);
    ask_sums(plan, b, row + 1, column, tile.panels);
    plan->kernels.add(&tile);
}

static void run_range(const struct job *job, const struct block *b, size_t begin, size_t end)
{
    const cph_covariance_plan *const plan = job->plan;
    size_t group = 0, row = begin;
    while (row >= plan->row_panels - first_row(plan, group))
        row -= plan->row_panels - first_row(plan, group++);
    row += first_row(plan, group);
    for (size_t i = begin; i < end; i++) {
        add_run(job, b, group, row, i);
        if (++row == plan->row_panels)
            row = first_row(plan, ++group);
    }
}

static void add_block(const struct job *job, const struct block *b)
{
    pack_range(job, b, 0, pack_count(job->plan));
    run_range(job, b, 0, run_count(job->plan));
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
                           .full =
                               floats ? &cph_covariance_full(plan, job->sums, tile)->real : NULL};
}

static void add_blocks(const struct job *job, const struct target *to, char *panels)
{
    const size_t end = job->start + job->times;
    for (size_t start = to->start; start < end;) {
        const struct block b = block_at(job, to, start, panels);
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

/* The first span has no sums of its own. */
static char *span_sums(const struct job *job, size_t span, size_t tile)
{
    const cph_covariance_plan *const plan = job->plan;
    return job->workspace + plan->spans_offset +
           ((span - 1) * plan->tiles + tile) * plan->open_bytes;
}

static void add_spans(void *context, size_t begin, size_t end, size_t worker)
{
    const struct job *const job = context;
    for (size_t i = begin; i < end; i++) {
        struct job span = *job;
        struct target to = sums_of(job, job->channel);
        span.start = to.start = job->start + i * job->span;
        span.times = cph_size_min(job->span, job->times - i * job->span);
        if (i > 0) {
            to.held = 0;
            to.full = NULL;
            to.open = span_sums(job, i, 0);
            memset(to.open, 0, job->plan->tiles * job->plan->open_bytes);
        }
        add_blocks(&span, &to, panels_of(job, worker));
    }
}

/* Tiles [begin, end): the spans in their order, which fixes the rounding of doubles. */
static void join_spans(void *context, size_t begin, size_t end, size_t worker)
{
    const struct job *const job = context;
    const cph_covariance_plan *const plan = job->plan;
    const size_t tile = job->channel * plan->tiles + begin;
    (void)worker;
    for (size_t i = 1; i < job->spans; i++) {
        char *const span = span_sums(job, i, begin);
        if (plan->kernels.form == CPH_FORM_F32)
            cph_covariance_drain(plan, span, cph_covariance_full(plan, job->sums, tile),
                                 end - begin);
        else
            cph_covariance_join(plan, span, cph_covariance_open(plan, job->sums, tile),
                                end - begin);
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
        struct block b = block_at(job, &to, job->start + t, panels_of(job, worker));
        b.ahead = b.times + (plan->chains - (end - begin)) * plan->block;
        if (b.chain >= begin && b.chain < end)
            add_block(job, &b);
        t += b.times;
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
    struct block block;
};

static void pack_wide(void *context, size_t begin, size_t end, size_t worker)
{
    const struct wide *const wide = context;
    (void)worker;
    pack_range(wide->job, &wide->block, begin, end);
}

static void add_wide(void *context, size_t begin, size_t end, size_t worker)
{
    const struct wide *const wide = context;
    (void)worker;
    run_range(wide->job, &wide->block, begin, end);
}

static void add_large(const struct job *job, size_t channel)
{
    const cph_covariance_plan *const plan = job->plan;
    const size_t runs = run_count(plan), end = job->start + job->times;
    const struct target to = sums_of(job, channel);
    for (size_t start = job->start; start < end;) {
        struct wide wide = {job, block_at(job, &to, start, job->workspace)};
        cph_exec_run(plan->exec, pack_count(plan), pack_wide, &wide);
        cph_exec_run(plan->exec, runs, add_wide, &wide);
        start += wide.block.times;
    }
}

/* ---- a call ---- */

/* Splits times into spans, each summed by one worker; returns how many times were taken. Spans of
 * integers may have any length; of floats they are the blocks that are drained into double. */
static size_t add_in_spans(struct job *job, size_t times)
{
    const cph_covariance_plan *const plan = job->plan;
    const bool floats = plan->kernels.form == CPH_FORM_F32;
    const size_t drain = plan->traits.drain, open = (size_t)job->sums->open;
    if (plan->spans == 0 || times < 2 * plan->block || (floats && open > 0))
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

static void add_times(const cph_covariance_plan *plan, void *workspace, const struct input *in,
                      cph_covariance_sums *sums)
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
static cph_status check_side(const cph_covariance_plan *plan, const struct side *side,
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

static cph_status add(const cph_covariance_plan *plan, void *workspace, const struct input *in,
                      cph_covariance_sums *sums)
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
    return add(plan, workspace, &(struct input){.x = {samples, ld}, .times = times}, sums);
}

cph_status cph_covariance_add_weighted(const cph_covariance_plan *plan, void *workspace,
                                       const void *samples, size_t ld, size_t times,
                                       const float *weight, cph_covariance_sums *sums)
{
    const struct input in = {.x = {samples, ld}, .weight = weight, .times = times};
    return add(plan, workspace, &in, sums);
}

cph_status cph_covariance_add_cross(const cph_covariance_plan *plan, void *workspace, const void *x,
                                    size_t ld_x, const void *y, size_t ld_y, size_t times,
                                    const float *weight, cph_covariance_sums *sums)
{
    const struct input in = {
        .crosses = true, .x = {x, ld_x}, .y = {y, ld_y}, .weight = weight, .times = times};
    return add(plan, workspace, &in, sums);
}
