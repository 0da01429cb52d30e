/* SPDX-License-Identifier: MIT */
/* Blocks of samples in any format: a piece is unpacked into a scratch that stays in the first-level
 * cache, and converted from there; what is native is taken where it lies. Where levels are asked
 * for, as many times as stay in the second-level cache are converted row by row, which memory likes
 * best, and then looked at again element by element. */
#include "cophase/convert.h"

#include "kernels/core/bits.h"
#include "kernels/core/kernels.h"
#include "kernels/core/size.h"

enum {
    SCRATCH = 8192,       /* bytes of the stack for a piece */
    LEVEL_ELEMENTS = 64,  /* of a piece that is levelled, so that it has many times */
    LEVEL_BYTES = 1 << 17 /* that the second-level cache keeps between two kernels */
};

/* ---- kernels by type ---- */

struct kernels {
    cph_unpack_fn *unpack;
    cph_pack_fn *pack;
    cph_convert_to_fn *to;
    cph_convert_from_fn *from;
    cph_level_fn *level;
};

static uint64_t scale_c32(const cph_c32 *in, size_t count, float scale, void *out)
{
    CPH_BOUND(convert_c32_c32)(in, count, scale, out);
    return 0;
}

static struct kernels kernels_of(cph_type type)
{
    switch (type) {
    case CPH_C8:
        return (struct kernels){CPH_BOUND(unpack_c8), CPH_BOUND(pack_c8), CPH_BOUND(convert_c8_c32),
                                CPH_BOUND(convert_c32_c8), CPH_BOUND(level_c8)};
    case CPH_C16:
        return (struct kernels){CPH_BOUND(unpack_c16), CPH_BOUND(pack_c16),
                                CPH_BOUND(convert_c16_c32), CPH_BOUND(convert_c32_c16),
                                CPH_BOUND(level_c16)};
    default:
        return (struct kernels){CPH_BOUND(unpack_c32), CPH_BOUND(pack_c32),
                                CPH_BOUND(convert_c32_c32), scale_c32, CPH_BOUND(level_c32)};
    }
}

/* ---- formats ---- */

static cph_sample_form form_of(const cph_sample_format *format)
{
    const bool host_big = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
    return (cph_sample_form){.layout = format->layout,
                             .swap = format->type != CPH_C8 && format->big_endian != host_big};
}

static bool is_native(cph_sample_form form)
{
    return form.layout == CPH_INTERLEAVED && !form.swap;
}

static size_t item_size(const cph_sample_format *format)
{
    return cph_type_size(format->type) / (format->layout == CPH_INTERLEAVED ? 1 : 2);
}

/* A block of both sides: shapes that fit, pointers where there is something. */
static cph_status check(const cph_sample_format *format, const void *re, const void *im, size_t ld,
                        size_t elements, size_t times, const void *other, size_t other_ld,
                        size_t other_size)
{
    if (cph_type_size(format->type) == 0 || (unsigned)format->layout >= CPH_LAYOUT_COUNT ||
        ld < elements || other_ld < elements)
        return CPH_ERR_ARGUMENT;
    if (elements > 0 && times > 0 &&
        (re == NULL || other == NULL || (format->layout == CPH_PLANAR && im == NULL)))
        return CPH_ERR_ARGUMENT;
    return cph_size_matrix(times, ld, elements, item_size(format)) &&
                   cph_size_matrix(times, other_ld, elements, other_size)
               ? CPH_OK
               : CPH_ERR_OVERFLOW;
}

/* ---- in ---- */

struct reader {
    const cph_samples_in *in;
    cph_sample_form form;
    struct kernels kernel;
    size_t size; /* of a sample */
    _Alignas(CPH_ALIGNMENT) char scratch[SCRATCH];
};

static void reader_init(struct reader *r, const cph_samples_in *in)
{
    r->in = in;
    r->form = form_of(&in->format);
    r->kernel = kernels_of(in->format.type);
    r->size = cph_type_size(in->format.type);
}

static void unpack_row(const struct reader *r, size_t t, size_t n, size_t columns, void *out)
{
    const size_t at = (t * r->in->ld + n) * item_size(&r->in->format);
    const void *const im = r->form.layout == CPH_PLANAR ? (const char *)r->in->im + at : NULL;
    r->kernel.unpack(r->form, (const char *)r->in->re + at, im, columns, out);
}

struct block {
    size_t elements, times;
};

/* Rows that follow each other without gaps are one, unless elements are told apart. */
static struct block joined(struct block all, bool gapless)
{
    return gapless ? (struct block){all.elements * all.times, 1} : all;
}

/* Times that are worked on at once. */
static size_t times_at_once(const struct reader *r, struct block all, bool levelled)
{
    return levelled ? cph_size_min(LEVEL_BYTES / r->size / all.elements + 1, all.times) : all.times;
}

static void convert_row(struct reader *r, size_t t, size_t columns, float scale, cph_c32 *out)
{
    const size_t room = SCRATCH / r->size;
    if (is_native(r->form)) {
        r->kernel.to((const char *)r->in->re + t * r->in->ld * r->size, columns, scale, out);
        return;
    }
    for (size_t n = 0; n < columns; n += room) {
        const size_t some = cph_size_min(room, columns - n);
        unpack_row(r, t, n, some, r->scratch);
        r->kernel.to(r->scratch, some, scale, out + n);
    }
}

static void level_rows(struct reader *r, size_t t, size_t rows, size_t elements, cph_level *level)
{
    const size_t step = cph_size_min(elements, LEVEL_ELEMENTS), most = SCRATCH / r->size / step;
    if (is_native(r->form)) {
        const char *const samples = (const char *)r->in->re + t * r->in->ld * r->size;
        r->kernel.level(elements, rows, samples, r->in->ld, level);
        return;
    }
    for (size_t n = 0; n < elements; n += step) {
        const size_t columns = cph_size_min(step, elements - n);
        for (size_t from = 0; from < rows; from += most) {
            const size_t some = cph_size_min(most, rows - from);
            for (size_t i = 0; i < some; i++)
                unpack_row(r, t + from + i, n, columns, r->scratch + i * columns * r->size);
            r->kernel.level(columns, some, r->scratch, columns, &level[n]);
        }
    }
}

cph_status cph_samples_to_c32(const cph_samples_in *in, size_t elements, size_t times, float scale,
                              cph_c32 *out, size_t ld, cph_level *level)
{
    if (in == NULL || !cph_finite_f32(scale))
        return CPH_ERR_ARGUMENT;
    const cph_status status =
        check(&in->format, in->re, in->im, in->ld, elements, times, out, ld, sizeof *out);
    if (status != CPH_OK || elements == 0 || times == 0)
        return status;
    struct reader r;
    reader_init(&r, in);
    const bool gapless = level == NULL && in->ld == elements && ld == elements;
    const struct block all = joined((struct block){elements, times}, gapless);
    const size_t most = times_at_once(&r, all, level != NULL);
    for (size_t t = 0; t < all.times; t += most) {
        const size_t rows = cph_size_min(most, all.times - t);
        for (size_t i = 0; i < rows; i++)
            convert_row(&r, t + i, all.elements, scale, &out[(t + i) * ld]);
        if (level != NULL)
            level_rows(&r, t, rows, elements, level);
    }
    return CPH_OK;
}

cph_status cph_samples_unpack(const cph_samples_in *in, size_t elements, size_t times, void *out,
                              size_t ld, cph_level *level)
{
    if (in == NULL)
        return CPH_ERR_ARGUMENT;
    const size_t size = cph_type_size(in->format.type);
    const cph_status status =
        check(&in->format, in->re, in->im, in->ld, elements, times, out, ld, size);
    if (status != CPH_OK || elements == 0 || times == 0)
        return status;
    struct reader r;
    reader_init(&r, in);
    const bool gapless = level == NULL && in->ld == elements && ld == elements;
    const struct block all = joined((struct block){elements, times}, gapless);
    const size_t most = times_at_once(&r, all, level != NULL);
    for (size_t t = 0; t < all.times; t += most) {
        const size_t rows = cph_size_min(most, all.times - t);
        char *const to = (char *)out + t * ld * size;
        for (size_t i = 0; i < rows; i++)
            unpack_row(&r, t + i, 0, all.elements, to + i * ld * size);
        if (level != NULL)
            r.kernel.level(elements, rows, to, ld, level);
    }
    return CPH_OK;
}

/* ---- out ---- */

struct writer {
    const cph_samples_out *out;
    cph_sample_form form;
    struct kernels kernel;
    size_t size;
};

static struct writer writer_of(const cph_samples_out *out)
{
    return (struct writer){.out = out,
                           .form = form_of(&out->format),
                           .kernel = kernels_of(out->format.type),
                           .size = cph_type_size(out->format.type)};
}

static void pack_row(const struct writer *w, const void *in, size_t t, size_t n, size_t columns)
{
    const size_t at = (t * w->out->ld + n) * item_size(&w->out->format);
    void *const im = w->form.layout == CPH_PLANAR ? (char *)w->out->im + at : NULL;
    w->kernel.pack(w->form, in, columns, (char *)w->out->re + at, im);
}

/* Converts a piece that fits the scratch. Imaginary parts that are dropped are made 0 before, so
 * that they don't count as saturated. */
static uint64_t convert_piece(const struct writer *w, const cph_c32 *in, size_t columns,
                              float scale, char scratch[SCRATCH])
{
    enum { SAMPLES = SCRATCH / sizeof(cph_c32) };
    if (w->form.layout != CPH_REAL)
        return w->kernel.from(in, columns, scale, scratch);
    const cph_sample_form real = {.layout = CPH_REAL};
    float parts[SAMPLES];
    cph_c32 samples[SAMPLES];
    CPH_BOUND(pack_c32)(real, in, columns, parts, NULL);
    CPH_BOUND(unpack_c32)(real, parts, NULL, columns, samples);
    return w->kernel.from(samples, columns, scale, scratch);
}

static uint64_t from_row(const struct writer *w, const cph_c32 *in, size_t t, size_t columns,
                         float scale)
{
    _Alignas(CPH_ALIGNMENT) char scratch[SCRATCH];
    const size_t room = SCRATCH / sizeof(cph_c32);
    uint64_t clipped = 0;
    if (is_native(w->form))
        return w->kernel.from(in, columns, scale, (char *)w->out->re + t * w->out->ld * w->size);
    for (size_t n = 0; n < columns; n += room) {
        const size_t some = cph_size_min(room, columns - n);
        clipped += convert_piece(w, in + n, some, scale, scratch);
        pack_row(w, scratch, t, n, some);
    }
    return clipped;
}

cph_status cph_samples_from_c32(const cph_c32 *in, size_t ld, size_t elements, size_t times,
                                float scale, const cph_samples_out *out, uint64_t *clipped)
{
    if (out == NULL || !cph_finite_f32(scale))
        return CPH_ERR_ARGUMENT;
    const cph_status status =
        check(&out->format, out->re, out->im, out->ld, elements, times, in, ld, sizeof *in);
    if (status != CPH_OK)
        return status;
    const struct writer w = writer_of(out);
    const struct block all =
        joined((struct block){elements, times}, out->ld == elements && ld == elements);
    uint64_t samples = 0;
    for (size_t t = 0; t < all.times && all.elements > 0; t++)
        samples += from_row(&w, &in[t * ld], t, all.elements, scale);
    if (clipped != NULL)
        *clipped = samples;
    return CPH_OK;
}

cph_status cph_samples_pack(const void *in, size_t ld, size_t elements, size_t times,
                            const cph_samples_out *out)
{
    if (out == NULL)
        return CPH_ERR_ARGUMENT;
    const size_t size = cph_type_size(out->format.type);
    const cph_status status =
        check(&out->format, out->re, out->im, out->ld, elements, times, in, ld, size);
    if (status != CPH_OK)
        return status;
    const struct writer w = writer_of(out);
    const struct block all =
        joined((struct block){elements, times}, out->ld == elements && ld == elements);
    for (size_t t = 0; t < all.times && all.elements > 0; t++)
        pack_row(&w, (const char *)in + t * ld * size, t, 0, all.elements);
    return CPH_OK;
}
