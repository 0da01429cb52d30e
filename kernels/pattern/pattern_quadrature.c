/* SPDX-License-Identifier: MIT */
/* Power averaged over the whole sphere: Gauss-Legendre over w, from 1 down to where elements
 * radiate, times evenly spaced azimuths. */
#include <math.h>
#include <stdlib.h>

#include "kernels/core/size.h"
#include "kernels/core/vec3.h"
#include "kernels/pattern/pattern_model.h"

/* Longest distance between elements in radians of phase, at most: what bounds the degree of
 * |response|^2 in spherical harmonics. */
static double phase_span(const cph_pattern_model *model)
{
    double farthest = 0.0;
    for (size_t n = 0; n < model->elements; n++) {
        double d[3];
        cph_add3(model->position + 3 * n, -1.0, model->position, d);
        farthest = fmax(farthest, cph_norm3(d));
    }
    return 2.0 * M_PI * 2.0 * farthest / model->wavelength;
}

/* By Newton's method on the Legendre polynomial. */
void cph_gauss_legendre(size_t n, size_t i, double *node, double *weight)
{
    const double count = (double)n;
    double x = cos(M_PI * ((double)i + 0.75) / (count + 0.5)), slope = 1.0;
    for (int pass = 0; pass < 6; pass++) {
        double before = 1.0, value = x;
        for (size_t k = 2; k <= n; k++) {
            const double degree = (double)k;
            const double next =
                ((2.0 * degree - 1.0) * x * value - (degree - 1.0) * before) / degree;
            before = value;
            value = next;
        }
        slope = count * (before - x * value) / (1.0 - x * x);
        x -= value / slope;
    }
    *node = x;
    *weight = 2.0 / ((1.0 - x * x) * slope * slope);
}

/* Sum of |response|^2 over a ring of directions. */
static cph_status ring_sum(const cph_pattern_model *model, double w, size_t points,
                           double *direction, cph_c64 *response, double *sum)
{
    const double s = sqrt(fmax(1.0 - w * w, 0.0));
    for (size_t i = 0; i < points; i++) {
        const double phi = 2.0 * M_PI * (double)i / (double)points;
        direction[3 * i] = s * cos(phi);
        direction[3 * i + 1] = s * sin(phi);
        direction[3 * i + 2] = w;
    }
    const cph_status status = cph_pattern_responses(model, points, direction, response);
    double total = 0.0;
    for (size_t i = 0; i < points && status == CPH_OK; i++)
        total += response[i].re * response[i].re + response[i].im * response[i].im;
    *sum = total / (model->scale * model->scale);
    return status;
}

/* What an element asks of the quadrature. */
typedef struct demand {
    double degree; /* that it adds to the degree of |response|^2 */
    double low;    /* the least w that it radiates to, when it is not turned */
    size_t rings;  /* at least */
} demand;

static void demand_of(const cph_element_pattern *element, bool turned, demand *most)
{
    /* Analytic patterns add a few degrees, |E|^2 twice those of its field. A table has kinks in its
     * second derivative, and an edge; so has the rim of whatever ends, where it is turned. */
    enum { ELEMENT_DEGREE = 32, LEAST_RINGS = 64, EDGE_RINGS = 512, TURNED_RINGS = 256 };
    demand own = {.degree = ELEMENT_DEGREE, .low = 0.0, .rings = LEAST_RINGS};
    const cph_element_kind kind = element != NULL ? element->kind : CPH_ELEMENT_ISOTROPIC;
    bool ends = true;
    if (kind == CPH_ELEMENT_TABLE)
        own.rings = EDGE_RINGS;
    if (kind == CPH_ELEMENT_ISOTROPIC) {
        own.low = -1.0;
        ends = false;
    }
    if (kind == CPH_ELEMENT_FIELD) {
        const cph_element_field *field = element->field;
        own.degree = 2.0 * (double)field->degree + 2.0;
        own.low = cos(field->step * (double)(field->thetas - 1));
        ends = !field->sphere;
    }
    if (turned) {
        own.low = -1.0;
        own.rings = ends ? TURNED_RINGS : LEAST_RINGS;
    }
    most->degree = fmax(most->degree, own.degree);
    most->low = fmin(most->low, own.low);
    most->rings = most->rings > own.rings ? most->rings : own.rings;
}

static demand demand_of_all(const cph_pattern_model *model)
{
    demand most = {.degree = 0.0, .low = 1.0, .rings = 0};
    if (!cph_pattern_is_vector(model))
        demand_of(model->element, false, &most);
    for (size_t n = 0; cph_pattern_is_vector(model) && n < model->elements; n++)
        demand_of(model->embedded[n], true, &most);
    return most;
}

cph_status cph_pattern_quadrature_mean(const cph_pattern_model *model, double *mean)
{
    cph_pattern_model all = *model;
    all.polarization = CPH_POLARIZATION_TOTAL;
    /* Bessel functions of the span x fall off within some 6 x^(1/3) orders above x. */
    const demand asked = demand_of_all(model);
    const double span = phase_span(model);
    const double degree = span + 6.0 * cbrt(span) + asked.degree;
    if (!(degree < 1e6))
        return CPH_ERR_OVERFLOW;
    const size_t points = (size_t)degree + 1;
    const size_t rings = points / 2 + 1 > asked.rings ? points / 2 + 1 : asked.rings;
    const double half = 0.5 * (1.0 - asked.low);
    double *direction = calloc(points, 3 * sizeof *direction), total = 0.0;
    cph_c64 *response = calloc(points, sizeof *response);
    cph_status status = direction != NULL && response != NULL ? CPH_OK : CPH_ERR_MEMORY;
    for (size_t i = 0; i < rings && status == CPH_OK; i++) {
        double node, weight, sum;
        cph_gauss_legendre(rings, i, &node, &weight);
        status = ring_sum(&all, asked.low + half * (1.0 + node), points, direction, response, &sum);
        total += half * weight * sum / (double)points;
    }
    free(direction);
    free(response);
    if (status == CPH_OK)
        *mean = 0.5 * total;
    return status;
}
