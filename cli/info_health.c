/* SPDX-License-Identifier: MIT */
#include "cli/info_health.h"

#include <math.h>

static const double degree = 0.017453292519943295769;

/* ---- numbers ---- */

static double full_scale(cph_type type)
{
    return type == CPH_C8 ? INT8_MAX : type == CPH_C16 ? INT16_MAX : NAN;
}

static double decibels(double ratio)
{
    return ratio > 0.0 ? 20.0 * log10(ratio) : NAN;
}

double cph_info_rms_dbfs(const cph_data_header *header, const cph_health_row *row)
{
    return decibels(sqrt(row->vitals->power) / full_scale(header->type));
}

double cph_info_dc_db(const cph_health_row *row)
{
    const cph_vitals *v = row->vitals;
    const double im = isnan(v->offset.im) ? 0.0 : v->offset.im;
    const double offset = v->offset.re * v->offset.re + im * im;
    return v->power > offset ? decibels(sqrt(offset / (v->power - offset))) : NAN;
}

/* ---- JSON ---- */

static json_t *suspects_json(unsigned suspects)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < CPH_SUSPECTS; i++)
        if ((suspects & 1U << i) != 0)
            cph_json_append(list, cph_json_text(cph_suspect_name(i)));
    return list;
}

/* To 0.01 dB. */
static json_t *spectrum_json(const cph_data_header *header, const cph_health *health,
                             const cph_health_row *row)
{
    json_t *list = json_array();
    for (size_t k = 0; k < health->look.columns; k++) {
        const double db = decibels(header->scale * sqrt(row->spectrum[k]));
        cph_json_append(list, cph_json_number(round(100.0 * db) / 100.0));
    }
    return list;
}

/* In units of the signal. */
static void put_vitals(const cph_data_header *h, const cph_health_row *row, json_t *object)
{
    const cph_vitals *v = row->vitals;
    const struct {
        const char *key;
        double value;
    } numbers[] = {{"rms", h->scale * sqrt(v->power)},
                   {"rms_dbfs", cph_info_rms_dbfs(h, row)},
                   {"peak_dbfs", decibels(v->peak / full_scale(h->type))},
                   {"dc_re", h->scale * v->offset.re},
                   {"dc_im", h->scale * v->offset.im},
                   {"dc_sigma", h->scale * v->offset_sigma},
                   {"dc_db", cph_info_dc_db(row)},
                   {"iq_gain_db", decibels(v->iq_gain)},
                   {"iq_gain_sigma_db", 20.0 / log(10.0) * v->iq_gain_sigma},
                   {"iq_phase_deg", v->iq_phase_rad / degree},
                   {"iq_phase_sigma_deg", v->iq_phase_sigma_rad / degree},
                   {"image_db", decibels(v->image)},
                   {"kurtosis_re", v->kurtosis[0]},
                   {"kurtosis_im", v->kurtosis[1]},
                   {"kurtosis_sigma", v->kurtosis_sigma},
                   {"samples_effective", v->effective}};
    cph_json_set_count(object, "samples", (size_t)v->count);
    cph_json_set_count(object, "not_finite", (size_t)v->not_finite);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        cph_json_set_number(object, numbers[i].key, numbers[i].value);
    cph_json_set(object, "suspect", suspects_json(row->suspects));
}

static json_t *row_json(const cph_data_header *header, const cph_health *health,
                        const cph_health_row *row)
{
    const char polarization[] = {row->polarization, '\0'};
    json_t *object = json_object();
    cph_json_set_count(object, "element", row->number);
    cph_json_set_text(object, "name", row->name[0] != '\0' ? row->name : NULL);
    cph_json_set_text(object, "polarization", row->polarization != 0 ? polarization : NULL);
    cph_json_set_number(object, "power_db", row->power_db);
    cph_json_set_number(object, "relative_db", row->relative_db);
    cph_json_set_number(object, "full_scale_share", row->full_scale_share);
    cph_json_set_text(object, "reason", cph_health_reason(row));
    if (row->vitals != NULL) {
        put_vitals(header, row, object);
        cph_json_set(object, "spectrum_db",
                     row->spectrum != NULL ? spectrum_json(header, health, row) : json_null());
    }
    return object;
}

static json_t *looked_at_json(const cph_data_header *header, const cph_look *look)
{
    json_t *object = json_object();
    cph_json_set_count(object, "times", look->times);
    cph_json_set_count(object, "places", look->places);
    cph_json_set_number(object, "share", (double)look->times / (double)header->times);
    return object;
}

/* Where the columns stand: of one channel relative to the centre, of real samples to 0 Hz. */
static json_t *columns_json(const cph_data_header *header, const cph_look *look)
{
    if (look->columns == 0)
        return json_null();
    json_t *object = json_object();
    const double step = look->points > 0 ? header->sample_rate_hz / (double)look->points : NAN;
    const double low = header->real_sampling ? 0.0 : -0.5 * header->sample_rate_hz;
    cph_json_set_text(object, "across", look->points > 0 ? "frequency" : "channel");
    cph_json_set_count(object, "columns", look->columns);
    cph_json_set_number(object, "low_hz", look->points > 0 ? low : NAN);
    cph_json_set_number(object, "step_hz", step > 0.0 ? step : NAN);
    return object;
}

void cph_info_health_json(const cph_data_header *header, const cph_health *health, json_t *object)
{
    const bool samples = health->look.vitals != NULL;
    json_t *list = json_array();
    for (size_t i = 0; i < health->rows; i++)
        cph_json_append(list, row_json(header, health, &health->row[i]));
    cph_json_set_count(object, "good", cph_health_good(health));
    cph_json_set_count(object, "suspected", cph_health_suspected(health));
    cph_json_set(object, "looked_at",
                 samples ? looked_at_json(header, &health->look) : json_null());
    cph_json_set(object, "spectrum", samples ? columns_json(header, &health->look) : json_null());
    cph_json_set(object, "health", list);
}
