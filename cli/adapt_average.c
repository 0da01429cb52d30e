/* SPDX-License-Identifier: MIT */
/* Averages of a covariance: with its mirror image, and along a line. */
#include <stdlib.h>

#include "cli/adapt_shop.h"
#include "cli/average.h"

void cph_adapt_calibrate(cph_shop *s)
{
    cph_average_calibrate(s->selection->elements, s->gain, s->flag, s->dump.r);
    s->calibrated = true;
}

cph_exit cph_adapt_mirror(cph_shop *s)
{
    cph_error error = {.status = CPH_OK};
    const cph_status status = cph_average_mirror(s->selection->elements, s->selection->position,
                                                 s->flag, s->dump.r, &error);
    if (status == CPH_ERR_MEMORY)
        return cph_report_memory(s->input->cli->name);
    s->samples *= 2.0;
    return status == CPH_OK ? CPH_EXIT_DONE : cph_adapt_report(s, &error);
}

/* ---- along a line ---- */

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
    cph_status status =
        cph_average_check_line(s->selection->elements, s->selection->position, s->flag, m, &error);
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
