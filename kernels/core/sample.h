/* SPDX-License-Identifier: MIT */
/** @file sample.h
 *  One sample of any type, for the oracles and for code that is not hot. */
#ifndef COPHASE_CORE_SAMPLE_H
#define COPHASE_CORE_SAMPLE_H

#include "cophase/types.h"

/** samples[i]; exact. */
static inline cph_c64 cph_sample(cph_type type, const void *samples, size_t i)
{
    switch (type) {
    case CPH_C8: {
        const cph_c8 x = ((const cph_c8 *)samples)[i];
        return (cph_c64){x.re, x.im};
    }
    case CPH_C16: {
        const cph_c16 x = ((const cph_c16 *)samples)[i];
        return (cph_c64){x.re, x.im};
    }
    default: {
        const cph_c32 x = ((const cph_c32 *)samples)[i];
        return (cph_c64){(double)x.re, (double)x.im};
    }
    }
}

#endif
