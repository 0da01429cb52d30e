/* SPDX-License-Identifier: MIT */
/* Reading a pointing table, whatever it is written in. */
#include "cophase/pointing.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "datasets/data.h"
#include "datasets/import/named_table.h"
#include "datasets/pointing/pointing.h"

static const char signature[] = "\x89HDF\r\n\x1a\n";

static bool is_hdf5(const cph_named_table *start)
{
    return start->end >= strlen(signature) &&
           memcmp(start->text, signature, strlen(signature)) == 0;
}

static cph_status open_source(cph_pointing *p, cph_error *error)
{
    cph_named_table start;
    cph_status status = cph_named_open(p->path, &start, error);
    if (status == CPH_OK && !is_hdf5(&start))
        return cph_pointing_open_text(p, &start, error);
    cph_named_close(&start);
    return status == CPH_OK ? cph_pointing_open_hdf5(p, error) : status;
}

cph_status cph_pointing_open(const char *path, cph_pointing **pointing, cph_error *error)
{
    if (path == NULL || pointing == NULL)
        return cph_h5_error(error, CPH_ERR_ARGUMENT, "cph_pointing_open", NULL, "null argument");
    cph_pointing *p = calloc(1, sizeof *p);
    if (p != NULL)
        p->path = strdup(path);
    const cph_status status = p != NULL && p->path != NULL
                                  ? open_source(p, error)
                                  : cph_h5_error(error, CPH_ERR_MEMORY, path, NULL, "no memory");
    if (status == CPH_OK)
        *pointing = p;
    else
        cph_pointing_close(p);
    return status;
}

bool cph_pointing_probe(const char *path)
{
    static const cph_named_column named[] = {{"satellite", NULL, false},
                                             {"az_deg", "el_deg", false}};
    int at[2] = {-1, -1};
    struct stat about;
    cph_named_table start;
    if (path == NULL)
        return false;
    if (stat(path, &about) == 0 && S_ISFIFO(about.st_mode))
        return true;
    cph_status status = cph_named_open(path, &start, NULL);
    const bool stored = status == CPH_OK && is_hdf5(&start);
    if (status == CPH_OK && !stored)
        status = cph_named_head(&start, 2, named, "", at, NULL);
    cph_named_close(&start);
    if (!stored)
        return at[0] >= 0 && status != CPH_ERR_MISSING;
    cph_data *data = cph_data_open_kind(path, CPH_KIND_POINTING, &status, NULL);
    cph_data_close(data);
    return status == CPH_OK;
}

/* In radians, an azimuth in one turn. */
static cph_pointing_row row_of(const cph_pointing_raw *raw)
{
    const double turn = 2.0 * M_PI;
    double az = fmod(raw->az_deg, 360.0);
    az = (az < 0.0 ? az + 360.0 : az) / 180.0 * M_PI;
    return (cph_pointing_row){.time_unix_s = raw->time_unix_s,
                              .satellite = raw->satellite,
                              .az_rad = az < turn ? az : 0.0, /* a tiny negative one rounds up */
                              .el_rad = raw->el_deg / 180.0 * M_PI,
                              .range_m = raw->range_m,
                              .range_rate_m_s = raw->range_rate_m_s};
}

/* The next row of the source, which takes its place behind those before. */
static cph_status take(cph_pointing *p, cph_pointing_raw *raw, bool *more, cph_error *error)
{
    cph_pointing_fault fault;
    cph_status status = p->source->next(p, raw, more, error);
    if (status != CPH_OK)
        return status;
    if (!*more)
        return p->rows.count > 0 ? CPH_OK
                                 : cph_h5_error(error, CPH_ERR_FORMAT, p->path, NULL,
                                                "has no rows behind its first line, expected some");
    status = cph_pointing_rows_take(&p->rows, raw, &fault);
    return status == CPH_OK ? CPH_OK
                            : cph_h5_error(error, status, p->path, NULL, "%s: %s",
                                           cph_pointing_place(p), fault.text);
}

cph_status cph_pointing_next(cph_pointing *pointing, cph_pointing_row *row, bool *more,
                             cph_error *error)
{
    cph_pointing_raw raw;
    bool got = false;
    if (pointing == NULL || row == NULL || more == NULL)
        return cph_h5_error(error, CPH_ERR_ARGUMENT, "cph_pointing_next", NULL, "null argument");
    const cph_status status = pointing->ended ? CPH_OK : take(pointing, &raw, &got, error);
    pointing->ended = !got || status != CPH_OK;
    if (status != CPH_OK)
        return status;
    if (got)
        *row = row_of(&raw);
    *more = got;
    return CPH_OK;
}

size_t cph_pointing_satellites(const cph_pointing *pointing)
{
    return pointing->rows.names.count;
}

const char *cph_pointing_name(const cph_pointing *pointing, uint32_t satellite)
{
    return cph_pointing_names_at(&pointing->rows.names, satellite);
}

const char *cph_pointing_place(cph_pointing *pointing)
{
    snprintf(pointing->words, sizeof pointing->words, "%s %zu", pointing->source->place,
             pointing->place);
    return pointing->words;
}

void cph_pointing_close(cph_pointing *pointing)
{
    if (pointing == NULL)
        return;
    if (pointing->state != NULL)
        pointing->source->close(pointing);
    cph_pointing_names_free(&pointing->rows.names);
    free(pointing->path);
    free(pointing);
}
