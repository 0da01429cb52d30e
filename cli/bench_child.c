/* SPDX-License-Identifier: MIT */
#include "cli/bench_child.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/clock.h"
#include "cli/progress.h"

cph_exit cph_bench_child(const cph_cli *cli, const char *const *word, double *seconds, double *peak)
{
    char *words[CPH_BENCH_WORDS + 1] = {NULL}, copy[CPH_BENCH_WORDS][CPH_BENCH_PATH];
    posix_spawn_file_actions_t actions;
    pid_t pid = 0;
    int state = 0;
    struct rusage usage = {0};
    for (size_t i = 0; i < CPH_BENCH_WORDS && word[i] != NULL;
         i++) { /* posix_spawn's are not const */
        snprintf(copy[i], sizeof copy[i], "%s", word[i]);
        words[i] = copy[i];
    }
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    const double start = bench_now();
    const int failed = posix_spawn(&pid, "/proc/self/exe", &actions, NULL, words, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failed != 0)
        return cph_report_line(cli->name, CPH_EXIT_FAILED, "cophase %s: %s", word[1],
                               strerror(failed));
    while (wait4(pid, &state, 0, &usage) < 0 && errno == EINTR) {
    }
    *seconds = bench_now() - start;
    *peak = 1024.0 * (double)usage.ru_maxrss;
    return WIFEXITED(state) && WEXITSTATUS(state) == 0
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
