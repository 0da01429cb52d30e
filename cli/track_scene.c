/* SPDX-License-Identifier: MIT */
/* What a run starts from: the array, its gains on every path and frequency, plans, attitude. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/export.h"
#include "cli/gain_path.h"
#include "cli/track_scene.h"
#include "kernels/core/c64.h"
#include "kernels/core/heap.h"
#include "kernels/core/vec3.h"

/* ---- one column ---- */

static cph_status load_subject(const cph_track_options *o, const cph_track_column *c,
                               const char *truth, cph_pattern_subject *subject, cph_error *error)
{
    cph_direction boresight = {.kind = CPH_DIRECTION_THETAPHI, .text = "boresight"};
    const cph_directions steer = {.count = 1, .capacity = 1, .item = &boresight};
    const cph_pattern_request request = {.calibration =
                                             truth == NULL ? o->calibration[c->path] : NULL,
                                         .path = c->path,
                                         .truth = truth,
                                         .array = &o->spec,
                                         .steer = &steer,
                                         .taper = &o->taper[c->path],
                                         .freq_hz = c->freq_hz,
                                         .built_hz = o->column[0].freq_hz};
    return cph_pattern_subject_load(&request, subject, error);
}

/* The true gains, those of the subject where nobody knows better. */
static cph_status load_truth(const cph_track_options *o, cph_track_column *c, cph_error *error)
{
    cph_pattern_subject subject = {.w = NULL};
    if (o->truth[c->path] == NULL)
        return CPH_OK;
    const cph_status status = load_subject(o, c, o->truth[c->path], &subject, error);
    if (status == CPH_OK) {
        c->truth = subject.gain;
        subject.gain = NULL;
    }
    cph_pattern_subject_free(&subject);
    return status;
}

/* States of one amplitude leave of a taper where it is 0. */
static void flatten(cph_pattern_subject *s, double *taper)
{
    for (size_t i = 0; i < s->array.elements; i++)
        if (taper[i] > 0.0) {
            s->w[i] = cph_c64_scale(1.0 / taper[i], s->w[i]);
            taper[i] = 1.0;
        }
}

/* Weights of the aperture as the states can have them, [N]; what the whole array gives with them
 * over one element. */
static cph_status make_taper(const cph_track_scene *scene, cph_track_column *c, double *taper,
                             cph_error *error)
{
    const cph_track_options *const o = scene->options;
    cph_pattern_subject *const s = &c->subject;
    const size_t n = s->array.elements;
    double sum = 0.0, squares = 0.0;
    for (size_t i = 0; i < n; i++)
        taper[i] = 1.0;
    if (o->taper[c->path].kind != CPH_TAPER_UNIFORM) {
        const cph_status status =
            cph_taper_array(&o->taper[c->path], n, s->position, s->array.pitch_m, taper);
        if (status != CPH_OK)
            return cph_fail(error, status, "taper %s: %s", o->taper_text[c->path],
                            cph_status_name(status));
        if (cph_states_flat(&scene->states))
            flatten(s, taper);
    }
    for (size_t i = 0; i < n; i++) {
        sum += taper[i];
        squares += taper[i] * taper[i];
    }
    c->ideal = sum * sum / squares;
    return CPH_OK;
}

/* The narrowest beam, that toward boresight; 2 pi where it has no width. */
static cph_status find_width(const cph_track_scene *scene, cph_track_column *c, cph_error *error)
{
    cph_pattern_metrics m;
    const cph_pattern_subject *const s = &c->subject;
    const cph_pattern_input input = {.elements = s->array.elements,
                                     .position = s->position,
                                     .freq_hz = c->freq_hz,
                                     .weights = s->w,
                                     .gain = s->gain,
                                     .look = {0.0, 0.0, 1.0},
                                     .exec = &scene->exec};
    const cph_status status = cph_pattern_analyse(&input, &m);
    if (status != CPH_OK)
        return cph_fail(error, status, "%s: pattern: %s", scene->options->array,
                        cph_status_name(status));
    c->width_rad = 2.0 * M_PI;
    for (size_t k = 0; k < m.planes; k++)
        c->width_rad = fmin(c->width_rad, isnan(m.hpbw_rad[k]) ? c->width_rad : m.hpbw_rad[k]);
    return CPH_OK;
}

/* What one element alone has over an isotropic one. */
static cph_status find_element(const cph_track_scene *scene, cph_track_column *c, cph_error *error)
{
    static const double origin[3] = {0.0, 0.0, 0.0};
    const cph_c64 one = {1.0, 0.0};
    cph_pattern_metrics m;
    const cph_pattern_input input = {.elements = 1,
                                     .position = origin,
                                     .freq_hz = c->freq_hz,
                                     .weights = &one,
                                     .look = {0.0, 0.0, 1.0},
                                     .element = &scene->options->element.pattern,
                                     .exec = &scene->exec};
    const cph_status status = cph_pattern_analyse(&input, &m);
    if (status != CPH_OK)
        return cph_fail(error, status, "--element: %s", cph_status_name(status));
    c->element_db = m.directivity_db - m.peak_power_db;
    return CPH_OK;
}

static cph_status make_plan(const cph_track_scene *scene, cph_track_column *c, const double *taper,
                            cph_error *error)
{
    const cph_pattern_subject *const s = &c->subject;
    const bool nulled = cph_track_null_asked(&scene->options->null);
    const cph_track_config config = {.elements = s->array.elements,
                                     .position = s->position,
                                     .freq_hz = c->freq_hz,
                                     .gain = s->gain,
                                     .flag = s->flag,
                                     .taper = taper,
                                     .states = scene->states.count > 0 ? &scene->states : NULL,
                                     .nulls_max = nulled ? CPH_TRACK_NULLS_MAX : 0};
    cph_track_config plain = config;
    plain.nulls_max = 0;
    cph_error why = {.message = ""};
    cph_status status = cph_track_create(&config, &c->plan, &why);
    if (status == CPH_OK && nulled)
        status = cph_track_create(&plain, &c->plain, &why);
    if (status != CPH_OK)
        return cph_fail(error, status, "%s at %.6g GHz: %s", cph_gain_path_name(c->path),
                        c->freq_hz * 1e-9,
                        why.message[0] != '\0' ? why.message : cph_status_name(status));
    c->workspace = cph_heap_aligned(cph_track_workspace_size(c->plan));
    return c->workspace != NULL ? CPH_OK : cph_fail(error, CPH_ERR_MEMORY, "out of memory");
}

static cph_status check_subject(const cph_track_scene *scene, const cph_track_column *c,
                                cph_error *error)
{
    const cph_array *const array = &c->subject.array;
    for (size_t i = 1; i < array->elements; i++)
        if (array->element[i].polarization != array->element[0].polarization)
            return cph_fail(error, CPH_ERR_ARGUMENT,
                            "%s has two polarisations, expected an array of one",
                            scene->options->array);
    if (c->subject.axes != NULL)
        return cph_fail(error, CPH_ERR_UNSUPPORTED,
                        "%s: elements are turned, expected them to look along z",
                        scene->options->array);
    if (c->subject.coupling != NULL)
        return cph_fail(
            error, CPH_ERR_UNSUPPORTED,
            "%s: holds coupling (/coupling), which weights that follow are made without",
            scene->options->calibration[c->path]);
    return CPH_OK;
}

static cph_status fill_column(cph_track_scene *scene, cph_track_column *c, cph_error *error)
{
    const cph_track_options *const o = scene->options;
    cph_status status = load_subject(o, c, NULL, &c->subject, error);
    if (status == CPH_OK)
        status = check_subject(scene, c, error);
    if (status == CPH_OK)
        status = load_truth(o, c, error);
    if (status != CPH_OK)
        return status;
    double *const taper = calloc(c->subject.array.elements, sizeof *taper);
    if (taper == NULL) {
        (void)cph_fail(error, CPH_ERR_MEMORY, "out of memory");
        return CPH_ERR_MEMORY;
    }
    status = make_taper(scene, c, taper, error);
    if (status == CPH_OK)
        status = cph_track_sigmas(scene, c, error);
    if (status == CPH_OK)
        status = find_width(scene, c, error);
    if (status == CPH_OK)
        status = find_element(scene, c, error);
    if (status == CPH_OK)
        status = make_plan(scene, c, taper, error);
    free(taper);
    return status;
}

/* ---- all of them ---- */

static cph_status load_element(cph_track_scene *scene, cph_element_choice *element,
                               cph_error *error)
{
    const cph_status status = cph_element_choice_load(element, scene->array, scene->position,
                                                      scene->column[0].freq_hz, error);
    if (status == CPH_OK && element->embedded != NULL)
        return cph_fail(error, CPH_ERR_UNSUPPORTED,
                        "--element %s: expected one pattern for all elements", element->text);
    return status;
}

static cph_status make_steer(cph_track_scene *scene, cph_error *error)
{
    const cph_steer_config config = {
        .elements = scene->elements, .position = scene->position, .lattice = true};
    const cph_status status = cph_steer_create(&config, &scene->steer);
    return status == CPH_OK
               ? status
               : cph_fail(error, status, "%s: %s", scene->options->array, cph_status_name(status));
}

/* The first column alone, for what the others and the element's file need of it. */
static cph_status look_ahead(cph_track_scene *scene, cph_error *error)
{
    cph_track_column *const c = &scene->column[0];
    const cph_status status = load_subject(scene->options, c, NULL, &c->subject, error);
    if (status != CPH_OK)
        return status;
    scene->elements = c->subject.array.elements;
    scene->position = calloc(scene->elements, 3 * sizeof *scene->position);
    if (scene->position == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    memcpy(scene->position, c->subject.position, scene->elements * 3 * sizeof *scene->position);
    scene->array = &c->subject.array;
    return CPH_OK;
}

/* Of the chips that images are for, else as asked for. */
static cph_status load_states(cph_track_scene *scene, cph_error *error)
{
    const cph_track_options *const o = scene->options;
    if (o->target == NULL)
        return cph_states_asked(&o->states) ? cph_states_load(&o->states, &scene->states, error)
                                            : CPH_OK;
    const cph_export_options export = {.format = o->target_format};
    const cph_image_options image = cph_track_image(o);
    const cph_fw_chip chip = {.layout = cph_export_layout(&export),
                              .bits = (uint8_t)cph_image_bits(&image),
                              .delay = image.delay};
    return cph_image_states(&image, &chip, &scene->states, error);
}

/* Tapers that the states do not make. */
static void remark_tapers(const cph_track_scene *scene)
{
    static const char *const option[CPH_GAIN_PATHS] = {
        [CPH_GAIN_RECEIVE] = "--taper", [CPH_GAIN_TRANSMIT] = "--transmit-taper"};
    const cph_track_options *const o = scene->options;
    for (size_t path = 0; path < CPH_GAIN_PATHS; path++)
        if (o->taper_text[path] != NULL && o->taper[path].kind != CPH_TAPER_UNIFORM &&
            cph_states_flat(&scene->states) && !o->cli.quiet)
            (void)cph_report_line(o->cli.name, CPH_EXIT_DONE,
                                  "%s %s: states of one amplitude do not make it: beams, and the "
                                  "ideal array's, are without",
                                  option[path], o->taper_text[path]);
}

static cph_status fill_scene(cph_track_scene *scene, cph_element_choice *element, cph_error *error)
{
    const cph_track_options *const o = scene->options;
    cph_status status = look_ahead(scene, error);
    if (status == CPH_OK)
        status = load_element(scene, element, error);
    if (status == CPH_OK)
        status = load_states(scene, error);
    if (status == CPH_OK)
        status = cph_track_attitude_find(scene, error);
    if (status == CPH_OK && o->horizon != NULL)
        status = cph_horizon_read(o->horizon, &scene->horizon, error);
    if (status == CPH_OK)
        status = make_steer(scene, error);
    if (status == CPH_OK)
        cph_pattern_subject_free(&scene->column[0].subject);
    if (status == CPH_OK)
        scene->column[0].subject = (cph_pattern_subject){.w = NULL};
    for (size_t i = 0; status == CPH_OK && i < scene->columns; i++)
        status = fill_column(scene, &scene->column[i], error);
    if (status == CPH_OK)
        status = cph_track_nulls_name(scene, error);
    return status;
}

/* Gains and the element that a description names, where the command line does not. */
static cph_status take_described(cph_track_options *o, cph_error *error)
{
    cph_status status = cph_described_read(&o->spec, &o->file, error);
    for (size_t path = 0; status == CPH_OK && path < CPH_GAIN_PATHS; path++) {
        cph_cli own = {.path = (cph_gain_path)path, .calibration = o->calibration[path]};
        status = cph_gains_described(&o->file, &own, error);
        o->calibration[path] = own.calibration;
    }
    return status == CPH_OK && o->element.text == NULL
               ? cph_described_element(&o->file, &o->element, error)
               : status;
}

cph_exit cph_track_scene_open(cph_track_options *options, cph_track_scene *scene)
{
    cph_error error = {.status = CPH_OK};
    *scene = (cph_track_scene){
        .options = options, .exec = options->cli.exec, .columns = options->columns};
    scene->column = calloc(scene->columns, sizeof *scene->column);
    if (scene->column == NULL)
        return cph_report_memory(options->cli.name);
    for (size_t i = 0; i < scene->columns; i++) {
        scene->column[i].path = options->column[i].path;
        scene->column[i].freq_hz = options->column[i].freq_hz;
    }
    if (take_described(options, &error) != CPH_OK ||
        fill_scene(scene, &options->element, &error) != CPH_OK)
        return cph_report_input(options->cli.name, &error);
    remark_tapers(scene);
    return CPH_EXIT_DONE;
}

void cph_track_scene_free(cph_track_scene *scene)
{
    for (size_t i = 0; i < scene->columns && scene->column != NULL; i++) {
        cph_pattern_subject_free(&scene->column[i].subject);
        free(scene->column[i].truth);
        cph_track_destroy(scene->column[i].plan);
        cph_track_destroy(scene->column[i].plain);
        free(scene->column[i].workspace);
        free(scene->column[i].sigma[0]);
        free(scene->column[i].sigma[1]);
    }
    free(scene->column);
    free(scene->position);
    free(scene->null);
    for (size_t i = 0; i < scene->captures; i++)
        cph_track_waves_close(scene->capture[i].waves);
    cph_steer_destroy(scene->steer);
    cph_states_free(&scene->states);
    cph_attitude_free(&scene->attitude);
    cph_horizon_free(&scene->horizon);
    *scene = (cph_track_scene){0};
}

size_t cph_track_paths(const cph_track_options *o, const char **path)
{
    size_t count = 0;
    const char *const known[] = {
        o->cli.input,
        o->file.path == NULL && o->spec.kind == CPH_ARRAY_FILE ? o->array : NULL,
        o->calibration[CPH_GAIN_RECEIVE],
        o->calibration[CPH_GAIN_TRANSMIT],
        o->truth[CPH_GAIN_RECEIVE],
        o->truth[CPH_GAIN_TRANSMIT],
        o->attitude != NULL && access(o->attitude, F_OK) == 0 ? o->attitude : NULL,
        o->horizon,
        o->null.jammers,
        o->null.truth,
        o->element.path,
        cph_states_path(&o->states)};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (known[i] != NULL)
            path[count++] = known[i];
    for (size_t i = 0; i < o->null.captures; i++)
        path[count++] = o->null.capture[i];
    return count + cph_described_paths(&o->file, path + count);
}
