/* SPDX-License-Identifier: MIT */
/* cophase info: what a file says of itself, what it lacks, and how its elements are doing. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "cli/geometry.h"
#include "cli/health.h"
#include "cli/info_gains.h"
#include "cli/info_readings.h"
#include "cli/input.h"
#include "cli/json.h"
#include "cli/progress.h"
#include "cli/verbs.h"

typedef struct options {
    cph_cli cli;
} options;

static error_t parse(int key, char *arg, struct argp_state *state)
{
    (void)arg;
    options *o = state->input;
    return key == ARGP_KEY_INIT ? cph_cli_children(state, &o->cli) : ARGP_ERR_UNKNOWN;
}

static const struct argp_child children[] = {
    {&cph_argp_input, 0, NULL, 0},  {&cph_argp_range, 0, NULL, 0},
    {&cph_argp_follow, 0, NULL, 0}, {&cph_argp_channels, 0, NULL, 0},
    {&cph_argp_common, 0, NULL, 0}, {0}};
static const struct argp argp = {
    NULL,
    parse,
    "FILE",
    "Says what a file is, what it lacks, and what is wrong with its elements."
    "\v"
    "FILE is a capture, covariance, calibration, weights, beams or readings of a calibration, in "
    "Cophase's own layout or another one that it reads in place. Powers are relative to the median "
    "of the good elements "
    "of the same polarisation.\n\n"
    "Examples:\n"
    "  cophase info cap.h5\n"
    "  cophase info cap.h5 --duration 1s --json\n"
    "  cophase info correlation_burst.hdf5 --positions antenna_locations.txt",
    children,
    NULL,
    NULL};

/* ---- what is missing ---- */

enum { MISSING_MAX = 8 };

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

static json_t *json_health(const cph_health *health)
{
    json_t *list = json_array();
    for (size_t i = 0; i < health->rows; i++) {
        const cph_health_row *row = &health->row[i];
        const char polarization[] = {row->polarization, '\0'};
        json_t *object = json_object();
        cph_json_set_count(object, "element", row->number);
        cph_json_set_text(object, "name", row->name[0] != '\0' ? row->name : NULL);
        cph_json_set_text(object, "polarization", row->polarization != 0 ? polarization : NULL);
        cph_json_set_number(object, "power_db", row->power_db);
        cph_json_set_number(object, "relative_db", row->relative_db);
        cph_json_set_number(object, "full_scale_share", row->full_scale_share);
        cph_json_set_text(object, "reason", cph_health_reason(row));
        cph_json_append(list, object);
    }
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

/* What some kinds of file have beside a header. */
typedef struct extras {
    cph_info_readings readings;
    cph_info_gains gains;
} extras;

static cph_exit print_json(const cph_input *input, const extras *more, const cph_health *health)
{
    const cph_cli *cli = input->cli;
    const cph_data_header *h = input->header;
    const bool samples = h->kind == CPH_KIND_CAPTURE || h->kind == CPH_KIND_BEAMS;
    json_t *object = json_object();
    cph_json_set_text(object, "file", cli->input);
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
    cph_json_set(object, "readings", cph_info_readings_json(&more->readings));
    cph_json_set(object, "gains", cph_info_gains_json(&more->gains));
    cph_json_set(object, "array", json_array_of(&h->array));
    cph_json_set(object, "missing", json_missing(h));
    cph_json_set_count(object, "good", cph_health_good(health));
    cph_json_set(object, "health", json_health(health));
    cph_input_follow_json(input, object);
    return cph_json_print(cli, object);
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

static void print_time(const char *label, double unix_s)
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

static bool is_readings(const cph_data_header *h)
{
    return h->kind == CPH_KIND_REV || h->kind == CPH_KIND_CODED;
}

static void print_size(const cph_data_header *h)
{
    if (h->kind == CPH_KIND_BEAMS || h->kind == CPH_KIND_WEIGHTS)
        printf("%-12s %zu\n", "beams", h->beams);
    if (h->array.elements > 0)
        printf("%-12s %zu%s\n", "elements", h->axis_elements,
               h->array.elements > h->axis_elements ? ", X and Y" : "");
    printf("%-12s %zu\n", "channels", h->channels);
    if (h->kind != CPH_KIND_WEIGHTS && !is_readings(h))
        printf("%-12s %zu\n", "times", h->times);
    if (h->missing > 0)
        printf("%-12s %zu missing, over all times\n", "baselines", h->missing);
    if (has_path(h))
        printf("%-12s %s\n", "path", cph_gain_path_name(h->path));
    if (h->kind == CPH_KIND_CAPTURE || h->kind == CPH_KIND_BEAMS)
        printf("%-12s %s%s, scale %g\n", "samples", cph_type_name(h->type),
               h->real_sampling ? " (real)" : "", h->scale);
}

static void print_array(const cph_array *array)
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

static void print_header(const cph_cli *cli, const cph_data_header *h, const extras *more)
{
    const char *missing[MISSING_MAX];
    printf("%s: %s (%s)\n", cli->input, cph_kind_name(h->kind), h->format);
    print_size(h);
    cph_info_readings_print(&more->readings);
    cph_info_gains_print(&more->gains);
    print_hz("sample rate", h->sample_rate_hz);
    print_hz("frequency", h->center_freq_hz);
    print_hz("real IF", h->if_freq_hz);
    if (h->wave_speed_m_s > 0)
        printf("%-12s %g m/s\n", "wave speed", h->wave_speed_m_s);
    print_time("time", start_of(h));
    if (h->kind == CPH_KIND_CAPTURE && h->sample_rate_hz > 0)
        printf("%-12s %.6g s\n", "duration", (double)cph_data_span(h) / h->sample_rate_hz);
    if (h->gaps > 0)
        printf("%-12s %zu, %zu times lost\n", "gaps", h->gaps, lost_of(h));
    if (isfinite(h->integration_s))
        printf("%-12s %.6g s\n", "integration", h->integration_s);
    print_array(&h->array);
    list_missing(h, missing);
    for (size_t i = 0; missing[i] != NULL; i++)
        printf("%-12s %s\n", "missing", missing[i]);
}

/* Ten columns; what is unknown is a dash. */
static void print_cell(double value, const char *unit)
{
    if (isfinite(value))
        printf(" %8.2f%2s", value, unit);
    else
        printf(" %8s%2s", "-", "");
}

static void print_health(const cph_health *health)
{
    const size_t good = cph_health_good(health);
    printf("%-12s %zu good, %zu not\n", "health", good, health->rows - good);
    if (good == health->rows)
        return;
    printf("\n%7s  %-16s %8s   %8s   %8s    %s\n", "element", "name", "power dB", "relative",
           "clipped", "reason");
    for (size_t i = 0; i < health->rows; i++) {
        const cph_health_row *row = &health->row[i];
        if (cph_health_reason(row) == NULL)
            continue;
        printf("%6u%c  %-16s", row->number, row->polarization != 0 ? row->polarization : ' ',
               row->name);
        print_cell(row->power_db, "");
        print_cell(row->relative_db, "");
        print_cell(100.0 * row->full_scale_share, " %");
        printf("  %s\n", cph_health_reason(row));
    }
}

static cph_exit run(const cph_cli *cli)
{
    enum { ANY = (1 << CPH_KIND_COUNT) - 1 };
    cph_input input;
    cph_health health = {0};
    extras more;
    cph_exit code = cph_input_open(cli, ANY | CPH_TAKES_REAL, &input);
    if (code != CPH_EXIT_DONE)
        return code;
    code = cph_info_readings_read(cli, input.header->kind, &more.readings);
    if (code == CPH_EXIT_DONE)
        code = cph_info_gains_read(cli, input.header->kind, &more.gains);
    if (code == CPH_EXIT_DONE)
        code = cph_health_measure(&input, &health);
    if (code == CPH_EXIT_DONE && cli->json) {
        code = print_json(&input, &more, &health);
    } else if (code == CPH_EXIT_DONE) {
        print_header(cli, input.header, &more);
        if (!is_readings(input.header)) /* of all elements together: they tell no element's */
            print_health(&health);
        code = cph_stdout_check(cli);
    }
    cph_health_free(&health);
    cph_input_close(&input);
    return code;
}

int cph_verb_info(int argc, char **argv)
{
    options o = {0};
    cph_interrupt_catch();
    cph_exit code = cph_cli_parse(&argp, argc, argv, &o);
    if (code == CPH_EXIT_DONE)
        code = run(&o.cli);
    cph_cli_free(&o.cli);
    return code;
}
