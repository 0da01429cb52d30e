/* SPDX-License-Identifier: MIT */
#include "cli/gain_path.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { KEY_PATH = CPH_KEY_VERB + 0xB0, KEY_DATA }; /* beside those of a verb and of its states */

static error_t parse(int key, char *arg, struct argp_state *state)
{
    cph_cli *cli = state->input;
    cph_error error;
    const char *const names[] = {cph_gain_path_name(CPH_GAIN_RECEIVE),
                                 cph_gain_path_name(CPH_GAIN_TRANSMIT)};
    size_t index = 0;
    if (key != KEY_PATH)
        return ARGP_ERR_UNKNOWN;
    const cph_status status = cph_parse_choice(arg, names, CPH_GAIN_PATHS, &index, &error);
    if (status == CPH_OK) {
        cli->path = (cph_gain_path)index;
        cli->has_path = true;
    }
    return cph_parsed(state, status, &error);
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

cph_exit cph_gains_settle(const cph_cli *cli, cph_calibration *calibration)
{
    cph_data *data = NULL;
    cph_error error = {.status = CPH_OK};
    if (cli->settle == NULL)
        return CPH_EXIT_DONE;
    if (cph_data_open(cli->settle, NULL, &data, &error) != CPH_OK)
        return cph_report_input(cli->name, &error);
    const cph_data_header *const header = cph_data_header_of(data);
    const bool fits = header->kind == CPH_KIND_CAPTURE || header->kind == CPH_KIND_COVARIANCE;
    if (fits)
        cph_calibration_adapt(calibration, header);
    else
        (void)cph_report_line(cli->name, CPH_EXIT_INPUT,
                              "%s: is a %s file, expected a capture or covariance", cli->settle,
                              cph_kind_name(header->kind));
    cph_data_close(data);
    return fits ? CPH_EXIT_DONE : CPH_EXIT_INPUT;
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
