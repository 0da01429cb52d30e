/* SPDX-License-Identifier: MIT */
#include "cli/range_check.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/report.h"
#include "kernels/core/size.h"

static const double join_s = 60.0; /* rows further apart are not one pass */
enum { COARSEST = 6, FINEST = -6 };

static double unit(int digits)
{
    static const double power[] = {1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1e0,
                                   1e1,  1e2,  1e3,  1e4,  1e5,  1e6};
    return power[digits - FINEST];
}

/* No coarser than that the value is a multiple, to the rounding of a quotient. */
static void narrow(int *digits, double value)
{
    for (; *digits > FINEST; (*digits)--) {
        const double count = value / unit(*digits);
        if (fabs(count - nearbyint(count)) <= 1e-15 * fabs(count))
            return;
    }
}

static cph_status reserve(cph_range_check *c, size_t count)
{
    size_t bytes;
    if (count <= c->room)
        return CPH_OK;
    cph_range_last *const more = cph_size_mul(count, 2 * sizeof *more, &bytes)
                                     ? realloc(c->last, bytes) /* twice: rarely */
                                     : NULL;
    if (more == NULL)
        return CPH_ERR_MEMORY;
    c->last = more;
    for (; c->room < 2 * count; c->room++)
        c->last[c->room] = (cph_range_last){-INFINITY, NAN, NAN};
    return CPH_OK;
}

static bool agree(const cph_range_check *c, const cph_range_last *was, const cph_range_last *is)
{
    const double seconds = is->time_unix_s - was->time_unix_s;
    const double moved = is->range_m - was->range_m;
    const double expected = 0.5 * (was->range_rate_m_s + is->range_rate_m_s) * seconds;
    const double bend = 0.5 * fabs(is->range_rate_m_s - was->range_rate_m_s) * seconds;
    const double rounding = unit(c->digits[0]) + 0.5 * unit(c->digits[1]) * seconds;
    return fabs(moved - expected) <= bend + rounding + 0.5 * fmax(fabs(moved), fabs(expected));
}

static void keep(cph_range_check *c, cph_pointing *table, uint32_t satellite,
                 const cph_range_last *was, const cph_range_last *is)
{
    c->seconds = is->time_unix_s - was->time_unix_s;
    c->moved_m = is->range_m - was->range_m;
    c->expected_m = 0.5 * (was->range_rate_m_s + is->range_rate_m_s) * c->seconds;
    (void)snprintf(c->place, sizeof c->place, "%s", cph_pointing_place(table));
    (void)snprintf(c->name, sizeof c->name, "%s", cph_pointing_name(table, satellite));
}

cph_status cph_range_check_row(cph_range_check *c, cph_pointing *table, const cph_pointing_row *row)
{
    const cph_range_last is = {row->time_unix_s, row->range_m, row->range_rate_m_s};
    if (isnan(is.range_m) || isnan(is.range_rate_m_s))
        return CPH_OK;
    if (c->room == 0)
        c->digits[0] = c->digits[1] = COARSEST;
    const cph_status status = reserve(c, (size_t)row->satellite + 1);
    if (status != CPH_OK)
        return status;
    narrow(&c->digits[0], is.range_m);
    narrow(&c->digits[1], is.range_rate_m_s);
    cph_range_last *const last = &c->last[row->satellite];
    if (is.time_unix_s - last->time_unix_s <= join_s) {
        c->pairs++;
        if (!agree(c, last, &is) && c->off++ == 0)
            keep(c, table, row->satellite, last, &is);
    }
    *last = is;
    return CPH_OK;
}

void cph_range_check_say(const cph_range_check *c, const char *name, const char *path)
{
    if (c->off > 0)
        (void)cph_report_line(name, CPH_EXIT_DONE,
                              "%s: %s: range of %s changes by %.6g m in %.6g s, its rate says %.6g "
                              "m (%" PRIu64 " of %" PRIu64 " rows disagree): expected metres and "
                              "m/s, positive: receding",
                              path, c->place, c->name, c->moved_m, c->seconds, c->expected_m,
                              c->off, c->pairs);
}

void cph_range_check_free(cph_range_check *c)
{
    free(c->last);
    *c = (cph_range_check){.last = NULL};
}
