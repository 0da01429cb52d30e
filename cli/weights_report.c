/* SPDX-License-Identifier: MIT */
#include "cli/weights_report.h"

#include <math.h>
#include <stdio.h>

#include "cli/flagged.h"
#include "cli/gain_path.h"
#include "cli/geometry.h"
#include "cli/repaired.h"

/* Depths of one beam's nulls, of those [beam][null] that are given. */
static json_t *list_depths(const cph_nulls *nulls, const double *worst, size_t beam)
{
    json_t *depths = json_array();
    for (size_t i = 0; i < nulls->count; i++)
        cph_json_append(depths, cph_json_number(10.0 * log10(worst[beam * nulls->count + i])));
    return depths;
}

static json_t *list_beams(const cph_weights_options *o, const cph_weights_result *made)
{
    const cph_weights *weights = &made->weights;
    json_t *beams = json_array();
    for (size_t b = 0; b < weights->beams; b++) {
        json_t *beam = json_object();
        cph_json_set_text(beam, "name", weights->name[b]);
        cph_json_set_direction(beam, &weights->array, weights->direction + 3 * b);
        if (o->cli.steer.item[b].taper != NULL)
            cph_json_set_text(beam, "taper", o->cli.steer.item[b].taper->text);
        cph_json_set(beam, "null_db", list_depths(&made->nulls, made->nulls.worst, b));
        if (made->nulls.planned != NULL)
            cph_json_set(beam, "null_planned_db",
                         list_depths(&made->nulls, made->nulls.planned, b));
        if (made->nulls.loss[b] > 0.0)
            cph_json_set_number(beam, "null_loss_db", 10.0 * log10(made->nulls.loss[b]));
        if (cph_weights_adaptive(o))
            cph_adapted_json_beam(&o->cli.method, &made->adapted, b, beam);
        cph_repaired_json(&made->nulls, b, beam);
        cph_json_append(beams, beam);
    }
    return beams;
}

static json_t *list_nulls(const cph_weights_options *o, const cph_weights_result *made)
{
    json_t *nulls = json_array();
    for (size_t i = 0; i < made->nulls.count; i++) {
        json_t *null = json_object();
        cph_json_set_text(null, "name", o->cli.method.nulls.item[i].text);
        cph_json_set_direction(null, &made->weights.array, made->nulls.centre + 3 * i);
        cph_json_append(nulls, null);
    }
    return nulls;
}

static cph_exit print_json(const cph_weights_options *o, const cph_weights_result *made,
                           json_t *flagged)
{
    const cph_weights *weights = &made->weights;
    const cph_method *method = &o->cli.method;
    json_t *object = json_object(), *freq = json_array();
    for (size_t c = 0; c < weights->channels; c++)
        cph_json_append(freq, cph_json_number(weights->channel_freq_hz[c]));
    cph_json_set_text(object, "frame", cph_frame_of(&weights->array));
    cph_json_set_count(object, "elements", weights->array.elements);
    cph_json_set_count(object, "used", weights->array.elements - json_array_size(flagged));
    cph_json_set(object, "flagged", flagged);
    cph_json_set_text(object, "method", cph_method_name(method->kind));
    cph_json_set_text(object, "taper",
                      o->cli.taper_text != NULL ? o->cli.taper_text
                                                : cph_taper_name(o->cli.taper.kind));
    if (cph_weights_adaptive(o))
        cph_adapted_json(method, &made->adapted, object);
    cph_json_set_text(object, "path", cph_gain_path_name(o->cli.path));
    cph_json_set_number(object, "null_width_deg", method->null_width * 180.0 / M_PI);
    cph_json_set(object, "nulls", list_nulls(o, made));
    cph_json_set(object, "channel_freq_hz", freq);
    cph_json_set(object, "beams", list_beams(o, made));
    if (cph_synthesis_asked(&o->mask))
        cph_synthesised_json(&o->mask, &made->synthesised, &weights->array, object);
    if (cph_states_asked(&o->states))
        cph_quantised_json(&o->states, &made->quantised, &weights->array, object);
    if (cph_quieten_asked(&o->quieten))
        cph_quietened_json(&o->quieten, &made->quietened, &weights->array, object);
    cph_json_set_text(object, "output", o->cli.output);
    return cph_json_print(&o->cli, object);
}

static void print_beam(const cph_weights_options *o, const cph_weights_result *made, size_t b)
{
    const double *u = made->weights.direction + 3 * b;
    printf("beam %zu  %-24s  u %+.4f  v %+.4f\n", b, made->weights.name[b], u[0], u[1]);
    for (size_t i = 0; i < made->nulls.count; i++)
        printf("  null  %-24s  %.1f dB\n", o->cli.method.nulls.item[i].text,
               10.0 * log10(made->nulls.worst[b * made->nulls.count + i]));
    if (made->nulls.loss[b] > 0.0)
        printf("  nulls cost %.2f dB at the look\n", 10.0 * log10(made->nulls.loss[b]));
    if (cph_weights_adaptive(o))
        cph_adapted_print_beam(&o->cli.method, &made->adapted, b);
    cph_repaired_print(&made->nulls, b);
}

/* Whether they have little else than phase to choose from. */
static bool phase_only(const cph_states *states)
{
    static const double span = 2.0;
    double least = INFINITY, most = 0.0;
    for (size_t i = 0; i < states->count; i++) {
        const double size = hypot(states->value[i].re, states->value[i].im);
        least = fmin(least, size);
        most = fmax(most, size);
    }
    return most <= span * least;
}

/* The first taper of a conventional beam, as it was written; NULL: there is none. */
static const char *taper_of(const cph_weights_options *o)
{
    for (size_t b = 0; b < o->cli.steer.count && !cph_weights_adaptive(o); b++) {
        const cph_named_taper *const own = o->cli.steer.item[b].taper;
        if ((own != NULL ? &own->taper : &o->cli.taper)->kind != CPH_TAPER_UNIFORM)
            return own != NULL ? own->text : o->cli.taper_text;
    }
    return NULL;
}

void cph_weights_remark(const cph_weights_options *o, const cph_weights_result *made)
{
    if (o->cli.quiet || !cph_states_asked(&o->states))
        return;
    if (o->cli.method.null_width > 0.0 && o->cli.method.nulls.count > 0)
        (void)cph_report_line(o->cli.name, CPH_EXIT_DONE,
                              "states keep the centre of each null alone, not its --null-width: "
                              "see null_db, and give more --null to widen it");
    if (taper_of(o) != NULL && !o->states.sidelobes && cph_states_flat(&made->quantised.states))
        (void)cph_report_line(o->cli.name, CPH_EXIT_DONE,
                              "taper %s: states of one amplitude do not make it: loss_db is "
                              "below 0 by what it would cost",
                              taper_of(o));
    if (cph_weights_adaptive(o) && phase_only(&made->quantised.states))
        (void)cph_report_line(o->cli.name, CPH_EXIT_DONE,
                              "states of about one amplitude lose the nulls of adaptive weights: "
                              "--method conventional or lcmv with --null DIRECTION keeps those "
                              "told, --amplitude-bits brings the others nearer");
}

cph_exit cph_weights_print(const cph_weights_options *o, const cph_weights_result *made)
{
    json_t *flagged = cph_flagged_weights(&made->weights, made->flag);
    if (o->cli.json)
        return print_json(o, made, flagged);
    printf("%zu elements (%zu flagged), %zu channels\n", made->weights.array.elements,
           json_array_size(flagged), made->weights.channels);
    cph_flagged_print(flagged);
    json_decref(flagged);
    if (cph_weights_adaptive(o))
        cph_adapted_print(&o->cli.method, &made->adapted);
    for (size_t b = 0; b < made->weights.beams; b++)
        print_beam(o, made, b);
    if (cph_synthesis_asked(&o->mask))
        cph_synthesised_print(&o->mask, &made->synthesised);
    if (cph_states_asked(&o->states))
        cph_quantised_print(&o->states, &o->cli.method.nulls, &made->quantised);
    if (cph_quieten_asked(&o->quieten))
        cph_quietened_print(&o->quieten, &made->quietened, &made->weights.array);
    printf("%s\n", o->cli.output);
    return cph_stdout_check(&o->cli);
}
