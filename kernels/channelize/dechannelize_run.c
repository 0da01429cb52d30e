/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "kernels/channelize/dechannelize_plan.h"
#include "kernels/core/exec.h"
#include "kernels/core/kernels.h"
#include "kernels/core/size.h"

/* Channel times that are transformed before they are summed. */
enum { BLOCK = 16 };

/* Lines of a worker before and after the transform [element][channel], for each worker; behind them
 * rows [J - 1 + BLOCK][M][N] of transformed channel times. */
typedef struct layout {
    size_t after, worker, rows, bytes;
} layout;

static bool lay_out(const cph_dechannelize_plan *plan, layout *l)
{
    size_t line, row, workers, own = 0, before;
    return cph_size_mul(plan->channels, plan->groups.group, &line) &&
           cph_size_mul(plan->channels, plan->elements, &row) &&
           cph_size_mul(row, plan->info.times - 1 + BLOCK, &row) &&
           cph_size_place(&own, line, sizeof(cph_c32), &before) &&
           cph_size_place(&own, line, sizeof(cph_c32), &l->after) &&
           cph_size_align(own, CPH_ALIGNMENT, &l->worker) &&
           cph_size_mul(l->worker, cph_exec_threads(plan->exec), &workers) &&
           cph_size_place(&workers, row, sizeof(cph_c32), &l->rows) &&
           cph_size_align(workers, CPH_ALIGNMENT, &l->bytes);
}

size_t cph_dechannelize_workspace_size(const cph_dechannelize_plan *plan)
{
    layout l;
    return plan != NULL && lay_out(plan, &l) ? l.bytes : 0;
}

typedef struct job {
    const cph_dechannelize_plan *plan;
    cph_fir_fn *fir;
    cph_turn_fn *turn;
    unsigned char *workspace;
    layout l;
    cph_c32 *rows;
    cph_channelize_output input;
    size_t from;       /* number of channel time 0 */
    size_t done, held; /* channel times before the block; rows that stand before it */
    cph_c32 *samples;
    size_t ld_samples;
} job;

/* Task i: a channel time of the block, a group of elements. */
static void run_transforms(void *context, size_t begin, size_t end, size_t worker)
{
    const job *const j = context;
    const cph_bank_groups *const groups = &j->plan->groups;
    const size_t m = j->plan->channels, low = m / 2, n = j->plan->elements;
    unsigned char *const own = j->workspace + worker * j->l.worker;
    cph_c32 *const before = (void *)own, *const after = cph_size_at(own, j->l.after);
    for (size_t i = begin; i < end; i++) {
        const size_t time = i / groups->count, group = i % groups->count;
        const size_t element = group * groups->group, elements = cph_bank_group(groups, group);
        const cph_c32 *const y = j->input.data + (j->done + time) * j->input.ld_time + element;
        j->turn(low, elements, y, j->input.ld_channel, before + (m - low), m);
        j->turn(m - low, elements, y + low * j->input.ld_channel, j->input.ld_channel, before, m);
        cph_bank_fft_run(cph_bank_transform(groups, group), before, after);
        j->turn(elements, m, after, m, j->rows + (j->held + time) * m * n + element, n);
    }
}

/* Samples [begin, begin + count) of D out of the rows from `row` on, whose positions begin at
 * `place`. */
static void sum(const job *j, size_t row, size_t begin, size_t count, size_t place, cph_c32 *out)
{
    const size_t m = j->plan->channels, parts = 2 * j->plan->elements;
    const cph_fir f = {.taps = j->plan->info.times,
                       .times = 1,
                       .runs = count,
                       .length = parts,
                       .step = m * parts,
                       .run_step = parts,
                       .coefficient = j->plan->window + begin,
                       .ld_coefficient = j->plan->info.step,
                       .ld_out = parts};
    if (count > 0)
        j->fir(&f, j->rows + (row * m + place) * j->plan->elements, &out->re);
}

/* Task i: the D samples that end with row i of those from J - 1 on. A sample of number n takes
 * position (n - c) modulo M, which wraps once at most; without gaps between rows of the output it
 * is written in place, else run by run. */
static void run_sums(void *context, size_t begin, size_t end, size_t worker)
{
    const job *const j = context;
    const cph_dechannelize_info *const info = &j->plan->info;
    const size_t m = j->plan->channels, n = j->plan->elements, d = info->step;
    (void)worker;
    for (size_t i = begin; i < end; i++) {
        const size_t made = j->done - j->held + i;
        const size_t number = (j->from + made) % j->plan->oversample * d;
        /* info.first - c modulo M: first is a multiple of D from -L on. */
        const size_t first = (size_t)(info->first + (ptrdiff_t)(info->times * m));
        const size_t place = (first + number + m * info->times - j->plan->middle) % m;
        const size_t straight = cph_size_min(d, m - place);
        cph_c32 *const out = j->samples + made * d * j->ld_samples;
        if (j->ld_samples == n) {
            sum(j, i, 0, straight, place, out);
            sum(j, i, straight, d - straight, 0, out + straight * n);
            continue;
        }
        for (size_t r = 0; r < d; r++)
            sum(j, i, r, 1, (place + r) % m, out + r * j->ld_samples);
    }
}

static void run_blocks(job *j, size_t times)
{
    const cph_dechannelize_plan *const plan = j->plan;
    const size_t row = plan->channels * plan->elements, most = plan->info.times - 1;
    while (j->done < times) {
        const size_t block = cph_size_min(BLOCK, times - j->done);
        cph_exec_run(plan->exec, block * plan->groups.count, run_transforms, j);
        const size_t rows = j->held + block, made = rows > most ? rows - most : 0;
        cph_exec_run(plan->exec, made, run_sums, j);
        memmove(j->rows, j->rows + made * row, (rows - made) * row * sizeof *j->rows);
        j->held = rows - made;
        j->done += block;
    }
}

cph_status cph_dechannelize_run(const cph_dechannelize_plan *plan, void *workspace,
                                const cph_channelize_output *input, size_t times, size_t from,
                                cph_c32 *samples, size_t ld_samples)
{
    if (plan == NULL || input == NULL || ld_samples < plan->elements ||
        input->ld_channel < plan->elements || input->ld_time < plan->elements)
        return CPH_ERR_ARGUMENT;
    if (times < plan->info.times || plan->groups.count == 0)
        return CPH_OK;
    if (input->data == NULL || samples == NULL || !cph_size_aligned(workspace))
        return CPH_ERR_ARGUMENT;
    size_t made;
    if (!cph_size_mul(times - plan->info.times + 1, plan->info.step, &made) ||
        !cph_size_matrix(made, ld_samples, plan->elements, sizeof *samples) ||
        !cph_bank_reachable(input, times, plan->channels, plan->elements))
        return CPH_ERR_OVERFLOW;
    job j = {.plan = plan,
             .fir = CPH_BOUND(fir_c32),
             .turn = CPH_BOUND(turn_c32),
             .workspace = workspace,
             .input = *input,
             .from = from,
             .samples = samples,
             .ld_samples = ld_samples};
    (void)!lay_out(plan, &j.l);
    j.rows = cph_size_at(workspace, j.l.rows);
    run_blocks(&j, times);
    return CPH_OK;
}
