/* SPDX-License-Identifier: MIT */
/** @file types.h
 *  Sample types, statuses and attributes that every other header uses. */
#ifndef COPHASE_TYPES_H
#define COPHASE_TYPES_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define CPH_BEGIN_DECLS extern "C" {
#define CPH_END_DECLS   }
#else
#define CPH_BEGIN_DECLS
#define CPH_END_DECLS
#endif

#if defined(__GNUC__)
#define CPH_API             __attribute__((visibility("default")))
#define CPH_MUST_CHECK      __attribute__((warn_unused_result))
#define CPH_PRINTF(fmt, va) __attribute__((format(printf, fmt, va)))
#else
#define CPH_API
#define CPH_MUST_CHECK
#define CPH_PRINTF(fmt, va)
#endif

/** Speed of light in vacuum, m/s. */
#define CPH_SPEED_OF_LIGHT 299792458.0

/* Complex samples are pairs {re, im}; the number is the width of one part in bits. */
typedef struct cph_c8 {
    int8_t re, im;
} cph_c8;
typedef struct cph_c16 {
    int16_t re, im;
} cph_c16;
typedef struct cph_c32 {
    float re, im;
} cph_c32;
typedef struct cph_c64 {
    double re, im;
} cph_c64;

/** The sample types that kernels accept. */
typedef enum cph_type { CPH_C8, CPH_C16, CPH_C32, CPH_TYPE_COUNT } cph_type;

/** Size in bytes of one complex sample of the type; 0 for a value outside the enumeration. */
static inline size_t cph_type_size(cph_type type)
{
    return type == CPH_C8    ? sizeof(cph_c8)
           : type == CPH_C16 ? sizeof(cph_c16)
           : type == CPH_C32 ? sizeof(cph_c32)
                             : 0;
}

/** What a function has to say. 0 is success; values are fixed and never reused. */
typedef enum cph_status {
    CPH_OK = 0,
    CPH_ERR_ARGUMENT = -1,    /**< null pointer, size or value out of range, shapes that disagree */
    CPH_ERR_OVERFLOW = -2,    /**< a product of sizes does not fit size_t */
    CPH_ERR_MEMORY = -3,      /**< the heap, or the memory or workspace given, is too small */
    CPH_ERR_UNSUPPORTED = -4, /**< not on this machine or not in this build */
    CPH_ERR_IO = -5,          /**< the system refused to open, read or write */
    CPH_ERR_FORMAT = -6,      /**< a file does not hold what its kind requires */
    CPH_ERR_MISSING = -7,     /**< something needed is absent: positions, frequency, ... */
    CPH_ERR_SINGULAR = -8,    /**< the equations do not determine the answer */
    CPH_ERR_NOT_FINITE = -9,  /**< NaN or infinity where a number is needed */
    CPH_ERR_TOO_FEW = -10,    /**< fewer than 4 live elements, or no baseline left */
    CPH_ERR_EXISTS = -11,     /**< an output that must not be overwritten */
    CPH_ERR_INTERRUPTED = -12 /**< the caller asked to stop */
} cph_status;

/** Why something failed, for a person: names the file, the dataset, the value and what was
 *  expected. One line, no newline, always terminated. */
typedef struct cph_error {
    cph_status status;
    char message[500];
} cph_error;

CPH_BEGIN_DECLS

/** A short name of a status ("bad argument"); never NULL. */
CPH_API const char *cph_status_name(cph_status status);

/** "MAJOR.MINOR.PATCH" of the library. */
CPH_API const char *cph_version(void);

CPH_END_DECLS

#endif
