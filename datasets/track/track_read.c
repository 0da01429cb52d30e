/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/native/native.h"
#include "datasets/track/track.h"
#include "kernels/core/size.h"
#include "kernels/core/vec3.h"

/* ---- as a kind of file ---- */

static cph_status rows_of(const cph_h5 *h5, const char *name, size_t *rows)
{
    cph_h5_set set;
    const cph_status status = cph_h5_set_open(h5, name, &set);
    if (status != CPH_OK)
        return status;
    *rows = set.dim[0];
    cph_h5_set_close(&set);
    return CPH_OK;
}

/* Of the first column; NaN: no column says its. */
static cph_status first_frequency(const cph_h5 *h5, double *freq_hz)
{
    static const char name[] = "/column_freq_hz";
    size_t columns = 0;
    cph_status status = cph_h5_exists(h5, name) ? rows_of(h5, name, &columns) : CPH_OK;
    double *const all = calloc(columns + 1, sizeof *all);
    if (all == NULL)
        return cph_h5_fail(h5, CPH_ERR_MEMORY, name, "no memory");
    if (status == CPH_OK && columns > 0)
        status = cph_h5_doubles(h5, name, 1, &columns, all);
    if (status == CPH_OK && columns > 0)
        *freq_hz = all[0];
    free(all);
    return status;
}

cph_status cph_native_open_track(cph_data *data)
{
    static const cph_reader reader = {.samples = NULL};
    static const char places[] = "/array/position";
    size_t rows = 0, elements = 0;
    data->reader = &reader;
    cph_status status = rows_of(&data->h5, "/time_unix_s", &rows);
    if (status == CPH_OK)
        status = cph_data_make_axes(data, rows, 1);
    if (status == CPH_OK)
        status = first_frequency(&data->h5, &data->header.channel_freq_hz[0]);
    if (status != CPH_OK || !cph_h5_exists(&data->h5, places))
        return status;
    status = rows_of(&data->h5, places, &elements);
    if (status == CPH_OK)
        status = cph_data_make_array(data, places, elements, elements);
    return status == CPH_OK ? cph_native_read_array(data) : status;
}

/* ---- whole ---- */

static cph_status read_set(const cph_h5 *h5, const cph_track_field *field, size_t rows,
                           size_t columns, size_t nulls, void **value)
{
    size_t dim[3] = {rows}, items = rows;
    const size_t start[3] = {0};
    const size_t rank = 1 + cph_track_axes(field->shape, columns, nulls, dim + 1);
    for (size_t i = 1; i < rank; i++)
        if (!cph_size_mul(items, dim[i], &items))
            return cph_h5_fail(h5, CPH_ERR_OVERFLOW, field->name, "too many items");
    if (items == 0 || (field->late && !cph_h5_exists(h5, field->name)))
        return CPH_OK;
    cph_h5_set set;
    cph_status status = cph_h5_set_open(h5, field->name, &set);
    if (status != CPH_OK)
        return status;
    status = cph_h5_set_shape(h5, &set, rank, dim, "row, column, null");
    if (status == CPH_OK) {
        *value = calloc(items, cph_track_item_size(field->type));
        if (*value == NULL)
            status = cph_h5_fail(h5, CPH_ERR_MEMORY, field->name, "no memory");
    }
    if (status == CPH_OK)
        status = cph_h5_set_read(h5, &set, cph_track_memory_type(field->type), start, dim, *value);
    cph_h5_set_close(&set);
    if (status != CPH_OK) {
        free(*value);
        *value = NULL;
    }
    return status;
}

static cph_status check_row(const cph_h5 *h5, const cph_track_log *log, size_t i)
{
    const double *const u = log->direction + 3 * i;
    const cph_track_row row = {.time_unix_s = log->time_unix_s[i],
                               .end_unix_s = log->end_unix_s[i],
                               .az_deg = log->az_deg[i],
                               .el_deg = log->el_deg[i],
                               .direction = {u[0], u[1], u[2]}};
    const cph_status status =
        cph_track_check_satellite(h5, "/satellite", i, log->satellite[i], log->satellites);
    return status == CPH_OK ? cph_track_check_place(h5, i, &row) : status;
}

static cph_status read_rows(const cph_h5 *h5, cph_track_log *log)
{
    cph_status status = CPH_OK;
    for (size_t i = 0; status == CPH_OK && i < CPH_TRACK_ROW_FIELDS; i++) {
        const cph_track_field *const field = &cph_track_row_fields[i];
        void **const value = (void **)(void *)((char *)log + field->to);
        status = read_set(h5, field, log->rows, log->columns, log->nulls, value);
    }
    for (size_t i = 0; status == CPH_OK && i < log->rows; i++)
        status = check_row(h5, log, i);
    return status;
}

cph_status cph_track_check_satellite(const cph_h5 *h5, const char *set, size_t number,
                                     uint32_t satellite, size_t satellites)
{
    if (satellite < satellites || satellite == CPH_SCHEDULE_NONE)
        return CPH_OK;
    return cph_h5_fail(h5, CPH_ERR_FORMAT, set,
                       "row %zu is %u, expected a number below the %zu of /satellite_name", number,
                       (unsigned)satellite, satellites);
}

cph_status cph_track_check_place(const cph_h5 *h5, size_t number, const cph_track_row *row)
{
    static const double unit_within = 1e-6;
    if (!isfinite(row->time_unix_s) || !isfinite(row->end_unix_s) || !isfinite(row->az_deg) ||
        !isfinite(row->el_deg))
        return cph_h5_fail(h5, CPH_ERR_FORMAT, "/time_unix_s",
                           "time or direction of row %zu is not finite", number);
    if (!(fabs(cph_norm3(row->direction) - 1.0) < unit_within))
        return cph_h5_fail(h5, CPH_ERR_FORMAT, "/direction",
                           "row %zu is (%g, %g, %g), expected a unit vector", number,
                           row->direction[0], row->direction[1], row->direction[2]);
    return CPH_OK;
}

cph_status cph_track_piece_of(const cph_h5 *h5, const cph_track_piece_row *row, size_t number,
                              size_t satellites, cph_schedule_piece *piece)
{
    const cph_status status =
        cph_track_check_satellite(h5, "/piece/satellite", number, row->satellite, satellites);
    if (status != CPH_OK)
        return status;
    if (row->reason >= CPH_SCHEDULE_REASONS)
        return cph_h5_fail(h5, CPH_ERR_FORMAT, "/piece/reason", "%u of piece %zu is none",
                           row->reason, number);
    *piece = (cph_schedule_piece){.start_unix_s = row->start_unix_s,
                                  .end_unix_s = row->end_unix_s,
                                  .standby_unix_s = row->standby_unix_s,
                                  .satellite = row->satellite,
                                  .reason = (cph_schedule_reason)row->reason,
                                  .mean_el_rad = row->mean_el_deg * (M_PI / 180.0)};
    return CPH_OK;
}

static cph_status read_pieces(const cph_h5 *h5, cph_track_log *log)
{
    void *value[CPH_TRACK_PIECE_FIELDS] = {NULL};
    cph_status status = CPH_OK;
    log->piece = calloc(log->pieces + 1, sizeof *log->piece);
    log->piece_slot = calloc(log->pieces + 1, sizeof *log->piece_slot);
    if (log->piece == NULL || log->piece_slot == NULL)
        return cph_h5_fail(h5, CPH_ERR_MEMORY, "/piece", "no memory");
    for (size_t i = 0; status == CPH_OK && i < CPH_TRACK_PIECE_FIELDS; i++)
        status = read_set(h5, &cph_track_piece_fields[i], log->pieces, 0, 0, &value[i]);
    for (size_t i = 0; status == CPH_OK && i < log->pieces; i++) {
        cph_track_piece_row row = {0};
        for (size_t k = 0; k < CPH_TRACK_PIECE_FIELDS; k++) {
            const size_t size = cph_track_item_size(cph_track_piece_fields[k].type);
            memcpy((char *)&row + cph_track_piece_fields[k].from, (char *)value[k] + i * size,
                   size);
        }
        status = cph_track_piece_of(h5, &row, i, log->satellites, &log->piece[i]);
        log->piece_slot[i] = row.slot;
    }
    for (size_t i = 0; i < CPH_TRACK_PIECE_FIELDS; i++)
        free(value[i]);
    return status;
}

static cph_status read_names(const cph_h5 *h5, const char *set, size_t *count,
                             char (**name)[CPH_TRACK_NAME_SIZE])
{
    *count = 0;
    cph_status status = cph_h5_exists(h5, set) ? rows_of(h5, set, count) : CPH_OK;
    if (status != CPH_OK)
        return status;
    *name = calloc(*count + 1, sizeof **name);
    if (*name == NULL)
        return cph_h5_fail(h5, CPH_ERR_MEMORY, set, "no memory");
    return *count > 0 ? cph_h5_strings(h5, set, *count, CPH_TRACK_NAME_SIZE, (*name)[0]) : CPH_OK;
}

static cph_status read_paths(const cph_h5 *h5, cph_track_log *log)
{
    char(*name)[CPH_TRACK_NAME_SIZE] = NULL;
    cph_status status = read_names(h5, "/column_path", &log->columns, &name);
    if (status != CPH_OK || name == NULL) {
        free(name);
        return status;
    }
    log->path = calloc(log->columns + 1, sizeof *log->path);
    log->freq_hz = calloc(log->columns + 1, sizeof *log->freq_hz);
    if (log->path == NULL || log->freq_hz == NULL) {
        free(name);
        return cph_h5_fail(h5, CPH_ERR_MEMORY, "/column_path", "no memory");
    }
    if (status == CPH_OK && log->columns == 0)
        status = cph_h5_fail(h5, CPH_ERR_MISSING, "/column_path", "is not there");
    for (size_t i = 0; status == CPH_OK && i < log->columns; i++) {
        log->path[i] = CPH_GAIN_RECEIVE;
        while (log->path[i] < CPH_GAIN_PATHS &&
               strcmp(name[i], cph_gain_path_name(log->path[i])) != 0)
            log->path[i]++;
        if (log->path[i] == CPH_GAIN_PATHS)
            status = cph_h5_fail(h5, CPH_ERR_FORMAT, "/column_path",
                                 "%s is none, expected receive or transmit", name[i]);
    }
    free(name);
    return status == CPH_OK ? cph_h5_doubles(h5, "/column_freq_hz", 1, &log->columns, log->freq_hz)
                            : status;
}

static cph_status read_settings(const cph_h5 *h5, cph_schedule_config *c)
{
    double floor_deg = NAN, hysteresis_deg = NAN;
    const struct {
        const char *name;
        double *value;
    } numbers[] = {{"slot_s", &c->slot_s},
                   {"slot_start_s", &c->slot_start_s},
                   {"floor_deg", &floor_deg},
                   {"hysteresis_deg", &hysteresis_deg},
                   {"overlap_s", &c->overlap_s}};
    cph_status status = CPH_OK;
    for (size_t i = 0; status == CPH_OK && i < sizeof numbers / sizeof numbers[0]; i++)
        status = cph_h5_number(h5, "/", numbers[i].name, numbers[i].value);
    c->floor_rad = floor_deg * (M_PI / 180.0);
    c->hysteresis_rad = hysteresis_deg * (M_PI / 180.0);
    return status;
}

cph_status cph_track_read_head(const cph_h5 *h5, cph_track_log *log)
{
    cph_status status = read_settings(h5, &log->schedule);
    if (status == CPH_OK)
        status = read_paths(h5, log);
    if (status == CPH_OK)
        status = read_names(h5, "/null_name", &log->nulls, &log->null);
    if (status == CPH_OK)
        status = read_names(h5, "/satellite_name", &log->satellites, &log->name);
    if (status == CPH_OK)
        status = rows_of(h5, "/time_unix_s", &log->rows);
    if (status == CPH_OK)
        status = rows_of(h5, "/piece/slot", &log->pieces);
    return status;
}

static cph_status read_log(const cph_h5 *h5, cph_track_log *log)
{
    cph_status status = cph_track_read_head(h5, log);
    if (status == CPH_OK)
        status = read_rows(h5, log);
    return status == CPH_OK ? read_pieces(h5, log) : status;
}

cph_status cph_track_log_read(const char *path, cph_track_log *log, cph_error *error)
{
    if (path == NULL || log == NULL)
        return cph_h5_error(error, CPH_ERR_ARGUMENT, "cph_track_log_read", NULL, "null argument");
    cph_status status = CPH_OK;
    cph_track_log made = {0};
    cph_h5_quiet();
    cph_data *const data = cph_data_open_kind(path, CPH_KIND_TRACK, &status, error);
    if (data == NULL)
        return status;
    data->h5.error = error;
    status = read_log(&data->h5, &made);
    cph_data_close(data);
    if (status == CPH_OK)
        *log = made;
    else
        cph_track_log_free(&made);
    return status;
}

void cph_track_log_free(cph_track_log *log)
{
    for (size_t i = 0; i < CPH_TRACK_ROW_FIELDS; i++) {
        void *value;
        memcpy((void *)&value, (char *)log + cph_track_row_fields[i].to, sizeof value);
        free(value);
    }
    free(log->path);
    free(log->freq_hz);
    free(log->null);
    free(log->name);
    free(log->piece_slot);
    free(log->piece);
    *log = (cph_track_log){0};
}
