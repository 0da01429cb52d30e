/* SPDX-License-Identifier: MIT */
#include "cli/gain_path.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/geometry.h"
#include "cli/option_values.h"
#include "kernels/core/fail.h"

enum { KEY_PATH = CPH_KEY_VERB + 0xB0, KEY_DATA }; /* beside those of a verb and of its states */

static error_t parse(int key, char *arg, struct argp_state *state)
{
    cph_cli *cli = state->input;
    const char *const names[] = {cph_gain_path_name(CPH_GAIN_RECEIVE),
                                 cph_gain_path_name(CPH_GAIN_TRANSMIT)};
    size_t index = 0;
    if (key != KEY_PATH)
        return ARGP_ERR_UNKNOWN;
    const error_t code = cph_chosen(state, arg, names, CPH_GAIN_PATHS, &index);
    cli->path = (cph_gain_path)index;
    cli->has_path = true;
    return code;
}

static const struct argp_option options_list[] = {
    {"path", KEY_PATH, "PATH", 0, "Whose gains they are: receive (default) or transmit", 0}, {0}};
const struct argp cph_argp_path = {options_list, parse, NULL, NULL, NULL, NULL, NULL};

static error_t parse_data(int key, char *arg, struct argp_state *state)
{
    cph_cli *cli = state->input;
    if (key != KEY_DATA)
        return ARGP_ERR_UNKNOWN;
    cli->settle = arg;
    return 0;
}

static const struct argp_option data_list[] = {
    {"data", KEY_DATA, "FILE", 0,
     "Data that the gains are for, which settle what a calibration leaves open: the sign of the "
     "time factor (the other one in UVH5) and the polarisation",
     0},
    {0}};
const struct argp cph_argp_data = {data_list, parse_data, NULL, NULL, NULL, NULL, NULL};

/* Inputs and positions, as for every use; frequencies and times are not what data are named for. */
static cph_status check_array(const cph_calibration *calibration, const cph_array *array,
                              cph_error *error)
{
    double one_hz = 1.0;
    cph_calibration single = *calibration;
    cph_c64 *const gain = calloc(array->elements + 1, sizeof *gain);
    unsigned char *const flag = calloc(array->elements + 1, 1);
    single.times = single.channels = 1;
    single.channel_freq_hz = &one_hz;
    const cph_status status =
        gain == NULL || flag == NULL
            ? cph_fail(error, CPH_ERR_MEMORY, "out of memory")
            : cph_calibration_lookup(&single, array, one_hz, 0, gain, flag, error);
    free(gain);
    free(flag);
    return status;
}

/* Where all elements stand, by the data's word. */
static void take_positions(cph_calibration *calibration, const cph_array *from)
{
    cph_array *const to = &calibration->array;
    if (to->has_positions || !from->has_positions)
        return;
    for (size_t n = 0; n < to->elements; n++)
        if (cph_array_find(from, &to->element[n]) == from->elements)
            return;
    for (size_t n = 0; n < to->elements; n++) {
        const cph_element *const element = &from->element[cph_array_find(from, &to->element[n])];
        memcpy(to->element[n].position, element->position, sizeof element->position);
        memcpy(to->element[n].axes, element->axes, sizeof element->axes);
    }
    to->has_positions = true;
    to->frame = from->frame;
    to->has_array_to_enu = from->has_array_to_enu;
    memcpy(to->array_to_enu, from->array_to_enu, sizeof to->array_to_enu);
    to->latitude_deg = from->latitude_deg;
    to->longitude_deg = from->longitude_deg;
    to->altitude_m = from->altitude_m;
    to->pitch_m = from->pitch_m;
}

static cph_exit settle(const cph_cli *cli, const char *file, const cph_data_header *header,
                       cph_calibration *calibration)
{
    cph_error error = {.status = CPH_OK};
    if (header->kind != CPH_KIND_CAPTURE && header->kind != CPH_KIND_COVARIANCE)
        return cph_report_line(cli->name, CPH_EXIT_INPUT,
                               "%s: is a %s file, expected a capture or covariance", cli->settle,
                               cph_kind_name(header->kind));
    cph_calibration_adapt(calibration, header);
    if (check_array(calibration, &header->array, &error) != CPH_OK)
        return cph_report_line(cli->name, cph_exit_of(error.status), "--data %s: %s: %s",
                               cli->settle, file, error.message);
    take_positions(calibration, &header->array);
    return CPH_EXIT_DONE;
}

cph_exit cph_gains_settle(const cph_cli *cli, const char *file, cph_calibration *calibration)
{
    cph_data *data = NULL;
    cph_error error = {.status = CPH_OK};
    if (cli->settle == NULL)
        return CPH_EXIT_DONE;
    if (cph_data_open(cli->settle, NULL, &data, &error) != CPH_OK)
        return cph_report_input(cli->name, &error);
    const cph_exit code = settle(cli, file, cph_data_header_of(data), calibration);
    cph_data_close(data);
    return code;
}

cph_status cph_gains_read(const char *file, cph_gain_path path, cph_calibration *calibration,
                          cph_error *error)
{
    cph_calibration made;
    const cph_status status = cph_calibration_read(file, &made, error);
    if (status != CPH_OK)
        return status;
    if (made.path == path) {
        *calibration = made;
        return CPH_OK;
    }
    (void)cph_fail(error, CPH_ERR_FORMAT,
                   "%s: /gain: holds gains of the %s path, expected those of the %s path", file,
                   cph_gain_path_name(made.path), cph_gain_path_name(path));
    cph_calibration_free(&made);
    return CPH_ERR_FORMAT;
}

/* A file that cannot be opened is left to those who need it, and say so. */
void cph_gains_own(const char *file, cph_cli *cli)
{
    cph_data *data = NULL;
    cph_error error;
    if (cli->calibration != NULL || cph_data_open(file, NULL, &data, &error) != CPH_OK)
        return;
    if (cph_data_header_of(data)->kind == CPH_KIND_CALIBRATION)
        cli->calibration = file;
    cph_data_close(data);
}

cph_status cph_gains_for(const char *weights, cph_cli *cli, cph_error *error)
{
    cph_data *data = NULL;
    const cph_status status = cph_data_open(weights, NULL, &data, error);
    if (status != CPH_OK)
        return status;
    const cph_gain_path path = cph_data_header_of(data)->path;
    const bool known = cph_data_header_of(data)->kind == CPH_KIND_WEIGHTS;
    cph_data_close(data);
    if (known && cli->has_path && cli->path != path)
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "--path %s: %s: /weights: is for the %s path, expected that or no --path",
                        cph_gain_path_name(cli->path), weights, cph_gain_path_name(path));
    cli->path = path;
    return CPH_OK;
}

cph_status cph_gains_described(const cph_array_file *file, cph_cli *cli, cph_error *error)
{
    const char *const other = file->gain[CPH_GAIN_PATHS - 1 - cli->path];
    if (cli->calibration != NULL)
        return CPH_OK;
    if (file->gain[cli->path] == NULL && other != NULL && cli->has_path)
        return cph_fail(error, CPH_ERR_MISSING, "%s: [gains] has no %s", file->path,
                        cph_gain_path_name(cli->path));
    const char *const path = file->gain[cli->path];
    if (path != NULL && access(path, R_OK) != 0)
        return cph_fail(error, CPH_ERR_IO, "%s: line %zu, %s: %s: %s", file->path,
                        file->gain_line[cli->path], cph_gain_path_name(cli->path), path,
                        strerror(errno));
    cli->calibration = path;
    return CPH_OK;
}
