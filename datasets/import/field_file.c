/* SPDX-License-Identifier: MIT */
#include "datasets/import/field_file.h"

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/import/text_table.h"

cph_status cph_field_report(const cph_field_file *f, cph_status status, const char *format, ...)
{
    char words[300];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);
    if (f->number == 0)
        return cph_fail(f->error, status, "%s: is empty: %s", f->path, words);
    return cph_fail(f->error, status, "%s:%zu: %s", f->path, f->number, words);
}

bool cph_field_next_line(cph_field_file *f, cph_status *status)
{
    bool got = false;
    if (f->line == NULL && (f->line = malloc(CPH_FIELD_LINE)) == NULL) {
        *status = cph_fail(f->error, CPH_ERR_MEMORY, "%s: out of memory", f->path);
        return false;
    }
    *status =
        cph_text_line(f->file, f->path, f->number + 1, f->line, CPH_FIELD_LINE, &got, f->error);
    f->number += got;
    return *status == CPH_OK && got;
}

const char *cph_field_number(const char *text, double *value)
{
    char word[64];
    size_t length = strcspn(text, " \t\r\n,");
    if (length == 0 || length + 2 >= sizeof word)
        return NULL;
    memcpy(word, text, length);
    word[length] = '\0';
    char *exponent = strpbrk(word, "dD");
    if (exponent != NULL)
        *exponent = 'e';
    size_t end = cph_text_decimal(word, value);
    if (end > 0 && (word[end] == '+' || word[end] == '-')) {
        memmove(word + end + 1, word + end, strlen(word + end) + 1);
        word[end] = 'e';
        end = cph_text_decimal(word, value);
    }
    return end > 0 && word[end] == '\0' && isfinite(*value) ? text + length : NULL;
}

size_t cph_field_numbers(const char *text, size_t count, double *value)
{
    static const char blanks[] = " \t\r\n,";
    size_t found = 0;
    text += strspn(text, blanks);
    while (found < count && *text != '\0') {
        text = cph_field_number(text, &value[found]);
        if (text == NULL)
            return SIZE_MAX;
        found++;
        text += strspn(text, blanks);
    }
    return found;
}

void cph_field_begin(cph_field_file *f, double freq_hz)
{
    const bool first = f->count == 0;
    f->keep = first || (!isnan(f->wanted_hz) && !isnan(freq_hz) &&
                        fabs(freq_hz - f->wanted_hz) < fabs(f->freq_hz - f->wanted_hz));
    if (!f->keep)
        return;
    f->count = 0;
    f->freq_hz = freq_hz;
}

cph_status cph_field_add(cph_field_file *f, const cph_field_sample *sample)
{
    enum { START = 1024 };
    if (!f->keep)
        return CPH_OK;
    if (f->count == f->capacity) {
        const size_t capacity = f->capacity > 0 ? 2 * f->capacity : START;
        cph_field_sample *grown = reallocarray(f->sample, capacity, sizeof *grown);
        if (grown == NULL)
            return cph_fail(f->error, CPH_ERR_MEMORY, "%s: out of memory", f->path);
        f->sample = grown;
        f->capacity = capacity;
    }
    f->sample[f->count++] = *sample;
    return CPH_OK;
}
