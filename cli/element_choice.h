/* SPDX-License-Identifier: MIT */
/** @file element_choice.h
 *  The elements of a pattern as --element asks for them: a formula, a table, or far fields from
 *  files, one for all or one each. */
#ifndef CPH_CLI_ELEMENT_CHOICE_H
#define CPH_CLI_ELEMENT_CHOICE_H

#include "cli/json.h"
#include "cophase/array.h"
#include "cophase/pattern.h"

/** Zero-initialise: isotropic. Free with cph_element_choice_free. */
typedef struct cph_element_choice {
    const char *text; /**< as written, or NULL */
    char *path;       /**< of what is read, without options; or NULL */
    cph_element_pattern pattern;
    cph_polarization polarization;
    bool about_array; /**< fields are told in the array's frame, phases about its origin */

    /* after cph_element_choice_load */
    cph_element_table table;
    size_t fields;
    cph_element_field *field;             /**< [fields] */
    cph_element_pattern *own;             /**< [fields] */
    const cph_element_pattern **embedded; /**< [N] in own, or NULL: all are `pattern` */
    double freq_hz;                       /**< of the first field; NaN: not said */
} cph_element_choice;

/** What cph_parse_element takes, or FILE.cut|.ffe|.ffd, with %d for the element's number in the
 * name for one each, or a CSV of `element,file` lines; fields may be followed by
 *  `:polarization=total,origin=element`. The text must outlive the choice. */
cph_status cph_element_choose(const char *text, cph_element_choice *choice, cph_error *error);

/** Whether its file can be read, errno saying why not; true without one and for one each. */
bool cph_element_choice_present(const cph_element_choice *choice);

/** Reads the files. position [N][3]; freq_hz NaN: unknown. Errors: IO, FORMAT, MISSING (phases
 * about the array without a frequency), MEMORY. */
cph_status cph_element_choice_load(cph_element_choice *choice, const cph_array *array,
                                   const double *position, double freq_hz, cph_error *error);

/** Hands elements, their axes ([N][9] or NULL) and the polarisation to an analysis. */
void cph_element_choice_apply(const cph_element_choice *choice, const double *axes,
                              cph_pattern_input *input);

/** Name, cross level, axial ratio and sense of the polarisation at the peak; null where elements
 *  have none. */
json_t *cph_polarization_object(const cph_pattern_input *input, const double peak[3]);
/** The same as a line of text, or nothing. */
void cph_polarization_print(const cph_pattern_input *input, const double peak[3]);

void cph_element_choice_free(cph_element_choice *choice);

#endif
