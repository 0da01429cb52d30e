/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "datasets/h5/h5.h"
#include "kernels/core/fail.h"

void cph_h5_quiet(void)
{
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
}

bool cph_h5_thread_safe(void)
{
    hbool_t safe = false;
    return H5is_library_threadsafe(&safe) >= 0 && safe;
}

/* A path's end tells files apart; a message must have room for what was wrong. */
enum { PATH_SHOWN = 200 };

cph_status cph_h5_error(cph_error *error, cph_status status, const char *path, const char *object,
                        const char *format, ...)
{
    if (error == NULL)
        return status;
    char text[sizeof error->message], line[2 * sizeof text];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    size_t length = strlen(path);
    bool cut = length > PATH_SHOWN;
    snprintf(line, sizeof line, "%s%s: %s%s%s", cut ? "..." : "",
             cut ? path + length - PATH_SHOWN : path, object != NULL ? object : "",
             object != NULL ? ": " : "", text);
    cph_h5_text_line(text, sizeof text, line, strlen(line));
    return cph_fail(error, status, "%s", text);
}

typedef struct reason {
    char text[200];
    bool system;    /* errno was set */
    bool no_filter; /* a filter is not installed */
} reason;

/* HDF5's drivers write "..., errno = 5, error message = 'Input/output error', ...". */
static bool take_errno(const char *description, char *text, size_t size)
{
    static const char key[] = "error message = '";
    const char *start = strstr(description, key);
    if (start == NULL)
        return false;
    start += sizeof key - 1;
    const char *end = strchr(start, '\'');
    cph_h5_text_line(text, size, start, end != NULL ? (size_t)(end - start) : strlen(start));
    return true;
}

static herr_t look(unsigned index, const H5E_error2_t *entry, void *context)
{
    reason *r = context;
    const char *description = entry->desc != NULL ? entry->desc : "";
    if (!r->system && take_errno(description, r->text, sizeof r->text))
        r->system = true;
    else if (index == 0 && !r->no_filter)
        cph_h5_text_line(r->text, sizeof r->text, description, strlen(description));
    if (strncmp(description, "required filter", 15) == 0) {
        cph_h5_text_line(r->text, sizeof r->text, description, strlen(description));
        r->no_filter = true;
    }
    return 0;
}

cph_status cph_h5_fail_call(const cph_h5 *h5, const char *object, const char *what)
{
    reason r = {{0}, false, false};
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, look, &r);
    cph_status status = r.system ? CPH_ERR_IO : r.no_filter ? CPH_ERR_UNSUPPORTED : CPH_ERR_FORMAT;
    return cph_h5_fail(h5, status, object, "%s%s%s", what, r.text[0] != '\0' ? ": " : "", r.text);
}
