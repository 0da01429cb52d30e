/* SPDX-License-Identifier: MIT */
/* /Header of a UVH5 file, version 1.0 (Memo: UVH5 file format): what it requires. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/import/uvh5_make.h"

void cph_uvh5_width(const cph_data_header *h, double *width_hz, double *count)
{
    const double each = h->n_samples / h->integration_s; /* NaN unknown */
    *width_hz = h->channels > 1 ? fabs(h->channel_freq_hz[1] - h->channel_freq_hz[0]) : each;
    if (!(*width_hz > 0.0))
        *width_hz = each > 0.0 ? each : 1.0 / h->integration_s;
    *count = each > 0.0 ? each / *width_hz : 1.0;
}

static bool put_count(hid_t file, const char *name, uint64_t value)
{
    const int64_t number = (int64_t)value;
    return cph_h5_put_set(file, name, 0, NULL, H5T_STD_I64LE, H5T_NATIVE_INT64, &number, NULL);
}

static bool put_text(hid_t file, const char *name, const char *value)
{
    return cph_h5_put_strings(file, name, 0, NULL, strlen(value) + 1, value);
}

static bool put_counts(hid_t file, const cph_uvh5_writer *u, const cph_data_header *h)
{
    const struct {
        const char *name;
        uint64_t value;
    } rows[] = {
        {"/Header/Nants_data", u->antennas},
        {"/Header/Nants_telescope", u->antennas},
        {"/Header/Nbls", u->pairs},
        {"/Header/Nblts", u->pairs * h->times},
        {"/Header/Nfreqs", h->channels},
        {"/Header/Npols", u->products},
        {"/Header/Ntimes", h->times},
        {"/Header/Nspws", 1},
        {"/Header/Nphase", 1},
    };
    bool done = true;
    for (size_t i = 0; done && i < sizeof rows / sizeof rows[0]; i++)
        done = put_count(file, rows[i].name, rows[i].value);
    return done;
}

static bool put_texts(hid_t file, const cph_data_header *h)
{
    const char *name = h->array.label[0] != '\0' ? h->array.label : "unknown";
    const struct {
        const char *name, *value;
    } rows[] = {
        {"/Header/version", "1.0"},
        {"/Header/telescope_name", name},
        {"/Header/instrument", name},
        {"/Header/object_name", "zenith"},
        {"/Header/phase_type", "drift"},
        {"/Header/vis_units", "uncalib"},
        {"/Header/history", "cophase convert"},
    };
    bool done = true;
    for (size_t i = 0; done && i < sizeof rows / sizeof rows[0]; i++)
        done = put_text(file, rows[i].name, rows[i].value);
    return done;
}

/* The one phase centre: none, fringes are those of the antennas where they stand. */
static bool put_catalog(hid_t file)
{
    static const char *const groups[] = {"/Header/phase_center_catalog",
                                         "/Header/phase_center_catalog/0"};
    for (size_t i = 0; i < 2; i++) {
        hid_t group = H5Gcreate2(file, groups[i], H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
        if (group < 0 || H5Gclose(group) < 0)
            return false;
    }
    const double zero = 0.0, zenith = M_PI / 2.0;
    return put_text(file, "/Header/phase_center_catalog/0/cat_name", "zenith") &&
           put_text(file, "/Header/phase_center_catalog/0/cat_type", "unprojected") &&
           put_text(file, "/Header/phase_center_catalog/0/cat_frame", "altaz") &&
           cph_h5_put_doubles(file, "/Header/phase_center_catalog/0/cat_lon", 0, NULL, &zero) &&
           cph_h5_put_doubles(file, "/Header/phase_center_catalog/0/cat_lat", 0, NULL, &zenith);
}

/* Local sidereal time, rad: the mean one of the Astronomical Almanac, UT1 taken for UTC (2 s). */
static double sidereal(double julian, double longitude_deg)
{
    const double turns =
        (280.46061837 + 360.98564736629 * (julian - 2451545.0) + longitude_deg) / 360.0;
    return 2.0 * M_PI * (turns - floor(turns));
}

/* Numbers of a row, in the order of `row_names`. */
enum { JULIAN, INTEGRATION, RIGHT_ASCENSION, DECLINATION, POSITION_ANGLE, ROW_NUMBERS };

static double row_number(const cph_data_header *h, size_t which, size_t time)
{
    const double julian = 2440587.5 + h->time_unix_s[time] / 86400.0;
    const double numbers[ROW_NUMBERS] = {
        [JULIAN] = julian,
        [INTEGRATION] = h->integration_s,
        [RIGHT_ASCENSION] = sidereal(julian, h->array.longitude_deg),
        [DECLINATION] = h->array.latitude_deg * M_PI / 180.0,
        [POSITION_ANGLE] = 0.0,
    };
    return numbers[which];
}

/* What stands in each row: pairs rise within a time. */
static bool put_rows(hid_t file, const cph_uvh5_writer *u, const cph_data_header *h)
{
    static const char *const row_names[ROW_NUMBERS] = {
        "/Header/time_array", "/Header/integration_time", "/Header/phase_center_app_ra",
        "/Header/phase_center_app_dec", "/Header/phase_center_frame_pa"};
    static const char *const ends[2] = {"/Header/ant_1_array", "/Header/ant_2_array"};
    const size_t rows = u->pairs * h->times, dim[2] = {rows, 3};
    double *number = calloc(rows, 3 * sizeof *number);
    int64_t *end = calloc(rows, sizeof *end);
    bool done = number != NULL && end != NULL &&
                cph_h5_put_set(file, "/Header/phase_center_id_array", 1, &rows, H5T_STD_I64LE,
                               H5T_NATIVE_INT64, end, NULL);
    for (size_t which = 0; done && which < ROW_NUMBERS; which++) {
        for (size_t i = 0; i < rows; i++)
            number[i] = row_number(h, which, i / u->pairs);
        done = cph_h5_put_doubles(file, row_names[which], 1, &rows, number);
    }
    for (size_t k = 0; done && k < 2; k++) {
        for (size_t i = 0; i < rows; i++)
            end[i] = u->number[u->pair[2 * (i % u->pairs) + k]];
        done = cph_h5_put_set(file, ends[k], 1, &rows, H5T_STD_I64LE, H5T_NATIVE_INT64, end, NULL);
    }
    for (size_t i = 0; done && i < 3 * rows; i++) {
        const size_t *pair = u->pair + 2 * (i / 3 % u->pairs);
        number[i] = u->enu[3 * pair[1] + i % 3] - u->enu[3 * pair[0] + i % 3];
    }
    done = done && cph_h5_put_doubles(file, "/Header/uvw_array", 2, dim, number);
    free(number);
    free(end);
    return done;
}

static bool put_antennas(hid_t file, const cph_uvh5_writer *u, const cph_array *a)
{
    const size_t dim[2] = {u->antennas, 3};
    char *name = calloc(u->antennas, CPH_NAME_SIZE);
    int64_t *number = calloc(u->antennas, sizeof *number);
    bool done = name != NULL && number != NULL;
    for (size_t n = 0; done && n < u->antennas; n++) {
        const size_t *input = u->input + n * u->pols;
        const size_t at = input[0] != SIZE_MAX ? input[0] : input[u->pols - 1];
        char *to = name + n * CPH_NAME_SIZE;
        number[n] = u->number[n];
        if (a->element[at].name[0] != '\0')
            memcpy(to, a->element[at].name, CPH_NAME_SIZE);
        else
            snprintf(to, CPH_NAME_SIZE, "%u", u->number[n]);
    }
    done =
        done &&
        cph_h5_put_strings(file, "/Header/antenna_names", 1, &u->antennas, CPH_NAME_SIZE, name) &&
        cph_h5_put_set(file, "/Header/antenna_numbers", 1, &u->antennas, H5T_STD_I64LE,
                       H5T_NATIVE_INT64, number, NULL) &&
        cph_h5_put_doubles(file, "/Header/antenna_positions", 2, dim, u->ecef);
    free(name);
    free(number);
    return done;
}

static bool put_band(hid_t file, const cph_uvh5_writer *u, const cph_data_header *h)
{
    static const int64_t all[4] = {-5, -7, -8, -6}; /* first, second: XX, XY, YX, YY */
    const int64_t one = u->letter[0] == 'X' ? -5 : -6, window = 0;
    const size_t single = 1;
    double width, count;
    cph_uvh5_width(h, &width, &count);
    double *widths = calloc(h->channels, sizeof *widths);
    for (size_t c = 0; widths != NULL && c < h->channels; c++)
        widths[c] = width;
    const bool done =
        widths != NULL &&
        cph_h5_put_doubles(file, "/Header/channel_width", 1, &h->channels, widths) &&
        cph_h5_put_doubles(file, "/Header/freq_array", 1, &h->channels, h->channel_freq_hz) &&
        cph_h5_put_set(file, "/Header/spw_array", 1, &single, H5T_STD_I64LE, H5T_NATIVE_INT64,
                       &window, NULL) &&
        cph_h5_put_set(file, "/Header/polarization_array", 1, &u->products, H5T_STD_I64LE,
                       H5T_NATIVE_INT64, u->pols == 2 ? all : &one, NULL);
    free(widths);
    return done;
}

bool cph_uvh5_put_header(hid_t file, cph_uvh5_writer *u, const cph_data_header *h)
{
    hid_t group = H5Gcreate2(file, "/Header", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    return group >= 0 && H5Gclose(group) >= 0 && put_counts(file, u, h) && put_texts(file, h) &&
           put_catalog(file) && put_rows(file, u, h) && put_antennas(file, u, &h->array) &&
           put_band(file, u, h) &&
           cph_h5_put_doubles(file, "/Header/latitude", 0, NULL, &h->array.latitude_deg) &&
           cph_h5_put_doubles(file, "/Header/longitude", 0, NULL, &h->array.longitude_deg) &&
           cph_h5_put_doubles(file, "/Header/altitude", 0, NULL, &h->array.altitude_m);
}
