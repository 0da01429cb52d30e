/* SPDX-License-Identifier: MIT */
#include "cophase/dechannelize.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/adaptive/cholesky.h"
#include "kernels/channelize/dechannelize_plan.h"
#include "kernels/core/heap.h"

/* ---- the dual window ---- */

/* One remainder of n modulo D. */
typedef struct dual {
    const cph_channelize_info *bank;
    ptrdiff_t start;     /* g begins there */
    size_t times;        /* J */
    double *row;         /* [J] */
    cph_c64 *matrix, *x; /* [J][J], [J] */
} dual;

/* M h at place j of the remainder's g, shifted by s times M. */
static double shifted(const dual *d, size_t remainder, size_t j, ptrdiff_t s)
{
    const ptrdiff_t at =
        d->start + (ptrdiff_t)(remainder + j * d->bank->step) + s * (ptrdiff_t)d->bank->channels;
    return at < 0 || at >= (ptrdiff_t)d->bank->length
               ? 0.0
               : (double)d->bank->channels * (double)d->bank->prototype[at];
}

/* Shifts by which some h meets some g: |s| up to this. */
static ptrdiff_t most_shifts(const dual *d)
{
    return (ptrdiff_t)(d->times / d->bank->oversample + d->bank->taps + 1);
}

static void fill_row(const dual *d, size_t remainder, ptrdiff_t s)
{
    for (size_t j = 0; j < d->times; j++)
        d->row[j] = shifted(d, remainder, j, s);
}

/* Normal equations; what h does not see keeps g small. */
static bool solve(const dual *d, size_t remainder, float *g)
{
    const double least = 1e-10;
    const size_t n = d->times, step = d->bank->step;
    const ptrdiff_t most = most_shifts(d);
    memset(d->matrix, 0, n * n * sizeof *d->matrix);
    for (ptrdiff_t s = -most; s <= most; s++) {
        fill_row(d, remainder, s);
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j <= i; j++)
                d->matrix[i * n + j].re += d->row[i] * d->row[j];
    }
    double trace = 0.0;
    for (size_t i = 0; i < n; i++)
        trace += d->matrix[i * n + i].re;
    for (size_t i = 0; i < n; i++)
        d->matrix[i * n + i].re += least * trace / (double)n;
    fill_row(d, remainder, 0);
    for (size_t j = 0; j < n; j++)
        d->x[j] = (cph_c64){d->row[j], 0.0};
    size_t row;
    if (cph_cholesky_factor(n, d->matrix, &row) < CPH_LEAST_PIVOT)
        return false;
    cph_cholesky_forward(n, d->matrix, d->x);
    cph_cholesky_backward(n, d->matrix, d->x);
    for (size_t j = 0; j < n; j++)
        g[remainder + j * step] = (float)d->x[j].re;
    return true;
}

/* Power of x' - x, for a white x of power 1, at n of the remainder. */
static double lost(const dual *d, size_t remainder, const float *g)
{
    const ptrdiff_t most = most_shifts(d);
    double sum = 0.0;
    for (ptrdiff_t s = -most; s <= most; s++) {
        double value = s == 0 ? -1.0 : 0.0;
        fill_row(d, remainder, s);
        for (size_t j = 0; j < d->times; j++)
            value += d->row[j] * (double)g[remainder + j * d->bank->step];
        sum += value * value;
    }
    return sum;
}

static double power(const float *h, size_t count)
{
    double sum = 0.0;
    for (size_t i = 0; i < count; i++)
        sum += (double)h[i] * (double)h[i];
    return sum;
}

/* g as solved is in the order of n; the FIR goes through channel times as they come. */
static bool design(const dual *d, float *g, cph_dechannelize_info *info)
{
    const size_t step = d->bank->step, length = d->times * step;
    double sum = 0.0;
    for (size_t r = 0; r < step; r++) {
        if (!solve(d, r, g))
            return false;
        sum += lost(d, r, g);
    }
    info->error_db = 10.0 * log10(fmax(sum / (double)step, 1e-30));
    /* M channels of noise of power sum h^2 each, D samples apart. */
    const double noise = power(g, length) * power(d->bank->prototype, d->bank->length) *
                         (double)d->bank->channels / (double)step;
    info->noise_db = 10.0 * log10(noise);
    return true;
}

static cph_status make_window(const cph_channelize_info *bank, cph_dechannelize_plan *plan)
{
    const size_t wider = bank->oversample == 1 ? 3 : 1;
    const size_t n = wider * bank->taps * bank->oversample, length = n * bank->step;
    const ptrdiff_t start = -(ptrdiff_t)((wider - 1) / 2 * bank->length);
    dual d = {.bank = bank, .start = start, .times = n};
    d.row = malloc(n * sizeof *d.row);
    d.matrix = malloc((n + 1) * n * sizeof *d.matrix);
    float *const g = calloc(length, sizeof *g);
    plan->window = malloc(length * sizeof *plan->window);
    plan->info = (cph_dechannelize_info){.step = bank->step, .times = n};
    plan->info.first = start + (ptrdiff_t)((n - 1) * bank->step);
    cph_status status = CPH_ERR_MEMORY;
    if (d.row != NULL && d.matrix != NULL && g != NULL && plan->window != NULL) {
        d.x = d.matrix + n * n;
        status = design(&d, g, &plan->info) ? CPH_OK : CPH_ERR_SINGULAR;
        for (size_t q = 0; status == CPH_OK && q < n; q++)
            memcpy(plan->window + q * bank->step, g + (n - 1 - q) * bank->step,
                   bank->step * sizeof *g);
    }
    free(d.row);
    free(d.matrix);
    free(g);
    return status;
}

/* ---- plan ---- */

cph_status cph_dechannelize_create(const cph_channelize_config *config,
                                   cph_dechannelize_plan **plan)
{
    cph_channelize_plan *bank = NULL;
    if (config == NULL || plan == NULL)
        return CPH_ERR_ARGUMENT;
    cph_channelize_config floats = *config;
    floats.type = CPH_C32;
    cph_status status = cph_channelize_create(&floats, &bank);
    if (status != CPH_OK)
        return status;
    cph_dechannelize_plan *const made = calloc(1, sizeof *made);
    status = made == NULL ? CPH_ERR_MEMORY : CPH_OK;
    if (status == CPH_OK) {
        made->elements = bank->elements;
        made->channels = bank->info.channels;
        made->oversample = bank->info.oversample;
        made->middle = bank->info.length / 2;
        made->exec = bank->exec;
        status = make_window(&bank->info, made);
    }
    if (status == CPH_OK)
        status =
            cph_bank_groups_make(made->elements, made->channels, 1, config->quick, &made->groups);
    cph_channelize_destroy(bank);
    if (status == CPH_OK)
        *plan = made;
    else
        cph_dechannelize_destroy(made);
    return status;
}

void cph_dechannelize_destroy(cph_dechannelize_plan *plan)
{
    if (plan == NULL)
        return;
    cph_bank_groups_free(&plan->groups);
    free(plan->window);
    free(plan);
}

cph_status cph_dechannelize_describe(const cph_dechannelize_plan *plan, cph_dechannelize_info *info)
{
    if (plan == NULL || info == NULL)
        return CPH_ERR_ARGUMENT;
    *info = plan->info;
    return CPH_OK;
}
