/* SPDX-License-Identifier: MIT */
/* What Cophase says of elements and simulations in SigMF's global object, or a collection. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/import/sigmf.h"

static cph_c64 gain_of(const json_t *value)
{
    const json_t *re = json_array_get(value, 0), *im = json_array_get(value, 1);
    return json_is_number(re) && json_is_number(im)
               ? (cph_c64){json_number_value(re), json_number_value(im)}
               : (cph_c64){NAN, NAN};
}

static cph_status take_sources(const cph_sigmf *r, const json_t *about, cph_raw *raw)
{
    const json_t *list = json_object_get(about, CPH_SIGMF_TRUTH_SOURCE);
    const size_t count = json_array_size(list);
    size_t size = 1;
    for (size_t i = 0; i < count; i++)
        if (json_string_length(json_array_get(list, i)) >= size)
            size = json_string_length(json_array_get(list, i)) + 1;
    if (count == 0)
        return CPH_OK;
    char **line = cph_data_lines(count, size);
    if (line == NULL)
        return cph_h5_fail(&r->data->h5, CPH_ERR_MEMORY, NULL, "no memory");
    for (size_t i = 0; i < count; i++) {
        const char *text = json_string_value(json_array_get(list, i));
        if (text != NULL)
            cph_h5_text_line(line[i], size, text, strlen(text));
    }
    raw->source = line;
    raw->sources = count;
    raw->source_size = size;
    return CPH_OK;
}

/* A list with one item an element; *list is NULL where there is none. */
static cph_status find_list(const cph_sigmf *r, const json_t *about, const char *key,
                            const json_t **list)
{
    const cph_raw *raw = r->data->layout;
    *list = json_object_get(about, key);
    if (*list == NULL || json_array_size(*list) == raw->elements)
        return CPH_OK;
    return cph_h5_fail(&r->data->h5, CPH_ERR_FORMAT, key, "has %zu items, expected %zu",
                       json_array_size(*list), raw->elements);
}

cph_status cph_sigmf_take_names(const cph_sigmf *r, const json_t *about)
{
    const json_t *list;
    const cph_status status = find_list(r, about, CPH_SIGMF_NAMES, &list);
    cph_array *array = &r->data->header.array;
    for (size_t n = 0; status == CPH_OK && list != NULL && n < array->elements; n++) {
        const char *name = json_string_value(json_array_get(list, n));
        if (name == NULL)
            return cph_h5_fail(&r->data->h5, CPH_ERR_FORMAT, CPH_SIGMF_NAMES,
                               "entry %zu is no text", n);
        cph_h5_text_line(array->element[n].name, CPH_NAME_SIZE, name, strlen(name));
    }
    return status;
}

static cph_status take_delays(const cph_sigmf *r, const json_t *about, cph_raw *raw)
{
    const json_t *list;
    const cph_status status = find_list(r, about, CPH_SIGMF_TRUTH_DELAY, &list);
    if (status != CPH_OK || list == NULL)
        return status;
    raw->delay_s = calloc(raw->elements, sizeof *raw->delay_s);
    if (raw->delay_s == NULL)
        return cph_h5_fail(&r->data->h5, CPH_ERR_MEMORY, NULL, "no memory");
    for (size_t n = 0; n < raw->elements; n++) {
        const json_t *value = json_array_get(list, n);
        raw->delay_s[n] = json_is_number(value) ? json_number_value(value) : NAN;
    }
    return CPH_OK;
}

cph_status cph_sigmf_take_truth(const cph_sigmf *r, const json_t *about)
{
    cph_raw *raw = r->data->layout;
    const json_t *list;
    cph_status status = find_list(r, about, CPH_SIGMF_TRUTH_GAIN, &list);
    if (status != CPH_OK || list == NULL)
        return status;
    raw->truth = calloc(raw->elements, sizeof *raw->truth);
    if (raw->truth == NULL)
        return cph_h5_fail(&r->data->h5, CPH_ERR_MEMORY, NULL, "no memory");
    for (size_t n = 0; n < raw->elements; n++)
        raw->truth[n] = gain_of(json_array_get(list, n));
    status = take_delays(r, about, raw);
    return status == CPH_OK ? take_sources(r, about, raw) : status;
}
