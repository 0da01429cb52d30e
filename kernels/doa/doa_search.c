/* SPDX-License-Identifier: MIT */
/* Spectra on grids, and their highest places. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cophase/scan.h"
#include "kernels/core/c64.h"
#include "kernels/core/fail.h"
#include "kernels/core/size.h"
#include "kernels/core/vec3.h"
#include "kernels/doa/doa_form.h"

/* Tops of the grid that are climbed beyond those asked for: what stands high on the grid need not
 * be the highest. */
enum { SPARE = 8 };
/* Two tops closer than this of a lobe are one. */
static const double same = 1e-4;

static cph_status sweep_points(const cph_doa *doa, const cph_doa_form *form,
                               const cph_doa_points *points, double *value, cph_error *error)
{
    const size_t count = cph_doa_points_count(points);
    const cph_status status =
        cph_doa_form_sweep(doa, form, count, cph_doa_points_at, points, value, error);
    for (size_t i = 0; i < count && status == CPH_OK; i++) {
        double u[3];
        if (!cph_doa_points_at(points, i, u))
            value[i] = NAN;
    }
    return status;
}

/* Into memory of its own first: outputs are unchanged on error. */
static cph_status spectrum_points(const cph_doa *doa, const cph_doa_spectrum *spectrum,
                                  const cph_doa_points *points, bool add, double *value,
                                  cph_error *error)
{
    cph_doa_form form = {0};
    cph_status status = cph_doa_points_check(points, error);
    if (status == CPH_OK)
        status = cph_doa_form_create(doa, spectrum, &form, error);
    if (status != CPH_OK)
        return status;
    const size_t count = cph_doa_points_count(points);
    double *made = calloc(count, sizeof *made);
    if (made == NULL)
        status = cph_fail(error, CPH_ERR_MEMORY, "a spectrum of %zu points: out of memory", count);
    else
        status = sweep_points(doa, &form, points, made, error);
    for (size_t i = 0; i < count && status == CPH_OK && made != NULL; i++)
        value[i] = add ? value[i] + made[i] : made[i];
    free(made);
    cph_doa_form_free(&form);
    return status;
}

cph_status cph_doa_image(const cph_doa *doa, const cph_doa_spectrum *spectrum, size_t grid,
                         double radius, bool image_add, double *image, cph_error *error)
{
    if (doa == NULL || spectrum == NULL || image == NULL)
        return cph_fail(error, CPH_ERR_ARGUMENT, "no covariance, or nowhere to put an image");
    const cph_doa_points points = {.frame = &doa->frame, .grid = grid, .radius = radius};
    return spectrum_points(doa, spectrum, &points, image_add, image, error);
}

cph_status cph_doa_line_spectrum(const cph_doa *doa, const cph_doa_spectrum *spectrum,
                                 size_t points, double radius, double *value, cph_error *error)
{
    if (doa == NULL || spectrum == NULL || value == NULL)
        return cph_fail(error, CPH_ERR_ARGUMENT, "no covariance, or nowhere to put a spectrum");
    if (!cph_doa_line(doa, NULL))
        return cph_fail(error, CPH_ERR_MISSING, "the elements are on no line");
    const cph_doa_points line = {
        .frame = &doa->frame, .grid = points, .radius = radius, .line = true};
    return spectrum_points(doa, spectrum, &line, false, value, error);
}

/* ---- tops ---- */

typedef struct top {
    double u[3], value;
} top;

static int higher(const void *left, const void *right)
{
    const top *a = left, *b = right;
    return (a->value < b->value) - (a->value > b->value);
}

/* value [grid] along the line: NaN is no neighbour; of equal ones the first. */
static size_t tops_of_line(const cph_doa_points *points, const double *value, size_t most,
                           top *tops)
{
    size_t count = 0;
    for (size_t i = 0; i < points->grid; i++) {
        const double left = i > 0 ? value[i - 1] : NAN;
        const double right = i + 1 < points->grid ? value[i + 1] : NAN;
        if (isnan(value[i]) || left >= value[i] || right > value[i])
            continue;
        top here = {.value = value[i]};
        (void)cph_doa_points_at(points, i, here.u);
        cph_doa_leave_rim(points->frame, here.u);
        if (count < most)
            tops[count++] = here;
        else if (here.value > tops[count - 1].value)
            tops[count - 1] = here;
        qsort(tops, count, sizeof *tops, higher);
    }
    return count;
}

static cph_status tops_of_image(const cph_doa_points *points, const double *value, size_t most,
                                top *tops, size_t *count)
{
    const cph_scan_config config = {.grid = points->grid, .radius = points->radius};
    cph_scan_peak *peak = calloc(most, sizeof *peak);
    if (peak == NULL)
        return CPH_ERR_MEMORY;
    const cph_status status = cph_scan_peaks(&config, value, most, peak, count);
    for (size_t k = 0; k < *count && status == CPH_OK; k++) {
        const double across = hypot(peak[k].u, peak[k].v), in = across > 1.0 ? 1.0 / across : 1.0;
        tops[k].value = peak[k].value;
        tops[k].u[0] = in * peak[k].u;
        tops[k].u[1] = in * peak[k].v;
        tops[k].u[2] = sqrt(fmax(1.0 - across * across, 0.0));
        cph_doa_leave_rim(points->frame, tops[k].u);
    }
    free(peak);
    return status;
}

static cph_status find_tops(const cph_doa *doa, const cph_doa_form *form,
                            const cph_doa_points *points, size_t most, top *tops, size_t *count,
                            cph_error *error)
{
    const size_t size = cph_doa_points_count(points);
    double *value = calloc(size, sizeof *value);
    if (value == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "a spectrum of %zu points: out of memory", size);
    cph_status status = sweep_points(doa, form, points, value, error);
    *count = 0;
    if (status == CPH_OK && points->line)
        *count = tops_of_line(points, value, most, tops);
    else if (status == CPH_OK) {
        status = tops_of_image(points, value, most, tops, count);
        if (status != CPH_OK)
            (void)cph_fail(error, status, "tops of a spectrum: %s", cph_status_name(status));
    }
    free(value);
    return status;
}

cph_status cph_doa_points_tops(const cph_doa *doa, const cph_doa_form *form,
                               const cph_doa_points *points, size_t most, double *direction,
                               size_t *found, cph_error *error)
{
    size_t count = 0;
    top *tops = calloc(most, sizeof *tops);
    if (tops == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "%zu directions: out of memory", most);
    const cph_status status = find_tops(doa, form, points, most, tops, &count, error);
    for (size_t k = 0; k < count && status == CPH_OK; k++)
        memcpy(direction + 3 * k, tops[k].u, sizeof tops[k].u);
    if (status == CPH_OK)
        *found = count;
    free(tops);
    return status;
}

/* Climbs all, and drops those that come to the top of another or out of the radius; the rest in
 * order. */
static cph_status climb_all(const cph_doa *doa, const cph_doa_form *form,
                            const cph_doa_points *points, top *tops, size_t *count,
                            cph_error *error)
{
    const double apart = same * cph_aperture_lobe(&doa->frame.aperture);
    size_t kept = 0;
    for (size_t k = 0; k < *count; k++) {
        top here = tops[k];
        const cph_status status = cph_doa_form_climb(doa, form, here.u, &here.value, error);
        if (status != CPH_OK)
            return status;
        bool known = !cph_doa_within(doa, points->radius, here.u);
        for (size_t j = 0; j < kept; j++) {
            double off[3];
            cph_add3(here.u, -1.0, tops[j].u, off);
            known |= cph_norm3(off) < apart;
        }
        if (!known)
            tops[kept++] = here;
    }
    qsort(tops, kept, sizeof *tops, higher);
    *count = kept;
    return CPH_OK;
}

/* Whether a top on the rim is the flank of a higher one that looks alike from across the rim. */
static bool is_flank(const cph_doa *doa, const top *here, const top *higher_one, cph_c64 *v)
{
    const size_t n = doa->frame.n;
    if (!cph_doa_on_rim(doa, here->u))
        return false;
    cph_doa_steer(&doa->frame, here->u, v);
    cph_doa_steer(&doa->frame, higher_one->u, v + n);
    return cph_c64_power(cph_c64_inner(n, v, v + n)) > 0.5 * doa->frame.norm * doa->frame.norm;
}

/* tops [count] in order, highest first. */
static cph_status drop_flanks(const cph_doa *doa, top *tops, size_t *count, cph_error *error)
{
    size_t kept = 0;
    cph_c64 *v = calloc(doa->frame.n, 2 * sizeof *v);
    if (v == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "%zu directions: out of memory", *count);
    for (size_t k = 0; k < *count; k++) {
        bool flank = false;
        for (size_t j = 0; j < kept && !flank; j++)
            flank = is_flank(doa, &tops[k], &tops[j], v);
        if (!flank)
            tops[kept++] = tops[k];
    }
    free(v);
    *count = kept;
    return CPH_OK;
}

static cph_status search(const cph_doa *doa, const cph_doa_form *form, const cph_doa_points *points,
                         size_t most, double *direction, size_t *found, cph_error *error)
{
    size_t wanted = SPARE, count = 0;
    if (!cph_size_add(most, SPARE, &wanted))
        return cph_fail(error, CPH_ERR_OVERFLOW, "%zu directions", most);
    top *tops = calloc(wanted, sizeof *tops);
    if (tops == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "%zu directions: out of memory", most);
    cph_status status = find_tops(doa, form, points, wanted, tops, &count, error);
    if (status == CPH_OK)
        status = climb_all(doa, form, points, tops, &count, error);
    if (status == CPH_OK)
        status = drop_flanks(doa, tops, &count, error);
    if (status == CPH_OK) {
        *found = cph_size_min(most, count);
        for (size_t k = 0; k < *found; k++)
            memcpy(direction + 3 * k, tops[k].u, sizeof tops[k].u);
    }
    free(tops);
    return status;
}

cph_status cph_doa_search(const cph_doa *doa, const cph_doa_spectrum *spectrum, size_t grid,
                          double radius, size_t most, double *direction, size_t *found,
                          cph_error *error)
{
    cph_doa_form form = {0};
    if (doa == NULL || spectrum == NULL || direction == NULL || found == NULL || most == 0)
        return cph_fail(error, CPH_ERR_ARGUMENT, "no covariance, or nowhere to put directions");
    const cph_doa_points points = {
        .frame = &doa->frame, .grid = grid, .radius = radius, .line = cph_doa_line(doa, NULL)};
    cph_status status = cph_doa_points_check(&points, error);

    if (status == CPH_OK)
        status = cph_doa_form_create(doa, spectrum, &form, error);
    if (status != CPH_OK)
        return status;
    status = search(doa, &form, &points, most, direction, found, error);
    cph_doa_form_free(&form);
    return status;
}
