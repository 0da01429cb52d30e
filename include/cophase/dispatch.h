/* SPDX-License-Identifier: MIT */
/** @file dispatch.h
 *  Which instruction sets the kernels use (host only). */
#ifndef COPHASE_DISPATCH_H
#define COPHASE_DISPATCH_H

#include <stdbool.h>

#include "cophase/types.h"

CPH_BEGIN_DECLS

/** Instruction-set tiers in rising order of preference. A tier takes in the lower ones that the
 *  machine has. BF16 stands below VNNI: where both exist the integer products are as fast or
 *  faster, and exact. */
typedef enum cph_isa {
    CPH_ISA_SCALAR,
    CPH_ISA_AVX2,       /**< AVX2 and FMA */
    CPH_ISA_AVX512,     /**< AVX-512 F, BW, DQ, VL */
    CPH_ISA_AVX512BF16, /**< and BF16 */
    CPH_ISA_AVX512VNNI, /**< and VNNI */
    CPH_ISA_NEON,       /**< Advanced SIMD of AArch64 */
    CPH_ISA_NEONDOT,    /**< and its integer dot product */
    CPH_ISA_COUNT
} cph_isa;

/** "scalar", "avx2", "avx512", ...; NULL for a value outside the enumeration. */
CPH_API const char *cph_isa_name(cph_isa isa);

/** Whether this processor and operating system can run the tier and the build contains it. */
CPH_API bool cph_isa_available(cph_isa isa);

/** Binds every kernel to the best variant that does not exceed the tier `name`; NULL or ""
 *  takes the environment's COPHASE_ISA, and where that is unset too the best of the machine.
 *  Idempotent and thread-safe: the first successful call decides, and a later one with another
 *  tier gets CPH_ERR_ARGUMENT. An unknown or unavailable name is CPH_ERR_UNSUPPORTED and *error
 *  (may be NULL) lists what there is. Kernels called before bind themselves as with NULL, to
 *  the best of the machine where COPHASE_ISA is not usable. */
CPH_MUST_CHECK CPH_API cph_status cph_dispatch_init(const char *name, cph_error *error);

/** The tier in use (binds first, as a kernel would). */
CPH_API cph_isa cph_dispatch_isa(void);

/** One row of kernels/kernels.def. */
typedef struct cph_kernel_info {
    const char *name;        /**< "beamform_c8" */
    const char *summary;     /**< one line */
    bool has[CPH_ISA_COUNT]; /**< variants in this build */
    cph_isa bound;           /**< the variant in use */
} cph_kernel_info;

/** Number of rows of kernels/kernels.def. */
CPH_API size_t cph_kernel_count(void);

/** Row `index` of the list; CPH_ERR_ARGUMENT beyond its end. */
CPH_MUST_CHECK CPH_API cph_status cph_kernel_describe(size_t index, cph_kernel_info *info);

CPH_END_DECLS

#endif
