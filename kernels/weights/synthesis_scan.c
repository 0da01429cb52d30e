/* SPDX-License-Identifier: MIT */
/* Tops of a pattern over its limits: samples above their neighbours, climbed. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/core/vec3.h"
#include "kernels/weights/synthesis_field.h"

/* Compass directions that a climb looks to: along a line two. */
enum { COMPASS = 4 };
/* Most tops of a look: those beyond are found in a later round. */
enum { MOST_TOPS = 4096 };

static bool sample_direction(const void *context, size_t index, double u[3])
{
    const cph_synthesis_field *f = context;
    memcpy(u, f->u + 3 * index, 3 * sizeof *u);
    return isfinite(f->limit[index]);
}

/* (|response| / limit)^2; negative where nothing is limited. */
static double excess_at(const cph_synthesis_field *f, size_t index)
{
    return isfinite(f->limit[index]) ? (double)f->power[index] / (f->limit[index] * f->limit[index])
                                     : -1.0;
}

static bool tops_lattice(const cph_synthesis_field *f, size_t index, double excess)
{
    const size_t row = index / f->columns, column = index % f->columns;
    const bool closed = f->aperture.dims == 3;
    for (size_t i = row > 0 ? row - 1 : 0; i <= row + 1 && i < f->rows; i++)
        for (size_t k = 0; k < 3; k++) {
            const size_t j = (column + f->columns + k - 1) % f->columns;
            const bool across = (k == 0 && column == 0) || (k == 2 && j == 0);
            if ((closed || !across) && excess_at(f, i * f->columns + j) > excess)
                return false;
        }
    return true;
}

/* Of a circle of `size` samples from `first` on. */
static bool tops_circle(const cph_synthesis_field *f, size_t first, size_t size, size_t index,
                        double excess)
{
    const size_t before = first + (index - first + size - 1) % size;
    const size_t after = first + (index - first + 1) % size;
    return excess >= excess_at(f, before) && excess >= excess_at(f, after);
}

static bool is_top(const cph_synthesis_field *f, size_t index, double excess)
{
    if (index < f->lattice)
        return tops_lattice(f, index, excess);
    if (index < f->lattice + f->rim)
        return tops_circle(f, f->lattice, f->rim, index, excess);
    return f->aperture.dims == 1 || tops_circle(f, f->lattice + f->rim, f->ring, index, excess);
}

static int higher_first(const void *pa, const void *pb)
{
    const cph_synthesis_top *a = pa, *b = pb;
    if (a->ratio != b->ratio)
        return a->ratio > b->ratio ? -1 : 1;
    for (size_t i = 0; i < 3; i++)
        if (a->u[i] != b->u[i])
            return a->u[i] > b->u[i] ? -1 : 1;
    return 0;
}

static cph_status find_tops(cph_synthesis_field *f, double least)
{
    if (f->top == NULL)
        f->top = calloc(f->count + 1, sizeof *f->top);
    if (f->trial == NULL)
        f->trial = calloc((size_t)MOST_TOPS * COMPASS, sizeof *f->trial);
    if (f->top == NULL || f->trial == NULL)
        return CPH_ERR_MEMORY;
    f->tops = 0;
    for (size_t i = 0; i < f->count; i++) {
        const double excess = excess_at(f, i);
        if (excess < least * least || !is_top(f, i, excess))
            continue;
        cph_synthesis_top *top = &f->top[f->tops++];
        *top = (cph_synthesis_top){.ratio = sqrt(excess), .limit = f->limit[i]};
        memcpy(top->u, f->u + 3 * i, sizeof top->u);
    }
    qsort(f->top, f->tops, sizeof *f->top, higher_first);
    f->tops = f->tops < MOST_TOPS ? f->tops : MOST_TOPS;
    return CPH_OK;
}

/* ---- climbing ---- */

/* Fills in what the model has toward each of them, in double. */
static cph_status measure(const cph_synthesis_field *f, const cph_pattern_model *model,
                          size_t count, cph_synthesis_top *tops)
{
    double *u = calloc(count + 1, 3 * sizeof *u);
    cph_c64 *response = calloc(count + 1, sizeof *response);
    cph_status status = u == NULL || response == NULL ? CPH_ERR_MEMORY : CPH_OK;
    for (size_t i = 0; i < count && status == CPH_OK; i++)
        memcpy(u + 3 * i, tops[i].u, sizeof tops[i].u);
    if (status == CPH_OK)
        status = cph_pattern_responses(model, count, u, response);
    for (size_t i = 0; i < count && status == CPH_OK; i++) {
        tops[i].response = response[i];
        tops[i].limit = cph_synthesis_field_limit(f, tops[i].u);
        tops[i].ratio =
            isfinite(tops[i].limit) ? hypot(response[i].re, response[i].im) / tops[i].limit : -1.0;
    }
    free(u);
    free(response);
    return status;
}

static cph_status climb_step(cph_synthesis_field *f, const cph_pattern_model *model, double step,
                             size_t *moved)
{
    const size_t ways = f->aperture.dims == 1 ? 2 : COMPASS;
    for (size_t i = 0; i < f->tops; i++) {
        double tangent[2][3];
        cph_aperture_tangents(&f->aperture, f->top[i].u, tangent);
        for (size_t k = 0; k < ways; k++) {
            double *u = f->trial[i * ways + k].u;
            cph_add3(f->top[i].u, k % 2 == 0 ? step : -step, tangent[k / 2], u);
            cph_unit3(u);
        }
    }
    const cph_status status = measure(f, model, f->tops * ways, f->trial);
    *moved = 0;
    for (size_t i = 0; i < f->tops && status == CPH_OK; i++) {
        const double before = f->top[i].ratio;
        for (size_t k = 0; k < ways; k++)
            if (f->trial[i * ways + k].ratio > f->top[i].ratio)
                f->top[i] = f->trial[i * ways + k];
        *moved += f->top[i].ratio > before;
    }
    return status;
}

/* Half a sample's distance at first, a sixty-fourth of one at last: cos(pi / 768) of a lobe hides.
 */
static cph_status climb(cph_synthesis_field *f, const cph_pattern_model *model)
{
    enum { HALVINGS = 6, MOVES = 3, SAMPLES = 12 };
    double step = cph_aperture_lobe(&f->aperture) / SAMPLES;
    cph_status status = measure(f, model, f->tops, f->top);
    for (int i = 0; i < HALVINGS && status == CPH_OK; i++) {
        size_t moved = f->tops;
        for (int k = 0; k < MOVES && moved > 0 && status == CPH_OK; k++)
            status = climb_step(f, model, step, &moved);
        step *= 0.5;
    }
    return status;
}

cph_status cph_synthesis_field_scan(cph_synthesis_field *f, const cph_pattern_model *model,
                                    double least)
{
    cph_status status = cph_pattern_sample(model, sample_direction, f, f->count, f->power);
    for (size_t i = 0; i < f->count && status == CPH_OK; i++)
        f->power[i] = (float)(model->scale * model->scale * (double)f->power[i]);
    if (status == CPH_OK)
        status = find_tops(f, least);
    if (status == CPH_OK)
        status = climb(f, model);
    if (status == CPH_OK)
        qsort(f->top, f->tops, sizeof *f->top, higher_first);
    return status;
}
