/* SPDX-License-Identifier: MIT */
#include "cli/json.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *allocate(size_t size)
{
    void *memory = malloc(size);
    if (memory == NULL)
        exit(cph_report_memory("cophase"));
    return memory;
}

void cph_json_setup(void)
{
    json_set_alloc_funcs(allocate, free);
}

json_t *cph_json_number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

json_t *cph_json_count(size_t value)
{
    return json_integer((json_int_t)value);
}

json_t *cph_json_text(const char *value)
{
    if (value == NULL)
        return json_null();
    json_t *text = json_string(value);
    if (text != NULL)
        return text;
    size_t length = strlen(value);
    char *plain = allocate(length + 1);
    for (size_t i = 0; i <= length; i++)
        plain[i] = (unsigned char)value[i] < 0x80 ? value[i] : '?';
    text = json_string(plain);
    free(plain);
    return text;
}

void cph_json_set(json_t *object, const char *key, json_t *value)
{
    (void)json_object_set_new(object, key, value);
}

void cph_json_append(json_t *array, json_t *value)
{
    (void)json_array_append_new(array, value);
}

void cph_json_set_number(json_t *object, const char *key, double value)
{
    cph_json_set(object, key, cph_json_number(value));
}

void cph_json_set_count(json_t *object, const char *key, size_t value)
{
    cph_json_set(object, key, cph_json_count(value));
}

void cph_json_set_text(json_t *object, const char *key, const char *value)
{
    cph_json_set(object, key, cph_json_text(value));
}

cph_exit cph_stdout_check(const cph_cli *cli)
{
    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout))
        return CPH_EXIT_DONE;
    int why = errno;
    return cph_report_line(cli->name, CPH_EXIT_FAILED, "standard output: %s",
                           why != 0 ? strerror(why) : "write error");
}

/* ---- text ---- */

enum { DIGITS = 12, ALL_DIGITS = 17 };

/* As many as it takes to read back the same number. */
static size_t digits_of(double value)
{
    char text[40];
    size_t digits = DIGITS;
    for (; digits < ALL_DIGITS; digits++) {
        snprintf(text, sizeof text, "%.*g", (int)digits, value);
        if (!(fabs(strtod(text, NULL) - value) > 0.0))
            break;
    }
    return digits;
}

/* Seconds since 1970 have ten digits before the point: they keep all of them. */
static bool is_time(const char *name, size_t length)
{
    static const char ending[] = "unix_s";
    const size_t n = sizeof ending - 1;
    return length >= n && memcmp(name + length - n, ending, n) == 0;
}

static bool put_number(const char *text, size_t length, bool time)
{
    if (memchr(text, '.', length) == NULL && memchr(text, 'e', length) == NULL)
        return fwrite(text, 1, length, stdout) == length;
    const double value = strtod(text, NULL);
    json_t *const number = json_real(value);
    const bool done =
        json_dumpf(number, stdout,
                   JSON_ENCODE_ANY | JSON_REAL_PRECISION(time ? digits_of(value) : DIGITS)) == 0;
    json_decref(number);
    return done;
}

/* Prints JSON that has all digits: numbers by the name of the member that they stand in. */
static bool put_text(const char *text)
{
    const char *name = text;
    size_t length = 0, step;
    bool done = true;
    for (; *text != '\0' && done; text += step) {
        step = 1;
        if (*text == '"') {
            while (text[step] != '"')
                step += text[step] == '\\' ? 2 : 1;
            name = text + 1;
            length = step - 1;
            step += 1;
            done = fwrite(text, 1, step, stdout) == step;
        } else if (*text == '-' || (*text >= '0' && *text <= '9')) {
            step = strspn(text, "+-.0123456789eE");
            done = put_number(text, step, is_time(name, length));
        } else {
            done = putchar(*text) != EOF;
        }
    }
    return done;
}

cph_exit cph_json_print(const cph_cli *cli, json_t *object)
{
    char *const text = json_dumps(object, JSON_INDENT(2) | JSON_REAL_PRECISION(ALL_DIGITS));
    const int failed = text == NULL || !put_text(text);
    free(text);
    json_decref(object);
    putchar('\n');
    cph_exit code = cph_stdout_check(cli);
    if (code == CPH_EXIT_DONE && failed != 0)
        return cph_report_line(cli->name, CPH_EXIT_FAILED, "standard output: write error");
    return code;
}
