/* SPDX-License-Identifier: MIT */
/** @file data_text.h
 *  What text files tell: arrays, states of a chip, far fields of elements, networks. Errors are
 *  reported as data.h says. */
#ifndef COPHASE_DATA_TEXT_H
#define COPHASE_DATA_TEXT_H

#include <stdbool.h>

#include "cophase/data.h"
#include "cophase/element.h"
#include "cophase/states.h"

CPH_BEGIN_DECLS

/** An array that text describes: a table of positions, the layout of a station of the OSKAR
 *  simulator, or an INI description (FORMAT.md). Texts are on the heap, NULL where absent; files
 *  named by an INI are joined to its folder. */
typedef struct cph_array_file {
    char *path;      /**< the file itself: FOLDER/layout.txt of a folder */
    char *positions; /**< INI: the file that elements come from */
    char *generator; /**< INI: words that `array` is still to be made of; it has no elements then */
    char *element;   /**< INI: words of an element pattern */
    char *gain[CPH_GAIN_PATHS]; /**< INI: calibration files */
    char *subarrays;            /**< INI: table of element numbers and subarrays */
    size_t tile[2];             /**< INI: subarrays of that many elements of a lattice; or 0 */
    size_t generator_line, element_line, tile_line; /**< for messages */
    size_t gain_line[CPH_GAIN_PATHS];               /**< so, too */
    bool has_frame;                                 /**< array.frame was given */
    bool has_boresight; /**< array.array_to_enu was given, by itself or by angles */
    size_t boresight_line;
    char polarization; /**< INI: of elements without one; or 0 */
    cph_array array;   /**< the elements; else what cph_array_file_dress gives to others */
} cph_array_file;

/** Whether `path` is such text, or to be opened as it: a folder, `*.ini`, `layout.txt`, or a file
 *  that begins with text and is not HDF5. */
CPH_API bool cph_array_file_probe(const char *path);

/** Reads it; free with cph_array_file_free. IO, MEMORY, FORMAT and MISSING name file and line. */
CPH_MUST_CHECK CPH_API cph_status cph_array_file_read(const char *path, cph_array_file *file,
                                                      cph_error *error);
CPH_API void cph_array_file_free(cph_array_file *file);

/** Gives an array made of file->generator the frame, site, orientation, label, polarisation and
 *  table of subarrays of the file. *array is changed in part after an error. FORMAT, IO, MISSING,
 *  MEMORY. */
CPH_MUST_CHECK CPH_API cph_status cph_array_file_dress(const cph_array_file *file, cph_array *array,
                                                       cph_error *error);

/** `name`, from the folder of the file unless it is absolute, on the heap; NULL: no memory. */
CPH_MUST_CHECK CPH_API char *cph_array_file_beside(const char *path, const char *name);

/** A chip's measured states from a text table, in order of their codes; free with cph_states_free.
 *  A line a state: `code,phase_deg,gain_db` (blanks and semicolons do too, `#` begins a remark),
 * the code decimal or 0x..., the phase by which the state advances the signal, the gain in any unit
 *  (0 where left out). A first line may name the columns, in any order. Errors: IO, MEMORY, FORMAT
 *  (a line that is no state, a code twice, no states). */
CPH_MUST_CHECK CPH_API cph_status cph_states_read(const char *path, cph_states *states,
                                                  cph_error *error);

/** Whether the name ends like a file of a far field: .cut, .ffe, .ffd. */
CPH_API bool cph_element_field_named(const char *path);

/** The far field of an element from a GRASP .cut, FEKO .ffe or HFSS .ffd file; free with
 *  cph_element_field_free. Of several frequencies the one nearest to freq_hz (NaN: the first);
 *  *field_freq_hz (may be NULL) becomes the file's, NaN where it says none. Fields are taken about
 *  the file's origin; with `centre` (metres, in the axes of the field; not NULL) their phase is
 *  referred to that place, at freq_hz. The grid must be even, theta from 0 (cuts through 0 from
 *  -theta to theta do) and phi all around; values are kept as they are. Errors: IO, MEMORY, FORMAT
 *  (a line that is not as the format wants it, with its number; a grid with gaps; a frequency more
 *  than 10 % off). */
CPH_MUST_CHECK CPH_API cph_status cph_element_field_read(const char *path, double freq_hz,
                                                         const double *centre,
                                                         cph_element_field *field,
                                                         double *field_freq_hz, cph_error *error);

/** Scattering parameters of an array's ports at one frequency. */
typedef struct cph_network {
    size_t ports;
    double freq_hz;       /**< that they are for */
    double reference_ohm; /**< of all ports */
    cph_c64 *s;           /**< [ports][ports]: s[n][m] is the wave out of n for one into m */
} cph_network;

/** From a Touchstone file of version 1, named .sNp for N ports, S, Y or Z parameters (the latter
 * two normalised to R, as that version has them). Between two frequencies real and imaginary parts
 * are interpolated linearly. freq_hz NaN: the file must have one frequency. Noise data of two-ports
 * are passed over. Free with cph_network_free. Errors: IO, MEMORY, UNSUPPORTED (version 2, H and
 * G), FORMAT (a line that is none, with its number; a frequency that the file does not cover, of
 * one frequency: within 1 %). */
CPH_MUST_CHECK CPH_API cph_status cph_network_read(const char *path, double freq_hz,
                                                   cph_network *network, cph_error *error);
CPH_API void cph_network_free(cph_network *network);

CPH_END_DECLS

#endif
