/* SPDX-License-Identifier: MIT */
#include "cli/progress.h"

#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { BAR_WIDTH = 40 };

void cph_progress_start(cph_progress *progress, const cph_cli *cli, const char *label, size_t total)
{
    bool on = total > 0 && !cli->quiet && isatty(STDERR_FILENO);
    *progress = (cph_progress){.label = label, .total = total, .shown = on ? 0 : -1};
}

void cph_progress_update(cph_progress *progress, size_t done)
{
    if (progress->shown < 0)
        return;
    double share = (double)done / (double)progress->total;
    int percent = share < 1 ? (int)(100 * share) : 100;
    if (percent == progress->shown)
        return;
    progress->shown = percent;
    char bar[BAR_WIDTH + 1];
    for (int i = 0; i < BAR_WIDTH; i++)
        bar[i] = i * 100 < percent * BAR_WIDTH ? '#' : '.';
    bar[BAR_WIDTH] = '\0';
    fprintf(stderr, "\r%s [%s] %3d %%", progress->label, bar, percent);
    fflush(stderr);
}

void cph_progress_end(cph_progress *progress)
{
    if (progress->shown > 0)
        fputs("\r\033[K", stderr);
    progress->shown = -1;
}

static volatile sig_atomic_t stop_asked;
static volatile time_t asked_at_s;

/* timeout(1) and terminals send a signal to the process and again to its group: only a later one
 * comes from somebody who won't wait. */
static void ask_to_stop(int signal_number)
{
    enum { PATIENCE_S = 2 };
    struct timespec now = {0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (stop_asked == 0)
        asked_at_s = now.tv_sec;
    else if (now.tv_sec - asked_at_s >= PATIENCE_S) {
        signal(signal_number, SIG_DFL);
        raise(signal_number);
    }
    stop_asked = 1;
}

void cph_interrupt_catch(void)
{
    static const int signals[] = {SIGHUP, SIGINT, SIGTERM};
    struct sigaction action = {.sa_handler = ask_to_stop, .sa_flags = SA_RESTART};
    struct sigaction before;
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
        sigaddset(&action.sa_mask, signals[i]);
    /* What nohup(1) ignores stays ignored. */
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
        if (sigaction(signals[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
            sigaction(signals[i], &action, NULL);
}

bool cph_interrupted(void)
{
    return stop_asked != 0;
}
