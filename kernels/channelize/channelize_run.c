/* SPDX-License-Identifier: MIT */
#include "kernels/channelize/channelize_plan.h"
#include "kernels/core/exec.h"
#include "kernels/core/kernels.h"
#include "kernels/core/size.h"

/* A worker's memory: what the FIR makes of a task [time][branch][element], then lines of channels
 * before and after the transform [element][channel]. */
typedef struct worker {
    size_t bytes, before, after;
} worker;

static bool worker_of(const cph_channelize_plan *plan, worker *w)
{
    size_t bytes = 0, branches, line;
    if (!cph_size_mul(plan->info.channels, plan->groups.group, &line) ||
        !cph_size_mul(line, CPH_BANK_TIMES * sizeof(cph_c32), &branches))
        return false;
    size_t fir;
    if (!cph_size_place(&bytes, branches, 1, &fir) ||
        !cph_size_place(&bytes, line, sizeof(cph_c32), &w->before) ||
        !cph_size_place(&bytes, line, sizeof(cph_c32), &w->after))
        return false;
    return cph_size_align(bytes, CPH_ALIGNMENT, &w->bytes);
}

size_t cph_channelize_workspace_size(const cph_channelize_plan *plan)
{
    worker w;
    size_t bytes;
    return plan != NULL && worker_of(plan, &w) &&
                   cph_size_mul(w.bytes, cph_exec_threads(plan->exec), &bytes)
               ? bytes
               : 0;
}

size_t cph_channelize_times(const cph_channelize_plan *plan, size_t times)
{
    if (plan == NULL || times < plan->info.length)
        return 0;
    return 1 + (times - plan->info.length) / plan->info.step;
}

typedef struct job {
    const cph_channelize_plan *plan;
    cph_fir_fn *fir;
    cph_turn_fn *turn;
    unsigned char *workspace;
    worker w;
    const char *samples;
    size_t ld_samples, first, times; /* times of the output */
    cph_channelize_output output;
} job;

/* Branches [begin, begin + count) of `times` output times that are `oversample` apart, for the
 * elements from `element` on. */
static void filter(const job *j, const void *x, size_t elements, size_t begin, size_t count,
                   size_t times, cph_c32 *out)
{
    const cph_channelize_plan *const plan = j->plan;
    const size_t m = plan->info.channels, parts = 2 * elements, ld = 2 * j->ld_samples;
    const bool few = plan->spread != NULL && ld == parts;
    const cph_fir f = {.taps = plan->info.taps,
                       .times = times,
                       .runs = few ? count * parts : count,
                       .length = few ? 1 : parts,
                       .step = m * ld,
                       .run_step = few ? 1 : ld,
                       .coefficient = few ? plan->spread + begin * parts : plan->prototype + begin,
                       .ld_coefficient = few ? m * parts : m,
                       .ld_out = m * parts};
    const size_t size = cph_type_size(plan->type);
    if (count > 0)
        j->fir(&f, (const char *)x + begin * j->ld_samples * size, &out->re);
}

/* One output time of a group: the transform's own channels 0 ... M - 1 are k modulo M. */
static void transform(const job *j, size_t group, const cph_c32 *branches, cph_c32 *before,
                      cph_c32 *after, cph_c32 *out)
{
    const size_t m = j->plan->info.channels, low = m / 2;
    const size_t elements = cph_bank_group(&j->plan->groups, group);
    j->turn(m, elements, branches, elements, before, m);
    cph_bank_fft_run(cph_bank_transform(&j->plan->groups, group), before, after);
    j->turn(elements, low, after + (m - low), m, out, j->output.ld_channel);
    j->turn(elements, m - low, after, m, out + low * j->output.ld_channel, j->output.ld_channel);
}

/* Output times `from`, from + S, ... of one parity: a sample's branch is its number modulo M,
 * counted from the middle of the window of output 0, so that the first falls on `shift`. */
static void run_parity(const job *j, size_t group, size_t from, size_t times, unsigned char *own)
{
    const cph_channelize_info *const info = &j->plan->info;
    const size_t m = info->channels, element = group * j->plan->groups.group;
    const size_t elements = cph_bank_group(&j->plan->groups, group);
    const size_t parity = (j->first + from) % info->oversample;
    const size_t shift = (parity * info->step + info->length - info->length / 2) % m;
    const char *const x =
        j->samples + (from * info->step * j->ld_samples + element) * cph_type_size(j->plan->type);
    cph_c32 *const branches = (void *)own;
    cph_c32 *const before = cph_size_at(own, j->w.before), *const after =
                                                               cph_size_at(own, j->w.after);
    filter(j, x, elements, 0, m - shift, times, branches + shift * elements);
    filter(j, x, elements, m - shift, shift, times, branches);
    for (size_t i = 0; i < times; i++)
        transform(j, group, branches + i * m * elements, before, after,
                  j->output.data + (from + i * info->oversample) * j->output.ld_time + element);
}

/* Task i: a block of output times of a group. */
static void run_tasks(void *context, size_t begin, size_t end, size_t number)
{
    const job *const j = context;
    const size_t s = j->plan->info.oversample, groups = j->plan->groups.count;
    const size_t block = CPH_BANK_TIMES * s;
    for (size_t i = begin; i < end; i++) {
        const size_t from = i / groups * block, left = cph_size_min(block, j->times - from);
        for (size_t parity = 0; parity < s && parity < left; parity++)
            run_parity(j, i % groups, from + parity, (left - parity + s - 1) / s,
                       j->workspace + number * j->w.bytes);
    }
}

bool cph_bank_reachable(const cph_channelize_output *output, size_t times, size_t channels,
                        size_t elements)
{
    size_t last, items, bytes;
    return cph_size_mul(times - 1, output->ld_time, &last) &&
           cph_size_mul(channels - 1, output->ld_channel, &items) &&
           cph_size_add(last, items, &items) && cph_size_add(items, elements, &items) &&
           cph_size_mul(items, sizeof(cph_c32), &bytes) && bytes <= PTRDIFF_MAX;
}

cph_status cph_channelize_run(const cph_channelize_plan *plan, void *workspace, const void *samples,
                              size_t ld_samples, size_t times, size_t first,
                              const cph_channelize_output *output)
{
    if (plan == NULL || output == NULL || ld_samples < plan->elements ||
        output->ld_channel < plan->elements || output->ld_time < plan->elements)
        return CPH_ERR_ARGUMENT;
    const size_t made = cph_channelize_times(plan, times);
    if (made == 0)
        return CPH_OK;
    if (samples == NULL || output->data == NULL || !cph_size_aligned(workspace))
        return CPH_ERR_ARGUMENT;
    if (!cph_size_matrix(times, ld_samples, plan->elements, cph_type_size(plan->type)) ||
        !cph_bank_reachable(output, made, plan->info.channels, plan->elements))
        return CPH_ERR_OVERFLOW;
    static const enum cph_kernel_index rows[CPH_TYPE_COUNT] = {
        CPH_KERNEL_fir_c8, CPH_KERNEL_fir_c16, CPH_KERNEL_fir_c32};
    job j = {.plan = plan,
             .fir = (cph_fir_fn *)cph_kernel_bound(rows[plan->type]),
             .turn = CPH_BOUND(turn_c32),
             .workspace = workspace,
             .samples = samples,
             .ld_samples = ld_samples,
             .first = first,
             .times = made,
             .output = *output};
    const size_t block = CPH_BANK_TIMES * plan->info.oversample;
    (void)!worker_of(plan, &j.w);
    cph_exec_run(plan->exec, (made + block - 1) / block * plan->groups.count, run_tasks, &j);
    return CPH_OK;
}
