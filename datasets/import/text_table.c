/* SPDX-License-Identifier: MIT */
#include "datasets/import/text_table.h"

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "datasets/h5/h5.h"

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

static const char *take_digits(const char *at, uint64_t *digits, int *count)
{
    for (; *at >= '0' && *at <= '9'; at++) {
        *digits = 10 * *digits + (uint64_t)(*at - '0');
        *count += 1;
    }
    return at;
}

/* Short numbers without an exponent, at a tenth of strtod's time: digits below 2^53 and a power of
 * ten up to 1e22 are both exact, so that their quotient is rounded once and correctly (W. D.
 * Clinger, "How to read floating point numbers accurately", PLDI 1990). Returns its bytes; 0: it is
 * not one of them. */
static size_t short_decimal(const char *text, double *value)
{
    static const double power[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8, 1e9,
                                   1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18};
    enum { DIGITS = 18 };
    uint64_t digits = 0;
    int count = 0, behind = 0;
    const bool minus = *text == '-';
    const char *at = take_digits(text + (minus || *text == '+' ? 1 : 0), &digits, &count);
    if (*at == '.')
        at = take_digits(at + 1, &digits, &behind);
    if (count + behind == 0 || count + behind > DIGITS || digits >= (uint64_t)1 << 53 ||
        (*at != '\0' && strchr("eExXpP", *at) != NULL))
        return 0;
    const double size = (double)digits / power[behind];
    *value = minus ? -size : size;
    return (size_t)(at - text);
}

size_t cph_text_decimal(const char *text, double *value)
{
    const size_t quick = short_decimal(text, value);
    if (quick > 0)
        return quick;
    const char *digits = text + strspn(text, " \t\r\n");
    char *end = NULL;
    digits += *digits == '+' || *digits == '-';
    if (digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X'))
        return 0;
    const locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (plain == (locale_t)0)
        return 0;
    *value = strtod_l(text, &end, plain);
    freelocale(plain);
    return (size_t)(end - text);
}

bool cph_text_number(const char *text, double *value)
{
    const size_t length = cph_text_decimal(text, value);
    return length > 0 && text[length] == '\0' && isfinite(*value);
}

bool cph_text_whole(const char *text, double limit, double *value)
{
    return text[0] >= '0' && text[0] <= '9' && cph_text_number(text, value) && *value <= limit &&
           *value == floor(*value);
}

FILE *cph_text_source(const char *path, cph_error *error)
{
    struct stat info;
    FILE *file = fopen(path, "re");
    if (file != NULL && fstat(fileno(file), &info) == 0 && !S_ISDIR(info.st_mode))
        return file;
    (void)cph_h5_error(error, CPH_ERR_IO, path, NULL, "cannot open: %s",
                       file != NULL ? "is a folder" : strerror(errno));
    if (file != NULL)
        fclose(file);
    return NULL;
}

cph_status cph_text_line(FILE *file, const char *path, size_t line, char *text, size_t size,
                         bool *got, cph_error *error)
{
    size_t length = 0;
    int c = EOF;
    errno = 0;
    while ((c = getc(file)) != EOF && c != '\n') {
        if (c == '\0' || length + 1 >= size)
            return cph_h5_error(error, CPH_ERR_FORMAT, path, NULL,
                                c == '\0' ? "line %zu has a zero byte, expected text"
                                          : "line %zu is longer than %zu bytes",
                                line, size - 1);
        text[length++] = (char)c;
    }
    if (ferror(file))
        return cph_h5_error(error, CPH_ERR_IO, path, NULL, "cannot be read: %s", strerror(errno));
    text[length] = '\0';
    *got = c != EOF || length > 0;
    return CPH_OK;
}

cph_status cph_text_each(const char *path, cph_text_take *take, void *context, cph_error *error)
{
    static const char mark[] = "\xEF\xBB\xBF";
    char text[CPH_TEXT_LINE], *field[CPH_TEXT_FIELDS];
    FILE *file = cph_text_source(path, error);
    if (file == NULL)
        return CPH_ERR_IO;
    bool got = true;
    cph_status status = CPH_OK;
    for (size_t line = 1; status == CPH_OK && got; line++) {
        status = cph_text_line(file, path, line, text, sizeof text, &got, error);
        const bool marked = status == CPH_OK && line == 1 && strncmp(text, mark, strlen(mark)) == 0;
        const size_t fields =
            status == CPH_OK && got ? cph_text_split(text + (marked ? strlen(mark) : 0), field) : 0;
        if (fields > 0)
            status = take(context, line, field, fields);
    }
    fclose(file);
    return status;
}
