/* SPDX-License-Identifier: MIT */
/* Captures, beams and covariances: the state of elements, power over time, eigenvalues, the sky. */
#include <math.h>
#include <string.h>

#include "cli/report_page.h"

/* What is looked at of a large file. */
static const double most_bytes = 32.0 * 1024 * 1024;

/* Eigenvalues cost elements to the third power. */
enum { MOST_EIGEN = 1536 };

/* How many samples of a capture that is; 0: all of it. */
static size_t bounded(const cph_report_file *file)
{
    const double bytes = cph_report_number(file->info, "bytes"),
                 times = cph_report_number(file->info, "times");
    return bytes > most_bytes && times > 1.0 ? (size_t)fmax(1.0, times * most_bytes / bytes) : 0;
}

static void sum_up(cph_report_page *page, const cph_report_file *file)
{
    char health[300];
    cph_report_health_words(file->info, sizeof health, health);
    cph_report_say(page, cph_report_health_tone(file->info), file->id, "%s: %s", file->name,
                   health);
}

static void draw_health(cph_report_page *page, const cph_report_file *file)
{
    const cph_report_figure figure = {
        strcmp(file->kind, "beams") == 0 ? "Beams" : "Elements",
        "A row for each: its spectrum in colour, then power, offset, imbalance and "
        "kurtosis as dots; those that stand out in orange.",
        NULL};
    const json_t *const looked = json_object_get(file->info, "looked_at");
    const double share = cph_report_number(looked, "share");
    cph_report_words words = {.count = 0};
    cph_report_add(&words, "info");
    cph_report_add_input(page, &words, file);
    cph_report_add(&words, "--plot", page->picture);
    json_decref(cph_report_draw(page, &figure, &words));
    if (share < 1.0)
        cph_report_remark(page,
                          "Looked at %zu times from %zu places, %.3g %% of the file; "
                          "cophase info --all looks at all.",
                          cph_report_count(looked, "times"), cph_report_count(looked, "places"),
                          100.0 * share);
}

/* Adds --duration to what reads a large capture. */
static void bound(cph_report_words *words, size_t samples, char text[32])
{
    snprintf(text, 32, "%zu", samples);
    if (samples > 0)
        cph_report_add(words, "--duration", text);
}

static void draw_waterfall(cph_report_page *page, const cph_report_file *file, size_t samples)
{
    static const cph_report_figure figure = {
        "Power over time", "Power in colour, time upward, a column for every channel or element.",
        NULL};
    /* A page of many elements stays small: images of noise do not compress. */
    enum { MANY = 256 };
    static const char rows[] = "128";
    char duration[32];
    cph_report_words words = {.count = 0};
    cph_report_add(&words, "plot");
    cph_report_add_input(page, &words, file);
    cph_report_add(&words, "--kind", "waterfall", "-o", page->picture);
    if (cph_report_count(file->info, "inputs") > MANY)
        cph_report_add(&words, "--rows", rows);
    bound(&words, samples, duration);
    json_decref(cph_report_draw(page, &figure, &words));
}

static void draw_eigenvalues(cph_report_page *page, const cph_report_file *file)
{
    static const cph_report_figure figure = {
        "Eigenvalues",
        "Eigenvalues of the covariance in decibels, largest first: those that the MDL rule counts "
        "as waves, and those of noise.",
        NULL};
    cph_report_words words = {.count = 0};
    const size_t elements = cph_report_count(file->info, "elements");
    if (elements > MOST_EIGEN) {
        cph_report_remark(page,
                          "Eigenvalues of more than %d elements take long: cophase plot FILE -o "
                          "eigenvalues.svg draws them.",
                          (int)MOST_EIGEN);
        return;
    }
    cph_report_add(&words, "plot");
    cph_report_add_input(page, &words, file);
    cph_report_add(&words, "-o", page->picture);
    json_t *const said = cph_report_draw(page, &figure, &words);
    const json_t *const spectrum = json_array_get(json_object_get(said, "spectra"), 0);
    if (spectrum != NULL)
        cph_report_remark(page, "Waves: %zu by MDL, %zu by AIC.", cph_report_count(spectrum, "mdl"),
                          cph_report_count(spectrum, "aic"));
    json_decref(said);
}

/* ---- the sky ---- */

static bool fits(const cph_report_page *page, const cph_report_file *file,
                 const cph_report_file *other)
{
    return cph_report_is_calibration(other, "receive") &&
           cph_report_count(other->info, "inputs") <= cph_report_count(file->info, "inputs") &&
           cph_report_is_for(page, other, file);
}

static bool is_placed(const cph_report_file *file)
{
    const json_t *const missing = json_object_get(file->info, "missing");
    for (size_t i = 0; i < json_array_size(missing); i++) {
        const char *const name = json_string_value(json_array_get(missing, i));
        if (strcmp(name, "positions") == 0 || strcmp(name, "frequency") == 0)
            return false;
    }
    return cph_report_count(file->info, "inputs") > 1;
}

static void put_peaks(cph_report_page *page, const json_t *said)
{
    const json_t *const peaks = json_object_get(said, "peaks");
    const json_t *const first = json_array_get(peaks, 0);
    if (first == NULL)
        return;
    cph_report_remark(page,
                      "Brightest at u %.4f, v %.4f (az %.2f\u00b0, el %.2f\u00b0 %s), snr %.3g.",
                      cph_report_tidy(cph_report_number(first, "u"), 4),
                      cph_report_tidy(cph_report_number(first, "v"), 4),
                      cph_report_tidy(cph_report_number(first, "az_deg"), 2),
                      cph_report_tidy(cph_report_number(first, "el_deg"), 2),
                      cph_report_frame(said), cph_report_number(first, "snr"));
}

static bool scan(cph_report_page *page, const cph_report_file *file, const cph_report_file *through,
                 size_t samples)
{
    char duration[32], title[300];
    cph_report_words words = {.count = 0};
    snprintf(title, sizeof title, "Sky%s%s", through != NULL ? " through " : ", not calibrated",
             through != NULL ? through->name : "");
    const cph_report_figure figure = {
        title,
        "A scan of a beam over the sky in direction cosines, colours by power; the brightest "
        "places are marked and listed.",
        NULL};
    cph_report_add(&words, "scan");
    cph_report_add_input(page, &words, file);
    if (through != NULL)
        cph_report_add(&words, "--calibration", through->path);
    cph_report_add(&words, "--plot", page->picture);
    bound(&words, samples, duration);
    json_t *const said = cph_report_draw(page, &figure, &words);
    if (said != NULL)
        put_peaks(page, said);
    json_decref(said);
    return said != NULL;
}

/* Through the calibration of the page that comes last of those that are for these data. */
static void draw_sky(cph_report_page *page, const cph_report_file *file, size_t samples)
{
    const cph_report_file *through = NULL;
    if (!is_placed(file)) {
        cph_report_remark(page, "No map of the sky: positions or the frequency are not known.");
        return;
    }
    for (size_t i = page->files; i-- > 0 && through == NULL;)
        if (fits(page, file, &page->file[i]))
            through = &page->file[i];
    if (through == NULL || !scan(page, file, through, samples))
        (void)scan(page, file, NULL, samples);
}

/* ---- kinds ---- */

void cph_report_capture(cph_report_page *page, const cph_report_file *file)
{
    const bool beams = strcmp(file->kind, "beams") == 0;
    const size_t samples = bounded(file), channels = cph_report_count(file->info, "channels");
    cph_report_facts_of(page, file);
    sum_up(page, file);
    fputs("<div class=\"plots\">\n<div>\n", page->body);
    draw_health(page, file);
    fputs("</div><div>\n", page->body);
    draw_waterfall(page, file, samples);
    fputs("</div>\n", page->body);
    if (!beams) {
        fputs("<div>\n", page->body);
        draw_sky(page, file, samples);
        fputs("</div>\n", page->body);
    }
    fputs("</div>\n", page->body);
    if (samples > 0)
        cph_report_remark(page, "Of this file the first %zu of %zu times are drawn (32 MiB).",
                          samples, cph_report_count(file->info, "times"));
    if (!beams && channels > 1 && is_placed(file))
        cph_report_remark(page, "The sky is of the first of %zu channels.", channels);
    cph_report_health_table(page, file);
}

void cph_report_covariance(cph_report_page *page, const cph_report_file *file)
{
    const size_t times = cph_report_count(file->info, "times"),
                 channels = cph_report_count(file->info, "channels");
    cph_report_facts_of(page, file);
    sum_up(page, file);
    fputs("<div class=\"plots\">\n<div>\n", page->body);
    draw_eigenvalues(page, file);
    fputs("</div><div>\n", page->body);
    draw_sky(page, file, 0);
    fputs("</div>\n", page->body);
    if (times > 1 || channels > 1) {
        fputs("<div>\n", page->body);
        draw_waterfall(page, file, 0);
        fputs("</div>\n", page->body);
    }
    fputs("</div>\n", page->body);
    if (times > 1 || channels > 1)
        cph_report_remark(page,
                          "Eigenvalues and sky are of the first of %zu dumps and of %zu "
                          "channels.",
                          times, channels);
    cph_report_health_table(page, file);
}
