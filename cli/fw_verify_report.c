/* SPDX-License-Identifier: MIT */
/* Limits of `cophase fw-verify`, and what it says. */
#include <math.h>

#include "cli/fw_verify.h"
#include "cli/json.h"

static const double degrees = 180.0 / M_PI;

/* ---- limits ---- */

static double gain_loss(const cph_fw_compared *c)
{
    return c->loss_db;
}

static double phase_error(const cph_fw_compared *c)
{
    return c->phase_max_rad * degrees;
}

static double gain_error(const cph_fw_compared *c)
{
    return c->gain_max_db;
}

static double pointing(const cph_fw_compared *c)
{
    return c->pointing_rad * degrees;
}

/* Where neither has a sidelobe none has risen. */
static double sidelobe_rise(const cph_fw_compared *c)
{
    return c->has_pattern && isnan(c->wanted.psll_db) && isnan(c->made.psll_db)
               ? 0.0
               : c->sidelobe_rise_db;
}

static double lost(const cph_fw_compared *c)
{
    return (double)(c->lost + c->extra);
}

static double (*const values[CPH_FW_VERIFY_LIMITS])(const cph_fw_compared *c) = {
    gain_loss, phase_error, gain_error, pointing, sidelobe_rise, lost};

static const cph_limit limits[CPH_FW_VERIFY_LIMITS] = {
    {"max-gain-loss", "gain_loss_db", "gain loss", "dB", CPH_DECIBEL},
    {"max-phase-error", "phase_error_deg", "phase error", "deg", CPH_ANGLE},
    {"max-gain-error", "gain_error_db", "gain error", "dB", CPH_DECIBEL},
    {"max-pointing", "pointing_shift_deg", "pointing shift", "deg", CPH_ANGLE},
    {"max-sidelobe-rise", "sidelobe_rise_db", "sidelobe rise", "dB", CPH_DECIBEL},
    {"max-lost", "lost", "elements switched otherwise", "", CPH_NUMBER},
};

error_t cph_fw_verify_take_limit(cph_fw_verify_options *o, size_t k, const char *arg,
                                 const struct argp_state *state)
{
    return cph_limit_take(state, &limits[k], arg, &o->limit[k]);
}

static double value_of(const void *beams, size_t limit, size_t beam)
{
    const cph_fw_compared *const row = beams;
    return values[limit](&row[beam]);
}

void cph_fw_verify_judge(cph_fw_verify *d)
{
    d->verdicts = cph_limits_judge(d->options->limit, CPH_FW_VERIFY_LIMITS, d->row, d->count,
                                   value_of, d->verdict);
}

cph_exit cph_fw_verify_exit(const cph_fw_verify *d)
{
    size_t first = 0;
    if (cph_limits_violated(d->verdict, d->verdicts, &first) == 0)
        return CPH_EXIT_DONE;
    const cph_verdict *const v = &d->verdict[first];
    const cph_limit *const limit = &limits[v->limit];
    if (isnan(v->value))
        return cph_report_line(d->options->cli.name, CPH_EXIT_LIMIT,
                               "--%s: %s of beam %zu is not known", limit->option, limit->words,
                               d->index[v->row]);
    return cph_report_line(d->options->cli.name, CPH_EXIT_LIMIT,
                           "--%s: %s of beam %zu is %.6g%s%s, more than %.6g", limit->option,
                           limit->words, d->index[v->row], v->value,
                           limit->unit[0] != '\0' ? " " : "", limit->unit, v->most);
}

/* ---- what is said ---- */

static json_t *pattern_json(const cph_pattern_metrics *m)
{
    json_t *object = json_object();
    cph_json_set_number(object, "peak_u", m->peak[0]);
    cph_json_set_number(object, "peak_v", m->peak[1]);
    cph_json_set_number(object, "directivity_db", m->directivity_db);
    cph_json_set_number(object, "psll_db", m->psll_db);
    return object;
}

static json_t *beam_json(const cph_fw_verify *d, size_t b)
{
    const cph_fw_compared *row = &d->row[b];
    json_t *item = json_object();
    cph_json_set_count(item, "beam", d->index[b]);
    cph_json_set_text(item, "name", d->weights.name[d->index[b]]);
    cph_json_set_number(item, "loss_db", row->loss_db);
    cph_json_set_number(item, "phase_max_deg", row->phase_max_rad * degrees);
    cph_json_set_number(item, "phase_rms_deg", row->phase_rms_rad * degrees);
    cph_json_set_number(item, "gain_max_db", row->gain_max_db);
    cph_json_set_number(item, "gain_rms_db", row->gain_rms_db);
    cph_json_set_count(item, "driven", row->driven);
    cph_json_set_count(item, "lost", row->lost);
    cph_json_set_count(item, "extra", row->extra);
    cph_json_set_number(item, "pointing_shift_deg", row->pointing_rad * degrees);
    cph_json_set_number(item, "sidelobe_rise_db", row->sidelobe_rise_db);
    cph_json_set(item, "wanted", row->has_pattern ? pattern_json(&row->wanted) : json_null());
    cph_json_set(item, "decoded", row->has_pattern ? pattern_json(&row->made) : json_null());
    return item;
}

static json_t *limits_json(const cph_fw_verify *d)
{
    json_t *list = json_array();
    for (size_t i = 0; i < d->verdicts; i++) {
        const cph_verdict *const v = &d->verdict[i];
        json_t *item = json_object();
        cph_json_set_text(item, "limit", limits[v->limit].key);
        cph_json_set_number(item, "most", v->most);
        cph_json_set_number(item, "value", v->value);
        cph_json_set_count(item, "beam", d->index[v->row]);
        cph_json_set(item, "kept", json_boolean(v->kept));
        cph_json_append(list, item);
    }
    return list;
}

static cph_exit tell_json(const cph_fw_verify *d)
{
    const cph_fw_verify_options *o = d->options;
    const cph_fw_image *image = &d->decoded.image;
    json_t *object = json_object(), *beams = json_array();
    char crc[16];
    snprintf(crc, sizeof crc, "%08x", (unsigned)d->decoded.crc);
    cph_json_set_text(object, "input", o->cli.input);
    cph_json_set_text(object, "weights", o->weights);
    cph_json_set_text(object, "format", cph_image_layout_name(image->chip.layout));
    cph_json_set(object, "bits",
                 image->chip.bits > 0 ? cph_json_count(image->chip.bits) : json_null());
    cph_json_set_text(object, "sense", image->chip.delay ? "delay" : "advance");
    cph_json_set_text(object, "attenuator_bit", image->chip.attenuator_low ? "low" : "high");
    cph_json_set_text(object, "path", cph_gain_path_name(cph_fw_decoded_path(&d->decoded)));
    cph_json_set_count(object, "elements", image->elements);
    cph_json_set_count(object, "bytes", d->decoded.bytes);
    cph_json_set_text(object, "crc32", crc);
    for (size_t b = 0; b < d->count; b++)
        cph_json_append(beams, beam_json(d, b));
    cph_json_set(object, "beams", beams);
    cph_json_set(object, "limits", limits_json(d));
    cph_json_set_text(object, "output", o->cli.output);
    return cph_json_print(&o->cli, object);
}

cph_exit cph_fw_verify_tell(const cph_fw_verify *d)
{
    if (d->options->cli.json)
        return tell_json(d);
    const cph_fw_image *image = &d->decoded.image;
    printf("%s: %s, %zu beams of %zu elements, %s, %zu bytes, CRC-32 %08x\n", d->options->cli.input,
           cph_image_layout_name(image->chip.layout), image->beams, image->elements,
           cph_gain_path_name(cph_fw_decoded_path(&d->decoded)), d->decoded.bytes,
           (unsigned)d->decoded.crc);
    for (size_t b = 0; b < d->count; b++) {
        const cph_fw_compared *row = &d->row[b];
        printf("beam %zu  loss %.3f dB  errors %.2f deg, %.2f dB at most", d->index[b],
               row->loss_db, row->phase_max_rad * degrees, row->gain_max_db);
        if (row->has_pattern)
            printf("  peak %.4f deg off, sidelobe %.2f dB (%+.2f)", row->pointing_rad * degrees,
                   row->made.psll_db, row->sidelobe_rise_db);
        if (row->lost + row->extra > 0)
            printf("  %zu elements off that are to be on, %zu on", row->lost, row->extra);
        putchar('\n');
    }
    if (d->options->cli.output != NULL)
        printf("%s\n", d->options->cli.output);
    return cph_stdout_check(&d->options->cli);
}
