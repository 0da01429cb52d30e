/* SPDX-License-Identifier: MIT */
/* cophase track: beams that follow satellites. */
#include <stdlib.h>

#include "cli/folder_output.h"
#include "cli/history.h"
#include "cli/progress.h"
#include "cli/serial.h"
#include "cli/track_summary.h"
#include "cli/verbs.h"

static cph_exit check_outputs(const cph_track_options *o)
{
    const char *path[CPH_TRACK_PATHS_MAX];
    const size_t count = cph_track_paths(o, path);
    const cph_named_output outputs[] = {
        {"-o", o->cli.output}, {"--plot-sky", o->plot_sky}, {"--plot-gain", o->plot_gain}};
    const size_t many = sizeof outputs / sizeof outputs[0];
    const cph_exit code = cph_outputs_check(&o->cli, outputs, many, path, count);
    return code == CPH_EXIT_DONE ? cph_folder_check(&o->cli, "--images", o->images, outputs, many)
                                 : code;
}

static cph_status begin_log(const cph_track_scene *scene, const cph_write_options *options,
                            cph_track_writer **writer, cph_error *error)
{
    cph_gain_path path[CPH_TRACK_COLUMNS_MAX];
    double freq_hz[CPH_TRACK_COLUMNS_MAX];
    for (size_t k = 0; k < scene->columns; k++) {
        path[k] = scene->column[k].path;
        freq_hz[k] = scene->column[k].freq_hz;
    }
    const char **const null = calloc(scene->nulls + 1, sizeof *null);
    if (null == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    for (size_t j = 0; j < scene->nulls; j++)
        null[j] = scene->null[j];
    const cph_track_head head = {.columns = scene->columns,
                                 .path = path,
                                 .freq_hz = freq_hz,
                                 .nulls = scene->nulls,
                                 .null = null,
                                 .schedule = scene->options->schedule};
    const cph_status status = cph_track_writer_create(scene->options->cli.output, scene->array,
                                                      &head, options, writer, error);
    free((void *)null);
    return status;
}

static cph_exit follow(const cph_track_scene *scene, const cph_write_options *options)
{
    const cph_cli *const cli = &scene->options->cli;
    cph_error error = {.status = CPH_OK};
    cph_track_summary summary;
    cph_track_writer *writer = NULL;
    cph_exit code = CPH_EXIT_DONE;
    if (cph_track_summary_make(scene, &summary, &error) != CPH_OK ||
        begin_log(scene, options, &writer, &error) != CPH_OK)
        code = cph_report(cli->name, &error);
    else
        code = cph_track_run(scene, writer, &summary);
    if (code == CPH_EXIT_DONE) {
        const cph_exit drawn = cph_track_draw(&summary);
        code = cph_track_tell(&summary);
        code = code == CPH_EXIT_DONE ? drawn : code;
    }
    cph_track_summary_free(&summary);
    return code;
}

static cph_exit run(cph_track_options *o)
{
    cph_track_scene scene;
    cph_serial_lapack();
    cph_exit code = cph_track_scene_open(o, &scene);
    if (code == CPH_EXIT_DONE)
        code = check_outputs(o);
    if (code == CPH_EXIT_DONE) {
        const char *path[CPH_TRACK_PATHS_MAX];
        cph_history history;
        code = cph_history_make(&o->cli, path, cph_track_paths(o, path), &history);
        if (code == CPH_EXIT_DONE) {
            code = follow(&scene, &history.options);
            cph_history_free(&history);
        }
    }
    cph_track_scene_free(&scene);
    return code;
}

int cph_verb_track(int argc, char **argv)
{
    cph_track_options o;
    cph_interrupt_catch();
    cph_exit code = cph_track_parse(argc, argv, &o);
    if (code == CPH_EXIT_DONE)
        code = check_outputs(&o);
    if (code == CPH_EXIT_DONE)
        code = run(&o);
    cph_element_choice_free(&o.element);
    cph_array_file_free(&o.file);
    cph_track_null_options_free(&o.null);
    cph_cli_free(&o.cli);
    return (int)code;
}
