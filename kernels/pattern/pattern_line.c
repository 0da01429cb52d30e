/* SPDX-License-Identifier: MIT */
/* The mean power of a line of elements over bands of the cosine x along it. Solid angle is even in
 * x, so the mean is an integral over x of the power's mean around the line. */
#include <math.h>
#include <stdlib.h>

#include "kernels/core/size.h"
#include "kernels/pattern/pattern_model.h"

/* Around the line alike elements are smooth but for a horizon, where a midpoint rule is within
 * 1e-4; those that differ are sampled less often, each sample being a sum over all of them. */
enum { AROUND_ALIKE = 256, AROUND_DIFFERENT = 64 };

/* Directions by rings: nodes of a quadrature over the bands. */
typedef struct rings {
    const cph_aperture *aperture;
    size_t nodes, points;
    double *x, *weight; /* [nodes] */
} rings;

static bool on_ring(const void *context, size_t index, double u[3])
{
    const rings *r = context;
    const double(*axis)[3] = r->aperture->axis;
    const double x = r->x[index / r->points], across = sqrt(fmax(1.0 - x * x, 0.0));
    const double phi = 2.0 * M_PI * ((double)(index % r->points) + 0.5) / (double)r->points;
    for (int i = 0; i < 3; i++)
        u[i] = x * axis[0][i] + across * (cos(phi) * axis[1][i] + sin(phi) * axis[2][i]);
    return true;
}

/* The half about axis[1]. */
static bool is_visible(const rings *r, size_t point)
{
    return 4 * point + 2 < r->points || 4 * point + 2 > 3 * r->points;
}

/* Power turns by exp(j 2 pi extent x) at most: n nodes hold a span of it once n exceeds half the
 * span's phase by some of its cube root; elements have a root at the ends. */
static double nodes_for(double length, double extent_wl)
{
    enum { LEAST = 48 };
    const double phase = M_PI * extent_wl * length;
    return ceil(0.5 * phase + 6.0 * cbrt(phase) + LEAST);
}

static cph_status lay_out(const cph_aperture *aperture, size_t bands, const double band[][2],
                          rings *r)
{
    double most = 0.0;
    size_t count;
    for (size_t b = 0; b < bands; b++)
        most += nodes_for(band[b][1] - band[b][0], aperture->extent_wl[0]);
    if (!(most < 1e6) || !cph_size_mul((size_t)most, r->points, &count))
        return CPH_ERR_OVERFLOW;
    r->aperture = aperture;
    r->x = calloc((size_t)most + 1, sizeof *r->x);
    r->weight = calloc((size_t)most + 1, sizeof *r->weight);
    if (r->x == NULL || r->weight == NULL)
        return CPH_ERR_MEMORY;
    for (size_t b = 0; b < bands; b++) {
        const double half = 0.5 * (band[b][1] - band[b][0]);
        const size_t n = (size_t)nodes_for(2.0 * half, aperture->extent_wl[0]);
        for (size_t i = 0; i < n; i++, r->nodes++) {
            double node, weight;
            cph_gauss_legendre(n, i, &node, &weight);
            r->x[r->nodes] = band[b][0] + half * (1.0 + node);
            r->weight[r->nodes] = half * weight;
        }
    }
    return CPH_OK;
}

/* Alike elements: the array's own power is the same all around. */
static void sum_alike(const cph_pattern_model *model, const rings *r, double power[2])
{
    cph_pattern_model array = *model;
    array.element = NULL;
    array.polarization = CPH_POLARIZATION_TOTAL;
    for (size_t i = 0; i < r->nodes; i++) {
        double u[3], around[2] = {0.0, 0.0};
        for (size_t k = 0; k < r->points; k++) {
            (void)on_ring(r, i * r->points + k, u);
            const double element = cph_pattern_element_power(model, u);
            around[0] += is_visible(r, k) ? element : 0.0;
            around[1] += element;
        }
        const double own = r->weight[i] * cph_pattern_power(&array, u);
        power[0] += own * around[0];
        power[1] += own * around[1];
    }
}

static cph_status sum_different(const cph_pattern_model *model, const rings *r, double power[2])
{
    const size_t count = r->nodes * r->points;
    float *image = calloc(count + 1, sizeof *image);
    if (image == NULL)
        return CPH_ERR_MEMORY;
    const cph_status status = cph_pattern_sample(model, on_ring, r, count, image);
    for (size_t i = 0; i < count && status == CPH_OK; i++) {
        const double own = r->weight[i / r->points] * (double)image[i];
        power[0] += is_visible(r, i % r->points) ? own : 0.0;
        power[1] += own;
    }
    free(image);
    return status;
}

cph_status cph_pattern_line_mean(const cph_pattern_model *model, size_t bands,
                                 const double band[][2], double mean[2])
{
    const bool alike = !cph_pattern_is_vector(model);
    rings r = {.points = alike ? AROUND_ALIKE : AROUND_DIFFERENT};
    double power[2] = {0.0, 0.0}, length = 0.0;
    cph_status status = lay_out(&model->aperture, bands, band, &r);
    if (status == CPH_OK && alike)
        sum_alike(model, &r, power);
    else if (status == CPH_OK)
        status = sum_different(model, &r, power);
    free(r.x);
    free(r.weight);
    for (size_t b = 0; b < bands; b++)
        length += band[b][1] - band[b][0];
    const double around = length * (double)r.points;
    mean[0] = around > 0.0 ? power[0] / (0.5 * around) : NAN;
    mean[1] = around > 0.0 ? power[1] / around : NAN;
    return status;
}
