/* SPDX-License-Identifier: MIT */
#include "cophase/types.h"

const char *cph_status_name(cph_status status)
{
    static const char *const names[] = {
        [-CPH_OK] = "success",
        [-CPH_ERR_ARGUMENT] = "bad argument",
        [-CPH_ERR_OVERFLOW] = "size overflow",
        [-CPH_ERR_MEMORY] = "not enough memory",
        [-CPH_ERR_UNSUPPORTED] = "not supported here",
        [-CPH_ERR_IO] = "input or output failed",
        [-CPH_ERR_FORMAT] = "bad format",
        [-CPH_ERR_MISSING] = "something needed is missing",
        [-CPH_ERR_SINGULAR] = "singular equations",
        [-CPH_ERR_NOT_FINITE] = "not finite",
        [-CPH_ERR_TOO_FEW] = "too few elements or baselines",
        [-CPH_ERR_EXISTS] = "output exists",
        [-CPH_ERR_INTERRUPTED] = "interrupted",
    };
    const int code = status;
    if (code > 0 || code <= -(int)(sizeof names / sizeof names[0]))
        return "unknown status";
    return names[-code];
}

const char *cph_version(void)
{
    return CPH_VERSION;
}
