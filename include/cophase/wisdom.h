/* SPDX-License-Identifier: MIT */
/** @file wisdom.h
 *  What FFTW found out by trial, as text to be kept (host only): plans that it covers are made at
 *  once, and are the same in every run. Of single precision, as filter banks and lattices have it;
 *  FFTW keeps one wisdom a process. */
#ifndef COPHASE_WISDOM_H
#define COPHASE_WISDOM_H

#include "cophase/types.h"

CPH_BEGIN_DECLS

/** *text on the heap, to be freed. Errors: ARGUMENT, MEMORY, UNSUPPORTED (a build without FFTW). */
CPH_MUST_CHECK CPH_API cph_status cph_wisdom_export(char **text);

/** Adds to what is known. Errors: ARGUMENT, FORMAT (no wisdom, or of another version of FFTW:
 *  nothing was added), UNSUPPORTED. */
CPH_MUST_CHECK CPH_API cph_status cph_wisdom_import(const char *text);

CPH_END_DECLS

#endif
