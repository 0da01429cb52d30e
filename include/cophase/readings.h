/* SPDX-License-Identifier: MIT */
/** @file readings.h
 *  Files of calibration readings: power while phases are turned (kind "rev"), sums of all elements
 *  under codes (kind "coded"), the field in front of the array (kind "near-field"), in HDF5 or as
 *  text tables, what elements hear of each other (kind "coupling"), in HDF5 (datasets/FORMAT.md).
 * What solvers make of them is in power_calib.h, coded.h, state_table.h, near_field.h and
 * coupling_calib.h. */
#ifndef COPHASE_READINGS_H
#define COPHASE_READINGS_H

#include <stdbool.h>

#include "cophase/data.h"
#include "cophase/data_write.h"

CPH_BEGIN_DECLS

/** Power readings of C sweeps over M states each, of N elements. Owns its arrays; free with
 *  cph_rev_readings_free. */
typedef struct cph_rev_readings {
    cph_array array;       /**< N elements; positions may be unknown */
    size_t sweeps, steps;  /**< C, M */
    size_t tables;         /**< 1: the same states in all sweeps; or C */
    double *power;         /**< [C][M] linear, in any unit */
    cph_c64 *state;        /**< [tables][M] coefficient of the state over that of the rest state */
    uint32_t *setting;     /**< [tables][M] what the chip was told; NULL: unknown */
    unsigned char *member; /**< [C][N] 1 where sweep c turns element n; NULL: C = N, sweep n turns
                                element n */
    cph_c64 *signal;       /**< [N] what a true element would give; NULL: 1 */
    cph_c64 *truth;        /**< [N] true gains of a simulation, NaN for dead; or NULL */
    double freq_hz;        /**< NaN: unknown */
    double sigma;          /**< standard deviation of a reading; 0: unknown */
} cph_rev_readings;

/** Readings of sums under K codes, each once or (pairs) under the code and its opposite, R times;
 *  in S states of all shifters, the first of which is that of rest. Owns its arrays; free with
 *  cph_coded_readings_free. */
typedef struct cph_coded_readings {
    cph_array array;               /**< N elements; positions may be unknown */
    size_t states, codes, repeats; /**< S, K, R */
    size_t signs;                  /**< 1, or with pairs 2 */
    cph_c64 *reading;              /**< [S][K][signs][R] */
    cph_c64 *code;  /**< [K][signs][N] coefficient of element n under code k; NULL: the signs of
                         Sylvester's Hadamard matrix of order K, and their negatives */
    cph_c64 *state; /**< [S] what the state is meant to multiply by, over the first; NULL: S = 1 */
    uint32_t *setting; /**< [S] what the chips were told; NULL: unknown */
    cph_c64 *signal;   /**< [N] what a true element would give; NULL: 1 */
    cph_c64 *truth;    /**< [N] true gains of a simulation, NaN for dead; or NULL */
    double freq_hz;    /**< NaN: unknown */
    double sigma;      /**< square root of the noise power E|n|^2 of a reading; 0: unknown */
} cph_coded_readings;

/** The field that a probe found on a plane in front of N elements that radiate. Owns its arrays;
 *  free with cph_near_field_readings_free. */
typedef struct cph_near_field_readings {
    cph_array array;      /**< N elements; of a text none */
    size_t rows, columns; /**< along y, along x */
    cph_c64 *field;       /**< [rows][columns], NaN: not measured */
    double origin_m[2];   /**< x, y of the first sample, array frame */
    double spacing_m[2];  /**< along x, y; above 0 */
    double height_m;      /**< z of the plane; NaN: unknown, as in texts */
    double
        probe_cosine; /**< q of the probe's amplitude cos(angle from z)^q; 0: the same all over */
    double element_cosine; /**< likewise of all elements */
    cph_c64 *truth;        /**< [N] true gains of a simulation, NaN for dead; or NULL */
    double freq_hz;        /**< NaN: unknown */
    double sigma;          /**< rms modulus of the noise of a sample; 0: unknown */
} cph_near_field_readings;

/** What N elements hear of each other. Owns its arrays; free with cph_coupling_readings_free. */
typedef struct cph_coupling_readings {
    cph_array array;         /**< N elements; positions may be unknown */
    cph_c64 *s;              /**< [N][N] a row a receiving element; NaN: not measured */
    cph_c64 *truth;          /**< [N] true receive gains of a simulation, NaN for dead; or NULL */
    cph_c64 *truth_transmit; /**< [N] likewise of the transmit path */
    double freq_hz;          /**< NaN: unknown */
    double sigma;            /**< rms modulus of the error of an S_kn; 0: unknown */
} cph_coupling_readings;

/** Allocates power, states and (groups) membership, zeroed, for a copy of `array`; tables is 1 or
 *  sweeps. Errors: ARGUMENT (a size of 0; C != N without groups), OVERFLOW, MEMORY. */
CPH_MUST_CHECK CPH_API cph_status cph_rev_readings_create(const cph_array *array, size_t sweeps,
                                                          size_t steps, size_t tables, bool groups,
                                                          cph_rev_readings *readings);
CPH_API void cph_rev_readings_free(cph_rev_readings *readings);

/** Allocates readings and, where `coded`, codes, zeroed. Errors: ARGUMENT, OVERFLOW, MEMORY. */
CPH_MUST_CHECK CPH_API cph_status cph_coded_readings_create(const cph_array *array, size_t states,
                                                            size_t codes, size_t signs,
                                                            size_t repeats, bool coded,
                                                            cph_coded_readings *readings);
CPH_API void cph_coded_readings_free(cph_coded_readings *readings);

/** Allocates the field, zeroed, for a copy of `array` (NULL: none); height, spacing and frequency
 *  are NaN. Errors: ARGUMENT, OVERFLOW, MEMORY. */
CPH_MUST_CHECK CPH_API cph_status cph_near_field_readings_create(const cph_array *array,
                                                                 size_t rows, size_t columns,
                                                                 cph_near_field_readings *readings);
CPH_API void cph_near_field_readings_free(cph_near_field_readings *readings);

/** Allocates S, zeroed, for a copy of `array`. Errors: ARGUMENT, OVERFLOW, MEMORY. */
CPH_MUST_CHECK CPH_API cph_status cph_coupling_readings_create(const cph_array *array,
                                                               cph_coupling_readings *readings);
CPH_API void cph_coupling_readings_free(cph_coupling_readings *readings);

/** Whether a file holds readings, by its attribute `kind` or, of a text, by the columns that its
 *  first line names: CPH_KIND_REV, CPH_KIND_CODED, CPH_KIND_NEAR_FIELD, CPH_KIND_COUPLING;
 *  CPH_KIND_COUNT for anything else. */
CPH_API cph_kind cph_readings_kind(const char *path);

/** Reads such a file. Elements are those of /array, or as many as membership, codes or sweeps have;
 *  of a text those it names, in rising order of their numbers. Errors: IO, MEMORY, MISSING, FORMAT
 *  (another kind; shapes that disagree; a number that is not finite; of a text, with the number of
 *  the line: what is no reading, a sweep that is short of a step, goes on elsewhere or has a state
 *  twice, a reading that is there twice or not at all, of a field places that make no grid);
 *  *readings is then unchanged. */
CPH_MUST_CHECK CPH_API cph_status cph_rev_readings_read(const char *path,
                                                        cph_rev_readings *readings,
                                                        cph_error *error);
CPH_MUST_CHECK CPH_API cph_status cph_coded_readings_read(const char *path,
                                                          cph_coded_readings *readings,
                                                          cph_error *error);
CPH_MUST_CHECK CPH_API cph_status cph_near_field_readings_read(const char *path,
                                                               cph_near_field_readings *readings,
                                                               cph_error *error);
CPH_MUST_CHECK CPH_API cph_status cph_coupling_readings_read(const char *path,
                                                             cph_coupling_readings *readings,
                                                             cph_error *error);

/** Writes HDF5; codes whose coefficients are all 1, 0 or -1 become bytes. Errors: those of every
 *  writer of data.h. */
CPH_MUST_CHECK CPH_API cph_status cph_rev_readings_write(const char *path,
                                                         const cph_rev_readings *readings,
                                                         const cph_write_options *options,
                                                         cph_error *error);
CPH_MUST_CHECK CPH_API cph_status cph_coded_readings_write(const char *path,
                                                           const cph_coded_readings *readings,
                                                           const cph_write_options *options,
                                                           cph_error *error);
CPH_MUST_CHECK CPH_API cph_status
cph_near_field_readings_write(const char *path, const cph_near_field_readings *readings,
                              const cph_write_options *options, cph_error *error);
CPH_MUST_CHECK CPH_API cph_status cph_coupling_readings_write(const char *path,
                                                              const cph_coupling_readings *readings,
                                                              const cph_write_options *options,
                                                              cph_error *error);

CPH_END_DECLS

#endif
