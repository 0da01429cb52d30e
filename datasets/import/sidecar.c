/* SPDX-License-Identifier: MIT */
/* Plain binary: a file of samples, and beside it FILE.json or FILE.ini, which say how they are
 * written. */
#include <ini.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "datasets/import/json_file.h"
#include "datasets/import/raw.h"
#include "datasets/import/text_table.h"
#include "kernels/core/size.h"

enum { TYPE, ORDER, COMMENT, TEXTS };
enum { ELEMENTS, HEADER_BYTES, RATE, CENTRE, IF, START, SCALE, NUMBERS };
enum { TEXT_SIZE = 32 };

static const char *const text_names[TEXTS] = {
    [TYPE] = "type", [ORDER] = "order", [COMMENT] = "comment"};
/* NaN where a number is not given. */
static const struct {
    const char *name;
    double least, most;
    bool whole;
} numbers[NUMBERS] = {
    [ELEMENTS] = {"elements", 1, CPH_ELEMENTS_MAX, true},
    [HEADER_BYTES] = {"header_bytes", 0, 0x1p53, true},
    [RATE] = {"sample_rate_hz", 1e-300, 1e18, false},
    [CENTRE] = {"center_freq_hz", 0, 1e18, false},
    [IF] = {"if_freq_hz", 0, 1e18, false},
    [START] = {"time_start_unix_s", -1e15, 1e15, false},
    [SCALE] = {"scale", 1e-300, 1e300, false},
};

typedef struct sidecar {
    const char *path;
    cph_error *error;
    cph_status status;
    char text[TEXTS][TEXT_SIZE];
    double number[NUMBERS];
    bool has_text[TEXTS];
} sidecar;

/* ---- its name ---- */

/* FILE.end, then FILE with its own ending replaced, into out; false when there is neither. */
static bool beside(const char *path, const char *end, char *out, size_t size)
{
    const char *slash = strrchr(path, '/'), *dot = strrchr(path, '.');
    const bool ending = dot != NULL && (slash == NULL || dot > slash + 1) && dot != path;
    const size_t stem = ending ? (size_t)(dot - path) : strlen(path);
    if (strlen(path) + strlen(end) >= size)
        return false;
    snprintf(out, size, "%s%s", path, end);
    if (access(out, F_OK) == 0)
        return true;
    snprintf(out, size, "%.*s%s", (int)stem, path, end);
    return ending && strcmp(out, path) != 0 && access(out, F_OK) == 0;
}

enum { PATH_SIZE = 4096 };

static bool find(const char *path, char name[PATH_SIZE])
{
    return beside(path, ".json", name, PATH_SIZE) || beside(path, ".ini", name, PATH_SIZE);
}

bool cph_sidecar_probe(const char *path)
{
    char name[PATH_SIZE];
    return find(path, name) && H5Fis_hdf5(path) <= 0;
}

/* ---- its keys ---- */

static cph_status given_twice(const sidecar *s, const char *name)
{
    return cph_h5_error(s->error, CPH_ERR_FORMAT, s->path, name, "is there twice");
}

static cph_status take_number(sidecar *s, size_t key, double value)
{
    if (!isnan(s->number[key]))
        return given_twice(s, numbers[key].name);
    const bool fine = value >= numbers[key].least && value <= numbers[key].most &&
                      (!numbers[key].whole || value == floor(value));
    if (!fine)
        return cph_h5_error(s->error, CPH_ERR_FORMAT, s->path, numbers[key].name,
                            "is %g, expected a %snumber from %g to %g", value,
                            numbers[key].whole ? "whole " : "", numbers[key].least,
                            numbers[key].most);
    s->number[key] = value;
    return CPH_OK;
}

static cph_status take_text(sidecar *s, size_t key, const char *value)
{
    if (key != COMMENT && s->has_text[key])
        return given_twice(s, text_names[key]);
    s->has_text[key] = true;
    if (key != COMMENT && strlen(value) >= TEXT_SIZE)
        return cph_h5_error(s->error, CPH_ERR_FORMAT, s->path, text_names[key],
                            "is \"%.40s...\", which is too long", value);
    snprintf(s->text[key], TEXT_SIZE, "%.*s", TEXT_SIZE - 1, value);
    return CPH_OK;
}

/* A key and its value, which is text or a number; the other one is NULL. */
static cph_status take(sidecar *s, const char *name, const char *text, const double *number)
{
    for (size_t key = 0; key < TEXTS; key++)
        if (strcmp(name, text_names[key]) == 0 && text != NULL)
            return take_text(s, key, text);
    for (size_t key = 0; key < NUMBERS; key++) {
        if (strcmp(name, numbers[key].name) != 0)
            continue;
        if (number != NULL)
            return take_number(s, key, *number);
    }
    return cph_h5_error(s->error, CPH_ERR_FORMAT, s->path, name,
                        "is no key, or its value is of another kind; expected type, elements, "
                        "order, sample_rate_hz, center_freq_hz, if_freq_hz, time_start_unix_s, "
                        "scale, header_bytes or comment");
}

static cph_status read_json(sidecar *s)
{
    json_t *object, *value;
    const char *key;
    cph_status status = cph_json_file_read(s->path, &object, s->error);
    if (status != CPH_OK)
        return status;
    json_object_foreach(object, key, value)
    {
        const double number = json_number_value(value);
        if (status == CPH_OK)
            status = take(s, key, json_string_value(value), json_is_number(value) ? &number : NULL);
    }
    json_decref(object);
    return status;
}

static bool is_number(const char *name)
{
    size_t key = 0;
    while (key < NUMBERS && strcmp(name, numbers[key].name) != 0)
        key++;
    return key < NUMBERS;
}

/* Of inih: 0 ends the reading. */
static int take_line(void *context, const char *section, const char *name, const char *value)
{
    sidecar *s = context;
    if (s->status != CPH_OK)
        return 0;
    double number;
    const bool numeric = is_number(name) && cph_text_number(value, &number);
    if (strcmp(section, "samples") == 0)
        s->status = take(s, name, numeric ? NULL : value, numeric ? &number : NULL);
    else
        s->status = cph_h5_error(s->error, CPH_ERR_FORMAT, s->path, NULL,
                                 "section [%.40s], expected [samples]", section);
    return s->status == CPH_OK;
}

static cph_status read_ini(sidecar *s)
{
    const int line = ini_parse(s->path, take_line, s);
    if (s->status != CPH_OK || line == 0)
        return s->status;
    return cph_h5_error(s->error, line < 0 ? CPH_ERR_IO : CPH_ERR_FORMAT, s->path, NULL,
                        line < 0 ? "cannot be read" : "line %d is no `key = value`", line);
}

/* ---- the file ---- */

static cph_status take_header(cph_data *data, const sidecar *s)
{
    cph_data_header *h = &data->header;
    cph_raw *raw = data->layout;
    const char *order = s->text[ORDER];
    if (s->text[TYPE][0] == '\0' || isnan(s->number[ELEMENTS]))
        return cph_h5_error(s->error, CPH_ERR_MISSING, s->path,
                            s->text[TYPE][0] == '\0' ? "type" : "elements", "is not there");
    if (!cph_raw_item_parse(s->text[TYPE], &raw->item))
        return cph_h5_error(s->error, CPH_ERR_FORMAT, s->path, "type",
                            "is \"%s\", expected " CPH_RAW_ITEMS, s->text[TYPE]);
    const bool columns = strcmp(order, "element,time") == 0;
    if (!columns && order[0] != '\0' && strcmp(order, "time,element") != 0)
        return cph_h5_error(s->error, CPH_ERR_FORMAT, s->path, "order",
                            "is \"%s\", expected \"time,element\" or \"element,time\"", order);
    raw->order = columns ? CPH_RAW_ELEMENT_MAJOR : CPH_RAW_TIME_MAJOR;
    raw->elements = (size_t)s->number[ELEMENTS];
    h->sample_rate_hz = s->number[RATE];
    h->center_freq_hz = s->number[CENTRE];
    h->if_freq_hz = s->number[IF];
    h->time_start_unix_s = s->number[START];
    h->scale = isnan(s->number[SCALE]) ? 1.0 : s->number[SCALE];
    return CPH_OK;
}

/* All that is behind the header; bytes that fill no time are told. */
static cph_status take_samples(cph_data *data, const sidecar *s)
{
    const cph_raw *raw = data->layout;
    const uint64_t skip = isnan(s->number[HEADER_BYTES]) ? 0 : (uint64_t)s->number[HEADER_BYTES];
    const uint64_t bytes = raw->bytes[0] > skip ? raw->bytes[0] - skip : 0;
    const size_t row = cph_raw_row(raw);
    if (bytes % row != 0 && raw->order == CPH_RAW_ELEMENT_MAJOR)
        return cph_h5_error(s->error, CPH_ERR_FORMAT, data->path, NULL,
                            "has %llu bytes of samples, which %zu elements of %zu bytes do not "
                            "share evenly; is it cut?",
                            (unsigned long long)bytes, raw->elements, raw->item.bytes);
    if (!data->h5.follow)
        cph_raw_remark_end(data, 0, bytes % row);
    return cph_raw_add(data, (size_t)(bytes / row), skip, 0);
}

cph_status cph_sidecar_open(cph_data *data)
{
    char name[PATH_SIZE];
    sidecar s = {.path = name, .error = data->h5.error};
    cph_raw *raw;
    for (size_t i = 0; i < NUMBERS; i++)
        s.number[i] = NAN;
    if (!find(data->path, name))
        return cph_h5_fail(&data->h5, CPH_ERR_IO, NULL, "lost FILE.json or FILE.ini beside it");
    const size_t length = strlen(name);
    const bool json = length > 5 && strcmp(name + length - 5, ".json") == 0;
    cph_status status = json ? read_json(&s) : read_ini(&s);
    if (status == CPH_OK)
        status = cph_raw_make(data, 1, &raw);
    if (status == CPH_OK)
        status = cph_raw_open_file(data, 0, strdup(data->path));
    if (status == CPH_OK)
        status = take_header(data, &s);
    if (status == CPH_OK)
        status = take_samples(data, &s);
    return status == CPH_OK ? cph_raw_finish(data) : status;
}
