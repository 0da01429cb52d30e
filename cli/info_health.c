/* SPDX-License-Identifier: MIT */
#include "cli/info_health.h"

#include <math.h>
#include <string.h>

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

/* Power of the offset over that of the rest. */
static double dc_db(const cph_vitals *v)
{
    const double im = isnan(v->offset.im) ? 0.0 : v->offset.im;
    const double offset = v->offset.re * v->offset.re + im * im;
    return v->power > offset ? decibels(sqrt(offset / (v->power - offset))) : NAN;
}

void cph_info_numbers(const cph_data_header *header, const cph_health_row *row, double *number)
{
    const cph_vitals *v = row->vitals;
    const double scale = header->scale, full = full_scale(header->type);
    const double found[CPH_INFO_NUMBERS] = {
        [CPH_INFO_RMS] = scale * sqrt(v->power),
        [CPH_INFO_RMS_DBFS] = decibels(sqrt(v->power) / full),
        [CPH_INFO_PEAK_DBFS] = decibels(v->peak / full),
        [CPH_INFO_DC_RE] = scale * v->offset.re,
        [CPH_INFO_DC_IM] = scale * v->offset.im,
        [CPH_INFO_DC_SIGMA] = scale * v->offset_sigma,
        [CPH_INFO_DC_DB] = dc_db(v),
        [CPH_INFO_IQ_GAIN] = decibels(v->iq_gain),
        [CPH_INFO_IQ_GAIN_SIGMA] = 20.0 / log(10.0) * v->iq_gain_sigma,
        [CPH_INFO_IQ_PHASE] = v->iq_phase_rad / degree,
        [CPH_INFO_IQ_PHASE_SIGMA] = v->iq_phase_sigma_rad / degree,
        [CPH_INFO_IMAGE] = decibels(v->image),
        [CPH_INFO_KURTOSIS_RE] = v->kurtosis[0],
        [CPH_INFO_KURTOSIS_IM] = v->kurtosis[1],
        [CPH_INFO_KURTOSIS_SIGMA] = v->kurtosis_sigma,
        [CPH_INFO_EFFECTIVE] = v->effective};
    memcpy(number, found, sizeof found);
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

static void put_vitals(const cph_data_header *h, const cph_health_row *row, json_t *object)
{
    static const char *const key[CPH_INFO_NUMBERS] = {[CPH_INFO_RMS] = "rms",
                                                      [CPH_INFO_RMS_DBFS] = "rms_dbfs",
                                                      [CPH_INFO_PEAK_DBFS] = "peak_dbfs",
                                                      [CPH_INFO_DC_RE] = "dc_re",
                                                      [CPH_INFO_DC_IM] = "dc_im",
                                                      [CPH_INFO_DC_SIGMA] = "dc_sigma",
                                                      [CPH_INFO_DC_DB] = "dc_db",
                                                      [CPH_INFO_IQ_GAIN] = "iq_gain_db",
                                                      [CPH_INFO_IQ_GAIN_SIGMA] = "iq_gain_sigma_db",
                                                      [CPH_INFO_IQ_PHASE] = "iq_phase_deg",
                                                      [CPH_INFO_IQ_PHASE_SIGMA] =
                                                          "iq_phase_sigma_deg",
                                                      [CPH_INFO_IMAGE] = "image_db",
                                                      [CPH_INFO_KURTOSIS_RE] = "kurtosis_re",
                                                      [CPH_INFO_KURTOSIS_IM] = "kurtosis_im",
                                                      [CPH_INFO_KURTOSIS_SIGMA] = "kurtosis_sigma",
                                                      [CPH_INFO_EFFECTIVE] = "samples_effective"};
    double number[CPH_INFO_NUMBERS];
    cph_info_numbers(h, row, number);
    cph_json_set_count(object, "samples", (size_t)row->vitals->count);
    cph_json_set_count(object, "not_finite", (size_t)row->vitals->not_finite);
    for (size_t i = 0; i < CPH_INFO_NUMBERS; i++)
        cph_json_set_number(object, key[i], number[i]);
    cph_json_set(object, "suspect", row->unjudged ? json_null() : suspects_json(row->suspects));
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
    cph_json_set_number(object, "resolution_hz", step > 0.0 ? CPH_LOOK_RESOLUTION * step : NAN);
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
