/* SPDX-License-Identifier: MIT */
#include "cli/quantise.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/geometry.h"
#include "cli/text_output.h"
#include "cophase/steer.h"
#include "kernels/core/exec.h"
#include "kernels/core/size.h"

enum { TRIALS = 16 };                /* of the common phase */
static const double usual_inr = 1e5; /* 50 dB */

/* What one beam at one channel needs; N elements. */
typedef struct job {
    const cph_states_options *options;
    const double *position; /* [N][3] */
    cph_c64 *gain;          /* [N] of the channel, 0 where not driven */
    const double *look;     /* unit vector */
    double freq_hz;
    cph_c64 *w, *chosen;  /* [N] */
    cph_c64 *null_vector; /* [nulls][N] */
    double *inr;          /* [nulls] */
} job;

static void job_free(job *j)
{
    free(j->w);
    free(j->chosen);
    free(j->null_vector);
    free(j->inr);
    free(j->gain);
}

static bool job_make(const cph_quantised *q, job *j)
{
    j->w = calloc(q->elements, sizeof *j->w);
    j->chosen = calloc(q->elements, sizeof *j->chosen);
    j->null_vector = reallocarray(NULL, q->nulls + 1, q->elements * sizeof *j->null_vector);
    j->inr = calloc(q->nulls + 1, sizeof *j->inr);
    j->gain = calloc(q->elements, sizeof *j->gain);
    if (j->w == NULL || j->chosen == NULL || j->null_vector == NULL || j->inr == NULL ||
        j->gain == NULL)
        return false;
    for (size_t i = 0; i < q->nulls; i++)
        j->inr[i] = j->options->null_inr > 0.0 ? j->options->null_inr : usual_inr;
    return true;
}

static cph_pattern_input pattern_of(const cph_quantised *q, const job *j, const cph_c64 *w)
{
    cph_pattern_input input = {.elements = q->elements,
                               .position = j->position,
                               .freq_hz = j->freq_hz,
                               .weights = w,
                               .gain = j->gain};
    memcpy(input.look, j->look, sizeof input.look);
    return input;
}

/* 20 log10 of the response to the look (look_db) and, relative to it, to the nulls. */
static cph_status depths(const cph_quantised *q, const job *j, const cph_c64 *w, double *look_db,
                         double *null_db)
{
    const cph_pattern_input input = pattern_of(q, j, w);
    cph_c64 y;
    cph_status status = cph_pattern_response(&input, 1, j->look, &y);
    *look_db = 20.0 * log10(hypot(y.re, y.im));
    for (size_t i = 0; status == CPH_OK && i < q->nulls; i++) {
        status = cph_pattern_response(&input, 1, q->null_direction + 3 * i, &y);
        null_db[i] = 20.0 * log10(hypot(y.re, y.im)) - *look_db;
    }
    return status;
}

static double total_power(const cph_quantised *q, const cph_c64 *w)
{
    double sum = 0.0;
    for (size_t n = 0; n < q->elements; n++)
        sum += w[n].re * w[n].re + w[n].im * w[n].im;
    return sum;
}

/* g a toward the nulls, as the elements see it. */
static cph_status null_vectors(const cph_quantised *q, const job *j)
{
    cph_status status = CPH_OK;
    for (size_t i = 0; status == CPH_OK && i < q->nulls; i++) {
        cph_c64 *v = j->null_vector + i * q->elements;
        status = cph_steer_c64(q->elements, j->position, j->freq_hz, q->null_direction + 3 * i, v);
        for (size_t n = 0; status == CPH_OK && n < q->elements; n++) {
            const cph_c64 a = v[n], g = j->gain[n];
            v[n] = (cph_c64){a.re * g.re - a.im * g.im, a.re * g.im + a.im * g.re};
        }
    }
    return status;
}

static cph_status run_job(const cph_quantised *q, const job *j, uint32_t *state,
                          cph_quantised_beam *beam)
{
    const cph_pattern_input pattern = pattern_of(q, j, NULL);
    double wanted_db = 0.0, chosen_db = 0.0;
    cph_status status = null_vectors(q, j);
    const cph_states_config config = {.states = &q->states,
                                      .elements = q->elements,
                                      .weights = j->w,
                                      .nulls = q->nulls,
                                      .null_vector = j->null_vector,
                                      .inr = j->inr,
                                      .trials = TRIALS,
                                      .feedback = j->options->sidelobes,
                                      .pattern = j->options->sidelobes ? &pattern : NULL};
    if (status == CPH_OK)
        status = cph_states_choose(&config, state, j->chosen, &beam->result);
    if (status == CPH_OK)
        status = depths(q, j, j->w, &wanted_db, beam->before_db);
    if (status == CPH_OK)
        status = depths(q, j, j->chosen, &chosen_db, beam->after_db);
    beam->look_loss_db =
        wanted_db - chosen_db + 10.0 * log10(total_power(q, j->chosen) / total_power(q, j->w));
    return status;
}

static cph_status fail(const cph_states_options *options, const char *beam, cph_status status,
                       cph_error *error)
{
    static const struct {
        cph_status status;
        const char *words;
    } table[] = {
        {CPH_ERR_TOO_FEW, "too few elements for the beam and its nulls"},
        {CPH_ERR_SINGULAR, "a --null lies within the beam, or the states cannot form it"},
        {CPH_ERR_ARGUMENT, "the states are all 0"},
    };
    const char *words = cph_status_name(status);
    char label[64];
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (table[i].status == status)
            words = table[i].words;
    return cph_fail(error, status, "states %s, beam %s: %s", cph_states_label(options, label), beam,
                    words);
}

static cph_status make(const cph_states_options *options, const cph_directions *nulls,
                       const cph_weights *weights, cph_quantised *q, cph_error *error)
{
    size_t beams, states, depth;
    q->beams = weights->beams;
    q->channels = weights->channels;
    q->elements = weights->array.elements;
    q->nulls = nulls->count;
    if (!cph_size_mul(q->beams, q->channels, &beams) ||
        !cph_size_mul(beams, q->elements, &states) || !cph_size_mul(beams, 2 * q->nulls, &depth))
        return cph_fail(error, CPH_ERR_OVERFLOW, "too many beams");
    q->beam = calloc(beams + 1, sizeof *q->beam);
    q->state = calloc(states + 1, sizeof *q->state);
    q->depth = calloc(depth + 1, sizeof *q->depth);
    q->null_direction = calloc(q->nulls + 1, 3 * sizeof *q->null_direction);
    if (q->beam == NULL || q->state == NULL || q->depth == NULL || q->null_direction == NULL)
        return cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    for (size_t i = 0; i < beams; i++) {
        q->beam[i].before_db = q->depth + 2 * q->nulls * i;
        q->beam[i].after_db = q->beam[i].before_db + q->nulls;
    }
    cph_status status = CPH_OK;
    for (size_t i = 0; status == CPH_OK && i < q->nulls; i++)
        status = cph_direction_resolve(&nulls->item[i], &weights->array, q->null_direction + 3 * i,
                                       error);
    return status == CPH_OK ? cph_states_load(options, &q->states, error) : status;
}

/* One beam at one channel: item i = beam * channels + channel. */
static cph_status quantise_item(job *j, const uint32_t *given, const cph_c64 *gain, size_t i,
                                cph_weights *weights, cph_quantised *q)
{
    const size_t n = q->elements, c = i % q->channels;
    cph_c32 *w = weights->weights + i * n;
    j->look = weights->direction + 3 * (i / q->channels);
    j->freq_hz = weights->channel_freq_hz[c];
    for (size_t k = 0; k < n; k++) {
        const bool driven = w[k].re != 0.0f || w[k].im != 0.0f;
        j->w[k] = (cph_c64){(double)w[k].re, (double)w[k].im};
        j->gain[k] = driven ? gain[c * n + k] : (cph_c64){0.0, 0.0};
    }
    if (given != NULL) {
        memcpy(q->state + i * n, given + i * n, n * sizeof *given);
        q->beam[i].look_loss_db = NAN;
        q->beam[i].result =
            (cph_states_result){.phase_rms_rad = NAN, .amplitude_rms = NAN, .psll_db = NAN};
        return CPH_OK;
    }
    cph_status status = run_job(q, j, q->state + i * n, &q->beam[i]);
    for (size_t k = 0; status == CPH_OK && k < n; k++)
        w[k] = (cph_c32){(float)j->chosen[k].re, (float)j->chosen[k].im};
    return status;
}

/* All beams and channels, each on its own: what comes of them does not depend on the threads. */
typedef struct batch {
    const uint32_t *given; /* [beams][channels][N] or NULL */
    const cph_c64 *gain;   /* [channels][N] */
    cph_weights *weights;
    cph_quantised *quantised;
    job *job;           /* [threads] */
    cph_status *status; /* [beams][channels] */
} batch;

static void quantise_items(void *context, size_t begin, size_t end, size_t worker)
{
    const batch *all = context;
    for (size_t i = begin; i < end; i++)
        all->status[i] = quantise_item(&all->job[worker], all->given, all->gain, i, all->weights,
                                       all->quantised);
}

static cph_status run_batch(const cph_states_options *options, const double *position, batch *all,
                            cph_error *error)
{
    cph_quantised *q = all->quantised;
    const size_t items = q->beams * q->channels, threads = cph_exec_threads(options->exec);
    cph_status status = CPH_OK;
    all->job = calloc(threads, sizeof *all->job);
    all->status = calloc(items + 1, sizeof *all->status);
    bool room = all->job != NULL && all->status != NULL;
    for (size_t t = 0; room && t < threads; t++) {
        all->job[t] = (job){.options = options, .position = position};
        room = job_make(q, &all->job[t]);
    }
    if (room)
        cph_exec_run(options->exec, items, quantise_items, all);
    else
        status = cph_fail(error, CPH_ERR_MEMORY, "out of memory");
    for (size_t i = 0; room && status == CPH_OK && i < items; i++)
        if (all->status[i] != CPH_OK)
            status = fail(options, all->weights->name[i / q->channels], all->status[i], error);
    for (size_t t = 0; all->job != NULL && t < threads; t++)
        job_free(&all->job[t]);
    free(all->job);
    free(all->status);
    return status;
}

cph_status cph_quantise(const cph_states_options *options, const uint32_t *chosen,
                        const cph_directions *nulls, const double *position, const cph_c64 *gain,
                        cph_weights *weights, cph_nulls *depths, cph_quantised *quantised,
                        cph_error *error)
{
    batch all = {.given = chosen, .gain = gain, .weights = weights, .quantised = quantised};
    cph_status status = make(options, nulls, weights, quantised, error);
    if (status == CPH_OK)
        status = run_batch(options, position, &all, error);
    if (status == CPH_OK && (status = cph_nulls_again(depths, position, gain, weights)) != CPH_OK)
        (void)cph_fail(error, status, "nulls: %s", cph_status_name(status));
    return status;
}

cph_exit cph_quantise_input(const cph_states_options *options, const uint32_t *chosen,
                            const cph_input *input, const cph_selection *selection,
                            cph_weights *weights, cph_nulls *depths, cph_quantised *quantised)
{
    cph_c64 *gain = NULL;
    unsigned char *flag = NULL;
    cph_error error = {.status = CPH_OK};
    cph_exit code = cph_input_channel_gains(input, selection, &gain, &flag);
    if (code == CPH_EXIT_DONE &&
        cph_quantise(options, chosen, &input->cli->method.nulls, selection->position, gain, weights,
                     depths, quantised, &error) != CPH_OK)
        code = cph_report_input(input->cli->name, &error);
    free(gain);
    free(flag);
    return code;
}

/* ---- what it did ---- */

static json_t *nulls_json(const cph_quantised *q, const cph_quantised_beam *beam,
                          const cph_array *array)
{
    json_t *nulls = json_array();
    for (size_t i = 0; i < q->nulls; i++) {
        json_t *null = json_object();
        cph_json_set_direction(null, array, q->null_direction + 3 * i);
        cph_json_set_number(null, "before_db", beam->before_db[i]);
        cph_json_set_number(null, "after_db", beam->after_db[i]);
        cph_json_append(nulls, null);
    }
    return nulls;
}

void cph_quantised_json(const cph_states_options *options, const cph_quantised *q,
                        const cph_array *array, json_t *object)
{
    char label[64];
    json_t *states = json_object(), *list = json_array();
    cph_json_set_text(states, "table", cph_states_label(options, label));
    cph_json_set_count(states, "count", q->states.count);
    cph_json_set_text(states, "sense", options->delay ? "delay" : "advance");
    cph_json_set_text(states, "search", options->sidelobes ? "sidelobes" : "error");
    for (size_t i = 0; i < q->beams * q->channels; i++) {
        const cph_quantised_beam *beam = &q->beam[i];
        json_t *item = json_object();
        cph_json_set_count(item, "beam", i / q->channels);
        cph_json_set_count(item, "channel", i % q->channels);
        cph_json_set_number(item, "loss_db", beam->look_loss_db);
        cph_json_set_number(item, "phase_rms_deg", beam->result.phase_rms_rad * 180.0 / M_PI);
        cph_json_set_number(item, "amplitude_rms", beam->result.amplitude_rms);
        cph_json_set_number(item, "psll_db", beam->result.psll_db);
        cph_json_set(item, "error_feedback", json_boolean(beam->result.feedback));
        cph_json_set(item, "nulls", nulls_json(q, beam, array));
        cph_json_append(list, item);
    }
    cph_json_set(object, "states", states);
    cph_json_set(object, "quantised", list);
}

void cph_quantised_print(const cph_states_options *options, const cph_directions *nulls,
                         const cph_quantised *q)
{
    char label[64];
    printf("states %s: %zu\n", cph_states_label(options, label), q->states.count);
    for (size_t i = 0; i < q->beams * q->channels; i++) {
        const cph_quantised_beam *beam = &q->beam[i];
        printf("beam %zu channel %zu  loss %.3f dB", i / q->channels, i % q->channels,
               beam->look_loss_db);
        if (!isnan(beam->result.phase_rms_rad))
            printf("  errors %.2f deg, %.1f %% rms", beam->result.phase_rms_rad * 180.0 / M_PI,
                   100.0 * beam->result.amplitude_rms);
        if (!isnan(beam->result.psll_db))
            printf("  peak sidelobe %.2f dB", beam->result.psll_db);
        printf("\n");
        for (size_t k = 0; k < q->nulls; k++)
            printf("  null %-24s %7.1f dB, was %.1f dB\n", nulls->item[k].text, beam->after_db[k],
                   beam->before_db[k]);
    }
}

cph_status cph_quantised_codes(const char *path, const char *const *inputs, const cph_quantised *q,
                               const cph_array *array, cph_error *error)
{
    cph_text_output output;
    cph_status status = cph_text_open(&output, path, inputs, error);
    if (status != CPH_OK)
        return status;
    fprintf(output.file, "beam,channel,element,code\n");
    for (size_t i = 0; i < q->beams * q->channels * q->elements; i++) {
        const size_t of = i / q->elements;
        if (q->state[i] != CPH_STATE_OFF)
            fprintf(output.file, "%zu,%zu,%" PRIu32 ",%#" PRIx32 "\n", of / q->channels,
                    of % q->channels, array->element[i % q->elements].number,
                    q->states.code[q->state[i]]);
    }
    return cph_text_commit(&output, error);
}

void cph_quantised_free(cph_quantised *quantised)
{
    cph_states_free(&quantised->states);
    free(quantised->beam);
    free(quantised->depth);
    free(quantised->null_direction);
    free(quantised->state);
    *quantised = (cph_quantised){0};
}
