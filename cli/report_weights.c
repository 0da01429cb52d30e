/* SPDX-License-Identifier: MIT */
/* Weights: cuts of their beams, as they are and through each calibration. */
#include <math.h>
#include <string.h>

#include "cli/report_page.h"

enum { MOST_BEAMS = 4, MOST_CALIBRATIONS = 4 };

/* A beam, through a calibration or, NULL, without one. */
typedef struct subject {
    const cph_report_file *file, *through;
    size_t beam;
} subject;

/* "margin -6.71 dB at 2.30\u00b0" of an angle that the comparison with a mask names; "" where there
 * is none. */
static const char *margin_words(const json_t *mask, const char *key, size_t size, char *text)
{
    const json_t *const at = json_object_get(mask, key);
    const double margin = cph_report_number(at, "margin_db");
    text[0] = '\0';
    if (isfinite(margin))
        snprintf(text, size, "margin %.2f dB at %.2f\u00b0", cph_report_tidy(margin, 2),
                 cph_report_number(at, "angle_deg"));
    return text;
}

/* "25.209 not met, margin -6.71 dB at 2.30\u00b0": that of the angle that decides. */
static void mask_words(const json_t *mask, size_t size, char *text)
{
    char margin[60];
    const bool met = json_is_true(json_object_get(mask, "met")),
               over = cph_report_number(json_object_get(mask, "worst"), "margin_db") < 0.0;
    margin_words(mask, "worst", sizeof margin, margin);
    snprintf(text, size, "%s %s%s%s%s", cph_report_string(mask, "name"), met ? "met" : "not met",
             margin[0] != '\0' ? ", " : "", margin, met && over ? ", which it allows" : "");
}

static void put_mask(cph_report_page *page, const json_t *mask)
{
    char text[300];
    if (!json_is_object(mask))
        return;
    mask_words(mask, sizeof text, text);
    cph_report_fact(page, "mask", text);
    margin_words(mask, "beyond", sizeof text, text);
    cph_report_fact(page, "beyond the main lobe", text[0] != '\0' ? text : NULL);
}

static void put_numbers(cph_report_page *page, const json_t *said)
{
    const json_t *const peak = json_object_get(said, "peak");
    const json_t *const budget = json_object_get(said, "error_budget");
    cph_report_facts_open(page);
    cph_report_fact_number(page, "directivity", "%.2f dBi",
                           cph_report_number(said, "directivity_db"));
    cph_report_fact_number(page, "highest sidelobe", "%.2f dB", cph_report_number(said, "psll_db"));
    cph_report_fact_number(page, "toward the look", "%.2f dB under the peak",
                           cph_report_number(said, "peak_power_db") -
                               cph_report_number(said, "look_power_db"));
    cph_report_factf(page, "peak", "az %.3f\u00b0, el %.3f\u00b0 %s",
                     cph_report_tidy(cph_report_number(peak, "az_deg"), 3),
                     cph_report_tidy(cph_report_number(peak, "el_deg"), 3), cph_report_frame(said));
    cph_report_fact_number(page, "floor that errors leave", "%.1f dB",
                           cph_report_number(budget, "floor_db"));
    put_mask(page, json_object_get(said, "mask"));
    cph_report_facts_close(page);
}

static void sum_up(cph_report_page *page, const subject *s, const json_t *said)
{
    const json_t *const mask = json_object_get(said, "mask");
    const bool masked = json_is_object(mask), met = json_is_true(json_object_get(mask, "met"));
    char verdict[300] = "";
    if (masked)
        mask_words(mask, sizeof verdict, verdict);
    cph_report_say(page,
                   !masked ? CPH_REPORT_PLAIN
                   : met   ? CPH_REPORT_GOOD
                           : CPH_REPORT_BAD,
                   s->file->id, "%s, beam %zu%s%s: %.2f dBi, highest sidelobe %.2f dB%s%s",
                   s->file->name, s->beam, s->through != NULL ? " through " : " as it is",
                   s->through != NULL ? s->through->name : "",
                   cph_report_tidy(cph_report_number(said, "directivity_db"), 2),
                   cph_report_tidy(cph_report_number(said, "psll_db"), 2), masked ? "; mask " : "",
                   verdict);
}

static void draw(cph_report_page *page, const subject *s)
{
    char beam[32], title[300];
    cph_report_words words = {.count = 0};
    snprintf(beam, sizeof beam, "%zu", s->beam);
    snprintf(title, sizeof title, "Beam %zu%s%s", s->beam,
             s->through != NULL ? " through " : ", gains not counted",
             s->through != NULL ? s->through->name : "");
    const cph_report_figure figure = {
        title, "Cuts of the beam through its peak: power in decibels against the angle.", NULL};
    cph_report_add(&words, "pattern", "--weights", s->file->path, "--beam", beam, "--plot",
                   page->picture);
    if (s->through != NULL)
        cph_report_add(&words, "--calibration", s->through->path);
    if (page->options->mask != NULL)
        cph_report_add(&words, "--mask", page->options->mask);
    fputs("<div>\n", page->body);
    json_t *const said = cph_report_draw(page, &figure, &words);
    if (said != NULL) {
        put_numbers(page, said);
        sum_up(page, s, said);
    }
    fputs("</div>\n", page->body);
    json_decref(said);
}

static bool fits(const cph_report_page *page, const cph_report_file *weights,
                 const cph_report_file *calibration)
{
    return cph_report_is_calibration(calibration, cph_report_string(weights->info, "path")) &&
           cph_report_count(weights->info, "inputs") ==
               cph_report_count(calibration->info, "inputs") &&
           cph_report_is_for(page, calibration, weights);
}

void cph_report_weights(cph_report_page *page, const cph_report_file *file)
{
    const size_t beams = cph_report_count(file->info, "beams");
    const cph_report_file *through[MOST_CALIBRATIONS] = {NULL};
    size_t put = 0, skipped = 0;
    cph_report_facts_of(page, file);
    for (size_t i = 0; i < page->files; i++)
        if (fits(page, file, &page->file[i])) {
            if (put < MOST_CALIBRATIONS)
                through[put++] = &page->file[i];
            else
                skipped++;
        }
    fputs("<div class=\"plots\">\n", page->body);
    for (size_t b = 0; b < beams && b < MOST_BEAMS; b++)
        for (size_t i = 0; i < put || i == 0; i++) /* without any: as it is */
            draw(page, &(subject){.file = file, .through = through[i], .beam = b});
    fputs("</div>\n", page->body);
    if (beams > MOST_BEAMS)
        cph_report_remark(page, "Drawn are the first %d of %zu beams.", (int)MOST_BEAMS, beams);
    if (skipped > 0)
        cph_report_remark(page, "Drawn through the first %d calibrations.", (int)MOST_CALIBRATIONS);
    if (page->options->mask == NULL)
        cph_report_remark(page, "No mask was given (--mask).");
}
