/* SPDX-License-Identifier: MIT */
#include "chunk_rig.h"

#include <libdeflate.h>
#include <lz4.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

size_t rig_room(size_t bytes)
{
    return 4 * bytes + 65536;
}

void rig_draw(cph_random *random, unsigned char *out, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        out[i] = (unsigned char)(cph_random_u64(random) % 23 * (i % 3));
}

/* ---- encoders: in[bytes] to out, the bytes made ---- */

typedef size_t encoder(const unsigned *parameter, const unsigned char *in, size_t bytes,
                       unsigned char *out);

static size_t big_endian(unsigned char *out, uint64_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        out[i] = (unsigned char)(value >> 8 * (bytes - 1 - i));
    return bytes;
}

static size_t shuffle(const unsigned *parameter, const unsigned char *in, size_t bytes,
                      unsigned char *out)
{
    const size_t size = parameter[0], count = bytes / size;
    for (size_t i = 0; i < count; i++)
        for (size_t b = 0; b < size; b++)
            out[b * count + i] = in[i * size + b];
    memcpy(out + count * size, in + count * size, bytes - count * size);
    return bytes;
}

static size_t deflate(const unsigned *parameter, const unsigned char *in, size_t bytes,
                      unsigned char *out)
{
    struct libdeflate_compressor *c = libdeflate_alloc_compressor((int)parameter[0]);
    const size_t made = libdeflate_zlib_compress(c, in, bytes, out, rig_room(bytes));
    libdeflate_free_compressor(c);
    return made;
}

/* Both sums are folded at every word. */
static size_t fletcher(const unsigned *parameter, const unsigned char *in, size_t bytes,
                       unsigned char *out)
{
    uint32_t a = 0, b = 0;
    (void)parameter;
    for (size_t i = 0; i < bytes; i += 2) {
        a += (uint32_t)in[i] << 8 | (i + 1 < bytes ? in[i + 1] : 0u);
        a = (a & 0xffffu) + (a >> 16);
        b += a;
        b = (b & 0xffffu) + (b >> 16);
    }
    memmove(out, in, bytes);
    const uint32_t sum = b << 16 | a;
    for (size_t i = 0; i < 4; i++)
        out[bytes + i] = (unsigned char)(sum >> 8 * i);
    return bytes + 4;
}

static size_t lzf(const unsigned *parameter, const unsigned char *in, size_t bytes,
                  unsigned char *out)
{
    size_t made = 0;
    (void)parameter;
    for (size_t at = 0; at < bytes; at += 32) {
        const size_t run = bytes - at < 32 ? bytes - at : 32;
        out[made++] = (unsigned char)(run - 1);
        memcpy(out + made, in + at, run);
        made += run;
    }
    return made;
}

static size_t one_lz4(const unsigned char *in, size_t bytes, unsigned char *out)
{
    return (size_t)LZ4_compress_default((const char *)in, (char *)out, (int)bytes,
                                        LZ4_compressBound((int)bytes));
}

static size_t lz4(const unsigned *parameter, const unsigned char *in, size_t bytes,
                  unsigned char *out)
{
    size_t at = big_endian(out, bytes, 8);
    at += big_endian(out + at, parameter[0], 4);
    for (size_t done = 0, now = 0; done < bytes; done += now) {
        now = bytes - done < parameter[0] ? bytes - done : parameter[0];
        size_t made = one_lz4(in + done, now, out + at + 4);
        if (made >= now) { /* as it is */
            made = now;
            memcpy(out + at + 4, in + done, now);
        }
        at += big_endian(out + at, made, 4) + made;
    }
    return at;
}

static size_t zstd(const unsigned *parameter, const unsigned char *in, size_t bytes,
                   unsigned char *out)
{
    return ZSTD_compress(out, rig_room(bytes), in, bytes, (int)parameter[0]);
}

/* Bit j of byte b of number i is bit i % 8 of row 8 b + j. */
static void transpose(const unsigned char *in, size_t size, size_t count, unsigned char *out)
{
    memset(out, 0, size * count);
    for (size_t i = 0; i < count; i++)
        for (size_t b = 0; b < size; b++)
            for (size_t j = 0; j < 8; j++)
                out[(8 * b + j) * (count / 8) + i / 8] |=
                    (unsigned char)((in[i * size + b] >> j & 1u) << i % 8);
}

static size_t bitshuffle(const unsigned *parameter, const unsigned char *in, size_t bytes,
                         unsigned char *out)
{
    const size_t size = parameter[2], usual = 8192 / size / 8 * 8;
    const size_t block = parameter[3] > 0 ? parameter[3] : usual > 128 ? usual : 128;
    size_t left = bytes / size, at = 0;
    unsigned char *const bits = malloc(block * size + 1);
    if (parameter[4] > 0) {
        at += big_endian(out, bytes, 8);
        at += big_endian(out + at, block * size, 4);
    }
    for (size_t now = 0; left >= 8; left -= now, in += now * size) {
        now = left < block ? left / 8 * 8 : block;
        transpose(in, size, now, bits);
        size_t made = now * size;
        const size_t head = parameter[4] > 0 ? 4 : 0;
        if (parameter[4] == 2)
            made = one_lz4(bits, now * size, out + at + head);
        else if (parameter[4] == 3)
            made = ZSTD_compress(out + at + head, rig_room(made), bits, now * size, 1);
        else
            memcpy(out + at, bits, made);
        if (head > 0)
            big_endian(out + at, made, 4);
        at += head + made;
    }
    memcpy(out + at, in, left * size);
    free(bits);
    return at + left * size;
}

static encoder *encoder_of(H5Z_filter_t id)
{
    static const struct {
        H5Z_filter_t id;
        encoder *apply;
    } table[] = {{H5Z_FILTER_SHUFFLE, shuffle},
                 {H5Z_FILTER_DEFLATE, deflate},
                 {H5Z_FILTER_FLETCHER32, fletcher},
                 {CPH_H5_LZF, lzf},
                 {CPH_H5_LZ4, lz4},
                 {CPH_H5_ZSTD, zstd},
                 {CPH_H5_BITSHUFFLE, bitshuffle}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (table[i].id == id)
            return table[i].apply;
    return NULL;
}

size_t rig_apply(const cph_h5_filters *filters, uint32_t mask, const unsigned char *in,
                 size_t bytes, unsigned char *out)
{
    unsigned char *const now = malloc(rig_room(bytes));
    memcpy(now, in, bytes);
    for (size_t i = 0; i < filters->count; i++) {
        if (mask >> i & 1u)
            continue;
        const cph_h5_filter *f = &filters->filter[i];
        bytes = encoder_of(f->id)(f->parameter, now, bytes, out);
        memcpy(now, out, bytes);
    }
    memcpy(out, now, bytes);
    free(now);
    return bytes;
}

/* ---- data sets ---- */

size_t rig_elements(const rig_set *set)
{
    size_t count = 1;
    for (size_t d = 0; d < set->rank; d++)
        count *= set->dim[d];
    return count;
}

void rig_free(rig_set *set)
{
    free(set->value);
    set->value = NULL;
}

static hid_t create(hid_t file, const rig_set *set)
{
    hsize_t dim[RIG_RANK], chunk[RIG_RANK];
    for (size_t d = 0; d < set->rank; d++) {
        dim[d] = set->dim[d];
        chunk[d] = set->chunk[d];
    }
    const hid_t plist = H5Pcreate(H5P_DATASET_CREATE);
    const hid_t space = H5Screate_simple((int)set->rank, dim, NULL);
    H5Pset_chunk(plist, (int)set->rank, chunk);
    if (set->plain_edges)
        H5Pset_chunk_opts(plist, H5D_CHUNK_DONT_FILTER_PARTIAL_CHUNKS);
    if (set->fill != NULL)
        H5Pset_fill_value(plist, set->type, set->fill);
    for (size_t i = 0; i < set->filters.count; i++) {
        const cph_h5_filter *f = &set->filters.filter[i];
        if (f->id == H5Z_FILTER_SHUFFLE)
            H5Pset_shuffle(plist);
        else if (f->id == H5Z_FILTER_FLETCHER32)
            H5Pset_fletcher32(plist);
        else if (f->id == H5Z_FILTER_DEFLATE)
            H5Pset_deflate(plist, f->parameter[0]);
        else
            H5Pset_filter(plist, f->id, H5Z_FLAG_OPTIONAL, 5, f->parameter);
    }
    const hid_t id = H5Dcreate2(file, "x", set->type, space, H5P_DEFAULT, plist, H5P_DEFAULT);
    H5Sclose(space);
    H5Pclose(plist);
    CU_ASSERT_FATAL(id >= 0);
    return id;
}

/* Copies what of a chunk lies within the set to the values. */
static void note(const rig_set *set, const size_t *origin, size_t size, const unsigned char *chunk)
{
    size_t elements = 1;
    for (size_t d = 0; d < set->rank; d++)
        elements *= set->chunk[d];
    for (size_t i = 0; i < elements; i++) {
        size_t place = 0, rest = i, step = 1, at;
        bool within = true;
        for (size_t d = set->rank; d-- > 0; rest /= set->chunk[d], step *= set->dim[d]) {
            at = origin[d] + rest % set->chunk[d];
            within = within && at < set->dim[d];
            place += at * step;
        }
        if (within)
            memcpy(set->value + place * size, chunk + i * size, size);
    }
}

/* Every chunk by itself: drawn, noted, filtered, hurt, written. */
static void write_chunk(hid_t id, rig_set *set, size_t index, const size_t *origin, size_t size,
                        size_t bytes, cph_random *random)
{
    unsigned char *const chunk = malloc(bytes), *const stored = malloc(rig_room(bytes));
    const bool absent = set->absent != NULL && set->absent(index);
    bool edge = false;
    hsize_t offset[RIG_RANK];
    for (size_t d = 0; d < set->rank; d++) {
        offset[d] = origin[d];
        edge = edge || origin[d] + set->chunk[d] > set->dim[d];
    }
    rig_draw(random, chunk, bytes);
    for (size_t i = 0; absent && i < bytes; i += size) {
        memset(chunk + i, 0, size);
        if (set->fill != NULL)
            memcpy(chunk + i, set->fill, size);
    }
    note(set, origin, size, chunk);
    if (!absent) {
        const uint32_t mask = set->plain_edges && edge ? UINT32_MAX
                              : set->mask != NULL      ? set->mask(index)
                                                       : 0;
        size_t made = rig_apply(&set->filters, mask, chunk, bytes, stored);
        if (set->hurt != NULL)
            set->hurt(index, stored, &made);
        CU_ASSERT(H5Dwrite_chunk(id, H5P_DEFAULT, set->plain_edges && edge ? 0 : mask, offset, made,
                                 stored) >= 0);
    }
    free(stored);
    free(chunk);
}

void rig_write(const char *path, rig_set *set, cph_random *random)
{
    const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    if (set->plain_edges)
        H5Pset_libver_bounds(access, H5F_LIBVER_LATEST, H5F_LIBVER_LATEST);
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    for (size_t i = 0; i < set->filters.count; i++) /* HDF5 makes no set of one that only decodes */
        if (set->filters.filter[i].id >= CPH_H5_LZF)
            (void)H5Zunregister(set->filters.filter[i].id);
    const hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, access);
    CU_ASSERT_FATAL(file >= 0);
    const hid_t id = create(file, set);
    const size_t size = H5Tget_size(set->type);
    size_t bytes = size, chunks = 1, origin[RIG_RANK];
    for (size_t d = 0; d < set->rank; d++) {
        bytes *= set->chunk[d];
        chunks *= (set->dim[d] + set->chunk[d] - 1) / set->chunk[d];
    }
    set->value = calloc(rig_elements(set), size);
    for (size_t i = 0; i < chunks; i++) {
        for (size_t d = set->rank, rest = i; d-- > 0;) {
            const size_t across = (set->dim[d] + set->chunk[d] - 1) / set->chunk[d];
            origin[d] = rest % across * set->chunk[d];
            rest /= across;
        }
        write_chunk(id, set, i, origin, size, bytes, random);
    }
    H5Dclose(id);
    H5Fclose(file);
    H5Pclose(access);
}
