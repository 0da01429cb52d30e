/* SPDX-License-Identifier: MIT */
/* Plans of covariances: forms, layouts, memory. */
#include "cophase/covariance.h"

#include <string.h>

#include "kernels/core/heap.h"
#include "kernels/covariance/covariance_plan.h"

static const cph_covariance_traits traits[CPH_FORM_COUNT] = {
    [CPH_FORM_C8_I8] = {CPH_TILE_LANES * sizeof(int32_t), CPH_DRAIN_INT},
    [CPH_FORM_C8_I16] = {CPH_TILE_LANES * sizeof(int32_t), CPH_DRAIN_INT},
    [CPH_FORM_C16_I16] = {0, 0},
    [CPH_FORM_F32] = {2 * sizeof(float) * CPH_TILE_LANES, CPH_DRAIN_FLOAT},
};

size_t cph_covariance_panel_bytes(cph_covariance_form form, size_t times)
{
    switch (form) {
    case CPH_FORM_C8_I8:
        return 64 + (times + 1) / 2 * 64;
    case CPH_FORM_C16_I16:
        return times * (2 * 64 + 32);
    case CPH_FORM_F32:
        return (times + 1) / 2 * 4 * 64;
    default:
        return times * 64;
    }
}

/* ---- layout ---- */

enum {
    SPAN_BYTES = 1 << 16, /* of open sums that a thread keeps for spans, where it may choose */
    MOST_SPANS = 16,      /* of a thread */
    WIDE_PANELS = 32,     /* more of them are work for all threads in a block of times */
    CHAIN_LEAST = 16,     /* tiles of floats with two chains */
    CHAIN_MOST = 300
};

/* Panels of a tile fit the first cache where they are used often enough; the sums of a large
 * triangle come from memory for every block, so that it is longer. Sums do not depend on it. */
static size_t block_of(const cph_covariance_plan *plan)
{
    static const struct {
        size_t panels, integers, floats;
    } rows[] = {{128, 256, 64}, {SIZE_MAX, CPH_BLOCK_INT, CPH_BLOCK_FLOAT}};
    size_t i = 0;
    while (plan->row_panels > rows[i].panels)
        i++;
    return plan->kernels.form == CPH_FORM_C16_I16 ? CPH_BLOCK_C16
           : plan->kernels.form == CPH_FORM_F32   ? rows[i].floats
                                                  : rows[i].integers;
}

/* Two threads take a chain each, block by block, whatever the number of times; the sums of both
 * should fit a second cache, and be work enough to meet for. Of the shape alone: rounding depends
 * on it. */
static size_t chains_of(const cph_covariance_plan *plan)
{
    return plan->kernels.form == CPH_FORM_F32 && plan->tiles >= CHAIN_LEAST &&
                   plan->tiles <= CHAIN_MOST
               ? 2
               : 1;
}

/* Channels where there are enough for every thread, else tiles of a large triangle, else times. */
static cph_covariance_share share_of(const cph_covariance_plan *plan)
{
    const size_t threads = cph_exec_threads(plan->exec);
    if (threads == 1 || plan->channels >= 2 * threads || plan->channels % threads == 0)
        return CPH_SHARE_CHANNELS;
    return plan->row_panels > WIDE_PANELS || plan->column_panels > WIDE_PANELS ? CPH_SHARE_TILES
                                                                               : CPH_SHARE_TIMES;
}

/* Spans of integers have any length, one a thread; of floats they are short, so that a thread takes
 * several where their sums are small. */
static size_t spans_of(const cph_covariance_plan *plan)
{
    const size_t threads = cph_exec_threads(plan->exec);
    if (plan->share != CPH_SHARE_TIMES)
        return 0;
    if (plan->kernels.form != CPH_FORM_F32)
        return threads;
    const size_t fit = SPAN_BYTES / (plan->chains * plan->tiles * plan->open_bytes + 1) + 1;
    return threads * cph_size_min(fit, MOST_SPANS);
}

static size_t count_runs(const cph_covariance_plan *plan)
{
    size_t count = 0;
    for (size_t g = 0; g * CPH_TILE_PANELS < plan->column_panels; g++)
        count += plan->row_panels - cph_covariance_first_row(plan, g);
    return count;
}

static bool lay_out_sums(cph_covariance_plan *plan)
{
    size_t tiles, open, lanes;
    plan->sums_bytes = sizeof(cph_covariance_sums);
    return cph_size_mul(plan->tiles, plan->channels, &tiles) &&
           cph_size_mul(tiles, plan->chains, &open) &&
           cph_size_mul(tiles, CPH_TILE_LANES, &lanes) &&
           cph_size_place(&plan->sums_bytes, open, plan->traits.tile_bytes, &plan->open_offset) &&
           cph_size_place(&plan->sums_bytes, lanes, sizeof(cph_covariance_lane),
                          &plan->full_offset) &&
           cph_size_place(&plan->sums_bytes, plan->average_times > 0 ? lanes : 0, sizeof(double),
                          &plan->average_offset) &&
           plan->sums_bytes <= PTRDIFF_MAX;
}

static bool lay_out_workspace(cph_covariance_plan *plan)
{
    const bool two_sides = plan->cross || plan->weighted;
    const size_t threads = cph_exec_threads(plan->exec);
    const size_t workers = plan->share == CPH_SHARE_TILES ? 1 : threads;
    size_t workers_bytes;
    plan->panel_bytes = cph_covariance_panel_bytes(plan->kernels.form, plan->block);
    if (!cph_size_mul(plan->row_panels, plan->panel_bytes, &plan->worker_bytes))
        return false;
    plan->column_offset = two_sides ? plan->worker_bytes : 0;
    size_t unused;
    if (!cph_size_place(&plan->worker_bytes, two_sides ? plan->column_panels : 0, plan->panel_bytes,
                        &unused) ||
        !cph_size_mul(workers, plan->worker_bytes, &workers_bytes))
        return false;
    plan->workspace_bytes = workers_bytes;
    return cph_size_place(&plan->workspace_bytes, plan->spans > 1 ? plan->spans - 1 : 0,
                          plan->chains * plan->tiles * plan->open_bytes, &plan->spans_offset) &&
           plan->workspace_bytes <= PTRDIFF_MAX;
}

/* Times that keep 64-bit sums exact: a c16 product's part reaches 2^31, a c8 product's 2^15. For
 * floats it bounds the count alone. */
static uint64_t most_times(cph_covariance_form form)
{
    return form == CPH_FORM_C16_I16 ? UINT32_MAX : UINT64_C(1) << 47;
}

static bool usable(const cph_covariance_config *config)
{
    return config != NULL && config->elements > 0 && cph_type_size(config->type) > 0 &&
           (config->average_times == 0 ||
            (config->average_keep >= 0.0 && config->average_keep <= 1.0));
}

static cph_status lay_out(const cph_covariance_config *config,
                          const cph_covariance_kernels *kernels, cph_covariance_plan *plan)
{
    const bool cross = config->cross_elements > 0;
    *plan = (cph_covariance_plan){.elements = config->elements,
                                  .columns = cross ? config->cross_elements : config->elements,
                                  .channels = config->channels > 0 ? config->channels : 1,
                                  .cross = cross,
                                  .weighted = config->weighted,
                                  .type = config->type,
                                  .exec = config->exec,
                                  .kernels = *kernels,
                                  .traits = traits[kernels->form],
                                  .most_times = most_times(kernels->form),
                                  .average_times = config->average_times,
                                  .average_keep = config->average_keep};
    plan->row_panels = (plan->elements - 1) / CPH_PANEL_ELEMENTS + 1;
    plan->column_panels = (plan->columns - 1) / CPH_PANEL_ELEMENTS + 1;
    if (!cph_size_mul(plan->row_panels, plan->column_panels + (cross ? 0 : 1), &plan->tiles))
        return CPH_ERR_OVERFLOW;
    if (!cross)
        plan->tiles /= 2;
    plan->open_bytes = plan->traits.tile_bytes > 0 ? plan->traits.tile_bytes
                                                   : CPH_TILE_LANES * sizeof(cph_covariance_lane);
    plan->chains = chains_of(plan);
    plan->traits.drain *= plan->chains;
    if (!lay_out_sums(plan))
        return CPH_ERR_OVERFLOW;
    plan->runs = count_runs(plan);
    plan->block = block_of(plan);
    plan->share = share_of(plan);
    plan->spans = spans_of(plan);
    if (!lay_out_workspace(plan) || plan->average_times > plan->most_times)
        return CPH_ERR_OVERFLOW;
    if (plan->average_times > 0) /* which is when the 64-bit sums are emptied */
        plan->most_times = UINT64_MAX;
    return CPH_OK;
}

/* ---- life ---- */

/* Forms of a type in the order of preference: the first whose sums the tier has, beyond plain C,
 * else the last. */
struct choice {
    cph_covariance_form form;
    enum cph_kernel_index pack, add;
};
enum { CHOICES = 2 };

#define FORM(form, pack, add)                                                                      \
    {                                                                                              \
        CPH_FORM_##form, CPH_KERNEL_covariance_##pack, CPH_KERNEL_covariance_##add                 \
    }
static const struct choice exact[CPH_C16 + 1][CHOICES] = {
    [CPH_C8] = {FORM(C8_I8, pack_c8_i8, c8_i8), FORM(C8_I16, pack_c8_i16, c8_i16)},
    [CPH_C16] = {FORM(C16_I16, pack_c16_i16, c16_i16), FORM(C16_I16, pack_c16_i16, c16_i16)}};
static const struct choice floats[CPH_TYPE_COUNT] = {[CPH_C8] = FORM(F32, pack_c8_f32, f32),
                                                     [CPH_C16] = FORM(F32, pack_c16_f32, f32),
                                                     [CPH_C32] = FORM(F32, pack_c32_f32, f32)};
#undef FORM

static unsigned best_tier(enum cph_kernel_index kernel, cph_isa limit)
{
    unsigned isa = (unsigned)limit;
    while (isa > 0 && cph_kernel_variant(kernel, (cph_isa)isa) == NULL)
        isa--;
    return isa;
}

static cph_any_fn *best(enum cph_kernel_index kernel, cph_isa limit)
{
    return cph_kernel_variant(kernel, (cph_isa)best_tier(kernel, limit));
}

static cph_covariance_kernels choose(const cph_covariance_config *config, cph_isa limit)
{
    const bool sums_floats = config->weighted || config->type == CPH_C32;
    const struct choice *row = &floats[config->type];
    if (!sums_floats) {
        row = exact[config->type];
        while (row < &exact[config->type][CHOICES - 1] && best_tier(row->add, limit) == 0)
            row++;
    }
    return (cph_covariance_kernels){row->form, (cph_covariance_pack_fn *)best(row->pack, limit),
                                    (cph_covariance_fn *)best(row->add, limit)};
}

cph_status cph_covariance_plan_size(const cph_covariance_config *config, size_t *bytes)
{
    cph_covariance_plan plan;
    if (bytes == NULL || !usable(config))
        return CPH_ERR_ARGUMENT;
    const cph_covariance_kernels kernels = choose(config, cph_dispatch_isa());
    const cph_status status = lay_out(config, &kernels, &plan);
    if (status == CPH_OK)
        *bytes = sizeof plan;
    return status;
}

cph_status cph_covariance_init_variant(const cph_covariance_config *config,
                                       const cph_covariance_kernels *variants, void *memory,
                                       size_t bytes, cph_covariance_plan **plan)
{
    cph_covariance_plan p;
    if (!usable(config))
        return CPH_ERR_ARGUMENT;
    const cph_status status = lay_out(config, variants, &p);
    if (status != CPH_OK)
        return status;
    if (plan == NULL || !cph_size_aligned(memory))
        return CPH_ERR_ARGUMENT;
    if (bytes < sizeof p)
        return CPH_ERR_MEMORY;
    *plan = memcpy(memory, &p, sizeof p);
    return CPH_OK;
}

cph_status cph_covariance_init_choice(const cph_covariance_config *config, cph_isa limit,
                                      void *memory, size_t bytes, cph_covariance_plan **plan)
{
    if (!usable(config))
        return CPH_ERR_ARGUMENT;
    const cph_covariance_kernels kernels = choose(config, limit);
    return cph_covariance_init_variant(config, &kernels, memory, bytes, plan);
}

cph_status cph_covariance_init(const cph_covariance_config *config, void *memory, size_t bytes,
                               cph_covariance_plan **plan)
{
    return cph_covariance_init_choice(config, cph_dispatch_isa(), memory, bytes, plan);
}

cph_status cph_covariance_create(const cph_covariance_config *config, cph_covariance_plan **plan)
{
    size_t bytes = 0;
    cph_status status = cph_covariance_plan_size(config, &bytes);
    if (status != CPH_OK)
        return status;
    void *const memory = cph_heap_aligned(bytes);
    if (memory == NULL)
        return CPH_ERR_MEMORY;
    status = cph_covariance_init(config, memory, bytes, plan);
    if (status != CPH_OK)
        free(memory);
    return status;
}

void cph_covariance_destroy(cph_covariance_plan *plan)
{
    free(plan);
}

size_t cph_covariance_sums_size(const cph_covariance_plan *plan)
{
    return plan->sums_bytes;
}

size_t cph_covariance_workspace_size(const cph_covariance_plan *plan)
{
    return plan->workspace_bytes;
}
