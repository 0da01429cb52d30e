/* SPDX-License-Identifier: MIT */
#include "bench/blas.h"

#include <cblas.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/definite.h"
#include "bench/pages.h"
#include "cophase/random.h"

static const cph_c32 one = {1.0f, 0.0f};
static const cph_c32 zero = {0.0f, 0.0f};

/* Y [T][B] = X [T][N] times a matrix that holds conj(w), for each channel. */
static void product(const bench_operands *o, const cph_c32 *x, enum CBLAS_TRANSPOSE turn,
                    const cph_c32 *w, size_t ldw, size_t step)
{
    const int ldx = (int)(o->channels * o->elements), ldy = (int)(o->channels * o->beams);
    for (size_t k = 0; k < o->channels; k++)
        cblas_cgemm(CblasRowMajor, CblasNoTrans, turn, (int)o->times, (int)o->beams,
                    (int)o->elements, &one, x + k * o->elements, ldx, w + k * step, (int)ldw, &zero,
                    o->output + k * o->beams, ldy);
}

static void gemm_nc(const bench_operands *o, const cph_c32 *x, float beta)
{
    (void)beta;
    product(o, x, CblasConjTrans, o->weights, o->channels * o->elements, o->elements);
}
static void gemm_nt(const bench_operands *o, const cph_c32 *x, float beta)
{
    (void)beta;
    product(o, x, CblasTrans, o->conjugated, o->channels * o->elements, o->elements);
}
static void gemm_nn(const bench_operands *o, const cph_c32 *x, float beta)
{
    (void)beta;
    product(o, x, CblasNoTrans, o->turned, o->beams, o->elements * o->beams);
}
/* The other way round: Y^T [B][T] = conj(W) X^T. */
static void gemm_turned(const bench_operands *o, const cph_c32 *x, float beta)
{
    const int ld = (int)(o->channels * o->elements), ldy = (int)(o->channels * o->times);
    (void)beta;
    for (size_t k = 0; k < o->channels; k++)
        cblas_cgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)o->beams, (int)o->times,
                    (int)o->elements, &one, o->conjugated + k * o->elements, ld,
                    x + k * o->elements, ld, &zero, o->output + k * o->times, ldy);
}
static void vectors(const bench_operands *o, const cph_c32 *x, enum CBLAS_TRANSPOSE turn,
                    const cph_c32 *w)
{
    const size_t ld = o->channels * o->elements;
    for (size_t k = 0; k < o->channels; k++)
        for (size_t b = 0; b < o->beams; b++)
            cblas_cgemv(CblasColMajor, turn, (int)o->elements, (int)o->times, &one,
                        x + k * o->elements, (int)ld, w + b * ld + k * o->elements, 1, &zero,
                        o->output + k * o->beams + b, (int)(o->channels * o->beams));
}
static void gemv_t(const bench_operands *o, const cph_c32 *x, float beta)
{
    (void)beta;
    vectors(o, x, CblasTrans, o->conjugated);
}
/* conj(y) = X^H w */
static void gemv_c(const bench_operands *o, const cph_c32 *x, float beta)
{
    (void)beta;
    vectors(o, x, CblasConjTrans, o->weights);
}

static void herk(const bench_operands *o, const cph_c32 *x, float beta, enum CBLAS_UPLO half,
                 enum CBLAS_TRANSPOSE turn)
{
    const bool turned = turn != CblasNoTrans; /* samples as [element][time] */
    cblas_cherk(CblasColMajor, half, turn, (int)o->elements, (int)o->times, 1.0f, x,
                (int)(turned ? o->times : o->elements), beta, o->output, (int)o->elements);
}
static void herk_ln(const bench_operands *o, const cph_c32 *x, float beta)
{
    herk(o, x, beta, CblasLower, CblasNoTrans);
}
static void herk_un(const bench_operands *o, const cph_c32 *x, float beta)
{
    herk(o, x, beta, CblasUpper, CblasNoTrans);
}
static void herk_lc(const bench_operands *o, const cph_c32 *x, float beta)
{
    herk(o, x, beta, CblasLower, CblasConjTrans);
}
static void herk_uc(const bench_operands *o, const cph_c32 *x, float beta)
{
    herk(o, x, beta, CblasUpper, CblasConjTrans);
}
static void gemm_full(const bench_operands *o, const cph_c32 *x, float beta)
{
    const cph_c32 keep = {beta, 0.0f};
    const int n = (int)o->elements;
    cblas_cgemm(CblasColMajor, CblasNoTrans, CblasConjTrans, n, n, (int)o->times, &one, x, n, x, n,
                &keep, o->output, n);
}

static size_t by_time(const bench_operands *o, size_t t, size_t b)
{
    return t * o->channels * o->beams + b;
}
static size_t by_beam(const bench_operands *o, size_t t, size_t b)
{
    return b * o->channels * o->times + t;
}
static size_t lower(const bench_operands *o, size_t p, size_t q)
{
    return p + q * o->elements;
}
static size_t upper(const bench_operands *o, size_t p, size_t q)
{
    return q + p * o->elements;
}

static const bench_call calls[] = {
    {"cgemm NC", BENCH_BEAMFORM, 0, gemm_nc, by_time},
    {"cgemm NT", BENCH_BEAMFORM, 0, gemm_nt, by_time},
    {"cgemm NN", BENCH_BEAMFORM, 0, gemm_nn, by_time},
    {"cgemm NT, y turned", BENCH_BEAMFORM, 0, gemm_turned, by_beam},
    {"cgemv T", BENCH_BEAMFORM, 4, gemv_t, by_time},
    {"cgemv C", BENCH_BEAMFORM, 4, gemv_c, by_time},
    {"cherk LN", BENCH_COVARIANCE, 0, herk_ln, lower},
    {"cherk UN", BENCH_COVARIANCE, 0, herk_un, upper},
    {"cherk LC", BENCH_COVARIANCE, 0, herk_lc, lower},
    {"cherk UC", BENCH_COVARIANCE, 0, herk_uc, upper},
    {"cgemm NC", BENCH_COVARIANCE, 0, gemm_full, lower},
    {"cpotrf, cpotrs U", BENCH_MVDR, 0, bench_solve_upper, NULL},
    {"cpotrf, cpotrs L", BENCH_MVDR, 0, bench_solve_lower, NULL},
    {"cgemv, sgemv", BENCH_STEFCAL, 0, bench_gains_gemv, NULL},
    {"chemv, ssymv", BENCH_STEFCAL, 0, bench_gains_hemv, NULL},
    {"cdotc by rows", BENCH_STEFCAL, 0, bench_gains_rows, NULL},
};

const bench_call *bench_call_at(unsigned index)
{
    return index < sizeof calls / sizeof *calls ? &calls[index] : NULL;
}

/* ---- operands ---- */

static void fill(cph_c32 *values, size_t count, cph_random *random)
{
    for (size_t i = 0; i < count; i++) {
        const uint64_t bits = cph_random_u64(random);
        values[i] = (cph_c32){(float)(int32_t)(bits >> 32) * 0x1p-31f,
                              (float)(int32_t)(uint32_t)bits * 0x1p-31f};
    }
}

static void lay_out_weights(const bench_operands *o)
{
    for (size_t b = 0; b < o->beams; b++)
        for (size_t k = 0; k < o->channels; k++)
            for (size_t n = 0; n < o->elements; n++) {
                const size_t from = (b * o->channels + k) * o->elements + n;
                const cph_c32 w = {o->weights[from].re, -o->weights[from].im};
                o->conjugated[from] = w;
                o->turned[(k * o->elements + n) * o->beams + b] = w;
            }
}

/* The ring's memory is kept from case to case: its first touch costs more than a case's timing. */
static bool hold_ring(bench_operands *o)
{
    const size_t samples = o->blocks * o->block_samples;
    if (samples <= o->capacity)
        return true;
    free(o->samples);
    o->samples = bench_memory(samples * sizeof *o->samples);
    o->capacity = o->samples != NULL ? samples : 0;
    return o->samples != NULL;
}

/* What StEFCal has beside data and gains. */
static bool hold_products(bench_operands *o)
{
    const size_t n = o->elements, all = o->channels * n * n;
    o->model = bench_memory(all * sizeof *o->model);
    o->power = bench_memory(all * sizeof *o->power);
    o->row = bench_memory(n * sizeof *o->row);
    o->square = bench_memory(2 * n * sizeof *o->square);
    return o->model != NULL && o->power != NULL && o->row != NULL && o->square != NULL;
}

/* Samples and weights, and what is made of them. */
static void fill_operands(bench_operands *o, size_t weights)
{
    cph_random random;
    cph_random_seed(&random, 1, 0);
    fill(o->samples, o->block_samples, &random);
    if (bench_takes_matrices(o->kernel))
        bench_make_definite(o->samples, o->elements, o->channels);
    fill(o->weights, weights, &random);
    lay_out_weights(o);
    if (o->kernel == BENCH_STEFCAL)
        bench_gains_fill(o);
    for (size_t b = 1; b < o->blocks; b++)
        memcpy(o->samples + b * o->block_samples, o->samples,
               o->block_samples * sizeof *o->samples);
}

bool bench_operands_open(bench_operands *o, const bench_request *r)
{
    const bool matrices = bench_takes_matrices(r->kernel), gains = r->kernel == BENCH_STEFCAL;
    bench_operands_close(o);
    o->kernel = r->kernel;
    o->elements = r->elements;
    o->beams = r->beams;
    o->channels = r->channels;
    o->times = r->times;
    o->block = 0;
    const size_t square = r->elements * r->elements;
    o->block_samples = matrices ? r->channels * square : r->times * r->channels * r->elements;
    o->blocks =
        r->ring_bytes == 0 ? 1 : r->ring_bytes / (o->block_samples * sizeof *o->samples) + 2;
    const size_t weights = r->beams * r->channels * r->elements;
    const size_t products = gains ? r->channels * square : matrices ? square : 0;
    const size_t output = matrices                      ? weights
                          : r->kernel == BENCH_BEAMFORM ? r->times * r->channels * r->beams
                                                        : square;
    o->weights = bench_memory(weights * sizeof *o->weights);
    o->conjugated = bench_memory(weights * sizeof *o->weights);
    o->turned = bench_memory((products > weights ? products : weights) * sizeof *o->weights);
    o->output = bench_memory(output * sizeof *o->output);
    if (!hold_ring(o) || o->weights == NULL || o->conjugated == NULL || o->turned == NULL ||
        o->output == NULL || (gains && !hold_products(o)))
        return false;
    fill_operands(o, weights);
    memset(o->output, 0, output * sizeof *o->output);
    return true;
}

void bench_operands_close(bench_operands *o)
{
    free(o->weights);
    free(o->conjugated);
    free(o->turned);
    free(o->output);
    free(o->model);
    free(o->row);
    free(o->power);
    free(o->square);
    *o = (bench_operands){.samples = o->samples, .capacity = o->capacity};
}

void bench_call_run(bench_operands *o, const bench_call *call)
{
    call->run(o, o->samples + o->block * o->block_samples, 1.0f);
    o->block = (o->block + 1) % o->blocks;
}

/* ---- is it right? ---- */

/* The k-th factors of output (row, column): of a beam, or of R. */
static void factors(const bench_operands *o, const bench_call *call, size_t row, size_t column,
                    size_t k, cph_c32 *a, cph_c32 *b)
{
    if (o->kernel == BENCH_BEAMFORM) {
        *a = o->samples[row * o->channels * o->elements + k];
        *b = o->weights[column * o->channels * o->elements + k];
    } else {
        const bool turned = strchr(call->name, 'k') != NULL && strstr(call->name, "C") != NULL;
        *a = o->samples[turned ? row * o->times + k : k * o->elements + row];
        *b = o->samples[turned ? column * o->times + k : k * o->elements + column];
    }
}

static bool element_right(const bench_operands *o, const bench_call *call, size_t row,
                          size_t column)
{
    const size_t terms = o->kernel == BENCH_BEAMFORM ? o->elements : o->times;
    double re = 0.0, im = 0.0, sum = 0.0;
    for (size_t k = 0; k < terms; k++) {
        cph_c32 a, b;
        factors(o, call, row, column, k, &a, &b);
        re += (double)a.re * (double)b.re + (double)a.im * (double)b.im;
        im += (double)a.im * (double)b.re - (double)a.re * (double)b.im;
        sum += hypot((double)a.re, (double)a.im) * hypot((double)b.re, (double)b.im);
    }
    const cph_c32 y = o->output[call->at(o, row, column)];
    return fabs(hypot((double)y.re, (double)y.im) - hypot(re, im)) <= 1e-5 * sum;
}

bool bench_call_right(bench_operands *o, const bench_call *call)
{
    const size_t rows = o->kernel == BENCH_BEAMFORM ? o->times : o->elements;
    const size_t columns = o->kernel == BENCH_BEAMFORM ? o->beams : 1;
    call->run(o, o->samples, 0.0f);
    if (o->kernel == BENCH_MVDR)
        return bench_solve_right(o);
    if (o->kernel == BENCH_STEFCAL)
        return bench_gains_right(o, call);
    return element_right(o, call, 0, 0) && element_right(o, call, rows - 1, columns - 1) &&
           element_right(o, call, rows / 2, columns / 2);
}
