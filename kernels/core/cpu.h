/* SPDX-License-Identifier: MIT */
#ifndef COPHASE_CORE_CPU_H
#define COPHASE_CORE_CPU_H

#include "cophase/dispatch.h"

/** One bit per tier (1 << cph_isa) that this processor executes and whose registers the operating
 *  system saves. */
unsigned cph_cpu_tiers(void);

#endif
