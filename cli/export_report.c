/* SPDX-License-Identifier: MIT */
/* What `cophase export` says of what it wrote. */
#include <math.h>
#include <string.h>

#include "cli/export.h"
#include "cli/json.h"

static const char *held(const cph_export_options *o, const cph_export_subject *s)
{
    return strcmp(cph_export_format(o), "csv") == 0 ? "gain"
           : s->calibration != NULL                 ? "correction"
           : s->beams->calibration                  ? "correction"
                                                    : "coefficient";
}

static void tell_beams(const cph_export_options *o, const cph_exported *done, json_t *object)
{
    const bool image = cph_export_layout(o) != 0;
    json_t *list = json_array();
    for (size_t b = 0; image && b < done->beams; b++) {
        const cph_states_result *result = &done->beam[b].result;
        json_t *item = json_object();
        cph_json_set_count(item, "beam", done->beam[b].beam);
        cph_json_set_number(item, "loss_db", result->loss_db);
        cph_json_set_number(item, "phase_rms_deg", result->phase_rms_rad * 180.0 / M_PI);
        cph_json_set_number(item, "amplitude_rms", result->amplitude_rms);
        cph_json_append(list, item);
    }
    cph_json_set(object, "beams", list);
    char crc[16];
    snprintf(crc, sizeof crc, "%08x", (unsigned)done->crc);
    cph_json_set(object, "beam_bytes", image ? cph_json_count(done->beam_bytes) : json_null());
    cph_json_set(object, "bytes", image ? cph_json_count(done->bytes) : json_null());
    cph_json_set_text(object, "crc32", image ? crc : NULL);
}

/* Tapers that phases alone, or states of nearly one amplitude, cannot make. */
static void remark_tapers(const cph_export_options *o, const cph_exported *done)
{
    static const double ripple = 0.2; /* what is more is not that of a shifter */
    for (size_t b = 0; cph_export_layout(o) != 0 && !o->cli.quiet && b < done->beams; b++)
        if (done->beam[b].result.amplitude_rms > ripple) {
            (void)cph_report_line(o->cli.name, CPH_EXIT_DONE,
                                  "%s: beam %zu: amplitudes are lost (%.0f %% rms): the states "
                                  "have nearly one",
                                  o->cli.output, done->beam[b].beam,
                                  100.0 * done->beam[b].result.amplitude_rms);
            return;
        }
}

static cph_exit tell_json(const cph_export_options *o, const cph_export_subject *s,
                          const cph_exported *done)
{
    json_t *object = json_object();
    const cph_calibration *c = s->calibration;
    const cph_weights *w = c == NULL ? s->beams->weights : NULL;
    cph_json_set_text(object, "input", o->cli.input);
    cph_json_set_text(object, "format", cph_export_format(o));
    cph_json_set_text(object, "data", o->cli.settle);
    cph_json_set(object, "time_factor_known",
                 c != NULL ? json_boolean(c->time_factor) : json_null());
    cph_json_set_text(object, "holds", held(o, s));
    cph_json_set_text(object, "path", cph_gain_path_name(c != NULL ? c->path : w->path));
    cph_json_set_count(object, "elements", c != NULL ? c->array.elements : w->array.elements);
    cph_json_set_count(object, "times", c != NULL ? c->times : 1);
    cph_json_set_count(object, "channels", c != NULL ? c->channels : w->channels);
    cph_json_set_count(object, "rows", done->rows);
    cph_json_set_count(object, "flagged", done->flagged);
    cph_json_set_count(object, "filled", done->filled);
    cph_json_set(object, "subbands",
                 done->subbands > 0 ? cph_json_count(done->subbands) : json_null());
    tell_beams(o, done, object);
    cph_json_set_text(object, "output", o->cli.output);
    return cph_json_print(&o->cli, object);
}

cph_exit cph_export_tell(const cph_export_options *o, const cph_export_subject *s,
                         const cph_exported *done)
{
    remark_tapers(o, done);
    if (o->cli.json)
        return tell_json(o, s, done);
    if (cph_export_layout(o) != 0) {
        printf("%s: %s, %zu beams of %zu elements (%zu switched off), %zu bytes, CRC-32 %08x\n",
               o->cli.output, cph_export_format(o), done->beams, done->rows, done->flagged,
               done->bytes, (unsigned)done->crc);
        for (size_t b = 0; b < done->beams; b++) {
            const cph_states_result *result = &done->beam[b].result;
            printf("beam %zu  loss %.3f dB  errors %.2f deg, %.1f %% rms\n", done->beam[b].beam,
                   result->loss_db, result->phase_rms_rad * 180.0 / M_PI,
                   100.0 * result->amplitude_rms);
        }
        return cph_stdout_check(&o->cli);
    }
    const size_t elements =
        s->calibration != NULL ? s->calibration->array.elements : s->beams->weights->array.elements;
    printf("%s: %s, %zu %s of %zu elements (%zu flagged)", o->cli.output, cph_export_format(o),
           s->calibration != NULL ? done->rows : done->beams,
           s->calibration != NULL ? "gains" : "beams", elements, done->flagged);
    if (done->filled > 0)
        printf(", %zu filled in from other channels", done->filled);
    if (done->subbands > 0)
        printf(", %zu of 512 subbands", done->subbands);
    putchar('\n');
    return cph_stdout_check(&o->cli);
}
