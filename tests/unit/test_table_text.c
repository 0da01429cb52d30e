/* SPDX-License-Identifier: MIT */
/* Numbers and times of text tables are read to the last bit. */
#include <CUnit/CUnit.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cophase/random.h"
#include "datasets/import/csv.h"
#include "datasets/import/text_table.h"
#include "datasets/import/utc.h"

static void decimals_are_read_to_the_last_bit(void)
{
    static const char *const forms[] = {"%.6f", "%.3f", "%.17g", "%.9e", "%.15g", "%.0f", "%+.4f"};
    static const char *const odd[] = {
        "9007199254740991",     "9007199254740993",    "-0.0", ".5",    "5.",
        "0.000000000000000001", "123456789012345.678", "1e",   "1e-3x", "1795428000.123456789"};
    const uint64_t seed = 8803;
    cph_random random;
    char text[400];
    size_t wrong = 0;
    cph_random_seed(&random, seed, 0);
    for (size_t i = 0; i < 200000; i++) {
        const double scale = pow(10.0, (double)(cph_random_u64(&random) % 21) - 8.0);
        snprintf(text, sizeof text, forms[i % (sizeof forms / sizeof forms[0])],
                 (cph_random_uniform(&random) - 0.5) * scale);
        double got = NAN;
        wrong += cph_text_decimal(text, &got) != strlen(text);
        const double want = strtod(text, NULL);
        wrong += memcmp(&got, &want, sizeof got) != 0;
    }
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        char *end;
        double got = NAN;
        const double want = strtod(odd[i], &end);
        wrong += cph_text_decimal(odd[i], &got) != (size_t)(end - odd[i]);
        wrong += memcmp(&got, &want, sizeof got) != 0;
    }
    if (wrong > 0)
        printf("seed %llu ", (unsigned long long)seed);
    CU_ASSERT_EQUAL(wrong, 0);
}

static void utc_is_unix_time(void)
{
    const uint64_t seed = 8804;
    cph_random random;
    size_t wrong = 0;
    double whole, rest;
    cph_random_seed(&random, seed, 0);
    for (size_t i = 0; i < 20000; i++) { /* from the year 1 to 9999 */
        const int64_t at = (int64_t)(cph_random_u64(&random) % 315537897600U) - 62135596800;
        const time_t when = (time_t)at;
        struct tm parts;
        char text[64];
        gmtime_r(&when, &parts);
        snprintf(text, sizeof text, "%04d-%02d-%02d%c%02d:%02d:%02d.25%s", parts.tm_year + 1900,
                 parts.tm_mon + 1, parts.tm_mday, i % 2 == 0 ? 'T' : ' ', parts.tm_hour,
                 parts.tm_min, parts.tm_sec,
                 i % 3 == 0   ? "Z"
                 : i % 3 == 1 ? ""
                              : "+00:00");
        wrong += !cph_utc_parse(text, &whole, &rest) || whole != (double)at || rest != 0.25;
    }
    if (wrong > 0)
        printf("seed %llu ", (unsigned long long)seed);
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_TRUE(cph_utc_parse("2016-12-31T23:59:60Z", &whole, &rest)); /* a leap second */
    CU_ASSERT_EQUAL(whole, 1483228800.0);
    static const char *const none[] = {"",
                                       "2026",
                                       "2026-1-2T00:00:00",
                                       "2026-13-01T00:00:00Z",
                                       "2026-00-01T00:00:00Z",
                                       "2025-02-29T00:00:00Z",
                                       "1900-02-29T00:00:00Z",
                                       "2026-11-23T24:00:00Z",
                                       "2026-11-23T10:60:00Z",
                                       "2026-11-23T10:00:00.Z",
                                       "2026-11-23T10:00:00ZZ",
                                       "2026-11-23T10:00:00-05:00",
                                       "0000-01-01T00:00:00Z"};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        CU_ASSERT_FALSE(cph_utc_parse(none[i], &whole, &rest));
}

static void cells_come_back_as_they_are_written(void)
{
    static const char *const cells[] = {"plain", " A ", "A ",        " ",     "",
                                        "a,b",   "#7",  "say \"a\"", "a b c", "tab\tin"};
    enum { CELLS = sizeof cells / sizeof cells[0] };
    char line[400] = "", *cell[CELLS + 1];
    FILE *file = fmemopen(line, sizeof line, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    for (size_t i = 0; i < CELLS; i++) {
        if (i > 0)
            fputc(',', file);
        cph_csv_put(file, cells[i]);
    }
    fclose(file);
    CU_ASSERT_EQUAL_FATAL(cph_csv_cut(line, ',', CELLS, cell), CELLS);
    for (size_t i = 0; i < CELLS; i++)
        CU_ASSERT_STRING_EQUAL(cell[i], cells[i]);
}

CU_TestInfo cph_tests_table_text[] = {
    {"decimals are read to the last bit", decimals_are_read_to_the_last_bit},
    {"UTC is Unix time", utc_is_unix_time},
    {"cells come back as they are written", cells_come_back_as_they_are_written},
    CU_TEST_INFO_NULL};
