/* SPDX-License-Identifier: MIT */
/* |response|^2 toward many directions, in float, through the steer and beamform kernels. */
#include <math.h>

#include "cophase/beamform.h"
#include "kernels/core/exec.h"
#include "kernels/core/heap.h"
#include "kernels/pattern/pattern_model.h"

typedef struct sampling {
    size_t elements;
    cph_beamform_plan *plan;
    unsigned char *workspace; /* [threads][room] */
    size_t room;
    float *power;
} sampling;

static cph_status visit(void *visitor, size_t worker, size_t directions, const size_t *index,
                        const cph_c32 *a)
{
    const sampling *s = visitor;
    cph_c32 beam[CPH_SWEEP_BLOCK];
    const cph_status status = cph_beamform_run(s->plan, s->workspace + worker * s->room, a,
                                               s->elements, directions, beam, 1);
    for (size_t d = 0; d < directions && status == CPH_OK; d++)
        s->power[index[d]] = beam[d].re * beam[d].re + beam[d].im * beam[d].im;
    return status;
}

static cph_status plan_beam(const cph_pattern_model *model, sampling *s)
{
    const cph_beamform_config config = {.elements = s->elements, .beams = 1, .type = CPH_C32};
    const size_t threads = cph_exec_threads(model->exec);
    cph_c32 *w = calloc(s->elements, sizeof *w);
    if (w == NULL)
        return CPH_ERR_MEMORY;
    for (size_t n = 0; n < s->elements; n++)
        w[n] = (cph_c32){(float)model->c[n].re, (float)-model->c[n].im};
    const cph_status status = cph_beamform_create(&config, w, s->elements, &s->plan);
    free(w);
    if (status != CPH_OK)
        return status;
    size_t bytes;
    if (!cph_size_align(cph_beamform_workspace_size(s->plan), CPH_ALIGNMENT, &s->room) ||
        !cph_size_mul(s->room, threads, &bytes))
        return CPH_ERR_OVERFLOW;
    s->workspace = cph_heap_aligned(bytes + CPH_ALIGNMENT);
    return s->workspace != NULL ? CPH_OK : CPH_ERR_MEMORY;
}

/* Elements that differ have no sum that a kernel could form. */
typedef struct vector_sampling {
    const cph_pattern_model *model;
    cph_sweep_direction *direction;
    const void *context;
    cph_c64 *a; /* [threads][N] */
    float *power;
} vector_sampling;

static void sample_fields(void *context, size_t begin, size_t end, size_t worker)
{
    const vector_sampling *s = context;
    for (size_t i = begin; i < end; i++) {
        double u[3];
        cph_c64 field[2];
        s->power[i] = NAN;
        if (!s->direction(s->context, i, u))
            continue;
        cph_pattern_field_at(s->model, u, s->a + worker * s->model->elements, field);
        s->power[i] = (float)cph_pattern_field_power(s->model, field);
    }
}

static cph_status sample_vector(vector_sampling *s, size_t count)
{
    s->a = calloc(cph_exec_threads(s->model->exec), s->model->elements * sizeof *s->a);
    if (s->a == NULL)
        return CPH_ERR_MEMORY;
    cph_exec_run(s->model->exec, count, sample_fields, s);
    free(s->a);
    return CPH_OK;
}

cph_status cph_pattern_sample(const cph_pattern_model *model, cph_sweep_direction *direction,
                              const void *context, size_t count, float *power)
{
    if (cph_pattern_is_vector(model))
        return sample_vector(&(vector_sampling){model, direction, context, NULL, power}, count);
    sampling s = {.elements = model->elements, .power = power};
    cph_status status = plan_beam(model, &s);
    if (status == CPH_OK) {
        const cph_sweep sweep = {.elements = model->elements,
                                 .position = model->position,
                                 .freq_hz = model->freq_hz,
                                 .count = count,
                                 .direction = direction,
                                 .context = context,
                                 .visit = visit,
                                 .visitor = &s,
                                 .exec = model->exec};
        status = cph_sweep_run(&sweep);
    }
    for (size_t i = 0; i < count && status == CPH_OK; i++) {
        double u[3];
        power[i] =
            direction(context, i, u) ? power[i] * (float)cph_pattern_element_power(model, u) : NAN;
    }
    free(s.workspace);
    cph_beamform_destroy(s.plan);
    return status;
}
