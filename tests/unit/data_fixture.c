/* SPDX-License-Identifier: MIT */
#include "data_fixture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

const char *fixture_path(const char *name)
{
    enum { NAMES = 64 };
    static char path[NAMES][512];
    static const char *names[NAMES];
    size_t i = 0;
    while (i < NAMES - 1 && names[i] != NULL && strcmp(names[i], name) != 0)
        i++;
    const char *folder = getenv("TMP");
    names[i] = name;
    snprintf(path[i], sizeof path[i], "%s/%s", folder != NULL ? folder : "/tmp", name);
    return path[i];
}

int fixture_value(size_t time, size_t channel, size_t element, int part)
{
    size_t mixed = time * 37 + channel * 101 + element * 13 + (size_t)part * 71 + 5;
    return (int)((uint32_t)mixed * 2654435761u >> 24) - 128;
}

void fixture_array(size_t elements, cph_array *array)
{
    CU_ASSERT_EQUAL_FATAL(cph_array_create(elements, array), CPH_OK);
    for (size_t n = 0; n < elements; n++) {
        cph_element *e = &array->element[n];
        e->position[0] = 0.5 * (double)n;
        e->position[1] = 10.0 - (double)(n * n);
        e->position[2] = 0.125 * (double)n;
        snprintf(e->name, sizeof e->name, "antenne-%zu \xC3\xA9", n);
        e->polarization = n % 2 == 0 ? 'X' : 'Y';
        e->listed = n == 1;
        e->subarray = n == 2 ? 77 : CPH_SUBARRAY_NONE;
        const double normal[3] = {0.1 * (double)n, -0.3, 1.0};
        CU_ASSERT_EQUAL(cph_element_face(e, normal), CPH_OK);
    }
    const double turn[9] = {0, 0, 1, 1, 0, 0, 0, 1, 0};
    memcpy(array->array_to_enu, turn, sizeof turn);
    array->has_positions = array->has_array_to_enu = true;
    array->latitude_deg = -26.7;
    array->longitude_deg = 116.67;
    array->altitude_m = 359.5;
    array->pitch_m = 0.0128;
    snprintf(array->label, sizeof array->label, "test:%zu", elements);
}

void fixture_header(cph_kind kind, cph_type type, size_t channels, size_t elements,
                    cph_data_header *header)
{
    *header = (cph_data_header){.kind = kind,
                                .type = type,
                                .channels = channels,
                                .axis_elements = elements,
                                .scale = 0.25,
                                .sample_rate_hz = 2e6,
                                .center_freq_hz = 11.7e9,
                                .if_freq_hz = NAN,
                                .time_start_unix_s = 1704605037.25,
                                .integration_s = 0.5,
                                .n_samples = 1e6,
                                .has_diagonal = true};
    header->channel_freq_hz = calloc(channels, sizeof(double));
    for (size_t c = 0; c < channels; c++)
        header->channel_freq_hz[c] = 11.7e9 + 1e6 * (double)c;
    fixture_array(elements, &header->array);
}

void fixture_header_free(cph_data_header *header)
{
    cph_array_free(&header->array);
    free(header->channel_freq_hz);
    free(header->time_unix_s);
}

cph_data *fixture_open(const char *path, const cph_data_options *options)
{
    cph_data *data = NULL;
    cph_error error = {CPH_OK, ""};
    if (cph_data_open(path, options, &data, &error) != CPH_OK)
        printf("    %s\n", error.message);
    CU_ASSERT_PTR_NOT_NULL_FATAL(data);
    return data;
}

void fixture_refused(const char *path, const cph_data_options *options, cph_status status,
                     const char *const *words)
{
    cph_data *data = NULL;
    cph_error error = {CPH_OK, ""};
    cph_status is = cph_data_open(path, options, &data, &error);
    CU_ASSERT_EQUAL(is, status);
    CU_ASSERT_EQUAL(error.status, status);
    CU_ASSERT_PTR_NULL(data);
    CU_ASSERT_PTR_NULL(strchr(error.message, '\n'));
    for (; *words != NULL; words++) {
        if (strstr(error.message, *words) == NULL)
            printf("    no \"%s\" in: %s\n", *words, error.message);
        CU_ASSERT_PTR_NOT_NULL(strstr(error.message, *words));
    }
    if (is != status)
        printf("    status %d, expected %d: %s\n", is, status, error.message);
    cph_data_close(data);
}

hid_t fixture_raw(const char *path, const char *kind)
{
    hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    CU_ASSERT_FATAL(file >= 0);
    if (kind != NULL) {
        fixture_text(file, "format", "cophase");
        fixture_number(file, "format_version", 1.0);
        fixture_text(file, "kind", kind);
    }
    return file;
}

void fixture_text(hid_t object, const char *name, const char *value)
{
    hid_t type = H5Tcopy(H5T_C_S1), space = H5Screate(H5S_SCALAR);
    H5Tset_size(type, strlen(value) + 1);
    hid_t attr = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    CU_ASSERT(H5Awrite(attr, type, value) >= 0);
    H5Aclose(attr);
    H5Sclose(space);
    H5Tclose(type);
}

void fixture_number(hid_t object, const char *name, double value)
{
    hid_t space = H5Screate(H5S_SCALAR);
    hid_t attr = H5Acreate2(object, name, H5T_IEEE_F32BE, space, H5P_DEFAULT, H5P_DEFAULT);
    CU_ASSERT(H5Awrite(attr, H5T_NATIVE_DOUBLE, &value) >= 0);
    H5Aclose(attr);
    H5Sclose(space);
}

hid_t fixture_set(hid_t file, const char *name, int rank, const hsize_t *dim, hid_t file_type,
                  hid_t memory_type, const void *value)
{
    hid_t links = H5Pcreate(H5P_LINK_CREATE);
    H5Pset_create_intermediate_group(links, 1);
    hid_t space = H5Screate_simple(rank, dim, NULL);
    hid_t set = H5Dcreate2(file, name, file_type, space, links, H5P_DEFAULT, H5P_DEFAULT);
    CU_ASSERT_FATAL(set >= 0);
    if (value != NULL)
        CU_ASSERT(H5Dwrite(set, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, value) >= 0);
    H5Sclose(space);
    H5Pclose(links);
    return set;
}

hid_t fixture_pair(hid_t part, const char *re, const char *im)
{
    size_t bytes = H5Tget_size(part);
    hid_t type = H5Tcreate(H5T_COMPOUND, 2 * bytes);
    H5Tinsert(type, re, 0, part);
    H5Tinsert(type, im, bytes, part);
    return type;
}

size_t fixture_size(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 ? (size_t)about.st_size : SIZE_MAX;
}

void fixture_same_numbers(const double *a, const double *b, size_t count)
{
    for (size_t i = 0; i < count; i++)
        CU_ASSERT_EQUAL(a[i], b[i]);
}

void fixture_same_array(const cph_array *a, const cph_array *b)
{
    CU_ASSERT_EQUAL_FATAL(a->elements, b->elements);
    for (size_t n = 0; n < a->elements; n++) {
        const cph_element *e = &a->element[n], *f = &b->element[n];
        fixture_same_numbers(e->position, f->position, 3);
        CU_ASSERT_STRING_EQUAL(e->name, f->name);
        CU_ASSERT_EQUAL(e->polarization, f->polarization);
        CU_ASSERT_EQUAL(e->listed, f->listed);
        CU_ASSERT_EQUAL(e->number, f->number);
        CU_ASSERT_EQUAL(e->subarray, f->subarray);
        fixture_same_numbers(e->axes, f->axes, 9);
    }
    CU_ASSERT_EQUAL(a->frame, b->frame);
    CU_ASSERT_EQUAL(a->has_positions, b->has_positions);
    CU_ASSERT_EQUAL(a->has_array_to_enu, b->has_array_to_enu);
    fixture_same_numbers(a->array_to_enu, b->array_to_enu, 9);
    CU_ASSERT_EQUAL(a->latitude_deg, b->latitude_deg);
    CU_ASSERT_EQUAL(a->longitude_deg, b->longitude_deg);
    CU_ASSERT_EQUAL(a->altitude_m, b->altitude_m);
    CU_ASSERT_EQUAL(a->pitch_m, b->pitch_m);
    CU_ASSERT_STRING_EQUAL(a->label, b->label);
}
