/* SPDX-License-Identifier: MIT */
/* Limits of `cophase fw-verify`, and what it says. */
#include <math.h>

#include "cli/fw_verify.h"
#include "cli/json.h"

/* ---- limits ---- */

static double gain_loss(const cph_fw_compared *c)
{
    return c->loss_db;
}

static double phase_error(const cph_fw_compared *c)
{
    return c->phase_max_rad;
}

static double gain_error(const cph_fw_compared *c)
{
    return c->gain_max_db;
}

static double pointing(const cph_fw_compared *c)
{
    return c->pointing_rad;
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

static const struct {
    const char *option, *key, *words, *unit;
    cph_quantity quantity;
    double (*value)(const cph_fw_compared *c);
} limits[CPH_FW_VERIFY_LIMITS] = {
    {"max-gain-loss", "gain_loss_db", "gain loss", "dB", CPH_DECIBEL, gain_loss},
    {"max-phase-error", "phase_error_deg", "phase error", "deg", CPH_ANGLE, phase_error},
    {"max-gain-error", "gain_error_db", "gain error", "dB", CPH_DECIBEL, gain_error},
    {"max-pointing", "pointing_shift_deg", "pointing shift", "deg", CPH_ANGLE, pointing},
    {"max-sidelobe-rise", "sidelobe_rise_db", "sidelobe rise", "dB", CPH_DECIBEL, sidelobe_rise},
    {"max-lost", "lost", "elements switched otherwise", "", CPH_DECIBEL, lost},
};

error_t cph_fw_verify_take_limit(cph_fw_verify_options *o, size_t k, const char *arg,
                                 const struct argp_state *state)
{
    cph_error error;
    size_t count = 0;
    double value = 0.0;
    cph_status status;
    if (limits[k].value == lost) {
        status = cph_parse_count(arg, 0, SIZE_MAX, &count, &error);
        value = (double)count;
    } else {
        status = cph_parse_quantity(limits[k].quantity, arg, &value, &error);
        if (status == CPH_OK && !(value >= 0.0))
            return cph_usage(state, "--%s %s: expected at least 0", limits[k].option, arg);
    }
    if (status == CPH_OK)
        o->limit[k] = value;
    return cph_parsed(state, status, &error);
}

/* ---- what is said ---- */

static double in_unit(size_t k, double value)
{
    return limits[k].quantity == CPH_ANGLE ? value * 180.0 / M_PI : value;
}

/* The worst beam against a limit; an unknown value is worst. */
static size_t worst_of(const cph_fw_verify *d, size_t k)
{
    size_t worst = 0;
    for (size_t b = 1; b < d->count; b++) {
        const double value = limits[k].value(&d->row[b]), so_far = limits[k].value(&d->row[worst]);
        if (!isnan(so_far) && !(value <= so_far))
            worst = b;
    }
    return worst;
}

static bool is_kept(const cph_fw_verify *d, size_t k)
{
    return isnan(d->options->limit[k]) ||
           limits[k].value(&d->row[worst_of(d, k)]) <= d->options->limit[k];
}

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
    static const double degrees = 180.0 / M_PI;
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
    for (size_t k = 0; k < CPH_FW_VERIFY_LIMITS; k++) {
        if (isnan(d->options->limit[k]))
            continue;
        const size_t worst = worst_of(d, k);
        json_t *item = json_object();
        cph_json_set_text(item, "limit", limits[k].key);
        cph_json_set_number(item, "most", in_unit(k, d->options->limit[k]));
        cph_json_set_number(item, "value", in_unit(k, limits[k].value(&d->row[worst])));
        cph_json_set_count(item, "beam", d->index[worst]);
        cph_json_set(item, "kept", json_boolean(is_kept(d, k)));
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
               row->loss_db, row->phase_max_rad * 180.0 / M_PI, row->gain_max_db);
        if (row->has_pattern)
            printf("  peak %.4f deg off, sidelobe %.2f dB (%+.2f)",
                   row->pointing_rad * 180.0 / M_PI, row->made.psll_db, row->sidelobe_rise_db);
        if (row->lost + row->extra > 0)
            printf("  %zu elements off that are to be on, %zu on", row->lost, row->extra);
        putchar('\n');
    }
    if (d->options->cli.output != NULL)
        printf("%s\n", d->options->cli.output);
    return cph_stdout_check(&d->options->cli);
}

cph_exit cph_fw_verify_judge(const cph_fw_verify *d)
{
    for (size_t k = 0; k < CPH_FW_VERIFY_LIMITS; k++) {
        if (is_kept(d, k))
            continue;
        const size_t worst = worst_of(d, k);
        return cph_report_line(
            d->options->cli.name, CPH_EXIT_LIMIT,
            "--%s: %s of beam %zu is %.6g%s%s, more than %.6g", limits[k].option, limits[k].words,
            d->index[worst], in_unit(k, limits[k].value(&d->row[worst])),
            limits[k].unit[0] != '\0' ? " " : "", limits[k].unit, in_unit(k, d->options->limit[k]));
    }
    return CPH_EXIT_DONE;
}
