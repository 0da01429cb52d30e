/* SPDX-License-Identifier: MIT */
#include "cophase/simulate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cophase/convert.h"
#include "cophase/random.h"
#include "cophase/steer.h"
#include "kernels/core/c64.h"
#include "kernels/core/exec.h"
#include "kernels/core/size.h"

/* Sample t of channel c draws from stream c K + t of the seed, K samples a channel, one value a
 * source and then one an element: samples are the same whatever the blocks and the threads. Gains
 * and delays have streams that no sample reaches. */
#define STREAM_GAINS  UINT64_MAX
#define STREAM_DELAYS (UINT64_MAX - 1)
#define TURN          6.28318530717958647693

#define WEAK_AMPLITUDE 0.1 /* -20 dB */

typedef struct sim_job {
    const cph_sim_config *config;
    size_t elements, start;
    cph_c32 *response;  /* [sources][elements] g_n a_n sqrt(power); 0 for dead elements */
    float *noise;       /* [elements] receiver noise: 1, or 0 for silent elements */
    cph_c32 *row;       /* [threads][elements] one time before rounding */
    cph_status *result; /* [threads] */
    float steps;        /* integer steps per unit of signal */
    unsigned char *samples;
} sim_job;

static bool contains(const size_t *list, size_t count, size_t value)
{
    for (size_t i = 0; i < count; i++)
        if (list[i] == value)
            return true;
    return false;
}

static bool all_below(const size_t *list, size_t count, size_t limit)
{
    for (size_t i = 0; i < count; i++)
        if (list[i] >= limit)
            return false;
    return true;
}

static bool positive(double x)
{
    return isfinite(x) && x > 0.0;
}

static bool not_negative(double x)
{
    return isfinite(x) && x >= 0.0;
}

static cph_status check(const cph_sim_config *config)
{
    if (config == NULL || config->array == NULL || config->array->elements == 0)
        return CPH_ERR_ARGUMENT;
    if (!config->array->has_positions)
        return CPH_ERR_MISSING;
    size_t elements = config->array->elements, streams;
    if (config->channel == SIZE_MAX ||
        !cph_size_mul(config->samples, config->channel + 1, &streams) || streams > SIZE_MAX / 2)
        return CPH_ERR_ARGUMENT;
    bool good = positive(config->freq_hz) && not_negative(config->delay_error_s) &&
                not_negative(config->delay_freq_hz) && cph_type_size(config->type) != 0 &&
                not_negative(config->gain_error_db) && not_negative(config->gain_error_rad) &&
                not_negative(config->full_scale_sigma) &&
                all_below(config->dead, config->dead_count, elements) &&
                all_below(config->weak, config->weak_count, elements);
    for (size_t s = 0; s < config->sources; s++)
        good = good && not_negative(config->source[s].power);
    for (size_t i = 0; good && config->coupling != NULL && i < elements * elements; i++)
        good = cph_c64_finite(config->coupling[i]);
    return good ? CPH_OK : CPH_ERR_ARGUMENT;
}

static double draw_delay(const cph_sim_config *config, cph_random *random)
{
    return M_SQRT2 * cph_random_normal(random).re * config->delay_error_s;
}

cph_status cph_simulate_delays(const cph_sim_config *config, double *delay_s)
{
    cph_status status = check(config);
    if (status != CPH_OK || delay_s == NULL)
        return status != CPH_OK ? status : CPH_ERR_ARGUMENT;
    cph_random random;
    cph_random_seed(&random, config->seed, STREAM_DELAYS);
    for (size_t n = 0; n < config->array->elements; n++)
        delay_s[n] = draw_delay(config, &random);
    for (size_t i = 0; i < config->dead_count; i++)
        delay_s[config->dead[i]] = (double)NAN;
    return CPH_OK;
}

static double reference_of(const cph_sim_config *config)
{
    return config->delay_freq_hz > 0.0 ? config->delay_freq_hz : config->freq_hz;
}

/* What the cover makes of each gain; *factor is NULL without a cover, else for the caller to free.
 */
static cph_status make_cover(const cph_sim_config *config, cph_c64 **factor)
{
    const size_t n = config->array->elements;
    size_t places;
    *factor = NULL;
    if (config->cover == NULL)
        return CPH_OK;
    if (!cph_size_mul(n, 3, &places))
        return CPH_ERR_OVERFLOW;
    double *const position = calloc(places, sizeof *position);
    cph_c64 *const made = calloc(n, sizeof *made);
    cph_status status = CPH_ERR_MEMORY;
    if (position != NULL && made != NULL)
        status = cph_array_positions(config->array, position);
    if (status == CPH_OK)
        status = cph_simulate_cover(config->cover, n, position, config->freq_hz,
                                    reference_of(config), made);
    free(position);
    if (status == CPH_OK)
        *factor = made;
    else
        free(made);
    return status;
}

cph_status cph_simulate_gains(const cph_sim_config *config, cph_c64 *gain)
{
    cph_c64 *cover = NULL;
    cph_status status = check(config);
    if (status == CPH_OK && gain == NULL)
        status = CPH_ERR_ARGUMENT;
    if (status == CPH_OK)
        status = make_cover(config, &cover);
    if (status != CPH_OK)
        return status;
    const double off_hz = config->freq_hz - reference_of(config);
    cph_random random, delays;
    cph_random_seed(&random, config->seed, STREAM_GAINS);
    cph_random_seed(&delays, config->seed, STREAM_DELAYS);
    for (size_t n = 0; n < config->array->elements; n++) {
        cph_c64 z = cph_random_normal(&random); /* parts of variance 1/2 */
        double amplitude = pow(10.0, M_SQRT2 * z.re * config->gain_error_db / 20.0);
        double sine, cosine;
        sincos(M_SQRT2 * z.im * config->gain_error_rad -
                   TURN * off_hz * draw_delay(config, &delays),
               &sine, &cosine);
        if (contains(config->weak, config->weak_count, n))
            amplitude *= WEAK_AMPLITUDE;
        gain[n] = (cph_c64){amplitude * cosine, amplitude * sine};
        if (cover != NULL)
            gain[n] = cph_c64_mul(gain[n], cover[n]);
    }
    free(cover);
    for (size_t i = 0; i < config->dead_count; i++)
        gain[config->dead[i]] = (cph_c64){NAN, NAN};
    return CPH_OK;
}

double cph_simulate_scale(const cph_sim_config *config)
{
    double power = 1.0;
    double limit = config->type == CPH_C8 ? INT8_MAX : INT16_MAX;
    double sigmas = config->full_scale_sigma == 0.0 ? 6.0 : config->full_scale_sigma;
    if (config->type == CPH_C32)
        return 1.0;
    for (size_t s = 0; s < config->sources; s++)
        power += config->source[s].power;
    return sigmas * sqrt(0.5 * power) / limit;
}

static void release(sim_job *job)
{
    free(job->response);
    free(job->noise);
    free(job->row);
    free(job->result);
}

static cph_status allocate(sim_job *job, size_t threads)
{
    size_t responses, rows;
    if (!cph_size_mul(job->config->sources, job->elements, &responses) ||
        !cph_size_mul(threads, job->elements, &rows))
        return CPH_ERR_OVERFLOW;
    job->response = calloc(responses + 1, sizeof *job->response); /* + 1: no source is fine */
    job->noise = calloc(job->elements, sizeof *job->noise);
    job->row = calloc(rows, sizeof *job->row);
    job->result = calloc(threads, sizeof *job->result);
    if (job->response != NULL && job->noise != NULL && job->row != NULL && job->result != NULL)
        return CPH_OK;
    release(job);
    return CPH_ERR_MEMORY;
}

/* What element n hears of a wave that has `steering` at the elements. */
static cph_c64 hear(const cph_sim_config *config, size_t elements, const cph_c64 *steering,
                    size_t n)
{
    cph_c64 sum = {0.0, 0.0};
    if (config->coupling == NULL)
        return steering[n];
    for (size_t m = 0; m < elements; m++)
        sum = cph_c64_add(sum, cph_c64_mul(config->coupling[n * elements + m], steering[m]));
    return sum;
}

/* What each source leaves in each element. position [elements][3] and gain, steering [elements]
 * are work space. */
static cph_status fill_responses(sim_job *job, double *position, cph_c64 *gain, cph_c64 *steering)
{
    const cph_sim_config *config = job->config;
    cph_status status = cph_array_positions(config->array, position);
    if (status == CPH_OK)
        status = cph_simulate_gains(config, gain);
    for (size_t s = 0; s < config->sources && status == CPH_OK; s++) {
        const cph_sim_source *source = &config->source[s];
        status =
            cph_steer_c64(job->elements, position, config->freq_hz, source->direction, steering);
        for (size_t n = 0; n < job->elements && status == CPH_OK; n++) {
            cph_c64 g = gain[n], a = hear(config, job->elements, steering, n);
            double amplitude = isnan(g.re) || source->silent ? 0.0 : sqrt(source->power);
            if (amplitude > 0.0)
                job->response[s * job->elements + n] =
                    (cph_c32){(float)(amplitude * (g.re * a.re - g.im * a.im)),
                              (float)(amplitude * (g.re * a.im + g.im * a.re))};
        }
    }
    for (size_t n = 0; n < job->elements && status == CPH_OK; n++)
        job->noise[n] = isnan(gain[n].re) && config->dead_mode == CPH_DEAD_ZERO ? 0.0F : 1.0F;
    return status;
}

static cph_status prepare(sim_job *job)
{
    size_t places;
    if (!cph_size_mul(job->elements, 3, &places))
        return CPH_ERR_OVERFLOW;
    double *position = calloc(places, sizeof *position);
    cph_c64 *gain = calloc(job->elements, sizeof *gain);
    cph_c64 *steering = calloc(job->elements, sizeof *steering);
    cph_status status = CPH_ERR_MEMORY;
    if (position != NULL && gain != NULL && steering != NULL)
        status = fill_responses(job, position, gain, steering);
    free(position);
    free(gain);
    free(steering);
    return status;
}

static void add_source(size_t elements, const cph_c32 *response, cph_c64 wave, cph_c32 *row)
{
    const float re = (float)wave.re, im = (float)wave.im;
    for (size_t n = 0; n < elements; n++) {
        row[n].re += response[n].re * re - response[n].im * im;
        row[n].im += response[n].re * im + response[n].im * re;
    }
}

/* Which source sounds at a time, of those that do so in turn: the first ones a sample longer where
 * shares are not whole. */
static size_t turn_of(const cph_sim_config *config, size_t time)
{
    const size_t each = config->samples / config->sources, rest = config->samples % config->sources;
    size_t first = 0;
    for (size_t s = 0; s + 1 < config->sources; s++) {
        first += each + (s < rest);
        if (time < first)
            return s;
    }
    return config->sources - 1;
}

static cph_status make_row(const sim_job *job, size_t time, cph_c32 *row, void *samples)
{
    cph_random random;
    cph_random_seed(&random, job->config->seed,
                    job->config->channel * job->config->samples + job->start + time);
    memset(row, 0, job->elements * sizeof *row);
    const bool all = !job->config->in_turn || job->config->sources == 0;
    const size_t turn = all ? 0 : turn_of(job->config, job->start + time);
    for (size_t s = 0; s < job->config->sources; s++) {
        const cph_c64 wave = cph_random_normal(&random);
        if (all || s == turn)
            add_source(job->elements, job->response + s * job->elements, wave, row);
    }
    for (size_t n = 0; n < job->elements; n++) {
        cph_c64 z = cph_random_normal(&random);
        row[n].re += job->noise[n] * (float)z.re;
        row[n].im += job->noise[n] * (float)z.im;
    }
    return cph_convert_from_c32(job->config->type, row, job->elements, job->steps, samples, NULL);
}

static void make_rows(void *context, size_t begin, size_t end, size_t worker)
{
    const sim_job *job = context;
    size_t bytes = job->elements * cph_type_size(job->config->type);
    cph_c32 *row = job->row + worker * job->elements;
    for (size_t t = begin; t < end && job->result[worker] == CPH_OK; t++)
        job->result[worker] = make_row(job, t, row, job->samples + t * bytes);
}

cph_status cph_simulate_block(const cph_sim_config *config, const cph_exec *exec, size_t start,
                              size_t times, void *samples)
{
    cph_status status = check(config);
    if (status != CPH_OK)
        return status;
    size_t elements = config->array->elements, threads = cph_exec_threads(exec);
    if (samples == NULL || elements == 0 || start > config->samples ||
        times > config->samples - start)
        return CPH_ERR_ARGUMENT;
    if (!cph_size_matrix(times, elements, elements, cph_type_size(config->type)))
        return CPH_ERR_OVERFLOW;
    sim_job job = {.config = config,
                   .elements = elements,
                   .start = start,
                   .steps = (float)(1.0 / cph_simulate_scale(config)),
                   .samples = samples};
    status = allocate(&job, threads);
    if (status != CPH_OK)
        return status;
    status = prepare(&job);
    if (status == CPH_OK)
        cph_exec_run(exec, times, make_rows, &job);
    for (size_t i = 0; i < threads && status == CPH_OK; i++)
        status = job.result[i];
    release(&job);
    return status;
}
