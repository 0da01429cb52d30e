/* SPDX-License-Identifier: MIT */
/** @file pin.h
 *  A core of its own for each thread of the timed process. */
#ifndef COPHASE_BENCH_PIN_H
#define COPHASE_BENCH_PIN_H

#include <stddef.h>

/** Binds the OpenMP threads of this process, the caller first, to the processors it may use, one
 *  each. Left to itself the system may run two of them on one core for seconds, with the first
 *  waiting for the second. Nothing happens where there are fewer processors than threads. */
void bench_pin_threads(size_t threads);

/** The same for a child: OMP_PLACES=... in text[bytes], as many of the processors as fit. They go
 *  by number, because names of places want /sys. */
void bench_pin_places(char *text, size_t bytes);

#endif
