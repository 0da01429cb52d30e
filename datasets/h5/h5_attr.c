/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/h5/h5.h"

/* An open attribute and what it holds. */
typedef struct attribute {
    hid_t id, type;
    size_t count; /* 0 for a null data space */
    H5T_class_t type_class;
    size_t size;
} attribute;

/* Some writers leave white space behind a name. Not by iteration: HDF5 1.10 crashes iterating over
 * a damaged attribute. */
static hid_t open_by_name(hid_t object, const char *name)
{
    static const char *const ends[] = {"", "\t", " "};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        char full[96];
        snprintf(full, sizeof full, "%s%s", name, ends[i]);
        if (H5Aexists(object, full) > 0)
            return H5Aopen(object, full, H5P_DEFAULT);
    }
    return -1;
}

static void attr_close(attribute *a)
{
    if (a->type >= 0)
        H5Tclose(a->type);
    if (a->id >= 0)
        H5Aclose(a->id);
}

/* False when there is none. */
static bool attr_open(const cph_h5 *h5, const char *object, const char *name, attribute *a)
{
    *a = (attribute){.id = -1, .type = -1};
    hid_t holder = cph_h5_exists(h5, object) ? H5Oopen(h5->file, object, H5P_DEFAULT) : -1;
    if (holder < 0)
        return false;
    a->id = open_by_name(holder, name);
    H5Oclose(holder);
    if (a->id < 0)
        return false;
    a->type = H5Aget_type(a->id);
    a->type_class = H5Tget_class(a->type);
    a->size = H5Tget_size(a->type);
    hid_t space = H5Aget_space(a->id);
    hssize_t points = H5Sget_simple_extent_npoints(space);
    a->count = points > 0 ? (size_t)points : 0;
    H5Sclose(space);
    return true;
}

static cph_status attr_fail(const cph_h5 *h5, const char *object, const char *name,
                            const attribute *a, const char *expected)
{
    static const char *const classes[H5T_NCLASSES] = {
        [H5T_INTEGER] = "an integer",  [H5T_FLOAT] = "a float",
        [H5T_TIME] = "a time",         [H5T_STRING] = "a string",
        [H5T_BITFIELD] = "bits",       [H5T_OPAQUE] = "opaque",
        [H5T_COMPOUND] = "a compound", [H5T_REFERENCE] = "a reference",
        [H5T_ENUM] = "an enumeration", [H5T_VLEN] = "a list",
        [H5T_ARRAY] = "an array"};
    const char *is =
        a->type_class >= 0 && a->type_class < H5T_NCLASSES ? classes[a->type_class] : "unreadable";
    return cph_h5_fail(h5, CPH_ERR_FORMAT, object,
                       "attribute %s is %s of %zu elements, expected %s", name, is, a->count,
                       expected);
}

bool cph_h5_has_attr(const cph_h5 *h5, const char *object, const char *name)
{
    attribute a;
    bool found = attr_open(h5, object, name, &a);
    attr_close(&a);
    return found;
}

cph_status cph_h5_numbers(const cph_h5 *h5, const char *object, const char *name, size_t count,
                          double *value)
{
    value[0] = NAN;
    attribute a;
    cph_status status = CPH_OK;
    if (attr_open(h5, object, name, &a) && a.count > 0) {
        if (!cph_h5_is_number(a.type) || a.count != count)
            status = attr_fail(h5, object, name, &a, count == 1 ? "a number" : "numbers");
        else if (H5Aread(a.id, H5T_NATIVE_DOUBLE, value) < 0)
            status = cph_h5_fail_call(h5, object, name);
    }
    attr_close(&a);
    return status;
}

cph_status cph_h5_number(const cph_h5 *h5, const char *object, const char *name, double *value)
{
    return cph_h5_numbers(h5, object, name, 1, value);
}

/* Each reader gives the text on the heap, or NULL when it could not be read. */
static char *read_fixed(const attribute *a)
{
    char *text = calloc(a->size + 1, 1);
    if (text != NULL && H5Aread(a->id, a->type, text) < 0) {
        free(text);
        return NULL;
    }
    return text;
}

static char *read_ucs4(const attribute *a)
{
    uint32_t *code = calloc(a->count, sizeof *code);
    char *text = malloc(4 * a->count + 1);
    bool done = code != NULL && text != NULL && H5Aread(a->id, H5T_NATIVE_UINT32, code) >= 0;
    if (done)
        cph_h5_text_ucs4(code, a->count, text);
    free(code);
    if (done)
        return text;
    free(text);
    return NULL;
}

cph_status cph_h5_text_all(const cph_h5 *h5, const char *object, const char *name, char **value)
{
    *value = NULL;
    attribute a;
    cph_status status = CPH_OK;
    if (attr_open(h5, object, name, &a) && a.count > 0) {
        bool text = a.type_class == H5T_STRING && a.count == 1;
        bool ucs4 = a.type_class == H5T_INTEGER && a.size == 4 && a.count > 1;
        if ((!text && !ucs4) || a.size > h5->bytes || a.count > h5->bytes)
            status = attr_fail(h5, object, name, &a, "a string");
        else if (text && H5Tis_variable_str(a.type) > 0)
            status = cph_h5_heap_read(h5, name, a.id, H5S_ALL, H5S_ALL, 1, value);
        else if ((*value = ucs4 ? read_ucs4(&a) : read_fixed(&a)) == NULL)
            status = cph_h5_fail_call(h5, object, name);
    }
    attr_close(&a);
    return status;
}

cph_status cph_h5_text(const cph_h5 *h5, const char *object, const char *name, char *value,
                       size_t size)
{
    char *text = NULL;
    value[0] = '\0';
    cph_status status = cph_h5_text_all(h5, object, name, &text);
    if (text != NULL)
        cph_h5_text_line(value, size, text, strlen(text));
    free(text);
    return status;
}
