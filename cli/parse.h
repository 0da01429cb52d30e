/* SPDX-License-Identifier: MIT */
/** @file parse.h
 *  The grammar of the command line. Every function reads one whole word strictly (no blanks,
 *  nothing left over, finite, in range), leaves its output unchanged on error, and then says in
 *  one line what was expected. All return CPH_OK, CPH_ERR_ARGUMENT or CPH_ERR_MEMORY. */
#ifndef CPH_CLI_PARSE_H
#define CPH_CLI_PARSE_H

#include <stdbool.h>

#include "cophase/element.h"
#include "cophase/types.h"
#include "cophase/weights.h"
#include "kernels/core/fail.h"

/* ---- numbers and quantities ---- */

typedef enum cph_quantity {
    CPH_NUMBER,       /**< 0.25 */
    CPH_ANGLE,        /**< 20deg, 0.3rad, bare: degrees; gives radians */
    CPH_TIME,         /**< 10ms 2s 5us 1ns 0, at least 0; gives seconds */
    CPH_SPAN,         /**< the same, above 0 */
    CPH_FREQUENCY,    /**< 11.7e9 11.7GHz, above 0; gives hertz */
    CPH_POWER,        /**< -3dB, or bare and linear, at least 0; gives a linear ratio */
    CPH_DECIBEL,      /**< -30dB, bare: dB; gives dB */
    CPH_EIRP_DENSITY, /**< 14dBW/4kHz 14dBW, bare: the same; gives dBW / 4 kHz */
    CPH_METRES,       /**< 20mm 2cm 1.5m 0, at least 0; gives metres */
    CPH_SIZE,         /**< 256M 4096 1.5G (powers of 1024), at least 1; gives bytes */
    CPH_QUANTITY_COUNT
} cph_quantity;

cph_status cph_parse_quantity(cph_quantity quantity, const char *text, double *value,
                              cph_error *error);

/** One in [least, most] of the unit it gives; `expected` says which those are. */
cph_status cph_parse_within(cph_quantity quantity, const char *text, const double range[2],
                            const char *expected, double *value, cph_error *error);

/** UTC as 2026-11-23T10:00:00Z, or Unix seconds within 1e11; gives these. */
cph_status cph_parse_moment(const char *text, double *unix_s, cph_error *error);

/** A whole number in [min, max]. */
cph_status cph_parse_count(const char *text, size_t min, size_t max, size_t *value,
                           cph_error *error);

/** A whole number of 64 bits, decimal. */
cph_status cph_parse_u64(const char *text, uint64_t *value, cph_error *error);

/** Which of names[count] the word is. */
cph_status cph_parse_choice(const char *text, const char *const *names, size_t count, size_t *index,
                            cph_error *error);

/** "c8", "c16", "c32". */
const char *cph_type_name(cph_type type);

/** c8, c16 or c32. */
cph_status cph_parse_type(const char *text, cph_type *type, cph_error *error);

/** A length; in wavelengths it needs a frequency to mean metres. */
typedef struct cph_length {
    double value; /**< metres or wavelengths, above 0 */
    bool wavelengths;
} cph_length;

/** 0.5wl 12.8mm 2cm 2.5m 1km. */
cph_status cph_parse_length(const char *text, cph_length *length, cph_error *error);
double cph_length_metres(cph_length length, double freq_hz);
double cph_length_wavelengths(cph_length length, double freq_hz);

/* ---- lists and compounds ---- */

/** One `key=value` of a list. */
typedef struct cph_key {
    const char *name; /**< NULL ends a table */
    cph_quantity quantity;
    double *value;            /**< keeps what it holds when the key is not given */
    const char *const *words; /**< ended by NULL: the value is one of them, by its index; or NULL */
} cph_key;

/** Two quantities, `1dB,20deg`. */
cph_status cph_parse_pair(cph_quantity first, cph_quantity second, const char *text,
                          double value[2], cph_error *error);

/** Rms errors of gains, `0.5dB,3deg`, neither negative: dB and radians. */
cph_status cph_parse_gain_errors(const char *text, double rms[2], cph_error *error);

typedef enum cph_direction_kind {
    CPH_DIRECTION_SKY,
    CPH_DIRECTION_AZEL,
    CPH_DIRECTION_THETAPHI,
    CPH_DIRECTION_UV
} cph_direction_kind;

/** A taper and the word it was written as. */
typedef struct cph_named_taper {
    cph_taper taper;
    const char *text;
} cph_named_taper;

/** A direction as it was written; cph_direction_resolve (geometry.h) makes a unit vector of it. */
typedef struct cph_direction {
    cph_direction_kind kind;
    double angle[2];              /**< radians in the order written; u, v for UV */
    const char *text;             /**< the word itself, or a name; for names and messages */
    const cph_named_taper *taper; /**< of this beam alone; NULL: that of all */
} cph_direction;

/** `KIND:A,B[,key=value...]`; keys may be NULL for none. The text must outlive the result. */
cph_status cph_parse_direction(const char *text, const cph_key *keys, cph_direction *direction,
                               cph_error *error);

/** Directions in the order given. Zero-initialise; free with cph_directions_free. */
typedef struct cph_directions {
    size_t count, capacity;
    cph_direction *item;
} cph_directions;
cph_status cph_directions_add(cph_directions *list, const char *text, const cph_key *keys,
                              cph_error *error);
void cph_directions_free(cph_directions *list);

typedef enum cph_array_kind {
    CPH_ARRAY_ULA,
    CPH_ARRAY_URA,
    CPH_ARRAY_TRI,
    CPH_ARRAY_DISC,
    CPH_ARRAY_CIRCLE,
    CPH_ARRAY_CYLINDER,
    CPH_ARRAY_SPHERE,
    CPH_ARRAY_FILE
} cph_array_kind;

/** The forms of an array, for help and messages. */
#define CPH_ARRAY_FORMS                                                                            \
    "ula:N,d ura:AxB,d tri:N,d disc:N,d circle:N,d cylinder:AxB,d,radius sphere:N,d,radius "       \
    "(d as 0.5wl or 12.8mm) or a file"

/** An array as it was written; cph_array_build (geometry.h) makes it. */
typedef struct cph_array_spec {
    cph_array_kind kind;
    size_t count[2]; /**< N, or A and B; at most 2^24 elements in all */
    cph_length pitch;
    cph_length radius; /**< of a cylinder or sphere */
    const char *text;  /**< the word itself: the path of a FILE */
} cph_array_spec;

/** CPH_ARRAY_FORMS. The text must outlive the result. */
cph_status cph_parse_array(const char *text, cph_array_spec *spec, cph_error *error);

/** Whether a generated array has a length in metres: its phases then need a frequency. */
bool cph_array_spec_metric(const cph_array_spec *spec);

/** `NAME[:key=value,...]`, as cph_taper_forms lists them. */
cph_status cph_parse_taper(const char *text, cph_taper *taper, cph_error *error);

/** Every taper with its keys at their defaults, blank between them: for help and messages. */
void cph_taper_forms(char *forms, size_t size);

/** `isotropic`, `cos[:q=1]`, `dipole[:height=0.25,axis=x]` (height in wavelengths), or a path:
 *  kind CPH_ELEMENT_TABLE, whose table is still to be read. */
cph_status cph_parse_element(const char *text, cph_element_pattern *element, cph_error *error);

/** A time, or a number of samples. */
typedef struct cph_span {
    double value; /**< seconds; samples where `samples` is set */
    bool samples;
} cph_span;

/** 10ms 2s (CPH_TIME: at least 0; CPH_SPAN: above), or a whole number of samples: 4096. */
cph_status cph_parse_span(cph_quantity quantity, const char *text, cph_span *span,
                          cph_error *error);

/** Element numbers as ranges. Zero-initialise; free with cph_ranges_free. */
typedef struct cph_ranges {
    size_t count, capacity;
    struct {
        size_t first, last; /**< inclusive */
    } * item;
} cph_ranges;

/** Adds `3,17,20-25`. */
cph_status cph_ranges_add(cph_ranges *ranges, const char *text, cph_error *error);
bool cph_ranges_contain(const cph_ranges *ranges, size_t number);
/** The numbers in rising order without repeats, all of them below `limit` (else ARGUMENT);
 *  *index is the caller's to free. */
cph_status cph_ranges_expand(const cph_ranges *ranges, size_t limit, size_t **index, size_t *count,
                             cph_error *error);
/** All numbers below `limit`, likewise. */
cph_status cph_ranges_all(size_t limit, size_t **index, size_t *count, cph_error *error);
void cph_ranges_free(cph_ranges *ranges);

#endif
