/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/definite.h"
#include "bench/pages.h"
#include "bench/subject.h"

static double draw(cph_random *random)
{
    return 2.0 * cph_random_uniform(random) - 1.0;
}

/* Full-scale integers, two to a draw or more: parts are uniform over the whole type. */
static void fill_samples(const bench_data *data, cph_random *random)
{
    const size_t parts = data->block_bytes / sizeof(uint64_t);
    uint64_t *const word = (void *)data->samples;
    float *const part = (void *)data->samples;
    if (data->c.type == CPH_C32)
        for (size_t i = 0; i < 2 * parts; i++)
            part[i] = (float)draw(random);
    else
        for (size_t i = 0; i < parts; i++)
            word[i] = cph_random_u64(random);
    if (bench_takes_matrices(data->c.kernel))
        bench_make_definite((void *)data->samples, data->c.elements, data->c.channels);
    for (size_t b = 1; b < data->blocks; b++)
        memcpy(data->samples + b * data->block_bytes, data->samples, data->block_bytes);
}

/* Integers over a power of two, each beam of a channel with a part at the limit: a plan that keeps
 * so many bits keeps them exactly, so that results are compared with the weights as given. */
static void fill_weights(const bench_data *data, cph_random *random)
{
    const bench_case *const c = &data->c;
    const double limit = c->weight_bits == 8 ? 127.0 : 32512.0;
    const double unit = c->weight_bits == 8 ? 0x1p-7 : 0x1p-15;
    for (size_t row = 0; row < c->beams * c->channels; row++) {
        cph_c32 *const w = data->weights + row * c->elements;
        for (size_t n = 0; n < c->elements; n++) {
            const double re = draw(random), im = draw(random);
            w[n] = c->weight_bits == 32 ? (cph_c32){(float)re, (float)im}
                                        : (cph_c32){(float)(unit * rint(limit * re)),
                                                    (float)(unit * rint(limit * im))};
        }
        w[c->elements > 0 ? row % c->elements : 0].im =
            (float)(row % 2 == 0 ? unit * limit : -unit * limit);
    }
}

static void fill_geometry(const bench_data *data, cph_random *random)
{
    for (size_t i = 0; i < 3 * data->c.elements; i++)
        data->position[i] = 0.3 * draw(random);
    for (size_t d = 0; d < data->c.beams; d++) {
        const double u = 0.7 * draw(random), v = 0.7 * draw(random);
        double *const direction = data->direction + 3 * d;
        direction[0] = u;
        direction[1] = v;
        direction[2] = sqrt(1.0 - u * u - v * v);
    }
}

static size_t output_bytes(const bench_case *c)
{
    switch (c->kernel) {
    case BENCH_BEAMFORM:
        return c->times * c->channels * c->beams * sizeof(cph_c32);
    case BENCH_COVARIANCE:
        return c->channels * c->elements * c->elements * sizeof(cph_c64);
    case BENCH_MVDR:
    case BENCH_STEFCAL:
    case BENCH_STEER:
        return c->beams * c->channels * c->elements * sizeof(cph_c32);
    default:
        return c->times * c->elements * sizeof(cph_c32);
    }
}

bool bench_data_open(bench_data *data, const bench_case *c, size_t ring_bytes, uint64_t seed)
{
    const bool samples = c->kernel != BENCH_STEER;
    const bool weights = c->kernel == BENCH_BEAMFORM || bench_takes_matrices(c->kernel);
    *data = (bench_data){.c = *c, .seed = seed, .blocks = 1, .output_bytes = output_bytes(c)};
    const size_t bytes = (size_t)bench_sample_bytes(c);
    data->block_bytes = (bytes + 63) / 64 * 64;
    if (samples && c->cold)
        data->blocks = ring_bytes / data->block_bytes + 2;
    data->samples = bench_memory(data->blocks * data->block_bytes);
    data->output = bench_memory(data->output_bytes);
    if (weights)
        data->weights = bench_memory(c->beams * c->channels * c->elements * sizeof *data->weights);
    data->position = calloc(3 * c->elements, sizeof *data->position);
    data->direction = calloc(3 * c->beams, sizeof *data->direction);
    if (data->samples == NULL || data->output == NULL || (weights && data->weights == NULL) ||
        data->position == NULL || data->direction == NULL) {
        bench_data_close(data);
        return false;
    }
    cph_random random;
    cph_random_seed(&random, seed, 0);
    memset(data->output, 0, data->output_bytes);
    if (samples)
        fill_samples(data, &random);
    if (weights)
        fill_weights(data, &random);
    fill_geometry(data, &random);
    return true;
}

void bench_data_close(bench_data *data)
{
    free(data->samples);
    free(data->weights);
    free(data->position);
    free(data->direction);
    free(data->output);
    *data = (bench_data){0};
}
