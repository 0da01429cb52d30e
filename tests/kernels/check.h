/* SPDX-License-Identifier: MIT */
/** @file check.h
 *  Cases: a kernel's variant, inputs of one shape, and the comparison with its double oracle. A
 *  family's file (check_FAMILY.c) makes them; main.c checks them, the benchmark times them. */
#ifndef COPHASE_TESTS_CHECK_H
#define COPHASE_TESTS_CHECK_H

#include "cophase/random.h"
#include "kernels/core/kernels.h"

typedef enum check_pattern {
    CHECK_RANDOM,
    CHECK_FULL_SCALE, /**< every part at a limit of its type, mostly the lower one */
    CHECK_ONE_HOT,    /**< one sample or element that is not zero, its parts different */
    CHECK_PATTERNS
} check_pattern;

/** Where buffers lie. */
typedef enum check_place {
    CHECK_AT_END,   /**< the last byte before a page that cannot be touched */
    CHECK_AT_START, /**< the first byte after such a page */
    CHECK_ODD,      /**< aligned to the item and to no more */
    CHECK_PLACES,
    CHECK_ALIGNED = CHECK_PLACES /**< to 64 bytes, for the benchmark */
} check_place;

typedef struct check_config {
    cph_isa isa;
    check_pattern pattern;
    check_place place;
    unsigned weight_bits; /**< 8 or 16; 0 is 16 */
    cph_type output;      /**< of beams where output_scale is not 0 */
    float output_scale;
    size_t times, elements, beams; /**< beams: directions of a steering vector */
    size_t channels;               /**< 0 is 1 */
    size_t pad;                    /**< leading dimensions are this much longer than the rows */
    const cph_exec *exec;
    uint64_t seed;
} check_config;

/** Memory with a page before and a page behind that cannot be touched. What is left of its own
 *  pages holds CHECK_GUARD bytes (not a number, read as float). */
typedef struct check_buffer {
    unsigned char *pages, *data;
    size_t page_bytes, bytes;
} check_buffer;

enum { CHECK_GUARD = 0xff, CHECK_BUFFERS = 8 };

typedef struct check_case {
    check_config config;
    cph_random random;
    check_buffer buffer[CHECK_BUFFERS];
    size_t buffers;
    cph_type type; /**< of the samples */
    unsigned weight_bits;
    const void *samples, *weights;
    cph_any_fn *kernel;
    void *plan, *workspace, *sums;
    float scale;
    uint64_t count;
    /** Runs the variant once. */
    cph_status (*run)(struct check_case *c);
    /** The largest error of the output, in units of the contract's bound (0 or infinite where bits
     *  must be equal). Infinite when anything between the rows was written. */
    double (*error)(struct check_case *c);
    const check_buffer *output;
    bool threaded;            /**< run uses config.exec */
    double operations, bytes; /**< of one run: useful operations on numbers, bytes in and out */
} check_case;

/** Prepares a case of kernel k: allocates, draws inputs, makes the plan. */
typedef void check_make(check_case *c);
#define CPH_KERNEL(k, type, sets, summary) check_make check_case_##k;
#include "kernels/kernels.def"
#undef CPH_KERNEL

typedef struct check_kernel {
    const char *name;
    enum cph_kernel_index index;
    check_make *make;
} check_kernel;
/** The rows of kernels.def. */
extern const check_kernel check_kernels[CPH_KERNEL_ROWS];

/** Makes, and frees, a case. */
void check_open(check_case *c, const check_kernel *kernel, const check_config *config);
void check_close(check_case *c);
/** Whether all bytes around the buffers are what they were. */
bool check_guards(const check_case *c);

/* ---- for families ---- */

/** A buffer of the case, full of guard bytes; item is the alignment it needs. Its place is that of
 *  the configuration, or `aligned` to 64 bytes (plans, workspaces). */
check_buffer *check_memory(check_case *c, size_t bytes, size_t item);
check_buffer *check_aligned(check_case *c, size_t bytes);
/** Fills rows x columns samples at stride ld by the pattern of the configuration. */
void check_fill(check_case *c, cph_type type, void *samples, size_t rows, size_t columns,
                size_t ld);
/** Whether everything between the rows still holds guard bytes. */
bool check_gaps(const void *data, size_t rows, size_t columns, size_t ld, size_t item);
/** |value - exact| / bound; 0 for equal values, infinite for NaN or a bound of 0. */
double check_ratio(double value, double exact, double bound);
/** check_ratio of both parts, the larger. */
double check_ratio_c64(cph_c64 value, cph_c64 exact, cph_c64 bound);
/** Room for `count` items of `bytes`, zeroed, to be freed; ends the program when there is none. */
void *check_room(size_t count, size_t bytes);
/** Uniform in [-1, 1). */
double check_draw(check_case *c);
/** The best variant of `kernel` that does not exceed the tier of the case. */
cph_any_fn *check_variant(const check_case *c, enum cph_kernel_index kernel);
#define CHECK_VARIANT(c, k) ((cph_fn_##k *)check_variant(c, CPH_KERNEL_##k))

/* ---- for the checks ---- */

/** Counts a claim; a false one is printed with its place. */
void check_that(bool holds, const char *file, int line, const char *format, ...) CPH_PRINTF(4, 5);
#define CHECK(holds, ...) check_that(holds, __FILE__, __LINE__, __VA_ARGS__)

/** Whether all bytes are `value`. */
bool check_untouched(const void *data, size_t bytes, unsigned char value);

typedef struct check_counts {
    uint64_t passed, failed;
} check_counts;
/** Of all claims so far. */
check_counts check_counted(void);

/** What a family claims beyond its bound: wrong arguments, special values. */
void check_claims_batch(uint64_t seed);
void check_claims_steer(void);
void check_claims_stefcal(void);
void check_claims_retarget(void);
void check_claims_beamform(void);
void check_claims_channelize(uint64_t seed);
void check_claims_convert(void);
void check_claims_track(void);
void check_claims_lattice(uint64_t seed);
void check_claims_level(void);
void check_claims_samples(uint64_t seed);
void check_claims_covariance(void);
void check_claims_covariance_stream(void);

#endif
