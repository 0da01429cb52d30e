/* SPDX-License-Identifier: MIT */
/** @file output.h
 *  Which outputs may be written, of any kind of file. */
#ifndef CPH_NATIVE_OUTPUT_H
#define CPH_NATIVE_OUTPUT_H

#include "cophase/types.h"

/** Refuses an output that exists and is no regular file, or is one of the inputs; *real is the
 *  path to write, links followed, on the heap. */
CPH_MUST_CHECK cph_status cph_output_resolve(const char *path, const char *const *inputs,
                                             char **real, cph_error *error);
/** Makes way for NAME.partial: removes an old one. EXISTS when it is an input or no file. */
CPH_MUST_CHECK cph_status cph_output_clear(const char *partial, const char *const *inputs,
                                           cph_error *error);

#endif
