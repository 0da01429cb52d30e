/* SPDX-License-Identifier: MIT */
/* cophase calibrate: gains of the elements from a covariance or capture and a model of the sky. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/calibrate_method.h"
#include "cli/calibrate_report.h"
#include "cli/fill_channels.h"
#include "cli/history.h"
#include "cli/input.h"
#include "cli/plot/plot.h"
#include "cli/verbs.h"

/* ---- outputs ---- */

/* The first solution of a polarisation, to be drawn; NULL where it has none. */
static const cph_calibrate_row *find_row(const cph_calibrated *made, const cph_selection *selection)
{
    for (size_t i = 0; i < made->rows; i++)
        if (made->row[i].selection == selection && made->row[i].error.status == CPH_OK)
            return &made->row[i];
    return NULL;
}

static void describe(const cph_calibrate_options *o, const cph_calibrate_row *row, size_t size,
                     char *text)
{
    const char *slash = strrchr(o->cli.input, '/');
    const char polarization[] = {row->selection->polarization, '\0'};
    snprintf(text, size, "%s, %s%s%s%.6g MHz, explained variance %.3f before, %.3f after",
             slash != NULL ? slash + 1 : o->cli.input,
             polarization[0] != '\0' ? "polarisation " : "", polarization,
             polarization[0] != '\0' ? ", " : "", row->freq_hz * 1e-6, row->found.explained_before,
             row->found.explained_after);
}

/* A picture's part: a polarisation. */
typedef struct part {
    char subtitle[400];
    uint32_t *number;    /* [N] */
    cph_c64 *gain;       /* [N] */
    unsigned char *flag; /* [N] */
} part;

static void part_free(part *p)
{
    free(p->number);
    free(p->gain);
    free(p->flag);
}

static bool part_fill(const cph_calibrate_options *o, const cph_calibrated *made,
                      const cph_calibrate_row *row, part *p, cph_gain_plot *plot)
{
    const cph_selection *selection = row->selection;
    const size_t n = selection->elements;
    p->number = calloc(n, sizeof *p->number);
    p->gain = calloc(n, sizeof *p->gain);
    p->flag = calloc(n, sizeof *p->flag);
    if (p->number == NULL || p->gain == NULL || p->flag == NULL)
        return false;
    cph_calibrate_gains(made, row, p->gain, p->flag);
    for (size_t i = 0; i < n; i++)
        p->number[i] = selection->array.element[i].number;
    describe(o, row, sizeof p->subtitle, p->subtitle);
    *plot = (cph_gain_plot){.title = "Gains of the elements",
                            .subtitle = p->subtitle,
                            .elements = n,
                            .position = selection->position,
                            .number = p->number,
                            .gain = p->gain,
                            .flag = p->flag,
                            .wavelength_m = CPH_SPEED_OF_LIGHT / row->freq_hz};
    return true;
}

static cph_exit draw(const cph_calibrate_options *o, const cph_input *input,
                     const cph_calibrated *made)
{
    part parts[2] = {0};
    cph_gain_plot plots[2];
    cph_error error = {.status = CPH_OK};
    size_t count = 0;
    bool ok = true;
    for (size_t i = 0; i < input->selections && ok; i++) {
        const cph_calibrate_row *row = find_row(made, &input->selection[i]);
        if (row != NULL) {
            ok = part_fill(o, made, row, &parts[count], &plots[count]);
            count++;
        }
    }
    cph_exit code = CPH_EXIT_DONE;
    if (!ok)
        code = cph_report_memory(o->cli.name);
    else if (cph_plot_gains(o->cli.plot, plots, count, &error) != CPH_OK)
        code = cph_report(o->cli.name, &error);
    for (size_t i = 0; i < count; i++)
        part_free(&parts[i]);
    return code;
}

/* Both files or none. */
static cph_exit write_files(const cph_calibrate_options *o, const cph_input *input,
                            const cph_calibrated *made)
{
    const char *path[CPH_HISTORY_INPUTS];
    cph_history history;
    cph_error error = {.status = CPH_OK};
    size_t paths = cph_input_paths(input, path);
    if (o->sources_path != NULL)
        path[paths++] = o->sources_path;
    if (o->model_path != NULL)
        path[paths++] = o->model_path;
    if (o->waveform.path != NULL)
        path[paths++] = o->waveform.path;
    cph_exit code = cph_history_make(&o->cli, path, paths, &history);
    if (code != CPH_EXIT_DONE)
        return code;
    if (o->cli.plot != NULL)
        code = draw(o, input, made);
    if (code == CPH_EXIT_DONE && cph_calibration_write(o->cli.output, &made->calibration,
                                                       &history.options, &error) != CPH_OK) {
        code = cph_report(o->cli.name, &error);
        if (o->cli.plot != NULL)
            (void)remove(o->cli.plot);
    }
    cph_history_free(&history);
    return code;
}

/* ---- the verb ---- */

static cph_exit run(const cph_calibrate_options *o, const cph_input *input)
{
    cph_calibrated made;
    cph_exit code = cph_calibrate_solve(o, input, &made);
    if (code == CPH_EXIT_DONE)
        code = cph_fill_channels(o, &made);
    if (code == CPH_EXIT_DONE)
        code = write_files(o, input, &made);
    if (code == CPH_EXIT_DONE) {
        cph_calibrate_remark(o, &made);
        code = cph_calibrate_print(o, &made);
    }
    cph_calibrated_free(&made);
    return code;
}

static cph_exit open_input(const cph_calibrate_options *o, cph_input *input)
{
    const unsigned needs = o->sources > 0 ? CPH_NEEDS_POSITIONS : 0;
    return o->method->open != NULL ? o->method->open(o, input)
                                   : cph_input_open(&o->cli, o->method->input | needs, input);
}

int cph_verb_calibrate(int argc, char **argv)
{
    cph_calibrate_options o;
    cph_input input;
    cph_exit code = cph_calibrate_parse(argc, argv, &o);
    if (code == CPH_EXIT_DONE)
        code = open_input(&o, &input);
    if (code == CPH_EXIT_DONE) {
        code = o.method->run != NULL ? o.method->run(&o, &input) : run(&o, &input);
        cph_input_close(&input);
    }
    cph_calibrate_options_free(&o);
    return (int)code;
}
