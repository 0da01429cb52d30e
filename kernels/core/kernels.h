/* SPDX-License-Identifier: MIT */
/** @file kernels.h
 *  What kernels.def declares: an index, a function type and the variants of each kernel; and
 *  CPH_BOUND(name), the variant to call. */
#ifndef COPHASE_CORE_KERNELS_H
#define COPHASE_CORE_KERNELS_H

#include "cophase/dispatch.h"
#include "kernels/adaptive/batch_kernel.h"
#include "kernels/beamform/beamform_kernel.h"
#include "kernels/beamform/lattice_kernel.h"
#include "kernels/channelize/fir_kernel.h"
#include "kernels/convert/convert_kernel.h"
#include "kernels/convert/level_kernel.h"
#include "kernels/convert/pack_kernel.h"
#include "kernels/convert/unshuffle_kernel.h"
#include "kernels/core/isa.h"
#include "kernels/covariance/covariance_kernel.h"
#include "kernels/steer/retarget_kernel.h"
#include "kernels/steer/steer_kernel.h"
#include "kernels/stefcal/stefcal_kernel.h"
#include "kernels/track/track_kernel.h"

enum cph_kernel_index {
#define CPH_KERNEL(k, type, sets, summary) CPH_KERNEL_##k,
#include "kernels/kernels.def"
#undef CPH_KERNEL
    CPH_KERNEL_ROWS
};

#define CPH_DECLARE(k, set)                CPH_IF_##set(extern cph_fn_##k cph_##k##_##set;)
#define CPH_KERNEL(k, type, sets, summary) typedef type cph_fn_##k;
#include "kernels/kernels.def"
#undef CPH_KERNEL
#define CPH_KERNEL(k, type, sets, summary) CPH_EACH_SET(CPH_DECLARE, k, sets)
#include "kernels/kernels.def"
#undef CPH_KERNEL
#undef CPH_DECLARE

/** Any kernel; cast it to its own type before the call. */
typedef void cph_any_fn(void);

#ifdef CPH_CORE
/* Firmware binds at compile time, so that the linker drops what is not called. */
#define CPH_BOUND(k) (cph_##k##_scalar)
#else
/** The best variant that the dispatch allows. */
cph_any_fn *cph_kernel_bound(enum cph_kernel_index kernel);

/** The variant for one set; NULL where the build or the machine does not have it. */
cph_any_fn *cph_kernel_variant(enum cph_kernel_index kernel, cph_isa isa);

#define CPH_BOUND(k)        ((cph_fn_##k *)cph_kernel_bound(CPH_KERNEL_##k))
#define CPH_VARIANT(k, isa) ((cph_fn_##k *)cph_kernel_variant(CPH_KERNEL_##k, isa))
#endif

#endif
