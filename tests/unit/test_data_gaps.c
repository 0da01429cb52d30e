/* SPDX-License-Identifier: MIT */
/* Times that a capture lacks, and times that are left out of it. */
#include <CUnit/CUnit.h>

#include "cophase/data_write.h"
#include "tests/unit/data_fixture.h"

/* Times of a capture with a gap, some left out, and of what is left some more: a time says in its
 * samples which one of the file it is. */
static void gaps_join(void)
{
    enum { MANY = 40 };
    const char *path = fixture_path("left_out.h5");
    const cph_data_gap gap[2] = {{10, 15}, {20, 30}};
    cph_data_header header = {.kind = CPH_KIND_CAPTURE,
                              .type = CPH_C8,
                              .channels = 1,
                              .axis_elements = 1,
                              .times = MANY,
                              .gaps = 2,
                              .gap = (cph_data_gap *)gap};
    cph_writer *writer = NULL;
    cph_error error = {CPH_OK, ""};
    cph_c8 samples[MANY];
    for (size_t t = 0; t < MANY; t++)
        samples[t] = (cph_c8){(int8_t)t, 0};
    CU_ASSERT_EQUAL_FATAL(cph_capture_create(path, &header, NULL, &writer, &error), CPH_OK);
    CU_ASSERT_EQUAL(cph_capture_append(writer, samples, MANY, &error), CPH_OK);
    CU_ASSERT_EQUAL(cph_writer_commit(writer, &error), CPH_OK);
    cph_data *data = fixture_open(path, NULL);
    const cph_data_header *h = cph_data_header_of(data);
    static const cph_data_range first[] = {{0, 2}, {8, 4}, {18, 2}, {25, 1}},
                                more[] = {{5, 3}, {30, 1}};
    static const cph_data_range wrong[] = {{8, 4}, {11, 1}}, all[] = {{0, MANY}};
    CU_ASSERT_EQUAL(cph_data_leave_out(data, wrong, 2, &error), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_data_leave_out(data, all, 1, &error), CPH_ERR_FORMAT);
    CU_ASSERT_EQUAL(h->times, MANY);
    CU_ASSERT_EQUAL(cph_data_leave_out(data, first, 4, &error), CPH_OK);
    CU_ASSERT_EQUAL(cph_data_leave_out(data, more, 2, &error), CPH_OK);
    CU_ASSERT_EQUAL(h->times, MANY - 13);
    cph_c8 left[MANY];
    CU_ASSERT_EQUAL(cph_data_read_samples(data, 0, h->times, 0, NULL, 1, left, &error), CPH_OK);
    for (size_t t = 0; t < h->times; t++) {
        const size_t was = (size_t)left[t].re;
        CU_ASSERT(t == 0 || left[t].re > left[t - 1].re);
        CU_ASSERT_EQUAL(cph_data_global(h, t), was + (was >= 20 ? 10 : was >= 10 ? 5 : 0));
    }
    CU_ASSERT(h->gap[0].sample == 0 && h->gap[0].global == 2);
    cph_data_close(data);
}

CU_TestInfo cph_tests_data_gaps[] = {
    {"gaps join", gaps_join},
    CU_TEST_INFO_NULL,
};
