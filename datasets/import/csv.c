/* SPDX-License-Identifier: MIT */
#include "datasets/import/csv.h"

#include <stdbool.h>
#include <string.h>

char cph_csv_separator(const char *header)
{
    bool quoted = false;
    for (; *header != '\0'; header++) {
        quoted ^= *header == '"';
        if (!quoted && strchr(",;\t", *header) != NULL)
            return *header;
    }
    return '\0';
}

static bool is_blank(char letter, char separator)
{
    return letter != '\0' && letter != separator && strchr(" \t\r\n", letter) != NULL;
}

/* Moves the text of a cell in quotes to where the first quote stood; returns what follows the
 * closing one, which is always further on. */
static char *unquote(char *text)
{
    char *to = text;
    for (text++; *text != '\0'; text++) {
        if (*text == '"' && *++text != '"')
            break;
        *to++ = *text;
    }
    *to = '\0';
    return text;
}

/* Ends the cell that begins at `at` without the blanks behind it; returns its separator, or the end
 * of the line. */
static char *end_cell(char *at, char separator)
{
    if (*at == '"') {
        char *rest = unquote(at);
        while (is_blank(*rest, separator))
            rest++;
        return rest;
    }
    const char stop[] = {separator, '\0'};
    char *rest = at + strcspn(at, stop), *last = rest;
    while (last > at && is_blank(last[-1], separator))
        last--;
    if (last < rest)
        *last = '\0';
    return rest;
}

size_t cph_csv_cut(char *line, char separator, size_t most, char **cell)
{
    size_t count = 0;
    char *at = line;
    while (is_blank(*at, separator))
        at++;
    if (*at == '\0' || *at == '#')
        return 0;
    for (;;) {
        while (is_blank(*at, separator))
            at++;
        if (count == most)
            return most + 1;
        cell[count++] = at;
        char *rest = end_cell(at, separator);
        if (*rest == '\0')
            return count;
        if (*rest != separator) /* letters behind a closing quote */
            return most + 1;
        *rest = '\0';
        at = rest + 1;
    }
}

void cph_csv_put(FILE *file, const char *text)
{
    const bool blank = text[0] == ' ' || (text[0] != '\0' && text[strlen(text) - 1] == ' ');
    if (!blank && text[strcspn(text, ",;\"\t\r\n#")] == '\0') {
        fputs(text, file);
        return;
    }
    fputc('"', file);
    for (; *text != '\0'; text++) {
        if (*text == '"')
            fputc('"', file);
        fputc(*text, file);
    }
    fputc('"', file);
}
