/* SPDX-License-Identifier: MIT */
#include "cli/progress.h"

#include <signal.h>
#include <stdio.h>
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

static void ask_to_stop(int signal_number)
{
    (void)signal_number;
    stop_asked = 1;
}

void cph_interrupt_catch(void)
{
    /* SA_RESETHAND: the second signal takes its usual effect. */
    struct sigaction action = {.sa_handler = ask_to_stop,
                               .sa_flags = SA_RESTART | (int)SA_RESETHAND};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

bool cph_interrupted(void)
{
    return stop_asked != 0;
}
