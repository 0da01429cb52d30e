/* SPDX-License-Identifier: MIT */
/* Gains from the mutual coupling of the array's own elements, measured port by port. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/calibrate_readings.h"
#include "cli/geometry.h"
#include "cophase/coupling_calib.h"
#include "cophase/data_text.h"

/* Below it another choice of alternating signs is nearly as near to equal gains. */
static const double clear_margin = 0.2;

typedef struct desk {
    cph_network network;
    double sigma; /* of an S_kn; 0: unknown */
    cph_coupling_solution solution;
    double *position;     /* [N][3] */
    unsigned char *known; /* [N] flags before solving */
} desk;

static void desk_free(desk *d)
{
    cph_network_free(&d->network);
    cph_readings_estimate_free(&d->solution.receive);
    cph_readings_estimate_free(&d->solution.transmit);
    free(d->position);
    free(d->known);
}

/* Text that is no table of readings. */
static bool is_touchstone(const char *path)
{
    return cph_array_file_probe(path) && cph_readings_kind(path) != CPH_KIND_COUPLING;
}

static cph_status read_network(const cph_calibrate_options *o, cph_network *network,
                               cph_error *error)
{
    return cph_network_read(o->cli.input, o->readings.freq_hz > 0.0 ? o->readings.freq_hz : NAN,
                            network, error);
}

/* ---- opening ---- */

/* Of a Touchstone file, which is text. */
static cph_exit check(const cph_calibrate_options *o)
{
    return o->readings.array.text != NULL || !is_touchstone(o->cli.input)
               ? CPH_EXIT_DONE
               : cph_report_line(o->cli.name, CPH_EXIT_USAGE,
                                 "--method coupling: expected --array, which says where the ports' "
                                 "elements stand");
}

static cph_exit open_network(const cph_calibrate_options *o, cph_input *input)
{
    cph_error error = {.status = CPH_OK};
    cph_network network = {0};
    cph_array array = {0};
    if (!is_touchstone(o->cli.input))
        return cph_readings_open(o, CPH_KIND_COUPLING, input);
    cph_status status = read_network(o, &network, &error);
    if (status == CPH_OK)
        status = cph_array_build(&o->readings.array, network.freq_hz, &array, &error);
    if (status == CPH_OK && array.elements != network.ports)
        status = cph_fail(&error, CPH_ERR_FORMAT, "%s: has %zu ports, --array %s %zu elements",
                          o->cli.input, network.ports, o->readings.array.text, array.elements);
    const double freq_hz = network.freq_hz;
    cph_network_free(&network);
    if (status == CPH_OK)
        return cph_input_open_readings(&o->cli, CPH_KIND_COUPLING, &array, freq_hz, input);
    cph_array_free(&array);
    return cph_report_input(o->cli.name, &error);
}

/* ---- solving ---- */

/* S of either form. */
static cph_status read_couplings(const cph_calibrate_bench *b, desk *d, cph_error *error)
{
    cph_coupling_readings r = {0};
    if (is_touchstone(b->o->cli.input))
        return read_network(b->o, &d->network, error);
    const cph_status status = cph_coupling_readings_read(b->o->cli.input, &r, error);
    if (status != CPH_OK)
        return status;
    d->network = (cph_network){
        .ports = r.array.elements, .freq_hz = b->input->header->channel_freq_hz[0], .s = r.s};
    d->sigma = r.sigma;
    r.s = NULL;
    cph_coupling_readings_free(&r);
    return CPH_OK;
}

static cph_exit load(const cph_calibrate_bench *b, desk *d)
{
    const cph_array *const array = &b->input->header->array;
    const size_t n = array->elements;
    cph_error error = {.status = CPH_OK};
    if (read_couplings(b, d, &error) != CPH_OK)
        return cph_report_input(b->o->cli.name, &error);
    d->position = calloc(n, 3 * sizeof *d->position);
    d->known = calloc(n, 1);
    if (d->position == NULL || d->known == NULL ||
        !cph_readings_estimate(n, &d->solution.receive) ||
        !cph_readings_estimate(n, &d->solution.transmit))
        return cph_report_memory(b->o->cli.name);
    if (cph_array_positions(array, d->position) != CPH_OK)
        return cph_report_line(b->o->cli.name, CPH_EXIT_INPUT,
                               "%s: not all elements have positions; expected --array",
                               b->o->cli.input);
    return CPH_EXIT_DONE;
}

static cph_gain_estimate *asked(const cph_calibrate_bench *b, desk *d)
{
    return b->o->cli.path == CPH_GAIN_TRANSMIT ? &d->solution.transmit : &d->solution.receive;
}

/* Elements of the selection that nothing is said against; the others do not enter. */
static void take_flags(const cph_selection *selection, size_t elements, desk *d)
{
    memset(d->known, CPH_FLAG_EXCLUDED, elements);
    for (size_t i = 0; i < selection->elements; i++)
        d->known[selection->index[i]] = selection->flag[i];
}

static cph_status solve_flagged(const cph_calibrate_bench *b, const cph_calibrate_row *row,
                                size_t reference, desk *d, cph_error *error)
{
    const size_t n = d->network.ports;
    const cph_coupling_config config = {
        .elements = n,
        .s = d->network.s,
        .ld = n,
        .position = d->position,
        .min_distance_m = cph_length_metres(b->o->min_baseline, row->freq_hz),
        .max_distance_m = cph_length_metres(b->o->max_baseline, row->freq_hz),
        .sigma = d->sigma,
        .reference = reference};
    memcpy(d->solution.receive.flag, d->known, n);
    memcpy(d->solution.transmit.flag, d->known, n);
    return cph_coupling_solve(&config, &d->solution, error);
}

/* Solves, and once more without what is too low. */
static cph_status solve_row(cph_calibrate_bench *b, cph_calibrate_row *row, desk *d)
{
    const cph_selection *const selection = row->selection;
    const size_t own = b->reference[selection - b->input->selection], n = d->network.ports;
    const size_t reference = own == SIZE_MAX ? SIZE_MAX : selection->index[own];
    take_flags(selection, n, d);
    cph_status status = solve_flagged(b, row, reference, d, &row->error);
    if (status != CPH_OK)
        return status;
    const double weak_below = cph_calibrate_weak_below(b->o);
    const cph_gain_estimate *const e = asked(b, d);
    status = cph_estimate_flag_low(n, weak_below, asked(b, d));
    bool again = false;
    for (size_t p = 0; status == CPH_OK && p < n; p++) {
        const bool low = e->flag[p] == CPH_FLAG_WEAK || e->flag[p] == CPH_FLAG_DEAD;
        if (low && d->known[p] == CPH_FLAG_NONE) {
            d->known[p] = e->flag[p];
            again = true;
        }
    }
    if (status != CPH_OK)
        return cph_fail(&row->error, status, "%s", cph_status_name(status));
    return again ? solve_flagged(b, row, reference, d, &row->error) : status;
}

/* ---- what it says ---- */

static void say(const cph_calibrate_bench *b, const desk *d, cph_calibrate_row *row)
{
    const cph_coupling_solution *const s = &d->solution;
    const bool sent = b->o->cli.path == CPH_GAIN_TRANSMIT;
    const size_t parts = sent ? s->transmit_parts : s->receive_parts;
    if (b->o->cli.json) {
        json_t *object = json_object();
        cph_json_set_text(object, "gains", sent ? "transmit" : "receive");
        cph_json_set_count(object, "links", s->links);
        cph_json_set_count(object, "displacements", s->groups);
        cph_json_set_count(object, "sublattices", parts);
        cph_json_set_count(object, "open", s->open);
        cph_json_set_count(object, "choices", s->choices);
        cph_json_set_number(object, "margin", s->margin);
        cph_json_set_number(object, "sigma", s->sigma);
        row->extra = object;
    }
    snprintf(row->line, sizeof row->line,
             "%s gains from %zu couplings at %zu displacements, rms error %.3g",
             sent ? "transmit" : "receive", s->links, s->groups, s->sigma);
    if (parts > 1)
        snprintf(row->remark, sizeof row->remark,
                 "the couplings in use leave %zu sub-lattices apart: the largest is solved, the "
                 "others are flagged unsolved; expected a larger --max-baseline",
                 parts);
    else if (s->choices > 1 && s->margin < clear_margin)
        snprintf(row->remark, sizeof row->remark,
                 "%zu choices of alternating signs fit alike, and gains are too far from equal to "
                 "tell (margin %.2g): signs of lattice lines are open",
                 s->choices, s->margin);
}

static void keep(cph_calibrate_bench *b, desk *d, cph_calibrate_row *row, cph_calibrated *made)
{
    cph_gain_solution found = cph_calibrate_found(b, row);
    const cph_selection *const selection = row->selection;
    const cph_gain_estimate *const e = asked(b, d);
    for (size_t i = 0; i < selection->elements; i++) {
        const size_t n = selection->index[i];
        found.gain[i] = e->gain[n];
        found.phase_sigma[i] = e->phase_sigma[n];
        found.amplitude_sigma[i] = e->amplitude_sigma[n];
        found.flag[i] = e->flag[n];
    }
    found.chi2_dof = d->solution.chi2_dof;
    found.dof = 2.0 * d->solution.dof;
    found.stop = d->solution.stop;
    found.iterations = d->solution.iterations;
    say(b, d, row);
    cph_calibrate_keep(b, &found, row, made);
}

static cph_exit solve(cph_calibrate_bench *b, cph_calibrated *made)
{
    desk d = {0};
    cph_exit code = load(b, &d);
    for (size_t i = 0; i < made->rows && code == CPH_EXIT_DONE; i++) {
        cph_calibrate_row *const row = &made->row[i];
        row->freq_hz = d.network.freq_hz;
        row->time_unix_s = NAN;
        made->calibration.channel_freq_hz[0] = row->freq_hz;
        const cph_status status = solve_row(b, row, &d);
        if (status == CPH_ERR_MEMORY)
            code = cph_report(b->o->cli.name, &row->error);
        else if (status == CPH_OK)
            keep(b, &d, row, made);
        else
            cph_calibrate_fail(b, row, made);
    }
    desk_free(&d);
    return code;
}

const cph_calibrate_method cph_calibrate_coupling = {
    .name = "coupling",
    .options = "reference array freq min-baseline max-baseline weak-below",
    .check = check,
    .open = open_network,
    .solve = solve};
