/* SPDX-License-Identifier: MIT */
/* Digital RF: a channel of two sub-channels in three files, with a loss inside of one and between
 * two. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "data_fixture.h"

/* Sample numbers of the three files: 300-304, 308-311 (one stretch to 309, one from 315); 340-344.
 */
enum { SUBCHANNELS = 2, ROWS = 5, FILES = 3, TIMES = FILES * ROWS };
static const uint64_t starts[FILES][4] = {{300, 0}, {308, 0, 315, 3}, {340, 0}};
static const size_t stretches[FILES] = {1, 2, 1};
static const char *const names[FILES] = {"2020-01-01T00-00-00/rf@1577836800.000.h5",
                                         "2020-01-01T00-00-00/rf@1577836801.000.h5",
                                         "2020-01-01T01-00-00/rf@1577840400.000.h5"};

static const char *below(const char *folder, const char *name)
{
    static char path[1024];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void make_folder(const char *path)
{
    CU_ASSERT(mkdir(path, 0700) == 0 || access(path, F_OK) == 0);
}

static hid_t create(const char *path)
{
    return fixture_raw(path, NULL);
}

static void write_properties(const char *folder, double numerator, double continuous)
{
    hid_t file = create(below(folder, "drf_properties.h5"));
    if (numerator > 0)
        fixture_number(file, "sample_rate_numerator", numerator);
    fixture_number(file, "sample_rate_denominator", 3);
    fixture_number(file, "num_subchannels", SUBCHANNELS);
    fixture_number(file, "is_complex", 1);
    fixture_number(file, "is_continuous", continuous);
    H5Fclose(file);
}

/* File `f` in big-endian {r, i}. */
static void write_file(const char *path, size_t f, const uint64_t *index, size_t count)
{
    int16_t v[ROWS][SUBCHANNELS][2];
    for (size_t t = 0; t < ROWS; t++)
        for (size_t n = 0; n < SUBCHANNELS; n++)
            for (int part = 0; part < 2; part++)
                v[t][n][part] = (int16_t)(50 * fixture_value(f * ROWS + t, 0, n, part));
    const hsize_t dim[2] = {ROWS, SUBCHANNELS}, two[2] = {count, 2};
    hid_t type = fixture_pair(H5T_STD_I16BE, "r", "i");
    hid_t memory = fixture_pair(H5T_NATIVE_SHORT, "r", "i"), file = create(path);
    H5Dclose(fixture_set(file, "/rf_data", 2, dim, type, memory, v));
    H5Dclose(fixture_set(file, "/rf_data_index", 2, two, H5T_STD_U64LE, H5T_NATIVE_UINT64, index));
    H5Tclose(memory);
    H5Tclose(type);
    H5Fclose(file);
}

static void write_metadata(const char *folder, const double *freq, size_t count)
{
    const hsize_t dim[1] = {SUBCHANNELS};
    char name[40];
    make_folder(below(folder, "metadata"));
    make_folder(below(folder, "metadata/2020-01-01T00-00-00"));
    hid_t file = create(below(folder, "metadata/dmd_properties.h5"));
    fixture_text(file, "file_name", "meta");
    H5Fclose(file);
    file = create(below(folder, "metadata/2020-01-01T00-00-00/meta@1577836800.h5"));
    for (size_t i = 0; i < count; i++) {
        snprintf(name, sizeof name, "/%zu/center_frequencies", 300 + i);
        H5Dclose(fixture_set(file, name, 1, dim, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE,
                             freq + SUBCHANNELS * i));
    }
    H5Fclose(file);
}

/* A channel that is right, under the name of the test. */
static const char *write_channel(const char *name)
{
    static const double freq[2 * SUBCHANNELS] = {440e6, 440e6, 440e6, 440e6};
    const char *folder = fixture_path(name);
    make_folder(folder);
    make_folder(below(folder, "2020-01-01T00-00-00"));
    make_folder(below(folder, "2020-01-01T01-00-00"));
    write_properties(folder, 600, 0);
    for (size_t f = 0; f < FILES; f++)
        write_file(below(folder, names[f]), f, starts[f], stretches[f]);
    /* Still being written, and no part of the layout. */
    FILE *other = fopen(below(folder, "2020-01-01T01-00-00/tmp.rf@1577840401.000.h5"), "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(other);
    fclose(other);
    write_metadata(folder, freq, 2);
    return folder;
}

static void all_files_are_one_capture(void)
{
    static const cph_data_gap gaps[] = {{5, 8}, {8, 15}, {10, 40}};
    cph_data *data = fixture_open(write_channel("drf"), NULL);
    const cph_data_header *h = cph_data_header_of(data);
    CU_ASSERT_STRING_EQUAL(h->format, "digital_rf");
    CU_ASSERT_EQUAL(h->kind, CPH_KIND_CAPTURE);
    CU_ASSERT_EQUAL(h->type, CPH_C16);
    CU_ASSERT_EQUAL_FATAL(h->times, TIMES);
    CU_ASSERT_EQUAL_FATAL(h->array.elements, SUBCHANNELS);
    CU_ASSERT_FALSE(h->array.has_positions);
    CU_ASSERT_EQUAL(h->sample_rate_hz, 200.0);
    CU_ASSERT_EQUAL(h->time_start_unix_s, 1.5);
    CU_ASSERT_EQUAL(h->channel_freq_hz[0], 440e6);
    CU_ASSERT_FALSE(h->has_lost_value);
    CU_ASSERT_EQUAL_FATAL(h->gaps, 3);
    CU_ASSERT_EQUAL(memcmp(h->gap, gaps, sizeof gaps), 0);
    cph_c16 x[TIMES][SUBCHANNELS], one[9];
    CU_ASSERT_EQUAL(cph_data_read_samples(data, 0, TIMES, 0, NULL, SUBCHANNELS, x, NULL), CPH_OK);
    const size_t second[] = {1};
    CU_ASSERT_EQUAL(cph_data_read_samples(data, 3, 9, 0, second, 1, one, NULL), CPH_OK);
    for (size_t t = 0; t < TIMES; t++)
        for (size_t n = 0; n < SUBCHANNELS; n++) {
            CU_ASSERT_EQUAL(x[t][n].re, 50 * fixture_value(t, 0, n, 0));
            CU_ASSERT_EQUAL(x[t][n].im, 50 * fixture_value(t, 0, n, 1));
        }
    for (size_t t = 0; t < 9; t++)
        CU_ASSERT_EQUAL(one[t].im, 50 * fixture_value(3 + t, 0, 1, 1));
    cph_data_close(data);
}

static void positions_come_from_a_table(void)
{
    const char *folder = write_channel("drf-places"), *table = fixture_path("drf-places.txt");
    FILE *file = fopen(table, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fputs("idx name E N U flagged\n1 b 4 5 6 True\n0 a 1 2 3 False\n", file);
    fclose(file);
    cph_data *data = fixture_open(folder, &(cph_data_options){.positions = table});
    const cph_array *array = &cph_data_header_of(data)->array;
    CU_ASSERT_TRUE(array->has_positions);
    CU_ASSERT_EQUAL(array->element[1].position[1], 5.0);
    CU_ASSERT_TRUE(array->element[1].listed);
    cph_data_close(data);
}

static void continuous_files_fill_with_the_lowest(void)
{
    const char *folder = write_channel("drf-filled");
    write_properties(folder, 600, 1);
    cph_data *data = fixture_open(folder, NULL);
    CU_ASSERT_TRUE(cph_data_header_of(data)->has_lost_value);
    CU_ASSERT_EQUAL(cph_data_header_of(data)->lost_value, INT16_MIN);
    cph_data_close(data);
}

static void what_is_wrong_is_named(void)
{
    static const uint64_t early[] = {317, 0}, behind[] = {340, 0, 350, 5}, late[] = {340, 1};
    static const double retuned[2 * SUBCHANNELS] = {440e6, 440e6, 441e6, 441e6};
    const char *folder = write_channel("drf-bad"), *last = names[2];
    const struct {
        const uint64_t *index;
        size_t count;
        const char *words;
    } bad[] = {{early, 1, "sample 317 where those before reach to 317"},
               {behind, 2, "stretch 1 is rows 5 to 5 of 5"},
               {late, 1, "stretch 0 is rows 1 to 5"}};
    write_file(below(folder, names[1]), 1, (const uint64_t[]){308, 0, 316, 3}, 2);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        write_file(below(folder, last), 2, bad[i].index, bad[i].count);
        fixture_refused(folder, NULL, CPH_ERR_FORMAT,
                        (const char *[]){last, "rf_data_index", bad[i].words, NULL});
    }
    write_file(below(folder, last), 2, starts[2], 1);
    write_metadata(folder, retuned, 2);
    fixture_refused(folder, NULL, CPH_ERR_UNSUPPORTED,
                    (const char *[]){"/301/center_frequencies", "441000000", NULL});
    write_properties(folder, 0, 0);
    fixture_refused(folder, NULL, CPH_ERR_MISSING,
                    (const char *[]){"drf_properties.h5", "sample rate", NULL});
    fixture_refused(below(folder, "metadata"), NULL, CPH_ERR_FORMAT,
                    (const char *[]){"folder", "drf_properties.h5", NULL});
}

/* One in the middle is no HDF5 any more, the last one has no index that fits. */
static void files_that_cannot_be_read_are_gaps(void)
{
    static const uint64_t late[] = {340, 1};
    const char *folder = write_channel("drf-damaged");
    const cph_data_options damaged = {.damaged = true};
    CU_ASSERT_EQUAL(truncate(below(folder, names[1]), 100), 0);
    fixture_refused(folder, NULL, CPH_ERR_FORMAT, (const char *[]){names[1], NULL});
    cph_data *data = fixture_open(folder, &damaged);
    const cph_data_header *h = cph_data_header_of(data);
    cph_c16 x[2 * ROWS][SUBCHANNELS];
    CU_ASSERT_EQUAL_FATAL(h->times, TIMES - ROWS);
    CU_ASSERT(h->gaps == 1 && h->gap[0].sample == ROWS && h->gap[0].global == 40);
    CU_ASSERT_EQUAL(strncmp(h->remark, "left out: ", 10), 0);
    CU_ASSERT_EQUAL(strncmp(h->remark + 10, names[1], strlen(names[1])), 0);
    CU_ASSERT_EQUAL(cph_data_read_samples(data, 0, h->times, 0, NULL, SUBCHANNELS, x, NULL),
                    CPH_OK);
    CU_ASSERT_EQUAL(x[ROWS + 1][1].re, 50 * fixture_value(TIMES - ROWS + 1, 0, 1, 0));
    cph_data_close(data);
    write_file(below(folder, names[2]), 2, late, 1);
    data = fixture_open(folder, &damaged);
    h = cph_data_header_of(data);
    CU_ASSERT(h->times == ROWS && h->gaps == 0 && h->type == CPH_C16);
    CU_ASSERT_EQUAL(cph_data_read_samples(data, 0, h->times, 0, NULL, SUBCHANNELS, x, NULL),
                    CPH_OK);
    CU_ASSERT_EQUAL(x[1][1].re, 50 * fixture_value(1, 0, 1, 0));
    cph_data_close(data);
}

CU_TestInfo cph_tests_data_digital_rf[] = {
    {"all files are one capture with gaps", all_files_are_one_capture},
    {"positions come from a table", positions_come_from_a_table},
    {"continuous files fill with the lowest integer", continuous_files_fill_with_the_lowest},
    {"what is wrong is named", what_is_wrong_is_named},
    {"files that cannot be read are gaps", files_that_cannot_be_read_are_gaps},
    CU_TEST_INFO_NULL,
};
