/* SPDX-License-Identifier: MIT */
/* Directions of arrival: the covariance, its averages, the method, the bounds. */
#include "cli/doa_find.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/average.h"
#include "cli/flagged.h"
#include "cophase/adaptive.h"
#include "kernels/core/c64.h"
#include "kernels/core/fail.h"

static const char *const names[CPH_WAYS] = {
    [CPH_WAY_BARTLETT] = "bartlett",     [CPH_WAY_CAPON] = "capon",   [CPH_WAY_MUSIC] = "music",
    [CPH_WAY_ROOT_MUSIC] = "root-music", [CPH_WAY_ESPRIT] = "esprit", [CPH_WAY_ML] = "ml"};

const char *cph_doa_way_name(cph_doa_way way)
{
    return (unsigned)way < CPH_WAYS ? names[way] : NULL;
}

cph_doa_spectrum cph_doa_way_spectrum(const cph_doa_options *options, size_t sources)
{
    static const cph_doa_method methods[CPH_WAYS] = {
        [CPH_WAY_BARTLETT] = CPH_DOA_BARTLETT, [CPH_WAY_CAPON] = CPH_DOA_CAPON,
        [CPH_WAY_MUSIC] = CPH_DOA_MUSIC,       [CPH_WAY_ROOT_MUSIC] = CPH_DOA_MUSIC,
        [CPH_WAY_ESPRIT] = CPH_DOA_MUSIC,      [CPH_WAY_ML] = CPH_DOA_BARTLETT};
    const cph_doa_method method = methods[options->way];
    return (cph_doa_spectrum){.method = method == CPH_DOA_MUSIC && sources == 0 ? CPH_DOA_BARTLETT
                                                                                : method,
                              .sources = sources,
                              .loading = options->loading};
}

/* ---- the covariance ---- */

/* What kernels ask for has a name here. */
static cph_exit fail(const cph_doa_options *o, const cph_error *error)
{
    static const struct {
        const char *words, *option;
    } hints[] = {{"or load it", " (--loading -20dB)"},
                 {"give the number of sources", " (--sources-count K)"},
                 {"give their number", " (--sources-count K)"}};
    const char *hint = "";
    for (size_t i = 0; i < sizeof hints / sizeof hints[0]; i++)
        if (strstr(error->message, hints[i].words) != NULL)
            hint = hints[i].option;
    return cph_report_line(o->cli.name, cph_exit_of(error->status), "%s: %s%s", o->cli.input,
                           error->message, hint);
}

static cph_exit look_at_data(const cph_doa_options *o, const cph_input *input, cph_doa_found *made)
{
    const cph_selection *selection = made->selection;
    cph_exit code = cph_input_covariance(input, selection, o->time, o->channel, &made->dump);
    if (code == CPH_EXIT_DONE && !made->dump.has_diagonal)
        code = cph_report_line(o->cli.name, CPH_EXIT_INPUT,
                               "%s: /covariance has no diagonal, which tells sources from noise; "
                               "cophase scan does without",
                               o->cli.input);
    if (code == CPH_EXIT_DONE)
        code = cph_input_gains(input, selection, made->dump.freq_hz, made->dump.time_unix_s,
                               made->gain, made->flag);
    if (code == CPH_EXIT_DONE)
        code = cph_input_health(input, &made->dump, made->flag);
    for (size_t e = 0; e < selection->elements && code == CPH_EXIT_DONE; e++)
        made->noise[e] = o->noise_gain ? cph_c64_power(made->gain[e]) : 1.0;
    if (code == CPH_EXIT_DONE)
        (void)cph_flagged_append(made->flagged, &selection->array, made->flag);
    return code;
}

static cph_doa_config config_of(const cph_doa_options *o, const cph_doa_found *made)
{
    return (cph_doa_config){.elements = made->selection->elements,
                            .position = made->selection->position,
                            .freq_hz = made->dump.freq_hz,
                            .covariance = made->dump.r,
                            .ld = made->selection->elements,
                            .gain = made->gain,
                            .flag = made->flag,
                            .noise = made->noise,
                            .samples = made->dump.samples,
                            .exec = &o->cli.exec};
}

/* The averages of a calibrated copy of the covariance. Noise counts as equal in them. r [n][n],
 * part [smooth][smooth], flag [n]: room. */
static cph_status average(const cph_doa_options *o, cph_doa_found *made, cph_c64 *r, cph_c64 *part,
                          unsigned char *flag, cph_error *error)
{
    const size_t n = made->selection->elements, m = o->smooth;
    cph_doa_config config = config_of(o, made);
    cph_status status = CPH_OK;
    memcpy(r, made->dump.r, n * n * sizeof *r);
    memcpy(flag, made->flag, n);
    cph_average_calibrate(n, made->gain, flag, r);
    config.covariance = r;
    config.gain = NULL;
    config.flag = flag;
    config.noise = NULL;
    if (o->forward_backward)
        status = cph_average_mirror(n, config.position, flag, r, error);
    if (status == CPH_OK && m > 0) {
        status = cph_average_check_line(n, config.position, flag, m, error);
        if (status == CPH_OK && cph_covariance_smooth(n, r, n, m, part) != CPH_OK)
            status = cph_fail(error, CPH_ERR_FORMAT, "--smooth %zu of %zu elements", m, n);
        config.covariance = part;
        config.elements = config.ld = m;
        config.flag = NULL;
    }
    return status == CPH_OK ? cph_doa_create(&config, &made->averaged, error) : status;
}

static cph_status decompose(const cph_doa_options *o, cph_doa_found *made, cph_error *error)
{
    const cph_doa_config config = config_of(o, made);
    const size_t n = config.elements;
    cph_status status = cph_doa_create(&config, &made->doa, error);
    if (status != CPH_OK || (!o->forward_backward && o->smooth == 0)) {
        made->averaged = made->doa;
        return status;
    }
    cph_c64 *r = reallocarray(NULL, n, n * sizeof *r);
    cph_c64 *part = reallocarray(NULL, o->smooth + 1, (o->smooth + 1) * sizeof *part);
    unsigned char *flag = malloc(n);
    if (r == NULL || part == NULL || flag == NULL)
        status = cph_fail(error, CPH_ERR_MEMORY, "averages of a covariance: out of memory");
    else
        status = average(o, made, r, part, flag, error);
    free(r);
    free(part);
    free(flag);
    return status;
}

/* ---- how many, and where ---- */

static cph_status count(const cph_doa_options *o, cph_doa_found *made, cph_error *error)
{
    cph_error quiet;
    for (cph_doa_rule rule = 0; rule < CPH_DOA_RULES; rule++) {
        const bool asked = o->sources == 0 && rule == o->rule;
        const cph_status status =
            cph_doa_count(made->averaged, rule, &made->count[rule], asked ? error : &quiet);
        made->has_count[rule] = status == CPH_OK;
        if (asked && status != CPH_OK)
            return status;
    }
    made->sources = o->sources > 0 ? o->sources : made->count[o->rule];
    return CPH_OK;
}

static cph_status find(const cph_doa_options *o, cph_doa_found *made, double *direction,
                       cph_error *error)
{
    const cph_doa_spectrum spectrum = cph_doa_way_spectrum(o, made->sources);
    const size_t grid = o->grid > 0 ? o->grid : cph_doa_grid(made->averaged);
    /* Sources are looked for everywhere: one outside of what is asked for makes ghosts in it. */
    const cph_doa_ml_config ml = {.sources = made->sources, .grid = grid, .radius = 1.0};
    switch (o->way) {
    case CPH_WAY_ROOT_MUSIC:
        return cph_doa_root_music(made->averaged, made->sources, direction, &made->found, error);
    case CPH_WAY_ESPRIT:
        return cph_doa_esprit(made->averaged, made->sources, CPH_DOA_TOTAL_LEAST_SQUARES, direction,
                              &made->found, error);
    case CPH_WAY_ML:
        made->found = made->sources;
        return cph_doa_ml(made->averaged, &ml, direction, &made->iterations, error);
    default:
        return cph_doa_search(made->averaged, &spectrum, grid, 1.0, made->sources, direction,
                              &made->found, error);
    }
}

/* Sources beyond the radius are part of what was fitted, but not of what was asked for. */
static void leave_out(const cph_doa_options *o, cph_doa_found *made)
{
    size_t kept = 0;
    for (size_t s = 0; s < made->found; s++)
        if (o->radius == 0.0 ||
            cph_doa_within(made->averaged, o->radius, made->estimate[s].direction))
            made->estimate[kept++] = made->estimate[s];
    made->beyond = made->found - kept;
    made->found = kept;
}

static int stronger(const void *left, const void *right)
{
    const cph_doa_estimate *a = left, *b = right;
    return (a->power < b->power) - (a->power > b->power);
}

static cph_status find_and_judge(const cph_doa_options *o, cph_doa_found *made, cph_error *error)
{
    size_t live = 0;
    cph_status status = count(o, made, error);
    if (status != CPH_OK || made->sources == 0)
        return status;
    (void)cph_doa_eigenvalues(made->averaged, &live);
    if (made->sources >= live)
        return cph_fail(error, CPH_ERR_TOO_FEW,
                        "%zu sources are too many for %zu elements%s: expected fewer sources than "
                        "elements",
                        made->sources, live, o->smooth > 0 ? " of a part" : "");
    double *direction = calloc(made->sources, 3 * sizeof *direction);
    made->estimate = calloc(made->sources, sizeof *made->estimate);
    if (direction == NULL || made->estimate == NULL)
        status = cph_fail(error, CPH_ERR_MEMORY, "%zu sources: out of memory", made->sources);
    else
        status = find(o, made, direction, error);
    if (status == CPH_OK && made->found > 0) {
        status =
            cph_doa_judge(made->doa, made->found, direction, made->estimate, &made->level, error);
        leave_out(o, made);
        qsort(made->estimate, made->found, sizeof *made->estimate, stronger);
    }
    free(direction);
    return status;
}

/* ---- what should be said ---- */

CPH_PRINTF(2, 3)
static void remark(cph_doa_found *made, const char *format, ...)
{
    char line[300];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    cph_json_append(made->remarks, cph_json_text(line));
}

static void remark_all(const cph_doa_options *o, const cph_input *input, cph_doa_found *made)
{
    /* Beside a source of this correlation, subspaces of some hundred snapshots see one wave. */
    static const double coherent = 0.95;
    const bool subspace = o->way == CPH_WAY_MUSIC || o->way == CPH_WAY_ROOT_MUSIC ||
                          o->way == CPH_WAY_ESPRIT || o->way == CPH_WAY_CAPON;
    bool hint = false;
    if (input->header->real_sampling)
        remark(made, "real samples: each source has a mirror image at -u, -v");
    if (made->sources == 0)
        remark(made, "the eigenvalues show no source");
    if (made->beyond > 0)
        remark(made, "%zu of the directions found lie beyond --radius %g and are left out",
               made->beyond, o->radius);
    if (made->found + made->beyond < made->sources)
        remark(made, "%s finds %zu of %zu sources", names[o->way], made->found + made->beyond,
               made->sources);
    if (subspace && made->has_count[CPH_DOA_MDL] && made->count[CPH_DOA_MDL] < made->sources) {
        remark(made, "MDL counts %zu waves, fewer than the %zu sources", made->count[CPH_DOA_MDL],
               made->sources);
        hint = true;
    }
    for (size_t s = 0; s < made->found; s++)
        hint |= subspace && made->estimate[s].correlation > coherent;
    if (hint)
        remark(made, "coherent sources (echoes) hide in one wave: --forward-backward or, on a "
                     "line, --smooth parts them, and --method ml does not mind");
    for (size_t s = 0; s < made->found; s++)
        if (!(made->estimate[s].power > 0.0)) {
            remark(made, "a source without power is none%s",
                   made->sources > 1 ? ": give a smaller --sources-count"
                                     : ": what the eigenvalues show is no wave on these elements");
            break;
        }
    for (size_t s = 0; s < made->found; s++)
        if (cph_doa_on_rim(made->averaged, made->estimate[s].direction))
            remark(made,
                   "source %zu stands on the rim of what these elements see: it may come from "
                   "further off",
                   s + 1);
    if (made->found > 0 && made->dump.samples == 0.0)
        remark(made, "the file does not say of how many snapshots it is: no standard errors");
}

static cph_exit choose(const cph_doa_options *o, const cph_input *input, cph_doa_found *made)
{
    size_t wanted = 0;
    for (size_t i = 0; i < input->selections; i++)
        if (cph_input_wanted(input, &input->selection[i])) {
            made->selection = &input->selection[i];
            wanted++;
        }
    return wanted == 1 ? CPH_EXIT_DONE
                       : cph_report_line(o->cli.name, CPH_EXIT_USAGE,
                                         "%s has two polarisations: expected --pol X or --pol Y",
                                         o->cli.input);
}

cph_exit cph_doa_find(const cph_doa_options *o, const cph_input *input, cph_doa_found *made)
{
    cph_error error = {.status = CPH_OK};
    made->flagged = json_array();
    made->remarks = json_array();
    cph_exit code = choose(o, input, made);
    if (code == CPH_EXIT_DONE)
        code = cph_input_check_look(input, o->time, o->channel);
    if (code != CPH_EXIT_DONE)
        return code;
    const size_t n = made->selection->elements;
    made->gain = calloc(n, sizeof *made->gain);
    made->flag = calloc(n, 1);
    made->noise = calloc(n, sizeof *made->noise);
    if (made->gain == NULL || made->flag == NULL || made->noise == NULL)
        return cph_report_memory(o->cli.name);
    code = look_at_data(o, input, made);
    if (code != CPH_EXIT_DONE)
        return code;
    cph_status status = decompose(o, made, &error);
    if (status == CPH_OK)
        status = find_and_judge(o, made, &error);
    if (status != CPH_OK)
        return fail(o, &error);
    remark_all(o, input, made);
    return CPH_EXIT_DONE;
}

void cph_doa_found_free(cph_doa_found *made)
{
    if (made->averaged != made->doa)
        cph_doa_destroy(made->averaged);
    cph_doa_destroy(made->doa);
    cph_dump_free(&made->dump);
    json_decref(made->flagged);
    json_decref(made->remarks);
    free(made->estimate);
    free(made->gain);
    free(made->flag);
    free(made->noise);
}
