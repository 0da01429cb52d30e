/* SPDX-License-Identifier: MIT */
/* Weights toward a satellite, and what they give while they stand. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/track_images.h"
#include "cli/track_quiet.h"
#include "kernels/core/c64.h"
#include "kernels/core/size.h"
#include "kernels/core/vec3.h"
#include "kernels/track/look.h"

/* Sets of [columns] that a row points to. */
enum { GAIN, IDEAL, LOSS, POINTING, DOPPLER, SINR, VALUES };

static const double degree = 180.0 / M_PI;

cph_status cph_track_bench_make(const cph_track_scene *scene, cph_track_jammers *jammers,
                                cph_track_bench *bench, cph_error *error)
{
    const size_t n = scene->elements, columns = scene->columns;
    *bench = (cph_track_bench){.scene = scene, .jammers = jammers};
    bench->weights = calloc(n, sizeof *bench->weights);
    bench->steering = cph_size_matrix(CPH_LOOKS, n, n, sizeof *bench->steering)
                          ? calloc(CPH_LOOKS * n, sizeof *bench->steering)
                          : NULL;
    bench->c = calloc(n, sizeof *bench->c);
    bench->duty_unix_s = bench->middle_unix_s = NAN;
    bench->price_db = calloc(columns, sizeof *bench->price_db);
    bench->likely_db = calloc(columns * scene->nulls + 1, sizeof *bench->likely_db);
    bench->chance = calloc(columns * scene->places + 1, sizeof *bench->chance);
    bench->judge = calloc(4 * n, sizeof *bench->judge);
    bench->look = calloc(columns, sizeof *bench->look);
    bench->value = calloc(VALUES * columns, sizeof *bench->value);
    bench->null_db = calloc(columns * scene->nulls + 1, sizeof *bench->null_db);
    bench->null_off_deg = calloc(scene->nulls + 1, sizeof *bench->null_off_deg);
    if (bench->weights == NULL || bench->steering == NULL || bench->c == NULL ||
        bench->value == NULL || bench->price_db == NULL || bench->likely_db == NULL ||
        bench->chance == NULL || bench->judge == NULL || bench->look == NULL ||
        bench->null_db == NULL || bench->null_off_deg == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    const bool dense = cph_density_asked(&scene->options->quiet);
    bench->room = dense ? calloc(n, CPH_DENSITY_BATCH * sizeof *bench->room) : NULL;
    if (dense && bench->room == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    const cph_status status = cph_track_quiet_make(scene, &bench->quiet, error);
    bench->row.gain_db = bench->value + GAIN * columns;
    bench->row.ideal_db = bench->value + IDEAL * columns;
    bench->row.loss_db = bench->value + LOSS * columns;
    bench->row.pointing_loss_db = bench->value + POINTING * columns;
    bench->row.doppler_hz = bench->value + DOPPLER * columns;
    bench->row.null_db = bench->null_db;
    bench->row.null_off_deg = bench->null_off_deg;
    bench->row.null_price_db = bench->price_db;
    bench->row.null_likely_db = bench->likely_db;
    bench->row.sinr_loss_db = bench->value + SINR * columns;
    return status;
}

void cph_track_bench_free(cph_track_bench *bench)
{
    free(bench->weights);
    free(bench->steering);
    free(bench->c);
    free(bench->value);
    free(bench->look);
    free(bench->room);
    cph_track_quiet_free(bench->scene, bench->quiet);
    free(bench->price_db);
    free(bench->likely_db);
    free(bench->chance);
    free(bench->judge);
    free(bench->null_db);
    free(bench->null_off_deg);
    *bench = (cph_track_bench){.scene = NULL};
}

cph_status cph_track_turn(const cph_track_scene *scene, double time_unix_s, const double enu[3],
                          double u[3])
{
    double turn[9]; /* array to ENU: the other way is its transpose */
    const cph_status status = cph_attitude_at(&scene->attitude, time_unix_s, turn);
    if (status == CPH_OK)
        cph_rotate_back3(turn, enu, u);
    return status;
}

cph_status cph_track_direction(const cph_track_scene *scene, const cph_schedule *schedule,
                               uint32_t satellite, double time_unix_s, double u[3],
                               cph_schedule_place *place, cph_error *error)
{
    cph_status status = cph_schedule_at(schedule, satellite, time_unix_s, place);
    if (status != CPH_OK)
        return cph_fail(error, CPH_ERR_FORMAT, "%s: no two rows around time %.3f",
                        scene->options->cli.input, time_unix_s);
    status = cph_track_turn(scene, time_unix_s, place->enu, u);
    if (status != CPH_OK)
        return cph_fail(error, CPH_ERR_FORMAT,
                        "%s: has no attitude at time %.3f, when a satellite is served: it goes "
                        "from %.3f to %.3f",
                        scene->options->attitude, time_unix_s, scene->attitude.time_unix_s[0],
                        scene->attitude.time_unix_s[scene->attitude.count - 1]);
    (void)cph_unit3(u);
    return CPH_OK;
}

void cph_track_coefficients(const cph_track_column *column, size_t n, const cph_c32 *w, cph_c64 *c)
{
    const cph_c64 *const gain = column->truth != NULL ? column->truth : column->subject.gain;
    for (size_t i = 0; i < n; i++) {
        const cph_c64 own = {(double)w[i].re, -(double)w[i].im};
        c[i] = w[i].re == 0.0f && w[i].im == 0.0f ? own : cph_c64_mul(own, gain[i]);
    }
}

/* Levels of a column: the least gain of the places, against what the ideal array has there. */
static void enter_levels(cph_track_bench *bench, size_t k, const cph_look *look,
                         const double u[CPH_LOOKS][3])
{
    const cph_track_column *const column = &bench->scene->column[k];
    const size_t columns = bench->scene->columns;
    size_t worst = 0;
    for (size_t i = 1; i < CPH_LOOKS; i++)
        if (look->power[i] < look->power[worst])
            worst = i;
    const double gain = 10.0 * log10(look->power[worst] / look->total),
                 ideal = 10.0 * log10(column->ideal);
    const double element =
        column->element_db +
        10.0 * log10(cph_element_power(&bench->scene->options->element.pattern, u[worst]));
    bench->value[GAIN * columns + k] = gain + element;
    bench->value[IDEAL * columns + k] = ideal + element;
    bench->value[LOSS * columns + k] = ideal - gain;
    bench->value[POINTING * columns + k] =
        10.0 * log10(fmax(look->peak, look->power[1]) / look->power[worst]);
    bench->value[SINR * columns + k] = NAN;
}

/* Nulls of the column into its plan, and an update; what is in the main lobe is left out. */
static cph_status make_weights(cph_track_bench *bench, const cph_track_column *column,
                               const double u[3], cph_error *error)
{
    const cph_track_scene *const scene = bench->scene;
    cph_track_result result = {.dim = false};
    bool again = true;
    cph_status status = CPH_OK;
    cph_track_jammers_begin(bench->jammers);
    while (again) {
        again = false;
        if (scene->places > 0)
            status = cph_track_jammers_set(bench->jammers, column, error);
        if (status != CPH_OK)
            return status;
        status = cph_track_update(column->plan, column->workspace, u, bench->weights, NULL, NULL,
                                  &result);
        if (status == CPH_ERR_SINGULAR && scene->places > 0)
            again = cph_track_jammers_yield(bench->jammers, column, u);
        bench->yielded += again;
        if (status == CPH_ERR_SINGULAR && !again && scene->places > 0)
            again = cph_track_jammers_narrow(bench->jammers, column, u);
    }
    bench->dimmed += status == CPH_OK && result.dim;
    return status == CPH_OK
               ? status
               : cph_fail(error, status, "weights %s at %.6g GHz, time %.3f: %s",
                          cph_gain_path_name(column->path), column->freq_hz * 1e-9,
                          bench->row.time_unix_s,
                          status == CPH_ERR_SINGULAR ? "nulls take more than half of the beam"
                                                     : cph_status_name(status));
}

/* What a transmit column's beam radiates, and what the plain one would, whose weights and
 * coefficients are left on the bench. */
static cph_status look_around(cph_track_bench *bench, size_t k, const double u[3], cph_error *error)
{
    const cph_track_scene *const scene = bench->scene;
    const cph_track_column *const column = &scene->column[k];
    cph_track_looked *const look = &bench->look[k];
    const size_t beams = bench->quiet != NULL ? CPH_TRACK_BEAMS : 1;
    cph_status status = CPH_OK;
    for (size_t i = 0; status == CPH_OK && i < beams; i++) {
        if (i == CPH_TRACK_PLAIN) {
            status = make_weights(bench, column, u, error);
            cph_track_coefficients(column, scene->elements, bench->weights, bench->c);
        }
        if (status == CPH_OK && bench->quiet != NULL)
            status = cph_track_quiet_measure(bench, k, u, &look->quiet[i], error);
        if (status == CPH_OK && scene->options->duty_below > 0.0)
            status = cph_track_duty(bench, k, bench->duty_unix_s, u, &look->radiated[i], error);
    }
    return status;
}

static cph_status measure_column(cph_track_bench *bench, size_t k, const double u[CPH_LOOKS][3],
                                 double range_rate, cph_error *error)
{
    const cph_track_scene *const scene = bench->scene;
    const cph_track_column *const column = &scene->column[k];
    const size_t n = scene->elements;
    cph_look look;
    const bool quiet = bench->quiet != NULL && column->path == CPH_GAIN_TRANSMIT;
    cph_status status = quiet ? cph_track_quiet_weights(bench, k, u[1], error)
                              : make_weights(bench, column, u[1], error);
    if (status != CPH_OK)
        return status;
    status = cph_track_images_add(bench->images, k, bench->weights, &bench->row, error);
    if (status != CPH_OK)
        return status;
    status = cph_steer_run(scene->steer, 1, &column->freq_hz, CPH_LOOKS, u[0], bench->steering, n);
    if (status != CPH_OK)
        return cph_fail(error, status, "steering at %.6g GHz: %s", column->freq_hz * 1e-9,
                        cph_status_name(status));
    cph_track_coefficients(column, n, bench->weights, bench->c);
    cph_look_measure(n, scene->position, column->freq_hz, bench->c, bench->steering, u[1], &look);
    enter_levels(bench, k, &look, u);
    if (scene->places > 0)
        status = cph_track_levels(bench, k, u, &look, &bench->value[SINR * scene->columns + k]);
    if (status != CPH_OK)
        return cph_fail(error, status, "nulls: %s", cph_status_name(status));
    if (bench->looked && column->path == CPH_GAIN_TRANSMIT) {
        status = look_around(bench, k, u[1], error);
        if (status != CPH_OK)
            return status;
    }
    bench->value[DOPPLER * scene->columns + k] =
        column->path == CPH_GAIN_RECEIVE
            ? cph_doppler_hz(column->freq_hz, range_rate)
            : cph_doppler_precompensation_hz(column->freq_hz, range_rate);
    return CPH_OK;
}

/* A column that has no beam: a satellite that is not served yet is not sent to. */
static void leave_column(cph_track_bench *bench, size_t k)
{
    const size_t nulls = bench->scene->nulls;
    for (size_t j = 0; j < nulls; j++)
        bench->null_db[k * nulls + j] = bench->likely_db[k * nulls + j] = NAN;
    bench->price_db[k] = NAN;
    for (size_t value = 0; value < VALUES; value++)
        bench->value[value * bench->scene->columns + k] = NAN;
}

cph_status cph_track_beam(cph_track_bench *bench, const cph_schedule *schedule, uint32_t satellite,
                          double start, double end, cph_error *error)
{
    const cph_track_scene *const scene = bench->scene;
    const double time[CPH_LOOKS] = {start, 0.5 * (start + end), end};
    double u[CPH_LOOKS][3] = {{0.0}};
    cph_schedule_place place[CPH_LOOKS] = {{.range_m = NAN}};
    cph_track_row *const row = &bench->row;
    for (size_t i = 0; i < CPH_LOOKS; i++) {
        const cph_status status =
            cph_track_direction(scene, schedule, satellite, time[i], u[i], &place[i], error);
        if (status != CPH_OK)
            return status;
    }
    const cph_status placed = scene->places > 0 || scene->captures > 0
                                  ? cph_track_jammers_place(bench->jammers, time, error)
                                  : CPH_OK;
    if (placed != CPH_OK)
        return placed;
    for (size_t j = 0; j < scene->nulls; j++)
        bench->null_off_deg[j] = bench->jammers->there[j] && bench->jammers->placed[j]
                                     ? cph_angle3(u[1], bench->jammers->u[j][1]) * degree
                                     : NAN;
    double az, el;
    cph_direction_enu_to_sky(place[1].enu, &az, &el);
    bench->looked = row->standby == 0 && start <= bench->duty_unix_s && bench->duty_unix_s < end;
    bench->judged =
        row->standby == 0 && start <= bench->middle_unix_s && bench->middle_unix_s < end;
    row->time_unix_s = start;
    row->end_unix_s = end;
    row->satellite = satellite;
    row->az_deg = az * degree;
    row->el_deg = el * degree;
    memcpy(row->direction, u[1], sizeof row->direction);
    row->scan_deg = atan2(hypot(u[1][0], u[1][1]), u[1][2]) * degree;
    row->range_m = place[1].range_m;
    row->range_rate_m_s = place[1].range_rate_m_s;
    row->margin_deg = place[1].margin_rad * degree;
    for (size_t k = 0; k < scene->columns; k++) {
        if (row->standby != 0 && scene->column[k].path == CPH_GAIN_TRANSMIT) {
            leave_column(bench, k);
            continue;
        }
        const cph_status status =
            measure_column(bench, k, (const double(*)[3])u, place[1].range_rate_m_s, error);
        if (status != CPH_OK)
            return status;
    }
    return CPH_OK;
}
