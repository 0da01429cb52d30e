/* SPDX-License-Identifier: MIT */
#include "cli/doctor_report.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/doctor_words.h"
#include "cli/flagged.h"
#include "cli/geometry.h"

static const char *const verdict_names[] = {
    [CPH_DOCTOR_FITS] = "fits", [CPH_DOCTOR_OTHER] = "other", [CPH_DOCTOR_NOTHING] = "nothing"};
/* Conventions of one line, or of a verdict, in text. */
enum { NAMES = 3 };

bool cph_doctor_fits(const cph_doctor_finding *finding)
{
    return finding->result.verdict == CPH_DOCTOR_FITS && finding->swaps.count == 0;
}

static void name_of(const cph_doctor_finding *f, size_t row, char text[CPH_WORDS])
{
    cph_convention_name(&f->row[row].convention, f->selection->elements, f->readings, text);
}

static void remedy_of(const cph_doctor_finding *f, size_t row, char text[CPH_WORDS])
{
    cph_convention_remedy(&f->row[row].convention, f->selection->elements, f->readings, text);
}

static const cph_element *element_of(const cph_doctor_finding *f, const cph_doctor_swap *swap,
                                     size_t which)
{
    return &f->selection->array.element[swap->channel[which]];
}

/* ---- JSON ---- */

static json_t *names_of_group(const cph_doctor_finding *f, size_t head)
{
    json_t *list = json_array();
    char text[CPH_WORDS];
    for (size_t i = head + 1; i < f->result.rows && f->row[i].same_as == head; i++) {
        name_of(f, i, text);
        cph_json_append(list, cph_json_text(text));
    }
    return list;
}

static json_t *describe_row(const cph_doctor_finding *f, size_t i)
{
    const cph_doctor_row *row = &f->row[i];
    json_t *object = json_object();
    char text[CPH_WORDS];
    name_of(f, i, text);
    cph_json_set_text(object, "name", text);
    remedy_of(f, i, text);
    cph_json_set_text(object, "remedy", text[0] != '\0' ? text : NULL);
    cph_json_set(object, "same", names_of_group(f, row->same_as));
    cph_json_set_number(object, "explained_variance", row->explained);
    cph_json_set_number(object, "coherence", row->coherence);
    cph_json_set_number(object, "score", row->score);
    cph_json_set_number(object, "chance", row->chance);
    cph_json_set_number(object, "behind", row->behind);
    cph_json_set_number(object, "behind_sigma", row->behind_sigma);
    cph_json_set_number(object, "phase_rms_deg", row->phase_rms_rad * 180.0 / M_PI);
    cph_json_set_number(object, "phase_noise_deg",
                        row->phase_noise_rad > 0.0 ? row->phase_noise_rad * 180.0 / M_PI : NAN);
    cph_json_set(object, "fits", json_boolean(row->fits));
    return object;
}

static json_t *describe_swap(const cph_doctor_finding *f, const cph_doctor_swap *swap)
{
    json_t *object = json_object(), *elements = json_array(), *names = json_array();
    for (size_t i = 0; i < 2; i++) {
        const cph_element *element = element_of(f, swap, i);
        cph_json_append(elements, cph_json_count(element->number));
        cph_json_append(names, cph_json_text(element->name[0] != '\0' ? element->name : NULL));
    }
    cph_json_set(object, "elements", elements);
    cph_json_set(object, "names", names);
    cph_json_set_text(object, "what",
                      swap->either     ? "either"
                      : swap->of_gains ? "channels"
                                       : "positions");
    cph_json_set_number(object, "chi2_improvement", swap->improvement);
    cph_json_set_number(object, "chi2_remaining", swap->remaining);
    cph_json_set_number(object, "chance", swap->chance);
    return object;
}

static json_t *describe_finding(const cph_doctor_options *o, const cph_doctor_finding *f)
{
    const char polarization[] = {f->selection->polarization, '\0'};
    json_t *object = json_object(), *list = json_array(), *swaps = json_array();
    size_t listed = 0;
    for (size_t i = 0; i < f->result.rows && listed < o->list; i++)
        if (f->row[i].same_as == i) {
            cph_json_append(list, describe_row(f, i));
            listed++;
        }
    for (size_t i = 0; i < f->swaps.count; i++)
        cph_json_append(swaps, describe_swap(f, &f->swap[i]));
    cph_json_set_text(object, "polarization", polarization[0] != '\0' ? polarization : NULL);
    cph_json_set_number(object, "freq_hz", f->freq_hz);
    cph_json_set_number(object, "time_unix_s", f->time_unix_s);
    cph_json_set_count(object, "elements", f->selection->elements);
    cph_json_set_count(object, "used", f->result.used);
    cph_json_set(object, "flagged", json_incref(f->flagged));
    cph_json_set(object, "calibrated", json_boolean(f->calibrated));
    cph_json_set_count(object, "tried", f->result.rows);
    cph_json_set_number(object, "threshold_sigma", f->result.threshold);
    cph_json_set_text(object, "verdict", verdict_names[f->result.verdict]);
    cph_json_set(object, "as_given", describe_row(f, f->result.as_given));
    cph_json_set(object, "best", describe_row(f, f->result.best));
    cph_json_set(object, "conventions", list);
    cph_json_set(object, "swaps", swaps);
    cph_json_set_number(object, "swap_threshold", f->swaps.threshold);
    cph_json_set_number(object, "phase_sigma_deg", f->swaps.phase_sigma_rad * 180.0 / M_PI);
    return object;
}

static cph_exit print_json(const cph_doctor_options *o, const cph_input *input,
                           const cph_doctor_finding *finding, size_t count)
{
    const cph_array *array = &input->header->array;
    json_t *object = json_object(), *checks = json_array(), *sources = json_array();
    bool fits = true;
    for (size_t i = 0; i < count; i++) {
        cph_json_append(checks, describe_finding(o, &finding[i]));
        fits = fits && cph_doctor_fits(&finding[i]);
    }
    for (size_t s = 0; s < o->source.count; s++) {
        json_t *source = json_object();
        cph_json_set_text(source, "name", o->source.item[s].text);
        cph_json_set_direction(source, array, finding->readings->direction + 3 * s);
        cph_json_append(sources, source);
    }
    cph_json_set_text(object, "frame", cph_frame_of(array));
    cph_json_set(object, "sources", sources);
    cph_json_set(object, "fits", json_boolean(fits));
    cph_json_set(object, "checks", checks);
    return cph_json_print(&o->cli, object);
}

/* ---- text ---- */

/* What predicts the same as the row at the head of its group. */
static void print_group(const cph_doctor_finding *f, size_t head)
{
    char text[CPH_WORDS];
    size_t more = 0;
    for (size_t i = head + 1; i < f->result.rows && f->row[i].same_as == head; i++) {
        if (i - head > NAMES) {
            more++;
            continue;
        }
        name_of(f, i, text);
        printf("%39s= %s\n", "", text);
    }
    if (more > 0)
        printf("%39s= and %zu more\n", "", more);
}

static void print_table(const cph_doctor_options *o, const cph_doctor_finding *f)
{
    char text[CPH_WORDS];
    size_t listed = 0;
    puts("explained  coherence   chance  behind  convention (= predicts the same)");
    for (size_t i = 0; i < f->result.rows; i++) {
        const cph_doctor_row *row = &f->row[i];
        if (row->same_as != i || (listed >= o->list && i != f->result.as_given))
            continue;
        if (listed >= o->list)
            puts("      ...");
        listed++;
        name_of(f, i, text);
        printf("%9.4f  %9.3f  %7.1g  %6.1f  %s\n", row->explained, row->coherence, row->chance,
               row->behind_sigma, text);
        print_group(f, i);
    }
}

/* Other lines that these data do not tell from the row, on one line. */
static void print_rivals(const cph_doctor_finding *f, size_t row)
{
    char text[CPH_WORDS];
    size_t count = 0;
    for (size_t i = 0; i < f->result.rows; i++) {
        if (!f->row[i].fits || f->row[i].same_as != i || i == f->row[row].same_as)
            continue;
        if (count++ < NAMES) {
            name_of(f, i, text);
            printf("not told apart from: %s (%.1f sigma behind the best)\n", text,
                   f->row[i].behind_sigma);
        }
    }
    if (count > NAMES)
        printf("and %zu more\n", count - NAMES);
}

static void print_verdict(const cph_doctor_finding *f)
{
    const cph_doctor_row *best = &f->row[f->result.best];
    char text[CPH_WORDS];
    switch (f->result.verdict) {
    case CPH_DOCTOR_FITS:
        printf("verdict: the data fit as given%s\n",
               f->swaps.count > 0 ? ", but for elements that are swapped" : "");
        if (!best->fits)
            printf("something fits better, by %.1f sigma; below %.1f that may be chance\n",
                   best->behind_sigma, f->result.threshold);
        print_rivals(f, f->result.best);
        return;
    case CPH_DOCTOR_OTHER:
        name_of(f, f->result.best, text);
        printf("verdict: %s; it fits by %.1f sigma better than what was given\n", text,
               f->row[f->result.as_given].behind_sigma);
        remedy_of(f, f->result.best, text);
        printf("to mend it: %s\n", text);
        print_rivals(f, f->result.best);
        return;
    case CPH_DOCTOR_NOTHING:
        name_of(f, f->result.best, text);
        printf("verdict: nothing fits beyond chance (1 in 1000); best, at %.2g: %s\n", best->chance,
               text);
        printf("look at the source's direction, time and strength%s\n",
               f->calibrated ? ""
                             : ", or give --calibration: the elements may be far out of phase");
        return;
    }
}

static void print_swaps(const cph_doctor_finding *f)
{
    static const char *const what[] = {"data or positions", "positions", "data"};
    for (size_t i = 0; i < f->swaps.count; i++) {
        const cph_doctor_swap *swap = &f->swap[i];
        const cph_element *a = element_of(f, swap, 0), *b = element_of(f, swap, 1);
        printf("swapped: elements %u%s%s%s and %u%s%s%s (%s); chi-square falls by %.0f to %.1f, by "
               "chance by %.0f\n",
               a->number, a->name[0] != '\0' ? " (" : "", a->name, a->name[0] != '\0' ? ")" : "",
               b->number, b->name[0] != '\0' ? " (" : "", b->name, b->name[0] != '\0' ? ")" : "",
               what[swap->either ? 0 : 1 + (int)swap->of_gains], swap->improvement, swap->remaining,
               f->swaps.threshold);
    }
}

static void print_finding(const cph_doctor_options *o, const cph_input *input,
                          const cph_doctor_finding *f)
{
    const char polarization[] = {f->selection->polarization, '\0'};
    const bool enu = f->selection->array.frame != CPH_FRAME_ARRAY;
    printf("%s: %zu elements, %zu flagged, %.6g MHz%s%s, %s%s\n", o->cli.input,
           f->selection->elements, json_array_size(f->flagged), f->freq_hz * 1e-6,
           polarization[0] != '\0' ? ", polarisation " : "", polarization,
           f->calibrated ? "calibrated" : "not calibrated",
           enu ? "; x is east, y north, z up" : "");
    cph_flagged_print(f->flagged);
    printf("%zu conventions tried; chance: that elements of any phases fit one of them so well; "
           "behind: in sigma\n",
           f->result.rows);
    print_table(o, f);
    print_verdict(f);
    print_swaps(f);
    if (input->header->real_sampling)
        puts("real samples: each source has a mirror image, and conjugation changes nothing");
}

/* ---- both ---- */

static cph_exit complain(const cph_doctor_options *o, const cph_doctor_finding *f)
{
    const char polarization[] = {f->selection->polarization, '\0'};
    char text[CPH_WORDS];
    name_of(f, f->result.best, text);
    if (f->result.verdict == CPH_DOCTOR_OTHER)
        return cph_report_line(o->cli.name, CPH_EXIT_LIMIT, "%s%s%s: %s fits better than as given",
                               o->cli.input, polarization[0] != '\0' ? ": polarisation " : "",
                               polarization, text);
    if (f->result.verdict == CPH_DOCTOR_NOTHING)
        return cph_report_line(o->cli.name, CPH_EXIT_LIMIT, "%s%s%s: nothing fits beyond chance",
                               o->cli.input, polarization[0] != '\0' ? ": polarisation " : "",
                               polarization);
    return cph_report_line(o->cli.name, CPH_EXIT_LIMIT, "%s%s%s: %zu pair%s of elements swapped",
                           o->cli.input, polarization[0] != '\0' ? ": polarisation " : "",
                           polarization, f->swaps.count, f->swaps.count > 1 ? "s" : "");
}

cph_exit cph_doctor_print(const cph_doctor_options *options, const cph_input *input,
                          const cph_doctor_finding *finding, size_t count)
{
    cph_exit code = CPH_EXIT_DONE;
    if (options->cli.json) {
        code = print_json(options, input, finding, count);
    } else {
        for (size_t i = 0; i < count; i++)
            print_finding(options, input, &finding[i]);
        code = cph_stdout_check(&options->cli);
    }
    for (size_t i = 0; i < count && code == CPH_EXIT_DONE; i++)
        if (!cph_doctor_fits(&finding[i]))
            code = complain(options, &finding[i]);
    return code;
}
