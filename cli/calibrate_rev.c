/* SPDX-License-Identifier: MIT */
/* Gains from power readings while phases are turned. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "calib/estimate_parts.h"
#include "cli/calibrate_readings.h"
#include "cophase/power_calib.h"

typedef struct desk {
    cph_rev_readings readings;
    cph_rev_solution solution;
    cph_c64 *signal;
} desk;

static void desk_free(desk *d)
{
    cph_rev_readings_free(&d->readings);
    cph_readings_estimate_free(&d->solution.estimate);
    free(d->solution.root);
    free(d->solution.root_sigma);
    free(d->solution.choice);
    free(d->signal);
}

static cph_exit load(const cph_calibrate_options *o, desk *d)
{
    const cph_exit code = cph_readings_load_rev(o, &d->readings);
    const size_t sweeps = d->readings.sweeps;
    if (code != CPH_EXIT_DONE)
        return code;
    d->solution.root = calloc(sweeps, 2 * sizeof *d->solution.root);
    d->solution.root_sigma = calloc(sweeps, 2 * sizeof *d->solution.root_sigma);
    d->solution.choice = calloc(sweeps, sizeof *d->solution.choice);
    return cph_readings_estimate(d->readings.array.elements, &d->solution.estimate) &&
                   d->solution.root != NULL && d->solution.root_sigma != NULL &&
                   d->solution.choice != NULL
               ? CPH_EXIT_DONE
               : cph_report_memory(o->cli.name);
}

static cph_status solve_sweeps(const cph_calibrate_options *o, desk *d, cph_error *error)
{
    const cph_rev_readings *r = &d->readings;
    const cph_rev_config config = {.sweeps = r->sweeps,
                                   .steps = r->steps,
                                   .power = r->power,
                                   .ld = r->steps,
                                   .state = r->state,
                                   .state_ld = r->tables > 1 ? r->steps : 0,
                                   .sigma = r->sigma,
                                   .elements = r->array.elements,
                                   .member = r->member,
                                   .rule = o->readings.roots};
    return cph_rev_solve(&config, &d->solution, error);
}

/* Shares over what true elements would give. */
static void divide(desk *d)
{
    cph_gain_estimate *e = &d->solution.estimate;
    for (size_t n = 0; d->signal != NULL && n < d->readings.array.elements; n++) {
        const double power = cph_c64_power(d->signal[n]);
        if (e->flag[n] != CPH_FLAG_NONE)
            continue;
        if (power > 0.0)
            e->gain[n] = cph_c64_scale(1.0 / power, cph_c64_mulc(e->gain[n], d->signal[n]));
        else
            cph_estimate_drop(e, n, CPH_FLAG_UNSOLVED);
    }
}

/* ---- words ---- */

static bool is_open(const desk *d, size_t sweep)
{
    return d->solution.choice[sweep] == CPH_REV_ROOT_UNKNOWN && !isnan(d->solution.root[sweep].re);
}

/* The first sweep with two roots, and how many there are. */
static size_t count_open(const desk *d, size_t *first)
{
    size_t count = 0;
    for (size_t c = d->readings.sweeps; c-- > 0;) {
        if (!is_open(d, c))
            continue;
        *first = c;
        count++;
    }
    return count;
}

static double size_of(cph_c64 z)
{
    return hypot(z.re, z.im);
}

static double angle_of(cph_c64 z)
{
    return atan2(z.im, z.re) * 180.0 / M_PI;
}

/* "0.11 at 20.3 deg or 0.91 at -2.4 deg" */
static void put_roots(const desk *d, size_t sweep, size_t size, char *text)
{
    const cph_c64 weak = d->solution.root[sweep],
                  strong = d->solution.root[d->readings.sweeps + sweep];
    snprintf(text, size, "%.4g at %.2f deg or %.4g at %.2f deg", size_of(weak), angle_of(weak),
             size_of(strong), angle_of(strong));
}

static json_t *describe_root(const desk *d, size_t at)
{
    json_t *object = json_object();
    cph_json_set_number(object, "share", size_of(d->solution.root[at]));
    cph_json_set_number(object, "phase_deg", angle_of(d->solution.root[at]));
    cph_json_set_number(object, "sigma", d->solution.root_sigma[at]);
    return object;
}

static json_t *list_members(const cph_rev_readings *r, size_t sweep)
{
    const size_t n = r->array.elements;
    json_t *list = json_array();
    for (size_t e = 0; e < n; e++)
        if (r->member != NULL ? r->member[sweep * n + e] != 0 : e == sweep)
            cph_json_append(list, cph_json_count(r->array.element[e].number));
    return list;
}

static const char *verdict_name(cph_rev_verdict verdict)
{
    static const char *const names[] = {[CPH_REV_SETTLED] = "settled",
                                        [CPH_REV_AMBIGUOUS] = "ambiguous",
                                        [CPH_REV_INCONSISTENT] = "inconsistent"};
    return names[verdict];
}

static json_t *describe(const desk *d, cph_rev_rule rule)
{
    json_t *object = json_object(), *list = json_array();
    size_t strong = 0;
    for (size_t c = 0; c < d->readings.sweeps; c++) {
        strong += d->solution.choice[c] == CPH_REV_ROOT_STRONG;
        if (!is_open(d, c))
            continue;
        json_t *one = json_object(), *roots = json_array();
        cph_json_append(roots, describe_root(d, c));
        cph_json_append(roots, describe_root(d, d->readings.sweeps + c));
        cph_json_set_count(one, "sweep", c);
        cph_json_set(one, "elements", list_members(&d->readings, c));
        cph_json_set(one, "roots", roots);
        cph_json_append(list, one);
    }
    cph_json_set_text(object, "roots", cph_roots_name(rule));
    cph_json_set_text(object, "verdict", verdict_name(d->solution.verdict));
    cph_json_set_count(object, "sweeps", d->readings.sweeps);
    cph_json_set_count(object, "steps", d->readings.steps);
    cph_json_set_count(object, "strong_roots", strong);
    cph_json_set_number(object, "closure", d->solution.closure);
    cph_json_set_number(object, "sigma", d->solution.sigma);
    cph_json_set(object, "ambiguous", list);
    return object;
}

enum { STRANGE = 5 }; /* standard errors that the sum of shares is off seldom */

static void say(const cph_calibrate_options *o, const desk *d, cph_calibrate_row *row)
{
    char roots[80];
    size_t first = 0;
    const size_t open = count_open(d, &first);
    if (o->cli.json)
        row->extra = describe(d, o->readings.roots);
    int used = snprintf(row->line, sizeof row->line, "%zu sweeps of %zu steps, roots %s: %s",
                        d->readings.sweeps, d->readings.steps, cph_roots_name(o->readings.roots),
                        verdict_name(d->solution.verdict));
    const bool strange = !(d->solution.closure <= STRANGE) && !isnan(d->solution.closure);
    if (strange && d->solution.verdict == CPH_REV_SETTLED)
        snprintf(row->remark, sizeof row->remark,
                 "shares do not add up to 1, by %.3g standard errors: other elements radiate, or "
                 "some share is above one half, and its gain is wrong under --roots weak",
                 d->solution.closure);
    if (!isnan(d->solution.closure) && !strange && used > 0 && (size_t)used < sizeof row->line)
        snprintf(row->line + used, sizeof row->line - (size_t)used,
                 ", shares add up to 1 within %.2g standard errors", d->solution.closure);
    if (open == 0 || row->error.status != CPH_OK)
        return;
    put_roots(d, first, sizeof roots, roots);
    snprintf(
        row->remark, sizeof row->remark,
        "%zu of %zu sweeps have two roots, their elements are flagged: sweep %zu is a share of "
        "%s",
        open, d->readings.sweeps, first, roots);
}

/* Whether a sweep turns half of the elements or more. */
static bool turns_half(const cph_rev_readings *r)
{
    const size_t elements = r->array.elements;
    for (size_t c = 0; r->member != NULL && c < r->sweeps; c++) {
        size_t turned = 0;
        for (size_t n = 0; n < elements; n++)
            turned += r->member[c * elements + n] != 0;
        if (2 * turned >= elements)
            return true;
    }
    return false;
}

/* Why nothing can be kept; CPH_OK where there is something. */
static cph_status judge(const cph_calibrate_options *o, const desk *d, cph_error *error)
{
    const cph_gain_estimate *e = &d->solution.estimate;
    char roots[80], off[60] = "";
    const cph_rev_rule rule = o->readings.roots;
    size_t first = 0;
    for (size_t n = 0; n < d->readings.array.elements; n++)
        if (e->flag[n] == CPH_FLAG_NONE)
            return CPH_OK;
    if (!isnan(d->solution.closure))
        snprintf(off, sizeof off, " (the best is off by %.3g standard errors)",
                 d->solution.closure);
    if (d->solution.verdict == CPH_REV_INCONSISTENT)
        return cph_fail(error, CPH_ERR_SINGULAR,
                        "no combination of roots adds up to 1%s: other elements radiate, states "
                        "are not what the file says, or readings drift; expected --roots weak or "
                        "open, or --states",
                        off);
    if (count_open(d, &first) == 0)
        return cph_fail(error, CPH_ERR_TOO_FEW, "no sweep can be read");
    put_roots(d, first, sizeof roots, roots);
    return cph_fail(error, CPH_ERR_SINGULAR,
                    "roots of %zu of %zu sweeps stay open under --roots %s: sweep %zu is a share "
                    "of %s%s",
                    count_open(d, &first), d->readings.sweeps, cph_roots_name(rule), first, roots,
                    rule == CPH_REV_WEAK ? "; groups of half of all elements may be above one half"
                    : turns_half(&d->readings) ? "; expected smaller groups, or states of unequal "
                                                 "amplitude"
                                               : "; where all are below one half, expected --roots "
                                                 "weak");
}

/* ---- the method ---- */

static cph_exit solve_row(cph_calibrate_bench *b, desk *d, cph_calibrate_row *row,
                          cph_calibrated *made)
{
    enum { FITTED = 3 }; /* a level, and a share */
    const double dof = (double)d->readings.sweeps * ((double)d->readings.steps - FITTED);
    const cph_status status = judge(b->o, d, &row->error);
    row->freq_hz = b->input->header->channel_freq_hz[0];
    row->time_unix_s = NAN;
    made->calibration.channel_freq_hz[0] = row->freq_hz;
    say(b->o, d, row);
    if (status == CPH_OK)
        return cph_readings_finish(b, &d->solution.estimate, d->solution.chi2_dof, dof, row, made);
    cph_calibrate_fail(b, row, made);
    return CPH_EXIT_DONE;
}

static cph_exit solve(cph_calibrate_bench *b, cph_calibrated *made)
{
    desk d = {0};
    cph_error error = {.status = CPH_OK};
    cph_exit code = load(b->o, &d);
    if (code == CPH_EXIT_DONE)
        code = cph_readings_signal(b, made, d.readings.signal, &d.signal);
    if (code == CPH_EXIT_DONE && solve_sweeps(b->o, &d, &error) != CPH_OK)
        code = cph_report_line(b->o->cli.name,
                               error.status == CPH_ERR_MEMORY ? CPH_EXIT_FAILED : CPH_EXIT_INPUT,
                               "%s: %s", b->o->cli.input, error.message);
    if (code == CPH_EXIT_DONE)
        divide(&d);
    for (size_t i = 0; i < made->rows && code == CPH_EXIT_DONE; i++)
        code = solve_row(b, &d, &made->row[i], made);
    desk_free(&d);
    return code;
}

static cph_exit open_rev(const cph_calibrate_options *o, cph_input *input)
{
    return cph_readings_open(o, CPH_KIND_REV, input);
}

const cph_calibrate_method cph_calibrate_rev = {.name = "rev",
                                                .options = CPH_OF_SOURCES CPH_OF_GAUGES
                                                " gauge=none roots states state-sense array freq",
                                                .check = cph_readings_one_source,
                                                .open = open_rev,
                                                .solve = solve};
