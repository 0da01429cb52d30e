/* SPDX-License-Identifier: MIT */
/* What `cophase doa` says: text, JSON, a table. */
#include <math.h>
#include <stdio.h>

#include "cli/doa_find.h"
#include "cli/flagged.h"
#include "cli/geometry.h"
#include "cli/text_output.h"

static const double degree = M_PI / 180.0;

/* Eigenvalues that a line of text shows. */
enum { MOST_SHOWN = 16 };

void cph_doa_describe(const cph_input *input, const cph_doa_found *made, size_t size, char *text)
{
    const char polarization[] = {made->selection->polarization, '\0'};
    snprintf(text, size, "%.6g MHz%s%s, %s", made->dump.freq_hz * 1e-6,
             polarization[0] != '\0' ? ", polarisation " : "", polarization,
             input->has_calibration ? "calibrated" : "not calibrated");
}

static double decibel(double ratio)
{
    return 10.0 * log10(ratio);
}

/* ---- text ---- */

static void print_counts(const cph_doa_options *o, const cph_doa_found *made)
{
    static const char *const rules[CPH_DOA_RULES] = {[CPH_DOA_AIC] = "AIC", [CPH_DOA_MDL] = "MDL"};
    printf("%zu sources (%s", made->sources, o->sources > 0 ? "as asked for" : rules[o->rule]);
    for (cph_doa_rule rule = 0; rule < CPH_DOA_RULES; rule++)
        if (made->has_count[rule] && (o->sources > 0 || rule != o->rule))
            printf("; %s counts %zu", rules[rule], made->count[rule]);
    if (made->dump.samples > 0.0)
        printf("; %.0f snapshots", made->dump.samples);
    puts(")");
}

static void print_eigenvalues(const cph_doa_found *made)
{
    size_t live = 0;
    const double *value = cph_doa_eigenvalues(made->averaged, &live);
    const double middle = value[live - 1 - (live - 1 - made->sources) / 2];
    printf("eigenvalues, dB over the noise's:");
    for (size_t k = 0; k < live && k < MOST_SHOWN; k++)
        printf("%s %.1f", k > 0 && k == made->sources ? " |" : "", decibel(value[k] / middle));
    puts(live > MOST_SHOWN ? " ..." : "");
}

cph_exit cph_doa_print_text(const cph_doa_options *o, const cph_input *input,
                            const cph_doa_found *made)
{
    const cph_array *array = &input->header->array;
    char what[100];
    cph_doa_describe(input, made, sizeof what, what);
    printf("%s: %zu elements, %zu flagged, %s\n", o->cli.input, made->selection->elements,
           json_array_size(made->flagged), what);
    cph_flagged_print(made->flagged);
    print_counts(o, made);
    print_eigenvalues(made);
    if (made->found > 0)
        printf("%6s  %9s  %8s  %8s  %8s  %9s  %9s  %7s   (%s, %s frame)\n", "source", "az deg",
               "el deg", "u", "v", "sigma deg", "power dB", "snr dB", cph_doa_way_name(o->way),
               cph_frame_of(array));
    for (size_t s = 0; s < made->found; s++) {
        const cph_doa_estimate *e = &made->estimate[s];
        double az, el;
        cph_direction_angles(array, e->direction, &az, &el);
        printf("%6zu  %9.4f  %8.4f  %8.5f  %8.5f  ", s + 1, az, el, e->direction[0],
               e->direction[1]);
        if (isfinite(e->sigma))
            printf("%9.2g  ", e->sigma / degree);
        else
            printf("%9s  ", "?");
        printf("%9.2f  %7.2f\n", decibel(e->power), decibel(e->snr));
    }
    for (size_t i = 0; i < json_array_size(made->remarks); i++)
        puts(json_string_value(json_array_get(made->remarks, i)));
    return cph_stdout_check(&o->cli);
}

/* ---- JSON ---- */

static json_t *json_of_estimate(const cph_array *array, const cph_doa_estimate *e)
{
    json_t *source = json_object();
    cph_json_set_direction(source, array, e->direction);
    cph_json_set_number(source, "sigma_deg", e->sigma / degree);
    cph_json_set_number(source, "sigma_u", sqrt(e->covariance[0]));
    cph_json_set_number(source, "sigma_v", sqrt(e->covariance[2]));
    cph_json_set_number(source, "conditional_sigma_deg", e->conditional_sigma / degree);
    cph_json_set_number(source, "power", e->power);
    cph_json_set_number(source, "snr", e->snr);
    cph_json_set_number(source, "correlation", e->correlation);
    return source;
}

static void set_count(json_t *object, const char *key, const cph_doa_found *made, cph_doa_rule rule)
{
    cph_json_set(object, key,
                 made->has_count[rule] ? cph_json_count(made->count[rule]) : json_null());
}

cph_exit cph_doa_print_json(const cph_doa_options *o, const cph_input *input,
                            const cph_doa_found *made)
{
    const cph_array *array = &input->header->array;
    const char polarization[] = {made->selection->polarization, '\0'};
    json_t *object = json_object(), *sources = json_array(), *values = json_array();
    size_t live = 0;
    const double *value = cph_doa_eigenvalues(made->averaged, &live);
    for (size_t k = 0; k < live; k++)
        cph_json_append(values, cph_json_number(value[k]));
    for (size_t s = 0; s < made->found; s++)
        cph_json_append(sources, json_of_estimate(array, &made->estimate[s]));
    cph_json_set_text(object, "frame", cph_frame_of(array));
    cph_json_set_text(object, "method", cph_doa_way_name(o->way));
    cph_json_set_text(object, "polarization", polarization[0] != '\0' ? polarization : NULL);
    cph_json_set_number(object, "freq_hz", made->dump.freq_hz);
    cph_json_set_number(object, "time_unix_s", made->dump.time_unix_s);
    cph_json_set_count(object, "elements", made->selection->elements);
    cph_json_set_count(object, "used", made->selection->elements - json_array_size(made->flagged));
    cph_json_set(object, "flagged", json_incref(made->flagged));
    cph_json_set(object, "calibrated", json_boolean(input->has_calibration));
    cph_json_set(object, "mirrored", json_boolean(input->header->real_sampling));
    cph_json_set_number(object, "samples", made->dump.samples > 0.0 ? made->dump.samples : NAN);
    cph_json_set(object, "eigenvalues", values);
    set_count(object, "aic", made, CPH_DOA_AIC);
    set_count(object, "mdl", made, CPH_DOA_MDL);
    cph_json_set_count(object, "sources_count", made->sources);
    cph_json_set_number(object, "noise", made->found > 0 ? made->level : NAN);
    cph_json_set(object, "sources", sources);
    if (o->way == CPH_WAY_ML)
        cph_json_set_count(object, "iterations", made->iterations);
    cph_json_set(object, "remarks", json_incref(made->remarks));
    cph_json_set_text(object, "csv", o->csv);
    cph_json_set_text(object, "plot", o->cli.plot);
    return cph_json_print(&o->cli, object);
}

/* ---- a table ---- */

cph_status cph_doa_write_csv(const char *path, const char *const *inputs, const cph_input *input,
                             const cph_doa_found *made, cph_error *error)
{
    cph_text_output output;
    const cph_status status = cph_text_open(&output, path, inputs, error);
    if (status != CPH_OK)
        return status;
    fprintf(output.file, "source,frame,az_deg,el_deg,u,v,sigma_deg,sigma_u,sigma_v,"
                         "conditional_sigma_deg,power,snr,correlation\n");
    for (size_t s = 0; s < made->found; s++) {
        const cph_doa_estimate *e = &made->estimate[s];
        double az, el;
        cph_direction_angles(&input->header->array, e->direction, &az, &el);
        fprintf(output.file, "%zu,%s,%.9f,%.9f,%.12g,%.12g", s + 1,
                cph_frame_of(&input->header->array), az, el, e->direction[0], e->direction[1]);
        const double rest[] = {e->sigma / degree,
                               sqrt(e->covariance[0]),
                               sqrt(e->covariance[2]),
                               e->conditional_sigma / degree,
                               e->power,
                               e->snr,
                               e->correlation};
        for (size_t k = 0; k < sizeof rest / sizeof *rest; k++)
            if (isfinite(rest[k]))
                fprintf(output.file, ",%.9g", rest[k]);
            else
                putc(',', output.file);
        putc('\n', output.file);
    }
    return cph_text_commit(&output, error);
}
