/* SPDX-License-Identifier: MIT */
/** @file fw_decode.h
 *  A beam image for chips, decoded into weights, and compared with those that it is to be. */
#ifndef CPH_CLI_FW_DECODE_H
#define CPH_CLI_FW_DECODE_H

#include "cli/image_options.h"
#include "cophase/pattern.h"
#include "cophase/solutions.h"

/** An image in memory. Zero-initialise; free with cph_fw_decoded_free. */
typedef struct cph_fw_decoded {
    cph_fw_image image;
    size_t bytes;
    uint32_t crc;    /**< cph_fw_image_crc */
    uint32_t *words; /**< the image */
    cph_states states;
    uint32_t *index; /**< [65536] of a code, the index of its state; CPH_STATE_OFF: none */
    double
        step_db; /**< that a step of the ADAR1000's amplifier adds; NaN: all gains must be alike */
} cph_fw_decoded;

/** Reads an image: all of it is checked. Errors: IO, MEMORY, FORMAT; those of the states. */
cph_status cph_fw_decode_open(const char *path, const cph_image_options *options, double step_db,
                              cph_fw_decoded *decoded, cph_error *error);
void cph_fw_decoded_free(cph_fw_decoded *decoded);

cph_gain_path cph_fw_decoded_path(const cph_fw_decoded *decoded);

/** Weights w = conj(what the codes do) of a beam, [N], 0 where switched off. FORMAT: a code without
 *  a state, or gains that differ. */
cph_status cph_fw_decode_beam(const cph_fw_decoded *decoded, const char *path, size_t beam,
                              cph_c64 *w, cph_error *error);

/** One beam against the weights wanted. */
typedef struct cph_fw_compared {
    double loss_db;       /**< of the signal to noise ratio, as of cph_states_result */
    double phase_max_rad; /**< of an element that both drive, common phase fitted */
    double phase_rms_rad;
    double gain_max_db; /**< the same, at equal rms amplitude */
    double gain_rms_db;
    size_t driven; /**< by both */
    size_t lost;   /**< elements that the weights drive and the image does not */
    size_t extra;  /**< the other way round */
    bool has_pattern;
    cph_pattern_metrics wanted, made;
    double pointing_rad;     /**< between the two peaks; NaN without a pattern */
    double sidelobe_rise_db; /**< of the peak sidelobe; NaN where either has none */
} cph_fw_compared;

/** Scales w [N] so that sum conj(wanted) w = sum |wanted|^2 and fills in all but the pattern.
 * TOO_FEW when they have nothing in common. */
cph_status cph_fw_compare(size_t elements, const cph_c64 *wanted, cph_c64 *w,
                          cph_fw_compared *compared);

/** Fills in the pattern of isotropic elements without coupling. position [N][3]. Errors: of
 *  cph_pattern_analyse. */
cph_status cph_fw_compare_patterns(size_t elements, const double *position, double freq_hz,
                                   const double look[3], const cph_c64 *wanted, const cph_c64 *w,
                                   cph_fw_compared *compared);

#endif
