/* SPDX-License-Identifier: MIT */
/* Fields of elements: of all alike ones, a factor; of elements that differ, a sum of vectors. */
#include <math.h>

#include "cophase/steer.h"
#include "kernels/core/c64.h"
#include "kernels/core/vec3.h"
#include "kernels/pattern/pattern_model.h"

/* Along x' and y' of u. */
static void project(const cph_c64 e[3], const double u[3], cph_c64 field[2])
{
    double along[2][3];
    cph_polarization_vectors(u, along[0], along[1]);
    for (int i = 0; i < 2; i++) {
        field[i] = (cph_c64){0.0, 0.0};
        for (int k = 0; k < 3; k++) {
            field[i].re += e[k].re * along[i][k];
            field[i].im += e[k].im * along[i][k];
        }
    }
}

cph_c64 cph_pattern_element_factor(const cph_pattern_model *model, const double u[3])
{
    cph_c64 e[3], field[2];
    if (model->polarization == CPH_POLARIZATION_TOTAL)
        return (cph_c64){sqrt(cph_element_power(model->element, u)), 0.0};
    cph_element_radiate(model->element, u, e);
    project(e, u, field);
    return cph_polarization_component(field, model->polarization);
}

double cph_pattern_element_power(const cph_pattern_model *model, const double u[3])
{
    if (model->polarization == CPH_POLARIZATION_TOTAL)
        return cph_element_power(model->element, u);
    const cph_c64 f = cph_pattern_element_factor(model, u);
    return f.re * f.re + f.im * f.im;
}

/* Field of element n toward u, array's axes: E = R E_own(R^T u), R its axes by rows. What has no
 * polarisation is not turned: it stays along x' of u. */
static void radiate(const cph_pattern_model *model, size_t n, const double u[3], cph_c64 e[3])
{
    const cph_element_pattern *element = model->embedded[n];
    const double *axes = model->axes != NULL ? model->axes + 9 * n : NULL;
    double own[3], x[3], y[3];
    cph_c64 told[3];
    if (axes == NULL) {
        cph_element_radiate(element, u, e);
        return;
    }
    cph_rotate_back3(axes, u, own);
    if (!cph_element_polarized(element)) {
        const double amplitude = sqrt(cph_element_power(element, own));
        cph_polarization_vectors(u, x, y);
        for (int i = 0; i < 3; i++)
            e[i] = (cph_c64){amplitude * x[i], 0.0};
        return;
    }
    cph_element_radiate(element, own, told);
    for (size_t i = 0; i < 3; i++) {
        const double *row = axes + 3 * i;
        e[i].re = row[0] * told[0].re + row[1] * told[1].re + row[2] * told[2].re;
        e[i].im = row[0] * told[0].im + row[1] * told[1].im + row[2] * told[2].im;
    }
}

void cph_pattern_field_at(const cph_pattern_model *model, const double u[3], cph_c64 *a,
                          cph_c64 field[2])
{
    cph_c64 sum[3] = {{0}}, e[3], factor = {0.0, 0.0};
    /* Arguments were checked when the model was made; there is nothing else it could refuse. */
    const cph_status status = cph_steer_c64(model->elements, model->position, model->freq_hz, u, a);
    (void)status;
    for (size_t n = 0; n < model->elements; n++) {
        const cph_c64 c = cph_c64_mul(model->c[n], a[n]);
        factor = (cph_c64){factor.re + c.re, factor.im + c.im};
        if (!cph_pattern_is_vector(model))
            continue;
        radiate(model, n, u, e);
        for (int k = 0; k < 3; k++) {
            const cph_c64 part = cph_c64_mul(c, e[k]);
            sum[k] = (cph_c64){sum[k].re + part.re, sum[k].im + part.im};
        }
    }
    if (!cph_pattern_is_vector(model)) {
        cph_element_radiate(model->element, u, e);
        for (int k = 0; k < 3; k++)
            sum[k] = cph_c64_mul(factor, e[k]);
    }
    project(sum, u, field);
}

double cph_pattern_field_power(const cph_pattern_model *model, const cph_c64 field[2])
{
    if (model->polarization == CPH_POLARIZATION_TOTAL)
        return field[0].re * field[0].re + field[0].im * field[0].im + field[1].re * field[1].re +
               field[1].im * field[1].im;
    const cph_c64 part = cph_polarization_component(field, model->polarization);
    return part.re * part.re + part.im * part.im;
}
