/* SPDX-License-Identifier: MIT */
/* Captures with gaps: which sample is which, ranges in time, and averages that leave out what was
 * lost. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/input.h"
#include "data_fixture.h"

/* 20 samples: 0-6 are numbers 0-6, 7-11 are 17-21, 12-19 are 30-37. */
enum { TIMES = 20, ELEMENTS = 2, SPAN = 38 };
static cph_data_gap gaps[] = {{7, 17}, {12, 30}};
static const double rate = 2e6; /* of fixture_header */

static int16_t value(size_t time, size_t element, int part)
{
    return (int16_t)(100 * fixture_value(time, 0, element, part) + 7);
}

/* Times [first, first + lost) hold INT16_MIN in every part. */
static void write_capture(const char *path, size_t first, size_t lost)
{
    cph_data_header header;
    cph_writer *writer = NULL;
    cph_error error;
    fixture_header(CPH_KIND_CAPTURE, CPH_C16, 1, ELEMENTS, &header);
    for (size_t n = 0; n < ELEMENTS; n++)
        header.array.element[n].polarization = 0;
    header.array.element[1].listed = false;
    header.gaps = 2;
    header.gap = gaps;
    header.has_lost_value = lost > 0;
    header.lost_value = INT16_MIN;
    CU_ASSERT_EQUAL_FATAL(cph_capture_create(path, &header, NULL, &writer, &error), CPH_OK);
    for (size_t t = 0; t < TIMES; t++) {
        cph_c16 row[ELEMENTS];
        for (size_t n = 0; n < ELEMENTS; n++)
            row[n] = t - first < lost ? (cph_c16){INT16_MIN, INT16_MIN}
                                      : (cph_c16){value(t, n, 0), value(t, n, 1)};
        CU_ASSERT_EQUAL_FATAL(cph_capture_append(writer, row, 1, &error), CPH_OK);
    }
    CU_ASSERT_EQUAL_FATAL(cph_writer_commit(writer, &error), CPH_OK);
    fixture_header_free(&header);
}

static void samples_and_numbers_of_all(void)
{
    const char *path = fixture_path("gaps.h5");
    write_capture(path, 0, 0);
    cph_data *data = fixture_open(path, NULL);
    const cph_data_header *h = cph_data_header_of(data);
    static const struct {
        size_t sample;
        uint64_t global;
    } rows[] = {{0, 0}, {6, 6}, {7, 17}, {11, 21}, {12, 30}, {19, 37}};
    CU_ASSERT_EQUAL_FATAL(h->gaps, 2);
    CU_ASSERT_EQUAL(memcmp(h->gap, gaps, sizeof gaps), 0);
    CU_ASSERT_FALSE(h->has_lost_value);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CU_ASSERT_EQUAL(cph_data_global(h, rows[i].sample), rows[i].global);
        CU_ASSERT_EQUAL(cph_data_sample_at(h, rows[i].global), rows[i].sample);
    }
    CU_ASSERT_EQUAL(cph_data_sample_at(h, 7), 7); /* lost: the next one */
    CU_ASSERT_EQUAL(cph_data_sample_at(h, 29), 12);
    CU_ASSERT_EQUAL(cph_data_sample_at(h, SPAN), TIMES);
    CU_ASSERT_EQUAL(cph_data_span(h), SPAN);
    /* Samples 5 to 8 are numbers 5, 6, 17, 18. */
    CU_ASSERT_DOUBLE_EQUAL(cph_data_middle(h, 5, 4), h->time_start_unix_s + 12.0 / rate, 2e-7);
    cph_data_gap cut[2];
    CU_ASSERT_EQUAL(cph_data_gaps_cut(h, 9, 3, cut), 0);
    CU_ASSERT_EQUAL_FATAL(cph_data_gaps_cut(h, 9, 4, cut), 1);
    CU_ASSERT_EQUAL(cut[0].sample, 3);
    CU_ASSERT_EQUAL(cut[0].global, 30 - 19);
    cph_error error = {CPH_OK, ""};
    CU_ASSERT_EQUAL(cph_check_unbroken(path, h, 7, 5, "a test", &error), CPH_OK);
    CU_ASSERT_EQUAL(cph_check_unbroken(path, h, 5, 5, "a test", &error), CPH_ERR_MISSING);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.message, "10 times were lost, the first after 2 samples"));
    cph_data_close(data);
}

/* A power of element 0 over what was recorded of samples [start, start + times). */
static double power(size_t start, size_t times, size_t first_lost, size_t lost, size_t *count)
{
    double sum = 0;
    *count = 0;
    for (size_t t = start; t < start + times; t++) {
        if (t - first_lost < lost)
            continue;
        sum += (double)value(t, 0, 0) * value(t, 0, 0) + (double)value(t, 0, 1) * value(t, 0, 1);
        ++*count;
    }
    return 0.25 * 0.25 * sum / (double)*count;
}

/* --start and --duration in samples; what they must choose. */
static void check_range(double start, double duration, size_t first, size_t times, size_t lost_from,
                        size_t lost)
{
    const char *path = fixture_path("gaps-range.h5");
    write_capture(path, lost_from, lost);
    const cph_cli cli = {.name = "cophase test",
                         .input = path,
                         .quiet = true,
                         .max_memory = (size_t)64 << 20,
                         .start = {.value = start / rate},
                         .duration = {.value = duration / rate}};
    cph_input input;
    cph_dump dump = {0};
    CU_ASSERT_EQUAL_FATAL(cph_input_open(&cli, CPH_TAKES_CAPTURE, &input), CPH_EXIT_DONE);
    CU_ASSERT_EQUAL(input.start, first);
    CU_ASSERT_EQUAL(input.times, times);
    CU_ASSERT_EQUAL_FATAL(cph_input_covariance(&input, &input.selection[0], 0, 0, &dump),
                          CPH_EXIT_DONE);
    size_t count = 0;
    const double expected = power(first, times, lost_from, lost, &count);
    CU_ASSERT_EQUAL(dump.samples, (double)count);
    CU_ASSERT_DOUBLE_EQUAL(dump.r[0].re, expected, 1e-9 * expected);
    CU_ASSERT_DOUBLE_EQUAL(dump.power[0], expected, 1e-9 * expected);
    CU_ASSERT_DOUBLE_EQUAL(dump.time_unix_s, cph_data_middle(input.header, first, times), 2e-7);
    cph_dump_free(&dump);
    cph_input_close(&input);
}

static void ranges_are_of_time(void)
{
    check_range(0, 0, 0, TIMES, 0, 0);
    check_range(2, 16, 2, 6, 0, 0);  /* numbers 2-17: samples 2-7 */
    check_range(10, 0, 7, 13, 0, 0); /* number 10 was lost */
    check_range(22, 16, 12, 8, 0, 0);
}

static void averages_leave_out_what_was_lost(void)
{
    check_range(0, 0, 0, TIMES, 0, 3);
    check_range(0, 0, 0, TIMES, 5, 4);
    check_range(0, 0, 0, TIMES, 18, 2);
}

static void floats_are_lost_where_all_are_nan(void)
{
    const cph_data_header h = {.type = CPH_C32};
    const cph_c32 no = {NAN, NAN}, half = {NAN, 1.0F}, yes = {2.0F, 3.0F};
    const cph_c32 samples[6][2] = {{yes, no}, {half, no}, {no, no}, {no, no}, {no, no}, {no, yes}};
    bool lost = true;
    CU_ASSERT_EQUAL(cph_data_run(&h, samples, 6, 2, &lost), 2);
    CU_ASSERT_FALSE(lost);
    CU_ASSERT_EQUAL(cph_data_run(&h, samples[2], 4, 2, &lost), 3);
    CU_ASSERT_TRUE(lost);
    CU_ASSERT_EQUAL(cph_data_run(&h, samples[5], 1, 2, &lost), 1);
    CU_ASSERT_FALSE(lost);
}

/* A raw capture with the given list of gaps. */
static void write_raw(const char *path, size_t count, const uint64_t *pair)
{
    static const int16_t zero[TIMES * ELEMENTS * 2];
    const hsize_t dim[2] = {TIMES, ELEMENTS}, length[1] = {count};
    hid_t file = fixture_raw(path, "capture"), part = fixture_pair(H5T_NATIVE_SHORT, "r", "i");
    hid_t big = fixture_pair(H5T_STD_U32BE, "sample", "global_sample");
    hid_t memory = fixture_pair(H5T_NATIVE_UINT64, "sample", "global_sample");
    H5Dclose(fixture_set(file, "/samples", 2, dim, part, part, zero));
    H5Dclose(fixture_set(file, "/gaps", 1, length, big, memory, pair));
    H5Tclose(memory);
    H5Tclose(big);
    H5Tclose(part);
    H5Fclose(file);
}

static void lists_of_gaps_are_checked(void)
{
    const char *path = fixture_path("gaps-bad.h5");
    static const struct {
        uint64_t pair[4];
        const char *words;
    } bad[] = {{{7, 17, 12, 21}, "sample 12 is number 21"}, /* numbers 21 twice */
               {{7, 6, 12, 30}, "sample 7 is number 6"},
               {{7, 17, 5, 30}, "sample 5 is number 30"},
               {{7, 17, 21, 40}, "of 20 samples"}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        write_raw(path, 2, bad[i].pair);
        fixture_refused(path, NULL, CPH_ERR_FORMAT, (const char *[]){"/gaps", bad[i].words, NULL});
    }
    static const uint64_t whole[] = {0, 0, 7, 7, 9, 12}; /* stretches that follow each other */
    write_raw(path, 3, whole);
    cph_data *data = fixture_open(path, NULL);
    CU_ASSERT_EQUAL(cph_data_header_of(data)->gaps, 1);
    CU_ASSERT_EQUAL(cph_data_span(cph_data_header_of(data)), TIMES + 3);
    cph_data_close(data);
}

/* A time in one double is good to 0.24 us; steps of 0.1 us from .9999999 on add up, in memory and
 * in a file, over the second's end. */
static void a_start_is_kept_apart(void)
{
    cph_data_header h;
    fixture_header(CPH_KIND_CAPTURE, CPH_C8, 1, 2, &h);
    cph_data_begin(&h, 1700000000.0, 0.9999999);
    CU_ASSERT_EQUAL(h.time_start_unix_s, 1700000000.0 + 0.9999999);
    for (size_t i = 1; i <= 20; i++) {
        const char *path = fixture_path("gaps-start.h5");
        const cph_c8 row[2] = {{3, -1}, {2, 5}};
        const double wanted = 0.9999999 + 1e-7 * (double)i;
        cph_writer *writer = NULL;
        cph_data_begin_later(&h, 1e-7);
        CU_ASSERT_EQUAL_FATAL(cph_capture_create(path, &h, NULL, &writer, NULL), CPH_OK);
        CU_ASSERT_EQUAL(cph_capture_append(writer, row, 1, NULL), CPH_OK);
        CU_ASSERT_EQUAL_FATAL(cph_writer_commit(writer, NULL), CPH_OK);
        cph_data *data = fixture_open(path, NULL);
        const cph_data_header *const made = cph_data_header_of(data);
        /* 20 sums of numbers below 2, each rounded to 2^-53. */
        CU_ASSERT_DOUBLE_EQUAL((made->time_start_unix_s - 1700000000.0) + made->time_start_rest_s,
                               wanted, 40 * 0x1p-53);
        CU_ASSERT_EQUAL(made->time_start_unix_s, h.time_start_unix_s);
        cph_data_close(data);
    }
    h.time_start_unix_s = NAN;
    cph_data_begin_later(&h, 1.0);
    CU_ASSERT(isnan(h.time_start_unix_s));
    fixture_header_free(&h);
}

CU_TestInfo cph_tests_data_gaps[] = {
    {"a start is kept in two parts", a_start_is_kept_apart},
    {"samples and their numbers among all", samples_and_numbers_of_all},
    {"--start and --duration are of time", ranges_are_of_time},
    {"averages leave out what was lost", averages_leave_out_what_was_lost},
    {"floats: a time is lost where every part is NaN", floats_are_lost_where_all_are_nan},
    {"lists of gaps are checked", lists_of_gaps_are_checked},
    CU_TEST_INFO_NULL,
};
