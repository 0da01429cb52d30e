/* SPDX-License-Identifier: MIT */
/* Claims of blocks of samples: every format, through the public calls, against the oracles of the
 * kernels put one after the other. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/kernels/check.h"

/* A block in a format: rows with gaps, filled with guard bytes; native samples beside it. */
struct rig {
    cph_sample_format format;
    cph_sample_form form;
    size_t elements, times, item, size;
    unsigned char *re, *im; /* [times][elements + GAP] items */
    unsigned char *native;  /* [times][elements] */
    cph_random random;
};
enum { GAP = 3, ITEMS = 2 };

static size_t foreign_bytes(const struct rig *r)
{
    return r->times * (r->elements + GAP) * r->item;
}

static unsigned char *guarded(size_t bytes)
{
    unsigned char *const room = check_room(bytes, 1);
    memset(room, CHECK_GUARD, bytes);
    return room;
}

static void draw_native(struct rig *r)
{
    const size_t parts = 2 * r->elements * r->times;
    for (size_t i = 0; i < parts; i++) {
        const double x = 2.0 * cph_random_uniform(&r->random) - 1.0;
        if (r->format.type == CPH_C8)
            ((int8_t *)r->native)[i] = (int8_t)floor(128 * x);
        else if (r->format.type == CPH_C16)
            ((int16_t *)(void *)r->native)[i] = (int16_t)floor(32768 * x);
        else
            ((float *)(void *)r->native)[i] = (float)x;
        if (r->format.layout == CPH_REAL && i % 2 == 1)
            memset(r->native + i * r->size / 2, 0, r->size / 2);
    }
}

static struct rig open_rig(cph_sample_format format, size_t elements, size_t times, uint64_t seed)
{
    struct rig r = {.format = format,
                    .form = {format.layout, format.big_endian && format.type != CPH_C8},
                    .elements = elements,
                    .times = times,
                    .size = cph_type_size(format.type)};
    r.item = format.layout == CPH_INTERLEAVED ? r.size : r.size / 2;
    cph_random_seed(&r.random, seed, elements);
    r.native = check_room(elements * times, r.size);
    r.re = guarded(foreign_bytes(&r));
    r.im = guarded(foreign_bytes(&r));
    draw_native(&r);
    for (size_t t = 0; t < times; t++) {
        const size_t at = t * (elements + GAP) * r.item;
        cph_pack_ref(format.type, r.form, r.native + t * elements * r.size, elements, r.re + at,
                     r.im + at);
    }
    return r;
}

static void close_rig(struct rig *r)
{
    free(r->native);
    free(r->re);
    free(r->im);
}

static cph_samples_in in_of(const struct rig *r)
{
    return (cph_samples_in){.format = r->format,
                            .re = r->re,
                            .im = r->format.layout == CPH_PLANAR ? r->im : NULL,
                            .ld = r->elements + GAP};
}

/* Rows of `bytes` out of rows of `stride` bytes: equal to `want`, guard bytes between them. */
static bool rows_equal(const unsigned char *got, size_t stride, const unsigned char *want,
                       size_t bytes, size_t rows)
{
    for (size_t i = 0; i < rows; i++)
        if (memcmp(got + i * stride, want + i * bytes, bytes) != 0 ||
            !check_untouched(got + i * stride + bytes, stride - bytes, CHECK_GUARD))
            return false;
    return true;
}

static bool levels_equal(const cph_level *a, const cph_level *b, size_t elements)
{
    for (size_t n = 0; n < elements; n++)
        if (!(fabs(a[n].power - b[n].power) <= 1e-12 * b[n].power) ||
            !(fabs(a[n].sum.re - b[n].sum.re) <= 1e-12 * (double)b[n].count) ||
            !(fabs(a[n].sum.im - b[n].sum.im) <= 1e-12 * (double)b[n].count) ||
            a[n].count != b[n].count || a[n].full_scale != b[n].full_scale)
            return false;
    return true;
}

static void claim_in(const struct rig *r, const char *what)
{
    const size_t samples = r->elements * r->times, ld = r->elements + 1;
    const float scale = 0.37f;
    const cph_samples_in in = in_of(r);
    cph_level *const level = check_room(r->elements, sizeof *level);
    cph_level *const twice = check_room(r->elements, sizeof *twice);
    cph_level *const exact = check_room(r->elements, sizeof *exact);
    cph_c32 *const want = check_room(samples, sizeof *want);
    unsigned char *const out = guarded(r->times * ld * sizeof *want);
    unsigned char *const bare = guarded(r->times * ld * sizeof *want);
    unsigned char *const same = guarded(r->times * ld * r->size);
    cph_convert_to_c32_ref(r->format.type, r->native, samples, scale, want);
    cph_level_ref(r->format.type, r->elements, r->times, r->native, r->elements, exact);
    CHECK(cph_samples_to_c32(&in, r->elements, r->times, scale, (void *)out, ld, level) == CPH_OK &&
              cph_samples_to_c32(&in, r->elements, r->times, scale, (void *)bare, ld, NULL) ==
                  CPH_OK,
          "%s is converted", what);
    CHECK(rows_equal(out, ld * sizeof *want, (void *)want, r->elements * sizeof *want, r->times) &&
              memcmp(out, bare, r->times * ld * sizeof *want) == 0,
          "%s: %zu x %zu samples have the values of the oracle", what, r->times, r->elements);
    CHECK(levels_equal(level, exact, r->elements), "%s: levels come along", what);
    CHECK(cph_samples_unpack(&in, r->elements, r->times, same, ld, twice) == CPH_OK &&
              rows_equal(same, ld * r->size, r->native, r->elements * r->size, r->times) &&
              levels_equal(twice, exact, r->elements),
          "%s is unpacked, with its levels", what);
    free(level);
    free(twice);
    free(exact);
    free(want);
    free(out);
    free(bare);
    free(same);
}

static void claim_out(struct rig *r, const char *what)
{
    const size_t samples = r->elements * r->times, bytes = foreign_bytes(r);
    cph_c32 *const x = check_room(samples, sizeof *x);
    unsigned char *const re = guarded(bytes), *const im = guarded(bytes);
    const cph_samples_out out = {.format = r->format,
                                 .re = re,
                                 .im = r->format.layout == CPH_PLANAR ? im : NULL,
                                 .ld = r->elements + GAP};
    /* Twice the range: about half of the parts saturate, dropped ones too. */
    const double reach = r->format.type == CPH_C8 ? 256.0 : 65536.0;
    for (size_t i = 0; i < samples; i++)
        x[i] = (cph_c32){(float)(reach * (2.0 * cph_random_uniform(&r->random) - 1.0)),
                         (float)(reach * (2.0 * cph_random_uniform(&r->random) - 1.0))};
    uint64_t clipped = 0;
    CHECK(cph_samples_from_c32(x, r->elements, r->elements, r->times, 1.0f, &out, &clipped) ==
              CPH_OK,
          "%s is written", what);
    for (size_t i = 0; r->format.layout == CPH_REAL && i < samples; i++)
        x[i].im = 0.0f;
    uint64_t want = 0;
    if (r->format.type == CPH_C32)
        memcpy(r->native, x, samples * sizeof *x);
    else
        want = cph_convert_from_c32_ref(r->format.type, x, samples, 1.0f, r->native);
    for (size_t t = 0; t < r->times; t++) {
        const size_t at = t * out.ld * r->item;
        cph_pack_ref(r->format.type, r->form, r->native + t * r->elements * r->size, r->elements,
                     r->re + at, r->im + at);
    }
    CHECK(memcmp(re, r->re, bytes) == 0 && memcmp(im, r->im, bytes) == 0,
          "%s: %zu x %zu parts are those of the oracle, the gaps untouched", what, r->times,
          r->elements);
    CHECK(clipped == want, "%s: %d samples saturated, %d counted", what, (int)want, (int)clipped);
    memset(re, CHECK_GUARD, bytes);
    memset(im, CHECK_GUARD, bytes);
    CHECK(cph_samples_pack(r->native, r->elements, r->elements, r->times, &out) == CPH_OK &&
              memcmp(re, r->re, bytes) == 0 && memcmp(im, r->im, bytes) == 0,
          "%s is packed", what);
    free(x);
    free(re);
    free(im);
}

static void claim_formats(uint64_t seed)
{
    static const char *const type_name[] = {"int8", "int16", "float"};
    static const char *const layout_name[] = {"interleaved", "planar", "real"};
    /* A piece, less, more than one of elements, of times. */
    static const size_t shapes[][2] = {{1, 1}, {3, 5}, {64, 2}, {70, 131}, {1100, 3}};
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        for (unsigned f = 0; f < CPH_TYPE_COUNT * CPH_LAYOUT_COUNT * 2; f++) {
            const cph_sample_format format = {
                .type = (cph_type)(f % CPH_TYPE_COUNT),
                .layout = (cph_layout)(f / CPH_TYPE_COUNT % CPH_LAYOUT_COUNT),
                .big_endian = f >= CPH_TYPE_COUNT * CPH_LAYOUT_COUNT};
            char what[64];
            snprintf(what, sizeof what, "%s %s, %s-endian", layout_name[format.layout],
                     type_name[format.type], format.big_endian ? "big" : "little");
            struct rig r = open_rig(format, shapes[i][0], shapes[i][1], seed + f);
            claim_in(&r, what);
            claim_out(&r, what);
            close_rig(&r);
        }
}

/* Bytes written down by hand. */
static void claim_values(void)
{
    const unsigned char big[8] = {0x01, 0x02, 0xff, 0xfe, 0x80, 0x00, 0x7f, 0xff};
    const cph_samples_in in = {.format = {.type = CPH_C16, .big_endian = true}, .re = big, .ld = 2};
    cph_c32 x[2] = {{0}};
    cph_level level[2] = {{0}};
    CHECK(cph_samples_to_c32(&in, 2, 1, 0.5f, x, 2, level) == CPH_OK && x[0].re == 129.0f &&
              x[0].im == -1.0f && x[1].re == -16384.0f && x[1].im == 16383.5f &&
              level[0].full_scale == 0 && level[1].full_scale == 1 && level[0].sum.im == -2.0,
          "big-endian int16 have their highest byte first");
    const int8_t re[3] = {1, 2, 3}, im[3] = {-4, -5, -6};
    const cph_samples_in planar = {
        .format = {.type = CPH_C8, .layout = CPH_PLANAR}, .re = re, .im = im, .ld = 3};
    cph_c8 y[3] = {{0}};
    CHECK(cph_samples_unpack(&planar, 3, 1, y, 3, NULL) == CPH_OK && y[2].re == 3 && y[2].im == -6,
          "planar parts are put side by side");
}

static void claim_arguments(void)
{
    const cph_c32 x[ITEMS] = {{1, 2}, {3, 4}};
    cph_c32 y[ITEMS];
    cph_level level[ITEMS] = {{0}};
    uint64_t clipped = 77;
    memset(y, CHECK_GUARD, sizeof y);
    const cph_samples_in good = {.format = {.type = CPH_C32}, .re = x, .ld = 2};
    cph_samples_in bad[5] = {good, good, good, good, good};
    bad[0].format.type = CPH_TYPE_COUNT;
    bad[1].format.layout = CPH_LAYOUT_COUNT;
    bad[2].format.layout = CPH_PLANAR; /* without im */
    bad[3].ld = 1;
    bad[4].re = NULL;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const cph_samples_out out = {
            .format = bad[i].format, .re = i == 4 ? NULL : y, .ld = bad[i].ld};
        CHECK(cph_samples_to_c32(&bad[i], 2, 1, 1.0f, y, 2, level) == CPH_ERR_ARGUMENT &&
                  cph_samples_unpack(&bad[i], 2, 1, y, 2, level) == CPH_ERR_ARGUMENT &&
                  cph_samples_from_c32(x, 2, 2, 1, 1.0f, &out, &clipped) == CPH_ERR_ARGUMENT &&
                  cph_samples_pack(x, 2, 2, 1, &out) == CPH_ERR_ARGUMENT,
              "wrong argument %zu is refused", i);
    }
    const cph_samples_out out = {.format = {.type = CPH_C32}, .re = y, .ld = 2};
    CHECK(cph_samples_to_c32(&good, 2, 1, NAN, y, 2, level) == CPH_ERR_ARGUMENT &&
              cph_samples_from_c32(x, 2, 2, 1, INFINITY, &out, &clipped) == CPH_ERR_ARGUMENT,
          "the scale is finite");
    CHECK(cph_samples_to_c32(&good, 2, SIZE_MAX / 2, 1.0f, y, 2, level) == CPH_ERR_OVERFLOW &&
              cph_samples_pack(x, 2, 2, SIZE_MAX / 2, &out) == CPH_ERR_OVERFLOW,
          "sizes that do not fit are refused");
    CHECK(check_untouched(y, sizeof y, CHECK_GUARD) && level[0].count == 0 && clipped == 77,
          "wrong arguments leave the outputs alone");
    CHECK(cph_samples_to_c32(&good, 0, 5, 1.0f, NULL, 0, NULL) == CPH_OK &&
              cph_samples_from_c32(NULL, 2, 2, 0, 1.0f, &out, &clipped) == CPH_OK && clipped == 0,
          "nothing is fine");
}

void check_claims_samples(uint64_t seed)
{
    claim_formats(seed);
    claim_values();
    claim_arguments();
}
