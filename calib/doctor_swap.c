/* SPDX-License-Identifier: MIT */
/* Pairs of channels that took each other's place, by the phases of the two against the rest. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "calib/doctor.h"
#include "calib/median.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"

/* Deviations of a normal variable over their median. */
static const double mad_to_sigma = 1.4826;
static const double sigma_least = 1e-6;
/* Of broken channels that look swapped by chance. */
static const double coincidence = 0.05;
/* Improvements this near are one. */
static const double tie = 1e-6;

typedef struct search {
    cph_doctor_data data;
    size_t sources;
    cph_c64 *v, *y;       /* [S][n] */
    cph_c64 *g;           /* [n] gain that stays with the data when positions are swapped */
    double *phase;        /* [n] absolute */
    double *scratch;      /* [n] */
    unsigned char *taken; /* [n] in a pair already */
    double flux[CPH_DOCTOR_SOURCES];
    double sigma, threshold;
    double within;   /* phases that are chance */
    size_t suspects; /* channels whose phases are not */
} search;

/* sum_s f_s conj(v_s,q) y_s,p: channel p against the model of channel q and all others. */
static cph_c64 against(const search *s, size_t p, size_t q, const cph_c64 *y)
{
    cph_c64 sum = {0.0, 0.0};
    for (size_t i = 0; i < s->sources; i++)
        sum = cph_c64_add(sum, cph_c64_scale(s->flux[i], cph_c64_mulc(y[i * s->data.n + p],
                                                                      s->v[i * s->data.n + q])));
    return sum;
}

/* The same without the baseline of the two. */
static cph_c64 apart(const search *s, size_t p, size_t model, size_t other)
{
    const size_t n = s->data.n;
    const cph_c64 c = s->data.c[p * n + other];
    return cph_c64_sub(against(s, p, model, s->y), cph_c64_mul(c, against(s, other, model, s->v)));
}

static double square_phase(cph_c64 z)
{
    const double phase = atan2(z.im, z.re);
    return phase * phase;
}

/* The chi-square of two channels as they are, and swapped in either way. */
static void chi_square(const search *s, size_t p, size_t q, double *now, double swapped[2])
{
    const double scale = 1.0 / (s->sigma * s->sigma);
    const cph_c64 a = apart(s, p, q, q), b = apart(s, q, p, p);
    const cph_c64 turn = cph_c64_mulc(s->g[q], s->g[p]);
    *now = scale * (square_phase(apart(s, p, p, q)) + square_phase(apart(s, q, q, p)));
    swapped[0] = scale * (square_phase(cph_c64_mul(a, turn)) + square_phase(cph_c64_mulc(b, turn)));
    swapped[1] = scale * (square_phase(a) + square_phase(b));
}

static void measure(search *s)
{
    const size_t n = s->data.n;
    cph_doctor_apply(&s->data, s->v, s->y);
    (void)cph_doctor_fit(&s->data, s->v, s->y, s->flux, NULL, NULL);
    for (size_t p = 0; p < n; p++) {
        const cph_c64 z = against(s, p, p, s->y);
        s->phase[p] = fabs(atan2(z.im, z.re));
    }
    memcpy(s->scratch, s->phase, n * sizeof *s->phase);
    s->sigma = fmax(mad_to_sigma * cph_median(s->scratch, n), sigma_least);
    s->within = s->sigma * sqrt(-2.0 * log(CPH_DOCTOR_CHANCE));
    s->suspects = 0;
    for (size_t p = 0; p < n; p++)
        s->suspects += s->phase[p] > s->within;
}

/* The best pair that is left; its indices in pair. */
static bool find(const search *s, cph_doctor_swap *best, size_t pair[2])
{
    const double suspects = (double)s->suspects;
    const double chance = suspects * (suspects - 1.0) / 2.0 * s->sigma * s->sigma / (4.0 * M_PI);
    bool found = false;
    for (size_t p = 0; p < s->data.n; p++)
        for (size_t q = p + 1; q < s->data.n; q++) {
            double now, swapped[2];
            if (s->taken[p] || s->taken[q] || fmin(s->phase[p], s->phase[q]) <= s->within)
                continue;
            chi_square(s, p, q, &now, swapped);
            const bool of_gains = swapped[1] < swapped[0] - tie;
            const double remaining = of_gains ? swapped[1] : swapped[0];
            if (now - remaining <= s->threshold || chance * remaining > coincidence ||
                (found && now - remaining <= best->improvement))
                continue;
            *best =
                (cph_doctor_swap){.channel = {s->data.channel[p], s->data.channel[q]},
                                  .of_gains = of_gains,
                                  .either = chance * fmax(swapped[0], swapped[1]) <= coincidence,
                                  .improvement = now - remaining,
                                  .remaining = remaining,
                                  .chance = chance * remaining};
            pair[0] = p;
            pair[1] = q;
            found = true;
        }
    return found;
}

/* Swaps the two in the model. */
static void apply(search *s, const cph_doctor_swap *swap, const size_t pair[2])
{
    const size_t n = s->data.n, p = pair[0], q = pair[1];
    const cph_c64 turn = cph_c64_mulc(s->g[p], s->g[q]);
    for (size_t i = 0; i < s->sources; i++) {
        cph_c64 *const v = s->v + i * n;
        const cph_c64 was = v[p];
        v[p] = swap->of_gains ? v[q] : cph_c64_mul(v[q], turn);
        v[q] = swap->of_gains ? was : cph_c64_mulc(was, turn);
    }
    s->taken[p] = s->taken[q] = 1;
}

/* ---- the whole ---- */

static cph_status search_open(const cph_doctor_problem *problem, const cph_convention *convention,
                              search *s, cph_error *error)
{
    cph_status status = cph_doctor_pack(problem, &s->data, error);
    if (status != CPH_OK)
        return status;
    const size_t n = s->data.n;
    size_t size;
    if (!cph_size_mul(problem->sources, n, &size) || size == 0)
        return cph_fail(error, CPH_ERR_OVERFLOW, "%zu elements do not fit", n);
    s->sources = problem->sources;
    s->v = calloc(size, sizeof *s->v);
    s->y = calloc(size, sizeof *s->y);
    s->g = calloc(n, sizeof *s->g);
    s->phase = calloc(n, 2 * sizeof *s->phase);
    s->scratch = s->phase == NULL ? NULL : s->phase + n;
    s->taken = calloc(n, 1);
    if (s->v == NULL || s->y == NULL || s->g == NULL || s->phase == NULL || s->taken == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "%zu elements: no memory", n);
    for (size_t p = 0; p < n; p++) {
        const cph_c64 g = cph_doctor_gain(problem, convention, s->data.channel[p]);
        const double size_of_gain = sqrt(cph_c64_power(g));
        s->g[p] = size_of_gain > 0.0 ? cph_c64_scale(1.0 / size_of_gain, g) : (cph_c64){1.0, 0.0};
    }
    const double pairs = (double)n * ((double)n - 1.0) * (problem->gain != NULL ? 1.0 : 0.5);
    s->threshold = 2.0 * log(pairs / CPH_DOCTOR_CHANCE);
    cph_doctor_vectors(&s->data, convention, s->v);
    for (size_t p = 0; p < n; p++)
        s->taken[p] = cph_c64_power(s->v[p]) == 0.0; /* has no place in the model */
    return CPH_OK;
}

static void search_close(search *s)
{
    cph_doctor_unpack(&s->data);
    free(s->v);
    free(s->y);
    free(s->g);
    free(s->phase);
    free(s->taken);
}

static bool is_convention(const cph_doctor_problem *problem, const cph_convention *c)
{
    return c != NULL && c->axes >= 0 && c->axes < CPH_AXES_COUNT && c->order >= 0 &&
           c->order <= CPH_ORDER_PAIRS && c->gains >= 0 && c->gains <= CPH_GAINS_NONE &&
           c->shift < problem->elements && c->reading < problem->readings && c->scale > 0.0;
}

cph_status cph_doctor_find_swaps(const cph_doctor_problem *problem,
                                 const cph_convention *convention, cph_doctor_swap *swap,
                                 cph_doctor_swaps *found, cph_error *error)
{
    if (!cph_doctor_valid(problem) || !is_convention(problem, convention) || swap == NULL ||
        found == NULL)
        return cph_fail(error, CPH_ERR_ARGUMENT, "a problem and a convention of it are needed");
    search s = {.sigma = 0.0};
    const cph_status status = search_open(problem, convention, &s, error);
    if (status == CPH_OK) {
        size_t pair[2] = {0, 0};
        cph_doctor_swap next;
        *found = (cph_doctor_swaps){.threshold = s.threshold};
        for (measure(&s); find(&s, &next, pair); measure(&s)) {
            apply(&s, &next, pair);
            swap[found->count++] = next;
        }
        found->phase_sigma_rad = s.sigma;
    }
    search_close(&s);
    return status;
}
