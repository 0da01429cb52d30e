/* SPDX-License-Identifier: MIT */
/* Opening, selecting, flagging, calibration. */
#include "cli/input.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/gain_path.h"
#include "cli/geometry.h"
#include "cli/history.h"
#include "cli/input_part.h"
#include "cli/progress.h"
#include "cli/text_table.h"
#include "kernels/core/vec3.h"

static const double no_place[3] = {0, 0, 0};

/* ---- what the verb needs ---- */

static cph_exit check_kind(const cph_input *input, unsigned needs)
{
    const cph_kind kind = input->header->kind;
    if ((needs & 1u << kind) != 0)
        return CPH_EXIT_DONE;
    char expected[120] = "";
    for (unsigned k = 0; k < CPH_KIND_COUNT; k++) {
        size_t used = strlen(expected);
        if ((needs & 1u << k) != 0)
            snprintf(expected + used, sizeof expected - used, "%s%s", used == 0 ? "" : " or ",
                     cph_kind_name((cph_kind)k));
    }
    return cph_report_line(input->cli->name, CPH_EXIT_INPUT,
                           "%s: attribute kind is %s; expected %s", input->cli->input,
                           cph_kind_name(kind), expected);
}

static cph_exit check_needs(const cph_input *input, unsigned needs)
{
    const cph_cli *cli = input->cli;
    const cph_data_header *header = input->header;
    if ((needs & CPH_NEEDS_POSITIONS) != 0 && !header->array.has_positions)
        return cph_report_line(cli->name, CPH_EXIT_INPUT,
                               "%s: no positions (/array/position); expected --positions FILE",
                               cli->input);
    if ((needs & CPH_NEEDS_POSITIONS) != 0 && isnan(header->wave_speed_m_s))
        return cph_report_line(cli->name, CPH_EXIT_INPUT,
                               "%s: of microphones, without the speed of sound", cli->input);
    for (size_t c = 0; (needs & CPH_NEEDS_FREQUENCY) != 0 && c < header->channels; c++)
        if (!isfinite(header->channel_freq_hz[c]))
            return cph_report_line(cli->name, CPH_EXIT_INPUT,
                                   "%s: no frequency of channel %zu; expected attribute "
                                   "center_freq_hz or dataset /channel_freq_hz",
                                   cli->input, c);
    return CPH_EXIT_DONE;
}

/* ---- selections ---- */

static bool chosen(const cph_element *element, char polarization)
{
    return polarization == 0 || element->polarization == polarization;
}

static size_t count_of(const cph_array *array, char polarization)
{
    size_t count = 0;
    for (size_t n = 0; n < array->elements; n++)
        count += chosen(&array->element[n], polarization);
    return count;
}

static unsigned char flag_of(const cph_cli *cli, const cph_element *element)
{
    if (cph_ranges_contain(&cli->exclude, element->number))
        return CPH_FLAG_EXCLUDED;
    if (element->listed && !cli->ignore_listed)
        return CPH_FLAG_LISTED;
    return CPH_FLAG_NONE;
}

/* Positions in the array frame; elements without one are flagged and stand at the origin. */
static cph_status place(cph_selection *selection, double wave_speed_m_s)
{
    if (!selection->array.has_positions)
        return CPH_OK;
    double(*r)[3] = calloc(selection->elements, sizeof *r);
    if (r == NULL)
        return CPH_ERR_MEMORY;
    selection->position = r[0];
    cph_status status = cph_array_positions(&selection->array, r[0]);
    const double slower = wave_speed_m_s > 0.0 ? CPH_SPEED_OF_LIGHT / wave_speed_m_s : 1.0;
    for (size_t i = 0; status == CPH_OK && i < 3 * selection->elements; i++)
        selection->position[i] *= slower;
    for (size_t n = 0; status == CPH_OK && n < selection->elements; n++) {
        if (isfinite(r[n][0]) && isfinite(r[n][1]) && isfinite(r[n][2]))
            continue;
        memcpy(r[n], no_place, sizeof r[n]);
        if (selection->flag[n] == CPH_FLAG_NONE)
            selection->flag[n] = CPH_FLAG_UNSOLVED;
    }
    return status;
}

static cph_status fill(const cph_input *input, char polarization, size_t count,
                       cph_selection *selection)
{
    const cph_array *array = &input->header->array;
    *selection = (cph_selection){.polarization = polarization, .elements = count};
    selection->index = calloc(count, sizeof *selection->index);
    selection->flag = calloc(count, 1);
    if (selection->index == NULL || selection->flag == NULL)
        return CPH_ERR_MEMORY;
    size_t used = 0;
    for (size_t n = 0; n < array->elements; n++) {
        if (!chosen(&array->element[n], polarization))
            continue;
        selection->flag[used] = flag_of(input->cli, &array->element[n]);
        selection->index[used++] = n;
    }
    cph_status status = cph_array_select(array, selection->index, count, &selection->array);
    return status == CPH_OK ? place(selection, input->header->wave_speed_m_s) : status;
}

static void selection_free(cph_selection *selection)
{
    free(selection->index);
    free(selection->flag);
    free(selection->position);
    cph_array_free(&selection->array);
}

/* Who says where elements stand. */
static const char *position_source(const cph_input *input)
{
    return input->cli->positions != NULL ? input->cli->positions : input->cli->input;
}

static cph_exit check_exclude(const cph_input *input)
{
    const cph_array *array = &input->header->array;
    const cph_ranges *exclude = &input->cli->exclude;
    size_t most = 0;
    for (size_t n = 0; n < array->elements; n++)
        most = array->element[n].number > most ? array->element[n].number : most;
    for (size_t i = 0; i < exclude->count; i++)
        if (exclude->item[i].last > most)
            return cph_report_line(input->cli->name, CPH_EXIT_USAGE,
                                   "--exclude: %s has no element %zu; its highest number is %zu",
                                   input->cli->input, exclude->item[i].last, most);
    return CPH_EXIT_DONE;
}

/* What was never filled in, or is in other units: no phase can be made of it. */
static cph_exit check_places(const cph_input *input, const cph_selection *selection)
{
    static const double limit_m = 1e8; /* more than the earth */
    size_t placed = 0, first = 0, apart = 0;
    for (size_t n = 0; n < selection->elements && selection->position != NULL; n++) {
        const double *r = selection->position + 3 * n;
        if (cph_norm3(r) > limit_m)
            return cph_report_line(input->cli->name, CPH_EXIT_INPUT,
                                   "%s: element %u stands %.3g m from the origin; expected "
                                   "positions in metres about the site",
                                   position_source(input), selection->array.element[n].number,
                                   cph_norm3(r));
        if (selection->flag[n] == CPH_FLAG_UNSOLVED)
            continue;
        first = placed++ == 0 ? n : first;
        apart += memcmp(r, selection->position + 3 * first, 3 * sizeof *r) != 0;
    }
    if (placed < 2 || apart > 0)
        return CPH_EXIT_DONE;
    return cph_report_line(input->cli->name, CPH_EXIT_INPUT,
                           "%s: all %zu elements stand at one place; expected their positions",
                           position_source(input), placed);
}

static cph_exit select_inputs(cph_input *input)
{
    const cph_cli *cli = input->cli;
    const cph_array *array = &input->header->array;
    if (array->elements == 0)
        return CPH_EXIT_DONE;
    const char both[] = {'X', 'Y'};
    const size_t count[] = {count_of(array, 'X'), count_of(array, 'Y')};
    cph_exit code = check_exclude(input);
    if (code != CPH_EXIT_DONE)
        return code;
    cph_status status = CPH_OK;
    if (cli->polarization == 0 && (count[0] == 0 || count[1] == 0)) {
        status = fill(input, 0, array->elements, &input->selection[input->selections++]);
    } else {
        for (size_t p = 0; status == CPH_OK && p < 2; p++)
            if (count[p] > 0 && (cli->polarization == 0 || cli->polarization == both[p]))
                status = fill(input, both[p], count[p], &input->selection[input->selections++]);
    }
    if (input->selections == 0)
        return cph_report_line(cli->name, CPH_EXIT_INPUT,
                               "%s: no element has polarisation %c (/array/polarization)",
                               cli->input, cli->polarization);
    if (status != CPH_OK)
        return cph_report_line(cli->name, cph_exit_of(status), "%s: /array: %s", cli->input,
                               status == CPH_ERR_MISSING
                                   ? "positions are ecef; expected attributes latitude_deg and "
                                     "longitude_deg"
                                   : cph_status_name(status));
    return CPH_EXIT_DONE;
}

/* ---- open, close ---- */

size_t cph_input_paths(const cph_input *input, const char *path[3])
{
    const char *const given[] = {input->cli->input, input->cli->positions, input->cli->calibration};
    size_t count = 0;
    for (size_t i = 0; i < 3; i++)
        if (given[i] != NULL && (i == 0 || strcmp(given[i], given[0]) != 0))
            path[count++] = given[i];
    return count;
}

static bool go_on(void *context)
{
    (void)context;
    return !cph_interrupted();
}

static cph_exit open_file(cph_input *input)
{
    const cph_cli *cli = input->cli;
    const char *path[3];
    cph_exit code = cph_output_check(cli, path, cph_input_paths(input, path));
    if (code != CPH_EXIT_DONE)
        return code;
    cph_error error = {.status = CPH_OK};
    const cph_follow follow = {.patience_s = cli->patience_s, .go_on = go_on};
    const cph_data_options options = {.positions = cli->positions,
                                      .damaged = cli->skip_bad,
                                      .follow = cli->follow ? &follow : NULL};
    if (cli->follow)
        cph_interrupt_catch();
    if (cph_data_open(cli->input, &options, &input->data, &error) != CPH_OK) {
        const char *const what =
            error.status == CPH_ERR_FORMAT ? cph_text_table_what(cli->input) : NULL;
        return what == NULL ? cph_report_input(cli->name, &error)
                            : cph_report_line(cli->name, CPH_EXIT_INPUT, "%s: is a table of %s",
                                              cli->input, what);
    }
    cph_data_set_exec(input->data, &cli->exec);
    input->header = cph_data_header_of(input->data);
    input->remarked = strlen(input->header->remark);
    if (input->remarked > 0 && !cli->quiet)
        (void)cph_report_line(cli->name, CPH_EXIT_DONE, "%s: %s", cli->input,
                              input->header->remark);
    return CPH_EXIT_DONE;
}

static cph_exit load_calibration(cph_input *input, unsigned needs)
{
    const cph_cli *cli = input->cli;
    cph_error error = {.status = CPH_OK};
    if (cli->calibration == NULL)
        return CPH_EXIT_DONE;
    if ((needs & CPH_TAKES_CALIBRATED) == 0 && cph_input_once(input, &error) != CPH_OK)
        return cph_report_line(cli->name, CPH_EXIT_INPUT, "%s: %s; expected no --calibration",
                               cli->input, error.message);
    if (cph_gains_read(cli->calibration, cli->path, &input->calibration, &error) != CPH_OK)
        return cph_report_input(cli->name, &error);
    input->has_calibration = true;
    cph_calibration_adapt(&input->calibration, input->header);
    return CPH_EXIT_DONE;
}

static void bare_header(cph_input *input, cph_kind kind, double freq_hz)
{
    input->bare_freq_hz = freq_hz;
    input->bare = (cph_data_header){.kind = kind,
                                    .channels = 1,
                                    .sample_rate_hz = NAN,
                                    .center_freq_hz = freq_hz,
                                    .if_freq_hz = NAN,
                                    .channel_freq_hz = &input->bare_freq_hz,
                                    .time_start_unix_s = NAN,
                                    .integration_s = NAN,
                                    .n_samples = NAN};
    input->header = &input->bare;
}

static cph_exit open_array(cph_input *input, const cph_array_spec *spec, double freq_hz)
{
    const cph_cli *cli = input->cli;
    const char *path[3];
    cph_error error = {.status = CPH_OK};
    const cph_exit code = cph_output_check(cli, path, cph_input_paths(input, path));
    if (code != CPH_EXIT_DONE)
        return code;
    bare_header(input, CPH_KIND_CAPTURE, freq_hz);
    if (cph_array_build(spec, freq_hz, &input->bare.array, &error) != CPH_OK)
        return cph_report_input(cli->name, &error);
    input->bare.axis_elements = input->bare.array.elements;
    return CPH_EXIT_DONE;
}

/* What follows when there is a header. */
static cph_exit prepare(cph_input *input, unsigned needs)
{
    cph_exit code = cph_input_part(input, needs);
    if (code == CPH_EXIT_DONE)
        code = check_needs(input, needs);
    if (code == CPH_EXIT_DONE)
        code = select_inputs(input);
    for (size_t i = 0; i < input->selections && code == CPH_EXIT_DONE; i++)
        if ((needs & CPH_NEEDS_POSITIONS) != 0)
            code = check_places(input, &input->selection[i]);
    return code == CPH_EXIT_DONE ? load_calibration(input, needs) : code;
}

cph_exit cph_input_open(const cph_cli *cli, unsigned needs, cph_input *input)
{
    *input = (cph_input){.cli = cli};
    cph_exit code = open_file(input);
    if (code == CPH_EXIT_DONE)
        code = check_kind(input, needs);
    if (code == CPH_EXIT_DONE)
        code = prepare(input, needs);
    if (code != CPH_EXIT_DONE)
        cph_input_close(input);
    return code;
}

cph_exit cph_input_open_array(const cph_cli *cli, const cph_array_spec *spec, double freq_hz,
                              cph_input *input)
{
    *input = (cph_input){.cli = cli};
    cph_exit code = open_array(input, spec, freq_hz);
    if (code == CPH_EXIT_DONE)
        code = prepare(input, CPH_NEEDS_POSITIONS | CPH_NEEDS_FREQUENCY);
    if (code != CPH_EXIT_DONE)
        cph_input_close(input);
    return code;
}

cph_exit cph_input_open_readings(const cph_cli *cli, cph_kind kind, cph_array *array,
                                 double freq_hz, cph_input *input)
{
    const char *path[3];
    *input = (cph_input){.cli = cli};
    bare_header(input, kind, freq_hz);
    input->bare.times = 1;
    input->bare.array = *array;
    input->bare.axis_elements = array->elements;
    *array = (cph_array){0};
    cph_exit code = cph_output_check(cli, path, cph_input_paths(input, path));
    if (code == CPH_EXIT_DONE)
        code = prepare(input, 0);
    if (code != CPH_EXIT_DONE)
        cph_input_close(input);
    return code;
}

void cph_input_close(cph_input *input)
{
    for (size_t i = 0; i < input->selections; i++)
        selection_free(&input->selection[i]);
    if (input->has_calibration)
        cph_calibration_free(&input->calibration);
    if (input->data != NULL)
        cph_data_close(input->data);
    cph_array_free(&input->bare.array);
    *input = (cph_input){0};
}
