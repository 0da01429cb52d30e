/* SPDX-License-Identifier: MIT */
/* Arrays that files are of: where elements stand, which baselines they make. */
#include <stdlib.h>
#include <string.h>

#include "cli/report_page.h"
#include "cophase/solutions.h"

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

/* ---- which calibration is for which file ---- */

bool cph_report_is_calibration(const cph_report_file *file, const char *path)
{
    const char *const own = cph_report_string(file->info, "path");
    return file->info != NULL && strcmp(file->kind, "calibration") == 0 && own != NULL &&
           path != NULL && strcmp(own, path) == 0;
}

/* Verbs take the first channel of data, and compare each of a calibration. */
static bool finds_gains(const cph_calibration *calibration, const cph_data_header *header)
{
    const size_t channels = header->kind == CPH_KIND_CALIBRATION ? header->channels : 1;
    cph_c64 *const gain = calloc(header->array.elements + 1, sizeof *gain);
    unsigned char *const flag = calloc(header->array.elements + 1, 1);
    bool found = false;
    for (size_t c = 0; gain != NULL && flag != NULL && !found && c < channels; c++)
        found = cph_calibration_lookup(calibration, &header->array, header->channel_freq_hz[c], 0,
                                       gain, flag, NULL) != CPH_ERR_FORMAT;
    free(gain);
    free(flag);
    return found;
}

bool cph_report_is_for(const cph_report_page *page, const cph_report_file *calibration,
                       const cph_report_file *file)
{
    const cph_data_options options = {.positions = page->options->cli.positions};
    cph_calibration gains;
    cph_data *data = NULL;
    bool is_for = false;
    if (cph_calibration_read(calibration->path, &gains, NULL) != CPH_OK)
        return false;
    if (cph_data_open(file->path, &options, &data, NULL) == CPH_OK ||
        cph_data_open(file->path, NULL, &data, NULL) == CPH_OK) {
        const cph_data_header *const header = cph_data_header_of(data);
        if (header->kind != CPH_KIND_CALIBRATION)
            cph_calibration_adapt(&gains, header);
        is_for = header->applied == NULL && finds_gains(&gains, header);
        cph_data_close(data);
    }
    cph_calibration_free(&gains);
    return is_for;
}

/* ---- the section ---- */

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
