/* SPDX-License-Identifier: MIT */
/* Calibration readings in memory, and reading them from either form. */
#include "cophase/readings.h"
#include "cophase/data_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/data.h"
#include "datasets/import/readings_table.h"
#include "kernels/core/size.h"

/* Zeroed items, count the product of three; NULL with *status set. */
static void *items(size_t a, size_t b, size_t c, size_t size, cph_status *status)
{
    size_t count;
    if (*status != CPH_OK)
        return NULL;
    if (!cph_size_mul(a, b, &count) || !cph_size_mul(count, c, &count) || count == 0) {
        *status = CPH_ERR_OVERFLOW;
        return NULL;
    }
    void *const memory = calloc(count, size);
    if (memory == NULL)
        *status = CPH_ERR_MEMORY;
    return memory;
}

cph_status cph_rev_readings_create(const cph_array *array, size_t sweeps, size_t steps,
                                   size_t tables, bool groups, cph_rev_readings *readings)
{
    if (array == NULL || array->elements == 0 || readings == NULL || sweeps == 0 || steps == 0 ||
        (tables != 1 && tables != sweeps) || (!groups && sweeps != array->elements))
        return CPH_ERR_ARGUMENT;
    cph_rev_readings r = {.sweeps = sweeps, .steps = steps, .tables = tables, .freq_hz = NAN};
    cph_status status = cph_array_select(array, NULL, 0, &r.array);
    r.power = items(sweeps, steps, 1, sizeof *r.power, &status);
    r.state = items(tables, steps, 1, sizeof *r.state, &status);
    r.member = groups ? items(sweeps, array->elements, 1, 1, &status) : NULL;
    if (status == CPH_OK)
        *readings = r;
    else
        cph_rev_readings_free(&r);
    return status;
}

void cph_rev_readings_free(cph_rev_readings *readings)
{
    if (readings == NULL)
        return;
    cph_array_free(&readings->array);
    free(readings->power);
    free(readings->state);
    free(readings->setting);
    free(readings->member);
    free(readings->signal);
    free(readings->truth);
    *readings = (cph_rev_readings){0};
}

cph_status cph_coded_readings_create(const cph_array *array, size_t states, size_t codes,
                                     size_t signs, size_t repeats, bool coded,
                                     cph_coded_readings *readings)
{
    size_t rows;
    if (array == NULL || array->elements == 0 || readings == NULL || states == 0 || codes == 0 ||
        repeats == 0 || signs < 1 || signs > 2)
        return CPH_ERR_ARGUMENT;
    if (!cph_size_mul(codes, signs, &rows))
        return CPH_ERR_OVERFLOW;
    cph_coded_readings r = {
        .states = states, .codes = codes, .signs = signs, .repeats = repeats, .freq_hz = NAN};
    cph_status status = cph_array_select(array, NULL, 0, &r.array);
    r.reading = items(states, rows, repeats, sizeof *r.reading, &status);
    r.code = coded ? items(rows, array->elements, 1, sizeof *r.code, &status) : NULL;
    r.state = states > 1 ? items(states, 1, 1, sizeof *r.state, &status) : NULL;
    if (status == CPH_OK)
        *readings = r;
    else
        cph_coded_readings_free(&r);
    return status;
}

void cph_coded_readings_free(cph_coded_readings *readings)
{
    if (readings == NULL)
        return;
    cph_array_free(&readings->array);
    free(readings->reading);
    free(readings->code);
    free(readings->state);
    free(readings->setting);
    free(readings->signal);
    free(readings->truth);
    *readings = (cph_coded_readings){0};
}

cph_status cph_near_field_readings_create(const cph_array *array, size_t rows, size_t columns,
                                          cph_near_field_readings *readings)
{
    if (readings == NULL || rows == 0 || columns == 0)
        return CPH_ERR_ARGUMENT;
    cph_near_field_readings r = {
        .rows = rows, .columns = columns, .spacing_m = {NAN, NAN}, .height_m = NAN, .freq_hz = NAN};
    cph_status status = array != NULL ? cph_array_select(array, NULL, 0, &r.array) : CPH_OK;
    r.field = items(rows, columns, 1, sizeof *r.field, &status);
    if (status == CPH_OK)
        *readings = r;
    else
        cph_near_field_readings_free(&r);
    return status;
}

void cph_near_field_readings_free(cph_near_field_readings *readings)
{
    if (readings == NULL)
        return;
    cph_array_free(&readings->array);
    free(readings->field);
    free(readings->truth);
    *readings = (cph_near_field_readings){0};
}

cph_status cph_coupling_readings_create(const cph_array *array, cph_coupling_readings *readings)
{
    if (array == NULL || array->elements == 0 || readings == NULL)
        return CPH_ERR_ARGUMENT;
    cph_coupling_readings r = {.freq_hz = NAN};
    cph_status status = cph_array_select(array, NULL, 0, &r.array);
    r.s = items(array->elements, array->elements, 1, sizeof *r.s, &status);
    if (status == CPH_OK)
        *readings = r;
    else
        cph_coupling_readings_free(&r);
    return status;
}

void cph_coupling_readings_free(cph_coupling_readings *readings)
{
    if (readings == NULL)
        return;
    cph_array_free(&readings->array);
    free(readings->s);
    free(readings->truth);
    free(readings->truth_transmit);
    *readings = (cph_coupling_readings){0};
}

cph_kind cph_readings_kind(const char *path)
{
    if (path == NULL)
        return CPH_KIND_COUNT;
    if (cph_array_file_probe(path))
        return cph_readings_table_kind(path);
    cph_data *data = NULL;
    cph_kind kind = CPH_KIND_COUNT;
    if (cph_data_open(path, NULL, &data, NULL) == CPH_OK)
        kind = data->header.kind;
    cph_data_close(data);
    return kind >= CPH_KIND_REV && kind <= CPH_KIND_COUPLING ? kind : CPH_KIND_COUNT;
}

cph_status cph_rev_readings_read(const char *path, cph_rev_readings *readings, cph_error *error)
{
    cph_status status = CPH_OK;
    if (path == NULL || readings == NULL)
        return cph_h5_error(error, CPH_ERR_ARGUMENT, "cph_rev_readings_read", NULL,
                            "null argument");
    if (cph_array_file_probe(path))
        return cph_rev_table_read(path, readings, error);
    cph_data *const data = cph_data_open_kind(path, CPH_KIND_REV, &status, error);
    if (data != NULL)
        status = data->reader->rev(data, readings);
    cph_data_close(data);
    return status;
}

cph_status cph_coded_readings_read(const char *path, cph_coded_readings *readings, cph_error *error)
{
    cph_status status = CPH_OK;
    if (path == NULL || readings == NULL)
        return cph_h5_error(error, CPH_ERR_ARGUMENT, "cph_coded_readings_read", NULL,
                            "null argument");
    if (cph_array_file_probe(path))
        return cph_coded_table_read(path, readings, error);
    cph_data *const data = cph_data_open_kind(path, CPH_KIND_CODED, &status, error);
    if (data != NULL)
        status = data->reader->coded(data, readings);
    cph_data_close(data);
    return status;
}

cph_status cph_near_field_readings_read(const char *path, cph_near_field_readings *readings,
                                        cph_error *error)
{
    cph_status status = CPH_OK;
    if (path == NULL || readings == NULL)
        return cph_h5_error(error, CPH_ERR_ARGUMENT, "cph_near_field_readings_read", NULL,
                            "null argument");
    if (cph_array_file_probe(path))
        return cph_near_field_table_read(path, readings, error);
    cph_data *const data = cph_data_open_kind(path, CPH_KIND_NEAR_FIELD, &status, error);
    if (data != NULL)
        status = data->reader->near_field(data, readings);
    cph_data_close(data);
    return status;
}

cph_status cph_coupling_readings_read(const char *path, cph_coupling_readings *readings,
                                      cph_error *error)
{
    cph_status status = CPH_OK;
    if (path == NULL || readings == NULL)
        return cph_h5_error(error, CPH_ERR_ARGUMENT, "cph_coupling_readings_read", NULL,
                            "null argument");
    if (cph_array_file_probe(path))
        return cph_coupling_table_read(path, readings, error);
    cph_data *const data = cph_data_open_kind(path, CPH_KIND_COUPLING, &status, error);
    if (data != NULL)
        status = data->reader->coupling(data, readings);
    cph_data_close(data);
    return status;
}
