/* SPDX-License-Identifier: MIT */
/* Weights toward a satellite, and what they give while they stand. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/track.h"
#include "kernels/core/c64.h"
#include "kernels/core/size.h"
#include "kernels/core/vec3.h"
#include "kernels/track/look.h"

/* Sets of [columns] that a row points to. */
enum { GAIN, IDEAL, LOSS, POINTING, DOPPLER, SINR, VALUES };

static const double degree = 180.0 / M_PI;

cph_status cph_track_bench_make(const cph_track_scene *scene, cph_track_bench *bench,
                                cph_error *error)
{
    const size_t n = scene->elements, columns = scene->columns;
    *bench = (cph_track_bench){.scene = scene};
    bench->weights = calloc(n, sizeof *bench->weights);
    bench->steering = cph_size_matrix(CPH_LOOKS, n, n, sizeof *bench->steering)
                          ? calloc(CPH_LOOKS * n, sizeof *bench->steering)
                          : NULL;
    bench->c = calloc(n, sizeof *bench->c);
    bench->value = calloc(VALUES * columns, sizeof *bench->value);
    if (bench->weights == NULL || bench->steering == NULL || bench->c == NULL ||
        bench->value == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    bench->row.gain_db = bench->value + GAIN * columns;
    bench->row.ideal_db = bench->value + IDEAL * columns;
    bench->row.loss_db = bench->value + LOSS * columns;
    bench->row.pointing_loss_db = bench->value + POINTING * columns;
    bench->row.doppler_hz = bench->value + DOPPLER * columns;
    bench->row.sinr_loss_db = bench->value + SINR * columns;
    return CPH_OK;
}

void cph_track_bench_free(cph_track_bench *bench)
{
    free(bench->weights);
    free(bench->steering);
    free(bench->c);
    free(bench->value);
    *bench = (cph_track_bench){.scene = NULL};
}

cph_status cph_track_direction(const cph_track_scene *scene, const cph_schedule *schedule,
                               uint32_t satellite, double time_unix_s, double u[3],
                               cph_schedule_place *place, cph_error *error)
{
    double turn[9]; /* array to ENU: the other way is its transpose */
    cph_status status = cph_schedule_at(schedule, satellite, time_unix_s, place);
    if (status != CPH_OK)
        return cph_fail(error, CPH_ERR_FORMAT, "%s: no two rows around time %.3f",
                        scene->options->cli.input, time_unix_s);
    status = cph_attitude_at(&scene->attitude, time_unix_s, turn);
    if (status != CPH_OK)
        return cph_fail(error, CPH_ERR_FORMAT, "%s: has no attitude at time %.3f",
                        scene->options->attitude, time_unix_s);
    for (size_t i = 0; i < 3; i++)
        u[i] = turn[i] * place->enu[0] + turn[3 + i] * place->enu[1] + turn[6 + i] * place->enu[2];
    (void)cph_unit3(u);
    return CPH_OK;
}

/* conj(w) g, through the gains as they are. */
static void take_coefficients(const cph_track_column *column, size_t n, const cph_c32 *w,
                              cph_c64 *c)
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

static cph_status measure_column(cph_track_bench *bench, size_t k, const double u[CPH_LOOKS][3],
                                 double range_rate, cph_error *error)
{
    const cph_track_scene *const scene = bench->scene;
    const cph_track_column *const column = &scene->column[k];
    const size_t n = scene->elements;
    cph_look look;
    cph_status status =
        cph_track_update(column->plan, column->workspace, u[1], bench->weights, NULL, NULL, NULL);
    if (status == CPH_OK)
        status =
            cph_steer_run(scene->steer, 1, &column->freq_hz, CPH_LOOKS, u[0], bench->steering, n);
    if (status != CPH_OK)
        return cph_fail(error, status, "weights %s at %.6g GHz: %s",
                        cph_gain_path_name(column->path), column->freq_hz * 1e-9,
                        cph_status_name(status));
    take_coefficients(column, n, bench->weights, bench->c);
    cph_look_measure(n, scene->position, column->freq_hz, bench->c, bench->steering, u[1], &look);
    enter_levels(bench, k, &look, u);
    bench->value[DOPPLER * scene->columns + k] =
        column->path == CPH_GAIN_RECEIVE
            ? cph_doppler_hz(column->freq_hz, range_rate)
            : cph_doppler_precompensation_hz(column->freq_hz, range_rate);
    return CPH_OK;
}

/* A column that has no beam: a satellite that is not served yet is not sent to. */
static void leave_column(cph_track_bench *bench, size_t k)
{
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
    double az, el;
    cph_direction_enu_to_sky(place[1].enu, &az, &el);
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
