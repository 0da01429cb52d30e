/* SPDX-License-Identifier: MIT */
/** @file plain.h
 *  The subjects that stand on the plain loops of loops.h instead of the library. */
#ifndef COPHASE_BENCH_PLAIN_H
#define COPHASE_BENCH_PLAIN_H

#include "bench/loops.h"
#include "bench/subject.h"

/** The loops for the subject's tier; NULL where the tier has none of its own. */
const bench_loops *bench_plain_loops(cph_isa isa);

cph_status bench_plain_beamform_open(bench_subject *s);
cph_status bench_plain_beamform_run(bench_subject *s, const void *samples);
cph_status bench_plain_covariance_open(bench_subject *s);
cph_status bench_plain_covariance_run(bench_subject *s, const void *samples);
/** r[p * N + q] of the lower triangle; empties the sums. */
void bench_plain_covariance_take(bench_subject *s, cph_c64 *r);
cph_status bench_plain_convert_run(bench_subject *s, const void *samples);

#endif
