/* SPDX-License-Identifier: MIT */
#include "cli/calibrate_method.h"

#include <stdio.h>
#include <string.h>

#define CPH_CALIBRATE_METHOD(NAME, HELP) extern const cph_calibrate_method cph_calibrate_##NAME;
#include "cli/calibrate_methods.def"

static const cph_calibrate_method *const methods[] = {
#define CPH_CALIBRATE_METHOD(NAME, HELP) &cph_calibrate_##NAME,
#include "cli/calibrate_methods.def"
};

enum { METHODS = sizeof methods / sizeof methods[0] };

const cph_calibrate_method *cph_calibrate_method_first(void)
{
    return methods[0];
}

cph_status cph_calibrate_method_find(const char *name, const cph_calibrate_method **method,
                                     cph_error *error)
{
    const char *names[METHODS];
    size_t index = 0;
    for (size_t i = 0; i < METHODS; i++)
        names[i] = methods[i]->name;
    const cph_status status = cph_parse_choice(name, names, METHODS, &index, error);
    if (status == CPH_OK)
        *method = methods[index];
    return status;
}

bool cph_calibrate_method_takes(const cph_calibrate_method *method, const char *option)
{
    const size_t length = strlen(option);
    for (const char *at = method->options; *at != '\0';) {
        at += strspn(at, " ");
        const size_t word = strcspn(at, " ");
        if (word == length && strncmp(at, option, length) == 0)
            return true;
        at += word;
    }
    return false;
}

void cph_calibrate_method_list(const char *option, size_t size, char *text)
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < METHODS; i++)
        if (cph_calibrate_method_takes(methods[i], option) && used < size)
            used += (size_t)snprintf(text + used, size - used, "%s%s", used > 0 ? ", " : "",
                                     methods[i]->name);
}
