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

/* Each puts an item of a list into an element; false where it is something else. */
static bool take_name(const json_t *item, cph_element *element)
{
    const char *name = json_string_value(item);
    if (name != NULL)
        cph_h5_text_line(element->name, CPH_NAME_SIZE, name, strlen(name));
    return name != NULL;
}

static bool take_number(const json_t *item, cph_element *element)
{
    const json_int_t number = json_is_integer(item) ? json_integer_value(item) : -1;
    if (number < 0 || number > (json_int_t)UINT32_MAX)
        return false;
    element->number = (uint32_t)number;
    return true;
}

static bool take_polarization(const json_t *item, cph_element *element)
{
    const char *letter = json_string_value(item);
    if (letter == NULL ||
        (strcmp(letter, "") != 0 && strcmp(letter, "X") != 0 && strcmp(letter, "Y") != 0))
        return false;
    element->polarization = letter[0];
    return true;
}

const char *const cph_sigmf_lists[] = {CPH_SIGMF_NAMES, CPH_SIGMF_NUMBERS, CPH_SIGMF_POLARIZATIONS,
                                       NULL};

cph_status cph_sigmf_take_elements(const cph_sigmf *r, const json_t *about)
{
    static const struct {
        bool (*take)(const json_t *item, cph_element *element);
        const char *expected;
    } ways[] = {{take_name, "text"},
                {take_number, "a whole number"},
                {take_polarization, "\"X\", \"Y\" or \"\""}}; /* as cph_sigmf_lists */
    cph_array *array = &r->data->header.array;
    const json_t *list;
    cph_status status = CPH_OK;
    for (size_t k = 0; status == CPH_OK && cph_sigmf_lists[k] != NULL; k++) {
        status = find_list(r, about, cph_sigmf_lists[k], &list);
        for (size_t n = 0; status == CPH_OK && list != NULL && n < array->elements; n++)
            if (!ways[k].take(json_array_get(list, n), &array->element[n]))
                status =
                    cph_h5_fail(&r->data->h5, CPH_ERR_FORMAT, cph_sigmf_lists[k],
                                "entry %zu is something else, expected %s", n, ways[k].expected);
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
