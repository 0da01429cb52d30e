/* SPDX-License-Identifier: MIT */
#include "cli/bench_calibrate.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cophase/calib.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"

/* A line of /truth/source. */
static bool take_direction(const char *line, double u[3])
{
    static const char *const key[] = {"u", "v", "w"};
    json_t *const object = json_loads(line, 0, NULL);
    const char *const kind = json_string_value(json_object_get(object, "kind"));
    bool found = kind != NULL && strcmp(kind, "source") == 0;
    for (size_t k = 0; k < 3; k++) {
        const json_t *const number = json_object_get(object, key[k]);
        found = found && json_is_number(number);
        u[k] = json_number_value(number);
    }
    json_decref(object);
    return found;
}

bool cph_bench_source(cph_data *data, double u[3])
{
    const cph_data_header *const h = cph_data_header_of(data);
    cph_error error = {.status = CPH_OK};
    char **line = NULL;
    size_t lines = 0;
    if (h->kind != CPH_KIND_CAPTURE || h->times < h->axis_elements || !h->array.has_positions ||
        cph_data_read_truth_sources(data, &line, &lines, &error) != CPH_OK)
        return false;
    const bool found = lines == 1 && take_direction(line[0], u);
    free(line);
    return found;
}

/* Arrays of a solution. */
typedef struct desk {
    cph_c64 *r, *gain;        /* [N][N], [N] */
    double *sigma, *position; /* [2 N], [N][3] */
    unsigned char *flag;      /* [N] */
} desk;

static bool desk_create(size_t n, desk *d)
{
    *d = (desk){.r = calloc(n, n * sizeof *d->r),
                .gain = calloc(n, sizeof *d->gain),
                .sigma = calloc(n, 2 * sizeof *d->sigma),
                .position = calloc(n, 3 * sizeof *d->position),
                .flag = calloc(n, 1)};
    return d->r != NULL && d->gain != NULL && d->sigma != NULL && d->position != NULL &&
           d->flag != NULL;
}

static void desk_free(desk *d)
{
    free(d->r);
    free(d->gain);
    free(d->sigma);
    free(d->position);
    free(d->flag);
}

static cph_status solve(const cph_data_header *h, const double u[3], const desk *d,
                        cph_error *error)
{
    const size_t n = h->axis_elements;
    double flux = 0.0;
    const cph_gain_options options = cph_gain_defaults();
    const cph_gain_problem problem = {.elements = n,
                                      .r = d->r,
                                      .ld = n,
                                      .has_diagonal = true,
                                      .position = d->position,
                                      .freq_hz = h->channel_freq_hz[0],
                                      .sources = 1,
                                      .direction = u,
                                      .samples = cph_data_independent(h, (double)h->times)};
    cph_gain_solution solution = {.gain = d->gain,
                                  .phase_sigma = d->sigma,
                                  .amplitude_sigma = d->sigma + n,
                                  .flag = d->flag,
                                  .flux = &flux};
    return cph_gains_solve(&problem, &options, &solution, error);
}

cph_status cph_bench_gains(const cph_data_header *h, const cph_covariance_plan *plan,
                           const cph_covariance_sums *sums, const double u[3], cph_error *error)
{
    const size_t n = h->axis_elements;
    desk d;
    cph_status status = CPH_ERR_MEMORY;
    if (desk_create(n, &d))
        status = cph_array_positions(&h->array, d.position);
    if (status == CPH_OK)
        status =
            cph_covariance_get(plan, sums, 1.0 / (double)cph_covariance_times(plan, sums), d.r, n);
    status = status == CPH_OK ? solve(h, u, &d, error)
                              : cph_fail(error, status, "gains: %s", cph_status_name(status));
    desk_free(&d);
    return status;
}
