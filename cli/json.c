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

cph_exit cph_json_print(const cph_cli *cli, json_t *object)
{
    int failed = json_dumpf(object, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(12));
    json_decref(object);
    putchar('\n');
    cph_exit code = cph_stdout_check(cli);
    if (code == CPH_EXIT_DONE && failed != 0)
        return cph_report_line(cli->name, CPH_EXIT_FAILED, "standard output: write error");
    return code;
}
