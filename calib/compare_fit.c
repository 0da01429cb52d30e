/* SPDX-License-Identifier: MIT */
/* A few terms through values or wrapped phases: weighted, bounded in what one element can do. */
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "calib/compare.h"
#include "calib/median.h"
#include "calib/redundant_vector.h"
#include "kernels/core/c64.h"

enum { ITERATIONS = 60 };
static const double huber = 2.5;
static const double normal_median = 1.4826; /* standard deviation over median |x|, normal x */
static const double settled = 1e-13;        /* radians or nepers */
static const double same_column = 1e-9;     /* relative: nothing of it is left beside the others */

/* Parts of scratch. */
typedef struct room {
    double *weight, *size, *q; /* [n], [n], [count][n] */
} room;

size_t cph_compare_scratch(const cph_compare_basis *basis)
{
    return basis->n * (2 + basis->count);
}

static room room_of(const cph_compare_basis *basis, double *scratch)
{
    return (room){scratch, scratch + basis->n, scratch + 2 * basis->n};
}

static double model_at(const cph_compare_basis *b, const double *value, size_t i)
{
    double sum = 0.0;
    for (size_t k = 0; k < b->count; k++)
        sum += value[k] * b->column[k * b->n + i];
    return sum;
}

/* What the model leaves; of phases in (-pi, pi]. */
static void leave(const cph_compare_data *d, const double *value, double *residual)
{
    for (size_t i = 0; i < d->basis->n; i++) {
        const double model = model_at(d->basis, value, i);
        if (d->z == NULL) {
            residual[i] = d->y[i] - model;
            continue;
        }
        const cph_c64 left = cph_c64_mulc(d->z[i], (cph_c64){cos(model), sin(model)});
        residual[i] = atan2(left.im, left.re);
    }
}

/* 1 / sigma^2, less where the residual is beyond the bound. */
static void weigh(const cph_compare_data *d, const double *residual, const room *r)
{
    const size_t n = d->basis->n;
    for (size_t i = 0; i < n; i++)
        r->size[i] = fabs(residual[i]) / d->sigma[i];
    const double spread = normal_median * cph_median(r->size, n);
    const double bound = huber * fmax(spread, d->known ? 1.0 : 0.0);
    for (size_t i = 0; i < n; i++) {
        const double size = fabs(residual[i]) / d->sigma[i];
        const double share = size > bound ? bound / size : 1.0;
        r->weight[i] = share / (d->sigma[i] * d->sigma[i]);
    }
}

/* q orthonormal, upper triangle: sqrt(weight) columns = q upper. Each column twice, lest rounding
 * leave parts of the others in it. */
static cph_status orthogonalise(const cph_compare_basis *b, size_t terms, const room *r,
                                double upper[CPH_COMPARE_TERMS][CPH_COMPARE_TERMS])
{
    const size_t n = b->n;
    memset(upper, 0, sizeof(double[CPH_COMPARE_TERMS][CPH_COMPARE_TERMS]));
    for (size_t k = 0; k < terms; k++) {
        double *const q = r->q + k * n;
        for (size_t i = 0; i < n; i++)
            q[i] = sqrt(r->weight[i]) * b->column[k * n + i];
        const double whole = sqrt(cph_vector_dot(n, q, q));
        for (size_t pass = 0; pass < 2 * k; pass++) {
            const double *const other = r->q + pass % k * n;
            const double along = cph_vector_dot(n, other, q);
            for (size_t i = 0; i < n; i++)
                q[i] -= along * other[i];
            upper[pass % k][k] += along;
        }
        upper[k][k] = sqrt(cph_vector_dot(n, q, q));
        if (!(upper[k][k] > same_column * whole))
            return CPH_ERR_SINGULAR;
        cph_vector_normalise(n, upper[k][k], q);
    }
    return CPH_OK;
}

/* inverse of the upper triangle. */
static void invert(size_t terms, const double upper[CPH_COMPARE_TERMS][CPH_COMPARE_TERMS],
                   double inverse[CPH_COMPARE_TERMS][CPH_COMPARE_TERMS])
{
    memset(inverse, 0, sizeof(double[CPH_COMPARE_TERMS][CPH_COMPARE_TERMS]));
    for (size_t k = 0; k < terms; k++) {
        inverse[k][k] = 1.0 / upper[k][k];
        for (size_t j = k; j-- > 0;) {
            double sum = 0.0;
            for (size_t m = j + 1; m <= k; m++)
                sum += upper[j][m] * inverse[m][k];
            inverse[j][k] = -sum / upper[j][j];
        }
    }
}

/* One step of least squares; returns the largest change over the elements. */
static double step(const cph_compare_data *d, size_t terms, const double *residual, const room *r,
                   const double inverse[CPH_COMPARE_TERMS][CPH_COMPARE_TERMS], double *value)
{
    const cph_compare_basis *const b = d->basis;
    double along[CPH_COMPARE_TERMS] = {0}, change[CPH_COMPARE_TERMS] = {0}, most = 0.0;
    for (size_t k = 0; k < terms; k++)
        for (size_t i = 0; i < b->n; i++)
            along[k] += r->q[k * b->n + i] * sqrt(r->weight[i]) * residual[i];
    for (size_t k = 0; k < terms; k++)
        for (size_t m = k; m < terms; m++)
            change[k] += inverse[k][m] * along[m];
    for (size_t k = 0; k < terms; k++)
        value[k] += change[k];
    for (size_t i = 0; i < b->n; i++)
        most = fmax(most, fabs(model_at(b, change, i)));
    return most;
}

/* Their own errors are all that the gains tell, unless the terms leave more than noise: then the
 * scatter tells. Beyond chance: three standard deviations of chi-square over its degrees. */
static double excess(const cph_compare_data *d, size_t terms, const double *residual, const room *r)
{
    double chi2 = 0.0, dof = -(double)terms;
    for (size_t i = 0; i < d->basis->n; i++) {
        chi2 += r->weight[i] * residual[i] * residual[i];
        dof += r->weight[i] * d->sigma[i] * d->sigma[i];
    }
    if (!(dof > 0.0))
        return d->known ? 1.0 : (double)NAN;
    const double ratio = chi2 / dof;
    return d->known && ratio < 1.0 + 3.0 * sqrt(2.0 / dof) ? 1.0 : ratio;
}

static void judge(const cph_compare_data *d, size_t terms, const double *residual, const room *r,
                  const double inverse[CPH_COMPARE_TERMS][CPH_COMPARE_TERMS], cph_compare_fit *fit)
{
    const double scale = excess(d, terms, residual, r);
    double square = 0.0, weight = 0.0, re = 0.0, im = 0.0;
    fit->chi2 = 0.0;
    for (size_t i = 0; i < d->basis->n; i++) {
        const double share = 1.0 / (d->sigma[i] * d->sigma[i]);
        square += residual[i] * residual[i];
        fit->chi2 += share * residual[i] * residual[i];
        weight += share;
        re += share * cos(residual[i]);
        im += share * sin(residual[i]);
    }
    fit->residual_rms = sqrt(square / (double)d->basis->n);
    fit->coherence = hypot(re, im) / weight;
    memset(fit->cov, 0, sizeof fit->cov);
    for (size_t k = 0; k < terms; k++)
        for (size_t j = 0; j < terms; j++)
            for (size_t m = k > j ? k : j; m < terms; m++)
                fit->cov[k][j] += scale * inverse[k][m] * inverse[j][m];
}

cph_status cph_compare_refine(const cph_compare_data *data, size_t terms, double *scratch,
                              double *residual, cph_compare_fit *fit)
{
    const room r = room_of(data->basis, scratch);
    double upper[CPH_COMPARE_TERMS][CPH_COMPARE_TERMS];
    double inverse[CPH_COMPARE_TERMS][CPH_COMPARE_TERMS];
    for (size_t k = terms; k < CPH_COMPARE_TERMS; k++)
        fit->value[k] = 0.0;
    leave(data, fit->value, residual);
    for (size_t i = 0; i < ITERATIONS; i++) {
        weigh(data, residual, &r);
        const cph_status status = orthogonalise(data->basis, terms, &r, upper);
        if (status != CPH_OK)
            return status;
        invert(terms, upper, inverse);
        const double moved = step(data, terms, residual, &r, inverse, fit->value);
        leave(data, fit->value, residual);
        if (moved < settled)
            break;
    }
    judge(data, terms, residual, &r, inverse, fit);
    return CPH_OK;
}
