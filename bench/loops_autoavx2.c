/* SPDX-License-Identifier: MIT */
#define LOOPS bench_loops_autoavx2
#include "bench/loops_body.h"
