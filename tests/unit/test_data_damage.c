/* SPDX-License-Identifier: MIT */
/* Files that cannot be used are refused with the right status and one line that says where and
 * what was expected; memory stays bounded by what the file can hold. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cophase/solutions.h"
#include "data_fixture.h"

static void write_bytes(const char *path, const char *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_EQUAL(fwrite(bytes, 1, size, file), size);
    fclose(file);
}

static void not_hdf5(void)
{
    const char *path = fixture_path("text.h5");
    write_bytes(path, "idx name E N U\n", 15);
    fixture_refused(path, NULL, CPH_ERR_FORMAT,
                    (const char *const[]){"text.h5", "is not an HDF5 file", NULL});
    write_bytes(path, "", 0);
    fixture_refused(path, NULL, CPH_ERR_FORMAT, (const char *const[]){"0 bytes", NULL});
    fixture_refused(fixture_path("absent.h5"), NULL, CPH_ERR_IO,
                    (const char *const[]){"absent.h5", "No such file", NULL});
    fixture_refused("/", NULL, CPH_ERR_FORMAT, (const char *const[]){"folder", NULL});
    fixture_refused("/dev/null", NULL, CPH_ERR_FORMAT, (const char *const[]){"device", NULL});
    H5Fclose(fixture_raw(path, NULL));
    fixture_refused(path, NULL, CPH_ERR_FORMAT,
                    (const char *const[]){"no layout", "cophase", "AAVS", NULL});
    if (geteuid() != 0) { /* root may read everything */
        CU_ASSERT_EQUAL(chmod(path, 0), 0);
        fixture_refused(path, NULL, CPH_ERR_IO, (const char *const[]){"Permission denied", NULL});
    }
}

/* A covariance file with everything that a reader looks at. */
static void write_whole(const char *path)
{
    cph_c64 r[16];
    cph_writer *writer = NULL;
    cph_data_header header;
    fixture_header(CPH_KIND_COVARIANCE, CPH_C32, 1, 4, &header);
    header.times = 1;
    for (size_t i = 0; i < 16; i++)
        r[i] = (cph_c64){(double)i, -(double)i};
    const cph_write_options options = {.history = "{\"command\":\"test\"}"};
    CU_ASSERT_EQUAL_FATAL(cph_covariance_create_file(path, &header, &options, &writer, NULL),
                          CPH_OK);
    CU_ASSERT_EQUAL(cph_covariance_put(writer, 0, 0, r, NULL), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_writer_commit(writer, NULL), CPH_OK);
    fixture_header_free(&header);
}

static void truncated_anywhere(void)
{
    enum { PLACES = 50 };
    const char *whole = fixture_path("whole.h5"), *path = fixture_path("cut.h5");
    write_whole(whole);
    size_t size = fixture_size(whole);
    char *bytes = malloc(size);
    FILE *file = fopen(whole, "rb");
    CU_ASSERT_EQUAL(fread(bytes, 1, size, file), size);
    fclose(file);
    for (size_t i = 0; i < PLACES; i++) {
        write_bytes(path, bytes, size * i / PLACES);
        fixture_refused(path, NULL, CPH_ERR_FORMAT, (const char *const[]){"cut.h5: ", NULL});
    }
    free(bytes);
}

/* A number of 8192 bits in one byte: HDF5 1.10 would convert it into whatever lies behind. */
static void types_larger_than_their_bytes(void)
{
    /* An 8-bit signed integer as files describe it: class, sign, size, offset, precision. */
    static const char type[12] = {0x10, 0x08, 0, 0, 1, 0, 0, 0, 0, 0, 8, 0};
    const hsize_t dim[2] = {2, 2};
    const char *path = fixture_path("type.h5");
    hid_t file = fixture_raw(path, "capture"), pair = fixture_pair(H5T_STD_I8LE, "r", "i");
    H5Dclose(fixture_set(file, "samples", 2, dim, pair, pair, NULL));
    H5Tclose(pair);
    H5Fclose(file);
    size_t size = fixture_size(path), found = 0;
    char *bytes = malloc(size);
    FILE *stream = fopen(path, "rb");
    CU_ASSERT_EQUAL(fread(bytes, 1, size, stream), size);
    fclose(stream);
    for (size_t i = 0; i + sizeof type <= size; i++) {
        if (memcmp(bytes + i, type, sizeof type) != 0)
            continue;
        bytes[i + 11] = 0x20;
        found++;
    }
    CU_ASSERT(found > 0);
    write_bytes(path, bytes, size);
    fixture_refused(path, NULL, CPH_ERR_FORMAT, (const char *const[]){"/samples", NULL});
    free(bytes);
}

/* A raw native file that is wrong in one place; `attr` is a text attribute of the data set. */
typedef struct fault {
    const char *kind, *set, *attr, *text;
    hsize_t dim[4];
    cph_status status;
    const char *words[4];
} fault;

static int rank_of(const hsize_t dim[4])
{
    int rank = 4;
    while (rank > 0 && dim[rank - 1] == 0)
        rank--;
    return rank;
}

static void write_fault(const char *path, const fault *f)
{
    hid_t file = fixture_raw(path, f->kind);
    hid_t pair = fixture_pair(H5T_NATIVE_FLOAT, "r", "i");
    if (f->set != NULL) {
        hid_t set = fixture_set(file, f->set, rank_of(f->dim), f->dim, pair, pair, NULL);
        if (f->attr != NULL)
            fixture_text(set, f->attr, f->text);
        H5Dclose(set);
    }
    H5Tclose(pair);
    H5Fclose(file);
}

static const char observed[] = "observed = gain * true", word[] = "convention";
static const fault faults[] = {
    {"capture", NULL, NULL, NULL, {0}, CPH_ERR_MISSING, {"/samples", "absent", NULL}},
    {"capture", "samples", NULL, NULL, {9}, CPH_ERR_FORMAT, {"/samples", "[9]", "time", NULL}},
    {"capture",
     "samples",
     NULL,
     NULL,
     {9, 2, 2, 2},
     CPH_ERR_FORMAT,
     {"[9, 2, 2, 2]", "[any, any", NULL}},
    {"capture", "samples", NULL, NULL, {0, 5}, CPH_ERR_FORMAT, {"is empty", "[0, 5]", NULL}},
    {"capture", "samples/x", NULL, NULL, {9}, CPH_ERR_FORMAT, {"/samples", "group", NULL}},
    {"capture", "samples", "sampling", "odd", {2, 2}, CPH_ERR_FORMAT, {"\"odd\"", "real", NULL}},
    {"capture", "samples", "scale", "big", {2, 2}, CPH_ERR_FORMAT, {"scale", "a number", NULL}},
    {"covariance",
     "covariance",
     word,
     "E[x x^H]",
     {1, 1, 3, 4},
     CPH_ERR_FORMAT,
     {"/covariance", "[1, 1, 3, 4]", "[any, any, any, 3]", NULL}},
    {"covariance",
     "covariance",
     NULL,
     NULL,
     {1, 1, 3, 3},
     CPH_ERR_MISSING,
     {word, "E[x x^H]", NULL}},
    {"covariance",
     "covariance",
     word,
     "E[x^* x^T]",
     {1, 1, 3, 3},
     CPH_ERR_FORMAT,
     {"\"E[x^* x^T]\"", "\"E[x x^H]\"", NULL}},
    {"calibration",
     "gain",
     word,
     "true = gain * observed",
     {1, 1, 3},
     CPH_ERR_FORMAT,
     {"true = gain", observed, NULL}},
    {"calibration",
     "gain",
     word,
     observed,
     {1, 3},
     CPH_ERR_FORMAT,
     {"/gain", "[1, 3]", "time, channel, element", NULL}},
    {"weights",
     "weights",
     word,
     "y = w^T x",
     {1, 1, 3},
     CPH_ERR_FORMAT,
     {"y = w^T x", "y = w^H x", NULL}},
    {"beams", NULL, NULL, NULL, {0}, CPH_ERR_MISSING, {"/beams", NULL}},
    {"photograph", NULL, NULL, NULL, {0}, CPH_ERR_FORMAT, {"photograph", "capture", NULL}},
};

static void wrong_content(void)
{
    const char *path = fixture_path("fault.h5");
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        write_fault(path, &faults[i]);
        fixture_refused(path, NULL, faults[i].status, faults[i].words);
    }
}

/* One bad attribute or side data set beside good samples. */
static void wrong_company(void)
{
    const hsize_t dim[2] = {2, 2}, three[1] = {3};
    const double infinite[6] = {0, 1, 2, INFINITY, 4, 5}, three_values[3] = {1, 2, 3};
    const hsize_t place[2] = {2, 3};
    static const char *const words[6][3] = {
        {"sample_rate_hz", "a string", "a number"}, {"format_version", "2", "1"},
        {"/array/position", "element 1", "finite"}, {"/array/position", "frame", "enu"},
        {"/channel_freq_hz", "[3]", "[1]"},         {"marked partial", "interrupted", NULL}};
    static const cph_status status[6] = {CPH_ERR_FORMAT,  CPH_ERR_UNSUPPORTED, CPH_ERR_FORMAT,
                                         CPH_ERR_MISSING, CPH_ERR_FORMAT,      CPH_ERR_FORMAT};
    const char *path = fixture_path("company.h5");
    for (size_t i = 0; i < 6; i++) {
        hid_t file = fixture_raw(path, i == 1 ? NULL : "capture");
        hid_t type = fixture_pair(H5T_NATIVE_SCHAR, "r", "i");
        H5Dclose(fixture_set(file, "samples", 2, dim, type, type, NULL));
        if (i == 0)
            fixture_text(file, "sample_rate_hz", "fast");
        if (i == 1) {
            fixture_text(file, "format", "cophase");
            fixture_number(file, "format_version", 2.0);
        }
        if (i == 2 || i == 3)
            H5Dclose(fixture_set(file, "array/position", 2, place, H5T_IEEE_F64LE,
                                 H5T_NATIVE_DOUBLE, i == 2 ? infinite : NULL));
        if (i == 4)
            H5Dclose(fixture_set(file, "channel_freq_hz", 1, three, H5T_IEEE_F64LE,
                                 H5T_NATIVE_DOUBLE, three_values));
        if (i == 5)
            fixture_number(file, "partial", 1.0);
        H5Tclose(type);
        H5Fclose(file);
        const char *const list[] = {words[i][0], words[i][1], words[i][2], NULL};
        fixture_refused(path, NULL, status[i], list);
    }
}

/* A data set of huge claims: chunked and never written, or contiguous and never allocated. */
static void write_claim(const char *path, const char *kind, const char *name, int rank,
                        const hsize_t *dim, bool chunked)
{
    hid_t file = fixture_raw(path, kind);
    hid_t type = fixture_pair(H5T_NATIVE_SCHAR, "r", "i"), plist = H5Pcreate(H5P_DATASET_CREATE);
    const hsize_t chunk[4] = {1, 1, 1, 1};
    if (chunked)
        H5Pset_chunk(plist, rank, chunk);
    hid_t space = H5Screate_simple(rank, dim, NULL);
    hid_t set = H5Dcreate2(file, name, type, space, H5P_DEFAULT, plist, H5P_DEFAULT);
    CU_ASSERT(set >= 0);
    fixture_text(set, "convention", "E[x x^H]");
    H5Dclose(set);
    H5Sclose(space);
    H5Pclose(plist);
    H5Tclose(type);
    H5Fclose(file);
}

static void huge_claims_cost_nothing(void)
{
    const hsize_t tera = (hsize_t)1 << 40, mega = (hsize_t)1 << 20;
    const hsize_t shapes[3][4] = {{1, tera}, {tera, 1}, {mega, mega}};
    const hsize_t square[4] = {1, 1, mega, mega}, dumps[4] = {tera, 1, 1, 1};
    const char *path = fixture_path("huge.h5");
    const char *const words[] = {"huge.h5", "claims", "can hold", NULL};
    struct rusage before, after;
    getrusage(RUSAGE_SELF, &before);
    for (int chunked = 0; chunked < 2; chunked++) {
        for (size_t i = 0; i < 3; i++) {
            write_claim(path, "capture", "samples", 2, shapes[i], chunked);
            fixture_refused(path, NULL, CPH_ERR_FORMAT, words);
        }
        write_claim(path, "covariance", "covariance", 4, square, chunked);
        fixture_refused(path, NULL, CPH_ERR_FORMAT, words);
        write_claim(path, "covariance", "covariance", 4, dumps, chunked);
        fixture_refused(path, NULL, CPH_ERR_FORMAT, words);
    }
    getrusage(RUSAGE_SELF, &after);
    CU_ASSERT(after.ru_maxrss - before.ru_maxrss < 65536); /* KiB */
}

/* Reads that do not fit the kind or its ranges leave a message. */
static void reads_out_of_range(void)
{
    const char *path = fixture_path("whole.h5");
    const size_t seven[1] = {7};
    cph_c64 r[16];
    cph_c8 samples[4];
    cph_error error = {CPH_OK, ""};
    write_whole(path);
    cph_data *data = fixture_open(path, NULL);
    CU_ASSERT_EQUAL(cph_data_read_covariance(data, 1, 0, NULL, 4, r, &error), CPH_ERR_ARGUMENT);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.message, "time 1"));
    CU_ASSERT_EQUAL(cph_data_read_covariance(data, 0, 1, NULL, 4, r, &error), CPH_ERR_ARGUMENT);
    CU_ASSERT_EQUAL(cph_data_read_covariance(data, 0, 0, seven, 1, r, &error), CPH_ERR_ARGUMENT);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.message, "element 7"));
    CU_ASSERT_EQUAL(cph_data_read_samples(data, 0, 1, 0, NULL, 4, samples, &error), CPH_ERR_FORMAT);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.message, "is a covariance, expected a capture"));
    cph_data_close(data);
    cph_calibration calibration;
    CU_ASSERT_EQUAL(cph_calibration_read(path, &calibration, &error), CPH_ERR_FORMAT);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.message, "expected calibration"));
    cph_weights weights;
    CU_ASSERT_EQUAL(cph_weights_read(path, &weights, &error), CPH_ERR_FORMAT);
}

CU_TestInfo cph_tests_data_damage[] = {
    {"files that are not HDF5, or not there", not_hdf5},
    {"files cut at 50 places", truncated_anywhere},
    {"types larger than their bytes", types_larger_than_their_bytes},
    {"wrong kinds, shapes and conventions", wrong_content},
    {"wrong attributes and side data sets", wrong_company},
    {"claims of 2^40 elements cost nothing", huge_claims_cost_nothing},
    {"reads out of range", reads_out_of_range},
    CU_TEST_INFO_NULL,
};
