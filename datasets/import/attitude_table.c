/* SPDX-License-Identifier: MIT */
/* The text tables of attitudes over time and of a horizon around an array. */
#include <math.h>
#include <stdlib.h>

#include "cophase/attitude.h"
#include "cophase/horizon.h"
#include "datasets/h5/h5.h"
#include "datasets/import/named_table.h"

enum { ROWS_START = 64, ROWS_MAX = 1 << 24 };
static const double degree = M_PI / 180.0;

/* Rows of up to four numbers. */
typedef struct rows {
    size_t count, room;
    double (*row)[4];
} rows;

static cph_status add(const cph_named_table *t, rows *r, const double row[4], cph_error *error)
{
    if (r->count == ROWS_MAX)
        return cph_h5_error(error, CPH_ERR_FORMAT, t->path, NULL,
                            "line %zu is one more than the %d rows that such a table may have",
                            t->line, ROWS_MAX);
    if (r->count == r->room) {
        const size_t room = r->room > 0 ? 2 * r->room : ROWS_START;
        double(*more)[4] = reallocarray(r->row, room, sizeof *more);
        if (more == NULL)
            return cph_h5_error(error, CPH_ERR_MEMORY, t->path, NULL, "no memory for its rows");
        r->row = more;
        r->room = room;
    }
    for (size_t i = 0; i < 4; i++)
        r->row[r->count][i] = row[i];
    r->count++;
    return CPH_OK;
}

/* One row's cells, checked against the row before (NULL: none). */
typedef cph_status take(const cph_named_table *t, const int *at, const double *first,
                        const double *before, double row[4], cph_error *error);

typedef struct kind {
    size_t columns;
    const cph_named_column *column;
    const char *example;
    take *take;
} kind;

static cph_status read_rows(cph_named_table *t, const kind *k, rows *r, cph_error *error)
{
    int at[8];
    bool more = true;
    cph_status status = cph_named_head(t, k->columns, k->column, k->example, at, error);
    while (status == CPH_OK && more) {
        double row[4] = {0.0};
        status = cph_named_row(t, &more, error);
        if (status == CPH_OK && more)
            status = k->take(t, at, r->count > 0 ? r->row[0] : NULL,
                             r->count > 0 ? r->row[r->count - 1] : NULL, row, error);
        if (status == CPH_OK && more)
            status = add(t, r, row, error);
    }
    if (status == CPH_OK && r->count == 0)
        status = cph_h5_error(error, CPH_ERR_FORMAT, t->path, NULL,
                              "has no rows behind its first line, expected some");
    return status;
}

static cph_status read_table(const char *path, const kind *k, rows *r, cph_error *error)
{
    cph_named_table table;
    cph_status status = cph_named_open(path, &table, error);
    if (status == CPH_OK)
        status = read_rows(&table, k, r, error);
    cph_named_close(&table);
    if (status != CPH_OK) {
        free(r->row);
        *r = (rows){0};
    }
    return status;
}

/* ---- attitudes ---- */

enum { TIME, UTC, ROLL, PITCH, YAW, ATTITUDE_COLUMNS };

static cph_status take_attitude(const cph_named_table *t, const int *at, const double *first,
                                const double *before, double row[4], cph_error *error)
{
    static const struct {
        const char *name, *expected;
        double limit;
    } angles[] = {{"roll_deg", "-180 to 180 degrees", 180.0},
                  {"pitch_deg", "-90 to 90 degrees", 90.0},
                  {"yaw_deg", "-360 to 360 degrees", 360.0}};
    (void)first;
    cph_status status =
        cph_named_time(t, at[at[TIME] >= 0 ? TIME : UTC], at[TIME] < 0, &row[0], error);
    for (size_t i = 0; status == CPH_OK && i < 3; i++) {
        status = cph_named_number(t, at[ROLL + i], angles[i].name, -angles[i].limit,
                                  angles[i].limit, angles[i].expected, &row[1 + i], error);
        row[1 + i] *= degree;
    }
    if (status == CPH_OK && before != NULL && !(row[0] > before[0]))
        status = cph_h5_error(error, CPH_ERR_FORMAT, t->path, NULL,
                              "line %zu: time %.16g is not after %.16g of the row before, expected "
                              "rising times",
                              t->line, row[0], before[0]);
    return status;
}

cph_status cph_attitude_read(const char *path, cph_attitude *attitude, cph_error *error)
{
    static const cph_named_column column[ATTITUDE_COLUMNS] = {
        [TIME] = {"time_unix_s", "time", false}, [UTC] = {"time", NULL, true},
        [ROLL] = {"roll_deg", NULL, false},      [PITCH] = {"pitch_deg", NULL, false},
        [YAW] = {"yaw_deg", NULL, false},
    };
    static const kind attitudes = {ATTITUDE_COLUMNS, column,
                                   "time_unix_s,roll_deg,pitch_deg,yaw_deg", take_attitude};
    rows r = {0};
    if (path == NULL || attitude == NULL)
        return cph_h5_error(error, CPH_ERR_ARGUMENT, "cph_attitude_read", NULL, "null argument");
    cph_status status = read_table(path, &attitudes, &r, error);
    if (status != CPH_OK)
        return status;
    const size_t each = 3;
    double *const time = calloc(r.count + 1, sizeof *time);
    double *const angles = calloc(r.count + 1, each * sizeof *angles);
    status = CPH_ERR_MEMORY;
    if (time != NULL && angles != NULL) {
        for (size_t i = 0; i < r.count; i++) {
            time[i] = r.row[i][0];
            for (size_t k = 0; k < each; k++)
                angles[each * i + k] = r.row[i][1 + k];
        }
        status = cph_attitude_series(r.count, time, (const double(*)[3])angles, attitude);
    }
    free(time);
    free(angles);
    free(r.row);
    return status == CPH_OK ? CPH_OK
                            : cph_h5_error(error, status, path, NULL, "no memory for its rows");
}

/* ---- horizons ---- */

enum { AZ, EL, HORIZON_COLUMNS };

static cph_status take_horizon(const cph_named_table *t, const int *at, const double *first,
                               const double *before, double row[4], cph_error *error)
{
    cph_status status =
        cph_named_number(t, at[AZ], "az_deg", -360.0, 360.0, "-360 to 360 degrees", &row[0], error);
    if (status == CPH_OK)
        status =
            cph_named_number(t, at[EL], "el_deg", -90.0, 90.0, "-90 to 90 degrees", &row[1], error);
    if (status == CPH_OK && before != NULL && row[0] < before[0])
        status = cph_h5_error(error, CPH_ERR_FORMAT, t->path, NULL,
                              "line %zu: az_deg goes back to %.10g from %.10g, expected azimuths "
                              "that do not fall",
                              t->line, row[0], before[0]);
    if (status == CPH_OK && first != NULL && row[0] - first[0] > 360.0)
        status = cph_h5_error(error, CPH_ERR_FORMAT, t->path, NULL,
                              "line %zu: az_deg is %.10g, more than a turn from %.10g of the first "
                              "row, expected one turn at most",
                              t->line, row[0], first[0]);
    return status;
}

cph_status cph_horizon_read(const char *path, cph_horizon *horizon, cph_error *error)
{
    static const cph_named_column column[HORIZON_COLUMNS] = {
        [AZ] = {"az_deg", NULL, false}, [EL] = {"el_deg", NULL, false}};
    static const kind horizons = {HORIZON_COLUMNS, column, "az_deg,el_deg", take_horizon};
    rows r = {0};
    if (path == NULL || horizon == NULL)
        return cph_h5_error(error, CPH_ERR_ARGUMENT, "cph_horizon_read", NULL, "null argument");
    cph_status status = read_table(path, &horizons, &r, error);
    if (status != CPH_OK)
        return status;
    double *const az = calloc(r.count + 1, sizeof *az), *const el = calloc(r.count + 1, sizeof *el);
    status = CPH_ERR_MEMORY;
    if (az != NULL && el != NULL) {
        for (size_t i = 0; i < r.count; i++) {
            az[i] = r.row[i][0] * degree;
            el[i] = r.row[i][1] * degree;
        }
        status = cph_horizon_make(r.count, az, el, horizon);
    }
    free(az);
    free(el);
    free(r.row);
    return status == CPH_OK ? CPH_OK
                            : cph_h5_error(error, status, path, NULL, "no memory for its rows");
}
