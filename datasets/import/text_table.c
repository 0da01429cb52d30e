/* SPDX-License-Identifier: MIT */
#include "datasets/import/text_table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

size_t cph_text_split(char *line, char *field[CPH_TEXT_FIELDS])
{
    size_t count = 0;
    char *rest = NULL;
    line[strcspn(line, "#")] = '\0';
    for (char *word = strtok_r(line, " \t\r\n,;", &rest); word != NULL && count < CPH_TEXT_FIELDS;
         word = strtok_r(NULL, " \t\r\n,;", &rest))
        field[count++] = word;
    return count;
}

bool cph_text_number(const char *text, double *value)
{
    char *end = NULL;
    *value = strtod(text, &end);
    return end != text && *end == '\0' && isfinite(*value);
}
