/* SPDX-License-Identifier: MIT */
#include "cli/simulate_capture.h"

#include <math.h>
#include <stdlib.h>

#include "cli/attitude_word.h"
#include "cli/geometry.h"
#include "kernels/core/size.h"

void cph_sim_scene_free(cph_sim_scene *s)
{
    for (size_t i = 0; s->text != NULL && i < s->sources; i++)
        free(s->text[i]);
    free(s->text);
    free(s->source);
    free(s->gain);
    free(s->delay);
    free(s->coupling);
    free(s->freq_hz);
    free(s->header.gap);
    cph_moving_close(&s->moving);
    cph_attitude_free(&s->attitude);
    cph_faults_free(&s->faults);
    cph_array_free(&s->array);
}

json_t *cph_sim_scene_source(const cph_sim_scene *s, size_t i)
{
    const cph_sim_source *source = &s->source[i];
    json_t *object = json_object();
    cph_json_set_text(object, "kind", source->jammer ? "jammer" : "source");
    if (i < s->o->sources) {
        cph_json_set_text(object, "direction", s->o->source[i].direction.text);
        cph_json_set_direction(object, &s->array, source->direction);
        cph_json_set_number(object, "w", source->direction[2]);
    } else {
        const char *name = NULL;
        const cph_moving_table *const table = cph_moving_of(&s->moving, i - s->o->sources, &name);
        cph_json_set_text(object, "moving", table->word->path);
        cph_json_set_text(object, "satellite", name);
    }
    cph_json_set_number(object, "power_db", 10.0 * log10(source->power));
    return object;
}

static cph_status place_sources(cph_sim_scene *s, cph_error *error)
{
    const cph_simulate_options *o = s->o;
    s->sources = o->sources + s->moving.sources;
    s->source = calloc(s->sources + 1, sizeof *s->source);
    s->text = calloc(s->sources + 1, sizeof *s->text);
    if (s->source == NULL || s->text == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    for (size_t i = 0; i < o->sources; i++) {
        s->source[i].power = o->source[i].power;
        s->source[i].jammer = o->source[i].jammer;
        cph_status status = cph_direction_resolve(&o->source[i].direction, &s->array,
                                                  s->source[i].direction, error);
        if (status != CPH_OK)
            return status;
    }
    if (s->moving.sources > 0) {
        const cph_status status =
            cph_moving_place(&s->moving, cph_sim_clock_stretch(&s->clock, 0).middle_s, &s->array,
                             &s->attitude, s->source + o->sources, error);
        if (status != CPH_OK)
            return status;
    }
    for (size_t i = 0; i < s->sources; i++) {
        json_t *object = cph_sim_scene_source(s, i);
        s->text[i] = json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(12));
        json_decref(object);
    }
    return CPH_OK;
}

/* Side by side, around --freq. */
static cph_status place_channels(cph_sim_scene *s, cph_error *error)
{
    const cph_simulate_options *o = s->o;
    s->freq_hz = calloc(o->channels, sizeof *s->freq_hz);
    if (s->freq_hz == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    for (size_t c = 0; c < o->channels; c++)
        s->freq_hz[c] =
            o->freq_hz + ((double)c - 0.5 * (double)(o->channels - 1)) * o->sample_rate_hz;
    return CPH_OK;
}

static cph_status load_coupling(cph_sim_scene *s, cph_error *error)
{
    const size_t n = s->array.elements;
    size_t square, all;
    cph_status status = CPH_OK;
    if (s->o->coupling.path == NULL)
        return CPH_OK;
    s->coupling = cph_size_mul(n, n, &square) && cph_size_mul(square, s->o->channels, &all)
                      ? calloc(all + 1, sizeof *s->coupling)
                      : NULL;
    if (s->coupling == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    for (size_t c = 0; c < s->o->channels && status == CPH_OK; c++)
        status = cph_coupling_choice_received(&s->o->coupling, s->freq_hz[c], n,
                                              s->coupling + c * n * n, error);
    return status;
}

static cph_status draw_gains(cph_sim_scene *s, cph_error *error)
{
    const cph_simulate_options *o = s->o;
    s->config = (cph_sim_config){.array = &s->array,
                                 .freq_hz = o->freq_hz,
                                 .sample_rate_hz = o->sample_rate_hz,
                                 .sources = s->sources,
                                 .source = s->source,
                                 .in_turn = o->in_turn,
                                 .samples = s->clock.samples,
                                 .type = o->type,
                                 .gain_error_db = o->gain_errors[0],
                                 .gain_error_rad = o->gain_errors[1],
                                 .delay_error_s = o->delay_error_s,
                                 .delay_freq_hz = o->freq_hz,
                                 .cover = cph_simulate_options_cover(o),
                                 .dead = s->faults.dead,
                                 .dead_count = s->faults.dead_count,
                                 .dead_mode = o->dead_mode,
                                 .weak = s->faults.weak,
                                 .weak_count = s->faults.weak_count,
                                 .seed = o->seed};
    s->gain = calloc(s->array.elements, sizeof *s->gain);
    if (o->delay_error_s > 0.0)
        s->delay = calloc(s->array.elements, sizeof *s->delay);
    if (s->gain == NULL || (o->delay_error_s > 0.0 && s->delay == NULL))
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    cph_status status = cph_simulate_gains(&s->config, s->gain);
    if (status == CPH_OK && s->delay != NULL)
        status = cph_simulate_delays(&s->config, s->delay);
    return status == CPH_OK
               ? CPH_OK
               : cph_fail(error, status, "%s: %s", o->array.text, cph_status_name(status));
}

/* A fixed attitude is the array's from here on. */
static cph_status stand(cph_sim_scene *s, cph_error *error)
{
    if (s->o->attitude == NULL)
        return CPH_OK;
    const cph_status status = cph_attitude_choose(s->o->attitude, &s->array, &s->attitude, error);
    s->array.has_array_to_enu = status == CPH_OK && s->attitude.time_unix_s == NULL &&
                                cph_attitude_at(&s->attitude, 0.0, s->array.array_to_enu) == CPH_OK;
    return status;
}

/* Who moves, and when samples are taken. */
static cph_status set_times(cph_sim_scene *s, cph_error *error)
{
    const cph_simulate_options *o = s->o;
    const bool moving = o->movings > 0;
    cph_status status = cph_moving_open(o->moving, o->movings, &s->moving, error);
    if (status != CPH_OK)
        return status;
    const bool to_end = moving && !o->samples_given;
    const double start_s =
        isnan(o->time_start_unix_s) && moving ? s->moving.start_s : o->time_start_unix_s;
    if (to_end)
        status = cph_moving_check(&s->moving, start_s, fmax(start_s, s->moving.end_s), error);
    if (status == CPH_OK)
        status =
            cph_sim_clock_make(start_s, s->moving.end_s, o->sample_rate_hz, to_end ? 0 : o->samples,
                               o->burst, o->every_s, &s->clock, error);
    if (status == CPH_OK)
        status = cph_moving_check(&s->moving, start_s, cph_sim_clock_end(&s->clock), error);
    if (status != CPH_OK)
        return status;
    s->header.gaps = cph_sim_clock_gaps(&s->clock, NULL);
    s->header.gap = calloc(s->header.gaps + 1, sizeof *s->header.gap);
    if (s->header.gap == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    (void)cph_sim_clock_gaps(&s->clock, s->header.gap);
    return CPH_OK;
}

cph_status cph_sim_scene_build(const cph_simulate_options *o, cph_sim_scene *s, cph_error *error)
{
    *s = (cph_sim_scene){.o = o};
    cph_status status = cph_array_build(&o->array, o->freq_hz, &s->array, error);
    if (status == CPH_OK)
        status = stand(s, error);
    if (status == CPH_OK)
        status = set_times(s, error);
    if (status == CPH_OK)
        status = cph_faults_pick(&o->faults, s->array.elements, o->seed, &s->faults, error);
    if (status == CPH_OK)
        status = place_sources(s, error);
    if (status == CPH_OK)
        status = place_channels(s, error);
    if (status == CPH_OK)
        status = load_coupling(s, error);
    if (status == CPH_OK)
        status = draw_gains(s, error);
    s->header = (cph_data_header){.kind = CPH_KIND_CAPTURE,
                                  .times = s->clock.samples,
                                  .gaps = s->header.gaps,
                                  .gap = s->header.gap,
                                  .channels = o->channels,
                                  .axis_elements = s->array.elements,
                                  .array = s->array,
                                  .type = o->type,
                                  .scale = status == CPH_OK ? cph_simulate_scale(&s->config) : NAN,
                                  .sample_rate_hz = o->sample_rate_hz,
                                  .center_freq_hz = o->freq_hz,
                                  .if_freq_hz = NAN,
                                  .channel_freq_hz = s->freq_hz,
                                  .time_start_unix_s = s->clock.start_s,
                                  .integration_s = NAN,
                                  .n_samples = NAN};
    return status;
}
