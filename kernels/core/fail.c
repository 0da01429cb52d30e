/* SPDX-License-Identifier: MIT */
#include "kernels/core/fail.h"

#include <stdarg.h>
#include <stdio.h>

cph_status cph_fail(cph_error *error, cph_status status, const char *format, ...)
{
    if (error != NULL) {
        error->status = status;
        va_list args;
        va_start(args, format);
        vsnprintf(error->message, sizeof error->message, format, args);
        va_end(args);
    }
    return status;
}
