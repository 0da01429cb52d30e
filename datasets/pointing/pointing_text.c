/* SPDX-License-Identifier: MIT */
/* Pointing tables in text: the first line names columns. */
#include <math.h>
#include <stdlib.h>
#include <strings.h>

#include "datasets/import/named_table.h"
#include "datasets/pointing/pointing.h"

enum { TIME, UTC, SATELLITE, AZ, EL, RANGE_M, RANGE_KM, RATE_M, RATE_KM, COLUMNS };

static const cph_named_column column[COLUMNS] = {
    [TIME] = {"time_unix_s", "time", false},
    [UTC] = {"time", NULL, true},
    [SATELLITE] = {"satellite", NULL, false},
    [AZ] = {"az_deg", NULL, false},
    [EL] = {"el_deg", NULL, false},
    [RANGE_M] = {"range_m", NULL, true},
    [RANGE_KM] = {"range_km", NULL, true},
    [RATE_M] = {"range_rate_m_s", NULL, true},
    [RATE_KM] = {"range_rate_km_s", NULL, true},
};

typedef struct text {
    cph_named_table table;
    int at[COLUMNS];
} text;

/* NaN where there is no such column, an empty cell, or "nan". */
static cph_status optional(const text *t, int metres, int kilometres, double *value,
                           cph_error *error)
{
    const int used = t->at[metres] >= 0 ? metres : kilometres;
    const int at = t->at[used];
    *value = NAN;
    if (at < 0 || t->table.cell[at][0] == '\0' || strcasecmp(t->table.cell[at], "nan") == 0)
        return CPH_OK;
    const cph_status status =
        cph_named_number(&t->table, at, column[used].name, -INFINITY, INFINITY,
                         "a number, or nothing where it is unknown", value, error);
    if (status == CPH_OK && used == kilometres)
        *value *= 1000.0;
    return status;
}

static cph_status find_satellite(cph_pointing *p, const text *t, uint32_t *satellite,
                                 cph_error *error)
{
    const char *const name = t->table.cell[t->at[SATELLITE]], *why = NULL;
    const cph_status status = cph_pointing_names_find(&p->rows.names, name, satellite, NULL, &why);
    return status == CPH_OK
               ? CPH_OK
               : cph_h5_error(error, status, p->path, NULL, "line %zu: satellite%s%.70s %s",
                              t->table.line, name[0] != '\0' ? " " : "", name, why);
}

static cph_status next(cph_pointing *p, cph_pointing_raw *raw, bool *more, cph_error *error)
{
    text *const t = p->state;
    cph_status status = cph_named_row(&t->table, more, error);
    if (status != CPH_OK || !*more)
        return status;
    p->place = t->table.line;
    status = cph_named_time(&t->table, t->at[t->at[TIME] >= 0 ? TIME : UTC], t->at[TIME] < 0,
                            &raw->time_unix_s, error);
    if (status == CPH_OK)
        status = cph_named_number(&t->table, t->at[AZ], "az_deg", -360.0, 360.0,
                                  "-360 to 360 degrees", &raw->az_deg, error);
    if (status == CPH_OK)
        status = cph_named_number(&t->table, t->at[EL], "el_deg", -90.0, 90.0, "-90 to 90 degrees",
                                  &raw->el_deg, error);
    if (status == CPH_OK)
        status = optional(t, RANGE_M, RANGE_KM, &raw->range_m, error);
    if (status == CPH_OK)
        status = optional(t, RATE_M, RATE_KM, &raw->range_rate_m_s, error);
    return status == CPH_OK ? find_satellite(p, t, &raw->satellite, error) : status;
}

static void close_text(cph_pointing *p)
{
    text *const t = p->state;
    cph_named_close(&t->table);
    free(t);
}

cph_status cph_pointing_open_text(cph_pointing *pointing, cph_named_table *table, cph_error *error)
{
    static const cph_pointing_source source = {"line", next, close_text};
    text *const t = malloc(sizeof *t);
    if (t == NULL) {
        cph_named_close(table);
        return cph_h5_error(error, CPH_ERR_MEMORY, pointing->path, NULL, "no memory");
    }
    t->table = *table;
    pointing->source = &source;
    pointing->state = t;
    return cph_named_head(&t->table, COLUMNS, column, CPH_POINTING_EXAMPLE, t->at, error);
}
