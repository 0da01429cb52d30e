/* SPDX-License-Identifier: MIT */
/* What holds of every row of a table, and of rows behind each other. */
#include <math.h>
#include <stdio.h>

#include "datasets/pointing/pointing.h"

const char *const cph_pointing_sets[CPH_POINTING_NUMBERS] = {
    [CPH_POINTING_TIME] = "/time_unix_s",
    [CPH_POINTING_AZ] = "/az_deg",
    [CPH_POINTING_EL] = "/el_deg",
    [CPH_POINTING_RANGE] = "/range_m",
    [CPH_POINTING_RANGE_RATE] = "/range_rate_m_s",
};

static const struct {
    const char *expected;
    double least, most;
    bool open;    /* the least itself is none */
    bool unknown; /* NaN may stand */
} limits[CPH_POINTING_NUMBERS] = {
    [CPH_POINTING_TIME] = {"Unix seconds", -1e11, 1e11, false, false},
    [CPH_POINTING_AZ] = {"-360 to 360 degrees", -360.0, 360.0, false, false},
    [CPH_POINTING_EL] = {"-90 to 90 degrees", -90.0, 90.0, false, false},
    [CPH_POINTING_RANGE] = {"metres above 0, at most 1e15", 0.0, 1e15, true, true},
    [CPH_POINTING_RANGE_RATE] = {"metres a second below the speed of light", -CPH_SPEED_OF_LIGHT,
                                 CPH_SPEED_OF_LIGHT, true, true},
};

static bool in_range(size_t number, double value)
{
    return (value >= limits[number].least && value <= limits[number].most &&
            !(limits[number].open && value == limits[number].least)) ||
           (limits[number].unknown && isnan(value));
}

cph_status cph_pointing_rows_take(cph_pointing_rows *rows, const cph_pointing_raw *raw,
                                  cph_pointing_fault *fault)
{
    const double value[CPH_POINTING_NUMBERS] = {raw->time_unix_s, raw->az_deg, raw->el_deg,
                                                raw->range_m, raw->range_rate_m_s};
    for (size_t i = 0; i < CPH_POINTING_NUMBERS; i++)
        if (!in_range(i, value[i])) {
            snprintf(fault->text, sizeof fault->text, "%s is %.10g, expected %s",
                     cph_pointing_sets[i] + 1, value[i], limits[i].expected);
            return CPH_ERR_FORMAT;
        }
    double *const own = &rows->names.last_s[raw->satellite];
    if (rows->count > 0 && raw->time_unix_s < rows->last_s) {
        snprintf(fault->text, sizeof fault->text,
                 "time goes back to %.16g from %.16g, expected rows in order of time",
                 raw->time_unix_s, rows->last_s);
        return CPH_ERR_FORMAT;
    }
    if (raw->time_unix_s == *own) {
        snprintf(fault->text, sizeof fault->text,
                 "time %.16g is there twice for satellite %s, expected rising times",
                 raw->time_unix_s, cph_pointing_names_at(&rows->names, raw->satellite));
        return CPH_ERR_FORMAT;
    }
    *own = rows->last_s = raw->time_unix_s;
    rows->count++;
    return CPH_OK;
}
