/* SPDX-License-Identifier: MIT */
#define LOOPS bench_loops_autoavx512
#include "bench/loops_body.h"
