/* SPDX-License-Identifier: MIT */
/* cophase doctor: in which convention data were written, by sources in known directions. */
#include <stdlib.h>

#include "cli/doctor_report.h"
#include "cli/flagged.h"
#include "cli/verbs.h"

typedef struct desk {
    const cph_doctor_options *o;
    const cph_input *input;
    cph_readings readings;
    cph_dump dump;
    cph_c64 *gain;       /* [N] */
    unsigned char *flag; /* [N] */
} desk;

/* Gains and flags. Where elements stand is what is in question: gains belong to their numbers. */
static cph_exit judge(desk *d, const cph_selection *selection)
{
    cph_selection unplaced = *selection;
    unplaced.array.has_positions = false;
    const cph_exit code = cph_input_gains(d->input, &unplaced, d->dump.freq_hz, d->dump.time_unix_s,
                                          d->gain, d->flag);
    return code == CPH_EXIT_DONE ? cph_input_health(d->input, &d->dump, d->flag) : code;
}

static cph_exit refuse(const desk *d, const cph_error *error)
{
    return cph_report_line(d->o->cli.name,
                           error->status == CPH_ERR_MEMORY ? CPH_EXIT_FAILED : CPH_EXIT_INPUT,
                           "%s: %s", d->o->cli.input, error->message);
}

static cph_exit try_all(desk *d, cph_doctor_finding *finding)
{
    const cph_selection *selection = finding->selection;
    const cph_doctor_problem problem = {.elements = selection->elements,
                                        .r = d->dump.r,
                                        .ld = selection->elements,
                                        .has_diagonal = d->dump.has_diagonal,
                                        .position = selection->position,
                                        .gain = d->input->has_calibration ? d->gain : NULL,
                                        .flag = d->flag,
                                        .samples = d->dump.samples > 0.0 ? d->dump.samples : 0.0,
                                        .freq_hz = d->dump.freq_hz,
                                        .sources = d->o->source.count,
                                        .readings = d->readings.count,
                                        .direction = d->readings.direction,
                                        .exec = &d->o->cli.exec};
    cph_error error = {.status = CPH_OK};
    const size_t rows = cph_doctor_count(&problem);
    finding->row = calloc(rows + 1, sizeof *finding->row);
    finding->swap = calloc(selection->elements, sizeof *finding->swap);
    if (finding->row == NULL || finding->swap == NULL)
        return cph_report_memory(d->o->cli.name);
    cph_status status = cph_doctor_run(&problem, finding->row, &finding->result, &error);
    const bool fits = finding->result.verdict != CPH_DOCTOR_NOTHING;
    const size_t under = fits ? finding->result.best : finding->result.as_given;
    if (status == CPH_OK)
        status = cph_doctor_find_swaps(&problem, &finding->row[under].convention, finding->swap,
                                       &finding->swaps, &error);
    return status == CPH_OK ? CPH_EXIT_DONE : refuse(d, &error);
}

static cph_exit examine(desk *d, const cph_selection *selection, cph_doctor_finding *finding)
{
    *finding = (cph_doctor_finding){.selection = selection,
                                    .calibrated = d->input->has_calibration,
                                    .readings = &d->readings,
                                    .flagged = json_array()};
    free(d->gain);
    free(d->flag);
    d->gain = calloc(selection->elements, sizeof *d->gain);
    d->flag = calloc(selection->elements, 1);
    if (d->gain == NULL || d->flag == NULL)
        return cph_report_memory(d->o->cli.name);
    cph_exit code = cph_input_covariance(d->input, selection, d->o->time, d->o->channel, &d->dump);
    if (code == CPH_EXIT_DONE)
        code = judge(d, selection);
    if (code != CPH_EXIT_DONE)
        return code;
    (void)cph_flagged_append(finding->flagged, &selection->array, d->flag);
    finding->freq_hz = d->dump.freq_hz;
    finding->time_unix_s = d->dump.time_unix_s;
    return try_all(d, finding);
}

static cph_exit run(const cph_doctor_options *o, const cph_input *input)
{
    desk d = {.o = o, .input = input};
    cph_doctor_finding finding[2] = {{.selection = NULL}};
    cph_error error = {.status = CPH_OK};
    cph_exit code = cph_input_check_look(input, o->time, o->channel);
    size_t count = 0;
    if (code == CPH_EXIT_DONE &&
        cph_readings_make(&o->source, &input->header->array, &d.readings, &error) != CPH_OK)
        code = cph_report_input(o->cli.name, &error);
    for (size_t i = 0; i < input->selections && code == CPH_EXIT_DONE; i++)
        code = examine(&d, &input->selection[i], &finding[count++]);
    if (code == CPH_EXIT_DONE)
        code = cph_doctor_print(o, input, finding, count);
    for (size_t i = 0; i < count; i++) {
        free(finding[i].row);
        free(finding[i].swap);
        json_decref(finding[i].flagged);
    }
    cph_readings_free(&d.readings);
    cph_dump_free(&d.dump);
    free(d.gain);
    free(d.flag);
    return code;
}

int cph_verb_doctor(int argc, char **argv)
{
    cph_doctor_options o;
    cph_input input;
    cph_exit code = cph_doctor_parse(argc, argv, &o);
    if (code == CPH_EXIT_DONE)
        code = cph_input_open(&o.cli,
                              CPH_TAKES_CAPTURE | CPH_TAKES_COVARIANCE | CPH_NEEDS_POSITIONS |
                                  CPH_NEEDS_FREQUENCY,
                              &input);
    if (code == CPH_EXIT_DONE) {
        code = run(&o, &input);
        cph_input_close(&input);
    }
    cph_doctor_options_free(&o);
    return (int)code;
}
