/* SPDX-License-Identifier: MIT */
#include "cophase/beamform.h"

#include "kernels/core/bits.h"
#include "kernels/core/exec.h"
#include "kernels/core/kernels.h"
#include "kernels/core/mem.h"
#include "kernels/core/size.h"

/* ---- shape and layout ---- */

/* Offsets of a plan's parts. */
struct layout {
    size_t bytes, weights, scale, multiplier, shift, start, live_mask, weight_error, null_floor;
};

static cph_status check_config(const cph_beamform_config *config)
{
    if (config == NULL || config->elements == 0 || config->beams == 0 ||
        cph_type_size(config->type) == 0)
        return CPH_ERR_ARGUMENT;
    const unsigned bits = config->weight_bits;
    const float scale = config->output_scale;
    if ((bits != 0 && bits != 8 && bits != 16 && bits != 32) || !cph_finite_f32(scale) ||
        scale < 0.0f || (scale > 0.0f && config->output != CPH_C8 && config->output != CPH_C16))
        return CPH_ERR_ARGUMENT;
    return CPH_OK;
}

static unsigned kept_bits(const cph_beamform_config *config)
{
    if (config->type == CPH_C32 || config->elements > CPH_BEAMFORM_INTEGER_ELEMENTS)
        return 32;
    return config->weight_bits == 0 ? 16 : config->weight_bits;
}

/* Bytes of an element in a row of weights, and of one widened for COLUMNS. */
static size_t element_bytes(const cph_beamform_plan *plan)
{
    return plan->arithmetic == CPH_BEAMFORM_I8    ? sizeof(cph_c8)
           : plan->arithmetic == CPH_BEAMFORM_F32 ? sizeof(cph_c32)
                                                  : sizeof(cph_c16); /* BF16 too */
}

/* Floats in COLUMNS are taken CPH_BEAMFORM_PARTS of a row at once. */
static bool in_blocks_of_parts(const cph_beamform_plan *plan)
{
    return plan->arithmetic == CPH_BEAMFORM_F32 && plan->regime == CPH_BEAMFORM_COLUMNS;
}

/* Threads take blocks of so many times: few enough that their samples stay in the second cache,
 * a multiple of every tile; more where each block reads many weights. */
static size_t rows_of_block(const cph_beamform_plan *plan)
{
    enum { MANY = 48, FEW = 24, LARGE = 1536, MOST = 96, MANY_WEIGHTS = 512 };
    if (in_blocks_of_parts(plan))
        return plan->elements <= MANY_WEIGHTS ? MANY : MOST;
    return plan->elements <= LARGE ? MANY : FEW;
}

static bool lay_out_weights(cph_beamform_plan *p)
{
    size_t rows, bytes;
    if (!cph_size_mul(p->elements, element_bytes(p), &bytes) ||
        !cph_size_align(bytes, CPH_BEAMFORM_VECTOR, &p->row_bytes) ||
        !cph_size_align(2 * p->beams, CPH_BEAMFORM_COLUMN_COUNT, &p->columns) ||
        !cph_size_align(2 * p->elements, CPH_BEAMFORM_PADDING, &p->mask_stride))
        return false;
    p->steps = p->arithmetic == CPH_BEAMFORM_I8 ? p->elements / 2 + p->elements % 2 : p->elements;
    const size_t streams = p->arithmetic == CPH_BEAMFORM_F32 ? 1 : 2;
    if (p->regime == CPH_BEAMFORM_ROWS)
        return cph_size_mul(streams * p->planes, p->beams, &rows) &&
               cph_size_mul(rows, p->row_bytes, &p->channel_bytes);
    return cph_size_mul(p->columns / CPH_BEAMFORM_COLUMN_COUNT, p->steps, &rows) &&
           cph_size_mul(rows, p->planes * (size_t)CPH_BEAMFORM_VECTOR, &p->channel_bytes);
}

static bool lay_out_workspace(cph_beamform_plan *p)
{
    const bool in_place =
        p->regime == CPH_BEAMFORM_ROWS || cph_type_size(p->type) == element_bytes(p);
    const bool later = p->arithmetic == CPH_BEAMFORM_F32 && p->output != CPH_C32;
    size_t beams;
    const size_t widened =
        in_blocks_of_parts(p) ? CPH_BEAMFORM_PARTS * sizeof(float) : p->row_bytes;
    p->block_times = rows_of_block(p);
    p->widened_bytes = p->beam_bytes = 0;
    return (in_place || cph_size_mul(widened, p->block_times, &p->widened_bytes)) &&
           (!later || (cph_size_mul(p->beams, p->block_times * sizeof(cph_c32), &beams) &&
                       cph_size_align(beams, CPH_ALIGNMENT, &p->beam_bytes)));
}

static bool lay_out(cph_beamform_plan *p, struct layout *l)
{
    const bool integers = p->arithmetic != CPH_BEAMFORM_F32;
    size_t columns, beams, parts, ends;
    *l = (struct layout){.bytes = sizeof *p};
    return lay_out_weights(p) && lay_out_workspace(p) &&
           cph_size_mul(p->channels, p->columns, &columns) &&
           cph_size_mul(p->channels, p->beams, &beams) &&
           cph_size_mul(p->channels, p->mask_stride, &parts) &&
           cph_size_place(&l->bytes, p->channels, p->channel_bytes, &l->weights) &&
           cph_size_place(&l->bytes, integers ? columns : 0, sizeof(float), &l->scale) &&
           cph_size_place(&l->bytes, integers && p->output != CPH_C32 ? columns : 0,
                          sizeof(int32_t), &l->multiplier) &&
           cph_size_place(&l->bytes, integers && p->output != CPH_C32 ? columns : 0,
                          sizeof(int32_t), &l->shift) &&
           cph_size_place(&l->bytes, p->arithmetic == CPH_BEAMFORM_I8 ? columns : 0,
                          sizeof(int32_t), &l->start) &&
           cph_size_place(&l->bytes, p->type == CPH_C32 ? parts : 0, sizeof(uint32_t),
                          &l->live_mask) &&
           cph_size_place(&l->bytes, integers ? beams : 0, sizeof(float), &l->weight_error) &&
           cph_size_place(&l->bytes, integers ? beams : 0, sizeof(float), &l->null_floor) &&
           cph_size_add(p->widened_bytes, p->beam_bytes, &ends) && l->bytes <= PTRDIFF_MAX;
}

static cph_status plan_shape(const cph_beamform_config *config, const cph_beamform_choice *choice,
                             cph_beamform_plan *plan, struct layout *l)
{
    cph_status status = check_config(config);
    if (status != CPH_OK)
        return status;
    *plan = (cph_beamform_plan){
        .elements = config->elements,
        .beams = config->beams,
        .channels = config->channels == 0 ? 1 : config->channels,
        .type = config->type,
        .output = config->output_scale > 0.0f ? config->output : CPH_C32,
        .output_scale = config->output_scale,
        .weight_bits = kept_bits(config),
        .exec = config->exec,
    };
    if (config->elements > PTRDIFF_MAX / 16 || config->beams > PTRDIFF_MAX / 16)
        return CPH_ERR_OVERFLOW;
    status = cph_beamform_choose(plan, choice);
    if (status != CPH_OK)
        return status;
    return lay_out(plan, l) ? CPH_OK : CPH_ERR_OVERFLOW;
}

cph_status cph_beamform_size_choice(const cph_beamform_config *config,
                                    const cph_beamform_choice *choice, size_t *bytes)
{
    cph_beamform_plan shape;
    struct layout l;
    if (bytes == NULL)
        return CPH_ERR_ARGUMENT;
    const cph_status status = plan_shape(config, choice, &shape, &l);
    if (status == CPH_OK)
        *bytes = l.bytes;
    return status;
}

cph_status cph_beamform_plan_size(const cph_beamform_config *config, size_t *bytes)
{
    return cph_beamform_size_choice(config, NULL, bytes);
}

/* ---- weights ---- */

/* Whether rows [0, rows) of weights can be packed. */
static cph_status check_weights(const cph_beamform_plan *plan, size_t beams, const cph_c32 *weights,
                                size_t ldw)
{
    size_t rows;
    if (weights == NULL || ldw < plan->elements)
        return CPH_ERR_ARGUMENT;
    if (!cph_size_mul(beams, plan->channels, &rows) ||
        !cph_size_matrix(rows, ldw, plan->elements, sizeof *weights))
        return CPH_ERR_OVERFLOW;
    for (size_t row = 0; row < rows; row++)
        for (size_t n = 0; n < plan->elements; n++) {
            const cph_c32 w = weights[row * ldw + n];
            if (!cph_finite_f32(w.re) || !cph_finite_f32(w.im))
                return CPH_ERR_NOT_FINITE;
        }
    return CPH_OK;
}

static void place_parts(cph_beamform_plan *p, const struct layout *l)
{
    p->weights = cph_size_at(p, l->weights);
    p->scale = cph_size_at(p, l->scale);
    p->multiplier = cph_size_at(p, l->multiplier);
    p->shift = cph_size_at(p, l->shift);
    p->start = cph_size_at(p, l->start);
    p->live_mask = p->type == CPH_C32 ? cph_size_at(p, l->live_mask) : NULL;
    p->weight_error = cph_size_at(p, l->weight_error);
    p->null_floor = cph_size_at(p, l->null_floor);
}

cph_status cph_beamform_init_choice(const cph_beamform_config *config,
                                    const cph_beamform_choice *choice, const cph_c32 *weights,
                                    size_t ldw, void *memory, size_t bytes,
                                    cph_beamform_plan **plan)
{
    cph_beamform_plan shape;
    struct layout l;
    cph_status status = plan_shape(config, choice, &shape, &l);
    if (status != CPH_OK)
        return status;
    if (plan == NULL || !cph_size_aligned(memory))
        return CPH_ERR_ARGUMENT;
    if (bytes < l.bytes)
        return CPH_ERR_MEMORY;
    status = check_weights(&shape, shape.beams, weights, ldw);
    if (status != CPH_OK)
        return status;
    cph_beamform_plan *const p = memory;
    memset(memory, 0, l.bytes);
    *p = shape;
    place_parts(p, &l);
    if (p->output != CPH_C32 && p->arithmetic != CPH_BEAMFORM_F32)
        for (size_t i = 0; i < p->channels * p->columns; i++)
            p->shift[i] = 1; /* of columns beyond the beams too */
    cph_beamform_pack(p, 0, p->beams, weights, ldw);
    *plan = p;
    return CPH_OK;
}

cph_status cph_beamform_init(const cph_beamform_config *config, const cph_c32 *weights, size_t ldw,
                             void *memory, size_t bytes, cph_beamform_plan **plan)
{
    return cph_beamform_init_choice(config, NULL, weights, ldw, memory, bytes, plan);
}

cph_status cph_beamform_set_weights(cph_beamform_plan *plan, size_t first, size_t count,
                                    const cph_c32 *weights, size_t ldw)
{
    if (plan == NULL || first > plan->beams || count > plan->beams - first)
        return CPH_ERR_ARGUMENT;
    if (count == 0)
        return CPH_OK;
    const cph_status status = check_weights(plan, count, weights, ldw);
    if (status == CPH_OK)
        cph_beamform_pack(plan, first, count, weights, ldw);
    return status;
}

/* ---- run ---- */

static size_t worker_bytes(const cph_beamform_plan *plan)
{
    return plan->widened_bytes + plan->beam_bytes;
}

size_t cph_beamform_workspace_size(const cph_beamform_plan *plan)
{
    size_t bytes = 0;
    return plan != NULL && cph_size_mul(worker_bytes(plan), cph_exec_threads(plan->exec), &bytes)
               ? bytes
               : 0;
}

struct job {
    const cph_beamform_plan *plan;
    unsigned char *workspace;
    const char *samples;
    size_t ld, times;
    char *beams;
    size_t ld_beams;
    size_t block_times;
};

/* Times of a run's blocks: as many blocks for each thread, of as many times, in whole tiles where
 * that makes little difference. Channels are shares as equal where they are many. */
static size_t times_of_blocks(const cph_beamform_plan *plan, size_t times)
{
    enum { TILE = 6, HALF_FULL = 24, MANY_CHANNELS = 8 };
    const size_t threads = cph_exec_threads(plan->exec);
    if (threads == 1 || plan->channels % threads == 0 || plan->channels / MANY_CHANNELS >= threads)
        return plan->block_times;
    const size_t share = (times - 1) / threads + 1;
    const size_t block = (share - 1) / ((share - 1) / plan->block_times + 1) + 1;
    const size_t step = block < HALF_FULL ? 2 : TILE;
    return cph_size_min((block + step - 1) / step * step, plan->block_times);
}

/* Beams of floats to a plan's integer type. */
static void convert(const cph_beamform_plan *plan, const cph_c32 *from, size_t times, char *to,
                    size_t ld)
{
    cph_convert_from_fn *const fn =
        plan->output == CPH_C8 ? CPH_BOUND(convert_c32_c8) : CPH_BOUND(convert_c32_c16);
    for (size_t t = 0; t < times; t++)
        (void)fn(from + t * plan->beams, plan->beams, plan->output_scale,
                 to + t * ld * cph_type_size(plan->output));
}

/* A block of times of a channel. */
static void run_block(const struct job *job, size_t channel, size_t t, unsigned char *workspace)
{
    const cph_beamform_plan *const plan = job->plan;
    const size_t row = t * plan->channels + channel;
    char *const out = job->beams + row * job->ld_beams * cph_type_size(plan->output);
    const size_t ld_out = plan->channels * job->ld_beams;
    cph_beamform_block block = {.samples = job->samples + row * job->ld * cph_type_size(plan->type),
                                .ld = plan->channels * job->ld,
                                .times = cph_size_min(job->block_times, job->times - t),
                                .channel = channel,
                                .beams = out,
                                .ld_beams = ld_out,
                                .workspace = workspace};
    if (plan->beam_bytes == 0) {
        plan->kernel(plan, &block);
        return;
    }
    cph_c32 *const floats = (void *)(workspace + plan->widened_bytes);
    block.beams = floats;
    block.ld_beams = plan->beams;
    plan->kernel(plan, &block);
    convert(plan, floats, block.times, out, ld_out);
}

/* Blocks of all channels of the same times follow each other: they lie beside each other. */
static void run_blocks(void *context, size_t begin, size_t end, size_t worker)
{
    const struct job *const job = context;
    const size_t own = worker_bytes(job->plan) * worker;
    for (size_t item = begin; item < end; item++)
        run_block(job, item % job->plan->channels, item / job->plan->channels * job->block_times,
                  own == 0 ? job->workspace : job->workspace + own);
}

cph_status cph_beamform_run(const cph_beamform_plan *plan, void *workspace, const void *samples,
                            size_t ld_samples, size_t times, void *beams, size_t ld_beams)
{
    size_t rows, items;
    if (plan == NULL || ld_samples < plan->elements || ld_beams < plan->beams)
        return CPH_ERR_ARGUMENT;
    if (times == 0)
        return CPH_OK;
    if (samples == NULL || beams == NULL ||
        (worker_bytes(plan) > 0 && !cph_size_aligned(workspace)))
        return CPH_ERR_ARGUMENT;
    const size_t block_times = times_of_blocks(plan, times);
    if (!cph_size_mul(times, plan->channels, &rows) ||
        !cph_size_matrix(rows, ld_samples, plan->elements, cph_type_size(plan->type)) ||
        !cph_size_matrix(rows, ld_beams, plan->beams, cph_type_size(plan->output)) ||
        !cph_size_mul((times - 1) / block_times + 1, plan->channels, &items))
        return CPH_ERR_OVERFLOW;
    struct job job = {plan, workspace, samples, ld_samples, times, beams, ld_beams, block_times};
    cph_exec_run(plan->exec, items, run_blocks, &job);
    return CPH_OK;
}
