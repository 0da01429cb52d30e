/* SPDX-License-Identifier: MIT */
/** @file solutions.h
 *  Calibrations and weights in memory and in files. Errors are reported as data.h says. */
#ifndef COPHASE_SOLUTIONS_H
#define COPHASE_SOLUTIONS_H

#include "cophase/data_write.h"

CPH_BEGIN_DECLS

/** A calibration in memory. Arrays are [time][channel][element] unless said. */
typedef struct cph_calibration {
    cph_array array; /**< the calibrated inputs only; `number` and `polarization` identify them */
    size_t times, channels;
    cph_c64 *gain;           /**< observed = gain * true; NaN where flagged */
    double *phase_sigma;     /**< rad */
    double *amplitude_sigma; /**< relative */
    double *delay_s;         /**< by which the element's signal comes late: gains turn by
                                  exp(-j 2 pi (f - channel_freq_hz) delay_s) within a channel; NaN
                                  unknown. NULL: nothing is known of delays */
    cph_c64 *leakage;        /**< D-term of the input, as in cph_jones_solution: the part of its
                                  antenna's other polarisation over its own gain, of X J_xy/J_xx,
                                  of Y J_yx/J_yy; NaN unknown. NULL: nothing is known of leakage */
    double *leakage_sigma;   /**< rms modulus of its errors, NaN unknown; NULL as leakage is */
    cph_c64 *coupling;       /**< [time][channel][element][element] C of observed = C true, by rows,
                                  the gains on its diagonal; NaN unknown, and in rows of flagged
                                  elements. NULL: nothing is known of coupling */
    double *coupling_sigma;  /**< rms modulus of its errors, NaN unknown; NULL as coupling is */
    unsigned char *filled;   /**< 1: the gain is no measurement but filled in from other channels;
                                  NULL: none is */
    unsigned char *flag;     /**< cph_flag */
    double *chi2_dof;        /**< [time][channel] */
    double *channel_freq_hz; /**< [channel] */
    double *time_unix_s;     /**< [time] */
    char gauge[64];          /**< "mean phase 0, mean |g| 1" */
    cph_gain_path path;      /**< whose gains they are; RECEIVE unless set */
    cph_c64 *behind;         /**< gains that the file holds behind flags too, for those who divide
                                  flagged data; NULL where there are none. Never written */
    bool time_factor;        /**< its file says that gains are for exp(+j w t), as they are here;
                                  all that is written says so */
} cph_calibration;

/** Allocates all arrays (gains NaN, flags UNSOLVED) for a copy of `array`. */
CPH_MUST_CHECK CPH_API cph_status cph_calibration_create(const cph_array *array, size_t times,
                                                         size_t channels,
                                                         cph_calibration *calibration);
CPH_API void cph_calibration_free(cph_calibration *calibration);
/** Makes room for delays, NaN, where there is none. Errors: ARGUMENT, MEMORY. */
CPH_MUST_CHECK CPH_API cph_status cph_calibration_add_delays(cph_calibration *calibration);
/** The same for leakages and their standard errors: both, or on MEMORY neither. */
CPH_MUST_CHECK CPH_API cph_status cph_calibration_add_leakages(cph_calibration *calibration);
/** The same for marks of what is filled, 0. */
CPH_MUST_CHECK CPH_API cph_status cph_calibration_add_filled(cph_calibration *calibration);
/** The same for coupling and its standard errors. Errors: also OVERFLOW. */
CPH_MUST_CHECK CPH_API cph_status cph_calibration_add_coupling(cph_calibration *calibration);
CPH_MUST_CHECK CPH_API cph_status cph_calibration_read(const char *path,
                                                       cph_calibration *calibration,
                                                       cph_error *error);
CPH_MUST_CHECK CPH_API cph_status cph_calibration_write(const char *path,
                                                        const cph_calibration *calibration,
                                                        const cph_write_options *options,
                                                        cph_error *error);
/** Makes a calibration one for data with that header, where its file leaves things open. Without a
 *  word on the time factor its gains and leakages are in the convention of the data's layout, and
 *  conjugated where that is the other (UVH5). Without polarisations it is for data of a single one.
 */
CPH_API void cph_calibration_adapt(cph_calibration *calibration, const cph_data_header *header);
/** The channel nearest to freq_hz. Refused where freq_hz is further from it than half the way to
 *  the next channel, or than 1 % of a single one (FORMAT), and where either frequency is unknown
 *  (MISSING); *error goes behind the name of the file that the channels are of. */
CPH_MUST_CHECK CPH_API cph_status cph_channel_find(const double *channel_freq_hz, size_t channels,
                                                   double freq_hz, size_t *channel,
                                                   cph_error *error);

/** The solution nearest to time_unix_s; one that is alone is for all times. Refused where that is
 *  further from it than half the way to the next solution (FORMAT), and where either time is
 * unknown (MISSING); *error goes behind the name of the file. */
CPH_MUST_CHECK CPH_API cph_status cph_solution_find(const double *solution_unix_s, size_t solutions,
                                                    double time_unix_s, size_t *solution,
                                                    cph_error *error);

/** Gains and flags (cph_flag) of one time for the inputs of `array` at freq_hz (nearest channel):
 *  gain [array->elements], flag [array->elements]. Inputs are matched by number and polarisation;
 *  one that the calibration lacks is flagged UNSOLVED. Refused (FORMAT) when positions of matched
 *  inputs differ by more than 1 mm, when nothing matches, or as
 *  cph_channel_find does. */
CPH_MUST_CHECK CPH_API cph_status cph_calibration_lookup(const cph_calibration *calibration,
                                                         const cph_array *array, double freq_hz,
                                                         size_t time, cph_c64 *gain,
                                                         unsigned char *flag, cph_error *error);

/** C of one time for the inputs of `array` at freq_hz, [array->elements][array->elements] by rows:
 *  rows of inputs that are flagged or that the calibration lacks are 0, as is what is not known of
 *  others; the diagonal is that of the gains. ARGUMENT where it holds no coupling; else refused as
 *  cph_calibration_lookup is. */
CPH_MUST_CHECK CPH_API cph_status cph_calibration_coupling(const cph_calibration *calibration,
                                                           const cph_array *array, double freq_hz,
                                                           size_t time, cph_c64 *matrix,
                                                           cph_error *error);

/** Beam weights in memory. */
typedef struct cph_weights {
    cph_array array;
    size_t beams, channels;
    cph_c32 *weights;            /**< [beam][channel][element], y = w^H x, flagged elements 0 */
    double *direction;           /**< [beam][3] unit vectors, array frame */
    char (*name)[CPH_NAME_SIZE]; /**< [beam] */
    double *channel_freq_hz;     /**< [channel] */
    unsigned precision_bits;     /**< 32: float */
    cph_gain_path path;          /**< that they are for; RECEIVE unless set */
} cph_weights;

CPH_MUST_CHECK CPH_API cph_status cph_weights_create(const cph_array *array, size_t beams,
                                                     size_t channels, cph_weights *weights);
CPH_API void cph_weights_free(cph_weights *weights);
CPH_MUST_CHECK CPH_API cph_status cph_weights_read(const char *path, cph_weights *weights,
                                                   cph_error *error);
CPH_MUST_CHECK CPH_API cph_status cph_weights_write(const char *path, const cph_weights *weights,
                                                    const cph_write_options *options,
                                                    cph_error *error);

CPH_END_DECLS

#endif
