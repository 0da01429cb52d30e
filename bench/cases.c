/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bench/bench.h"
#include "kernels/core/size.h"

/* Precisions that a shape is timed at. */
enum { C8W8 = 1, C8W16 = 2, C16W16 = 4, C32 = 8, C8 = 16, C16 = 32 };
enum { EACH = C8W8 | C8W16 | C16W16 | C32 };
static const struct precision {
    unsigned bit;
    cph_type type;
    unsigned weight_bits;
} precisions[] = {
    {C8W8, CPH_C8, 8}, {C8W16, CPH_C8, 16}, {C16W16, CPH_C16, 16},
    {C32, CPH_C32, 0}, {C8, CPH_C8, 0},     {C16, CPH_C16, 0},
};
enum { PRECISIONS = sizeof precisions / sizeof precisions[0] };

typedef struct row {
    const char *name, *source;
    bench_kernel kernel;
    unsigned precisions;
    size_t elements, beams, channels, times; /* times 0: bench_choose_times */
} row;

static const char panel[] = "LEO user terminal: 2020 teardown of a 1264-element panel, 79 chips of "
                            "16 feeds; later ones have 1280";
static const char lofar[] = "LOFAR station: 96 dual antennas, 244 or 488 beamlets (van Haarlem et "
                            "al., A&A 556 A2, 2013)";
static const char meerkat[] = "MeerKAT: 64 dishes, TRAPUM forms some 400 beams (Stappers & Kramer, "
                              "PoS MeerKAT2016 009)";
static const char mimo[] = "massive MIMO base station: 64 antennas, 16 layers, one slot of 14 "
                           "symbols on 1200 (LTE 20 MHz) or 3276 (NR 100 MHz) subcarriers";
static const char bands[] =
    "adaptive weights in each sub-band: a covariance and a look vector each";
static const char solves[] = "gains of an array: 20 iterations, as a solution takes, a model and "
                             "data of full rank";
static const char odd[] = "sizes that fit no tile";

static const row rows[] = {
    {"terminal", panel, BENCH_BEAMFORM, EACH, 1280, 1, 1, 0},
    {"terminal", panel, BENCH_BEAMFORM, EACH, 1280, 2, 1, 0},
    {"terminal", panel, BENCH_BEAMFORM, EACH, 1280, 4, 1, 0},
    {"terminal", panel, BENCH_BEAMFORM, EACH, 1280, 8, 1, 0},
    {"terminal", panel, BENCH_BEAMFORM, EACH, 1280, 16, 1, 0},
    {"terminal", panel, BENCH_BEAMFORM, EACH, 1264, 2, 1, 0},
    {"terminal-chips", panel, BENCH_BEAMFORM, EACH, 79, 1, 1, 0},
    {"terminal-chips", panel, BENCH_BEAMFORM, EACH, 79, 2, 1, 0},
    {"terminal-chips", panel, BENCH_BEAMFORM, EACH, 79, 8, 1, 0},
    {"lofar", lofar, BENCH_BEAMFORM, C16W16, 192, 244, 1, 0},
    {"lofar", lofar, BENCH_BEAMFORM, C16W16, 192, 488, 1, 0},
    {"lofar", lofar, BENCH_BEAMFORM, C16W16, 48, 128, 1, 0},
    {"chord", "CHORD: 512 dishes (Vanderlinde et al., arXiv 1911.01777); 96 beams", BENCH_BEAMFORM,
     C8W8 | C8W16 | C32, 512, 96, 1, 0},
    {"meerkat", meerkat, BENCH_BEAMFORM, C8W8 | C8W16 | C32, 64, 8, 1, 0},
    {"meerkat", meerkat, BENCH_BEAMFORM, C8W8 | C8W16 | C32, 64, 400, 1, 0},
    {"mimo", mimo, BENCH_BEAMFORM, C16W16 | C32, 64, 16, 1200, 14},
    {"mimo", mimo, BENCH_BEAMFORM, C16W16 | C32, 64, 16, 3276, 14},
    {"kit", "8-element X-band kit (ADI Phaser), a beam a degree", BENCH_BEAMFORM, C16W16 | C32, 8,
     181, 1, 0},
    {"receiver", "5-element coherent receiver (KrakenSDR), a beam a degree", BENCH_BEAMFORM,
     C8W16 | C32, 5, 360, 1, 0},
    {"microphones", "64 microphones on a 64 x 64 grid of foci (Acoular's example array)",
     BENCH_BEAMFORM, C16W16 | C32, 64, 4096, 1, 0},
    {"odd", odd, BENCH_BEAMFORM, EACH, 17, 3, 1, 0},
    {"odd", odd, BENCH_BEAMFORM, EACH, 97, 7, 1, 1001},
    {"mwa", "MWA: 256 dual tiles, 512 inputs (Morrison et al., PASA 40 e019, 2023)",
     BENCH_COVARIANCE, C8 | C32, 512, 1, 1, 0},
    {"chime",
     "CHIME: 2048 inputs, 4+4 bit (CHIME Collaboration, ApJS 261 29, 2022); a slice of "
     "time",
     BENCH_COVARIANCE, C8, 2048, 1, 1, 512},
    {"lofar", lofar, BENCH_COVARIANCE, C16 | C32, 192, 1, 1, 0},
    {"meerkat", meerkat, BENCH_COVARIANCE, C8 | C32, 64, 1, 1, 0},
    {"kit", "8-element kit", BENCH_COVARIANCE, C16 | C32, 8, 1, 1, 0},
    {"odd", odd, BENCH_COVARIANCE, C8 | C16 | C32, 97, 1, 1, 1001},
    {"terminal", panel, BENCH_STEER, C32, 1280, 64, 1, 1},
    {"lofar", lofar, BENCH_STEER, C32, 192, 488, 1, 1},
    {"terminal", panel, BENCH_CONVERT, C8 | C16 | C32, 1280, 1, 1, 0},
    {"bands", bands, BENCH_MVDR, C32, 8, 1, 0, 1},
    {"bands", bands, BENCH_MVDR, C32, 16, 1, 0, 1},
    {"bands", bands, BENCH_MVDR, C32, 32, 1, 0, 1},
    {"bands", bands, BENCH_MVDR, C32, 64, 1, 0, 1},
    {"bands", bands, BENCH_MVDR, C32, 96, 1, 0, 1},
    {"bands", bands, BENCH_MVDR, C32, 128, 1, 0, 1},
    {"gains", solves, BENCH_STEFCAL, C32, 64, 1, 1, 0},
    {"gains", solves, BENCH_STEFCAL, C32, 256, 1, 1, 0},
    {"gains", solves, BENCH_STEFCAL, C32, 1280, 1, 1, 0},
    {"gains", solves, BENCH_STEFCAL, C32, 64, 1, 1000, 0},
};
enum {
    ROWS = sizeof rows / sizeof rows[0],
    SWEEP_FIRST = 16,
    SWEEP_ELEMENTS = 8, /* 16, 32, ... 2048 */
    SWEEP_BEAMS = 9     /* 1, 2, ... 256 */
};

static const char *const kernel_names[BENCH_KERNELS] = {"beamform", "covariance", "steer",
                                                        "convert",  "mvdr",       "stefcal"};

const char *bench_kernel_name(bench_kernel kernel)
{
    return kernel < BENCH_KERNELS ? kernel_names[kernel] : NULL;
}

bool bench_takes_matrices(bench_kernel kernel)
{
    return kernel == BENCH_MVDR || kernel == BENCH_STEFCAL;
}

const char *bench_type_name(cph_type type)
{
    static const char *const names[CPH_TYPE_COUNT] = {"c8", "c16", "c32"};
    return (unsigned)type < CPH_TYPE_COUNT ? names[type] : NULL;
}

/* The k-th precision of a row; false beyond the last. */
static bool precise(const row *r, size_t k, bench_case *c)
{
    for (size_t i = 0; i < PRECISIONS; i++) {
        if (!(r->precisions & precisions[i].bit) || k-- > 0)
            continue;
        *c = (bench_case){.name = r->name,
                          .source = r->source,
                          .kernel = r->kernel,
                          .type = precisions[i].type,
                          .weight_bits = precisions[i].weight_bits,
                          .elements = r->elements,
                          .beams = r->beams,
                          .channels = r->channels,
                          .times = r->times,
                          .cold = r->kernel != BENCH_STEER && !bench_takes_matrices(r->kernel)};
        if (c->kernel == BENCH_BEAMFORM && c->type == CPH_C32)
            c->weight_bits = 32;
        return true;
    }
    return false;
}

bool bench_case_at(size_t index, bench_case *c)
{
    for (size_t r = 0; r < ROWS + SWEEP_ELEMENTS * SWEEP_BEAMS; r++) {
        row sweep = {"sweep", "", BENCH_BEAMFORM, EACH, 0, 0, 1, 0};
        if (r >= ROWS) {
            sweep.elements = (size_t)SWEEP_FIRST << (r - ROWS) / SWEEP_BEAMS;
            sweep.beams = (size_t)1 << (r - ROWS) % SWEEP_BEAMS;
        }
        for (size_t k = 0; precise(r < ROWS ? &rows[r] : &sweep, k, c); k++)
            if (index-- == 0) {
                bench_choose_times(c);
                return true;
            }
    }
    return false;
}

bool bench_is_default(const bench_case *c)
{
    return c->source[0] != '\0';
}

void bench_choose_times(bench_case *c)
{
    if (c->kernel == BENCH_MVDR && c->channels == 0)
        c->channels = 16 * (size_t)fmax(2e6 / (128.0 * (double)(c->elements * c->elements)), 1.0);
    if (c->times != 0)
        return;
    c->times = 1;
    const double operations = bench_operations(c), bytes = bench_sample_bytes(c);
    const double samples = bench_samples(c);
    double times = 1.0;
    switch (c->kernel) {
    case BENCH_BEAMFORM: /* a quarter of a GFLOP, at most 4 MB of samples */
        times = fmax(fmin(0.25e9 / operations, 4e6 / bytes), 16.0);
        break;
    case BENCH_COVARIANCE: /* long enough that the sums are not what is timed */
        times = fmin(fmax(1e9 / operations, 512.0), 8192.0);
        break;
    case BENCH_STEFCAL: /* as many as a solution takes */
        times = 20.0;
        break;
    case BENCH_CONVERT: /* what is written stays in the second cache */
        times = fmax(32768.0 / samples, 1.0);
        break;
    default:
        break;
    }
    c->times = (size_t)times;
}

void bench_describe(const bench_case *c, char *text, size_t bytes)
{
    char weights[16] = "", channels[32] = "", beams[32] = "";
    if (c->kernel == BENCH_BEAMFORM && c->type != CPH_C32)
        snprintf(weights, sizeof weights, " w%u", c->weight_bits);
    if (c->kernel == BENCH_BEAMFORM || c->kernel == BENCH_STEER)
        snprintf(beams, sizeof beams, "x%zu", c->beams);
    if (c->channels > 1)
        snprintf(channels, sizeof channels, "x%zu", c->channels);
    snprintf(text, bytes, "%s %s%s %zu%s%s", bench_kernel_name(c->kernel), bench_type_name(c->type),
             weights, c->elements, beams, channels);
}

double bench_samples(const bench_case *c)
{
    return (double)(c->kernel == BENCH_STEER ? c->beams : c->times) * (double)c->channels *
           (double)c->elements;
}

double bench_operations(const bench_case *c)
{
    const double n = (double)c->elements;
    switch (c->kernel) {
    case BENCH_BEAMFORM:
        return 8.0 * bench_samples(c) * (double)c->beams;
    case BENCH_COVARIANCE: /* N (N + 1) / 2 products a time */
        return 4.0 * bench_samples(c) * (double)(c->elements + 1);
    case BENCH_CONVERT:
        return 2.0 * bench_samples(c);
    case BENCH_MVDR: /* N (N^2 - 1) / 6 products, and N^2 */
        return (double)c->channels * (4.0 * n * (n * n - 1.0) / 3.0 + 8.0 * n * n);
    case BENCH_STEFCAL:
        return 10.0 * bench_samples(c) * (n - 1.0);
    default:
        return NAN;
    }
}

double bench_sample_bytes(const bench_case *c)
{
    const double each = (double)cph_type_size(c->type);
    return c->kernel == BENCH_STEER ? 0.0
           : bench_takes_matrices(c->kernel)
               ? (double)c->channels * each * (double)c->elements * (double)c->elements
               : bench_samples(c) * each;
}

double bench_bytes_in(const bench_case *c)
{
    const double each = 2.0 * c->weight_bits / 8.0;
    if (c->kernel == BENCH_STEER)
        return (double)(3 * sizeof(double) * (c->elements + c->beams));
    if (c->kernel == BENCH_MVDR)
        return (double)(sizeof(cph_c32) * c->channels) *
               (double)(c->elements * (c->elements + 1) / 2 + c->elements);
    if (c->kernel == BENCH_STEFCAL)
        return (double)((sizeof(cph_c32) + sizeof(float)) * c->channels) *
               (double)(c->elements * (c->elements - 1) / 2);
    if (c->kernel != BENCH_BEAMFORM || c->channels == 1)
        return bench_sample_bytes(c);
    return bench_sample_bytes(c) +
           each * (double)c->elements * (double)c->beams * (double)c->channels;
}

double bench_bytes(const bench_case *c)
{
    const double n = (double)c->elements;
    switch (c->kernel) {
    case BENCH_BEAMFORM:
        return bench_bytes_in(c) + (double)(c->times * c->channels * c->beams * sizeof(cph_c32));
    case BENCH_COVARIANCE:
        return bench_bytes_in(c) + n * (n + 1) / 2 * sizeof(cph_c32) * (double)c->channels;
    case BENCH_STEFCAL:
        return bench_bytes_in(c) + n * sizeof(cph_c32) * (double)c->channels;
    default:
        return bench_bytes_in(c) + bench_samples(c) * sizeof(cph_c32);
    }
}
