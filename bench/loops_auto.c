/* SPDX-License-Identifier: MIT */
#define LOOPS bench_loops_auto
#include "bench/loops_body.h"
