/* SPDX-License-Identifier: MIT */
/** @file doctor_words.h
 *  Conventions in words. */
#ifndef CPH_CLI_DOCTOR_WORDS_H
#define CPH_CLI_DOCTOR_WORDS_H

#include "cli/doctor_readings.h"
#include "cophase/doctor.h"

enum { CPH_WORDS = 400 };

/** "data conjugated, x mirrored"; "as given". */
void cph_convention_name(const cph_convention *convention, size_t elements,
                         const cph_readings *readings, char text[CPH_WORDS]);

/** What to do about it: "conjugate the samples; positions: x to the other side". */
void cph_convention_remedy(const cph_convention *convention, size_t elements,
                           const cph_readings *readings, char text[CPH_WORDS]);

#endif
