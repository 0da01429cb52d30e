/* SPDX-License-Identifier: MIT */
#include "cli/calibrate_readings.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "calib/estimate_parts.h"
#include "cli/geometry.h"
#include "cli/shifter.h"
#include "cophase/data_text.h"
#include "cophase/steer.h"

/* ---- opening ---- */

/* The elements that a table names; one of a field names none. */
static cph_status read_table_array(const char *path, cph_kind kind, cph_array *array,
                                   cph_error *error)
{
    cph_rev_readings rev = {0};
    cph_coded_readings coded = {0};
    cph_coupling_readings coupling = {0};
    const cph_array *named = NULL;
    cph_status status = CPH_OK;
    if (kind == CPH_KIND_REV) {
        status = cph_rev_readings_read(path, &rev, error);
        named = &rev.array;
    } else if (kind == CPH_KIND_CODED) {
        status = cph_coded_readings_read(path, &coded, error);
        named = &coded.array;
    } else if (kind == CPH_KIND_COUPLING) {
        status = cph_coupling_readings_read(path, &coupling, error);
        named = &coupling.array;
    }
    if (status == CPH_OK && named != NULL)
        status = cph_array_select(named, NULL, 0, array);
    cph_rev_readings_free(&rev);
    cph_coded_readings_free(&coded);
    cph_coupling_readings_free(&coupling);
    return status;
}

/* Array and frequency of a file of readings; of HDF5 with --positions. */
static cph_status read_array(const cph_cli *cli, cph_kind kind, cph_array *array, double *freq_hz,
                             cph_error *error)
{
    cph_status status;
    if (!cph_array_file_probe(cli->input)) {
        const cph_data_options options = {.positions = cli->positions};
        cph_data *data = NULL;
        status = cph_data_open(cli->input, &options, &data, error);
        if (status != CPH_OK)
            return status;
        const cph_data_header *const h = cph_data_header_of(data);
        status = h->kind == kind
                     ? cph_array_select(&h->array, NULL, 0, array)
                     : cph_fail(error, CPH_ERR_FORMAT, "%s: attribute kind is %s; expected %s",
                                cli->input, cph_kind_name(h->kind), cph_kind_name(kind));
        *freq_hz = h->channel_freq_hz[0];
        cph_data_close(data);
        return status;
    }
    if (cli->positions != NULL)
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "%s: is a table of readings; --positions is for HDF5, expected --array",
                        cli->input);
    *freq_hz = NAN;
    return read_table_array(cli->input, kind, array, error);
}

/* What the readings say themselves is not said again: --array and --freq are for what is open. */
static cph_status check_open(const cph_calibrate_options *o, const cph_array *array, double freq_hz,
                             cph_error *error)
{
    if (o->readings.array.text != NULL && array->has_positions)
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "%s: says where its elements stand; --array is for tables, which do not",
                        o->cli.input);
    if (o->readings.freq_hz > 0.0 && !isnan(freq_hz))
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "%s: says its frequency, %.9g Hz; --freq is for tables, which do not",
                        o->cli.input, freq_hz);
    return CPH_OK;
}

/* The places of --array for the elements that the readings have. */
static cph_status dress(const cph_calibrate_options *o, double freq_hz, cph_array *array,
                        cph_error *error)
{
    cph_array given = {0};
    const cph_status status = cph_array_build(&o->readings.array, freq_hz, &given, error);
    if (status != CPH_OK)
        return status;
    if (array->elements > 0 && given.elements != array->elements) {
        (void)cph_fail(error, CPH_ERR_FORMAT,
                       "%s: has readings of %zu elements, --array %s has %zu", o->cli.input,
                       array->elements, o->readings.array.text, given.elements);
        cph_array_free(&given);
        return CPH_ERR_FORMAT;
    }
    cph_array_free(array);
    *array = given;
    return CPH_OK;
}

cph_exit cph_readings_one_source(const cph_calibrate_options *o)
{
    return o->sources < 2 ? CPH_EXIT_DONE
                          : cph_report_line(o->cli.name, CPH_EXIT_USAGE,
                                            "--source %s: --method %s takes one source, the meter",
                                            o->direction[1].text, o->method->name);
}

cph_exit cph_readings_open(const cph_calibrate_options *o, cph_kind kind, cph_input *input)
{
    cph_error error = {.status = CPH_OK};
    cph_array array = {0};
    double freq_hz = NAN;
    cph_status status = read_array(&o->cli, kind, &array, &freq_hz, &error);
    if (status == CPH_OK)
        status = check_open(o, &array, freq_hz, &error);
    if (o->readings.freq_hz > 0.0)
        freq_hz = o->readings.freq_hz;
    if (status == CPH_OK && o->readings.array.text != NULL)
        status = dress(o, freq_hz, &array, &error);
    if (status == CPH_OK && array.elements == 0)
        status = cph_fail(&error, CPH_ERR_MISSING,
                          "%s: does not say where elements stand; expected --array", o->cli.input);
    if (status == CPH_OK && o->cli.plot != NULL && (!array.has_positions || isnan(freq_hz)))
        status = cph_fail(&error, CPH_ERR_MISSING,
                          "%s: --plot needs positions and a frequency; expected --array and --freq",
                          o->cli.input);
    if (status == CPH_OK)
        return cph_input_open_readings(&o->cli, kind, &array, freq_hz, input);
    cph_array_free(&array);
    if (error.status == CPH_OK)
        (void)cph_fail(&error, status, "%s: %s", o->cli.input, cph_status_name(status));
    return cph_report_input(o->cli.name, &error);
}

/* ---- readings ---- */

static cph_exit fail_input(const cph_calibrate_options *o, const cph_error *error)
{
    return cph_report_line(o->cli.name, cph_exit_of(error->status), "%s: %s", o->cli.input,
                           error->message);
}

/* The table of --states; its own refusals are said. */
static cph_exit load_states(const cph_calibrate_options *o, cph_states *states)
{
    cph_error error = {.status = CPH_OK};
    if (cph_states_load(&o->readings.states, states, &error) != CPH_OK)
        return cph_report_input(o->cli.name, &error);
    return CPH_EXIT_DONE;
}

cph_exit cph_readings_load_rev(const cph_calibrate_options *o, cph_rev_readings *r)
{
    cph_error error = {.status = CPH_OK};
    cph_states states = {0};
    if (cph_rev_readings_read(o->cli.input, r, &error) != CPH_OK)
        return cph_report_input(o->cli.name, &error);
    if (!cph_states_asked(&o->readings.states))
        return CPH_EXIT_DONE;
    cph_exit code = load_states(o, &states);
    if (code == CPH_EXIT_DONE &&
        cph_shifter_replace(&states, r->tables * r->steps, r->setting, r->state, &error) != CPH_OK)
        code = fail_input(o, &error);
    cph_states_free(&states);
    return code;
}

static double sylvester(size_t k, size_t n, size_t sign)
{
    bool odd = sign != 0;
    for (size_t both = k & n; both != 0; both &= both - 1)
        odd = !odd;
    return odd ? -1.0 : 1.0;
}

/* Whether the codes are Sylvester's signs, which the fast transform knows. */
static bool is_sylvester(const cph_coded_readings *r)
{
    const size_t n = r->array.elements;
    if (r->codes < n || (r->codes & (r->codes - 1)) != 0)
        return false;
    for (size_t i = 0; i < r->codes * r->signs * n; i++) {
        const size_t row = i / n;
        if (r->code[i].im != 0.0 ||
            r->code[i].re != sylvester(row / r->signs, i % n, row % r->signs))
            return false;
    }
    return true;
}

/* Sylvester's signs, to be replaced by states. */
static bool write_out(cph_coded_readings *r)
{
    const size_t n = r->array.elements, count = r->codes * r->signs * n;
    r->code = r->codes <= SIZE_MAX / n ? calloc(count, sizeof *r->code) : NULL;
    for (size_t i = 0; r->code != NULL && i < count; i++)
        r->code[i].re = sylvester(i / n / r->signs, i % n, i / n % r->signs);
    return r->code != NULL;
}

cph_exit cph_readings_load_coded(const cph_calibrate_options *o, cph_coded_readings *r)
{
    cph_error error = {.status = CPH_OK};
    cph_states states = {0};
    if (cph_coded_readings_read(o->cli.input, r, &error) != CPH_OK)
        return cph_report_input(o->cli.name, &error);
    if (cph_states_asked(&o->readings.states)) {
        cph_exit code = load_states(o, &states);
        if (code == CPH_EXIT_DONE && r->code == NULL && !write_out(r))
            code = cph_report_memory(o->cli.name);
        if (code == CPH_EXIT_DONE &&
            cph_shifter_replace(&states, r->codes * r->signs * r->array.elements, NULL, r->code,
                                &error) != CPH_OK)
            code = fail_input(o, &error);
        cph_states_free(&states);
        return code;
    }
    if (r->code != NULL && is_sylvester(r)) {
        free(r->code);
        r->code = NULL;
    }
    return CPH_EXIT_DONE;
}

void cph_readings_average(const cph_coded_readings *r, size_t s, cph_c64 *mean)
{
    const size_t rows = r->codes * r->signs;
    const cph_c64 *const from = r->reading + s * rows * r->repeats;
    for (size_t i = 0; i < rows; i++) {
        cph_c64 sum = {0.0, 0.0};
        for (size_t k = 0; k < r->repeats; k++)
            sum = cph_c64_add(sum, from[i * r->repeats + k]);
        mean[i] = cph_c64_scale(1.0 / (double)r->repeats, sum);
    }
}

double cph_readings_noise(const cph_coded_readings *r)
{
    const size_t rows = r->states * r->codes * r->signs, repeats = r->repeats;
    double scatter = 0.0;
    for (size_t i = 0; i < rows && repeats > 1; i++) {
        cph_c64 mean = {0.0, 0.0};
        for (size_t k = 0; k < repeats; k++)
            mean = cph_c64_add(mean,
                               cph_c64_scale(1.0 / (double)repeats, r->reading[i * repeats + k]));
        for (size_t k = 0; k < repeats; k++)
            scatter += cph_c64_power(cph_c64_sub(r->reading[i * repeats + k], mean)) /
                       ((double)rows * ((double)repeats - 1.0));
    }
    return (r->sigma > 0.0 ? r->sigma : sqrt(scatter)) / sqrt((double)repeats);
}

cph_exit cph_readings_signal(const cph_calibrate_bench *b, const cph_calibrated *made,
                             const cph_c64 *of_file, cph_c64 **signal)
{
    const cph_array *const array = &b->input->header->array;
    const double freq_hz = b->input->header->channel_freq_hz[0];
    const size_t n = array->elements;
    *signal = NULL;
    if (b->o->sources == 0 && of_file == NULL)
        return CPH_EXIT_DONE;
    if (b->o->sources > 0 && of_file != NULL)
        return cph_report_line(b->o->cli.name, CPH_EXIT_USAGE,
                               "--source %s: %s says what its elements give at the meter (/signal)",
                               b->o->direction[0].text, b->o->cli.input);
    *signal = calloc(n, sizeof **signal);
    double *const position = calloc(n, 3 * sizeof *position);
    if (*signal == NULL || position == NULL) {
        free(position);
        return cph_report_memory(b->o->cli.name);
    }
    cph_status status = CPH_OK;
    if (b->o->sources == 0)
        memcpy(*signal, of_file, n * sizeof **signal);
    else if (isnan(freq_hz))
        status = CPH_ERR_MISSING;
    else if ((status = cph_array_positions(array, position)) == CPH_OK)
        status = cph_steer_c64(n, position, freq_hz, made->direction, *signal);
    free(position);
    return status == CPH_OK ? CPH_EXIT_DONE
                            : cph_report_line(b->o->cli.name, CPH_EXIT_INPUT,
                                              "%s: --source needs positions and a frequency; "
                                              "expected --array and --freq",
                                              b->o->cli.input);
}

/* ---- gains ---- */

bool cph_readings_estimate(size_t elements, cph_gain_estimate *e)
{
    *e = (cph_gain_estimate){.gain = calloc(elements, sizeof *e->gain),
                             .phase_sigma = calloc(elements, sizeof *e->phase_sigma),
                             .amplitude_sigma = calloc(elements, sizeof *e->amplitude_sigma),
                             .flag = calloc(elements, 1)};
    return cph_estimate_complete(e);
}

void cph_readings_estimate_free(cph_gain_estimate *e)
{
    free(e->gain);
    free(e->phase_sigma);
    free(e->amplitude_sigma);
    free(e->flag);
    *e = (cph_gain_estimate){0};
}

static void take(const cph_selection *selection, const cph_gain_estimate *from,
                 cph_gain_estimate *to)
{
    for (size_t i = 0; i < selection->elements; i++) {
        const size_t n = selection->index[i];
        to->gain[i] = from->gain[n];
        to->phase_sigma[i] = from->phase_sigma[n];
        to->amplitude_sigma[i] = from->amplitude_sigma[n];
        to->flag[i] = from->flag[n];
        if (selection->flag[i] != CPH_FLAG_NONE && selection->flag[i] != CPH_FLAG_UNSOLVED)
            cph_estimate_drop(to, i, (cph_flag)selection->flag[i]);
    }
}

cph_exit cph_readings_finish(cph_calibrate_bench *b, const cph_gain_estimate *estimate,
                             double chi2_dof, double dof, cph_calibrate_row *row,
                             cph_calibrated *made)
{
    cph_gain_solution found = cph_calibrate_found(b, row);
    cph_gain_estimate own = {.gain = found.gain,
                             .phase_sigma = found.phase_sigma,
                             .amplitude_sigma = found.amplitude_sigma,
                             .flag = found.flag};
    const cph_selection *const selection = row->selection;
    take(selection, estimate, &own);
    const cph_status status = cph_calibrate_settle(b, row, &own);
    if (status == CPH_ERR_MEMORY)
        return cph_report(b->o->cli.name, &row->error);
    for (size_t i = 0; i < b->o->sources; i++)
        found.flux[i] = NAN;
    found.chi2_dof = chi2_dof;
    found.dof = dof;
    found.stop = CPH_STOP_CONVERGED;
    if (status == CPH_OK)
        cph_calibrate_keep(b, &found, row, made);
    else
        cph_calibrate_fail(b, row, made);
    return CPH_EXIT_DONE;
}
