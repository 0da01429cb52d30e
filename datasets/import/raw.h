/* SPDX-License-Identifier: MIT */
/** @file raw.h
 *  Captures that are plain bytes in files: where each sample is, and how its parts are written.
 *  The layouts say that alone; reading is the same for all. */
#ifndef CPH_IMPORT_RAW_H
#define CPH_IMPORT_RAW_H

#include "datasets/data.h"

/** How a sample is written: "ci16_le", "rf32_be", "cu8", ... as SigMF names it. */
typedef struct cph_raw_item {
    bool complex;
    char kind;         /**< 'i', 'u' (offset binary: half of the range is 0) or 'f' */
    size_t part_bytes; /**< 1, 2 or 4; floats 4 or 8 */
    bool big_endian;
    size_t bytes;  /**< of a sample */
    cph_type type; /**< that it is read as: 32-bit integers and doubles as floats */
} cph_raw_item;

/** False when it is no such name. */
CPH_MUST_CHECK bool cph_raw_item_parse(const char *name, cph_raw_item *item);
/** Whether samples are written alike. */
bool cph_raw_item_same(const cph_raw_item *a, const cph_raw_item *b);
/** What names look like, for messages. */
#define CPH_RAW_ITEMS                                                                              \
    "c or r, then i8, u8, or one of i16 u16 i32 u32 f32 f64 and _le or _be, as ci16_le"

/** out[t * ld + n] = sample t * in_ld + n of `in`, which is changed on the way. */
CPH_MUST_CHECK cph_status cph_raw_unpack(const cph_raw_item *item, void *in, size_t in_ld,
                                         size_t elements, size_t times, void *out, size_t ld);

/** How the samples of a segment follow each other. */
typedef enum cph_raw_order {
    CPH_RAW_TIME_MAJOR,    /**< all elements of a time, then the next time */
    CPH_RAW_ELEMENT_MAJOR, /**< all times of an element, then the next element */
    CPH_RAW_FILES          /**< a file an element */
} cph_raw_order;

/** Times that follow each other in the file. */
typedef struct cph_raw_segment {
    size_t first, times; /**< in the capture */
    uint64_t lost;       /**< times before it, in all */
    uint64_t offset;     /**< byte of the first one's first element */
} cph_raw_segment;

/** data->layout of a layout in plain bytes. */
typedef struct cph_raw {
    cph_raw_item item;
    cph_raw_order order;
    size_t elements;
    size_t files;             /**< 1, or one an element */
    int *fd;                  /**< [files] */
    char **path;              /**< [files] */
    uint64_t *bytes;          /**< [files] */
    cph_raw_segment *segment; /**< [segments] in order, without holes between them */
    size_t segments;
    cph_c64 *truth;  /**< [elements]; NULL: none */
    double *delay_s; /**< [elements] of the truth; NULL: none */
    char **source;   /**< [sources] lines of source_size bytes that come with it; NULL: none */
    size_t sources, source_size;
    void *buffer; /**< [buffer_bytes] */
    size_t buffer_bytes;
    uint64_t trailing; /**< bytes behind the last sample */
    /** Adds what follows the segments in files that have become longer, with cph_raw_add; NULL: the
     *  last segment has become longer. `last`: no more comes, and what is left over is told. */
    cph_status (*grow)(cph_data *data, bool last);
    void *scan; /**< what it goes on with, on the heap; NULL: nothing */
} cph_raw;

/** data->layout and reader, with room for `files`; data_free frees it. MEMORY. */
CPH_MUST_CHECK cph_status cph_raw_make(cph_data *data, size_t files, cph_raw **raw);
/** Opens the file `index`, whose path is on the heap and is taken over. IO, FORMAT. */
CPH_MUST_CHECK cph_status cph_raw_open_file(cph_data *data, size_t index, char *path);
/** Adds a segment behind those there are; `lost` times were lost between it and the one before.
 *  MEMORY, OVERFLOW. */
CPH_MUST_CHECK cph_status cph_raw_add(cph_data *data, size_t times, uint64_t offset, uint64_t lost);
/** Bytes of one time in a file; SIZE_MAX when they are too many. */
size_t cph_raw_row(const cph_raw *raw);
/** Makes the last segment as long as the files are by now. UNSUPPORTED for elements one behind the
 *  other. */
CPH_MUST_CHECK cph_status cph_raw_lengthen(cph_data *data, bool last);
/** Tells that file `index` has `bytes` behind its last whole time. */
void cph_raw_remark_end(cph_data *data, size_t index, uint64_t bytes);
/** Fills the header from item, elements and segments, all set before; checks that the segments are
 *  in the files. FORMAT, MEMORY, OVERFLOW. */
CPH_MUST_CHECK cph_status cph_raw_finish(cph_data *data);

/** Appends words to header.remark. */
CPH_PRINTF(2, 3)
void cph_data_remark(cph_data *data, const char *format, ...);

#endif
