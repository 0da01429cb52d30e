/* SPDX-License-Identifier: MIT */
#include "calib/system.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/core/c64.h"
#include "kernels/core/fail.h"
#include "kernels/core/heap.h"

/* Below this many elements amplitudes and phases are not determined with anything to spare. */
enum { LIVE_MIN = 4 };
/* How far R may be from Hermitian, beside its powers. */
static const double askew = 1e-3;

static double distance_wl(const cph_gain_problem *problem, size_t i, size_t j)
{
    const double *a = problem->position + 3 * i, *b = problem->position + 3 * j;
    double x = a[0] - b[0], y = a[1] - b[1], z = a[2] - b[2];
    return sqrt(x * x + y * y + z * z) * problem->freq_hz / CPH_SPEED_OF_LIGHT;
}

/* Weight of the baseline between elements i and j of the problem; 0 where it is not used. */
static double baseline_weight(const cph_gain_problem *problem, size_t i, size_t j)
{
    double length = distance_wl(problem, i, j);
    if (length < problem->min_baseline_wl ||
        (problem->max_baseline_wl > 0.0 && length > problem->max_baseline_wl))
        return 0.0;
    return problem->weight == NULL ? 1.0 : problem->weight[i * problem->elements + j];
}

/* Flags elements without power, then those without a baseline to a live one. */
static void flag_hopeless(const cph_gain_problem *problem, unsigned char *flag)
{
    for (size_t i = 0; problem->has_diagonal && i < problem->elements; i++)
        if (flag[i] == 0 && problem->r[i * problem->ld + i].re <= 0.0)
            flag[i] = CPH_FLAG_DEAD;
    for (size_t i = 0; i < problem->elements; i++) {
        bool joined = false;
        for (size_t j = 0; flag[i] == 0 && !joined && j < problem->elements; j++)
            joined = j != i && flag[j] == 0 && baseline_weight(problem, i, j) > 0.0;
        if (flag[i] == 0 && !joined)
            flag[i] = CPH_FLAG_UNSOLVED;
    }
}

static cph_status allocate(size_t n, const cph_gain_problem *problem, cph_system *s,
                           cph_error *error)
{
    const size_t sources = problem->sources;
    const size_t held = problem->fit_directions ? problem->model == NULL : sources;
    size_t square, steering, slopes, bytes = 0, at[12];
    bool fits =
        cph_size_mul(n, n, &square) && cph_size_mul(n, sources, &steering) &&
        cph_size_mul(2 * n, sources - held, &slopes) &&
        cph_size_place(&bytes, n, sizeof *s->element, &at[0]) &&
        cph_size_place(&bytes, n, sizeof *s->scale, &at[1]) &&
        cph_size_place(&bytes, square, sizeof *s->r, &at[2]) &&
        cph_size_place(&bytes, square, sizeof *s->weight, &at[3]) &&
        cph_size_place(&bytes, square, sizeof *s->robust, &at[4]) &&
        cph_size_place(&bytes, steering, sizeof *s->a, &at[5]) &&
        cph_size_place(&bytes, square, sizeof *s->m, &at[6]) &&
        cph_size_place(&bytes, sources, sizeof *s->flux, &at[7]) &&
        cph_size_place(&bytes, problem->model != NULL ? square : 0, sizeof *s->base, &at[8]) &&
        cph_size_place(&bytes, n, 3 * sizeof *s->position, &at[9]) &&
        cph_size_place(&bytes, sources, 3 * sizeof *s->direction, &at[10]) &&
        cph_size_place(&bytes, slopes, sizeof *s->slope, &at[11]);
    if (!fits) {
        cph_fail(error, CPH_ERR_OVERFLOW, "%zu elements are too many", n);
        return CPH_ERR_OVERFLOW;
    }
    char *memory = cph_heap_aligned(bytes);
    if (memory == NULL) {
        cph_fail(error, CPH_ERR_MEMORY, "no memory for %zu elements (%zu bytes)", n, bytes);
        return CPH_ERR_MEMORY;
    }
    memset(memory, 0, bytes);
    *s = (cph_system){.n = n, .sources = sources, .held = held, .nu = INFINITY, .memory = memory};
    s->element = cph_size_at(memory, at[0]);
    s->scale = cph_size_at(memory, at[1]);
    s->r = cph_size_at(memory, at[2]);
    s->weight = cph_size_at(memory, at[3]);
    s->robust = cph_size_at(memory, at[4]);
    s->a = cph_size_at(memory, at[5]);
    s->m = cph_size_at(memory, at[6]);
    s->flux = cph_size_at(memory, at[7]);
    s->base = problem->model != NULL ? cph_size_at(memory, at[8]) : NULL;
    s->position = cph_size_at(memory, at[9]);
    s->direction = cph_size_at(memory, at[10]);
    s->slope = cph_size_at(memory, at[11]);
    return CPH_OK;
}

/* Autocorrelations, or the mean modulus of all entries: then every element has the same. */
static cph_status fill_scale(const cph_gain_problem *problem, cph_system *s, cph_error *error)
{
    double sum = 0.0;
    for (size_t p = 0; p < s->n; p++)
        for (size_t q = p + 1; q < s->n; q++)
            if (s->weight[p * s->n + q] > 0.0)
                sum += sqrt(cph_c64_power(problem->r[s->element[p] * problem->ld + s->element[q]]));
    double mean = sum / (double)s->baselines;
    for (size_t p = 0; p < s->n; p++) {
        double power = problem->r[s->element[p] * problem->ld + s->element[p]].re;
        if (problem->has_diagonal && !isfinite(power))
            return cph_fail(error, CPH_ERR_NOT_FINITE,
                            "autocorrelation of element %zu is not finite", s->element[p]);
        s->scale[p] = sqrt(problem->has_diagonal ? power : mean > 0.0 ? mean : 1.0);
    }
    return CPH_OK;
}

static void fill_weights(const cph_gain_problem *problem, cph_system *s)
{
    for (size_t p = 0; p < s->n; p++)
        for (size_t q = p + 1; q < s->n; q++) {
            double w = baseline_weight(problem, s->element[p], s->element[q]);
            s->weight[p * s->n + q] = w;
            s->baselines += w > 0.0;
        }
    memcpy(s->robust, s->weight, s->n * s->n * sizeof *s->robust);
}

/* Whether (p, q) and (q, p) agree, within what rounding of single precision explains many times
 * over; size: of a covariance beside them. */
static bool hermitian(cph_c64 upper, cph_c64 lower, double size)
{
    return cph_c64_power(cph_c64_sub(upper, cph_c64_conj(lower))) <= askew * askew * size * size;
}

static cph_status fill_data(const cph_gain_problem *problem, cph_system *s, cph_error *error)
{
    for (size_t p = 0; p < s->n; p++)
        for (size_t q = p + 1; q < s->n; q++) {
            size_t i = s->element[p], j = s->element[q], at = p * s->n + q;
            if (s->weight[at] <= 0.0)
                continue;
            cph_c64 value = problem->r[i * problem->ld + j],
                    lower = problem->r[j * problem->ld + i];
            double size = fmax(s->scale[p] * s->scale[q], sqrt(cph_c64_power(value)));
            if (!cph_c64_finite(value) || !cph_c64_finite(lower) || !isfinite(s->weight[at]))
                return cph_fail(error, CPH_ERR_NOT_FINITE,
                                "baseline of elements %zu and %zu is not finite", i, j);
            if (!hermitian(value, lower, size))
                return cph_fail(error, CPH_ERR_ARGUMENT,
                                "R is not Hermitian: (%zu, %zu) is %.4g%+.4gj, (%zu, %zu) is "
                                "%.4g%+.4gj, expected its conjugate",
                                i, j, value.re, value.im, j, i, lower.re, lower.im);
            s->r[at] = cph_c64_scale(1.0 / (s->scale[p] * s->scale[q]), value);
            s->total += s->weight[at] * cph_c64_power(s->r[at]);
        }
    return CPH_OK;
}

static cph_status fill_base(const cph_gain_problem *problem, cph_system *s, cph_error *error)
{
    if (s->base == NULL || problem->model == NULL)
        return CPH_OK;
    for (size_t p = 0; p < s->n; p++)
        for (size_t q = p + 1; q < s->n; q++) {
            size_t i = s->element[p], j = s->element[q];
            cph_c64 value = problem->model[i * problem->ld + j];
            if (s->weight[p * s->n + q] <= 0.0)
                continue;
            if (!cph_c64_finite(value))
                return cph_fail(error, CPH_ERR_NOT_FINITE,
                                "model of elements %zu and %zu is not finite", i, j);
            s->base[p * s->n + q] = value;
        }
    return CPH_OK;
}

static cph_status fill_steering(const cph_gain_problem *problem, cph_system *s, cph_error *error)
{
    s->freq_hz = problem->freq_hz;
    for (size_t p = 0; p < s->n; p++)
        memcpy(s->position + 3 * p, problem->position + 3 * s->element[p], 3 * sizeof(double));
    if (s->sources > 0)
        memcpy(s->direction, problem->direction, 3 * s->sources * sizeof(double));
    cph_status status = cph_system_steer(s);
    return status == CPH_OK ? CPH_OK
                            : cph_fail(error, status,
                                       "steering vectors: %s (positions, "
                                       "frequency and directions must be finite)",
                                       cph_status_name(status));
}

/* Whether chains of used baselines join all elements: relative phases are undefined otherwise. */
static cph_status check_joined(const cph_system *s, cph_error *error)
{
    size_t *queue = calloc(s->n, sizeof *queue), count = 1;
    bool *reached = calloc(s->n, sizeof *reached);
    if (queue == NULL || reached == NULL) {
        free(queue);
        free(reached);
        return cph_fail(error, CPH_ERR_MEMORY, "no memory for %zu elements", s->n);
    }
    reached[0] = true;
    for (size_t k = 0; k < count; k++)
        for (size_t q = 0; q < s->n; q++) {
            size_t p = queue[k], at = p < q ? p * s->n + q : q * s->n + p;
            if (reached[q] || s->weight[at] <= 0.0)
                continue;
            reached[q] = true;
            queue[count++] = q;
        }
    free(queue);
    free(reached);
    return count == s->n ? CPH_OK
                         : cph_fail(error, CPH_ERR_TOO_FEW,
                                    "baselines in use join only %zu of %zu elements", count, s->n);
}

static cph_status fill(const cph_gain_problem *problem, cph_system *s, cph_error *error)
{
    fill_weights(problem, s);
    cph_status status = check_joined(s, error);
    if (status == CPH_OK)
        status = fill_scale(problem, s, error);
    if (status == CPH_OK)
        status = fill_data(problem, s, error);
    if (status == CPH_OK)
        status = fill_base(problem, s, error);
    if (status == CPH_OK)
        status = fill_steering(problem, s, error);
    for (size_t i = 0; i < s->sources; i++)
        s->flux[i] = problem->flux == NULL ? (double)(s->base == NULL) : problem->flux[i];
    if (status == CPH_OK)
        cph_system_model(s);
    return status;
}

/* The system of the elements with flag 0, `live` of them. */
static cph_status build(const cph_gain_problem *problem, const unsigned char *flag, size_t live,
                        cph_system *s, cph_error *error)
{
    cph_status status = allocate(live, problem, s, error);
    if (status != CPH_OK)
        return status;
    s->fit = problem->flux == NULL && problem->sources > (problem->model == NULL);
    s->absolute = problem->flux != NULL || problem->model != NULL;
    s->diagonal = problem->has_diagonal;
    for (size_t i = 0, p = 0; i < problem->elements; i++)
        if (flag[i] == 0)
            s->element[p++] = i;
    status = fill(problem, s, error);
    if (status != CPH_OK)
        cph_system_free(s);
    return status;
}

cph_status cph_system_create(const cph_gain_problem *problem, unsigned char *flag,
                             cph_system *system, cph_error *error)
{
    unsigned char *flags = malloc(problem->elements);
    if (flags == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "no memory for %zu flags", problem->elements);
    memcpy(flags, flag, problem->elements);
    flag_hopeless(problem, flags);
    size_t live = 0;
    for (size_t i = 0; i < problem->elements; i++)
        live += flags[i] == 0;
    cph_system s = {0};
    cph_status status =
        live < LIVE_MIN
            ? cph_fail(error, CPH_ERR_TOO_FEW,
                       "%zu of %zu elements are live and have baselines in use: at least %d "
                       "are needed",
                       live, problem->elements, LIVE_MIN)
            : build(problem, flags, live, &s, error);
    if (status == CPH_OK) {
        memcpy(flag, flags, problem->elements);
        *system = s;
    }
    free(flags);
    return status;
}

void cph_system_free(cph_system *system)
{
    free(system->memory);
    *system = (cph_system){0};
}

void cph_system_model(cph_system *s)
{
    for (size_t p = 0; p < s->n; p++)
        for (size_t q = p + 1; q < s->n; q++) {
            cph_c64 sum = s->base != NULL ? s->base[p * s->n + q] : (cph_c64){0.0, 0.0};
            for (size_t i = 0; i < s->sources; i++) {
                const cph_c64 *a = s->a + i * s->n;
                sum = cph_c64_add(sum, cph_c64_scale(s->flux[i], cph_c64_mulc(a[p], a[q])));
            }
            s->m[p * s->n + q] = sum;
        }
}

double cph_system_residual(const cph_system *s, const double *weight, const cph_c64 *g,
                           double *square)
{
    double sum = 0.0;
    size_t count = 0;
    for (size_t p = 0; p < s->n; p++)
        for (size_t q = p + 1; q < s->n; q++) {
            size_t at = p * s->n + q;
            if (s->weight[at] <= 0.0)
                continue;
            cph_c64 model = cph_c64_mul(cph_c64_mulc(g[p], g[q]), s->m[at]);
            double power = cph_c64_power(cph_c64_sub(s->r[at], model));
            if (square != NULL)
                square[count++] = power;
            sum += weight[at] * power;
        }
    return sum;
}

double cph_system_scale(const cph_system *s, const double *weight, const cph_c64 *g,
                        double *explained)
{
    double cross = 0.0, model_power = 0.0;
    for (size_t p = 0; p < s->n; p++)
        for (size_t q = p + 1; q < s->n; q++) {
            size_t at = p * s->n + q;
            cph_c64 model = cph_c64_mul(cph_c64_mulc(g[p], g[q]), s->m[at]);
            cross += weight[at] * (s->r[at].re * model.re + s->r[at].im * model.im);
            model_power += weight[at] * cph_c64_power(model);
        }
    double scale = model_power > 0.0 ? fmax(cross / model_power, 0.0) : 0.0;
    if (explained != NULL)
        *explained = s->total > 0.0 ? scale * cross / s->total : NAN;
    return scale;
}
