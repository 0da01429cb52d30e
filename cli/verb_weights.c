/* SPDX-License-Identifier: MIT */
/* cophase weights: beam weights toward directions, conventional or from a covariance. */
#include <stdio.h>
#include <stdlib.h>

#include "cli/described.h"
#include "cli/gain_path.h"
#include "cli/history.h"
#include "cli/steering.h"
#include "cli/text_output.h"
#include "cli/verbs.h"
#include "cli/weights_csv.h"
#include "cli/weights_report.h"

/* paths [count + 5]: room for the tables of states, of beams, of a mask, of an element, and the
 * end. */
static cph_exit write_result(const cph_weights_options *o, const char **paths, size_t count,
                             const cph_weights_result *made)
{
    cph_history history;
    cph_error error = {.status = CPH_OK};
    if (cph_states_path(&o->states) != NULL)
        paths[count++] = cph_states_path(&o->states);
    if (o->cli.beam_list.path != NULL)
        paths[count++] = o->cli.beam_list.path;
    count += cph_synthesis_paths(&o->mask, paths + count);
    paths[count] = NULL;
    if (o->csv != NULL && cph_text_check(o->csv, paths, &error) != CPH_OK)
        return cph_report(o->cli.name, &error);
    cph_exit code = cph_history_make(&o->cli, paths, count, &history);
    if (code != CPH_EXIT_DONE)
        return code;
    cph_status status = cph_quietened_curve(&o->quieten, &made->quietened, paths, &error);
    if (status == CPH_OK && o->states.codes != NULL)
        status = cph_quantised_codes(o->states.codes, paths, &made->quantised, &made->weights.array,
                                     &error);
    if (status == CPH_OK && o->csv != NULL)
        status = cph_weights_csv(o->csv, paths, &made->weights, &error);
    if (status == CPH_OK)
        status = cph_weights_write(o->cli.output, &made->weights, &history.options, &error);
    if (status != CPH_OK)
        code = cph_report(o->cli.name, &error);
    cph_history_free(&history);
    if (code == CPH_EXIT_DONE) {
        cph_weights_remark(o, made);
        code = cph_weights_print(o, made);
    }
    return code == CPH_EXIT_DONE
               ? cph_synthesised_verdict(o->cli.name, &o->mask, &made->synthesised)
               : code;
}

/* ---- the verb ---- */

static void result_free(cph_weights_result *made)
{
    cph_weights_free(&made->weights);
    cph_nulls_free(&made->nulls);
    cph_adapted_free(&made->adapted);
    cph_quantised_free(&made->quantised);
    cph_quietened_free(&made->quietened);
    free(made->synthesised.result);
    free(made->flag);
}

static cph_exit make(const cph_weights_options *o, const cph_input *input, cph_weights_result *made)
{
    const cph_selection *selection = &input->selection[0];
    if (input->selections != 1)
        return cph_report_line(o->cli.name, CPH_EXIT_USAGE,
                               "%s has two polarisations; expected --pol X or --pol Y",
                               o->cli.input);
    made->flag = reallocarray(NULL, input->header->channels, selection->elements);
    if (made->flag == NULL)
        return cph_report_memory(o->cli.name);
    return cph_weights_adaptive(o)
               ? cph_adapt_input(input, selection, &made->weights, &made->nulls, &made->adapted,
                                 made->flag)
               : cph_steering_input(input, selection, &o->cli.steer, &o->cli.taper, &made->weights,
                                    &made->nulls, made->flag);
}

/* Everything that was read but the tables of states and beams. */
static size_t list_paths(const cph_weights_options *o, const cph_input *input, const char *paths[4])
{
    if (!cph_weights_bare(o))
        return cph_input_paths(input, paths);
    size_t count = cph_described_paths(&o->file, paths);
    if (o->cli.calibration != NULL)
        paths[count++] = o->cli.calibration;
    return count;
}

/* Conventional beams alone are made with coupling. */
static void remark_coupling(const cph_weights_options *o, const cph_input *input)
{
    const char *const what = cph_weights_adaptive(o)          ? "adaptive weights"
                             : cph_synthesis_asked(&o->mask)  ? "weights under a mask"
                             : cph_quieten_asked(&o->quieten) ? "quiet weights"
                             : cph_states_asked(&o->states)   ? "states of hardware"
                                                              : NULL;
    if (what != NULL && input->has_calibration && input->calibration.coupling != NULL &&
        !o->cli.quiet)
        (void)cph_report_line(o->cli.name, CPH_EXIT_DONE,
                              "%s: holds coupling (/coupling), which %s are chosen without",
                              o->cli.calibration, what);
}

static cph_exit quieten(const cph_weights_options *o, const cph_input *input,
                        cph_weights_result *made)
{
    const char *paths[9];
    paths[list_paths(o, input, paths)] = NULL;
    return cph_quieten_input(&o->quieten, &o->mask, &o->states, input, &input->selection[0],
                             made->flag, paths, &made->weights, &made->quietened);
}

static cph_exit run(const cph_weights_options *o)
{
    const unsigned kinds = CPH_TAKES_CAPTURE | CPH_TAKES_COVARIANCE |
                           (cph_weights_adaptive(o) ? 0U : CPH_TAKES_CALIBRATION);
    cph_input input;
    cph_weights_result made = {0};
    cph_exit code =
        cph_weights_bare(o)
            ? cph_input_open_array(&o->cli, &o->spec, o->freq_hz, &input)
            : cph_input_open(&o->cli, kinds | CPH_NEEDS_POSITIONS | CPH_NEEDS_FREQUENCY, &input);
    if (code != CPH_EXIT_DONE)
        return code;
    remark_coupling(o, &input);
    code = make(o, &input, &made);
    if (code == CPH_EXIT_DONE && cph_synthesis_asked(&o->mask))
        code = cph_synthesise_input(&o->mask, &input, &input.selection[0], made.flag, &made.weights,
                                    &made.synthesised);
    if (code == CPH_EXIT_DONE && cph_quieten_asked(&o->quieten))
        code = quieten(o, &input, &made);
    if (code == CPH_EXIT_DONE && cph_states_asked(&o->states))
        code = cph_quantise_input(&o->states, made.quietened.state, &input, &input.selection[0],
                                  &made.weights, &made.nulls, &made.quantised);
    if (code == CPH_EXIT_DONE)
        cph_quietened_loss(&made.quietened, &made.quantised);
    if (code == CPH_EXIT_DONE) {
        made.weights.path = o->cli.path;
        const char *paths[9];
        const size_t count = list_paths(o, &input, paths);
        code = write_result(o, paths, count, &made);
    }
    result_free(&made);
    cph_input_close(&input);
    return code;
}

static cph_exit check_outputs(const cph_weights_options *o)
{
    const char *tables[3] = {cph_states_path(&o->states)};
    const size_t states = tables[0] != NULL;
    const cph_named_output outputs[] = {{"-o", o->cli.output},
                                        {"--codes", o->states.codes},
                                        {"--csv", o->csv},
                                        {"--quiet-curve", o->quieten.curve}};
    return cph_outputs_check(&o->cli, outputs, sizeof outputs / sizeof outputs[0], tables,
                             states + cph_synthesis_paths(&o->mask, tables + states));
}

/* What stands for an array may have gains of its own: a calibration, or a description; the file in
 * a folder stands for the folder from then on. */
static cph_exit read_described(cph_weights_options *o)
{
    cph_error error = {.status = CPH_OK};
    const char *paths[3];
    if (!cph_weights_bare(o))
        cph_gains_own(o->cli.input, &o->cli);
    if (!o->described)
        return CPH_EXIT_DONE;
    if (cph_described_read(&o->spec, &o->file, &error) != CPH_OK)
        return cph_report_input(o->cli.name, &error);
    if (cph_gains_described(&o->file, &o->cli, &error) != CPH_OK)
        return cph_report_input(o->cli.name, &error);
    o->cli.input = o->file.path;
    return cph_output_check(&o->cli, paths, cph_described_paths(&o->file, paths));
}

/* States are chosen for the response toward the look, which a difference beam has none of. */
static cph_exit check_tapers(const cph_weights_options *o)
{
    for (size_t b = 0; b < o->cli.steer.count && cph_states_asked(&o->states); b++) {
        const cph_named_taper *own = o->cli.steer.item[b].taper;
        if ((own != NULL ? &own->taper : &o->cli.taper)->kind == CPH_TAPER_BAYLISS)
            return cph_report_line(o->cli.name, CPH_EXIT_USAGE,
                                   "--bits and --states are for beams of some response toward "
                                   "their look, not for --taper bayliss");
    }
    return CPH_EXIT_DONE;
}

static cph_exit load_beams(cph_weights_options *o)
{
    const cph_exit code = cph_beam_list_load(&o->cli);
    const bool mask = cph_synthesis_asked(&o->mask);
    return code == CPH_EXIT_DONE && o->cli.beam_list.tapers > 0 &&
                   (mask || cph_quieten_asked(&o->quieten))
               ? cph_report_line(o->cli.name, CPH_EXIT_USAGE,
                                 "%s: %s finds the taper itself: expected no column taper",
                                 o->cli.beam_list.path, mask ? "--mask" : "--quiet-below")
               : code;
}

int cph_verb_weights(int argc, char **argv)
{
    cph_weights_options o;
    cph_exit code = cph_weights_parse(argc, argv, &o);
    if (code == CPH_EXIT_DONE)
        code = read_described(&o);
    if (code == CPH_EXIT_DONE)
        code = check_outputs(&o);
    if (code == CPH_EXIT_DONE)
        code = load_beams(&o);
    if (code == CPH_EXIT_DONE)
        code = check_tapers(&o);
    if (code == CPH_EXIT_DONE)
        code = run(&o);
    cph_array_file_free(&o.file);
    cph_cli_free(&o.cli);
    return (int)code;
}
