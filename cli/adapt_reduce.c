/* SPDX-License-Identifier: MIT */
/* Weights that adapt subarrays or beams instead of elements. */
#include <math.h>
#include <stdlib.h>

#include "cli/adapt_reduce.h"
#include "cophase/reduced.h"
#include "cophase/steer.h"
#include "kernels/core/c64.h"
#include "kernels/core/size.h"

/* ---- groups of elements ---- */

/* Those that the array has, in the order they come; an element of none is one of its own. */
static size_t groups_of_array(const cph_array *array, size_t *group)
{
    size_t groups = 0;
    for (size_t n = 0; n < array->elements; n++) {
        const uint32_t wanted = array->element[n].subarray;
        size_t before = 0;
        while (before < n &&
               (wanted == CPH_SUBARRAY_NONE || array->element[before].subarray != wanted))
            before++;
        group[n] = before < n ? group[before] : groups++;
    }
    return groups;
}

static cph_status make_groups(cph_shop *s, cph_error *error)
{
    const size_t n = s->selection->elements, *grid = s->method->grid;
    cph_adapted *adapted = s->adapted;
    if (adapted->group == NULL)
        adapted->group = reallocarray(NULL, n, sizeof *adapted->group);
    if (adapted->group == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    cph_status status = CPH_OK;
    if (grid[0] == 0) {
        adapted->groups = groups_of_array(&s->selection->array, adapted->group);
        if (adapted->groups == n)
            return cph_fail(error, CPH_ERR_MISSING,
                            "--subarrays array: no two elements of it share a subarray");
    } else if (grid[1] == 0) {
        adapted->groups = grid[0];
        status = cph_subarrays_split(n, s->selection->position, grid[0], adapted->group);
    } else {
        adapted->groups = grid[0] * grid[1];
        status = cph_subarrays_grid(n, s->selection->position, grid[0], grid[1], adapted->group);
    }
    return status == CPH_OK ? CPH_OK
                            : cph_fail(error, status == CPH_ERR_ARGUMENT ? CPH_ERR_FORMAT : status,
                                       "--subarrays %s of %zu elements: expected no more of them "
                                       "than elements",
                                       s->method->subarrays, n);
}

/* ---- T ---- */

/* Row m: what steers to the vector a, of the elements of group m (of all where group is NULL). */
static void steer_row(const cph_shop *s, const cph_c64 *a, const size_t *group, size_t m,
                      cph_c64 *row)
{
    for (size_t e = 0; e < s->selection->elements; e++) {
        row[e] = (cph_c64){0.0, 0.0};
        if (s->flag[e] == CPH_FLAG_NONE && (group == NULL || group[e] == m))
            row[e] = cph_c64_scale(1.0 / cph_c64_power(s->gain[e]), cph_c64_mul(a[e], s->gain[e]));
    }
}

/* Steps of a wavelength over the extent along x and y. */
static void fan_steps(const cph_shop *s, double freq_hz, double step[2])
{
    const size_t n = s->selection->elements;
    for (size_t axis = 0; axis < 2; axis++) {
        double least = INFINITY, most = -INFINITY;
        for (size_t e = 0; e < n; e++) {
            least = fmin(least, s->selection->position[3 * e + axis]);
            most = fmax(most, s->selection->position[3 * e + axis]);
        }
        const double wave = CPH_SPEED_OF_LIGHT / freq_hz;
        step[axis] = most - least > 0.25 * wave ? wave / (most - least) : 0.0;
    }
}

/* No fan has more beams: steps across the unit circle, from a look at its rim. */
static size_t most_beams(const cph_shop *s)
{
    double step[2], most = 1.0;
    fan_steps(s, s->dump.freq_hz, step);
    for (size_t axis = 0; axis < 2; axis++)
        most *= step[axis] > 0.0 ? 2.0 * ceil(2.0 / step[axis]) + 1.0 : 1.0;
    return most < (double)s->method->beamspace ? (size_t)most : s->method->beamspace;
}

static cph_status make_beams(cph_reducer *r, size_t b, cph_error *error)
{
    cph_shop *s = r->shop;
    const size_t n = s->selection->elements;
    double step[2];
    fan_steps(s, s->dump.freq_hz, step);
    cph_status status =
        cph_fan_directions(s->weights->direction + 3 * b, step, r->most, r->direction, &r->rows);
    for (size_t m = 0; status == CPH_OK && m < r->rows; m++) {
        status =
            cph_steer_c64(n, s->selection->position, s->dump.freq_hz, r->direction + 3 * m, s->w);
        if (status == CPH_OK)
            steer_row(s, s->w, NULL, 0, r->t + m * n);
    }
    return status == CPH_OK ? CPH_OK
                            : cph_fail(error, status, "beams: %s", cph_status_name(status));
}

/* s->c[0] is the look's steering vector. */
static cph_status make_rows(cph_reducer *r, size_t b, cph_error *error)
{
    cph_shop *s = r->shop;
    const size_t n = s->selection->elements;
    cph_status status = CPH_OK;
    r->rows = r->most;
    if (s->method->beamspace > 0)
        status = make_beams(r, b, error);
    for (size_t m = 0; s->method->beamspace == 0 && m < r->rows; m++)
        steer_row(s, s->c, s->adapted->group, m, r->t + m * n);
    if (status == CPH_OK && s->method->beamspace == 0)
        for (size_t e = 0; e < n; e++)
            s->adapted->beam[b].analogue[e] = r->t[s->adapted->group[e] * n + e];
    if (status != CPH_OK)
        return status;
    status = cph_reduce_orthonormal(n, r->rows, r->t, r->flag);
    return status == CPH_OK ? CPH_OK : cph_fail(error, status, "all %zu elements are flagged", n);
}

/* ---- one beam ---- */

static cph_status solve(cph_reducer *r, size_t b, size_t count, cph_error *error)
{
    cph_shop *s = r->shop;
    const size_t n = s->selection->elements;
    cph_adaptive *adaptive = NULL;
    for (size_t j = 0; j < count; j++)
        if (cph_reduce_steering(n, s->gain, s->c + j * n, r->rows, r->t, r->b + j * r->rows) !=
            CPH_OK)
            return cph_fail(error, CPH_ERR_ARGUMENT, "no constraints");
    const cph_adaptive_config config = {.elements = r->rows,
                                        .covariance = r->s,
                                        .ld = r->rows,
                                        .flag = r->flag,
                                        .samples = s->dump.samples,
                                        .loading = s->method->loading};
    cph_status status = cph_adaptive_create(&config, &adaptive, error);
    if (status == CPH_OK)
        status = cph_adapt_solve(s, adaptive, count, r->b, r->z, &s->adapted->beam[b], error);
    if (status == CPH_OK)
        s->adapted->dimensions = cph_adaptive_live(adaptive, &s->adapted->rho, &s->adapted->load);
    cph_adaptive_destroy(adaptive);
    if (status != CPH_OK)
        return status;
    return cph_reduce_expand(n, r->rows, r->t, r->z, s->w);
}

/* The weight of a group is what its elements have over what they had. */
static void tell_levels(cph_reducer *r, size_t b)
{
    cph_shop *s = r->shop;
    cph_adapted_beam *beam = &s->adapted->beam[b];
    for (size_t m = 0; m < s->adapted->groups; m++)
        beam->digital[m] = (cph_c64){0.0, 0.0};
    for (size_t e = 0; e < s->selection->elements; e++) {
        const cph_c64 before = beam->analogue[e];
        if (before.re != 0.0 || before.im != 0.0)
            beam->digital[s->adapted->group[e]] =
                cph_c64_scale(1.0 / cph_c64_power(before), cph_c64_mulc(s->w[e], before));
    }
}

static cph_exit adapt_beam(cph_reducer *r, size_t b)
{
    cph_shop *s = r->shop;
    cph_error error = {.status = CPH_OK};
    size_t count = 0;
    cph_status status = cph_adapt_constrain(s, b, &count, &error);
    if (status == CPH_OK)
        status = make_rows(r, b, &error);
    if (status != CPH_OK)
        return cph_adapt_report(s, &error);
    const cph_exit code = cph_reducer_sum(r);
    if (code != CPH_EXIT_DONE)
        return code;
    if (solve(r, b, count, &error) != CPH_OK)
        return cph_adapt_report(s, &error);
    if (s->method->beamspace == 0)
        tell_levels(r, b);
    cph_adapt_store(s, b);
    return CPH_EXIT_DONE;
}

static bool reserve(cph_reducer *r)
{
    const cph_shop *s = r->shop;
    const size_t n = s->selection->elements, m = r->most;
    const size_t constraints = 1 + s->nulls->count + CPH_SLOPES;
    size_t bytes = 0, at[6];
    if (!cph_size_mul(m, n, &at[0]) || !cph_size_place(&bytes, at[0], sizeof *r->t, &at[0]) ||
        !cph_size_mul(m, m, &at[1]) || !cph_size_place(&bytes, at[1], sizeof *r->s, &at[1]) ||
        !cph_size_mul(m, constraints, &at[2]) ||
        !cph_size_place(&bytes, at[2], sizeof *r->b, &at[2]) ||
        !cph_size_place(&bytes, m, sizeof *r->z, &at[3]) ||
        !cph_size_place(&bytes, m, 3 * sizeof *r->direction, &at[4]) ||
        !cph_size_place(&bytes, m, 1, &at[5]) || bytes == 0 || (r->t = calloc(1, bytes)) == NULL)
        return false;
    r->s = cph_size_at(r->t, at[1]);
    r->b = cph_size_at(r->t, at[2]);
    r->z = cph_size_at(r->t, at[3]);
    r->direction = cph_size_at(r->t, at[4]);
    r->flag = cph_size_at(r->t, at[5]);
    for (size_t b = 0; s->method->beamspace == 0 && b < s->weights->beams; b++) {
        cph_adapted_beam *beam = &s->adapted->beam[b];
        if (beam->digital == NULL) /* one set for all channels */
            beam->digital = calloc(m, sizeof *beam->digital);
        if (beam->analogue == NULL)
            beam->analogue = calloc(n, sizeof *beam->analogue);
        if (beam->digital == NULL || beam->analogue == NULL)
            return false;
    }
    return true;
}

cph_exit cph_adapt_reduce(cph_shop *s)
{
    cph_error error = {.status = CPH_OK};
    cph_reducer r = {.shop = s};
    cph_exit code = s->input->header->kind == CPH_KIND_CAPTURE ? cph_reducer_levels(s)
                                                               : cph_adapt_look_at_data(s);
    if (code != CPH_EXIT_DONE)
        return code;
    if (s->method->subarrays != NULL) {
        if (make_groups(s, &error) != CPH_OK)
            return cph_adapt_report(s, &error);
        r.most = s->adapted->groups;
    } else {
        r.most = most_beams(s);
    }
    s->calibrated = false;
    s->adapted->samples = s->dump.samples;
    if (!reserve(&r)) {
        free(r.t);
        return cph_report_memory(s->input->cli->name);
    }
    for (size_t b = 0; code == CPH_EXIT_DONE && b < s->weights->beams; b++)
        code = adapt_beam(&r, b);
    free(r.t);
    return code;
}
