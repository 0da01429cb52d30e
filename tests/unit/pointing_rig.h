/* SPDX-License-Identifier: MIT */
/** @file pointing_rig.h
 *  Pointing tables that must be read. */
#ifndef CPH_TESTS_POINTING_RIG_H
#define CPH_TESTS_POINTING_RIG_H

#include <stdio.h>

#include "cophase/pointing.h"
#include "tests/unit/data_fixture.h"

static inline cph_pointing *pointing_open_table(const char *path)
{
    cph_pointing *p = NULL;
    cph_error error = {.message = ""};
    CU_ASSERT_EQUAL(cph_pointing_open(path, &p, &error), CPH_OK);
    if (p == NULL)
        printf("\"%s\" ", error.message);
    CU_ASSERT_PTR_NOT_NULL_FATAL(p);
    return p;
}

static inline cph_pointing_row pointing_next_row(cph_pointing *p)
{
    cph_pointing_row row = {0};
    cph_error error = {.message = ""};
    bool more = false;
    CU_ASSERT_EQUAL(cph_pointing_next(p, &row, &more, &error), CPH_OK);
    if (!more)
        printf("\"%s\" ", error.message);
    CU_ASSERT_TRUE(more);
    return row;
}

static inline void pointing_expect_end(cph_pointing *p)
{
    cph_pointing_row row = {.satellite = 77};
    bool more = true;
    CU_ASSERT_EQUAL(cph_pointing_next(p, &row, &more, NULL), CPH_OK);
    CU_ASSERT_FALSE(more);
    CU_ASSERT_EQUAL(row.satellite, 77);
    cph_pointing_close(p);
}

#endif
