/* SPDX-License-Identifier: MIT */
/* The page: its sections in order, its head, its summary. */
#include "cli/report_page.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench/report/html_parts.h"
#include "cli/progress.h"

static const struct {
    const char *kind, *title;
    cph_report_each *each;
    cph_report_all *together;
} sections[] = {
#define CPH_REPORT_SECTION(kind, title, each, together) {kind, title, each, together},
#include "cli/report_sections.def"
#undef CPH_REPORT_SECTION
};
enum { SECTIONS = sizeof sections / sizeof sections[0] };

void cph_report_nothing(cph_report_page *page)
{
    (void)page;
}

static void open_section(cph_report_page *page, const char *id, const char *title)
{
    json_t *const section = json_object();
    cph_json_set_text(section, "id", id);
    cph_json_set_text(section, "title", title);
    cph_json_set_count(section, "figures", page->figures);
    cph_json_append(page->sections, section);
    page->anchor = id;
    fprintf(page->body, "<section id=\"%s\">\n<h2>%s</h2>\n", id, title);
}

static void close_section(cph_report_page *page)
{
    json_t *const section = json_array_get(page->sections, json_array_size(page->sections) - 1);
    cph_json_set_count(section, "figures", page->figures - cph_report_count(section, "figures"));
    fputs("</section>\n", page->body);
}

static size_t section_of(const cph_report_file *file)
{
    size_t i = 0;
    while (i < SECTIONS && strcmp(sections[i].kind, file->kind) != 0)
        i++;
    return i;
}

static void put_file(cph_report_page *page, const cph_report_file *file, cph_report_each *each)
{
    page->anchor = file->id;
    fprintf(page->body, "<article id=\"%s\">\n<h3>", file->id);
    cph_report_text(page->body, file->name);
    fputs(" <small>", page->body);
    cph_report_text(page->body, file->kind);
    fputs("</small></h3>\n", page->body);
    each(page, file);
    fputs("</article>\n", page->body);
}

/* Files of the section with that number; SECTIONS: of kinds without one. */
static void fill_section(cph_report_page *page, size_t number)
{
    const bool known = number < SECTIONS;
    bool open = false;
    for (size_t i = 0; i < page->files; i++) {
        const cph_report_file *const file = &page->file[i];
        if (file->info == NULL || section_of(file) != number || page->failed || cph_interrupted())
            continue;
        if (!open)
            open_section(page, known ? sections[number].kind : "others",
                         known ? sections[number].title : "Other files");
        open = true;
        put_file(page, file, known ? sections[number].each : cph_report_any);
    }
    if (!open)
        return;
    if (known && !page->failed && !cph_interrupted())
        sections[number].together(page);
    close_section(page);
}

static void fill_with(cph_report_page *page, const char *id, const char *title,
                      cph_report_all *fill)
{
    if (page->failed || cph_interrupted())
        return;
    open_section(page, id, title);
    fill(page);
    close_section(page);
}

static bool any_array(const cph_report_page *page)
{
    for (size_t i = 0; i < page->files; i++)
        if (cph_report_count(page->file[i].info, "inputs") > 0)
            return true;
    return false;
}

void cph_report_fill(cph_report_page *page)
{
    if (any_array(page))
        fill_with(page, "array", "Array", cph_report_arrays);
    for (size_t i = 0; i <= SECTIONS; i++)
        fill_section(page, i);
    fill_with(page, "provenance", "Provenance", cph_report_provenance);
}

void cph_report_any(cph_report_page *page, const cph_report_file *file)
{
    cph_report_facts_of(page, file);
}

/* ---- written ---- */

static const char *title_of(const cph_report_page *page)
{
    return page->options->title != NULL ? page->options->title : "Cophase report";
}

static void put_head(cph_report_page *page, FILE *out)
{
    char date[64] = "";
    struct tm utc;
    const time_t seconds = time(NULL);
    if (gmtime_r(&seconds, &utc) != NULL)
        strftime(date, sizeof date, "%Y-%m-%d %H:%M UTC", &utc);
    fputs("<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\"><head>"
          "<meta charset=\"utf-8\"/>\n<meta name=\"viewport\" "
          "content=\"width=device-width,initial-scale=1\"/>\n<meta name=\"generator\" "
          "content=\"cophase report\"/>\n<title>",
          out);
    cph_report_text(out, title_of(page));
    fprintf(out, "</title>\n<style>\n%s%s", report_style, cph_report_style);
    cph_report_styles_put(out, &page->styles);
    fputs("</style></head>\n<body>\n<header><h1>", out);
    cph_report_text(out, title_of(page));
    fprintf(out, "</h1>\n<div class=\"soft\">%s \u00b7 cophase %s</div></header>\n", date,
            cph_version());
}

static void put_summary(const cph_report_page *page, FILE *out)
{
    static const struct {
        const char *tone, *sign, *name;
    } signs[] = {
        {"good", "\u2713", "in order"}, {"bad", "!", "look here"}, {"plain", "\u00b7", ""}};
    fputs("<main>\n<section id=\"summary\"><h2>Summary</h2>\n<ul class=\"summary\">\n", out);
    for (size_t i = 0; i < json_array_size(page->summary); i++) {
        const json_t *const line = json_array_get(page->summary, i);
        const char *const tone = cph_report_string(line, "tone");
        size_t k = 0;
        while (k < 2 && strcmp(signs[k].tone, tone) != 0)
            k++;
        fprintf(out,
                "<li class=\"%s\"><span role=\"img\" aria-label=\"%s\">%s</span><a href=\"#%s\">",
                tone, signs[k].name, signs[k].sign, cph_report_string(line, "anchor"));
        cph_report_text(out, cph_report_string(line, "text"));
        fputs("</a></li>\n", out);
    }
    fputs("</ul></section>\n", out);
}

static void put_links(const cph_report_page *page, FILE *out)
{
    fputs("<nav aria-label=\"Sections\">", out);
    for (size_t i = 0; i < json_array_size(page->sections); i++) {
        const json_t *const section = json_array_get(page->sections, i);
        fprintf(out, "<a href=\"#%s\">%s</a> ", cph_report_string(section, "id"),
                cph_report_string(section, "title"));
    }
    fputs("</nav>\n", out);
}

void cph_report_put(cph_report_page *page, FILE *out)
{
    put_head(page, out);
    cph_report_glyphs_put(out, &page->styles);
    put_links(page, out);
    put_summary(page, out);
    fwrite(page->body_text, 1, page->body_size, out);
    fputs("</main>\n</body></html>\n", out);
}
