/* SPDX-License-Identifier: MIT */
#include "datasets/h5/h5_filters.h"

#include <libdeflate.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "kernels/core/kernels.h"
#include "kernels/core/size.h"

enum { CHECKSUM_BYTES = 4 };

cph_status cph_h5_step_fail(const cph_h5_step *step, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(step->why, CPH_H5_WHY, format, arguments);
    va_end(arguments);
    return CPH_ERR_FORMAT;
}

unsigned char *cph_h5_room(cph_h5_tools *tools, size_t which, size_t bytes)
{
    if (tools->room[which].bytes < bytes || tools->room[which].data == NULL) {
        free(tools->room[which].data);
        tools->room[which].data = malloc(bytes + 1);
        tools->room[which].bytes = tools->room[which].data != NULL ? bytes : 0;
    }
    return tools->room[which].data;
}

void cph_h5_tools_free(cph_h5_tools *tools)
{
    if (tools->deflate != NULL)
        libdeflate_free_decompressor(tools->deflate);
    ZSTD_freeDCtx(tools->zstd);
    for (size_t i = 0; i < sizeof tools->room / sizeof tools->room[0]; i++)
        free(tools->room[i].data);
    *tools = (cph_h5_tools){0};
}

/* ---- filters ---- */

static cph_status undo_deflate(const cph_h5_step *s)
{
    size_t made = 0;
    if (s->tools->deflate == NULL)
        s->tools->deflate = libdeflate_alloc_decompressor();
    if (s->tools->deflate == NULL)
        return CPH_ERR_MEMORY;
    switch (libdeflate_zlib_decompress(s->tools->deflate, s->in, s->in_bytes, s->out, s->out_bytes,
                                       &made)) {
    case LIBDEFLATE_SUCCESS:
        return made == s->out_bytes
                   ? CPH_OK
                   : cph_h5_step_fail(s, "inflates to %zu bytes, expected %zu", made, s->out_bytes);
    case LIBDEFLATE_INSUFFICIENT_SPACE:
        return cph_h5_step_fail(s, "inflates to more than the expected %zu bytes", s->out_bytes);
    default:
        return cph_h5_step_fail(s,
                                "is damaged: its %zu bytes are no deflate stream with a right "
                                "checksum",
                                s->in_bytes);
    }
}

/* What does not fill a number stays behind it. */
static cph_status undo_shuffle(const cph_h5_step *s)
{
    const size_t size = s->filter->parameter[0] > 1 ? s->filter->parameter[0] : 1;
    const size_t count = s->in_bytes / size, whole = count * size;
    if (s->in_bytes != s->out_bytes)
        return cph_h5_step_fail(s, "has %zu shuffled bytes, expected %zu", s->in_bytes,
                                s->out_bytes);
    CPH_BOUND(unshuffle)(s->in, size, count, s->out);
    if (s->in_bytes > whole)
        memcpy(s->out + whole, s->in + whole, s->in_bytes - whole);
    return CPH_OK;
}

static cph_status undo_lzf(const cph_h5_step *s)
{
    return cph_h5_lzf_decode(s->in, s->in_bytes, s->out, s->out_bytes)
               ? CPH_OK
               : cph_h5_step_fail(s, "is damaged: its %zu bytes are no LZF stream of %zu",
                                  s->in_bytes, s->out_bytes);
}

/* Two sums of 16-bit words, the second one of all values of the first, modulo 65535 without zero
 * (a sum of none is 0). Blocks are so short that sums of 64 bits hold them. */
uint32_t cph_h5_fletcher32(const unsigned char *data, size_t bytes)
{
    enum { MODULUS = 65535, BLOCK = 1 << 16 };
    uint64_t sum = 0, sums = 0;
    bool any = false;
    for (size_t at = 0; at < bytes;) {
        const size_t end = at + cph_size_min(bytes - at, BLOCK);
        for (; at < end; at += 2) {
            const uint64_t low = at + 1 < end ? data[at + 1] : 0;
            const uint64_t word = (uint64_t)data[at] << 8 | low;
            any = any || word != 0;
            sum += word;
            sums += sum;
        }
        sum %= MODULUS;
        sums %= MODULUS;
    }
    sum = any && sum == 0 ? MODULUS : sum;
    sums = any && sums == 0 ? MODULUS : sums;
    return (uint32_t)(sums << 16 | sum);
}

/* Files of HDF5 before 1.6.3 hold the bytes of both halves the other way round. */
static cph_status check_sum(const cph_h5_step *s)
{
    if (s->in_bytes < CHECKSUM_BYTES)
        return cph_h5_step_fail(s, "has %zu bytes, too few for a checksum", s->in_bytes);
    const unsigned char *const c = s->in + s->in_bytes - CHECKSUM_BYTES;
    const uint32_t stored =
        c[0] | (uint32_t)c[1] << 8 | (uint32_t)c[2] << 16 | (uint32_t)c[3] << 24;
    const uint32_t turned = (stored & 0x00ff00ffu) << 8 | (stored >> 8 & 0x00ff00ffu);
    const uint32_t is = cph_h5_fletcher32(s->in, s->in_bytes - CHECKSUM_BYTES);
    if (is == stored || is == turned)
        return CPH_OK;
    return cph_h5_step_fail(s, "is damaged: its checksum is %08x, stored is %08x", is, stored);
}

/* ---- the row of filters ---- */

static const struct known {
    cph_status (*undo)(const cph_h5_step *step);
    H5Z_filter_t id;
    enum { KEEPS, COMPRESSES, MAY_COMPRESS } size; /* of what it makes */
} knowns[] = {
    {undo_deflate, H5Z_FILTER_DEFLATE, COMPRESSES},
    {undo_shuffle, H5Z_FILTER_SHUFFLE, KEEPS},
    {check_sum, H5Z_FILTER_FLETCHER32, KEEPS},
    {undo_lzf, CPH_H5_LZF, COMPRESSES},
    {cph_h5_undo_lz4, CPH_H5_LZ4, COMPRESSES},
    {cph_h5_undo_bitshuffle, CPH_H5_BITSHUFFLE, MAY_COMPRESS},
    {cph_h5_undo_zstd, CPH_H5_ZSTD, COMPRESSES},
};

static const struct known *known_of(H5Z_filter_t id)
{
    for (size_t i = 0; i < sizeof knowns / sizeof knowns[0]; i++)
        if (knowns[i].id == id)
            return &knowns[i];
    return NULL;
}

/* Whether what it makes has a size that is not known beforehand. */
static bool compresses(const cph_h5_filter *filter)
{
    const struct known *known = known_of(filter->id);
    return known->size == COMPRESSES ||
           (known->size == MAY_COMPRESS && filter->parameter[CPH_H5_BITSHUFFLE_CODE] != 0);
}

bool cph_h5_filters_of(hid_t plist, cph_h5_filters *filters)
{
    const int count = H5Pget_nfilters(plist);
    size_t compressors = 0;
    *filters = (cph_h5_filters){0};
    if (count < 0 || count > CPH_H5_FILTERS)
        return false;
    for (unsigned i = 0; i < (unsigned)count; i++) {
        cph_h5_filter *f = &filters->filter[filters->count++];
        unsigned flags = 0, parameter[CPH_H5_PARAMETERS] = {0};
        size_t parameters = CPH_H5_PARAMETERS;
        f->id = H5Pget_filter2(plist, i, &flags, &parameters, parameter, 0, NULL, NULL);
        if (known_of(f->id) == NULL)
            return false;
        memcpy(f->parameter, parameter, sizeof parameter);
        compressors += compresses(f);
    }
    return compressors <= 1;
}

/* Bytes that each filter was applied to; 0 behind the one that compresses. */
static void sizes_before(const cph_h5_filters *filters, uint32_t mask, size_t bytes, size_t *before)
{
    for (size_t i = 0; i < filters->count; i++) {
        before[i] = bytes;
        if (mask >> i & 1u)
            continue;
        if (compresses(&filters->filter[i]))
            bytes = 0;
        else if (filters->filter[i].id == H5Z_FILTER_FLETCHER32 && bytes > 0)
            bytes += CHECKSUM_BYTES;
    }
}

/* The first that was applied, so the last that is undone: it writes to out unless it is a
 * checksum. */
static size_t first_active(const cph_h5_filters *filters, uint32_t mask)
{
    size_t i = 0;
    while (i < filters->count && mask >> i & 1u)
        i++;
    return i;
}

cph_status cph_h5_filters_undo(const cph_h5_filters *filters, uint32_t mask, cph_h5_tools *tools,
                               const void *stored, size_t stored_bytes, void *out, size_t bytes,
                               char why[CPH_H5_WHY])
{
    size_t before[CPH_H5_FILTERS], turn = 0;
    const size_t last = first_active(filters, mask);
    cph_h5_step s = {.tools = tools, .in = stored, .in_bytes = stored_bytes, .why = why};
    sizes_before(filters, mask, bytes, before);
    for (size_t i = filters->count; i-- > last;) {
        s.filter = &filters->filter[i];
        if (mask >> i & 1u)
            continue;
        if (s.filter->id == H5Z_FILTER_FLETCHER32) {
            const cph_status status = check_sum(&s);
            if (status != CPH_OK)
                return status;
            s.in_bytes -= CHECKSUM_BYTES;
            continue;
        }
        s.out_bytes = before[i] > 0 ? before[i] : s.in_bytes;
        s.out = i == last ? out : cph_h5_room(tools, turn, s.out_bytes);
        turn ^= 1;
        const cph_status status = s.out == NULL ? CPH_ERR_MEMORY : known_of(s.filter->id)->undo(&s);
        if (status != CPH_OK)
            return status;
        s.in = s.out;
        s.in_bytes = s.out_bytes;
    }
    if (s.in_bytes != bytes)
        return cph_h5_step_fail(&s, "has %zu bytes, expected %zu", s.in_bytes, bytes);
    if (s.in != out)
        memcpy(out, s.in, bytes);
    return CPH_OK;
}
