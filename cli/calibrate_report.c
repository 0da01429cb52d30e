/* SPDX-License-Identifier: MIT */
#include "cli/calibrate_report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/calibrate_effect.h"
#include "cli/calibrate_method.h"
#include "cli/fill_channels.h"
#include "cli/flagged.h"
#include "cli/geometry.h"

/* A source is missing in the model where the residuals hold something more coherent than noise of
 * their size (excess), that noise of the known size does not explain (chi2), and that is strong
 * against the data (share) or nearly all that is left (coherent: products of complete models'
 * sources leave pairs of eigenvalues, which is half at most). */
static const double missing_excess = 1.5, missing_chi2 = 2.0, missing_share = 0.2,
                    missing_coherent = 0.6;
static const double noise_chance = 5.0, noise_least = 0.5;

/* ---- remarks ---- */

static bool is_failed(const cph_calibrate_row *row)
{
    return row->error.status != CPH_OK;
}

static bool is_unconverged(const cph_calibrate_row *row)
{
    return !is_failed(row) && row->found.stop != CPH_STOP_CONVERGED;
}

/* Of the squared residuals, the share of their largest eigenvalue. */
static double coherent_share(const cph_calibrate_row *row)
{
    const double excess = row->found.residual_excess;
    return 4.0 * excess * excess / (double)(row->selection->elements - row->flagged);
}

static bool is_incomplete(const cph_calibrate_row *row)
{
    const cph_gain_solution *found = &row->found;
    return !is_failed(row) && found->residual_excess > missing_excess &&
           !(found->chi2_dof < missing_chi2) &&
           (found->second_eigenvalue > missing_share || coherent_share(row) > missing_coherent);
}

/* Chi-square so far beyond its expectation, in standard deviations and by its size (errors of few
 * samples are not quite normal), is no noise. NaN: the noise is not known. */
static double beyond_noise(const cph_calibrate_row *row)
{
    const double chi2 = row->found.chi2_dof, dof = row->found.dof;
    if (is_failed(row) || isnan(chi2) || !(dof > 0.0))
        return NAN;
    return chi2 > 1.0 + fmax(noise_chance * sqrt(2.0 / dof), noise_least) ? 1.0 : 0.0;
}

static void why_failed(const cph_calibrate_row *row, size_t size, char *text)
{
    snprintf(text, size, "no solution: %s", row->error.message);
}

static void why_unconverged(const cph_calibrate_row *row, size_t size, char *text)
{
    snprintf(text, size, "not converged: %s after %u iterations", cph_stop_name(row->found.stop),
             row->found.iterations);
}

static void why_incomplete(const cph_calibrate_row *row, size_t size, char *text)
{
    snprintf(text, size,
             "the model lacks a source %.1f dB below the strongest, or extended emission: give "
             "another --source, or leave short baselines out (--min-baseline)",
             -10.0 * log10(row->found.second_eigenvalue));
}

static bool is_remarkable(const cph_calibrate_row *row)
{
    return row->remark[0] != '\0';
}

static void why_remarkable(const cph_calibrate_row *row, size_t size, char *text)
{
    snprintf(text, size, "%s", row->remark);
}

static const struct {
    bool (*holds)(const cph_calibrate_row *row);
    void (*why)(const cph_calibrate_row *row, size_t size, char *text);
} remarks[] = {{is_failed, why_failed},
               {is_unconverged, why_unconverged},
               {is_incomplete, why_incomplete},
               {is_remarkable, why_remarkable}};

void cph_calibrate_remark(const cph_calibrate_options *options, const cph_calibrated *made)
{
    for (size_t k = 0; k < sizeof remarks / sizeof remarks[0] && !options->cli.quiet; k++) {
        const cph_calibrate_row *first = NULL;
        size_t count = 0;
        for (size_t i = 0; i < made->rows; i++) {
            if (!remarks[k].holds(&made->row[i]))
                continue;
            first = count++ == 0 ? &made->row[i] : first;
        }
        if (first == NULL)
            continue;
        char why[sizeof first->error.message + 40], name[80], more[60] = "";
        remarks[k].why(first, sizeof why, why);
        cph_calibrate_row_name(made, first, sizeof name, name);
        if (count > 1)
            snprintf(more, sizeof more, " (and %zu more of %zu solutions)", count - 1, made->rows);
        (void)cph_report_line(options->cli.name, CPH_EXIT_DONE, "%s%s%s%s", name,
                              name[0] != '\0' ? ": " : "", why, more);
    }
}

/* ---- results ---- */

/* Elements without a gain in some solution, why in the first such one, and in how many. */
static json_t *list_flagged(const cph_calibration *c)
{
    const size_t n = c->array.elements, solutions = c->times * c->channels;
    json_t *list = json_array();
    unsigned char *flag = calloc(n, 1);
    size_t *count = calloc(n, sizeof *count), at = 0;
    if (flag == NULL || count == NULL)
        exit(cph_report_memory("cophase"));
    for (size_t i = 0; i < solutions * n; i++) {
        if (c->flag[i] == CPH_FLAG_NONE)
            continue;
        if (count[i % n]++ == 0)
            flag[i % n] = c->flag[i];
    }
    (void)cph_flagged_append(list, &c->array, flag);
    for (size_t i = 0; i < n; i++)
        if (flag[i] != CPH_FLAG_NONE)
            cph_json_set_count(json_array_get(list, at++), "solutions", count[i]);
    free(flag);
    free(count);
    return list;
}

static json_t *list_sources(const cph_calibrate_options *o, const cph_calibrated *made)
{
    json_t *list = json_array();
    for (size_t i = 0; i < o->sources; i++) {
        json_t *source = json_object();
        cph_json_set_text(source, "name", o->direction[i].text);
        cph_json_set_direction(source, &made->calibration.array, made->direction + 3 * i);
        cph_json_append(list, source);
    }
    return list;
}

static json_t *describe_row(const cph_calibrate_options *o, const cph_calibrated *made,
                            const cph_calibrate_row *row)
{
    const cph_calibrate_effect effect = cph_calibrate_effect_of(made, row);
    const char polarization[] = {row->selection->polarization, '\0'};
    const cph_gain_solution *found = &row->found;
    json_t *object = json_object(), *fluxes = json_array();
    cph_json_set_number(object, "freq_hz", row->freq_hz);
    cph_json_set_count(object, "channel", row->channel);
    cph_json_set_count(object, "time", row->time);
    cph_json_set_number(object, "time_unix_s", row->time_unix_s);
    cph_json_set_text(object, "polarization", polarization[0] != '\0' ? polarization : NULL);
    cph_json_set_count(object, "flagged", row->flagged);
    const double beyond = beyond_noise(row);
    cph_json_set(object, "chi2_beyond_noise",
                 isnan(beyond) ? json_null() : json_boolean(beyond > 0.0));
    cph_json_set_text(object, "error", is_failed(row) ? row->error.message : NULL);
    cph_json_set_text(object, "stop", is_failed(row) ? "failed" : cph_stop_name(found->stop));
    const double unknown = is_failed(row) ? NAN : 0.0;
    cph_json_set_count(object, "iterations", found->iterations);
    cph_json_set_count(object, "baselines", found->baselines);
    const struct {
        const char *key;
        double value;
    } numbers[] = {{"explained_variance_before", found->explained_before},
                   {"explained_variance_after", found->explained_after},
                   {"chi2_dof", found->chi2_dof},
                   {"dof", found->dof},
                   {"phase_sigma_deg", row->phase_sigma_deg},
                   {"amplitude_sigma", row->amplitude_sigma},
                   {"second_eigenvalue", found->second_eigenvalue},
                   {"residual_excess", found->residual_excess}};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        cph_json_set_number(object, numbers[i].key, numbers[i].value + unknown);
    for (size_t i = 0; i < o->sources; i++)
        cph_json_append(fluxes, cph_json_number(found->flux[i] + unknown));
    cph_json_set(object, "fluxes", fluxes);
    cph_json_set(object, "effect", cph_calibrate_effect_json(&effect));
    if (row->extra != NULL)
        cph_json_set(object, o->method->name, json_incref(row->extra));
    return object;
}

/* Dumps of channels that were looked at, for all polarisations. */
static size_t count_dumps(const cph_calibrated *made)
{
    return made->rows / made->times * made->grid.items;
}

static json_t *describe_interference(const cph_calibrate_options *o, const cph_calibrated *made)
{
    json_t *object = json_object();
    cph_json_set_number(object, "threshold_sigma", o->grid.threshold);
    cph_json_set_count(object, "left_out", made->grid.skipped);
    cph_json_set_count(object, "dumps", count_dumps(made));
    return object;
}

static cph_exit print_json(const cph_calibrate_options *o, const cph_calibrated *made,
                           json_t *flagged)
{
    const cph_array *array = &made->calibration.array;
    json_t *object = json_object(), *channels = json_array();
    for (size_t i = 0; i < made->rows; i++)
        cph_json_append(channels, describe_row(o, made, &made->row[i]));
    cph_json_set_text(object, "frame", cph_frame_of(array));
    cph_json_set_count(object, "elements", array->elements);
    cph_json_set(object, "flagged", flagged);
    cph_json_set(object, "sources", list_sources(o, made));
    cph_json_set(object, "channels", channels);
    cph_json_set(object, "filled", cph_fill_channels_json(o, made));
    cph_json_set_text(object, "method", o->method->name);
    if (made->grid.skip != NULL)
        cph_json_set(object, "interference", describe_interference(o, made));
    cph_json_set_text(object, "gauge", made->calibration.gauge);
    cph_json_set_text(object, "output", o->cli.output);
    cph_json_set_text(object, "plot", o->cli.plot);
    return cph_json_print(&o->cli, object);
}

/* "-" for what there is not. */
static const char *number(const char *format, double value, char text[16])
{
    snprintf(text, 16, format, value);
    return isnan(value) ? "-" : text;
}

/* Of what is told to 3 places, without the sign of a rounding error. */
static double unsigned_zero(double value)
{
    return fabs(value) < 5e-4 ? 0.0 : value;
}

static void print_row(const cph_calibrated *made, const cph_calibrate_row *row)
{
    const cph_calibrate_effect effect = cph_calibrate_effect_of(made, row);
    const char polarization[] = {row->selection->polarization, '\0'};
    const cph_gain_solution *found = &row->found;
    char text[6][16];
    printf("%-3s  %5zu  %7zu  %11.4f  ", polarization, row->time, row->channel,
           row->freq_hz * 1e-6);
    if (is_failed(row))
        printf("%s\n", row->error.message);
    else
        printf("%7zu  %6s  %6s  %8s  %9s  %9s  %8s  %10u  %s%s\n", row->flagged,
               number("%.3f", unsigned_zero(found->explained_before), text[0]),
               number("%.3f", unsigned_zero(found->explained_after), text[1]),
               number("%.3g", found->chi2_dof, text[2]),
               number("%.3g", row->phase_sigma_deg, text[3]),
               number("%.3g", row->amplitude_sigma, text[4]),
               number("%.2f", effect.floor_db, text[5]), found->iterations,
               cph_stop_name(found->stop), beyond_noise(row) > 0.0 ? ", chi2 beyond noise" : "");
}

/* What the method says of a polarisation; of which, where there are two. */
static void print_line(const cph_calibrated *made, const cph_calibrate_row *row)
{
    if (row->line[0] == '\0')
        return;
    if (row->selection->elements < made->calibration.array.elements)
        printf("%c: ", row->selection->polarization);
    puts(row->line);
}

static cph_exit print_text(const cph_calibrate_options *o, const cph_calibrated *made,
                           json_t *flagged)
{
    printf("%s: %zu elements (%zu flagged), %zu dumps, %zu channels\n", o->cli.output,
           made->calibration.array.elements, json_array_size(flagged), made->times, made->channels);
    if (made->grid.skip != NULL)
        printf("interference: %zu of %zu dumps and channels left out\n", made->grid.skipped,
               count_dumps(made));
    cph_flagged_print(flagged);
    json_decref(flagged);
    if (made->calibration.filled != NULL)
        printf("%zu gains filled across gaps up to %.6g MHz, %zu left\n", made->filled.gains,
               o->fill_gap_hz * 1e-6, made->filled.left);
    printf("%-37s explained variance %10s %s\n", "", "", "standard errors");
    puts("pol   time  channel          MHz  flagged  before   after  chi2/dof  phase deg  amplitude"
         "  floor dB  iterations  stop");
    for (size_t i = 0; i < made->rows; i++)
        print_row(made, &made->row[i]);
    for (size_t i = 0; i < made->rows; i++)
        if (i == 0 || made->row[i].selection != made->row[i - 1].selection)
            print_line(made, &made->row[i]);
    if (o->cli.plot != NULL)
        printf("%s\n", o->cli.plot);
    return cph_stdout_check(&o->cli);
}

cph_exit cph_calibrate_print(const cph_calibrate_options *options, const cph_calibrated *made)
{
    json_t *flagged = list_flagged(&made->calibration);
    return options->cli.json ? print_json(options, made, flagged)
                             : print_text(options, made, flagged);
}
