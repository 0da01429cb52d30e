/* SPDX-License-Identifier: MIT */
#include "cophase/lattice.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/beamform/lattice_kernel.h"
#include "kernels/core/bits.h"
#include "kernels/core/exec.h"
#include "kernels/core/heap.h"
#include "kernels/core/kernels.h"

static size_t channels_of(const cph_lattice_config *config)
{
    return config->channels == 0 ? 1 : config->channels;
}

static cph_c32 coefficient_of(const cph_lattice_config *config, size_t channel, size_t n)
{
    return config->coefficient == NULL ? (cph_c32){1.0f, 0.0f}
                                       : config->coefficient[channel * config->elements + n];
}

/* value modulo size, in [0, size). */
static size_t wrap(int64_t value, size_t size)
{
    const int64_t s = (int64_t)size, rest = value % s;
    return (size_t)(rest < 0 ? rest + s : rest);
}

/* c_n exp(2 pi j (p i / P + q j / Q)): the fraction of a turn is that of integers. */
static cph_c32 turned(const cph_lattice_config *config, size_t channel, size_t n, int64_t p,
                      int64_t q)
{
    const int32_t *const site = config->site + 2 * n;
    const cph_c32 c = coefficient_of(config, channel, n);
    const double turns =
        (double)wrap(p * (int64_t)wrap(site[0], config->beams_a), config->beams_a) /
            (double)config->beams_a +
        (double)wrap(q * (int64_t)wrap(site[1], config->beams_b), config->beams_b) /
            (double)config->beams_b;
    const double re = cos(2.0 * M_PI * turns), im = sin(2.0 * M_PI * turns);
    return (cph_c32){(float)((double)c.re * re - (double)c.im * im),
                     (float)((double)c.re * im + (double)c.im * re)};
}

/* ---- direct ---- */

static cph_status create_direct(const cph_lattice_config *config, cph_lattice_plan *plan)
{
    const size_t n = plan->elements, channels = plan->channels, beams_a = plan->beams_a;
    const cph_beamform_config direct = {.elements = n,
                                        .beams = beams_a * plan->beams_b,
                                        .channels = channels,
                                        .type = plan->type,
                                        .weight_bits = config->weight_bits,
                                        .exec = plan->exec};
    size_t count;
    if (!cph_size_mul(direct.beams, channels, &count) || !cph_size_mul(count, n, &count) ||
        !cph_size_mul(count, sizeof(cph_c32), &count))
        return CPH_ERR_OVERFLOW;
    cph_c32 *const weights = cph_heap_aligned(count);
    if (weights == NULL)
        return CPH_ERR_MEMORY;
    for (size_t b = 0; b < direct.beams; b++)
        for (size_t c = 0; c < channels; c++)
            for (size_t i = 0; i < n; i++)
                weights[(b * channels + c) * n + i] =
                    turned(config, c, i, (int64_t)(b % beams_a) - (int64_t)(beams_a / 2),
                           (int64_t)(b / beams_a) - (int64_t)(plan->beams_b / 2));
    const cph_status status = cph_beamform_create(&direct, weights, n, &plan->direct);
    free(weights);
    return status;
}

/* ---- FFT ---- */

/* y = sum_n conj(w_n) x_n, and the transform's own index is p + P/2: what is left for the element
 * is the conjugate of c_n turned by beam (-P/2, -Q/2). */
static void fill_coefficients(const cph_lattice_config *config, cph_lattice_plan *plan)
{
    for (size_t c = 0; c < plan->channels; c++) {
        float *const straight = plan->coefficient + 2 * c * plan->parts;
        float *const crossed = straight + plan->parts;
        memset(straight, 0, 2 * plan->parts * sizeof *straight);
        for (size_t n = 0; n < plan->elements; n++) {
            const cph_c32 w =
                turned(config, c, n, -(int64_t)(plan->beams_a / 2), -(int64_t)(plan->beams_b / 2));
            straight[2 * n] = straight[2 * n + 1] = w.re;
            crossed[2 * n] = w.im;
            crossed[2 * n + 1] = -w.im;
        }
    }
}

static size_t cell_of(const cph_lattice_config *config, size_t n)
{
    return wrap(config->site[2 * n + 1], config->beams_b) * config->beams_a +
           wrap(config->site[2 * n], config->beams_a);
}

static bool is_live(const cph_lattice_config *config, size_t channel, size_t n)
{
    const cph_c32 c = coefficient_of(config, channel, n);
    return c.re != 0.0f || c.im != 0.0f;
}

static void find_stretches(const cph_lattice_config *config, cph_lattice_plan *plan)
{
    size_t count = 0;
    for (size_t c = 0; c < plan->channels; c++) {
        plan->first[c] = count;
        for (size_t n = 0; n < plan->elements; n++) {
            if (!is_live(config, c, n))
                continue;
            const size_t cell = cell_of(config, n);
            cph_lattice_stretch *const last = plan->stretch + count - 1;
            if (count > plan->first[c] && last->element + last->count == n &&
                last->cell + last->count == cell)
                last->count++;
            else
                plan->stretch[count++] = (cph_lattice_stretch){n, cell, 1};
        }
    }
    plan->first[plan->channels] = count;
}

/* The shortest way round the grid over all rows on which elements stand; used [Q]. */
static void span_of_rows(const cph_lattice_config *config, unsigned char *used, size_t *first,
                         size_t *rows)
{
    const size_t q = config->beams_b;
    for (size_t n = 0; n < config->elements; n++)
        used[wrap(config->site[2 * n + 1], q)] = 1;
    size_t start = 0;
    while (!used[start])
        start++;
    /* The longest gap before a used row begins behind the last one in the span. */
    size_t gap = 0, longest = 0;
    *first = start;
    for (size_t k = 1; k <= q; k++) {
        const size_t row = (start + k) % q;
        gap = used[row] ? gap : gap + 1;
        if (used[row] && gap > longest) {
            longest = gap;
            *first = row;
        }
        gap = used[row] ? 0 : gap;
    }
    *rows = q - longest;
}

static cph_status create_fft(const cph_lattice_config *config, cph_lattice_plan *plan)
{
    size_t live;
    if (!cph_size_align(2 * plan->elements, CPH_APPLY_PADDING, &plan->parts) ||
        !cph_size_mul(plan->channels, plan->elements, &live))
        return CPH_ERR_OVERFLOW;
    size_t coefficients, stretches, cells = plan->beams_a * plan->beams_b;
    if (!cph_size_mul(2 * plan->channels * sizeof(float), plan->parts, &coefficients) ||
        !cph_size_mul(live, sizeof *plan->stretch, &stretches))
        return CPH_ERR_OVERFLOW;
    plan->coefficient = cph_heap_aligned(coefficients);
    plan->stretch = malloc(stretches + 1);
    plan->first = calloc(plan->channels + 1, sizeof *plan->first);
    unsigned char *const used = calloc(cells, 1);
    cph_status status = CPH_ERR_MEMORY;
    if (plan->coefficient != NULL && plan->stretch != NULL && plan->first != NULL && used != NULL) {
        fill_coefficients(config, plan);
        find_stretches(config, plan);
        for (size_t n = 0; n < plan->elements; n++)
            plan->folded |= used[cell_of(config, n)]++ != 0;
        memset(used, 0, cells);
        size_t first, rows;
        span_of_rows(config, used, &first, &rows);
        status = cph_lattice_fft_create(plan->beams_a, plan->beams_b, first, rows, config->quick,
                                        &plan->fft);
    }
    free(used);
    return status;
}

/* ---- plan ---- */

static cph_status check(const cph_lattice_config *config)
{
    if (config == NULL || config->elements == 0 || config->site == NULL || config->beams_a == 0 ||
        config->beams_b == 0 || cph_type_size(config->type) == 0 ||
        config->method > CPH_LATTICE_DIRECT)
        return CPH_ERR_ARGUMENT;
    const unsigned bits = config->weight_bits;
    if (bits != 0 && bits != 8 && bits != 16 && bits != 32)
        return CPH_ERR_ARGUMENT;
    size_t cells, values;
    if (config->beams_a > INT_MAX || config->beams_b > INT_MAX ||
        !cph_size_mul(config->beams_a, config->beams_b, &cells) ||
        cells > PTRDIFF_MAX / sizeof(cph_c32) || config->elements > PTRDIFF_MAX / 16 ||
        !cph_size_mul(channels_of(config), config->elements, &values) || values > PTRDIFF_MAX / 16)
        return CPH_ERR_OVERFLOW;
    for (size_t i = 0; config->coefficient != NULL && i < values; i++)
        if (!cph_finite_f32(config->coefficient[i].re) ||
            !cph_finite_f32(config->coefficient[i].im))
            return CPH_ERR_NOT_FINITE;
    return CPH_OK;
}

cph_status cph_lattice_create(const cph_lattice_config *config, cph_lattice_plan **plan)
{
    cph_status status = check(config);
    if (status == CPH_OK && plan == NULL)
        status = CPH_ERR_ARGUMENT;
    if (status != CPH_OK)
        return status;
    cph_lattice_plan *const made = malloc(sizeof *made);
    if (made == NULL)
        return CPH_ERR_MEMORY;
    *made = (cph_lattice_plan){.elements = config->elements,
                               .channels = channels_of(config),
                               .beams_a = config->beams_a,
                               .beams_b = config->beams_b,
                               .type = config->type,
                               .exec = config->exec,
                               .info = {.method = config->method,
                                        .fft_s = cph_lattice_cost_fft(config),
                                        .direct_s = cph_lattice_cost_direct(config)}};
    if (config->method == CPH_LATTICE_AUTO)
        made->info.method =
            made->info.fft_s < made->info.direct_s ? CPH_LATTICE_FFT : CPH_LATTICE_DIRECT;
    status = made->info.method == CPH_LATTICE_FFT ? create_fft(config, made)
                                                  : create_direct(config, made);
    if (status == CPH_OK)
        *plan = made;
    else
        cph_lattice_destroy(made);
    return status;
}

void cph_lattice_destroy(cph_lattice_plan *plan)
{
    if (plan == NULL)
        return;
    cph_beamform_destroy(plan->direct);
    cph_lattice_fft_destroy(plan->fft);
    free(plan->coefficient);
    free(plan->stretch);
    free(plan->first);
    free(plan);
}

cph_status cph_lattice_describe(const cph_lattice_plan *plan, cph_lattice_info *info)
{
    if (plan == NULL || info == NULL)
        return CPH_ERR_ARGUMENT;
    *info = plan->info;
    return CPH_OK;
}
