/* SPDX-License-Identifier: MIT */
/* Input of the pattern analysis: checked, packed to the elements that have a weight, scaled. */
#include "kernels/pattern/pattern_model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/core/c64.h"
#include "kernels/core/size.h"
#include "kernels/core/vec3.h"

static cph_status check_element(const cph_pattern_input *input, const cph_element_pattern *element)
{
    if (element != NULL && cph_element_check(element, NULL) != CPH_OK)
        return CPH_ERR_ARGUMENT;
    return input->polarization == CPH_POLARIZATION_TOTAL || cph_element_polarized(element)
               ? CPH_OK
               : CPH_ERR_ARGUMENT;
}

static cph_status check_elements(const cph_pattern_input *input)
{
    if ((size_t)input->polarization >= CPH_POLARIZATION_COUNT)
        return CPH_ERR_ARGUMENT;
    if (input->embedded == NULL)
        return check_element(input, input->element);
    for (size_t n = 0; n < input->elements; n++)
        if (check_element(input, input->embedded[n]) != CPH_OK)
            return CPH_ERR_ARGUMENT;
    return CPH_OK;
}

/* Rotations, to what a file may have been rounded to; *turned when one is not the identity. */
static cph_status check_axes(const cph_pattern_input *input, bool *turned)
{
    static const double slack = 1e-5;
    *turned = false;
    for (size_t n = 0; n < input->elements && input->axes != NULL; n++) {
        const double *axes = input->axes + 9 * n;
        if (!cph_is_rotation3(axes, slack))
            return CPH_ERR_ARGUMENT;
        *turned = *turned || axes[0] != 1.0 || axes[4] != 1.0 || axes[8] != 1.0;
    }
    return CPH_OK;
}

static cph_status check(const cph_pattern_input *input)
{
    if (input == NULL || input->elements == 0 || input->position == NULL ||
        input->weights == NULL || !(input->freq_hz > 0.0) || !isfinite(input->freq_hz))
        return CPH_ERR_ARGUMENT;
    if (check_elements(input) != CPH_OK)
        return CPH_ERR_ARGUMENT;
    return cph_size_matrix(input->elements, 9, 9, sizeof(double)) ? CPH_OK : CPH_ERR_OVERFLOW;
}

static cph_status pack(const cph_pattern_input *input, cph_pattern_model *model)
{
    double sum = 0.0;
    for (size_t n = 0; n < input->elements; n++) {
        const cph_c64 w = input->weights[n];
        if (cph_c64_is_zero(w))
            continue;
        const cph_c64 g = input->gain != NULL ? input->gain[n] : (cph_c64){1.0, 0.0};
        const cph_c64 c = {w.re * g.re + w.im * g.im, w.re * g.im - w.im * g.re};
        const double *r = input->position + 3 * n;
        if (!isfinite(c.re) || !isfinite(c.im) || !isfinite(r[0] + r[1] + r[2]))
            return CPH_ERR_NOT_FINITE;
        memcpy(model->position + 3 * model->elements, r, 3 * sizeof *r);
        if (model->embedded != NULL)
            model->embedded[model->elements] =
                input->embedded != NULL ? input->embedded[n] : input->element;
        if (model->axes != NULL)
            memcpy(model->axes + 9 * model->elements, input->axes + 9 * n, 9 * sizeof *model->axes);
        model->c[model->elements++] = c;
        sum += hypot(c.re, c.im);
    }
    if (!(sum > 0.0))
        return CPH_ERR_TOO_FEW;
    for (size_t n = 0; n < model->elements; n++)
        model->c[n] = (cph_c64){model->c[n].re / sum, model->c[n].im / sum};
    model->scale = sum;
    return CPH_OK;
}

cph_status cph_pattern_model_init(const cph_pattern_input *input, cph_pattern_model *model)
{
    bool turned = false;
    cph_status status = check(input);
    if (status == CPH_OK)
        status = check_axes(input, &turned);
    if (status != CPH_OK)
        return status;
    cph_pattern_model m = {.freq_hz = input->freq_hz,
                           .wavelength = CPH_SPEED_OF_LIGHT / input->freq_hz,
                           .element = input->element,
                           .exec = input->exec,
                           .polarization = input->polarization};
    m.position = calloc(input->elements, 3 * sizeof *m.position);
    m.c = calloc(input->elements, sizeof *m.c);
    m.a = calloc(input->elements, sizeof *m.a);
    if (turned || input->embedded != NULL)
        m.embedded = calloc(input->elements, sizeof(cph_element_pattern *));
    if (turned)
        m.axes = calloc(input->elements, 9 * sizeof *m.axes);
    const bool whole = m.position != NULL && m.c != NULL && m.a != NULL &&
                       (m.embedded != NULL || !(turned || input->embedded != NULL)) &&
                       (m.axes != NULL || !turned);
    status = whole ? pack(input, &m) : CPH_ERR_MEMORY;
    if (status != CPH_OK) {
        cph_pattern_model_free(&m);
        return status;
    }
    *model = m;
    return CPH_OK;
}

void cph_pattern_model_free(cph_pattern_model *model)
{
    free(model->position);
    free(model->c);
    free(model->a);
    free(model->embedded);
    free(model->axes);
    *model = (cph_pattern_model){0};
}
