/* SPDX-License-Identifier: MIT */
/* Gauge of gains, and what is too low, for methods whose solver leaves both open. */
#include <math.h>
#include <stdio.h>

#include "cli/calibrate_method.h"
#include "kernels/core/fail.h"

size_t cph_calibrate_reference(const cph_calibrate_bench *b, const cph_calibrate_row *row)
{
    return b->reference[row->selection - b->input->selection];
}

cph_status cph_calibrate_reference_check(const cph_calibrate_bench *b, cph_calibrate_row *row,
                                         const unsigned char *flag)
{
    const size_t reference = cph_calibrate_reference(b, row);
    return reference == SIZE_MAX || flag[reference] == CPH_FLAG_NONE
               ? CPH_OK
               : cph_fail(&row->error, CPH_ERR_TOO_FEW, "the reference element %zu is %s",
                          b->o->reference, cph_flag_name((cph_flag)flag[reference]));
}

double cph_calibrate_weak_below(const cph_calibrate_options *o)
{
    return o->weak_below >= 0.0 ? o->weak_below : cph_gain_defaults().weak_below;
}

cph_status cph_calibrate_settle(const cph_calibrate_bench *b, cph_calibrate_row *row,
                                cph_gain_estimate *estimate)
{
    const size_t n = row->selection->elements;
    cph_status status = cph_estimate_flag_low(n, cph_calibrate_weak_below(b->o), estimate);
    if (status != CPH_OK)
        return cph_fail(&row->error, status, "elements of low gain: %s", cph_status_name(status));
    status = cph_calibrate_reference_check(b, row, estimate->flag);
    if (status != CPH_OK || b->o->gauge == CPH_GAUGE_NONE)
        return status;
    size_t good = 0;
    for (size_t i = 0; i < n; i++)
        good += estimate->flag[i] == CPH_FLAG_NONE;
    if (good < 2)
        return cph_fail(
            &row->error, CPH_ERR_TOO_FEW,
            "%zu of %zu elements are live: gains are known up to a common factor, which "
            "takes 2 at least",
            good, n);
    return cph_estimate_gauge(n, cph_calibrate_reference(b, row), estimate, &row->error);
}

void cph_calibrate_gauge_name(const cph_calibrate_options *o, const char *amplitude, size_t size,
                              char *text)
{
    char phase[40] = "mean phase 0";
    if (o->reference != SIZE_MAX)
        snprintf(phase, sizeof phase, "phase of element %zu 0", o->reference);
    if (o->gauge == CPH_GAUGE_NONE)
        snprintf(text, size, "as measured");
    else
        snprintf(text, size, "%s, %s", phase, amplitude);
}

cph_exit cph_calibrate_gauge_check(const cph_calibrate_options *o)
{
    const bool reference = o->reference != SIZE_MAX;
    if (o->gauge_given && o->gauge == CPH_GAUGE_REFERENCE && !reference)
        return cph_report_line(o->cli.name, CPH_EXIT_USAGE,
                               "--gauge reference: expected --reference N with it");
    if (o->gauge_given && o->gauge != CPH_GAUGE_REFERENCE && reference)
        return cph_report_line(o->cli.name, CPH_EXIT_USAGE,
                               "--reference: goes with --gauge reference alone");
    if (o->gauge == CPH_GAUGE_NONE && !cph_calibrate_method_takes(o->method, "gauge=none"))
        return cph_report_line(o->cli.name, CPH_EXIT_USAGE,
                               "--gauge none: --method %s finds gains up to one factor",
                               o->method->name);
    return CPH_EXIT_DONE;
}
