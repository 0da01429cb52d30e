/* SPDX-License-Identifier: MIT */
/* Responses and maps of a pattern, for pictures and for whoever wants the numbers. */
#include <math.h>
#include <stdlib.h>

#include "cophase/array.h"
#include "cophase/steer.h"
#include "kernels/core/exec.h"
#include "kernels/core/size.h"
#include "kernels/pattern/pattern_model.h"

typedef struct response_job {
    const cph_pattern_model *model;
    const double *direction; /* [D][3] */
    cph_c64 *response;       /* [D] */
    cph_c64 *a;              /* [threads][N] */
    cph_status *status;      /* [threads] */
} response_job;

/* Of the vector sum: its component, or the root of its power. */
static cph_c64 vector_response(const cph_pattern_model *model, const double u[3], cph_c64 *a)
{
    cph_c64 field[2];
    cph_pattern_field_at(model, u, a, field);
    const cph_c64 scaled =
        model->polarization == CPH_POLARIZATION_TOTAL
            ? (cph_c64){sqrt(cph_pattern_field_power(model, field)), 0.0}
            : cph_polarization_component((const cph_c64 *)field, model->polarization);
    return (cph_c64){model->scale * scaled.re, model->scale * scaled.im};
}

static void respond(void *context, size_t begin, size_t end, size_t worker)
{
    const response_job *job = context;
    const cph_pattern_model *model = job->model;
    cph_c64 *a = job->a + worker * model->elements;
    for (size_t d = begin; d < end; d++) {
        double re = 0.0, im = 0.0;
        if (cph_pattern_is_vector(model)) {
            job->response[d] = vector_response(model, job->direction + 3 * d, a);
            continue;
        }
        const cph_status status = cph_steer_c64(model->elements, model->position, model->freq_hz,
                                                job->direction + 3 * d, a);
        if (status != CPH_OK)
            job->status[worker] = status;
        for (size_t n = 0; n < model->elements; n++) {
            re += model->c[n].re * a[n].re - model->c[n].im * a[n].im;
            im += model->c[n].re * a[n].im + model->c[n].im * a[n].re;
        }
        const cph_c64 f = cph_pattern_element_factor(model, job->direction + 3 * d);
        job->response[d] = (cph_c64){model->scale * (f.re * re - f.im * im),
                                     model->scale * (f.re * im + f.im * re)};
    }
}

cph_status cph_pattern_responses(const cph_pattern_model *model, size_t directions,
                                 const double *direction, cph_c64 *response)
{
    const size_t threads = cph_exec_threads(model->exec);
    size_t bytes;
    if (!cph_size_mul(model->elements, sizeof(cph_c64), &bytes))
        return CPH_ERR_OVERFLOW;
    response_job job = {.model = model, .direction = direction, .response = response};
    job.a = calloc(threads, bytes);
    job.status = calloc(threads, sizeof *job.status);
    cph_status status = job.a != NULL && job.status != NULL ? CPH_OK : CPH_ERR_MEMORY;
    if (status == CPH_OK)
        cph_exec_run(model->exec, directions, respond, &job);
    for (size_t i = 0; i < threads && status == CPH_OK; i++)
        status = job.status[i];
    free(job.a);
    free(job.status);
    return status;
}

static cph_status check_directions(size_t directions, const double *direction, const void *out)
{
    if (directions > 0 && (direction == NULL || out == NULL))
        return CPH_ERR_ARGUMENT;
    if (!cph_size_matrix(directions, 3, 3, sizeof *direction))
        return CPH_ERR_OVERFLOW;
    for (size_t i = 0; i < 3 * directions; i++)
        if (!isfinite(direction[i]))
            return CPH_ERR_NOT_FINITE;
    return CPH_OK;
}

cph_status cph_pattern_field(const cph_pattern_input *input, size_t directions,
                             const double *direction, cph_c64 (*field)[2])
{
    cph_pattern_model model;
    cph_status status = check_directions(directions, direction, field);
    if (status == CPH_OK)
        status = cph_pattern_model_init(input, &model);
    if (status != CPH_OK)
        return status;
    for (size_t d = 0; d < directions; d++) {
        cph_pattern_field_at(&model, direction + 3 * d, model.a, field[d]);
        for (int i = 0; i < 2; i++)
            field[d][i] = (cph_c64){model.scale * field[d][i].re, model.scale * field[d][i].im};
    }
    cph_pattern_model_free(&model);
    return CPH_OK;
}

cph_status cph_pattern_response(const cph_pattern_input *input, size_t directions,
                                const double *direction, cph_c64 *response)
{
    cph_pattern_model model;
    cph_status status = check_directions(directions, direction, response);
    if (status == CPH_OK)
        status = cph_pattern_model_init(input, &model);
    if (status != CPH_OK)
        return status;
    status = cph_pattern_responses(&model, directions, direction, response);
    cph_pattern_model_free(&model);
    return status;
}

static bool on_map(const void *context, size_t index, double u[3])
{
    const size_t grid = *(const size_t *)context;
    const double step = 2.0 / (double)(grid - 1);
    u[0] = -1.0 + step * (double)(index % grid);
    u[1] = -1.0 + step * (double)(index / grid);
    const double rest = 1.0 - u[0] * u[0] - u[1] * u[1];
    u[2] = sqrt(fmax(rest, 0.0));
    return rest >= 0.0;
}

static bool on_azel(const void *context, size_t index, double u[3])
{
    const size_t grid = *(const size_t *)context;
    const double step = M_PI / (double)(grid - 1);
    cph_direction_from_azel(-M_PI_2 + step * (double)(index % grid),
                            -M_PI_2 + step * (double)(index / grid), u);
    return true;
}

static cph_status draw_map(const cph_pattern_input *input, cph_sweep_direction *direction,
                           size_t grid, float *power_db)
{
    cph_pattern_model model;
    size_t count, bytes;
    if (power_db == NULL || grid < 2)
        return CPH_ERR_ARGUMENT;
    if (!cph_size_mul(grid, grid, &count) || !cph_size_mul(count, sizeof *power_db, &bytes))
        return CPH_ERR_OVERFLOW;
    cph_status status = cph_pattern_model_init(input, &model);
    if (status != CPH_OK)
        return status;
    status = cph_pattern_sample(&model, direction, &grid, count, power_db);
    cph_pattern_model_free(&model);
    if (status != CPH_OK)
        return status;
    float top = 0.0f;
    for (size_t i = 0; i < count; i++)
        top = fmaxf(top, power_db[i]);
    for (size_t i = 0; i < count; i++)
        power_db[i] = 10.0f * log10f(power_db[i] / top);
    return CPH_OK;
}

cph_status cph_pattern_map(const cph_pattern_input *input, size_t grid, float *power_db)
{
    return draw_map(input, on_map, grid, power_db);
}

cph_status cph_pattern_map_azel(const cph_pattern_input *input, size_t grid, float *power_db)
{
    return draw_map(input, on_azel, grid, power_db);
}
