/* SPDX-License-Identifier: MIT */
/* The region stands still in the sky: a plan is made for where up is in the array's frame, and
 * again when it has moved there. */
#include "cli/track_quiet.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/core/vec3.h"

/* Up may move by this share of a beamwidth until the plan is made again; the region of an array
 * that moves is wider by as much on both sides, so that it has what it is to have all the while. */
static const double most_turn = 0.1;

static bool sends(const cph_track_scene *scene, size_t k)
{
    return scene->column[k].path == CPH_GAIN_TRANSMIT;
}

cph_status cph_track_quiet_make(const cph_track_scene *scene, cph_track_quiet **quiet,
                                cph_error *error)
{
    cph_status status = CPH_OK;
    *quiet = NULL;
    if (!cph_quiet_asked(&scene->options->quiet))
        return CPH_OK;
    cph_track_quiet *const made = calloc(scene->columns, sizeof *made);
    for (size_t k = 0; made != NULL && status == CPH_OK && k < scene->columns; k++) {
        if (!sends(scene, k))
            continue;
        made[k].satellite = CPH_SCHEDULE_NONE;
        made[k].w = calloc(scene->elements, sizeof *made[k].w);
        made[k].state = calloc(scene->elements, sizeof *made[k].state);
        status = made[k].w != NULL && made[k].state != NULL ? CPH_OK : CPH_ERR_MEMORY;
        if (status == CPH_OK && scene->states.count > 0)
            status = cph_quiet_memory_create(scene->elements, &scene->states, &made[k].memory);
    }
    *quiet = made;
    return made != NULL && status == CPH_OK
               ? CPH_OK
               : cph_fail(error, made != NULL ? status : CPH_ERR_MEMORY, "--quiet-below: %s",
                          cph_status_name(made != NULL ? status : CPH_ERR_MEMORY));
}

void cph_track_quiet_free(const cph_track_scene *scene, cph_track_quiet *quiet)
{
    for (size_t k = 0; quiet != NULL && k < scene->columns; k++) {
        cph_quiet_destroy(quiet[k].plan);
        cph_quiet_memory_destroy(quiet[k].memory);
        free(quiet[k].w);
        free(quiet[k].state);
    }
    free(quiet);
}

/* ---- the region ---- */

static cph_status find_up(const cph_track_scene *scene, double time_unix_s, double up[3],
                          cph_error *error)
{
    double turn[9]; /* array to ENU */
    const cph_status status = cph_attitude_at(&scene->attitude, time_unix_s, turn);
    if (status != CPH_OK)
        return cph_fail(error, status, "the array has no attitude at time %.3f", time_unix_s);
    memcpy(up, turn + 6, 3 * sizeof *up);
    return CPH_OK;
}

/* The region of a plan, elevations over its own up. */
static void region_of(const cph_track_scene *scene, size_t k, double *from, double *below)
{
    const cph_quiet_choice *const o = &scene->options->quiet;
    const double wider =
        scene->attitude.time_unix_s != NULL ? most_turn * scene->column[k].width_rad : 0.0;
    *from = fmax(o->from_rad - wider, -0.5 * M_PI);
    *below = fmin(o->below_rad + wider, 0.5 * M_PI);
}

static cph_status make_plan(const cph_track_scene *scene, size_t k, const double up[3],
                            cph_track_quiet *quiet, cph_error *error)
{
    const cph_track_column *const c = &scene->column[k];
    cph_error why;
    cph_quiet_config config = {.elements = scene->elements,
                               .position = c->subject.position,
                               .freq_hz = c->freq_hz,
                               .flag = c->subject.flag,
                               .element = &scene->options->element.pattern,
                               .exec = &scene->exec};
    memcpy(config.up, up, sizeof config.up);
    memcpy(quiet->up, up, sizeof quiet->up);
    region_of(scene, k, &config.from_rad, &config.below_rad);
    cph_quiet_destroy(quiet->plan);
    quiet->plan = NULL;
    const cph_status status = cph_quiet_create(&config, &quiet->plan, &why);
    quiet->dark = status == CPH_ERR_MISSING && scene->attitude.time_unix_s != NULL;
    if (quiet->dark)
        return CPH_OK;
    if (status != CPH_OK)
        return cph_fail(error, status, "--quiet-below at %.6g GHz: %s", c->freq_hz * 1e-9,
                        why.message);
    quiet->count.plans++;
    return CPH_OK;
}

/* The plan for a time: the one there is while up has not moved away from it. */
static cph_status keep_plan(const cph_track_scene *scene, size_t k, double time_unix_s,
                            cph_track_quiet *quiet, cph_error *error)
{
    double up[3] = {0.0, 0.0, 1.0};
    const cph_status status = find_up(scene, time_unix_s, up, error);
    if (status != CPH_OK)
        return status;
    if ((quiet->plan != NULL || quiet->dark) &&
        cph_angle3(up, quiet->up) <= most_turn * scene->column[k].width_rad)
        return CPH_OK;
    return make_plan(scene, k, up, quiet, error);
}

static bool is_within(const cph_track_scene *scene, size_t k, const cph_track_quiet *quiet,
                      const double u[3])
{
    double from, below;
    region_of(scene, k, &from, &below);
    const double elevation = asin(fmin(fmax(cph_dot3(u, quiet->up), -1.0), 1.0));
    return elevation >= from && elevation <= below;
}

/* ---- beams ---- */

static cph_status search(cph_track_bench *bench, size_t k, const double u[3],
                         cph_track_quiet *quiet, cph_error *error)
{
    const cph_track_scene *const scene = bench->scene;
    cph_error why;
    cph_quiet_request request = {.gain = scene->column[k].subject.gain,
                                 .price_db = cph_quiet_price_db(&scene->options->quiet),
                                 .states = quiet->memory != NULL ? &scene->states : NULL,
                                 .memory = quiet->memory};
    memcpy(request.look, u, sizeof request.look);
    if (quiet->satellite != bench->row.satellite) { /* elsewhere in the sky */
        quiet->count.searches++;
        if (quiet->memory != NULL)
            cph_quiet_memory_forget(quiet->memory);
    }
    quiet->satellite = bench->row.satellite;
    const cph_status status =
        cph_quiet_weights(quiet->plan, &request, quiet->w, quiet->state, NULL, &why);
    if (status != CPH_OK)
        return cph_fail(error, status, "--quiet-below at %.6g GHz, time %.3f: %s",
                        scene->column[k].freq_hz * 1e-9, bench->row.time_unix_s, why.message);
    for (size_t i = 0; i < scene->elements; i++)
        bench->weights[i] = (cph_c32){(float)quiet->w[i].re, (float)quiet->w[i].im};
    return CPH_OK;
}

cph_status cph_track_quiet_weights(cph_track_bench *bench, size_t k, const double u[3],
                                   cph_error *error)
{
    const cph_track_column *const column = &bench->scene->column[k];
    cph_track_quiet *const quiet = &bench->quiet[k];
    const double time = 0.5 * (bench->row.time_unix_s + bench->row.end_unix_s);
    cph_status status = keep_plan(bench->scene, k, time, quiet, error);
    if (status != CPH_OK)
        return status;
    quiet->count.updates++;
    if (!quiet->dark && !is_within(bench->scene, k, quiet, u))
        return search(bench, k, u, quiet, error);
    quiet->count.within++;
    quiet->satellite = CPH_SCHEDULE_NONE;
    status = cph_track_update(column->plan, column->workspace, u, bench->weights, NULL, NULL, NULL);
    return status == CPH_OK ? status
                            : cph_fail(error, status, "weights transmit at %.6g GHz: %s",
                                       column->freq_hz * 1e-9, cph_status_name(status));
}

cph_status cph_track_quiet_measure(const cph_track_bench *bench, size_t k, const double u[3],
                                   cph_quiet_level *level, cph_error *error)
{
    const cph_track_scene *const scene = bench->scene;
    const cph_track_column *const column = &scene->column[k];
    const cph_track_quiet *const quiet = &bench->quiet[k];
    const cph_c64 *const gain = column->truth != NULL ? column->truth : column->subject.gain;
    *level = (cph_quiet_level){.loss_db = NAN, .limited_loss_db = NAN, .integrated_db = NAN};
    if (quiet->dark)
        return CPH_OK;
    for (size_t i = 0; i < scene->elements; i++)
        quiet->w[i] = (cph_c64){(double)bench->weights[i].re, (double)bench->weights[i].im};
    const cph_status status = cph_quiet_measure(quiet->plan, u, gain, quiet->w, false, level);
    return status == CPH_OK
               ? status
               : cph_fail(error, status, "what is radiated under --quiet-below at time %.3f: %s",
                          bench->row.time_unix_s, cph_status_name(status));
}
