/* SPDX-License-Identifier: MIT */
#include "cli/report.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/character.h"

cph_exit cph_exit_of(cph_status status)
{
    static const struct {
        cph_status status;
        cph_exit code;
    } table[] = {
        {CPH_OK, CPH_EXIT_DONE},
        {CPH_ERR_ARGUMENT, CPH_EXIT_USAGE},
        {CPH_ERR_OVERFLOW, CPH_EXIT_INPUT},
        {CPH_ERR_MEMORY, CPH_EXIT_FAILED},
        {CPH_ERR_UNSUPPORTED, CPH_EXIT_FAILED},
        {CPH_ERR_IO, CPH_EXIT_FAILED},
        {CPH_ERR_FORMAT, CPH_EXIT_INPUT},
        {CPH_ERR_MISSING, CPH_EXIT_INPUT},
        {CPH_ERR_SINGULAR, CPH_EXIT_INPUT},
        {CPH_ERR_NOT_FINITE, CPH_EXIT_INPUT},
        {CPH_ERR_TOO_FEW, CPH_EXIT_INPUT},
        {CPH_ERR_EXISTS, CPH_EXIT_USAGE},
        {CPH_ERR_INTERRUPTED, CPH_EXIT_FAILED},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (table[i].status == status)
            return table[i].code;
    return CPH_EXIT_FAILED;
}

static const char *message_of(const cph_error *error)
{
    return error->message[0] != '\0' ? error->message : cph_status_name(error->status);
}

cph_exit cph_report(const char *name, const cph_error *error)
{
    cph_exit code = cph_exit_of(error->status);
    return cph_report_line(name, code, "%s", message_of(error));
}

cph_exit cph_report_input(const char *name, const cph_error *error)
{
    const bool file = error->status == CPH_ERR_IO || error->status == CPH_ERR_UNSUPPORTED;
    const cph_exit code = file ? CPH_EXIT_INPUT : cph_exit_of(error->status);
    return cph_report_line(name, code, "%s", message_of(error));
}

/* File names and files may hold anything; what is printed stays one line of text. */
static void one_line(char *text)
{
    for (size_t n = 0; *text != '\0'; text += n) {
        n = cph_character(text);
        if (n > 0)
            continue;
        *text = '?';
        n = 1;
    }
}

cph_exit cph_report_list(const char *name, cph_exit code, const char *format, va_list args)
{
    char some[600] = "", *line = NULL;
    va_list again;
    va_copy(again, args);
    if (vasprintf(&line, format, args) < 0) {
        line = NULL;
        vsnprintf(some, sizeof some, format, again);
    }
    va_end(again);
    char *const text = line != NULL ? line : some;
    one_line(text);
    fprintf(stderr, "%s: %s\n", name, text);
    free(line);
    return code;
}

cph_exit cph_report_line(const char *name, cph_exit code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)cph_report_list(name, code, format, args);
    va_end(args);
    return code;
}

cph_exit cph_report_index(const char *name, const char *option, size_t index, const char *path,
                          size_t count)
{
    return index < count ? CPH_EXIT_DONE
                         : cph_report_line(name, CPH_EXIT_USAGE, "%s %zu: %s has %zu", option,
                                           index, path, count);
}

cph_exit cph_report_ranges(const char *name, const char *option, const cph_ranges *ranges,
                           const char *path, size_t have, size_t **index, size_t *count)
{
    cph_error error = {.status = CPH_OK};
    for (size_t i = 0; i < ranges->count; i++)
        if (ranges->item[i].last >= have)
            return cph_report_line(name, CPH_EXIT_USAGE, "%s %zu: %s has %zu, counted from 0",
                                   option, ranges->item[i].last, path, have);
    const cph_status status = ranges->count > 0
                                  ? cph_ranges_expand(ranges, have, index, count, &error)
                                  : cph_ranges_all(have, index, count, &error);
    return status == CPH_OK ? CPH_EXIT_DONE : cph_report(name, &error);
}

cph_exit cph_report_bank(const char *name, cph_status status)
{
    if (status == CPH_OK)
        return CPH_EXIT_DONE;
    if (status == CPH_ERR_UNSUPPORTED)
        return cph_report_line(name, CPH_EXIT_FAILED,
                               "filter banks need FFTW, which this build is without");
    return cph_report_line(name, cph_exit_of(status), "filter bank: %s", cph_status_name(status));
}

cph_exit cph_report_memory(const char *name)
{
    return cph_report_line(name, CPH_EXIT_FAILED, "out of memory");
}
