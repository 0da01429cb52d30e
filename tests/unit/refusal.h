/* SPDX-License-Identifier: MIT */
/** @file refusal.h
 *  That a call which refuses says why and leaves everything else as it was. */
#ifndef CPH_TESTS_REFUSAL_H
#define CPH_TESTS_REFUSAL_H

#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>

#include "cophase/types.h"

/** `rig` [size bytes] holds all outputs and `error`; `before` is its copy from before the call,
 * which returned `status`. Afterwards rig is as before. */
static inline void is_refused(void *rig, const void *before, size_t size, cph_error *error,
                              cph_status status, cph_status expected, const char *words)
{
    const size_t offset = (size_t)((unsigned char *)error - (unsigned char *)rig);
    CU_ASSERT_EQUAL(status, expected);
    CU_ASSERT_EQUAL(error->status, expected);
    CU_ASSERT(strstr(error->message, words) != NULL);
    if (strstr(error->message, words) == NULL)
        printf("\"%s\" lacks \"%s\" ", error->message, words);
    memcpy(error, (const unsigned char *)before + offset, sizeof *error);
    CU_ASSERT_EQUAL(memcmp(rig, before, size), 0);
}

#endif
