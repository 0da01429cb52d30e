/* SPDX-License-Identifier: MIT */
/* Pointing tables: what is written is read, whatever the columns' order and units; nonsense is
 * refused with its place. */
#include "cophase/pointing.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cophase/random.h"
#include "tests/unit/pointing_rig.h"

#define HEAD "time_unix_s,satellite,az_deg,el_deg\n"
static const double degree = M_PI / 180.0;

static const char *write_bytes(const char *text, size_t length)
{
    const char *path = fixture_path("pointing.csv");
    FILE *file = fopen(path, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_EQUAL(fwrite(text, 1, length, file), length);
    fclose(file);
    return path;
}

static const char *write_text(const char *text)
{
    return write_bytes(text, strlen(text));
}

/* ---- what is read ---- */

static void columns_stand_in_any_order_and_unit(void)
{
    cph_pointing *p =
        pointing_open_table(write_text("# from elsewhere\n"
                                       "\n"
                                       "El_deg; note; satellite; range_km; az_deg; "
                                       "range_rate_km_s; time\r\n"
                                       "12.5;x;ISS (ZARYA);1200.25;-90;-6.5;2026-11-23T10:00:"
                                       "00.5Z\r\n"
                                       "# between\n"
                                       "-3;;\"A;\"\"B\";;360;nan;2026-11-23 10:00:00.5\n"
                                       "13;;ISS (ZARYA);1e3;359.5;0;2026-11-23T10:00:01+00:00"));
    const double start = 1795428000.0; /* date -u -d 2026-11-23T10:00:00 +%s */
    const cph_pointing_row a = pointing_next_row(p);
    CU_ASSERT_STRING_EQUAL(cph_pointing_place(p), "line 4");
    CU_ASSERT_EQUAL(a.time_unix_s, start + 0.5);
    CU_ASSERT_DOUBLE_EQUAL(a.az_rad, 270.0 * degree, 1e-15);
    CU_ASSERT_DOUBLE_EQUAL(a.el_rad, 12.5 * degree, 1e-15);
    CU_ASSERT_DOUBLE_EQUAL(a.range_m, 1200250.0, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(a.range_rate_m_s, -6500.0, 1e-9);
    CU_ASSERT_EQUAL(cph_pointing_satellites(p), 1);
    const cph_pointing_row b = pointing_next_row(p);
    CU_ASSERT_EQUAL(b.satellite, 1);
    CU_ASSERT_STRING_EQUAL(cph_pointing_name(p, 0), "ISS (ZARYA)");
    CU_ASSERT_STRING_EQUAL(cph_pointing_name(p, 1), "A;\"B");
    CU_ASSERT_STRING_EQUAL(cph_pointing_name(p, 2), "");
    CU_ASSERT_EQUAL(b.az_rad, 0.0);
    CU_ASSERT(isnan(b.range_m) && isnan(b.range_rate_m_s));
    const cph_pointing_row c = pointing_next_row(p);
    CU_ASSERT_STRING_EQUAL(cph_pointing_place(p), "line 7");
    CU_ASSERT_EQUAL(c.satellite, 0);
    CU_ASSERT_EQUAL(c.time_unix_s, start + 1.0);
    CU_ASSERT_EQUAL(c.range_m, 1e6);
    CU_ASSERT_EQUAL(c.range_rate_m_s, 0.0);
    pointing_expect_end(p);
}

static void optional_columns_may_be_absent(void)
{
    cph_pointing *p = pointing_open_table(write_text(HEAD "0,A,1,2\n0,B,1,2\n0.25,A,3,4\n"));
    const cph_pointing_row row = pointing_next_row(p);
    CU_ASSERT(isnan(row.range_m) && isnan(row.range_rate_m_s));
    CU_ASSERT_EQUAL(pointing_next_row(p).satellite, 1);
    CU_ASSERT_EQUAL(pointing_next_row(p).time_unix_s, 0.25);
    pointing_expect_end(p);
}

/* Rows of `satellites` in turn, at random places; the same ones for a seed. */
static cph_pointing_row made_row(cph_random *random, size_t i, size_t satellites)
{
    return (cph_pointing_row){
        .time_unix_s = 1.7e9 + 0.125 * (double)(i / satellites),
        .satellite = (uint32_t)(i % satellites),
        .az_rad = 2.0 * M_PI * cph_random_uniform(random),
        .el_rad = M_PI * (cph_random_uniform(random) - 0.5),
        .range_m = i % 7 == 3 ? NAN : 1e6 * (0.5 + cph_random_uniform(random)),
        .range_rate_m_s = i % 5 == 3 ? NAN : 1.5e4 * (cph_random_uniform(random) - 0.5)};
}

/* NaN equals NaN. */
static bool near(double a, double b, double within)
{
    return (isnan(a) && isnan(b)) || fabs(a - b) <= within;
}

/* `exact`: as doubles in degrees; else half of what text has. */
static void round_trip(const char *path, size_t rows, size_t satellites, bool exact)
{
    const uint64_t seed = 8801;
    cph_random random;
    cph_pointing_writer *writer = NULL;
    char name[32];
    size_t wrong = 0;
    cph_random_seed(&random, seed, 0);
    CU_ASSERT_EQUAL_FATAL(cph_pointing_writer_create(path, NULL, &writer, NULL), CPH_OK);
    for (size_t i = 0; i < rows; i++) {
        const cph_pointing_row row = made_row(&random, i, satellites);
        snprintf(name, sizeof name, "SAT-%u,\xC3\xA9", row.satellite);
        wrong += cph_pointing_writer_put(writer, &row, name, NULL) != CPH_OK;
    }
    CU_ASSERT_EQUAL(cph_pointing_writer_rows(writer), rows);
    CU_ASSERT_EQUAL_FATAL(fixture_size(path), SIZE_MAX); /* not there before it is complete */
    CU_ASSERT_EQUAL_FATAL(cph_pointing_writer_finish(writer, NULL), CPH_OK);
    cph_random_seed(&random, seed, 0);
    cph_pointing *p = pointing_open_table(path);
    CU_ASSERT_TRUE(cph_pointing_probe(path));
    for (size_t i = 0; i < rows; i++) {
        const cph_pointing_row want = made_row(&random, i, satellites), got = pointing_next_row(p);
        snprintf(name, sizeof name, "SAT-%u,\xC3\xA9", want.satellite);
        wrong += got.time_unix_s != want.time_unix_s;
        wrong += strcmp(cph_pointing_name(p, got.satellite), name) != 0;
        wrong += !near(got.az_rad, want.az_rad, exact ? 4e-15 : 0.51e-7 * degree);
        wrong += !near(got.el_rad, want.el_rad, exact ? 1e-15 : 0.51e-7 * degree);
        wrong += !near(got.range_m, want.range_m, exact ? 0.0 : 0.501e-3);
        wrong += !near(got.range_rate_m_s, want.range_rate_m_s, exact ? 0.0 : 0.501e-6);
    }
    if (wrong > 0)
        printf("seed %llu ", (unsigned long long)seed);
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_EQUAL(cph_pointing_satellites(p), satellites);
    pointing_expect_end(p);
    remove(path);
}

static void written_text_is_read(void)
{
    round_trip(fixture_path("written.csv"), 5000, 3, false);
}

static void written_hdf5_is_read(void)
{
    round_trip(fixture_path("written.h5"), 20000, 3, true); /* more than two boxes of rows */
    round_trip(fixture_path("one.hdf5"), 1, 1, true);
}

static void many_satellites_have_their_names(void)
{
    round_trip(fixture_path("many.csv"), 60000, 20000, false);
}

/* ---- what is refused ---- */

static void refused_bytes(const char *text, size_t length, const char *words)
{
    cph_pointing *p = NULL;
    cph_error error = {.status = CPH_OK};
    cph_pointing_row row;
    bool more = true;
    cph_status status = cph_pointing_open(write_bytes(text, length), &p, &error);
    while (status == CPH_OK && more)
        status = cph_pointing_next(p, &row, &more, &error);
    CU_ASSERT(status == CPH_ERR_FORMAT || status == CPH_ERR_MISSING);
    CU_ASSERT(strstr(error.message, "pointing.csv: ") != NULL);
    CU_ASSERT(strchr(error.message, '\n') == NULL);
    CU_ASSERT(strstr(error.message, words) != NULL);
    if (strstr(error.message, words) == NULL)
        printf("\"%s\" lacks \"%s\" ", error.message, words);
    if (p != NULL && status != CPH_OK) { /* it is at its end, and stays there */
        CU_ASSERT_EQUAL(cph_pointing_next(p, &row, &more, &error), CPH_OK);
        CU_ASSERT_FALSE(more);
    }
    cph_pointing_close(p);
}

static void nonsense_is_refused_with_its_line(void)
{
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"", "is empty, expected a first line that names columns"},
        {"# nothing\n\n", "is empty"},
        {HEAD, "has no rows"},
        {"1,A,2,3\n", "line 1 names no column time_unix_s or time, expected a first line as"},
        {"time_unix_s,az_deg,el_deg\n", "names no column satellite"},
        {"time,satellite,el_deg\n", "names no column az_deg"},
        {"time,satellite,az_deg\n", "names no column el_deg"},
        {"time,satellite,az_deg,el_deg,AZ_DEG\n", "line 1 names column AZ_DEG twice"},
        {HEAD "0,A,1,2\n#\n0,A,1,2\n", "line 4: time 0 is there twice for satellite A"},
        {HEAD "5,A,1,2\n4.5,B,1,2\n", "line 3: time goes back to 4.5 from 5"},
        {HEAD "0,A,1,95\n", "line 2: el_deg is 95, expected -90 to 90"},
        {HEAD "0,A,1,-90.01\n", "line 2: el_deg is -90.01"},
        {HEAD "0,A,-361,5\n", "line 2: az_deg is -361, expected -360 to 360"},
        {HEAD "0,A,nan,5\n", "line 2: az_deg is nan"},
        {HEAD "0,A,1,inf\n", "line 2: el_deg is inf"},
        {HEAD "nan,A,1,5\n", "line 2: time_unix_s is nan"},
        {HEAD "1795428000000,A,1,5\n", "line 2: time_unix_s is 1795428000000"},
        {HEAD "0,A,,5\n", "line 2: az_deg is empty"},
        {HEAD "0,A,1x,5\n", "line 2: az_deg is 1x"},
        {HEAD "0,A,0x10,5\n", "line 2: az_deg is 0x10"},
        {HEAD "0,A,1,2,3\n", "line 2 has 5 cells, expected 4"},
        {HEAD "0,A,1\n", "line 2 has 3 cells, expected 4"},
        {HEAD "0,,1,2\n", "line 2: satellite is empty, expected a name"},
        {HEAD "0,A\x01,1,2\n", "line 2: satellite"},
        {HEAD "0,\xFF\xFE,1,2\n", "is not text (UTF-8)"},
        {HEAD "0,0123456789012345678901234567890123456789012345678901234567890123,1,2\n",
         "is longer than 63 bytes"},
        {"time,satellite,az_deg,el_deg\n1795428000,A,1,2\n", "line 2: time is 1795428000"},
        {"time,satellite,az_deg,el_deg\n2026-02-29T00:00:00Z,A,1,2\n", "time is 2026-02-29"},
        {"time,satellite,az_deg,el_deg\n2026-02-28T00:00:00+01:00,A,1,2\n", "expected UTC as"},
        {"time_unix_s,satellite,az_deg,el_deg,range_m\n0,A,1,2,-5\n", "line 2: range_m is -5"},
        {"time_unix_s,satellite,az_deg,el_deg,range_km\n0,A,1,2,0\n", "line 2: range_m is 0"},
        {"time_unix_s,satellite,az_deg,el_deg,range_km\n0,A,1,2,far\n", "line 2: range_km is far"},
        {"time_unix_s,satellite,az_deg,el_deg,range_rate_m_s\n0,A,1,2,3e8\n",
         "line 2: range_rate_m_s is 300000000, expected metres a second below the speed"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        refused_bytes(cases[i].text, strlen(cases[i].text), cases[i].words);
}

static void binary_rubbish_is_refused(void)
{
    char rubbish[6000];
    cph_random random;
    cph_random_seed(&random, 8802, 0);
    for (size_t i = 0; i < sizeof rubbish; i++)
        rubbish[i] = (char)(1 + cph_random_u64(&random) % 255);
    rubbish[100] = '\n';
    refused_bytes(rubbish, sizeof rubbish, "line 1 is not text");
    rubbish[50] = '\0';
    refused_bytes(rubbish, sizeof rubbish, "line 1 has a zero byte");
    memset(rubbish, 'x', sizeof rubbish);
    refused_bytes(rubbish, sizeof rubbish, "line 1 is longer than 4095 bytes");
    memcpy(rubbish, HEAD, strlen(HEAD));
    refused_bytes(rubbish, sizeof rubbish, "line 2 is longer than 4095 bytes");
    CU_ASSERT_EQUAL(cph_pointing_open(fixture_path("none"), NULL, NULL), CPH_ERR_ARGUMENT);
    cph_pointing *p = NULL;
    CU_ASSERT_EQUAL(cph_pointing_open(fixture_path("absent.csv"), &p, NULL), CPH_ERR_IO);
    CU_ASSERT_FALSE(cph_pointing_probe(fixture_path("absent.csv")));
    CU_ASSERT_FALSE(cph_pointing_probe(write_text("az_deg,el_deg\n1,2\n"))); /* a horizon */
    CU_ASSERT_TRUE(cph_pointing_probe(write_text("satellite,az_deg\n")));
}

static void satellites_have_a_limit(void)
{
    const char *path = fixture_path("crowd.csv");
    FILE *file = fopen(path, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fputs(HEAD, file);
    for (int i = 0; i <= CPH_POINTING_SATELLITES_MAX; i++)
        fprintf(file, "0,%d,1,2\n", i);
    fclose(file);
    cph_pointing *p = pointing_open_table(path);
    cph_pointing_row row;
    cph_error error;
    bool more = true;
    for (int i = 0; i < CPH_POINTING_SATELLITES_MAX; i++)
        if (cph_pointing_next(p, &row, &more, &error) != CPH_OK)
            break;
    CU_ASSERT_EQUAL(cph_pointing_satellites(p), CPH_POINTING_SATELLITES_MAX);
    CU_ASSERT_EQUAL(cph_pointing_next(p, &row, &more, &error), CPH_ERR_FORMAT);
    CU_ASSERT(strstr(error.message, "line 65538: satellite 65536 is one more than") != NULL);
    cph_pointing_close(p);
}

CU_TestInfo cph_tests_pointing[] = {
    {"columns stand in any order and unit", columns_stand_in_any_order_and_unit},
    {"optional columns may be absent", optional_columns_may_be_absent},
    {"written text is read", written_text_is_read},
    {"written HDF5 is read", written_hdf5_is_read},
    {"many satellites have their names", many_satellites_have_their_names},
    {"nonsense is refused with its line", nonsense_is_refused_with_its_line},
    {"binary rubbish is refused", binary_rubbish_is_refused},
    {"satellites have a limit", satellites_have_a_limit},
    CU_TEST_INFO_NULL};
