/* SPDX-License-Identifier: MIT */
#include "cophase/tracker.h"

#include <string.h>

#include "kernels/core/c64.h"
#include "kernels/core/heap.h"

struct cph_tracker {
    cph_tracker_config config; /* its flags are the copy */
    cph_c64 *w;                /* [N] */
    cph_c64 *x;                /* [N] the snapshot without flagged elements, then scratch */
    cph_c64 *z;                /* [N] QRD: R w = z; inverse: the unscaled gain */
    cph_c64 *root;             /* [N][N] QRD: R, upper; inverse: L, lower, L L^H = covariance^-1 */
};

typedef struct layout {
    size_t flag, w, x, z, root, bytes;
} layout;

static bool is_valid(const cph_tracker_config *config)
{
    const bool lms = config != NULL && config->kind == CPH_TRACKER_NLMS;
    return config != NULL && (unsigned)config->kind < CPH_TRACKER_COUNT && config->elements > 0 &&
           config->regular > 0.0 && isfinite(config->regular) &&
           (lms ? config->step > 0.0 && config->step < 2.0
                : config->forget > 0.0 && config->forget <= 1.0);
}

static cph_status lay_out(const cph_tracker_config *config, layout *at)
{
    const size_t n = config->elements;
    size_t square = 0;
    at->bytes = sizeof(cph_tracker);
    if ((config->kind != CPH_TRACKER_NLMS && !cph_size_mul(n, n, &square)) ||
        !cph_size_place(&at->bytes, n, 1, &at->flag) ||
        !cph_size_place(&at->bytes, n, sizeof(cph_c64), &at->w) ||
        !cph_size_place(&at->bytes, n, sizeof(cph_c64), &at->x) ||
        !cph_size_place(&at->bytes, n, sizeof(cph_c64), &at->z) ||
        !cph_size_place(&at->bytes, square, sizeof(cph_c64), &at->root))
        return CPH_ERR_OVERFLOW;
    return CPH_OK;
}

cph_status cph_tracker_size(const cph_tracker_config *config, size_t *bytes)
{
    layout at;
    if (!is_valid(config) || bytes == NULL)
        return CPH_ERR_ARGUMENT;
    const cph_status status = lay_out(config, &at);
    if (status == CPH_OK)
        *bytes = at.bytes;
    return status;
}

cph_status cph_tracker_init(const cph_tracker_config *config, void *memory, size_t bytes,
                            cph_tracker **tracker)
{
    layout at;
    if (!is_valid(config) || !cph_size_aligned(memory) || tracker == NULL)
        return CPH_ERR_ARGUMENT;
    const cph_status status = lay_out(config, &at);
    if (status != CPH_OK || bytes < at.bytes)
        return status != CPH_OK ? status : CPH_ERR_MEMORY;
    memset(memory, 0, at.bytes);
    unsigned char *flag = cph_size_at(memory, at.flag);
    if (config->flag != NULL)
        memcpy(flag, config->flag, config->elements);
    cph_tracker *made = memory;
    *made = (cph_tracker){.config = *config,
                          .w = cph_size_at(memory, at.w),
                          .x = cph_size_at(memory, at.x),
                          .z = cph_size_at(memory, at.z),
                          .root = cph_size_at(memory, at.root)};
    made->config.flag = flag;
    const double start = sqrt(config->regular);
    for (size_t p = 0; config->kind != CPH_TRACKER_NLMS && p < config->elements; p++)
        made->root[p * config->elements + p].re =
            config->kind == CPH_TRACKER_QRD ? start : 1.0 / start;
    *tracker = made;
    return CPH_OK;
}

cph_status cph_tracker_create(const cph_tracker_config *config, cph_tracker **tracker)
{
    size_t bytes = 0;
    cph_status status = cph_tracker_size(config, &bytes);
    if (status != CPH_OK)
        return status;
    void *memory = cph_heap_aligned(bytes);
    if (memory == NULL)
        return CPH_ERR_MEMORY;
    status = cph_tracker_init(config, memory, bytes, tracker);
    if (status != CPH_OK)
        free(memory);
    return status;
}

void cph_tracker_destroy(cph_tracker *tracker)
{
    free(tracker);
}

const cph_c64 *cph_tracker_weights(const cph_tracker *tracker)
{
    return tracker->w;
}

static void update_nlms(cph_tracker *t, cph_c64 e)
{
    double power = t->config.regular;
    for (size_t n = 0; n < t->config.elements; n++)
        power += cph_c64_power(t->x[n]);
    for (size_t n = 0; n < t->config.elements; n++)
        t->w[n] =
            cph_c64_add(t->w[n], cph_c64_scale(t->config.step / power, cph_c64_mulc(t->x[n], e)));
}

/* The rotation of (a, b), a real and not negative, into (hypot, 0): a' = c a + conj(s) b, b' = c b
 * - s a. */
typedef struct rotation {
    double c, length;
    cph_c64 s;
} rotation;

static rotation rotate(double a, cph_c64 b)
{
    const double length = hypot(a, hypot(b.re, b.im));
    return (rotation){a / length, length, cph_c64_scale(1.0 / length, b)};
}

static void turn(const rotation *by, cph_c64 *a, cph_c64 *b)
{
    const cph_c64 first = *a, second = *b;
    *a = cph_c64_add(cph_c64_scale(by->c, first), cph_c64_mulc(second, by->s));
    *b = cph_c64_sub(cph_c64_scale(by->c, second), cph_c64_mul(by->s, first));
}

/* Rows [R | z], aged, and below them [x^H | conj(d)], which rotations empty from the left. */
static void update_qrd(cph_tracker *t, cph_c64 d)
{
    const size_t n = t->config.elements;
    const double age = sqrt(t->config.forget);
    cph_c64 right = cph_c64_conj(d);
    for (size_t i = 0; i < n; i++) {
        cph_c64 *row = t->root + i * n;
        const rotation by = rotate(age * row[i].re, cph_c64_conj(t->x[i]));
        row[i] = (cph_c64){by.length, 0.0};
        for (size_t j = i + 1; j < n; j++) {
            cph_c64 below = cph_c64_conj(t->x[j]);
            row[j] = cph_c64_scale(age, row[j]);
            turn(&by, &row[j], &below);
            t->x[j] = cph_c64_conj(below);
        }
        t->z[i] = cph_c64_scale(age, t->z[i]);
        turn(&by, &t->z[i], &right);
    }
    for (size_t i = n; i-- > 0;) {
        cph_c64 sum = t->z[i];
        for (size_t j = i + 1; j < n; j++)
            sum = cph_c64_sub(sum, cph_c64_mul(t->root[i * n + j], t->w[j]));
        t->w[i] = cph_c64_scale(1.0 / t->root[i * n + i].re, sum);
    }
}

/* Columns [1; 0] and [x^H L; L] (aged): rotations empty x^H L from the right, which keeps L lower,
 * and the first column becomes [g; g gain]. */
static void update_inverse(cph_tracker *t, cph_c64 e)
{
    const size_t n = t->config.elements;
    const double age = 1.0 / sqrt(t->config.forget);
    double g = 1.0;
    memset(t->z, 0, n * sizeof *t->z);
    for (size_t j = n; j-- > 0;) {
        cph_c64 top = {0.0, 0.0};
        for (size_t i = j; i < n; i++) {
            cph_c64 *l = &t->root[i * n + j];
            *l = cph_c64_scale(age, *l);
            top = cph_c64_add(top, cph_c64_mulc(*l, t->x[i]));
        }
        const rotation by = rotate(g, top);
        g = by.length;
        for (size_t i = j; i < n; i++)
            turn(&by, &t->z[i], &t->root[i * n + j]);
    }
    for (size_t i = 0; i < n; i++)
        t->w[i] = cph_c64_add(t->w[i], cph_c64_scale(1.0 / g, cph_c64_mulc(t->z[i], e)));
}

cph_status cph_tracker_update(cph_tracker *tracker, const cph_c64 *x, cph_c64 d, cph_c64 *error)
{
    if (tracker == NULL || x == NULL)
        return CPH_ERR_ARGUMENT;
    bool finite = cph_c64_finite(d);
    cph_c64 e = d;
    for (size_t n = 0; n < tracker->config.elements; n++) {
        tracker->x[n] = tracker->config.flag[n] != 0 ? (cph_c64){0.0, 0.0} : x[n];
        finite = finite && cph_c64_finite(tracker->x[n]);
        e = cph_c64_sub(e, cph_c64_mulc(tracker->x[n], tracker->w[n]));
    }
    if (!finite)
        return CPH_ERR_NOT_FINITE;
    if (tracker->config.kind == CPH_TRACKER_NLMS)
        update_nlms(tracker, e);
    else if (tracker->config.kind == CPH_TRACKER_QRD)
        update_qrd(tracker, d);
    else
        update_inverse(tracker, e);
    if (error != NULL)
        *error = e;
    return CPH_OK;
}
