/* SPDX-License-Identifier: MIT */
/** @file h5.h
 *  Thin helpers over HDF5: what is absent, of another type or of another size becomes a status and
 *  one line that names file, object, value and expectation. Nothing here prints. */
#ifndef CPH_H5_H5_H
#define CPH_H5_H5_H

#include <hdf5.h>
#include <stdbool.h>
#include <stdint.h>

#include "cophase/exec.h"

enum { CPH_H5_RANK = 8 };

/** An open file, and where the running call wants its errors. */
typedef struct cph_h5 {
    hid_t file;
    const char *path;     /**< for messages */
    uint64_t bytes;       /**< size of the file */
    cph_error *error;     /**< may be NULL */
    const cph_exec *exec; /**< threads that boxes are read on; NULL: the caller's alone */
    bool by_hdf5;         /**< HDF5 reads all data sets that are opened */
    bool damaged;         /**< files whose end is cut off are opened, too */
    bool cut;             /**< it is one */
    bool follow;          /**< it is still being written (SWMR) */
    bool *empty;          /**< NULL, or becomes true where nothing but samples is missing */
} cph_h5;

/* ---- errors (h5_error.c) ---- */

/** Turns off HDF5's printing of its error stack in this thread, for good: it also prints while the
 *  process ends. Every public function begins with it. */
void cph_h5_quiet(void);

/** Whether several threads may call HDF5 at once (one waits for the other). */
bool cph_h5_thread_safe(void);

/** Fills *error (may be NULL) with "path: object: text"; object may be NULL. Returns status. */
CPH_PRINTF(5, 6)
cph_status cph_h5_error(cph_error *error, cph_status status, const char *path, const char *object,
                        const char *format, ...);

/** The same for an open file. */
#define cph_h5_fail(h5, status, object, ...)                                                       \
    cph_h5_error((h5)->error, status, (h5)->path, object, __VA_ARGS__)

/** Right after a failed HDF5 call: IO when the system refused, UNSUPPORTED when a filter is not
 *  installed, else FORMAT; the message is `what` and HDF5's innermost reason. */
cph_status cph_h5_fail_call(const cph_h5 *h5, const char *object, const char *what);

/* ---- files (h5_file.c) ---- */

/** Opens for reading; h5->error must be set. IO, FORMAT (not HDF5, cut off unless h5->damaged). */
CPH_MUST_CHECK cph_status cph_h5_open(const char *path, cph_h5 *h5);
void cph_h5_close(cph_h5 *h5);
/** Opens a file that HDF5 refuses because its end is cut off (h5_cut.c). */
hid_t cph_h5_open_cut(const char *path, hid_t access);

/** Whether somebody has the file open for writing, as its superblock says (from version 3 on). */
bool cph_h5_is_written(const cph_h5 *h5);
/** Its file descriptor; negative: it has none. */
int cph_h5_descriptor(const cph_h5 *h5);

/** Whether every part of an absolute path exists and the last one is an object. */
bool cph_h5_exists(const cph_h5 *h5, const char *object);

/* ---- filters (h5_plugins.c) ---- */

/** Makes LZF, LZ4, bitshuffle and Zstandard, which HDF5 lacks, readable by it in this process where
 *  no plugin does, and bitshuffle with LZ4 writable; again changes nothing. */
void cph_h5_use_filters(void);

/* ---- attributes (h5_attr.c) ---- absent, or a null data space: *value says so, CPH_OK. A name
 * in the file may have a space or tab behind it. Wrong type or size: FORMAT. */

bool cph_h5_has_attr(const cph_h5 *h5, const char *object, const char *name);
/** NaN when absent. Any integer or float of one element. */
CPH_MUST_CHECK cph_status cph_h5_number(const cph_h5 *h5, const char *object, const char *name,
                                        double *value);
/** `count` numbers; NaN in the first when absent. */
CPH_MUST_CHECK cph_status cph_h5_numbers(const cph_h5 *h5, const char *object, const char *name,
                                         size_t count, double *value);
/** "" when absent. Fixed, variable and UCS-4 strings; cut to size, padding removed, one line. */
CPH_MUST_CHECK cph_status cph_h5_text(const cph_h5 *h5, const char *object, const char *name,
                                      char *value, size_t size);
/** The whole text, of any number of lines, on the heap; NULL when absent. */
CPH_MUST_CHECK cph_status cph_h5_text_all(const cph_h5 *h5, const char *object, const char *name,
                                          char **value);

/* ---- types (h5_type.c) ---- */

/** An integer or float whose bits lie within its bytes. */
bool cph_h5_is_number(hid_t type);
/** A compound of two such numbers that lie within it, apart. */
bool cph_h5_is_pair(hid_t type);

/* ---- strings of any length (h5_heap.c) ---- */

/** `count` strings of any length of an attribute or data set `id`, each on the heap; text[count] is
 *  all NULL before, and whatever status there is, cph_h5_heap_free frees it. memory, space: what
 *  H5Dread takes; not of an attribute. `object` is what errors name. FORMAT when the collections of
 *  the file that hold them are damaged, which HDF5 1.10 would not survive; IO, MEMORY. Source: HDF5
 *  File Format Specification 3.0, III.E. */
CPH_MUST_CHECK cph_status cph_h5_heap_read(const cph_h5 *h5, const char *object, hid_t id,
                                           hid_t memory, hid_t space, size_t count, char **text);
/** Frees the strings and the list of them; NULL is fine. */
void cph_h5_heap_free(size_t count, char **text);

/* ---- data sets (h5_set.c) ---- */

/** An open data set whose claimed size is one that the file can hold. */
typedef struct cph_h5_set {
    hid_t id;         /**< negative when not open */
    const char *name; /**< static text */
    size_t rank;
    size_t dim[CPH_H5_RANK];
    size_t chunk[CPH_H5_RANK]; /**< rows that are read together; dim when not chunked */
    H5T_class_t type_class;
    size_t type_size;
    bool is_number;
    size_t inner;           /**< of a trailing axis that rank does not count; 0: there is none */
    struct cph_h5_raw *raw; /**< h5_raw.h; NULL: HDF5 reads it */
} cph_h5_set;

/** MISSING when absent; FORMAT when it is no data set, empty, or claims more than the file can
 *  hold. */
CPH_MUST_CHECK cph_status cph_h5_set_open(const cph_h5 *h5, const char *name, cph_h5_set *set);
void cph_h5_set_close(cph_h5_set *set);
/** The shape as it is now, of a file that is followed: only the first axis may have grown. *rows of
 *  it can be read: where chunks have filters, which are written again while they fill, those of
 *  whole ones unless `last`. FORMAT, IO. */
CPH_MUST_CHECK cph_status cph_h5_set_refresh(const cph_h5 *h5, cph_h5_set *set, bool last,
                                             size_t *rows);
/** FORMAT unless the rank is `rank` and each dim[i] is expect[i] (0: any). `axes` names them for
 *  the message. */
CPH_MUST_CHECK cph_status cph_h5_set_shape(const cph_h5 *h5, const cph_h5_set *set, size_t rank,
                                           const size_t *expect, const char *axes);

/** Numbers of any type and byte order as doubles, shape exactly dim[rank]. */
CPH_MUST_CHECK cph_status cph_h5_doubles(const cph_h5 *h5, const char *name, size_t rank,
                                         const size_t *dim, double *value);
/** The box [start, start + count) of a set of numbers or pairs, packed, as `memory_type`, past HDF5
 *  where its filters and numbers are known here: on the threads of h5->exec, which the result does
 *  not depend on. Not for two threads at once on one set. */
CPH_MUST_CHECK cph_status cph_h5_box_read(const cph_h5 *h5, const cph_h5_set *set,
                                          hid_t memory_type, const size_t *start,
                                          const size_t *count, void *out);
/** Bytes at most that it takes beside `out`. */
size_t cph_h5_set_scratch(const cph_h5_set *set, size_t threads);
/** The box [start, start + count), not empty, of a set of numbers. FORMAT when it holds others. */
CPH_MUST_CHECK cph_status cph_h5_set_read(const cph_h5 *h5, const cph_h5_set *set,
                                          hid_t memory_type, const size_t *start,
                                          const size_t *count, void *value);
/** Strings [count], each cut to `size` with its zero; fixed, variable, or UCS-4 [count][length]. */
CPH_MUST_CHECK cph_status cph_h5_strings(const cph_h5 *h5, const char *name, size_t count,
                                         size_t size, char *value);

/* ---- complex data sets (h5_complex.c) ---- */

typedef enum cph_h5_form {
    CPH_H5_PAIR, /**< compound {r, i}, {real, imag} or {re, im} */
    CPH_H5_AXIS, /**< plain numbers with a trailing axis of two */
    CPH_H5_REAL  /**< plain numbers, read as {x, 0} */
} cph_h5_form;

typedef struct cph_h5_complex {
    cph_h5_set set; /**< rank and dim without a trailing axis of two */
    cph_h5_form form;
    char name[2][8];        /**< of the members of a pair */
    H5T_class_t part_class; /**< H5T_INTEGER or H5T_FLOAT */
    size_t part_size;
    bool part_signed;
} cph_h5_complex;

/** real: plain numbers are real samples. FORMAT when it is neither real nor complex. */
CPH_MUST_CHECK cph_status cph_h5_complex_open(const cph_h5 *h5, const char *name, bool real,
                                              cph_h5_complex *complex);
/** The box [start, start + count) as pairs of the native type `part`, packed. */
CPH_MUST_CHECK cph_status cph_h5_complex_read(const cph_h5 *h5, const cph_h5_complex *complex,
                                              hid_t part, const size_t *start, const size_t *count,
                                              void *out);
/** The compound {re, im} of a part type, packed; the caller closes it. */
hid_t cph_h5_pair_type(hid_t part, const char *re, const char *im);
/** Booleans as Python stores them. */
hid_t cph_h5_boolean_type(void);
/** A whole data set of exactly dim[rank] as doubles. */
CPH_MUST_CHECK cph_status cph_h5_complex_all(const cph_h5 *h5, const char *name, size_t rank,
                                             const size_t *dim, cph_c64 *value);

/* ---- text (h5_text.c) ---- */

/** Copies `length` bytes, padding removed, to out[size]: cut between characters of UTF-8, control
 *  characters made spaces, always terminated. */
void cph_h5_text_line(char *out, size_t size, const char *text, size_t length);
/** UCS-4 code points to UTF-8; out has 4 * count + 1 bytes. */
void cph_h5_text_ucs4(const uint32_t *code, size_t count, char *out);

/* ---- writing (h5_put.c) ---- a negative return of HDF5 becomes false; why is in the sink. */

bool cph_h5_put_text(hid_t object, const char *name, const char *value);
/** A variable-length string: for texts over 64 KiB. */
bool cph_h5_put_long_text(hid_t object, const char *name, const char *value);
bool cph_h5_put_number(hid_t object, const char *name, double value);
bool cph_h5_put_numbers(hid_t object, const char *name, size_t count, const double *value);
bool cph_h5_put_integer(hid_t object, const char *name, int64_t value);
/** A data set of `file_type` written from memory of `memory_type`; *set may be NULL, else it
 *  receives the open data set. */
bool cph_h5_put_set(hid_t file, const char *name, size_t rank, const size_t *dim, hid_t file_type,
                    hid_t memory_type, const void *value, hid_t *set);
bool cph_h5_put_doubles(hid_t file, const char *name, size_t rank, const size_t *dim,
                        const double *value);
/** Strings of value[count][size] as fixed-length UTF-8, `rank` and `dim` as the product is count.
 */
bool cph_h5_put_strings(hid_t file, const char *name, size_t rank, const size_t *dim, size_t size,
                        const char *value);

/* ---- copying (h5_copy.c) ---- */

/** What is in a group, which `to` has already, with all that is below, but for the paths of
 *  left_out (NULL at its end). Numbers, enumerations, complex pairs and text; types, shapes and
 *  chunks stay, filters become shuffle and deflate. Attributes stay behind: HDF5 1.10 cannot list
 *  damaged ones. Everything is read as carefully as elsewhere. to: file, path and error.
 *  UNSUPPORTED for other data sets; FORMAT, MEMORY, IO. */
CPH_MUST_CHECK cph_status cph_h5_copy(const cph_h5 *from, const char *group,
                                      const char *const *left_out, const cph_h5 *to);

#endif
