/* SPDX-License-Identifier: MIT */
/* SigMF: a recording. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/import/sigmf.h"
#include "datasets/import/utc.h"
#include "kernels/core/size.h"

static const char META[] = CPH_SIGMF_META, DATA[] = CPH_SIGMF_DATA,
                  COLLECTION[] = CPH_SIGMF_COLLECTION;

static bool ends_with(const char *text, const char *end)
{
    const size_t length = strlen(text), tail = strlen(end);
    return length > tail && strcmp(text + length - tail, end) == 0;
}

bool cph_sigmf_probe(const char *path)
{
    return ends_with(path, META) || ends_with(path, DATA) || ends_with(path, COLLECTION);
}

void cph_sigmf_free(cph_sigmf *r)
{
    free(r->base);
    free(r->path);
    json_decref(r->meta);
}

char *cph_sigmf_join(const char *stem, size_t length, const char *end)
{
    char *path = NULL;
    return asprintf(&path, "%.*s%s", (int)length, stem, end) < 0 ? NULL : path;
}

/* ---- values ---- */

cph_status cph_sigmf_number(const cph_sigmf *r, const json_t *object, const char *key,
                            double *value)
{
    return cph_json_file_number(object, key, r->path, value, r->data->h5.error);
}

cph_status cph_sigmf_count(const cph_sigmf *r, const json_t *object, const char *key,
                           uint64_t *value)
{
    return cph_json_file_count(object, key, r->path, value, r->data->h5.error);
}

/* What is text in the global object. */
static cph_status take_texts(cph_sigmf *r, const char **type)
{
    const struct {
        const char *key;
        const char **value;
    } texts[] = {{"core:datatype", type},
                 {CPH_SIGMF_APPLIED, &r->applied},
                 {CPH_SIGMF_GAIN_FACTOR, &r->gain_factor},
                 {CPH_SIGMF_KIND, &r->kind}};
    cph_status status = CPH_OK;
    for (size_t i = 0; status == CPH_OK && i < sizeof texts / sizeof texts[0]; i++)
        status =
            cph_json_file_text(r->global, texts[i].key, r->path, texts[i].value, r->data->h5.error);
    return status;
}

/* Unknown ones pass. */
static cph_status check_numbers(const cph_sigmf *r)
{
    const struct {
        const char *key, *expected;
        double value;
        bool bad;
    } rows[] = {{"core:sample_rate", "a number above 0", r->rate_hz, r->rate_hz <= 0.0},
                {"cophase:scale", "a number above 0", r->scale, r->scale <= 0.0},
                {"cophase:wave_speed_m_s", "a number, not negative", r->wave_speed_m_s,
                 r->wave_speed_m_s < 0.0},
                {"cophase:independent", "0 to 1", r->independent,
                 r->independent < 0.0 || r->independent > 1.0}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].bad)
            return cph_sigmf_fail(r, rows[i].key, "is %.12g, expected %s", rows[i].value,
                                  rows[i].expected);
    return CPH_OK;
}

static cph_status take_global(cph_sigmf *r)
{
    const char *type = "";
    const struct {
        const char *key;
        uint64_t *value;
    } counts[] = {{"core:num_channels", &r->channels},
                  {"core:offset", &r->offset},
                  {"core:trailing_bytes", &r->trailing}};
    const struct {
        const char *key;
        double *value;
    } numbers[] = {{"core:sample_rate", &r->rate_hz},
                   {"cophase:scale", &r->scale},
                   {"cophase:if_freq_hz", &r->if_freq_hz},
                   {"cophase:lost_value", &r->lost_value},
                   {"cophase:wave_speed_m_s", &r->wave_speed_m_s},
                   {"cophase:independent", &r->independent}};
    cph_status status = CPH_OK;
    for (size_t i = 0; status == CPH_OK && i < sizeof counts / sizeof counts[0]; i++)
        status = cph_sigmf_count(r, r->global, counts[i].key, counts[i].value);
    for (size_t i = 0; status == CPH_OK && i < sizeof numbers / sizeof numbers[0]; i++)
        status = cph_sigmf_number(r, r->global, numbers[i].key, numbers[i].value);
    if (status == CPH_OK)
        status = take_texts(r, &type);
    if (status != CPH_OK)
        return status;
    if (!cph_raw_item_parse(type, &r->item))
        return cph_sigmf_fail(r, "core:datatype", "is \"%.40s\", expected " CPH_RAW_ITEMS, type);
    if (r->channels == 0 || r->channels > CPH_ELEMENTS_MAX)
        return cph_sigmf_fail(r, "core:num_channels", "is %llu, expected 1 to %d",
                              (unsigned long long)r->channels, CPH_ELEMENTS_MAX);
    status = check_numbers(r);
    if (status != CPH_OK)
        return status;
    if (json_is_true(json_object_get(r->global, "core:metadata_only")))
        return cph_sigmf_fail(r, "core:metadata_only", "says that there are no samples");
    return CPH_OK;
}

cph_status cph_sigmf_read(cph_data *data, size_t index, char *base, cph_sigmf *r)
{
    *r = (cph_sigmf){.data = data,
                     .index = index,
                     .base = base,
                     .channels = 1,
                     .rate_hz = NAN,
                     .frequency_hz = NAN,
                     .start_unix_s = NAN,
                     .scale = 1.0,
                     .if_freq_hz = NAN,
                     .lost_value = NAN,
                     .wave_speed_m_s = 0.0,
                     .independent = 0.0};
    if (base != NULL)
        r->path = cph_sigmf_join(base, strlen(base), META);
    if (base == NULL || r->path == NULL) {
        (void)cph_h5_fail(&data->h5, CPH_ERR_MEMORY, NULL, "no memory");
        return CPH_ERR_MEMORY;
    }
    const cph_status status = cph_json_file_read(r->path, &r->meta, data->h5.error);
    if (status != CPH_OK)
        return status;
    r->global = json_object_get(r->meta, "global");
    r->captures = json_object_get(r->meta, "captures");
    if (!json_is_object(r->global))
        return cph_sigmf_fail(r, "global", "is not there, expected an object");
    if (r->captures != NULL && !json_is_array(r->captures))
        return cph_sigmf_fail(r, "captures", "is no list");
    for (size_t i = 0; i < json_array_size(r->captures); i++)
        if (!json_is_object(json_array_get(r->captures, i)))
            return cph_sigmf_fail(r, "captures", "entry %zu is no object", i);
    return take_global(r);
}

/* ---- files ---- */

static cph_status open_samples(const cph_sigmf *r)
{
    const char *name = NULL;
    const cph_status status =
        cph_json_file_text(r->global, "core:dataset", r->path, &name, r->data->h5.error);
    if (status != CPH_OK)
        return status;
    const char *slash = strrchr(r->base, '/');
    const size_t folder = slash != NULL ? (size_t)(slash - r->base) + 1 : 0;
    if (name != NULL && strchr(name, '/') != NULL)
        return cph_sigmf_fail(r, "core:dataset",
                              "is \"%.80s\", expected a file beside the metadata", name);
    return cph_raw_open_file(r->data, r->index,
                             name != NULL ? cph_sigmf_join(r->base, folder, name)
                                          : cph_sigmf_join(r->base, strlen(r->base), DATA));
}

/* ---- one recording ---- */

cph_status cph_sigmf_take(cph_sigmf *r, size_t elements, cph_raw_order order)
{
    cph_raw *raw = r->data->layout;
    if (r->index == 0) {
        raw->item = r->item;
        raw->elements = elements;
        raw->order = order;
    }
    cph_status status = open_samples(r);
    r->row = cph_raw_row(raw);
    return status == CPH_OK ? cph_sigmf_take_segments(r) : status;
}

/* What was made of the samples before they were written. */
static cph_status take_marks(const cph_sigmf *r)
{
    cph_data *data = r->data;
    if (r->kind != NULL && strcmp(r->kind, cph_kind_name(CPH_KIND_BEAMS)) == 0)
        cph_data_make_beams(data);
    if (r->applied != NULL && (data->applied = strdup(r->applied)) == NULL)
        return cph_h5_fail(&data->h5, CPH_ERR_MEMORY, NULL, "no memory");
    return r->gain_factor != NULL ? cph_native_take_gain_factor(data, "global", r->gain_factor)
                                  : CPH_OK;
}

cph_status cph_sigmf_finish(const cph_sigmf *r, const json_t *about)
{
    cph_data_header *h = &r->data->header;
    h->sample_rate_hz = r->rate_hz;
    h->center_freq_hz = r->frequency_hz;
    h->if_freq_hz = r->if_freq_hz;
    cph_data_begin(h, r->start_unix_s, r->start_rest_s);
    h->scale = r->scale;
    h->wave_speed_m_s = r->wave_speed_m_s;
    h->independent = r->independent;
    h->has_lost_value = isfinite(r->lost_value) && r->item.kind != 'f';
    h->lost_value = r->lost_value;
    cph_status status = cph_raw_finish(r->data);
    if (status == CPH_OK)
        status = cph_sigmf_take_elements(r, about);
    if (status == CPH_OK)
        status = cph_sigmf_take_truth(r, about);
    return status == CPH_OK ? take_marks(r) : status;
}

static cph_status open_recording(cph_data *data)
{
    const size_t tail = strlen(ends_with(data->path, META) ? META : DATA);
    cph_sigmf r;
    cph_raw *raw;
    cph_status status =
        cph_sigmf_read(data, 0, cph_sigmf_join(data->path, strlen(data->path) - tail, ""), &r);
    if (status == CPH_OK)
        status = cph_raw_make(data, 1, &raw);
    if (status == CPH_OK)
        status = cph_sigmf_take(&r, (size_t)r.channels, CPH_RAW_TIME_MAJOR);
    if (status == CPH_OK && data->h5.follow)
        status = cph_sigmf_follow(data);
    if (status == CPH_OK)
        status = cph_sigmf_finish(&r, r.global);
    cph_sigmf_free(&r);
    return status;
}

cph_status cph_sigmf_open(cph_data *data)
{
    return ends_with(data->path, COLLECTION) ? cph_sigmf_open_collection(data)
                                             : open_recording(data);
}
