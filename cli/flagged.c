/* SPDX-License-Identifier: MIT */
#include "cli/flagged.h"

#include <stdio.h>

#include "cophase/flags.h"

static void append(json_t *list, const cph_element *element, const char *reason)
{
    const char polarization[] = {element->polarization, '\0'};
    json_t *row = json_object();
    cph_json_set_count(row, "element", element->number);
    cph_json_set_text(row, "name", element->name[0] != '\0' ? element->name : NULL);
    cph_json_set_text(row, "polarization", polarization[0] != '\0' ? polarization : NULL);
    cph_json_set_text(row, "reason", reason);
    cph_json_append(list, row);
}

size_t cph_flagged_append(json_t *list, const cph_array *array, const unsigned char *flag)
{
    size_t count = 0;
    for (size_t n = 0; n < array->elements; n++) {
        if (flag[n] == CPH_FLAG_NONE)
            continue;
        append(list, &array->element[n], cph_flag_name((cph_flag)flag[n]));
        count++;
    }
    return count;
}

static bool unused(const cph_weights *weights, size_t element)
{
    const size_t n = weights->array.elements;
    for (size_t i = 0; i < weights->beams * weights->channels; i++) {
        const cph_c32 w = weights->weights[i * n + element];
        if (w.re != 0 || w.im != 0)
            return false;
    }
    return true;
}

json_t *cph_flagged_weights(const cph_weights *weights, const unsigned char *flag)
{
    json_t *list = json_array();
    const size_t n = weights->array.elements;
    for (size_t i = 0; i < n; i++) {
        cph_flag reason = CPH_FLAG_NONE;
        if (!unused(weights, i))
            continue;
        for (size_t c = 0; c < weights->channels && flag != NULL && reason == CPH_FLAG_NONE; c++)
            reason = (cph_flag)flag[c * n + i];
        append(list, &weights->array.element[i],
               reason != CPH_FLAG_NONE ? cph_flag_name(reason) : "weight 0");
    }
    return list;
}

static const char *text_of(const json_t *row, const char *key)
{
    const char *text = json_string_value(json_object_get(row, key));
    return text != NULL ? text : "";
}

void cph_flagged_print(const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *row = json_array_get(list, i);
        printf("flagged  %4lld%s  %-12s  %s\n",
               (long long)json_integer_value(json_object_get(row, "element")),
               text_of(row, "polarization"), text_of(row, "name"), text_of(row, "reason"));
    }
}
