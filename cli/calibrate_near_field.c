/* SPDX-License-Identifier: MIT */
/* Gains from the field that a probe measured in front of the array. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/calibrate_readings.h"
#include "cli/geometry.h"
#include "cophase/near_field.h"

typedef struct desk {
    cph_near_field_readings readings;
    cph_near_field_solution solution;
    double *position; /* [N][3] */
    double max_angle; /* of back-projection, from z */
} desk;

static void desk_free(desk *d)
{
    cph_near_field_readings_free(&d->readings);
    cph_readings_estimate_free(&d->solution.estimate);
    free(d->solution.resolution);
    free(d->position);
}

/* ---- what the command line says over the file ---- */

static cph_exit complete(const cph_calibrate_bench *b, cph_near_field_readings *r)
{
    const cph_near_field_choice *const c = &b->o->near_field;
    r->freq_hz = b->input->header->channel_freq_hz[0];
    if (!(r->freq_hz > 0.0))
        return cph_report_line(b->o->cli.name, CPH_EXIT_INPUT,
                               "%s: does not say at which frequency; expected --freq",
                               b->o->cli.input);
    if (c->height.value > 0.0 && !isnan(r->height_m))
        return cph_report_line(b->o->cli.name, CPH_EXIT_USAGE,
                               "%s: says where the plane is; --height is for tables, which do not",
                               b->o->cli.input);
    if (c->height.value > 0.0)
        r->height_m = cph_length_metres(c->height, r->freq_hz);
    if (isnan(r->height_m))
        return cph_report_line(b->o->cli.name, CPH_EXIT_INPUT,
                               "%s: does not say where the plane is; expected --height",
                               b->o->cli.input);
    if (c->probe != NULL)
        r->probe_cosine = *c->probe;
    if (c->element != NULL)
        r->element_cosine = *c->element;
    return CPH_EXIT_DONE;
}

static cph_exit load(const cph_calibrate_bench *b, desk *d)
{
    const cph_array *const array = &b->input->header->array;
    cph_error error = {.status = CPH_OK};
    if (cph_near_field_readings_read(b->o->cli.input, &d->readings, &error) != CPH_OK)
        return cph_report_input(b->o->cli.name, &error);
    d->position = calloc(array->elements, 3 * sizeof *d->position);
    d->solution.resolution = calloc(array->elements, sizeof *d->solution.resolution);
    if (d->position == NULL || d->solution.resolution == NULL ||
        !cph_readings_estimate(array->elements, &d->solution.estimate))
        return cph_report_memory(b->o->cli.name);
    if (cph_array_positions(array, d->position) != CPH_OK)
        return cph_report_line(b->o->cli.name, CPH_EXIT_INPUT,
                               "%s: the array has elements without positions", b->o->cli.input);
    return complete(b, &d->readings);
}

/* ---- solving ---- */

static cph_near_field_pattern cosine(const double *exponent)
{
    return *exponent > 0.0 ? (cph_near_field_pattern){cph_near_field_cosine, exponent}
                           : (cph_near_field_pattern){NULL, NULL};
}

static cph_near_field_scan scan_of(const desk *d, size_t elements)
{
    const cph_near_field_readings *const r = &d->readings;
    return (cph_near_field_scan){.columns = r->columns,
                                 .rows = r->rows,
                                 .field = r->field,
                                 .x0 = r->origin_m[0],
                                 .y0 = r->origin_m[1],
                                 .dx = r->spacing_m[0],
                                 .dy = r->spacing_m[1],
                                 .z = r->height_m,
                                 .freq_hz = r->freq_hz,
                                 .sigma = r->sigma,
                                 .elements = elements,
                                 .position = d->position,
                                 .element = cosine(&r->element_cosine),
                                 .probe = cosine(&r->probe_cosine)};
}

/* The angle at which the nearest edge of the scan is seen from the outermost elements; NaN where it
 * does not reach beyond them. */
static double angle_held(const cph_near_field_scan *s)
{
    const double first[2] = {s->x0, s->y0}, last[2] = {s->x0 + (double)(s->columns - 1) * s->dx,
                                                       s->y0 + (double)(s->rows - 1) * s->dy};
    double angle = M_PI_2;
    for (size_t n = 0; n < s->elements; n++)
        for (size_t k = 0; k < 2; k++) {
            const double *const p = s->position + 3 * n;
            const double margin = fmin(p[k] - first[k], last[k] - p[k]);
            angle = fmin(angle, atan2(margin, s->z - p[2]));
        }
    return angle > 0.0 ? angle : NAN;
}

static cph_status project(const cph_calibrate_bench *b, const cph_near_field_scan *scan, desk *d,
                          cph_error *error)
{
    const double asked = b->o->near_field.max_angle_rad;
    d->max_angle = asked > 0.0 ? asked : angle_held(scan);
    if (isnan(d->max_angle))
        return cph_fail(error, CPH_ERR_TOO_FEW,
                        "the plane does not reach beyond the elements; expected --max-angle, or "
                        "--solver inverse");
    d->solution.samples = scan->rows * scan->columns;
    d->solution.sigma = scan->sigma > 0.0 ? scan->sigma : NAN;
    d->solution.chi2_dof = d->solution.condition = d->solution.correlation = NAN;
    return cph_near_field_project(scan, sin(d->max_angle), &d->solution.estimate, NULL, error);
}

/* Elements of the other polarisation make nothing at the probe; those that are excluded do. */
static cph_status solve_scan(const cph_calibrate_bench *b, cph_calibrate_row *row, desk *d)
{
    const size_t n = b->input->header->array.elements;
    const cph_near_field_scan scan = scan_of(d, n);
    const cph_near_field_options options = {.regularisation = b->o->near_field.regularisation};
    memset(d->solution.estimate.flag, CPH_FLAG_EXCLUDED, n);
    for (size_t i = 0; i < row->selection->elements; i++)
        d->solution.estimate.flag[row->selection->index[i]] = CPH_FLAG_NONE;
    return b->o->near_field.project
               ? project(b, &scan, d, &row->error)
               : cph_near_field_solve(&scan, &options, &d->solution, &row->error);
}

/* ---- what it says ---- */

static double least_resolution(const cph_calibrate_row *row, const desk *d)
{
    double least = 1.0;
    for (size_t i = 0; i < row->selection->elements; i++)
        least = fmin(least, d->solution.resolution[row->selection->index[i]]);
    return least;
}

static void say(const cph_calibrate_bench *b, const desk *d, cph_calibrate_row *row)
{
    const cph_near_field_readings *const r = &d->readings;
    const bool projected = b->o->near_field.project;
    const char *const solver = projected ? "back-projection" : "inverse";
    const double angle = projected ? d->max_angle * 180.0 / M_PI : NAN;
    if (b->o->cli.json) {
        json_t *object = json_object();
        cph_json_set_text(object, "solver", solver);
        cph_json_set_count(object, "columns", r->columns);
        cph_json_set_count(object, "rows", r->rows);
        cph_json_set_count(object, "samples", d->solution.samples);
        cph_json_set_number(object, "height_m", r->height_m);
        cph_json_set_number(object, "max_angle_deg", angle);
        cph_json_set_number(object, "sigma", d->solution.sigma);
        cph_json_set_number(object, "condition", d->solution.condition);
        cph_json_set_number(object, "residual_correlation", d->solution.correlation);
        cph_json_set_number(object, "resolution", projected ? NAN : least_resolution(row, d));
        row->extra = object;
    }
    if (projected)
        snprintf(row->line, sizeof row->line, "%s of %zu x %zu samples, up to %.1f deg from z",
                 solver, r->columns, r->rows, angle);
    else
        snprintf(row->line, sizeof row->line, "%s of %zu samples, rms error %.3g, condition %.3g",
                 solver, d->solution.samples, d->solution.sigma, d->solution.condition);
}

static void warn(const desk *d, cph_calibrate_row *row)
{
    if (d->solution.coherent)
        snprintf(row->remark, sizeof row->remark,
                 "what elements leave of the scan is no noise (neighbouring samples correlate by "
                 "%.2f): height, positions or patterns are not as given; standard errors are wider "
                 "by that",
                 d->solution.correlation);
}

/* ---- the method ---- */

static cph_exit solve_row(cph_calibrate_bench *b, desk *d, cph_calibrate_row *row,
                          cph_calibrated *made)
{
    row->freq_hz = d->readings.freq_hz;
    row->time_unix_s = NAN;
    made->calibration.channel_freq_hz[0] = row->freq_hz;
    const cph_status status = solve_scan(b, row, d);
    if (status == CPH_ERR_MEMORY)
        return cph_report(b->o->cli.name, &row->error);
    if (status != CPH_OK) {
        cph_calibrate_fail(b, row, made);
        return CPH_EXIT_DONE;
    }
    const double fitted = b->o->near_field.project ? 0.0 : (double)row->selection->elements;
    say(b, d, row);
    warn(d, row);
    return cph_readings_finish(b, &d->solution.estimate, d->solution.chi2_dof,
                               2.0 * ((double)d->solution.samples - fitted), row, made);
}

static cph_exit solve(cph_calibrate_bench *b, cph_calibrated *made)
{
    desk d = {0};
    cph_exit code = load(b, &d);
    for (size_t i = 0; i < made->rows && code == CPH_EXIT_DONE; i++)
        code = solve_row(b, &d, &made->row[i], made);
    desk_free(&d);
    return code;
}

static cph_exit check(const cph_calibrate_options *o)
{
    const cph_near_field_choice *const c = &o->near_field;
    if (c->project && c->regularisation > 0.0)
        return cph_report_line(o->cli.name, CPH_EXIT_USAGE,
                               "--regularisation: is for --solver inverse");
    if (!c->project && c->max_angle_rad > 0.0)
        return cph_report_line(o->cli.name, CPH_EXIT_USAGE,
                               "--max-angle: is for --solver back-projection");
    if (c->project && !CPH_HAVE_FFTW)
        return cph_report_line(o->cli.name, CPH_EXIT_FAILED,
                               "--solver back-projection: needs a build with FFTW; --solver "
                               "inverse does not");
    return CPH_EXIT_DONE;
}

static cph_exit open_scan(const cph_calibrate_options *o, cph_input *input)
{
    return cph_readings_open(o, CPH_KIND_NEAR_FIELD, input);
}

const cph_calibrate_method cph_calibrate_near_field = {
    .name = "near-field",
    .options = CPH_OF_GAUGES " gauge=none array freq solver height probe-cosine element-cosine "
                             "regularisation max-angle",
    .check = check,
    .open = open_scan,
    .solve = solve};
