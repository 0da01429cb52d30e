/* SPDX-License-Identifier: MIT */
/* SigMF: recordings of several channels with headers and gaps, collections. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "raw_rig.h"

#define ELEMENTS ((size_t)3)

static void put_bytes(FILE *file, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        fputc(0x77, file);
}

/* 12 times in three segments, the last two behind headers of 5 and 8 bytes, then 3 bytes. */
static void write_segments(const char *type, size_t behind)
{
    FILE *file = raw_create("rec.sigmf-data");
    raw_put_rows(file, type, 0, 4, ELEMENTS);
    put_bytes(file, 5);
    raw_put_rows(file, type, 4, 3, ELEMENTS);
    put_bytes(file, 8);
    raw_put_rows(file, type, 7, 5, ELEMENTS);
    put_bytes(file, behind);
    CU_ASSERT_EQUAL(fclose(file), 0);
}

static const char head[] =
    "{\"global\": {\"core:datatype\": \"%s\", \"core:num_channels\": 3, \"core:version\": "
    "\"1.2.0\", \"core:sample_rate\": 2000, \"core:offset\": 100%s}, \"captures\": [%s], "
    "\"annotations\": [{\"core:sample_start\": 100, \"core:sample_count\": 5}]}";
static const char segments[] =
    "{\"core:sample_start\": 102, \"core:frequency\": 1e9, \"core:datetime\": "
    "\"2024-02-29T12:00:00.501Z\", \"core:global_index\": 1102}, "
    "{\"core:sample_start\": 104, \"core:header_bytes\": 5, \"core:frequency\": 1000000000, "
    "\"core:datetime\": \"2024-02-29T12:00:00.502Z\", \"core:global_index\": 1104}, "
    "{\"core:sample_start\": 107, \"core:header_bytes\": 8, \"core:global_index\": 1114}";

static void write_meta(const char *type, const char *more, const char *captures)
{
    char text[2000];
    snprintf(text, sizeof text, head, type, more, captures);
    raw_text("rec.sigmf-meta", text);
}

static void segments_and_headers(void)
{
    static const char *const names[] = {"ci8", "ci16_be", "cf32_le", "ri16_le", "cu16_be"};
    static const cph_type types[] = {CPH_C8, CPH_C16, CPH_C32, CPH_C16, CPH_C16};
    for (size_t i = 0; i < 5; i++) {
        write_segments(names[i], 0);
        write_meta(names[i], "", segments);
        raw_check(fixture_path("rec.sigmf-meta"), types[i], i == 3, 12, ELEMENTS);
        raw_check(fixture_path("rec.sigmf-data"), types[i], i == 3, 12, ELEMENTS);
    }
    cph_data *data = fixture_open(fixture_path("rec.sigmf-meta"), NULL);
    const cph_data_header *h = cph_data_header_of(data);
    CU_ASSERT_STRING_EQUAL(h->format, "sigmf");
    CU_ASSERT_EQUAL(h->sample_rate_hz, 2000.0);
    CU_ASSERT_EQUAL(h->center_freq_hz, 1e9);
    CU_ASSERT_EQUAL(h->time_start_unix_s, 1709208000.5); /* two samples before the first segment */
    CU_ASSERT_EQUAL(h->scale, 1.0);
    CU_ASSERT_EQUAL(h->gaps, 1);
    CU_ASSERT_EQUAL(cph_data_global(h, 6), 6);
    CU_ASSERT_EQUAL(cph_data_global(h, 7), 14);
    cph_data_close(data);
}

static void cut_and_trailing(void)
{
    write_segments("ci16_be", 9);
    write_meta("ci16_be", ", \"core:trailing_bytes\": 9", segments);
    raw_check(fixture_path("rec.sigmf-meta"), CPH_C16, false, 12, ELEMENTS);
    cph_data *data = fixture_open(fixture_path("rec.sigmf-meta"), NULL);
    CU_ASSERT_PTR_NULL(strstr(cph_data_header_of(data)->remark, "not used"));
    cph_data_close(data);
    write_meta("ci16_be", "", segments);
    raw_check(fixture_path("rec.sigmf-meta"), CPH_C16, false, 12, ELEMENTS);
    data = fixture_open(fixture_path("rec.sigmf-meta"), NULL);
    CU_ASSERT_PTR_NOT_NULL(strstr(cph_data_header_of(data)->remark,
                                  "rec.sigmf-data ends within a time: its last 9 bytes"));
    cph_data_close(data);
    FILE *file = raw_create("other.bin");
    raw_put_rows(file, "ci16_be", 0, 12, ELEMENTS);
    CU_ASSERT_EQUAL(fclose(file), 0);
    write_meta("ci16_be", ", \"core:dataset\": \"other.bin\"", "");
    raw_check(fixture_path("rec.sigmf-meta"), CPH_C16, false, 12, ELEMENTS);
}

static void bad_recordings(void)
{
    static const struct {
        const char *type, *more, *captures;
        const char *words[4];
    } rows[] = {
        {"ci17_le", "", "", {"rec.sigmf-meta", "core:datatype", "ci17_le"}},
        {"ci8", ", \"core:metadata_only\": true", "", {"metadata_only"}},
        {"ci8", ", \"core:trailing_bytes\": 1e6", "", {"trailing bytes"}},
        {"ci8", ", \"core:trailing_bytes\": -1", "", {"core:trailing_bytes", "-1"}},
        {"ci8", ", \"cophase:scale\": 0", "", {"cophase:scale"}},
        {"ci8", ", \"core:dataset\": \"/etc/passwd\"", "", {"core:dataset", "beside"}},
        {"ci8", "", "{\"core:sample_start\": 99}", {"core:sample_start"}},
        {"ci8", "", "{\"core:sample_start\": 900}", {"core:sample_start", "up to"}},
        {"ci8", "", "{\"core:sample_start\": 103}, {\"core:sample_start\": 101}", {"rise"}},
        {"ci8", "", "{\"core:sample_start\": 100, \"core:header_bytes\": 9e15}", {"header_bytes"}},
        {"ci8", "", "{\"core:sample_start\": 100, \"core:datetime\": \"noon\"}", {"noon"}},
        {"ci8",
         "",
         "{\"core:sample_start\": 100, \"core:frequency\": 1e9}, {\"core:sample_start\": 101, "
         "\"core:frequency\": 2e9}",
         {"core:frequency", "changes"}},
    };
    write_segments("ci8", 0);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        write_meta(rows[i].type, rows[i].more, rows[i].captures);
        fixture_refused(fixture_path("rec.sigmf-meta"), NULL, CPH_ERR_FORMAT, rows[i].words);
    }
    raw_text("rec.sigmf-meta", "{\"captures\": []}");
    fixture_refused(fixture_path("rec.sigmf-meta"), NULL, CPH_ERR_FORMAT,
                    (const char *const[]){"rec.sigmf-meta", "global", NULL});
    remove(fixture_path("rec.sigmf-meta"));
    fixture_refused(fixture_path("rec.sigmf-data"), NULL, CPH_ERR_IO,
                    (const char *const[]){"rec.sigmf-meta", NULL});
}

/* ---- collections ---- */

/* The recording of one element: its times, format and what else is said. */
static void write_stream(size_t element, const char *type, size_t times, const char *rate,
                         const char *time)
{
    static const char *const names[3][2] = {{"east.sigmf-data", "east.sigmf-meta"},
                                            {"north.sigmf-data", "north.sigmf-meta"},
                                            {"west.sigmf-data", "west.sigmf-meta"}};
    char text[600];
    FILE *file = raw_create(names[element][0]);
    for (size_t t = 0; t < times; t++)
        raw_put(file, type, t, element);
    CU_ASSERT_EQUAL(fclose(file), 0);
    snprintf(text, sizeof text,
             "{\"global\": {\"core:datatype\": \"%s\", \"core:sample_rate\": %s, "
             "\"core:geolocation\": {\"type\": \"Point\", \"coordinates\": [1, 2]}}, "
             "\"captures\": [{\"core:sample_start\": 0, \"core:frequency\": 5e8, "
             "\"core:datetime\": \"%s\"}], \"annotations\": []}",
             type, rate, time);
    raw_text(names[element][1], text);
}

static void collections(void)
{
    static const char noon[] = "2024-01-01T12:00:00Z";
    static const struct {
        const char *type, *rate, *time, *word;
        size_t times;
    } bad[] = {{"ci16_le", "1e6", "2024-01-01T12:00:00Z", "core:datatype", 20},
               {"ci16_be", "2e6", "2024-01-01T12:00:00Z", "core:sample_rate", 20},
               {"ci16_be", "1e6", "2024-01-01T12:00:01Z", "core:datetime", 20},
               {"ci16_be", "1e6", "2024-01-01T12:00:00Z", "captures", 21}};
    raw_text("all.sigmf-collection",
             "{\"collection\": {\"core:version\": \"1.2.0\", \"core:streams\": [{\"name\": "
             "\"east\"}, {\"name\": \"north\"}, {\"name\": \"west\"}]}}");
    write_stream(0, "ci16_be", 20, "1e6", noon);
    write_stream(1, "ci16_be", 20, "1e6", "2024-01-01T12:00:00.0000004Z");
    write_stream(2, "ci16_be", 20, "1e6", noon);
    raw_check(fixture_path("all.sigmf-collection"), CPH_C16, false, 20, ELEMENTS);
    cph_data *data = fixture_open(fixture_path("all.sigmf-collection"), NULL);
    const cph_data_header *h = cph_data_header_of(data);
    CU_ASSERT_STRING_EQUAL(h->array.element[1].name, "north");
    CU_ASSERT_EQUAL(h->sample_rate_hz, 1e6);
    CU_ASSERT_EQUAL(h->center_freq_hz, 5e8);
    CU_ASSERT_EQUAL(h->time_start_unix_s, 1704110400.0);
    cph_data_close(data);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        write_stream(1, bad[i].type, bad[i].times, bad[i].rate, bad[i].time);
        fixture_refused(fixture_path("all.sigmf-collection"), NULL, CPH_ERR_FORMAT,
                        (const char *const[]){"north.sigmf-meta", bad[i].word, NULL});
    }
    /* What Cophase says must hold for all, too. */
    static const char *const said[][2] = {{"cophase:scale", "2"},
                                          {"cophase:if_freq_hz", "1e5"},
                                          {"cophase:lost_value", "-32768"},
                                          {"cophase:wave_speed_m_s", "343"},
                                          {"cophase:independent", "0.5"},
                                          {"cophase:calibration_applied", "\"cal.h5\""},
                                          {"cophase:gain_time_factor", "\"exp(-j 2 pi f t)\""},
                                          {"cophase:kind", "\"beams\""}};
    for (size_t i = 0; i < sizeof said / sizeof said[0]; i++) {
        char rate[100];
        snprintf(rate, sizeof rate, "1e6, \"%s\": %s", said[i][0], said[i][1]);
        write_stream(1, "ci16_be", 20, rate, noon);
        fixture_refused(
            fixture_path("all.sigmf-collection"), NULL, CPH_ERR_FORMAT,
            (const char *const[]){"north.sigmf-meta", said[i][0], "is not that of", NULL});
    }
    write_stream(1, "ci16_be", 20, "1e6", noon);
    remove(fixture_path("north.sigmf-data"));
    fixture_refused(fixture_path("all.sigmf-collection"), NULL, CPH_ERR_IO,
                    (const char *const[]){"north.sigmf-data", NULL});
    raw_text("all.sigmf-collection",
             "{\"collection\": {\"core:streams\": [{\"name\": \"east\", \"hash\": \"00\"}]}}");
    fixture_refused(fixture_path("all.sigmf-collection"), NULL, CPH_ERR_FORMAT,
                    (const char *const[]){"east.sigmf-meta", "SHA-512", "expected 00", NULL});
    raw_text("all.sigmf-collection", "{\"collection\": {\"core:streams\": []}}");
    fixture_refused(fixture_path("all.sigmf-collection"), NULL, CPH_ERR_FORMAT,
                    (const char *const[]){"core:streams", NULL});
}

CU_TestInfo cph_tests_data_sigmf[] = {
    {"segments behind headers, of several channels", segments_and_headers},
    {"files that end within a time, trailing bytes, other names", cut_and_trailing},
    {"recordings that say wrong things are refused by name", bad_recordings},
    {"recordings of one channel are one array", collections},
    CU_TEST_INFO_NULL};
