/* SPDX-License-Identifier: MIT */
/* What works on samples: beams, covariances, adaptive weights, calibration. */
#include "cophase/fw.h"
#include "tests/fuzz/fw_fuzz.h"

/* A plan that is right, of which `config` says the sizes; NULL: not this time. */
static cph_fw_beamform *beamform_plan(fw_fuzz *f, cph_fw_beamform_config *config)
{
    cph_fw_beamform *plan = NULL;
    size_t bytes = 0;
    *config = (cph_fw_beamform_config){1 + fw_fuzz_random(f) % 70, 1 + fw_fuzz_random(f) % 10,
                                       fw_fuzz_chance(f, 2) ? 32768 : 40, 1, 15};
    if (cph_fw_beamform_size(config, &bytes) != CPH_OK)
        return NULL;
    void *const memory = fw_fuzz_plain(f, bytes, 1);
    const cph_c16 *const c = fw_fuzz_plain(f, config->elements * config->beams, sizeof *c);
    return cph_fw_beamform_init(config, c, config->elements, memory, bytes, &plan) == CPH_OK ? plan
                                                                                             : NULL;
}

static void beamform_init(fw_fuzz *f, const char *name)
{
    const cph_fw_beamform_config config = {
        fw_fuzz_count(f, 40), fw_fuzz_count(f, 9),
        fw_fuzz_chance(f, 9) ? (int32_t)fw_fuzz_random(f) : 1 << fw_fuzz_random(f) % 16,
        fw_fuzz_chance(f, 9) ? (int32_t)fw_fuzz_random(f) : 1, fw_fuzz_random(f) % 65};
    const size_t ld = fw_fuzz_stride(f, config.elements);
    size_t bytes = 64;
    const cph_status sized = cph_fw_beamform_size(&config, &bytes);
    const size_t given = fw_fuzz_chance(f, 9) ? bytes - 1 : bytes;
    f->refuse = sized != CPH_OK || given < bytes;
    void *const memory = fw_fuzz_out(f, given, 1, 4);
    cph_fw_beamform **const plan = fw_fuzz_out(f, 1, sizeof(void *), 1);
    const cph_c16 *const c =
        fw_fuzz_in(f, fw_fuzz_items(config.beams, ld, config.elements), sizeof *c, 1);
    if (!f->skip)
        fw_fuzz_end(f, name, cph_fw_beamform_init(&config, c, ld, memory, given, plan));
}

static void beamform_run(fw_fuzz *f, const char *name)
{
    cph_fw_beamform_config config;
    const cph_fw_beamform *const plan = beamform_plan(f, &config);
    const size_t ld = fw_fuzz_stride(f, config.elements);
    const size_t ldb = fw_fuzz_stride(f, config.beams), times = fw_fuzz_count(f, 9);
    const cph_c16 *const x = fw_fuzz_in(f, fw_fuzz_items(times, ld, config.elements), sizeof *x, 4);
    cph_c16 *const y = fw_fuzz_out(f, fw_fuzz_items(times, ldb, config.beams), sizeof *y, 1);
    f->refuse = f->refuse || plan == NULL;
    if (!f->skip)
        fw_fuzz_end(f, name, cph_fw_beamform_run(plan, x, ld, times, y, ldb));
}

static void covariance_init(fw_fuzz *f, const char *name)
{
    const size_t elements = fw_fuzz_count(f, 64);
    size_t bytes = 64;
    f->refuse = cph_fw_covariance_size(elements, &bytes) != CPH_OK;
    void *const memory = fw_fuzz_out(f, bytes, 1, 8);
    cph_fw_covariance **const out = fw_fuzz_out(f, 1, sizeof(void *), 1);
    const int32_t most = fw_fuzz_chance(f, 9) ? (int32_t)fw_fuzz_random(f) : 2000;
    fw_fuzz_end(f, name, cph_fw_covariance_init(elements, most, memory, bytes, out));
}

/* Empty sums, the last block; NULL: not this time. */
static cph_fw_covariance *covariance_of(fw_fuzz *f, size_t elements)
{
    size_t bytes = 0;
    cph_fw_covariance *covariance = NULL;
    if (cph_fw_covariance_size(elements, &bytes) != CPH_OK)
        return NULL;
    void *const memory = fw_fuzz_plain(f, bytes, 1);
    const int32_t most = fw_fuzz_chance(f, 2) ? 1500 : 32768;
    return cph_fw_covariance_init(elements, most, memory, bytes, &covariance) == CPH_OK ? covariance
                                                                                        : NULL;
}

static void covariance_add(fw_fuzz *f, const char *name)
{
    const size_t elements = 2 + fw_fuzz_random(f) % 15;
    cph_fw_covariance *const covariance = covariance_of(f, elements);
    fw_fuzz_watch(f);
    const size_t ld = fw_fuzz_stride(f, elements), times = fw_fuzz_count(f, 40);
    const cph_c16 *const x = fw_fuzz_in(f, fw_fuzz_items(times, ld, elements), sizeof *x, 4);
    if (!f->skip)
        fw_fuzz_end(f, name, cph_fw_covariance_add(covariance, x, ld, times));
}

static void covariance_mean(fw_fuzz *f, const char *name)
{
    const size_t elements = 2 + fw_fuzz_random(f) % 15, times = fw_fuzz_random(f) % 9;
    cph_fw_covariance *const covariance = covariance_of(f, elements);
    const cph_c16 *const x = fw_fuzz_plain(f, times * elements, sizeof *x);
    f->refuse = cph_fw_covariance_add(covariance, x, elements, times) != CPH_OK || times == 0;
    const size_t ld = fw_fuzz_stride(f, elements);
    cph_c32 *const r = fw_fuzz_out(f, fw_fuzz_items(elements, ld, elements), sizeof *r, 1);
    if (!f->skip)
        fw_fuzz_end(f, name, cph_fw_covariance_mean(covariance, r, ld));
}

/* Random numbers are seldom a covariance: loaded as much as makes them one. */
static cph_fw_adaptive *adaptive_of(fw_fuzz *f, size_t elements)
{
    size_t bytes = 0;
    cph_fw_adaptive *adaptive = NULL;
    if (cph_fw_adaptive_size(elements, &bytes) != CPH_OK)
        return NULL;
    void *const memory = fw_fuzz_plain(f, bytes, 1);
    cph_c32 *const r = fw_fuzz_plain(f, elements * elements, sizeof *r);
    uint8_t *const flag = fw_fuzz_plain(f, elements, 1);
    for (size_t i = 0; i < elements * elements; i++)
        r[i] =
            (cph_c32){(float)(fw_fuzz_random(f) % 100) * (i % (elements + 1) == 0 ? 50.0f : 1.0f),
                      (float)(fw_fuzz_random(f) % 100)};
    for (size_t n = 0; n < elements; n++)
        flag[n] = fw_fuzz_chance(f, 5);
    const cph_fw_adaptive_config config = {elements, r, elements, flag, 20.0f};
    return cph_fw_adaptive_init(&config, memory, bytes, &adaptive) == CPH_OK ? adaptive : NULL;
}

static void adaptive_init(fw_fuzz *f, const char *name)
{
    const size_t elements = fw_fuzz_count(f, 16), ld = fw_fuzz_stride(f, elements);
    size_t bytes = 64;
    f->refuse = cph_fw_adaptive_size(elements, &bytes) != CPH_OK;
    const size_t items = fw_fuzz_items(elements, ld, elements);
    cph_c32 *const r = fw_fuzz_floats(f, items > SIZE_MAX / 8 ? SIZE_MAX : 2 * items, false);
    for (size_t n = 0; r != NULL && elements <= 16 && items < 4096 && n < elements; n++)
        r[n * ld + n].re += fw_fuzz_chance(f, 40) ? 0.0f : 500.0f;
    const uint8_t *const flag = fw_fuzz_chance(f, 2) ? NULL : fw_fuzz_plain(f, elements, 1);
    const cph_fw_adaptive_config config = {elements, r, ld, flag,
                                           fw_fuzz_chance(f, 3) ? fw_fuzz_float(f) : 0.5f};
    const size_t at = f->blocks;
    void *const memory = fw_fuzz_out(f, bytes, 1, 4);
    cph_fw_adaptive **const out = fw_fuzz_out(f, 1, sizeof(void *), 1);
    if (f->skip)
        return;
    const cph_status status = cph_fw_adaptive_init(&config, memory, bytes, out);
    if (status == CPH_ERR_SINGULAR) /* the one that may use the memory */
        for (size_t i = 0; i < bytes; i++)
            f->block[at].copy[i] = f->block[at].base[f->block[at].offset + i];
    fw_fuzz_end(f, name, status);
}

static void adaptive_lcmv(fw_fuzz *f, const char *name)
{
    const size_t elements = 1 + fw_fuzz_random(f) % 16, count = fw_fuzz_count(f, 4);
    const cph_fw_adaptive *const adaptive = adaptive_of(f, elements);
    const bool looks = count <= 4;
    const cph_c32 *const c = fw_fuzz_floats(f, looks ? 2 * elements * count : 1, false);
    const cph_c32 *const response = fw_fuzz_floats(f, looks ? 2 * count : 1, false);
    cph_c32 *const w = fw_fuzz_out(f, elements, sizeof *w, 1);
    const bool refuse = f->refuse || adaptive == NULL || count == 0 || !looks;
    float *const power = fw_fuzz_out(f, 1, sizeof *power, 1);
    f->refuse = refuse; /* power may be NULL */
    fw_fuzz_end(f, name, cph_fw_adaptive_lcmv(adaptive, count, c, response, w, power));
}

static void coefficients(fw_fuzz *f, const char *name)
{
    const size_t elements = fw_fuzz_count(f, 99);
    const cph_c32 *const w =
        fw_fuzz_floats(f, elements > SIZE_MAX / 8 ? SIZE_MAX : 2 * elements, false);
    cph_c16 *const c = fw_fuzz_out(f, elements, sizeof *c, 1);
    if (!f->skip)
        fw_fuzz_end(f, name, cph_fw_coefficients(elements, w, fw_fuzz_float(f), c));
}

static void nlms(fw_fuzz *f, const char *name)
{
    const cph_fw_nlms_config config = {fw_fuzz_count(f, 64),
                                       fw_fuzz_chance(f, 9) ? fw_fuzz_float(f) : 0.5f,
                                       fw_fuzz_chance(f, 9) ? fw_fuzz_float(f) : 1.0f};
    const size_t ld = fw_fuzz_stride(f, config.elements), times = fw_fuzz_count(f, 20);
    const cph_c16 *const x = fw_fuzz_in(f, fw_fuzz_items(times, ld, config.elements), sizeof *x, 1);
    const cph_c16 *const d = fw_fuzz_in(f, times, sizeof *d, 1);
    cph_c32 *const w = fw_fuzz_floats(f, config.elements > 4096 ? 2 : 2 * config.elements, true);
    cph_c32 *const error = fw_fuzz_chance(f, 3) ? NULL : fw_fuzz_plain(f, times, sizeof *error);
    if (!f->skip)
        fw_fuzz_end(f, name, cph_fw_nlms_run(&config, x, ld, times, d, w, error));
}

/* Random bytes as gains, made smaller by a random shift most of the time. */
static cph_fw_gain *gains(fw_fuzz *f, size_t count, bool output)
{
    cph_fw_gain *const g =
        output ? fw_fuzz_out(f, count, sizeof *g, 1) : fw_fuzz_in(f, count, sizeof *g, 1);
    if (g == NULL || fw_fuzz_chance(f, 9))
        return g;
    const fw_fuzz_block *const b = &f->block[f->blocks - 1];
    const unsigned by = 2 + fw_fuzz_random(f) % 60;
    for (size_t i = 0; i < b->bytes / sizeof *g; i++)
        g[i] = (cph_fw_gain){g[i].re >> by, g[i].im >> by};
    if (output)
        fw_fuzz_watch(f);
    return g;
}

static void correlate(fw_fuzz *f, const char *name)
{
    const size_t elements = fw_fuzz_count(f, 40), times = fw_fuzz_count(f, 30);
    const size_t ld = fw_fuzz_stride(f, elements);
    const cph_c16 *const x = fw_fuzz_in(f, fw_fuzz_items(times, ld, elements), sizeof *x, 4);
    const cph_c16 *const s = fw_fuzz_in(f, times, sizeof *s, 4);
    cph_fw_gain *const gain = gains(f, elements, true);
    if (!f->skip)
        fw_fuzz_end(f, name, cph_fw_correlate(elements, x, ld, times, s, gain));
}

static void hadamard(fw_fuzz *f, const char *name)
{
    const size_t order =
        fw_fuzz_chance(f, 3) ? fw_fuzz_size(f) : (size_t)1 << fw_fuzz_random(f) % 9;
    cph_fw_gain *const x = gains(f, order, true);
    f->refuse = f->refuse || (order & (order - 1)) != 0;
    if (!f->skip)
        fw_fuzz_end(f, name, cph_fw_hadamard(order, x));
}

static void calibrate(fw_fuzz *f, const char *name)
{
    const size_t n = fw_fuzz_count(f, 70);
    const cph_fw_calibrate_config config = {n, fw_fuzz_chance(f, 2) ? n : fw_fuzz_size(f),
                                            (uint16_t)(fw_fuzz_random(f) % 34000),
                                            (uint16_t)(fw_fuzz_random(f) % 33000)};
    const cph_fw_gain *const gain = gains(f, n, false);
    uint32_t *const phase = fw_fuzz_out(f, n, sizeof *phase, 1);
    uint16_t *const amplitude = fw_fuzz_out(f, n, sizeof *amplitude, 1);
    uint32_t *const dead = fw_fuzz_out(f, n / 32 + (n % 32 != 0), sizeof *dead, 1);
    if (!f->skip)
        fw_fuzz_end(f, name, cph_fw_calibrate(&config, gain, phase, amplitude, dead));
}

static int64_t any_part(fw_fuzz *f)
{
    const uint64_t bits = (uint64_t)fw_fuzz_random(f) << 32 | fw_fuzz_random(f);
    return fw_fuzz_chance(f, 9) ? INT64_MIN : (int64_t)bits;
}

/* All parts have an angle. */
static void angle(fw_fuzz *f, const char *name)
{
    const cph_fw_gain gain = {any_part(f), any_part(f)};
    (void)cph_fw_angle(gain);
    fw_fuzz_end(f, name, CPH_OK);
}

const fw_fuzz_case fw_fuzz_samples[] = {
    {"beamform_init", beamform_init},
    {"beamform_run", beamform_run},
    {"covariance_init", covariance_init},
    {"covariance_add", covariance_add},
    {"covariance_mean", covariance_mean},
    {"adaptive_init", adaptive_init},
    {"adaptive_lcmv", adaptive_lcmv},
    {"coefficients", coefficients},
    {"nlms_run", nlms},
    {"correlate", correlate},
    {"hadamard", hadamard},
    {"angle", angle},
    {"calibrate", calibrate},
    {NULL, NULL},
};
