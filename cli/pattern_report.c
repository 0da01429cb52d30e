/* SPDX-License-Identifier: MIT */
#include "cli/pattern_report.h"

#include <math.h>
#include <stdio.h>

#include "cli/gain_path.h"
#include "cli/geometry.h"
#include "cli/json.h"
#include "cli/pattern_metrics.h"

double cph_pattern_frequency(const cph_pattern_command *command, const cph_pattern_subject *subject)
{
    const bool real = command->weights != NULL || command->spec.kind == CPH_ARRAY_FILE ||
                      !isnan(command->freq_hz);
    return real ? subject->freq_hz : NAN;
}

static cph_exit print_json(const cph_pattern_command *o, const cph_pattern_subject *s,
                           const cph_pattern_input *input, const cph_pattern_metrics *m,
                           const cph_pattern_detail *detail, const cph_mask_report *mask)
{
    json_t *object = json_object();
    cph_json_set_text(object, "array", o->array != NULL ? o->array : o->weights);
    cph_json_set_text(object, "frame", cph_frame_of(&s->array));
    cph_json_set_count(object, "elements", s->array.elements);
    cph_json_set_count(object, "used", s->used);
    cph_json_set_number(object, "freq_hz", cph_pattern_frequency(o, s));
    cph_json_set_text(object, "taper",
                      o->weights != NULL          ? NULL
                      : o->cli.taper_text != NULL ? o->cli.taper_text
                                                  : cph_taper_name(o->cli.taper.kind));
    cph_json_set_text(object, "element",
                      o->element.text != NULL ? o->element.text
                                              : cph_element_name(o->element.pattern.kind));
    cph_json_set_number(object, "element_freq_hz",
                        o->element.fields > 0 ? o->element.freq_hz : NAN);
    cph_json_set(object, "polarization", cph_polarization_object(input, m->peak));
    cph_json_set_text(object, "path", cph_gain_path_name(o->cli.path));
    cph_json_set(object, "coupling", cph_coupling_object(&o->coupling));
    cph_json_set_number(object, "taper_loss_db", s->taper_loss_db);
    cph_pattern_metrics_json(s, m, object);
    cph_pattern_detail_json(&o->more, s, m, detail, object);
    if (mask != NULL)
        cph_json_set(object, "mask", cph_mask_object(&o->mask, mask));
    cph_json_set_text(object, "plot", o->cli.plot);
    cph_json_set_text(object, "plot_uv", o->plot_uv);
    cph_json_set_text(object, "plot_azel", o->more.plot_azel);
    cph_json_set_text(object, "plot_monopulse", o->more.plot_monopulse);
    return cph_json_print(&o->cli, object);
}

static cph_exit print_text(const cph_pattern_command *o, const cph_pattern_subject *s,
                           const cph_pattern_input *input, const cph_pattern_metrics *m,
                           const cph_pattern_detail *detail, const cph_mask_report *mask)
{
    printf("%-13s %s, %zu of %zu elements\n", "array", o->array != NULL ? o->array : o->weights,
           s->used, s->array.elements);
    cph_pattern_metrics_print(s, m);
    cph_polarization_print(input, m->peak);
    cph_coupling_print(&o->coupling);
    if (m->difference)
        printf("%-13s slope %.4f /rad, %.4f of the steepest; null %.1f dB below the peak\n",
               "difference", m->slope_per_rad, m->slope_ratio, m->peak_power_db - m->look_power_db);
    cph_pattern_detail_print(&o->more, s, m, detail);
    if (mask != NULL)
        cph_mask_print(&o->mask, mask);
    return cph_stdout_check(&o->cli);
}

cph_exit cph_pattern_tell(const cph_pattern_command *command, const cph_pattern_subject *subject,
                          const cph_pattern_input *input, const cph_pattern_metrics *metrics,
                          const cph_pattern_detail *detail, const cph_mask_report *mask)
{
    return command->cli.json ? print_json(command, subject, input, metrics, detail, mask)
                             : print_text(command, subject, input, metrics, detail, mask);
}
