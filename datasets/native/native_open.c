/* SPDX-License-Identifier: MIT */
/* Root attributes, and the table of kinds. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/native/native.h"
#include "kernels/core/size.h"

static cph_status (*const openers[CPH_KIND_COUNT])(cph_data *) = {
    [CPH_KIND_CAPTURE] = cph_native_open_capture,
    [CPH_KIND_COVARIANCE] = cph_native_open_covariance,
    [CPH_KIND_CALIBRATION] = cph_native_open_calibration,
    [CPH_KIND_WEIGHTS] = cph_native_open_weights,
    [CPH_KIND_BEAMS] = cph_native_open_beams,
    [CPH_KIND_REV] = cph_native_open_rev,
    [CPH_KIND_CODED] = cph_native_open_coded,
    [CPH_KIND_NEAR_FIELD] = cph_native_open_near_field,
    [CPH_KIND_COUPLING] = cph_native_open_coupling,
    [CPH_KIND_POINTING] = cph_native_open_pointing,
    [CPH_KIND_TRACK] = cph_native_open_track,
};

enum { FORMAT_VERSION = 1 };

bool cph_native_probe(const cph_h5 *h5)
{
    char format[32];
    cph_h5 silent = *h5;
    silent.error = NULL;
    return cph_h5_text(&silent, "/", "format", format, sizeof format) == CPH_OK &&
           strcmp(format, "cophase") == 0;
}

static cph_status read_kind(cph_data *data)
{
    char kind[32];
    cph_status status = cph_h5_text(&data->h5, "/", "kind", kind, sizeof kind);
    if (status != CPH_OK)
        return status;
    for (unsigned i = 0; i < CPH_KIND_COUNT; i++) {
        if (strcmp(kind, cph_kind_name((cph_kind)i)) != 0)
            continue;
        data->header.kind = (cph_kind)i;
        return CPH_OK;
    }
    return cph_h5_fail(&data->h5, kind[0] == '\0' ? CPH_ERR_MISSING : CPH_ERR_FORMAT, "/",
                       "attribute kind is \"%s\", expected capture, covariance, calibration, "
                       "weights, beams, rev, coded, near-field, coupling, pointing or track",
                       kind);
}

static cph_status read_version(const cph_h5 *h5)
{
    double version = NAN;
    cph_status status = cph_h5_number(h5, "/", "format_version", &version);
    if (status != CPH_OK)
        return status;
    if (version != FORMAT_VERSION)
        return cph_h5_fail(h5, isnan(version) ? CPH_ERR_MISSING : CPH_ERR_UNSUPPORTED, "/",
                           "attribute format_version is %g, expected %d", version, FORMAT_VERSION);
    if (cph_h5_has_attr(h5, "/", "partial"))
        return cph_h5_fail(h5, CPH_ERR_FORMAT, "/",
                           "is marked partial: the command that wrote it was interrupted");
    return CPH_OK;
}

/* Numbers of the root. NaN in a file says unknown, as absence does. */
static cph_status read_root(cph_data *data)
{
    cph_data_header *h = &data->header;
    double whole = NAN, fraction = NAN, speed = NAN;
    const struct {
        const char *name;
        double *value;
        bool positive;
    } rows[] = {
        {"sample_rate_hz", &h->sample_rate_hz, true}, {"center_freq_hz", &h->center_freq_hz, true},
        {"if_freq_hz", &h->if_freq_hz, true},         {"wave_speed_m_s", &speed, true},
        {"time_start_unix_s", &whole, false},         {"time_start_frac_s", &fraction, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cph_status status = cph_h5_number(&data->h5, "/", rows[i].name, rows[i].value);
        if (status != CPH_OK)
            return status;
        double value = *rows[i].value;
        if (isinf(value) || (rows[i].positive && value < 0.0))
            return cph_h5_fail(&data->h5, CPH_ERR_FORMAT, "/",
                               "attribute %s is %g, expected a finite number%s", rows[i].name,
                               value, rows[i].positive ? ", not negative" : "");
    }
    h->wave_speed_m_s = isnan(speed) ? 0.0 : speed;
    cph_data_begin(h, whole, isnan(fraction) ? 0.0 : fraction);
    return CPH_OK;
}

/* Of data from a layout whose users keep gains for the other time factor. */
cph_status cph_native_take_gain_factor(cph_data *data, const char *object, const char *text)
{
    data->header.gains_conjugate = strcmp(text, CPH_TIME_FACTOR_CONJUGATE) == 0;
    if (data->header.gains_conjugate || strcmp(text, CPH_TIME_FACTOR) == 0)
        return CPH_OK;
    return cph_h5_fail(&data->h5, CPH_ERR_FORMAT, object,
                       "attribute " CPH_GAIN_TIME_FACTOR " is \"%s\", expected \"" CPH_TIME_FACTOR
                       "\" or \"" CPH_TIME_FACTOR_CONJUGATE "\"",
                       text);
}

cph_status cph_native_read_gain_factor(cph_data *data, const char *object)
{
    char text[32];
    const cph_status status =
        cph_h5_text(&data->h5, object, CPH_GAIN_TIME_FACTOR, text, sizeof text);
    return status != CPH_OK || text[0] == '\0' ? status
                                               : cph_native_take_gain_factor(data, object, text);
}

cph_status cph_native_open(cph_data *data)
{
    cph_status status = read_version(&data->h5);
    if (status == CPH_OK)
        status = read_kind(data);
    if (status == CPH_OK)
        status = read_root(data);
    if (status == CPH_OK)
        status = cph_native_read_gain_factor(data, "/");
    return status == CPH_OK ? openers[data->header.kind](data) : status;
}

cph_status cph_native_check_convention(const cph_h5 *h5, const char *object, const char *expected)
{
    char convention[64];
    cph_status status = cph_h5_text(h5, object, "convention", convention, sizeof convention);
    if (status != CPH_OK || strcmp(convention, expected) == 0)
        return status;
    return cph_h5_fail(h5, convention[0] == '\0' ? CPH_ERR_MISSING : CPH_ERR_FORMAT, object,
                       "attribute convention is \"%s\", expected \"%s\"", convention, expected);
}

cph_status cph_native_optional(const cph_h5 *h5, const char *name, size_t rank, const size_t *dim,
                               double *value)
{
    if (cph_h5_exists(h5, name))
        return cph_h5_doubles(h5, name, rank, dim, value);
    size_t count = 1;
    for (size_t i = 0; i < rank; i++)
        count *= dim[i];
    for (size_t i = 0; i < count; i++)
        value[i] = NAN;
    return CPH_OK;
}

cph_status cph_native_read_channels(cph_data *data)
{
    static const char name[] = "/channel_freq_hz";
    cph_data_header *h = &data->header;
    cph_status status = cph_native_optional(&data->h5, name, 1, &h->channels, h->channel_freq_hz);
    for (size_t c = 0; status == CPH_OK && c < h->channels; c++)
        if (h->channel_freq_hz[c] < 0.0 || isinf(h->channel_freq_hz[c]))
            status = cph_h5_fail(&data->h5, CPH_ERR_FORMAT, name,
                                 "channel %zu is %g, expected a finite frequency in Hz", c,
                                 h->channel_freq_hz[c]);
    return status;
}

cph_status cph_native_scalar(const cph_h5 *h5, const char *name, double *value)
{
    *value = NAN;
    if (!cph_h5_exists(h5, name))
        return CPH_OK;
    cph_h5_set set;
    cph_status status = cph_h5_set_open(h5, name, &set);
    if (status != CPH_OK)
        return status;
    size_t rank = set.rank, dim[CPH_H5_RANK] = {0}, count = 1;
    memcpy(dim, set.dim, sizeof dim);
    cph_h5_set_close(&set);
    for (size_t i = 0; i < rank; i++)
        count *= dim[i]; /* fits: the claimed size was checked */
    double *all = calloc(count + 1, sizeof *all);
    if (all == NULL)
        return cph_h5_fail(h5, CPH_ERR_MEMORY, name, "no memory for %zu numbers", count);
    status = cph_h5_doubles(h5, name, rank, dim, all);
    for (size_t i = 0; status == CPH_OK && i < count; i++)
        if (!(all[i] >= *value)) /* NaN gives way */
            *value = all[i];
    free(all);
    return status;
}
