/* SPDX-License-Identifier: MIT */
/* Opening a file of any layout, and the checks that every read shares. */
#include "datasets/data.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "kernels/core/size.h"

static const cph_format formats[] = {
    {"cophase", cph_native_probe, cph_native_open},
    {"aavs", cph_aavs_probe, cph_aavs_open},
    {"uvh5", cph_uvh5_probe, cph_uvh5_open},
    {"renew", cph_renew_probe, cph_renew_open},
    {"borealis", cph_borealis_probe, cph_borealis_open},
    {"borealis", cph_borealis_lags_probe, cph_borealis_lags_open},
    {"acoular", cph_acoular_probe, cph_acoular_open},
    {"aiaa", cph_aiaa_probe, cph_aiaa_open},
};
enum { FORMATS = sizeof formats / sizeof formats[0] };

/* The first that a path is probed for; HDF5 comes behind them. */
static const cph_path_format paths[] = {
    {"digital_rf", cph_digital_rf_probe, cph_digital_rf_open},
    {"sigmf", cph_sigmf_probe, cph_sigmf_open},
    {"kraken", cph_kraken_probe, cph_kraken_open},
    {"binary", cph_sidecar_probe, cph_sidecar_open},
};
enum { PATHS = sizeof paths / sizeof paths[0] };

const char *cph_kind_name(cph_kind kind)
{
    static const char *const names[CPH_KIND_COUNT] = {
        [CPH_KIND_CAPTURE] = "capture",
        [CPH_KIND_COVARIANCE] = "covariance",
        [CPH_KIND_CALIBRATION] = "calibration",
        [CPH_KIND_WEIGHTS] = "weights",
        [CPH_KIND_BEAMS] = "beams",
        [CPH_KIND_REV] = "rev",
        [CPH_KIND_CODED] = "coded",
        [CPH_KIND_NEAR_FIELD] = "near-field",
        [CPH_KIND_COUPLING] = "coupling",
        [CPH_KIND_POINTING] = "pointing",
        [CPH_KIND_TRACK] = "track",
    };
    unsigned index = (unsigned)kind;
    return index < CPH_KIND_COUNT ? names[index] : "unknown";
}

const char *cph_gain_path_name(cph_gain_path path)
{
    static const char *const names[CPH_GAIN_PATHS] = {
        [CPH_GAIN_RECEIVE] = "receive", [CPH_GAIN_TRANSMIT] = "transmit"};
    const unsigned index = (unsigned)path;
    return index < CPH_GAIN_PATHS ? names[index] : "unknown";
}

const char *cph_file_layout_name(cph_file_layout layout)
{
    static const char *const names[CPH_FILE_LAYOUTS] = {
        [CPH_FILE_NATIVE] = "native",
        [CPH_FILE_DIGITAL_RF] = "digital-rf",
        [CPH_FILE_SIGMF] = "sigmf",
        [CPH_FILE_UVH5] = "uvh5",
    };
    const unsigned index = (unsigned)layout;
    return index < CPH_FILE_LAYOUTS ? names[index] : "unknown";
}

cph_status cph_data_make_array(cph_data *data, const char *name, size_t elements, size_t axis)
{
    if (elements == 0 || elements > CPH_ELEMENTS_MAX)
        return cph_h5_fail(&data->h5, CPH_ERR_FORMAT, name,
                           "has %zu elements, expected 1 to %d; is another axis the elements?",
                           elements, CPH_ELEMENTS_MAX);
    data->header.axis_elements = axis;
    if (cph_array_create(elements, &data->header.array) != CPH_OK)
        return cph_h5_fail(&data->h5, CPH_ERR_MEMORY, name, "no memory for %zu elements", elements);
    return CPH_OK;
}

void cph_data_make_beams(cph_data *data)
{
    cph_data_header *h = &data->header;
    h->kind = CPH_KIND_BEAMS;
    h->beams = h->array.elements;
    h->axis_elements = 0;
    cph_array_free(&h->array);
}

double *cph_data_unknown(size_t count)
{
    double *value = calloc(count, sizeof *value);
    for (size_t i = 0; value != NULL && i < count; i++)
        value[i] = NAN;
    return value;
}

cph_status cph_data_make_axes(cph_data *data, size_t times, size_t channels)
{
    cph_data_header *h = &data->header;
    h->times = times;
    h->channels = channels;
    h->channel_freq_hz = cph_data_unknown(channels);
    if (h->kind == CPH_KIND_COVARIANCE)
        h->time_unix_s = cph_data_unknown(times);
    if (h->channel_freq_hz == NULL || (h->kind == CPH_KIND_COVARIANCE && h->time_unix_s == NULL))
        return cph_h5_fail(&data->h5, CPH_ERR_MEMORY, NULL, "no memory for %zu times, %zu channels",
                           times, channels);
    return CPH_OK;
}

/* A single channel is the band's centre, and the band's centre the middle of its channels. */
static void complete_frequencies(cph_data_header *h)
{
    if (h->channel_freq_hz == NULL)
        return;
    double *freq = h->channel_freq_hz;
    if (h->channels == 1 && isnan(freq[0]))
        freq[0] = h->center_freq_hz;
    if (isnan(h->center_freq_hz))
        h->center_freq_hz = 0.5 * (freq[0] + freq[h->channels - 1]);
}

static cph_status open_layout(cph_data *data)
{
    for (size_t i = 0; i < FORMATS; i++) {
        if (!formats[i].probe(&data->h5))
            continue;
        memcpy(data->header.format, formats[i].name, strlen(formats[i].name) + 1);
        cph_status status = formats[i].open(data);
        complete_frequencies(&data->header);
        return status;
    }
    return cph_h5_fail(&data->h5, CPH_ERR_FORMAT, NULL,
                       "has no layout that is known here, expected root attribute format = "
                       "\"cophase\", or one of AAVS, UVH5, RENEW, Borealis, Acoular, AIAA");
}

/* *status is what opening it gave. False: it is another layout. */
static bool open_by_path(cph_data *data, cph_status *status)
{
    for (size_t i = 0; i < PATHS; i++) {
        if (!paths[i].probe(data->path))
            continue;
        memcpy(data->header.format, paths[i].name, strlen(paths[i].name) + 1);
        *status = paths[i].open(data);
        complete_frequencies(&data->header);
        return true;
    }
    return false;
}

static bool is_folder(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

static cph_status open_hdf5(cph_data *data)
{
    enum { SIGNATURE = 8 }; /* of HDF5; others' are shorter */
    if (is_folder(data->path))
        return cph_h5_fail(&data->h5, CPH_ERR_FORMAT, NULL,
                           "is a folder, expected an HDF5 file, or a channel of Digital RF with "
                           "drf_properties.h5");
    cph_status status = cph_h5_open(data->path, &data->h5);
    /* Of a file that has just begun nobody can say what it will be. */
    if (status == CPH_ERR_FORMAT && data->h5.bytes < SIGNATURE && data->h5.empty != NULL)
        *data->h5.empty = true;
    if (status == CPH_OK)
        status = open_layout(data);
    if (status == CPH_OK)
        status = cph_h5_text_all(&data->h5, "/", CPH_APPLIED, &data->applied);
    return status;
}

static void data_free(cph_data *data)
{
    if (data->layout != NULL)
        data->reader->close(data);
    cph_h5_set_close(&data->bulk.set);
    cph_h5_close(&data->h5);
    cph_view_free(data->view);
    cph_array_free(&data->header.array);
    free(data->header.channel_freq_hz);
    free(data->header.time_unix_s);
    free(data->header.gap);
    free(data->kept);
    free(data->following);
    free(data->path);
    free(data->applied);
    free(data);
}

static cph_status open_path(const char *path, const cph_data_options *options, cph_data *data)
{
    data->path = strdup(path);
    if (data->path == NULL)
        return cph_h5_error(data->h5.error, CPH_ERR_MEMORY, path, NULL, "no memory");
    data->h5.path = data->path;
    data->h5.by_hdf5 = options != NULL && options->by_hdf5;
    data->h5.damaged = options != NULL && options->damaged;
    data->h5.follow = data->following != NULL;
    cph_status status;
    if (!open_by_path(data, &status))
        status = open_hdf5(data);
    data->header.applied = data->applied;
    if (status == CPH_OK && data->following != NULL)
        status = cph_follow_begin(data);
    if (status == CPH_OK && options != NULL && options->positions != NULL)
        status = cph_positions_apply(data, options->positions);
    data->h5.error = NULL;
    return status;
}

/* *empty: it was refused for want of samples alone, which may still come. */
static cph_status try_open(const char *path, const cph_data_options *options, double since_s,
                           bool *empty, cph_data **data, cph_error *error)
{
    cph_data *made = calloc(1, sizeof *made);
    if (made == NULL)
        return cph_h5_error(error, CPH_ERR_MEMORY, path, NULL, "no memory");
    made->h5 = (cph_h5){.file = -1, .path = path, .error = error, .empty = empty};
    made->bulk.set.id = -1;
    made->header.scale = 1.0;
    made->header.sample_rate_hz = made->header.center_freq_hz = made->header.if_freq_hz = NAN;
    made->header.time_start_unix_s = made->header.integration_s = made->header.n_samples = NAN;
    *empty = false;
    cph_status status = CPH_OK;
    if (options != NULL && options->follow != NULL)
        status = cph_follow_make(made, options->follow, since_s);
    if (status == CPH_OK)
        status = open_path(path, options, made);
    made->h5.empty = NULL;
    *empty = *empty && status != CPH_OK && made->following != NULL;
    if (*empty) {
        cph_status waited;
        made->h5.error = error;
        *empty = cph_follow_sleep(made, &waited);
        status = waited != CPH_OK ? waited : status;
    }
    if (status == CPH_OK)
        *data = made;
    else
        data_free(made);
    return status;
}

cph_status cph_data_open(const char *path, const cph_data_options *options, cph_data **data,
                         cph_error *error)
{
    if (path == NULL || data == NULL)
        return cph_h5_error(error, CPH_ERR_ARGUMENT, "cph_data_open", NULL, "null argument");
    bool empty = true;
    cph_status status = CPH_OK;
    const double since_s = cph_follow_now_s();
    cph_h5_quiet();
    while (empty)
        status = try_open(path, options, since_s, &empty, data, error);
    return status;
}

void cph_data_close(cph_data *data)
{
    if (data == NULL)
        return;
    cph_h5_quiet();
    data_free(data);
}

const cph_data_header *cph_data_header_of(const cph_data *data)
{
    return data->view != NULL ? &data->view->header : &data->header;
}

const char *cph_data_path(const cph_data *data)
{
    return data->path;
}

const char *cph_data_inside(const cph_data *data, const char *message)
{
    size_t length = strlen(data->path);
    while (length > 1 && data->path[length - 1] == '/')
        length--;
    if (strncmp(message, data->path, length) != 0)
        return message;
    const char *rest = message + length;
    return *rest == '/'                  ? rest + strspn(rest, "/")
           : strncmp(rest, ": ", 2) == 0 ? rest + 2
                                         : message;
}
