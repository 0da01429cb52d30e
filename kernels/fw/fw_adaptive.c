/* SPDX-License-Identifier: MIT */
#include "cophase/fw_adaptive.h"

#include "kernels/core/bits.h"
#include "kernels/core/size.h"

#if CPH_FW_ADAPTIVE

/* 1 / D_p [elements] and the rows of L below its diagonal of 1, row p of p entries, follow. */
struct cph_fw_adaptive {
    uint32_t elements, live;
    uint8_t index[CPH_FW_ADAPTIVE_ELEMENTS]; /* of live element p */
};

static const float fw_adaptive_least_pivot = 0x1p-18f;

static bool fw_adaptive_finite(cph_c32 x)
{
    return cph_finite_f32(x.re) && cph_finite_f32(x.im);
}

/* sum - x y, sum - x conj(y). */
static cph_c32 fw_adaptive_less(cph_c32 sum, cph_c32 x, cph_c32 y)
{
    return (cph_c32){sum.re - (x.re * y.re - x.im * y.im), sum.im - (x.re * y.im + x.im * y.re)};
}
static cph_c32 fw_adaptive_less_conj(cph_c32 sum, cph_c32 x, cph_c32 y)
{
    return (cph_c32){sum.re - (x.re * y.re + x.im * y.im), sum.im - (x.im * y.re - x.re * y.im)};
}

static const float *fw_adaptive_scale(const cph_fw_adaptive *adaptive)
{
    return (const float *)(adaptive + 1);
}

static const cph_c32 *fw_adaptive_row(const cph_fw_adaptive *adaptive, size_t p)
{
    const cph_c32 *const rows =
        (const cph_c32 *)(const void *)(fw_adaptive_scale(adaptive) + adaptive->elements);
    return rows + p * (p - 1) / 2;
}

cph_status cph_fw_adaptive_size(size_t elements, size_t *bytes)
{
    if (bytes == NULL || elements < 1 || elements > CPH_FW_ADAPTIVE_ELEMENTS)
        return CPH_ERR_ARGUMENT;
    *bytes = sizeof(cph_fw_adaptive) + elements * sizeof(float) +
             elements * (elements - 1) / 2 * sizeof(cph_c32);
    return CPH_OK;
}

/* Which elements live, and the mean of their powers. */
static cph_status fw_adaptive_live(const cph_fw_adaptive_config *config, cph_fw_adaptive *head,
                                   float *mean)
{
    float trace = 0.0f;
    uint32_t live = 0;
    for (size_t n = 0; n < config->elements && n < CPH_FW_ADAPTIVE_ELEMENTS; n++)
        if (config->flag == NULL || config->flag[n] == 0)
            head->index[live++] = (uint8_t)n;
    if (live == 0)
        return CPH_ERR_TOO_FEW;
    for (size_t p = 0; p < live; p++) {
        const cph_c32 *const row = config->covariance + head->index[p] * config->ld;
        for (size_t q = 0; q <= p; q++)
            if (!fw_adaptive_finite(row[head->index[q]]))
                return CPH_ERR_NOT_FINITE;
        trace += row[head->index[p]].re;
    }
    head->live = live;
    *mean = trace / (float)live;
    return CPH_OK;
}

/* Row by row; u = L D of the row at hand. Columns before p are done. */
static cph_status fw_adaptive_factor(const cph_fw_adaptive_config *config, cph_fw_adaptive *made,
                                     float load)
{
    float *const scale = (float *)(made + 1);
    cph_c32 *row = (cph_c32 *)(void *)(scale + made->elements);
    cph_c32 u[CPH_FW_ADAPTIVE_ELEMENTS];
    for (size_t p = 0; p < made->live; row += p, p++) {
        const cph_c32 *const r = config->covariance + made->index[p] * config->ld;
        const float diagonal = r[made->index[p]].re + load;
        float pivot = diagonal;
        for (size_t q = 0; q < p; q++) {
            const cph_c32 *const other = fw_adaptive_row(made, q);
            u[q] = r[made->index[q]];
            for (size_t k = 0; k < q; k++)
                u[q] = fw_adaptive_less_conj(u[q], u[k], other[k]);
            row[q] = (cph_c32){u[q].re * scale[q], u[q].im * scale[q]};
            pivot -= u[q].re * row[q].re + u[q].im * row[q].im;
        }
        if (!(pivot > fw_adaptive_least_pivot * diagonal) || !(diagonal > 0.0f))
            return CPH_ERR_SINGULAR;
        scale[p] = 1.0f / pivot;
        if (!cph_finite_f32(scale[p]) || scale[p] == 0.0f)
            return CPH_ERR_SINGULAR;
    }
    return CPH_OK;
}

cph_status cph_fw_adaptive_init(const cph_fw_adaptive_config *config, void *memory, size_t bytes,
                                cph_fw_adaptive **adaptive)
{
    size_t needed;
    if (config == NULL || cph_fw_adaptive_size(config->elements, &needed) != CPH_OK ||
        config->covariance == NULL || config->ld < config->elements || memory == NULL ||
        adaptive == NULL || (uintptr_t)memory % _Alignof(cph_fw_adaptive) != 0 ||
        !(config->load >= 0.0f) || !cph_finite_f32(config->load))
        return CPH_ERR_ARGUMENT;
    if (!cph_size_matrix(config->elements, config->ld, config->elements, sizeof(cph_c32)))
        return CPH_ERR_OVERFLOW;
    if (bytes < needed)
        return CPH_ERR_MEMORY;
    cph_fw_adaptive head = {.elements = (uint32_t)config->elements};
    float mean;
    const cph_status status = fw_adaptive_live(config, &head, &mean);
    if (status != CPH_OK)
        return status;
    cph_fw_adaptive *const made = memory;
    *made = head;
    if (fw_adaptive_factor(config, made, config->load * mean) != CPH_OK)
        return CPH_ERR_SINGULAR;
    *adaptive = made;
    return CPH_OK;
}

/* Constraints as they go through the solution, over the live elements. */
typedef struct fw_adaptive_looks {
    size_t count;
    cph_c32 z[CPH_FW_ADAPTIVE_CONSTRAINTS][CPH_FW_ADAPTIVE_ELEMENTS];    /* L^-1 c */
    cph_c32 g[CPH_FW_ADAPTIVE_CONSTRAINTS][CPH_FW_ADAPTIVE_CONSTRAINTS]; /* C^H R'^-1 C */
    cph_c32 u[CPH_FW_ADAPTIVE_CONSTRAINTS]; /* its inverse times conj(response) */
} fw_adaptive_looks;

static cph_status fw_adaptive_forward(const cph_fw_adaptive *adaptive, const cph_c32 *c, cph_c32 *z)
{
    bool zero = true;
    for (size_t p = 0; p < adaptive->live; p++) {
        z[p] = c[adaptive->index[p]];
        if (!fw_adaptive_finite(z[p]))
            return CPH_ERR_NOT_FINITE;
        zero = zero && z[p].re == 0.0f && z[p].im == 0.0f;
        for (size_t q = 0; q < p; q++)
            z[p] = fw_adaptive_less(z[p], fw_adaptive_row(adaptive, p)[q], z[q]);
    }
    return zero ? CPH_ERR_ARGUMENT : CPH_OK;
}

/* g_ij = sum_p conj(z_i) z_j / D, the lower triangle, then its own factors L D L^H in place. */
static cph_status fw_adaptive_gram(const cph_fw_adaptive *adaptive, fw_adaptive_looks *looks)
{
    const float *const scale = fw_adaptive_scale(adaptive);
    for (size_t i = 0; i < looks->count; i++)
        for (size_t j = 0; j <= i; j++) {
            cph_c32 sum = {0.0f, 0.0f};
            for (size_t p = 0; p < adaptive->live; p++) {
                const cph_c32 x = looks->z[j][p], y = looks->z[i][p];
                sum.re += (x.re * y.re + x.im * y.im) * scale[p];
                sum.im += (x.im * y.re - x.re * y.im) * scale[p];
            }
            looks->g[i][j] = sum;
        }
    for (size_t i = 0; i < looks->count; i++) {
        const float diagonal = looks->g[i][i].re;
        float pivot = diagonal;
        cph_c32 u[CPH_FW_ADAPTIVE_CONSTRAINTS];
        for (size_t j = 0; j < i; j++) {
            u[j] = looks->g[i][j];
            for (size_t k = 0; k < j; k++)
                u[j] = fw_adaptive_less_conj(u[j], u[k], looks->g[j][k]);
            const float d = looks->g[j][j].re;
            looks->g[i][j] = (cph_c32){u[j].re / d, u[j].im / d};
            pivot -= u[j].re * looks->g[i][j].re + u[j].im * looks->g[i][j].im;
        }
        if (!cph_finite_f32(diagonal))
            return CPH_ERR_NOT_FINITE;
        if (!(pivot > fw_adaptive_least_pivot * diagonal))
            return CPH_ERR_SINGULAR;
        looks->g[i][i].re = pivot;
    }
    return CPH_OK;
}

/* u = (L D L^H)^-1 conj(response); *power = u^H (L D L^H) u = the power of the beam. */
static void fw_adaptive_answer(fw_adaptive_looks *looks, const cph_c32 *response, float *power)
{
    float sum = 0.0f;
    for (size_t i = 0; i < looks->count; i++) {
        looks->u[i] = (cph_c32){response[i].re, -response[i].im};
        for (size_t j = 0; j < i; j++)
            looks->u[i] = fw_adaptive_less(looks->u[i], looks->g[i][j], looks->u[j]);
    }
    for (size_t i = 0; i < looks->count; i++) {
        const float d = looks->g[i][i].re;
        const cph_c32 y = looks->u[i];
        looks->u[i] = (cph_c32){y.re / d, y.im / d};
        sum += y.re * looks->u[i].re + y.im * looks->u[i].im;
    }
    for (size_t i = looks->count; i-- > 0;)
        for (size_t j = i + 1; j < looks->count; j++)
            looks->u[i] = fw_adaptive_less_conj(looks->u[i], looks->u[j], looks->g[j][i]);
    *power = sum;
}

/* w over the live elements: L^-H D^-1 sum_j z_j u_j, in z[0]. False: beyond float's numbers. */
static bool fw_adaptive_backward(const cph_fw_adaptive *adaptive, fw_adaptive_looks *looks)
{
    const float *const scale = fw_adaptive_scale(adaptive);
    cph_c32 *const w = looks->z[0];
    bool finite = true;
    for (size_t p = adaptive->live; p-- > 0;) {
        cph_c32 sum = {0.0f, 0.0f};
        for (size_t j = 0; j < looks->count; j++)
            sum = fw_adaptive_less(sum, looks->z[j][p], looks->u[j]);
        w[p] = (cph_c32){-sum.re * scale[p], -sum.im * scale[p]};
        for (size_t q = p + 1; q < adaptive->live; q++)
            w[p] = fw_adaptive_less_conj(w[p], w[q], fw_adaptive_row(adaptive, q)[p]);
        finite = finite && fw_adaptive_finite(w[p]);
    }
    return finite;
}

cph_status cph_fw_adaptive_lcmv(const cph_fw_adaptive *adaptive, size_t constraints,
                                const cph_c32 *c, const cph_c32 *response, cph_c32 *w, float *power)
{
    if (adaptive == NULL || constraints < 1 || constraints > CPH_FW_ADAPTIVE_CONSTRAINTS ||
        c == NULL || response == NULL || w == NULL)
        return CPH_ERR_ARGUMENT;
    if (constraints > adaptive->live)
        return CPH_ERR_TOO_FEW;
    fw_adaptive_looks looks;
    looks.count = constraints;
    float least;
    cph_status status;
    for (size_t j = 0; j < constraints; j++) {
        status = fw_adaptive_forward(adaptive, c + j * adaptive->elements, looks.z[j]);
        if (status != CPH_OK)
            return status;
        if (!fw_adaptive_finite(response[j]))
            return CPH_ERR_NOT_FINITE;
    }
    status = fw_adaptive_gram(adaptive, &looks);
    if (status != CPH_OK)
        return status;
    fw_adaptive_answer(&looks, response, &least);
    if (!fw_adaptive_backward(adaptive, &looks) || !cph_finite_f32(least))
        return CPH_ERR_NOT_FINITE;
    for (size_t n = 0, p = 0; n < adaptive->elements; n++)
        w[n] =
            p < adaptive->live && adaptive->index[p] == n ? looks.z[0][p++] : (cph_c32){0.0f, 0.0f};
    if (power != NULL)
        *power = least;
    return CPH_OK;
}

cph_status cph_fw_adaptive_mvdr(const cph_fw_adaptive *adaptive, const cph_c32 *v, cph_c32 *w,
                                float *power)
{
    static const cph_c32 one = {1.0f, 0.0f};
    return cph_fw_adaptive_lcmv(adaptive, 1, v, &one, w, power);
}

static int16_t fw_adaptive_round(float value)
{
    const float limited = value > 32767.0f ? 32767.0f : value < -32767.0f ? -32767.0f : value;
    return (int16_t)(limited < 0.0f ? limited - 0.5f : limited + 0.5f);
}

cph_status cph_fw_coefficients(size_t elements, const cph_c32 *w, float scale, cph_c16 *coefficient)
{
    if (elements < 1 || elements > 4096 || w == NULL || coefficient == NULL)
        return CPH_ERR_ARGUMENT;
    for (size_t n = 0; n < elements; n++)
        if (!fw_adaptive_finite(w[n]))
            return CPH_ERR_NOT_FINITE;
    if (!cph_finite_f32(scale))
        return CPH_ERR_NOT_FINITE;
    for (size_t n = 0; n < elements; n++)
        coefficient[n] =
            (cph_c16){fw_adaptive_round(w[n].re * scale), fw_adaptive_round(-w[n].im * scale)};
    return CPH_OK;
}

#endif
