/* SPDX-License-Identifier: MIT */
/* Averages of a covariance: with its mirror image, and along a line. */
#include <math.h>
#include <stdlib.h>

#include "cli/adapt_shop.h"
#include "kernels/core/c64.h"
#include "kernels/core/vec3.h"

/* Positions agree to this part of the array. */
static const double tolerance = 1e-6;

void cph_adapt_calibrate(cph_shop *s)
{
    const size_t n = s->selection->elements;
    for (size_t p = 0; p < n; p++)
        for (size_t q = 0; q < n; q++) {
            cph_c64 *r = &s->dump.r[p * n + q];
            if (s->flag[p] != CPH_FLAG_NONE || s->flag[q] != CPH_FLAG_NONE)
                continue;
            const cph_c64 g = cph_c64_mulc(s->gain[p], s->gain[q]);
            *r = cph_c64_scale(1.0 / cph_c64_power(g), cph_c64_mulc(*r, g));
        }
    s->calibrated = true;
}

/* Of the elements about their mean: the largest distance from it. */
static double centre(cph_shop *s)
{
    const size_t n = s->selection->elements;
    double mean[3] = {0.0, 0.0, 0.0}, reach = 0.0;
    for (size_t e = 0; e < n; e++)
        cph_add3(mean, 1.0 / (double)n, s->selection->position + 3 * e, mean);
    for (size_t e = 0; e < n; e++) {
        cph_add3(s->selection->position + 3 * e, -1.0, mean, s->centred + 3 * e);
        reach = fmax(reach, cph_norm3(s->centred + 3 * e));
    }
    return reach;
}

/* mirror [N]: who stands opposite; the first element that nobody is opposite to, or N. */
static size_t find_mirror(const cph_shop *s, double reach, size_t *mirror)
{
    const size_t n = s->selection->elements;
    for (size_t p = 0; p < n; p++) {
        size_t q = 0;
        for (; q < n; q++) {
            double sum[3];
            cph_add3(s->centred + 3 * p, 1.0, s->centred + 3 * q, sum);
            if (cph_norm3(sum) <= tolerance * reach)
                break;
        }
        if (q == n)
            return p;
        mirror[p] = q;
    }
    return n;
}

/* An element whose opposite is flagged is flagged for the same reason. */
static void flag_both(cph_shop *s, const size_t *mirror)
{
    for (size_t p = 0; p < s->selection->elements; p++)
        if (s->flag[p] == CPH_FLAG_NONE && s->flag[mirror[p]] != CPH_FLAG_NONE)
            s->flag[p] = s->flag[mirror[p]];
}

cph_exit cph_adapt_mirror(cph_shop *s)
{
    const size_t n = s->selection->elements;
    size_t *mirror = reallocarray(NULL, n, sizeof *mirror);
    cph_error error = {.status = CPH_OK};
    if (mirror == NULL)
        return cph_report_memory(s->input->cli->name);
    const size_t alone = find_mirror(s, centre(s), mirror);
    if (alone < n) {
        (void)cph_fail(&error, CPH_ERR_FORMAT,
                       "--forward-backward needs an array that is symmetrical about its centre: "
                       "nothing is opposite element %zu",
                       alone);
    } else {
        flag_both(s, mirror);
        if (cph_covariance_forward_backward(n, mirror, s->dump.r, n) != CPH_OK)
            (void)cph_fail(&error, CPH_ERR_FORMAT,
                           "--forward-backward: two elements are in one place");
        s->samples *= 2.0;
    }
    free(mirror);
    return error.status == CPH_OK ? CPH_EXIT_DONE : cph_adapt_report(s, &error);
}

/* ---- along a line ---- */

static cph_status check_line(const cph_shop *s, cph_error *error)
{
    const size_t n = s->selection->elements, m = s->method->smooth;
    const double *r = s->selection->position;
    double step[3] = {0.0, 0.0, 0.0}, other[3];
    if (m >= n)
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "--smooth %zu: expected fewer than the %zu elements", m, n);
    cph_add3(r + 3, -1.0, r, step);
    for (size_t e = 0; e < n; e++) {
        if (s->flag[e] != CPH_FLAG_NONE)
            return cph_fail(error, CPH_ERR_FORMAT,
                            "--smooth needs all elements of the line: element %zu is %s", e,
                            cph_flag_name((cph_flag)s->flag[e]));
        cph_add3(r, (double)e, step, other);
        cph_add3(other, -1.0, r + 3 * e, other);
        if (!(cph_norm3(other) <= tolerance * (double)n * cph_norm3(step)))
            return cph_fail(error, CPH_ERR_FORMAT,
                            "--smooth needs a line of equally spaced elements: element %zu is not "
                            "where it would be",
                            e);
    }
    return CPH_OK;
}

static cph_status make_part(const cph_shop *s, cph_c64 *part, cph_adaptive **adaptive,
                            cph_error *error)
{
    const size_t n = s->selection->elements, m = s->method->smooth;
    const cph_status status = cph_covariance_smooth(n, s->dump.r, n, m, part);
    if (status != CPH_OK)
        return cph_fail(error, status, "--smooth: %s", cph_status_name(status));
    const cph_adaptive_config config = {.elements = m,
                                        .covariance = part,
                                        .ld = m,
                                        .samples = s->samples * (double)(n - m + 1),
                                        .loading = s->method->loading};
    return cph_adaptive_create(&config, adaptive, error);
}

/* The look and the nulls, as the first part of the line has them; c [constraints][m]. */
static cph_status solve_part(cph_shop *s, const cph_adaptive *adaptive, size_t b, cph_c64 *c,
                             cph_error *error)
{
    const size_t n = s->selection->elements, m = s->method->smooth;
    cph_c64 *part = c + (1 + s->nulls->count) * m;
    size_t count = 0;
    cph_status status = cph_adapt_constrain(s, b, &count, error);
    if (status != CPH_OK)
        return status;
    for (size_t j = 0; j < count; j++)
        for (size_t i = 0; i < m; i++)
            c[j * m + i] = s->c[j * n + i];
    status = cph_adapt_solve(s, adaptive, count, c, part, &s->adapted->beam[b], error);
    if (status == CPH_OK)
        status = cph_weights_slide(n, s->c, m, part, s->w);
    if (status == CPH_OK)
        cph_adapt_store(s, b);
    return status;
}

cph_exit cph_adapt_smooth(cph_shop *s)
{
    const size_t m = s->method->smooth, rows = m + 2 + s->nulls->count;
    cph_error error = {.status = CPH_OK};
    cph_adaptive *adaptive = NULL;
    cph_status status = check_line(s, &error);
    if (status != CPH_OK)
        return cph_adapt_report(s, &error);
    cph_c64 *part = reallocarray(NULL, rows * m, sizeof *part);
    if (part == NULL)
        return cph_report_memory(s->input->cli->name);
    status = make_part(s, part, &adaptive, &error);
    if (status == CPH_OK)
        s->adapted->live = cph_adaptive_live(adaptive, &s->adapted->rho, &s->adapted->load);
    for (size_t b = 0; status == CPH_OK && b < s->weights->beams; b++)
        status = solve_part(s, adaptive, b, part + m * m, &error);
    cph_adaptive_destroy(adaptive);
    free(part);
    return status == CPH_OK ? CPH_EXIT_DONE : cph_adapt_report(s, &error);
}
