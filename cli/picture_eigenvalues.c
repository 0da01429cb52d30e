/* SPDX-License-Identifier: MIT */
/* The eigenvalues of a covariance, those of waves apart from those of noise. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/picture.h"
#include "cli/plot/plot.h"
#include "cli/scan_look.h"

enum { MOST_LOOKS = 2 };

/* One polarisation. */
typedef struct spectrum {
    cph_scan_look look;
    size_t live;
    double *rank, *decibel; /* [live] from 1 on; largest first */
    bool counted[CPH_DOA_RULES];
    size_t count[CPH_DOA_RULES];
    double noise; /* mean of those that are not counted as waves; NaN */
    char wave_name[64], noise_name[64];
} spectrum;

static void spectrum_free(spectrum *s)
{
    cph_scan_look_free(&s->look);
    free(s->rank);
    free(s->decibel);
}

/* Eigenvalues do not depend on where elements stand: any places do for cph_doa. */
static cph_doa *decompose(const spectrum *s, cph_error *error)
{
    const size_t n = s->look.selection->elements;
    double *place = calloc(n, 3 * sizeof *place);
    cph_doa *doa = NULL;
    if (place == NULL) {
        snprintf(error->message, sizeof error->message, "out of memory");
        error->status = CPH_ERR_MEMORY;
        return NULL;
    }
    for (size_t i = 0; i < n; i++)
        place[3 * i] = (double)i;
    const cph_doa_config config = {.elements = n,
                                   .position = place,
                                   .freq_hz = CPH_SPEED_OF_LIGHT,
                                   .covariance = s->look.dump.r,
                                   .ld = n,
                                   .flag = s->look.flag,
                                   .samples = s->look.dump.samples,
                                   .values_only = true};
    const cph_status status = cph_doa_create(&config, &doa, error);
    free(place);
    return status == CPH_OK ? doa : NULL;
}

static cph_exit measure(const cph_picture_options *o, spectrum *s)
{
    const char polarization = s->look.selection->polarization;
    const char before[] = {polarization, polarization != 0 ? ' ' : '\0', '\0'};
    cph_error error = {.status = CPH_OK}, quiet;
    if (!s->look.dump.has_diagonal)
        return cph_report_line(o->cli.name, CPH_EXIT_INPUT,
                               "%s: /covariance has no diagonal; its eigenvalues need one",
                               o->cli.input);
    cph_doa *doa = decompose(s, &error);
    if (doa == NULL)
        return cph_report_line(o->cli.name, cph_exit_of(error.status), "%s: %s", o->cli.input,
                               error.message);
    const double *value = cph_doa_eigenvalues(doa, &s->live);
    for (cph_doa_rule rule = 0; rule < CPH_DOA_RULES; rule++)
        s->counted[rule] = cph_doa_count(doa, rule, &s->count[rule], &quiet) == CPH_OK;
    const size_t waves = s->counted[CPH_DOA_MDL] ? s->count[CPH_DOA_MDL] : 0;
    s->rank = calloc(s->live + 1, sizeof *s->rank);
    s->decibel = calloc(s->live + 1, sizeof *s->decibel);
    s->noise = s->counted[CPH_DOA_MDL] ? 0.0 : NAN;
    for (size_t k = 0; s->rank != NULL && s->decibel != NULL && k < s->live; k++) {
        s->rank[k] = (double)k + 1.0;
        s->decibel[k] = 10.0 * log10(value[k]);
        if (k >= waves)
            s->noise += value[k] / (double)(s->live - waves);
    }
    cph_doa_destroy(doa);
    snprintf(s->wave_name, sizeof s->wave_name, "%s%zu wave%s (MDL)", before, waves,
             waves == 1 ? "" : "s");
    snprintf(s->noise_name, sizeof s->noise_name, "%s%s", before,
             s->counted[CPH_DOA_MDL] ? "noise" : "eigenvalues");
    return s->rank != NULL && s->decibel != NULL ? CPH_EXIT_DONE : cph_report_memory(o->cli.name);
}

/* ---- told ---- */

static json_t *json_of(const spectrum *s)
{
    const char polarization[] = {s->look.selection->polarization, '\0'};
    static const char *const rules[CPH_DOA_RULES] = {[CPH_DOA_AIC] = "aic", [CPH_DOA_MDL] = "mdl"};
    json_t *one = json_object(), *list = json_array();
    for (size_t k = 0; k < s->live; k++)
        cph_json_append(list, cph_json_number(pow(10.0, 0.1 * s->decibel[k])));
    cph_json_set_text(one, "polarization", polarization[0] != '\0' ? polarization : NULL);
    cph_json_set_count(one, "elements", s->look.selection->elements);
    cph_json_set_count(one, "used", s->live);
    cph_json_set_number(one, "samples", s->look.dump.samples > 0.0 ? s->look.dump.samples : NAN);
    for (cph_doa_rule rule = 0; rule < CPH_DOA_RULES; rule++)
        cph_json_set(one, rules[rule],
                     s->counted[rule] ? cph_json_count(s->count[rule]) : json_null());
    cph_json_set_number(one, "noise", s->noise);
    cph_json_set(one, "eigenvalues", list);
    return one;
}

static void print(const spectrum *s)
{
    printf("%s%zu of %zu elements, eigenvalues from %.2f to %.2f dB",
           s->look.selection->polarization == 'X'   ? "X: "
           : s->look.selection->polarization == 'Y' ? "Y: "
                                                    : "",
           s->live, s->look.selection->elements, s->decibel[s->live - 1], s->decibel[0]);
    if (s->counted[CPH_DOA_MDL])
        printf("; %zu wave%s by MDL, %zu by AIC, noise %.2f dB", s->count[CPH_DOA_MDL],
               s->count[CPH_DOA_MDL] == 1 ? "" : "s", s->count[CPH_DOA_AIC],
               10.0 * log10(s->noise));
    putchar('\n');
}

/* ---- drawn ---- */

static cph_exit draw(const cph_picture_options *o, const spectrum *s, size_t spectra)
{
    cph_curve curve[2 * MOST_LOOKS];
    char subtitle[400];
    cph_error error = {.status = CPH_OK};
    size_t curves = 0, most = 1;
    for (size_t i = 0; i < spectra; i++) {
        const size_t waves = s[i].counted[CPH_DOA_MDL] ? s[i].count[CPH_DOA_MDL] : 0;
        if (waves > 0)
            curve[curves++] = (cph_curve){.name = s[i].wave_name,
                                          .points = waves,
                                          .x = s[i].rank,
                                          .y = s[i].decibel,
                                          .dots = true};
        if (waves < s[i].live)
            curve[curves++] = (cph_curve){.name = s[i].noise_name,
                                          .points = s[i].live - waves,
                                          .x = s[i].rank + waves,
                                          .y = s[i].decibel + waves,
                                          .dots = true};
        most = s[i].live > most ? s[i].live : most;
    }
    snprintf(subtitle, sizeof subtitle, "%s, %.6g MHz", cph_picture_subject(o),
             1e-6 * s[0].look.dump.freq_hz);
    const bool level = spectra == 1 && s[0].noise > 0.0;
    const cph_curve_plot plot = {.title = "Eigenvalues of the covariance",
                                 .subtitle = subtitle,
                                 .x_label = "Eigenvalue, largest first",
                                 .y_label = "Power (dB)",
                                 .x_low = 0.0,
                                 .x_high = (double)most + 1.0,
                                 .counts = true,
                                 .y_least = 100.0,
                                 .curves = curves,
                                 .curve = curve,
                                 .level = level ? 10.0 * log10(s[0].noise) : NAN,
                                 .level_name = "mean of the noise"};
    return cph_plot_curves(o->cli.output, &plot, &error) == CPH_OK
               ? CPH_EXIT_DONE
               : cph_report(o->cli.name, &error);
}

cph_exit cph_picture_eigenvalues(const cph_picture_options *o, const cph_input *input,
                                 json_t *object)
{
    spectrum s[MOST_LOOKS] = {{.live = 0}};
    json_t *flagged = json_array(), *list = json_array();
    size_t spectra = 0;
    cph_exit code = cph_input_check_indices(input, o->time, o->channel);
    for (size_t i = 0; i < input->selections && code == CPH_EXIT_DONE; i++) {
        if (!cph_input_wanted(input, &input->selection[i]))
            continue;
        spectrum *one = &s[spectra++];
        code = cph_scan_look_open(input, &input->selection[i], o->time, o->channel, flagged,
                                  &one->look);
        if (code == CPH_EXIT_DONE)
            code = measure(o, one);
    }
    if (code == CPH_EXIT_DONE)
        code = draw(o, s, spectra);
    for (size_t i = 0; i < spectra && code == CPH_EXIT_DONE; i++) {
        cph_json_append(list, json_of(&s[i]));
        if (!o->cli.json)
            print(&s[i]);
    }
    cph_json_set_number(object, "freq_hz", s[0].look.dump.freq_hz);
    cph_json_set_number(object, "time_unix_s", s[0].look.dump.time_unix_s);
    cph_json_set(object, "flagged", flagged);
    cph_json_set(object, "spectra", list);
    for (size_t i = 0; i < spectra; i++)
        spectrum_free(&s[i]);
    return code;
}
