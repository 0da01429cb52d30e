/* SPDX-License-Identifier: MIT */
/** @file array_text_rig.h
 *  Arrays in text that are written, read and refused. */
#ifndef CPH_TESTS_ARRAY_TEXT_RIG_H
#define CPH_TESTS_ARRAY_TEXT_RIG_H

#include "cophase/data_text.h"

const char *array_text_rig_write(const char *name, const char *text);
void array_text_rig_read(const char *path, cph_array_file *file);
/** The message names the file and has the words. */
void array_text_rig_refused(const char *path, cph_status status, const char *words);
void array_text_rig_is_at(const cph_element *element, double x, double y, double z);

#endif
