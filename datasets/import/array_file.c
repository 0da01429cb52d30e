/* SPDX-License-Identifier: MIT */
/* Which text an array is in, and what a description adds to elements from elsewhere. */
#include "datasets/import/array_file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "datasets/data.h"
#include "datasets/import/text_table.h"

static const char layout_name[] = "layout.txt";

/* ---- names and contents ---- */

static bool ends_with(const char *text, const char *end)
{
    const size_t length = strlen(text), tail = strlen(end);
    return length >= tail && strcmp(text + length - tail, end) == 0;
}

static bool is_ini(const char *path)
{
    return ends_with(path, ".ini");
}

static bool is_layout(const char *path)
{
    const char *slash = strrchr(path, '/');
    return strcmp(slash != NULL ? slash + 1 : path, layout_name) == 0;
}

static bool is_folder(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

/* HDF5 may begin behind a text of its user's. */
static bool is_hdf5(const char *path)
{
    cph_h5_quiet();
    return H5Fis_hdf5(path) > 0;
}

/* HDF5, whole or cut, begins with a byte that no text has; others of its kind hold zero bytes. */
static bool begins_with_text(const char *path)
{
    enum { LOOK = 512 };
    char start[LOOK];
    struct stat info;
    if (stat(path, &info) != 0 || !S_ISREG(info.st_mode))
        return false;
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return false;
    const size_t got = fread(start, 1, sizeof start, file);
    fclose(file);
    return (got == 0 || (unsigned char)start[0] != 0x89) && memchr(start, '\0', got) == NULL;
}

bool cph_array_file_probe(const char *path)
{
    if (path == NULL)
        return false;
    return is_ini(path) || is_layout(path) || is_folder(path) ||
           (begins_with_text(path) && !is_hdf5(path));
}

static char *join(const char *folder, size_t length, const char *name)
{
    const size_t tail = strlen(name) + 1;
    const bool slash = length > 0 && folder[length - 1] != '/';
    char *path = length < SIZE_MAX - tail - 1 ? malloc(length + slash + tail) : NULL;
    if (path == NULL)
        return NULL;
    memcpy(path, folder, length);
    if (slash)
        path[length] = '/';
    memcpy(path + length + slash, name, tail);
    return path;
}

char *cph_array_file_beside(const char *path, const char *name)
{
    const char *slash = strrchr(path, '/');
    const size_t length = slash == NULL || name[0] == '/' ? 0 : (size_t)(slash - path) + 1;
    return join(path, length, name);
}

/* ---- elements ---- */

static cph_status read_hdf5(const char *path, cph_array *array, cph_error *error)
{
    cph_data *data = NULL;
    cph_status status = cph_data_open(path, NULL, &data, error);
    if (status != CPH_OK)
        return status;
    const cph_array *from = &cph_data_header_of(data)->array;
    if (from->elements == 0 || !from->has_positions)
        status = cph_h5_error(error, CPH_ERR_MISSING, path, "/array/position", "is not there");
    else if ((status = cph_array_select(from, NULL, 0, array)) != CPH_OK)
        (void)cph_h5_error(error, status, path, NULL, "no memory for its elements");
    cph_data_close(data);
    return status;
}

static cph_status read_elements(const char *path, cph_array *array, cph_error *error)
{
    if (is_layout(path))
        return cph_oskar_layout_read(path, array, error);
    return is_hdf5(path) ? read_hdf5(path, array, error) : cph_array_table_read(path, array, error);
}

/* ---- what a description adds ---- */

static void give_frame(const cph_array_file *file, cph_array *array)
{
    static const double identity[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
    const bool oriented = array->has_array_to_enu && array->frame == file->array.frame;
    if (!file->has_frame || oriented)
        return;
    array->frame = file->array.frame;
    array->has_array_to_enu = array->frame != CPH_FRAME_ARRAY;
    memcpy(array->array_to_enu, identity, sizeof identity);
}

static cph_status give_site(const cph_array_file *file, cph_array *array, cph_error *error)
{
    const cph_array *site = &file->array;
    if (!isnan(site->latitude_deg))
        array->latitude_deg = site->latitude_deg;
    if (!isnan(site->longitude_deg))
        array->longitude_deg = site->longitude_deg;
    if (!isnan(site->altitude_m))
        array->altitude_m = site->altitude_m;
    if (array->frame == CPH_FRAME_ECEF &&
        (isnan(array->latitude_deg) || isnan(array->longitude_deg)))
        return cph_h5_error(error, CPH_ERR_MISSING, file->path, NULL,
                            "positions are ecef: expected latitude_deg and longitude_deg in "
                            "[site]");
    if (!file->has_boresight)
        return CPH_OK;
    if (array->frame != CPH_FRAME_ARRAY)
        return cph_h5_error(error, CPH_ERR_FORMAT, file->path, NULL,
                            "line %zu, orients positions that are %s already; expected frame = "
                            "array in [array]",
                            file->boresight_line, array->frame == CPH_FRAME_ENU ? "enu" : "ecef");
    array->has_array_to_enu = true;
    memcpy(array->array_to_enu, site->array_to_enu, sizeof site->array_to_enu);
    return CPH_OK;
}

cph_status cph_array_file_dress(const cph_array_file *file, cph_array *array, cph_error *error)
{
    if (file == NULL || array == NULL)
        return cph_h5_error(error, CPH_ERR_ARGUMENT, "cph_array_file_dress", NULL, "null argument");
    give_frame(file, array);
    cph_status status = give_site(file, array, error);
    if (status != CPH_OK)
        return status;
    if (file->array.label[0] != '\0')
        memcpy(array->label, file->array.label, sizeof array->label);
    for (size_t n = 0; n < array->elements; n++)
        if (array->element[n].polarization == '\0')
            array->element[n].polarization = file->polarization;
    return file->subarrays != NULL ? cph_subarray_table_apply(file->subarrays, array, error)
                                   : CPH_OK;
}

/* ---- the whole ---- */

static cph_status read_description(cph_array_file *file, cph_error *error)
{
    char *const path = file->path;
    cph_status status = cph_array_ini_read(path, file, error);
    file->path = path;
    if (status != CPH_OK || file->positions == NULL)
        return status;
    if (is_ini(file->positions))
        return cph_h5_error(error, CPH_ERR_FORMAT, path, NULL,
                            "positions are in %s, a description too; expected a table",
                            file->positions);
    cph_array array = {0};
    status = read_elements(file->positions, &array, error);
    if (status == CPH_OK)
        status = cph_array_file_dress(file, &array, error);
    if (status == CPH_OK)
        file->array = array;
    else
        cph_array_free(&array);
    return status;
}

cph_status cph_array_file_read(const char *path, cph_array_file *file, cph_error *error)
{
    if (path == NULL || file == NULL)
        return cph_h5_error(error, CPH_ERR_ARGUMENT, "cph_array_file_read", NULL, "null argument");
    char *const own = is_folder(path) ? join(path, strlen(path), layout_name) : strdup(path);
    if (own == NULL)
        return cph_h5_error(error, CPH_ERR_MEMORY, path, NULL, "no memory");
    cph_array_file made = {.path = own};
    cph_array array = {0};
    const bool described = is_ini(own);
    const cph_status status =
        described ? read_description(&made, error) : read_elements(own, &array, error);
    if (!described)
        made.array = array;
    if (status == CPH_OK)
        *file = made;
    else
        cph_array_file_free(&made);
    return status;
}

void cph_array_file_free(cph_array_file *file)
{
    if (file == NULL)
        return;
    char *const texts[] = {file->path,
                           file->positions,
                           file->generator,
                           file->element,
                           file->subarrays,
                           file->gain[CPH_GAIN_RECEIVE],
                           file->gain[CPH_GAIN_TRANSMIT]};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        free(texts[i]);
    cph_array_free(&file->array);
    *file = (cph_array_file){0};
}
