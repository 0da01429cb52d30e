/* SPDX-License-Identifier: MIT */
/* What is said of adaptive weights. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/adapt.h"

static bool is_robust(const cph_method *method)
{
    return method->kind == CPH_METHOD_ROBUST_CAPON || method->kind == CPH_METHOD_WHITE_NOISE;
}

static bool is_loaded(const cph_method *method)
{
    return method->kind != CPH_METHOD_SUBSPACE && !cph_method_tracks(method->kind);
}

void cph_adapted_free(cph_adapted *adapted)
{
    for (size_t b = 0; adapted->beam != NULL && b < adapted->beams; b++) {
        free(adapted->beam[b].digital);
        free(adapted->beam[b].analogue);
    }
    free(adapted->beam);
    free(adapted->group);
    *adapted = (cph_adapted){0};
}

void cph_adapted_json(const cph_method *method, const cph_adapted *adapted, json_t *object)
{
    cph_json_set_number(object, "samples", adapted->samples);
    if (method->kind == CPH_METHOD_SUBSPACE)
        cph_json_set_count(object, "waves", adapted->waves);
    if (adapted->dimensions > 0)
        cph_json_set_count(object, method->beamspace > 0 ? "beamspace" : "subarrays",
                           adapted->dimensions);
    if (!is_loaded(method))
        return;
    json_t *loading = json_object();
    cph_json_set_text(loading, "kind", cph_loading_name(method->loading.kind));
    cph_json_set_number(loading, "rho", adapted->rho);
    cph_json_set_number(loading, "load", adapted->load);
    cph_json_set(object, "loading", loading);
}

static double curve_db(const cph_adapted *adapted, size_t b, size_t tenth)
{
    return 10.0 * log10(adapted->beam[b].output[tenth]);
}

/* "-1.2 dB", or "-" of a tenth that no sample fell in. */
static const char *curve_text(const cph_adapted *adapted, size_t b, size_t tenth, char text[16])
{
    const double level_db = curve_db(adapted, b, tenth);
    if (isnan(level_db))
        return "-";
    snprintf(text, 16, "%.1f dB", level_db);
    return text;
}

static void set_polar(json_t *object, cph_c64 w)
{
    cph_json_set_number(object, "amplitude", hypot(w.re, w.im));
    cph_json_set_number(object, "phase_deg", atan2(w.im, w.re) * 180.0 / M_PI);
}

/* Both levels: subarrays with their weight, and each element's own before it. */
static json_t *list_levels(const cph_adapted *adapted, const cph_adapted_beam *beam)
{
    json_t *list = json_array();
    for (size_t m = 0; m < adapted->groups; m++) {
        json_t *one = json_object(), *elements = json_array();
        cph_json_set_count(one, "subarray", m);
        set_polar(one, beam->digital[m]);
        for (size_t e = 0; e < adapted->elements; e++) {
            const cph_c64 w = beam->analogue[e];
            if (adapted->group[e] != m || (w.re == 0.0 && w.im == 0.0))
                continue;
            json_t *element = json_object();
            cph_json_set_count(element, "element", e);
            set_polar(element, w);
            cph_json_append(elements, element);
        }
        cph_json_set(one, "elements", elements);
        cph_json_append(list, one);
    }
    return list;
}

void cph_adapted_json_beam(const cph_method *method, const cph_adapted *adapted, size_t b,
                           json_t *beam)
{
    if (is_robust(method))
        cph_json_set_number(beam, "load", adapted->beam[b].load);
    if (method->kind == CPH_METHOD_SUBSPACE)
        cph_json_set_count(beam, "waves_kept", adapted->beam[b].kept);
    if (adapted->beam[b].digital != NULL)
        cph_json_set(beam, "levels", list_levels(adapted, &adapted->beam[b]));
    if (!cph_method_tracks(method->kind))
        return;
    json_t *learning = json_object(), *curve = json_array();
    for (size_t i = 0; i < CPH_CURVE; i++)
        cph_json_append(curve, cph_json_number(curve_db(adapted, b, i)));
    cph_json_set(learning, "output_db", curve);
    cph_json_set_number(learning, "end_db", curve_db(adapted, b, CPH_CURVE - 1));
    cph_json_set(beam, "learning", learning);
}

void cph_adapted_print(const cph_method *method, const cph_adapted *adapted)
{
    printf("%s  %.0f samples", cph_method_name(method->kind), adapted->samples);
    if (method->kind == CPH_METHOD_SUBSPACE)
        printf("  %zu waves", adapted->waves);
    if (is_loaded(method))
        printf("  loading %s  rho %.4g  load %.4g", cph_loading_name(method->loading.kind),
               adapted->rho, adapted->load);
    if (adapted->dimensions > 0 && adapted->dimensions < method->beamspace)
        printf("  in %zu of %zu beams: no more are independent", adapted->dimensions,
               method->beamspace);
    else if (adapted->dimensions > 0)
        printf("  in %zu %s", adapted->dimensions, method->beamspace > 0 ? "beams" : "subarrays");
    printf("\n");
}

void cph_adapted_print_beam(const cph_method *method, const cph_adapted *adapted, size_t b)
{
    if (is_robust(method))
        printf("  load  %.4g\n", adapted->beam[b].load);
    if (method->kind == CPH_METHOD_SUBSPACE && adapted->beam[b].kept > 0)
        printf("  %zu of the waves are its own, and kept\n", adapted->beam[b].kept);
    char first[16], last[16];
    if (cph_method_tracks(method->kind))
        printf("  output  %s in the first tenth, %s in the last\n",
               curve_text(adapted, b, 0, first), curve_text(adapted, b, CPH_CURVE - 1, last));
}
