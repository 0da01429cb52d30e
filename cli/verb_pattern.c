/* SPDX-License-Identifier: MIT */
/* cophase pattern: what a beam of an array looks like from far away. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/gain_path.h"
#include "cli/history.h"
#include "cli/pattern_picture.h"
#include "cli/pattern_report.h"
#include "cli/plot/plot.h"
#include "cli/verbs.h"

enum {
    KEY_ARRAY = CPH_KEY_VERB,
    KEY_WEIGHTS,
    KEY_TRUTH,
    KEY_FREQ,
    KEY_ELEMENT,
    KEY_BEAM,
    KEY_CHANNEL,
    KEY_PLOT_UV
};

static error_t check_sources(cph_pattern_command *o, const struct argp_state *state)
{
    if ((o->array != NULL) == (o->weights != NULL))
        return cph_usage(state, "expected either --array ARRAY or --weights FILE");
    if (o->weights != NULL &&
        (o->cli.steer.count > 0 || o->cli.taper_text != NULL || !isnan(o->freq_hz)))
        return cph_usage(state, "--weights FILE decides on direction, taper and frequency: "
                                "--steer, --taper and --freq go with --array");
    if (o->weights != NULL && o->more.ignore_listed)
        return cph_usage(state, "--ignore-listed goes with --array: a weights file has decided");
    if (o->weights == NULL && o->beam > 0)
        return cph_usage(state, "--beam chooses among the beams of --weights FILE");
    if (o->weights == NULL && o->channel > 0 &&
        (o->spec.kind != CPH_ARRAY_FILE || !isnan(o->freq_hz)))
        return cph_usage(state, "--channel chooses among the channels of a file: it goes with "
                                "--weights FILE, or with --array FILE without --freq");
    if (o->truth != NULL && o->cli.calibration != NULL)
        return cph_usage(state, "expected --calibration or --truth, not both");
    if (o->cli.steer.count > 1)
        return cph_usage(state, "more than one --steer: a pattern is that of one beam");
    if (o->array == NULL || !isnan(o->freq_hz))
        return 0;
    if (cph_array_is_described(&o->spec))
        return cph_usage(state, "%s has no frequency of its own: expected --freq", o->array);
    if (o->spec.kind == CPH_ARRAY_FILE)
        return 0;
    if (cph_array_spec_metric(&o->spec))
        return cph_usage(state, "%s: lengths in metres need --freq", o->array);
    if (o->cli.calibration != NULL)
        return cph_usage(state, "--calibration needs --freq to find its channel");
    if (o->truth != NULL)
        return cph_usage(state, "--truth needs --freq: its elements stand metres apart");
    return 0;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    cph_pattern_command *o = state->input;
    cph_error error;
    switch (key) {
    case ARGP_KEY_INIT:
        cph_cli_children(state, &o->cli);
        state->child_inputs[0] = &o->more;
        state->child_inputs[1] = &o->coupling;
        state->child_inputs[2] = &o->mask;
        return 0;
    case KEY_ARRAY:
        o->array = arg;
        return cph_parsed(state, cph_parse_array(arg, &o->spec, &error), &error);
    case KEY_WEIGHTS:
        o->weights = arg;
        return 0;
    case KEY_TRUTH:
        o->truth = arg;
        return 0;
    case KEY_FREQ:
        return cph_parsed(state, cph_parse_quantity(CPH_FREQUENCY, arg, &o->freq_hz, &error),
                          &error);
    case KEY_ELEMENT:
        return cph_parsed(state, cph_element_choose(arg, &o->element, &error), &error);
    case KEY_BEAM:
        return cph_parsed(state, cph_parse_count(arg, 0, SIZE_MAX, &o->beam, &error), &error);
    case KEY_CHANNEL:
        return cph_parsed(state, cph_parse_count(arg, 0, SIZE_MAX, &o->channel, &error), &error);
    case KEY_PLOT_UV:
        o->plot_uv = arg;
        return cph_parsed(state, cph_plot_check_path(arg, &error), &error);
    case ARGP_KEY_END:
        return check_sources(o, state);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option own[] = {
    {"array", KEY_ARRAY, "ARRAY", 0, CPH_ARRAY_FORMS, 0},
    {"freq", KEY_FREQ, "HZ", 0, "Frequency; not needed where the pitch is in wavelengths", 0},
    {"element", KEY_ELEMENT, "ELEMENT", 0,
     "Pattern of every element: isotropic (default), cos:q=1 (power cos^q, forward), "
     "dipole:height=0.25,axis=x (half-wave, over ground), a FILE.csv of angle,level "
     "(degrees from boresight, dB), or a far field, FILE.cut, FILE.ffe or FILE.ffd with "
     ":polarization=total,origin=element behind it (total x y rhcp lhcp; array: phases are about "
     "the array's origin); with %d for its number or as a FILE.csv of element,file each element "
     "has its own",
     0},
    {"weights", KEY_WEIGHTS, "FILE", 0, "Analyse a beam of this weights file instead", 0},
    {"truth", KEY_TRUTH, "FILE", 0,
     "Instead of a calibration: the true gains of FILE, which simulate has written", 0},
    {"beam", KEY_BEAM, "N", 0, "The beam of the weights file (default: 0)", 0},
    {"channel", KEY_CHANNEL, "N", 0, "The channel of the file (default: 0)", 0},
    {"plot-uv", KEY_PLOT_UV, "FILE", 0, "Draw the pattern over u and v, FILE.svg or FILE.png", 0},
    {0}};
static const struct argp_child children[] = {
    {&cph_argp_pattern, 0, NULL, 0}, /* first three: have options of their own */
    {&cph_argp_coupling, 0, NULL, 0},    {&cph_argp_mask, 0, NULL, 0},
    {&cph_argp_calibration, 0, NULL, 0}, {&cph_argp_path, 0, NULL, 0},
    {&cph_argp_beam, 0, NULL, 0},        {&cph_argp_plot, 0, NULL, 0},
    {&cph_argp_common, 0, NULL, 0},      {0}};
static const struct argp argp = {
    own,
    parse,
    NULL,
    "Analyses the far field of a beam: directivity, width at half power, "
    "highest sidelobe, true peak. Without --steer it points to boresight. With --calibration the "
    "wave passes the elements' gains: weights "
    "made for the array are divided by them, those of --weights FILE meet them as they are; "
    "elements that the calibration flags are silent. --plot draws cuts through the peak.\v"
    "Examples:\n"
    "  cophase pattern --array ula:10,0.5wl --taper taylor:nbar=4,sll=-30 \\\n"
    "    --steer azel:30,0\n"
    "  cophase pattern --array disc:1280,12.8mm --freq 11.7e9 --plot cut.svg \\\n"
    "    --plot-uv map.png\n"
    "  cophase pattern --weights w.h5 --beam 2 --calibration cal.h5 --json",
    children,
    NULL,
    NULL};

/* ---- pictures ---- */

static cph_status draw(const cph_pattern_command *o, const cph_pattern_input *input,
                       const cph_pattern_metrics *metrics, const cph_mask_report *mask,
                       cph_monopulse *pair, cph_error *error)
{
    char subtitle[300];
    if (o->weights != NULL)
        snprintf(subtitle, sizeof subtitle, "%s, beam %zu", o->weights, o->beam);
    else
        snprintf(subtitle, sizeof subtitle, "%s, %s, steered to %s", o->array,
                 o->cli.taper_text != NULL ? o->cli.taper_text : cph_taper_name(o->cli.taper.kind),
                 o->cli.steer.item[0].text);
    const cph_pattern_limit limit = {.name = mask != NULL ? cph_mask_title(&o->mask) : NULL,
                                     .mask = mask != NULL ? mask->mask : NULL,
                                     .offset_db = mask != NULL ? mask->offset_db : 0.0};
    cph_status status = CPH_OK;
    if (o->cli.plot != NULL)
        status = cph_pattern_draw_cut(o->cli.plot, subtitle, input, metrics, &limit, error);
    if (status == CPH_OK && o->plot_uv != NULL)
        status = cph_pattern_draw_map(o->plot_uv, subtitle, false, input, metrics, error);
    if (status == CPH_OK && o->more.plot_azel != NULL)
        status = cph_pattern_draw_map(o->more.plot_azel, subtitle, true, input, metrics, error);
    if (status == CPH_OK && o->more.plot_monopulse != NULL)
        status = cph_pattern_draw_monopulse(o->more.plot_monopulse, subtitle, input, metrics, pair,
                                            error);
    return status;
}

/* ---- the verb ---- */

/* The rest of the analysis, pictures, words. */
static cph_exit tell(const cph_pattern_command *o, const cph_pattern_subject *s,
                     const cph_pattern_input *input, const cph_pattern_metrics *metrics,
                     cph_pattern_detail *detail)
{
    cph_error error = {.status = CPH_OK};
    cph_mask_report report;
    const cph_mask_report *mask = NULL;
    if (cph_pattern_detail_make(&o->more, o->cli.calibration, s, input, metrics, detail, &error) !=
        CPH_OK)
        return cph_report_input(o->cli.name, &error);
    if (o->mask.text != NULL) {
        if (cph_mask_compare(&o->mask, &s->array, input, metrics, &report, &error) != CPH_OK)
            return cph_report_input(o->cli.name, &error);
        mask = &report;
    }
    if (draw(o, input, metrics, mask, &detail->monopulse, &error) != CPH_OK)
        return cph_report(o->cli.name, &error);
    const cph_exit code = cph_pattern_tell(o, s, input, metrics, detail, mask);
    return code == CPH_EXIT_DONE && mask != NULL ? cph_mask_verdict(o->cli.name, &o->mask, mask)
                                                 : code;
}

/* The half-space that the beam is meant for is one that its elements leave dark. */
static cph_exit report_dark(const cph_pattern_command *o)
{
    const bool part = o->element.polarization != CPH_POLARIZATION_TOTAL;
    return cph_report_line(
        o->cli.name, CPH_EXIT_INPUT, "%s: no element radiates%s%s toward %s, nor around it",
        o->array != NULL ? o->array : o->weights, part ? " in polarisation " : "",
        part ? cph_polarization_name(o->element.polarization) : "",
        o->array != NULL ? o->cli.steer.item[0].text : "where the beam looks");
}

static cph_exit analyse(const cph_pattern_command *o, const cph_pattern_subject *s)
{
    cph_pattern_metrics metrics;
    cph_pattern_detail detail = {.grating_lobes = 0};
    cph_pattern_input input = {.elements = s->array.elements,
                               .position = s->position,
                               .freq_hz = s->freq_hz,
                               .weights = s->w,
                               .gain = s->gain,
                               .exec = &o->cli.exec};
    cph_element_choice_apply(&o->element, s->axes, &input);
    memcpy(input.look, s->look, sizeof input.look);
    const cph_status status = cph_pattern_analyse(&input, &metrics);
    if (status == CPH_ERR_MISSING)
        return report_dark(o);
    if (status != CPH_OK)
        return cph_report_line(o->cli.name, cph_exit_of(status), "%s: pattern: %s",
                               o->array != NULL ? o->array : o->weights, cph_status_name(status));
    const cph_exit code = tell(o, s, &input, &metrics, &detail);
    cph_pattern_detail_free(&detail);
    return code;
}

/* All pictures, against each other and everything that is read. */
static cph_exit check_outputs(const cph_pattern_command *o)
{
    const char *const inputs[] = {o->weights,
                                  o->cli.calibration,
                                  o->truth,
                                  o->file.path,
                                  o->file.positions,
                                  o->file.subarrays,
                                  o->spec.kind == CPH_ARRAY_FILE ? o->array : NULL,
                                  o->mask.kind == CPH_MASK_COUNT ? o->mask.text : NULL,
                                  o->element.path,
                                  o->coupling.path};
    const cph_named_output picture[] = {{"--plot", o->cli.plot},
                                        {"--plot-uv", o->plot_uv},
                                        {"--plot-azel", o->more.plot_azel},
                                        {"--plot-monopulse", o->more.plot_monopulse}};
    return cph_outputs_check(&o->cli, picture, sizeof picture / sizeof picture[0], inputs,
                             sizeof inputs / sizeof inputs[0]);
}

static cph_exit run(cph_pattern_command *o)
{
    cph_error error = {.status = CPH_OK};
    const cph_pattern_request request = {.weights = o->weights,
                                         .beam = o->beam,
                                         .channel = o->channel,
                                         .calibration = o->cli.calibration,
                                         .path = o->cli.path,
                                         .truth = o->truth,
                                         .array = &o->spec,
                                         .steer = &o->cli.steer,
                                         .taper = &o->cli.taper,
                                         .ignore_listed = o->more.ignore_listed,
                                         .freq_hz = o->freq_hz};
    cph_pattern_subject s = {0};
    cph_status status = CPH_OK;
    if (o->cli.steer.count == 0)
        status = cph_directions_add(&o->cli.steer, "uv:0,0", NULL, &error);
    if (status == CPH_OK)
        status = cph_pattern_subject_load(&request, &s, &error);
    if (status == CPH_OK)
        status = cph_element_choice_load(&o->element, &s.array, s.position,
                                         cph_pattern_frequency(o, &s), &error);
    if (status == CPH_OK && s.coupling != NULL && o->coupling.path != NULL)
        status = cph_fail(&error, CPH_ERR_FORMAT,
                          "%s: holds coupling (/coupling); expected no --coupling beside it",
                          o->cli.calibration);
    if (status == CPH_OK && o->element.embedded == NULL)
        status = cph_pattern_subject_couple(&s, &error);
    if (status == CPH_OK)
        status = cph_coupling_choice_apply(&o->coupling, cph_pattern_frequency(o, &s),
                                           o->element.embedded != NULL, &s, &error);
    if (status == CPH_OK)
        cph_coupling_warn(&o->coupling, &o->cli);
    const cph_exit code = status == CPH_OK ? analyse(o, &s) : cph_report_input(o->cli.name, &error);
    cph_pattern_subject_free(&s);
    return code;
}

/* What a description says where the command line is silent. */
static cph_exit read_described(cph_pattern_command *o)
{
    cph_error error = {.status = CPH_OK};
    if (o->spec.kind == CPH_ARRAY_FILE && o->array != NULL && o->truth == NULL &&
        !cph_array_is_described(&o->spec))
        cph_gains_own(o->array, &o->cli);
    cph_status status = o->array != NULL ? cph_described_read(&o->spec, &o->file, &error)
                                         : cph_gains_for(o->weights, &o->cli, &error);
    if (status == CPH_OK && o->truth == NULL)
        status = cph_gains_described(&o->file, &o->cli, &error);
    if (status == CPH_OK && o->element.text == NULL)
        status = cph_described_element(&o->file, &o->element, &error);
    return status == CPH_OK ? CPH_EXIT_DONE : cph_report_input(o->cli.name, &error);
}

int cph_verb_pattern(int argc, char **argv)
{
    cph_pattern_command o = {.freq_hz = NAN};
    cph_exit code = cph_cli_parse(&argp, argc, argv, &o);
    if (code == CPH_EXIT_DONE)
        code = read_described(&o);
    if (code == CPH_EXIT_DONE)
        code = check_outputs(&o);
    if (code == CPH_EXIT_DONE)
        code = run(&o);
    cph_element_choice_free(&o.element);
    cph_array_file_free(&o.file);
    cph_directions_free(&o.more.nulls);
    cph_coupling_choice_free(&o.coupling);
    cph_cli_free(&o.cli);
    return (int)code;
}
