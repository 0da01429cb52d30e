/* SPDX-License-Identifier: MIT */
/* Calibrations, /gain [time, channel, element], and weights, /weights [beam, channel, element]. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/native/native.h"

/* Flags and gains agree: what is flagged has no gain, what has no usable gain is flagged. */
static void settle(cph_c64 *gain, unsigned char *flag)
{
    bool usable = isfinite(gain->re) && isfinite(gain->im) && (gain->re != 0.0 || gain->im != 0.0);
    if (*flag == CPH_FLAG_NONE && !usable)
        *flag = CPH_FLAG_UNSOLVED;
    if (*flag != CPH_FLAG_NONE)
        *gain = (cph_c64){NAN, NAN};
}

/* /flag says whether, /flag_reason why; either may be absent. */
static cph_status read_flags(const cph_h5 *h5, const size_t dim[3], size_t count,
                             unsigned char *flag)
{
    enum { SIZE = 32 };
    double *value = calloc(count, sizeof *value);
    char *reason = calloc(count, SIZE);
    if (value == NULL || reason == NULL) {
        free(value);
        free(reason);
        return cph_h5_fail(h5, CPH_ERR_MEMORY, "/flag", "no memory");
    }
    cph_status status = CPH_OK;
    bool flags = cph_h5_exists(h5, "/flag"), reasons = cph_h5_exists(h5, "/flag_reason");
    if (flags)
        status = cph_h5_doubles(h5, "/flag", 3, dim, value);
    if (status == CPH_OK && reasons)
        status = cph_h5_strings(h5, "/flag_reason", count, SIZE, reason);
    for (size_t i = 0; status == CPH_OK && i < count; i++) {
        const char *why = reason + i * SIZE;
        cph_flag named = why[0] == '\0' ? CPH_FLAG_NONE : cph_flag_parse(why);
        bool set = flags ? value[i] != 0.0 : named != CPH_FLAG_NONE;
        flag[i] = (unsigned char)(!set                     ? CPH_FLAG_NONE
                                  : named == CPH_FLAG_NONE ? CPH_FLAG_UNSOLVED
                                                           : named);
    }
    free(value);
    free(reason);
    return status;
}

/* Gains become those of exp(+j w t), where the file says what they are; leakages and coupling, too.
 */
static cph_status read_time_factor(const cph_h5 *h5, cph_calibration *c)
{
    char text[32];
    const cph_status status = cph_h5_text(h5, "/gain", "time_factor", text, sizeof text);
    if (status != CPH_OK || text[0] == '\0')
        return status;
    const bool conjugate = strcmp(text, CPH_TIME_FACTOR_CONJUGATE) == 0;
    if (!conjugate && strcmp(text, CPH_TIME_FACTOR) != 0)
        return cph_h5_fail(h5, CPH_ERR_FORMAT, "/gain",
                           "attribute time_factor is \"%s\", expected \"" CPH_TIME_FACTOR
                           "\" or \"" CPH_TIME_FACTOR_CONJUGATE "\"",
                           text);
    if (conjugate)
        cph_calibration_conjugate(c);
    c->time_factor = true;
    return CPH_OK;
}

/* Where an element is flagged that has a gain all the same. */
static cph_status keep_behind(const cph_h5 *h5, cph_calibration *c, size_t count)
{
    size_t i = 0;
    while (i < count && (c->flag[i] == CPH_FLAG_NONE || !isfinite(c->gain[i].re)))
        i++;
    if (i == count)
        return CPH_OK;
    c->behind = calloc(count, sizeof *c->behind);
    if (c->behind == NULL)
        return cph_h5_fail(h5, CPH_ERR_MEMORY, "/gain", "no memory");
    memcpy(c->behind, c->gain, count * sizeof *c->behind);
    return CPH_OK;
}

static cph_status read_delays(const cph_h5 *h5, const size_t dim[3], cph_calibration *c)
{
    if (!cph_h5_exists(h5, "/delay_s"))
        return CPH_OK;
    const cph_status status = cph_calibration_add_delays(c);
    return status == CPH_OK ? cph_h5_doubles(h5, "/delay_s", 3, dim, c->delay_s) : status;
}

static cph_status read_leakages(const cph_h5 *h5, const size_t dim[3], cph_calibration *c)
{
    if (!cph_h5_exists(h5, "/leakage"))
        return CPH_OK;
    cph_status status = cph_calibration_add_leakages(c);
    if (status == CPH_OK)
        status = cph_h5_complex_all(h5, "/leakage", 3, dim, c->leakage);
    if (status == CPH_OK)
        status = cph_native_optional(h5, "/leakage_sigma", 3, dim, c->leakage_sigma);
    return status;
}

static cph_status read_filled(const cph_h5 *h5, const size_t dim[3], size_t count,
                              cph_calibration *c)
{
    if (!cph_h5_exists(h5, "/filled"))
        return CPH_OK;
    double *const value = calloc(count, sizeof *value);
    cph_status status = value != NULL ? cph_calibration_add_filled(c) : CPH_ERR_MEMORY;
    if (status == CPH_OK)
        status = cph_h5_doubles(h5, "/filled", 3, dim, value);
    for (size_t i = 0; status == CPH_OK && i < count; i++)
        c->filled[i] = value[i] != 0.0;
    free(value);
    return status;
}

static cph_status read_coupling(const cph_h5 *h5, const size_t dim[3], cph_calibration *c)
{
    const size_t shape[4] = {dim[0], dim[1], dim[2], dim[2]};
    if (!cph_h5_exists(h5, "/coupling"))
        return CPH_OK;
    cph_status status = cph_calibration_add_coupling(c);
    if (status != CPH_OK)
        return cph_h5_fail(h5, status, "/coupling", "%zu elements do not fit", dim[2]);
    status = cph_h5_complex_all(h5, "/coupling", 4, shape, c->coupling);
    if (status == CPH_OK)
        status = cph_native_optional(h5, "/coupling_sigma", 4, shape, c->coupling_sigma);
    return status;
}

static cph_status read_calibration(cph_data *data, cph_calibration *c)
{
    const cph_h5 *h5 = &data->h5;
    const size_t dim[3] = {c->times, c->channels, c->array.elements};
    const size_t count = dim[0] * dim[1] * dim[2]; /* fits: the arrays exist */
    cph_status status = cph_h5_complex_all(h5, "/gain", 3, dim, c->gain);
    if (status == CPH_OK)
        status = read_flags(h5, dim, count, c->flag);
    if (status == CPH_OK)
        status = cph_native_optional(h5, "/phase_sigma_rad", 3, dim, c->phase_sigma);
    if (status == CPH_OK)
        status = cph_native_optional(h5, "/amplitude_sigma", 3, dim, c->amplitude_sigma);
    if (status == CPH_OK)
        status = read_delays(h5, dim, c);
    if (status == CPH_OK)
        status = read_leakages(h5, dim, c);
    if (status == CPH_OK)
        status = read_coupling(h5, dim, c);
    if (status == CPH_OK)
        status = read_filled(h5, dim, count, c);
    if (status == CPH_OK)
        status = cph_native_optional(h5, "/chi2_dof", 2, dim, c->chi2_dof);
    if (status == CPH_OK)
        status = cph_native_optional(h5, "/time_unix_s", 1, dim, c->time_unix_s);
    if (status == CPH_OK)
        status = cph_h5_text(h5, "/gain", "gauge", c->gauge, sizeof c->gauge);
    if (status == CPH_OK)
        status = read_time_factor(h5, c);
    if (status == CPH_OK)
        status = keep_behind(h5, c, count);
    c->path = data->header.path;
    memcpy(c->channel_freq_hz, data->header.channel_freq_hz, c->channels * sizeof(double));
    for (size_t i = 0; i < count; i++)
        settle(&c->gain[i], &c->flag[i]);
    return status;
}

static cph_status read_weights(cph_data *data, cph_weights *w)
{
    static const size_t origin[3];
    const cph_h5 *h5 = &data->h5;
    const size_t dim[3] = {w->beams, w->channels, w->array.elements};
    const size_t direction[2] = {w->beams, 3};
    double bits = NAN;
    cph_status status =
        cph_h5_complex_read(h5, &data->bulk, H5T_NATIVE_FLOAT, origin, dim, w->weights);
    for (size_t i = 0; status == CPH_OK && i < dim[0] * dim[1] * dim[2]; i++)
        if (!isfinite(w->weights[i].re) || !isfinite(w->weights[i].im))
            status = cph_h5_fail(h5, CPH_ERR_FORMAT, "/weights",
                                 "weight of beam %zu, element %zu is not finite",
                                 i / (dim[1] * dim[2]), i % dim[2]);
    if (status == CPH_OK)
        status = cph_native_optional(h5, "/direction", 2, direction, w->direction);
    if (status == CPH_OK && cph_h5_exists(h5, "/name"))
        status = cph_h5_strings(h5, "/name", w->beams, CPH_NAME_SIZE, w->name[0]);
    if (status == CPH_OK)
        status = cph_h5_number(h5, "/weights", "precision_bits", &bits);
    if (status == CPH_OK && !isnan(bits) && bits != 8.0 && bits != 16.0 && bits != 32.0)
        status = cph_h5_fail(h5, CPH_ERR_FORMAT, "/weights",
                             "attribute precision_bits is %g, expected 8, 16 or 32", bits);
    w->path = data->header.path;
    w->precision_bits = isnan(bits) ? 32 : (unsigned)bits;
    memcpy(w->channel_freq_hz, data->header.channel_freq_hz, w->channels * sizeof(double));
    return status;
}

static const cph_reader calibration_reader = {.calibration = read_calibration};
static const cph_reader weights_reader = {.weights = read_weights};

/* Receive where the file does not say. */
static cph_status read_path(cph_data *data, const char *name)
{
    char path[16];
    const cph_status status = cph_h5_text(&data->h5, name, "path", path, sizeof path);
    if (status != CPH_OK || path[0] == '\0')
        return status;
    for (unsigned i = 0; i < CPH_GAIN_PATHS; i++) {
        if (strcmp(path, cph_gain_path_name((cph_gain_path)i)) != 0)
            continue;
        data->header.path = (cph_gain_path)i;
        return CPH_OK;
    }
    return cph_h5_fail(&data->h5, CPH_ERR_FORMAT, name,
                       "attribute path is \"%s\", expected receive or transmit", path);
}

/* What both have: a complex data set of three axes, the last one elements; a path. */
static cph_status open_solutions(cph_data *data, const char *name, const char *convention,
                                 const char *axes)
{
    static const size_t any[3] = {0};
    cph_data_header *h = &data->header;
    cph_h5_complex *c = &data->bulk;
    cph_status status = cph_h5_complex_open(&data->h5, name, false, c);
    if (status == CPH_OK)
        status = cph_h5_set_shape(&data->h5, &c->set, 3, any, axes);
    if (status == CPH_OK)
        status = cph_native_check_convention(&data->h5, name, convention);
    if (status == CPH_OK)
        status = cph_data_make_axes(data, c->set.dim[0], c->set.dim[1]);
    if (status == CPH_OK)
        status = cph_data_make_array(data, name, c->set.dim[2], c->set.dim[2]);
    if (status == CPH_OK)
        status = cph_native_read_array(data);
    if (status == CPH_OK)
        status = cph_native_read_channels(data);
    if (status == CPH_OK)
        status = read_path(data, name);
    h->sample_bytes =
        status == CPH_OK ? c->set.dim[0] * c->set.dim[1] * c->set.dim[2] * c->set.type_size : 0;
    return status;
}

cph_status cph_native_open_calibration(cph_data *data)
{
    data->reader = &calibration_reader;
    return open_solutions(data, "/gain", CPH_CONVENTION_CALIBRATION, "time, channel, element");
}

cph_status cph_native_open_weights(cph_data *data)
{
    data->reader = &weights_reader;
    cph_status status =
        open_solutions(data, "/weights", CPH_CONVENTION_WEIGHTS, "beam, channel, element");
    data->header.beams = data->header.times;
    data->header.times = 0;
    return status;
}
