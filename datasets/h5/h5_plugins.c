/* SPDX-License-Identifier: MIT */
/* The filters that HDF5 lacks, handed to it for the data sets that it reads itself: numbers of
 * kinds that h5_cast.c does not know, other filters beside these. It calls them behind its lock. */
#include <string.h>
#include <zstd.h>

#include "datasets/h5/h5_filters.h"
#include "kernels/core/size.h"

/* No stream of theirs makes more bytes of one: a run of Zstandard makes 128 KiB of four. */
enum { EXPANSION_MAX = 1 << 15, LZF_SIZE_PARAMETER = 2, WHOLE_BYTES = 8 };

/* What a stored chunk becomes, as it or the filter's parameters say; 0: they do not. */
static uint64_t size_made(const cph_h5_filter *f, const unsigned char *in, size_t bytes)
{
    if (f->id == CPH_H5_LZF)
        return f->parameter[LZF_SIZE_PARAMETER];
    if (f->id == CPH_H5_ZSTD) {
        const unsigned long long size = ZSTD_getFrameContentSize(in, bytes);
        return size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR ? 0 : size;
    }
    if (f->id == CPH_H5_BITSHUFFLE && f->parameter[CPH_H5_BITSHUFFLE_CODE] == 0)
        return bytes;
    return bytes < WHOLE_BYTES ? 0 : cph_h5_big_endian(in, WHOLE_BYTES);
}

/* What fill makes of the buffer takes its place: the bytes that it then holds, 0 for a failure. */
typedef size_t fill_fn(const cph_h5_filter *f, cph_h5_tools *tools, const void *in, size_t bytes,
                       void *out, size_t room);

static size_t replace(const cph_h5_filter *f, size_t bytes, size_t room, fill_fn *fill,
                      size_t *buffer_size, void **buffer)
{
    cph_h5_tools tools = {0};
    void *out = H5allocate_memory(room, false);
    const size_t made = out == NULL ? 0 : fill(f, &tools, *buffer, bytes, out, room);
    cph_h5_tools_free(&tools);
    if (made == 0) {
        H5free_memory(out);
        return 0;
    }
    H5free_memory(*buffer);
    *buffer = out;
    *buffer_size = room;
    return made;
}

static size_t undo(const cph_h5_filter *f, cph_h5_tools *tools, const void *in, size_t bytes,
                   void *out, size_t room)
{
    const cph_h5_filters filters = {.count = 1, .filter = {*f}};
    char why[CPH_H5_WHY];
    return cph_h5_filters_undo(&filters, 0, tools, in, bytes, out, room, why) == CPH_OK ? room : 0;
}

static size_t apply(const cph_h5_filter *f, cph_h5_tools *tools, const void *in, size_t bytes,
                    void *out, size_t room)
{
    (void)room;
    return cph_h5_encode(f, tools, in, bytes, out);
}

/* As HDF5 calls it. */
static size_t call(H5Z_filter_t id, unsigned flags, size_t parameters, const unsigned *parameter,
                   size_t bytes, size_t *buffer_size, void **buffer)
{
    cph_h5_filter f = {.id = id};
    if (parameters > 0)
        memcpy(f.parameter, parameter,
               cph_size_min(parameters, CPH_H5_PARAMETERS) * sizeof *parameter);
    if ((flags & H5Z_FLAG_REVERSE) == 0)
        return !cph_h5_encodes(&f, bytes)
                   ? 0
                   : replace(&f, bytes, cph_h5_encode_room(&f, bytes), apply, buffer_size, buffer);
    const uint64_t size = bytes > 0 ? size_made(&f, *buffer, bytes) : 0;
    return size == 0 || size >= UINT32_MAX || size / EXPANSION_MAX > bytes
               ? 0
               : replace(&f, bytes, (size_t)size, undo, buffer_size, buffer);
}

#define FILTER(name, id)                                                                           \
    static size_t name(unsigned flags, size_t parameters, const unsigned parameter[],              \
                       size_t bytes, size_t *buffer_size, void **buffer)                           \
    {                                                                                              \
        return call(id, flags, parameters, parameter, bytes, buffer_size, buffer);                 \
    }
FILTER(lzf, CPH_H5_LZF)
FILTER(lz4, CPH_H5_LZ4)
FILTER(bitshuffle, CPH_H5_BITSHUFFLE)
FILTER(zstd, CPH_H5_ZSTD)
#undef FILTER

void cph_h5_use_filters(void)
{
    static const struct {
        H5Z_filter_t id;
        const char *name;
        H5Z_func_t filter;
    } table[] = {{CPH_H5_LZF, "lzf", lzf},
                 {CPH_H5_LZ4, "lz4", lz4},
                 {CPH_H5_BITSHUFFLE, "bitshuffle", bitshuffle},
                 {CPH_H5_ZSTD, "zstd", zstd}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        const H5Z_class2_t class = {.version = H5Z_CLASS_T_VERS,
                                    .id = table[i].id,
                                    .encoder_present = table[i].id == CPH_H5_BITSHUFFLE,
                                    .decoder_present = 1,
                                    .name = table[i].name,
                                    .filter = table[i].filter};
        if (H5Zfilter_avail(table[i].id) <= 0)
            (void)H5Zregister(&class); /* a failure is that of the read that needs it */
    }
}
