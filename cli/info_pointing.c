/* SPDX-License-Identifier: MIT */
#include "cli/info_pointing.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "cli/info_header.h"
#include "cli/progress.h"
#include "cli/range_check.h"
#include "cophase/pointing.h"

static const double degree = M_PI / 180.0;

/* NaN where nothing was known. */
typedef struct extent {
    double least, most;
} extent;

typedef struct sums {
    uint64_t rows;
    size_t satellites;
    double start_s, end_s;
    extent el_rad, range_m, rate_m_s;
    cph_pointing_row highest;
    char name[CPH_POINTING_NAME_SIZE];
} sums;

static void widen(extent *e, double value)
{
    e->least = fmin(e->least, value); /* NaN gives way */
    e->most = fmax(e->most, value);
}

static void add(sums *s, const cph_pointing_row *row)
{
    if (s->rows == 0)
        s->start_s = row->time_unix_s;
    if (s->rows == 0 || row->el_rad > s->highest.el_rad)
        s->highest = *row;
    s->end_s = row->time_unix_s;
    widen(&s->el_rad, row->el_rad);
    widen(&s->range_m, row->range_m);
    widen(&s->rate_m_s, row->range_rate_m_s);
    s->rows++;
}

static cph_exit read_all(const cph_cli *cli, cph_pointing *table, cph_range_check *range, sums *s)
{
    enum { OFTEN = 1 << 16 };
    const extent unknown = {NAN, NAN};
    cph_error error = {.status = CPH_OK};
    cph_pointing_row row;
    bool more = true;
    *s = (sums){.el_rad = unknown, .range_m = unknown, .rate_m_s = unknown};
    while (more) {
        if (cph_pointing_next(table, &row, &more, &error) != CPH_OK)
            return cph_report_input(cli->name, &error);
        if (more && cph_range_check_row(range, table, &row) != CPH_OK)
            return cph_report_memory(cli->name);
        if (more)
            add(s, &row);
        if (s->rows % OFTEN == 0 && cph_interrupted())
            return cph_report_line(cli->name, CPH_EXIT_FAILED, "interrupted");
    }
    s->satellites = cph_pointing_satellites(table);
    snprintf(s->name, sizeof s->name, "%s", cph_pointing_name(table, s->highest.satellite));
    return CPH_EXIT_DONE;
}

static void set_extent(json_t *object, const char *key, extent e, double unit)
{
    json_t *const pair = json_array();
    cph_json_append(pair, cph_json_number(e.least / unit));
    cph_json_append(pair, cph_json_number(e.most / unit));
    cph_json_set(object, key, pair);
}

static cph_exit say_json(const cph_cli *cli, const sums *s)
{
    json_t *const object = json_object(), *const highest = json_object();
    cph_json_set_text(object, "file", cli->input);
    cph_json_set_text(object, "kind", cph_kind_name(CPH_KIND_POINTING));
    cph_json_set_count(object, "rows", s->rows);
    cph_json_set_count(object, "satellites", s->satellites);
    cph_json_set_number(object, "time_start_unix_s", s->start_s);
    cph_json_set_number(object, "time_end_unix_s", s->end_s);
    cph_json_set_text(object, "frame", "sky");
    set_extent(object, "el_deg", s->el_rad, degree);
    set_extent(object, "range_m", s->range_m, 1.0);
    set_extent(object, "range_rate_m_s", s->rate_m_s, 1.0);
    cph_json_set_text(highest, "satellite", s->name);
    cph_json_set_number(highest, "time_unix_s", s->highest.time_unix_s);
    cph_json_set_number(highest, "az_deg", s->highest.az_rad / degree);
    cph_json_set_number(highest, "el_deg", s->highest.el_rad / degree);
    cph_json_set(object, "highest", highest);
    cph_json_set(object, "history", cph_info_history_json(cli->input));
    return cph_json_print(cli, object);
}

static cph_exit say_text(const cph_cli *cli, const sums *s)
{
    printf("%s: %s\n", cli->input, cph_kind_name(CPH_KIND_POINTING));
    printf("%-12s %" PRIu64 " of %zu satellite%s\n", "rows", s->rows, s->satellites,
           s->satellites == 1 ? "" : "s");
    printf("%-12s Unix %.3f to %.3f, %.6g s\n", "time", s->start_s, s->end_s,
           s->end_s - s->start_s);
    printf("%-12s %.2f to %.2f degrees\n", "elevation", s->el_rad.least / degree,
           s->el_rad.most / degree);
    printf("%-12s %s at %.3f, azimuth %.2f\n", "highest", s->name, s->highest.time_unix_s,
           s->highest.az_rad / degree);
    if (!isnan(s->range_m.least))
        printf("%-12s %.1f to %.1f km\n", "range", s->range_m.least / 1e3, s->range_m.most / 1e3);
    if (!isnan(s->rate_m_s.least))
        printf("%-12s %.1f to %.1f m/s\n", "range rate", s->rate_m_s.least, s->rate_m_s.most);
    return cph_stdout_check(cli);
}

cph_exit cph_info_pointing(const cph_cli *cli)
{
    sums s;
    cph_pointing *table = NULL;
    cph_error error = {.status = CPH_OK};
    if (cph_pointing_open(cli->input, &table, &error) != CPH_OK)
        return cph_report_input(cli->name, &error);
    cph_range_check range = {.last = NULL};
    cph_exit code = read_all(cli, table, &range, &s);
    cph_pointing_close(table);
    if (code == CPH_EXIT_DONE && !cli->quiet)
        cph_range_check_say(&range, cli->name, cli->input);
    cph_range_check_free(&range);
    if (code == CPH_EXIT_DONE)
        code = (cli->json ? say_json : say_text)(cli, &s);
    return code;
}
