/* SPDX-License-Identifier: MIT */
/* calibrate --method coupling-matrix: gains and what elements couple into each other, from pilots
 * in known directions, one a dump. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/calibrate_looks.h"
#include "cli/flagged.h"
#include "cli/history.h"
#include "cophase/coupling_calib.h"
#include "cophase/steer.h"

static const double degree = 0.017453292519943295769;

/* A channel of a polarisation. */
typedef struct part {
    const cph_selection *selection;
    size_t channel, looks, flagged;
    cph_coupling_looks found; /* its arrays are those of the desk */
    double sigma[3];     /* rms of standard errors: phase, amplitude, couplings over the gain */
    double strongest;    /* largest |C_nm / C_nn| */
    uint32_t from, into; /* of it */
} part;

typedef struct desk {
    const cph_calibrate_options *o;
    const cph_input *input;
    cph_calibrate_options own; /* of the pilots */
    cph_pilot_looks looks;
    cph_calibration made;
    size_t parts;
    part *part;
    unsigned char *heard;         /* [N] flags of the selection at hand */
    cph_c64 *steering, *response; /* [looks][N] of the part at hand */
    cph_coupling_looks found;
} desk;

static void desk_free(desk *d)
{
    cph_pilot_looks_free(&d->looks);
    cph_calibration_free(&d->made);
    free(d->part);
    free(d->heard);
    free(d->steering);
    free(d->response);
    free(d->found.matrix);
    free(d->found.sigma);
    free(d->found.diagonal.gain);
    free(d->found.diagonal.phase_sigma);
    free(d->found.diagonal.amplitude_sigma);
    free(d->found.diagonal.flag);
}

/* ---- room ---- */

static cph_exit make_calibration(desk *d)
{
    cph_calibration *const c = &d->made;
    const cph_calibration *const pilots = &d->looks.made.calibration;
    cph_error error = {.status = CPH_OK};
    cph_status status = cph_calibration_create(&pilots->array, 1, pilots->channels, c);
    if (status == CPH_OK)
        status = cph_calibration_add_coupling(c);
    if (status != CPH_OK) {
        (void)cph_fail(&error, status, "%s: %zu elements: %s", d->o->cli.input,
                       pilots->array.elements, cph_status_name(status));
        return cph_report(d->o->cli.name, &error);
    }
    memcpy(c->channel_freq_hz, pilots->channel_freq_hz, c->channels * sizeof *c->channel_freq_hz);
    c->time_unix_s[0] = 0.5 * (pilots->time_unix_s[0] + pilots->time_unix_s[pilots->times - 1]);
    c->path = d->o->cli.path;
    c->time_factor = true;
    if (d->o->reference == SIZE_MAX)
        snprintf(c->gauge, sizeof c->gauge, "mean phase 0, mean |g| 1");
    else
        snprintf(c->gauge, sizeof c->gauge, "phase of element %zu 0, mean |g| 1", d->o->reference);
    return CPH_EXIT_DONE;
}

static cph_exit make_room(desk *d)
{
    const size_t n = d->looks.made.calibration.array.elements, channels = d->looks.made.channels;
    d->parts = d->input->selections * channels;
    d->part = calloc(d->parts + 1, sizeof *d->part);
    d->heard = calloc(n + 1, 1);
    d->steering = calloc((d->looks.looks + 1) * (n + 1), sizeof *d->steering);
    d->response = calloc((d->looks.looks + 1) * (n + 1), sizeof *d->response);
    d->found = (cph_coupling_looks){.matrix = calloc((n + 1) * (n + 1), sizeof(cph_c64)),
                                    .sigma = calloc((n + 1) * (n + 1), sizeof(double)),
                                    .diagonal = {.gain = calloc(n + 1, sizeof(cph_c64)),
                                                 .phase_sigma = calloc(n + 1, sizeof(double)),
                                                 .amplitude_sigma = calloc(n + 1, sizeof(double)),
                                                 .flag = calloc(n + 1, 1)}};
    if (d->part == NULL || d->heard == NULL || d->steering == NULL || d->response == NULL ||
        d->found.matrix == NULL || d->found.sigma == NULL || d->found.diagonal.gain == NULL ||
        d->found.diagonal.phase_sigma == NULL || d->found.diagonal.amplitude_sigma == NULL ||
        d->found.diagonal.flag == NULL)
        return cph_report_memory(d->o->cli.name);
    for (size_t i = 0; i < d->parts; i++)
        d->part[i] =
            (part){.selection = &d->input->selection[i / channels], .channel = i % channels};
    return make_calibration(d);
}

/* ---- a part ---- */

static bool is_heard(cph_c64 z)
{
    return isfinite(z.re) && isfinite(z.im);
}

/* Elements that most looks of the channel hear; what is known against the others stays. */
static void judge(desk *d, const part *p)
{
    const size_t n = p->selection->elements, step = d->looks.made.channels;
    for (size_t k = 0; k < n; k++) {
        size_t heard = 0;
        for (size_t s = p->channel; s < d->looks.looks; s += step)
            heard += is_heard(d->looks.response[s * n + k]);
        const bool most = 2 * heard * step > d->looks.looks;
        d->found.diagonal.flag[k] =
            (unsigned char)(most                           ? CPH_FLAG_NONE
                            : d->heard[k] != CPH_FLAG_NONE ? d->heard[k]
                                                           : CPH_FLAG_UNSOLVED);
    }
}

/* Looks that hear all of these. */
static cph_status gather(desk *d, part *p)
{
    const size_t n = p->selection->elements;
    p->looks = 0;
    for (size_t s = p->channel; s < d->looks.looks; s += d->looks.made.channels) {
        const cph_c64 *const y = d->looks.response + s * n;
        bool whole = true;
        for (size_t k = 0; k < n; k++)
            whole = whole && (d->found.diagonal.flag[k] != CPH_FLAG_NONE || is_heard(y[k]));
        if (!whole)
            continue;
        memcpy(d->response + p->looks * n, y, n * sizeof *y);
        const cph_status status =
            cph_steer_c64(n, p->selection->position, d->looks.freq_hz[s],
                          d->looks.direction + 3 * s, d->steering + p->looks * n);
        if (status != CPH_OK)
            return status;
        p->looks++;
    }
    return CPH_OK;
}

static size_t find_reference(const desk *d, const cph_selection *selection)
{
    for (size_t k = 0; d->o->reference != SIZE_MAX && k < selection->elements; k++)
        if (selection->array.element[k].number == d->o->reference)
            return k;
    return SIZE_MAX;
}

static void take_row(const desk *d, part *p, size_t k)
{
    const size_t n = p->selection->elements;
    const cph_coupling_looks *const f = &d->found;
    const double size = hypot(f->diagonal.gain[k].re, f->diagonal.gain[k].im);
    for (size_t m = 0; m < n; m++) {
        const cph_c64 c = f->matrix[k * n + m];
        const double ratio = hypot(c.re, c.im) / size, error = f->sigma[k * n + m] / size;
        p->sigma[2] += m == k ? 0.0 : error * error;
        if (m == k || ratio <= p->strongest)
            continue;
        p->strongest = ratio;
        p->from = p->selection->array.element[m].number;
        p->into = p->selection->array.element[k].number;
    }
    p->sigma[0] += f->diagonal.phase_sigma[k] * f->diagonal.phase_sigma[k];
    p->sigma[1] += f->diagonal.amplitude_sigma[k] * f->diagonal.amplitude_sigma[k];
}

static void keep(desk *d, part *p)
{
    const size_t n = p->selection->elements, all = d->made.array.elements;
    const cph_coupling_looks *const f = &d->found;
    for (size_t k = 0; k < n; k++) {
        const size_t place = d->looks.made.place[p->selection->index[k]];
        const size_t at = p->channel * all + place;
        d->made.gain[at] = f->diagonal.gain[k];
        d->made.phase_sigma[at] = f->diagonal.phase_sigma[k];
        d->made.amplitude_sigma[at] = f->diagonal.amplitude_sigma[k];
        d->made.flag[at] = f->diagonal.flag[k];
        for (size_t m = 0; m < n; m++) {
            const size_t to = at * all + d->looks.made.place[p->selection->index[m]];
            d->made.coupling[to] = f->matrix[k * n + m];
            d->made.coupling_sigma[to] = f->sigma[k * n + m];
        }
        if (f->diagonal.flag[k] == CPH_FLAG_NONE)
            take_row(d, p, k);
        else
            p->flagged++;
    }
    const double good = (double)(n - p->flagged);
    for (size_t i = 0; i < 3; i++)
        p->sigma[i] = sqrt(p->sigma[i] / (i < 2 ? good : good * (double)(n - 1)));
    p->found = *f;
    d->made.chi2_dof[p->channel] = f->chi2_dof;
}

static cph_exit solve_part(desk *d, part *p, bool known)
{
    const cph_calibrate_options *const o = d->o;
    const char polarization[] = {p->selection->polarization, '\0'};
    cph_error error = {.status = CPH_OK};
    judge(d, p);
    cph_status status = gather(d, p);
    const cph_coupling_looks_config config = {.elements = p->selection->elements,
                                              .looks = p->looks,
                                              .steering = d->steering,
                                              .response = d->response,
                                              .sigma = known ? 1.0 : 0.0,
                                              .reference = find_reference(d, p->selection)};
    if (status == CPH_OK && o->reference != SIZE_MAX && config.reference == SIZE_MAX)
        status = cph_fail(&error, CPH_ERR_ARGUMENT, "there is no element %zu", o->reference);
    else if (status == CPH_OK)
        status = cph_coupling_looks_solve(&config, &d->found, &error);
    if (status == CPH_OK) {
        keep(d, p);
        return CPH_EXIT_DONE;
    }
    return cph_report_line(o->cli.name, status == CPH_ERR_MEMORY ? CPH_EXIT_FAILED : CPH_EXIT_INPUT,
                           "%s: %s%schannel %zu: %s", o->cli.input, polarization,
                           polarization[0] != '\0' ? ": " : "", p->channel, error.message);
}

static cph_exit solve(desk *d)
{
    cph_exit code = CPH_EXIT_DONE;
    bool known = false;
    for (size_t i = 0; i < d->parts && code == CPH_EXIT_DONE; i++) {
        if (d->part[i].channel == 0)
            known = cph_pilot_looks_take(&d->looks, i / d->looks.made.channels, d->heard);
        code = solve_part(d, &d->part[i], known);
    }
    return code;
}

static cph_exit write_file(const desk *d)
{
    const char *path[CPH_HISTORY_INPUTS];
    cph_history history;
    cph_error error = {.status = CPH_OK};
    size_t paths = cph_input_paths(d->input, path);
    if (d->o->sources_path != NULL)
        path[paths++] = d->o->sources_path;
    cph_exit code = cph_output_check(&d->o->cli, path, paths);
    if (code == CPH_EXIT_DONE)
        code = cph_history_make(&d->o->cli, path, paths, &history);
    if (code != CPH_EXIT_DONE)
        return code;
    if (cph_calibration_write(d->o->cli.output, &d->made, &history.options, &error) != CPH_OK)
        code = cph_report(d->o->cli.name, &error);
    cph_history_free(&history);
    return code;
}

/* ---- what is said ---- */

/* Rows of C and of its errors, of the elements of a part. */
static void describe_matrix(const desk *d, const part *p, json_t *object)
{
    json_t *matrix = json_array(), *errors = json_array();
    const size_t n = p->selection->elements, all = d->made.array.elements;
    for (size_t k = 0; k < n; k++) {
        json_t *row = json_array(), *sigma = json_array();
        const size_t at = p->channel * all + d->looks.made.place[p->selection->index[k]];
        for (size_t m = 0; m < n; m++) {
            const size_t from = at * all + d->looks.made.place[p->selection->index[m]];
            json_t *pair = json_array();
            cph_json_append(pair, cph_json_number(d->made.coupling[from].re));
            cph_json_append(pair, cph_json_number(d->made.coupling[from].im));
            cph_json_append(row, pair);
            cph_json_append(sigma, cph_json_number(d->made.coupling_sigma[from]));
        }
        cph_json_append(matrix, row);
        cph_json_append(errors, sigma);
    }
    cph_json_set(object, "matrix", matrix);
    cph_json_set(object, "matrix_sigma", errors);
}

static json_t *describe_part(const desk *d, const part *p)
{
    json_t *object = json_object(), *strongest = json_object();
    const char polarization[] = {p->selection->polarization, '\0'};
    cph_json_set_count(object, "channel", p->channel);
    cph_json_set_number(object, "freq_hz", d->made.channel_freq_hz[p->channel]);
    cph_json_set_text(object, "polarization", polarization[0] != '\0' ? polarization : NULL);
    cph_json_set_count(object, "looks", p->looks);
    cph_json_set_count(object, "flagged", p->flagged);
    cph_json_set_number(object, "condition", p->found.condition);
    cph_json_set_number(object, "chi2_dof", p->found.chi2_dof);
    cph_json_set_number(object, "dof", 2.0 * p->found.dof);
    cph_json_set_count(object, "iterations", p->found.iterations);
    cph_json_set_text(object, "stop", cph_stop_name(p->found.stop));
    cph_json_set_number(object, "phase_sigma_deg", p->sigma[0] / degree);
    cph_json_set_number(object, "amplitude_sigma", p->sigma[1]);
    cph_json_set_number(object, "coupling_sigma", p->sigma[2]);
    cph_json_set_number(strongest, "coupling_db", 20.0 * log10(p->strongest));
    cph_json_set_count(strongest, "from", p->from);
    cph_json_set_count(strongest, "into", p->into);
    cph_json_set(object, "strongest", strongest);
    describe_matrix(d, p, object);
    return object;
}

static cph_exit print_json(const desk *d, json_t *flagged)
{
    json_t *object = json_object(), *channels = json_array();
    for (size_t i = 0; i < d->parts; i++)
        cph_json_append(channels, describe_part(d, &d->part[i]));
    cph_json_set_text(object, "method", d->o->method->name);
    cph_json_set_count(object, "elements", d->made.array.elements);
    cph_json_set_count(object, "pilots", d->looks.made.times);
    cph_json_set(object, "flagged", flagged);
    cph_json_set(object, "channels", channels);
    cph_json_set_text(object, "gauge", d->made.gauge);
    cph_json_set_text(object, "output", d->o->cli.output);
    return cph_json_print(&d->o->cli, object);
}

static cph_exit print(const desk *d)
{
    json_t *flagged = json_array();
    const size_t lost = cph_flagged_append(flagged, &d->made.array, d->made.flag);
    if (d->o->cli.json)
        return print_json(d, flagged);
    printf("%s: coupling of %zu elements (%zu flagged), %zu pilots, %zu channels\n",
           d->o->cli.output, d->made.array.elements, lost, d->looks.made.times, d->made.channels);
    cph_flagged_print(flagged);
    json_decref(flagged);
    puts("pol  channel          MHz  looks  condition  chi2/dof  phase deg  amplitude   coupling  "
         "strongest");
    for (size_t i = 0; i < d->parts; i++) {
        const part *const p = &d->part[i];
        const char polarization[] = {p->selection->polarization, '\0'};
        printf("%-3s  %7zu  %11.4f  %5zu  %9.3g  %8.3g  %9.3g  %9.3g  %9.3g  %.1f dB, %u into %u\n",
               polarization, p->channel, d->made.channel_freq_hz[p->channel] * 1e-6, p->looks,
               p->found.condition, p->found.chi2_dof, p->sigma[0] / degree, p->sigma[1],
               p->sigma[2], 20.0 * log10(p->strongest), p->from, p->into);
    }
    return cph_stdout_check(&d->o->cli);
}

static void remark(const desk *d)
{
    for (size_t i = 0; i < d->parts && !d->o->cli.quiet; i++)
        if (d->part[i].found.stop != CPH_STOP_CONVERGED)
            (void)cph_report_line(d->o->cli.name, CPH_EXIT_DONE, "channel %zu: %s after %u rounds",
                                  d->part[i].channel, cph_stop_name(d->part[i].found.stop),
                                  d->part[i].found.iterations);
}

/* ---- the method ---- */

/* Elements that hear a pilot weakly are heard all the same: in the dip of a pattern, say. */
static cph_exit run(const cph_calibrate_options *o, const cph_input *input)
{
    desk d = {.o = o, .input = input, .own = *o};
    d.own.weak_below = 0.0;
    d.own.reference = SIZE_MAX;
    cph_exit code = cph_pilot_looks_check(o, input);
    if (code == CPH_EXIT_DONE)
        code = cph_pilot_looks_open(&d.own, input, &d.looks);
    if (code == CPH_EXIT_DONE)
        code = make_room(&d);
    if (code == CPH_EXIT_DONE)
        code = solve(&d);
    if (code == CPH_EXIT_DONE)
        code = write_file(&d);
    if (code == CPH_EXIT_DONE) {
        remark(&d);
        code = print(&d);
    }
    desk_free(&d);
    return code;
}

static cph_exit check(const cph_calibrate_options *o)
{
    if (o->cli.plot != NULL)
        return cph_report_line(o->cli.name, CPH_EXIT_USAGE,
                               "--plot: is not for --method coupling-matrix");
    return CPH_EXIT_DONE;
}

const cph_calibrate_method cph_calibrate_coupling_matrix = {
    .name = "coupling-matrix",
    .input = CPH_TAKES_COVARIANCE | CPH_NEEDS_FREQUENCY | CPH_NEEDS_POSITIONS,
    .options = CPH_OF_SOURCES CPH_OF_COVARIANCES " reference",
    .check = check,
    .run = run};
