/* SPDX-License-Identifier: MIT */
#include "cli/simulate_passes.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli/history.h"
#include "cli/json.h"
#include "cli/progress.h"
#include "cophase/pointing.h"

static const double degree = M_PI / 180.0;

/* Where a satellite is in its pass. */
typedef struct pass {
    bool seen;
    double rise_s, last_s; /* of the pass that is on, or was last */
} pass;

typedef struct scene {
    const cph_simulate_options *o;
    const cph_passes_choice *c;
    cph_passes *passes;
    size_t *index;
    cph_look *look;
    pass *pass; /* all [satellites] */
    size_t seen, count, steps;
    double longest_s;
    uint64_t rows;
    cph_pointing_row highest;
    char name[CPH_POINTING_NAME_SIZE];
} scene;

static void scene_free(scene *s)
{
    cph_passes_destroy(s->passes);
    free(s->index);
    free(s->look);
    free(s->pass);
}

static cph_status make(scene *s, cph_error *error)
{
    const cph_passes_choice *const c = s->c;
    const cph_status status =
        cph_passes_create(c->shell, c->shells, &c->site, c->least_el_rad, &s->passes);
    if (status != CPH_OK)
        return cph_fail(error, status, "%s",
                        status == CPH_ERR_ARGUMENT
                            ? "--site: is above an orbit, or an altitude is out of range"
                            : cph_status_name(status));
    const size_t all = cph_passes_satellites(s->passes);
    s->index = calloc(all, sizeof *s->index);
    s->look = calloc(all, sizeof *s->look);
    s->pass = calloc(all, sizeof *s->pass);
    s->steps = (size_t)floor(c->duration_s / c->step_s * (1.0 + 1e-12)) + 1;
    return s->index != NULL && s->look != NULL && s->pass != NULL
               ? CPH_OK
               : cph_fail(error, CPH_ERR_MEMORY, "out of memory");
}

/* "starlink-550-03-17": shell, plane, number in it. */
static void name_of(const scene *s, size_t index, char name[CPH_POINTING_NAME_SIZE])
{
    size_t shell, plane, number;
    cph_passes_which(s->passes, index, &shell, &plane, &number);
    snprintf(name, CPH_POINTING_NAME_SIZE, "%s-%02zu-%02zu", s->c->shell_name[shell], plane,
             number);
}

/* Counts what is seen. */
static void note(scene *s, size_t index, const cph_pointing_row *row, const char *name)
{
    pass *const p = &s->pass[index];
    s->seen += !p->seen;
    if (!p->seen || row->time_unix_s - p->last_s > 1.5 * s->c->step_s) {
        p->rise_s = row->time_unix_s;
        s->count++;
    }
    p->seen = true;
    p->last_s = row->time_unix_s;
    s->longest_s = fmax(s->longest_s, p->last_s - p->rise_s);
    if (s->rows == 0 || row->el_rad > s->highest.el_rad) {
        s->highest = *row;
        snprintf(s->name, sizeof s->name, "%s", name);
    }
    s->rows++;
}

static cph_status write_step(scene *s, double time, cph_pointing_writer *writer, cph_error *error)
{
    size_t count = 0;
    cph_status status = cph_passes_at(s->passes, time, s->index, s->look, &count);
    if (status != CPH_OK)
        return cph_fail(error, status, "%s", cph_status_name(status));
    for (size_t i = 0; i < count && status == CPH_OK; i++) {
        char name[CPH_POINTING_NAME_SIZE];
        const cph_look *const look = &s->look[i];
        const cph_pointing_row row = {.time_unix_s = time,
                                      .az_rad = look->az_rad,
                                      .el_rad = look->el_rad,
                                      .range_m = look->range_m,
                                      .range_rate_m_s = look->range_rate_m_s};
        name_of(s, s->index[i], name);
        status = cph_pointing_writer_put(writer, &row, name, error);
        if (status == CPH_OK)
            note(s, s->index[i], &row, name);
    }
    return status;
}

static cph_status write_rows(scene *s, cph_pointing_writer *writer, cph_error *error)
{
    cph_status status = CPH_OK;
    cph_progress progress;
    cph_progress_start(&progress, &s->o->cli, "passes", s->steps);
    for (size_t k = 0; k < s->steps && status == CPH_OK; k++) {
        status = write_step(s, s->c->start_unix_s + (double)k * s->c->step_s, writer, error);
        if (status == CPH_OK && cph_interrupted())
            status = cph_fail(error, CPH_ERR_INTERRUPTED, "interrupted");
        cph_progress_update(&progress, k + 1);
    }
    cph_progress_end(&progress);
    return status;
}

static cph_exit write_table(scene *s, const cph_history *history)
{
    const cph_cli *const cli = &s->o->cli;
    cph_pointing_writer *writer = NULL;
    cph_error error = {.status = CPH_OK};
    cph_status status = cph_pointing_writer_create(cli->output, &history->options, &writer, &error);
    if (status == CPH_OK)
        status = write_rows(s, writer, &error);
    if (status == CPH_OK && s->rows == 0) {
        cph_pointing_writer_abandon(writer);
        return cph_report_line(cli->name, CPH_EXIT_LIMIT,
                               "none of %zu satellites is above %g degrees (--min-elevation) in "
                               "that time: there is no table",
                               cph_passes_satellites(s->passes), s->c->least_el_rad / degree);
    }
    if (status == CPH_OK)
        status = cph_pointing_writer_finish(writer, &error);
    else
        cph_pointing_writer_abandon(writer);
    return status == CPH_OK ? CPH_EXIT_DONE : cph_report(cli->name, &error);
}

/* ---- what it says ---- */

static json_t *highest_json(const scene *s)
{
    json_t *const object = json_object();
    cph_json_set_text(object, "satellite", s->name);
    cph_json_set_number(object, "time_unix_s", s->highest.time_unix_s);
    cph_json_set_number(object, "az_deg", s->highest.az_rad / degree);
    cph_json_set_number(object, "el_deg", s->highest.el_rad / degree);
    cph_json_set_number(object, "range_m", s->highest.range_m);
    return object;
}

static cph_exit say_json(const scene *s)
{
    const cph_passes_choice *const c = s->c;
    json_t *const object = json_object(), *const site = json_object();
    json_t *const shells = json_array();
    cph_json_set_text(object, "kind", cph_kind_name(CPH_KIND_POINTING));
    cph_json_set_text(object, "output", s->o->cli.output);
    cph_json_set_number(site, "latitude_deg", c->site.latitude_rad / degree);
    cph_json_set_number(site, "longitude_deg", c->site.longitude_rad / degree);
    cph_json_set_number(site, "altitude_m", c->site.altitude_m);
    cph_json_set(object, "site", site);
    for (size_t i = 0; i < c->shells; i++)
        cph_json_append(shells, cph_json_text(c->shell_name[i]));
    cph_json_set(object, "shells", shells);
    cph_json_set_number(object, "time_start_unix_s", c->start_unix_s);
    cph_json_set_number(object, "duration_s", c->duration_s);
    cph_json_set_number(object, "step_s", c->step_s);
    cph_json_set_number(object, "min_elevation_deg", c->least_el_rad / degree);
    cph_json_set_count(object, "satellites", cph_passes_satellites(s->passes));
    cph_json_set_count(object, "seen", s->seen);
    cph_json_set_count(object, "passes", s->count);
    cph_json_set_number(object, "longest_pass_s", s->longest_s);
    cph_json_set_count(object, "rows", s->rows);
    cph_json_set_text(object, "frame", "sky");
    cph_json_set(object, "highest", highest_json(s));
    return cph_json_print(&s->o->cli, object);
}

static cph_exit say_text(const scene *s)
{
    printf("%s: %" PRIu64 " rows; %zu of %zu satellites in %zu passes, the longest %.6g s, the "
           "highest %s at %.2f degrees\n",
           s->o->cli.output, s->rows, s->seen, cph_passes_satellites(s->passes), s->count,
           s->longest_s, s->name, s->highest.el_rad / degree);
    return cph_stdout_check(&s->o->cli);
}

static bool has_ending(const char *path)
{
    static const char *const endings[] = {".csv", ".h5", ".hdf5"};
    const char *const dot = strrchr(path, '.');
    for (size_t i = 0; dot != NULL && i < sizeof endings / sizeof endings[0]; i++)
        if (strcasecmp(dot, endings[i]) == 0)
            return true;
    return false;
}

cph_exit cph_simulate_passes(const cph_simulate_options *options)
{
    const cph_cli *const cli = &options->cli;
    scene s = {.o = options, .c = &options->passes};
    cph_history history = {0};
    cph_error error = {.status = CPH_OK};
    if (!has_ending(cli->output))
        return cph_report_line(cli->name, CPH_EXIT_USAGE,
                               "-o %s: expected a table's name, that ends in .csv or .h5",
                               cli->output);
    cph_exit code = cph_output_check(cli, NULL, 0);
    if (code == CPH_EXIT_DONE && make(&s, &error) != CPH_OK)
        code = cph_report(cli->name, &error);
    if (code == CPH_EXIT_DONE)
        code = cph_history_make(cli, NULL, 0, &history);
    if (code == CPH_EXIT_DONE)
        code = write_table(&s, &history);
    if (code == CPH_EXIT_DONE)
        code = cli->json ? say_json(&s) : say_text(&s);
    cph_history_free(&history);
    scene_free(&s);
    return code;
}
