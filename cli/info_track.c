/* SPDX-License-Identifier: MIT */
#include "cli/info_track.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/info_header.h"
#include "cli/track_digest.h"
#include "cli/track_tell.h"

/* Satellites told one by one: those served longest. */
enum { TOLD = 200 };

typedef struct share {
    double served_s;
    size_t satellite;
} share;

static int by_time(const void *left, const void *right)
{
    const share *const a = left, *const b = right;
    const int order = (a->served_s < b->served_s) - (a->served_s > b->served_s);
    return order != 0 ? order : (a->satellite > b->satellite) - (a->satellite < b->satellite);
}

/* Satellites that were served, the longest first; how many. */
static size_t sort_served(const cph_track_digest *d, share *served)
{
    size_t count = 0;
    for (size_t i = 0; i < d->summary.satellites; i++)
        if (d->served_s[i] > 0.0)
            served[count++] = (share){d->served_s[i], i};
    if (count > 0)
        qsort(served, count, sizeof *served, by_time);
    return count;
}

/* ---- JSON ---- */

static json_t *served_json(const cph_track_digest *d, const share *served, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count && i < TOLD; i++) {
        const size_t k = served[i].satellite;
        json_t *one = json_object();
        cph_json_set_text(one, "satellite", d->summary.name[k]);
        cph_json_set_number(one, "served_s", d->served_s[k]);
        cph_json_set_number(one, "first_unix_s", d->first_unix_s[k]);
        cph_json_set_number(one, "highest_el_deg", d->highest_deg[k]);
        cph_json_append(list, one);
    }
    return list;
}

static json_t *nulls_json(const cph_track_digest *d)
{
    json_t *list = json_array();
    for (size_t j = 0; j < d->scene.nulls; j++)
        cph_json_append(list, cph_json_text(d->scene.null[j]));
    return list;
}

static cph_exit say_json(const cph_track_digest *d, const cph_data_header *header,
                         const share *served, size_t count)
{
    const double degree = M_PI / 180.0;
    const cph_schedule_config *const c = &d->options.schedule;
    const cph_cli *const cli = &d->options.cli;
    json_t *const object = cph_info_header_json(cli->input, header);
    cph_json_set_count(object, "rows", d->summary.rows);
    cph_json_set_count(object, "satellites", d->summary.satellites);
    cph_json_set_count(object, "satellites_served", count);
    cph_json_set_number(object, "floor_deg", c->floor_rad / degree);
    cph_json_set_number(object, "hysteresis_deg", c->hysteresis_rad / degree);
    cph_json_set_number(object, "overlap_s", c->overlap_s);
    cph_json_set(object, "nulls", nulls_json(d));
    cph_track_set_numbers(&d->summary, object);
    cph_json_set(object, "served", served_json(d, served, count));
    cph_json_set(object, "history", cph_info_history_json(cli->input));
    return cph_json_print(cli, object);
}

/* ---- text ---- */

static cph_exit say_text(const cph_track_digest *d, const cph_data_header *header, size_t count)
{
    const cph_track_summary *const s = &d->summary;
    const cph_cli *const cli = &d->options.cli;
    printf("%s: %s (%s)\n", cli->input, cph_kind_name(header->kind), header->format);
    printf("%-12s %" PRIu64 ", %" PRIu64 " of them beside one that serves\n", "rows", s->rows,
           s->standbys);
    printf("%-12s %zu, %zu served\n", "satellites", s->satellites, count);
    cph_info_print_time("time", s->start_unix_s);
    if (isfinite(s->start_unix_s))
        printf("%-12s %.6g s in %" PRIu64 " slots of %g s\n", "duration",
               s->end_unix_s - s->start_unix_s, s->slots, d->options.schedule.slot_s);
    if (header->array.elements > 0)
        printf("%-12s %zu\n", "elements", header->array.elements);
    cph_info_print_array(&header->array);
    for (size_t j = 0; j < d->scene.nulls; j++)
        printf("%-12s %s\n", "null", d->scene.null[j]);
    cph_track_print_events(s, cli->input);
    cph_track_print_served(s);
    for (size_t k = 0; k < d->scene.columns; k++)
        cph_track_print_column(s, k);
    return cph_stdout_check(cli);
}

static cph_exit say(const cph_track_digest *d)
{
    const cph_data_header *const header = cph_track_reader_header(d->reader);
    share *const served = calloc(d->summary.satellites + 1, sizeof *served);
    if (served == NULL)
        return cph_report_memory(d->options.cli.name);
    const size_t count = sort_served(d, served);
    const cph_exit code =
        d->options.cli.json ? say_json(d, header, served, count) : say_text(d, header, count);
    free(served);
    return code;
}

cph_exit cph_info_track(const cph_cli *cli)
{
    cph_track_digest digest;
    cph_exit code = cph_track_digest_read(cli, 0, &digest);
    if (code == CPH_EXIT_DONE)
        code = say(&digest);
    cph_track_digest_free(&digest);
    return code;
}
