/* SPDX-License-Identifier: MIT */
/* Calibrations: gains, their standard errors, what changed from one to the next. */
#include <math.h>
#include <string.h>

#include "bench/report/html_parts.h"
#include "cli/report_page.h"

/* ---- one ---- */

static json_t *draw(cph_report_page *page, const cph_report_file *file, const char *kind,
                    const char *stacked, const cph_report_figure *figure)
{
    cph_report_words words = {.count = 0};
    cph_report_add(&words, "plot", file->path, "--kind", kind, "-o", page->picture, stacked);
    return cph_report_draw(page, figure, &words);
}

/* The worst of all polarisations. */
static double worst(const json_t *said, const char *key)
{
    const json_t *const parts = json_object_get(said, "parts");
    double most = NAN;
    for (size_t i = 0; i < json_array_size(parts); i++)
        most = fmax(most, cph_report_number(json_array_get(parts, i), key));
    return most;
}

static void sum_up(cph_report_page *page, const cph_report_file *file, const json_t *errors)
{
    char health[300], sigma[120] = "";
    const double phase = worst(errors, "phase_sigma_max_deg"),
                 amplitude = worst(errors, "amplitude_sigma_max");
    cph_report_health_words(file->info, sizeof health, health);
    if (isfinite(phase) && isfinite(amplitude))
        snprintf(sigma, sizeof sigma, "; worst standard error %.3g\u00b0 and %.3g %%", phase,
                 100.0 * amplitude);
    cph_report_say(page, cph_report_health_tone(file->info), file->id, "%s: %s%s", file->name,
                   health, sigma);
    cph_report_facts_open(page);
    cph_report_fact(page, "gauge", cph_report_string(errors, "gauge"));
    if (isfinite(phase))
        cph_report_factf(page, "standard error of phases",
                         "%.3g\u00b0 in the middle, %.3g\u00b0 at worst",
                         worst(errors, "phase_sigma_median_deg"), phase);
    if (isfinite(amplitude))
        cph_report_factf(page, "of amplitudes", "%.3g %% in the middle, %.3g %% at worst",
                         100.0 * worst(errors, "amplitude_sigma_median"), 100.0 * amplitude);
    cph_report_facts_close(page);
}

void cph_report_calibration(cph_report_page *page, const cph_report_file *file)
{
    static const cph_report_figure gains = {
        "Gains",
        "The gain of every element at its place: above in decibels over the median of the good "
        "ones, below the phase in degrees. Flagged elements carry a sign by reason.",
        NULL};
    static const cph_report_figure errors = {
        "Standard errors",
        "The standard error of every good element's gain, in percent of the gain: of phases and "
        "of amplitudes.",
        "Where only one of the two shows, both are alike."};
    const size_t times = cph_report_count(file->info, "times"),
                 channels = cph_report_count(file->info, "channels");
    cph_report_facts_of(page, file);
    fputs("<div class=\"plots\">\n<div>\n", page->body);
    json_decref(draw(page, file, "gains", "--stacked", &gains));
    fputs("</div><div>\n", page->body);
    json_t *const said = draw(page, file, "errors", NULL, &errors);
    sum_up(page, file, said);
    json_decref(said);
    cph_report_health_table(page, file);
    fputs("</div></div>\n", page->body);
    if (times > 1 || channels > 1)
        cph_report_remark(page, "Drawn is the first of %zu solutions and of %zu channels.", times,
                          channels);
}

/* ---- two ---- */

static void put_cells(FILE *out, const char *head, const char *format, double before, double kept,
                      double renewed)
{
    const double value[] = {before, kept, renewed};
    fprintf(out, "<tr><th scope=\"row\">%s</th>", head);
    for (size_t i = 0; i < sizeof value / sizeof value[0]; i++) {
        fputs("<td>", out);
        html_number(out, format, value[i]);
        fputs("</td>", out);
    }
    fputs("</tr>\n", out);
}

/* What the change does to a beam. */
static void put_beams(cph_report_page *page, const json_t *row)
{
    static const struct {
        const char *head, *key, *format;
    } rows[] = {{"gain lost toward the look, dB", "loss_db", "%.2f"},
                {"peak moved, degrees", "shift_deg", "%.3f"},
                {"directivity, dBi", "directivity_db", "%.2f"},
                {"highest sidelobe, dB", "psll_db", "%.2f"},
                {"floor of errors, dB", "floor_db", "%.1f"}};
    const json_t *const beams = json_object_get(row, "beams");
    const json_t *const before = json_object_get(beams, "before"),
                        *const kept = json_object_get(beams, "kept"),
                        *const renewed = json_object_get(beams, "renewed");
    fputs("<div class=\"scroll\"><table class=\"narrow\"><thead><tr><th scope=\"col\">a beam to "
          "boresight</th>"
          "<th scope=\"col\">before</th><th scope=\"col\">old weights</th>"
          "<th scope=\"col\">new weights</th></tr></thead><tbody>\n",
          page->body);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        put_cells(page->body, rows[i].head, rows[i].format, cph_report_number(before, rows[i].key),
                  cph_report_number(kept, rows[i].key), cph_report_number(renewed, rows[i].key));
    fputs("</tbody></table></div>\n", page->body);
}

static void put_change(cph_report_page *page, const json_t *row)
{
    cph_report_facts_open(page);
    cph_report_fact(page, "polarisation", cph_report_string(row, "polarization"));
    cph_report_fact_number(page, "frequency", "%.6g MHz", 1e-6 * cph_report_number(row, "freq_hz"));
    cph_report_factf(page, "elements compared", "%zu; %zu lost, %zu recovered",
                     cph_report_count(row, "used"), cph_report_count(row, "lost"),
                     cph_report_count(row, "recovered"));
    cph_report_fact_number(page, "common loss", "%.3f dB", cph_report_number(row, "loss_db"));
    if (isfinite(cph_report_number(row, "pointing_shift_deg")))
        cph_report_factf(page, "tilt moves beams by", "%.3f \u00b1 %.3f\u00b0",
                         cph_report_number(row, "pointing_shift_deg"),
                         cph_report_number(row, "pointing_sigma_deg"));
    cph_report_factf(page, "left over, rms", "%.3g\u00b0 and %.3g dB",
                     cph_report_number(row, "residual_phase_rms_deg"),
                     cph_report_number(row, "residual_amplitude_rms_db"));
    cph_report_facts_close(page);
    put_beams(page, row);
}

/* Gains that changed beyond their errors make the old weights lose more than new ones. */
static void sum_up_change(cph_report_page *page, const cph_report_file *before,
                          const cph_report_file *after, const char *anchor, const json_t *row)
{
    static const double small_db = 0.1;
    const json_t *const beams = json_object_get(row, "beams");
    const double kept = cph_report_number(json_object_get(beams, "kept"), "loss_db"),
                 renewed = cph_report_number(json_object_get(beams, "renewed"), "loss_db");
    const size_t lost = cph_report_count(row, "lost");
    const bool fine = lost == 0 && kept - fmax(renewed, 0.0) < small_db;
    cph_report_say(
        page, fine ? CPH_REPORT_GOOD : CPH_REPORT_BAD, anchor,
        "%s after %s: %zu elements lost, %zu recovered; phases changed by %.3g\u00b0 rms; "
        "old weights lose %.2f dB, new ones %.2f dB",
        after->name, before->name, lost, cph_report_count(row, "recovered"),
        cph_report_number(row, "residual_phase_rms_deg"), kept, renewed);
}

static void compare(cph_report_page *page, const cph_report_file *before,
                    const cph_report_file *after)
{
    enum { MOST = 4 };
    static const cph_report_figure change = {
        "Change of the gains",
        "The ratio of the gains after and before, at the places of the elements, the common "
        "phase taken out.",
        NULL};
    char anchor[40];
    cph_report_words words = {.count = 0};
    cph_report_add(&words, "compare", before->path, after->path, "--plot", page->picture);
    snprintf(anchor, sizeof anchor, "%s-%s", before->id, after->id);
    fprintf(page->body, "<article id=\"%s\"><h3>", anchor);
    cph_report_text(page->body, after->name);
    fputs(" <small>after</small> ", page->body);
    cph_report_text(page->body, before->name);
    fputs("</h3>\n", page->body);
    json_t *const said = cph_report_draw(page, &change, &words);
    const json_t *const rows = json_object_get(said, "channels");
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *const row = json_array_get(rows, i);
        if (cph_report_string(row, "error") != NULL) {
            cph_report_remark(page, "%s", cph_report_string(row, "error"));
            continue;
        }
        if (i < MOST) {
            put_change(page, row);
            sum_up_change(page, before, after, anchor, row);
        }
    }
    if (json_array_size(rows) > MOST)
        cph_report_remark(page, "%zu more polarisations and channels are not listed.",
                          json_array_size(rows) - MOST);
    fputs("</article>\n", page->body);
    json_decref(said);
}

static bool same_path(const cph_report_file *a, const cph_report_file *b)
{
    const char *const one = cph_report_string(a->info, "path"), *const other = cph_report_string(
                                                                    b->info, "path");
    return one != NULL && other != NULL && strcmp(one, other) == 0 &&
           cph_report_count(a->info, "inputs") == cph_report_count(b->info, "inputs");
}

/* Each beside the one before it, in the order of the page. */
void cph_report_comparisons(cph_report_page *page)
{
    const cph_report_file *before = NULL;
    for (size_t i = 0; i < page->files; i++) {
        const cph_report_file *const file = &page->file[i];
        if (file->info == NULL || strcmp(file->kind, "calibration") != 0)
            continue;
        if (before != NULL && same_path(before, file))
            compare(page, before, file);
        before = file;
    }
}
