/* SPDX-License-Identifier: MIT */
#include "cli/synthesise.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/geometry.h"

static const double degree = M_PI / 180.0, usual_loss_db = 3.0;

/* The mask as the library asks for it. */
typedef struct limits {
    const cph_synthesis_options *options;
    cph_mask file;      /* of a file */
    cph_mask mask;      /* of the array; S.1528 depends on the beam and its planes besides */
    double diameter_wl; /* of the array */
    double offset_db;   /* density into the antenna */
    cph_error *silent;  /* why the mask says nothing of the beam in a plane, if in any */
} limits;

static double level_at(const void *context, const cph_pattern_metrics *metrics, double angle,
                       double turn)
{
    const limits *l = context;
    cph_mask own;
    const cph_mask *mask = &l->mask;
    if (l->options->mask.kind == CPH_MASK_S1528) {
        if (cph_mask_in_plane(&l->options->mask, &l->file, metrics, l->diameter_wl, turn, &own,
                              l->silent) != CPH_OK)
            return NAN;
        mask = &own;
    }
    return cph_mask_level(mask, angle / degree) - l->offset_db;
}

static cph_status read_limits(const cph_synthesis_options *o, const cph_weights *weights,
                              const double *position, double freq_hz, limits *l, cph_error *error)
{
    const cph_mask_choice *choice = &o->mask;
    const cph_pattern_metrics any = {.planes = 1, .hpbw_rad = {0.1, 0.1}};
    *l = (limits){.options = o,
                  .silent = l->silent,
                  .diameter_wl = cph_mask_diameter_wl(&weights->array, position, freq_hz),
                  .offset_db = isnan(choice->density) ? 0.0 : choice->density};
    const cph_status status =
        choice->kind == CPH_MASK_COUNT ? cph_mask_read(choice->text, &l->file, error) : CPH_OK;
    return status == CPH_OK
               ? cph_mask_in_plane(choice, &l->file, &any, l->diameter_wl, 0.0, &l->mask, error)
               : status;
}

/* One channel of all beams; w [N] is room. */
static cph_status remake(const cph_synthesis_config *common, limits *l, size_t channel,
                         cph_weights *weights, cph_c64 *w, cph_synthesised *made, cph_error *error)
{
    const size_t n = weights->array.elements;
    cph_status status = CPH_OK;
    for (size_t b = 0; b < weights->beams && status == CPH_OK; b++) {
        cph_synthesis_config config = *common;
        cph_error why;
        l->silent->status = CPH_OK;
        memcpy(config.look, weights->direction + 3 * b, sizeof config.look);
        const size_t item = b * weights->channels + channel;
        status = cph_synthesis_run(&config, w, &made->result[item], &why);
        if (status == CPH_OK && isnan(made->result[item].worst.margin_db) &&
            l->silent->status != CPH_OK) {
            status = l->silent->status;
            why = *l->silent;
        }
        if (status != CPH_OK)
            return cph_fail(error, status, "--mask, beam %s at %.6g Hz: %s", weights->name[b],
                            config.freq_hz, why.message);
        for (size_t i = 0; i < n; i++)
            weights->weights[item * n + i] = (cph_c32){(float)w[i].re, (float)w[i].im};
    }
    return status;
}

/* All channels; l and w [N] are room. */
static cph_status remake_all(const cph_synthesis_options *o, const cph_element_pattern *element,
                             const cph_synthesis_config *common, limits *l, cph_c64 *w,
                             cph_weights *weights, cph_synthesised *made, cph_error *error)
{
    const size_t n = weights->array.elements;
    cph_status status = CPH_OK;
    for (size_t c = 0; c < weights->channels && status == CPH_OK; c++) {
        cph_synthesis_config config = *common;
        config.elements = n;
        config.freq_hz = weights->channel_freq_hz[c];
        config.gain = common->gain + c * n;
        config.flag = common->flag + c * n;
        config.element = element;
        config.level = level_at;
        config.context = l;
        config.relative = o->relative;
        config.from_rad = o->mask.from_deg * degree;
        config.max_loss_db = o->max_loss_db > 0.0 ? o->max_loss_db : usual_loss_db;
        status = read_limits(o, weights, common->position, config.freq_hz, l, error);
        if (status == CPH_OK)
            status = remake(&config, l, c, weights, w, made, error);
    }
    made->diameter_wl = l->diameter_wl;
    made->offset_db = l->offset_db;
    return status;
}

/* All elements of one pattern: it points the same way. */
static bool is_even(const cph_array *array)
{
    static const double identity[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
    for (size_t i = 0; i < 9 * array->elements; i++)
        if (fabs(array->element[i / 9].axes[i % 9] - identity[i % 9]) > 1e-9)
            return false;
    return true;
}

cph_status cph_synthesis_element(const cph_synthesis_options *o, const char *option,
                                 const cph_array *array, cph_element_table *table,
                                 cph_element_pattern *element, cph_error *error)
{
    *element = o->element;
    if (element->kind != CPH_ELEMENT_ISOTROPIC && !is_even(array))
        return cph_fail(error, CPH_ERR_ARGUMENT,
                        "%s with --element %s: the elements of the array face differently", option,
                        o->element_text);
    element->table = table;
    return element->kind == CPH_ELEMENT_TABLE ? cph_element_read(o->element_text, table, error)
                                              : CPH_OK;
}

cph_status cph_synthesise(const cph_synthesis_options *o, const cph_exec *exec,
                          const double *position, const cph_c64 *gain, const unsigned char *flag,
                          cph_weights *weights, cph_synthesised *made, cph_error *error)
{
    const cph_synthesis_config common = {
        .position = position, .gain = gain, .flag = flag, .exec = exec};
    cph_element_table table;
    cph_element_pattern element;
    cph_status status =
        cph_synthesis_element(o, "--mask", &weights->array, &table, &element, error);
    if (status != CPH_OK)
        return status;
    limits *l = calloc(1, sizeof *l);
    cph_c64 *w = calloc(weights->array.elements + 1, sizeof *w);
    made->result = calloc(weights->beams * weights->channels + 1, sizeof *made->result);
    made->beams = weights->beams;
    made->channels = weights->channels;
    if (l != NULL && w != NULL && made->result != NULL) {
        cph_error silent = {.status = CPH_OK};
        l->silent = &silent;
        status = remake_all(o, &element, &common, l, w, weights, made, error);
    } else {
        status = cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    }
    free(l);
    free(w);
    return status;
}

cph_exit cph_synthesise_input(const cph_synthesis_options *o, const cph_input *input,
                              const cph_selection *selection, const unsigned char *flag,
                              cph_weights *weights, cph_synthesised *made)
{
    cph_c64 *gain = NULL;
    unsigned char *again = NULL;
    cph_error error = {.status = CPH_OK};
    cph_exit code = cph_input_channel_gains(input, selection, &gain, &again);
    if (code == CPH_EXIT_DONE && cph_synthesise(o, &input->cli->exec, selection->position, gain,
                                                flag, weights, made, &error) != CPH_OK)
        code = cph_report_input(input->cli->name, &error);
    free(gain);
    free(again);
    return code;
}

/* ---- what came of it ---- */

static const char *unit_of(const cph_synthesis_options *o, const cph_synthesised *made)
{
    return o->relative ? "dB" : made->offset_db != 0.0 ? "dBW/4kHz" : "dBi";
}

static json_t *margin_json(const cph_synthesised *made, const cph_synthesis_margin *margin,
                           const cph_array *array)
{
    json_t *object = json_object();
    if (!isnan(margin->margin_db))
        cph_json_set_direction(object, array, margin->at);
    cph_json_set_number(object, "angle_deg", margin->angle_rad / degree);
    cph_json_set_number(object, "mask_db", margin->limit_db + made->offset_db);
    cph_json_set_number(object, "level_db", margin->limit_db + made->offset_db - margin->margin_db);
    cph_json_set_number(object, "margin_db", margin->margin_db);
    return object;
}

static json_t *beam_json(const cph_synthesised *made, size_t item, const cph_array *array)
{
    const cph_synthesis_result *r = &made->result[item];
    json_t *object = json_object();
    cph_json_set_count(object, "beam", item / made->channels);
    cph_json_set_count(object, "channel", item % made->channels);
    cph_json_set(object, "met", json_boolean(r->met));
    cph_json_set(object, "worst", margin_json(made, &r->worst, array));
    cph_json_set_number(object, "margin_bound_db", r->margin_bound_db);
    cph_json_set_number(object, "from_deg", r->from_rad / degree);
    cph_json_set(object, "inner", margin_json(made, &r->inner, array));
    cph_json_set_number(object, "taper_loss_db", r->taper_loss_db);
    cph_json_set_number(object, "loss_bound_db", r->loss_bound_db);
    cph_json_set_number(object, "directivity_db", r->directivity_db);
    cph_json_set_count(object, "used", r->used);
    cph_json_set_count(object, "directions", r->directions);
    cph_json_set_count(object, "active", r->active);
    cph_json_set_count(object, "rounds", r->rounds);
    cph_json_set_count(object, "iterations", r->iterations);
    return object;
}

static size_t count_missed(const cph_synthesised *made)
{
    size_t missed = 0;
    for (size_t i = 0; i < made->beams * made->channels; i++)
        missed += !made->result[i].met;
    return missed;
}

void cph_synthesised_json(const cph_synthesis_options *o, const cph_synthesised *made,
                          const cph_array *array, json_t *object)
{
    json_t *mask = json_object(), *beams = json_array();
    for (size_t i = 0; i < made->beams * made->channels; i++)
        cph_json_append(beams, beam_json(made, i, array));
    cph_json_set_text(mask, "name", o->mask.text);
    cph_json_set_text(mask, "source", cph_mask_title(&o->mask));
    cph_json_set(mask, "relative", json_boolean(o->relative));
    cph_json_set_text(mask, "unit", unit_of(o, made));
    cph_json_set_text(mask, "element",
                      o->element_text != NULL ? o->element_text
                                              : cph_element_name(o->element.kind));
    cph_json_set_number(mask, "diameter_wl", made->diameter_wl);
    cph_json_set_number(mask, "max_loss_db", o->max_loss_db > 0.0 ? o->max_loss_db : usual_loss_db);
    cph_json_set(mask, "met", json_boolean(count_missed(made) == 0));
    cph_json_set(mask, "beams", beams);
    cph_json_set(object, "mask", mask);
}

static void print_beam(const cph_synthesis_options *o, const cph_synthesised *made, size_t item)
{
    const cph_synthesis_result *r = &made->result[item];
    printf("beam %zu", item / made->channels);
    if (made->channels > 1)
        printf(" channel %zu", item % made->channels);
    if (isnan(r->worst.margin_db))
        printf("  mask: limits nothing from %.2f deg on", r->from_rad / degree);
    else
        printf("  mask %s from %.2f deg on: margin %.3f dB at %.2f deg (%.2f %s allowed)",
               r->met ? "met" : "exceeded", r->from_rad / degree, r->worst.margin_db,
               r->worst.angle_rad / degree, r->worst.limit_db + made->offset_db, unit_of(o, made));
    if (r->met)
        printf("\n  taper loss %.3f dB, no weights have less than %.3f dB", r->taper_loss_db,
               r->loss_bound_db);
    else
        printf("\n  taper loss %.3f dB, no weights have a margin above %.3f dB", r->taper_loss_db,
               r->margin_bound_db);
    printf("; directivity %.2f dB\n", r->directivity_db);
    if (!isnan(r->inner.margin_db))
        printf("  nearer to the peak, not held: margin %.2f dB at %.2f deg\n", r->inner.margin_db,
               r->inner.angle_rad / degree);
    printf("  %zu directions, %zu of them active, %zu rounds, %zu steps\n", r->directions,
           r->active, r->rounds, r->iterations);
}

void cph_synthesised_print(const cph_synthesis_options *o, const cph_synthesised *made)
{
    printf("mask %s%s, D/lambda %.1f\n", cph_mask_title(&o->mask),
           o->relative ? " relative to the peak" : "", made->diameter_wl);
    for (size_t i = 0; i < made->beams * made->channels; i++)
        print_beam(o, made, i);
}

cph_exit cph_synthesised_verdict(const char *name, const cph_synthesis_options *o,
                                 const cph_synthesised *made)
{
    const size_t missed = count_missed(made);
    const cph_synthesis_result *worst = made->result;
    if (missed == 0)
        return CPH_EXIT_DONE;
    for (size_t i = 1; i < made->beams * made->channels; i++)
        if (!made->result[i].met &&
            (worst->met || made->result[i].worst.margin_db < worst->worst.margin_db))
            worst = &made->result[i];
    return cph_report_line(name, CPH_EXIT_LIMIT,
                           "mask %s: exceeded by up to %.3f dB, %.2f degrees from the peak; no "
                           "weights of a taper loss up to %g dB exceed it by less than %.3f dB",
                           o->mask.text, -worst->worst.margin_db, worst->worst.angle_rad / degree,
                           o->max_loss_db > 0.0 ? o->max_loss_db : usual_loss_db,
                           -worst->margin_bound_db);
}
