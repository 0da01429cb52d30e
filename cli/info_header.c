/* SPDX-License-Identifier: MIT */
#include "cli/info_header.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* ---- what is missing ---- */

enum { MISSING_MAX = 9 };

/* Names of what this kind could say and does not; ended by NULL. */
static void list_missing(const cph_data_header *h, const char *missing[MISSING_MAX])
{
    const bool data = h->kind == CPH_KIND_CAPTURE || h->kind == CPH_KIND_COVARIANCE;
    const bool array = h->kind != CPH_KIND_BEAMS;
    const struct {
        const char *name;
        bool missing;
    } rows[] = {
        {"positions", array && !h->array.has_positions},
        {"orientation", array && h->array.has_positions && !h->array.has_array_to_enu},
        {"frequency", !isfinite(h->channel_freq_hz[0])},
        {"sample_rate", h->kind == CPH_KIND_CAPTURE && !(h->sample_rate_hz > 0)},
        {"time",
         data && !isfinite(h->kind == CPH_KIND_CAPTURE ? h->time_start_unix_s : h->time_unix_s[0])},
        {"n_samples", h->kind == CPH_KIND_COVARIANCE && !(h->n_samples > 0)},
        {"wave_speed", isnan(h->wave_speed_m_s)},
        {"diagonal", h->kind == CPH_KIND_COVARIANCE && !h->has_diagonal},
    };
    size_t count = 0;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].missing)
            missing[count++] = rows[i].name;
    missing[count] = NULL;
}

static bool has_path(const cph_data_header *h)
{
    return h->kind == CPH_KIND_CALIBRATION || h->kind == CPH_KIND_WEIGHTS;
}

static const char *frame_name(const cph_array *array)
{
    static const char *const names[] = {
        [CPH_FRAME_ARRAY] = "array", [CPH_FRAME_ENU] = "enu", [CPH_FRAME_ECEF] = "ecef"};
    return array->has_positions ? names[array->frame] : NULL;
}

static double start_of(const cph_data_header *h)
{
    return h->kind == CPH_KIND_COVARIANCE ? h->time_unix_s[0] : h->time_start_unix_s;
}

/* Extent of the positions along each axis, metres; false without positions. */
static bool extent(const cph_array *array, double size[3])
{
    for (size_t i = 0; i < 3; i++) {
        double low = INFINITY, high = -INFINITY;
        for (size_t n = 0; n < array->elements; n++) {
            low = fmin(low, array->element[n].position[i]);
            high = fmax(high, array->element[n].position[i]);
        }
        size[i] = high - low;
    }
    return array->has_positions;
}

static int by_number(const void *left, const void *right)
{
    const uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

/* How many subarrays there are; 0 also when memory runs out. */
static size_t count_subarrays(const cph_array *array)
{
    uint32_t *number = calloc(array->elements + 1, sizeof *number);
    size_t used = 0, count = 0;
    for (size_t n = 0; number != NULL && n < array->elements; n++)
        if (array->element[n].subarray != CPH_SUBARRAY_NONE)
            number[used++] = array->element[n].subarray;
    if (used > 0)
        qsort(number, used, sizeof *number, by_number);
    for (size_t i = 0; i < used; i++)
        count += i == 0 || number[i] != number[i - 1];
    free(number);
    return count;
}

/* Elements whose boresight is not z, and the largest angle between the two. */
static size_t count_tilted(const cph_array *array, double *most_deg)
{
    static const double least_deg = 1e-4; /* a rotation is good to 1e-6 */
    size_t count = 0;
    *most_deg = 0.0;
    for (size_t n = 0; n < array->elements; n++) {
        const double *axes = array->element[n].axes;
        const double tilt = atan2(hypot(axes[2], axes[5]), axes[8]) * 180.0 / M_PI;
        count += tilt > least_deg;
        *most_deg = fmax(*most_deg, tilt);
    }
    return count;
}

/* Times between the first and the last sample that are not there. */
static size_t lost_of(const cph_data_header *h)
{
    return h->gaps == 0 ? 0 : (size_t)(cph_data_span(h) - h->times);
}

/* ---- JSON ---- */

static json_t *json_missing(const cph_data_header *h)
{
    const char *missing[MISSING_MAX];
    json_t *list = json_array();
    list_missing(h, missing);
    for (size_t i = 0; missing[i] != NULL; i++)
        cph_json_append(list, cph_json_text(missing[i]));
    return list;
}

static json_t *json_array_of(const cph_array *array)
{
    double size[3];
    if (array->elements == 0)
        return json_null();
    json_t *object = json_object(), *metres = json_array();
    bool placed = extent(array, size);
    for (size_t i = 0; i < 3; i++)
        cph_json_append(metres, placed ? cph_json_number(size[i]) : json_null());
    cph_json_set_text(object, "label", array->label[0] != '\0' ? array->label : NULL);
    cph_json_set_text(object, "position_frame", frame_name(array));
    cph_json_set(object, "extent_m", metres);
    cph_json_set_number(object, "latitude_deg", array->latitude_deg);
    cph_json_set_number(object, "longitude_deg", array->longitude_deg);
    cph_json_set_number(object, "altitude_m", array->altitude_m);
    cph_json_set_count(object, "subarrays", count_subarrays(array));
    double most_deg;
    cph_json_set_count(object, "tilted", count_tilted(array, &most_deg));
    cph_json_set_number(object, "tilt_max_deg", most_deg);
    return object;
}

static json_t *json_channels(const cph_data_header *h)
{
    json_t *list = json_array();
    for (size_t c = 0; c < h->channels; c++)
        cph_json_append(list, cph_json_number(h->channel_freq_hz[c]));
    return list;
}

json_t *cph_info_header_json(const char *file, const cph_data_header *h)
{
    const bool samples = h->kind == CPH_KIND_CAPTURE || h->kind == CPH_KIND_BEAMS;
    json_t *object = json_object();
    cph_json_set_text(object, "file", file);
    cph_json_set_text(object, "kind", cph_kind_name(h->kind));
    cph_json_set_text(object, "format", h->format);
    cph_json_set_count(object, "elements", h->axis_elements);
    cph_json_set_count(object, "inputs", h->array.elements);
    cph_json_set_count(object, "beams", h->beams);
    cph_json_set_count(object, "channels", h->channels);
    cph_json_set_count(object, "times", h->times);
    cph_json_set_text(object, "type", samples ? cph_type_name(h->type) : NULL);
    cph_json_set(object, "real_sampling", json_boolean(h->real_sampling));
    cph_json_set_text(object, "path", has_path(h) ? cph_gain_path_name(h->path) : NULL);
    cph_json_set_number(object, "scale", samples ? h->scale : NAN);
    cph_json_set_number(object, "sample_rate_hz", h->sample_rate_hz);
    cph_json_set_number(object, "center_freq_hz", h->center_freq_hz);
    cph_json_set_number(object, "if_freq_hz", h->if_freq_hz);
    cph_json_set_number(object, "wave_speed_m_s", h->wave_speed_m_s > 0 ? h->wave_speed_m_s : NAN);
    cph_json_set(object, "channel_freq_hz", json_channels(h));
    cph_json_set_number(object, "time_start_unix_s", start_of(h));
    cph_json_set_number(object, "integration_s", h->integration_s);
    cph_json_set_count(object, "gaps", h->gaps);
    cph_json_set_count(object, "times_lost", lost_of(h));
    cph_json_set_number(object, "n_samples", h->n_samples);
    cph_json_set_count(object, "missing_baselines", h->missing);
    cph_json_set_count(object, "bytes", h->sample_bytes);
    cph_json_set_text(object, "remark", h->remark[0] != '\0' ? h->remark : NULL);
    cph_json_set(object, "array", json_array_of(&h->array));
    cph_json_set(object, "missing", json_missing(h));
    return object;
}

json_t *cph_info_history_json(const char *path)
{
    json_t *list = json_array();
    char *const text = cph_data_history(path);
    for (char *rest = text, *line; rest != NULL && (line = strsep(&rest, "\n")) != NULL;) {
        json_error_t error;
        json_t *const one = json_loads(line, 0, &error);
        if (json_is_object(one))
            json_array_append(list, one);
        json_decref(one);
    }
    free(text);
    return list;
}

/* ---- text ---- */

static void print_hz(const char *label, double hz)
{
    static const struct {
        double unit;
        const char *name;
    } units[] = {{1e9, "GHz"}, {1e6, "MHz"}, {1e3, "kHz"}, {1.0, "Hz"}};
    size_t i = 0;
    if (!isfinite(hz))
        return;
    while (i < 3 && hz < units[i].unit)
        i++;
    printf("%-12s %.9g %s\n", label, hz / units[i].unit, units[i].name);
}

void cph_info_print_time(const char *label, double unix_s)
{
    char text[40];
    struct tm parts;
    if (!isfinite(unix_s) || fabs(unix_s) > 1e11)
        return;
    /* To 1 us, which a time in one double can tell. */
    const double rounded_s = unix_s + 0.5e-6;
    const time_t whole = (time_t)floor(rounded_s);
    if (gmtime_r(&whole, &parts) != NULL &&
        strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &parts) > 0)
        printf("%-12s %s.%06d UTC\n", label, text, (int)((rounded_s - floor(rounded_s)) * 1e6));
}

bool cph_info_is_readings(const cph_data_header *h)
{
    return h->kind == CPH_KIND_REV || h->kind == CPH_KIND_CODED;
}

void cph_info_print_size(const cph_data_header *h)
{
    if (h->kind == CPH_KIND_BEAMS || h->kind == CPH_KIND_WEIGHTS)
        printf("%-12s %zu\n", "beams", h->beams);
    if (h->array.elements > 0)
        printf("%-12s %zu%s\n", "elements", h->axis_elements,
               h->array.elements > h->axis_elements ? ", X and Y" : "");
    printf("%-12s %zu\n", "channels", h->channels);
    if (h->kind != CPH_KIND_WEIGHTS && !cph_info_is_readings(h))
        printf("%-12s %zu\n", "times", h->times);
    if (h->missing > 0)
        printf("%-12s %zu missing, over all times\n", "baselines", h->missing);
    if (has_path(h))
        printf("%-12s %s\n", "path", cph_gain_path_name(h->path));
    if (h->kind == CPH_KIND_CAPTURE || h->kind == CPH_KIND_BEAMS)
        printf("%-12s %s%s, scale %g\n", "samples", cph_type_name(h->type),
               h->real_sampling ? " (real)" : "", h->scale);
}

void cph_info_print_array(const cph_array *array)
{
    double size[3];
    if (array->elements == 0)
        return;
    if (array->label[0] != '\0')
        printf("%-12s %s\n", "array", array->label);
    if (extent(array, size))
        printf("%-12s %.4g x %.4g x %.4g m (%s)\n", "extent", size[0], size[1], size[2],
               frame_name(array));
    if (isfinite(array->latitude_deg) && isfinite(array->longitude_deg))
        printf("%-12s latitude %.5f, longitude %.5f\n", "site", array->latitude_deg,
               array->longitude_deg);
    const size_t subarrays = count_subarrays(array);
    if (subarrays > 0)
        printf("%-12s %zu\n", "subarrays", subarrays);
    double most_deg;
    const size_t tilted = count_tilted(array, &most_deg);
    if (tilted > 0)
        printf("%-12s %zu elements, up to %.2f deg\n", "tilted", tilted, most_deg);
}

void cph_info_print_rest(const cph_data_header *h)
{
    const char *missing[MISSING_MAX];
    print_hz("sample rate", h->sample_rate_hz);
    print_hz("frequency", h->center_freq_hz);
    print_hz("real IF", h->if_freq_hz);
    if (h->wave_speed_m_s > 0)
        printf("%-12s %g m/s\n", "wave speed", h->wave_speed_m_s);
    cph_info_print_time("time", start_of(h));
    if (h->kind == CPH_KIND_CAPTURE && h->sample_rate_hz > 0)
        printf("%-12s %.6g s\n", "duration", (double)cph_data_span(h) / h->sample_rate_hz);
    if (h->gaps > 0)
        printf("%-12s %zu, %zu times lost\n", "gaps", h->gaps, lost_of(h));
    if (isfinite(h->integration_s))
        printf("%-12s %.6g s\n", "integration", h->integration_s);
    cph_info_print_array(&h->array);
    list_missing(h, missing);
    for (size_t i = 0; missing[i] != NULL; i++)
        printf("%-12s %s\n", "missing", missing[i]);
}
