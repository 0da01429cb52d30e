/* SPDX-License-Identifier: MIT */
/* Pointing tables in HDF5: kind pointing, read in boxes of rows. */
#include <math.h>
#include <stdlib.h>

#include "datasets/native/native.h"
#include "datasets/pointing/pointing.h"

enum { BOX = 8192 };

typedef struct stored {
    cph_data *data;
    cph_h5_set satellite, set[CPH_POINTING_NUMBERS]; /* id negative: absent */
    size_t rows, next;                               /* of the file; the next to be given */
    size_t first, count;                             /* rows that are held */
    double value[CPH_POINTING_NUMBERS][BOX];
    double number[BOX]; /* whatever type the file has them in */
} stored;

/* ---- as a kind of file ---- */

static bool is_optional(size_t number)
{
    return number == CPH_POINTING_RANGE || number == CPH_POINTING_RANGE_RATE;
}

static cph_status check_shape(const cph_h5 *h5, const char *name, size_t *rows)
{
    cph_h5_set set;
    cph_status status = cph_h5_set_open(h5, name, &set);
    if (status != CPH_OK)
        return status;
    status = cph_h5_set_shape(h5, &set, 1, rows, "row");
    if (status == CPH_OK && !set.is_number)
        status = cph_h5_fail(h5, CPH_ERR_FORMAT, name, "does not hold numbers");
    *rows = set.dim[0];
    cph_h5_set_close(&set);
    return status;
}

cph_status cph_native_open_pointing(cph_data *data)
{
    static const cph_reader reader = {.samples = NULL};
    size_t rows = 0;
    data->reader = &reader;
    cph_status status = check_shape(&data->h5, CPH_POINTING_SATELLITE, &rows);
    for (size_t i = 0; status == CPH_OK && i < CPH_POINTING_NUMBERS; i++)
        if (!is_optional(i) || cph_h5_exists(&data->h5, cph_pointing_sets[i]))
            status = check_shape(&data->h5, cph_pointing_sets[i], &rows);
    return status == CPH_OK ? cph_data_make_axes(data, rows, 1) : status;
}

/* ---- row by row ---- */

static cph_status read_box(stored *s)
{
    const cph_h5 *const h5 = &s->data->h5;
    s->first = s->next;
    s->count = s->rows - s->next < BOX ? s->rows - s->next : BOX;
    cph_status status =
        cph_h5_set_read(h5, &s->satellite, H5T_NATIVE_DOUBLE, &s->first, &s->count, s->number);
    for (size_t i = 0; status == CPH_OK && i < CPH_POINTING_NUMBERS; i++) {
        if (s->set[i].id >= 0)
            status = cph_h5_set_read(h5, &s->set[i], H5T_NATIVE_DOUBLE, &s->first, &s->count,
                                     s->value[i]);
        else
            for (size_t k = 0; k < s->count; k++)
                s->value[i][k] = NAN;
    }
    return status;
}

static cph_status next(cph_pointing *p, cph_pointing_raw *raw, bool *more, cph_error *error)
{
    stored *const s = p->state;
    *more = s->next < s->rows;
    if (!*more)
        return CPH_OK;
    cph_h5_quiet();
    s->data->h5.error = error;
    const cph_status status = s->next < s->first + s->count ? CPH_OK : read_box(s);
    s->data->h5.error = NULL;
    if (status != CPH_OK)
        return status;
    const size_t i = s->next - s->first;
    p->place = s->next++;
    *raw = (cph_pointing_raw){.time_unix_s = s->value[CPH_POINTING_TIME][i],
                              .az_deg = s->value[CPH_POINTING_AZ][i],
                              .el_deg = s->value[CPH_POINTING_EL][i],
                              .range_m = s->value[CPH_POINTING_RANGE][i],
                              .range_rate_m_s = s->value[CPH_POINTING_RANGE_RATE][i]};
    const double number = s->number[i];
    if (!(number >= 0.0 && number < (double)p->rows.names.count) || number != floor(number))
        return cph_h5_error(error, CPH_ERR_FORMAT, p->path, CPH_POINTING_SATELLITE,
                            "row %zu is %g, expected a whole number below the %zu "
                            "of " CPH_POINTING_SATELLITE_NAME,
                            p->place, number, p->rows.names.count);
    raw->satellite = (uint32_t)number;
    return CPH_OK;
}

static void close_hdf5(cph_pointing *p)
{
    stored *const s = p->state;
    cph_h5_quiet();
    cph_h5_set_close(&s->satellite);
    for (size_t i = 0; i < CPH_POINTING_NUMBERS; i++)
        cph_h5_set_close(&s->set[i]);
    cph_data_close(s->data);
    free(s);
}

/* ---- opening ---- */

/* Every name, each once; one byte more than names have is read, so that longer ones are seen. */
static cph_status take_names(cph_pointing *p, const cph_h5 *h5, size_t count)
{
    enum { SIZE = CPH_POINTING_NAME_SIZE + 4 }; /* cut between characters of UTF-8 */
    cph_status status = CPH_OK;
    char *const name = calloc(count, SIZE);
    if (name == NULL)
        return cph_h5_fail(h5, CPH_ERR_MEMORY, CPH_POINTING_SATELLITE_NAME, "no memory");
    status = cph_h5_strings(h5, CPH_POINTING_SATELLITE_NAME, count, SIZE, name);
    for (size_t i = 0; status == CPH_OK && i < count; i++) {
        const char *why = NULL;
        uint32_t number = 0;
        bool added = false;
        status = cph_pointing_names_find(&p->rows.names, name + i * SIZE, &number, &added, &why);
        if (status == CPH_OK && !added) {
            why = "is there twice, expected a name each";
            status = CPH_ERR_FORMAT;
        }
        if (status != CPH_OK)
            status = cph_h5_fail(h5, status, CPH_POINTING_SATELLITE_NAME, "name %zu, %s, %s", i,
                                 name + i * SIZE, why);
    }
    free(name);
    return status;
}

static cph_status read_names(cph_pointing *p, const cph_h5 *h5)
{
    cph_h5_set set;
    cph_status status = cph_h5_set_open(h5, CPH_POINTING_SATELLITE_NAME, &set);
    if (status != CPH_OK)
        return status;
    size_t count = 0;
    status = cph_h5_set_shape(h5, &set, 1, &count, "satellite");
    count = set.dim[0];
    cph_h5_set_close(&set);
    if (status == CPH_OK && count > CPH_POINTING_SATELLITES_MAX)
        status =
            cph_h5_fail(h5, CPH_ERR_FORMAT, CPH_POINTING_SATELLITE_NAME,
                        "has %zu names, expected at most %d", count, CPH_POINTING_SATELLITES_MAX);
    return status == CPH_OK ? take_names(p, h5, count) : status;
}

static cph_status open_sets(cph_pointing *p, stored *s)
{
    const cph_h5 *const h5 = &s->data->h5;
    cph_status status = cph_h5_set_open(h5, CPH_POINTING_SATELLITE, &s->satellite);
    for (size_t i = 0; status == CPH_OK && i < CPH_POINTING_NUMBERS; i++)
        if (!is_optional(i) || cph_h5_exists(h5, cph_pointing_sets[i]))
            status = cph_h5_set_open(h5, cph_pointing_sets[i], &s->set[i]);
    if (status == CPH_OK)
        s->rows = s->satellite.dim[0];
    return status == CPH_OK ? read_names(p, h5) : status;
}

cph_status cph_pointing_open_hdf5(cph_pointing *pointing, cph_error *error)
{
    static const cph_pointing_source source = {"row", next, close_hdf5};
    cph_status status = CPH_OK;
    stored *const s = calloc(1, sizeof *s);
    if (s == NULL)
        return cph_h5_error(error, CPH_ERR_MEMORY, pointing->path, NULL, "no memory");
    s->satellite.id = -1;
    for (size_t i = 0; i < CPH_POINTING_NUMBERS; i++)
        s->set[i].id = -1;
    pointing->source = &source;
    pointing->state = s;
    s->data = cph_data_open_kind(pointing->path, CPH_KIND_POINTING, &status, error);
    if (s->data == NULL)
        return status;
    s->data->h5.error = error;
    status = open_sets(pointing, s);
    s->data->h5.error = NULL;
    return status;
}
