/* SPDX-License-Identifier: MIT */
/** @file element_field.h
 *  Values of a sampled far field. */
#ifndef COPHASE_ELEMENT_FIELD_H
#define COPHASE_ELEMENT_FIELD_H

#include <math.h>

#include "cophase/element.h"

/** E toward the unit vector u (element's axes), Cartesian; 0 beyond the last theta. */
void cph_element_field_value(const cph_element_field *field, const double u[3], cph_c64 e[3]);

/** The angle from +z beyond which it is 0; pi of a whole sphere. */
static inline double cph_element_field_last(const cph_element_field *field)
{
    return field->sphere ? M_PI : (double)(field->thetas - 1) * field->step;
}

#endif
