/* SPDX-License-Identifier: MIT */
/** @file seeds.h
 *  How many seeds a suite of statistics takes. */
#ifndef CPH_TESTS_SEEDS_H
#define CPH_TESTS_SEEDS_H

#include <stdlib.h>

/** CPH_TEST_SEEDS of the environment, or what the suite usually takes. */
static inline size_t test_seeds(size_t usual)
{
    const char *const asked = getenv("CPH_TEST_SEEDS");
    const size_t count = asked == NULL ? 0 : (size_t)strtoul(asked, NULL, 10);
    return count > 0 ? count : usual;
}

#endif
