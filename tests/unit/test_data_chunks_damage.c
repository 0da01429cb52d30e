/* SPDX-License-Identifier: MIT */
/* Chunks that are damaged: one line that names file, data set and chunk, the first one whatever the
 * threads; or a gap, the rest being there. Nothing is read or written out of bounds. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "chunk_rig.h"
#include "datasets/h5/h5_raw.h"

enum { TIMES = 95, WIDTH = 6, CHUNK_TIMES = 10 };
#define ROWS    ((size_t)TIMES)
#define COLUMNS ((size_t)WIDTH)
#define CHUNK   ((size_t)CHUNK_TIMES)

static void flip(size_t chunk, unsigned char *stored, size_t *bytes)
{
    if (chunk == 3 || chunk == 7)
        stored[*bytes / 2] ^= 0x40;
}

static void shorten(size_t chunk, unsigned char *stored, size_t *bytes)
{
    (void)stored;
    if (chunk == 3 || chunk == 7)
        *bytes /= 2;
}

/* Deflate of half a chunk, and of two. */
static void inflate(unsigned char *stored, size_t *bytes, size_t size)
{
    static unsigned char plain[4096];
    const cph_h5_filters f = {1, {{H5Z_FILTER_DEFLATE, {6}}}};
    *bytes = rig_apply(&f, 0, plain, size, stored);
}

static void inflate_less(size_t chunk, unsigned char *stored, size_t *bytes)
{
    if (chunk == 3 || chunk == 7)
        inflate(stored, bytes, CHUNK * COLUMNS);
}

static void inflate_more(size_t chunk, unsigned char *stored, size_t *bytes)
{
    if (chunk == 3 || chunk == 7)
        inflate(stored, bytes, 4 * CHUNK * COLUMNS);
}

static const struct {
    cph_h5_filters filters;
    void (*hurt)(size_t chunk, unsigned char *stored, size_t *bytes);
    const char *words;
} faults[] = {
    {{1, {{H5Z_FILTER_DEFLATE, {6}}}}, inflate_less, "inflates to 60 bytes, expected 120"},
    {{1, {{H5Z_FILTER_DEFLATE, {6}}}},
     inflate_more,
     "inflates to more than the expected 120 bytes"},
    {{1, {{H5Z_FILTER_DEFLATE, {6}}}}, flip, "no deflate stream"},
    {{1, {{H5Z_FILTER_DEFLATE, {6}}}}, shorten, "no deflate stream"},
    {{1, {{H5Z_FILTER_FLETCHER32, {0}}}}, flip, "its checksum is"},
    {{1, {{H5Z_FILTER_FLETCHER32, {0}}}}, shorten, "its checksum is"},
    {{1, {{CPH_H5_LZF, {4, 261, 120}}}}, shorten, "no LZF stream of 120"},
    {{1, {{CPH_H5_LZ4, {64}}}}, shorten, "ends within a block"},
    {{1, {{CPH_H5_ZSTD, {3}}}}, shorten, "Zstandard frame"},
    {{1, {{CPH_H5_BITSHUFFLE, {0, 4, 2, 0, 0}}}}, shorten, "ends within a block"},
    {{1, {{CPH_H5_BITSHUFFLE, {0, 4, 2, 0, 2}}}}, shorten, "ends within a block"},
    {{1, {{CPH_H5_BITSHUFFLE, {0, 4, 2, 0, 9}}}}, NULL, "compression 9"},
};

typedef struct gaps {
    size_t count, start[4], times[4];
    cph_error why[4];
} gaps;

static void hear(void *context, size_t start, size_t times, const cph_error *why)
{
    gaps *g = context;
    if (g->count < 4) {
        g->start[g->count] = start;
        g->times[g->count] = times;
        g->why[g->count] = *why;
    }
    g->count++;
}

static void read_hurt(const char *path, const rig_set *rig, const char *words, size_t threads)
{
    static const size_t start[2] = {0, 0}, count[2] = {ROWS, COLUMNS};
    int16_t out[TIMES * WIDTH];
    cph_error error = {CPH_OK, ""};
    cph_exec exec;
    cph_exec_openmp(&exec, threads);
    cph_h5 h5 = {.error = &error, .exec = &exec};
    cph_h5_set set = {.id = -1};
    CU_ASSERT_EQUAL_FATAL(cph_h5_open(path, &h5), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_h5_set_open(&h5, "/x", &set), CPH_OK);
    CU_ASSERT_EQUAL(cph_h5_box_read(&h5, &set, H5T_NATIVE_SHORT, start, count, out),
                    CPH_ERR_FORMAT);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.message, "hurt.h5: /x: chunk at ["));
    CU_ASSERT_PTR_NOT_NULL(strstr(error.message, rig->hurt != NULL ? "[30, 0]" : "[0, 0]"));
    CU_ASSERT_PTR_NOT_NULL(strstr(error.message, words));
    if (strstr(error.message, words) == NULL)
        printf("    no \"%s\" in: %s\n", words, error.message);
    cph_h5_set_close(&set);
    cph_h5_close(&h5);
}

static void damage_is_named(void)
{
    const char *path = fixture_path("hurt.h5");
    cph_random random;
    cph_random_seed(&random, 51, 0);
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        rig_set rig = {.type = H5Tcopy(H5T_STD_I16LE),
                       .rank = 2,
                       .dim = {ROWS, COLUMNS},
                       .chunk = {CHUNK, COLUMNS},
                       .filters = faults[i].filters,
                       .hurt = faults[i].hurt};
        rig_write(path, &rig, &random);
        for (size_t threads = 1; threads <= 3; threads++)
            read_hurt(path, &rig, faults[i].words, threads);
        rig_free(&rig);
        H5Tclose(rig.type);
    }
}

/* Any byte, any length: an error or what fits; sanitizers watch. */
static void damage_anywhere_stays_within_bounds(void)
{
    enum { BYTES = 1000, TURNS = 300 };
    static const cph_h5_filters kinds[] = {
        {1, {{H5Z_FILTER_DEFLATE, {6}}}},
        {2, {{H5Z_FILTER_SHUFFLE, {4}}, {CPH_H5_LZF, {4, 261, BYTES}}}},
        {1, {{CPH_H5_LZ4, {96}}}},
        {2, {{H5Z_FILTER_FLETCHER32, {0}}, {CPH_H5_ZSTD, {3}}}},
        {1, {{CPH_H5_BITSHUFFLE, {0, 4, 4, 24, 2}}}},
        {1, {{CPH_H5_BITSHUFFLE, {0, 4, 4, 24, 3}}}},
        {1, {{CPH_H5_BITSHUFFLE, {0, 4, 4, 24, 0}}}},
    };
    unsigned char in[BYTES];
    unsigned char *const stored = malloc(rig_room(BYTES));
    size_t refused = 0;
    cph_h5_tools tools = {0};
    cph_random random;
    char why[CPH_H5_WHY];
    cph_random_seed(&random, 52, 0);
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++)
        for (size_t turn = 0; turn < TURNS; turn++) {
            rig_draw(&random, in, BYTES);
            size_t made = rig_apply(&kinds[k], 0, in, BYTES, stored);
            for (size_t i = 0; i <= turn % 4; i++)
                stored[cph_random_u64(&random) % (turn % 2 ? made : 20)] =
                    (unsigned char)cph_random_u64(&random);
            made = turn % 3 == 0 ? cph_random_u64(&random) % (made + 1) : made;
            /* Exactly as long as they are, so that a byte more is seen. */
            unsigned char *const exact = malloc(made + 1), *const out = malloc(BYTES);
            memcpy(exact, stored, made);
            refused +=
                cph_h5_filters_undo(&kinds[k], 0, &tools, exact, made, out, BYTES, why) != CPH_OK;
            free(out);
            free(exact);
        }
    CU_ASSERT(refused > TURNS);
    cph_h5_tools_free(&tools);
    free(stored);
}

/* Two compressors, or one that is not known here: HDF5 reads, or says what is not installed. */
static void other_filters_are_left_to_the_library(void)
{
    const char *path = fixture_path("hurt.h5");
    cph_random random;
    cph_random_seed(&random, 53, 0);
    const hsize_t dim[1] = {64}, chunk[1] = {16};
    int16_t value[64], out[64];
    for (size_t i = 0; i < 64; i++)
        value[i] = (int16_t)(i * 3);
    const hid_t file = fixture_raw(path, NULL), plist = H5Pcreate(H5P_DATASET_CREATE);
    const hid_t space = H5Screate_simple(1, dim, NULL);
    H5Pset_chunk(plist, 1, chunk);
    H5Pset_scaleoffset(plist, H5Z_SO_INT, H5Z_SO_INT_MINBITS_DEFAULT);
    const hid_t id = H5Dcreate2(file, "x", H5T_STD_I16LE, space, H5P_DEFAULT, plist, H5P_DEFAULT);
    CU_ASSERT(H5Dwrite(id, H5T_NATIVE_SHORT, H5S_ALL, H5S_ALL, H5P_DEFAULT, value) >= 0);
    H5Pset_filter(plist, 32999, H5Z_FLAG_OPTIONAL, 0, NULL);
    const hid_t other =
        H5Dcreate2(file, "y", H5T_STD_I16LE, space, H5P_DEFAULT, plist, H5P_DEFAULT);
    const hsize_t origin[1] = {0};
    CU_ASSERT(H5Dwrite_chunk(other, H5P_DEFAULT, 0, origin, 32, value) >= 0);
    H5Dclose(id);
    H5Dclose(other);
    H5Sclose(space);
    H5Pclose(plist);
    H5Fclose(file);
    const size_t start[1] = {0}, count[1] = {64};
    cph_error error = {CPH_OK, ""};
    cph_h5 h5 = {.error = &error};
    cph_h5_set set = {.id = -1};
    CU_ASSERT_EQUAL_FATAL(cph_h5_open(path, &h5), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_h5_set_open(&h5, "/x", &set), CPH_OK);
    CU_ASSERT_PTR_NULL(set.raw);
    CU_ASSERT_EQUAL(cph_h5_box_read(&h5, &set, H5T_NATIVE_SHORT, start, count, out), CPH_OK);
    CU_ASSERT(memcmp(out, value, sizeof out) == 0);
    cph_h5_set_close(&set);
    CU_ASSERT_EQUAL_FATAL(cph_h5_set_open(&h5, "/y", &set), CPH_OK);
    CU_ASSERT_EQUAL(cph_h5_box_read(&h5, &set, H5T_NATIVE_SHORT, start, count, out),
                    CPH_ERR_UNSUPPORTED);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.message, "hurt.h5: /y: "));
    CU_ASSERT_PTR_NOT_NULL(strstr(error.message, "32999"));
    if (strstr(error.message, "32999") == NULL)
        printf("    %s\n", error.message);
    cph_h5_set_close(&set);
    cph_h5_close(&h5);
}

/* ---- captures ---- */

static bool odd(size_t chunk)
{
    return chunk == 2 || chunk == 3;
}
static void hurt_two(size_t chunk, unsigned char *stored, size_t *bytes)
{
    if (odd(chunk))
        flip(3, stored, bytes);
}

/* A native capture of that name, from the data set "x". */
static void make_capture(const char *path, rig_set *rig, cph_random *random)
{
    rig_write(path, rig, random);
    const hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    CU_ASSERT(H5Lmove(file, "x", file, "samples", H5P_DEFAULT, H5P_DEFAULT) >= 0);
    fixture_text(file, "format", "cophase");
    fixture_number(file, "format_version", 1.0);
    fixture_text(file, "kind", "capture");
    H5Fclose(file);
}

/* Element `column` at time `row` of what the file was made of. */
static cph_c8 truth_at(const rig_set *rig, size_t row, size_t column)
{
    cph_c8 value;
    memcpy(&value, rig->value + (row * COLUMNS + column) * sizeof value, sizeof value);
    return value;
}

/* Chunks 2 and 3 of ten times each: what is left is times 0 to 19 and 40 to 94. */
static void captures_go_on_past_damage(void)
{
    static const size_t list[2] = {5, 1};
    const char *path = fixture_path("hurt_capture.h5");
    cph_random random;
    cph_random_seed(&random, 54, 0);
    rig_set rig = {.type = fixture_pair(H5T_STD_I8LE, "r", "i"),
                   .rank = 2,
                   .dim = {ROWS, COLUMNS},
                   .chunk = {CHUNK, COLUMNS},
                   .filters = {2, {{H5Z_FILTER_SHUFFLE, {2}}, {H5Z_FILTER_DEFLATE, {6}}}},
                   .hurt = hurt_two};
    make_capture(path, &rig, &random);
    for (size_t threads = 1; threads <= 2; threads++) {
        cph_data *data = fixture_open(path, NULL);
        cph_c8 out[TIMES * WIDTH];
        cph_exec exec;
        cph_error error = {CPH_OK, ""};
        gaps g = {0};
        const cph_damage_config config = {
            .start = 5, .max_memory = 1 << 20, .tell = hear, .context = &g};
        cph_exec_openmp(&exec, threads);
        cph_data_set_exec(data, &exec);
        CU_ASSERT(cph_data_scratch_bytes(data) >= threads * 6 * CHUNK * COLUMNS * 2);
        CU_ASSERT_EQUAL(cph_data_read_samples(data, 0, ROWS, 0, NULL, COLUMNS, out, &error),
                        CPH_ERR_FORMAT);
        CU_ASSERT_PTR_NOT_NULL(strstr(error.message, "/samples: chunk at [20, 0] is damaged"));
        CU_ASSERT_EQUAL(cph_data_skip_damage(data, &config, &error), CPH_OK);
        CU_ASSERT(g.count == 1 && g.start[0] == 20 && g.times[0] == 20);
        CU_ASSERT_STRING_EQUAL(g.why[0].message, error.message);
        const cph_data_header *h = cph_data_header_of(data);
        CU_ASSERT(h->times == ROWS - 20 && h->sample_bytes == (ROWS - 20) * COLUMNS * 2);
        CU_ASSERT(h->gaps == 1 && h->gap[0].sample == 20 && h->gap[0].global == 40);
        CU_ASSERT_EQUAL(cph_data_read_samples(data, 15, 15, 0, list, 2, out, &error), CPH_OK);
        for (size_t t = 0; t < 15; t++)
            for (size_t i = 0; i < 2; i++) {
                const cph_c8 is = truth_at(&rig, t < 5 ? 15 + t : 35 + t, list[i]);
                CU_ASSERT(out[2 * t + i].re == is.re && out[2 * t + i].im == is.im);
            }
        cph_data_close(data);
    }
    rig_free(&rig);
    H5Tclose(rig.type);
}

/* The end of the file is cut off while it is read. */
#define LONG ((size_t)4000)
#define WIDE ((size_t)500)
#define CUT  ((size_t)3000)
static void contiguous_data_that_end_too_early(void)
{
    const hsize_t dim[2] = {LONG, WIDE};
    const char *path = fixture_path("cut_while_open.h5");
    const size_t start[2] = {0, 0}, count[2] = {LONG, WIDE};
    char *const value = malloc(LONG * WIDE);
    cph_error error = {CPH_OK, ""};
    cph_h5 h5 = {.error = &error};
    cph_h5_set set = {.id = -1};
    memset(value, 7, LONG * WIDE);
    const hid_t file = fixture_raw(path, NULL);
    H5Dclose(fixture_set(file, "x", 2, dim, H5T_STD_I8LE, H5T_NATIVE_SCHAR, value));
    H5Fclose(file);
    CU_ASSERT_EQUAL_FATAL(cph_h5_open(path, &h5), CPH_OK);
    CU_ASSERT_EQUAL_FATAL(cph_h5_set_open(&h5, "/x", &set), CPH_OK);
    CU_ASSERT_PTR_NOT_NULL_FATAL(set.raw);
    CU_ASSERT_EQUAL(
        truncate(path, (off_t)((set.raw != NULL ? set.raw->offset : 0) + CUT * WIDE + 20)), 0);
    CU_ASSERT_EQUAL(cph_h5_box_read(&h5, &set, H5T_NATIVE_SCHAR, start, count, value),
                    CPH_ERR_FORMAT);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.message, "/x: the file ends within row 3000"));
    cph_h5_set_close(&set);
    cph_h5_close(&h5);
    free(value);
}

/* 200 GB that are all one hole but for the last time: only what is asked for is read. */
static void sparse_files_are_read_in_part(void)
{
    enum { ELEMENTS = 1000 };
    const hsize_t dim[2] = {100000000, ELEMENTS}, one[2] = {1, ELEMENTS}, at[2] = {dim[0] - 1, 0};
    const char *path = fixture_path("sparse.h5");
    cph_c8 row[ELEMENTS], out[2 * ELEMENTS];
    for (size_t i = 0; i < ELEMENTS; i++)
        row[i] = (cph_c8){(int8_t)i, 5};
    const hid_t file = fixture_raw(path, NULL), type = fixture_pair(H5T_STD_I8LE, "r", "i");
    const hid_t space = H5Screate_simple(2, dim, NULL), memory = H5Screate_simple(2, one, NULL);
    const hid_t plist = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_fill_time(plist, H5D_FILL_TIME_NEVER);
    const hid_t set = H5Dcreate2(file, "samples", type, space, H5P_DEFAULT, plist, H5P_DEFAULT);
    H5Sselect_hyperslab(space, H5S_SELECT_SET, at, NULL, one, NULL);
    CU_ASSERT(H5Dwrite(set, type, memory, space, H5P_DEFAULT, row) >= 0);
    fixture_text(file, "format", "cophase");
    fixture_number(file, "format_version", 1.0);
    fixture_text(file, "kind", "capture");
    H5Dclose(set);
    H5Pclose(plist);
    H5Sclose(memory);
    H5Sclose(space);
    H5Tclose(type);
    H5Fclose(file);
    cph_data *data = fixture_open(path, NULL);
    cph_error error = {CPH_OK, ""};
    const cph_data_header *h = cph_data_header_of(data);
    CU_ASSERT(h->times == dim[0] && h->sample_bytes == (size_t)200000000000);
    CU_ASSERT_EQUAL(cph_data_read_samples(data, h->times - 2, 2, 0, NULL, ELEMENTS, out, &error),
                    CPH_OK);
    CU_ASSERT(out[7].re == 0 && out[7].im == 0);
    CU_ASSERT(memcmp(out + ELEMENTS, row, sizeof row) == 0);
    const cph_damage_config config = {.start = h->times - 5000, .max_memory = 1 << 24};
    CU_ASSERT_EQUAL(cph_data_skip_damage(data, &config, &error), CPH_OK);
    CU_ASSERT_EQUAL(h->times, dim[0]);
    cph_data_close(data);
    CU_ASSERT_EQUAL(unlink(path), 0);
}

CU_TestInfo cph_tests_data_chunks_damage[] = {
    {"damage is named", damage_is_named},
    {"damage anywhere stays within bounds", damage_anywhere_stays_within_bounds},
    {"other filters are left to HDF5", other_filters_are_left_to_the_library},
    {"captures go on past damage", captures_go_on_past_damage},
    {"sparse files are read in part", sparse_files_are_read_in_part},
    {"contiguous data that end too early", contiguous_data_that_end_too_early},
    CU_TEST_INFO_NULL,
};
