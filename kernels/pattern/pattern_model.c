/* SPDX-License-Identifier: MIT */
/* Input of the pattern analysis: checked, packed to the elements that have a weight, scaled. */
#include "kernels/pattern/pattern_model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/core/size.h"

static cph_status check(const cph_pattern_input *input)
{
    if (input == NULL || input->elements == 0 || input->position == NULL ||
        input->weights == NULL || !(input->freq_hz > 0.0) || !isfinite(input->freq_hz))
        return CPH_ERR_ARGUMENT;
    if (input->element != NULL && cph_element_check(input->element, NULL) != CPH_OK)
        return CPH_ERR_ARGUMENT;
    return cph_size_matrix(input->elements, 3, 3, sizeof(double)) ? CPH_OK : CPH_ERR_OVERFLOW;
}

static cph_status pack(const cph_pattern_input *input, cph_pattern_model *model)
{
    double sum = 0.0;
    for (size_t n = 0; n < input->elements; n++) {
        const cph_c64 w = input->weights[n];
        if (w.re == 0.0 && w.im == 0.0)
            continue;
        const cph_c64 g = input->gain != NULL ? input->gain[n] : (cph_c64){1.0, 0.0};
        const cph_c64 c = {w.re * g.re + w.im * g.im, w.re * g.im - w.im * g.re};
        const double *r = input->position + 3 * n;
        if (!isfinite(c.re) || !isfinite(c.im) || !isfinite(r[0] + r[1] + r[2]))
            return CPH_ERR_NOT_FINITE;
        memcpy(model->position + 3 * model->elements, r, 3 * sizeof *r);
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
    cph_status status = check(input);
    if (status != CPH_OK)
        return status;
    cph_pattern_model m = {.freq_hz = input->freq_hz,
                           .wavelength = CPH_SPEED_OF_LIGHT / input->freq_hz,
                           .element = input->element,
                           .exec = input->exec};
    m.position = calloc(input->elements, 3 * sizeof *m.position);
    m.c = calloc(input->elements, sizeof *m.c);
    m.a = calloc(input->elements, sizeof *m.a);
    status = m.position != NULL && m.c != NULL && m.a != NULL ? pack(input, &m) : CPH_ERR_MEMORY;
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
    *model = (cph_pattern_model){0};
}
