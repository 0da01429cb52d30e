/* SPDX-License-Identifier: MIT */
/** @file h5_filters.h
 *  The filters of a chunked data set, undone here and on any thread: HDF5 undoes them behind one
 *  lock. */
#ifndef CPH_H5_H5_FILTERS_H
#define CPH_H5_H5_FILTERS_H

#include "datasets/h5/h5.h"

/** Registered numbers of filters. */
enum { CPH_H5_LZF = 32000, CPH_H5_LZ4 = 32004, CPH_H5_BITSHUFFLE = 32008, CPH_H5_ZSTD = 32015 };

enum { CPH_H5_FILTERS = 8, CPH_H5_PARAMETERS = 8, CPH_H5_WHY = 160 };

/** Which parameter of bitshuffle says how it compresses; 0: not at all. */
enum { CPH_H5_BITSHUFFLE_CODE = 4 };

/** A filter as the file describes it. */
typedef struct cph_h5_filter {
    H5Z_filter_t id;
    unsigned parameter[CPH_H5_PARAMETERS]; /**< 0 beyond those that there are */
} cph_h5_filter;

/** In the order in which they were applied. */
typedef struct cph_h5_filters {
    size_t count;
    cph_h5_filter filter[CPH_H5_FILTERS];
} cph_h5_filters;

/** What one thread undoes filters with. All zeros to begin with. */
typedef struct cph_h5_tools {
    struct libdeflate_decompressor *deflate;
    struct ZSTD_DCtx_s *zstd;
    struct {
        unsigned char *data;
        size_t bytes;
    } room[3]; /**< between two filters, and a block of bitshuffle */
} cph_h5_tools;

/** False when one of them is not known here, or two of them compress: HDF5 must read the set. */
bool cph_h5_filters_of(hid_t plist, cph_h5_filters *filters);

/** Undoes those that the mask of a chunk does not leave out. stored [stored_bytes] becomes
 *  out [bytes], not 0, which it must fill; they must not overlap. FORMAT, MEMORY: `why` says what
 *  is wrong. Besides out it takes at most 3 (bytes + stored_bytes + 64) bytes and what the
 *  decompressors do (some 200 KiB). */
CPH_MUST_CHECK cph_status cph_h5_filters_undo(const cph_h5_filters *filters, uint32_t mask,
                                              cph_h5_tools *tools, const void *stored,
                                              size_t stored_bytes, void *out, size_t bytes,
                                              char why[CPH_H5_WHY]);
void cph_h5_tools_free(cph_h5_tools *tools);

/* ---- for the files of the filters ---- */

/** One filter of one chunk. */
typedef struct cph_h5_step {
    const cph_h5_filter *filter;
    cph_h5_tools *tools;
    const unsigned char *in;
    size_t in_bytes;
    unsigned char *out;
    size_t out_bytes; /**< must be filled */
    char *why;
} cph_h5_step;

/** Fills why; returns FORMAT. */
CPH_PRINTF(2, 3) cph_status cph_h5_step_fail(const cph_h5_step *step, const char *format, ...);
/** Room `which` of the tools, at least `bytes`; NULL when there is no memory. */
unsigned char *cph_h5_room(cph_h5_tools *tools, size_t which, size_t bytes);

/** The first `bytes` of a number, at most 8, the highest first. */
uint64_t cph_h5_big_endian(const unsigned char *in, size_t bytes);
/** LZF's stream in[length] to out[size] exactly; false where it says anything else (h5_lzf.c). */
bool cph_h5_lzf_decode(const unsigned char *in, size_t length, unsigned char *out, size_t size);
cph_status cph_h5_undo_bitshuffle(const cph_h5_step *step);
cph_status cph_h5_undo_lz4(const cph_h5_step *step);
cph_status cph_h5_undo_zstd(const cph_h5_step *step);
/** in[in_bytes] of one block of LZ4 or one frame of Zstandard to out[out_bytes] exactly. */
cph_status cph_h5_block_lz4(const cph_h5_step *step);
cph_status cph_h5_block_zstd(const cph_h5_step *step);
/** Numbers of `size` bytes in a block of bitshuffle that does not say how many. */
size_t cph_h5_bitshuffle_block(size_t size);
/** Fletcher's checksum of filter 3. */
uint32_t cph_h5_fletcher32(const unsigned char *data, size_t bytes);

/* ---- writing (h5_encode.c) ---- */

/** Whether a filter can be applied here to `bytes`: bitshuffle with LZ4 alone. */
bool cph_h5_encodes(const cph_h5_filter *filter, size_t bytes);
/** Bytes that it may make of them. */
size_t cph_h5_encode_room(const cph_h5_filter *filter, size_t bytes);
/** Applies it to in[bytes]; the bytes that it made, 0 when there is no memory. */
size_t cph_h5_encode(const cph_h5_filter *filter, cph_h5_tools *tools, const unsigned char *in,
                     size_t bytes, unsigned char *out);

#endif
