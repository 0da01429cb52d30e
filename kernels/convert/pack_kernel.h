/* SPDX-License-Identifier: MIT */
/** @file pack_kernel.h
 *  Contracts of the kernels unpack_TYPE and pack_TYPE, which move samples between the layouts of
 *  devices and files and the type itself. Values are not looked at. */
#ifndef COPHASE_PACK_KERNEL_H
#define COPHASE_PACK_KERNEL_H

#include <stdbool.h>

#include "cophase/convert.h"

/** How the parts of samples lie; the pointers stand for that layout's. */
typedef struct cph_sample_form {
    cph_layout layout;
    bool swap; /**< bytes of each part in the other order */
} cph_sample_form;

/** out[i] = sample i of `count`, its parts at re (interleaved: all of them; real: the imaginary one
 *  becomes 0) and at im (planar alone, else not looked at). Any alignment. */
typedef void cph_unpack_fn(cph_sample_form form, const void *re, const void *im, size_t count,
                           void *out);

/** The reverse; the imaginary parts of the real layout are dropped. */
typedef void cph_pack_fn(cph_sample_form form, const void *in, size_t count, void *re, void *im);

/** The oracles, byte by byte. */
void cph_unpack_ref(cph_type type, cph_sample_form form, const void *re, const void *im,
                    size_t count, void *out);
void cph_pack_ref(cph_type type, cph_sample_form form, const void *in, size_t count, void *re,
                  void *im);

#endif
