/* SPDX-License-Identifier: MIT */
/* Text tables of a chip's states. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cophase/data_text.h"
#include "tests/unit/data_fixture.h"

static const char *write_text(const char *text)
{
    const char *path = fixture_path("states.csv");
    FILE *file = fopen(path, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT(fputs(text, file) >= 0 && fclose(file) == 0);
    return path;
}

static void expect_two(const char *text)
{
    cph_states states = {0};
    cph_error error = {.status = CPH_OK};
    CU_ASSERT_EQUAL_FATAL(cph_states_read(write_text(text), &states, &error), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(states.count, 2);
    CU_ASSERT(states.code[0] == 17 && states.code[1] == 0x3F20);
    CU_ASSERT_DOUBLE_EQUAL(states.value[0].re, 0.0, 1e-15);
    CU_ASSERT_DOUBLE_EQUAL(states.value[0].im, 0.1, 1e-15); /* 90 degrees advance, -20 dB */
    CU_ASSERT_DOUBLE_EQUAL(states.value[1].re, 0.5, 1e-15); /* -60 degrees, 0 dB */
    CU_ASSERT_DOUBLE_EQUAL(states.value[1].im, -sqrt(0.75), 1e-15);
    cph_states_free(&states);
}

static void states_are_read_by_the_names_of_their_columns(void)
{
    expect_two("0x3F20,-60,0\n17,90,-20\n");
    expect_two("# measured\n\ncode;phase_deg;gain_db\r\n17; 90; -20\r\n16160; 300;\r\n");
    expect_two("gain_db phase_deg temperature code # units\n-20 90 25 17\n0 -60 25 0x3f20");
}

static void a_table_that_is_none_is_refused(void)
{
    static const struct {
        const char *text, *says;
    } bad[] = {
        {"", "no states"},
        {"code,gain_db\n1,0\n", "phase_deg"},
        {"1,90\n-1,80\n", "line 2, column code is \"-1\""},
        {"0xFFFFFFFF,90\n", "0xFFFFFFFF"},
        {"99999999999999999999999,90\n", "column code"},
        {"1,ninety\n", "line 1, column phase_deg is \"ninety\""},
        {"1\n", "column phase_deg is \"\""},
        {"1,nan\n", "nan"},
        {"1,0,inf\n", "gain_db is \"inf\""},
        {"1,0,5000\n", "5000"},
        {"7,0\n8,1\n0x7,2\n", "code 0x7 twice"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        cph_states states = {.count = 99};
        cph_error error = {.status = CPH_OK};
        const char *path = write_text(bad[i].text);
        CU_ASSERT_EQUAL(cph_states_read(path, &states, &error), CPH_ERR_FORMAT);
        CU_ASSERT(strstr(error.message, bad[i].says) != NULL);
        CU_ASSERT(strstr(error.message, path) != NULL);
        CU_ASSERT_EQUAL(states.count, 99);
    }
    cph_states states;
    cph_error error;
    char line[5000];
    memset(line, '1', sizeof line);
    line[sizeof line - 1] = '\0';
    CU_ASSERT_EQUAL(cph_states_read(write_text(line), &states, &error), CPH_ERR_FORMAT);
    CU_ASSERT(strstr(error.message, "line 1 is longer than 4095 bytes") != NULL);
    CU_ASSERT_EQUAL(cph_states_read(fixture_path("none.csv"), &states, &error), CPH_ERR_IO);
}

CU_TestInfo cph_tests_data_states[] = {
    {"states are read by the names of their columns",
     states_are_read_by_the_names_of_their_columns},
    {"a table that is none is refused", a_table_that_is_none_is_refused},
    CU_TEST_INFO_NULL,
};
