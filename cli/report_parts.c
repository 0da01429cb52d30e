/* SPDX-License-Identifier: MIT */
/* Pieces that sections are made of. */
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench/report/html_parts.h"
#include "cli/report_page.h"

double cph_report_number(const json_t *object, const char *key)
{
    const json_t *const value = json_object_get(object, key);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

const char *cph_report_string(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

size_t cph_report_count(const json_t *object, const char *key)
{
    const double value = cph_report_number(object, key);
    return value > 0.0 ? (size_t)value : 0;
}

double cph_report_tidy(double value, int decimals)
{
    return fabs(value) < 0.5 * pow(10.0, -decimals) ? 0.0 : value;
}

const char *cph_report_frame(const json_t *said)
{
    const char *const frame = cph_report_string(said, "frame");
    return frame != NULL && strcmp(frame, "sky") == 0 ? "of the sky" : "of the array";
}

void cph_report_utc(double unix_s, size_t size, char *text)
{
    struct tm utc;
    const time_t seconds = fabs(unix_s) < 1e11 ? (time_t)floor(unix_s) : 0;
    if (!(fabs(unix_s) < 1e11) || gmtime_r(&seconds, &utc) == NULL ||
        strftime(text, size, "%Y-%m-%d %H:%M:%S UTC", &utc) == 0)
        text[0] = '\0';
}

void cph_report_say(cph_report_page *page, cph_report_tone tone, const char *anchor,
                    const char *format, ...)
{
    static const char *const tones[CPH_REPORT_TONES] = {"plain", "good", "bad"};
    char text[600];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    json_t *const line = json_object();
    cph_json_set_text(line, "text", text);
    cph_json_set_text(line, "tone", tones[tone]);
    cph_json_set_text(line, "anchor", anchor);
    cph_json_append(page->summary, line);
}

void cph_report_remark(cph_report_page *page, const char *format, ...)
{
    char text[900];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    fputs("<p class=\"soft\">", page->body);
    cph_report_text(page->body, text);
    fputs("</p>\n", page->body);
}

/* ---- facts ---- */

void cph_report_facts_open(cph_report_page *page)
{
    fputs("<dl class=\"facts\">\n", page->body);
}

void cph_report_facts_close(cph_report_page *page)
{
    fputs("</dl>\n", page->body);
}

void cph_report_fact(cph_report_page *page, const char *name, const char *text)
{
    if (text == NULL)
        return;
    fprintf(page->body, "<div><dt>%s</dt><dd>", name);
    cph_report_text(page->body, text);
    fputs("</dd></div>\n", page->body);
}

void cph_report_factf(cph_report_page *page, const char *name, const char *format, ...)
{
    char text[300];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    cph_report_fact(page, name, text);
}

void cph_report_fact_number(cph_report_page *page, const char *name, const char *format,
                            double value)
{
    if (!isfinite(value))
        return;
    fprintf(page->body, "<div><dt>%s</dt><dd>", name);
    html_number(page->body, format, value);
    fputs("</dd></div>\n", page->body);
}

/* ---- tables ---- */

void cph_report_table_open(cph_report_page *page, const char *const *head, size_t heads)
{
    fputs("<div class=\"scroll\"><table><thead><tr>", page->body);
    for (size_t i = 0; i < heads; i++) {
        const bool words = head[i][0] == '<';
        fprintf(page->body, "<th scope=\"col\"%s>%s</th>", words ? " class=\"t\"" : "",
                head[i] + words);
    }
    fputs("</tr></thead><tbody>\n", page->body);
}

void cph_report_row_open(cph_report_page *page)
{
    fputs("<tr>", page->body);
}

void cph_report_cell(cph_report_page *page, const char *text)
{
    fputs("<td class=\"t\">", page->body);
    cph_report_text(page->body, text);
    fputs("</td>", page->body);
}

void cph_report_cell_number(cph_report_page *page, const char *format, double value)
{
    fputs("<td>", page->body);
    html_number(page->body, format, value);
    fputs("</td>", page->body);
}

void cph_report_row_close(cph_report_page *page)
{
    fputs("</tr>\n", page->body);
}

void cph_report_table_close(cph_report_page *page)
{
    fputs("</tbody></table></div>\n", page->body);
}

/* ---- what info says ---- */

static void put_count(cph_report_page *page, const json_t *info, const char *name, const char *key)
{
    if (cph_report_count(info, key) > 0)
        cph_report_factf(page, name, "%zu", cph_report_count(info, key));
}

static void put_array(cph_report_page *page, const json_t *array)
{
    const json_t *const extent = json_object_get(array, "extent_m");
    const double x = json_number_value(json_array_get(extent, 0)),
                 y = json_number_value(json_array_get(extent, 1)),
                 latitude = cph_report_number(array, "latitude_deg"),
                 longitude = cph_report_number(array, "longitude_deg");
    cph_report_fact(page, "array", cph_report_string(array, "label"));
    if (x > 0.0 || y > 0.0)
        cph_report_factf(page, "extent", "%.4g \u00d7 %.4g m", x, y);
    if (isfinite(latitude) && isfinite(longitude))
        cph_report_factf(page, "site", "%.5f\u00b0, %.5f\u00b0", latitude, longitude);
}

static void put_band(cph_report_page *page, const json_t *info)
{
    const json_t *const list = json_object_get(info, "channel_freq_hz");
    const size_t count = json_array_size(list);
    const double first = json_number_value(json_array_get(list, 0)),
                 last = json_number_value(json_array_get(list, count > 0 ? count - 1 : 0));
    if (count > 1)
        cph_report_factf(page, "channels", "%zu, %.6f to %.6f MHz", count, 1e-6 * first,
                         1e-6 * last);
    else if (first > 0.0)
        cph_report_factf(page, "frequency", "%.6g MHz", 1e-6 * first);
}

static void put_rate(cph_report_page *page, double hz)
{
    static const struct {
        double unit;
        const char *format;
    } units[] = {{1e9, "%.6g GHz"}, {1e6, "%.6g MHz"}, {1e3, "%.6g kHz"}, {0.0, "%.6g Hz"}};
    size_t i = 0;
    while (hz < units[i].unit)
        i++;
    cph_report_fact_number(page, "sample rate", units[i].format,
                           hz / (units[i].unit > 0.0 ? units[i].unit : 1.0));
}

static void put_health(cph_report_page *page, const json_t *info)
{
    char health[300];
    if (json_array_size(json_object_get(info, "health")) == 0)
        return;
    cph_report_health_words(info, sizeof health, health);
    cph_report_fact(page, "health", health);
}

static void put_missing(cph_report_page *page, const json_t *info)
{
    const json_t *const missing = json_object_get(info, "missing");
    char text[300] = "";
    for (size_t i = 0; i < json_array_size(missing); i++) {
        const size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, "%s%s", i > 0 ? ", " : "",
                 json_string_value(json_array_get(missing, i)));
    }
    cph_report_fact(page, "not in the file", text[0] != '\0' ? text : NULL);
}

void cph_report_facts_of(cph_report_page *page, const cph_report_file *file)
{
    const json_t *const info = file->info;
    cph_report_facts_open(page);
    cph_report_fact(page, "layout", cph_report_string(info, "format"));
    put_array(page, json_object_get(info, "array"));
    put_count(page, info, "elements", "elements");
    put_count(page, info, "beams", "beams");
    put_band(page, info);
    put_count(page, info, "times", "times");
    cph_report_fact(page, "samples", cph_report_string(info, "type"));
    put_rate(page, cph_report_number(info, "sample_rate_hz"));
    cph_report_fact_number(page, "integration", "%.6g s", cph_report_number(info, "integration_s"));
    put_count(page, info, "gaps", "gaps");
    cph_report_fact(page, "path", cph_report_string(info, "path"));
    cph_report_fact(page, "remark", cph_report_string(info, "remark"));
    put_missing(page, info);
    put_health(page, info);
    cph_report_facts_close(page);
}

/* ---- health ---- */

enum { REASONS = 16 };

typedef struct reasons {
    size_t count, total[REASONS];
    const char *name[REASONS];
} reasons;

static reasons count_reasons(const json_t *info)
{
    const json_t *const health = json_object_get(info, "health");
    reasons found = {.count = 0};
    for (size_t i = 0; i < json_array_size(health); i++) {
        const char *const reason = cph_report_string(json_array_get(health, i), "reason");
        size_t k = 0;
        if (reason == NULL)
            continue;
        while (k < found.count && strcmp(found.name[k], reason) != 0)
            k++;
        if (k == found.count && found.count < REASONS)
            found.name[found.count++] = reason;
        if (k < REASONS)
            found.total[k]++;
    }
    return found;
}

void cph_report_health_words(const json_t *info, size_t size, char *text)
{
    const size_t rows = json_array_size(json_object_get(info, "health"));
    const size_t good = cph_report_count(info, "good"),
                 suspected = cph_report_count(info, "suspected");
    const reasons found = count_reasons(info);
    snprintf(text, size, "%zu of %zu %s good", good, rows,
             cph_report_count(info, "beams") > 0 && cph_report_count(info, "elements") == 0
                 ? "beams"
                 : "elements");
    for (size_t k = 0; k < found.count; k++) {
        const size_t used = strlen(text);
        snprintf(text + used, size - used, "%s%zu %s", k == 0 ? ": " : ", ", found.total[k],
                 found.name[k]);
    }
    const size_t used = strlen(text);
    if (suspected > 0)
        snprintf(text + used, size - used, "; %zu of the good suspected", suspected);
}

cph_report_tone cph_report_health_tone(const json_t *info)
{
    static const double few = 0.03;
    const double all = (double)json_array_size(json_object_get(info, "health")),
                 bad = all - (double)cph_report_count(info, "good") +
                       (double)cph_report_count(info, "suspected");
    return bad > few * all ? CPH_REPORT_BAD : bad > 0.0 ? CPH_REPORT_PLAIN : CPH_REPORT_GOOD;
}

static void put_cell(FILE *out, const json_t *row, const char *key, const char *format)
{
    fputs("<td>", out);
    html_number(out, format, cph_report_number(row, key));
    fputs("</td>", out);
}

static bool is_told(const json_t *row)
{
    return cph_report_string(row, "reason") != NULL ||
           json_array_size(json_object_get(row, "suspect")) > 0;
}

static void put_words(FILE *out, const json_t *row)
{
    const json_t *const suspect = json_object_get(row, "suspect");
    fputs("<td class=\"t\">", out);
    if (cph_report_string(row, "reason") != NULL || json_array_size(suspect) == 0)
        cph_report_text(out, cph_report_string(row, "reason"));
    for (size_t i = 0; cph_report_string(row, "reason") == NULL && i < json_array_size(suspect);
         i++) {
        fputs(i > 0 ? ", " : "suspected: ", out);
        cph_report_text(out, json_string_value(json_array_get(suspect, i)));
    }
    fputs("</td>", out);
}

void cph_report_health_table(cph_report_page *page, const cph_report_file *file)
{
    enum { ALL = 32, MOST = 300 };
    const json_t *const health = json_object_get(file->info, "health");
    const size_t rows = json_array_size(health);
    const bool all = rows <= ALL;
    size_t told = 0, put = 0;
    for (size_t i = 0; i < rows; i++)
        told += is_told(json_array_get(health, i));
    if (rows == 0 || (!all && told == 0))
        return;
    fprintf(page->body,
            "<details><summary>%s</summary><div class=\"scroll\"><table><thead><tr>"
            "<th scope=\"col\">number</th><th scope=\"col\" class=\"t\">name</th>"
            "<th scope=\"col\">power, dB</th><th scope=\"col\">over the median, dB</th>"
            "<th scope=\"col\" class=\"t\">what is wrong</th></tr></thead><tbody>\n",
            all ? "All of them one by one" : "Those that are not good, or suspected");
    for (size_t i = 0; i < rows && put < MOST; i++) {
        const json_t *const row = json_array_get(health, i);
        if (!all && !is_told(row))
            continue;
        fprintf(page->body, "<tr><td>%zu</td><td class=\"t\">", cph_report_count(row, "element"));
        cph_report_text(page->body, cph_report_string(row, "name"));
        fputs("</td>", page->body);
        put_cell(page->body, row, "power_db", "%.2f");
        put_cell(page->body, row, "relative_db", "%.2f");
        put_words(page->body, row);
        fputs("</tr>\n", page->body);
        put++;
    }
    fputs("</tbody></table></div>\n", page->body);
    if (!all && told > put)
        cph_report_remark(page, "%zu more are not listed.", told - put);
    fputs("</details>\n", page->body);
}
