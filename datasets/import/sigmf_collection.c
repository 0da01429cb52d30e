/* SPDX-License-Identifier: MIT */
/* SigMF: a collection of recordings of one channel is an array. */
#include <errno.h>
#include <math.h>
#include <sha512.h>
#include <string.h>
#include <strings.h>

#include "datasets/import/sigmf.h"

/* The name of stream i beside the collection, on the heap. */
static cph_status stream_base(const cph_data *data, const json_t *streams, size_t i, char **base)
{
    const json_t *stream = json_array_get(streams, i);
    const char *name = json_string_value(json_object_get(stream, "name"));
    const char *slash = strrchr(data->path, '/');
    const size_t folder = slash != NULL ? (size_t)(slash - data->path) + 1 : 0;
    if (name == NULL || name[0] == '\0' || strchr(name, '/') != NULL)
        return cph_h5_fail(&data->h5, CPH_ERR_FORMAT, "core:streams",
                           "entry %zu has no name of a recording beside it", i);
    *base = cph_sigmf_join(data->path, folder, name);
    return *base != NULL ? CPH_OK : cph_h5_fail(&data->h5, CPH_ERR_MEMORY, NULL, "no memory");
}

/* Metadata are what they were when the collection was made, where it says by their SHA-512. The
 * digits may be large or small. */
static cph_status check_hash(const cph_data *data, const json_t *stream, const char *path)
{
    char sum[SHA512_DIGEST_STRING_LENGTH];
    const char *hash = json_string_value(json_object_get(stream, "hash"));
    if (hash == NULL)
        return CPH_OK;
    if (SHA512File(path, sum) == NULL)
        return cph_h5_error(data->h5.error, CPH_ERR_IO, path, NULL, "cannot be read: %s",
                            strerror(errno));
    return strcasecmp(hash, sum) == 0
               ? CPH_OK
               : cph_h5_error(data->h5.error, CPH_ERR_FORMAT, path, NULL,
                              "has SHA-512 %.12s..., expected %.12s... as the collection says", sum,
                              hash);
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool same_number(double a, double b, double within)
{
    return (isnan(a) && isnan(b)) || fabs(a - b) <= within;
}

/* Whether a recording goes with the first one. */
static cph_status check_same(const cph_sigmf *r, const cph_sigmf *first)
{
    const double sample_s = first->rate_hz > 0.0 ? 1.0 / first->rate_hz : 1.0;
    const struct {
        const char *key;
        bool same;
    } rows[] = {
        {"core:datatype", cph_raw_item_same(&r->item, &first->item)},
        {"core:sample_rate", same_number(r->rate_hz, first->rate_hz, 0.0)},
        {"core:frequency", same_number(r->frequency_hz, first->frequency_hz, 0.0)},
        {"core:datetime", same_number(r->start_unix_s - first->start_unix_s + r->start_rest_s,
                                      first->start_rest_s, 0.5 * sample_s) ||
                              (isnan(r->start_unix_s) && isnan(first->start_unix_s))},
        {"cophase:scale", same_number(r->scale, first->scale, 0.0)},
        {"cophase:if_freq_hz", same_number(r->if_freq_hz, first->if_freq_hz, 0.0)},
        {"cophase:lost_value", same_number(r->lost_value, first->lost_value, 0.0)},
        {"cophase:wave_speed_m_s", same_number(r->wave_speed_m_s, first->wave_speed_m_s, 0.0)},
        {"cophase:independent", same_number(r->independent, first->independent, 0.0)},
        {CPH_SIGMF_APPLIED, same_text(r->applied, first->applied)},
        {CPH_SIGMF_GAIN_FACTOR, same_text(r->gain_factor, first->gain_factor)},
        {CPH_SIGMF_KIND, same_text(r->kind, first->kind)},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (!rows[i].same)
            return cph_sigmf_fail(
                r, rows[i].key, "is not that of %s, expected recordings of one array", first->path);
    return CPH_OK;
}

static cph_status open_streams(cph_data *data, const json_t *streams, cph_sigmf *first)
{
    cph_status status = CPH_OK;
    const size_t count_all = json_array_size(streams);
    for (size_t i = 0; status == CPH_OK && i < count_all; i++) {
        char *base = NULL;
        cph_sigmf other = {0}, *r = i == 0 ? first : &other;
        status = stream_base(data, streams, i, &base);
        if (status != CPH_OK)
            return status;
        status = cph_sigmf_read(data, i, base, r);
        if (status == CPH_OK)
            status = check_hash(data, json_array_get(streams, i), r->path);
        if (status == CPH_OK && r->channels != 1)
            status = cph_sigmf_fail(r, "core:num_channels",
                                    "is %llu, expected recordings of one channel in a collection",
                                    (unsigned long long)r->channels);
        if (status == CPH_OK)
            status = cph_sigmf_take(r, count_all, CPH_RAW_FILES);
        if (status == CPH_OK && i > 0)
            status = check_same(r, first);
        if (status == CPH_OK && i > 0 && r->segments != first->segments)
            status = cph_sigmf_fail(r, "captures", "has other segments than %s", first->path);
        if (i > 0)
            cph_sigmf_free(r);
    }
    return status;
}

/* Elements are called as their recordings. */
static void name_elements(cph_data *data, const json_t *streams)
{
    for (size_t i = 0; i < data->header.array.elements; i++) {
        const char *name = json_string_value(json_object_get(json_array_get(streams, i), "name"));
        if (name != NULL)
            cph_h5_text_line(data->header.array.element[i].name, CPH_NAME_SIZE, name, strlen(name));
    }
}

cph_status cph_sigmf_open_collection(cph_data *data)
{
    json_t *object;
    cph_sigmf first = {0};
    cph_raw *raw;
    cph_status status = cph_json_file_read(data->path, &object, data->h5.error);
    if (status != CPH_OK)
        return status;
    const json_t *about = json_object_get(object, "collection");
    const json_t *streams = json_object_get(about, "core:streams");
    const size_t elements = json_array_size(streams);
    if (elements == 0 || elements > CPH_ELEMENTS_MAX)
        status = cph_h5_fail(&data->h5, CPH_ERR_FORMAT, "core:streams",
                             "names no recordings, expected one an element");
    if (status == CPH_OK)
        status = cph_raw_make(data, elements, &raw);
    if (status == CPH_OK)
        status = open_streams(data, streams, &first);
    if (status == CPH_OK)
        status = cph_sigmf_finish(&first, about);
    if (status == CPH_OK && json_object_get(about, CPH_SIGMF_NAMES) == NULL)
        name_elements(data, streams);
    cph_sigmf_free(&first);
    json_decref(object);
    return status;
}
