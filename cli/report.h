/* SPDX-License-Identifier: MIT */
/** @file report.h
 *  Where statuses become exit codes and one line on stderr. */
#ifndef CPH_CLI_REPORT_H
#define CPH_CLI_REPORT_H

#include <stdarg.h>

#include "cli/parse.h"
#include "cophase/types.h"

/** How the command ends: one of these; an int, as main returns it. */
typedef int cph_exit;
enum {
    CPH_EXIT_DONE = 0,
    CPH_EXIT_FAILED = 1, /**< the system or the computation failed */
    CPH_EXIT_USAGE = 2,  /**< the command line is wrong */
    CPH_EXIT_INPUT = 3,  /**< an input does not hold what is needed */
    CPH_EXIT_LIMIT = 4   /**< a check or limit that the user asked for is violated */
};

/** The exit code of a status; never CPH_EXIT_DONE but for CPH_OK. */
cph_exit cph_exit_of(cph_status status);

/** Prints "NAME: message" as one line on stderr, NAME as in "cophase scan"; returns the exit code
 *  of error->status. For what happens to outputs and in computation. */
cph_exit cph_report(const char *name, const cph_error *error);

/** The same for what happens to an input: a file that cannot be read is bad input. */
cph_exit cph_report_input(const char *name, const cph_error *error);

/** The same with a line of the caller's own: returns `code`. */
CPH_PRINTF(3, 4)
cph_exit cph_report_line(const char *name, cph_exit code, const char *format, ...);

/** The same with its arguments as a list, which is used up. */
CPH_PRINTF(3, 0)
cph_exit cph_report_list(const char *name, cph_exit code, const char *format, va_list args);

/** Usage, said, unless the path has an `index`-th of what an option such as "--time" counts. */
cph_exit cph_report_index(const char *name, const char *option, size_t index, const char *path,
                          size_t count);

/** Numbers below `have` in a list, all of them where it is empty: *index is the caller's to free.
 *  Usage, said, where it goes beyond what the path has of what `option` counts. */
cph_exit cph_report_ranges(const char *name, const char *option, const cph_ranges *ranges,
                           const char *path, size_t have, size_t **index, size_t *count);

/** Why there is no filter bank; CPH_EXIT_DONE where there is one (CPH_OK). */
cph_exit cph_report_bank(const char *name, cph_status status);

/** Out of memory. */
cph_exit cph_report_memory(const char *name);

#endif
