/* SPDX-License-Identifier: MIT */
/* Pointing tables: which satellites are where. */
#include <math.h>

#include "cli/report_page.h"

static void put_extent(cph_report_page *page, const cph_report_file *file, const char *name,
                       const char *key, double unit, const char *unit_name)
{
    const json_t *const pair = json_object_get(file->info, key);
    const json_t *const least = json_array_get(pair, 0), *const most = json_array_get(pair, 1);
    if (!json_is_number(least) || !json_is_number(most))
        return;
    char low[40], high[40];
    snprintf(low, sizeof low, "%.1f", json_number_value(least) / unit);
    snprintf(high, sizeof high, "%.1f", json_number_value(most) / unit);
    cph_report_factf(page, name, "%s to %s%s", low, high, unit_name);
}

static void put_facts(cph_report_page *page, const cph_report_file *file, double length_s)
{
    char text[40];
    const json_t *const highest = json_object_get(file->info, "highest");
    cph_report_utc(cph_report_number(file->info, "time_start_unix_s"), sizeof text, text);
    cph_report_facts_open(page);
    cph_report_factf(page, "satellites", "%zu", cph_report_count(file->info, "satellites"));
    cph_report_factf(page, "rows", "%zu", cph_report_count(file->info, "rows"));
    cph_report_fact(page, "from", text[0] != '\0' ? text : NULL);
    cph_report_fact_number(page, "for", "%.6g s", length_s);
    put_extent(page, file, "elevation", "el_deg", 1.0, "\u00b0");
    put_extent(page, file, "range", "range_m", 1e3, " km");
    put_extent(page, file, "range rate", "range_rate_m_s", 1e3, " km/s");
    cph_report_factf(page, "highest", "%s, %.2f\u00b0", cph_report_string(highest, "satellite"),
                     cph_report_number(highest, "el_deg"));
    cph_report_facts_close(page);
}

void cph_report_pointing(cph_report_page *page, const cph_report_file *file)
{
    static const cph_report_figure sky = {
        "Sky",
        "The sky from above, north up, east to the right, the zenith in the middle: the path of "
        "every satellite, a dot where it begins.",
        NULL};
    const double length_s = cph_report_number(file->info, "time_end_unix_s") -
                            cph_report_number(file->info, "time_start_unix_s");
    const json_t *const highest = json_object_get(file->info, "highest");
    cph_report_words words = {.count = 0};
    put_facts(page, file, length_s);
    cph_report_say(page, CPH_REPORT_PLAIN, file->id,
                   "%s: %zu satellites in %.6g s, the highest %s at %.1f\u00b0", file->name,
                   cph_report_count(file->info, "satellites"), length_s,
                   cph_report_string(highest, "satellite"), cph_report_number(highest, "el_deg"));
    cph_report_add(&words, "plot", file->path, "--kind", "sky", "-o", page->picture);
    fputs("<div class=\"plots\">\n<div>\n", page->body);
    json_decref(cph_report_draw(page, &sky, &words));
    fputs("</div></div>\n", page->body);
}
