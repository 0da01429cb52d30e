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
        "Where one is a rim about the other, both are alike."};
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
    const json_t *const phase = json_object_get(row, "phase");
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
    cph_report_fact_number(page, "phases by tilt", "%.3g\u00b0 rms",
                           cph_report_number(phase, "tilt_rms_deg"));
    cph_report_fact_number(page, "by curvature", "%.3g\u00b0 rms",
                           cph_report_number(phase, "curvature_rms_deg"));
    cph_report_factf(page, "left over, rms", "%.3g\u00b0 and %.3g dB",
                     cph_report_number(row, "residual_phase_rms_deg"),
                     cph_report_number(row, "residual_amplitude_rms_db"));
    cph_report_facts_close(page);
    put_beams(page, row);
}

/* "phases: tilt 14.36\u00b0, curvature 0.07\u00b0, left over 0.14\u00b0 rms": each where it is
 * known. */
static void change_words(const json_t *row, size_t size, char *text)
{
    static const struct {
        const char *name, *key;
    } parts[] = {{"tilt", "tilt_rms_deg"},
                 {"curvature", "curvature_rms_deg"},
                 {"left over", "residual_rms_deg"}};
    const json_t *const phase = json_object_get(row, "phase");
    const char *between = "phases: ";
    text[0] = '\0';
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        const double value = cph_report_number(phase, parts[i].key);
        const size_t used = strlen(text);
        if (!isfinite(value))
            continue;
        snprintf(text + used, size - used, "%s%s %.2f\u00b0", between, parts[i].name, value);
        between = ", ";
    }
    const size_t used = strlen(text);
    snprintf(text + used, size - used, used > 0 ? " rms; " : "");
}

/* What `compare` advises of a row. */
static void advice_words(const json_t *row, size_t size, char *text)
{
    const json_t *const regain = json_object_get(row, "regain");
    const bool renew = json_is_true(json_object_get(regain, "renew")),
               changed = json_is_true(json_object_get(regain, "changed"));
    const double sidelobe = cph_report_number(regain, "sidelobe_db");
    const char *const head = renew ? "re-calibrate" : "keep the calibration";
    if (!changed) {
        snprintf(text, size, "%s: nothing has changed beyond the errors of the gains", head);
        return;
    }
    snprintf(text, size, "%s: a beam would regain %.2f dB", head,
             cph_report_tidy(cph_report_number(regain, "gain_db"), 2));
    const size_t used = strlen(text);
    if (isfinite(sidelobe))
        snprintf(text + used, size - used, ", its highest sidelobe change by %+.2f dB",
                 cph_report_tidy(-sidelobe, 2));
}

/* Elements are lost, there is nothing to compare, or compare advises to calibrate again. */
static bool asks_for_a_look(const json_t *row)
{
    return cph_report_string(row, "error") != NULL || cph_report_count(row, "lost") > 0 ||
           json_is_true(json_object_get(json_object_get(row, "regain"), "renew"));
}

static void sum_up_change(cph_report_page *page, const cph_report_file *before,
                          const cph_report_file *after, const json_t *row)
{
    const char *const polarization = cph_report_string(row, "polarization");
    const char *const error = cph_report_string(row, "error");
    char phases[160] = "", advice[160];
    if (error == NULL) {
        change_words(row, sizeof phases, phases);
        advice_words(row, sizeof advice, advice);
    }
    cph_report_say(page, asks_for_a_look(row) ? CPH_REPORT_BAD : CPH_REPORT_GOOD, page->anchor,
                   "%s after %s: %s%s%zu elements lost, %zu recovered; %s%s", after->name,
                   before->name, polarization != NULL ? polarization : "",
                   polarization != NULL ? ", " : "", cph_report_count(row, "lost"),
                   cph_report_count(row, "recovered"), phases, error != NULL ? error : advice);
}

/* Polarisations and channels beyond those that have lines of their own. */
static void sum_up_others(cph_report_page *page, const cph_report_file *before,
                          const cph_report_file *after, const json_t *rows, size_t first)
{
    size_t asking = 0, others = 0;
    for (size_t i = first; i < json_array_size(rows); i++, others++)
        asking += asks_for_a_look(json_array_get(rows, i));
    if (others > 0)
        cph_report_remark(page, "%zu more polarisations and channels are not listed.", others);
    if (asking > 0)
        cph_report_say(page, CPH_REPORT_BAD, page->anchor,
                       "%s after %s: %zu of %zu polarisations and channels that are not listed "
                       "have lost elements or are to be calibrated again",
                       after->name, before->name, asking, others);
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
    page->anchor = anchor;
    fprintf(page->body, "<article id=\"%s\"><h3>", anchor);
    cph_report_text(page->body, after->name);
    fputs(" <small>after</small> ", page->body);
    cph_report_text(page->body, before->name);
    fputs("</h3>\n", page->body);
    json_t *const said = cph_report_draw(page, &change, &words);
    const json_t *const rows = json_object_get(said, "channels");
    for (size_t i = 0; i < json_array_size(rows) && i < MOST; i++) {
        const json_t *const row = json_array_get(rows, i);
        const char *const error = cph_report_string(row, "error");
        if (error == NULL)
            put_change(page, row);
        else
            cph_report_remark(page, "%s", error);
        sum_up_change(page, before, after, row);
    }
    sum_up_others(page, before, after, rows, MOST);
    fputs("</article>\n", page->body);
    page->anchor = after->id;
    json_decref(said);
}

/* The last one before that file that is of the same path, inputs, places and frequencies. */
static const cph_report_file *before(const cph_report_page *page, size_t number)
{
    const cph_report_file *const file = &page->file[number];
    const char *const path = cph_report_string(file->info, "path");
    for (size_t i = number; i-- > 0;) {
        const cph_report_file *const other = &page->file[i];
        if (cph_report_is_calibration(other, path) &&
            cph_report_count(other->info, "inputs") == cph_report_count(file->info, "inputs") &&
            cph_report_is_for(page, other, file))
            return other;
    }
    return NULL;
}

/* Each beside the one before it, in the order of the page. */
void cph_report_comparisons(cph_report_page *page)
{
    for (size_t i = 0; i < page->files; i++) {
        const cph_report_file *const file = &page->file[i];
        const cph_report_file *const earlier =
            file->info != NULL && strcmp(file->kind, "calibration") == 0 ? before(page, i) : NULL;
        if (earlier != NULL)
            compare(page, earlier, file);
    }
}
