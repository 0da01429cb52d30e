/* SPDX-License-Identifier: MIT */
/* Which files a page is of, what made them, and which could not be read. */
#include <stdlib.h>
#include <string.h>

#include "bench/report/html_parts.h"
#include "cli/history.h"
#include "cli/report_page.h"

static const char *checksum_of(const json_t *about)
{
    const char *const whole = cph_report_string(about, "xxh128");
    return whole != NULL ? whole : cph_report_string(about, "xxh128_sampled");
}

static void put_file(cph_report_page *page, const cph_report_file *file)
{
    char *const line = cph_history_file(file->path);
    json_error_t error;
    json_t *const about = line != NULL ? json_loads(line, 0, &error) : NULL;
    fprintf(page->body, "<tr><td><a href=\"#%s\">", file->id);
    cph_report_text(page->body, file->path);
    fputs("</a></td><td class=\"t\">", page->body);
    cph_report_text(page->body, file->kind);
    fputs("</td><td>", page->body);
    html_bytes(page->body, cph_report_count(about, "bytes"));
    fputs("</td><td class=\"t\"><code>", page->body);
    cph_report_text(page->body, checksum_of(about));
    fputs("</code></td></tr>\n", page->body);
    json_decref(about);
    free(line);
}

static void put_files(cph_report_page *page)
{
    fputs("<h3>Files</h3>\n<div class=\"scroll\"><table><thead><tr><th scope=\"col\">file</th>"
          "<th scope=\"col\" class=\"t\">kind</th><th scope=\"col\">size</th>"
          "<th scope=\"col\" class=\"t\">xxh128</th></tr></thead><tbody>\n",
          page->body);
    for (size_t i = 0; i < page->files; i++)
        if (page->file[i].info != NULL)
            put_file(page, &page->file[i]);
    fputs("</tbody></table></div>\n", page->body);
}

static void put_unread(cph_report_page *page)
{
    size_t unread = 0;
    for (size_t i = 0; i < page->files; i++)
        unread += page->file[i].info == NULL;
    if (unread > 0)
        fputs("<h3 id=\"unread\">Not read</h3>\n<ul>\n", page->body);
    for (size_t i = 0; i < page->files; i++)
        if (page->file[i].info == NULL) {
            fputs("<li>", page->body);
            cph_report_text(page->body, page->file[i].why);
            fputs("</li>\n", page->body);
        }
    if (unread > 0)
        fputs("</ul>\n", page->body);
    if (page->others > 0)
        cph_report_remark(page, "%zu other file%s of the folders: of no layout that is read: %s%s.",
                          page->others, page->others == 1 ? "" : "s", page->other_names,
                          page->others > page->others_told ? " ..." : "");
}

static bool holds(const json_t *list, const json_t *one)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (json_equal(json_array_get(list, i), one) == 1)
            return true;
    return false;
}

static void put_command(cph_report_page *page, const json_t *one)
{
    const json_t *const inputs = json_object_get(one, "inputs");
    fputs("<li><code>", page->body);
    cph_report_text(page->body, cph_report_string(one, "command"));
    fputs("</code><small>", page->body);
    cph_report_text(page->body, cph_report_string(one, "version"));
    for (size_t i = 0; i < json_array_size(inputs); i++) {
        const json_t *const input = json_array_get(inputs, i);
        fputs(i == 0 ? "; from " : ", ", page->body);
        cph_report_text(page->body, cph_report_string(input, "path"));
        fputs(" ", page->body);
        cph_report_text(page->body, checksum_of(input));
    }
    fputs("</small></li>\n", page->body);
}

/* What every file says of its making, each command once. */
static void put_history(cph_report_page *page)
{
    json_t *const said = json_array();
    for (size_t i = 0; i < page->files; i++) {
        const json_t *const list = json_object_get(page->file[i].info, "history");
        for (size_t k = 0; k < json_array_size(list); k++)
            if (!holds(said, json_array_get(list, k)))
                cph_json_append(said, json_incref(json_array_get(list, k)));
    }
    if (json_array_size(said) > 0)
        fputs("<h3>Commands that made them</h3>\n<ol class=\"history\">\n", page->body);
    for (size_t i = 0; i < json_array_size(said); i++)
        put_command(page, json_array_get(said, i));
    if (json_array_size(said) > 0)
        fputs("</ol>\n", page->body);
    json_decref(said);
}

void cph_report_provenance(cph_report_page *page)
{
    put_files(page);
    put_unread(page);
    put_history(page);
}
