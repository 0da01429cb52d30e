/* SPDX-License-Identifier: MIT */
#include "cli/reciprocity_report.h"

#include <stdio.h>

static const double degree = 0.017453292519943295769;

static cph_exit print_json(const cph_reciprocity *w)
{
    json_t *object = json_object(), *channels = json_array();
    for (size_t i = 0; i < w->parts; i++) {
        const cph_reciprocity_part *p = &w->part[i];
        const char polarization[] = {p->selection->polarization, '\0'};
        json_t *item = json_object();
        cph_json_set_number(item, "freq_hz", w->made.channel_freq_hz[p->channel]);
        cph_json_set_count(item, "channel", p->channel);
        cph_json_set_text(item, "polarization", polarization[0] != '\0' ? polarization : NULL);
        cph_json_set_count(item, "soundings", p->soundings);
        cph_json_set_count(item, "flagged", p->selection->elements - p->good);
        cph_json_set_number(item, "phase_sigma_deg", p->sigma[0] / degree);
        cph_json_set_number(item, "amplitude_sigma", p->sigma[1]);
        cph_json_append(channels, item);
    }
    cph_json_set_text(object, "method", "reciprocity");
    cph_json_set_count(object, "elements", w->made.array.elements);
    cph_json_set(object, "channels", channels);
    cph_json_set_text(object, "gauge", w->made.gauge);
    cph_json_set_text(object, "output", w->o->cli.output);
    return cph_json_print(&w->o->cli, object);
}

static cph_exit print_text(const cph_reciprocity *w)
{
    printf("%s: %s of %zu elements, %zu channels\n", w->o->cli.output, "transmit over receive gain",
           w->made.array.elements, w->made.channels);
    puts("pol  channel          MHz  soundings  flagged  phase deg  amplitude");
    for (size_t i = 0; i < w->parts; i++) {
        const cph_reciprocity_part *p = &w->part[i];
        const char polarization[] = {p->selection->polarization, '\0'};
        printf("%-3s  %7zu  %11.4f  %9zu  %7zu  %9.3f  %9.4f\n", polarization, p->channel,
               w->made.channel_freq_hz[p->channel] * 1e-6, p->soundings,
               p->selection->elements - p->good, p->sigma[0] / degree, p->sigma[1]);
    }
    return cph_stdout_check(&w->o->cli);
}

cph_exit cph_reciprocity_tell(const cph_reciprocity *work)
{
    return work->o->cli.json ? print_json(work) : print_text(work);
}
