/* SPDX-License-Identifier: MIT */
/* What channelizers claim: their definition in double, any cut, what they state of tones. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cophase/channelize.h"
#include "kernels/core/sample.h"
#include "tests/kernels/check.h"

typedef struct bank {
    cph_channelize_config config;
    cph_channelize_plan *plan;
    cph_channelize_info info;
    size_t times, ld, made; /* samples, outputs */
    void *samples;
    cph_channelize_output output; /* [time][channel][element], rows padded by 1 */
    size_t values;                /* of the output */
} bank;

static void draw_samples(bank *b, uint64_t seed)
{
    cph_random random;
    cph_random_seed(&random, seed, 77);
    const size_t count = b->times * b->ld;
    b->samples = check_room(count, cph_type_size(b->config.type));
    for (size_t i = 0; i < count; i++) {
        const double re = 200.0 * cph_random_uniform(&random) - 100.0;
        const double im = 200.0 * cph_random_uniform(&random) - 100.0;
        if (b->config.type == CPH_C8)
            ((cph_c8 *)b->samples)[i] = (cph_c8){(int8_t)re, (int8_t)im};
        else if (b->config.type == CPH_C16)
            ((cph_c16 *)b->samples)[i] = (cph_c16){(int16_t)(300 * re), (int16_t)(300 * im)};
        else
            ((cph_c32 *)b->samples)[i] = (cph_c32){(float)re, (float)im};
    }
}

static bool open_bank(bank *b, size_t extra, uint64_t seed)
{
    b->config.quick = true;
    if (cph_channelize_create(&b->config, &b->plan) != CPH_OK ||
        cph_channelize_describe(b->plan, &b->info) != CPH_OK)
        return false;
    b->times = b->info.length + extra;
    b->ld = b->config.elements + seed % 2;
    b->made = cph_channelize_times(b->plan, b->times);
    const size_t row = b->config.elements + 1, m = b->info.channels;
    b->values = b->made * m * row;
    b->output = (cph_channelize_output){check_room(b->values, sizeof(cph_c32)), m * row, row};
    draw_samples(b, seed);
    return true;
}

static void close_bank(bank *b)
{
    cph_channelize_destroy(b->plan);
    free(b->samples);
    free(b->output.data);
}

static bool run_bank(const bank *b)
{
    check_case c = {.config = {.isa = CPH_ISA_SCALAR}};
    void *const workspace = check_aligned(&c, cph_channelize_workspace_size(b->plan))->data;
    const bool ran = cph_channelize_run(b->plan, workspace, b->samples, b->ld, b->times, 0,
                                        &b->output) == CPH_OK;
    CHECK(check_guards(&c), "a channelizer stays in its workspace");
    check_close(&c);
    return ran;
}

/* One output by the definition, and the sum of magnitudes. */
static cph_c64 exact_output(const bank *b, size_t time, size_t channel, size_t n, double *sum)
{
    const size_t m = b->info.channels, length = b->info.length;
    const double k = (double)channel - (double)(m / 2);
    cph_c64 y = {0.0, 0.0};
    *sum = 0.0;
    for (size_t i = 0; i < length; i++) {
        const size_t at = time * b->info.step + i;
        const double turns = k * (double)((at + length - length / 2) % m) / (double)m;
        const double h = (double)b->info.prototype[i];
        const double re = h * cos(2.0 * M_PI * turns), im = -h * sin(2.0 * M_PI * turns);
        const cph_c64 x = cph_sample(b->config.type, b->samples, at * b->ld + n);
        y.re += re * x.re - im * x.im;
        y.im += re * x.im + im * x.re;
        *sum += fabs(h) * hypot(x.re, x.im);
    }
    return y;
}

static double worst_output(const bank *b)
{
    const double unit =
        0x1p-24 * ((double)b->info.taps + 9.0 + 4.0 * log2((double)b->info.channels));
    double worst = 0.0;
    for (size_t t = 0; t < b->made; t++)
        for (size_t c = 0; c < b->info.channels; c++)
            for (size_t n = 0; n < b->config.elements; n++) {
                double sum;
                const cph_c64 exact = exact_output(b, t, c, n, &sum);
                const cph_c32 y =
                    b->output.data[t * b->output.ld_time + c * b->output.ld_channel + n];
                worst = fmax(worst, check_ratio_c64((cph_c64){(double)y.re, (double)y.im}, exact,
                                                    (cph_c64){unit * sum, unit * sum}));
            }
    return worst;
}

/* Few and many elements (one, a group, a group and a part), odd and even channels, branches and
 * oversampling, fewer taps than output times at once. */
static void claim_definition(uint64_t seed)
{
    static const struct shape {
        size_t elements, channels, oversample, taps, extra;
    } shapes[] = {{1, 8, 1, 8, 130}, {1, 2, 2, 3, 21},  {3, 6, 2, 5, 40},   {5, 7, 1, 3, 50},
                  {9, 16, 2, 8, 99}, {17, 5, 1, 1, 23}, {11, 512, 1, 2, 0}, {4, 12, 1, 9, 150}};
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
        for (unsigned type = 0; type < CPH_TYPE_COUNT; type++) {
            const struct shape *const s = &shapes[i];
            bank b = {.config = {.elements = s->elements,
                                 .channels = s->channels,
                                 .oversample = s->oversample,
                                 .taps = s->taps,
                                 .type = (cph_type)type}};
            const bool ran = open_bank(&b, s->extra, seed + i) && run_bank(&b);
            const double worst = ran ? worst_output(&b) : INFINITY;
            CHECK(worst <= 1.0,
                  "%zu elements in %zu channels, %zux, %zu taps, type %u: error %g of its bound; "
                  "seed %llu",
                  s->elements, s->channels, s->oversample, s->taps, type, worst,
                  (unsigned long long)seed);
            close_bank(&b);
        }
}

/* Blocks of drawn lengths, from 0 to beyond the window. */
static size_t push_pieces(const bank *b, void *workspace, uint64_t seed, cph_c32 *out)
{
    cph_channelize_stream *stream = NULL;
    cph_random random;
    cph_random_seed(&random, seed, 3);
    size_t at = 0, made = 0;
    if (cph_channelize_stream_create(b->plan, &stream) != CPH_OK)
        return 0;
    while (at < b->times) {
        const uint64_t most = cph_random_u64(&random) % 3 == 0 ? 5 : 2 * b->info.length + 3;
        size_t piece = (size_t)(cph_random_u64(&random) % most);
        piece = piece < b->times - at ? piece : b->times - at;
        const cph_channelize_output to = {out + made * b->output.ld_time, b->output.ld_time,
                                          b->output.ld_channel};
        const size_t told = cph_channelize_stream_times(stream, piece);
        const char *const from =
            (const char *)b->samples + at * b->ld * cph_type_size(b->config.type);
        if (cph_channelize_push(stream, workspace, from, b->ld, piece, &to) != CPH_OK)
            break;
        at += piece;
        made += told;
    }
    cph_channelize_stream_destroy(stream);
    return made;
}

static void claim_cuts(uint64_t seed)
{
    for (size_t i = 0; i < 12; i++) {
        cph_exec exec;
        cph_exec_openmp(&exec, 1 + i % 3);
        bank b = {.config = {.elements = 1 + 4 * (i % 4),
                             .channels = 6 + 2 * (i % 3),
                             .oversample = 1 + i % 2,
                             .taps = 1 + 2 * (i % 5),
                             .type = (cph_type)(i % CPH_TYPE_COUNT),
                             .exec = &exec}};
        if (!open_bank(&b, 300 + i, seed + i) || !run_bank(&b))
            continue;
        cph_c32 *const pieces = check_room(b.values, sizeof *pieces);
        check_case c = {.config = {.isa = CPH_ISA_SCALAR}};
        void *const workspace = check_aligned(&c, cph_channelize_workspace_size(b.plan))->data;
        const size_t made = push_pieces(&b, workspace, seed + i, pieces);
        CHECK(made == b.made && memcmp(pieces, b.output.data, b.values * sizeof *pieces) == 0,
              "a signal in pieces gives the same bits: %zu of %zu times; seed %llu", made, b.made,
              (unsigned long long)(seed + i));
        check_close(&c);
        free(pieces);
        close_bank(&b);
    }
}

/* ---- tones ---- */

/* Fills the samples with exp(j 2 pi f n), f in channels, and gives the output of the channel of 0
 * at the time 1. */
static cph_c64 tone(bank *b, double f)
{
    cph_c32 *const x = b->samples;
    const double m = (double)b->info.channels;
    const double middle = (double)(b->info.step + b->info.length / 2);
    for (size_t t = 0; t < b->times; t++) {
        const double turns = f * ((double)t - middle) / m;
        x[t] = (cph_c32){(float)cos(2.0 * M_PI * turns), (float)sin(2.0 * M_PI * turns)};
    }
    (void)!run_bank(b);
    const cph_c32 y = b->output.data[b->output.ld_time + b->info.channels / 2 * 2];
    return (cph_c64){(double)y.re, (double)y.im};
}

/* The direct sum over the prototype. */
static double response(const cph_channelize_info *info, double f)
{
    double sum = 0.0;
    for (size_t i = 0; i < info->length; i++)
        sum +=
            (double)info->prototype[i] *
            cos(2.0 * M_PI * f * ((double)i - (double)(info->length / 2)) / (double)info->channels);
    return sum;
}

/* Over the whole band, by 32 tones a lobe, nothing exceeds what is stated by more than what lies
 * between two of its own points: a lobe's top, sampled at 8 points, is seen within
 * 1 - cos(pi/16) < 0.02 of itself, 0.2 dB. */
static void claim_stated(const cph_channelize_info *info)
{
    const size_t points = 32 * info->taps * info->channels / 2;
    double ripple = 0.0, alias = 0.0;
    for (size_t i = 0; i <= points; i++) {
        const double f = 0.5 * (double)info->channels * (double)i / (double)points;
        const double h = response(info, f);
        if (f <= info->passband)
            ripple = fmax(ripple, fabs(h - 1.0));
        if (f >= info->stopband)
            alias = fmax(alias, fabs(h));
    }
    const double ripple_db = -20.0 * log10(1.0 - ripple),
                 alias_db = 20.0 * log10(fmax(alias, 1e-15));
    CHECK(ripple_db <= 1.05 * info->ripple_db && ripple_db >= 0.95 * info->ripple_db,
          "%zu taps, %zux: ripple %g dB, stated %g dB", info->taps, info->oversample, ripple_db,
          info->ripple_db);
    CHECK(fabs(alias_db - info->alias_db) <= 0.25, "%zu taps, %zux: alias %g dB, stated %g dB",
          info->taps, info->oversample, alias_db, info->alias_db);
    const double edge_db = 20.0 * log10(fabs(response(info, 0.5)));
    CHECK(fabs(edge_db - info->edge_db) < 1e-6, "edge %g dB, stated %g dB", edge_db, info->edge_db);
}

static void claim_tones(size_t oversample, size_t taps)
{
    bank b = {.config = {.elements = 1,
                         .channels = 16,
                         .oversample = oversample,
                         .taps = taps,
                         .type = CPH_C32}};
    if (!open_bank(&b, 32, 2)) { /* an even seed: rows are not padded */
        close_bank(&b);
        return;
    }
    claim_stated(&b.info);
    /* Kaiser's attenuation for this transition; his formula is a fit, good to some 2 dB. */
    const double designed = 7.95 + 14.36 * 0.5 * (double)taps;
    CHECK(taps < 4 || b.info.alias_db < 2.5 - fmin(designed, 130.0),
          "%zu taps, %zux: alias %g dB, designed %g dB", taps, oversample, b.info.alias_db,
          -designed);
    /* Rounding of the tone, and the bound of the transform of window-weighted samples of 1. */
    double sum = 0.0;
    for (size_t i = 0; i < b.info.length; i++)
        sum += fabs((double)b.info.prototype[i]);
    const double unit = 0x1p-24 * ((double)taps + 10.0 + 4.0 * 4.0) * sum;
    for (int i = 0; i < 43; i++) {
        const double f = -7.9 + 0.37 * i;
        const cph_c64 y = tone(&b, f);
        const double h = response(&b.info, f);
        CHECK(hypot(y.re - h, y.im) <= unit && fabs(h - cph_channelize_response(b.plan, f)) < 1e-13,
              "a tone at %g channels gives %g%+gi instead of %g", f, y.re, y.im, h);
    }
    close_bank(&b);
}

static void claim_refusals(void)
{
    static const cph_channelize_config wrong[] = {
        {.elements = 0, .channels = 8},
        {.elements = 1, .channels = 1},
        {.elements = 1, .channels = 7, .oversample = 2},
        {.elements = 1, .channels = 8, .oversample = 3},
        {.elements = 1, .channels = 8, .taps = CPH_CHANNELIZE_TAPS_MAX + 1},
        {.elements = 1, .channels = 8, .transition = 1.5},
        {.elements = 1, .channels = 8, .type = CPH_TYPE_COUNT},
        {.elements = 1, .channels = CPH_CHANNELIZE_CHANNELS_MAX + 1}};
    cph_channelize_plan *plan = NULL;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        CHECK(cph_channelize_create(&wrong[i], &plan) == CPH_ERR_ARGUMENT && plan == NULL,
              "configuration %zu is refused", i);
    bank b = {.config = {.elements = 3, .channels = 4, .taps = 2, .type = CPH_C16}};
    if (!open_bank(&b, 9, 1))
        return;
    check_case c = {.config = {.isa = CPH_ISA_SCALAR}};
    unsigned char *const workspace = check_aligned(&c, cph_channelize_workspace_size(b.plan))->data;
    memset(b.output.data, CHECK_GUARD, b.values * sizeof(cph_c32));
    const cph_channelize_output narrow = {b.output.data, b.output.ld_time, 2};
    CHECK(cph_channelize_run(b.plan, workspace, b.samples, b.ld, b.times, 0, &narrow) ==
              CPH_ERR_ARGUMENT,
          "rows of the output cover N");
    CHECK(cph_channelize_run(b.plan, workspace, b.samples, 2, b.times, 0, &b.output) ==
              CPH_ERR_ARGUMENT,
          "rows of the input cover N");
    CHECK(cph_channelize_run(b.plan, workspace + 4, b.samples, b.ld, b.times, 0, &b.output) ==
              CPH_ERR_ARGUMENT,
          "the workspace is aligned");
    CHECK(cph_channelize_run(b.plan, workspace, b.samples, SIZE_MAX / 4, b.times, 0, &b.output) ==
              CPH_ERR_OVERFLOW,
          "samples can be addressed");
    CHECK(check_untouched(b.output.data, b.values * sizeof(cph_c32), CHECK_GUARD),
          "wrong arguments leave the output alone");
    CHECK(cph_channelize_times(b.plan, b.info.length - 1) == 0, "a window must be full");
    check_close(&c);
    close_bank(&b);
}

void check_claims_channelize(uint64_t seed)
{
    cph_channelize_plan *plan = NULL;
    const cph_channelize_config any = {.elements = 1, .channels = 8};
    if (!CPH_HAVE_FFTW) {
        CHECK(cph_channelize_create(&any, &plan) == CPH_ERR_UNSUPPORTED,
              "without FFTW there is no filter bank");
        return;
    }
    claim_definition(seed);
    claim_cuts(seed);
    for (size_t taps = 1; taps <= 16; taps += taps < 4 ? 1 : 4)
        for (size_t oversample = 1; oversample <= 2; oversample++)
            claim_tones(oversample, taps);
    claim_refusals();
}
