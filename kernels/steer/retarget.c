/* SPDX-License-Identifier: MIT */
#include "cophase/retarget.h"

#include <math.h>

#include "kernels/core/bits.h"
#include "kernels/core/exec.h"
#include "kernels/core/heap.h"
#include "kernels/core/kernels.h"

struct cph_retarget_plan {
    size_t elements, channels, padded;
    const cph_exec *exec;
    cph_retarget_kernels kernels;
    double *axis[3]; /* [padded] */
    double reach[3];
    double *turns_per_metre; /* [C] */
    float *coefficient;      /* [C][2][2 padded]: straight, crossed */
    float *largest, *floor;  /* [C] largest |c|; N / 2 over (sum |c|)^2, in units of it squared */
};

struct layout {
    size_t bytes, padded, axes, turns, coefficient, largest, floor;
};

static size_t channels_of(const cph_retarget_config *config)
{
    return config->channels == 0 ? 1 : config->channels;
}

static cph_status lay_out(const cph_retarget_config *config, struct layout *l)
{
    if (config == NULL || config->elements == 0 || config->position == NULL ||
        config->freq_hz == NULL)
        return CPH_ERR_ARGUMENT;
    const size_t channels = channels_of(config);
    size_t doubles, floats;
    *l = (struct layout){.bytes = sizeof(cph_retarget_plan)};
    if (!cph_size_matrix(config->elements, 3, 3, sizeof *config->position) ||
        !cph_size_align(config->elements, CPH_RETARGET_PADDING, &l->padded) ||
        !cph_size_mul(l->padded, 3, &doubles) || !cph_size_mul(l->padded, 4, &floats) ||
        !cph_size_mul(floats, channels, &floats) ||
        !cph_size_place(&l->bytes, doubles, sizeof(double), &l->axes) ||
        !cph_size_place(&l->bytes, channels, sizeof(double), &l->turns) ||
        !cph_size_place(&l->bytes, floats, sizeof(float), &l->coefficient) ||
        !cph_size_place(&l->bytes, channels, sizeof(float), &l->largest) ||
        !cph_size_place(&l->bytes, channels, sizeof(float), &l->floor) || l->bytes > PTRDIFF_MAX)
        return CPH_ERR_OVERFLOW;
    return CPH_OK;
}

static bool all_finite(const double *value, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!isfinite(value[i]))
            return false;
    return true;
}

static bool finite_coefficients(const cph_retarget_config *config)
{
    const size_t count = channels_of(config) * config->elements;
    for (size_t i = 0; config->coefficient != NULL && i < count; i++)
        if (!cph_finite_f32(config->coefficient[i].re) ||
            !cph_finite_f32(config->coefficient[i].im))
            return false;
    return true;
}

cph_status cph_retarget_plan_size(const cph_retarget_config *config, size_t *bytes)
{
    struct layout l;
    if (bytes == NULL)
        return CPH_ERR_ARGUMENT;
    const cph_status status = lay_out(config, &l);
    if (status == CPH_OK)
        *bytes = l.bytes;
    return status;
}

static void place_positions(cph_retarget_plan *p, const cph_retarget_config *config, double *axes)
{
    for (size_t i = 0; i < 3; i++) {
        p->axis[i] = axes + i * p->padded;
        for (size_t n = 0; n < p->padded; n++) {
            p->axis[i][n] = n < p->elements ? config->position[3 * n + i] : 0.0;
            p->reach[i] = fmax(p->reach[i], fabs(p->axis[i][n]));
        }
    }
}

static void place_coefficients(cph_retarget_plan *p, const cph_retarget_config *config, size_t c)
{
    float *const straight = p->coefficient + c * 4 * p->padded;
    float *const crossed = straight + 2 * p->padded;
    double largest = 0.0, sum = 0.0;
    for (size_t n = 0; n < p->padded; n++) {
        cph_c32 w = {1.0f / (float)p->elements, 0.0f};
        if (n >= p->elements)
            w = (cph_c32){0.0f, 0.0f};
        else if (config->coefficient != NULL)
            w = config->coefficient[c * p->elements + n];
        straight[2 * n] = straight[2 * n + 1] = w.re;
        crossed[2 * n] = -w.im;
        crossed[2 * n + 1] = w.im;
        const double size = hypot((double)w.re, (double)w.im);
        largest = fmax(largest, size);
        sum += size;
    }
    p->largest[c] = (float)largest;
    p->floor[c] = sum > 0.0 ? (float)(0.5 * (double)p->elements / (sum * sum)) : 0.0f;
    p->turns_per_metre[c] = config->freq_hz[c] / CPH_SPEED_OF_LIGHT;
}

cph_status cph_retarget_init_variant(const cph_retarget_config *config,
                                     cph_retarget_kernels kernels, void *memory, size_t bytes,
                                     cph_retarget_plan **plan)
{
    struct layout l;
    const cph_status status = lay_out(config, &l);
    if (status != CPH_OK)
        return status;
    if (plan == NULL || !cph_size_aligned(memory))
        return CPH_ERR_ARGUMENT;
    if (bytes < l.bytes)
        return CPH_ERR_MEMORY;
    if (!all_finite(config->position, 3 * config->elements) ||
        !all_finite(config->freq_hz, channels_of(config)) || !finite_coefficients(config))
        return CPH_ERR_NOT_FINITE;
    cph_retarget_plan *const p = memory;
    *p = (cph_retarget_plan){.elements = config->elements,
                             .channels = channels_of(config),
                             .padded = l.padded,
                             .exec = config->exec,
                             .kernels = kernels,
                             .turns_per_metre = cph_size_at(memory, l.turns),
                             .coefficient = cph_size_at(memory, l.coefficient),
                             .largest = cph_size_at(memory, l.largest),
                             .floor = cph_size_at(memory, l.floor)};
    place_positions(p, config, cph_size_at(memory, l.axes));
    for (size_t c = 0; c < p->channels; c++)
        place_coefficients(p, config, c);
    *plan = p;
    return CPH_OK;
}

cph_status cph_retarget_init(const cph_retarget_config *config, void *memory, size_t bytes,
                             cph_retarget_plan **plan)
{
    const cph_retarget_kernels kernels = {.rows = CPH_BOUND(retarget_rows),
                                          .columns = CPH_BOUND(retarget_columns)};
    return cph_retarget_init_variant(config, kernels, memory, bytes, plan);
}

cph_status cph_retarget_create(const cph_retarget_config *config, cph_retarget_plan **plan)
{
    size_t bytes = 0;
    cph_status status = cph_retarget_plan_size(config, &bytes);
    if (status != CPH_OK)
        return status;
    void *const memory = cph_heap_aligned(bytes);
    if (memory == NULL)
        return CPH_ERR_MEMORY;
    status = cph_retarget_init(config, memory, bytes, plan);
    if (status != CPH_OK)
        free(memory);
    return status;
}

void cph_retarget_destroy(cph_retarget_plan *plan)
{
    free(plan);
}

/* Items of a run are the beams of a group (COLUMNS) or one beam (ROWS), of a channel. */
struct job {
    const cph_retarget_plan *plan;
    cph_beamform_plan *beams;
    size_t first, end, size; /* of beams; beams of an item */
    const double *direction;
};

static cph_steer_wave wave_of(const cph_retarget_plan *plan, size_t channel, const double *u)
{
    const double turns = plan->turns_per_metre[channel];
    cph_steer_wave wave = {.k = {turns * u[0], turns * u[1], turns * u[2]}};
    double most = 0.0;
    for (size_t i = 0; i < 3; i++)
        most += fabs(wave.k[i]) * plan->reach[i];
    wave.near = most < 0x1p20;
    return wave;
}

static void note_quality(const cph_retarget_plan *plan, cph_beamform_plan *beams, size_t channel,
                         size_t beam, float unit)
{
    const float largest = plan->largest[channel];
    const size_t index = beam * beams->channels + channel;
    beams->weight_error[index] = largest > 0.0f ? 0.70710678f * unit / largest + 6e-7f : 0.0f;
    beams->null_floor[index] = plan->floor[channel] * unit * unit;
}

static void run_item(const struct job *job, size_t channel, size_t first, size_t count)
{
    const cph_retarget_plan *const plan = job->plan;
    cph_beamform_plan *const beams = job->beams;
    const bool integers = beams->arithmetic != CPH_BEAMFORM_F32;
    const float unit = plan->largest[channel] / (float)(beams->weight_bits == 8 ? 127 : 127 * 256);
    const float *const straight = plan->coefficient + channel * 4 * plan->padded;
    const cph_retarget_source source = {.r = {plan->axis[0], plan->axis[1], plan->axis[2]},
                                        .c = {straight, straight + 2 * plan->padded},
                                        .inverse = !integers     ? 1.0f
                                                   : unit > 0.0f ? 1.0f / unit
                                                                 : 0.0f};
    cph_steer_wave wave[CPH_BEAMFORM_GROUP];
    for (size_t b = 0; b < count; b++) {
        wave[b] = wave_of(plan, channel, job->direction + 3 * (first + b - job->first));
        if (!integers)
            continue;
        cph_beamform_set_unit(beams, first + b, channel, unit);
        note_quality(plan, beams, channel, first + b, unit);
    }
    cph_retarget_fn *const kernel =
        beams->regime == CPH_BEAMFORM_ROWS ? plan->kernels.rows : plan->kernels.columns;
    kernel(beams, channel, first, count, wave, &source);
}

static void run_items(void *context, size_t begin, size_t end, size_t worker)
{
    const struct job *const job = context;
    const size_t channels = job->plan->channels;
    (void)worker;
    for (size_t item = begin; item < end; item++) {
        const size_t index = job->first / job->size + item / channels;
        const size_t low = index * job->size, high = low + job->size;
        const size_t first = low > job->first ? low : job->first;
        run_item(job, item % channels, first, cph_size_min(high, job->end) - first);
    }
}

cph_status cph_retarget_run(const cph_retarget_plan *plan, cph_beamform_plan *beams, size_t first,
                            size_t count, const double *direction)
{
    if (plan == NULL || beams == NULL || beams->elements != plan->elements ||
        beams->channels != plan->channels || first > beams->beams || count > beams->beams - first)
        return CPH_ERR_ARGUMENT;
    if (count == 0)
        return CPH_OK;
    if (direction == NULL)
        return CPH_ERR_ARGUMENT;
    if (!all_finite(direction, 3 * count))
        return CPH_ERR_NOT_FINITE;
    struct job job = {.plan = plan,
                      .beams = beams,
                      .first = first,
                      .end = first + count,
                      .size = beams->regime == CPH_BEAMFORM_ROWS ? 1 : CPH_BEAMFORM_GROUP,
                      .direction = direction};
    const size_t items = (job.end - 1) / job.size - first / job.size + 1;
    cph_exec_run(plan->exec, items * plan->channels, run_items, &job);
    cph_beamform_mark_live(beams);
    return CPH_OK;
}
