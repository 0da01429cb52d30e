/* SPDX-License-Identifier: MIT */
#include "cli/bench_child.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench/clock.h"
#include "cli/child.h"
#include "cli/progress.h"

cph_exit cph_bench_child(const cph_cli *cli, const char *const *word, double *seconds, double *peak)
{
    const double start = bench_now();
    const cph_child child = cph_child_run(word, NULL, NULL);
    *seconds = bench_now() - start;
    *peak = child.peak;
    if (child.failed != 0)
        return cph_report_line(cli->name, CPH_EXIT_FAILED, "cophase %s: %s", word[1],
                               strerror(child.failed));
    return child.exited && child.code == 0
               ? CPH_EXIT_DONE
               : cph_report_line(cli->name, CPH_EXIT_FAILED, "cophase %s failed", word[1]);
}

static int rising(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double cph_bench_median(double *value)
{
    qsort(value, CPH_BENCH_ROUNDS, sizeof *value, rising);
    return value[CPH_BENCH_ROUNDS / 2];
}

cph_exit cph_bench_child_median(const cph_cli *cli, const char *const *word, double *seconds,
                                double *peak)
{
    double whole_s[CPH_BENCH_ROUNDS] = {0}, first_s = 0.0, one = 0.0;
    cph_exit code = cph_bench_child(cli, word, &first_s, &one);
    *peak = one;
    for (size_t i = 0; code == CPH_EXIT_DONE && i < CPH_BENCH_ROUNDS; i++) {
        code = cph_bench_child(cli, word, &whole_s[i], &one);
        *peak = fmax(*peak, one);
        if (code == CPH_EXIT_DONE && cph_interrupted())
            code = cph_report_line(cli->name, CPH_EXIT_FAILED, "interrupted");
    }
    *seconds = cph_bench_median(whole_s);
    return code;
}
