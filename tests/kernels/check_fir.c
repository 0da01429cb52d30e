/* SPDX-License-Identifier: MIT */
/* fir_TYPE and turn_c32. A case of `elements` and `beams`: as many taps as there are beams; runs of
 * 2 N parts, or with an odd pad of single parts; times as they are. */
#include <math.h>
#include <string.h>

#include "kernels/core/sample.h"
#include "tests/kernels/check.h"

enum { RUNS = 3 };

static cph_fir fir_of(const check_case *c)
{
    const check_config *const k = &c->config;
    const bool single = k->pad % 2 == 1;
    const size_t parts = 2 * k->elements, row = RUNS * (parts + 2 * k->pad);
    return (cph_fir){.taps = k->beams,
                     .times = k->times,
                     .runs = single ? RUNS * parts : RUNS,
                     .length = single ? 1 : parts,
                     .step = row,
                     .run_step = single ? 1 : parts + 2 * k->pad,
                     .coefficient = c->weights,
                     .ld_coefficient = (single ? RUNS * parts : RUNS) + k->pad,
                     .ld_out = RUNS * parts + k->pad};
}

static cph_status run(check_case *c)
{
    const cph_fir f = fir_of(c);
    ((cph_fir_fn *)c->kernel)(&f, c->samples, (void *)c->output->data);
    return CPH_OK;
}

static double error(check_case *c)
{
    const cph_fir f = fir_of(c);
    const float *const out = (const void *)c->output->data;
    double worst = 0.0;
    for (size_t t = 0; t < f.times; t++)
        for (size_t r = 0; r < f.runs; r++)
            for (size_t i = 0; i < f.length; i++) {
                double sum;
                const double exact = cph_fir_ref(c->type, &f, c->samples, t, r, i, &sum);
                worst = fmax(worst, check_ratio((double)out[t * f.ld_out + r * f.length + i], exact,
                                                (double)(f.taps + 1) * 0x1p-24 * sum));
            }
    return check_gaps(out, f.times, f.runs * f.length, f.ld_out, sizeof *out) ? worst : INFINITY;
}

static void make(check_case *c, cph_type type, enum cph_kernel_index kernel)
{
    const cph_fir f = fir_of(c);
    const size_t rows = f.times == 0 ? 0 : f.times + f.taps - 1, size = cph_type_size(type);
    const size_t used = (f.runs - 1) * f.run_step + f.length;
    const size_t parts = rows == 0 ? 0 : (rows - 1) * f.step + used;
    void *const samples = check_memory(c, parts * size / 2, size / 2)->data;
    check_fill(c, type, samples, 1, parts / 2, parts / 2);
    const size_t coefficients = (f.taps - 1) * f.ld_coefficient + f.runs;
    float *const h = (void *)check_memory(c, coefficients * sizeof *h, sizeof *h)->data;
    for (size_t i = 0; i < coefficients; i++)
        h[i] = (float)check_draw(c);
    const size_t out = f.times == 0 ? 0 : (f.times - 1) * f.ld_out + f.runs * f.length;
    c->type = type;
    c->samples = samples;
    c->weights = h;
    c->output = check_memory(c, out * sizeof(float), sizeof(float));
    c->kernel = check_variant(c, kernel);
    c->run = run;
    c->error = error;
    c->operations = 2.0 * (double)(f.times * f.runs * f.length) * (double)f.taps;
    c->bytes = (double)(parts * size / 2 + out * sizeof(float));
}

void check_case_fir_c8(check_case *c)
{
    make(c, CPH_C8, CPH_KERNEL_fir_c8);
}

void check_case_fir_c16(check_case *c)
{
    make(c, CPH_C16, CPH_KERNEL_fir_c16);
}

void check_case_fir_c32(check_case *c)
{
    make(c, CPH_C32, CPH_KERNEL_fir_c32);
}

/* ---- turn_c32: times x elements ---- */

static size_t ld_to(const check_case *c)
{
    return c->config.times + c->config.channels;
}

static cph_status run_turn(check_case *c)
{
    const check_config *const k = &c->config;
    ((cph_turn_fn *)c->kernel)(k->times, k->elements, c->samples, k->elements + k->pad,
                               (void *)c->output->data, ld_to(c));
    return CPH_OK;
}

static double error_turn(check_case *c)
{
    const check_config *const k = &c->config;
    const cph_c32 *const from = c->samples, *const to = (const void *)c->output->data;
    bool equal = k->times == 0 || check_gaps(to, k->elements, k->times, ld_to(c), sizeof *to);
    for (size_t i = 0; i < k->times; i++)
        for (size_t j = 0; j < k->elements; j++)
            equal = equal && memcmp(&to[j * ld_to(c) + i], &from[i * (k->elements + k->pad) + j],
                                    sizeof *to) == 0;
    return equal ? 0.0 : INFINITY;
}

void check_case_turn_c32(check_case *c)
{
    const check_config *const k = &c->config;
    const size_t ld = k->elements + k->pad, size = sizeof(cph_c32);
    const size_t count = k->times == 0 ? 0 : (k->times - 1) * ld + k->elements;
    void *const samples = check_memory(c, count * size, sizeof(float))->data;
    check_fill(c, CPH_C32, samples, 1, count, count);
    c->type = CPH_C32;
    c->samples = samples;
    c->output = check_memory(
        c, k->times == 0 ? 0 : ((k->elements - 1) * ld_to(c) + k->times) * size, sizeof(float));
    c->kernel = check_variant(c, CPH_KERNEL_turn_c32);
    c->run = run_turn;
    c->error = error_turn;
    c->operations = 0.0;
    c->bytes = (double)(2 * k->times * k->elements * size);
}
