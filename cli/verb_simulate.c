/* SPDX-License-Identifier: MIT */
/* cophase simulate: a capture of a known sky through a known array, or readings of a calibration.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/described.h"
#include "cli/geometry.h"
#include "cli/history.h"
#include "cli/progress.h"
#include "cli/simulate_options.h"
#include "cli/simulate_passes.h"
#include "cli/simulate_readings.h"
#include "cli/verbs.h"
#include "kernels/core/heap.h"
#include "kernels/core/size.h"

/* ---- the scene ---- */

typedef struct scene {
    const cph_simulate_options *o;
    cph_array array;
    cph_faults faults;
    cph_sim_source *source;
    cph_sim_config config;
    cph_c64 *gain;     /* truth, at --freq */
    cph_c64 *cover;    /* [N] in gain; NULL: none */
    double *delay;     /* [N] truth; NULL: none */
    cph_c64 *coupling; /* [C][N][N] of --coupling, or NULL */
    double *freq_hz;   /* [C] */
    char **text;       /* a line a source for /truth/source */
    cph_data_header header;
} scene;

static void scene_free(scene *s)
{
    for (size_t i = 0; s->text != NULL && i < s->o->sources; i++)
        free(s->text[i]);
    free(s->text);
    free(s->source);
    free(s->gain);
    free(s->cover);
    free(s->delay);
    free(s->coupling);
    free(s->freq_hz);
    cph_faults_free(&s->faults);
    cph_array_free(&s->array);
}

static json_t *describe_source(const scene *s, size_t i)
{
    const cph_sim_source *source = &s->source[i];
    json_t *object = json_object();
    cph_json_set_text(object, "kind", source->jammer ? "jammer" : "source");
    cph_json_set_text(object, "direction", s->o->source[i].direction.text);
    cph_json_set_direction(object, &s->array, source->direction);
    cph_json_set_number(object, "w", source->direction[2]);
    cph_json_set_number(object, "power_db", 10.0 * log10(source->power));
    return object;
}

static cph_status place_sources(scene *s, cph_error *error)
{
    const cph_simulate_options *o = s->o;
    s->source = calloc(o->sources + 1, sizeof *s->source);
    s->text = calloc(o->sources + 1, sizeof *s->text);
    if (s->source == NULL || s->text == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    for (size_t i = 0; i < o->sources; i++) {
        s->source[i].power = o->source[i].power;
        s->source[i].jammer = o->source[i].jammer;
        cph_status status = cph_direction_resolve(&o->source[i].direction, &s->array,
                                                  s->source[i].direction, error);
        if (status != CPH_OK)
            return status;
        json_t *object = describe_source(s, i);
        s->text[i] = json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(12));
        json_decref(object);
    }
    return CPH_OK;
}

/* Side by side, around --freq. */
static cph_status place_channels(scene *s, cph_error *error)
{
    const cph_simulate_options *o = s->o;
    s->freq_hz = calloc(o->channels, sizeof *s->freq_hz);
    if (s->freq_hz == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    for (size_t c = 0; c < o->channels; c++)
        s->freq_hz[c] =
            o->freq_hz + ((double)c - 0.5 * (double)(o->channels - 1)) * o->sample_rate_hz;
    return CPH_OK;
}

static cph_status load_coupling(scene *s, cph_error *error)
{
    const size_t n = s->array.elements;
    size_t square, all;
    cph_status status = CPH_OK;
    if (s->o->coupling.path == NULL)
        return CPH_OK;
    s->coupling = cph_size_mul(n, n, &square) && cph_size_mul(square, s->o->channels, &all)
                      ? calloc(all + 1, sizeof *s->coupling)
                      : NULL;
    if (s->coupling == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    for (size_t c = 0; c < s->o->channels && status == CPH_OK; c++)
        status = cph_coupling_choice_received(&s->o->coupling, s->freq_hz[c], n,
                                              s->coupling + c * n * n, error);
    return status;
}

static cph_status draw_gains(scene *s, cph_error *error)
{
    const cph_simulate_options *o = s->o;
    s->config = (cph_sim_config){.array = &s->array,
                                 .freq_hz = o->freq_hz,
                                 .sample_rate_hz = o->sample_rate_hz,
                                 .sources = o->sources,
                                 .source = s->source,
                                 .in_turn = o->in_turn,
                                 .samples = o->samples,
                                 .type = o->type,
                                 .gain_error_db = o->gain_errors[0],
                                 .gain_error_rad = o->gain_errors[1],
                                 .delay_error_s = o->delay_error_s,
                                 .delay_freq_hz = o->freq_hz,
                                 .cover = cph_simulate_options_cover(o),
                                 .dead = s->faults.dead,
                                 .dead_count = s->faults.dead_count,
                                 .dead_mode = o->dead_mode,
                                 .weak = s->faults.weak,
                                 .weak_count = s->faults.weak_count,
                                 .seed = o->seed};
    s->gain = calloc(s->array.elements, sizeof *s->gain);
    if (o->delay_error_s > 0.0)
        s->delay = calloc(s->array.elements, sizeof *s->delay);
    if (s->gain == NULL || (o->delay_error_s > 0.0 && s->delay == NULL))
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    cph_status status = cph_simulate_gains(&s->config, s->gain);
    if (status == CPH_OK && s->delay != NULL)
        status = cph_simulate_delays(&s->config, s->delay);
    return status == CPH_OK
               ? CPH_OK
               : cph_fail(error, status, "%s: %s", o->array.text, cph_status_name(status));
}

/* What --cover alone does at --freq, to be told. */
static cph_status lay_cover(scene *s, cph_error *error)
{
    const cph_sim_cover *const cover = cph_simulate_options_cover(s->o);
    const size_t n = s->array.elements;
    size_t places;
    if (cover == NULL)
        return CPH_OK;
    double *const position = cph_size_mul(n, 3, &places) ? calloc(places, sizeof *position) : NULL;
    s->cover = calloc(n, sizeof *s->cover);
    cph_status status = CPH_ERR_MEMORY;
    if (position != NULL && s->cover != NULL)
        status = cph_array_positions(&s->array, position);
    if (status == CPH_OK)
        status = cph_simulate_cover(cover, n, position, s->o->freq_hz, s->o->freq_hz, s->cover);
    free(position);
    return status == CPH_OK ? CPH_OK
                            : cph_fail(error, status, "--cover: %s", cph_status_name(status));
}

static cph_status scene_build(const cph_simulate_options *o, scene *s, cph_error *error)
{
    *s = (scene){.o = o};
    cph_status status = cph_array_build(&o->array, o->freq_hz, &s->array, error);
    if (status == CPH_OK)
        status = cph_faults_pick(&o->faults, s->array.elements, o->seed, &s->faults, error);
    if (status == CPH_OK)
        status = place_sources(s, error);
    if (status == CPH_OK)
        status = place_channels(s, error);
    if (status == CPH_OK)
        status = load_coupling(s, error);
    if (status == CPH_OK)
        status = draw_gains(s, error);
    if (status == CPH_OK)
        status = lay_cover(s, error);
    s->header = (cph_data_header){.kind = CPH_KIND_CAPTURE,
                                  .times = o->samples,
                                  .channels = o->channels,
                                  .axis_elements = s->array.elements,
                                  .array = s->array,
                                  .type = o->type,
                                  .scale = status == CPH_OK ? cph_simulate_scale(&s->config) : NAN,
                                  .sample_rate_hz = o->sample_rate_hz,
                                  .center_freq_hz = o->freq_hz,
                                  .if_freq_hz = NAN,
                                  .channel_freq_hz = s->freq_hz,
                                  .time_start_unix_s = o->time_start_unix_s,
                                  .integration_s = NAN,
                                  .n_samples = NAN};
    return status;
}

/* ---- the file ---- */

static size_t row_bytes(const scene *s)
{
    return s->array.elements * cph_type_size(s->o->type);
}

/* Blocks beyond a few MiB gain nothing; one time is the least. */
static size_t block_times(const scene *s)
{
    const size_t enough = (size_t)8 << 20;
    const size_t bytes = cph_size_min(s->o->cli.max_memory, enough) / s->o->channels;
    const size_t row = row_bytes(s);
    const size_t times = row > 0 ? cph_size_min(bytes / row, s->o->samples) : 0;
    return times > 0 ? times : 1;
}

/* One channel after the other: samples [times][channels][elements], where there are several through
 * room [times][elements]. */
static cph_status make_block(const scene *s, size_t start, size_t times, unsigned char *room,
                             unsigned char *samples)
{
    const size_t bytes = row_bytes(s), n = s->array.elements;
    cph_status status = CPH_OK;
    if (s->o->channels == 1)
        room = samples;
    for (size_t c = 0; c < s->o->channels && status == CPH_OK; c++) {
        cph_sim_config config = s->config;
        config.channel = c;
        config.freq_hz = s->freq_hz[c];
        config.coupling = s->coupling == NULL ? NULL : s->coupling + c * n * n;
        status = cph_simulate_block(&config, &s->o->cli.exec, start, times, room);
        for (size_t t = 0; t < times && room != samples; t++)
            memcpy(samples + (t * s->o->channels + c) * bytes, room + t * bytes, bytes);
    }
    return status;
}

static cph_status write_blocks(const scene *s, cph_writer *writer, cph_error *error)
{
    const cph_simulate_options *o = s->o;
    const size_t block = block_times(s);
    size_t all;
    const bool one = o->channels == 1;
    unsigned char *room = one ? NULL : cph_heap_aligned(block * row_bytes(s));
    unsigned char *samples =
        cph_size_mul(block * row_bytes(s), o->channels, &all) ? cph_heap_aligned(all) : NULL;
    cph_progress progress;
    cph_status status = (one || room != NULL) && samples != NULL
                            ? CPH_OK
                            : cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    cph_progress_start(&progress, &o->cli, "simulate", o->samples);
    for (size_t t = 0; t < o->samples && status == CPH_OK; t += block) {
        size_t times = cph_size_min(o->samples - t, block);
        status = make_block(s, t, times, room, samples);
        status = status != CPH_OK ? cph_fail(error, status, "%s", cph_status_name(status))
                                  : cph_capture_append(writer, samples, times, error);
        if (status == CPH_OK && cph_interrupted())
            status = cph_fail(error, CPH_ERR_INTERRUPTED, "interrupted");
        cph_progress_update(&progress, t + times);
    }
    cph_progress_end(&progress);
    free(room);
    free(samples);
    return status;
}

static cph_exit write_file(const scene *s, const cph_history *history)
{
    const cph_cli *const cli = &s->o->cli;
    cph_writer *writer = NULL;
    cph_error made, *const error = &made;
    cph_status status =
        cph_capture_create(cli->output, &s->header, &history->options, &writer, error);
    if (status != CPH_OK)
        return cph_report(cli->name, error);
    status = cph_capture_truth(writer, s->gain, (const char *const *)s->text, s->o->sources, error);
    if (status == CPH_OK && s->delay != NULL)
        status = cph_capture_truth_delays(writer, s->delay, error);
    if (status == CPH_OK)
        status = write_blocks(s, writer, error);
    return cph_output_end(cli, writer,
                          status == CPH_OK ? CPH_EXIT_DONE : cph_report(cli->name, error));
}

/* ---- what it says ---- */

static cph_exit say_json(const scene *s)
{
    const cph_simulate_options *o = s->o;
    json_t *object = json_object(), *sources = json_array();
    cph_json_set_text(object, "kind", cph_kind_name(CPH_KIND_CAPTURE));
    cph_json_set_text(object, "output", o->cli.output);
    cph_json_set_text(object, "array", s->array.label);
    cph_json_set_count(object, "elements", s->array.elements);
    cph_json_set_count(object, "channels", o->channels);
    cph_json_set_count(object, "times", o->samples);
    cph_json_set_text(object, "type", cph_type_name(o->type));
    cph_json_set_number(object, "scale", s->header.scale);
    cph_json_set_number(object, "sample_rate_hz", o->sample_rate_hz);
    cph_json_set_number(object, "center_freq_hz", o->freq_hz);
    cph_json_set_text(object, "frame", cph_frame_of(&s->array));
    for (size_t i = 0; i < o->sources; i++)
        cph_json_append(sources, describe_source(s, i));
    cph_json_set(object, "sources", sources);
    cph_json_set(object, "in_turn", json_boolean(o->in_turn));
    cph_json_set_text(object, "coupling", o->coupling.path);
    cph_json_set(object, "cover",
                 s->cover != NULL ? cph_cover_json(s->array.elements, s->cover) : json_null());
    cph_json_set(object, "dead", cph_faults_json(s->faults.dead, s->faults.dead_count));
    cph_json_set(object, "weak", cph_faults_json(s->faults.weak, s->faults.weak_count));
    cph_json_set(object, "seed", cph_simulate_seed_json(o->seed));
    return cph_json_print(&o->cli, object);
}

static cph_exit say_text(const scene *s)
{
    const cph_simulate_options *o = s->o;
    printf("%s: %zu elements x ", o->cli.output, s->array.elements);
    if (o->channels > 1)
        printf("%zu channels x ", o->channels);
    printf("%zu samples of %s; sources %zu, dead %zu, weak %zu\n", o->samples,
           cph_type_name(o->type), o->sources, s->faults.dead_count, s->faults.weak_count);
    return cph_stdout_check(&o->cli);
}

/* file: of an array described in text, else empty. */
static cph_exit run_array(const cph_simulate_options *o, const cph_array_file *file)
{
    const bool from_file = o->array.kind == CPH_ARRAY_FILE;
    const char *inputs[5] = {o->array.text}; /* room for coupling and a table of states */
    size_t count = cph_described_paths(file, inputs);
    if (count == 0 && from_file)
        count = 1;
    if (o->coupling.path != NULL)
        inputs[count++] = o->coupling.path;
    if (cph_simulate_readings_asked(o))
        return cph_simulate_readings(o, inputs, count);
    cph_exit code = cph_output_check(&o->cli, inputs, count);
    if (code != CPH_EXIT_DONE)
        return code;
    scene s;
    cph_history history = {0};
    cph_error error = {.status = CPH_OK};
    if (scene_build(o, &s, &error) != CPH_OK)
        code = from_file || o->coupling.path != NULL ? cph_report_input(o->cli.name, &error)
                                                     : cph_report(o->cli.name, &error);
    if (code == CPH_EXIT_DONE)
        code = cph_history_make(&o->cli, inputs, count, &history);
    if (code == CPH_EXIT_DONE)
        code = write_file(&s, &history);
    if (code == CPH_EXIT_DONE)
        code = o->cli.json ? say_json(&s) : say_text(&s);
    cph_history_free(&history);
    scene_free(&s);
    return code;
}

static cph_exit run(const cph_simulate_options *o)
{
    cph_array_file file;
    cph_error error = {.status = CPH_OK};
    if (cph_described_read(&o->array, &file, &error) != CPH_OK)
        return cph_report_input(o->cli.name, &error);
    const cph_exit code = run_array(o, &file);
    cph_array_file_free(&file);
    return code;
}

int cph_verb_simulate(int argc, char **argv)
{
    cph_simulate_options o;
    cph_interrupt_catch();
    cph_exit code = cph_simulate_parse(argc, argv, &o);
    if (code == CPH_EXIT_DONE)
        code = o.passes.asked ? cph_simulate_passes(&o) : run(&o);
    cph_simulate_options_free(&o);
    return code;
}
