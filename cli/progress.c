/* SPDX-License-Identifier: MIT */
#include "cli/progress.h"

#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { BAR_WIDTH = 32 };
static const double first_s = 0.5, again_s = 0.2; /* what is over at once draws nothing */

static double now_s(void)
{
    struct timespec now = {0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void cph_progress_start(cph_progress *progress, const cph_cli *cli, const char *label, size_t total)
{
    const bool on = total > 0 && !cli->quiet && isatty(STDERR_FILENO);
    *progress = (cph_progress){.label = label, .total = total, .on = on};
    progress->start_s = progress->drawn_s = now_s();
}

void cph_progress_follow(cph_progress *progress, const cph_cli *cli, const cph_data_header *header,
                         size_t first)
{
    progress->followed = header;
    progress->total = first;
    progress->on = !cli->quiet && isatty(STDERR_FILENO);
}

/* "1:02:03", "2:03" or "3 s" */
static void write_time(char *out, size_t size, double seconds)
{
    const unsigned long whole = seconds < 1e9 ? (unsigned long)(seconds + 0.5) : 1000000000UL;
    const unsigned long h = whole / 3600, min = whole / 60 % 60, s = whole % 60;
    if (h > 0)
        snprintf(out, size, "%lu:%02lu:%02lu", h, min, s);
    else if (min > 0)
        snprintf(out, size, "%lu:%02lu", min, s);
    else
        snprintf(out, size, "%lu s", s);
}

/* "  12.5 MB/s", or nothing where it means nothing. */
static void write_rate(const cph_progress *progress, size_t done, double elapsed_s, char rate[32])
{
    const double mega = 1e-6 * progress->unit_bytes * (double)done / elapsed_s;
    if (elapsed_s > 0.0 && done > 0 && progress->unit_bytes > 0.0)
        snprintf(rate, 32, "  %.*f %s", mega < 1e3 ? 1 : 2, mega < 1e3 ? mega : 1e-3 * mega,
                 mega < 1e3 ? "MB/s" : "GB/s");
}

/* "cophase covariance  12.5 MB/s  1234 times  3 s behind" */
static void write_followed(const cph_progress *progress, size_t done, double elapsed_s,
                           char line[CPH_PROGRESS_SIZE])
{
    const cph_data_header *h = progress->followed;
    const size_t first = progress->total; /* where the range begins */
    const size_t left = h->times > first + done ? h->times - first - done : 0;
    char rate[32] = "", behind[40] = "", clock[24];
    write_rate(progress, done, elapsed_s, rate);
    if (h->sample_rate_hz > 0.0) {
        write_time(clock, sizeof clock, (double)left / h->sample_rate_hz);
        snprintf(behind, sizeof behind, "  %s behind", clock);
    }
    snprintf(line, CPH_PROGRESS_SIZE, "%.40s%s  %zu times%s", progress->label, rate, done, behind);
}

void cph_progress_line(const cph_progress *progress, size_t done, double elapsed_s,
                       char line[CPH_PROGRESS_SIZE])
{
    if (progress->followed != NULL) {
        write_followed(progress, done, elapsed_s, line);
        return;
    }
    const double share = done < progress->total ? (double)done / (double)progress->total : 1.0;
    const int filled = (int)(share * BAR_WIDTH);
    char bar[BAR_WIDTH + 1], rate[32] = "", left[40] = "", clock[24];
    for (int i = 0; i < BAR_WIDTH; i++)
        bar[i] = i < filled ? '#' : '.';
    bar[BAR_WIDTH] = '\0';
    write_rate(progress, done, elapsed_s, rate);
    if (elapsed_s > 0.0 && done > 0) {
        write_time(clock, sizeof clock, elapsed_s * (1.0 - share) / share);
        snprintf(left, sizeof left, "  %s left", clock);
    }
    snprintf(line, CPH_PROGRESS_SIZE, "%.40s [%s] %3d %%%s%s", progress->label, bar,
             (int)(100.0 * share), rate, left);
}

void cph_progress_update(cph_progress *progress, size_t done)
{
    char line[CPH_PROGRESS_SIZE];
    if (!progress->on)
        return;
    const double now = now_s();
    if (now - progress->drawn_s < (progress->drawn ? again_s : first_s))
        return;
    progress->drawn = true;
    progress->drawn_s = now;
    cph_progress_line(progress, done, now - progress->start_s, line);
    fprintf(stderr, "\r%s\033[K", line);
    fflush(stderr);
}

void cph_progress_end(cph_progress *progress)
{
    if (progress->drawn)
        fputs("\r\033[K", stderr);
    progress->on = progress->drawn = false;
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
