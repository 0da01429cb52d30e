/* SPDX-License-Identifier: MIT */
/** @file compare.h
 *  Two runs of the benchmark, path by path.
 *
 *  speed = old median / new median. On one machine, own = speed / machine, machine being the new
 *  roof of the path over its old one: what a slower or faster clock explains is taken out. On
 *  different machines own = speed. own counts as a change beyond
 *
 *      tolerance = max(3 %, sqrt(s_old^2 + s_new^2)),
 *
 *  s being half of p90 - p10 over the median (10 % where a run does not tell). No change within a
 *  tolerance above 10 % means no verdict. Neither is there one where the roof of the path and the
 *  median of all roofs, taken for machine, do not lead to the same: a roof that moves alone is no
 *  evidence about a kernel. */
#ifndef COPHASE_BENCH_COMPARE_H
#define COPHASE_BENCH_COMPARE_H

#include "bench/report/report.h"

typedef enum report_verdict {
    REPORT_SLOWER,
    REPORT_FASTER,
    REPORT_SAME,
    REPORT_NOISY,
    REPORT_NO_FIGURE, /**< a time is null */
    REPORT_VERDICTS
} report_verdict;
extern const char *const report_verdict_name[REPORT_VERDICTS];

typedef struct report_pair {
    const report_case *old_case, *new_case;
    const report_path *old_path, *new_path;
    double speed, machine, own, tolerance;
    report_verdict verdict;
} report_pair;

/** What only one of the runs has: a case (path is NULL) or a path of a case that both have. */
typedef struct report_lone {
    const report_case *of;
    const report_path *path;
    bool in_old;
} report_lone;

typedef struct report_comparison {
    const report *was, *is;
    bool same_machine;
    report_pair *pair;
    size_t pairs, common_cases;
    report_lone *lone;
    size_t lones;
    size_t count[REPORT_VERDICTS];
} report_comparison;

/** Errors: MISSING when no case is in both; MEMORY. Both reports must outlive the comparison. */
cph_status report_compare(report_comparison *c, const report *was, const report *is,
                          cph_error *error);
void report_comparison_free(report_comparison *c);

/** New over old roofs at a thread count, the median of all that both runs have; NaN for none. */
double report_machine_change(const report *was, const report *is, size_t threads);

/** How the runs themselves differ, one line each: machine, version, compiler, clock. Calls `line`
 *  for each. */
void report_differences(const report_comparison *c, void (*line)(void *context, const char *text),
                        void *context);

json_t *report_comparison_json(const report_comparison *c);
void report_comparison_print(const report_comparison *c, FILE *file);

#endif
