/* SPDX-License-Identifier: MIT */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cophase/jammer.h"
#include "kernels/adaptive/hermitian.h"
#include "kernels/adaptive/order.h"
#include "kernels/core/c64.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"

typedef struct learner {
    size_t elements, snapshots, ld, live;
    const cph_c32 *x;
    const unsigned char *flag;
    cph_c64 *gram; /* [K][K], then eigenvectors, a row each */
    double *value; /* [K] */
} learner;

static bool is_live(const learner *l, size_t n)
{
    return l->flag == NULL || l->flag[n] == 0;
}

static cph_status check(const learner *l, size_t most, cph_error *error)
{
    if (l->x == NULL || most == 0 || l->snapshots < 2 || l->snapshots >= l->live ||
        l->snapshots > CPH_JAMMER_SNAPSHOTS_MAX ||
        !cph_size_matrix(l->snapshots, l->ld, l->elements, sizeof *l->x))
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "%zu snapshots of %zu live elements, up to %zu jammers: expected 2 "
                        "snapshots or more, fewer than elements, at most %d",
                        l->snapshots, l->live, most, CPH_JAMMER_SNAPSHOTS_MAX);
    for (size_t k = 0; k < l->snapshots; k++)
        for (size_t n = 0; n < l->elements; n++)
            if (is_live(l, n) &&
                (!isfinite(l->x[k * l->ld + n].re) || !isfinite(l->x[k * l->ld + n].im)))
                return cph_fail(error, CPH_ERR_NOT_FINITE, "snapshot %zu, element %zu: not finite",
                                k, n);
    return CPH_OK;
}

static cph_c64 sample(const learner *l, size_t k, size_t n)
{
    const cph_c32 x = l->x[k * l->ld + n];
    return (cph_c64){(double)x.re, (double)x.im};
}

/* sum_n conj(x_pn) x_qn; false when all are 0. */
static bool products(const learner *l)
{
    double trace = 0.0;
    for (size_t p = 0; p < l->snapshots; p++) {
        for (size_t q = 0; q <= p; q++) {
            cph_c64 sum = {0.0, 0.0};
            for (size_t n = 0; n < l->elements; n++)
                if (is_live(l, n))
                    sum = cph_c64_add(sum, cph_c64_mulc(sample(l, q, n), sample(l, p, n)));
            l->gram[p * l->snapshots + q] = sum;
        }
        trace += l->gram[p * l->snapshots + p].re;
    }
    return trace > 0.0;
}

/* Power of a wave in an element from its eigenvalue (sum over n elements and K snapshots): noise
 * adds to it by element and by snapshot, L = (p + s/n) (p + s/K) / p. */
static double power_of(const learner *l, double value, double noise)
{
    const double n = (double)l->live, k = (double)l->snapshots;
    const double b = value / (n * k) - noise / n - noise / k;
    const double square = b * b - 4.0 * noise * noise / (n * k);
    return square > 0.0 ? 0.5 * (b + sqrt(square)) : 0.5 * fmax(b, 0.0);
}

/* v = sum_k x_k q_k, |v|^2 the live elements. */
static void vector_of(const learner *l, const cph_c64 *q, double value, cph_c64 *v)
{
    const double scale = sqrt((double)l->live / value);
    for (size_t n = 0; n < l->elements; n++) {
        cph_c64 sum = {0.0, 0.0};
        for (size_t k = 0; k < l->snapshots && is_live(l, n); k++)
            sum = cph_c64_add(sum, cph_c64_mul(sample(l, k, n), q[k]));
        v[n] = cph_c64_scale(scale, sum);
    }
}

static cph_status put(const learner *l, size_t most, cph_jammers *to)
{
    const size_t k = l->snapshots;
    const double samples = (double)l->live;
    const size_t shown = cph_order_count(k, l->value, samples, 0.5 * log(samples));
    const size_t count = cph_size_min(shown, most);
    double rest = 0.0, all = 0.0;
    *to = (cph_jammers){.elements = l->elements,
                        .count = count,
                        .too_many = shown >= most || shown + 1 >= k,
                        .vector = calloc(count * l->elements + 1, sizeof *to->vector),
                        .inr = calloc(count + 1, sizeof *to->inr),
                        .error = calloc(count + 1, sizeof *to->error)};
    if (to->vector == NULL || to->inr == NULL || to->error == NULL)
        return CPH_ERR_MEMORY;
    for (size_t i = 0; i + shown < k; i++)
        rest += fmax(l->value[i], 0.0);
    for (size_t i = 0; i < k; i++)
        all += fmax(l->value[i], 0.0);
    /* what samples of one float a part are rounded by is there in any case */
    const double least = all / (double)k / samples * ((double)FLT_EPSILON * FLT_EPSILON / 12.0);
    to->noise = fmax(rest / (double)(k - shown) / (double)(l->live - shown), least);
    for (size_t j = 0; j < count; j++) {
        const double value = l->value[k - 1 - j];
        vector_of(l, l->gram + (k - 1 - j) * k, value, to->vector + j * l->elements);
        to->inr[j] = power_of(l, value, to->noise) / to->noise;
        to->error[j] = 1.0 / sqrt((double)k * to->inr[j]);
    }
    return CPH_OK;
}

cph_status cph_jammers_learn(size_t elements, size_t snapshots, const cph_c32 *x, size_t ld,
                             const unsigned char *flag, size_t most, cph_jammers *jammers,
                             cph_error *error)
{
    learner l = {.elements = elements, .snapshots = snapshots, .ld = ld, .x = x, .flag = flag};
    cph_jammers made = {0};
    for (size_t n = 0; n < elements; n++)
        l.live += is_live(&l, n);
    if (jammers == NULL)
        return cph_fail(error, CPH_ERR_ARGUMENT, "nowhere to put jammers");
    cph_status status = check(&l, most, error);
    if (status != CPH_OK)
        return status;
    l.gram = calloc(snapshots * snapshots, sizeof *l.gram);
    l.value = calloc(snapshots, sizeof *l.value);
    if (l.gram == NULL || l.value == NULL)
        status = CPH_ERR_MEMORY;
    else if (!products(&l))
        status = CPH_ERR_SINGULAR;
    else
        status = cph_hermitian_eigen(snapshots, l.gram, l.value);
    if (status == CPH_OK)
        status = put(&l, most, &made);
    free(l.gram);
    free(l.value);
    if (status != CPH_OK) {
        cph_jammers_free(&made);
        return cph_fail(error, status, "jammers from %zu snapshots: %s", snapshots,
                        cph_status_name(status));
    }
    *jammers = made;
    return CPH_OK;
}

void cph_jammers_free(cph_jammers *jammers)
{
    if (jammers == NULL)
        return;
    free(jammers->vector);
    free(jammers->inr);
    free(jammers->error);
    *jammers = (cph_jammers){0};
}
