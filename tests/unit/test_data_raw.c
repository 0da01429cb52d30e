/* SPDX-License-Identifier: MIT */
/* Plain bytes with a sidecar, and frames of the KrakenSDR. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "raw_rig.h"

enum { TIMES = 50 };
#define ELEMENTS ((size_t)3)

static const struct {
    const char *name;
    cph_type type;
} types[] = {{"ci8", CPH_C8},      {"cu8", CPH_C8},      {"ci16_le", CPH_C16}, {"ci16_be", CPH_C16},
             {"cu16_le", CPH_C16}, {"cu16_be", CPH_C16}, {"ci32_le", CPH_C32}, {"ci32_be", CPH_C32},
             {"cu32_be", CPH_C32}, {"cf32_le", CPH_C32}, {"cf32_be", CPH_C32}, {"cf64_le", CPH_C32},
             {"cf64_be", CPH_C32}, {"ri8", CPH_C8},      {"ru8", CPH_C8},      {"ri16_be", CPH_C16},
             {"rf32_le", CPH_C32}, {"rf64_be", CPH_C32}, {"ru32_le", CPH_C32}};

/* ---- sidecars ---- */

static void write_binary(const char *type, bool columns, size_t header, size_t cut)
{
    FILE *file = raw_create("cap.bin");
    for (size_t i = 0; i < header; i++)
        fputc(0xff, file);
    if (columns)
        for (size_t n = 0; n < ELEMENTS; n++)
            for (size_t t = 0; t < TIMES; t++)
                raw_put(file, type, t, n);
    else
        raw_put_rows(file, type, 0, TIMES, ELEMENTS);
    for (size_t i = 0; i < cut; i++)
        fputc(0x55, file);
    CU_ASSERT_EQUAL(fclose(file), 0);
}

static void every_type(void)
{
    char text[300];
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        for (int columns = 0; columns < 2; columns++) {
            write_binary(types[i].name, columns == 1, 5 * i, 0);
            snprintf(
                text, sizeof text,
                "{\"type\": \"%s\", \"elements\": 3, \"order\": \"%s\", \"header_bytes\": %zu}",
                types[i].name, columns == 1 ? "element,time" : "time,element", 5 * i);
            raw_text("cap.json", text);
            raw_check(fixture_path("cap.bin"), types[i].type, types[i].name[0] == 'r', TIMES,
                      ELEMENTS);
        }
    remove(fixture_path("cap.json"));
}

static void what_sidecars_say(void)
{
    write_binary("ci16_le", false, 0, 7);
    raw_text("cap.ini",
             "; of a test\n[samples]\ntype = ci16_le\nelements = 3\nsample_rate_hz = 2.5e6\n"
             "center_freq_hz = 1.4e9\nscale = 0.25\ntime_start_unix_s = 1700000000.5\n"
             "comment = words of any length, which nobody looks at but people\n");
    raw_check(fixture_path("cap.bin"), CPH_C16, false, TIMES, ELEMENTS);
    cph_data *data = fixture_open(fixture_path("cap.bin"), NULL);
    const cph_data_header *h = cph_data_header_of(data);
    CU_ASSERT_STRING_EQUAL(h->format, "binary");
    CU_ASSERT_EQUAL(h->sample_rate_hz, 2.5e6);
    CU_ASSERT_EQUAL(h->center_freq_hz, 1.4e9);
    CU_ASSERT_EQUAL(h->channel_freq_hz[0], 1.4e9);
    CU_ASSERT_EQUAL(h->scale, 0.25);
    CU_ASSERT_EQUAL(h->time_start_unix_s, 1700000000.5);
    CU_ASSERT(isnan(h->if_freq_hz));
    CU_ASSERT_PTR_NOT_NULL(strstr(h->remark, "its last 7 bytes are not used"));
    cph_data_close(data);
    remove(fixture_path("cap.ini"));
}

static void bad_sidecars(void)
{
    static const struct {
        const char *text;
        cph_status status;
        const char *words[4];
    } rows[] = {
        {"{\"elements\": 3}", CPH_ERR_MISSING, {"cap.json", "type"}},
        {"{\"type\": \"ci8\"}", CPH_ERR_MISSING, {"cap.json", "elements"}},
        {"{\"type\": \"ci16\", \"elements\": 3}", CPH_ERR_FORMAT, {"ci16", "ci16_le"}},
        {"{\"type\": \"ci8_le\", \"elements\": 3}", CPH_ERR_FORMAT, {"ci8_le"}},
        {"{\"type\": \"ci8\", \"elements\": 0}", CPH_ERR_FORMAT, {"elements"}},
        {"{\"type\": \"ci8\", \"elements\": 2.5}", CPH_ERR_FORMAT, {"elements", "2.5"}},
        {"{\"type\": \"ci8\", \"elements\": 1e9}", CPH_ERR_FORMAT, {"elements"}},
        {"{\"type\": \"ci8\", \"elements\": \"x\"}", CPH_ERR_FORMAT, {"elements"}},
        {"{\"type\": \"ci8\", \"elements\": 3, \"order\": \"time\"}", CPH_ERR_FORMAT, {"order"}},
        {"{\"type\": \"ci8\", \"elements\": 3, \"rate\": 1}", CPH_ERR_FORMAT, {"rate", "no key"}},
        {"{\"type\": \"ci8\", \"elements\": 3, \"scale\": -1}", CPH_ERR_FORMAT, {"scale"}},
        {"{\"type\": \"ci8\", \"elements\": 3, \"header_bytes\": 301}",
         CPH_ERR_FORMAT,
         {"cap.bin", "byte 301"}},
        {"{\"type\": \"ci8\", \"elements\": 7, \"order\": \"element,time\"}",
         CPH_ERR_FORMAT,
         {"cap.bin", "share evenly"}},
        {"{\"type\": \"ci8\",", CPH_ERR_FORMAT, {"cap.json", "line 1"}},
        {"[1, 2]", CPH_ERR_FORMAT, {"cap.json", "object"}},
    };
    write_binary("ci8", false, 0, 0);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        raw_text("cap.json", rows[i].text);
        fixture_refused(fixture_path("cap.bin"), NULL, rows[i].status, rows[i].words);
    }
    remove(fixture_path("cap.json"));
    raw_text("cap.ini", "[array]\ngenerator = ula:3,0.5wl\n");
    fixture_refused(fixture_path("cap.bin"), NULL, CPH_ERR_FORMAT,
                    (const char *const[]){"cap.ini", "[samples]", NULL});
    remove(fixture_path("cap.ini"));
    fixture_refused(fixture_path("cap.bin"), NULL, CPH_ERR_FORMAT,
                    (const char *const[]){"cap.bin", "HDF5", NULL});
}

/* ---- frames ---- */

enum { FRAME_TIMES = 10 };

static void put_number(unsigned char *at, size_t bytes, uint64_t value)
{
    for (size_t i = 0; i < bytes; i++)
        at[i] = (unsigned char)(value >> 8 * i);
}

/* A frame of times from `first` on, its places as the firmware's structure of C has them. */
static void put_frame(FILE *file, unsigned kind, size_t first, size_t times, uint64_t index,
                      const char *type)
{
    unsigned char header[1024] = {0};
    put_number(header, 4, 0x2bf7b95a);
    put_number(header + 4, 4, kind);
    snprintf((char *)header + 8, 16, "kraken");
    put_number(header + 24, 4, 7);
    put_number(header + 28, 4, ELEMENTS);
    put_number(header + 32, 4, 9);
    put_number(header + 40, 8, 433920000);
    put_number(header + 48, 8, 2400000);
    put_number(header + 56, 8, 100000);
    put_number(header + 64, 4, times);
    put_number(header + 72, 8, 1700000000250 + index);
    put_number(header + 80, 4, 5);
    put_number(header + 84, 4, index);
    put_number(header + 96, 4, 3);
    put_number(header + 100, 4, (uint64_t)strtol(type + 2, NULL, 10));
    put_number(header + 1020, 4, 7);
    CU_ASSERT_EQUAL(fwrite(header, 1, sizeof header, file), sizeof header);
    for (size_t n = 0; n < ELEMENTS; n++)
        for (size_t t = first; t < first + times; t++)
            raw_put(file, type, t, n);
}

static void put_padding(FILE *file)
{
    for (size_t i = 0; i < 1 << 18; i++)
        fputc(0, file);
}

static void frames(void)
{
    static const struct {
        const char *type;
        cph_type read;
        bool padded;
        size_t cut; /* bytes that a frame at the end lacks */
    } rows[] = {{"cf32_le", CPH_C32, false, 0},
                {"cf32_le", CPH_C32, true, 1},
                {"cu8", CPH_C8, false, 29},
                {"cu8", CPH_C8, true, 100}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        FILE *file = raw_create("kraken.iqf");
        put_frame(file, 3, 900, 4, 1, rows[i].type); /* of the noise source */
        put_frame(file, 1, 0, 0, 2, rows[i].type);
        for (size_t k = 0; k < 3; k++) {
            put_frame(file, 0, k * FRAME_TIMES, FRAME_TIMES, 3 + k, rows[i].type);
            if (rows[i].padded)
                put_padding(file);
        }
        put_frame(file, 4, 30, 5, 8, rows[i].type); /* numbers 6 and 7 are missing */
        if (rows[i].cut > 0)
            put_frame(file, 0, 35, 5, 9, rows[i].type);
        CU_ASSERT_EQUAL(fflush(file), 0);
        CU_ASSERT_EQUAL(ftruncate(fileno(file), ftell(file) - (long)rows[i].cut), 0);
        CU_ASSERT_EQUAL(fclose(file), 0);
        raw_check(fixture_path("kraken.iqf"), rows[i].read, false, 35, ELEMENTS);
        cph_data *data = fixture_open(fixture_path("kraken.iqf"), NULL);
        const cph_data_header *h = cph_data_header_of(data);
        CU_ASSERT_STRING_EQUAL(h->format, "kraken");
        CU_ASSERT_EQUAL(h->center_freq_hz, 433920000.0);
        CU_ASSERT_EQUAL(h->sample_rate_hz, 100000.0);
        CU_ASSERT_EQUAL(h->time_start_unix_s, 1700000000.253);
        CU_ASSERT_PTR_NOT_NULL(strstr(h->remark, "2 frames of calibration, or empty ones"));
        CU_ASSERT_EQUAL(strstr(h->remark, "ends within a frame") != NULL, rows[i].cut > 0);
        CU_ASSERT_EQUAL(h->gaps, 1); /* of two frames as long as the one behind */
        CU_ASSERT_EQUAL(cph_data_global(h, 29), 29);
        CU_ASSERT_EQUAL(cph_data_global(h, 30), 40);
        cph_data_close(data);
    }
}

static void bad_frames(void)
{
    FILE *file = raw_create("kraken.iqf");
    put_frame(file, 0, 0, FRAME_TIMES, 0, "cu8");
    for (size_t i = 0; i < 3000; i++)
        fputc(1, file);
    put_padding(file);
    CU_ASSERT_EQUAL(fclose(file), 0);
    fixture_refused(fixture_path("kraken.iqf"), NULL, CPH_ERR_FORMAT,
                    (const char *const[]){"no frame begins at byte", NULL});
    file = raw_create("kraken.iqf");
    put_frame(file, 0, 0, FRAME_TIMES, 0, "cu8");
    put_frame(file, 0, FRAME_TIMES, FRAME_TIMES, 1, "cf32_le");
    CU_ASSERT_EQUAL(fclose(file), 0);
    fixture_refused(fixture_path("kraken.iqf"), NULL, CPH_ERR_FORMAT,
                    (const char *const[]){"bits a part 32", NULL});
    file = raw_create("kraken.iqf");
    put_frame(file, 3, 0, FRAME_TIMES, 0, "cu8");
    CU_ASSERT_EQUAL(fclose(file), 0);
    fixture_refused(fixture_path("kraken.iqf"), NULL, CPH_ERR_FORMAT,
                    (const char *const[]){"no whole frame of antenna samples", NULL});
    remove(fixture_path("kraken.iqf"));
}

enum { TWO_FRAMES = 2 * FRAME_TIMES, SAMPLES = TWO_FRAMES * ELEMENTS };

/* Samples [start, start + times) of a file that is followed are those of one that is not. */
static void check_same(cph_data *followed, size_t start, size_t times)
{
    cph_c8 one[SAMPLES], other[SAMPLES];
    cph_data *data = fixture_open(cph_data_path(followed), NULL);
    CU_ASSERT_EQUAL(cph_data_read_samples(followed, start, times, 0, NULL, ELEMENTS, one, NULL),
                    CPH_OK);
    CU_ASSERT_EQUAL(cph_data_read_samples(data, start, times, 0, NULL, ELEMENTS, other, NULL),
                    CPH_OK);
    CU_ASSERT_EQUAL(memcmp(one, other, times * ELEMENTS * sizeof *one), 0);
    cph_data_close(data);
}

static void growing_frames(void)
{
    const cph_follow patient = {.patience_s = 60.0}, hasty = {.patience_s = 0.0};
    FILE *file = raw_create("kraken.iqf");
    put_frame(file, 0, 0, FRAME_TIMES, 0, "cu8");
    put_padding(file);
    CU_ASSERT_EQUAL(fflush(file), 0);
    cph_data *data =
        fixture_open(fixture_path("kraken.iqf"), &(cph_data_options){.follow = &patient});
    const cph_data_header *h = cph_data_header_of(data);
    CU_ASSERT_EQUAL(h->times, FRAME_TIMES);
    const long at = ftell(file);
    put_frame(file, 0, FRAME_TIMES, FRAME_TIMES, 2, "cu8"); /* number 1 is missing */
    CU_ASSERT_EQUAL(fflush(file), 0);
    CU_ASSERT_EQUAL(ftruncate(fileno(file), ftell(file) - 29), 0);
    cph_data *half =
        fixture_open(fixture_path("kraken.iqf"), &(cph_data_options){.follow = &hasty});
    CU_ASSERT_STRING_EQUAL(cph_data_header_of(half)->remark, "");
    CU_ASSERT_EQUAL(cph_data_await(half, FRAME_TIMES, NULL), CPH_OK);
    CU_ASSERT_EQUAL(cph_data_header_of(half)->times, FRAME_TIMES);
    CU_ASSERT_EQUAL(cph_data_follow_end(half), CPH_FOLLOW_QUIET);
    CU_ASSERT_STRING_EQUAL(cph_data_header_of(half)->remark,
                           "ends within a frame, which is not used");
    cph_data_close(half);
    CU_ASSERT_EQUAL(fseek(file, at, SEEK_SET), 0);
    put_frame(file, 0, FRAME_TIMES, FRAME_TIMES, 2, "cu8");
    CU_ASSERT_EQUAL(fclose(file), 0);
    CU_ASSERT_EQUAL(cph_data_await(data, FRAME_TIMES, NULL), CPH_OK);
    CU_ASSERT_EQUAL(h->times, TWO_FRAMES);
    CU_ASSERT_EQUAL(cph_data_follow_end(data), CPH_FOLLOW_ON);
    CU_ASSERT_EQUAL(h->gaps, 1);
    CU_ASSERT_EQUAL(cph_data_global(h, FRAME_TIMES), TWO_FRAMES);
    check_same(data, 0, TWO_FRAMES);
    cph_data_close(data);
    remove(fixture_path("kraken.iqf"));
}

CU_TestInfo cph_tests_data_raw[] = {
    {"plain binary of every type, order and byte order", every_type},
    {"what a sidecar says of frequency, rate, time and scale", what_sidecars_say},
    {"sidecars that say wrong things are refused by name", bad_sidecars},
    {"frames of the KrakenSDR, padded or not, the last one cut", frames},
    {"frames that are still being written come when they are whole", growing_frames},
    {"frames that are none, or of another receiver, are refused", bad_frames},
    CU_TEST_INFO_NULL};
