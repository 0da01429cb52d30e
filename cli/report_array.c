/* SPDX-License-Identifier: MIT */
/* Arrays that files are of: where elements stand, which baselines they make. */
#include <string.h>

#include "cli/report_page.h"

static bool has_positions(const cph_report_file *file)
{
    const json_t *const array = json_object_get(file->info, "array");
    return cph_report_count(file->info, "inputs") > 0 &&
           cph_report_string(array, "position_frame") != NULL;
}

static bool same_array(const cph_report_file *a, const cph_report_file *b)
{
    return cph_report_count(a->info, "inputs") == cph_report_count(b->info, "inputs") &&
           json_equal(json_object_get(a->info, "array"), json_object_get(b->info, "array")) == 1;
}

/* A calibration tells flags, too. */
static size_t best_of(const cph_report_page *page, size_t first)
{
    for (size_t i = first; i < page->files; i++)
        if (page->file[i].info != NULL && strcmp(page->file[i].kind, "calibration") == 0 &&
            same_array(&page->file[i], &page->file[first]))
            return i;
    return first;
}

static bool is_first(const cph_report_page *page, size_t number)
{
    for (size_t i = 0; i < number; i++)
        if (page->file[i].info != NULL && has_positions(&page->file[i]) &&
            same_array(&page->file[i], &page->file[number]))
            return false;
    return true;
}

static void draw(cph_report_page *page, const cph_report_file *file, const char *kind,
                 const cph_report_figure *figure)
{
    cph_report_words words = {.count = 0};
    cph_report_add(&words, "plot");
    cph_report_add_input(page, &words, file);
    cph_report_add(&words, "--kind", kind, "-o", page->picture);
    json_decref(cph_report_draw(page, figure, &words));
}

static void put_array(cph_report_page *page, size_t number)
{
    static const cph_report_figure map = {
        "Places of the elements",
        "A map of the array: a dot for every element, a sign for each that is flagged, by reason.",
        NULL};
    static const cph_report_figure baselines = {
        "Baselines",
        "The vector from every element to every other one: what the array samples of the sky.",
        NULL};
    const cph_report_file *const file = &page->file[best_of(page, number)];
    fputs("<h3>", page->body);
    cph_report_text(page->body, cph_report_string(json_object_get(file->info, "array"), "label"));
    fputs("</h3>\n<p class=\"soft\">Of ", page->body);
    for (size_t i = number, put = 0; i < page->files; i++)
        if (page->file[i].info != NULL && same_array(&page->file[i], file)) {
            fprintf(page->body, "%s<a href=\"#%s\">", put++ > 0 ? ", " : "", page->file[i].id);
            cph_report_text(page->body, page->file[i].name);
            fputs("</a>", page->body);
        }
    fputs(".</p>\n<div class=\"plots\">\n", page->body);
    draw(page, file, "array", &map);
    if (cph_report_count(file->info, "inputs") > 1)
        draw(page, file, "baselines", &baselines);
    fputs("</div>\n", page->body);
}

void cph_report_arrays(cph_report_page *page)
{
    size_t put = 0;
    for (size_t i = 0; i < page->files; i++)
        if (page->file[i].info != NULL && has_positions(&page->file[i]) && is_first(page, i)) {
            put_array(page, i);
            put++;
        }
    if (put == 0)
        cph_report_remark(page, "No file says where its elements stand (--positions FILE does).");
}
