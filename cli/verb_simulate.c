/* SPDX-License-Identifier: MIT */
/* cophase simulate: a capture of a known sky through a known array, or readings of a calibration.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/described.h"
#include "cli/geometry.h"
#include "cli/history.h"
#include "cli/progress.h"
#include "cli/simulate_capture.h"
#include "cli/simulate_options.h"
#include "cli/simulate_passes.h"
#include "cli/simulate_readings.h"
#include "cli/verbs.h"
#include "kernels/core/heap.h"
#include "kernels/core/size.h"

/* ---- the file ---- */

static size_t row_bytes(const cph_sim_scene *s)
{
    return s->array.elements * cph_type_size(s->o->type);
}

/* Blocks beyond a few MiB gain nothing; one time is the least. */
static size_t block_times(const cph_sim_scene *s)
{
    const size_t enough = (size_t)8 << 20;
    const size_t bytes = cph_size_min(s->o->cli.max_memory, enough) / s->o->channels;
    const size_t row = row_bytes(s);
    const size_t times = row > 0 ? cph_size_min(bytes / row, s->clock.samples) : 0;
    return times > 0 ? times : 1;
}

/* One channel after the other: samples [times][channels][elements], where there are several through
 * room [times][elements]. */
static cph_status make_block(const cph_sim_scene *s, size_t start, size_t times,
                             unsigned char *room, unsigned char *samples)
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

/* Times of the block that begins at `start`: of one stretch where something moves, which is then
 * placed at its middle. */
static cph_status next_block(cph_sim_scene *s, size_t start, size_t *times, cph_error *error)
{
    *times = cph_size_min(s->clock.samples - start, *times);
    if (s->moving.sources == 0)
        return CPH_OK;
    const cph_sim_stretch stretch = cph_sim_clock_stretch(&s->clock, start);
    *times = cph_size_min(*times, stretch.first + stretch.length - start);
    return start > stretch.first ? CPH_OK
                                 : cph_moving_place(&s->moving, stretch.middle_s, &s->array,
                                                    &s->attitude, s->source + s->o->sources, error);
}

static cph_status write_blocks(cph_sim_scene *s, cph_writer *writer, cph_error *error)
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
    cph_progress_start(&progress, &o->cli, "simulate", s->clock.samples);
    for (size_t t = 0, times = 0; t < s->clock.samples && status == CPH_OK; t += times) {
        times = block;
        status = next_block(s, t, &times, error);
        if (status != CPH_OK)
            break;
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

static cph_exit write_file(cph_sim_scene *s, const cph_history *history)
{
    const cph_cli *const cli = &s->o->cli;
    cph_writer *writer = NULL;
    cph_error made, *const error = &made;
    cph_status status =
        cph_capture_create(cli->output, &s->header, &history->options, &writer, error);
    if (status != CPH_OK)
        return cph_report(cli->name, error);
    status = cph_capture_truth(writer, s->gain, (const char *const *)s->text, s->sources, error);
    if (status == CPH_OK && s->delay != NULL)
        status = cph_capture_truth_delays(writer, s->delay, error);
    if (status == CPH_OK)
        status = write_blocks(s, writer, error);
    return cph_output_end(cli, writer,
                          status == CPH_OK ? CPH_EXIT_DONE : cph_report(cli->name, error));
}

/* ---- what it says ---- */

static cph_exit say_json(const cph_sim_scene *s)
{
    const cph_simulate_options *o = s->o;
    json_t *object = json_object(), *sources = json_array();
    cph_json_set_text(object, "kind", cph_kind_name(CPH_KIND_CAPTURE));
    cph_json_set_text(object, "output", o->cli.output);
    cph_json_set_text(object, "array", s->array.label);
    cph_json_set_count(object, "elements", s->array.elements);
    cph_json_set_count(object, "channels", o->channels);
    cph_json_set_count(object, "times", s->clock.samples);
    cph_json_set_count(object, "gaps", s->header.gaps);
    cph_json_set_number(object, "time_start_unix_s", s->clock.start_s);
    cph_json_set_text(object, "type", cph_type_name(o->type));
    cph_json_set_number(object, "scale", s->header.scale);
    cph_json_set_number(object, "sample_rate_hz", o->sample_rate_hz);
    cph_json_set_number(object, "center_freq_hz", o->freq_hz);
    cph_json_set_text(object, "frame", cph_frame_of(&s->array));
    for (size_t i = 0; i < s->sources; i++)
        cph_json_append(sources, cph_sim_scene_source(s, i));
    cph_json_set(object, "sources", sources);
    cph_json_set(object, "in_turn", json_boolean(o->in_turn));
    cph_json_set_text(object, "coupling", o->coupling.path);
    cph_json_set(object, "cover",
                 cph_cover_json(cph_simulate_options_cover(o), &s->array, o->freq_hz));
    cph_json_set(object, "dead", cph_faults_json(s->faults.dead, s->faults.dead_count));
    cph_json_set(object, "weak", cph_faults_json(s->faults.weak, s->faults.weak_count));
    cph_json_set(object, "seed", cph_simulate_seed_json(o->seed));
    return cph_json_print(&o->cli, object);
}

static cph_exit say_text(const cph_sim_scene *s)
{
    const cph_simulate_options *o = s->o;
    printf("%s: %zu elements x ", o->cli.output, s->array.elements);
    if (o->channels > 1)
        printf("%zu channels x ", o->channels);
    printf("%zu samples of %s; sources %zu, dead %zu, weak %zu\n", s->clock.samples,
           cph_type_name(o->type), s->sources, s->faults.dead_count, s->faults.weak_count);
    return cph_stdout_check(&o->cli);
}

/* Tables that know nothing of a part of the capture. */
static void remark(const cph_sim_scene *s)
{
    static const double least_s = 0.01; /* what directions stand still for */
    const double start = s->clock.start_s, end = cph_sim_clock_end(&s->clock);
    for (size_t i = 0; i < s->moving.tables && !s->o->cli.quiet; i++) {
        const cph_moving_table *const t = &s->moving.table[i];
        const double before = fmax(0.0, t->first_s - start), after = fmax(0.0, end - t->last_s);
        if (before + after > least_s)
            (void)cph_report_line(s->o->cli.name, CPH_EXIT_DONE,
                                  "%s: knows Unix %.3f to %.3f alone: silent for %.6g s of %.6g",
                                  t->word->path, t->first_s, t->last_s, before + after,
                                  end - start);
    }
}

/* file: of an array described in text, else empty. */
static cph_exit run_array(const cph_simulate_options *o, const cph_array_file *file)
{
    const bool from_file = o->array.kind == CPH_ARRAY_FILE;
    enum { ROOM = 6 + CPH_MOVING_TABLES };
    const char *inputs[ROOM] = {o->array.text}; /* room for coupling, states and an attitude */
    size_t count = cph_described_paths(file, inputs);
    if (count == 0 && from_file)
        count = 1;
    if (o->coupling.path != NULL)
        inputs[count++] = o->coupling.path;
    for (size_t i = 0; i < o->movings; i++)
        inputs[count++] = o->moving[i].path;
    if (o->attitude != NULL && access(o->attitude, F_OK) == 0)
        inputs[count++] = o->attitude;
    if (cph_simulate_readings_asked(o))
        return cph_simulate_readings(o, inputs, count);
    cph_exit code = cph_output_check(&o->cli, inputs, count);
    if (code != CPH_EXIT_DONE)
        return code;
    cph_sim_scene s;
    cph_history history = {0};
    cph_error error = {.status = CPH_OK};
    if (cph_sim_scene_build(o, &s, &error) != CPH_OK)
        code = from_file || o->coupling.path != NULL || o->movings > 0 || o->attitude != NULL
                   ? cph_report_input(o->cli.name, &error)
                   : cph_report(o->cli.name, &error);
    if (code == CPH_EXIT_DONE)
        remark(&s);
    if (code == CPH_EXIT_DONE)
        code = cph_history_make(&o->cli, inputs, count, &history);
    if (code == CPH_EXIT_DONE)
        code = write_file(&s, &history);
    if (code == CPH_EXIT_DONE)
        code = o->cli.json ? say_json(&s) : say_text(&s);
    cph_history_free(&history);
    cph_sim_scene_free(&s);
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
