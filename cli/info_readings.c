/* SPDX-License-Identifier: MIT */
#include "cli/info_readings.h"

#include <math.h>
#include <stdio.h>

#include "cli/report.h"
#include "cophase/readings.h"

static cph_exit read_rev(const cph_cli *cli, cph_info_readings *to)
{
    cph_rev_readings r = {0};
    cph_error error;
    if (cph_rev_readings_read(cli->input, &r, &error) != CPH_OK)
        return cph_report_input(cli->name, &error);
    *to = (cph_info_readings){.kind = CPH_KIND_REV,
                              .rows = r.sweeps,
                              .states = r.steps,
                              .groups = r.member != NULL,
                              .signal = r.signal != NULL,
                              .sigma = r.sigma > 0.0 ? r.sigma : NAN};
    cph_rev_readings_free(&r);
    return CPH_EXIT_DONE;
}

static cph_exit read_coded(const cph_cli *cli, cph_info_readings *to)
{
    cph_coded_readings r = {0};
    cph_error error;
    if (cph_coded_readings_read(cli->input, &r, &error) != CPH_OK)
        return cph_report_input(cli->name, &error);
    *to = (cph_info_readings){.kind = CPH_KIND_CODED,
                              .rows = r.codes,
                              .states = r.states,
                              .repeats = r.repeats,
                              .pairs = r.signs > 1,
                              .signal = r.signal != NULL,
                              .sigma = r.sigma > 0.0 ? r.sigma : NAN};
    cph_coded_readings_free(&r);
    return CPH_EXIT_DONE;
}

cph_exit cph_info_readings_read(const cph_cli *cli, cph_kind kind, cph_info_readings *readings)
{
    *readings = (cph_info_readings){.kind = CPH_KIND_COUNT};
    if (kind == CPH_KIND_REV)
        return read_rev(cli, readings);
    return kind == CPH_KIND_CODED ? read_coded(cli, readings) : CPH_EXIT_DONE;
}

void cph_info_readings_print(const cph_info_readings *r)
{
    if (r->kind == CPH_KIND_REV)
        printf("%-12s %zu of %zu steps, %s\n", "sweeps", r->rows, r->states,
               r->groups ? "each turns a group of elements" : "each turns one element");
    if (r->kind == CPH_KIND_CODED)
        printf("%-12s %zu%s x %zu, in %zu state%s\n", "codes", r->rows, r->pairs ? " in pairs" : "",
               r->repeats, r->states, r->states == 1 ? "" : "s");
    if (r->kind == CPH_KIND_COUNT)
        return;
    if (isfinite(r->sigma))
        printf("%-12s %.4g a reading\n", "noise", r->sigma);
    if (r->signal)
        printf("%-12s what elements of gain 1 give at the meter\n", "signal");
}

json_t *cph_info_readings_json(const cph_info_readings *r)
{
    const bool rev = r->kind == CPH_KIND_REV;
    if (r->kind == CPH_KIND_COUNT)
        return json_null();
    json_t *object = json_object();
    cph_json_set_count(object, rev ? "sweeps" : "codes", r->rows);
    cph_json_set_count(object, rev ? "steps" : "states", r->states);
    if (rev) {
        cph_json_set(object, "groups", json_boolean(r->groups));
    } else {
        cph_json_set_count(object, "repeats", r->repeats);
        cph_json_set(object, "pairs", json_boolean(r->pairs));
    }
    cph_json_set_number(object, "sigma", r->sigma);
    cph_json_set(object, "signal", json_boolean(r->signal));
    return object;
}
