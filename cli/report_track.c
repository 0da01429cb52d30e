/* SPDX-License-Identifier: MIT */
/* Logs of track: who was served, with what gain, beside which jammers. */
#include <math.h>
#include <string.h>

#include "cli/report_page.h"

/* dB: a loss in 19 of 20 updates that asks to be looked at; one at worst that is in order. */
static const double loss_bad_db = 1.0, loss_good_db = 0.5;

enum { MOST_ROWS = 200 };

static double of(const json_t *object, const char *key, const char *member)
{
    return cph_report_number(json_object_get(object, key), member);
}

/* ---- numbers ---- */

static void put_gaps(cph_report_page *page, const json_t *info)
{
    const json_t *const reasons = json_object_get(info, "gaps_s");
    const double gap_s = cph_report_number(info, "gap_s");
    const char *reason;
    json_t *value;
    char text[300];
    size_t used = (size_t)snprintf(text, sizeof text, "%.6g s", gap_s), put = 0;
    json_object_foreach((json_t *)reasons, reason, value)
    {
        if (!(json_number_value(value) > 0.0) || used >= sizeof text)
            continue;
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s %.6g s",
                                 put++ == 0 ? ": " : ", ", reason, json_number_value(value));
    }
    cph_report_fact(page, "nobody served", text);
}

static void put_facts(cph_report_page *page, const json_t *info)
{
    const double start = cph_report_number(info, "start_unix_s"),
                 length = cph_report_number(info, "end_unix_s") - start;
    char text[40];
    cph_report_utc(start, sizeof text, text);
    cph_report_facts_open(page);
    cph_report_fact(page, "array", cph_report_string(json_object_get(info, "array"), "label"));
    if (cph_report_count(info, "elements") > 0)
        cph_report_factf(page, "elements", "%zu", cph_report_count(info, "elements"));
    cph_report_fact(page, "from", text[0] != '\0' ? text : NULL);
    cph_report_fact_number(page, "for", "%.6g s", length);
    cph_report_fact_number(page, "served", "%.6g s", cph_report_number(info, "served_s"));
    put_gaps(page, info);
    cph_report_factf(page, "hand-overs", "%zu", cph_report_count(info, "handovers"));
    cph_report_factf(page, "satellites", "%zu, %zu served", cph_report_count(info, "satellites"),
                     cph_report_count(info, "satellites_served"));
    cph_report_factf(page, "updates", "%zu, and %zu beside them", cph_report_count(info, "updates"),
                     cph_report_count(info, "standby_updates"));
    cph_report_fact_number(page, "floor", "%.4g\u00b0", cph_report_number(info, "floor_deg"));
    cph_report_facts_close(page);
}

static void put_columns(cph_report_page *page, const json_t *columns, bool jammed)
{
    static const char *const heads[] = {"<path",
                                        "GHz",
                                        "gain, dB: least",
                                        "most",
                                        "loss, dB: median",
                                        "95 %",
                                        "worst",
                                        "pointing loss, dB: worst",
                                        "Doppler, kHz: least",
                                        "most",
                                        "SINR loss, dB: median",
                                        "95 %"};
    enum { HEADS = sizeof heads / sizeof heads[0], SINR = 2 };
    cph_report_table_open(page, heads, jammed ? HEADS : HEADS - SINR);
    for (size_t k = 0; k < json_array_size(columns); k++) {
        const json_t *const column = json_array_get(columns, k);
        const json_t *const doppler = json_object_get(column, "doppler_hz");
        const json_t *const shift[] = {json_array_get(doppler, 0), json_array_get(doppler, 1)};
        const struct {
            const char *format;
            double value;
        } cells[] = {{"%.6g", 1e-9 * cph_report_number(column, "freq_hz")},
                     {"%.2f", of(column, "gain_db", "least")},
                     {"%.2f", of(column, "gain_db", "most")},
                     {"%.3f", of(column, "loss_db", "median")},
                     {"%.3f", of(column, "loss_db", "p95")},
                     {"%.3f", of(column, "loss_db", "worst")},
                     {"%.4f", of(column, "pointing_loss_db", "worst")},
                     {"%.1f", json_is_number(shift[0]) ? 1e-3 * json_number_value(shift[0]) : NAN},
                     {"%.1f", json_is_number(shift[1]) ? 1e-3 * json_number_value(shift[1]) : NAN},
                     {"%.3f", of(column, "sinr_loss_db", "median")},
                     {"%.3f", of(column, "sinr_loss_db", "p95")}};
        cph_report_row_open(page);
        cph_report_cell(page, cph_report_string(column, "path"));
        for (size_t i = 0; i + 1 < (jammed ? HEADS : HEADS - SINR); i++)
            cph_report_cell_number(page, cells[i].format, cells[i].value);
        cph_report_row_close(page);
    }
    cph_report_table_close(page);
}

static void put_nulls(cph_report_page *page, const json_t *columns)
{
    static const char *const heads[] = {"<null", "<path", "GHz", "level, dB: median",
                                        "95 %",  "worst"};
    size_t rows = 0, left_out = 0;
    for (size_t k = 0; k < json_array_size(columns); k++) {
        const json_t *const column = json_array_get(columns, k);
        const json_t *const nulls = json_object_get(column, "nulls");
        for (size_t j = 0; j < json_array_size(nulls); j++) {
            const json_t *const null = json_array_get(nulls, j);
            if (!isfinite(of(null, "level_db", "worst")))
                continue;
            if (rows == MOST_ROWS) {
                left_out++;
                continue;
            }
            if (rows++ == 0)
                cph_report_table_open(page, heads, sizeof heads / sizeof heads[0]);
            cph_report_row_open(page);
            cph_report_cell(page, cph_report_string(null, "name"));
            cph_report_cell(page, cph_report_string(column, "path"));
            cph_report_cell_number(page, "%.6g", 1e-9 * cph_report_number(column, "freq_hz"));
            cph_report_cell_number(page, "%.1f", of(null, "level_db", "median"));
            cph_report_cell_number(page, "%.1f", of(null, "level_db", "p95"));
            cph_report_cell_number(page, "%.1f", of(null, "level_db", "worst"));
            cph_report_row_close(page);
        }
    }
    if (rows > 0)
        cph_report_table_close(page);
    if (left_out > 0)
        cph_report_remark(page, "%zu more are not listed.", left_out);
}

/* ---- when and who ---- */

static void open_details(cph_report_page *page, const char *title)
{
    fprintf(page->body, "<details><summary>%s</summary>", title);
}

static void close_details(cph_report_page *page, size_t rows, size_t all)
{
    cph_report_table_close(page);
    if (all > rows)
        cph_report_remark(page, "%zu more are not listed.", all - rows);
    fputs("</details>\n", page->body);
}

static void put_events(cph_report_page *page, const json_t *info)
{
    static const char *const heads[] = {
        "after, s",     "<satellite", "<why", "mean elevation, \u00b0", "beam stood before, s",
        "nobody for, s"};
    const json_t *const events = json_object_get(info, "events");
    const size_t all = json_array_size(events);
    const double start = cph_report_number(info, "start_unix_s");
    if (all == 0)
        return;
    open_details(page, "Hand-overs and gaps one by one");
    cph_report_table_open(page, heads, sizeof heads / sizeof heads[0]);
    for (size_t i = 0; i < all && i < MOST_ROWS; i++) {
        const json_t *const event = json_array_get(events, i);
        cph_report_row_open(page);
        cph_report_cell_number(page, "%.3f", cph_report_number(event, "time_unix_s") - start);
        cph_report_cell(page, cph_report_string(event, "to"));
        cph_report_cell(page, cph_report_string(event, "reason"));
        cph_report_cell_number(page, "%.1f", cph_report_number(event, "mean_el_deg"));
        cph_report_cell_number(page, "%.3f", cph_report_number(event, "overlap_s"));
        cph_report_cell_number(page, "%.3f", cph_report_number(event, "length_s"));
        cph_report_row_close(page);
    }
    close_details(page, all < MOST_ROWS ? all : MOST_ROWS, all);
}

static void put_served(cph_report_page *page, const json_t *info)
{
    static const char *const heads[] = {"<satellite", "served, s", "first after, s",
                                        "highest, \u00b0"};
    const json_t *const served = json_object_get(info, "served");
    const size_t rows = json_array_size(served);
    const double start = cph_report_number(info, "start_unix_s");
    if (rows == 0)
        return;
    open_details(page, "Satellites, the longest served first");
    cph_report_table_open(page, heads, sizeof heads / sizeof heads[0]);
    for (size_t i = 0; i < rows; i++) {
        const json_t *const one = json_array_get(served, i);
        cph_report_row_open(page);
        cph_report_cell(page, cph_report_string(one, "satellite"));
        cph_report_cell_number(page, "%.3f", cph_report_number(one, "served_s"));
        cph_report_cell_number(page, "%.3f", cph_report_number(one, "first_unix_s") - start);
        cph_report_cell_number(page, "%.1f", cph_report_number(one, "highest_el_deg"));
        cph_report_row_close(page);
    }
    close_details(page, rows, cph_report_count(info, "satellites_served"));
}

/* ---- in all ---- */

static void sum_up(cph_report_page *page, const cph_report_file *file)
{
    const json_t *const columns = json_object_get(file->info, "columns");
    const double gap_s = cph_report_number(file->info, "gap_s"),
                 served_s = cph_report_number(file->info, "served_s");
    double median = NAN, p95 = NAN, worst = NAN;
    char gap[80] = "without a gap", loss[120] = "";
    for (size_t k = 0; k < json_array_size(columns); k++) {
        const json_t *const column = json_array_get(columns, k);
        median = fmax(median, of(column, "loss_db", "median"));
        p95 = fmax(p95, of(column, "loss_db", "p95"));
        worst = fmax(worst, of(column, "loss_db", "worst"));
    }
    if (gap_s > 0.0)
        snprintf(gap, sizeof gap, "%.6g s nobody", gap_s);
    if (isfinite(worst))
        snprintf(loss, sizeof loss, "; loss of gain %.2f dB in the middle, %.2f dB at worst",
                 median, worst);
    cph_report_say(page,
                   gap_s > 0.0 || p95 > loss_bad_db ? CPH_REPORT_BAD
                   : worst < loss_good_db           ? CPH_REPORT_GOOD
                                                    : CPH_REPORT_PLAIN,
                   file->id, "%s: served %.6g s, %s, %zu hand-overs%s", file->name, served_s, gap,
                   cph_report_count(file->info, "handovers"), loss);
}

static void draw(cph_report_page *page, const cph_report_file *file, const char *kind,
                 const cph_report_figure *figure)
{
    cph_report_words words = {.count = 0};
    cph_report_add(&words, "plot", file->path, "--kind", kind, "-o", page->picture);
    fputs("<div>\n", page->body);
    json_decref(cph_report_draw(page, figure, &words));
    fputs("</div>\n", page->body);
}

void cph_report_track(cph_report_page *page, const cph_report_file *file)
{
    static const cph_report_figure sky = {
        "Sky",
        "The sky from above, north up, east to the right, the zenith in the middle: where each "
        "satellite was served, numbered from one hand-over to the next; dashed the floor.",
        NULL};
    static const cph_report_figure gain = {
        "Gain over time",
        "Gain toward the satellite in decibels over time, beside that of the ideal array; upright "
        "lines are hand-overs, numbered as in the sky.",
        NULL};
    static const cph_report_figure nulls = {
        "Nulls over time",
        "Above what arrives from the directions that are nulled, over what arrives from the "
        "satellite; below how far they are from it.",
        NULL};
    const json_t *const columns = json_object_get(file->info, "columns");
    const bool nulled = json_array_size(json_object_get(file->info, "nulls")) > 0,
               served = cph_report_count(file->info, "updates") > 0;
    sum_up(page, file);
    put_facts(page, file->info);
    put_columns(page, columns, nulled);
    if (nulled)
        put_nulls(page, columns);
    put_events(page, file->info);
    put_served(page, file->info);
    if (!served)
        return;
    fputs("<div class=\"plots\">\n", page->body);
    draw(page, file, "sky", &sky);
    draw(page, file, "track-gain", &gain);
    if (nulled)
        draw(page, file, "track-nulls", &nulls);
    fputs("</div>\n", page->body);
}
